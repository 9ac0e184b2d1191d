package daemon

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard"
)

// lookedAt opens the place as one process and has it look at the files.
func (p *place) lookedAt() *pages {
	p.t.Helper()
	opened := p.open()
	if err := opened.f.noteFiles(p.t.Context(), p.at); err != nil {
		p.t.Fatal(err)
	}
	return opened
}

// toldOf lists the revisions that pages show, oldest first.
func toldOf(t *testing.T, p *pages) []string {
	t.Helper()
	all, err := p.Revisions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(all))
	for i, r := range all {
		out[len(all)-1-i] = strings.TrimSpace(fmt.Sprintf("%s %s: %s %s", r.Team, r.Rule, r.Text, r.By))
		if (r.Number == 0) != (r.By == "") {
			t.Errorf("%+v has a number or somebody who made it, want both or neither", r)
		}
	}
	return out
}

const ownRule = `id: no-title
fault_line: ownership
title: A ticket without a title
scope: ticket
when: %s
promise: Every ticket has a title
message: "%s"
ask: Which one?
severity: info
audience: team
why: Nobody finds it again.
replay: yes
tests:
  - name: a title
    tickets: [{key: PAY-1}]
`

func TestHowAgreementsChangeInFilesIsKept(t *testing.T) {
	const payments = "teams/payments.yaml"
	for _, c := range []struct {
		name   string
		before map[string]string
		after  map[string]string
		save   bool // on a page, between both
		want   []string
	}{
		{name: "nothing at the first look"},
		{name: "nothing where a file is only written otherwise", after: map[string]string{payments: strings.Replace(agreedFiles[payments], "   # since spring", "", 1)}},
		{
			name: "a setting", after: map[string]string{payments: strings.Replace(agreedFiles[payments], "120", "200", 1)},
			want: []string{"payments feature-without-problem: min_chars from 120 to 200"},
		},
		{
			name: "only words", after: map[string]string{payments: strings.Replace(agreedFiles[payments], "say why", "say whose problem", 1)},
			want: []string{"payments feature-without-problem: only other words, promise from Features say why to Features say whose problem"},
		},
		{
			name: "words and a setting", after: map[string]string{payments: strings.NewReplacer("say why", "say whose", "120", "200").Replace(agreedFiles[payments])},
			want: []string{"payments feature-without-problem: promise from Features say why to Features say whose; min_chars from 120 to 200"},
		},
		{
			name: "a new agreement and one that is gone", after: map[string]string{payments: "agreements: [{rule: date-imposed, stage: watch}, {rule: stale-communication, stage: watch}]\n"},
			want: []string{
				"payments date-imposed: stage from report to watch",
				"payments feature-without-problem: taken out of the file: promise from Features say why to Every feature says which problem it solves; min_chars from 120 to 80",
			},
		},
		{
			name: "the organisation's", after: map[string]string{"fairlead.yaml": strings.Replace(agreedFiles["fairlead.yaml"], "    stage: watch", "    stage: report", 1)},
			want: []string{"work-without-goal: stage from watch to report"},
		},
		{
			name: "what was saved on a page is not kept twice", save: true,
			want: []string{"payments feature-without-problem: stage from report to watch; min_chars from 120 to 200 lee"},
		},
		{
			name: "a file that changes beneath what was saved on a page", save: true, after: map[string]string{payments: strings.Replace(agreedFiles[payments], "120", "300", 1)},
			want: []string{
				"payments feature-without-problem: stage from report to watch; min_chars from 120 to 200 lee",
				"payments feature-without-problem: min_chars from 120 to 300; what was saved on a page holds in its place",
			},
		},
	} {
		for _, managed := range []string{"pages", "files"} {
			if managed == "files" && c.save {
				continue
			}
			t.Run(c.name+", with agreements on "+managed, func(t *testing.T) {
				place := newAgreedPlace(t, c.before)
				in := func(text string) string {
					return strings.Replace(text, "agreements: pages", "agreements: "+managed, 1)
				}
				place.write("fairlead.yaml", in(agreedFiles["fairlead.yaml"]))
				first := place.lookedAt()
				if got := toldOf(t, first); len(got) > 0 {
					t.Errorf("the first look told %q", got)
				}
				if c.save {
					save(t, first, map[string]string{"min_chars": "200"})
				}
				for name, text := range c.after {
					place.write(name, in(text))
				}
				place.lookedAt()
				wantTold(t, place.lookedAt(), c.want)
			})
		}
	}
}

// save saves the agreement of payments on a page.
func save(t *testing.T, p *pages, settings map[string]string) {
	t.Helper()
	d, err := p.Draft(t.Context(), "payments", featureRule)
	if err != nil {
		t.Fatal(err)
	}
	d.Settings, d.Stage = settings, "watch"
	if err := p.SaveAgreement(t.Context(), lee, d, "A try"); err != nil {
		t.Fatal(err)
	}
}

func wantTold(t *testing.T, p *pages, want []string) {
	t.Helper()
	if got := toldOf(t, p); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestHowRuleFilesChangeIsKept(t *testing.T) {
	rule := func(when, message string) string { return fmt.Sprintf(ownRule, when, message) }
	with := strings.Replace(agreedFiles["fairlead.yaml"], "store:", "rules: rules/*.yaml\nstore:", 1)
	place := newAgreedPlace(t, map[string]string{"fairlead.yaml": with, "rules/no-title.yaml": rule(`ticket.title == ""`, "M")})
	place.lookedAt()
	place.write("rules/no-title.yaml", rule(`ticket.title == ""`, "Other"))
	place.lookedAt()
	place.write("rules/no-title.yaml", rule(`ticket.title == "x"`, "Other"))
	wantTold(t, place.lookedAt(), []string{"no-title: its rule file, but for the condition", "no-title: another condition"})
}

func TestOfManyProcessesThatLookAtOnceOneKeepsTheChange(t *testing.T) {
	place := newAgreedPlace(t, nil)
	place.lookedAt()
	for round, chars := range []string{"200", "300", "400"} {
		place.write("teams/payments.yaml", strings.Replace(agreedFiles["teams/payments.yaml"], "120", chars, 1))
		all := make([]*pages, 4)
		var looking sync.WaitGroup
		for i := range all {
			all[i] = place.open()
			looking.Go(func() {
				if err := all[i].f.noteFiles(t.Context(), place.at); err != nil {
					t.Error(err)
				}
			})
		}
		looking.Wait()
		for _, p := range all {
			if got := toldOf(t, p); len(got) != round+1 {
				t.Errorf("told %q, want %d changes", got, round+1)
			}
		}
	}
}

// A process with older files, as there is one while an installation is renewed, looks
// once and not at every check.
func TestAConfigurationIsLookedAtOnce(t *testing.T) {
	place := newAgreedPlace(t, nil)
	old := place.lookedAt()
	place.write("teams/payments.yaml", strings.Replace(agreedFiles["teams/payments.yaml"], "120", "200", 1))
	place.lookedAt()
	if err := old.f.noteFiles(t.Context(), place.at); err != nil {
		t.Fatal(err)
	}
	wantTold(t, old, []string{"payments feature-without-problem: min_chars from 120 to 200"})
}

func TestTheTrailTellsOfFiles(t *testing.T) {
	place := newAgreedPlace(t, nil)
	place.lookedAt()
	place.write("teams/payments.yaml", strings.Replace(agreedFiles["teams/payments.yaml"], "120", "200", 1))
	entries, _, err := place.lookedAt().Trail(t.Context(), "", 10)
	want := dashboard.Entry{At: place.at, What: "found the agreement on feature-without-problem changed in a file: min_chars from 120 to 200", Team: "payments", Rule: featureRule}
	if err != nil || len(entries) != 1 || entries[0] != want {
		t.Errorf("entries %+v, %v, want %+v", entries, err, want)
	}
}
