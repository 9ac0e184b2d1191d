package daemon

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
)

// staff puts people into the directory: mina and lee, whose name nobody should
// trust, and the automation ci. Team payments is in Berlin.
func (l *line) staff() {
	l.t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		l.t.Fatal(err)
	}
	people := []org.Person{{ID: "mina", Name: "Mina Roy"}, {ID: "lee", Name: "Lee\x1b[31m\nPark"}, {ID: "ci", Bot: true}}
	dir, mistakes := org.New(people, []org.Team{{ID: "payments", Location: berlin, Owns: org.Ownership{JiraProjects: []string{"PAY", "CORE"}}}}, nil)
	if mistakes != nil {
		l.t.Fatal(mistakes)
	}
	l.cfg().Directory = dir
}

func by(id string) Speaker { return Speaker{By: id} }

// answer has mina say that it was done on purpose.
func (l *line) answer(name, reason string) Answered {
	l.t.Helper()
	r, err := l.Answer(l.t.Context(), AnswerRequest{Finding: name, Reason: reason, Speaker: by("mina")})
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

// told is the finding about the ticket as everybody is told it.
func (l *line) told(key string) finding.Finding {
	l.t.Helper()
	b, err := l.readLedger(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range b.findings {
		if e.Subject.Key == key {
			return e
		}
	}
	return finding.Finding{}
}

// checkedLine has three features in flight for two weeks, read and checked, the
// first two labelled.
func checkedLine(t *testing.T) (*line, *fakeSource) {
	t.Helper()
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{
		feature("jira", "PAY-1", monday.Add(-2*aWeek)), feature("jira", "PAY-2", monday.Add(-2*aWeek)), feature("jira", "CORE-3", monday.Add(-2*aWeek)),
	}}
	s.tickets[0].Labels, s.tickets[1].Labels = []string{"Regulatory"}, []string{"regulatory", "q4"}
	l := newLine(t, s)
	l.staff()
	l.sync()
	l.check()
	l.at = monday.Add(time.Hour)
	return l, s
}

func TestAnAnswerOutlivesWhatRunsNotice(t *testing.T) {
	l, s := checkedLine(t)
	r := l.answer("pay-1", "Agreed in planning")
	if !r.Changed || r.State != "answered" || r.ByName != "Mina Roy" || r.Key != "PAY-1" {
		t.Errorf("answered %+v", r)
	}
	if again := l.answer("PAY-1", " Agreed in planning\n"); again.Changed {
		t.Error("the same answer was kept twice")
	}
	l.later(time.Hour)
	if c := l.check(); c.Open != 2 || c.Settled != 0 || c.Rules[0].Open != 2 {
		t.Errorf("a check of what is still there did %+v, want two open", c)
	}
	fixed := s.tickets[0]
	s.tickets[0].Category = ticket.Done
	l.later(24 * time.Hour)
	if c := l.check(); c.Settled != 1 {
		t.Errorf("a check of what is gone did %+v, want one settled", c)
	}
	s.tickets[0] = fixed
	s.tickets[0].Updated = l.at
	l.later(24 * time.Hour)
	if c := l.check(); c.Reopened != 1 || c.Open != 2 {
		t.Errorf("a check of what came back did %+v, want it reopened and two open", c)
	}
	if got := l.told("PAY-1").State; got != finding.Answered {
		t.Errorf("it is %s, want answered", got)
	}
	taken, err := l.Answer(t.Context(), AnswerRequest{Finding: "PAY-1", TakeBack: true, Reason: "Another ticket was meant", Speaker: by("lee")})
	if err != nil || taken.State != "open" || taken.ByName != "Lee Park" {
		t.Errorf("taken back: %+v, %v", taken, err)
	}
	if got := l.told("PAY-1").State; got != finding.Open {
		t.Errorf("it is %s, want open", got)
	}
}

func TestWordsThatAreRefused(t *testing.T) {
	l, s := checkedLine(t)
	l.answer("PAY-2", "Agreed")
	l.waive(WaiveRequest{Ticket: "CORE-3", Until: "2 weeks"})
	s.tickets = append(s.tickets, feature("jira", "PAY-9", monday.Add(-2*aWeek)))
	l.later(time.Hour)
	l.check()
	s.tickets[3].Category = ticket.Done
	l.later(time.Hour)
	l.check()
	before := l.words()
	answer := func(name, reason string, who Speaker) error {
		_, err := l.Answer(t.Context(), AnswerRequest{Finding: name, Reason: reason, Speaker: who})
		return err
	}
	waive := func(ask WaiveRequest) error {
		ask.Reason, ask.Speaker = "Later", by("mina")
		_, err := l.PlanWaiver(t.Context(), ask)
		return err
	}
	_, takeBack := l.Answer(t.Context(), AnswerRequest{Finding: "PAY-1", TakeBack: true, Reason: "x", Speaker: by("mina")})
	_, noRenewal := l.RenewWaiver(t.Context(), RenewRequest{ID: "w000", Until: "6 weeks", Reason: "x", Speaker: by("mina")})
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"an answer without a reason", answer("PAY-1", " \n\t ", by("mina")), "there is no reason"},
		{"a reason of invisible marks", answer("PAY-1", "\u202e\x1b[31m", by("mina")), "there is no reason"},
		{"a reason that goes on", answer("PAY-1", strings.Repeat("é", 1001), by("mina")), "has 1001 characters"},
		{"nobody", answer("PAY-1", "Agreed", Speaker{}), "it is not clear who says so"},
		{"an account that is nobody's", answer("PAY-1", "Agreed", Speaker{User: "root"}), "add --by with a person's id from the org file, or set FAIRLEAD_PERSON"},
		{"somebody unknown", answer("PAY-1", "Agreed", by("mnia")), `did you mean "mina"?`},
		{"somebody unknown in the environment", answer("PAY-1", "Agreed", Speaker{Env: "x\x1b[0m"}), `FAIRLEAD_PERSON says "x", and the directory`},
		{"automation", answer("PAY-1", "Agreed", by("ci")), "automation"},
		{"a finding there is none of", answer("PAY-77", "Agreed", by("mina")), `there is no finding "PAY-77"`},
		{"what is answered, in other words", answer("PAY-2", "It was me", by("mina")), "is answered by Mina Roy on Monday 16 November 2026, 09:00 UTC: Agreed"},
		{"what is answered, by somebody else", answer("PAY-2", "Agreed", by("lee")), "--take-back"},
		{"what is waived", answer("CORE-3", "Agreed", by("mina")), "is waived until Monday 30 November 2026, 23:00 UTC by Mina Roy"},
		{"what is settled", answer("PAY-9", "Agreed", by("mina")), "is settled since Monday 16 November 2026, 11:00 UTC"},
		{"an answer to take back that nobody gave", takeBack, "is open since"},
		{"a waiver of nothing", waive(WaiveRequest{Until: "6 weeks"}), "it is not clear what to waive"},
		{"a waiver of two things", waive(WaiveRequest{Finding: "PAY-1", Ticket: "PAY-1", Until: "6 weeks"}), "it is not clear what to waive"},
		{"a waiver of a whole rule", waive(WaiveRequest{Rule: "feature-without-problem", Until: "6 weeks"}), "only waived for tickets with a label"},
		{"a waiver of a label", waive(WaiveRequest{Label: "q4", Until: "6 weeks"}), "only waived for tickets with a label"},
		{"a waiver of an unknown rule", waive(WaiveRequest{Rule: "feature-without-problm", Label: "q4", Until: "6 weeks"}), "did you mean"},
		{"a waiver of an unknown ticket", waive(WaiveRequest{Ticket: "PAY-\x1b[31m4", Until: "6 weeks"}), `no ticket "PAY-4" is stored`},
		{"a waiver of what is settled", waive(WaiveRequest{Finding: "PAY-9", Until: "6 weeks"}), "only what is open can be answered or waived"},
		{"a waiver of what is waived so already", waive(WaiveRequest{Ticket: "core-3", Until: "6 weeks"}), "holds already, until Monday 30 November"},
		{"a waiver without an end", waive(WaiveRequest{Finding: "PAY-1"}), "it is not said until when"},
		{"a waiver until yesterday", waive(WaiveRequest{Finding: "PAY-1", Until: "2026-11-15"}), "2026-11-15 is over"},
		{"a waiver for too long", waive(WaiveRequest{Finding: "PAY-1", Until: "2027-11-18"}), "more than 366 days away\n\tchoose 2027-11-17"},
		{"a waiver until something else", waive(WaiveRequest{Finding: "PAY-1", Until: "31.12.2026"}), `"31.12.2026" is not a day`},
		{"a renewal of no waiver", noRenewal, `there is no waiver "w000"`},
	} {
		if !IsRequestMistake(c.err) || !strings.Contains(c.err.Error(), c.want) || strings.ContainsAny(c.err.Error(), "\x1b\u202e") {
			t.Errorf("%s: err = %v\nwant in it: %s", c.name, c.err, c.want)
		}
	}
	if after := l.words(); after != before {
		t.Errorf("%d words were kept of what was refused", after-before)
	}
}

func (l *line) words() int {
	l.t.Helper()
	all, err := l.store.Words(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return len(all)
}

func TestWhoSpeaks(t *testing.T) {
	l, _ := checkedLine(t)
	for _, c := range []struct {
		name string
		who  Speaker
		want string
	}{
		{"as asked for", Speaker{By: "lee", Env: "mina", User: "mina"}, "lee"},
		{"by the environment", Speaker{Env: "mina", User: "lee"}, "mina"},
		{"by the account at the machine", Speaker{User: "lee"}, "lee"},
	} {
		if got, err := l.speaker(c.who); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, got, err, c.want)
		}
	}
	if _, err := l.speaker(Speaker{By: "nobody", Env: "mina"}); err == nil {
		t.Error("somebody unknown was taken for somebody else")
	}
}

func TestAClockThatWasTurnedBackKeepsNoWord(t *testing.T) {
	l, _ := checkedLine(t)
	l.at = monday.Add(2 * time.Hour)
	l.answer("PAY-1", "Agreed")
	l.at = monday.Add(time.Hour)
	_, err := l.Answer(t.Context(), AnswerRequest{Finding: "PAY-1", Reason: "x", TakeBack: true, Speaker: by("mina")})
	if err == nil || IsRequestMistake(err) && !strings.Contains(err.Error(), "is open since") {
		t.Errorf("an answer of the future: err = %v", err)
	}
	l.at = monday.Add(-time.Hour)
	_, err = l.Answer(t.Context(), AnswerRequest{Finding: "PAY-2", Reason: "x", Speaker: by("mina")})
	if err == nil || !strings.Contains(err.Error(), "the clock says 2026-11-16T07:00:00Z, which is before the latest check") {
		t.Errorf("before the latest check: err = %v", err)
	}
	if n := l.words(); n != 1 {
		t.Errorf("%d words, want 1", n)
	}
}

func TestWordsOfOneMomentKeepTheirOrder(t *testing.T) {
	l, _ := checkedLine(t)
	for n, back := range []bool{false, true, false, true} { // the clock stands still
		r, err := l.Answer(t.Context(), AnswerRequest{Finding: "PAY-1", Reason: "Agreed", TakeBack: back, Speaker: by("mina")})
		if err != nil {
			t.Fatalf("word %d: %v", n, err)
		}
		if want := map[bool]string{false: "answered", true: "open"}[back]; r.State != want {
			t.Errorf("after word %d it is %s, want %s", n, r.State, want)
		}
		l.at = l.at.Add(time.Microsecond)
	}
}

// interrupting is a store in which something else happens just before a check is
// stored.
type interrupting struct {
	store.Store
	before func()
	once   sync.Once
}

func (s *interrupting) SaveCheck(ctx context.Context, c store.Check) error {
	s.once.Do(s.before)
	return s.Store.SaveCheck(ctx, c)
}

func TestACheckLosesNothingThatIsSaidMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fairlead.db")
	l, _ := checkedLine(t)
	open := func() store.Store {
		st, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = st.Close() })
		return st
	}
	_ = l.Close()
	l.store = open()
	l.sync()
	l.check()
	l.later(time.Hour)
	// Another process, with a connection of its own, answers after the check has
	// read the ledger and before it stores what it made of it.
	other := &line{t: t, at: l.at, Fairlead: configured(l.cfg(), l.book(), &Fairlead{sources: l.sources, log: zap.NewNop(), store: open()})}
	other.clock = other
	meanwhile := &interrupting{Store: l.store, before: func() {
		other.answer("PAY-1", "Agreed")
		other.waive(WaiveRequest{Ticket: "PAY-2", Until: "2 weeks"})
	}}
	l.store = meanwhile
	if c := l.check(); c.Open != 3 {
		t.Errorf("the check tells %d open, want the 3 that it read", c.Open)
	}
	l.store = meanwhile.Store
	l.later(time.Hour)
	if c := l.check(); c.Open != 1 || c.Settled+c.Reopened+c.Opened != 0 {
		t.Errorf("the next check did %+v, want one open and nothing moved", c)
	}
	for key, want := range map[string]finding.State{"PAY-1": finding.Answered, "PAY-2": finding.Waived, "CORE-3": finding.Open} {
		if got := l.told(key).State; got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}

func TestEverythingThatTellsOfFindingsHearsWhatWasSaid(t *testing.T) {
	l, _ := checkedLine(t)
	l.answer("PAY-1", "Agreed")
	l.waive(WaiveRequest{Ticket: "PAY-2", Until: "2 weeks"})
	l.later(time.Hour)
	l.check()
	if flights := l.flown("payments"); flights[len(flights)-1].Clear != 2 {
		t.Errorf("the latest flight is %+v, want the two clear of which somebody has spoken", flights[len(flights)-1])
	}
	look, err := l.LookAt(t.Context(), l.at)
	if err != nil || look.Open != 1 || len(look.Findings) != 1 || look.Findings[0].Key != "CORE-3" {
		t.Errorf("a look at now: %+v, %v; want CORE-3 alone", look, err)
	}
	past, err := l.LookAt(t.Context(), monday)
	if err != nil || past.Open != 3 {
		t.Errorf("a look at the moment before that was said: %d open, %v; want 3", past.Open, err)
	}
	if got := l.text(l.Explain(t.Context(), "PAY-1", l.at)); !strings.Contains(got, "! PAY-1 is answered by Mina Roy on Monday 16 November 2026, 09:00 UTC: Agreed") {
		t.Errorf("explained as\n%s", got)
	}
	if got := l.text(l.WhyNot(t.Context(), "feature-without-problem", "PAY-2", l.at)); !strings.Contains(got, "! PAY-2 is waived until") {
		t.Errorf("why not:\n%s", got)
	}
	l.later(aWeek)
	l.check()
	page := l.page("payments", "team")
	told, ending, _ := strings.Cut(page, "Waivers that end soon")
	if strings.Contains(page, "PAY-1") || strings.Contains(told, "PAY-2") || !strings.Contains(told, "1 open exception, 2 fewer than last week: 1 answered, 1 waived.") {
		t.Errorf("the report says\n%s", page)
	}
	if !strings.Contains(ending, "Everything about PAY-2 is waived until 30 November") {
		t.Errorf("of waivers that end the report says\n%s", ending)
	}
}

func TestAMuteCountsWhatItWouldTell(t *testing.T) {
	s := &fakeSource{name: "jira"}
	l := newLine(t, s)
	l.staff()
	l.sync()
	l.check()
	l.later(3 * aWeek)
	l.check()
	s.tickets = manyFeatures(40, "PAY", l.at)
	l.later(24 * time.Hour)
	if c := l.check(); len(c.Muted) != 1 || c.Muted[0].Held != 40 {
		t.Fatalf("muted: %+v, want 40 kept back", c.Muted)
	}
	l.answer(s.tickets[0].Key, "Agreed")
	if muted, err := l.MutedRules(t.Context()); err != nil || muted[0].Held != 39 {
		t.Errorf("muted: %+v, %v; want 39 kept back", muted, err)
	}
}
