package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/fairlead-dev/fairlead/calendar"
	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store"
)

// secretPath is what of a calendar's address nobody may see.
const secretPath = "s3cr3t-0123456789"

// publisher is a server that publishes a calendar.
type publisher struct {
	*httptest.Server
	mu     sync.Mutex
	answer http.HandlerFunc
	asked  int
}

func newPublisher(t *testing.T) *publisher {
	p := &publisher{}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		answer := p.answer
		p.asked++
		p.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) answers(with http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = with
}

// publishes makes the server answer with a calendar of these entries, each a
// title, its first day and the day after its last.
func (p *publisher) publishes(entries ...[3]string) {
	text := "BEGIN:VCALENDAR\r\n"
	for _, e := range entries {
		text += "BEGIN:VEVENT\r\nSUMMARY:" + e[0] + "\r\nDTSTART:" + e[1] + "\r\nDTEND:" + e[2] + "\r\nEND:VEVENT\r\n"
	}
	text += "END:VCALENDAR\r\n"
	p.answers(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
}

func (p *publisher) requests() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked
}

// handClock is moved by hand.
type handClock struct{ at time.Time }

func (c *handClock) Now() time.Time                                 { return c.at }
func (*handClock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

const calendarOrg = `
people:
  - {id: lee,  name: Lee Park,  email: lee@acme.example}
  - {id: mina, name: Mina Osei, email: mina@acme.example, role: engineer}
  - {id: sam,  name: Sam Holt,  email: sam@acme.example}
teams:
  - {id: payments, em: lee, pm: sam, members: [mina], owns: {jira: {projects: [PAY]}}}
absences: ${ABSENCES}
`

// office is a configuration whose absences are published by p, in a folder of
// its own, and what opens it.
type office struct {
	t     *testing.T
	dir   string
	p     *publisher
	clock *handClock
	logs  *observer.ObservedLogs
}

func newOffice(t *testing.T, orgYAML string) *office {
	o := &office{t: t, dir: t.TempDir(), p: newPublisher(t), clock: &handClock{tuesday}}
	for name, text := range map[string]string{
		"fairlead.yaml": "sources:\n  - {jira: \"https://jira.acme.example\", name: jira acme, token: \"${TOKEN}\", projects: [PAY]}\norg: org.yaml\n", "org.yaml": orgYAML,
	} {
		if err := os.WriteFile(filepath.Join(o.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return o
}

func (o *office) config() *config.Config {
	o.t.Helper()
	cfg, err := config.Load(filepath.Join(o.dir, "fairlead.yaml"), func(name string) (string, bool) {
		return map[string]string{"TOKEN": "t0ken", "ABSENCES": o.p.URL + "/" + secretPath + "/basic.ics"}[name], true
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return cfg
}

func (o *office) open() *Fairlead {
	o.t.Helper()
	core, logs := observer.New(zap.DebugLevel)
	o.logs = logs
	f, err := Open(o.t.Context(), o.config(), Options{Clock: o.clock, Log: zap.New(core), Base: o.p.Client().Transport})
	if err != nil {
		o.t.Fatal(err)
	}
	f.sources = []connectors.Source{&patient{name: "jira acme"}}
	o.t.Cleanup(func() { _ = f.Close() })
	return f
}

func (o *office) check(f *Fairlead) {
	o.t.Helper()
	if _, err := f.Check(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// away reports whether somebody is away by what the directory knows now.
func (o *office) away(f *Fairlead, person string) bool {
	_, away := f.cfg().Directory.AbsenceAt(person, o.clock.at)
	return away
}

// noSecret fails when the address stands in anything that is shown.
func (o *office) noSecret(texts ...string) {
	o.t.Helper()
	for _, e := range o.logs.All() {
		texts = append(texts, e.Message+fmt.Sprint(e.ContextMap()))
	}
	for _, text := range texts {
		if strings.Contains(text, secretPath) {
			o.t.Errorf("the address is shown: %s", text)
		}
	}
}

var leeIsAway = [3]string{"Lee Park: vacation", "20261116", "20261121"}

func TestAbsencesAreFetchedBeforeACheck(t *testing.T) {
	o := newOffice(t, calendarOrg)
	o.p.publishes(leeIsAway)
	f := o.open()
	if o.away(f, "lee") {
		t.Error("lee is away before anything was fetched")
	}
	o.check(f)
	if !o.away(f, "lee") || o.away(f, "mina") {
		t.Error("lee is away and mina is not")
	}
	o.clock.at = o.clock.at.Add(calendarsEvery - time.Second)
	o.check(f)
	if n := o.p.requests(); n != 1 {
		t.Errorf("the calendar was asked for %d times, want once in a quarter of an hour", n)
	}
	o.p.publishes()
	o.clock.at = o.clock.at.Add(time.Second)
	o.check(f)
	if o.away(f, "lee") || o.p.requests() != 2 {
		t.Errorf("an absence that was taken out still counts after %d requests", o.p.requests())
	}
	o.noSecret()
}

func TestAFeedThatIsDownLeavesWhatWasKnown(t *testing.T) {
	half := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Mina"
	for _, c := range []struct {
		name string
		with http.HandlerFunc
		says string
	}{
		{"an error of the server", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "the server answered Bad Gateway"},
		{"a calendar that is gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, "is it still published?"},
		{"one that asks to sign in", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, "needs no sign-in"},
		{"a page to sign in", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>sign in</html>") }, "this is no calendar"},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, "nothing is written in it"},
		{"half a calendar", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, half) }, "ends in the middle"},
		{"a connection that breaks off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, half)
		}, "the connection was closed before an answer came"},
		{"more than anybody keeps in one", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "BEGIN:VCALENDAR\r\n"+strings.Repeat("X:y\r\n", calendar.MaxSize/5+1))
		}, "larger than"},
		{"an address that leads on to http", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://other.example/"+secretPath)
			w.WriteHeader(http.StatusFound)
		}, "not reached over https"},
		{"an address that leads in a circle", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, "leads on more than 5 times"},
		{"an address that leads nowhere", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://%zz/"+secretPath)
			w.WriteHeader(http.StatusFound)
		}, "the request could not be answered"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t, calendarOrg)
			o.p.publishes(leeIsAway)
			f := o.open()
			o.check(f)
			o.p.answers(c.with)
			o.clock.at = o.clock.at.Add(26 * time.Hour)
			o.check(f)
			if !o.away(f, "lee") {
				t.Error("lee is no longer away")
			}
			told := o.logs.FilterMessageSnippet("what was known of it stays in force").All()
			if len(told) != 1 || !strings.Contains(fmt.Sprint(told[0].ContextMap()), c.says) || told[0].ContextMap()["calendar"] != "${ABSENCES}" {
				t.Errorf("the log says %v, want %q once", told, c.says)
			}
			_ = f.Close()

			again := o.open() // another process, before it has fetched anything
			if !o.away(again, "lee") {
				t.Error("after a restart lee is no longer away")
			}
			_ = again.Close()
			found, err := CheckOrg(t.Context(), o.config(), Options{Clock: o.clock})
			if err != nil {
				t.Fatal(err)
			}
			s := found.Calendars[0]
			if !strings.Contains(s.Trouble, c.says) || s.Read == nil || !s.Read.Equal(tuesday) || s.Wrong || s.Entries != 1 {
				t.Errorf("org check tells %+v", s)
			}
			o.noSecret(orgText(t, &found), fmt.Sprintf("%+v", found))
		})
	}
}

func TestAFeedThatWasNeverReadIsToldAndWrong(t *testing.T) {
	o := newOffice(t, calendarOrg)
	o.p.answers(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	f := o.open()
	o.check(f)
	found, err := CheckOrg(t.Context(), o.config(), Options{Clock: o.clock})
	if err != nil {
		t.Fatal(err)
	}
	text := orgText(t, &found)
	if s := found.Calendars[0]; !s.Wrong || s.Read != nil || found.Wrong != 1 || !strings.Contains(text, "nothing is known of it: the server answered I'm a teapot") {
		t.Errorf("org check tells %+v with %d wrong:\n%s", s, found.Wrong, text)
	}
	o.noSecret(text)
}

func TestWhatIsKnownOfAFeedGrowsOld(t *testing.T) {
	o := newOffice(t, calendarOrg)
	o.p.publishes(leeIsAway)
	f := o.open()
	o.check(f)
	_ = f.Close()
	for _, c := range []struct {
		days  int
		wrong int
		want  string
	}{
		{7, 0, "  " + o.place() + ": ${ABSENCES} (absences): 1 entry, last read on Tuesday 17 November 2026, 08:00 UTC\n"},
		{8, 1, "! " + o.place() + ": ${ABSENCES} (absences): was last read on Tuesday 17 November 2026, 08:00 UTC, 8 days ago (1 entry); fairlead check, run or serve reads it again\n"},
	} {
		o.clock.at = tuesday.AddDate(0, 0, c.days)
		found, err := CheckOrg(t.Context(), o.config(), Options{Clock: o.clock})
		if err != nil {
			t.Fatal(err)
		}
		if text := orgText(t, &found); found.Wrong != c.wrong || !strings.Contains(text, c.want) {
			t.Errorf("after %d days %d are wrong, want %d and %q:\n%s", c.days, found.Wrong, c.wrong, c.want, text)
		}
	}
}

func (o *office) place() string { return filepath.Join(o.dir, "org.yaml") + ":8:11" }

func orgText(t *testing.T, c *OrgCheck) string {
	t.Helper()
	var b strings.Builder
	if err := c.Text(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOnlyWeCanReadTheCopyOfACalendar(t *testing.T) {
	o := newOffice(t, calendarOrg)
	o.p.publishes(leeIsAway)
	f := o.open()
	folder := f.cfg().Store.File + ".calendars"
	old := filepath.Join(folder, "0123.ics")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, []byte("of a calendar that is configured no more"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.check(f)
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 || strings.Contains(files[0].Name(), secretPath) {
		t.Fatalf("the folder holds %v (%v), want the copy alone", files, err)
	}
	info, err := files[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 || !info.ModTime().Equal(tuesday) {
		t.Errorf("the copy is %v of %v (%v)", info.Mode(), info.ModTime(), err)
	}
	if runs, err := f.store.Runs(t.Context(), store.RunCalendar, 9); err != nil || len(runs) != 1 || runs[0].Source != "${ABSENCES}" || runs[0].Tickets != 1 || runs[0].Error != "" {
		t.Errorf("recorded: %+v (%v)", runs, err)
	}
}

func TestADamagedCopyIsNotUsed(t *testing.T) {
	o := newOffice(t, calendarOrg)
	o.p.publishes(leeIsAway)
	f := o.open()
	o.check(f)
	if err := os.WriteFile(f.feeds.copyOf(f.cfg().Feeds[0]), []byte("BEGIN:VCALENDAR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	again := o.open()
	if o.away(again, "lee") || len(o.logs.FilterMessage("the copy of a calendar cannot be used").All()) != 1 {
		t.Errorf("lee is away, or the log does not tell: %v", o.logs.All())
	}
	o.check(again)
	if !o.away(again, "lee") {
		t.Error("the calendar was not fetched again")
	}
}

func TestTheDoctorFetchesCalendarsAndKeepsNothing(t *testing.T) {
	o := newOffice(t, calendarOrg)
	o.p.publishes(leeIsAway, [3]string{"Vacation", "20261201", "20261202"})
	f := o.open()
	e := examined(t, f)
	text := textOf(t, &e)
	if s := e.Calendars[0]; s.Read == nil || s.Wrong || s.Entries != 1 || len(s.Left) != 1 || !strings.Contains(text, `- line 7, "Vacation" on 1 December 2026: does not count: it names nobody whom the org file knows`) {
		t.Errorf("the doctor tells %+v:\n%s", s, text)
	}
	if o.away(f, "lee") {
		t.Error("the doctor changed who is away")
	}
	if _, err := os.Stat(f.cfg().Store.File + ".calendars"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the doctor kept a copy (%v)", err)
	}
	o.noSecret(text)
}

func TestAnInterruptedFetchIsNoTrouble(t *testing.T) {
	o := newOffice(t, calendarOrg)
	ctx, cancel := context.WithCancel(t.Context())
	o.p.answers(func(http.ResponseWriter, *http.Request) { cancel() })
	f := o.open()
	if _, err := f.Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that it was interrupted", err)
	}
	if f.feeds.states[0].tried.IsZero() == false || len(o.logs.FilterMessageSnippet("could not be read").All()) > 0 {
		t.Errorf("the state is %+v", f.feeds.states[0])
	}
}
