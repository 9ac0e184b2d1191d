package dashboard

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/fairlead-dev/fairlead/reports"
)

// revisionsPage is how an agreement changed, with a way back.
type revisionsPage struct {
	Headline string
	Lead     string
	Back     link
	Kept     string
	Rows     []pastRow
	Goes     bool // the viewer may go back
	Reason   string
	Wrong    string
	WrongAt  int64
	Empty    *empty
}

// pastRow is a revision, and whether it can hold again.
type pastRow struct {
	revisionRow
	Number int64
	Action string // where its form goes to; empty where there is no way back to it
	Now    bool   // it holds today
	Files  bool   // it is what the files say
}

// goBackPage shows what going back means before it is done.
type goBackPage struct {
	Headline string
	Back     link
	Action   string
	Reason   string
	To       pastRow
	Undone   []revisionRow // what is no longer so afterwards
}

// revisions lists how an agreement changed.
func (v *visit) revisions() error { return v.revisionsWith(http.StatusOK, -1, "", "") }

func (v *visit) revisionsWith(status int, at int64, reason, wrong string) error {
	b, err := v.bench()
	if err != nil {
		return err
	}
	p := revisionsPage{Back: link{b.href(), reports.Clean(b.holds.Promise, titleLength)}, Kept: b.kept, Goes: b.kept == "" && b.access.Changes(b.id), Reason: reason, Wrong: wrong, WrongAt: at}
	if p.Rows, err = b.past(); err != nil {
		return err
	}
	p.Headline = "This agreement changed " + times(len(p.Rows)) + "."
	if len(p.Rows) > 0 && p.Rows[len(p.Rows)-1].Files {
		p.Headline = "This agreement changed " + times(len(p.Rows)-1) + "."
	}
	if len(p.Rows) == 0 {
		p.Headline = "Nobody has changed this agreement yet."
		p.Empty = &empty{Title: "Every change is kept", Text: "Who changed what, when and why stands here, and whatever held once can hold again.", Next: link{b.href(), "The agreement as it is"}}
	}
	if p.Goes && len(p.Rows) > 1 {
		p.Lead = "Going back is a change as well: it gets a revision of its own, and nothing is lost."
	}
	return v.render(status, "revisions", v.frame("Revisions: "+reports.Clean(b.holds.Rule.Title, titleLength)), p)
}

// past are the revisions, the latest first, and at the end what the files say.
func (b *bench) past() ([]pastRow, error) {
	history, err := b.history()
	if err != nil {
		return nil, err
	}
	goes := b.kept == "" && b.access.Changes(b.id)
	var now int64 // the latest of them holds
	for i := range history {
		now = max(now, history[i].Number)
	}
	action := func(n int64) string {
		if !goes || n == now {
			return ""
		}
		return b.href() + "/revisions/" + strconv.FormatInt(n, 10)
	}
	var out []pastRow
	numbered := false
	for i := range history {
		r := &history[i]
		row := pastRow{revisionRow: b.revisionRow(r), Number: r.Number, Now: r.Number > 0 && r.Number == now}
		if r.Number > 0 {
			row.Action, numbered = action(r.Number), true
		}
		out = append(out, row)
	}
	if numbered {
		out = append(out, pastRow{revisionRow: revisionRow{Who: "from a file", Text: "what the files say, or else as it ships"}, Action: action(0), Files: true})
	}
	return out, nil
}

// goBack shows what going back means and, once that is confirmed, goes.
func (v *visit) goBack() error {
	b, err := v.bench()
	if err != nil {
		return err
	}
	rows, to, err := b.asked()
	if err != nil {
		return err
	}
	reason, wrong := v.reason()
	if wrong != "" {
		return v.revisionsWith(http.StatusUnprocessableEntity, to.Number, reason, wrong)
	}
	if v.r.PostFormValue("confirmed") != "yes" {
		return b.confirmBack(rows, to, reason)
	}
	err = v.s.Workbench.RollBack(v.r.Context(), v.viewer, b.id, b.holds.Rule.ID, to.Number, reason)
	var refusal *Refusal
	var mistakes Mistakes
	switch {
	case err == nil:
		return v.seeOther(b.href() + "?done=rolled-back")
	case errors.As(err, &refusal):
		return v.revisionsWith(http.StatusUnprocessableEntity, to.Number, reason, reports.Clean(refusal.Text, textLength))
	case errors.As(err, &mistakes):
		return v.revisionsWith(http.StatusUnprocessableEntity, to.Number, reason, "It cannot hold any more as it was: "+lowerFirst(mistakeText(mistakes[0])))
	case errors.Is(err, ErrChanged):
		return v.revisionsWith(http.StatusConflict, to.Number, reason, "Somebody else changed it meanwhile. Look at what they did, and go back again if you still want to.")
	}
	return err
}

// asked is the past of the agreement, and the revision of it in the address, which one
// can go back to.
func (b *bench) asked() (rows []pastRow, to *pastRow, err error) {
	if b.kept != "" {
		return nil, nil, agreementsElsewhere(b.kept, b.href())
	}
	if rows, err = b.past(); err != nil {
		return nil, nil, err
	}
	n, err := strconv.ParseInt(b.r.PathValue("number"), 10, 64)
	for i := range rows {
		if r := &rows[i]; err == nil && r.Action != "" && r.Number == n && (n > 0 || r.Files) {
			return rows, r, nil
		}
	}
	return nil, nil, notThere
}

func (b *bench) confirmBack(rows []pastRow, to *pastRow, reason string) error {
	p := goBackPage{Headline: "This would let revision " + number(int(to.Number)) + " hold again.", Back: link{b.href() + "/revisions", "All revisions"}, Action: to.Action, Reason: reason, To: *to}
	if to.Files {
		p.Headline = "This would let hold again what the files say."
	}
	for i := range rows {
		if r := &rows[i]; r.Number > to.Number {
			p.Undone = append(p.Undone, r.revisionRow)
		}
	}
	return b.show("goback", b.frame("Go back"), p)
}

func agreementsElsewhere(where, href string) problem {
	return problem{Status: http.StatusConflict, Title: "Agreements are kept in " + where, Text: "Nothing was changed here. Change it there; it holds as soon as that is read.", Next: link{href, "See the agreement"}}
}
