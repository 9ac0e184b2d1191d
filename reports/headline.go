package reports

import (
	"fmt"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

// fewestForShare is how many tickets it takes before some of them are told as
// a part of the whole.
const fewestForShare = 10

func title(team string, w org.Week, days string) string {
	return fmt.Sprintf("%s, week %d (%s)", team, w.Number, days)
}

// headline is the sentence that says whether to read on.
func (v *view) headline(c Counts, fs []*finding.Finding) string {
	open := "Nothing open"
	if c.Open > 0 {
		open = counted(c.Open, "open exception", "open exceptions")
	}
	switch {
	case c.LastWeek == nil:
		return "First report: " + lowerFirst(open) + "."
	case c.Open == 0 && *c.LastWeek == 0:
		return open + "." + v.lastSettled(fs)
	}
	return open + compared(c.Open, *c.LastWeek) + moves(c) + "."
}

func compared(now, before int) string {
	switch {
	case now < before:
		return ", " + number(before-now) + " fewer than last week"
	case now > before:
		return ", " + number(now-before) + " more than last week"
	}
	return ", as many as last week"
}

// moves tells how the number came about.
func moves(c Counts) string {
	var parts []string
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, number(n)+" "+what)
		}
	}
	add(c.New, "new")
	add(c.Reopened, "opened again")
	add(c.Settled, "settled")
	add(c.Answered, "answered")
	add(c.Waived, "waived")
	add(c.AgedOut, "aged out")
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

// lastSettled lets a quiet week say since when it is quiet.
func (v *view) lastSettled(fs []*finding.Finding) string {
	var last time.Time
	for _, f := range fs {
		for _, s := range f.Spans {
			if s.End == finding.Settled && s.To.After(last) && !s.To.After(v.asOf) {
				last = s.To
			}
		}
	}
	if last.IsZero() {
		return ""
	}
	return " Last one settled on " + v.date(last) + "."
}

// inFlight says how much of the work in flight is free of exceptions, unless
// that is too little work to make a share of.
func inFlight(c Counts) string {
	if c.Flight == nil {
		return ""
	}
	n, free := c.Flight.InFlight, c.Flight.Clear
	are := counted(n, "ticket is in flight", "tickets are in flight")
	switch {
	case n == 0:
		return "No tickets are in flight."
	case n < fewestForShare:
		return are + ", too few for a share."
	case c.Open == 0:
		return are + "."
	case free == n:
		return "None of the " + number(n) + " tickets in flight has one."
	case free == 0:
		return "All " + number(n) + " tickets in flight have one."
	case free == 1:
		return "1 of " + number(n) + " tickets in flight has none."
	}
	return number(free) + " of " + number(n) + " tickets in flight have none."
}

// notes say right under the headline what limits it.
func (v *view) notes() []string {
	var out []string
	if v.running() {
		out = append(out, fmt.Sprintf("Week %d is still running; this is how it stood %s.", v.in.Week.Number, v.on(v.in.Now)))
	}
	out = append(out, v.keptBackNotes()...)
	for _, s := range v.byName() {
		switch {
		case s.LastRead.IsZero():
			out = append(out, v.names.of(s.Name)+" has not been read yet, so this is not the whole picture.")
		case s.Stale:
			out = append(out, v.names.of(s.Name)+" was last read "+v.on(s.LastRead)+", so this may not be the whole picture.")
		}
	}
	return out
}

// why tells the reader why they got this and how to change it.
func why(reader finding.Audience, team string) string {
	const change = " Change it with your EM, or under Agreements."
	switch reader {
	case finding.ForEM:
		return "You get this because you are EM of " + team + ". Change it under Agreements."
	case finding.ForEMPM:
		return "You get this because you are EM or PM of " + team + ". Change it under Agreements."
	}
	return "You get this because you work with " + team + "." + change
}
