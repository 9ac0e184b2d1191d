package rules_test

import (
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/rules"
)

// BenchmarkCheckAgain looks at 100,000 tickets, with FAIRLEAD_BENCH=full at
// 1,000,000: for the first time without and with a memory, after 100 tickets were
// altered, and after a quarter of an hour.
func BenchmarkCheckAgain(b *testing.B) {
	n := 100_000
	if os.Getenv("FAIRLEAD_BENCH") == "full" {
		n = 1_000_000
	}
	c := newCompany(n)
	dir, all := c.directory(b), catalog(b)
	bk := book(b, all, everyRuleOn(b)...)
	r := rand.New(rand.NewPCG(1, 2))
	again := func(b *testing.B, m *rules.Memory, altered []rules.Altered, known bool) rules.Outcome {
		out, err := bk.CheckAgain(b.Context(), c, dir, c.now, m, altered, known)
		if err != nil || len(out.Stopped) > 0 {
			b.Fatal(err, out.Stopped)
		}
		return out
	}
	var m rules.Memory
	measured := func(b *testing.B, look func()) {
		before := processor()
		for b.Loop() {
			look()
		}
		b.ReportMetric(float64((processor()-before).Microseconds())/1000/float64(b.N), "processor-ms/op")
	}
	b.Run("first, remembering nothing", func(b *testing.B) {
		measured(b, func() {
			out := check(b, bk, c, dir, c.now)
			b.ReportMetric(float64(len(out.Seen)), "seen")
		})
	})
	b.Run("reading alone", func(b *testing.B) {
		measured(b, func() {
			for range 2 {
				for t, err := range c.Tickets(b.Context()) {
					if err != nil || t.ID == "" {
						b.Fatal(err)
					}
				}
			}
		})
	})
	b.Run("first", func(b *testing.B) {
		before := held()
		measured(b, func() {
			m = rules.Memory{}
			again(b, &m, nil, false)
		})
		b.ReportMetric(float64(held()-before)/float64(n), "bytes/ticket")
	})
	b.Run("after 100 altered", func(b *testing.B) {
		again(b, &m, nil, false)
		measured(b, func() {
			again(b, &m, c.edit(r, 100), true)
			b.ReportMetric(float64(m.Worked()), "tickets")
		})
	})
	b.Run("after 15 minutes", func(b *testing.B) {
		again(b, &m, nil, false)
		measured(b, func() {
			c.now = c.now.Add(15 * time.Minute)
			again(b, &m, nil, true)
			b.ReportMetric(float64(m.Worked()), "tickets")
		})
	})
}

func held() int64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// What is looked at depends on how much was altered, not on how much there is.
func TestLookingAgainIsAsMuchWorkAsWasAltered(t *testing.T) {
	c := newCompany(20_000)
	dir := c.directory(t)
	b := book(t, catalog(t), everyRuleOn(t)...)
	r := rand.New(rand.NewPCG(3, 4))
	var m rules.Memory
	if _, err := b.CheckAgain(t.Context(), c, dir, c.now, &m, nil, false); err != nil || m.Worked() != c.n {
		t.Fatalf("%d tickets were looked at, want all: %v", m.Worked(), err)
	}
	if _, err := b.CheckAgain(t.Context(), c, dir, c.now, &m, nil, true); err != nil || m.Worked() != 0 {
		t.Fatalf("%d tickets were looked at, where nothing was altered: %v", m.Worked(), err)
	}
	for _, n := range []int{1, 10, 100} {
		got, err := b.CheckAgain(t.Context(), c, dir, c.now, &m, c.edit(r, n), true)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d altered: %d looked at", n, m.Worked())
		if most := 20 + 3*n; m.Worked() > most {
			t.Errorf("%d tickets were altered, and %d looked at, want at most %d of %d", n, m.Worked(), most, c.n)
		}
		if want := check(t, b, c, dir, c.now); !reflect.DeepEqual(got, want) {
			t.Errorf("%d altered: %s", n, differ(got, want))
		}
	}
}
