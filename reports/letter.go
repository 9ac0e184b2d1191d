package reports

import "github.com/fairlead-dev/fairlead/finding"

// letters are the sections for a reader who may see more than the team: the EM
// has one of their own and shares one with the PM.
func (v *view) letters() []Letter {
	var out []Letter
	add := func(audience finding.Audience, heading, whom string) {
		if l, some := v.letter(audience, heading, whom); some {
			out = append(out, l)
		}
	}
	switch v.in.Reader {
	case finding.ForEM:
		add(finding.ForEM, "For you alone", "you")
		add(finding.ForEMPM, "For you and your PM", "you and your PM")
	case finding.ForEMPM:
		add(finding.ForEMPM, "For the two of you", "the two of you")
	}
	return out
}

func (v *view) letter(audience finding.Audience, heading, whom string) (l Letter, some bool) {
	by := v.sortByFate(v.forWhom(audience))
	open := append(append(by[fresh], by[reopened]...), by[stayed]...)
	l = Letter{
		Audience: audience,
		Heading:  heading,
		Opening:  opening(len(open), whom),
		Open:     v.opened(open, mostInLetter),
		Settled:  v.closed(by[settled]),
		AgedOut:  v.closed(by[agedOut]),
	}
	l.Settled.Passing, l.AgedOut.Passing = len(by[passed]), len(by[lapsed])
	return l, len(open)+len(by[settled])+len(by[agedOut])+len(by[passed])+len(by[lapsed]) > 0
}

// opening says how much there is and that it stands apart from the headline.
func opening(n int, whom string) string {
	switch n {
	case 0:
		return "Nothing is open here."
	case 1:
		return "One more is open, and only " + whom + " see it."
	}
	return upperFirst(inWords(n)) + " more are open, and only " + whom + " see them."
}
