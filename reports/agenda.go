package reports

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// How long the agenda is.
const (
	mostTopics   = 6
	mostSubjects = 5
)

// agenda is for the EM and PM's next talk: what only the two see, work that slipped,
// waivers and experiments that end; each with why now.
func (v *view) agenda() []Topic {
	if v.in.Reader != finding.ForEMPM {
		return nil
	}
	out := v.pairTopics()
	if t, some := v.slipTopic(); some {
		out = append(out, t)
	}
	if t, some := v.endingTopic(); some {
		out = append(out, t)
	}
	out = append(out, v.trialTopics()...)
	return out[:min(mostTopics, len(out))]
}

// pairTopics are the open findings of the pair, a topic for each agreement, the
// oldest first.
func (v *view) pairTopics() []Topic {
	open := slices.DeleteFunc(v.forWhom(finding.ForEMPM), func(f *finding.Finding) bool { return !f.OpenAt(v.asOf) })
	slices.SortFunc(open, v.bySince)
	var out []Topic
	for len(open) > 0 {
		rule := open[0].Rule
		var of []*finding.Finding
		of, open = partition(open, func(f *finding.Finding) bool { return f.Rule == rule })
		out = append(out, v.pairTopic(of))
	}
	return out
}

func partition[T any](all []T, in func(T) bool) (yes, no []T) {
	for _, one := range all {
		if in(one) {
			yes = append(yes, one)
		} else {
			no = append(no, one)
		}
	}
	return yes, no
}

func (v *view) pairTopic(fs []*finding.Finding) Topic {
	t := Topic{}
	for _, f := range fs[:min(mostSubjects, len(fs))] {
		t.Subjects = append(t.Subjects, subjectOf(&f.Subject))
	}
	s := spanAt(fs[0], v.asOf)
	text := sentence(v.promise(fs[0]))
	if len(fs) == 1 {
		t.Text = joined(text, "Why now: "+v.openAge(fs[0], s)+".", proseSentence(fs[0].Ask))
		return t
	}
	t.Text = joined(text, fmt.Sprintf("Why now: %s of these, the oldest %s.", inWords(len(fs)), v.openAge(fs[0], s)), proseSentence(fs[0].Ask))
	return t
}

func (v *view) slipTopic() (Topic, bool) {
	all, _ := TellSlipped(v.in.Slipped)
	if len(all) == 0 {
		return Topic{}, false
	}
	t := Topic{Text: "What does the work that slipped need, and who can help? Why now: it moved later this week, and a word early costs less."}
	for i := range all[:min(mostSubjects, len(all))] {
		t.Subjects = append(t.Subjects, all[i].subject())
	}
	return t, true
}

func (v *view) endingTopic() (Topic, bool) {
	told, more := v.ending()
	n := len(told) + more
	switch n {
	case 0:
		return Topic{}, false
	case 1:
		return Topic{Text: "Settle, renew, or let open again: one waiver ends. Why now: it holds until " + v.date(told[0].Expires.Add(-1)) + "."}, true
	}
	return Topic{Text: fmt.Sprintf("Settle, renew, or let open again: %s waivers end. Why now: the first holds until %s.", inWords(n), v.date(told[0].Expires.Add(-1)))}, true
}

// trialTopics are experiments that end soon or have just ended.
func (v *view) trialTopics() []Topic {
	var out []Topic
	for _, t := range v.inWeek(v.in.Trials) {
		name := quoted(prose(cmp.Or(t.Name, "An experiment")))
		switch {
		case t.Ends.IsZero() || t.Ends.After(v.asOf.Add(soonEnds)):
		case t.Ends.After(v.asOf):
			out = append(out, Topic{Text: "What would we have to see to keep " + name + "? Why now: it ends on " + v.date(t.Ends.Add(-time.Hour)) + "."})
		default:
			out = append(out, Topic{Text: joined("Keep "+name+", change it, or let it go? Why now: it has ended.", v.cameOf(&t))})
		}
	}
	return out
}
