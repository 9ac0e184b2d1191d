package reports

import "slices"

// detail is how much of a report is laid out. A report is at most a screen
// already; this bounds its size in bytes when its texts are as long as can be
// and full of characters that grow when they are escaped.
type detail struct {
	perLine int // tickets under each agreement
	items   int // items in every other list
	text    int // runes in every text
	url     int // bytes in every address
}

// details go from all that Build leaves down to what is below any limit.
var details = []detail{
	{perLine: mostPerLine, items: mostInLetter, text: textLength, url: longestURL},
	{perLine: 1, items: mostNew, text: textLength, url: longestURL},
	{perLine: 0, items: 3, text: 160, url: 160},
	{perLine: 0, items: 1, text: 60, url: 80},
}

// fitted is the report with no more than the detail, everything left out being
// counted.
func (r Report) fitted(d detail) Report {
	for _, l := range []*List{&r.Settled, &r.New, &r.Reopened, &r.AgedOut} {
		*l = l.fitted(d, d.items)
	}
	r.Data, r.Notes = d.texts(r.Data), d.texts(r.Notes)
	r.Letters = mapped(r.Letters, func(l Letter) Letter {
		l.Open, l.Settled, l.AgedOut = l.Open.fitted(d, d.items), l.Settled.fitted(d, d.items), l.AgedOut.fitted(d, d.items)
		return l
	})
	r.Conditions = mapped(r.Conditions[:min(len(r.Conditions), 2*d.items)], func(c Condition) Condition {
		c.Promise, c.Text = shorten(c.Promise, d.text), shorten(c.Text, 2*d.text)
		return c
	})
	r.StillOpen.Gap = shorten(r.StillOpen.Gap, 2*d.text)
	r.StillOpen.Lines = mapped(r.StillOpen.Lines, func(l Line) Line {
		list := List{Items: l.Items, More: l.More}.fitted(d, d.perLine)
		l.Promise, l.Items, l.More = shorten(l.Promise, d.text), list.Items, list.More
		return l
	})
	r.fitWork(d)
	r.fitRest(d)
	return r
}

// fitWork cuts what the week's work is told by.
func (r *Report) fitWork(d detail) {
	if cut := len(r.Shipped.Items) - d.items; cut > 0 {
		r.Shipped.Items, r.Shipped.More = r.Shipped.Items[:d.items], r.Shipped.More+cut
	}
	r.Shipped.Items = mapped(r.Shipped.Items, func(i ShippedItem) ShippedItem {
		i.Subject, i.Why, i.Builders = d.subject(i.Subject), shorten(i.Why, d.text), mapped(i.Builders, d.shorten)
		return i
	})
	if cut := len(r.Slips) - d.items; cut > 0 {
		r.Slips, r.MoreSlips = r.Slips[:d.items], r.MoreSlips+cut
	}
	r.Slips = mapped(r.Slips, func(s Slip) Slip {
		s.Subject, s.Text = d.subject(s.Subject), shorten(s.Text, 2*d.text)
		return s
	})
	if cut := len(r.Experiments) - d.items; cut > 0 {
		r.Experiments, r.MoreExperiments = r.Experiments[:d.items], r.MoreExperiments+cut
	}
	r.Numbers = mapped(r.Numbers, func(n Number) Number { n.Text = shorten(n.Text, 2*d.text); return n })
	r.Experiments = mapped(r.Experiments, func(t Trial) Trial {
		t.Name, t.Text, t.Verdict = shorten(t.Name, d.text), shorten(t.Text, 2*d.text), shorten(t.Verdict, d.text)
		return t
	})
	if r.Teams != nil {
		cut := *r.Teams
		cut.Rows = slices.Clone(cut.Rows)
		cut.arrange(3 * d.items)
		cut.Hidden = shorten(cut.Hidden, 2*d.text)
		r.Teams = &cut
	}
}

// fitRest cuts what the report closes with, and what is for few.
func (r *Report) fitRest(d detail) {
	if r.Retro != nil {
		asked := *r.Retro
		asked.Question, asked.Starters = shorten(asked.Question, 2*d.text), mapped(asked.Starters, func(s string) string { return shorten(s, 2*d.text) })
		r.Retro = &asked
	}
	if cut := len(r.Ending) - d.items; cut > 0 {
		r.Ending, r.MoreEnding = r.Ending[:d.items], r.MoreEnding+cut
	}
	r.Ending = mapped(r.Ending, func(e Ending) Ending { e.Text = shorten(e.Text, 2*d.text); return e })
	r.Agenda = mapped(r.Agenda, func(t Topic) Topic {
		t.Text, t.Subjects = shorten(t.Text, 2*d.text), mapped(t.Subjects, d.subject)
		return t
	})
	if cut := len(r.Mirror) - d.items; cut > 0 {
		r.Mirror, r.MoreMirror = r.Mirror[:d.items], r.MoreMirror+cut
	}
	r.Mirror = mapped(r.Mirror, func(m MirrorItem) MirrorItem {
		m.Subject, m.Text = d.subject(m.Subject), shorten(m.Text, d.text)
		return m
	})
}

func (l List) fitted(d detail, items int) List {
	if cut := len(l.Items) - items; cut > 0 {
		l.Items, l.More = l.Items[:items], l.More+cut
	}
	l.Items = mapped(l.Items, d.item)
	return l
}

func (d detail) item(i Item) Item {
	i.Promise, i.Reason, i.Ask = shorten(i.Promise, d.text), shorten(i.Reason, d.text), shorten(i.Ask, d.text)
	i.Subject = d.subject(i.Subject)
	return i
}

func (d detail) shorten(s string) string { return shorten(s, d.text) }

func (d detail) subject(s Subject) Subject {
	s.Title = shorten(s.Title, d.text)
	if len(s.URL) > d.url {
		s.URL = ""
	}
	return s
}

// texts are sentences about the data: long ones shrink, and there is no more
// of them than of items in the longest list.
func (d detail) texts(all []string) []string {
	if more := len(all) - 2*d.items; more > 0 {
		all = append(all[:2*d.items:2*d.items], upperFirst(inWords(more))+" more.")
	}
	return mapped(all, func(s string) string { return shorten(s, 2*d.text) })
}

func mapped[T, U any](in []T, f func(T) U) []U {
	if in == nil {
		return nil
	}
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
