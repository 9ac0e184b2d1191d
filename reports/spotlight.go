package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/ticket"
)

// How much of the week's work is told.
const (
	mostShipped  = 5
	mostBuilders = 4
	mostSlips    = 5
)

// TellFinished picks the work that a report tells, first what is known to have
// mattered, and says how much more there is.
func TellFinished(all []Finished) (told []Finished, more int) {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Finished) int {
		return cmp.Or(cmp.Compare(rank(&a), rank(&b)), b.At.Compare(a.At), byPiece(&a.Piece, &b.Piece))
	})
	told = all[:min(mostShipped, len(all))]
	return told, len(all) - len(told)
}

// TellSlipped picks the slips that a report tells, and says how many more there are:
// of those worth acknowledging, what slipped more than once, or that nobody has
// written about.
func TellSlipped(all []Slipped) (told []Slipped, more int) {
	all = slices.DeleteFunc(slices.Clone(all), func(s Slipped) bool { return s.Times < 2 && s.Written })
	slices.SortFunc(all, func(a, b Slipped) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), b.At.Compare(a.At), byPiece(&a.Piece, &b.Piece))
	})
	told = all[:min(mostSlips, len(all))]
	return told, len(all) - len(told)
}

// shipped is the spotlight: what was finished.
func (v *view) shipped() Shipped {
	told, more := TellFinished(v.in.Finished)
	out := Shipped{Items: []ShippedItem{}, More: more + v.in.FinishedMore}
	for i := range told {
		out.Items = append(out.Items, shippedItem(&told[i]))
	}
	return out
}

// rank puts work with a purpose before other work, and features before the rest.
func rank(f *Finished) int {
	n := 0
	if f.Purpose == nil || strings.TrimSpace(f.Purpose.Title) == "" {
		n += 2
	}
	if f.Kind != ticket.Feature {
		n++
	}
	return n
}

func byPiece(a, b *Piece) int {
	pa, na := splitKey(a.Key)
	pb, nb := splitKey(b.Key)
	return cmp.Or(strings.Compare(pa, pb), cmp.Compare(na, nb), strings.Compare(a.Source, b.Source), strings.Compare(a.ID, b.ID))
}

func shippedItem(f *Finished) ShippedItem {
	out := ShippedItem{Subject: f.subject()}
	names := f.Builders[:min(mostBuilders, len(f.Builders))]
	for _, n := range names {
		if name := isolated(clean(n, nameLength)); name != "" {
			out.Builders = append(out.Builders, name)
		}
	}
	if more := len(f.Builders) - len(names); more > 0 {
		out.Builders = append(out.Builders, inWords(more)+" more")
	}
	if f.Purpose != nil {
		if words := clean(f.Purpose.Title, titleLength); words != "" {
			purpose := f.Purpose.subject()
			out.Why, out.Purpose = isolated(words), &purpose
		}
	}
	return out
}

// subject is the piece cleaned.
func (p *Piece) subject() Subject {
	return Subject{
		Kind: finding.AboutTicket, Source: clean(p.Source, nameLength), Key: clean(p.Key, nameLength), Title: clean(p.Title, titleLength), URL: safeURL(p.URL),
	}
}

// slips are those worth acknowledging.
func (v *view) slips() (told []Slip, more int) {
	slipped, more := TellSlipped(v.in.Slipped)
	for i := range slipped {
		told = append(told, Slip{Subject: slipped[i].subject(), Text: v.slipText(&slipped[i])})
	}
	return told, more + v.in.SlippedMore
}

// slipText says how it moved, how often, and whether anybody wrote about it.
func (v *view) slipText(s *Slipped) string {
	text := "It was carried over"
	switch {
	case s.To != "" && s.From != "":
		text = fmt.Sprintf("Its due date moved from %s to %s", v.calendarDay(s.From), v.calendarDay(s.To))
	case s.To != "":
		text = "Its due date moved to " + v.calendarDay(s.To)
	case clean(s.Into, nameLength) != "":
		text += " into " + isolated(clean(s.Into, nameLength))
	}
	if s.Times > 1 {
		text += ", the " + ordinal(s.Times) + " time it moved later"
	}
	if s.Written {
		return text + "; somebody has written about it since."
	}
	return text + ", and nobody has written why. It may be worth asking what it needs."
}

// calendarDay is a day that a tracker keeps without a zone.
func (v *view) calendarDay(d ticket.Date) string {
	at := d.In(v.loc)
	if at.IsZero() {
		return "an unknown day"
	}
	return v.date(at.Add(12 * time.Hour)) // noon: no change of the clocks makes it another day
}

var ordinals = []string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}

// ordinal writes small ordinals out.
func ordinal(n int) string {
	if n > 0 && n < len(ordinals) {
		return ordinals[n]
	}
	end := "th"
	if tens := n / 10 % 10; tens != 1 {
		end = []string{"th", "st", "nd", "rd", "th", "th", "th", "th", "th", "th"}[n%10]
	}
	return number(n) + end
}
