package ticket_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	. "github.com/fairlead-dev/fairlead/ticket"
)

// The property: let a ticket live through random edits and remember how it
// stood after each; then AsOf of each moment is what was remembered.
func TestAsOfEqualsWhatStoodThere(t *testing.T) {
	for seed := range uint64(150) {
		l := newLife(seed)
		for range 40 {
			l.edit()
		}
		for at, want := range l.stood {
			got, ok := l.now.AsOf(at)
			if !ok {
				t.Fatalf("seed %d: nothing at %s", seed, at)
			}
			if !reflect.DeepEqual(tidy(got), tidy(want)) {
				t.Fatalf("seed %d at %s:\n got %+v\nwant %+v", seed, at, got, want)
			}
			// Going back in two steps is going back.
			between, _ := l.now.AsOf(at.Add(3 * time.Second))
			if twice, _ := between.AsOf(at); !reflect.DeepEqual(tidy(twice), tidy(got)) {
				t.Fatalf("seed %d at %s, in two steps:\n got %+v\nwant %+v", seed, at, twice, got)
			}
		}
	}
}

// life is a ticket with its random edits and how it stood after each.
type life struct {
	rng   *rand.Rand
	at    time.Time
	now   Ticket
	stood map[time.Time]Ticket
}

func newLife(seed uint64) *life {
	l := &life{rng: rand.New(rand.NewPCG(seed, 7)), at: created, stood: map[time.Time]Ticket{}}
	l.now = Ticket{
		Source: "jira acme", ID: "1", Key: "PAY-1", Title: "title 0", Created: created, Updated: created,
		Status: "Todo", Category: Todo, Priority: NoPriority, Kind: Task, RawType: "Task", Project: "PAY", Team: "T",
		Labels: []string{"l1"}, Sprints: []string{"s1", "s2"},
	}
	l.remember()
	return l
}

func (l *life) remember() {
	l.now = copied(l.now)
	l.now.Normalise()
	l.stood[l.at] = copied(l.now)
}

func (l *life) pick(list ...string) string { return list[l.rng.IntN(len(list))] }

// edit does one random thing, sometimes in the same second as the one before.
func (l *life) edit() {
	l.at = l.at.Add(time.Duration(l.rng.IntN(4)) * time.Second)
	l.now.Updated = l.at
	edits := []func() Change{
		l.status, l.assignee, l.priority, l.estimate, l.due, l.kind, l.parent, l.project, l.title, l.description,
		func() Change { return l.set(FieldSprint, &l.now.Sprints) },
		func() Change { return l.set(FieldLabel, &l.now.Labels) },
		func() Change { return l.set(FieldComponent, &l.now.Components) },
		l.container, l.link,
	}
	if n := l.rng.IntN(len(edits) + 2); n < len(edits) {
		c := edits[n]()
		c.ID, c.At, c.Actor = strconv.Itoa(len(l.now.History)+1), l.at, Account{ID: l.pick("mina", "jo", "lee")}
		l.now.History = append(l.now.History, c)
	} else if n == len(edits) {
		l.now.Comments = append(l.now.Comments, Comment{ID: strconv.Itoa(len(l.now.Comments)), Created: l.at})
	} else {
		l.now.Needs = append(l.now.Needs, Need{ID: strconv.Itoa(len(l.now.Needs)), Created: l.at})
		l.now.Updated = l.lastUpdated() // a need is no update of the ticket
	}
	l.remember()
}

func (l *life) lastUpdated() time.Time {
	last := created
	for _, c := range l.now.History {
		last = later(last, c.At)
	}
	for _, c := range l.now.Comments {
		last = later(last, c.Created)
	}
	return last
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func one(id, text, norm string) []Value {
	if id == "" && text == "" {
		return nil
	}
	return []Value{{ID: id, Text: text, Norm: norm}}
}

func (l *life) status() Change {
	from := one("x", l.now.Status, string(l.now.Category))
	l.now.Category = Categories()[l.rng.IntN(len(Categories()))]
	l.now.Status = string(l.now.Category) + l.pick(" A", " B")
	return Change{Field: FieldStatus, From: from, To: one("x", l.now.Status, string(l.now.Category))}
}

func (l *life) assignee() Change {
	from := one(l.now.Assignee.ID, l.now.Assignee.Name, "")
	l.now.Assignee = Account{ID: l.pick("", "mina", "jo")}
	l.now.Assignee.Name = l.now.Assignee.ID
	return Change{Field: FieldAssignee, From: from, To: one(l.now.Assignee.ID, l.now.Assignee.Name, "")}
}

func (l *life) priority() Change {
	from := one("", string(l.now.Priority), string(l.now.Priority))
	l.now.Priority = Priorities()[l.rng.IntN(5)]
	return Change{Field: FieldPriority, From: from, To: one("", string(l.now.Priority), string(l.now.Priority))}
}

func (l *life) estimate() Change {
	number := func() []Value {
		if l.now.Estimate == nil {
			return nil
		}
		return one(strconv.FormatFloat(*l.now.Estimate, 'g', -1, 64), "", "")
	}
	from := number()
	l.now.Estimate = []*float64{nil, points(0), points(0.5), points(8)}[l.rng.IntN(4)]
	return Change{Field: FieldEstimate, From: from, To: number()}
}

func (l *life) due() Change {
	from := one(string(l.now.Due), "", "")
	l.now.Due = Date(l.pick("", "2026-12-01", "2027-01-15"))
	return Change{Field: FieldDue, From: from, To: one(string(l.now.Due), "", "")}
}

func (l *life) kind() Change {
	field := FieldKind
	from := one("k", l.now.RawType, string(l.now.Kind))
	l.now.Kind = Kinds()[l.rng.IntN(len(Kinds()))]
	if l.rng.IntN(2) == 0 {
		field, l.now.RawType = FieldType, l.pick("Story", "Bug", "Epic")
	}
	return Change{Field: field, From: from, To: one("k", l.now.RawType, string(l.now.Kind))}
}

func (l *life) parent() Change {
	from := one(l.now.Parent.ID, l.now.Parent.Key, "")
	l.now.Parent = Ref{}
	if n := l.pick("", "8", "9"); n != "" {
		l.now.Parent = Ref{ID: n, Key: "PAY-" + n}
	}
	return Change{Field: FieldParent, From: from, To: one(l.now.Parent.ID, l.now.Parent.Key, "")}
}

func (l *life) project() Change {
	if l.rng.IntN(2) == 0 {
		from := one(l.now.Team, "", "")
		l.now.Team = l.pick("T", "U")
		return Change{Field: FieldTeam, From: from, To: one(l.now.Team, "", "")}
	}
	from := one(l.now.Project, "", "")
	l.now.Project = l.pick("PAY", "ORD")
	return Change{Field: FieldProject, From: from, To: one(l.now.Project, "", "")}
}

func (l *life) title() Change {
	from := one("", l.now.Title, "")
	l.now.Title = fmt.Sprint("title ", l.rng.IntN(1000))
	return Change{Field: FieldTitle, From: from, To: one("", l.now.Title, "")}
}

func (l *life) description() Change { return Change{Field: FieldDescription, To: one("", "", "90")} }

// set adds or takes one value and tells so as whole lists or as what came and
// went, as the trackers do.
func (l *life) set(f Field, list *[]string) Change {
	before := ids(*list...)
	came, went := []string{}, []string{}
	if v := fmt.Sprint(f, l.rng.IntN(4)); slices.Contains(*list, v) {
		*list = slices.DeleteFunc(slices.Clone(*list), func(s string) bool { return s == v })
		went = append(went, v)
	} else {
		*list = append(slices.Clone(*list), v)
		came = append(came, v)
	}
	if l.rng.IntN(2) == 0 {
		return Change{Field: f, From: before, To: ids(*list...)}
	}
	return Change{Field: f, From: ids(went...), To: ids(came...)}
}

func (l *life) container() Change {
	n := l.pick("1", "2", "3")
	value, ref := one("c"+n, "Container "+n, ""), Ref{ID: "c" + n, Key: "Container " + n}
	if slices.Contains(l.now.Containers, ref) {
		l.now.Containers = slices.DeleteFunc(slices.Clone(l.now.Containers), func(r Ref) bool { return r == ref })
		return Change{Field: FieldContainer, From: value}
	}
	l.now.Containers = append(l.now.Containers, ref)
	return Change{Field: FieldContainer, To: value}
}

func (l *life) link() Change {
	link := Link{Kind: Relates, Phrase: "relates to", Target: Ref{Key: l.pick("PAY-2", "PAY-3")}}
	if l.rng.IntN(2) == 0 {
		link.Kind, link.Phrase = Blocks, "blocks"
	}
	value := one(link.Target.Key, link.Phrase, string(link.Kind))
	if slices.Contains(l.now.Links, link) {
		l.now.Links = slices.DeleteFunc(slices.Clone(l.now.Links), func(o Link) bool { return o == link })
		return Change{Field: FieldLink, From: value}
	}
	l.now.Links = append(l.now.Links, link)
	return Change{Field: FieldLink, To: value}
}

func TestNormaliseIsTheSameTwiceAndInAnyOrder(t *testing.T) {
	for seed := range uint64(100) {
		l := newLife(seed)
		for range 30 {
			l.edit()
		}
		l.now.Watchers = []Account{{ID: "b"}, {ID: "a"}, {ID: "b"}}
		l.now.Mentions = []string{"z", "a", "z"}
		want := copied(l.now)
		want.Normalise()
		again := copied(want)
		again.Normalise()
		if !reflect.DeepEqual(again, want) {
			t.Fatalf("seed %d, a second time:\n got %+v\nwant %+v", seed, again, want)
		}
		mixed := shuffled(l.rng, want)
		mixed.Normalise()
		if !reflect.DeepEqual(mixed, want) {
			t.Fatalf("seed %d, another order:\n got %+v\nwant %+v", seed, mixed, want)
		}
	}
}

// shuffled is t with every list in another order and the first item twice, in
// the zone of a tracker far away.
func shuffled(rng *rand.Rand, t Ticket) Ticket {
	v := reflect.ValueOf(&t).Elem()
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() != reflect.Slice || f.Len() == 0 {
			continue
		}
		own := reflect.MakeSlice(f.Type(), 0, f.Len()+1)
		own = reflect.Append(reflect.AppendSlice(own, f), f.Index(0))
		rng.Shuffle(own.Len(), reflect.Swapper(own.Interface()))
		f.Set(own)
	}
	t.Created = t.Created.In(time.FixedZone("far away", -36000))
	for i := range t.History {
		t.History[i].At = t.History[i].At.In(time.FixedZone("far away", 45900))
	}
	return t
}
