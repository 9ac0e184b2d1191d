package daemon

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// judging is a fairlead of many teams over a Redis, for a process of its own too.
type judging struct {
	Addr, Prefix string
	Teams        int
	Hasty        bool // see Hasten
	Worth        int  // from how many tickets on others help
}

// judgeProcess names in the environment of a process what it judges.
const judgeProcess = "FAIRLEAD_TEST_JUDGE"

func init() {
	if text := os.Getenv(judgeProcess); text != "" {
		if err := judge(context.Background(), text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// judge does what its input asks for, word by word, and tells what each word took.
func judge(ctx context.Context, text string) error {
	var j judging
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	if j.Hasty {
		Hasten()
	}
	f, err := j.open(ctx)
	if err != nil {
		return err
	}
	f.queue = f.openQueue()
	f.queue.worth = j.Worth
	apart := 0
	f.log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zapcore.EncoderConfig{}), zapcore.AddSync(io.Discard), zap.InfoLevel), zap.Hooks(func(e zapcore.Entry) error {
		if strings.Contains(e.Message, "made in one place") {
			apart++
		}
		return nil
	}))
	for {
		var word string
		if _, err := fmt.Scanln(&word); err != nil {
			return nil //nolint:nilerr // nobody asks any more
		}
		began, spent := time.Now(), processTime()
		what, kind, _ := strings.Cut(word, "-")
		switch what {
		case "hang": // in the first job of the kind
			f.onStep = func(step string) {
				if step == stepOf(jobKind(kind)) {
					fmt.Println(0, 0, 0, 0)
					select {}
				}
			}
			_, err = f.queue.startWorkers(ctx)
		case "run":
			if _, err = f.queue.startWorkers(ctx); err == nil {
				err = f.queue.run(ctx, jobOf(jobKind(kind)))
			}
		case "help":
			_, err = f.queue.startWorkers(ctx)
		case "check":
			_, err = f.Check(ctx)
		}
		if err != nil {
			return err
		}
		fmt.Println(time.Since(began).Microseconds(), processTime().Microseconds()-spent.Microseconds(), processTime().Microseconds(), apart)
	}
}

// open opens it. Everybody who does has the same configuration and the same time.
func (j *judging) open(ctx context.Context) (*Fairlead, error) {
	var teams []org.Team
	for i := range j.Teams {
		teams = append(teams, org.Team{ID: fmt.Sprintf("team-%03d", i), Location: time.UTC, Owns: org.Ownership{JiraProjects: []string{fmt.Sprint("P", i)}}, EMs: []org.Seat{{Person: "lee"}}})
	}
	dir, mistakes := org.New([]org.Person{{ID: "lee", Emails: []string{"lee@acme.example"}}}, teams, nil)
	if mistakes != nil {
		return nil, fmt.Errorf("%v", mistakes)
	}
	cfg := &config.Config{Directory: dir, Sources: []config.Source{{Name: "jira", Tracker: config.Jira}}}
	all, err := rules.Catalog()
	if err != nil {
		return nil, err
	}
	book, err := rules.NewBook(all, nil, teamIDs(cfg))
	if err != nil {
		return nil, err
	}
	clock := stillClock{}
	f := configured(cfg, book, &Fairlead{log: zap.NewNop(), clock: clock, posting: newPosting(cfg, nil, clock), filesName: "the same"})
	f.sources = []connectors.Source{&fakeSource{name: "jira"}}
	f.store, err = redis.Open(ctx, redis.Options{Address: redis.Address{Hosts: []string{j.Addr}}, Prefix: j.Prefix})
	return f, err
}

// opened is open for a test, with so many tickets that were just read.
func (j *judging) opened(t testing.TB, tickets int) *Fairlead {
	t.Helper()
	f, err := j.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	var page []ticket.Ticket
	for i := range tickets {
		page = append(page, j.ticket(i))
		if len(page) == 500 || i == tickets-1 {
			if _, err := f.store.SavePage(t.Context(), "jira", page, nil, "1"); err != nil {
				t.Fatal(err)
			}
			page = nil
		}
	}
	if tickets > 0 {
		run := store.Run{ID: "read", Kind: store.RunSync, Source: "jira", Started: monday.Add(-time.Minute), Ended: monday.Add(-time.Second)}
		if err := f.store.SaveRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// looked has the ledger speak of the last weeks, so that a check has no past to fill.
func (j *judging) looked(t testing.TB, f *Fairlead) {
	t.Helper()
	since := monday.Add(-2 * replayedWeeks * aWeek)
	c := store.Check{Looks: []finding.Look{{LookKey: finding.LookKey{Source: "jira"}, Until: monday.Add(-time.Minute)}}}
	for i := range j.Teams + 1 {
		c.Looks = append(c.Looks, finding.Look{LookKey: finding.LookKey{Source: "jira", Part: fmt.Sprint("P", i)}, Since: since, Live: since})
	}
	for _, team := range append(teamIDs(f.cfg()), "") {
		for _, rule := range f.book().RulesOf(team) {
			for _, source := range []string{"jira", everySource} {
				c.Looks = append(c.Looks, finding.Look{LookKey: finding.LookKey{Source: source, Team: team, Rule: rule}, Since: since, Live: since})
			}
		}
	}
	if err := f.store.SaveCheck(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

// ticket is one of a team, with an epic that several teams work at and a history. One
// epic in four belongs to no goal, and one feature in three says no problem.
func (j *judging) ticket(i int) ticket.Ticket {
	created := monday.Add(-time.Duration(2+i%5) * 24 * time.Hour)
	t := feature("jira", fmt.Sprintf("P%d-%d", i%(j.Teams+1), i), created)
	t.ID, t.Title, t.Description = fmt.Sprintf("%07d", i), "Bulk export of refunds", "h2. Idea\nA page that lists every refund with its state.\n"
	t.Kind = []ticket.Kind{ticket.Feature, ticket.Bug, ticket.Task, ticket.Feature}[i%4]
	if i%3 != 0 {
		t.Description = "h2. Problem\nSupport spends six hours a week on refunds that nobody can look up, and customers wait for days.\n" + t.Description
	}
	switch {
	case i%1000 == 0:
		t.Kind = ticket.Goal
	case i%50 == 0:
		t.Kind = ticket.Container
		if i/50%4 != 0 {
			t.Parent = ticket.Ref{ID: fmt.Sprintf("%07d", i/1000*1000)}
		}
	default:
		t.Parent = ticket.Ref{ID: fmt.Sprintf("%07d", i/50*50)}
	}
	if i%12 != 0 { // otherwise nobody's
		t.Assignee = ticket.Account{ID: "u1", Email: "lee@acme.example"}
	}
	for n := range 6 {
		t.History = append(t.History, ticket.Change{
			At: created.Add(time.Duration(n+1) * 3 * time.Hour), Actor: ticket.Account{ID: fmt.Sprint("u", (i+n)%7)}, Field: []ticket.Field{ticket.FieldAssignee, ticket.FieldTitle, ticket.FieldStatus}[n%3],
			From: []ticket.Value{{Text: "a"}}, To: []ticket.Value{{Text: "b"}},
		})
	}
	t.Normalise()
	return t
}

// stillClock stands still, so that two checks are of the same moment.
type stillClock struct{ SystemClock }

func (stillClock) Now() time.Time { return monday }

func storedLedger(t *testing.T, f *Fairlead) []finding.Finding {
	t.Helper()
	all, err := f.store.Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// few tickets are enough to be cut into parts.
const few = 600

// helped is a fairlead that another one helps to check, and how many parts that made.
func helped(t *testing.T, j *judging) (asks *Fairlead, parts *atomic.Int32) {
	t.Helper()
	asks, helps, parts := j.opened(t, few), j.opened(t, 0), &atomic.Int32{}
	helps.onStep = func(step string) {
		if step == stepOf(pieceJob) {
			parts.Add(1)
		}
	}
	asks.queue, helps.queue = asks.openQueue(), helps.openQueue()
	t.Cleanup(func() { _ = asks.queue.close() })
	asks.log = zaptest.NewLogger(t, zaptest.WrapOptions(zap.Hooks(func(e zapcore.Entry) error {
		if strings.Contains(e.Message, "made in one place") {
			t.Error("a check was made in one place")
		}
		return nil
	})))
	helps.log = asks.log
	asks.queue.worth = few
	w, err := helps.queue.startWorkers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.drain(); _ = helps.queue.close() })
	if !redistest.Until(10*time.Second, func(context.Context) bool { return asks.queue.processes() == 1 }) {
		t.Fatal("the processes never saw each other")
	}
	return asks, parts
}

func TestAChecksHelpChangesNothing(t *testing.T) {
	server := redistest.Start(t)
	alone := (&judging{Addr: server.Addr, Prefix: "alone", Teams: 7}).opened(t, few)
	j := &judging{Addr: server.Addr, Prefix: "shared", Teams: 7}
	asks, parts := helped(t, j)
	gone := ""
	for _, step := range []struct {
		name string
		do   func(f *Fairlead) error
	}{
		{"the first check", func(*Fairlead) error { return nil }},
		{"one that follows a ticket that is gone, and a part of the source that is new", func(f *Fairlead) error {
			if _, err := f.store.Remove(t.Context(), "jira", []string{gone}); err != nil {
				return err
			}
			one := j.ticket(few + 3)
			one.Key, one.Project = "NEW-1", "NEW"
			_, err := f.store.SavePage(t.Context(), "jira", []ticket.Ticket{one}, nil, "2")
			return err
		}},
		{"one in which it matters which part findings are of", func(*Fairlead) error { return nil }},
	} {
		before := parts.Load()
		var results []CheckResult
		for _, f := range []*Fairlead{alone, asks} {
			if err := step.do(f); err != nil {
				t.Fatal(err)
			}
			r, err := f.Check(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			results = append(results, r)
		}
		if parts.Load() == before {
			t.Errorf("%s: nobody helped", step.name)
		}
		if want, got := results[0], results[1]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: with help %+v, alone %+v", step.name, got, want)
		}
		want, got := storedLedger(t, alone), storedLedger(t, asks)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: with help %d findings, alone %d, or they differ", step.name, len(got), len(want))
		}
		looks := [2][]finding.Look{}
		for i, f := range []*Fairlead{alone, asks} {
			var err error
			if looks[i], err = f.store.Looks(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(looks[0], looks[1]) {
			t.Errorf("%s: what was looked at differs", step.name)
		}
		if at := slices.IndexFunc(want, func(e finding.Finding) bool { return e.State == finding.Open && e.Subject.Kind == finding.AboutTicket }); at >= 0 && gone == "" {
			gone = want[at].Subject.ID
		}
		if step.name != "the first check" && !slices.ContainsFunc(want, func(e finding.Finding) bool { return e.Subject.ID == gone && e.State == finding.Withdrawn }) {
			t.Errorf("%s: no finding of the ticket that is gone was withdrawn", step.name)
		}
	}
}

func TestACheckIsHelpedOnceAndRemembersFromTheNextOn(t *testing.T) {
	j := &judging{Addr: redistest.Start(t).Addr, Prefix: "remembers", Teams: 3}
	asks, parts := helped(t, j)
	j.looked(t, asks)
	asks.remember()
	for i, want := range []struct {
		parts      int32
		remembered bool
	}{{1, false}, {0, true}, {0, true}} {
		before := parts.Load()
		if _, err := asks.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := parts.Load() - before; got != want.parts {
			t.Errorf("check %d: others made %d parts, want %d", i+1, got, want.parts)
		}
		if got := asks.holding.memory.Load().position != ""; got != want.remembered {
			t.Errorf("check %d: the next one goes on from it: %v, want %v", i+1, got, want.remembered)
		}
	}
}

// BenchmarkCheckOfManyTeams is a check by a process with a core of its own: alone, and
// with the help of another one that has another core, over a Redis that has none. It
// tells how long the check takes, how long processors are busy with it, and how many times
// as fast two are as one: by the clock, and by the processor time of the one of them
// that is busier, which is what there is to gain where nobody waits for a processor.
func BenchmarkCheckOfManyTeams(b *testing.B) {
	teams, tickets := 40, 20_000
	if os.Getenv("FAIRLEAD_BENCH") == "full" {
		teams, tickets = 200, 400_000
	}
	server := redistest.Start(b)
	j := &judging{Addr: server.Addr, Prefix: "many", Teams: teams, Worth: few}
	f := j.opened(b, tickets)
	j.looked(b, f)
	q := f.openQueue()
	b.Cleanup(func() { _ = q.close() })
	asks, helps := j.process(b, 0), j.process(b, 1)
	asks.do(b, "check") // the first begins the ledger, and counts past weeks
	// The least of each counts: what else the machine does only adds to it.
	alone, shared := least{}, least{}
	b.ResetTimer()
	for range b.N {
		took := asks.do(b, "check")
		alone.note(took.time, took.busy)
	}
	helps.do(b, "help")
	if !redistest.Until(20*time.Second, func(context.Context) bool { return q.processes() == 1 }) {
		b.Fatal("nobody helps")
	}
	apart := 0
	for n := -1; n < b.N; { // a process that never checked grows first; the other one has
		before, served := helps.do(b, "").spent, serverTime(b, server)
		took := asks.do(b, "check")
		if took.apart > apart { // the machine was so busy that nobody came in time
			if apart = took.apart; apart > b.N {
				b.Fatal("nobody helps")
			}
			continue
		}
		if n++; n == 0 {
			continue
		}
		helped := helps.do(b, "").spent - before
		shared.note(took.time, took.busy, helped, max(took.busy, helped), serverTime(b, server)-served)
	}
	for name, d := range map[string]time.Duration{
		"alone-s": alone[0], "alone-cpu-s": alone[1], "two-s": shared[0], "asks-cpu-s": shared[1], "helps-cpu-s": shared[2], "redis-cpu-s": shared[4],
	} {
		b.ReportMetric(d.Seconds(), name)
	}
	b.ReportMetric(alone[0].Seconds()/shared[0].Seconds(), "times-as-fast")
	b.ReportMetric(alone[1].Seconds()/shared[3].Seconds(), "times-as-fast-cpu")
}

// least are the least of several measures.
type least []time.Duration

func (l *least) note(all ...time.Duration) {
	if len(*l) == 0 {
		*l = slices.Clone(all)
	}
	for i, d := range all {
		(*l)[i] = min((*l)[i], d)
	}
}

// judgeAt is a process that judges.
type judgeAt struct {
	in  io.WriteCloser
	out *bufio.Reader
	cmd *exec.Cmd
}

// kill ends it as kill -9 does.
func (p *judgeAt) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.in.Close()
	_ = p.cmd.Wait() // it was killed
}

// spending is what a word took a process.
type spending struct {
	time, busy time.Duration
	spent      time.Duration // since the process began
	apart      int           // checks that nobody helped with, since then
}

// process starts a process with one core, which ends with the test.
func (j *judging) process(b testing.TB, core int) *judgeAt {
	b.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		b.Fatal(err)
	}
	args := []string{os.Args[0]}
	if pin, err := exec.LookPath("taskset"); err == nil && runtime.NumCPU() > 1 {
		args = []string{pin, "-c", strconv.Itoa(core), os.Args[0]}
	}
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec // this very program
	cmd.Env = append(os.Environ(), judgeProcess+"="+string(text), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p := &judgeAt{in, bufio.NewReader(out), cmd}
	b.Cleanup(p.kill)
	return p
}

// do has the process do something.
func (p *judgeAt) do(b testing.TB, word string) spending {
	b.Helper()
	if word == "" {
		word = "tell"
	}
	if _, err := fmt.Fprintln(p.in, word); err != nil {
		b.Fatal(err)
	}
	return p.told(b)
}

// told waits until it has done so.
func (p *judgeAt) told(b testing.TB) spending {
	b.Helper()
	var took, busy, spent int64
	var apart int
	if _, err := fmt.Fscanln(p.out, &took, &busy, &spent, &apart); err != nil {
		b.Fatal(err)
	}
	return spending{time.Duration(took) * time.Microsecond, time.Duration(busy) * time.Microsecond, time.Duration(spent) * time.Microsecond, apart}
}

// serverTime is for how long processors were busy with Redis.
func serverTime(b *testing.B, server *redistest.Server) time.Duration {
	b.Helper()
	var sum time.Duration
	for _, what := range []string{"used_cpu_user", "used_cpu_sys"} {
		s, err := time.ParseDuration(strings.TrimSpace(server.Told("cpu", what)) + "s")
		if err != nil {
			b.Fatal(err)
		}
		sum += s
	}
	return sum
}
