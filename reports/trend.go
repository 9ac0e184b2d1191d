package reports

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

// trendWeeks is how many weeks a trend runs over, the reported one included.
const trendWeeks = 12

// fewestForPicture is how many weeks must be known before a line is drawn.
const fewestForPicture = 3

// stillOpen makes a line for each agreement that has open findings, most open
// first. Findings listed above as new or reopened are counted in the line but
// not listed again.
func (v *view) stillOpen(fs []*finding.Finding) StillOpen {
	out := StillOpen{Weeks: v.trendWeeks(), Lines: []Line{}}
	var gaps []string
	for rule, of := range byRule(fs) {
		if line := v.line(rule, of); line.Now > 0 {
			out.Lines = append(out.Lines, line)
			gaps = append(gaps, v.gap(line)...)
		}
	}
	out.arrange(mostLines)
	out.Gap = gapText(gaps)
	return out
}

// arrange puts the most open first and leaves out what is too much.
func (s *StillOpen) arrange(most int) {
	slices.SortFunc(s.Lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(b.Now, a.Now), strings.Compare(a.Promise, b.Promise), strings.Compare(a.Rule, b.Rule))
	})
	if len(s.Lines) > most {
		for _, l := range s.Lines[most:] {
			s.MoreLines++
			s.MoreOpen += l.Now
		}
		s.Lines = s.Lines[:most]
	}
}

// gap is the promise of a line some of whose weeks history cannot tell.
func (v *view) gap(l Line) []string {
	if v.agreements[l.Rule].NoHistory && slices.Contains(l.Trend, nil) {
		return []string{cmp.Or(l.Promise, l.Rule)}
	}
	return nil
}

// gapText says why weeks are missing.
func gapText(promises []string) string {
	slices.Sort(promises)
	names := make([]string, len(promises))
	for i, p := range promises {
		names[i] = quoted(p)
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "Earlier weeks of " + names[0] + " cannot be told: trackers keep no whole history of what it looks at."
	}
	return "Earlier weeks of " + enumerate(names) + " cannot be told: trackers keep no whole history of what they look at."
}

func byRule(fs []*finding.Finding) map[string][]*finding.Finding {
	out := map[string][]*finding.Finding{}
	for _, f := range fs {
		out[f.Rule] = append(out[f.Rule], f)
	}
	return out
}

func (v *view) line(rule string, fs []*finding.Finding) Line {
	var old []*finding.Finding
	l := Line{Rule: clean(rule, nameLength), Promise: v.promise(fs[0]), Trend: v.trend(rule, fs)}
	for _, f := range fs {
		switch v.fate(f) {
		case stayed:
			if !v.everywhere(f) {
				old = append(old, f)
			}
			l.Now++
		case fresh, reopened:
			l.Now++
		}
	}
	list := v.longest(old, mostPerLine)
	l.Items, l.More = list.Items, list.More
	return l
}

// trend counts what was open at the end of each week, the last one as of now.
// Weeks that ended before anybody looked, or of which history does not tell, are
// unknown, which is not zero.
func (v *view) trend(rule string, fs []*finding.Finding) []*int {
	out := make([]*int, trendWeeks)
	for i := range out {
		at := v.asOf
		if back := trendWeeks - 1 - i; back > 0 {
			at = v.in.Week.Before(back - 1).Start.Add(-1)
		}
		if !v.known(at) || at.Before(v.asOf) && at.Before(v.agreements[rule].Known) {
			continue
		}
		n := 0
		for _, f := range fs {
			if f.OpenAt(at) {
				n++
			}
		}
		out[i] = &n
	}
	return out
}

// total is how much was open at the end of each week, over all agreements; nil
// where too few weeks are known for a picture.
func (v *view) total(fs []*finding.Finding) *Trend {
	t := &Trend{Weeks: v.trendWeeks(), Open: v.trend("", nil)}
	for rule, of := range byRule(fs) {
		for i, n := range v.trend(rule, of) {
			switch {
			case n == nil:
				t.Open[i] = nil
			case t.Open[i] != nil:
				*t.Open[i] += *n
			}
		}
	}
	if t.known() < fewestForPicture {
		return nil
	}
	began, _ := v.trials(v.in.Trials)
	for _, one := range began {
		for n := range trendWeeks {
			if w := v.in.Week.Before(trendWeeks - 1 - n); one.Began >= w.Start.In(v.loc).Format(time.DateOnly) && one.Began < w.End.In(v.loc).Format(time.DateOnly) {
				t.Marks = append(t.Marks, Mark{Week: w.String(), Text: one.Name})
			}
		}
	}
	return t
}

func (t *Trend) known() int {
	n := 0
	for _, one := range t.Open {
		if one != nil {
			n++
		}
	}
	return n
}

func (v *view) trendWeeks() []string {
	out := make([]string, trendWeeks)
	for i := range out {
		out[i] = v.in.Week.Before(trendWeeks - 1 - i).String()
	}
	return out
}

// tallest is the highest number in any trend: all are drawn on one scale, so
// that lines can be compared with each other.
func (s StillOpen) tallest() int {
	top := 0
	for _, l := range s.Lines {
		for _, n := range l.Trend {
			if n != nil {
				top = max(top, *n)
			}
		}
	}
	return top
}

// sparkline draws a trend in block characters: the lowest stands for none, a
// dot for unknown. Up to seven each step is one exception; above, the scale is
// stretched over the seven steps and anything open still shows.
func sparkline(trend []*int, top int) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	top = max(top, len(blocks)-1)
	var b strings.Builder
	for _, n := range trend {
		switch {
		case n == nil:
			b.WriteRune('·')
		case *n == 0:
			b.WriteRune(blocks[0])
		default:
			b.WriteRune(blocks[max(1, *n*(len(blocks)-1)/top)])
		}
	}
	return b.String()
}
