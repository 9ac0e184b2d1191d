package redis

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/bench"
	"github.com/fairlead-dev/fairlead/store/redis/redistest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// typical is ticket n, of about 2 kB as plain JSON, with six history entries: the
// same as in the benchmarks of store/sqlite.
func typical(n int) ticket.Ticket {
	at := time.Date(2026, 11, 9, 8, 30, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
	people := []ticket.Account{
		{ID: "5b10ac8d82e05b22cc7d4e01", Name: "Mina Park"}, {ID: "5b10ac8d82e05b22cc7d4e02", Name: "Jo Okafor"},
		{ID: "5b10ac8d82e05b22cc7d4e03", Name: "Lee Sandoval"},
	}
	t := ticket.Ticket{
		Source: source, Tracker: "jira", ID: fmt.Sprint(10000 + n), Key: fmt.Sprint("PAY-", n),
		URL:   fmt.Sprint("https://acme.atlassian.net/browse/PAY-", n),
		Title: "Bulk export of settled payments", Description: strings.Repeat("A merchant needs a file. ", 12),
		Kind: ticket.Feature, RawType: "Story", Status: "In Progress", Category: ticket.Started, Priority: ticket.High,
		Creator: people[0], Assignee: people[1], Project: "PAY", Due: "2026-12-01",
		Sprints: []string{"23"}, Labels: []string{"export", "merchant"},
		Links:   []ticket.Link{{Kind: ticket.Solves, Phrase: "solves", Target: ticket.Ref{ID: "10088", Key: "PAY-88"}}},
		Created: at, Updated: at.Add(72 * time.Hour), Started: at.Add(24 * time.Hour),
	}
	for i := range 6 {
		t.History = append(t.History, ticket.Change{
			ID: fmt.Sprint(20400+i, ":0"), At: at.Add(time.Duration(i) * time.Hour), Actor: people[i%3],
			Field: ticket.FieldStatus, Raw: "status",
			From: []ticket.Value{{ID: "1", Text: "To Do", Norm: "todo"}}, To: []ticket.Value{{ID: "3", Text: "In Progress", Norm: "started"}},
		})
	}
	return t
}

func typicals(n int) []ticket.Ticket {
	all := make([]ticket.Ticket, n)
	for i := range all {
		all[i] = typical(i)
	}
	return all
}

func savePages(b *testing.B, s *Store, all []ticket.Ticket, size int) (changed int) {
	b.Helper()
	for len(all) > 0 {
		n := min(size, len(all))
		changed += save(b, s, all[:n])
		all = all[n:]
	}
	return changed
}

func perSecond(b *testing.B, each int) {
	b.Helper()
	b.ReportMetric(float64(b.N)*float64(each)/b.Elapsed().Seconds(), "tickets/s")
}

func BenchmarkWriteNew(b *testing.B) {
	all := typicals(10_000)
	for _, size := range []int{100, 1000} {
		b.Run(fmt.Sprint("pages of ", size), func(b *testing.B) {
			server := redistest.Start(b)
			s := openedAt(b, server)
			for b.Loop() {
				b.StopTimer()
				server.Do("FLUSHALL")
				_ = s.Close()
				s = openedAt(b, server)
				b.StartTimer()
				savePages(b, s, all, size)
			}
			perSecond(b, len(all))
		})
	}
}

func BenchmarkWriteUnchanged(b *testing.B) {
	all := typicals(10_000)
	s := openedAt(b, redistest.Start(b))
	savePages(b, s, all, 1000)
	for b.Loop() {
		if changed := savePages(b, s, all, 1000); changed != 0 {
			b.Fatalf("%d changed", changed)
		}
	}
	perSecond(b, len(all))
}

func BenchmarkReadAll(b *testing.B) {
	const n = 50_000
	server := redistest.Start(b)
	s := openedAt(b, server)
	savePages(b, s, typicals(n), 1000)
	served, spent := processorTime(b, server), bench.ProcessorTime()
	for b.Loop() {
		read := 0
		for _, err := range s.Tickets(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			read++
		}
		if read != n {
			b.Fatal(read)
		}
	}
	perSecond(b, n)
	// What others do on the machine makes everything slower, but hardly changes these.
	each := float64(b.N) * n
	b.ReportMetric((processorTime(b, server)-served)*1e6/each, "server-cpu-µs/ticket")
	b.ReportMetric(float64((bench.ProcessorTime()-spent).Microseconds())/each, "cpu-µs/ticket")
}

// processorTime is what the server has used, in seconds.
func processorTime(b *testing.B, server *redistest.Server) (sum float64) {
	b.Helper()
	for _, kind := range []string{"used_cpu_user", "used_cpu_sys"} {
		seconds, err := strconv.ParseFloat(server.Told("cpu", kind), 64)
		if err != nil {
			b.Fatal(err)
		}
		sum += seconds
	}
	return sum
}

func BenchmarkReadOne(b *testing.B) {
	s := openedAt(b, redistest.Start(b))
	all := typicals(10_000)
	savePages(b, s, all, 1000)
	i := 0
	for b.Loop() {
		if _, err := s.Ticket(b.Context(), source, ticket.Ref{Key: all[i%len(all)].Key}); err != nil {
			b.Fatal(err)
		}
		i += 7919
	}
}

// BenchmarkMemory tells how much memory Redis takes for each ticket.
func BenchmarkMemory(b *testing.B) {
	const n = 50_000
	server := redistest.Start(b)
	s := openedAt(b, server)
	used := func() float64 {
		bytes, err := strconv.ParseFloat(server.Told("memory", "used_memory"), 64)
		if err != nil {
			b.Fatal(err)
		}
		return bytes
	}
	before := used()
	all := typicals(n)
	for b.Loop() {
		savePages(b, s, all, 1000)
	}
	b.ReportMetric((used()-before)/n, "B/ticket")
}
