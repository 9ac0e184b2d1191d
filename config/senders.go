package config

import (
	"cmp"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Slack is the app that posts to channels.
type Slack struct {
	Token Secret // zero: none is configured
	URL   string // address of the API; empty: Slack's own
	Where yamlfile.Place
}

// The ways in which a connection to a mail server is protected.
const (
	StartTLS = "starttls"
	TLS      = "tls"
	NoTLS    = "none"
)

// Mail is the server that takes e-mail.
type Mail struct {
	Server      string // host:port; empty: none is configured
	Security    string // starttls, tls or none
	User        string // empty: nobody signs in
	Password    Secret
	From        mail.Address
	Unsubscribe []string // mailto: and https addresses
	Where       yamlfile.Place
}

func (l *loader) takeSlack(f *yamlfile.File) {
	var e slackEntry
	if !f.Has("slack") || !l.once("slack", f, "slack") || !f.DecodeAt(&e, "slack") {
		return
	}
	l.slackWritten = true
	if e.Token == "" && e.TokenFile == "" {
		l.mistake(f, "add token: ${SLACK_TOKEN} and set that environment variable, or name a file with token_file", "this Slack app has no token", "slack")
		return
	}
	r := sourceReader{loader: l, file: f, path: []any{"slack"}}
	if token := r.oneSecret("token", string(e.Token), e.TokenFile); !r.wrong {
		l.cfg.Slack = Slack{Token: token, URL: l.plainAddress(f, e.URL, "slack", "url"), Where: f.Place("slack")}
	}
}

// plainAddress is a web address that a secret may be sent to; empty for none, and
// for one with a mistake, which is reported.
func (l *loader) plainAddress(f *yamlfile.File, written string, path ...any) string {
	if written == "" {
		return ""
	}
	if why, hint := webAddress(written); why != "" {
		l.mistake(f, hint, why, path...)
		return ""
	}
	return written
}

// webAddress says what is wrong with an address that reports or secrets are sent
// to, without repeating it: it may hold a secret.
func webAddress(text string) (why, hint string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsFunc(text, unicode.IsSpace) || strings.ContainsAny(u.Host, "${}"):
		return "this is no web address", "write it like https://hooks.acme.example/fairlead"
	case u.User != nil:
		return "the address holds a user or a password", "take them out; where the whole address is a secret, put it into an environment variable and write ${NAME}"
	case u.Scheme == "http" && !onThisMachine(u.Hostname()):
		return "what is sent over http can be read on the way", "write https"
	}
	return "", ""
}

func (l *loader) takeMail(f *yamlfile.File) {
	var e mailEntry
	if !f.Has("mail") || !l.once("mail", f, "mail") {
		return
	}
	l.mailWritten = true
	if !f.DecodeAt(&e, "mail") {
		return
	}
	before := len(l.mistakes)
	m := Mail{Security: cmp.Or(e.Security, StartTLS), User: e.User, Where: f.Place("mail")}
	m.Server = l.mailServer(f, e.Server, m.Security)
	m.From = l.mailFrom(f, e.From)
	r := sourceReader{loader: l, file: f, path: []any{"mail"}}
	m.Password = r.oneSecret("password", string(e.Password), e.PasswordFile)
	l.mailSignIn(f, e, m.Server)
	for i, at := range e.Unsubscribe {
		m.Unsubscribe = append(m.Unsubscribe, at)
		if !unsubscribes(at) {
			l.mistake(f, "write it like mailto:fairlead@acme.example or https://acme.example/unsubscribe", "nobody can unsubscribe at this address", l.inList(f, i, "mail", "unsubscribe")...)
		}
	}
	if len(l.mistakes) == before {
		l.cfg.Mail = m
	}
}

// inList is the path to an entry of what may stand alone in place of a list.
func (l *loader) inList(f *yamlfile.File, i int, path ...any) []any {
	if f.Len(path...) == 0 {
		return path
	}
	return append(path[:len(path):len(path)], i)
}

// mailPorts are the usual ports.
var mailPorts = map[string]string{StartTLS: "587", TLS: "465", NoTLS: "25"}

var hostName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`) })

func (l *loader) mailServer(f *yamlfile.File, written, security string) string {
	host, port, err := net.SplitHostPort(written)
	if err != nil {
		host, port = strings.Trim(written, "[]"), mailPorts[security]
	}
	n, wrong := strconv.Atoi(port)
	if wrong != nil || n < 1 || n > 65535 || !hostName().MatchString(host) && net.ParseIP(host) == nil {
		l.mistake(f, "write it like smtp.acme.example:587", "this is no host and port of a mail server", "mail", "server")
		return ""
	}
	return net.JoinHostPort(host, port)
}

func (l *loader) mailFrom(f *yamlfile.File, written string) mail.Address {
	from, err := mail.ParseAddress(written)
	if err != nil || strings.ContainsFunc(written, unicode.IsControl) {
		l.mistake(f, "write it like Fairlead <fairlead@acme.example>", "this is no e-mail address", "mail", "from")
		return mail.Address{}
	}
	return *from
}

// mailSignIn holds user, password and security against one another.
func (l *loader) mailSignIn(f *yamlfile.File, e mailEntry, server string) {
	password := e.Password != "" || e.PasswordFile != ""
	host, _, _ := net.SplitHostPort(server)
	switch {
	case e.User != "" && !password:
		l.mistake(f, "add password: ${MAIL_PASSWORD} and set that environment variable, or name a file with password_file", "there is a user but no password", "mail", "user")
	case e.User == "" && password:
		l.mistake(f, "add user: and whom the password belongs to", "there is a password but no user", "mail")
	case password && e.Security == NoTLS && !onThisMachine(host):
		l.mistake(f, "write starttls or tls", "without protection the password could be read on the way", "mail", "security")
	}
}

func unsubscribes(at string) bool {
	if strings.ContainsFunc(at, unicode.IsControl) || strings.ContainsAny(at, "<> ,") {
		return false
	}
	if address, ok := strings.CutPrefix(at, "mailto:"); ok {
		address, _, _ = strings.Cut(address, "?")
		return eMail().MatchString(address)
	}
	u, err := url.Parse(at)
	return err == nil && u.Scheme == "https" && u.Host != ""
}

// slackMember is how Slack writes the id of a member.
var slackMember = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[UW][A-Z0-9]{2,20}$`) })

const slackMemberHint = "write it like U012AB3CD: in Slack, open the profile, then the three dots, then copy the member id"

// slackMember checks the id of somebody's Slack account.
func (r *orgReader) slackMember(path []any, id string) string {
	if id != "" && !slackMember().MatchString(id) {
		r.mistake(r.file, slackMemberHint, fmt.Sprintf("%q is no Slack member id", id), append(path[:len(path):len(path)], "slack")...)
	}
	return id
}
