package dashboard_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
)

// byID finds an element.
func byID(root *html.Node, id string) *html.Node {
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && attr(n, "id") == id {
			return n
		}
	}
	return nil
}

// filled is what a form would send, as it stands in the page.
func filled(t *testing.T, page []byte) url.Values {
	t.Helper()
	out := url.Values{}
	root := parsed(t, page)
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || attr(n, "name") == "" || n.Data == "button" || n.Data == "meta" {
			continue
		}
		switch {
		case n.Data == "textarea":
			var b strings.Builder
			for c := range n.Descendants() {
				b.WriteString(c.Data)
			}
			out.Add(attr(n, "name"), b.String())
		case n.Data == "select":
			for o := range n.Descendants() {
				if o.Data == "option" && slices.ContainsFunc(o.Attr, func(a html.Attribute) bool { return a.Key == "selected" }) {
					out.Add(attr(n, "name"), attr(o, "value"))
				}
			}
		case attr(n, "type") == "checkbox" && !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "checked" }):
		default:
			out.Add(attr(n, "name"), attr(n, "value"))
		}
	}
	return out
}

func TestWhatTheFormSavesIsWhatItBeginsWithNext(t *testing.T) {
	d := dashboardtest.Story()
	h := served(d)
	form := filled(t, ask(t, h, dashboardtest.Lee, "GET", benchOf+"/change").Body.Bytes())
	if form.Get("base") != "3" || form.Get("settings.min_chars") != "120" || form.Get("off") != "on" || form.Get("review_on") != "2027-01-15" {
		t.Fatalf("the form begins with %v", form)
	}
	form.Set("settings.min_chars", "150")
	form.Set("settings.problem_links", "solves\r\nimplements, too\r\n")
	form.Set("stage", "remind")
	form.Set("remind.after", "3")
	form.Set("except.labels", "spike\n\n q4 ")
	form.Set("reason", "one sentence is not enough")
	form.Set("do", "save")
	w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/change", form.Encode())
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != benchOf+"?done=agreed" {
		t.Fatalf("%d to %s: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	after := filled(t, ask(t, h, dashboardtest.Lee, "GET", benchOf+"/change").Body.Bytes())
	for name, want := range map[string]string{
		"base": "5", "settings.min_chars": "150", "settings.problem_links": "solves\nimplements, too", "stage": "remind", "remind.after": "3", "except.labels": "spike\nq4",
		"promise": "Every feature we start says which problem it solves", "settings.depth": "", "reason": "",
	} {
		if got := after.Get(name); got != want {
			t.Errorf("%s is %q afterwards, want %q", name, got, want)
		}
	}
	page := text(parsed(t, ask(t, h, dashboardtest.Lee, "GET", benchOf+"/revisions").Body.Bytes()))
	if !strings.Contains(page, "Revision 5 · today 09:01, Lee Park · holds today") || !strings.Contains(page, "one sentence is not enough") {
		t.Errorf("the revisions do not tell of it: %s", page)
	}
	if page := text(parsed(t, ask(t, h, dashboardtest.Mina, "GET", benchOf).Body.Bytes())); !strings.Contains(page, "150 characters") {
		t.Errorf("the agreement does not show it: %s", page)
	}
}

// What is written in each kind of field, and what is kept of it.
func TestFieldsAreKeptAsAFileWouldHoldThem(t *testing.T) {
	for _, c := range []struct {
		name, rule, setting, written, unit, want string
	}{
		{"a duration with its unit", "assigned-bypassing-em", "window", "3", "weeks", "3 weeks"},
		{"a duration with a unit typed into the field", "assigned-bypassing-em", "window", "36h", "weeks", "36h"},
		{"a wait in working days", "assigned-bypassing-em", "grace", "2", "working days", "2 working days"},
		{"a wait left empty", "assigned-bypassing-em", "grace", "", "hours", ""},
		{"a list with an entry on each line", "assigned-bypassing-em", "leaders", "director\nvp", "", "[director, vp]"},
		{"an entry with a comma", "assigned-bypassing-em", "leaders", "a, b", "", `["a, b"]`},
		{"a list of nothing", "assigned-bypassing-em", "leaders", "[]", "", "[]"},
		{"a number", "feature-without-problem", "min_chars", " 90 ", "", "90"},
		{"a percentage without its sign", "feature-factory", "min_share", "25", "", "25 %"},
		{"a percentage with its sign", "feature-factory", "min_share", "25%", "", "25%"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := dashboardtest.Story()
			if _, ok := settingOf(t, d, c.rule, c.setting); !ok {
				t.Fatalf("%s has no setting %s", c.rule, c.setting)
			}
			base := "0"
			if c.rule == "feature-without-problem" {
				base = "3"
			}
			form := url.Values{"base": {base}, "off": {"on"}, "settings." + c.setting: {c.written}, "unit.settings." + c.setting: {c.unit}, "reason": {"r"}, "do": {"save"}}
			target := "/teams/payments/agreements/" + c.rule
			if w := ask(t, served(d), dashboardtest.Lee, "POST", target+"/change", form.Encode()); w.Code != http.StatusSeeOther {
				t.Fatalf("%d %s", w.Code, text(parsed(t, w.Body.Bytes())))
			}
			draft, err := d.Draft(t.Context(), "payments", c.rule)
			if err != nil {
				t.Fatal(err)
			}
			if got := draft.Settings[c.setting]; got != c.want {
				t.Errorf("%q is kept as %q, want %q", c.written, got, c.want)
			}
			again := filled(t, ask(t, served(d), dashboardtest.Lee, "GET", target+"/change").Body.Bytes())
			again.Set("reason", "r")
			again.Set("do", "save")
			ask(t, served(d), dashboardtest.Lee, "POST", target+"/change", again.Encode())
			if next, _ := d.Draft(t.Context(), "payments", c.rule); !sameSetting(t, d, c.rule, c.setting, draft.Settings[c.setting], next.Settings[c.setting]) {
				t.Errorf("sent again as it stands it becomes %q", next.Settings[c.setting])
			}
		})
	}
}

func settingOf(t *testing.T, d *dashboardtest.Data, rule, name string) (rules.Setting, bool) {
	t.Helper()
	r, ok := d.Agreed.Rule(rule)
	if !ok {
		t.Fatalf("there is no rule %s", rule)
	}
	return r.Setting(name)
}

// sameSetting compares what two texts mean.
func sameSetting(t *testing.T, d *dashboardtest.Data, rule, name, one, other string) bool {
	t.Helper()
	if one == "" || other == "" {
		return one == other
	}
	s, _ := settingOf(t, d, rule, name)
	a, errA := s.Read(one)
	b, errB := s.Read(other)
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return errA == nil && errB == nil && string(x) == string(y)
}

// Everything that stands in the way is told at once, each beside its field, and
// nothing that was written is lost.
func TestMistakesStandBesideTheirFieldsAndEntriesStay(t *testing.T) {
	for _, c := range []struct {
		name, field, written, want string
	}{
		{"no number", "settings.min_chars", "a few", "“a few” is not a whole number"},
		{"no day", "review_on", "2027-02-30", "is no day"},
		{"no number of days", "remind.after", "soon", "is no number of working days"},
		{"a promise too long", "promise", strings.Repeat("word ", 150), "there is room for 500"},
		{"too many labels", "except.labels", strings.Repeat("x\n", 201), "there is room for 200"},
		{"no stage", "stage", "shout", "is no stage"},
		{"an expression that is none", "ask", "Which {ticket.kin} is it?", "ticket"},
		{"no reason", "reason", "", "Write a sentence"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := dashboardtest.Story()
			form := url.Values{"base": {"3"}, "off": {"on"}, "because": {"kept as it is"}, "reason": {"r"}, "do": {"save"}}
			form.Set(c.field, c.written)
			w := ask(t, served(d), dashboardtest.Lee, "POST", benchOf+"/change", form.Encode())
			root := parsed(t, w.Body.Bytes())
			if w.Code != http.StatusUnprocessableEntity || len(d.Said()) != 0 {
				t.Fatalf("%d, said %v", w.Code, d.Said())
			}
			slot := byID(root, "f-"+c.field+"-wrong")
			if slot == nil || !strings.Contains(strings.ReplaceAll(text(slot), `"`, "“"), strings.ReplaceAll(c.want, "”", "“")) {
				t.Errorf("beside %s stands %q, want %q", c.field, text(slot), c.want)
			}
			if attr(byID(root, "f-"+c.field), "aria-invalid") != "true" {
				t.Error("the field does not say that it is meant")
			}
			back := filled(t, w.Body.Bytes())
			if back.Get("because") != "kept as it is" || c.field != "stage" && c.field != "review_on" && strings.TrimSpace(back.Get(c.field)) != strings.TrimSpace(c.written) {
				t.Errorf("%q came back as %q, %q", c.written, back.Get(c.field), back.Get("because"))
			}
		})
	}
}

func TestTheMistakesOfAConditionStandBelowTheirColumn(t *testing.T) {
	for _, c := range []struct {
		name, when, line, below string
	}{
		{"in the first line", "ticket.kin == \"bug\"", "ticket.kin == \"bug\"", "       ^"},
		{"in a later line", "ticket.in_flight\n&& ticket.statuss == \"x\"", "&& ticket.statuss == \"x\"", "          ^"},
		{"behind a tab", "ticket.in_flight\n\t&& ticket.statuss == \"x\"", "\t&& ticket.statuss == \"x\"", "\t          ^"},
		{"behind letters that take two bytes", "ticket.title == \"größe\" && ticket.kin == \"x\"", "ticket.title == \"größe\" && ticket.kin == \"x\"", strings.Repeat(" ", 34) + "^"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(t, served(dashboardtest.Story()), dashboardtest.Lee, "POST", benchOf+"/change", url.Values{"base": {"3"}, "off": {"on"}, "when": {c.when}, "do": {"preview"}}.Encode())
			slot := byID(parsed(t, w.Body.Bytes()), "f-when-wrong")
			pre := first(slot, "pre")
			if pre == nil {
				t.Fatalf("%d, and nothing stands below the editor", w.Code)
			}
			var b strings.Builder
			for n := range pre.Descendants() {
				if n.Type == html.TextNode {
					b.WriteString(n.Data)
				}
			}
			if want := c.line + "\n" + c.below; b.String() != want {
				t.Errorf("below it stands\n%s\nwant\n%s", b.String(), want)
			}
			if back := filled(t, w.Body.Bytes()).Get("when"); back != c.when {
				t.Errorf("the condition came back as %q", back)
			}
		})
	}
}

// A condition holds for everybody: an EM tries another and takes the text, and who
// configures saves it.
func TestOnlyWhoConfiguresSavesAnotherCondition(t *testing.T) {
	form := url.Values{"base": {"3"}, "off": {"on"}, "when": {"ticket.kind == \"feature\""}, "reason": {"r"}}
	send := func(who dashboard.Viewer, do string) (int, *dashboardtest.Data, string) {
		d := dashboardtest.Story()
		form.Set("do", do)
		w := ask(t, served(d), who, "POST", benchOf+"/change", form.Encode())
		return w.Code, d, w.Body.String()
	}
	if code, d, _ := send(dashboardtest.Lee, "save"); code != http.StatusUnprocessableEntity || len(d.Said()) != 0 {
		t.Errorf("the EM's is answered with %d, %v", code, d.Said())
	}
	if code, _, page := send(dashboardtest.Lee, "preview"); code != http.StatusOK || !strings.Contains(page, "this would have raised") {
		t.Errorf("the EM cannot try it: %d", code)
	}
	if code, _, page := send(dashboardtest.Lee, "yaml"); code != http.StatusOK || !strings.Contains(page, "ticket.kind") {
		t.Errorf("the EM cannot take it along: %d %s", code, page)
	}
	code, d, _ := send(leeConfigures, "save")
	if draft, _ := d.Draft(t.Context(), "payments", "feature-without-problem"); code != http.StatusSeeOther || draft.When != form.Get("when") {
		t.Errorf("who configures: %d, %q", code, draft.When)
	}
	if r, _ := d.Book().Rule("feature-without-problem"); r.When != form.Get("when") {
		t.Errorf("the rule has %q", r.When)
	}
	// left as it stands it stays, and is nothing the EM may not save
	h := served(d)
	next := filled(t, ask(t, h, dashboardtest.Lee, "GET", benchOf+"/change").Body.Bytes())
	next.Set("reason", "another word")
	next.Set("do", "save")
	if w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/change", next.Encode()); w.Code != http.StatusSeeOther {
		t.Errorf("the EM cannot save the rest: %d", w.Code)
	}
	next = filled(t, ask(t, h, dashboardtest.Lee, "GET", benchOf+"/change").Body.Bytes())
	next.Set("when", "")
	next.Set("reason", "the condition was emptied by mistake")
	next.Set("do", "save")
	if w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/change", next.Encode()); w.Code != http.StatusSeeOther {
		t.Errorf("an empty condition is taken for another one: %d", w.Code)
	}
	if draft, _ := d.Draft(t.Context(), "payments", "feature-without-problem"); draft.When != form.Get("when") {
		t.Errorf("the condition became %q", draft.When)
	}
}

func TestWhoeverSavesLaterSeesWhatTheOtherChanged(t *testing.T) {
	d := dashboardtest.Story()
	h := served(d)
	mine := filled(t, ask(t, h, dashboardtest.Lee, "GET", benchOf+"/change").Body.Bytes())
	theirs := url.Values{"base": {"3"}, "off": {"on"}, "settings.min_chars": {"60"}, "reason": {"less is enough"}, "do": {"save"}}
	if w := ask(t, h, dashboardtest.Sam, "POST", benchOf+"/change", theirs.Encode()); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	mine.Set("settings.min_chars", "200")
	mine.Set("reason", "more is better")
	mine.Set("do", "save")
	w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/change", mine.Encode())
	page := text(parsed(t, w.Body.Bytes()))
	if w.Code != http.StatusConflict || !strings.Contains(page, "less is enough") || !strings.Contains(page, "Min chars20060") {
		t.Fatalf("%d %s", w.Code, page)
	}
	again := filled(t, w.Body.Bytes())
	if again.Get("settings.min_chars") != "200" || again.Get("reason") != "more is better" || again.Get("base") != "5" {
		t.Fatalf("it came back as %v", again)
	}
	again.Set("do", "save")
	if w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/change", again.Encode()); w.Code != http.StatusSeeOther {
		t.Errorf("sent again: %d", w.Code)
	}
	if draft, _ := d.Draft(t.Context(), "payments", "feature-without-problem"); draft.Settings["min_chars"] != "200" {
		t.Errorf("%+v holds", draft)
	}
}

func TestWhatTheOrganisationPinsIsReadAndNotWritten(t *testing.T) {
	d := dashboardtest.Story()
	h := served(d)
	const pinned = "/agreements/feature-without-problem/change"
	w := ask(t, h, dashboardtest.Pat, "POST", pinned, "base=0&off=on&settings.min_chars=100&pin=settings.min_chars&pin=stage&reason=one+measure+for+all&do=save")
	if w.Code == http.StatusSeeOther {
		t.Fatal("a pin that goes against a team was saved: the story is another one")
	}
	if page := text(parsed(t, w.Body.Bytes())); w.Code != http.StatusUnprocessableEntity || !strings.Contains(page, "pinned") {
		t.Fatalf("%d %s", w.Code, page)
	}
	for _, c := range []struct{ team, rule string }{{"payments", "decision-not-recorded"}} {
		if w := ask(t, h, dashboardtest.Pat, "POST", "/agreements/"+c.rule+"/change", "base=0&off=on&promise=Decisions+leave+a+trace&stage=remind&settings.min_chars=50&pin=settings.min_chars&pin=stage&reason=one+measure&do=save"); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
		target := "/teams/" + c.team + "/agreements/" + c.rule + "/change"
		root := parsed(t, ask(t, h, dashboardtest.Lee, "GET", target).Body.Bytes())
		if byID(root, "f-settings.min_chars") != nil || byID(root, "f-stage") != nil || !strings.Contains(text(root), "50 charactersPinned by the organisation; said by the organisation in revision 5.") {
			t.Errorf("what is pinned can be filled in: %s", text(root))
		}
		form := filled(t, ask(t, h, dashboardtest.Lee, "GET", target).Body.Bytes())
		form.Set("settings.min_chars", "10") // nobody's form holds it
		form.Set("stage", "watch")
		form.Set("ask", "Why was it decided?")
		form.Set("reason", "r")
		form.Set("do", "save")
		if w := ask(t, h, dashboardtest.Lee, "POST", target, form.Encode()); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, text(parsed(t, w.Body.Bytes())))
		}
		draft, _ := d.Draft(t.Context(), c.team, c.rule)
		if draft.Settings["min_chars"] != "" || draft.Stage != "" || draft.Ask != "Why was it decided?" {
			t.Errorf("%+v was saved", draft)
		}
	}
}

// bent is a workbench that previews what a test wants.
type bent struct {
	*dashboardtest.Data
	preview func(dashboard.AgreementDraft) (dashboard.Preview, error)
}

func (b bent) Preview(_ context.Context, d dashboard.AgreementDraft) (dashboard.Preview, error) {
	return b.preview(d)
}

func servedBy(b bent) http.Handler {
	return dashboard.New(dashboard.Options{Data: b.Data, Changes: b.Data, Workbench: b, Now: nowOfStory})
}

func sampled(team string, tells ...finding.Audience) dashboard.Preview {
	p := dashboard.Preview{Raised: 7, Open: 2, Weeks: []dashboard.PreviewWeek{{Week: "2026-W45"}, {Week: "2026-W46"}, {Week: "now", Open: 2}}}
	for _, tell := range tells {
		p.Samples = append(p.Samples, dashboard.Sample{Key: "KEY-" + string(tell), Title: "t", Team: team, Tell: tell, Text: "r", Open: true})
	}
	return p
}

func TestAPreviewShowsWhatTheViewerMaySee(t *testing.T) {
	all := []finding.Audience{finding.ForEM, finding.ForEMPM, finding.ForTeam, finding.ForOrg}
	for _, c := range []struct {
		name, target, team string
		who                dashboard.Viewer
		form               string
		shown              string // of the samples
		numbers            bool
		says               string
	}{
		{"the EM sees all", benchOf, "payments", dashboardtest.Lee, "", "em em-pm team org", true, ""},
		{"the PM does not see what is for the EM alone", benchOf, "payments", dashboardtest.Sam, "", "em-pm team org", true, "1 example is not for you to see."},
		{"the PM is told nothing of a rule for the EM", "/teams/payments/agreements/assigned-bypassing-em", "payments", dashboardtest.Sam, "", "", false, "told to the EM alone, and so is its preview"},
		{"nor where only the draft tells the EM alone", benchOf, "payments", dashboardtest.Sam, "&tell=em", "", false, "told to the EM alone"},
		{"who configures and is in no team sees numbers, and no findings", "/agreements/feature-without-problem", "payments", dashboardtest.Pat, "", "", true, "4 examples are not for you to see."},
		{"work of nobody's is nobody's to see", benchOf, "", dashboardtest.Lee, "", "", true, "4 examples are not for you to see."},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := servedBy(bent{dashboardtest.Story(), func(dashboard.AgreementDraft) (dashboard.Preview, error) { return sampled(c.team, all...), nil }})
			w := ask(t, h, c.who, "POST", c.target+"/preview", "base=0&off=on"+c.form)
			page := w.Body.String()
			var shown []string
			for _, a := range all {
				if strings.Contains(page, "KEY-"+string(a)+"<") {
					shown = append(shown, string(a))
				}
			}
			if got := strings.Join(shown, " "); got != c.shown {
				t.Errorf("shown are %q, want %q", got, c.shown)
			}
			if got := strings.Contains(page, "raised 7 exceptions"); got != c.numbers || strings.Contains(page, "<figure") != c.numbers {
				t.Errorf("numbers are told: %v", got)
			}
			if !strings.Contains(page, c.says) {
				t.Errorf("it does not say %q: %s", c.says, page)
			}
		})
	}
}

func TestAPreviewThatCannotBeMadeIsSaidCalmly(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"it took too long", &dashboard.Refusal{Text: "it took longer than 10 seconds"}, "It took longer than 10 seconds. It can be saved all the same."},
		{"something is wrong with us", errors.New("database is locked"), "could not be made just now"},
		{"something is wrong with the draft", dashboard.Mistakes{{Field: "settings.nothing", Text: "there is no such setting"}}, "There is no such setting."},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := servedBy(bent{dashboardtest.Story(), func(dashboard.AgreementDraft) (dashboard.Preview, error) { return dashboard.Preview{}, c.err }})
			for _, target := range []string{"/preview", "/change"} {
				w := ask(t, h, dashboardtest.Lee, "POST", benchOf+target, tried+"&do=preview")
				if w.Code >= 500 || !strings.Contains(w.Body.String(), c.want) || strings.Contains(w.Body.String(), "locked") {
					t.Errorf("%s: %d, want %q in %s", target, w.Code, c.want, w.Body)
				}
			}
		})
	}
}

func TestWhereAgreementsAreKeptElsewhereNothingIsSavedAndEverythingTried(t *testing.T) {
	d := dashboardtest.Story()
	d.KeptIn = "the repository acme/agreements"
	h := served(d)
	page := ask(t, h, dashboardtest.Lee, "GET", benchOf+"/change").Body.String()
	if strings.Contains(page, `value="save"`) || !strings.Contains(page, "acme/agreements") {
		t.Error("the form offers to save")
	}
	for target, form := range map[string]string{"/change": tried + "&reason=r&do=save", "/revisions/1": "reason=r&confirmed=yes"} {
		if w := ask(t, h, dashboardtest.Lee, "POST", benchOf+target, form); w.Code != http.StatusConflict || len(d.Said()) != 0 {
			t.Errorf("%s: %d, %v", target, w.Code, d.Said())
		}
	}
	w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/change", tried+"&settings.min_chars=150&do=text")
	if page := text(parsed(t, w.Body.Bytes())); !strings.Contains(page, "+ min_chars: 150") || !strings.Contains(page, "teams/payments.yaml") {
		t.Errorf("there is no patch: %s", page)
	}
	if w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/preview", tried); !strings.Contains(w.Body.String(), "this would have raised") {
		t.Error("nothing can be tried")
	}
}

func TestTheTextComesAsAFile(t *testing.T) {
	h := served(dashboardtest.Story())
	for _, w := range []struct{ method, target, form string }{{"GET", benchOf + "/agreement.yaml", ""}, {"POST", benchOf + "/change", tried + "&settings.min_chars=120&do=yaml"}} {
		var form []string
		if w.form != "" {
			form = []string{w.form}
		}
		got := ask(t, h, dashboardtest.Lee, w.method, w.target, form...)
		if got.Header().Get("Content-Disposition") != "attachment; filename=payments-feature-without-problem.yaml" || !strings.HasPrefix(got.Header().Get("Content-Type"), "application/yaml") {
			t.Errorf("%s comes as %v", w.target, got.Header())
		}
		if !strings.Contains(got.Body.String(), "rule: feature-without-problem\n") || !strings.Contains(got.Body.String(), "min_chars: 120\n") {
			t.Errorf("%s holds %s", w.target, got.Body)
		}
	}
}

func TestGoingBackIsShownFirstAndThenDone(t *testing.T) {
	d := dashboardtest.Story()
	h := served(d)
	w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/revisions/1", "reason=it+asks+for+too+much")
	page := text(parsed(t, w.Body.Bytes()))
	if w.Code != http.StatusOK || len(d.Said()) != 0 || !strings.Contains(page, "This would let revision 1 hold again.") || !strings.Contains(page, "min_chars 80 → 120") {
		t.Fatalf("%d %v %s", w.Code, d.Said(), page)
	}
	form := filled(t, w.Body.Bytes())
	if w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/revisions/1", form.Encode()); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	draft, _ := d.Draft(t.Context(), "payments", "feature-without-problem")
	if draft.Settings["min_chars"] != "80" || draft.Base != 5 {
		t.Errorf("%+v holds", draft)
	}
	if page := text(parsed(t, ask(t, h, dashboardtest.Mina, "GET", benchOf+"/revisions").Body.Bytes())); !strings.Contains(page, "as revision 1 had it") || strings.Contains(page, "Let this hold again") {
		t.Errorf("a member reads %s", page)
	}
}

func TestAFormIsBounded(t *testing.T) {
	d := dashboardtest.Story()
	h := served(d)
	if w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/change", tried+"&reason=r&do=save&because="+strings.Repeat("x", 70<<10)); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 70 kB is answered with %d", w.Code)
	}
	if w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/preview", tried+"&when="+strings.Repeat("(", 5000)); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "mended") {
		t.Errorf("a condition that is too deep: %d %s", w.Code, w.Body)
	}
	if len(d.Said()) != 0 {
		t.Errorf("something was saved: %v", d.Said())
	}
}

func TestTheWordsOfAConditionMayBeKeptForGood(t *testing.T) {
	w := ask(t, served(dashboardtest.Story()), dashboardtest.Mina, "GET", named.Replace("/rules/date-imposed/words/WORDS"))
	var words []rules.Word
	if err := json.Unmarshal(w.Body.Bytes(), &words); err != nil || len(words) < 100 || w.Header().Get("Cache-Control") != "private, max-age=31536000, immutable" {
		t.Errorf("%v, %d words, %v", err, len(words), w.Header())
	}
}

func TestWithoutAWorkbenchThereIsNoPageAndNoLink(t *testing.T) {
	d := dashboardtest.Story()
	h := dashboard.New(dashboard.Options{Data: d, Changes: d, Now: nowOfStory})
	for _, target := range []string{"/change", "/revisions", "/agreement.yaml"} {
		if w := ask(t, h, dashboardtest.Lee, "GET", benchOf+target); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	if page := ask(t, h, dashboardtest.Lee, "GET", benchOf).Body.String(); strings.Contains(page, "/change") {
		t.Error("the agreement leads to a page that there is not")
	}
}

func TestAnExperimentThatBeginsHasItsPage(t *testing.T) {
	d := dashboardtest.Story()
	h := served(d)
	w := ask(t, h, dashboardtest.Lee, "POST", "/experiments", "team=payments&name=Pairing+on+reviews&hypothesis=Reviews+wait+less&measure=open&expect=down+by+half&start=2026-11-18&end=2027-01-15")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	w = ask(t, h, dashboardtest.Lee, "GET", w.Header().Get("Location"))
	page := text(parsed(t, w.Body.Bytes()))
	for _, want := range []string{"The experiment is kept.", "Pairing on reviews: too little data so far.", "18 November to 15 January 2027", "Open exceptions: down by half"} {
		if !strings.Contains(page, want) {
			t.Errorf("its page lacks %q: %s", want, page)
		}
	}
	golden(t, "experiment-begun.html", hashes.ReplaceAll(w.Body.Bytes(), []byte("/assets/HASH/")))
	if page := ask(t, h, dashboardtest.Lee, "GET", "/experiments").Body.String(); !strings.Contains(page, "Pairing on reviews") {
		t.Error("it is not in the list")
	}
}
