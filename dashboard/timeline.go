package dashboard

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/ticket"
)

// mostMoments is how much of a ticket's history a page tells; the tracker has the
// rest.
const mostMoments = 120

// timelineOf is what happened to a ticket, oldest first, and when the finding came
// and went. earlier is how many moments are not told.
func timelineOf(t *ticket.Ticket, f *finding.Finding, c clock) (out []moment, earlier int) {
	out = append(out, moment{At: t.Created, Who: nameOfAccount(t.Creator), Text: "created it", Kind: "change"})
	for i := range t.History {
		if h := &t.History[i]; h.Field != ticket.FieldOther {
			out = append(out, moment{At: h.At, Who: nameOfAccount(h.Actor), Text: changeText(h), Kind: "change"})
		}
	}
	for i := range t.Comments {
		out = append(out, moment{At: t.Comments[i].Created, Who: nameOfAccount(t.Comments[i].Author), Text: "commented", Said: reports.Clean(t.Comments[i].Text, textLength), Kind: "change"})
	}
	for _, s := range f.Spans {
		out = append(out, moment{At: s.From, Text: "this was noticed", Kind: "noticed"})
		if !s.To.IsZero() {
			out = append(out, moment{At: s.To, Text: "this was " + cmp.Or(stateWords[s.End], "closed"), Kind: "noticed"})
		}
	}
	slices.SortStableFunc(out, func(a, b moment) int { return a.At.Compare(b.At) })
	markEvidence(out, f)
	if earlier = len(out) - mostMoments; earlier > 0 {
		out = out[earlier:]
	}
	for i := range out {
		out[i].Day = c.moment(out[i].At)
	}
	return out, max(earlier, 0)
}

// markEvidence points out the moments that the finding rests on.
func markEvidence(all []moment, f *finding.Finding) {
	at := map[time.Time]bool{}
	for _, e := range f.Evidence {
		if !e.At.IsZero() {
			at[e.At.UTC().Truncate(time.Second)] = true
		}
	}
	for i := range all {
		if all[i].Kind == "change" && at[all[i].At.UTC().Truncate(time.Second)] {
			all[i].Kind = "evidence"
		}
	}
}

func nameOfAccount(a ticket.Account) string { return clean(cmp.Or(a.Name, a.Email, a.ID, "somebody")) }

// fieldWords are what fields are called.
var fieldWords = map[ticket.Field]string{
	ticket.FieldStatus: "the status", ticket.FieldAssignee: "who it is assigned to", ticket.FieldSprint: "the sprint", ticket.FieldPriority: "the priority",
	ticket.FieldEstimate: "the estimate", ticket.FieldDue: "the due date", ticket.FieldType: "the type", ticket.FieldKind: "the kind", ticket.FieldParent: "the parent",
	ticket.FieldContainer: "what holds it", ticket.FieldLink: "a link", ticket.FieldLabel: "the labels", ticket.FieldComponent: "the components",
	ticket.FieldProject: "the project", ticket.FieldTeam: "the team", ticket.FieldTitle: "the title", ticket.FieldDescription: "the description",
}

// changeText tells a change: "changed the status from To do to In progress".
func changeText(h *ticket.Change) string {
	what := fieldWords[h.Field]
	if h.Field == ticket.FieldDescription {
		return "edited " + what
	}
	from, to := valueText(h.From), valueText(h.To)
	switch {
	case h.Field == ticket.FieldAssignee && to != "":
		return "assigned it to " + to
	case h.Field == ticket.FieldAssignee:
		return "took the assignment away"
	case from != "" && to != "":
		return "changed " + what + " from " + from + " to " + to
	case to != "":
		return "set " + what + " to " + to
	case from != "":
		return "took " + from + " away from " + what
	}
	return "changed " + what
}

func valueText(all []ticket.Value) string {
	var out []string
	for _, one := range all {
		if s := clean(cmp.Or(strings.TrimSpace(one.Text), one.ID)); s != "" {
			out = append(out, "“"+s+"”")
		}
	}
	if len(out) > 3 {
		out = append(out[:3:3], inWords(len(out)-3)+" more")
	}
	return enumerate(out)
}
