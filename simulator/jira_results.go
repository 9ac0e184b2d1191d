package simulator

import (
	"net/http"
	"slices"
	"sort"
)

// results are what a search found, in the order it asked for. They are asked
// for by place, so that a world too large to be held can answer as well.
type results interface {
	len() int
	// at is the n-th result, whole.
	at(n int) *Issue
	// head is the n-th result with no more than its number, key and times.
	head(n int) *Issue
}

// found are the results of a world that is held in memory.
type found []*Issue

func (f found) len() int          { return len(f) }
func (f found) at(n int) *Issue   { return f[n] }
func (f found) head(n int) *Issue { return f[n] }

// cut gives the results from one place up to another, as far as there are any.
func cut(all results, from, to int) []*Issue {
	out := []*Issue{}
	for n := from; n < min(to, all.len()); n++ {
		out = append(out, all.at(n))
	}
	return out
}

// behind is the place of the first result that the query orders after last.
func (q query) behind(all results, last *Issue) int {
	return sort.Search(all.len(), func(n int) bool { return q.compare(all.head(n), last) > 0 })
}

// find runs a query over what the caller may see. Where the site's search
// trails its database, the query is answered as of then, except for the issues to
// be reconciled, named by id.
func (j *jira) find(r *http.Request, q query, reconcile []string) (results, error) {
	known := func(key string) bool {
		_, ok := j.w.space(key)
		return ok && j.o.shows(key) && j.allowed(r)
	}
	if j.o.Anonymous {
		known = func(string) bool { return true }
	}
	holds, err := q.compile(known, j.viewer().location())
	if err != nil {
		return nil, err
	}
	if err := j.namesKnown(r, q); err != nil {
		return nil, err
	}
	shown := func(i *Issue) bool { return j.visible(r, i) && holds(i) }
	if j.w.bulk != nil {
		return j.w.bulk.search(q, j.viewer().location(), shown)
	}
	var out found
	for _, i := range j.indexed(reconcile) {
		if shown(i) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, q.compare)
	return out, nil
}

// namesKnown refuses a query that names an unknown issue, on sites that do.
func (j *jira) namesKnown(r *http.Request, q query) error {
	names, _ := q.named()
	for _, name := range names {
		if i, ok := j.w.find(name); j.o.StrictNames && (!ok || !j.visible(r, i)) {
			return refuse("An issue with key '%s' does not exist for field 'key'.", name)
		}
	}
	return nil
}
