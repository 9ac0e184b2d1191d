package ticket

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Field names what a Change changed.
type Field string

// The fields fairlead understands. FieldOther keeps what it does not: the
// change still happened, and its actor took part.
const (
	FieldStatus      Field = "status"
	FieldAssignee    Field = "assignee"
	FieldSprint      Field = "sprint"
	FieldPriority    Field = "priority"
	FieldEstimate    Field = "estimate"
	FieldDue         Field = "due"
	FieldType        Field = "type" // the tracker's type; Norm carries the kind
	FieldKind        Field = "kind" // the kind as derived from labels or containers
	FieldParent      Field = "parent"
	FieldContainer   Field = "container"
	FieldLink        Field = "link"
	FieldLabel       Field = "label"
	FieldComponent   Field = "component"
	FieldProject     Field = "project"
	FieldTeam        Field = "team"
	FieldTitle       Field = "title"
	FieldDescription Field = "description"
	FieldOther       Field = "other"
)

// Change is one entry of a ticket's history: who changed one field, when, from
// what to what. The field's value before is From, after it To; a field that
// holds one thing has at most one value in each. For fields that hold several
// (sprints, labels, links, components, containers) trackers tell either the
// whole list or only what came and went; both read the same, because rewinding
// takes away what To has more than From and puts back what From has more.
type Change struct {
	ID    string    // stable within the ticket; the identity of an event
	At    time.Time // UTC
	Actor Account   // zero when the tracker names nobody
	Field Field
	Raw   string // the tracker's name of the field
	From  []Value
	To    []Value
}

// Value is one value of a field: the tracker's id, its words, and what they
// mean once normalised (a Category for a status, a Kind for a type, a Priority,
// a LinkKind for a link, the length in characters for a description).
//
// What ID holds: an account id for an assignee, a sprint id, the other ticket's
// id for parent and container (its key stands in Text), the other ticket's key for a
// link (its phrase stands in Text), the number for an estimate, the date for a due date,
// the text itself for a label, component or title.
type Value struct{ ID, Text, Norm string }

// Normalise brings a freshly read ticket into the one form that is stored and
// compared: times in UTC, lists sorted and without repeats, history oldest
// first, Started and Resolved told from history where it knows them. Reading
// the same ticket twice, in whatever order, gives equal tickets.
func (t *Ticket) Normalise() {
	t.Created, t.Updated = t.Created.UTC(), t.Updated.UTC()
	t.Started, t.Resolved = t.Started.UTC(), t.Resolved.UTC()
	for i := range t.History {
		t.History[i].At = t.History[i].At.UTC()
	}
	for i := range t.Comments {
		t.Comments[i].Created = t.Comments[i].Created.UTC()
		t.Comments[i].Mentions = sortedSet(t.Comments[i].Mentions)
	}
	for i := range t.Needs {
		t.Needs[i].Created = t.Needs[i].Created.UTC()
	}
	t.Labels, t.Components = sortedSet(t.Labels), sortedSet(t.Components)
	t.Sprints, t.Boards = sortedSet(t.Sprints), sortedSet(t.Boards)
	t.Mentions = sortedSet(t.Mentions)

	slices.SortStableFunc(t.History, func(a, b Change) int {
		return cmp.Or(a.At.Compare(b.At), compareIDs(a.ID, b.ID))
	})
	t.History = slices.CompactFunc(t.History, func(a, b Change) bool { return a.ID == b.ID && a.At.Equal(b.At) })
	slices.SortStableFunc(t.Comments, func(a, b Comment) int {
		return cmp.Or(a.Created.Compare(b.Created), compareIDs(a.ID, b.ID))
	})
	t.Comments = slices.CompactFunc(t.Comments, func(a, b Comment) bool { return a.ID == b.ID && a.Created.Equal(b.Created) })
	slices.SortFunc(t.Needs, func(a, b Need) int { return cmp.Or(cmp.Compare(a.ID, b.ID), a.Created.Compare(b.Created)) })
	t.Needs = slices.Compact(t.Needs)
	slices.SortFunc(t.Watchers, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Email, b.Email))
	})
	t.Watchers = slices.Compact(t.Watchers)
	t.orderRefs()
	t.tellStartAndEnd()
}

// orderRefs sorts containers and links and drops repeats.
func (t *Ticket) orderRefs() {
	slices.SortFunc(t.Members, compareMembers)
	slices.SortFunc(t.Releases, compareReleases)
	slices.SortFunc(t.Papers, comparePapers)
	slices.SortFunc(t.Containers, compareRefs)
	t.Containers = slices.Compact(t.Containers)
	slices.SortFunc(t.Links, compareLinks)
	t.Links = slices.CompactFunc(t.Links, func(a, b Link) bool { return a.Target == b.Target && a.Phrase == b.Phrase })
}

// refsInOrder reports whether orderRefs would change nothing.
func (t *Ticket) refsInOrder() bool {
	return slices.IsSortedFunc(t.Members, compareMembers) && slices.IsSortedFunc(t.Releases, compareReleases) && slices.IsSortedFunc(t.Papers, comparePapers) &&
		rising(t.Containers, compareRefs) && rising(t.Links, compareLinks)
}

// rising reports whether each entry comes after the one before it.
func rising[E any](list []E, compare func(a, b E) int) bool {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) >= 0 {
			return false
		}
	}
	return true
}

func compareMembers(a, b Account) int { return cmp.Compare(a.ID, b.ID) }

func compareReleases(a, b Release) int { return cmp.Compare(a.ID, b.ID) }

func comparePapers(a, b Paper) int {
	return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Title, b.Title))
}

func compareLinks(a, b Link) int {
	return cmp.Or(compareRefs(a.Target, b.Target), cmp.Compare(a.Phrase, b.Phrase))
}

// tellStartAndEnd derives Started and Resolved from the history of the status;
// what the first change says stood there before, stood there from the beginning.
// Where the history is silent (a ticket that was created in its status, a
// tracker that keeps no history) the tracker's own times stand.
func (t *Ticket) tellStartAndEnd() {
	var started, ended time.Time
	first := true
	for _, c := range t.History {
		if c.Field != FieldStatus || len(c.To) == 0 {
			continue
		}
		if first && Category(norm(c.From)) == Started {
			started = t.Created
		}
		first = false
		to := Category(c.To[0].Norm)
		if to == Started && started.IsZero() {
			started = c.At
		}
		if to.Ended() {
			if from := norm(c.From); ended.IsZero() || !Category(from).Ended() {
				ended = c.At
			}
		} else {
			ended = time.Time{}
		}
	}
	if !started.IsZero() {
		t.Started = started
	}
	switch {
	case !t.Category.Ended():
		t.Resolved = time.Time{}
	case !ended.IsZero():
		t.Resolved = ended
	}
	if t.Category == Started && t.Started.IsZero() {
		t.Started = t.Created
	}
}

// AsOf is the ticket as it stood at the moment at: status, assignee, sprints,
// priority, estimate, due date, kind, parent, containers, links, labels,
// components, team, project and title rewound from its history, comments, needs
// and history cut off. ok is false when the ticket did not exist yet. The
// description and the watchers have no history: they stay as they are now.
func (t Ticket) AsOf(at time.Time) (past Ticket, ok bool) {
	if !t.RewindTo(at) {
		return Ticket{}, false
	}
	return t, true
}

// RewindTo is AsOf in the ticket's own place, for a ticket that nobody else has. Its
// lists stay as they are for others who hold them. One that did not exist yet is left
// alone.
func (t *Ticket) RewindTo(at time.Time) (existed bool) {
	if at.Before(t.Created) {
		return false
	}
	n, _ := slices.BinarySearchFunc(t.History, at, func(c Change, at time.Time) int {
		if c.At.After(at) {
			return 1
		}
		return -1
	})
	if n == len(t.History) && !t.laterThan(at) && t.refsInOrder() {
		t.tellStartAndEnd()
		return true // nothing has happened since
	}
	// Rewinding edits lists in place, so they are cloned first.
	t.Sprints, t.Labels, t.Components = slices.Clone(t.Sprints), slices.Clone(t.Labels), slices.Clone(t.Components)
	t.Links, t.Containers = slices.Clone(t.Links), slices.Clone(t.Containers)
	t.rewindUntold(at)
	for i := len(t.History) - 1; i >= n; i-- {
		t.rewind(t.History[i])
	}
	t.orderRefs()
	t.History = t.History[:n:n]

	m := len(t.Comments)
	for m > 0 && t.Comments[m-1].Created.After(at) {
		m--
	}
	t.Comments = t.Comments[:m:m]
	t.Needs = slices.DeleteFunc(slices.Clone(t.Needs), func(n Need) bool { return n.Created.After(at) })

	if t.Started.After(at) {
		t.Started = time.Time{}
	}
	if t.Resolved.After(at) {
		t.Resolved = time.Time{}
	}
	t.tellStartAndEnd()
	if t.Updated.After(at) {
		t.Updated = t.lastTouched()
	}
	return true
}

// laterThan reports whether anything beside the history tells of what came after
// the moment.
func (t *Ticket) laterThan(at time.Time) bool {
	return t.Started.After(at) || t.Resolved.After(at) || t.Updated.After(at) ||
		len(t.Comments) > 0 && t.Comments[len(t.Comments)-1].Created.After(at) ||
		slices.ContainsFunc(t.Needs, func(n Need) bool { return n.Created.After(at) })
}

// PlacedAt is the ticket with what says whose work it is as that stood at an
// earlier moment: project, team and components. Few tickets ever move, so that
// most need not be rewound for it; all else may be as it is now.
func (t *Ticket) PlacedAt(at time.Time) Ticket {
	if t.MovedSince(at) {
		if past, ok := t.AsOf(at); ok {
			return past
		}
	}
	return *t
}

// MovedSince reports whether the project, the team or the components changed
// after the moment.
func (t *Ticket) MovedSince(at time.Time) bool {
	for i := len(t.History) - 1; i >= 0 && t.History[i].At.After(at); i-- {
		switch t.History[i].Field {
		case FieldProject, FieldTeam, FieldComponent:
			return true
		}
	}
	return false
}

// rewindUntold takes back what no history tells of the status, as of Linear's
// projects: the tracker's own times of beginning and end say as much.
func (t *Ticket) rewindUntold(at time.Time) {
	if slices.ContainsFunc(t.History, func(c Change) bool { return c.Field == FieldStatus }) {
		return
	}
	if t.Category.Ended() && t.Resolved.After(at) && !t.Started.IsZero() {
		t.Category = Started
	}
	if t.Category == Started && t.Started.After(at) || t.Category.Ended() && t.Resolved.After(at) {
		t.Category = Todo
	}
}

// lastTouched is the latest moment its record knows of.
func (t *Ticket) lastTouched() time.Time {
	last := t.Created
	if n := len(t.History); n > 0 && t.History[n-1].At.After(last) {
		last = t.History[n-1].At
	}
	if n := len(t.Comments); n > 0 && t.Comments[n-1].Created.After(last) {
		last = t.Comments[n-1].Created
	}
	return last
}

// rewind takes one change back.
func (t *Ticket) rewind(c Change) {
	switch c.Field {
	case FieldStatus:
		if len(c.From) == 0 {
			return // every ticket has a status; this one was set while creating it
		}
		t.Status, t.Category = text(c.From), Category(norm(c.From))
	case FieldAssignee:
		t.Assignee = accountOf(c.From)
	case FieldPriority:
		t.Priority = Priority(cmp.Or(norm(c.From), string(NoPriority)))
	case FieldEstimate:
		t.Estimate = number(id(c.From))
	case FieldDue:
		t.Due = Date(id(c.From))
	case FieldType:
		t.RawType = text(c.From)
		t.rewindKind(c)
	case FieldKind:
		t.rewindKind(c)
	case FieldParent:
		t.Parent = Ref{ID: id(c.From), Key: text(c.From)}
	case FieldProject:
		t.Project = cmp.Or(id(c.From), t.Project)
	case FieldTeam:
		t.Team = cmp.Or(id(c.From), t.Team)
	case FieldTitle:
		t.Title = text(c.From)
	case FieldSprint:
		t.Sprints = rewindIDs(t.Sprints, c)
	case FieldLabel:
		t.Labels = rewindIDs(t.Labels, c)
	case FieldComponent:
		t.Components = rewindIDs(t.Components, c)
	case FieldContainer:
		t.rewindContainers(c)
	case FieldLink:
		t.rewindLinks(c)
	}
}

func (t *Ticket) rewindKind(c Change) {
	if k := norm(c.From); k != "" {
		t.Kind = Kind(k)
	}
}

func rewindIDs(now []string, c Change) []string {
	came, went := c.delta()
	for _, v := range came {
		now = slices.DeleteFunc(now, func(s string) bool { return s == v.ID })
	}
	for _, v := range went {
		if !slices.Contains(now, v.ID) {
			now = append(now, v.ID)
		}
	}
	return sortedSet(now)
}

func (t *Ticket) rewindContainers(c Change) {
	came, went := c.delta()
	for _, v := range came {
		t.Containers = slices.DeleteFunc(t.Containers, func(r Ref) bool { return r.Is(Ref{ID: v.ID, Key: v.Text}) })
	}
	for _, v := range went {
		back := Ref{ID: v.ID, Key: v.Text}
		if !slices.ContainsFunc(t.Containers, back.Is) {
			t.Containers = append(t.Containers, back)
		}
	}
}

func (t *Ticket) rewindLinks(c Change) {
	came, went := c.delta()
	told := func(v Value) func(Link) bool {
		return func(l Link) bool {
			return l.Target.Key == v.ID && (v.Text == "" || strings.EqualFold(l.Phrase, v.Text))
		}
	}
	for _, v := range came {
		t.Links = slices.DeleteFunc(t.Links, told(v))
	}
	for _, v := range went {
		if !slices.ContainsFunc(t.Links, told(v)) {
			t.Links = append(t.Links, Link{Kind: LinkKind(v.Norm), Phrase: v.Text, Target: Ref{Key: v.ID}})
		}
	}
}

// delta is what the change brought and what it took away.
func (c Change) delta() (came, went []Value) {
	for _, v := range c.To {
		if !slices.Contains(c.From, v) {
			came = append(came, v)
		}
	}
	for _, v := range c.From {
		if !slices.Contains(c.To, v) {
			went = append(went, v)
		}
	}
	return came, went
}

func accountOf(vs []Value) Account {
	if len(vs) == 0 {
		return Account{}
	}
	return Account{ID: vs[0].ID, Name: vs[0].Text}
}

func id(vs []Value) string {
	if len(vs) == 0 {
		return ""
	}
	return vs[0].ID
}

func text(vs []Value) string {
	if len(vs) == 0 {
		return ""
	}
	return vs[0].Text
}

func norm(vs []Value) string {
	if len(vs) == 0 {
		return ""
	}
	return vs[0].Norm
}

func number(s string) *float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &n
}

// compareIDs orders numeric ids by number, since Jira gives 9 before 10, and
// all others by text.
func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(leadingNumber(a), leadingNumber(b)), cmp.Compare(a, b))
}

func leadingNumber(s string) uint64 {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, _ := strconv.ParseUint(s[:end], 10, 64)
	return n
}

func compareRefs(a, b Ref) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Key, b.Key)) }

func sortedSet(s []string) []string {
	if len(s) == 0 {
		return nil
	}
	slices.Sort(s)
	return slices.Compact(s)
}

// TellsAfter is the earliest moment after at of which the ticket tells: the next at
// which it stands otherwise than at that. Zero when there is none.
func (t *Ticket) TellsAfter(at time.Time) time.Time {
	var next time.Time
	tells := func(moment time.Time) {
		if moment.After(at) && (next.IsZero() || moment.Before(next)) {
			next = moment
		}
	}
	n, _ := slices.BinarySearchFunc(t.History, at, func(c Change, at time.Time) int {
		if c.At.After(at) {
			return 1
		}
		return -1
	})
	if n < len(t.History) {
		tells(t.History[n].At)
	}
	for i := len(t.Comments) - 1; i >= 0 && t.Comments[i].Created.After(at); i-- {
		tells(t.Comments[i].Created)
	}
	for i := range t.Needs {
		tells(t.Needs[i].Created)
	}
	for _, moment := range []time.Time{t.Created, t.Started, t.Resolved, t.Updated} {
		tells(moment)
	}
	return next
}
