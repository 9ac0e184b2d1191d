package dashboard

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/ticket"
)

const (
	// longestReason is how much somebody may write, in characters.
	longestReason = 2000
	// longestWaiver is how many days a waiver may last: a year's plan, and short
	// enough that somebody looks at it again.
	longestWaiver = 366
	// usualWaiver is what the form proposes.
	usualWaiver = 42
	mostLabels  = 8
)

// forms are what who answers for the team can say to a finding.
func (v *visit) forms(f *finding.Finding, t *org.Team, written *changeForms, wrong map[string]string) *changeForms {
	today := v.now.In(v.clock(t).loc)
	out := &changeForms{Until: today.AddDate(0, 0, usualWaiver).Format(time.DateOnly)}
	if written != nil {
		*out = *written
	}
	out.Answered = f.State == finding.Answered
	out.Earliest, out.Latest = today.Format(time.DateOnly), today.AddDate(0, 0, longestWaiver).Format(time.DateOnly)
	out.Errors = wrong
	chosen := v.r.PostFormValue("scope")
	for i, o := range scopes(f) {
		o.Here = o.Value == chosen || chosen == "" && i == 0
		out.Scopes = append(out.Scopes, o)
	}
	return out
}

// scopes are what a waiver given from a finding can cover.
func scopes(f *finding.Finding) []option {
	out := []option{{Value: "finding", Text: "This finding alone"}}
	if f.Subject.Kind == finding.AboutTicket {
		out = append(out, option{Value: "ticket", Text: "Everything about " + clean(f.Subject.Key)})
	}
	for i, label := range f.Labels {
		if i < mostLabels {
			out = append(out, option{Value: "label:" + label, Text: "This rule, on every ticket labelled “" + clean(label) + "”"})
		}
	}
	return out
}

// scopeOf reads the form's choice; false when the finding offers none like it.
func scopeOf(f *finding.Finding, choice string) (finding.Scope, bool) {
	offered := false
	for _, o := range scopes(f) {
		offered = offered || o.Value == choice
	}
	label, ofLabel := strings.CutPrefix(choice, "label:")
	switch {
	case !offered:
		return finding.Scope{}, false
	case ofLabel:
		return finding.Scope{Rule: f.Rule, Label: label}, true
	case choice == "ticket":
		return finding.Scope{Ticket: finding.TicketScope{Source: f.Subject.Source, ID: f.Subject.ID, Key: f.Subject.Key}}, true
	}
	return finding.Scope{Finding: f.ID}, true
}

// reason reads what somebody wrote; the second text says what is wrong with it.
func (v *visit) reason() (string, string) { return checkedReason(v.r.PostFormValue("reason")) }

func checkedReason(written string) (string, string) {
	s := strings.TrimSpace(strings.ToValidUTF8(written, ""))
	switch {
	case s == "":
		return "", "Write a sentence, so that whoever reads this later knows why."
	case utf8.RuneCountInString(s) > longestReason:
		return s, "That is more than " + number(longestReason) + " characters; the tracker is a better place for so much."
	}
	return s, ""
}

// until reads up to which day a waiver holds, and gives when that day ends.
func (v *visit) until(loc *time.Location) (time.Time, string) {
	return v.checkedUntil(v.r.PostFormValue("until"), loc)
}

func (v *visit) checkedUntil(written string, loc *time.Location) (time.Time, string) {
	written = strings.TrimSpace(written)
	d, err := ticket.ParseDate(written)
	if err != nil || written == "" {
		return time.Time{}, "Choose the last day on which it holds, like " + v.now.In(loc).AddDate(0, 0, usualWaiver).Format(time.DateOnly) + "."
	}
	end := d.In(loc).AddDate(0, 0, 1)
	switch {
	case !end.After(v.now):
		return end, "That day is over. Choose today or a later day."
	case end.After(v.now.In(loc).AddDate(0, 0, longestWaiver+1)):
		return end, "Choose a day within a year. A waiver can be renewed when its end comes near."
	}
	return end.UTC(), ""
}

// answer keeps that it is done on purpose.
func (v *visit) answer() error {
	reason, wrong := v.reason()
	if wrong != "" {
		return v.findingWith(http.StatusUnprocessableEntity, &changeForms{Reason: reason}, map[string]string{"answer": wrong})
	}
	return v.said(v.s.Changes.Answer(v.r.Context(), v.viewer, v.found.ID, reason), "answered", &changeForms{Reason: reason})
}

// takeBack takes the answer back.
func (v *visit) takeBack() error {
	reason, wrong := v.reason()
	if wrong != "" {
		return v.findingWith(http.StatusUnprocessableEntity, &changeForms{Reason: reason}, map[string]string{"answer": wrong})
	}
	return v.said(v.s.Changes.TakeBack(v.r.Context(), v.viewer, v.found.ID, reason), "taken-back", &changeForms{Reason: reason})
}

// said goes back to the finding, or shows what stands in the way beside the form.
func (v *visit) said(err error, word string, written *changeForms) error {
	var r *Refusal
	if errors.As(err, &r) {
		return v.findingWith(http.StatusUnprocessableEntity, written, map[string]string{cmp.Or(r.Field, "answer"): reports.Clean(r.Text, textLength)})
	}
	if err != nil {
		return err
	}
	return v.seeOther(findingHref(v.found.ID) + "?done=" + word)
}

// waivePage shows what a waiver would cover before it is saved.
type waivePage struct {
	Headline string
	Back     link
	Action   string
	Covers   string
	Until    string // for people
	Day      string
	Scope    string
	Reason   string
	Items    []item
	More     int
	Refused  string // why it cannot be saved; empty when it can
}

// waive shows the breadth of a waiver and, once that is confirmed, gives it.
func (v *visit) waive() error {
	f := v.found
	t, _ := v.dir.Team(f.Team)
	c := v.clock(t)
	wrong := map[string]string{}
	scope, offered := scopeOf(f, v.r.PostFormValue("scope"))
	if !offered {
		wrong["scope"] = "Choose what it covers."
	}
	reason, text := v.reason()
	if text != "" {
		wrong["waive"] = text
	}
	end, text := v.until(c.loc)
	if text != "" {
		wrong["until"] = text
	}
	written := &changeForms{Reason: reason, Until: clean(v.r.PostFormValue("until"))}
	if len(wrong) > 0 {
		return v.findingWith(http.StatusUnprocessableEntity, written, wrong)
	}
	b, refused, err := v.breadthOf(scope)
	if err != nil {
		return err
	}
	if v.r.PostFormValue("confirmed") == "yes" && refused == "" {
		err := v.s.Changes.Waive(v.r.Context(), v.viewer, scope, reason, end)
		var r *Refusal
		if errors.As(err, &r) {
			return v.findingWith(http.StatusUnprocessableEntity, written, map[string]string{cmp.Or(r.Field, "waive"): reports.Clean(r.Text, textLength)})
		}
		return v.said(err, "waived", written)
	}
	return v.confirm(b, refused, scope, reason, end, c)
}

func (v *visit) confirm(b Breadth, refused string, scope finding.Scope, reason string, end time.Time, c clock) error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	last := end.In(c.loc).AddDate(0, 0, -1)
	p := waivePage{
		Headline: breadthText(b), Back: link{findingHref(v.found.ID), "Back to the finding"}, Action: findingHref(v.found.ID) + "/waive", Covers: scopeText(v, scope),
		Until: last.Format("Monday, 2 January 2006"), Day: last.Format(time.DateOnly), Scope: v.r.PostFormValue("scope"), Reason: reason,
		Items: v.items(l, b.Shown), Refused: refused,
	}
	p.More = b.Open - len(p.Items)
	return v.show("waive", v.frame("Waive"), p)
}

const shownOfBreadth = 10

// breadthOf is what a waiver would cover, and why the viewer may not give it: it
// would reach into the work of teams that are not theirs.
func (v *visit) breadthOf(scope finding.Scope) (Breadth, string, error) {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return Breadth{}, "", err
	}
	w := finding.Waiver{Scope: scope}
	b := l.CoveredBy(&w, func(f *finding.Finding) bool { return v.access.SeesAudience(f.Team, f.Audience) }, shownOfBreadth)
	if !v.changesTeams(b.Teams) && !v.access.Configures() {
		return b, "It would also cover work of teams that are not yours to answer for. Choose something narrower, or ask somebody who configures fairlead.", nil
	}
	return b, "", nil
}

func breadthText(b Breadth) string {
	switch b.Open {
	case 0:
		return "This would hold back nothing that is open now."
	case 1:
		return "This would hold back 1 open finding."
	}
	return "This would hold back " + number(b.Open) + " open findings."
}

// scopeText says what a waiver covers.
func scopeText(v *visit, s finding.Scope) string {
	switch {
	case s.Ticket.ID != "":
		return "everything about " + clean(cmp.Or(s.Ticket.Key, s.Ticket.ID))
	case s.Rule != "":
		return "“" + lowerFirst(v.ruleTitle(s.Rule)) + "” on tickets labelled “" + clean(s.Label) + "”"
	}
	return "this finding alone"
}

// breadth answers the form while somebody fills it in.
func (v *visit) breadth() error {
	scope, offered := scopeOf(v.found, v.query("scope"))
	if !offered {
		return notThere
	}
	b, refused, err := v.breadthOf(scope)
	if err != nil {
		return err
	}
	text := breadthText(b)
	if refused != "" {
		text += " " + refused
	}
	body, err := json.Marshal(map[string]any{"text": text, "open": b.Open, "allowed": refused == ""})
	if err != nil {
		return err
	}
	v.send(http.StatusOK, "application/json", body)
	return nil
}

// vote keeps what the viewer thinks of a finding.
func (v *visit) vote() error {
	vote := Vote(v.r.PostFormValue("vote"))
	if vote != NoVote && vote != Useful && vote != NotUseful {
		return problem{Status: http.StatusUnprocessableEntity, Title: "That is no vote", Text: "Nothing was changed. Say useful or not useful.", Next: link{findingHref(v.found.ID), "Back to the finding"}}
	}
	return v.said(v.s.Changes.Vote(v.r.Context(), v.viewer, v.found.ID, vote), "voted", nil)
}
