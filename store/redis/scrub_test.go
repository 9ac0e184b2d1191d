package redis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// A process that was killed while it read a moment still counts as a reader of it.
func TestWhatIsKeptForAReaderIsForgottenWhenAsked(t *testing.T) {
	server := redistest.Start(t)
	s, err := redis.Open(t.Context(), redis.Options{Address: redis.Address{Hosts: []string{server.Addr}}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // a test's own
	save := func(title string, at int64) {
		t.Helper()
		one := ticket.Ticket{Source: "jira", ID: "1", Title: title, Updated: time.Unix(at, 0).UTC()}
		if _, err := s.SavePage(t.Context(), "jira", []ticket.Ticket{one}, nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	holds := func() bool {
		return strings.Contains(fmt.Sprint(server.Do("HGETALL", "{fairlead:jira}:old")), "Dana Fox")
	}
	save("Dana Fox", 1)
	cut, err := s.Cut(t.Context(), 1) // and never ended
	if err != nil || len(cut.Sources) != 1 {
		t.Fatal(cut, err)
	}
	save("somebody", 2)
	if !holds() {
		t.Fatal("nothing is kept for the reader: the test shows nothing")
	}
	if err := s.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if holds() {
		t.Error("what there was before is still kept")
	}
}
