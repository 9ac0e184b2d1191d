package daemon

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/fairlead-dev/fairlead/config"
)

// volume is a folder as Kubernetes mounts a ConfigMap: each file is a link to one in
// ..data, which is a link to a folder that is never changed.
type volume struct {
	t        *testing.T
	dir      string
	versions int
}

// put puts files in the place of those that are there, the way the kubelet does.
func (v *volume) put(files map[string]string) {
	v.t.Helper()
	must := func(err error) {
		v.t.Helper()
		if err != nil {
			v.t.Fatal(err)
		}
	}
	v.versions++
	version := "..version_" + strconv.Itoa(v.versions)
	must(os.Mkdir(filepath.Join(v.dir, version), 0o755))
	for name, text := range files {
		path := filepath.Join(v.dir, version, name)
		must(os.WriteFile(path, []byte(text), 0o600))
		at := time.Unix(int64(1_000_000+v.versions), 0)
		must(os.Chtimes(path, at, at))
	}
	link := filepath.Join(v.dir, "..data")
	must(os.Symlink(version, link+"_tmp"))
	must(os.Rename(link+"_tmp", link))
	for name := range files {
		if err := os.Symlink(filepath.Join("..data", name), filepath.Join(v.dir, name)); !errors.Is(err, os.ErrExist) {
			must(err)
		}
	}
}

// following is a fairlead that follows the files of a volume.
type following struct {
	*volume
	log   *observer.ObservedLogs
	asked chan os.Signal
	stop  func() error

	mu     sync.Mutex
	opened []*Fairlead
	asks   map[string]int // requests by host
}

// RoundTrip counts, and answers that nobody is known.
func (f *following) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asks[r.URL.Host]++
	return &http.Response{StatusCode: http.StatusUnauthorized, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

// follow serves by the files within a bubble of time.
func follow(t *testing.T, v *volume) *following {
	t.Helper()
	core, seen := observer.New(zapcore.InfoLevel)
	f := &following{volume: v, log: seen, asked: make(chan os.Signal, 1), asks: map[string]int{}}
	open := func(ctx context.Context) (*Fairlead, error) {
		cfg, err := config.Load(filepath.Join(v.dir, "fairlead.yaml"), func(string) (string, bool) { return "t", true })
		if err != nil {
			return nil, err
		}
		one, err := Open(ctx, cfg, Options{Log: zap.New(core), Clock: bubbleClock{}, Base: f})
		if err == nil {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.opened = append(f.opened, one)
		}
		return one, err
	}
	first, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- first.ServeAndFollow(ctx, Reopening{Open: open, Asked: f.asked}) }()
	f.stop = func() error {
		cancel()
		return errors.Join(<-ended, first.Close())
	}
	return f
}

// after lets time pass and gives how often the files were opened by then.
func (f *following) after(d time.Duration) int {
	time.Sleep(d)
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.opened)
}

func (f *following) refusals() []string {
	var out []string
	for _, e := range f.log.FilterMessage(reloadFailed).All() {
		out = append(out, e.ContextMap()["error"].(string))
	}
	return out
}

// toldOutdated reports what the metric tells.
func (f *following) toldOutdated() bool {
	f.t.Helper()
	all, err := f.opened[0].registry().Gather()
	if err != nil {
		f.t.Fatal(err)
	}
	for _, family := range all {
		if family.GetName() == outdatedMetric.Name {
			return family.GetMetric()[0].GetGauge().GetValue() == 1
		}
	}
	f.t.Fatal("the metric is not told")
	return false
}

func filesOf(dir, site, rest string) map[string]string {
	return map[string]string{
		"fairlead.yaml": "sources: [{jira: https://" + site + ", token: \"${T}\", projects: [PAY]}]\norg: org.yaml\nstore: sqlite:" + dir + "/fairlead.db\nsync: {every: 1h}\n" + rest,
		"org.yaml":      "people: [{id: lee}]\nteams: [{id: payments, em: lee}]\n",
	}
}

func TestServeGoesOnByWhatTheFilesSayNow(t *testing.T) {
	taken := httptest.NewServer(http.NotFoundHandler())
	defer taken.Close()
	data := t.TempDir()
	v := &volume{t: t, dir: t.TempDir()}
	v.put(filesOf(data, "one.acme.example", ""))
	synctest.Test(t, func(t *testing.T) {
		f := follow(t, v)
		if n := f.after(10 * time.Minute); n != 1 || f.asks["one.acme.example"] == 0 {
			t.Fatalf("opened %d times before anything changed, and asked %v", n, f.asks)
		}

		v.put(filesOf(data, "two.acme.example", ""))
		if n := f.after(lookAtFiles + 2*filesSettle); n != 2 || f.asks["two.acme.example"] == 0 {
			t.Errorf("opened %d times once the files were swapped, and asked %v; want the second site at once", n, f.asks)
		}

		v.put(filesOf(data, "three.acme.example", "sinc: {}\n"))
		if n := f.after(time.Hour); n != 2 || f.asks["three.acme.example"] != 0 {
			t.Errorf("opened %d times by files with a mistake, and asked %v", n, f.asks)
		}
		if got := f.refusals(); len(got) != 1 || !strings.Contains(got[0], `fairlead.yaml:5:1: unknown key "sinc"`) {
			t.Errorf("the mistake is said %d times in an hour: %q; want once, with its place", len(got), got)
		}
		if !f.toldOutdated() {
			t.Error("the metric does not tell that the files cannot be used")
		}

		v.put(filesOf(data, "three.acme.example", "webhooks: {listen: \""+strings.TrimPrefix(taken.URL, "http://")+"\"}\n"))
		if n := f.after(time.Hour); n != 2 {
			t.Errorf("opened %d times although no source has a secret for webhooks", n)
		}
		busy := "metrics: {listen: \"" + strings.TrimPrefix(taken.URL, "http://") + "\"}\n"
		v.put(filesOf(data, "three.acme.example", busy))
		if f.after(time.Hour); f.asks["three.acme.example"] != 0 {
			t.Error("what cannot listen took the place of what ran")
		}
		if got := f.refusals(); !strings.Contains(got[len(got)-1], "choose a free address") {
			t.Errorf("said %q, want that the address is taken", got)
		}

		v.put(filesOf(data, "three.acme.example", ""))
		f.after(lookAtWrong + 2*filesSettle)
		if f.asks["three.acme.example"] == 0 || f.toldOutdated() {
			t.Error("what was mended does not hold")
		}
		before := f.after(0)
		f.asked <- syscall.SIGHUP
		if n := f.after(2 * filesSettle); n != before+1 {
			t.Errorf("opened %d times when it was asked to, want once", n-before)
		}
		if err := f.stop(); err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
}

func TestAPortThatTheOneBeforeHoldsIsFree(t *testing.T) {
	held := httptest.NewServer(http.NotFoundHandler())
	defer held.Close()
	at := strings.TrimPrefix(held.URL, "http://")
	listening := func(at string) *Fairlead {
		return configured(&config.Config{Metrics: config.Metrics{Listen: at}}, nil, &Fairlead{})
	}
	if err := listening(":"+portOf(at)).canServeAfter(t.Context(), listening(at)); err != nil {
		t.Errorf("its own port with another host: %v", err)
	}
	if err := listening(at).canServeAfter(t.Context(), listening("127.0.0.1:0")); err == nil {
		t.Error("a port that somebody else holds is taken for free")
	}
}
