package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bulk is a space full of issues that are computed when somebody asks for them
// and never held. The n-th issue is always the same for the same seed. Issues
// are numbered in the order of their creation, which is the order of their last
// updates too: whatever a search sorts by, its results are a run of numbers.
type bulk struct {
	w     *World
	seed  uint64
	size  int
	space *Space
	began time.Time
	users map[userKey]json.RawMessage // as JSON
}

// userKey is what a person's description depends on.
type userKey struct {
	p     *Person
	site  string
	cloud bool
}

// written is somebody's description as JSON. The people of a bulk world never
// change, and they are most of what its answers consist of.
func (b *bulk) written(key userKey, describe func() any) json.RawMessage {
	text, known := b.users[key]
	if !known {
		var err error
		if text, err = json.Marshal(describe()); err != nil {
			panic(err) // it is made of texts
		}
		b.users[key] = text
	}
	return text
}

// The rhythm of a bulk world.
const (
	bulkStep = 37 * time.Second    // from one issue's last update to the next one's
	bulkLife = 20 * 24 * time.Hour // from an issue's creation to its last update
	// bulkFirst is the id of the first issue; below are those of people, spaces and sprints.
	bulkFirst = 10_000_000
	// bulkEvents is how many numbers each issue has for its history and comments.
	bulkEvents = 32
	// bulkEpic is how many issues there are to an epic, itself included.
	bulkEpic = 50
)

// BulkSpace is the key of the space a bulk world has.
const BulkSpace = "BULK"

// Bulk is a world of so many issues, each with about six entries of history, in
// the one space BulkSpace. None of them is held in memory, so a million cost no
// more than one; they can be read in every dialect but not edited. The clock
// shows an hour after the last update.
func Bulk(seed uint64, issues int) *World {
	began := time.Date(2024, 1, 8, 9, 0, 0, 0, time.UTC)
	w := NewWorld(began)
	b := &bulk{w: w, seed: seed, size: issues, began: began, users: map[userKey]json.RawMessage{}}
	for n := range 40 {
		w.AddPerson(Person{Handle: fmt.Sprintf("person%02d", n), Name: fmt.Sprintf("Person %02d", n), Email: fmt.Sprintf("person%02d@acme.example", n)})
	}
	w.AddPerson(Person{Handle: "deploybot", Name: "Deploy Bot", Bot: true})
	b.space = w.AddSpace(Space{Key: BulkSpace, Name: "Bulk", Lead: "person00", Statuses: LinearStatuses()})
	w.AddBoard(BulkSpace, "Bulk board", false)
	b.planSprints()
	w.Set(b.updated(max(issues-1, 0)).Add(time.Hour))
	w.bulk = b
	return w
}

// planSprints fills the time of the world with sprints of four weeks.
func (b *bulk) planSprints() {
	end := b.updated(b.size)
	for at, n := b.began, 1; at.Before(end); n++ {
		s := b.w.AddSprint(BulkSpace, fmt.Sprintf("Sprint %d", n), fmt.Sprintf("Goal %d", n), at, at.Add(28*24*time.Hour))
		s.started, s.updated = at, at
		at = at.Add(28 * 24 * time.Hour)
		if at.Before(end) {
			s.completed, s.updated = at, at
		}
	}
}

func (b *bulk) created(n int) time.Time { return b.began.Add(time.Duration(n) * bulkStep) }

func (b *bulk) updated(n int) time.Time { return b.created(n).Add(bulkLife) }

// head is the n-th issue with number, names and times alone.
func (b *bulk) head(n int) *Issue {
	return &Issue{
		Space: b.space, number: bulkFirst + n, ordinal: n + 1, Key: BulkSpace + "-" + strconv.Itoa(n+1),
		uuid: b.uuid(n), Type: TypeTask, Created: b.created(n), Updated: b.updated(n),
	}
}

// uuid holds the number, so that an issue can be found by it.
func (b *bulk) uuid(n int) string {
	return fmt.Sprintf("%08x-b01c-5000-8000-%012x", uint32(b.seed), n)
}

// numberOf reads an issue's number from its key, Jira id or Linear id.
func (b *bulk) numberOf(name string) (n int, ok bool) {
	var err error
	switch digits, isKey := strings.CutPrefix(name, BulkSpace+"-"); {
	case isKey:
		n, err = strconv.Atoi(digits)
		n--
	case len(name) == len(b.uuid(0)):
		var last uint64
		last, err = strconv.ParseUint(name[24:], 16, 48)
		n = int(last)
		if name != b.uuid(n) {
			return 0, false
		}
	default:
		n, err = strconv.Atoi(name)
		n -= bulkFirst
	}
	return n, err == nil && n >= 0 && n < b.size
}

func (b *bulk) find(name string) (*Issue, bool) {
	n, ok := b.numberOf(name)
	if !ok {
		return nil, false
	}
	return b.issue(n), true
}

// since is the number of the first issue that was updated at or after the moment.
func (b *bulk) since(at time.Time) int {
	d := at.Sub(b.updated(0))
	n := int(d / bulkStep)
	if d > 0 && d%bulkStep > 0 {
		n++
	}
	return max(0, min(n, b.size))
}

// run are the results with the numbers lo up to hi, hi not included.
type run struct {
	b          *bulk
	lo, hi     int
	descending bool
}

func (r run) len() int { return max(0, r.hi-r.lo) }

func (r run) at(n int) *Issue { return r.b.issue(r.number(n)) }

func (r run) head(n int) *Issue { return r.b.head(r.number(n)) }

func (r run) number(n int) int {
	if r.descending {
		return r.hi - 1 - n
	}
	return r.lo + n
}

// search answers a query. Windows of time become runs of numbers, named issues
// are looked up; of what else a query may ask only the project is understood,
// since that is what clients combine these with.
func (b *bulk) search(q query, zone *time.Location, shown func(*Issue) bool) (results, error) {
	if names, named := q.named(); named {
		return b.lookUp(q, names, shown), nil
	}
	out := run{b: b, hi: b.size, descending: len(q.order) == 0 || q.order[0].descending}
	for _, c := range q.clauses {
		switch c.field {
		case "updated", "updateddate":
			at, err := jqlTime(c.values[0].text, zone)
			if err != nil {
				return nil, err
			}
			if c.op == "!=" {
				return nil, refuse("A bulk world cannot search by '%s' != a moment.", c.field)
			}
			out = out.narrowed(c.op, at)
		case "project": // all or none, see below
		default:
			return nil, refuse("A bulk world cannot search by '%s'.", c.field)
		}
	}
	if out.len() == 0 || !shown(out.head(0)) { // what holds for one of the run holds for all
		return found(nil), nil
	}
	return out, nil
}

func (r run) narrowed(op string, at time.Time) run {
	first, next := r.b.since(at), r.b.since(at.Add(1))
	switch op {
	case ">=":
		r.lo = max(r.lo, first)
	case ">":
		r.lo = max(r.lo, next)
	case "<":
		r.hi = min(r.hi, first)
	case "<=":
		r.hi = min(r.hi, next)
	case "=":
		r.lo, r.hi = max(r.lo, first), min(r.hi, next)
	}
	return r
}

// named lists the issues a query names, if it names any.
func (q query) named() (names []string, ok bool) {
	for _, c := range q.clauses {
		if slices.Contains([]string{"id", "key", "issuekey", "issue"}, c.field) && (c.op == "in" || c.op == "=") {
			for _, v := range c.values {
				names = append(names, v.text)
			}
			ok = true
		}
	}
	return names, ok
}

func (b *bulk) lookUp(q query, names []string, shown func(*Issue) bool) results {
	var out found
	seen := map[int]bool{}
	for _, name := range names {
		n, ok := b.numberOf(strings.ToUpper(name))
		if ok && !seen[n] && shown(b.head(n)) {
			seen[n] = true
			out = append(out, b.issue(n))
		}
	}
	slices.SortFunc(out, q.compare)
	return out
}
