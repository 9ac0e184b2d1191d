package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// target reads kind:place. What is written may be a secret in the wrong place, so
// that messages repeat its kind alone.
func (r *reportReader) target(written string, path []any) (Report, bool) {
	kind, place, hasKind := strings.Cut(strings.TrimSpace(written), ":")
	place = strings.TrimSpace(place)
	t := Report{Medium: Medium(kind)}
	read, known := map[Medium]func(*Report, string, []any) bool{
		ToFile: r.folder, ToSlack: r.slack, ToEmail: r.email, ToWebhook: r.webhook,
	}[t.Medium]
	switch {
	case !hasKind || !known:
		r.unknownKind(written, kind, hasKind, path)
		return Report{}, false
	case place == "":
		r.refuse("nothing follows "+kind+":", "write it like "+mediaExamples[t.Medium], path...)
		return t, false
	}
	return t, read(&t, place, path)
}

var mediaExamples = map[Medium]string{
	ToFile: "file:./reports", ToSlack: "slack:#payments", ToEmail: "email:em", ToWebhook: "webhook:https://hooks.acme.example/fairlead",
}

func (r *reportReader) unknownKind(written, kind string, hasKind bool, path []any) {
	var media []string
	for _, m := range Media() {
		media = append(media, string(m)+":")
	}
	near := yamlfile.Suggest(kind+":", media)
	switch {
	case strings.HasPrefix(written, "https://") || strings.HasPrefix(written, "http://"):
		r.refuse("this does not say which kind of place it is", "write webhook: before the address; the address of an incoming webhook of Slack goes into an environment variable, as slack:${NAME}", path...)
	case hasKind && near != "":
		r.refuse(fmt.Sprintf("%q is no kind of place", kind), fmt.Sprintf("did you mean %q?", strings.TrimSuffix(near, ":")), path...)
	case hasKind:
		r.refuse("this is no kind of place", "there are "+strings.Join(media, ", ")+"; write it like "+mediaExamples[ToFile], path...)
	case strings.HasPrefix(written, "#"):
		r.refuse("this does not say which kind of place it is", "did you mean slack:"+written+"?", path...)
	case strings.Contains(written, "@"):
		r.refuse("this does not say which kind of place it is", "did you mean email:"+written+"?", path...)
	default:
		r.refuse("this does not say which kind of place it is", fmt.Sprintf("did you mean file:%s?", written), path...)
	}
}

func (r *reportReader) folder(t *Report, place string, _ []any) bool {
	t.Folder, t.Formats = beside(r.file.Name(), place), r.Formats
	if len(t.Formats) == 0 {
		t.Formats = []string{"html"}
	}
	t.Channel = "file:" + filepath.ToSlash(r.seenFromMain(t.Folder))
	r.about(t)
	return true
}

// seenFromMain is a path as the main file sees it, so that a folder has one name
// wherever the process was started.
func (l *loader) seenFromMain(path string) string {
	if rel, err := filepath.Rel(filepath.Dir(l.main), path); err == nil {
		return rel
	}
	return path
}

var (
	// Made when first asked for: letters of all alphabets take a while to prepare.
	slackName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^#[\p{Ll}\p{Lo}\p{Nd}_-]{1,80}$`) })
	slackID   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[CG][A-Z0-9]{6,20}$`) })
	variable  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\$\{([A-Z_][A-Z0-9_]{0,63})\}$`) })
)

func (r *reportReader) slack(t *Report, place string, path []any) bool {
	if m := variable().FindStringSubmatch(place); m != nil {
		t.Channel = "slack:" + place
		return r.secretAddress(t, m[1], path)
	}
	switch {
	case strings.Contains(place, "://"):
		r.refuse("the address of an incoming webhook is a secret", "put it into an environment variable and write slack:${NAME}", path...)
		return false
	case strings.Contains(place, "${"):
		r.refuse("this names no environment variable", "write slack:${NAME}, the name in capitals", path...)
		return false
	case slackName().MatchString("#"+strings.ToLower(strings.TrimPrefix(place, "#"))) && !slackName().MatchString(place) && !slackID().MatchString(place):
		r.refuse("this is no Slack channel", "did you mean slack:#"+strings.ToLower(strings.TrimPrefix(place, "#"))+"?", path...)
		return false
	case !slackName().MatchString(place) && !slackID().MatchString(place):
		r.refuse("this is no Slack channel", "write its name like slack:#payments, or its id like slack:C012AB3CD", path...)
		return false
	}
	if !r.slackWritten {
		r.refuse("no Slack app is configured, so nobody can post there", "add slack: {token: ${SLACK_TOKEN}} to fairlead.yaml, or use an incoming webhook: slack:${NAME}", path...)
		return false
	}
	t.Room, t.Channel = place, "slack:"+place
	r.about(t)
	return true
}

// secretAddress reads a web address from the environment variable.
func (r *reportReader) secretAddress(t *Report, name string, path []any) bool {
	secret, ok := r.envSecret(r.file, name, path...)
	if !ok {
		r.wrong = true
		return false
	}
	if why, hint := webAddress(secret.Reveal()); why != "" {
		r.refuse(fmt.Sprintf("in the environment variable %s, %s", name, why), hint, path...)
		return false
	}
	t.Address = secret
	r.about(t)
	return true
}

func (r *reportReader) webhook(t *Report, place string, path []any) bool {
	if r.Secret == "" {
		r.refuse("a webhook has no secret, so that whoever receives it cannot tell who sent it", "add secret: ${NAME} beside to, and give the receiver the same secret", path...)
		return false
	}
	var ok bool
	if t.Secret, ok = r.envSecret(r.file, reference(r.Secret).variable(), r.at("secret")...); !ok {
		r.wrong = true
		return false
	}
	if m := variable().FindStringSubmatch(place); m != nil {
		t.Channel = "webhook:" + place
		return r.secretAddress(t, m[1], path)
	}
	if why, hint := webAddress(place); why != "" {
		r.refuse(why, hint, path...)
		return false
	}
	t.Address, t.Channel = NewSecret(place), "webhook:"+withoutQuery(place)
	t.AddressWritten = !strings.Contains(t.Channel, "~")
	r.about(t)
	return true
}

// withoutQuery is an address to be shown: what follows its path, and a path with
// a part that nobody types, may be secret, and give way to a few letters that tell it
// from others.
func withoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	shown := u.Host + strings.TrimRight(u.EscapedPath(), "/")
	if hidden := secretPart().MatchString(u.EscapedPath()); hidden || u.RawQuery != "" || u.Fragment != "" {
		if hidden {
			shown = u.Host
		}
		sum := sha256.Sum256([]byte(address))
		shown += "~" + hex.EncodeToString(sum[:4])
	}
	return shown
}

func (r *reportReader) email(t *Report, place string, path []any) bool {
	if !r.mailWritten {
		r.refuse("no mail server is configured, so nothing can be sent", "add mail: with server: and from: to fairlead.yaml", path...)
		return false
	}
	t.Email, t.Channel = place, "email:"+strings.ToLower(place)
	before := len(r.mistakes)
	r.about(t)
	switch {
	case strings.Contains(place, "${"):
		r.refuse("an e-mail address is no secret", "write the address itself, a person's id, or "+strings.Join(circles(), ", "), path...)
	case t.IsCircle():
		r.circle(t, path)
	case strings.Contains(place, "@"):
		r.mailbox(t, path)
	case !r.unknown():
		r.person(t, path)
	}
	return len(r.mistakes) == before
}

// mailbox checks an address. One that is nobody's in the org file is a mailing
// list, and reads what a team may.
func (r *reportReader) mailbox(t *Report, path []any) {
	at, err := mail.ParseAddress(t.Email)
	if err != nil || at.Address != t.Email {
		r.refuse("this is no e-mail address", "write it like email:lee@acme.example", path...)
		return
	}
	if r.unknown() || r.cfg.Directory == nil {
		return
	}
	p, known := r.cfg.Directory.Resolve("", "", t.Email)
	switch {
	case known:
		r.entitled(t, p.ID, path)
	case t.Of == OfLeader:
		r.refuse("nobody in the org file has this address, and what is for one leader goes to that leader alone", "write email:leaders, or add the address to the leader in the org file", path...)
	case t.For == TheEM || t.For == "em-pm":
		r.refuse("nobody in the org file has this address, so nobody knows whether they may read what is for the "+strings.ToUpper(t.For)+" alone",
			"add the address to the person in the org file, or take for: out", path...)
	}
}

// person checks somebody's id.
func (r *reportReader) person(t *Report, path []any) {
	p, known := org.Person{}, false
	if r.cfg.Directory != nil {
		p, known = r.cfg.Directory.Person(t.Email)
	}
	switch {
	case !known:
		hint := "write an address, the id of somebody in the org file, or " + strings.Join(circles(), ", ")
		if near := yamlfile.Suggest(t.Email, append(r.personIDs(), circles()...)); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		r.refuse(fmt.Sprintf("nobody in the org file has the id %q", t.Email), hint, path...)
	case len(p.Emails) == 0:
		r.refuse(fmt.Sprintf("%s has no e-mail address in the org file", t.Email), "add email: to them there", path...)
	default:
		r.entitled(t, p.ID, path)
	}
}

func (r *reportReader) personIDs() []string {
	if r.cfg.Directory == nil {
		return nil
	}
	var ids []string
	for _, p := range r.cfg.Directory.People() {
		ids = append(ids, p.ID)
	}
	return ids
}

// ofTeams are the teams that the entry is about.
func (r *reportReader) ofTeams() []org.Team {
	if r.cfg.Directory == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(r.cfg.Directory.Teams()), func(t org.Team) bool {
		ids := r.teams()
		return len(ids) > 0 && !slices.Contains(ids, t.ID)
	})
}

// entitled refuses what is asked for somebody who may never read it.
func (r *reportReader) entitled(t *Report, person string, path []any) {
	if t.Of != OfTeam || t.For != TheEM && t.For != "em-pm" {
		return
	}
	may := slices.ContainsFunc(r.ofTeams(), func(team org.Team) bool {
		return seated(team.EMs, person) || t.For == "em-pm" && seated(team.PMs, person)
	})
	if !may {
		r.refuse(fmt.Sprintf("%s is not in a seat that may read what is for the %s alone", person, strings.ToUpper(t.For)), "take for: out: they then get what they may read", path...)
	}
}

func seated(seats []org.Seat, person string) bool {
	return slices.ContainsFunc(seats, func(s org.Seat) bool { return s.Person == person })
}

// circle checks that e-mail to those in a seat reaches them.
func (r *reportReader) circle(t *Report, path []any) {
	switch {
	case t.Email == TheLeaders && t.Of == OfTeam:
		r.refuse("leaders get no team's report", "take of: out for what is for each of them alone, or write of: organisation", path...)
	case t.Email == TheLeaders && r.team != "":
		r.refuse("what leaders get is not for a team to say", "move it to reports: in fairlead.yaml", path...)
	case t.Of == OfLeader && t.Email != TheLeaders:
		r.refuse("what is for one leader goes to nobody else", "write email:leaders", path...)
	}
	if t.Email == TheLeaders || r.unknown() || r.cfg.Directory == nil {
		return
	}
	somebody := false
	for _, team := range r.ofTeams() {
		for _, s := range map[string][]org.Seat{TheEM: team.EMs, ThePM: team.PMs, TheMembers: team.Members}[t.Email] {
			somebody = true
			if p, _ := r.cfg.Directory.Person(s.Person); len(p.Emails) == 0 && s.To.IsZero() && team.Existed.To.IsZero() && !p.Bot {
				r.refuse(fmt.Sprintf("%s of %s has no e-mail address in the org file", s.Person, team.ID), "add email: to them there", path...)
			}
		}
	}
	if !somebody {
		r.refuse(fmt.Sprintf("no team here has anybody as %s, so it would reach nobody", strings.TrimSuffix(t.Email, "s")), "add them to the team in the org file", path...)
	}
}
