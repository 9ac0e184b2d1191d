package daemon

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/ticket"
)

// monday is the morning on which the tests below begin.
var monday = time.Date(2026, time.November, 16, 8, 0, 0, 0, time.UTC)

// line is fairlead with sources and a clock that a test holds in its hand.
type line struct {
	*Fairlead
	t  *testing.T
	at time.Time
}

func (l *line) Now() time.Time { return l.at }

func (l *line) Sleep(ctx context.Context, d time.Duration) error {
	l.at = l.at.Add(d)
	return ctx.Err()
}

// newLine has team payments, which owns the projects PAY and CORE.
func newLine(t *testing.T, sources ...*fakeSource) *line {
	t.Helper()
	l := &line{t: t, at: monday, Fairlead: configured(&config.Config{}, nil, &Fairlead{log: zap.NewNop()})}
	l.clock, l.posting = l, newPosting(l.cfg(), nil, l)
	l.organise(org.Team{ID: "payments", Owns: org.Ownership{JiraProjects: []string{"PAY", "CORE"}}})
	var err error
	if l.store, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "fairlead.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	l.configure(sources...)
	return l
}

// organise puts teams in place of those there were.
func (l *line) organise(teams ...org.Team) {
	l.t.Helper()
	dir, mistakes := org.New(nil, teams, nil)
	if mistakes != nil {
		l.t.Fatal(mistakes)
	}
	l.cfg().Directory = dir
	all, err := rules.Catalog()
	if err != nil {
		l.t.Fatal(err)
	}
	// One rule is enough here; what the others notice is the business of their
	// own tests.
	l.agree(slices.DeleteFunc(all, func(r rules.Rule) bool { return r.ID != "feature-without-problem" })...)
}

// agree puts rules in place of those there were.
func (l *line) agree(all ...rules.Rule) {
	l.t.Helper()
	var err error
	book, err := rules.NewBook(all, nil, teamIDs(l.cfg()))
	if err != nil {
		l.t.Fatal(err)
	}
	l.letHold(book)
}

// configure puts sources in place of those there were.
func (l *line) configure(sources ...*fakeSource) {
	l.sources, l.cfg().Sources = nil, nil
	for _, s := range sources {
		l.sources = append(l.sources, s)
		l.cfg().Sources = append(l.cfg().Sources, config.Source{Tracker: config.Jira, Name: s.name, Projects: []string{"PAY", "CORE"}})
	}
}

func (l *line) sync() {
	_, _ = l.Sync(l.t.Context(), nil, nil) // a source in trouble is what some tests are about
}

func (l *line) check() CheckResult {
	l.t.Helper()
	r, err := l.Check(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

func (l *line) finding(key string) finding.Finding {
	l.t.Helper()
	ledger, err := l.store.Findings(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	for _, f := range ledger {
		if f.Subject.Key == key {
			return f
		}
	}
	return finding.Finding{}
}

// headline is the sentence that the team's report of last week begins with.
func (l *line) headline(team string) string {
	l.t.Helper()
	var page bytes.Buffer
	err := l.Report(l.t.Context(), &page, ReportRequest{Team: team, Week: "last", For: "team", Format: "markdown"})
	if err != nil {
		l.t.Fatal(err)
	}
	for text := range strings.Lines(page.String()) {
		if strings.Contains(text, "open") {
			sentence, _, _ := strings.Cut(strings.TrimPrefix(text, "**"), "**")
			return sentence
		}
	}
	return page.String()
}

// fakeSource is a source that holds what a test puts there.
type fakeSource struct {
	name    string
	tickets []ticket.Ticket
	trouble error
}

func (s *fakeSource) Name() string { return s.name }

func (s *fakeSource) Changed(context.Context, connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		if yield(connectors.Page{Tickets: s.tickets, Cursor: "1"}, nil) && s.trouble != nil {
			yield(connectors.Page{}, s.trouble)
		}
	}
}

var errHalfway = errors.New("the answer broke off halfway")

// feature is one in flight since some time, with no problem behind it.
func feature(source, key string, since time.Time) ticket.Ticket {
	project, _, _ := strings.Cut(key, "-")
	t := ticket.Ticket{
		Source: source, Tracker: "jira", ID: key, Key: key, Project: project, Kind: ticket.Feature,
		Status: "In Progress", Category: ticket.Started, Created: since, Updated: since,
	}
	t.Normalise()
	return t
}

func TestARunOnMondaysTellsTheWeekThatIsOver(t *testing.T) {
	s := &fakeSource{name: "jira"}
	l := newLine(t, s)
	l.sync()
	l.check()
	s.tickets = []ticket.Ticket{feature("jira", "PAY-1", monday.Add(48*time.Hour))}
	l.at = monday.Add(aWeek)
	l.sync()
	if r := l.check(); r.Open != 1 || r.Opened != 0 || r.Past == nil || r.Past.Opened != 1 {
		t.Errorf("the check did %+v, want one finding opened in the week before", r)
	}
	if got, want := l.headline("payments"), "1 open exception, 1 more than last week: 1 new"; !strings.HasPrefix(got, want) {
		t.Errorf("the report says %q, want %q", got, want)
	}
}

func TestASourceThatIsReadLateHasAPastAllTheSame(t *testing.T) {
	tickets := []ticket.Ticket{feature("jira late", "CORE-1", monday.Add(-5*aWeek))}
	for _, c := range []struct {
		name string
		late *fakeSource
	}{
		{"its first sync was cut in the middle", &fakeSource{name: "jira late", tickets: tickets, trouble: errHalfway}},
		{"nothing of it could be read at first", &fakeSource{name: "jira late", trouble: errHalfway}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLine(t, &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-3*aWeek))}}, c.late)
			l.sync()
			l.check()
			if f := l.finding("CORE-1"); f.State != "" {
				t.Errorf("the source was read in part, and CORE-1 is %s", f.State)
			}
			c.late.tickets, c.late.trouble = tickets, nil
			l.at = monday.Add(24 * time.Hour)
			l.sync()
			l.check()
			for _, want := range []struct {
				key   string
				since time.Time
			}{{"PAY-1", monday.Add(-3 * aWeek)}, {"CORE-1", monday.Add(-5 * aWeek)}} {
				f := l.finding(want.key)
				if f.State != finding.Open || len(f.Spans) != 1 || f.FirstSeen().Sub(want.since) > aWeek {
					t.Errorf("%s is %s, open in %v, want it open since the week of %v", want.key, f.State, f.Spans, want.since)
				}
			}
			if got, want := l.headline("payments"), "2 open exceptions, as many as last week."; got != want {
				t.Errorf("the report says %q, want %q", got, want)
			}
		})
	}
}

func TestWhatSettledWhileASourceCouldNotBeReadSettledInItsWeek(t *testing.T) {
	open := feature("jira", "PAY-1", monday.Add(-3*aWeek))
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{open}}
	l := newLine(t, s)
	l.sync()
	l.check()
	s.trouble = errHalfway
	for range 3 {
		l.at = l.at.Add(aWeek)
		l.sync()
		if r := l.check(); r.Frozen != 1 || r.Open != 1 {
			t.Fatalf("the check did %+v, want one finding frozen", r)
		}
	}
	done := open
	done.Status, done.Category, done.Updated = "Done", ticket.Done, monday.Add(48*time.Hour)
	done.History = []ticket.Change{{
		ID: "1", At: monday.Add(48 * time.Hour), Field: ticket.FieldStatus,
		From: []ticket.Value{{Text: "In Progress", Norm: "started"}}, To: []ticket.Value{{Text: "Done", Norm: "done"}},
	}}
	done.Normalise()
	s.tickets, s.trouble = []ticket.Ticket{done}, nil
	l.at = l.at.Add(24 * time.Hour)
	l.sync()
	l.check()
	end := org.WeekOf(monday, time.UTC).End
	if f := l.finding("PAY-1"); f.State != finding.Settled || f.Spans[0].To.After(end) || f.Spans[0].To.Before(monday) {
		t.Errorf("it is %s, open in %v, want it settled in the week of %v", f.State, f.Spans, monday)
	}
}

// countdown is a store that ends a context once all tickets were read so often.
type countdown struct {
	store.Store
	left int
	end  func()
}

// Tickets reads the tickets before it ends anything.
func (c *countdown) Tickets(ctx context.Context) iter.Seq2[ticket.Ticket, error] {
	if c.left--; c.left == 0 {
		c.end()
	}
	return c.Store.Tickets(ctx)
}

func TestAReplayThatWasInterruptedBeginsAnew(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-5*aWeek))}}
	l := newLine(t, s)
	l.sync()
	ctx, cancel := context.WithCancel(t.Context())
	whole := l.store
	l.store = &countdown{Store: whole, left: 9, end: cancel}
	if _, err := l.Check(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v, want the check to be interrupted", err)
	}
	if f := l.finding("PAY-1"); f.State != "" {
		t.Errorf("it is %s, open in %v: a part of the past was stored", f.State, f.Spans)
	}
	l.store = whole
	l.check()
	if f := l.finding("PAY-1"); f.State != finding.Open || len(f.Spans) != 1 || f.FirstSeen().After(monday.Add(-4*aWeek)) {
		t.Errorf("it is %s, open in %v, want one stretch since %v", f.State, f.Spans, monday.Add(-5*aWeek))
	}
}

func TestASourceThatIsNoLongerConfiguredIsNotLookedAt(t *testing.T) {
	pay := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-3*aWeek))}}
	core := &fakeSource{name: "jira old", tickets: []ticket.Ticket{feature("jira old", "CORE-1", monday.Add(-3*aWeek))}}
	l := newLine(t, pay, core)
	l.sync()
	l.check()
	l.configure(pay)
	l.at = monday.Add(time.Hour)
	r := l.check()
	if r.Open != 1 || r.Withdrawn != 1 || r.Settled+r.Frozen != 0 || r.Tickets != 1 {
		t.Errorf("the check did %+v, want one finding of one ticket open and one withdrawn", r)
	}
	l.at = monday.Add(aWeek)
	l.sync()
	l.check()
	if got, want := l.headline("payments"), "1 open exception, as many as last week."; got != want {
		t.Errorf("the report says %q, want %q", got, want)
	}
	l.configure(pay, core)
	l.sync()
	l.at = monday.Add(aWeek + time.Hour)
	l.check()
	if f := l.finding("CORE-1"); f.State != finding.Open || len(f.Spans) != 2 {
		t.Errorf("configured again it is %s, open in %v, want it open again", f.State, f.Spans)
	}
}

func TestWhatIsToldFromAllSourcesWaitsForAllOfThem(t *testing.T) {
	pay, core := &fakeSource{name: "jira"}, &fakeSource{name: "jira old"}
	l := newLine(t, pay, core)
	rule, err := rules.Parse("team.yaml", []byte("id: about-the-team\nscope: team\ntitle: t\npromise: p\nmessage: m\nask: a\nseverity: info\naudience: team\nwhen: team.id == 'payments'\n"))
	if err != nil {
		t.Fatal(err)
	}
	l.agree(rule)
	core.trouble = errHalfway
	l.sync()
	if r := l.check(); r.Open != 0 {
		t.Errorf("with one source not read, %d are open, want none", r.Open)
	}
	core.trouble = nil
	l.at = l.at.Add(time.Hour)
	l.sync()
	if r := l.check(); r.Open != 1 {
		t.Errorf("with all sources read, %d are open, want 1", r.Open)
	}
	core.trouble = errHalfway
	l.at = l.at.Add(time.Hour)
	l.agree()
	l.agree(rule)
	l.sync()
	if r := l.check(); r.Open != 1 || r.Frozen+r.Settled+r.Withdrawn > 1 {
		t.Errorf("the check did %+v, want the finding as it was", r)
	}
}

func TestNoStretchBeginsBeforeTheOneBeforeItEnded(t *testing.T) {
	pay, core := &fakeSource{name: "jira"}, &fakeSource{name: "jira old", tickets: []ticket.Ticket{feature("jira old", "CORE-1", monday.Add(-3*aWeek))}}
	l := newLine(t, pay, core)
	l.sync()
	l.check()
	l.configure(pay)
	l.at = monday.Add(aWeek)
	l.sync()
	l.check()
	l.configure(pay, core)
	l.at = monday.Add(2 * aWeek)
	l.sync()
	l.check()
	f := l.finding("CORE-1")
	if f.State != finding.Open || len(f.Spans) != 2 || f.Spans[1].From.Before(f.Spans[0].To) {
		t.Errorf("it is %s, open in %v, want two stretches one after the other", f.State, f.Spans)
	}
}

func TestACheckThatTheClockPutsBeforeTheLatestChangesNothing(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-time.Hour))}}
	l := newLine(t, s)
	l.sync()
	l.check()
	l.at = monday.Add(-48 * time.Hour)
	if _, err := l.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "clock") {
		t.Errorf("err = %v, want one that speaks of the clock", err)
	}
	if f := l.finding("PAY-1"); f.State != finding.Open || len(f.Spans) != 1 || !f.Spans[0].To.IsZero() {
		t.Errorf("it is %s, open in %v, want it open as before", f.State, f.Spans)
	}
}

func TestEveryTeamIsToldItsOwnWeek(t *testing.T) {
	owner := func(id, project, zone string) org.Team {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		return org.Team{ID: id, Location: loc, Owns: org.Ownership{JiraProjects: []string{project}}}
	}
	// In Tokyo Monday has begun, in Los Angeles it is still Sunday.
	since := time.Date(2026, time.November, 15, 20, 0, 0, 0, time.UTC)
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", since), feature("jira", "CORE-1", since)}}
	l := newLine(t, s)
	l.organise(owner("east", "PAY", "Asia/Tokyo"), owner("west", "CORE", "America/Los_Angeles"))
	l.sync()
	for _, hours := range []int{0, 24} {
		l.at = monday.Add(time.Duration(hours) * time.Hour)
		l.check()
		if got, want := l.headline("east"), "Nothing open."; got != want {
			t.Errorf("east is told %q, want %q", got, want)
		}
		if got, want := l.headline("west"), "1 open exception, 1 more than last week: 1 new."; got != want {
			t.Errorf("west is told %q, want %q", got, want)
		}
	}
}

func TestATeamThatIsAddedLaterTakesItsFindingsOver(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-3*aWeek)), feature("jira", "CORE-1", monday.Add(-5*aWeek))}}
	l := newLine(t, s)
	payments := org.Team{ID: "payments", Owns: org.Ownership{JiraProjects: []string{"PAY"}}}
	l.organise(payments)
	l.sync()
	l.check()
	l.organise(payments, org.Team{ID: "core", Owns: org.Ownership{JiraProjects: []string{"CORE"}}})
	l.at = monday.Add(time.Hour)
	if r := l.check(); r.Open != 2 || r.Opened+r.Reopened+r.Settled+r.Withdrawn != 0 {
		t.Errorf("the check did %+v, want the two findings to stay", r)
	}
	for _, team := range []string{"payments", "core"} {
		if got, want := l.headline(team), "1 open exception, as many as last week."; got != want {
			t.Errorf("%s is told %q, want %q", team, got, want)
		}
	}
}

func TestAReadingFromTheFutureIsNoReading(t *testing.T) {
	s := &fakeSource{name: "jira", tickets: []ticket.Ticket{feature("jira", "PAY-1", monday.Add(-3*aWeek))}}
	l := newLine(t, s)
	l.at = monday.Add(52 * aWeek) // by a clock that was wrong
	l.sync()
	l.at, s.trouble = monday, errHalfway
	l.sync()
	if r := l.check(); r.Open != 0 {
		t.Errorf("the check did %+v, want nothing opened while the source cannot be read", r)
	}
	s.trouble = nil
	l.at = monday.Add(time.Hour)
	l.sync()
	if r := l.check(); r.Open != 1 {
		t.Errorf("the check did %+v, want one finding open", r)
	}
}

// configured gives a Fairlead that a test puts together its configuration.
func configured(cfg *config.Config, book *rules.Book, f *Fairlead) *Fairlead {
	f.holding, f.asked = newHolding(cfg, nil, book), map[string]time.Time{}
	return f
}

// letHold lets the book hold.
func (f *Fairlead) letHold(book *rules.Book) {
	f.holding.now.Store(&terms{cfg: f.cfg(), files: f.cfg(), book: book})
}
