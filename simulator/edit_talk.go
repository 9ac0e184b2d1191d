package simulator

import (
	"regexp"
	"slices"
	"time"
)

// Comment writes a comment. "@handle" mentions somebody. Jira and Linear keep
// no history of comments, but the issue counts as updated.
func (a Actor) Comment(key, body string) *Comment {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	i := a.w.must(key)
	c := &Comment{By: a.by, At: a.w.now, updated: a.w.now, Body: body, Issue: i, number: a.w.id()}
	i.Comments = append(i.Comments, c)
	i.Updated = a.w.now
	i.watch(a.by)
	for _, p := range a.w.mentioned(body) {
		i.watch(p)
	}
	return c
}

// written keeps a comment that came through a protocol: its body is that
// tracker's own markup, and mentioned are those whom it mentions.
func (w *World) written(i *Issue, by *Person, body string, mentioned []*Person) *Comment {
	c := &Comment{By: by, At: w.now, updated: w.now, Body: body, Issue: i, Mentioned: mentioned, written: true, number: w.id()}
	i.Comments = append(i.Comments, c)
	i.Updated = w.now
	for _, p := range mentioned {
		i.watch(p)
	}
	return c
}

// Uncomment takes a comment away, which leaves no trace.
func (a Actor) Uncomment(c *Comment) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	c.Issue.Comments = slices.DeleteFunc(c.Issue.Comments, func(o *Comment) bool { return o == c })
	c.Issue.Updated = a.w.now
}

// Watch makes the actor follow the issue, which leaves no history.
func (a Actor) Watch(key string) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.w.must(key).watch(a.by)
}

// Link relates two issues by the phrase read from the first: Link("PAY-1",
// "is blocked by", "PAY-2"). Both ends write history.
func (a Actor) Link(key, phrase, other string) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	l := a.newLink(key, phrase, other)
	a.w.linked = append(a.w.linked, l)
	a.record(l.from, Item{FieldLink, end{}, l.read(l.from)})
	a.record(l.to, Item{FieldLink, end{}, l.read(l.to)})
}

// Unlink takes a relation away again.
func (a Actor) Unlink(key, phrase, other string) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	gone := a.newLink(key, phrase, other)
	a.w.linked = slices.DeleteFunc(a.w.linked, func(l *link) bool {
		return l.kind == gone.kind && l.from == gone.from && l.to == gone.to
	})
	a.record(gone.from, Item{FieldLink, gone.read(gone.from), end{}})
	a.record(gone.to, Item{FieldLink, gone.read(gone.to), end{}})
}

func (a Actor) newLink(key, phrase, other string) *link {
	kind, outward := linkTypeOf(phrase)
	from, to := a.w.must(key), a.w.must(other)
	if !outward {
		from, to = to, from
	}
	return &link{kind: kind, from: from, to: to, number: a.w.id(), at: a.w.now}
}

// end is a link as one issue reads it.
type end struct {
	gone    bool // it was taken away
	kind    LinkType
	outward bool
	other   *Issue
}

func (l *link) read(from *Issue) end {
	if l.from.number == from.number { // from may be a copy that shows the past
		return end{kind: l.kind, outward: true, other: l.to}
	}
	return end{kind: l.kind, other: l.from}
}

func (e end) phrase() string {
	if e.outward {
		return e.kind.Outward
	}
	return e.kind.Inward
}

// RemoteLink notes that a web page was linked to the issue, as development
// tools do all day.
func (a Actor) RemoteLink(key, title string) {
	a.Attach(key, title, "https://git.acme.example/"+slug(title))
}

// Need attaches a customer's request to a Linear issue.
func (a Actor) Need(key, customer, body string) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	i := a.w.must(key)
	i.Needs = append(i.Needs, &Need{Customer: customer, Body: body, By: a.by, At: a.w.now, Issue: i, number: a.w.id()})
	i.Updated = a.w.now
}

// Archive puts an issue away: in Linear it is still there for who asks for
// archived ones, in Jira for who knows its key.
func (a Actor) Archive(key string) {
	a.edit(key, func(i *Issue) []Item {
		i.archived = a.w.now
		return []Item{{FieldArchived, false, true}}
	})
}

// Restore takes an issue back out of the archive.
func (a Actor) Restore(key string) {
	a.edit(key, func(i *Issue) []Item {
		i.archived = time.Time{}
		return []Item{{FieldArchived, true, false}}
	})
}

// Delete removes the issue without a trace, as trackers do.
func (a Actor) Delete(key string) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	i := a.w.must(key)
	a.w.issues = slices.DeleteFunc(a.w.issues, func(o *Issue) bool { return o == i })
	a.w.linked = slices.DeleteFunc(a.w.linked, func(l *link) bool { return l.from == i || l.to == i })
	a.w.gone = append(a.w.gone, gone{i, a.w.now})
	for _, name := range append([]string{i.Key, i.ID(), i.UUID()}, i.formerly...) {
		delete(a.w.byName, name)
	}
	for _, o := range a.w.issues {
		if o.Parent == i {
			o.Parent = nil
		}
		if o.Container == i {
			o.Container = nil
		}
	}
}

var mention = regexp.MustCompile(`@([a-z][a-z0-9._-]*[a-z0-9])`)

// mentioned lists who is mentioned in a text; words that name nobody are text.
func (w *World) mentioned(text string) []*Person {
	var out []*Person
	for _, m := range mention.FindAllStringSubmatch(text, -1) {
		if p, ok := w.person(m[1]); ok && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// writeMentions replaces every "@handle" by what the dialect writes for it.
func (w *World) writeMentions(text string, write func(*Person) string) string {
	return mention.ReplaceAllStringFunc(text, func(m string) string {
		if p, ok := w.person(m[1:]); ok {
			return write(p)
		}
		return m
	})
}
