package daemon

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"reflect"
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
	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// judging is a fairlead of many teams over a Redis, for a process of its own too.
type judging struct {
	Addr, Prefix string
	Teams        int
	Check        bool // check once and tell how long it took; otherwise make pieces until the input ends
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

func judge(ctx context.Context, text string) error {
	var j judging
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		return err
	}
	f, err := j.open(ctx)
	if err != nil {
		return err
	}
	f.queue = f.openQueue()
	if !j.Check {
		if _, err := f.queue.startWorkers(ctx); err != nil {
			return err
		}
		fmt.Println("ready")
		_, err := fmt.Scanln(new(string))
		return err
	}
	started := time.Now()
	if _, err := f.Check(ctx); err != nil {
		return err
	}
	fmt.Println(time.Since(started).Milliseconds())
	return nil
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

// ticket is one of a team, with an epic that several teams work at and a history.
func (j *judging) ticket(i int) ticket.Ticket {
	created := monday.Add(-time.Duration(2+i%5) * 24 * time.Hour)
	t := feature("jira", fmt.Sprintf("P%d-%d", i%(j.Teams+1), i), created)
	t.ID, t.Title, t.Description = fmt.Sprintf("%07d", i), "Bulk export of refunds", "h2. Idea\nA page that lists every refund with its state.\n"
	t.Kind = []ticket.Kind{ticket.Feature, ticket.Bug, ticket.Task, ticket.Feature}[i%4]
	if i%10 == 0 {
		t.Kind = ticket.Container
	} else {
		t.Parent = ticket.Ref{ID: fmt.Sprintf("%07d", i/10*10)}
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

func TestACheckWithHelpStoresWhatACheckAloneStores(t *testing.T) {
	server := redistest.Start(t)
	alone := (&judging{Addr: server.Addr, Prefix: "alone", Teams: 7}).opened(t, 2*worthSharing)
	want, err := alone.Check(t.Context())
	if err != nil || want.Open < 100 {
		t.Fatalf("%+v, %v: the test shows nothing", want, err)
	}

	j := &judging{Addr: server.Addr, Prefix: "shared", Teams: 7}
	asks, helps := j.opened(t, 2*worthSharing), j.opened(t, 0)
	asks.queue, helps.queue = asks.openQueue(), helps.openQueue()
	for _, q := range []*queue{asks.queue, helps.queue} {
		w, err := q.startWorkers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.drain(); _ = q.close() })
	}
	if !redistest.Until(10*time.Second, func(context.Context) bool { return asks.queue.processes() == 2 }) {
		t.Fatal("the processes never saw each other")
	}
	before := server.Told("commandstats", "cmdstat_get")
	got, err := asks.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if server.Told("commandstats", "cmdstat_get") == before {
		t.Error("no piece was asked for")
	}
	got.At, want.At = time.Time{}, time.Time{}
	if got.Past != nil && want.Past != nil {
		got.Past.At, want.Past.At = time.Time{}, time.Time{}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("with help %+v, alone %+v", got, want)
	}
	if a, b := storedLedger(t, asks), storedLedger(t, alone); !reflect.DeepEqual(a, b) {
		t.Errorf("with help %d findings, alone %d, or they differ", len(a), len(b))
	}
}

// BenchmarkCheckOfManyTeams is a check by a process of one core: alone, and with the
// help of another one, over a Redis of its own.
func BenchmarkCheckOfManyTeams(b *testing.B) {
	j := &judging{Addr: redistest.Start(b).Addr, Prefix: "many", Teams: 40}
	j.opened(b, 20_000)
	j.process(b, true) // the first fills in the past
	measure := func(name string) {
		b.Run(name, func(b *testing.B) {
			var took time.Duration
			for b.Loop() {
				took += j.process(b, true)
			}
			b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "check-ms")
		})
	}
	measure("alone")
	for range 2 { // one of them stands for the worker of the process that checks
		j.process(b, false)
	}
	q := j.opened(b, 0).openQueue()
	b.Cleanup(func() { _ = q.close() })
	redistest.Until(20*time.Second, func(context.Context) bool { return q.processes() == 2 })
	measure("with another")
}

// process has a process of one core check, and says how long that took; or has it help
// until the benchmark ends.
func (j *judging) process(b *testing.B, check bool) time.Duration {
	b.Helper()
	one := *j
	one.Check = check
	text, err := json.Marshal(one)
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(os.Args[0]) //nolint:gosec // this very program
	cmd.Env = append(os.Environ(), judgeProcess+"="+string(text), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	if check {
		out, err := cmd.Output()
		if err != nil {
			b.Fatal(err)
		}
		took, err := time.ParseDuration(strings.TrimSpace(string(out)) + "ms")
		if err != nil {
			b.Fatal(err)
		}
		return took
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return 0
}
