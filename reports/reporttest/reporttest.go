package reporttest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
)

// Harness is one channel and a way to look at what came out of it.
type Harness struct {
	Channel reports.Channel
	// Delivered tells what readers can find now: by place, the texts there.
	Delivered func(t *testing.T) map[string]string
}

// Run exercises one kind of channel; open makes an empty one that t cleans up.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	t.Run("a channel says where reports go", func(t *testing.T) {
		if open(t).Channel.Name() == "" {
			t.Error("the channel has no name")
		}
	})
	t.Run("a delivered report can be found", func(t *testing.T) { canBeFound(t, open(t)) })
	t.Run("delivering the same report again changes nothing", func(t *testing.T) { sameAgain(t, open(t)) })
	t.Run("a correction replaces what was delivered", func(t *testing.T) { corrected(t, open(t)) })
	t.Run("teams, weeks and readers are kept apart", func(t *testing.T) { keptApart(t, open(t)) })
	t.Run("what only the EM sees is not where the team looks", func(t *testing.T) { narrowStays(t, open(t)) })
	t.Run("strange team ids are kept apart too", func(t *testing.T) { strangeIDs(t, open(t)) })
	t.Run("hostile text stays text", func(t *testing.T) { harmless(t, open(t)) })
	t.Run("a context that has ended delivers nothing", func(t *testing.T) { ended(t, open(t)) })
	t.Run("many reports at once all arrive", func(t *testing.T) { atOnce(t, open(t)) })
}

func canBeFound(t *testing.T, h Harness) {
	r := reports.Build(NormalWeek())
	place := deliver(t, h, r)
	if got := h.Delivered(t)[place]; !strings.Contains(got, r.Headline) {
		t.Errorf("at %q stands %q, want something with %q", place, got, r.Headline)
	}
}

func sameAgain(t *testing.T, h Harness) {
	r := reports.Build(NormalWeek())
	place := deliver(t, h, r)
	before := h.Delivered(t)
	if again := deliver(t, h, r); again != place {
		t.Errorf("the second time it is at %q, the first time at %q", again, place)
	}
	if after := h.Delivered(t); !maps.Equal(after, before) {
		t.Errorf("after the second delivery there is %q, before it there was %q", after, before)
	}
}

func corrected(t *testing.T, h Harness) {
	first, in := reports.Build(NormalWeek()), NormalWeek()
	in.Findings = in.Findings[1:]
	second := reports.Build(in)
	deliver(t, h, first)
	deliver(t, h, second)
	all := joined(h.Delivered(t))
	if strings.Contains(all, first.Headline) || !strings.Contains(all, second.Headline) {
		t.Errorf("got %q, want %q in place of %q", all, second.Headline, first.Headline)
	}
}

func keptApart(t *testing.T, h Harness) {
	places := map[string]reports.Report{}
	for _, in := range []reports.Inputs{NormalWeek(), ClockChange(), ForTheEM(), ForThePair(), other(QuietWeek(), "core")} {
		r := reports.Build(in)
		place := deliver(t, h, r)
		if before, taken := places[place]; taken {
			t.Errorf("%s for %s is at %q, where %s for %s was", r.Title, r.Reader, place, before.Title, before.Reader)
		}
		places[place] = r
	}
	found := h.Delivered(t)
	for place, r := range places {
		if !strings.Contains(found[place], r.Headline) {
			t.Errorf("at %q stands %q, want something with %q", place, found[place], r.Headline)
		}
	}
}

func narrowStays(t *testing.T, h Harness) {
	const secret = "Chargeback letters"
	team := deliver(t, h, reports.Build(NormalWeek()))
	em := deliver(t, h, reports.Build(ForTheEM()))
	found := h.Delivered(t)
	if !strings.Contains(found[em], secret) {
		t.Errorf("what only the EM sees is not at %q", em)
	}
	if strings.Contains(found[team], secret) {
		t.Errorf("what only the EM sees is at %q", team)
	}
}

// StrangeIDs are team ids that mean something to a file system or a tracker.
func StrangeIDs() []string {
	return []string{"payments", "Payments", "..", ".", "", "../../etc", "/etc", `..\..`, "a/b", "a_b", "a_2fb", "con", "__con", "index.html",
		".hidden", "a\x00b", "a\nb", "équipe", "x.", "x ", strings.Repeat("long", 100), strings.Repeat("long", 101), "CON", "com1"}
}

func strangeIDs(t *testing.T, h Harness) {
	places := map[string]string{}
	for _, id := range StrangeIDs() {
		r := reports.Build(QuietWeek())
		r.Team.ID = id
		place := deliver(t, h, r)
		if before, taken := places[strings.ToLower(place)]; taken {
			t.Errorf("team %q is at %q, where team %q was", id, place, before)
		}
		places[strings.ToLower(place)] = id
	}
}

func harmless(t *testing.T, h Harness) {
	deliver(t, h, reports.Build(Hostile()))
	for place, text := range h.Delivered(t) {
		for _, r := range text {
			if unicode.IsControl(r) && r != '\n' || r == '\u202e' || r == '\u2066' {
				t.Errorf("at %q stands %U", place, r)
			}
		}
		if strings.HasPrefix(text, "<!DOCTYPE html>") && strings.Contains(text, "<script") {
			t.Errorf("at %q stands a script", place)
		}
	}
}

func ended(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Channel.Deliver(ctx, parcel(reports.Build(NormalWeek())), keep); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	if found := h.Delivered(t); len(found) > 0 {
		t.Errorf("delivered %q, want nothing", found)
	}
}

func atOnce(t *testing.T, h Harness) {
	var wg sync.WaitGroup
	for n := range 12 {
		wg.Go(func() {
			r := reports.Build(other(NormalWeek(), fmt.Sprintf("team-%d", n%6)))
			if _, err := h.Channel.Deliver(t.Context(), parcel(r), keep); err != nil {
				t.Errorf("deliver: %v", err)
			}
		})
	}
	wg.Wait()
	all := joined(h.Delivered(t))
	for n := range 6 {
		if want := fmt.Sprintf("The team-%d, week 46", n); !strings.Contains(all, want) {
			t.Errorf("nothing delivered holds %q", want)
		}
	}
}

// other is the same week of another team.
func other(in reports.Inputs, id string) reports.Inputs {
	in.Team.ID, in.Team.Name = id, "The "+id
	in.Reader = finding.ForTeam
	return in
}

// parcel is a report on its way for the first time.
func parcel(r reports.Report) reports.Delivery { return reports.Delivery{Report: r} }

// keep takes a receipt for stored.
func keep(reports.Receipt) error { return nil }

func deliver(t *testing.T, h Harness, r reports.Report) string {
	t.Helper()
	receipt, err := h.Channel.Deliver(t.Context(), parcel(r), keep)
	if err != nil {
		t.Fatalf("deliver %q: %v", r.Title, err)
	}
	if receipt.Place == "" {
		t.Errorf("%q was delivered to nowhere", r.Title)
	}
	return receipt.Place
}

func joined(found map[string]string) string {
	var b strings.Builder
	for _, text := range found {
		b.WriteString(text + "\n")
	}
	return b.String()
}
