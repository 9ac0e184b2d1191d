package reports

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
	return r
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
	i.Subject.Title = shorten(i.Subject.Title, d.text)
	if len(i.Subject.URL) > d.url {
		i.Subject.URL = ""
	}
	return i
}

// texts are sentences about the data: long ones shrink, and there is no more
// of them than of items in the longest list.
func (d detail) texts(all []string) []string {
	if more := len(all) - 2*d.items; more > 0 {
		all = append(all[:2*d.items:2*d.items], upperFirst(inWords(more))+" more.")
	}
	return mapped(all, func(s string) string { return shorten(s, 2*d.text) })
}

func mapped[T any](in []T, f func(T) T) []T {
	if in == nil {
		return nil
	}
	out := make([]T, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
