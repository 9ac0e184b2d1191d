package daemon

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// erasingProcess holds a store, for a process that the test below starts and kills.
const erasingProcess = "FAIRLEAD_TEST_ERASE"

func init() {
	if written := os.Getenv(erasingProcess); written != "" {
		if err := eraseAloud(context.Background(), written); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// eraseAloud is Erase that tells before each of its writes.
func eraseAloud(ctx context.Context, written string) (err error) {
	cfg, err := withDana(written)
	if err != nil {
		return err
	}
	s, err := openStore(ctx, cfg.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	e := &eraser{store: aloud{s}, res: EraseResult{ID: "dana"}}
	if err := e.know(ctx, cfg, EraseRequest{ID: "dana"}); err != nil {
		return err
	}
	return e.run(ctx)
}

// aloud says before each write that it comes.
type aloud struct{ store.Store }

func (s aloud) SharedSecret(ctx context.Context, name, secret string) (string, error) {
	fmt.Println("a secret")
	return s.Store.SharedSecret(ctx, name, secret)
}

func (s aloud) SavePage(ctx context.Context, source string, tickets []ticket.Ticket, sprints []ticket.Sprint, cursor string) (int, error) {
	fmt.Println("a page")
	return s.Store.SavePage(ctx, source, tickets, sprints, cursor)
}

func (s aloud) Amend(ctx context.Context, a store.Amendment) error {
	fmt.Println("an amendment")
	return s.Store.Amend(ctx, a)
}

func (s aloud) SaveCheck(ctx context.Context, c store.Check) error {
	fmt.Println("a check")
	return s.Store.SaveCheck(ctx, c)
}

func (s aloud) SaveRun(ctx context.Context, r store.Run) error {
	fmt.Println("a run")
	return s.Store.SaveRun(ctx, r)
}

func (s aloud) Vote(ctx context.Context, id finding.ID, rule, person string, useful *bool, at time.Time) error {
	fmt.Println("a vote")
	return s.Store.Vote(ctx, id, rule, person, useful, at)
}

func (s aloud) RevokeAPIToken(ctx context.Context, id string) error {
	fmt.Println("a token")
	return s.Store.RevokeAPIToken(ctx, id)
}

func (s aloud) Scrub(ctx context.Context) error {
	fmt.Println("the file anew")
	if itself, is := s.Store.(store.Scrubber); is {
		return itself.Scrub(ctx)
	}
	return nil
}

// eraseAndKill starts a process that erases and kills it up to two milliseconds after
// it told of its nth write. It tells whether the process was killed.
func eraseAndKill(t *testing.T, written string, n int, after time.Duration) (killed bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), erasingProcess+"="+written)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if n--; n == 0 {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended
		}
	}
	err = cmd.Wait()
	if err != nil && cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("it ended with %v: %s", err, &said)
	}
	return err != nil
}

// TestAnErasureThatIsKilledGoesOn kills it near each of its writes, on a store that was
// filled anew, and runs it again.
func TestAnErasureThatIsKilledGoesOn(t *testing.T) {
	if testing.Short() {
		t.Skip("it kills processes; left out with -short")
	}
	for _, kind := range []string{"sqlite", "redis"} {
		t.Run(kind, func(t *testing.T) {
			var server *redistest.Server
			if kind == "redis" {
				server = redistest.Start(t)
			}
			rng := rand.New(rand.NewPCG(20, 26))
			kills := 0
			for n := 1; ; n++ {
				at := "sqlite:" + filepath.Join(t.TempDir(), "fairlead.db")
				if kind == "redis" {
					server.Do("FLUSHALL")
					at = "redis://" + server.Addr
				}
				cfg := knowingDana(t, at)
				s := openWritten(t, at)
				fillWithDana(t, s)
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				killed := eraseAndKill(t, at, n, time.Duration(rng.IntN(2000))*time.Microsecond)
				if killed {
					kills++
					if _, err := Erase(t.Context(), cfg, EraseRequest{ID: "dana"}); err != nil {
						t.Fatalf("killed near write %d, it does not go on: %v", n, err)
					}
				}
				if found := tracesBeside(t, cfg); len(found) > 0 {
					t.Errorf("killed near write %d: %v; the store still holds %q", n, killed, found)
				}
				if again, err := Erase(t.Context(), cfg, EraseRequest{ID: "dana"}); err != nil || !again.Nothing() {
					t.Errorf("killed near write %d: once more it does %+v, %v", n, again, err)
				}
				if !killed && n > 20 {
					break
				}
			}
			if kills < 10 {
				t.Errorf("it was killed only %d times", kills)
			}
		})
	}
}

// tracesBeside are those in any byte of the store, of what lies in the folder of its
// file, and of a backup of it, which holds as plain text what Redis may hold packed.
func tracesBeside(t *testing.T, cfg *config.Config) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.db")
	if _, err := Backup(t.Context(), cfg, BackupRequest{File: file}); err != nil {
		t.Fatal(err)
	}
	all := whole(t, cfg)
	files := []string{file}
	if cfg.Store.Redis == nil {
		beside, err := filepath.Glob(filepath.Join(filepath.Dir(cfg.Store.File), "*"))
		if err != nil || len(beside) == 0 {
			t.Fatal(beside, err)
		}
		files = append(files, beside...)
	}
	for _, one := range files {
		b, err := os.ReadFile(one)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return tracesIn(all)
}
