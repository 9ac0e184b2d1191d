package daemon

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
)

// BenchmarkDashboard asks for every page and every list of the API, each as an EM, a
// leader, a member and an admin, over a large store: see largeSize. It tells of each
// route how long answers take, one and eight at a time, and what one takes of memory;
// and how long the first page takes after a start and after a check.
func BenchmarkDashboard(b *testing.B) {
	f := largeStore(b, largeSize())
	begun := time.Now()
	h, err := f.dashboardHandler(b.Context(), "127.0.0.1:8080", "http://127.0.0.1:8080", "")
	if err != nil {
		b.Fatal(err)
	}
	asking := &asker{b: b, h: h, cookies: map[string][]*http.Cookie{}}
	first := asking.get("lee", "/").took
	b.Logf("the first page came %v after the start, with sign-in %v", first.Round(time.Millisecond), time.Since(begun).Round(time.Millisecond))
	ids := asking.someFindings()
	asking.get("pat", "/data") // what is gathered of all tickets is gathered
	f.holding.behind.Wait()
	b.Logf("everything behind the pages was done %v after the start", time.Since(begun).Round(time.Millisecond))
	asking.tellFirstLoad()
	tellHeld(b)
	for _, r := range dashboard.Routes() {
		if r.Method != http.MethodGet {
			continue
		}
		for _, who := range []string{"lee", "dana", "p10-1", "pat"} {
			b.Run(r.Pattern[1:]+" "+who, func(b *testing.B) { asking.route(b, f, &r, who, ids) })
		}
	}
	b.Run("after a check", func(b *testing.B) { asking.afterChecks(b, f) })
	b.Run("one's own answer", func(b *testing.B) { asking.ownAnswer(b, f, ids) })
}

// asker asks the handler as a browser behind the proxy does.
type asker struct {
	b       *testing.B
	h       http.Handler
	mu      sync.Mutex
	cookies map[string][]*http.Cookie // by person
}

// sent counts what is answered and keeps nothing of it but its status.
type sent struct {
	header http.Header
	status int
	bytes  int
	begun  time.Time
	first  time.Duration // until the first byte
	keep   *strings.Builder
}

func (s *sent) Header() http.Header { return s.header }

func (s *sent) WriteHeader(status int) {
	if s.status == 0 {
		s.status = status
	}
}

func (s *sent) Write(p []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	if s.bytes == 0 {
		s.first = time.Since(s.begun)
	}
	s.bytes += len(p)
	if s.keep != nil {
		s.keep.Write(p)
	}
	return len(p), nil
}

// reply is what came of a request.
type reply struct {
	status, bytes int
	took, first   time.Duration
	text          string
	zipped        bool
}

func (a *asker) get(who, path string) reply { return a.ask(who, http.MethodGet, path, "", false) }

func (a *asker) ask(who, method, path, body string, keep bool) reply {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:40000"
	r.Header.Set(emailHeader, who+"@acme.example")
	if !keep {
		r.Header.Set("Accept-Encoding", "gzip")
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://127.0.0.1:8080")
	}
	a.mu.Lock()
	for _, c := range a.cookies[who] {
		r.AddCookie(c)
	}
	a.mu.Unlock()
	w := &sent{header: http.Header{}, begun: time.Now()}
	if keep {
		w.keep = &strings.Builder{}
	}
	a.h.ServeHTTP(w, r)
	took := time.Since(w.begun)
	a.mu.Lock()
	if set := (&http.Response{Header: w.header}).Cookies(); len(set) > 0 {
		a.cookies[who] = set
	}
	a.mu.Unlock()
	out := reply{status: w.status, bytes: w.bytes, took: took, first: w.first, zipped: w.header.Get("Content-Encoding") != ""}
	if keep {
		out.text = w.keep.String()
	}
	return out
}

// someFindings are ids of open findings of the EM's and the member's team.
func (a *asker) someFindings() []string {
	page := a.ask("lee", http.MethodGet, "/api/v1/findings?team="+largeTeam(10)+"&limit=100", "", true).text
	var out []string
	for _, m := range regexp.MustCompile(`"id": ?"([^"]+)"`).FindAllStringSubmatch(page, -1) {
		out = append(out, m[1])
	}
	if len(out) == 0 {
		a.b.Fatalf("no finding in %.300s", page)
	}
	return out
}

// tellFirstLoad adds up the overview with everything a browser loads for it.
func (a *asker) tellFirstLoad() {
	page := a.ask("dana", http.MethodGet, "/", "", true).text
	total := a.get("dana", "/").bytes
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			total += a.get("dana", m[1]).bytes
		}
	}
	a.b.Logf("the first load of the overview, a leader's, is %d bytes with %d assets; the page is %d bytes before it is zipped", total, len(seen), len(page))
}

// tellHeld says what the process holds with everything laid out.
func tellHeld(b *testing.B) {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.Logf("%d MB are held", m.HeapAlloc>>20)
}

// paths are addresses of a route, of other teams, rules, weeks and findings one after
// the other.
func paths(f *Fairlead, r *dashboard.Route, ids []string) func(n int) string {
	all := f.book().Rules()
	week := org.WeekOf(largeNow, time.UTC)
	experiment := experimentID(&f.cfg().Experiments[0])
	query := map[string][]string{
		"/findings":                    {"", "?state=any", "?state=settled&severity=high", "?age=30", "?team=" + largeTeam(10), "?state=any&rule=" + all[3].ID},
		"/api/v1/findings":             {"", "?state=any", "?state=settled&severity=high", "?team=" + largeTeam(10), "?state=any&limit=200"},
		"/findings.csv":                {"?state=any"},
		"/findings.json":               {"?state=any"},
		"/{$}":                         {"", "?weeks=26", "?weeks=52"},
		"/teams/{team}":                {"", "?weeks=52"},
		"/rules/{rule}":                {"", "?weeks=52"},
		"/trail":                       {"", fmt.Sprintf("?from=%d.0", largeNow.AddDate(0, -5, 0).UnixMicro())},
		"/teams/{team}/reports/{week}": {"", "?for=em"},
	}
	return func(n int) string {
		p := strings.NewReplacer("{$}", "", "{team}", largeTeam(n%2*10), "{rule}", all[n%len(all)].ID, "{week}", week.Before(n%13).String(),
			"{id}", ids[n%len(ids)], "{experiment}", experiment, "{version}/{file...}", "x/page.css").Replace(r.Pattern)
		if q := query[r.Pattern]; len(q) > 0 {
			p += q[n/2%len(q)]
		}
		return p
	}
}

// route measures one route as one person.
func (a *asker) route(b *testing.B, f *Fairlead, r *dashboard.Route, who string, ids []string) {
	path := paths(f, r, ids)
	whole := strings.HasPrefix(r.Pattern, "/findings.")
	requests := 40
	if whole {
		requests = 4
	}
	for b.Loop() {
		var took, first, worked measured
		var memory []float64
		statuses := map[int]int{}
		for n := range requests {
			f.holding.behind.Wait()
			before := allocated()
			var one reply
			worked = append(worked, onOneThread(func() { one = a.get(who, path(n)) }))
			memory = append(memory, float64(allocated()-before)/1e6)
			took, first = append(took, one.took), append(first, one.first)
			statuses[one.status]++
		}
		eight := a.together(who, path, requests)
		slices.Sort(memory)
		b.ReportMetric(ms(took.at(.5)), "p50-ms")
		b.ReportMetric(ms(took.at(.95)), "p95-ms")
		b.ReportMetric(ms(took.at(.99)), "p99-ms")
		b.ReportMetric(ms(worked.at(.95)), "p95-core-ms")
		b.ReportMetric(ms(eight.at(.95)), "p95-ms-of-8")
		b.ReportMetric(memory[len(memory)*95/100], "p95-MB")
		b.ReportMetric(ms(first.at(.95)), "first-byte-ms")
		if whole {
			held := watchHeld()
			a.get(who, path(0))
			b.ReportMetric(held(), "held-MB")
		}
		for status, n := range statuses {
			b.ReportMetric(float64(n), fmt.Sprint("times-", status))
		}
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// together asks eight at a time.
func (a *asker) together(who string, path func(int) string, requests int) measured {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var out measured
	var next atomic.Int64
	for range 8 {
		wg.Go(func() {
			for n := next.Add(1); int(n) <= requests; n = next.Add(1) {
				one := a.get(who, path(int(n)))
				mu.Lock()
				out = append(out, one.took)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return out
}

// allocated is how much memory was ever asked for, in bytes.
func allocated() uint64 {
	one := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(one)
	return one[0].Value.Uint64()
}

// watchHeld collects without pause until it is asked for how much more than at the
// beginning was in use at most, in MB.
func watchHeld() func() float64 {
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	begin, most := live(), uint64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				most = max(most, live())
			}
		}
	}()
	return func() float64 {
		close(stop)
		<-stopped
		return float64(int64(most)-int64(begin)) / 1e6
	}
}

// afterChecks measures pages while one check after the other is noticed.
func (a *asker) afterChecks(b *testing.B, f *Fairlead) {
	clock, _ := f.clock.(*movingClock)
	for b.Loop() {
		var took measured
		for n := range 60 {
			if n%10 == 0 {
				now := largeNow.Add(time.Duration(n+1) * time.Second)
				clock.at.Store(now.Add(2 * time.Second).UnixNano())
				if err := f.store.SaveRun(b.Context(), store.Run{ID: fmt.Sprintf("check-%d", now.Unix()), Kind: store.RunCheck, Started: now, Ended: now}); err != nil {
					b.Fatal(err)
				}
			}
			took = append(took, a.get("lee", "/").took)
		}
		b.ReportMetric(ms(took.at(.5)), "p50-ms")
		b.ReportMetric(ms(took.at(.95)), "p95-ms")
		b.ReportMetric(ms(took.at(1)), "most-ms")
	}
}

// ownAnswer measures what it takes to say something, and the page after it.
func (a *asker) ownAnswer(b *testing.B, f *Fairlead, ids []string) {
	clock, _ := f.clock.(*movingClock)
	said, err := f.store.Words(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	// The store is kept: what earlier runs said has been said by now.
	clock.at.Store(max(clock.at.Load(), said[len(said)-1].At.Add(time.Second).UnixNano()))
	for b.Loop() {
		var says, shows measured
		var most uint64
		for _, id := range ids {
			page := "/findings/" + id
			text := a.ask("lee", http.MethodGet, page, "", true).text
			token := formToken.FindStringSubmatch(text)
			if token == nil || !strings.Contains(text, page+"/answer") {
				continue // it was answered or waived
			}
			if len(says) == 20 {
				break
			}
			for _, act := range []string{"/answer", "/take-back"} {
				f.holding.behind.Wait()
				clock.at.Add(int64(time.Second)) // nobody says two things at one moment
				before := allocated()
				one := a.ask("lee", http.MethodPost, page+act, "form_token="+token[1]+"&reason=agreed", false)
				shown := a.get("lee", page)
				most = max(most, allocated()-before)
				if one.status != http.StatusSeeOther || shown.status != http.StatusOK {
					b.Fatalf("%s: %d, then %d", act, one.status, shown.status)
				}
				says, shows = append(says, one.took), append(shows, shown.took)
			}
		}
		if len(says) == 0 {
			b.Fatal("no finding can be answered")
		}
		b.ReportMetric(ms(says.at(.95)), "p95-ms-to-say")
		b.ReportMetric(ms(shows.at(.95)), "p95-ms-to-show")
		b.ReportMetric(float64(most)/1e6, "most-MB")
	}
}
