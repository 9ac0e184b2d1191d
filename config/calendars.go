package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/fairlead-dev/fairlead/calendar"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Feed is a calendar at an address. Load fetches nothing: whoever does hands
// what came to WithFeeds.
type Feed struct {
	// Name tells it from others without giving the address away.
	Name    string
	Address Secret // an https address; whoever knows a private one can read it
	Where   yamlfile.Place
}

// calendarSource is a calendar in a file, or a feed.
type calendarSource struct {
	name  string
	where yamlfile.Place
	read  *calendar.Calendar // of a file
	feed  int                // index into Config.Feeds; -1 for a file
}

// calendar finds the calendar that stands at the path in f. False when it cannot
// be had; that is reported.
func (l *loader) calendar(f *yamlfile.File, ref calendarRef, path []any) (calendarSource, bool) {
	for _, key := range []string{"calendar", "address_file"} {
		if inside := append(slices.Clone(path), key); f.Has(inside...) {
			path = inside
		}
	}
	switch {
	case ref.addressFile != "":
		return l.addressInFile(f, ref.addressFile, path)
	case strings.Contains(ref.text, "${"):
		return l.addressInEnv(f, ref.text, path)
	case strings.Contains(ref.text, "://"):
		return l.addressInText(f, ref.text, path)
	}
	return l.calendarFile(f, ref.text, path)
}

// private is what is said where a secret address may stand in a file.
const private = "put the address into an environment variable and write that one's name, in capitals, as ${NAME}; or into a file: {address_file: …}"

var calendarVariable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\$\{([A-Z_][A-Z0-9_]{0,63})\}$`) })

func (l *loader) addressInEnv(f *yamlfile.File, text string, path []any) (calendarSource, bool) {
	named := calendarVariable().FindStringSubmatch(text)
	if named == nil {
		l.mistake(f, private, "this names no environment variable", path...)
		return calendarSource{}, false
	}
	value, set := l.env(named[1])
	if !set {
		l.mistake(f, "set it before fairlead starts: export "+named[1]+"=https://…", fmt.Sprintf("the environment variable %s is not set", named[1]), path...)
		return calendarSource{}, false
	}
	return l.feed(f, text, "the environment variable "+named[1], value, path)
}

func (l *loader) addressInFile(f *yamlfile.File, name string, path []any) (calendarSource, bool) {
	full := beside(f.Name(), name)
	value, err := l.read(full)
	if err != nil {
		l.mistake(f, "a relative path begins at the folder of "+f.Name(), reason(err), path...)
		return calendarSource{}, false
	}
	return l.feed(f, "the address in "+full, "the file", string(value), path)
}

// addressInText takes an address that everybody may know.
func (l *loader) addressInText(f *yamlfile.File, text string, path []any) (calendarSource, bool) {
	u, err := url.Parse(text)
	if err == nil && looksPrivate(u) {
		l.mistake(f, private, "this address looks like one that only few may know", path...)
		return calendarSource{}, false
	}
	host := ""
	if err == nil {
		host = u.Host
	}
	return l.feed(f, "the calendar at "+host, "the address", text, path)
}

// secretPart is a part of an address that nobody types: it was made by a machine
// so that it cannot be guessed.
var secretPart = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9_-]{20,}`) })

// looksPrivate errs on the side of calling an address private.
func looksPrivate(u *url.URL) bool {
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Contains(strings.ToLower(u.Path), "private") {
		return true
	}
	return slices.ContainsFunc(secretPart().FindAllString(u.EscapedPath(), -1), func(part string) bool {
		return strings.ContainsFunc(part, unicode.IsDigit)
	})
}

// feed adds a feed, each address once. where says where the address was found;
// what it is, is never part of a message.
func (l *loader) feed(f *yamlfile.File, name, where, value string, path []any) (calendarSource, bool) {
	address := strings.TrimSpace(value)
	if text, hint := wrongAddress(address); text != "" {
		l.mistake(f, hint, where+" "+text, path...)
		return calendarSource{}, false
	}
	s := calendarSource{name: name, where: f.Place(path...)}
	s.feed = slices.IndexFunc(l.cfg.Feeds, func(have Feed) bool { return have.Address.Reveal() == address })
	if s.feed < 0 {
		s.feed = len(l.cfg.Feeds)
		l.cfg.Feeds = append(l.cfg.Feeds, Feed{Name: name, Address: NewSecret(address), Where: s.where})
	}
	return s, true
}

// wrongAddress says what is wrong with the address of a calendar, without it.
func wrongAddress(address string) (text, hint string) {
	const longest = 4 << 10
	u, err := url.Parse(address)
	switch {
	case address == "":
		return "is empty", "put the https address of the calendar into it"
	case len(address) > longest || strings.ContainsFunc(address, unicode.IsSpace) || strings.ContainsFunc(address, unicode.IsControl):
		return "holds more than an address", "leave the address alone in it, on one line"
	case err != nil || u.Host == "" && u.Scheme != "webcal":
		return "is no web address", "write the address at which the calendar program publishes it, beginning with https://"
	case u.Scheme == "webcal" || u.Scheme == "webcals":
		return "begins with webcal", "write https:// in its place: calendars are published at both"
	case u.Scheme != "https":
		return "is not reached over https", "write the address at which the calendar is published, beginning with https://"
	}
	return "", ""
}

// calendarFile reads a calendar from a file, each file once.
func (l *loader) calendarFile(f *yamlfile.File, name string, path []any) (calendarSource, bool) {
	full := beside(f.Name(), name)
	s := calendarSource{name: full, where: f.Place(path...), feed: -1}
	if known, looked := l.calendars[full]; looked {
		s.read = known
		return s, known != nil
	}
	l.calendars[full] = nil
	text, err := l.readUpTo(full, calendar.MaxSize)
	if err != nil {
		l.mistake(f, "a relative path begins at the folder of "+f.Name(), reason(err), path...)
		return s, false
	}
	s.read, err = calendar.Parse(text)
	var wrong *calendar.Error
	if errors.As(err, &wrong) {
		at := yamlfile.Place{File: full}
		if wrong.Line > 0 {
			at = yamlfile.LinePlace(full, wrong.Line, 1, lineOf(text, wrong.Line))
		}
		l.mistakes = append(l.mistakes, yamlfile.Mistake{Place: at, Text: wrong.Text, Hint: wrong.Hint})
		return s, false
	}
	l.calendars[full] = s.read
	return s, err == nil
}

// lineOf is a line of the text, counted from 1.
func lineOf(text []byte, n int) string {
	for line := range strings.Lines(string(text)) {
		if n--; n == 0 {
			return strings.TrimRight(line, "\r\n")
		}
	}
	return ""
}
