package prometheus_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
	"github.com/fairlead-dev/fairlead/trends/prometheus"
)

func berlin(t testing.TB, week string) org.Week {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w, err := org.ParseWeek(week, loc)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

const secret = "t0ken-of-ours"

// asked asks a server for a number of week 46.
func asked(t *testing.T, o prometheus.Options) (float64, error) {
	t.Helper()
	c, err := prometheus.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c.Value(t.Context(), `sum(deploys{team="$team"})`, "payments", berlin(t, "2026-W46"))
}

func TestWhatServersAnswer(t *testing.T) {
	vector := func(samples ...string) string {
		return `{"status":"success","data":{"resultType":"vector","result":[` + strings.Join(samples, ",") + `]}}`
	}
	sample := func(value string) string { return `{"metric":{},"value":[1,"` + value + `"]}` }
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   float64
		gap    string
		deaf   bool
	}{
		{"one value", 200, vector(sample("12")), 12, "", false},
		{"zero is a number", 200, vector(sample("0")), 0, "", false},
		{"a scalar", 200, `{"status":"success","data":{"resultType":"scalar","result":[1,"3.5"]}}`, 3.5, "", false},
		{"no value", 200, vector(), 0, "gives no value", false},
		{"several", 200, vector(sample("1"), sample("2")), 0, "gives 2 values where one is needed", false},
		{"not a number", 200, vector(sample("NaN")), 0, "gives NaN", false},
		{"infinite", 200, vector(sample("+Inf")), 0, "gives +Inf", false},
		{"a matrix", 200, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}]}}`, 0, "a stretch of values", false},
		{"a text", 200, `{"status":"success","data":{"resultType":"string","result":[1,"x"]}}`, 0, "", true},
		{"a query it cannot read", 400, `{"status":"error","errorType":"bad_data","error":"parse error: unexpected \")\""}`, 0, `cannot answer the query: parse error: unexpected ")"`, false},
		{"a query that takes too long", 503, `{"status":"error","errorType":"timeout","error":"query timed out"}`, 0, "refused to answer (server error: 503)", true},
		{"no permission", 401, "go away " + secret, 0, "refused to answer (client error: 401)", true},
		{"not there", 404, "<html>", 0, "refused to answer (client error: 404)", true},
		{"a fault of its own", 500, "secret stack trace", 0, "refused to answer (server error: 500)", true},
		{"a page in place of an answer", 200, "<html>sign in</html>", 0, "does not speak as Prometheus does", true},
		{"half an answer", 200, vector(sample("12"))[:40], 0, "does not speak as Prometheus does", true},
		{"an answer without an end", 200, `{"status":"success","data":"` + strings.Repeat("x", 2<<20) + `"}`, 0, "more than one number can take", true},
		{"nested without an end", 200, strings.Repeat("[", 900_000), 0, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if got := r.FormValue("query"); got != `sum(deploys{team="payments"})` || r.FormValue("time") != fmt.Sprint(berlin(t, "2026-W46").End.Unix()) {
					t.Errorf("asked %q at %s", got, r.FormValue("time"))
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			defer server.Close()
			got, err := asked(t, prometheus.Options{URL: server.URL, Token: secret})
			if c.gap == "" && !c.deaf {
				if err != nil || got != c.want {
					t.Errorf("got %v, %v, want %v", got, err, c.want)
				}
				return
			}
			var gap trends.Gap
			if !errors.As(err, &gap) || !strings.Contains(gap.Error(), c.gap) || gap.Deaf != c.deaf {
				t.Errorf("err = %v (deaf %v), want %q, deaf %v", err, gap.Deaf, c.gap, c.deaf)
			}
			if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "stack trace") {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

func TestSignsIn(t *testing.T) {
	for name, c := range map[string]struct {
		o    prometheus.Options
		want string
	}{
		"with a bearer token":        {prometheus.Options{Token: secret}, "Bearer " + secret},
		"with a user and a password": {prometheus.Options{User: "me", Password: secret}, "Basic bWU6dDBrZW4tb2Ytb3Vycw=="},
		"with nothing":               {prometheus.Options{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := "nobody asked"
			server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = r.Header.Get("Authorization")
				_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}`))
			}))
			defer server.Close()
			c.o.URL, c.o.Base = server.URL, server.Client().Transport
			if _, err := asked(t, c.o); err != nil || got != c.want {
				t.Errorf("signed in with %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestACertificateOfNobodyIsRefused(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	_, err := asked(t, prometheus.Options{URL: server.URL, Token: secret})
	var gap trends.Gap
	if !errors.As(err, &gap) || !gap.Deaf || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("err = %v, want a gap that speaks of the certificate", err)
	}
}

func TestATokenGoesNowhereElse(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another server was asked, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	_, err := asked(t, prometheus.Options{URL: server.URL, Token: secret})
	if err == nil || !strings.Contains(err.Error(), "leads on to another server") || strings.Contains(err.Error(), secret) {
		t.Errorf("err = %v", err)
	}
}

func TestAServerThatIsSlowOrNotThere(t *testing.T) {
	stop := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stop }))
	defer server.Close()
	defer close(stop)
	_, err := asked(t, prometheus.Options{URL: server.URL, Patience: 50 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "did not answer within 50ms") {
		t.Errorf("err = %v", err)
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	_, err = asked(t, prometheus.Options{URL: gone.URL})
	if err == nil || !strings.Contains(err.Error(), "could not be reached: dial tcp") {
		t.Errorf("err = %v", err)
	}
	c, err := prometheus.New(prometheus.Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Value(ctx, "x", "", berlin(t, "2026-W46")); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that the caller gave up", err)
	}
}

func TestFill(t *testing.T) {
	const week = 169 * time.Hour
	for _, c := range []struct{ query, team, want string }{
		{`sum(x{team="$team"}[$week])`, "payments", `sum(x{team="payments"}[608400s])`},
		{`x{team=$team}`, "payments", `x{team="payments"}`},
		{`x{team="$team"}`, `a"} or vector(1) #`, `x{team="a\"} or vector(1) #"}`},
		{`x{team='$team'}`, `a'\`, `x{team='a\'\\'}`},
		{`x{team=$team}`, "a\n\"b", `x{team="a\n\"b"}`},
		{"x{team=`$team`}", `a\b"`, "x{team=`a\\b\"`}"},
		{`x{team=~"$team|other"}`, `a.b|.*`, `x{team=~"a\\.b\\|\\.\\*|other"}`},
		{`x{team!~ "$team"}`, `a+`, `x{team!~ "a\\+"}`},
		{`x{job=~"a$", team="$team-svc"}`, `b`, `x{job=~"a$", team="b-svc"}`},
		{"x # of $team's\n+ y{t='$team'}", "b", "x # of $team's\n+ y{t='b'}"},
		{`x{t="\"$team"}`, "b", `x{t="\"b"}`},
	} {
		got, err := prometheus.Fill(c.query, c.team, week)
		if err != nil || got != c.want {
			t.Errorf("%s of %q gives %s, %v, want %s", c.query, c.team, got, err, c.want)
		}
	}
	for query, why := range map[string]string{`x{t="$team}`: "never closed", `x[$weeks]`: "$weeks stands for nothing", "x{t='a": "never closed"} {
		if err := prometheus.Check(query); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v, want %s", query, err, why)
		}
	}
	if _, err := prometheus.Fill("x{t=`$team`}", "a`", week); err == nil {
		t.Error("a back quote got out of its quotes")
	}
	if prometheus.AsksByTeam("x # $team") || !prometheus.AsksByTeam("x{t=$team}") || prometheus.AsksByTeam("x{t='") {
		t.Error("which queries are another for each team is not told")
	}
}

// Whatever a team is called, it stays a text: the query keeps its shape.
func FuzzFill(f *testing.F) {
	f.Add(`sum(x{team="$team"}) + y{t=~'$team'} # $team`, `a"b'c\`)
	f.Add("x{t=`$team`}", "a")
	f.Fuzz(func(t *testing.T, query, team string) {
		filled, err := prometheus.Fill(query, team, time.Hour)
		plain, also := prometheus.Fill(query, "a", time.Hour)
		if err != nil || also != nil {
			return
		}
		if got, want := bones(filled), bones(plain); got != want {
			t.Errorf("%q with team %q becomes %q, whose shape is %q, want %q", query, team, filled, got, want)
		}
	})
}

// bones are a query without what stands in quotes.
func bones(query string) string {
	var out strings.Builder
	for i := 0; i < len(query); i++ {
		q := query[i]
		out.WriteByte(q)
		switch q {
		case '#':
			for i+1 < len(query) && query[i+1] != '\n' {
				i++
			}
		case '"', '\'', '`':
			for i++; i < len(query) && query[i] != q; i++ {
				if query[i] == '\\' && q != '`' {
					i++
				}
			}
			out.WriteByte(q)
		}
	}
	return out.String()
}
