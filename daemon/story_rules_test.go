package daemon

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/simulator"
)

func TestTheStoryShowsEveryRule(t *testing.T) {
	eachRuleOnce(t)
	played := playStory(t)
	for _, c := range storyCases {
		fired := played.fired[c.rule]
		for _, name := range c.fires {
			if !fired[name] {
				t.Errorf("%s: %s: it never fires on %q; it does on %q", c.rule, c.tells, name, slices.Sorted(maps.Keys(fired)))
			}
		}
		for name := range fired {
			if !c.others && !slices.Contains(c.fires, name) {
				t.Errorf("%s: %s: it fires on %q as well", c.rule, c.tells, name)
			}
		}
		for _, name := range c.never {
			if fired[name] {
				t.Errorf("%s: %s: it fires on %q", c.rule, c.tells, name)
			}
			if !played.known[name] {
				t.Errorf("%s: the story has no %q", c.rule, name)
			}
		}
	}
	t.Run("a replay tells what was seen at the time", func(t *testing.T) { comparesWithReplay(t, played.weeks) })
}

// eachRuleOnce holds the cases against the catalog: one for each rule that is on.
func eachRuleOnce(t *testing.T) {
	t.Helper()
	all, err := rules.Catalog()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		n := 0
		for _, c := range storyCases {
			if c.rule == all[i].ID {
				n++
			}
		}
		if all[i].On != (n == 1) {
			t.Errorf("%s: on is %v, and the story has %d cases of it", all[i].ID, all[i].On, n)
		}
	}
}

// played is what came of the story.
type played struct {
	fired map[string]map[string]bool    // names of what fired at any time, by rule
	known map[string]bool               // names of all there is to fire on
	weeks map[time.Time]map[string]bool // what was open at the end of each week, in words
}

// playStory reads the simulated trackers and checks on three mornings of each of
// the twelve weeks, and once more as it ends.
func playStory(t *testing.T) played {
	t.Helper()
	teller, story := simulator.Tell(demoSeed, demoEnd())
	network, stop, err := stage(t.Context(), teller.World(), story)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	f := openDemo(t, story.Files(demoSites), Options{Clock: worldClock{teller.World()}, Base: onlyTo(network)})
	out := played{fired: map[string]map[string]bool{}, weeks: map[time.Time]map[string]bool{}}
	ends := f.weekEnds(demoEnd(), 12)
	moments := slices.Clone(ends)
	for monday := -7 * 12; monday <= 0; monday += 7 {
		for _, day := range []int{0, 2, 4} {
			if at := demoEnd().AddDate(0, 0, monday+day); !at.After(demoEnd()) {
				moments = append(moments, at)
			}
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	for _, at := range moments {
		teller.Until(at)
		open := look(t, f)
		for i := range open {
			out.note(&open[i])
		}
		if slices.Contains(ends, at) {
			out.weeks[at] = replayable(open, func(*finding.Finding) bool { return true })
		}
	}
	out.known = namesIn(t, f)
	return out
}

// look reads, checks, and gives what is open.
func look(t *testing.T, f *Fairlead) []finding.Finding {
	t.Helper()
	if _, err := f.Sync(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
	r, err := f.Check(t.Context())
	if err != nil || len(r.Stopped)+len(r.Muted)+len(r.Loud) > 0 {
		t.Fatalf("%s: %v, stopped %v, muted %v, loud %v", r.At, err, r.Stopped, r.Muted, r.Loud)
	}
	ledger := ledgerOf(t, f)
	return slices.DeleteFunc(ledger, func(e finding.Finding) bool { return e.State != finding.Open })
}

func ledgerOf(t *testing.T, f *Fairlead) []finding.Finding {
	t.Helper()
	ledger, err := f.store.Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ledger
}

func (p *played) note(e *finding.Finding) {
	if p.fired[e.Rule] == nil {
		p.fired[e.Rule] = map[string]bool{}
	}
	p.fired[e.Rule][nameOf(e)] = true
}

// nameOf is what the story calls the subject of a finding.
func nameOf(e *finding.Finding) string {
	if e.Subject.Kind == finding.AboutTicket {
		return e.Subject.Title
	}
	return e.Subject.Key
}

// replayable puts findings into words that can be compared; those that a replay
// cannot tell are left out.
func replayable(list []finding.Finding, which func(*finding.Finding) bool) map[string]bool {
	out := map[string]bool{}
	for i := range list {
		e := &list[i]
		told := slices.ContainsFunc(storyCases, func(c storyCase) bool { return c.rule == e.Rule && c.told == "" })
		if told && which(e) {
			out[e.Rule+": "+nameOf(e)] = true
		}
	}
	return out
}

// comparesWithReplay looks once, when the story is over, and compares what that
// makes of the weeks with what was open as they ended.
func comparesWithReplay(t *testing.T, weeks map[time.Time]map[string]bool) {
	world, story := simulator.Story(demoSeed, demoEnd())
	network, stop, err := stage(t.Context(), world, story)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	f := openDemo(t, story.Files(demoSites), Options{Clock: worldClock{world}, Base: onlyTo(network)})
	look(t, f)
	ledger := ledgerOf(t, f)
	seen := 0
	for at, want := range weeks {
		got := replayable(ledger, func(e *finding.Finding) bool { return e.OpenAt(at) })
		if !maps.Equal(got, want) {
			t.Errorf("as the week before %v ended there were %q, the replay tells %q", at, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)))
		}
		seen += len(want)
	}
	if seen < 20 {
		t.Errorf("only %d findings were compared", seen)
	}
}

// namesIn are the names of all that a rule could fire on.
func namesIn(t *testing.T, f *Fairlead) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for one, err := range f.store.Tickets(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		known[one.Title] = true
		for _, c := range one.Components {
			known[c] = true
		}
		if due := one.Due.In(demoEnd().Location()); !due.IsZero() {
			known[fmt.Sprintf("Q%d %d", (due.Month()+2)/3, due.Year())] = true
		}
	}
	sprints, err := f.store.Sprints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range sprints {
		known[sprints[i].Name] = true
	}
	for _, team := range f.cfg().Directory.Teams() {
		known[team.Name], known["EM of "+team.Name], known["PM of "+team.Name] = true, true, true
		for _, r := range team.Rituals {
			known[r.Name] = true
		}
	}
	return known
}

// openDemo opens fairlead on the configuration of the demo.
func openDemo(t *testing.T, files map[string]string, o Options) *Fairlead {
	t.Helper()
	dir := t.TempDir()
	if err := writeDemo(dir, files); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), os.LookupEnv)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Open(t.Context(), cfg, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}
