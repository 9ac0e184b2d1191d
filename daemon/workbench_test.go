package daemon

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// agreedFiles are a small organisation that manages its agreements on pages.
var agreedFiles = map[string]string{
	"fairlead.yaml": `sources:
  - jira: https://acme.atlassian.net
    user: bot@acme.example
    token: ${JIRA_TOKEN}
    projects: [PAY, CORE]
org: org.yaml
teams: teams/*.yaml
store: sqlite:./fairlead.db
dashboard:
  admins: [dana]
  agreements: pages
agreements:
  - rule: work-without-goal
    settings: {}
    pin: [stage]
    stage: watch
`,
	"org.yaml": `people: [{id: lee, name: Lee}, {id: sam}, {id: mina}, {id: dana}]
teams:
  - {id: payments, name: Payments, em: lee, pm: sam, members: [mina], owns: {jira: {projects: [PAY]}}}
  - {id: core, owns: {jira: {projects: [CORE]}}}
`,
	"teams/payments.yaml": `# What we keep.
agreements:
  - rule: feature-without-problem   # since spring
    promise: Features say why
    settings:
      min_chars: 120

  - rule: stale-communication
    stage: watch
`,
	"teams/core.yaml": "agreements: []\n",
}

// place is a folder of files and a store, which several processes may open.
type place struct {
	t   *testing.T
	dir string
	at  time.Time
}

func newAgreedPlace(t *testing.T, changes map[string]string) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir(), at: monday}
	files := maps.Clone(agreedFiles)
	maps.Copy(files, changes)
	for name, text := range files {
		p.write(name, text)
	}
	return p
}

func (p *place) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) config() *config.Config {
	p.t.Helper()
	cfg, err := config.Load(filepath.Join(p.dir, "fairlead.yaml"), func(string) (string, bool) { return "t0ken", true })
	if err != nil {
		p.t.Fatal(err)
	}
	return cfg
}

// open is one process.
func (p *place) open() *pages { return p.openWith(zap.NewNop()) }

func (p *place) openWith(log *zap.Logger) *pages {
	p.t.Helper()
	f, err := Open(p.t.Context(), p.config(), Options{Clock: standingClock{p.at}, Log: log})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = f.Close() })
	return &pages{f: f}
}

var (
	lee  = dashboard.Viewer{Person: "lee"}
	dana = dashboard.Viewer{Person: "dana", Admin: true}
)

const featureRule = "feature-without-problem"

func draftIn(t *testing.T, p *pages, team, rule string) dashboard.AgreementDraft {
	t.Helper()
	d, err := p.Draft(t.Context(), team, rule)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// saved lets somebody change the draft that stands there, and save it.
func saved(t *testing.T, p *pages, by dashboard.Viewer, team, rule string, change func(d *dashboard.AgreementDraft)) {
	t.Helper()
	d := draftIn(t, p, team, rule)
	change(&d)
	if err := p.SaveAgreement(t.Context(), by, d, "we talked about it"); err != nil {
		t.Fatalf("%#v", err)
	}
}

// holds is a value of an agreement as everybody sees it, and where it was said.
func holds(t *testing.T, f *Fairlead, team, rule, name string) string {
	t.Helper()
	for _, a := range f.book().Standing(team) {
		if a.Rule.ID != rule {
			continue
		}
		for _, v := range a.Values() {
			if v.Name == name {
				return v.Words + ", " + saidAt(v.Where)
			}
		}
	}
	return ""
}

func wantHolds(t *testing.T, f *Fairlead, team, rule, name, want string) {
	t.Helper()
	if got := holds(t, f, team, rule, name); got != want {
		t.Errorf("%s of %s for %q is %q, want %q", name, rule, team, got, want)
	}
}

func TestWhatIsSavedOnAPageHoldsAtOnceAndInOtherProcesses(t *testing.T) {
	place := newAgreedPlace(t, nil)
	one, two := place.open(), place.open()
	d := draftIn(t, one, "payments", featureRule)
	if d.Base != 0 || d.Promise != "Features say why" || d.Settings["min_chars"] != "120" || d.Off || d.When != "" {
		t.Fatalf("the form begins with %+v", d)
	}
	saved(t, one, lee, "payments", featureRule, func(d *dashboard.AgreementDraft) {
		d.Settings["min_chars"], d.Stage, d.Promise = "200", "remind", ""
	})
	const where = "agreements page, revision 1 by lee"
	wantHolds(t, one.f, "payments", featureRule, "settings.min_chars", "200, "+where)
	wantHolds(t, one.f, "payments", featureRule, "stage", "remind, "+where)
	wantHolds(t, one.f, "payments", featureRule, "promise", "Every feature says which problem it solves, ")
	wantHolds(t, one.f, "payments", "stale-communication", "stage", "watch, "+filepath.Join(place.dir, "teams/payments.yaml")+":9:12")

	if _, err := two.f.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantHolds(t, two.f, "payments", featureRule, "settings.min_chars", "200, "+where)
	wantHolds(t, place.open().f, "payments", featureRule, "settings.min_chars", "200, "+where)
	shown, err := Agreements(t.Context(), place.config(), "payments", featureRule, place.at)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, v := range shown.Rules[0].Values {
		said[v.Name] = v.Where
	}
	if said["settings.min_chars"] != where {
		t.Errorf("the command line says %q, want %q", said["settings.min_chars"], where)
	}
	all, err := two.Revisions(t.Context())
	if err != nil || len(all) != 1 || all[0].Text != "promise from Features say why to Every feature says which problem it solves; stage from report to remind; min_chars from 120 to 200" ||
		all[0].By != "lee" || all[0].Why != "we talked about it" || all[0].Number != 1 || !all[0].At.Equal(place.at) {
		t.Errorf("revisions: %+v, %v", all, err)
	}
	trail, _, err := two.Trail(t.Context(), "", 10)
	if err != nil || len(trail) != 1 || !strings.HasPrefix(trail[0].What, "changed the agreement on feature-without-problem: promise from") || trail[0].By != "lee" || trail[0].Configuring {
		t.Errorf("trail: %+v, %v", trail, err)
	}
}

// What somebody else says at the same moment does not put it off.
func TestWhatIsSavedShowsAtOnceThoughSomebodyElseSpeaks(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	p.behind = func(func(context.Context)) {} // nothing is ever done behind the pages
	says := func(id string) {
		w := finding.Word{
			ID: id, Kind: finding.WaivedFor, By: "sam", At: place.at, Reason: "for a moment",
			Scope: finding.Scope{Ticket: finding.TicketScope{Source: "s", ID: "1", Key: "PAY-1"}}, Expires: place.at.Add(time.Hour),
		}
		if err := p.f.store.AddWord(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	says("1")
	if _, err := p.Ledger(t.Context()); err != nil { // lays the pages out
		t.Fatal(err)
	}
	says("2")
	saved(t, p, lee, "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Settings["min_chars"] = "200" })
	trail, _, err := p.Trail(t.Context(), "", 10)
	if err != nil || !slices.ContainsFunc(trail, func(e dashboard.Entry) bool { return strings.HasPrefix(e.What, "changed the agreement") }) {
		t.Errorf("the pages do not tell what was saved: %+v, %v", trail, err)
	}
}

func TestARunGoesOnByWhatHeldWhenItBegan(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	run, err := p.f.steady(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	saved(t, p, lee, "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Settings["min_chars"] = "200" })
	file := ", " + filepath.Join(place.dir, "teams/payments.yaml") + ":6:18"
	wantHolds(t, run, "payments", featureRule, "settings.min_chars", "120"+file)
	if again, err := run.steady(t.Context()); err != nil || again != run {
		t.Errorf("a part of the run got other terms, %v", err)
	}
	wantHolds(t, p.f, "payments", featureRule, "settings.min_chars", "200, agreements page, revision 1 by lee")
}

func TestADraftThatIsOutrunIsTold(t *testing.T) {
	place := newAgreedPlace(t, nil)
	one, two := place.open(), place.open()
	mine := draftIn(t, two, "payments", featureRule)
	saved(t, one, lee, "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Stage = "watch" })
	mine.Promise = "Another"
	if err := two.SaveAgreement(t.Context(), lee, mine, "mine"); !errors.Is(err, dashboard.ErrChanged) {
		t.Fatalf("err = %v, want ErrChanged", err)
	}
	mine.Base = draftIn(t, two, "payments", featureRule).Base
	if err := two.SaveAgreement(t.Context(), lee, mine, "mine"); err != nil {
		t.Fatal(err)
	}
	forOthers := draftIn(t, two, "core", featureRule)
	saved(t, one, dana, "", featureRule, func(d *dashboard.AgreementDraft) { d.When = "false" })
	forOthers.Stage = "watch"
	if err := two.SaveAgreement(t.Context(), lee, forOthers, "mine"); !errors.Is(err, dashboard.ErrChanged) {
		t.Errorf("with another condition since: err = %v, want ErrChanged", err)
	}
}

func TestWhatCannotBeInADraftIsToldBesideItsField(t *testing.T) {
	p := newAgreedPlace(t, nil).open()
	for _, c := range []struct {
		name, team, rule string
		change           func(d *dashboard.AgreementDraft)
		field, says      string
		line, column     int
	}{
		{"a setting that is no number", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Settings["min_chars"] = "many" }, "settings.min_chars", "not a whole number", 0, 0},
		{"no stage", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Stage = "shout" }, "stage", "shout", 0, 0},
		{"no day", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.ReviewOn = "soon" }, "review_on", "soon", 0, 0},
		{"no number of days", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.RemindAfter = "two" }, "remind.after", "two", 0, 0},
		{"too many days", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.RemindAfter = "99" }, "remind.after", "99", 0, 0},
		{"a comment that no source allows", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.RemindComment = "yes" }, "remind.comment", "no source allows comments", 0, 0},
		{"neither yes nor no", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.RemindComment = "perhaps" }, "remind.comment", "perhaps", 0, 0},
		{"a promise with a hole that holds nothing", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Promise = "At least {settings.chars}" }, "promise", "chars", 0, 0},
		{"a novel", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Because = strings.Repeat("x", 3000) }, "because", "3000 characters", 0, 0},
		{"another setting", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Settings["\nrule"] = "x" }, "", "no setting", 0, 0},
		{"what the organisation has pinned", "payments", "work-without-goal", func(d *dashboard.AgreementDraft) { d.Stage = "remind" }, "stage", "the organisation has pinned stage of work-without-goal to watch", 0, 0},
		{"a pin of a team", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Pins = []string{"stage"} }, "pin", "only the organisation can pin", 0, 0},
		{"a pin of nothing", "", featureRule, func(d *dashboard.AgreementDraft) { d.Pins = []string{"stge"} }, "pin", "stge", 0, 0},
		{"a pin against what a team says", "", featureRule, func(d *dashboard.AgreementDraft) { d.Pins = []string{"settings.min_chars"} }, "", "teams/payments.yaml:6:18: the organisation has pinned settings.min_chars", 0, 0},
		{"more people than the rule is for", "payments", "assigned-bypassing-em", func(d *dashboard.AgreementDraft) { d.Tell = "team" }, "tell", "name people", 0, 0},
		{"a condition with an unknown fact", "", featureRule, func(d *dashboard.AgreementDraft) { d.When = "true\n  && ticket.assigne == ''" }, "when", "assigne", 2, 13},
		{"a condition that is no question", "", featureRule, func(d *dashboard.AgreementDraft) { d.When = "ticket.key" }, "when", "wanted is yes or no", 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := draftIn(t, p, c.team, c.rule)
			if d.Settings == nil {
				d.Settings = map[string]string{}
			}
			c.change(&d)
			err := p.SaveAgreement(t.Context(), dana, d, "try it")
			_, tried := p.Preview(t.Context(), d)
			for what, err := range map[string]error{"saved": err, "tried": tried} {
				var wrong dashboard.Mistakes
				if !errors.As(err, &wrong) || len(wrong) == 0 {
					t.Fatalf("%s: err = %v, want mistakes", what, err)
				}
				if m := wrong[0]; m.Field != c.field || !strings.Contains(m.Text, c.says) || m.Line != c.line || m.Column != c.column {
					t.Errorf("%s: %+v, want %q at %q %d:%d", what, m, c.says, c.field, c.line, c.column)
				}
			}
		})
	}
	if all, err := p.f.store.Revisions(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d revisions were kept, %v", len(all), err)
	}
	wantHolds(t, p.f, "payments", featureRule, "stage", "report, ")
}

func TestWhoeverSavesIsSomebodyWithAReason(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	d := draftIn(t, p, "payments", featureRule)
	refused := func(name, field, says string, err error) {
		t.Helper()
		var r *dashboard.Refusal
		if !errors.As(err, &r) || r.Field != field || !strings.Contains(r.Text, says) {
			t.Errorf("%s: err = %v, want a refusal at %q that says %q", name, err, field, says)
		}
	}
	refused("nothing is changed", "", "Nothing is changed", p.SaveAgreement(t.Context(), lee, d, "why not"))
	d.Stage = "watch"
	refused("no reason", "reason", "no reason", p.SaveAgreement(t.Context(), lee, d, " \n"))
	refused("nobody of the directory", "", "no such person", p.SaveAgreement(t.Context(), dashboard.Viewer{Person: "eve"}, d, "why"))
	refused("back to what holds already", "", "Nothing is changed", p.RollBack(t.Context(), lee, "payments", featureRule, 0, "why"))
	if err := p.RollBack(t.Context(), lee, "payments", featureRule, 7, "why"); !errors.Is(err, dashboard.ErrNotFound) {
		t.Errorf("a revision that is not there: err = %v", err)
	}
	if _, err := p.Draft(t.Context(), "growth", featureRule); !errors.Is(err, dashboard.ErrNotFound) {
		t.Errorf("a team that is not there: err = %v", err)
	}
	if _, err := p.Draft(t.Context(), "payments", "nope"); !errors.Is(err, dashboard.ErrNotFound) {
		t.Errorf("a rule that is not there: err = %v", err)
	}
	d.When = "false"
	var wrong dashboard.Mistakes
	if err := p.SaveAgreement(t.Context(), lee, d, "why"); !errors.As(err, &wrong) || wrong[0].Field != "when" {
		t.Errorf("a condition by who does not configure: err = %v", err)
	}

	place.write("fairlead.yaml", strings.Replace(agreedFiles["fairlead.yaml"], "agreements: pages", "agreements: files", 1))
	inFiles := place.open()
	if in := inFiles.AgreementsIn(); in == "" || inFiles.ExperimentsIn() != in {
		t.Errorf("agreements are in %q and experiments in %q", in, inFiles.ExperimentsIn())
	}
	d.When = ""
	refused("agreements in files", "", "the configuration files", inFiles.SaveAgreement(t.Context(), lee, d, "why"))
	if _, err := inFiles.Preview(t.Context(), d); err != nil {
		t.Errorf("to try is allowed everywhere: %v", err)
	}
}

func TestGoingBackIsARevisionOfItsOwn(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	for _, n := range []string{"200", "300"} {
		saved(t, p, lee, "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Settings["min_chars"] = n })
	}
	back := func(team string, by dashboard.Viewer, to int64) {
		t.Helper()
		if err := p.RollBack(t.Context(), by, team, featureRule, to, "it was better"); err != nil {
			t.Fatal(err)
		}
	}
	back("payments", lee, 1)
	wantHolds(t, p.f, "payments", featureRule, "settings.min_chars", "200, agreements page, revision 3 by lee")
	back("payments", lee, 0)
	wantHolds(t, p.f, "payments", featureRule, "settings.min_chars", "120, "+filepath.Join(place.dir, "teams/payments.yaml")+":6:18")
	if d := draftIn(t, p, "payments", featureRule); d.Base != 4 || d.Settings["min_chars"] != "120" {
		t.Errorf("the form begins with %+v", d)
	}
	saved(t, p, dana, "", featureRule, func(d *dashboard.AgreementDraft) { d.When, d.Stage = "false", "watch" })
	if r, _ := p.f.book().Rule(featureRule); r.When != "false" {
		t.Errorf("the condition is %q", r.When)
	}
	if d := draftIn(t, p, "", featureRule); d.When != "false" || d.Base != 6 || d.Stage != "watch" {
		t.Errorf("the organisation's form begins with %+v", d)
	}
	var r *dashboard.Refusal
	if err := p.RollBack(t.Context(), lee, "", featureRule, 5, "no"); !errors.As(err, &r) {
		t.Errorf("a condition by who does not configure: %v", err)
	}
	back("", dana, 0)
	if r, _ := p.f.book().Rule(featureRule); !strings.Contains(r.When, "says_problem") {
		t.Errorf("the condition is %q", r.When)
	}
	var texts []string
	all, err := p.Revisions(t.Context())
	for _, one := range all {
		texts = append(texts, fmt.Sprintf("%d %s %s", one.Number, one.Team, one.Text))
	}
	want := "8  back to what the files say|7  back to what the files say|6  stage from report to watch|5  another condition|" +
		"4 payments back to what the files say|3 payments min_chars from 300 to 200|2 payments min_chars from 200 to 300|1 payments min_chars from 120 to 200"
	if got := strings.Join(texts, "|"); err != nil || got != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestARevisionThatFitsNoMoreIsLeftOutAndSaidSo(t *testing.T) {
	own := "id: own\nscope: ticket\ntitle: t\npromise: p\nmessage: m\nask: a\nseverity: info\naudience: team\nsettings: {size: {type: integer, default: 3, help: h}}\nwhen: size(ticket.title) > settings.size\n"
	place := newAgreedPlace(t, map[string]string{"own.yaml": own, "fairlead.yaml": agreedFiles["fairlead.yaml"] + "rules: own.yaml\n"})
	p := place.open()
	saved(t, p, lee, "payments", "own", func(d *dashboard.AgreementDraft) { d.Settings = map[string]string{"size": "7"} })
	saved(t, p, lee, "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Settings["min_chars"] = "200" })
	saved(t, p, lee, "core", featureRule, func(d *dashboard.AgreementDraft) { d.Stage = "watch" })
	saved(t, p, dana, "", "own", func(d *dashboard.AgreementDraft) { d.When = "size(ticket.title) > settings.size + 1" })
	if got := holds(t, p.f, "payments", "own", "settings.size"); !strings.HasPrefix(got, "7, ") {
		t.Fatalf("size is %q", got)
	}
	for _, c := range []struct {
		name   string
		change func()
		left   map[int64]string
	}{
		{"a setting is renamed", func() {
			place.write("own.yaml", strings.ReplaceAll(strings.ReplaceAll(own, "size:", "length:"), "settings.size", "settings.length"))
			_ = p.RollBack(t.Context(), dana, "", "own", 0, "the file has it")
		}, map[int64]string{1: `unknown setting "size"`}},
		{"the rule is gone", func() { place.write("fairlead.yaml", agreedFiles["fairlead.yaml"]) }, map[int64]string{1: `unknown rule "own"`}},
		{"a team is gone too", func() {
			place.write("org.yaml", strings.Replace(agreedFiles["org.yaml"], "  - {id: core, owns: {jira: {projects: [CORE]}}}\n", "", 1))
			if err := os.Remove(filepath.Join(place.dir, "teams/core.yaml")); err != nil {
				t.Fatal(err)
			}
		}, map[int64]string{1: `unknown rule "own"`, 3: `no team has the id "core"`}},
		{"the organisation pins in its file what the team said on a page", func() {
			place.write("fairlead.yaml", agreedFiles["fairlead.yaml"]+"  - {rule: feature-without-problem, settings: {min_chars: 120}, pin: [settings.min_chars]}\n")
		}, map[int64]string{1: `unknown rule "own"`, 2: "the organisation has pinned settings.min_chars", 3: `no team has the id "core"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change()
			seen, logs := observer.New(zap.WarnLevel)
			opened := place.openWith(zap.New(seen))
			got := map[int64]string{}
			for _, l := range opened.f.terms().left {
				got[l.Number] = l.why
			}
			for number, why := range c.left {
				if !strings.Contains(got[number], why) {
					t.Errorf("revision %d is left out for %q, want %q", number, got[number], why)
				}
			}
			if len(got) != len(c.left) || logs.FilterMessageSnippet("left out").Len() != len(c.left) {
				t.Errorf("left out are %v, the log says %d, want %d", got, logs.FilterMessageSnippet("left out").Len(), len(c.left))
			}
			notes := strings.Join(opened.f.terms().leftNotes(), "\n")
			all, err := opened.Revisions(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				if why := c.left[r.Number]; why != "" && (!strings.Contains(r.Text, "does not hold at present: ") || !strings.Contains(r.Text, why) || !strings.Contains(notes, why)) {
					t.Errorf("revision %d says %q, and doctor %q", r.Number, r.Text, notes)
				}
			}
		})
	}
}

func TestAPageNeverHoldsUpAFile(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	saved(t, p, dana, "", "stale-communication", func(d *dashboard.AgreementDraft) { d.PinAll, d.Stage = true, "watch" })
	place.write("teams/payments.yaml", strings.Replace(agreedFiles["teams/payments.yaml"], "stage: watch", "stage: remind", 1))
	again := place.open()
	wantHolds(t, again.f, "payments", "stale-communication", "stage", "remind, "+filepath.Join(place.dir, "teams/payments.yaml")+":9:12")
	if len(again.f.terms().left) != 1 {
		t.Errorf("left out are %+v, want the pin that the file says otherwise than", again.f.terms().left)
	}
}

func TestOfManyWhoSaveAtOnceOneWinsAndAllSeeWhole(t *testing.T) {
	place := newAgreedPlace(t, nil)
	processes := []*pages{place.open(), place.open()}
	base := draftIn(t, processes[0], "payments", featureRule)
	var won atomic.Int64
	var everybody sync.WaitGroup
	stop := make(chan struct{})
	for _, p := range processes {
		everybody.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				run, err := p.f.steady(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				chars, stage := holds(t, run, "payments", featureRule, "settings.min_chars"), holds(t, run, "payments", featureRule, "stage")
				if (strings.HasPrefix(chars, "120, ")) != strings.HasPrefix(stage, "report, ") {
					t.Errorf("half of a revision holds: %s and %s", chars, stage)
				}
				if _, err := p.Revisions(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var saving sync.WaitGroup
	for n := range 6 {
		saving.Go(func() {
			d := base
			d.Settings = map[string]string{"min_chars": fmt.Sprint(200 + n)}
			d.Stage = "watch"
			switch err := processes[n%2].SaveAgreement(t.Context(), lee, d, "mine"); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, dashboard.ErrChanged):
				t.Error(err)
			}
		})
	}
	saving.Wait()
	close(stop)
	everybody.Wait()
	if won.Load() != 1 {
		t.Errorf("%d won, want one", won.Load())
	}
}

func TestHostileWordsStayWords(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	hostile := "x\"\n---\nrule: other\noff: true # {size(settings) } <script>\u202e\x1b[31m \\"
	hostile = strings.NewReplacer("{", "(", "}", ")").Replace(hostile)
	saved(t, p, lee, "payments", featureRule, func(d *dashboard.AgreementDraft) {
		d.Promise, d.Because, d.ExceptLabels = hostile, hostile, []string{hostile, "- a"}
		d.Settings["problem_headings"] = `["a: b", "*x", 'y]', "` + "\u2028" + `"]`
	})
	for _, f := range []*Fairlead{p.f, place.open().f} {
		a, on := f.book().Adopted("payments", featureRule)
		if !on || a.Promise != "x\"\n---\nrule: other\noff: true # (size(settings) ) <script>  [31m \\" || len(a.Except.Labels) != 2 || a.Except.Labels[1] != "- a" {
			t.Errorf("adopted: %v %q %q", on, a.Promise, a.Except.Labels)
		}
	}
	again := draftIn(t, p, "payments", featureRule)
	again.Stage = "watch"
	if err := p.SaveAgreement(t.Context(), lee, again, hostile); err != nil {
		t.Error(err)
	}
	if all, err := p.Revisions(t.Context()); err != nil || all[0].Text != "stage from report to watch" || all[0].Why != hostile {
		t.Errorf("revisions %+v, %v", all[0], err)
	}
}

func FuzzADraftIsSavedAsItIsRead(f *testing.F) {
	for _, s := range []string{"plain", "a: b", "# c", "x\ny", "}\n---\nrule: y", "*a", "yes", "\x00\u202e", "[a, b", "\xff"} {
		f.Add(s, s, "120")
	}
	rule := shipped(f, featureRule)[0]
	f.Fuzz(func(t *testing.T, promise, label, chars string) {
		d := dashboard.AgreementDraft{Team: "payments", Rule: featureRule, Promise: promise, Because: label, ExceptLabels: []string{label}, Settings: map[string]string{"min_chars": chars, "problem_headings": label}}
		a, wrong := agreementIn(&d, &rule)
		if wrong != nil {
			return
		}
		read, err := (&config.Config{}).ReadAgreement(config.PageEntry{Number: 1, Page: "agreements", Team: "payments", Text: a.Text()})
		if err != nil {
			t.Fatalf("%v\n%s", err, a.Text())
		}
		if read.Text() != a.Text() || read.Promise != a.Promise || read.Because != a.Because || read.Rule != featureRule || read.Off {
			t.Errorf("%q was read as %q", a.Text(), read.Text())
		}
		if _, err := rules.NewBook([]rules.Rule{rule}, []rules.Agreement{*agreementOf(&read)}, []string{"payments"}); err != nil {
			return // it says something that cannot be, and is told so
		}
		back := draftOf(&read, &rule)
		once, _ := agreementIn(&back, &rule)
		if once.Text() != a.Text() && chars != "" {
			// A number may be written in several ways; it stays the same one.
			if twice, _ := agreementIn(&back, &rule); twice.Text() != once.Text() {
				t.Errorf("%q becomes %q", a.Text(), once.Text())
			}
		}
	})
}

// withTickets stores features of which nobody says what they solve: PAY-1 says a little.
func withTickets(t *testing.T, p *pages, more int) {
	t.Helper()
	source := p.f.sources[0].Name()
	var page []ticket.Ticket
	for n := range 3 + more {
		one := feature(source, fmt.Sprintf("PAY-%d", n+1), monday.Add(-time.Duration(n%8+1)*aWeek))
		if n == 0 {
			one.Description = "h2. Why\n" + strings.Repeat("Refunds take a day. ", 8)
		}
		page = append(page, one)
	}
	if _, err := p.f.store.SavePage(t.Context(), source, page, nil, "1"); err != nil {
		t.Fatal(err)
	}
}

func TestADraftIsTriedOnThePast(t *testing.T) {
	p := newAgreedPlace(t, nil).open()
	withTickets(t, p, 0)
	d := draftIn(t, p, "payments", featureRule)
	same, err := p.Preview(t.Context(), d)
	if err != nil || same.Raised != 2 || same.Open != 2 || same.Today == nil || same.Today.Raised != 2 || same.More != 0 || same.Fewer != 0 || len(same.Weeks) != 13 || same.Weeks[12].Week != "now" {
		t.Errorf("the same: %+v, %v", same, err)
	}
	d.Settings["min_chars"] = "400"
	more, err := p.Preview(t.Context(), d)
	if err != nil || more.Raised != 3 || more.More != 1 || more.MoreOpen != 1 || len(more.MoreSamples) != 1 || more.MoreSamples[0].Key != "PAY-1" || more.MoreSamples[0].Team != "payments" || !more.MoreSamples[0].Open {
		t.Errorf("longer texts: %+v, %v", more, err)
	}
	d.When = "false"
	none, err := p.Preview(t.Context(), d)
	if err != nil || none.Raised != 0 || none.Fewer != 2 || none.Today.Raised != 2 {
		t.Errorf("another condition: %+v, %v", none, err)
	}
	d.When, d.Off = "", true
	if off, err := p.Preview(t.Context(), d); err != nil || off.Raised != 0 || off.Fewer != 2 {
		t.Errorf("off: %+v, %v", off, err)
	}
	saved(t, p, lee, "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Off = true })
	d = draftIn(t, p, "payments", featureRule)
	d.Off = false
	if on, err := p.Preview(t.Context(), d); err != nil || on.Raised != 2 || on.Today != nil {
		t.Errorf("of a rule that is off: %+v, %v", on, err)
	}
	org := draftIn(t, p, "", featureRule)
	if all, err := p.Preview(t.Context(), org); err != nil || all.Today == nil {
		t.Errorf("for everybody: %+v, %v", all, err)
	}
	if runs, err := p.f.store.Findings(t.Context()); err != nil || len(runs) != 0 {
		t.Errorf("trying left %d findings, %v", len(runs), err)
	}
}

func TestAConditionThatRunsOnIsStopped(t *testing.T) {
	p := newAgreedPlace(t, nil).open()
	withTickets(t, p, 50)
	d := draftIn(t, p, "", featureRule)
	loop := "settings.problem_headings.all(a, settings.problem_headings.all(b, settings.problem_headings.all(c, %s)))"
	d.When = fmt.Sprintf(loop, `(a + b + c + ticket.title).matches("(x+x+)+y") || size(a + b + c) > 0`)
	d.Settings = map[string]string{"problem_headings": "[" + strings.TrimSuffix(strings.Repeat("heading, ", 190), ", ") + "]"}
	_, err := p.Preview(t.Context(), d)
	var r *dashboard.Refusal
	if !errors.As(err, &r) || r.Field != "when" || !strings.Contains(r.Text, "steps") {
		t.Fatalf("err = %v, want a refusal of the condition", err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := p.Preview(gone, draftIn(t, p, "", featureRule)); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want it given up with who asked", err)
	}
	if err := tooLong(t.Context(), context.DeadlineExceeded, "It takes long."); !errors.As(err, &r) || !strings.HasPrefix(r.Text, "It takes long.") {
		t.Errorf("err = %v, want a refusal", err)
	}
}

func TestADraftIsShownAsAFileHoldsIt(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	for _, c := range []struct {
		name, team, rule string
		change           func(d *dashboard.AgreementDraft)
		file, patch      string
	}{
		{"in place of what the team's file says", "payments", featureRule, func(d *dashboard.AgreementDraft) { d.Settings["min_chars"] = "200" }, "teams/payments.yaml", `--- a/teams/payments.yaml
+++ b/teams/payments.yaml
@@ -1,9 +1,9 @@
 # What we keep.
 agreements:
-  - rule: feature-without-problem   # since spring
+  - rule: feature-without-problem
     promise: Features say why
     settings:
-      min_chars: 120
+      min_chars: 200
 
   - rule: stale-communication
     stage: watch
`},
		{"behind the others", "payments", "date-imposed", func(d *dashboard.AgreementDraft) { d.Off, d.Because = true, "not: ours" }, "teams/payments.yaml", `--- a/teams/payments.yaml
+++ b/teams/payments.yaml
@@ -7,3 +7,6 @@
 
   - rule: stale-communication
     stage: watch
+  - rule: date-imposed
+    off: true
+    because: "not: ours"
`},
		{"the organisation's", "", "work-without-goal", func(d *dashboard.AgreementDraft) { d.Pins = nil }, "fairlead.yaml", `--- a/fairlead.yaml
+++ b/fairlead.yaml
@@ -11,6 +11,4 @@
   agreements: pages
 agreements:
   - rule: work-without-goal
-    settings: {}
-    pin: [stage]
     stage: watch
`},
		{"where the file's list is written in brackets", "core", featureRule, func(d *dashboard.AgreementDraft) { d.Stage = "watch" }, "teams/core.yaml", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := draftIn(t, p, c.team, c.rule)
			c.change(&d)
			got, err := p.Text(t.Context(), d)
			if err != nil || got.File != c.file || got.Patch != c.patch {
				t.Errorf("file %s, %v, patch:\n%s\nwant\n%s", got.File, err, got.Patch, c.patch)
			}
			if !strings.HasPrefix(got.Text, "agreements:\n  - rule: "+c.rule+"\n") {
				t.Errorf("text:\n%s", got.Text)
			}
		})
	}
	d := draftIn(t, p, "", featureRule)
	d.When = "false"
	if got, err := p.Text(t.Context(), d); err != nil || !strings.Contains(got.Patch, "--- /dev/null\n+++ b/rules/feature-without-problem.yaml\n") || !strings.Contains(got.Patch, "+replaces_shipped: true\n+when: |-\n+  false\n") {
		t.Errorf("another condition: %v\n%s", err, got.Patch)
	}
}

func TestAnExperimentIsBegunOnAPage(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	good := dashboard.ExperimentDraft{Name: "Goals: together", Hypothesis: "Then they mean more", Team: "payments", Measure: "throughput", Expect: "up by 30%", Guardrail: "open", Guarded: "not up", Start: "2026-11-09", End: "2027-01-03"}
	for _, c := range []struct {
		name        string
		change      func(d *dashboard.ExperimentDraft)
		field, says string
	}{
		{"no expectation", func(d *dashboard.ExperimentDraft) { d.Expect = "better" }, "expect", "better"},
		{"no measure", func(d *dashboard.ExperimentDraft) { d.Measure = "joy" }, "measure", "joy"},
		{"a guardrail that cannot be read", func(d *dashboard.ExperimentDraft) { d.Guarded = "fine" }, "guarded", "fine"},
		{"no such guardrail", func(d *dashboard.ExperimentDraft) { d.Guardrail = "peace" }, "guardrail", "peace"},
		{"backwards", func(d *dashboard.ExperimentDraft) { d.End = "2026-11-01" }, "end", "before it begins"},
		{"no day", func(d *dashboard.ExperimentDraft) { d.Start = "soon" }, "start", "soon"},
		{"a name as long as a book", func(d *dashboard.ExperimentDraft) { d.Name = strings.Repeat("n", 81) }, "name", ""},
		{"another team", func(d *dashboard.ExperimentDraft) { d.Team = "growth" }, "team", "growth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := good
			c.change(&d)
			_, err := p.Begin(t.Context(), lee, d)
			var r *dashboard.Refusal
			if !errors.As(err, &r) || r.Field != c.field || !strings.Contains(r.Text, c.says) {
				t.Errorf("err = %+v, want a refusal at %q that says %q", err, c.field, c.says)
			}
		})
	}
	id, err := p.Begin(t.Context(), lee, good)
	if err != nil {
		t.Fatal(err)
	}
	var r *dashboard.Refusal
	again := good
	again.Start = "2026-11-16"
	if _, err := p.Begin(t.Context(), lee, again); !errors.As(err, &r) || r.Field != "name" {
		t.Errorf("twice: err = %v", err)
	}
	for _, other := range []*pages{p, place.open()} {
		all, err := other.Experiments(t.Context())
		if err != nil || len(all) != 1 || all[0].ID != id || all[0].Name != good.Name || all[0].Team != "payments" || all[0].Guardrail != "open: not up" || !all[0].Running {
			t.Errorf("experiments: %+v, %v", all, err)
		}
	}
	if all, err := p.Revisions(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("revisions of agreements: %+v, %v", all, err)
	}
	if trail, _, err := p.Trail(t.Context(), "", 5); err != nil || len(trail) != 1 || trail[0].What != `began the experiment "Goals: together"` {
		t.Errorf("trail: %+v, %v", trail, err)
	}
}

func TestWhatIsExportedIsReadAsItHeld(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	saved(t, p, lee, "payments", featureRule, func(d *dashboard.AgreementDraft) {
		d.Settings["min_chars"], d.Promise = "200", "Why: # first\nthen what"
	})
	saved(t, p, dana, "", "date-imposed", func(d *dashboard.AgreementDraft) { d.Pins, d.Because = []string{"tell"}, "the law" })
	saved(t, p, dana, "", featureRule, func(d *dashboard.AgreementDraft) { d.When = "ticket.in_flight" })
	if _, err := p.Begin(t.Context(), lee, dashboard.ExperimentDraft{Name: "Goals", Hypothesis: "h", Team: "payments", Measure: "throughput", Expect: "up", Start: "2026-11-09", End: "2027-01-03"}); err != nil {
		t.Fatal(err)
	}
	files, err := ExportAgreements(t.Context(), place.config(), "")
	if err != nil {
		t.Fatal(err)
	}
	moved := newAgreedPlace(t, map[string]string{"fairlead.yaml": strings.Split(strings.Replace(agreedFiles["fairlead.yaml"], "agreements: pages", "agreements: files", 1), "\nagreements:")[0] + "\ninclude: organisation.yaml\nrules: rules/*.yaml\n"})
	if err := WriteExported(moved.dir, files[:1]); err != nil {
		t.Fatal(err)
	}
	for _, f := range files[1:] {
		moved.write(f.Name, f.Text)
	}
	there := moved.open()
	for _, team := range []string{"", "payments", "core"} {
		was, is := p.f.book().Standing(team), there.f.book().Standing(team)
		for i := range was {
			var a, b []string
			for _, v := range was[i].Values() {
				a = append(a, fmt.Sprint(v.Name, v.Words, v.From, v.Pinned))
			}
			for _, v := range is[i].Values() {
				b = append(b, fmt.Sprint(v.Name, v.Words, v.From, v.Pinned))
			}
			if strings.Join(a, "\n") != strings.Join(b, "\n") || was[i].Because != is[i].Because || was[i].On != is[i].On || strings.TrimSpace(was[i].Rule.When) != strings.TrimSpace(is[i].Rule.When) {
				t.Errorf("%s of %q:\n%s\nwant\n%s", was[i].Rule.ID, team, b, a)
			}
		}
	}
	if all, err := there.Experiments(t.Context()); err != nil || len(all) != 1 || all[0].Name != "Goals" {
		t.Errorf("experiments: %+v, %v", all, err)
	}
	if err := WriteExported(moved.dir, files[:1]); !IsRequestMistake(err) {
		t.Errorf("over files that are there: err = %v", err)
	}
	one, err := ExportAgreements(t.Context(), place.config(), "payments")
	if err != nil || len(one) != 1 || !strings.HasPrefix(one[0].Text, "team: payments\nagreements:\n  - rule: feature-without-problem\n") {
		t.Errorf("one team: %+v, %v", one, err)
	}
	if _, err := ExportAgreements(t.Context(), place.config(), "growth"); !IsRequestMistake(err) {
		t.Errorf("no team: %v", err)
	}
}

func TestAStoreThatSomebodyWroteIntoKeepsNothingFromStarting(t *testing.T) {
	place := newAgreedPlace(t, nil)
	p := place.open()
	for _, r := range []store.Revision{
		{Kind: store.OfAgreement, Team: "payments", Name: featureRule, Text: "rule: [", By: "x\x1b[31m"},
		{Kind: store.OfAgreement, Team: "payments", Name: "date-imposed", Text: "rule: other"},
		{Kind: store.OfRule, Name: "nope", Text: "id: x"},
		{Kind: store.OfExperiment, Name: "y", Text: "\x00"},
	} {
		r.At = monday
		if _, err := p.f.store.AddRevision(t.Context(), r, 0); err != nil {
			t.Fatal(err)
		}
	}
	again := place.open()
	if got := len(again.f.terms().left); got != 4 {
		t.Errorf("%d are left out, want all four", got)
	}
	if _, err := again.Revisions(t.Context()); err != nil {
		t.Error(err)
	}
	if d := draftIn(t, again, "payments", featureRule); d.Base != 1 || d.Settings["min_chars"] != "120" {
		t.Errorf("the form begins with %+v", d)
	}
}
