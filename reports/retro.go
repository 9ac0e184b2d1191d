package reports

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/trends"
)

// standingQuestion closes every team's report.
const standingQuestion = "What could we have done better?"

// mostStarters is how many conversation starters stand beside the question.
const mostStarters = 3

// retro is one question about this week, with a few neutral starters. Both are
// made from what the whole team may see, for whomever the report is.
func (v *view) retro(r *Report, by map[fate][]*finding.Finding) *Retro {
	var all []string
	add := func(s string) {
		if s != "" {
			all = append(all, s)
		}
	}
	add(v.askAgain(by[reopened]))
	add(v.askNew(by[fresh]))
	add(v.askOpen(r.StillOpen))
	add(v.askSlip())
	add(askTrial(r.Experiments))
	add(askSettled(r.Counts.Settled))
	add(askShipped(r.Shipped))
	add(askNumber(r.Numbers))
	if len(all) == 0 {
		return &Retro{Standing: standingQuestion}
	}
	return &Retro{Question: all[0], Starters: all[1:min(1+mostStarters, len(all))], Standing: standingQuestion}
}

func (v *view) askAgain(fs []*finding.Finding) string {
	if len(fs) == 0 {
		return ""
	}
	slices.SortFunc(fs, bySubject)
	return quoted(v.promise(fs[0])) + " came up again after it had closed. What would make it easier to keep?"
}

// askNew is about the gravest of what is new.
func (v *view) askNew(fs []*finding.Finding) string {
	if len(fs) == 0 {
		return ""
	}
	f := slices.MinFunc(fs, func(a, b *finding.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), v.bySince(a, b))
	})
	s := subjectOf(&f.Subject)
	if f.Subject.Kind == finding.AboutTicket {
		return "What could we have done better in how " + isolated(cmp.Or(s.Key, s.Title, "this work")) + " came about?"
	}
	return "What could we have done better about " + textSubject(Item{Subject: s}) + "?"
}

// askOpen is about the agreement with the most open, where that is a pattern.
func (v *view) askOpen(s StillOpen) string {
	if len(s.Lines) == 0 || s.Lines[0].Now < 2 {
		return ""
	}
	l := s.Lines[0]
	return fmt.Sprintf("%s has %s open. Is it still what we want to promise each other, and what stands in its way?", quoted(l.Promise), inWords(l.Now))
}

func (v *view) askSlip() string {
	all, _ := TellSlipped(v.in.Slipped)
	if len(all) == 0 {
		return ""
	}
	return isolated(cmp.Or(clean(all[0].Key, nameLength), "Some work")) + " moved later. What would it have needed, and when could we have seen it?"
}

func askTrial(all []Trial) string {
	if len(all) == 0 {
		return ""
	}
	return quoted(all[0].Name) + ": what do we notice so far, beside the number?"
}

func askSettled(n int) string {
	if n < 2 {
		return ""
	}
	return upperFirst(inWords(n)) + " exceptions settled this week. What helped?"
}

func askShipped(s Shipped) string {
	if len(s.Items) == 0 {
		return ""
	}
	i := s.Items[0]
	return "What did we learn from " + isolated(cmp.Or(i.Subject.Key, i.Subject.Title, "what was shipped")) + "?"
}

func askNumber(all []Number) string {
	for _, n := range all {
		if n.Measure != trends.AwarenessHours { // that one is the EM's alone
			return n.Text + " What was behind that?"
		}
	}
	return ""
}
