package daemon

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/simulator"
	"github.com/fairlead-dev/fairlead/store"
)

// workshop is a simulated Jira with a team at work, and fairlead reading it.
type workshop struct {
	*desks
	t       *testing.T
	world   *simulator.World
	dir     string
	mu      sync.Mutex
	handler http.Handler
	f       *Fairlead
	slack   *simulator.Slack // nil: fake channels
}

const workshopOrg = `people:
  - {id: lee, name: Lee Park, email: lee@acme.example, role: em}
  - {id: sam, name: Sam Holt, email: sam@acme.example, role: pm}
  - {id: mina, name: Mina Osei, email: mina@acme.example, role: engineer}
  - {id: jo, name: Jo Lind, email: jo@acme.example, role: engineer}
teams:
  - {id: payments, name: Payments, em: lee, pm: sam, members: [mina, jo], owns: {jira: {projects: [PAY]}}, timezone: Europe/Berlin}
`

// newWorkshop is on Wednesday 28 October 2026, ten in Berlin.
func newWorkshop(t *testing.T, o simulator.Options, agreements string, files ...[2]string) *workshop {
	t.Helper()
	s := &workshop{desks: newDesks(), t: t, dir: t.TempDir(), world: simulator.NewWorld(time.Date(2026, time.October, 28, 9, 0, 0, 0, time.UTC))}
	for _, p := range []simulator.Person{
		{Handle: "fairlead", Name: "Fairlead", Email: "fairlead@acme.example"},
		{Handle: "lee", Name: "Lee Park", Email: "lee@acme.example"}, {Handle: "sam", Name: "Sam Holt", Email: "sam@acme.example"},
		{Handle: "mina", Name: "Mina Osei", Email: "mina@acme.example"}, {Handle: "jo", Name: "Jo Lind", Email: "jo@acme.example"},
	} {
		s.world.AddPerson(p)
	}
	s.world.AddSpace(simulator.Space{Key: "PAY", Name: "Payments", Lead: "lee", Statuses: simulator.ScrumStatuses()})
	s.world.AddBoard("PAY", "PAY board", false)
	s.serve(o)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		h := s.handler
		s.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.write("token", "secret-of-the-workshop\n")
	for _, f := range files {
		s.write(f[0], f[1])
	}
	s.write("org.yaml", workshopOrg)
	s.write("fairlead.yaml", "sources:\n  - {jira: "+server.URL+", name: jira, deployment: cloud, user: fairlead@acme.example, token_file: token, projects: [PAY], write_comments: true}\n"+
		"org: org.yaml\nmail: {server: 127.0.0.1, security: none, from: fairlead@acme.example}\n"+agreements)
	s.f = s.open()
	return s
}

const remindOfFeatures = "agreements:\n  - {rule: feature-without-problem, stage: remind, remind: {after: 1, comment: true}}\n"

func (s *workshop) write(name, text string) {
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// serve serves the world anew, strict as the options say, with the faults.
func (s *workshop) serve(o simulator.Options, faults ...simulator.Fault) {
	o.User, o.Token = "fairlead@acme.example", "secret-of-the-workshop"
	if o.Viewer == "" {
		o.Viewer = "fairlead"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handler = simulator.Faulty(s.world.JiraCloud(o), faults...)
}

// open is another process with the same store.
func (s *workshop) open() *Fairlead {
	s.t.Helper()
	cfg, err := config.Load(filepath.Join(s.dir, "fairlead.yaml"), func(string) (string, bool) { return "", false })
	if err != nil {
		s.t.Fatal(err)
	}
	f, err := Open(s.t.Context(), cfg, Options{Clock: worldClock{s.world}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = f.Close() })
	if s.slack == nil {
		s.at(f)
	}
	return f
}

// feature begins a feature without a problem, of somebody's, and fairlead sees it.
func (s *workshop) feature(title, assignee string) string {
	key := s.world.As("sam").Create(simulator.Draft{Space: "PAY", Type: simulator.TypeStory, Title: title, Assignee: assignee})
	s.world.As(assignee).Move(key, "In Progress")
	s.look()
	return key
}

// on moves the clock to a moment in Berlin.
func (s *workshop) on(local string) {
	s.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", local, berlin)
	if err != nil {
		s.t.Fatal(err)
	}
	s.world.Set(at)
}

// round reads, checks and reminds.
func (s *workshop) round() (Reminded, error) {
	s.t.Helper()
	s.look()
	return s.f.Remind(s.t.Context())
}

func (s *workshop) look() {
	s.t.Helper()
	if _, err := s.f.Sync(s.t.Context(), nil, nil); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.f.Check(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

// mustRound is round where nothing may go wrong.
func (s *workshop) mustRound() Reminded {
	s.t.Helper()
	r, err := s.round()
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// letters tells when which message arrived with somebody, and about what. A message
// that was repeated under its id is one.
func (s *workshop) letters(person string) []string {
	s.desks.mu.Lock()
	defer s.desks.mu.Unlock()
	var out []string
	seen := map[string]bool{}
	for _, d := range s.arrived["email:"+person+"@acme.example"] {
		if seen[d.ID] {
			continue
		}
		seen[d.ID] = true
		var keys []string
		for _, i := range d.Report.New.Items {
			keys = append(keys, i.Subject.Key)
		}
		out = append(out, d.Report.Made.In(berlin).Format("Mon 2 Jan 15:04")+" "+strings.Join(keys, " "))
	}
	return out
}

// notes are the comments that fairlead left on a ticket.
func (s *workshop) notes(key string) []string {
	i, ok := s.world.Issue(key)
	if !ok {
		return nil
	}
	var out []string
	for _, c := range i.Comments {
		if strings.Contains(c.Body, "Left by fairlead") {
			out = append(out, c.Body)
		}
	}
	return out
}

func (s *workshop) finding(key string) finding.Finding {
	s.t.Helper()
	return s.noticed("feature-without-problem", key)
}

// noticed is what the rule noticed about the ticket, as everybody is told it.
func (s *workshop) noticed(rule, key string) finding.Finding {
	s.t.Helper()
	b, err := s.f.readLedger(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	i := slices.IndexFunc(b.findings, func(f finding.Finding) bool { return f.Subject.Key == key && f.Rule == rule })
	if i < 0 {
		s.t.Fatalf("%s noticed nothing about %s", rule, key)
	}
	return b.findings[i]
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestThreeWeeksOfReminders(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
	key := s.feature("Bulk export", "mina")
	days := []string{"2026-10-28", "2026-10-29", "2026-10-30", "2026-10-31", "2026-11-01"}
	for d := 2; d <= 15; d++ {
		days = append(days, fmt.Sprintf("2026-11-%02d", d))
	}
	for _, day := range days {
		for _, hour := range []string{"07:00", "09:00", "11:30", "16:59", "17:00", "22:00"} {
			if at, _ := time.ParseInLocation("2006-01-02 15:04", day+" "+hour, berlin); at.Before(s.world.Now()) {
				continue
			}
			s.on(day + " " + hour)
			s.mustRound()
		}
		if day == "2026-11-04" { // a restart changes nothing
			s.f = s.open()
		}
		if day == "2026-11-09" {
			if err := s.f.store.AddWord(t.Context(), finding.Word{
				ID: "w1", Kind: finding.AnsweredSo, By: "mina", At: s.world.Now(), Reason: "Agreed in planning", Finding: s.finding(key).ID,
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Begun on Wednesday at ten, so a working day later there is a word, then one at
	// the beginning of each week, until Monday evening's answer.
	same(t, "mina", s.letters("mina"), []string{"Thu 29 Oct 11:30 PAY-1", "Mon 2 Nov 09:00 PAY-1", "Mon 9 Nov 09:00 PAY-1"})
	same(t, "lee", s.letters("lee"), nil)
	if got := s.notes(key); len(got) != 1 {
		t.Errorf("%d comments on the ticket, want one: %q", len(got), got)
	}
	if f := s.finding(key); f.State != finding.Answered {
		t.Errorf("it is %s, want answered", f.State)
	}
	due, err := s.f.RemindersDue(t.Context())
	if err != nil || len(due.Messages) != 0 || len(due.Withheld) != 1 || !strings.Contains(due.Withheld[0].Why, "answered") {
		t.Errorf("due = %+v, %v; want it withheld as answered", due, err)
	}
}

func TestRemindersStopAtOnceAfterAnAnswerAndAWaiver(t *testing.T) {
	for name, word := range map[string]finding.Word{
		"an answer": {Kind: finding.AnsweredSo},
		"a waiver":  {Kind: finding.WaivedFor},
	} {
		t.Run(name, func(t *testing.T) {
			s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
			key := s.feature("Bulk export", "mina")
			s.on("2026-10-30 08:00")
			s.look()
			f := s.finding(key)
			word.ID, word.By, word.At, word.Reason = "w1", "lee", s.world.Now(), "On purpose"
			if word.Kind == finding.WaivedFor {
				word.Scope, word.Expires = finding.Scope{Finding: f.ID}, s.world.Now().Add(14*24*time.Hour)
			} else {
				word.Finding = f.ID
			}
			if err := s.f.store.AddWord(t.Context(), word); err != nil {
				t.Fatal(err)
			}
			s.on("2026-10-30 09:00")
			if r := s.mustRound(); len(r.Messages)+len(r.Comments) > 0 || len(s.notes(key)) > 0 {
				t.Errorf("reminded all the same: %+v", r)
			}
		})
	}
}

func TestACommentStandsOnceWhateverHappens(t *testing.T) {
	for name, faults := range map[string][]simulator.Fault{
		"nothing goes wrong":                {},
		"the answer is dropped":             {{Match: simulator.Method("POST", "/comment"), Times: 1, Do: simulator.LoseAnswer}},
		"the answer is dropped three times": {{Match: simulator.Method("POST", "/comment"), Times: 3, Do: simulator.LoseAnswer}},
		"the answer and the look are dropped": {
			{Match: simulator.Method("POST", "/comment"), Times: 1, Do: simulator.LoseAnswer},
			{Match: simulator.Method("GET", "/comment"), After: 1, Times: 8, Do: simulator.Reset},
		},
		"it never arrives at first": {{Match: simulator.Method("POST", "/comment"), Times: 2, Do: simulator.Reset}},
		"the site is too busy":      {{Match: simulator.Method("POST", "/comment"), Times: 2, Do: simulator.Status(http.StatusTooManyRequests, "Retry-After", "3")}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
			key := s.feature("Bulk export", "mina")
			s.on("2026-10-30 09:00")
			s.serve(simulator.Options{}, faults...)
			for n := range 12 {
				s.look()
				replicas := []*Fairlead{s.f, s.open()}
				var all sync.WaitGroup
				for _, f := range replicas {
					all.Go(func() { _, _ = f.Remind(t.Context()) }) // what goes wrong is tried again
				}
				all.Wait()
				s.f = replicas[1] // as after a restart
				s.on(fmt.Sprintf("2026-10-30 %02d:%02d", 9+n/2, 30*(n%2)+5))
			}
			if got := s.notes(key); len(got) != 1 {
				t.Errorf("the comment stands there %d times, want once", len(got))
			}
			same(t, "mina", s.letters("mina"), []string{"Fri 30 Oct 09:00 PAY-1"})
			d, err := s.f.store.Delivery(t.Context(), store.DeliveryKey{Report: "reminder on " + string(s.finding(key).ID), Week: "once", Channel: "comment:jira"})
			if err != nil || d.State != store.Delivered || !strings.Contains(d.Place, "/browse/PAY-1?focusedCommentId=") {
				t.Errorf("the outbox says %+v, %v", d, err)
			}
		})
	}
}

// What fairlead writes is nobody's comment: a rule that asks whether anybody has
// written why something slipped goes on asking.
func TestWhatARuleNoticesDoesNotChangeBecauseFairleadCommented(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, "agreements:\n  - {rule: slip-unacknowledged, stage: remind, remind: {after: 0, comment: true}}\n")
	key := s.feature("Partial refunds", "mina")
	for n, due := range []string{"2026-11-02", "2026-11-10", "2026-11-20"} {
		s.on(fmt.Sprintf("2026-10-29 %02d:00", 10+n))
		s.world.As("mina").Due(key, due)
	}
	s.on("2026-10-30 09:00")
	s.mustRound()
	if len(s.notes(key)) != 1 || len(s.letters("mina")) != 1 {
		t.Fatalf("%d comments and %d messages, want one of each", len(s.notes(key)), len(s.letters("mina")))
	}
	s.on("2026-10-30 12:00")
	s.mustRound()
	if f := s.noticed("slip-unacknowledged", key); f.State != finding.Open {
		t.Errorf("after fairlead commented it is %s, want open", f.State)
	}
	s.world.As("mina").Comment(key, "Waiting for the bank.")
	s.on("2026-10-30 13:00")
	s.mustRound()
	if f := s.noticed("slip-unacknowledged", key); f.State != finding.Settled {
		t.Errorf("after mina commented it is %s, want settled", f.State)
	}
}

func TestHostileTitlesInCommentsAreWords(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, "rules: rule.yaml\nagreements:\n  - {rule: titles, stage: remind, remind: {after: 0, comment: true}}\n",
		[2]string{"rule.yaml", `id: titles
fault_line: ownership
scope: ticket
title: Titles
when: ticket.in_flight
evidence: [{fact: title, value: ticket.title}]
message: "It is called {ticket.title}."
ask: Is it?
promise: We call things by their names, [~lee] @here
severity: info
audience: team
`})
	lee, _ := s.world.Person("lee")
	key := s.feature("[~accountid:"+lee.AccountID()+"] {code}x{code} @here @lee <script>alert(1)</script> [a](https://evil.example) [b|https://evil.example] https://evil.example \u202etxt.exe !x.png!", "mina")
	s.on("2026-10-30 09:00")
	s.mustRound()
	i, _ := s.world.Issue(key)
	if len(s.notes(key)) != 1 {
		t.Fatalf("%d comments, want one", len(s.notes(key)))
	}
	c := i.Comments[len(i.Comments)-1]
	if markup := simulator.WikiMarkup(c.Body); len(markup)+len(c.Mentioned) > 0 || strings.ContainsRune(c.Body, '\u202e') {
		t.Errorf("it mentions %d people and holds %q:\n%s", len(c.Mentioned), markup, c.Body)
	}
	if len(s.letters("mina")) != 1 {
		t.Errorf("mina got %q", s.letters("mina"))
	}
}

func TestATicketThatIsGoneIsNoTrouble(t *testing.T) {
	s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
	key := s.feature("Bulk export", "mina")
	s.on("2026-10-30 08:00")
	s.look()
	id := s.finding(key).ID
	s.world.As("sam").Create(simulator.Draft{Space: "PAY", Title: "Something else"})
	s.world.As("sam").Delete(key)
	s.on("2026-10-30 09:00") // the tracker lists it no more, and nobody has looked for what is gone yet
	if _, err := s.f.Remind(t.Context()); err != nil {
		t.Errorf("Remind: %v", err)
	}
	d, err := s.f.store.Delivery(t.Context(), store.DeliveryKey{Report: "reminder on " + string(id), Week: "once", Channel: "comment:jira"})
	if err != nil || d.State != store.Delivered || !strings.Contains(d.Place, "gone") {
		t.Errorf("the outbox says %+v, %v; want that the ticket is gone", d, err)
	}
	s.on("2026-11-02 09:00")
	if _, err := s.f.SyncAndReconcile(t.Context(), nil, false, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.f.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := s.f.Remind(t.Context()); err != nil || len(r.Messages) > 0 {
		t.Errorf("reminded of what is gone: %+v, %v", r, err)
	}
	same(t, "mina", s.letters("mina"), []string{"Fri 30 Oct 09:00 PAY-1"})
}

func TestATokenThatMayNotCommentBlocksNoReminder(t *testing.T) {
	denied := simulator.Options{Denied: []string{"ADD_COMMENTS"}}
	s := newWorkshop(t, denied, remindOfFeatures)
	keys := []string{s.feature("Bulk export", "mina"), s.feature("Bulk import", "jo"), s.feature("Dark mode", "mina")}
	posts := 0
	s.serve(denied, simulator.Fault{Match: simulator.Method("POST", "/comment"), Do: simulator.Before(func() { posts++ })})
	s.on("2026-10-30 09:00")
	if _, err := s.round(); err == nil || !strings.Contains(err.Error(), "Add Comments") {
		t.Errorf("err = %v, want what to grant", err)
	}
	for _, hour := range []string{"09:10", "09:20", "12:00", "16:00"} {
		s.on("2026-10-30 " + hour)
		if _, err := s.round(); err != nil {
			t.Errorf("at %s: %v, want that nothing more is tried today", hour, err)
		}
	}
	if posts != 1 {
		t.Errorf("%d attempts in a day, want one", posts)
	}
	same(t, "mina", s.letters("mina"), []string{"Fri 30 Oct 09:00 PAY-1 PAY-3"})
	same(t, "jo", s.letters("jo"), []string{"Fri 30 Oct 09:00 PAY-2"})
	e, err := s.f.Doctor(t.Context(), DoctorRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if missing := e.Sources[0].Missing; len(missing) != 1 || !strings.Contains(missing[0], "ADD_COMMENTS") || len(e.Reminders) > 0 {
		t.Errorf("doctor misses %q and tells %+v, want one line about comments", missing, e.Reminders)
	}
	s.serve(simulator.Options{})
	s.on("2026-11-02 09:10")
	s.mustRound()
	for _, key := range keys {
		if len(s.notes(key)) != 1 {
			t.Errorf("%s has %d comments once they are granted, want one", key, len(s.notes(key)))
		}
	}
}

func TestNothingIsWrittenInAPersonsName(t *testing.T) {
	s := newWorkshop(t, simulator.Options{Viewer: "lee"}, remindOfFeatures)
	key := s.feature("Bulk export", "mina")
	s.on("2026-10-30 09:00")
	if _, err := s.round(); err == nil || !strings.Contains(err.Error(), "the token is that of lee") {
		t.Errorf("err = %v, want that the token is lee's", err)
	}
	if len(s.notes(key)) > 0 || len(s.letters("mina")) != 1 {
		t.Errorf("%d comments and %d messages, want none and one", len(s.notes(key)), len(s.letters("mina")))
	}
	e, err := s.f.Doctor(t.Context(), DoctorRequest{})
	if err != nil || len(e.Sources[0].Missing) != 1 || !strings.Contains(e.Sources[0].Missing[0], "lee") {
		t.Errorf("doctor misses %q, %v; want an account of fairlead's own", e.Sources[0].Missing, err)
	}
}

// mortal is a store of a process that may be killed: from then on it stores nothing.
type mortal struct {
	store.Store
	dead atomic.Bool
}

var errKilled = errors.New("the process was killed")

func (m *mortal) Claim(ctx context.Context, d store.Delivery, holder string, now, until time.Time) (store.Delivery, bool, error) {
	if m.dead.Load() {
		return store.Delivery{}, false, errKilled
	}
	return m.Store.Claim(ctx, d, holder, now, until)
}

func (m *mortal) SaveDelivery(ctx context.Context, holder string, d store.Delivery) error {
	if m.dead.Load() {
		return errKilled
	}
	return m.Store.SaveDelivery(ctx, holder, d)
}

// Killing the process at each step of a reminder, and going on minutes, hours or a
// day later, gives one message a finding and week.
func TestAReminderSurvivesTheEndOfItsProcess(t *testing.T) {
	steps := []string{stepClaimed, stepSending, stepSent, stepRecorded, stepDone, stepDelivered}
	for _, later := range []string{"2026-10-29 11:35", "2026-10-29 16:00", "2026-10-30 09:00"} {
		for _, step := range steps {
			t.Run(step+", going on at "+later, func(t *testing.T) {
				s := newWorkshop(t, simulator.Options{}, strings.Replace(remindOfFeatures, ", comment: true", "", 1))
				s.feature("Bulk export", "mina")
				s.on("2026-10-29 11:30")
				s.look()
				killed := &mortal{Store: s.f.store}
				s.f.store = killed
				s.f.onStep = func(at string) {
					if at == step {
						killed.dead.Store(true)
					}
				}
				if step == stepClaimed || step == stepSending { // it ends before anything leaves
					s.trouble["email:mina@acme.example"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
						if killed.dead.Load() {
							return errKilled
						}
						return nil
					}
				}
				_, _ = s.f.Remind(t.Context())
				killed.dead.Store(true)
				delete(s.trouble, "email:mina@acme.example")
				s.f = s.open()
				s.on(later)
				for range 3 {
					if _, err := s.round(); err != nil {
						t.Fatal(err)
					}
					s.world.Advance(5 * time.Minute)
				}
				if got := s.letters("mina"); len(got) != 1 {
					t.Errorf("mina got %q, want one message", got)
				}
				for _, d := range s.entries() {
					if d.State == store.Pending || d.State == store.Refused {
						t.Errorf("left behind in the outbox: %+v", d)
					}
				}
			})
		}
	}
}

// entries are what the outbox holds of reminders.
func (s *workshop) entries() []store.Delivery {
	s.t.Helper()
	all, err := s.f.store.Deliveries(s.t.Context(), time.Time{})
	if err != nil {
		s.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(d store.Delivery) bool { return !isReminder(d.DeliveryKey) })
}

func TestWhatCannotBeSentTodayIsSentTomorrow(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		made string
	}{
		// It may have arrived, and so goes on as the message that it was.
		"a mail server that is down": {errors.New("the connection broke"), "Thu 29 Oct 11:30 PAY-1"},
		"a mailbox that refuses":     {&reports.Refusal{Err: errors.New("550 no such user"), Fix: "correct the address"}, "Fri 30 Oct 09:00 PAY-1"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newWorkshop(t, simulator.Options{}, remindOfFeatures)
			s.feature("Bulk export", "mina")
			s.feature("Bulk import", "jo")
			s.trouble["email:mina@acme.example"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error { return c.err }
			for _, hour := range []string{"11:30", "12:30", "16:30", "17:30"} {
				s.on("2026-10-29 " + hour)
				_, _ = s.round()
			}
			same(t, "mina", s.letters("mina"), nil)
			same(t, "jo", s.letters("jo"), []string{"Thu 29 Oct 11:30 PAY-2"})
			s.doctorTells(1)
			delete(s.trouble, "email:mina@acme.example")
			s.on("2026-10-30 09:00")
			s.mustRound()
			s.on("2026-10-30 10:00")
			s.mustRound()
			same(t, "mina", s.letters("mina"), []string{c.made})
			s.doctorTells(0)
		})
	}
}

// doctorTells checks how many addresses doctor says reminders do not reach.
func (s *workshop) doctorTells(want int) {
	s.t.Helper()
	e, err := s.f.Doctor(s.t.Context(), DoctorRequest{})
	if err != nil {
		s.t.Fatal(err)
	}
	var page strings.Builder
	if err := e.Text(&page); err != nil {
		s.t.Fatal(err)
	}
	if got := strings.Count(page.String(), "reminders do not reach"); got != want || len(e.Reminders) != want || e.Deliveries.unread() > 0 {
		s.t.Errorf("doctor tells of %d, want %d:\n%s", got, want, page.String())
	}
}
