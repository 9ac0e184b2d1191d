package reports

// The headings of the sections, in the order that every format keeps.
const (
	agendaHeading  = "To talk about"
	teamsHeading   = "Teams"
	shippedHeading = "Shipped"
	whyHeading     = "Shipped, and why it mattered"
	slipsHeading   = "Slipped, and worth a word"
	numbersHeading = "How the work flowed"
	trialsHeading  = "Trying out"
	retroHeading   = "For the retro"
	endingHeading  = "Waivers that end soon"
)

// heading says more where it is known why anything mattered.
func (s Shipped) heading() string {
	for _, i := range s.Items {
		if i.Why != "" {
			return whyHeading
		}
	}
	return shippedHeading
}

// builtBy is who built it, in brackets.
func (i ShippedItem) builtBy() string {
	if len(i.Builders) == 0 {
		return ""
	}
	return " (" + enumerate(i.Builders) + ")"
}

// mattered is why it mattered, with the key of the problem or goal that says so.
func (i ShippedItem) mattered() string {
	if i.Why == "" {
		return ""
	}
	if i.Purpose == nil || i.Purpose.Key == "" {
		return quoted(i.Why)
	}
	return quoted(i.Why) + " (" + isolated(i.Purpose.Key) + ")"
}

// asLines are the groups as lines of a table of trends.
func (t *Teams) asLines() StillOpen {
	out := StillOpen{Weeks: t.Weeks}
	for _, r := range t.Rows {
		out.Lines = append(out.Lines, Line{Promise: isolated(r.Team.Name), Trend: r.Trend, Now: r.Open})
	}
	return out
}

// Left says how many groups the table leaves out.
func (t *Teams) Left() string {
	if t.More == 0 {
		return ""
	}
	return counted(t.More, "more team", "more teams") + " with " + counted(t.MoreOpen, "open exception", "open exceptions")
}

// about says what stands beside a group's number.
func (r TeamRow) about() string {
	var change string
	if r.LastWeek != nil && (r.Open > 0 || *r.LastWeek > 0) {
		change = upperFirst(compared(r.Open, *r.LastWeek)[len(", "):]) + "."
	}
	var share string
	if r.Flight != nil {
		share = inFlight(Counts{Open: r.Open, Flight: r.Flight})
	}
	return joined(change, share)
}

// moreOf says how many of a list are left out.
func moreOf(n int) string {
	if n == 0 {
		return ""
	}
	return inWords(n) + " more"
}

// names are the keys of some subjects, for the end of a sentence.
func names(subjects []Subject) string {
	if len(subjects) == 0 {
		return ""
	}
	out := make([]string, len(subjects))
	for i, s := range subjects {
		out[i] = textName(s)
	}
	return enumerate(out) + "."
}
