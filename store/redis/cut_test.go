package redis_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store/redis"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

func TestPortionsAreTheTicketsAsTheyWereCut(t *testing.T) {
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{redistest.Start(t).Addr}}})
	page := func(source string, title string, ids ...int) {
		t.Helper()
		var all []ticket.Ticket
		for _, n := range ids {
			one := ticket.Ticket{Source: source, ID: fmt.Sprintf("%04d", n), Key: fmt.Sprint("P-", n), Title: title}
			one.Normalise()
			all = append(all, one)
		}
		if _, err := s.SavePage(t.Context(), source, all, nil, title); err != nil {
			t.Fatal(err)
		}
	}
	var many []int
	for n := range 1500 {
		many = append(many, n)
	}
	page("jira", "then", many...)
	page("linear", "then", 1, 2, 3)

	const parts = 3
	c, err := s.Cut(t.Context(), parts)
	if err != nil {
		t.Fatal(err)
	}
	page("jira", "now", 7, 700, 2000)
	if _, err := s.Remove(t.Context(), "jira", []string{"0008"}); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for part := range parts {
		n := 0
		for one, err := range s.Portion(t.Context(), c, part) {
			if err != nil {
				t.Fatal(err)
			}
			if one.Title != "then" {
				t.Errorf("%s %s is told as it is %s", one.Source, one.ID, one.Title)
			}
			seen[one.Source+" "+one.ID]++
			n++
		}
		if n < 400 || n > 600 {
			t.Errorf("part %d of %d holds %d of 1503 tickets", part+1, parts, n)
		}
	}
	if len(seen) != 1503 {
		t.Errorf("the parts hold %d tickets, want 1503", len(seen))
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s is in %d parts", name, n)
		}
	}
	var named []string
	for one, err := range s.Named(t.Context(), c, "jira", []string{"0007", "0008", "2000", "nobody's"}) {
		if err != nil {
			t.Fatal(err)
		}
		named = append(named, one.ID+" "+one.Title)
	}
	if want := []string{"0007 then", "0008 then"}; !slices.Equal(named, want) {
		t.Errorf("named %v, want %v", named, want)
	}
	s.Uncut(t.Context(), c)
}

func TestWhatIsLaidLiesForAWhile(t *testing.T) {
	s := opened(t, redis.Options{Address: redis.Address{Hosts: []string{redistest.Start(t).Addr}}})
	is := func(want string) {
		t.Helper()
		if body, err := s.Laid(t.Context(), "here"); err != nil || string(body) != want {
			t.Errorf("there lies %q, %v, want %q", body, err, want)
		}
	}
	is("")
	must(t, s.Lay(t.Context(), "here", []byte("told"), time.Minute))
	is("told")
	must(t, s.Lay(t.Context(), "here", nil, 0))
	is("")
	must(t, s.Lay(t.Context(), "here", []byte("told"), 10*time.Millisecond))
	if !redistest.Until(10*time.Second, func(ctx context.Context) bool {
		body, err := s.Laid(ctx, "here")
		return err == nil && body == nil
	}) {
		t.Error("it lies there for good")
	}
}
