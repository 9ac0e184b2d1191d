package reporttest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	// Delivered tells what readers can find now: by the place that receipts
	// name, the texts there. What a medium shows once, though it was sent twice
	// under one name, stands there once.
	Delivered func(t *testing.T) map[string]string
	// Sent are the latest bytes that left, by the name of the part in Preview;
	// nil where nobody can tell.
	Sent func(t *testing.T) map[string][]byte
	// Final is set for a medium that takes nothing back: a correction changes
	// nothing there.
	Final bool
	// Unasked is set for a medium that cannot be asked what arrived: where that
	// is not known, a person decides.
	Unasked bool
	// Lose lets the next message arrive and its answer get lost; nil where there
	// is no answer.
	Lose func(t *testing.T)
	// Secrets are what nothing may show.
	Secrets []string
	// Troubles are the ways in which the other side can refuse, by name; each
	// function brings one about.
	Troubles map[string]func(t *testing.T)
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
	t.Run("two thousand findings arrive", func(t *testing.T) { crowded(t, open(t)) })
	t.Run("a context that has ended delivers nothing", func(t *testing.T) { ended(t, open(t)) })
	t.Run("many reports at once all arrive", func(t *testing.T) { atOnce(t, open(t)) })
	t.Run("the preview is what is sent", func(t *testing.T) { previewed(t, open(t)) })
	t.Run("a preview sends nothing", func(t *testing.T) { previewSendsNothing(t, open(t)) })
	t.Run("nothing shows a secret", func(t *testing.T) { keepsSecrets(t, open(t)) })
	t.Run("a crash at any step leaves one report", func(t *testing.T) { crashes(t, open) })
	t.Run("a lost answer leaves one report", func(t *testing.T) { lost(t, open(t)) })
	for name := range open(t).Troubles {
		t.Run(name, func(t *testing.T) { trouble(t, open(t), name) })
	}
}

func canBeFound(t *testing.T, h Harness) {
	r := reports.Build(NormalWeek())
	place := deliver(t, h, r)
	if got := h.Delivered(t)[place]; !strings.Contains(got, r.Headline) {
		t.Errorf("at %q stands %q, want something with %q", place, got, r.Headline)
	}
}

func sameAgain(t *testing.T, h Harness) {
	d := parcel(reports.Build(NormalWeek()))
	d.Earlier = hand(t, h, d)
	before := h.Delivered(t)
	if again := hand(t, h, d); again != d.Earlier {
		t.Errorf("the second receipt is %+v, the first %+v", again, d.Earlier)
	}
	if after := h.Delivered(t); !maps.Equal(after, before) {
		t.Errorf("after the second delivery there is %q, before it there was %q", after, before)
	}
}

func corrected(t *testing.T, h Harness) {
	in := NormalWeek()
	d := parcel(reports.Build(in))
	first := d.Report.Headline
	d.Earlier = hand(t, h, d)
	in.Findings = in.Findings[1:]
	d.Report = reports.Build(in)
	second := d.Report.Headline
	hand(t, h, d)
	if h.Final {
		first, second = second, first
	}
	all := joined(h.Delivered(t))
	if strings.Contains(all, first) || !strings.Contains(all, second) {
		t.Errorf("got %q, want %q in place of %q", all, second, first)
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
	in := ForTheEM()
	in.Findings = append(in.Findings, Hostile().Findings...)
	deliver(t, h, reports.Build(in))
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

// Parcel is a report on its way for the first time.
func Parcel(r reports.Report) reports.Delivery { return parcel(r) }

func parcel(r reports.Report) reports.Delivery {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %q %s", r.Kind, r.Team.ID, r.Week.ID, r.Reader))
	return reports.Delivery{ID: "test-" + hex.EncodeToString(sum[:8]), Report: r, At: at("2026-11-16 09:00")}
}

// keep takes a receipt for stored.
func keep(reports.Receipt) error { return nil }

func deliver(t *testing.T, h Harness, r reports.Report) string {
	t.Helper()
	return hand(t, h, parcel(r)).Place
}

func hand(t *testing.T, h Harness, d reports.Delivery) reports.Receipt {
	t.Helper()
	receipt, err := h.Channel.Deliver(t.Context(), d, keep)
	if err != nil {
		t.Fatalf("deliver %q: %v", d.Report.Title, err)
	}
	if receipt.Place == "" {
		t.Errorf("%q was delivered to nowhere", d.Report.Title)
	}
	return receipt
}

func joined(found map[string]string) string {
	var b strings.Builder
	for _, text := range found {
		b.WriteString(text + "\n")
	}
	return b.String()
}
