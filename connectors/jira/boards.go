package jira

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/fairlead-dev/fairlead/ticket"
)

// agilePage is how the agile API pages; it gives 50 at a time whatever is asked.
type agilePage[T any] struct {
	IsLast bool `json:"isLast"`
	Values []T  `json:"values"`
}

// mostOfAList bounds a list, should a server repeat its pages for ever.
const mostOfAList = 50_000

// everyPage reads all pages of an agile list.
func everyPage[T any](ctx context.Context, c *client, path string, query url.Values) ([]T, error) {
	var out []T
	for {
		query.Set("startAt", strconv.Itoa(len(out)))
		query.Set("maxResults", "50")
		var page agilePage[T]
		if err := c.get(ctx, path, query, &page); err != nil {
			return out, err
		}
		out = append(out, page.Values...)
		if page.IsLast || len(page.Values) == 0 || len(out) >= mostOfAList {
			return out, nil
		}
	}
}

// sprints gathers the sprints of one pass: all that run or wait on the projects'
// boards, and those the tickets name. Each is handed on once, and again only if
// more has become known of it.
type sprints struct {
	source *Source
	site   string // the address people open
	known  map[string]*sprint
	asked  map[string]bool // asked for one by one, whatever came of it
	fresh  map[string]bool // not handed on yet
	closed bool            // the site has no agile API, or not for this account
	gaps   []string
}

func newSprints(s *Source, site string) *sprints {
	return &sprints{source: s, site: site, known: map[string]*sprint{}, asked: map[string]bool{}, fresh: map[string]bool{}}
}

// readBoards reads the active and future sprints of all boards of the projects.
// It does so in every pass, because a goal written today touches no ticket.
func (s *sprints) readBoards(ctx context.Context) error {
	boards := map[string]bool{}
	for _, project := range s.source.projects {
		found, err := everyPage[named](ctx, s.source.client, "rest/agile/1.0/board", url.Values{"projectKeyOrId": {project}})
		if refusedWith(err, http.StatusNotFound, http.StatusForbidden, http.StatusUnauthorized) {
			s.closed = true
			s.gaps = append(s.gaps, fmt.Sprintf("%s/rest/agile/1.0 is not shown to this account: sprints and their goals are known only as far as tickets tell", s.source.base))
			return nil
		}
		if err != nil {
			return err
		}
		for _, b := range found {
			boards[string(b.ID)] = true
		}
	}
	for _, board := range slices.Sorted(maps.Keys(boards)) {
		if err := s.readBoard(ctx, board); err != nil {
			return err
		}
	}
	return nil
}

func (s *sprints) readBoard(ctx context.Context, board string) error {
	path := "rest/agile/1.0/board/" + url.PathEscape(board) + "/sprint"
	found, err := everyPage[sprint](ctx, s.source.client, path, url.Values{"state": {"active,future"}})
	if refusedWith(err, http.StatusBadRequest) {
		return nil // a kanban board has no sprints
	}
	if refusedWith(err, http.StatusNotFound, http.StatusForbidden) {
		s.gaps = append(s.gaps, fmt.Sprintf("%s/%s is not shown to this account: its sprints are known only as far as tickets tell", s.source.base, path))
		return nil
	}
	if err != nil {
		return err
	}
	for _, sp := range found {
		sp.Board = orElse(sp.Board, text(board))
		if sp.Goal == nil {
			sp.Goal = new(string) // a board tells everything; no goal is an empty one
		}
		s.meet(sp)
	}
	return nil
}

// follow asks what became of the sprints that were listed in an earlier pass and
// are not any more, and says which are listed now.
func (s *sprints) follow(ctx context.Context, before []string) (now []string, err error) {
	if s.closed {
		return before, nil
	}
	now = slices.Sorted(maps.Keys(s.known))
	for _, id := range before {
		if s.known[id] == nil {
			if err := s.complete(ctx, id, ""); err != nil {
				return before, err
			}
		}
	}
	return now, nil
}

// meet takes in what a board or a ticket tells of a sprint. What is whole
// stands; a later, fuller telling replaces a poorer one.
func (s *sprints) meet(sp sprint) {
	old, known := s.known[string(sp.ID)]
	if known && (old.whole() || !sp.whole() && old.State != "") {
		return
	}
	s.known[string(sp.ID)] = &sp
	s.fresh[string(sp.ID)] = sp.State != ""
}

// complete asks for a sprint of which the tickets did not tell everything; ticket
// is who names it, empty when only a history does.
func (s *sprints) complete(ctx context.Context, id, ticket string) error {
	if sp, ok := s.known[id]; s.closed || s.asked[id] || ok && sp.whole() {
		return nil
	}
	s.asked[id] = true
	var found sprint
	err := s.source.client.get(ctx, "rest/agile/1.0/sprint/"+url.PathEscape(id), nil, &found)
	switch {
	case refusedWith(err, http.StatusNotFound, http.StatusForbidden, http.StatusBadRequest):
		if ticket != "" && s.known[id].State == "" {
			s.gaps = append(s.gaps, fmt.Sprintf("%s: its sprint %s cannot be read, its dates and goal are not known", oneLine(ticket, 40), oneLine(id, 40)))
		}
		return nil
	case err != nil:
		return err
	}
	found.ID = text(id)
	if found.Goal == nil {
		found.Goal = new(string)
	}
	s.known[id], s.fresh[id] = &found, true
	return nil
}

// board is the board a sprint belongs to; empty when not known.
func (s *sprints) board(id string) string {
	if sp, ok := s.known[id]; ok {
		return sp.board()
	}
	return ""
}

// take hands on what has become known since the last time, ordered by id, and
// what could not be read.
func (s *sprints) take() ([]ticket.Sprint, []string) {
	var out []ticket.Sprint
	for _, id := range slices.Sorted(maps.Keys(s.fresh)) {
		if s.fresh[id] {
			out = append(out, s.known[id].noun(s.source.name, s.site))
		}
	}
	clear(s.fresh)
	gaps := s.gaps
	s.gaps = nil
	return out, gaps
}
