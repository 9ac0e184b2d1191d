package daemon

import (
	"cmp"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/config"
)

// CalendarState is what came of a calendar that the configuration names.
type CalendarState struct {
	Name    string      `json:"name"`
	For     string      `json:"for"`   // absences, holidays, or a ritual of a team
	Place   string      `json:"place"` // where it is named, file:line:column
	Entries int         `json:"entries"`
	Left    []LeftEntry `json:"left,omitempty"`      // entries that do not count
	Read    *time.Time  `json:"last_read,omitempty"` // of one at an address: when it was last fetched whole
	Trouble string      `json:"trouble,omitempty"`   // why the latest fetch brought nothing
	Wrong   bool        `json:"wrong,omitempty"`     // reports would be wrong
}

// LeftEntry is an entry of a calendar that does not count, and why.
type LeftEntry struct {
	Line    int        `json:"line"`
	Day     *time.Time `json:"day,omitempty"`     // when it begins first; nil where that cannot be read
	Summary string     `json:"summary,omitempty"` // untrusted text
	Why     string     `json:"why"`
}

const (
	// leftShown is how long an entry that does not count is told after it is over:
	// as long as a report's trend.
	leftShown = replayedWeeks * aWeek
	// calendarStale is how old what is known of a calendar may be before reports
	// would be wrong: absences are entered days ahead, seldom weeks.
	calendarStale = aWeek
)

// calendarStates tells of every calendar of the configuration.
func calendarStates(cfg *config.Config, known *feeds, now time.Time) []CalendarState {
	var out []CalendarState
	for _, use := range cfg.Calendars {
		s := CalendarState{Name: use.Name, For: use.For, Place: use.Where.String(), Entries: use.Entries}
		for _, l := range use.Left {
			if !l.Last.IsZero() && now.Sub(l.Last) > leftShown {
				continue
			}
			left := LeftEntry{Line: l.Line, Summary: l.Summary, Why: l.Why}
			if !l.First.IsZero() {
				left.Day = &l.First
			}
			s.Left = append(s.Left, left)
		}
		slices.SortStableFunc(s.Left, func(a, b LeftEntry) int { return cmp.Compare(a.Line, b.Line) })
		if use.Feed >= 0 {
			state := known.states[use.Feed]
			s.Trouble, s.Wrong = state.trouble, state.calendar == nil || now.Sub(state.read) > calendarStale
			if state.calendar != nil {
				s.Read = &state.read
			}
		}
		out = append(out, s)
	}
	return out
}

func wrongCalendars(list []CalendarState) int {
	n := 0
	for _, s := range list {
		if s.Wrong {
			n++
		}
	}
	return n
}

// calendars writes what came of calendars, those alone of which there is
// something to say, unless all are asked for.
func (p *examinationPrinter) calendars(list []CalendarState, now time.Time, all bool) {
	began := false
	for i := range list {
		s := &list[i]
		if !all && s.Trouble == "" && !s.Wrong && len(s.Left) == 0 {
			continue
		}
		if !began {
			p.heading("Calendars")
			began = true
		}
		p.calendar(s, now)
	}
}

func (p *examinationPrinter) calendar(s *CalendarState, now time.Time) {
	name := shownLong(s.Name) + " (" + shownLong(s.For) + ")"
	mark := markFine
	if s.Wrong {
		mark = markWrong
	} else if s.Trouble != "" {
		mark = markNote
	}
	count := numbered(s.Entries, "entry")
	switch {
	case s.Trouble != "" && s.Read == nil:
		p.say(mark, "%s: %s: nothing is known of it: %s", s.Place, name, shownLong(s.Trouble))
	case s.Trouble != "":
		p.say(mark, "%s: %s: the latest fetch brought nothing, so what came on %s, %s ago, stays in force (%s): %s",
			s.Place, name, moment(*s.Read), age(now.Sub(*s.Read)), count, shownLong(s.Trouble))
	case s.Read != nil && s.Wrong:
		p.say(mark, "%s: %s: was last read on %s, %s ago (%s); fairlead check, run or serve reads it again", s.Place, name, moment(*s.Read), age(now.Sub(*s.Read)), count)
	case s.Read != nil:
		p.say(mark, "%s: %s: %s, last read on %s", s.Place, name, count, moment(*s.Read))
	default:
		p.say(mark, "%s: %s: %s", s.Place, name, count)
	}
	for _, l := range s.Left[:min(len(s.Left), mostShown)] {
		p.say(markNote, "line %d, %s: does not count: %s", l.Line, leftWords(l), shownLong(l.Why))
	}
	p.more(len(s.Left))
}

func leftWords(l LeftEntry) string {
	words := quoteOr(l.Summary, "without a title")
	if l.Day != nil {
		words += " on " + dayWords(*l.Day)
	}
	return words
}
