package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// mostTrials is how many experiments are told.
const mostTrials = 5

// trials are the experiments that ran or ended in the week, oldest first.
func (v *view) trials(all []TrialInput) (told []Trial, more int) {
	some := v.inWeek(all)
	for _, t := range some[:min(mostTrials, len(some))] {
		told = append(told, Trial{
			Name: prose(t.Name), Text: v.trialText(&t), Verdict: clean(t.Verdict, nameLength), Began: t.Began.In(v.loc).Format(time.DateOnly),
		})
	}
	return told, len(some) - len(told)
}

func (v *view) inWeek(all []TrialInput) []TrialInput {
	some := slices.DeleteFunc(slices.Clone(all), func(t TrialInput) bool {
		return t.Began.After(v.asOf) || !t.Ends.IsZero() && !t.Ends.After(v.in.Week.Start)
	})
	slices.SortFunc(some, func(a, b TrialInput) int { return cmp.Or(a.Began.Compare(b.Began), strings.Compare(a.Name, b.Name)) })
	return some
}

// trialText says since when it runs and what has come of it.
func (v *view) trialText(t *TrialInput) string {
	since := "Since " + v.date(t.Began)
	if !t.Ends.IsZero() {
		last := v.date(t.Ends.Add(-time.Hour))
		if t.Ends.After(v.asOf) {
			since += ", until " + last
		} else {
			since = "From " + v.date(t.Began) + " to " + last
			if t.Early {
				since += ", which was earlier than planned"
			}
		}
	}
	return joined(since+".", v.cameOf(t))
}

// cameOf is what has come of it. What it did to the flow of work is a number over
// the people of the team, and told of no fewer than others are.
func (v *view) cameOf(t *TrialInput) string {
	switch {
	case t.Flow && v.in.People < fewestPeople:
		return "Its number is about the flow of work, which is told of five people or more."
	case t.Sentence == "":
		return upperFirst(proseSentence(t.Verdict))
	}
	return proseSentence(t.Sentence)
}
