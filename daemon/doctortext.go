package daemon

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// The marks at the beginning of a line.
const (
	markWrong = "! " // reports would be wrong
	markNote  = "- " // worth knowing
	markFine  = "  "
)

// mostShown bounds lists on a terminal; JSON has them whole.
const mostShown = 20

// Text writes the examination for people. Lines that begin with ! are what would
// make reports wrong, lines with - are worth knowing.
func (e *Examination) Text(w io.Writer) error {
	p := examinationPrinter{}
	p.store(e.Store)
	p.queue(e.Queue)
	for i := range e.Sources {
		p.source(&e.Sources[i], e.At)
	}
	p.managers(e.Managers)
	p.unowned(e.Unowned)
	p.people(e.People)
	p.calendars(e.Calendars, e.At, false)
	p.numbers(e.Numbers)
	p.stopped(e.Stopped)
	p.deliveries(&e.Deliveries, e.At)
	p.reminders(e.Reminders)
	p.retention(e.Retention)
	p.notes(e.Notes)
	p.close(e.Wrong)
	_, err := io.WriteString(w, p.out.String())
	return err
}

type examinationPrinter struct{ out strings.Builder }

// say writes a line behind its mark.
func (p *examinationPrinter) say(mark, format string, args ...any) {
	fmt.Fprintf(&p.out, mark+format+"\n", args...)
}

// paste writes lines of configuration below what they mend.
func (p *examinationPrinter) paste(where, lines string) {
	fmt.Fprintf(&p.out, "    %s:\n", where)
	for line := range strings.Lines(lines) {
		fmt.Fprintf(&p.out, "      %s\n", strings.TrimRight(line, "\n"))
	}
}

func (p *examinationPrinter) heading(text string) {
	if p.out.Len() > 0 {
		p.out.WriteByte('\n')
	}
	fmt.Fprintln(&p.out, text)
}

func (p *examinationPrinter) source(s *ExaminedSource, now time.Time) {
	p.heading(s.Name)
	if s.Trouble != "" {
		p.say(markWrong, "the tracker could not be asked, so account, permissions and mapping are not told here")
		p.quote(s.Trouble)
	} else {
		p.site(s)
	}
	p.stored(s, now)
}

// quote writes what somebody else said, line by line.
func (p *examinationPrinter) quote(said string) {
	for line := range strings.Lines(said) {
		if line = strings.TrimSpace(line); line != "" {
			fmt.Fprintf(&p.out, "    %s\n", shownLong(line))
		}
	}
}

// shownLong is shown for sentences.
func shownLong(text string) string {
	const longest = 400
	var out []string
	for runes := []rune(text); len(runes) > 0 && len(out)*shownName < longest; {
		n := min(shownName, len(runes))
		out = append(out, shown(string(runes[:n])))
		runes = runes[n:]
	}
	return strings.Join(out, "")
}

func (p *examinationPrinter) site(s *ExaminedSource) {
	who := shown(s.Account.Name)
	if s.Account.Email != "" {
		who += " <" + shown(s.Account.Email) + ">"
	}
	if s.Zone != "" {
		who += ", in the time zone " + shown(s.Zone)
	}
	p.say(markFine, "reads as %s (account %s)", strings.TrimSpace(who), shown(s.Account.ID))
	if len(s.Missing) == 0 {
		p.say(markFine, "permissions: all that reading takes are granted")
	}
	for _, m := range s.Missing {
		p.say(markWrong, "permission missing: %s", shownLong(m))
	}
	p.say(markFine, "rate limit: %s", shownLong(cmp.Or(s.Limit, "the tracker told none in its answer")))
	p.clock(s)
	p.mapping(s)
	for _, ours := range slices.Sorted(maps.Keys(s.Fields)) {
		p.say(markFine, "field: %s is %s", shown(ours), shown(s.Fields[ours]))
	}
}

// clock says how the server's clock stands to ours. Less than half a minute is
// what networks and slow answers make.
func (p *examinationPrinter) clock(s *ExaminedSource) {
	off := time.Duration(s.Skew * float64(time.Second)).Round(time.Second)
	where := "ahead of"
	if off < 0 {
		where = "behind"
	}
	switch {
	case s.ClockOff():
		p.say(markNote, "clock: the server's is %s %s ours: check the time here", off.Abs(), where)
	case off != 0:
		p.say(markFine, "clock: the server's is %s %s ours, too little to matter", off.Abs(), where)
	default:
		p.say(markFine, "clock: agrees with ours")
	}
}

func (p *examinationPrinter) mapping(s *ExaminedSource) {
	var parts []string
	for _, sort := range slices.Sorted(maps.Keys(s.Known)) {
		parts = append(parts, numbered(s.Known[sort], sort))
	}
	if len(parts) > 0 && len(s.Mapping) == 0 {
		p.say(markFine, "words with a meaning: %s (all of them: --mapping)", strings.Join(parts, ", "))
	}
	for _, m := range s.Mapping {
		means := "is " + m.Means
		switch {
		case m.Means == "":
			means = "says nothing of a ticket's kind" // as most labels
		case !m.Mapped:
			means += " (assumed)"
		}
		p.say(markFine, "%s %q %s", m.Sort, shown(m.Word), means)
	}
	for _, u := range s.Unmapped {
		p.unmapped(u)
	}
	if s.Paste != "" {
		p.paste("under this source in fairlead.yaml, with what each of them is", s.Paste)
	}
}

func (p *examinationPrinter) unmapped(u UnmappedWord) {
	mark, used := markNote, "tickets that use it are not counted"
	if u.Wrong {
		mark = markWrong
	}
	if u.Tickets > 0 {
		used = numbered(u.Tickets, "ticket")
	}
	p.say(mark, "%s %q has no meaning yet and is taken as %s: %s", u.Sort, shown(u.Word), u.TakenAs, used)
}

// numbered writes a number with its noun: "1 ticket", "2 statuses".
func numbered(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun == "person":
		return fmt.Sprintf("%d people", n)
	case noun == "entry":
		return fmt.Sprintf("%d entries", n)
	case noun == "status":
		return fmt.Sprintf("%d statuses", n)
	case noun == "priority":
		return fmt.Sprintf("%d priorities", n)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// moment is a time as people read it.
func moment(t time.Time) string { return t.UTC().Format("Monday 2 January 2006, 15:04 UTC") }

// age is how long ago something was, in the one unit that matters.
func age(d time.Duration) string {
	if d >= 48*time.Hour {
		return numbered(int(d.Hours()/24), "day")
	}
	return numbered(int(d.Hours()), "hour")
}

func (p *examinationPrinter) stored(s *ExaminedSource, now time.Time) {
	switch {
	case s.LastRead.IsZero():
		p.say(markWrong, "has never been read to the end: run fairlead sync (%s stored so far)", numbered(s.Tickets, "ticket"))
	case s.Stale:
		p.say(markWrong, "was last read to the end on %s, %s ago: its findings are frozen until fairlead sync succeeds (%s stored)",
			moment(s.LastRead), age(now.Sub(s.LastRead)), numbered(s.Tickets, "ticket"))
	default:
		p.say(markFine, "last read on %s, %s stored", moment(s.LastRead), numbered(s.Tickets, "ticket"))
	}
	if s.empty() {
		p.say(markWrong, "was read to the end without a single ticket: look whether these are the right projects or teams, and whether the account sees their tickets; a token with scopes may lack one")
	}
	if s.SyncSaid != "" {
		p.quote("the latest sync stopped early: " + s.SyncSaid)
	}
	for _, g := range s.Gaps[:min(len(s.Gaps), mostShown)] {
		p.say(markNote, "not told by the tracker: %s", shownLong(g))
	}
	p.more(len(s.Gaps))
}

// more says how many entries of a list were left out.
func (p *examinationPrinter) more(n int) {
	if n > mostShown {
		p.say(markFine, "and %d more, all of them with --format json", n-mostShown)
	}
}

func (p *examinationPrinter) managers(list []UnknownManager) {
	if len(list) > 0 {
		p.heading("EMs whose account is not known")
	}
	for _, m := range list {
		p.say(markWrong, "%s, EM of %s: no account in %s is known to be theirs, so what they did there looks like somebody else's",
			shown(m.Name), m.Team, m.Tracker)
		if m.Paste == "" {
			p.say("    ", "add %s: and the account id to %s in org.yaml, or the e-mail address used there", m.Tracker, m.Person)
		} else {
			p.paste("an account of that name was seen; if it is theirs, add to "+m.Person+" in org.yaml", m.Paste)
		}
	}
}

func (p *examinationPrinter) unowned(list []Unowned) {
	if len(list) > 0 {
		p.heading("Tickets that no team owns")
	}
	for _, u := range list[:min(len(list), mostShown)] {
		p.say(markWrong, "%s in %s: no report speaks of its %s", shown(u.Space), u.Source, numbered(u.Tickets, "ticket"))
		p.paste("under the team it belongs to in org.yaml", u.Paste)
	}
	p.more(len(list))
}

func (p *examinationPrinter) people(list []UnknownPerson) {
	if len(list) > 0 {
		p.heading("People in tickets whom org.yaml does not know")
	}
	for _, u := range list[:min(len(list), mostShown)] {
		note := ""
		if u.Inactive {
			note = ", switched off"
		}
		p.say(markNote, "%s (%s account %s%s): took part in %s", quoteOr(u.Name, "without a name"), u.Tracker, shown(u.ID), note, numbered(u.Tickets, "ticket"))
		where := "under people in org.yaml, with a role"
		if u.Perhaps != "" {
			where = "if this is " + u.Perhaps + " of org.yaml, add to them"
		}
		p.paste(where, u.Paste)
	}
	p.more(len(list))
}

func quoteOr(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return fmt.Sprintf("%q", shown(name))
}

func (p *examinationPrinter) stopped(list map[string]string) {
	if len(list) > 0 {
		p.heading("Rules that could not be evaluated; their findings are frozen")
	}
	for _, rule := range slices.Sorted(maps.Keys(list)) {
		p.say(markNote, "%s: %s", rule, shownLong(list[rule]))
	}
}

func (p *examinationPrinter) notes(list []string) {
	if len(list) > 0 {
		p.heading("Left out of the configuration")
	}
	for _, n := range list {
		p.say(markNote, "%s", n)
	}
}

func (p *examinationPrinter) close(wrong int) {
	if wrong == 0 {
		p.heading("Nothing here would make reports wrong.")
		return
	}
	p.heading(numbered(wrong, "thing") + " would make reports wrong, each marked with !")
}
