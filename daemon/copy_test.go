package daemon

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/store/storetest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// copyingProcess holds from and to, for a process that the test below starts and
// kills.
const copyingProcess = "FAIRLEAD_TEST_COPY"

func init() {
	if stores := os.Getenv(copyingProcess); stores != "" {
		from, to, _ := strings.Cut(stores, " ")
		ask := CopyRequest{From: from, To: to, Progress: func(p CopyProgress) { fmt.Println(p.Doing, p.Part, p.Done) }}
		if err := copySlowly(context.Background(), ask, 20); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// copySlowly is CopyStore in small batches.
func copySlowly(ctx context.Context, ask CopyRequest, batch int) error {
	ask.Clock = SystemClock{}
	from, to, err := openBoth(ctx, &config.Config{}, ask)
	if err != nil {
		return err
	}
	_, err = (&copier{from: from, to: to, ask: ask, batch: batch}).run(ctx)
	return err
}

func openWritten(t *testing.T, written string) store.Store {
	t.Helper()
	at, err := new(config.Config).StoreAt(written)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var copied = time.Date(2026, 11, 9, 8, 0, 0, 123456000, time.UTC)

// fillWhole puts something of everything into a store.
func fillWhole(t *testing.T, s store.Store, tickets int) {
	t.Helper()
	ctx, rng := t.Context(), rand.New(rand.NewPCG(1, 2))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, source := range []string{"jira acme.atlassian.net", "linear \xffacme"} {
		for first := 0; first < tickets; first += 100 {
			var page []ticket.Ticket
			for n := first; n < min(first+100, tickets); n++ {
				one := ticket.Ticket{Title: "caf\xe9", Updated: copied, History: []ticket.Change{{ID: "1", At: copied}}}
				if n < 12 {
					one = storetest.Fill[ticket.Ticket](rng) // large
				}
				one.Source, one.ID, one.Key = source, fmt.Sprintf("%05d", n), fmt.Sprint("PAY-", n)
				page = append(page, one)
			}
			sprint := storetest.Fill[ticket.Sprint](rng)
			sprint.Source = source
			_, err := s.SavePage(ctx, source, page, []ticket.Sprint{sprint}, fmt.Sprint("page ", first))
			must(err)
		}
		moveKeys(t, s, source)
	}
	for n := range 60 {
		f := storetest.Fill[finding.Finding](rng)
		f.ID = finding.ID(fmt.Sprint("f", n))
		team := fmt.Sprint("team ", n%3)
		look, mute, run := storetest.Fill[finding.Look](rng), storetest.Fill[finding.Mute](rng), storetest.Fill[store.Run](rng)
		must(s.SaveCheck(ctx, store.Check{
			Findings: []finding.Finding{f}, Looks: []finding.Look{look}, Mutes: []finding.Mute{mute},
			Transitions: []finding.Transition{{Finding: f.ID, Move: finding.Settling, At: copied}, {Finding: f.ID, Move: finding.Reopened, At: copied}, {Finding: f.ID, Move: finding.Opened, At: copied.Add(-time.Hour)}},
			Flights:     []finding.Flight{{Team: team, At: copied.Add(time.Duration(n) * time.Hour), InFlight: n, Clear: 1}},
		}))
		run.ID, run.Kind = fmt.Sprint("run ", n), store.RunKind([]string{"sync", "check", "reconcile"}[n%3])
		must(s.SaveRun(ctx, run))
		must(s.AddWord(ctx, finding.Word{ID: fmt.Sprint("w", 99-n), Kind: finding.AnsweredSo, By: "lee", At: copied, Reason: "caf\xe9", Finding: f.ID}))
		useful := n%2 == 0
		must(s.Vote(ctx, f.ID, "rule", "lee", &useful, copied))
		d := storetest.Fill[store.Delivery](rng)
		d.Channel = fmt.Sprint("channel ", n)
		_, _, err := s.Claim(ctx, store.Delivery{DeliveryKey: d.DeliveryKey, State: store.Pending, Due: d.Due}, "x", copied, copied)
		must(err)
		must(s.SaveDelivery(ctx, "x", d))
		must(s.SaveSnapshots(ctx, []store.Snapshot{{Team: team, Week: fmt.Sprintf("2026-W%02d", n%50), Taken: copied, Values: map[string]float64{"open": float64(n) / 3, "a": 0}}}))
		must(s.AddToken(ctx, fmt.Sprint("hash", n), "lee", copied))
		_, err = s.Spend(ctx, fmt.Sprint("id", n), copied, copied.Add(time.Hour))
		must(err)
		revision := storetest.Fill[store.Revision](rng)
		revision.Kind, revision.Team, revision.Name = store.OfRule, "", fmt.Sprint("rule ", n%4)
		if latest, err := s.AddRevision(ctx, revision, max(0, int64(n-3))); err != nil || latest.Number != int64(n+1) {
			t.Fatalf("revision %d: %d, %v", n+1, latest.Number, err)
		}
		token := storetest.Fill[store.APIToken](rng)
		token.ID, token.Hash = fmt.Sprint("token ", n), fmt.Sprint("hash ", n)
		must(s.AddAPIToken(ctx, token))
	}
	for range 3 {
		_, err := s.NextEpoch(ctx, "lee")
		must(err)
	}
	must(s.Amend(ctx, store.Amendment{NoRevisions: []int64{1, 2, 30}})) // numbers are skipped from then on
	_, err := s.SharedSecret(ctx, "sessions", "s3cr3t")
	must(err)
}

// moveKeys makes a key change hands, against the order of ids, and another belong
// to nobody.
func moveKeys(t *testing.T, s store.Store, source string) {
	t.Helper()
	at := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC) // after whatever was filled in
	for _, one := range []ticket.Ticket{
		{Source: source, ID: "00003", Key: "PAY-9", Updated: at}, // 00009 was the holder
		{Source: source, ID: "00005", Key: "PAY-8", Updated: at}, // 00008 was the holder
		{Source: source, ID: "00005", Key: "ORD-5", Updated: at}, // and now nobody is
	} {
		if _, err := s.SavePage(t.Context(), source, []ticket.Ticket{one}, nil, "moved"); err != nil {
			t.Fatal(err)
		}
	}
}

// wantSame reads both stores, part by part.
func wantSame(t *testing.T, a, b store.Store) {
	t.Helper()
	c := &copier{batch: 100}
	for _, p := range copyParts {
		n, one, err := p.digest(t.Context(), c, a)
		m, two, err2 := p.digest(t.Context(), c, b)
		if err != nil || err2 != nil || n != m || one != two || n == 0 {
			t.Errorf("%s: %d and %d, the same: %v, %v, %v", p.name, n, m, one == two, err, err2)
		}
	}
	for _, source := range []string{"jira acme.atlassian.net", "linear \xffacme"} {
		for _, key := range []string{"PAY-9", "PAY-8", "ORD-5", "PAY-3", "PAY-1"} {
			x, errX := a.Ticket(t.Context(), source, ticket.Ref{Key: key})
			y, errY := b.Ticket(t.Context(), source, ticket.Ref{Key: key})
			if !reflect.DeepEqual(x, y) || (errX == nil) != (errY == nil) {
				t.Errorf("%s is ticket %q, %v, and %q, %v", key, x.ID, errX, y.ID, errY)
			}
		}
	}
}

func TestAStoreIsCopiedWhole(t *testing.T) {
	server := redistest.Start(t)
	here := "sqlite:" + filepath.Join(t.TempDir(), "a.db")
	back := "sqlite:" + filepath.Join(t.TempDir(), "b.db")
	there := "redis://" + server.Addr
	original := openWritten(t, here)
	fillWhole(t, original, 134)
	for _, c := range []CopyRequest{{From: here, To: there}, {From: there, To: back}} {
		dry := c
		dry.DryRun = true
		for _, ask := range []CopyRequest{dry, c, c} { // the last only compares
			res, err := CopyStore(t.Context(), &config.Config{}, ask)
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Parts) != len(copyParts) || res.Parts[0].Count != 268 {
				t.Errorf("%+v", res)
			}
		}
		wantSame(t, original, openWritten(t, c.To))
	}
}

func TestACopyThatIsKilledGoesOn(t *testing.T) {
	server := redistest.Start(t)
	here := "sqlite:" + filepath.Join(t.TempDir(), "a.db")
	there := "redis://" + server.Addr
	original := openWritten(t, here)
	fillWhole(t, original, 60)
	rng, killed := rand.New(rand.NewPCG(3, 4)), 0
	for {
		cmd := exec.Command(os.Args[0]) //nolint:gosec // this test's own binary
		cmd.Env = append(os.Environ(), copyingProcess+"="+here+" "+there)
		lines := &killer{after: 1 + rng.IntN(20+5*killed)} // later and later, to come to an end
		lines.kill = func() { _ = cmd.Process.Kill() }
		cmd.Stdout = lines
		var said strings.Builder
		cmd.Stderr = &said
		err := cmd.Run()
		if err == nil {
			break
		}
		if !lines.killed {
			t.Fatalf("it ended by itself: %v: %s", err, &said)
		}
		if killed++; killed > 200 {
			t.Fatal("it does not come to an end")
		}
	}
	if killed < 3 {
		t.Errorf("it was killed only %d times", killed)
	}
	wantSame(t, original, openWritten(t, there))
}

// killer kills a process once it has said so many lines.
type killer struct {
	after  int
	kill   func()
	killed bool
}

func (k *killer) Write(b []byte) (int, error) {
	if k.after -= strings.Count(string(b), "\n"); k.after <= 0 && !k.killed {
		k.killed = true
		k.kill()
	}
	return len(b), nil
}

func TestCopiesThatAreRefused(t *testing.T) {
	server := redistest.Start(t)
	dir := t.TempDir()
	full, half := "sqlite:"+filepath.Join(dir, "full.db"), "sqlite:"+filepath.Join(dir, "half.db")
	fillWhole(t, openWritten(t, full), 30)
	err := openWritten(t, half).SaveRun(t.Context(), store.Run{ID: copyRun, Kind: store.RunCopy, Source: "sqlite:other.db", Started: copied})
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ from, to, want string }{
		"a target that holds something":   {"redis://" + server.Addr, full, "the target is not empty: it holds tickets (60)"},
		"a target with a copy of another": {full, half, "holds a copy of sqlite:other.db"},
		"a store onto itself":             {full, full, "copied onto itself"},
		"a file that is not there":        {"sqlite:" + filepath.Join(dir, "none.db"), half, "there is no file"},
		"something that is no store":      {"mysql:x", half, "is no kind of store"},
		"a password in the address":       {full, "redis://:hunter2@" + server.Addr, "the address holds a user or a password"},
	} {
		_, err := CopyStore(t.Context(), &config.Config{}, CopyRequest{From: c.from, To: c.to})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v, want %q", what, err, c.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "none.db")); err == nil {
		t.Error("a file was made by reading it")
	}
}

func TestWhatIsWrittenDuringACopyIsNoticed(t *testing.T) {
	server := redistest.Start(t)
	here := "sqlite:" + filepath.Join(t.TempDir(), "a.db")
	original := openWritten(t, here)
	fillWhole(t, original, 60)
	written := false
	_, err := CopyStore(t.Context(), &config.Config{}, CopyRequest{From: here, To: "redis://" + server.Addr, Progress: func(p CopyProgress) {
		if p.Part == "words" && !written {
			written = true
			if err := original.AddWord(context.Background(), finding.Word{ID: "late", Kind: finding.AnsweredSo, By: "lee", At: copied, Finding: "f1"}); err != nil {
				t.Error(err)
			}
		}
	}})
	if err == nil || !strings.Contains(err.Error(), "words (61 and 60)") || !strings.Contains(err.Error(), "stop every fairlead") {
		t.Errorf("err = %v", err)
	}
	if err := unfinishedCopy(t.Context(), openWritten(t, "redis://"+server.Addr)); err == nil || !strings.Contains(err.Error(), "the beginning of a copy") {
		t.Errorf("a copy that does not count may be worked with: %v", err)
	}
}
