package daemon

import (
	"errors"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/ticket"
)

// begun begins an experiment of payments on a page.
func begun(t *testing.T, p *pages, name, start, end string) string {
	t.Helper()
	id, err := p.Begin(t.Context(), lee, dashboard.ExperimentDraft{Name: name, Hypothesis: "Then they mean more", Team: "payments", Measure: featureRule, Expect: "down", Start: ticket.Date(start), End: ticket.Date(end)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestAnExperimentIsEndedEarlyOrWithdrawnOnAPage(t *testing.T) {
	place := newAgreedPlace(t, map[string]string{
		"teams/core.yaml": "experiments: [{name: In a file, start: 2026-10-12, end: 2027-01-03, measure: open, expect: down}]\n",
	})
	p := place.open()
	today := ticket.Date(place.at.Format("2006-01-02"))
	running := begun(t, p, "Running", "2026-09-07", "2027-01-03")
	ahead := begun(t, p, "Ahead", "2026-12-07", "2027-02-28")
	over := begun(t, p, "Over", "2026-07-06", "2026-08-30")
	slip := begun(t, p, "A slip", "2026-09-07", "2027-01-03")
	filed := experimentID(&p.f.cfg().Experiments[0])
	for _, c := range []struct {
		name, id string
		does     func(*pages) error
		says     string
	}{
		{"without a reason", running, func(p *pages) error { return p.EndExperiment(t.Context(), lee, running, " ") }, "reason"},
		{"by nobody", running, func(p *pages) error {
			return p.EndExperiment(t.Context(), dashboard.Viewer{Person: "nobody"}, running, "R")
		}, "nobody"},
		{"one that has not begun is not ended", ahead, func(p *pages) error { return p.EndExperiment(t.Context(), lee, ahead, "R") }, "has not begun yet"},
		{"one that is over is not ended", over, func(p *pages) error { return p.EndExperiment(t.Context(), lee, over, "R") }, "there is nothing to end"},
		{"one that is over is not withdrawn", over, func(p *pages) error { return p.WithdrawExperiment(t.Context(), lee, over, "R") }, "what came of it stays"},
		{"one in a file is not ended", filed, func(p *pages) error { return p.EndExperiment(t.Context(), dana, filed, "R") }, "teams/core.yaml:1:"},
		{"one in a file is not withdrawn", filed, func(p *pages) error { return p.WithdrawExperiment(t.Context(), dana, filed, "R") }, "teams/core.yaml:1:"},
	} {
		var r *dashboard.Refusal
		if err := c.does(p); !errors.As(err, &r) || !strings.Contains(r.Text, c.says) {
			t.Errorf("%s: err = %v, want a refusal that says %q", c.name, err, c.says)
		}
	}
	if err := p.EndExperiment(t.Context(), lee, "none", "R"); !errors.Is(err, dashboard.ErrNotFound) {
		t.Errorf("one that is not there: err = %v", err)
	}
	for _, err := range []error{p.EndExperiment(t.Context(), lee, running, "We know enough"), p.WithdrawExperiment(t.Context(), lee, slip, "It was begun twice")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []*pages{p, place.open()} {
		shown, err := other.f.Experiments(t.Context(), "payments")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range shown {
			if e.Early != (e.Name == "Running") {
				t.Errorf("fairlead experiments says of %s that it ended earlier than planned: %v", e.Name, e.Early)
			}
		}
		all, err := other.Experiments(t.Context())
		if err != nil || len(all) != 4 {
			t.Fatalf("experiments: %+v, %v, want four", all, err)
		}
		for _, e := range all {
			switch {
			case e.ID == slip:
				t.Error("the one that was withdrawn is there")
			case (e.KeptIn != "") != (e.ID == filed):
				t.Errorf("%s is kept in %q", e.Name, e.KeptIn)
			case e.ID != running && e.Ended != nil:
				t.Errorf("%s ended early: %+v", e.Name, e.Ended)
			case e.ID == running && (e.Ended == nil || *e.Ended != dashboard.EndedEarly{At: place.at, By: "lee", Why: "We know enough", Planned: "2027-01-03"} || e.End != today || e.Running):
				t.Errorf("%+v, ended %+v", e, e.Ended)
			}
		}
	}
	var r *dashboard.Refusal
	if err := p.WithdrawExperiment(t.Context(), lee, running, "R"); !errors.As(err, &r) {
		t.Errorf("what was ended early is withdrawn: err = %v", err)
	}
	trail, _, err := p.Trail(t.Context(), "", 10)
	if err != nil || len(trail) != 6 || trail[4].What != `ended the experiment "Running" early` || trail[5].What != `withdrew the experiment "A slip"` {
		t.Errorf("trail: %+v, %v", trail, err)
	}
}

func TestAnExperimentOnAPageMayBeAboutRulesAndOutsideNumbers(t *testing.T) {
	place := newAgreedPlace(t, map[string]string{
		"fairlead.yaml": agreedFiles["fairlead.yaml"] + "prometheus: {url: 'http://prometheus.example:9090'}\nnumbers: [{name: incidents, query: 'sum(incidents_total)', help: Incidents}]\n",
	})
	p := place.open()
	groups := map[string]string{}
	for _, m := range p.Measures() {
		if _, twice := groups[m.Name]; twice || m.Label == "" {
			t.Errorf("%+v stands twice, or has no label", m)
		}
		groups[m.Name] = m.Group
	}
	for name, want := range map[string]string{"throughput": "", featureRule: "Open exceptions to", "outside:incidents": "Numbers from outside"} {
		if got, offered := groups[name]; !offered || got != want {
			t.Errorf("%s is offered: %v, under %q, want %q", name, offered, got, want)
		}
	}
	if _, offered := groups["em-out-of-the-loop"]; offered {
		t.Error("what is for few people alone is offered, and would not be counted")
	}
	begun(t, p, "Features", "2026-11-02", "2027-01-03")
}
