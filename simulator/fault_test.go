package simulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/fairlead-dev/fairlead/simulator"
)

func TestFaultsSpoilWhatTheyMatch(t *testing.T) {
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "0123456789") })
	var log simulator.Log
	server := httptest.NewServer(log.Watch(simulator.Faulty(ok,
		simulator.Fault{Match: simulator.PathHas("/late"), After: 1, Times: 2, Do: simulator.Status(503, "Retry-After", "7")},
		simulator.Fault{Match: simulator.PathHas("/cut"), Do: simulator.CutBody(4)},
		simulator.Fault{Match: simulator.PathHas("/half"), Do: simulator.HalfBody},
		simulator.Fault{Match: simulator.PathHas("/html"), Do: simulator.HTML200},
		simulator.Fault{Match: simulator.PathHas("/reset"), Do: simulator.Reset},
	)))
	defer server.Close()
	get := func(path string) (code int, body string, err error) {
		resp, err := http.Get(server.URL + path) //nolint:noctx // a test
		if err != nil {
			return 0, "", err
		}
		defer func() { _ = resp.Body.Close() }()
		text, err := io.ReadAll(resp.Body)
		return resp.StatusCode, string(text), err
	}
	for n, want := range []int{200, 503, 503, 200, 200} {
		if code, _, _ := get("/late"); code != want {
			t.Errorf("request %d answered %d, want %d", n+1, code, want)
		}
	}
	if _, body, err := get("/cut"); body != "0123" || err == nil {
		t.Errorf("a cut body is %q with %v, want 0123 and an error", body, err)
	}
	if code, body, err := get("/half"); code != 200 || body != "01234" || err != nil {
		t.Errorf("half a body is %d %q with %v", code, body, err)
	}
	if code, body, _ := get("/html"); code != 200 || body[:9] != "<!DOCTYPE" {
		t.Errorf("a page for people is %d %q", code, body)
	}
	if _, _, err := get("/reset"); err == nil {
		t.Error("a reset gave an answer")
	}
	if log.Count("/late") != 5 || log.Count("/half") != 1 || len(log.Paths()) != 5 {
		t.Errorf("the log counts %d and %d of %v", log.Count("/late"), log.Count("/half"), log.Paths())
	}
	if log.Forget(); log.Total() != 0 || len(log.Lines()) != 0 {
		t.Error("the log does not forget")
	}
}

func TestLinearsErrorsComeWithAnyStatus(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusBadRequest} {
		s := serve(t, simulator.Faulty(populatedLinear().Linear(simulator.Options{}), simulator.Fault{
			Times: 1, Do: simulator.GraphQLError(status, "RATELIMITED", "Rate limit exceeded", "X-RateLimit-Requests-Reset", "1700000000000"),
		}), "", "")
		got, header, reply := s.query(t, "query { viewer { id } }", nil)
		if got != status || code(reply) != "RATELIMITED" || header.Get("X-RateLimit-Requests-Reset") == "" || reply["data"] != nil {
			t.Errorf("answered %d %v, want %d RATELIMITED", got, reply, status)
		}
		if got, _, reply = s.query(t, "query { viewer { id } }", nil); got != http.StatusOK || code(reply) != "" {
			t.Errorf("the next one answered %d %v", got, reply)
		}
	}
}
