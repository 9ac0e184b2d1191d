package daemon

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Unowned is work that no team owns.
type Unowned struct {
	Source  string `json:"source"`
	Space   string `json:"space"` // Jira project or Linear team key
	Tickets int    `json:"tickets"`
	Paste   string `json:"paste"` // a line for a team in org.yaml
}

// stock is what the stored tickets tell, gathered in one pass. It grows with
// words, people and projects, not with tickets.
type stock struct {
	shelves  map[string]*shelf // by source
	accounts map[accountKey]*acquaintance
	orphans  map[space]int
	owned    map[ownedBy]bool
	owners   *org.Owners
	now      time.Time // when it is asked whose work it is
}

// shelf is what is stored of one source.
type shelf struct {
	tickets int
	words   map[word]int // how many tickets use a word
}

// word is one of a tracker's words, folded.
type word struct{ sort, text string }

// space is a Jira project or a Linear team.
type space struct{ source, tracker, key string }

// ownedBy says that a team has work in a tracker.
type ownedBy struct{ team, tracker string }

func takeStock(tickets iter.Seq2[ticket.Ticket, error], dir *org.Directory, wanted func(source string) bool, now time.Time) (*stock, error) {
	s := newStock(dir, now)
	for t, err := range tickets {
		if err != nil {
			return nil, err
		}
		if wanted(t.Source) {
			s.add(&t)
		}
	}
	return s, nil
}

func newStock(dir *org.Directory, now time.Time) *stock {
	return &stock{
		shelves: map[string]*shelf{}, accounts: map[accountKey]*acquaintance{},
		orphans: map[space]int{}, owned: map[ownedBy]bool{}, owners: dir.Owners(), now: now,
	}
}

func (s *stock) add(t *ticket.Ticket) {
	s.of(t.Source).count(t)
	s.meet(t)
	s.own(t)
}

// of is the shelf of a source.
func (s *stock) of(source string) *shelf {
	if s.shelves[source] == nil {
		s.shelves[source] = &shelf{words: map[word]int{}}
	}
	return s.shelves[source]
}

// count notes the words of a ticket, each once.
func (s *shelf) count(t *ticket.Ticket) {
	s.tickets++
	used := []word{{"type", connectors.Fold(t.RawType)}, {"status", connectors.Fold(t.Status)}}
	for _, l := range t.Links {
		used = append(used, word{"link", connectors.Fold(l.Phrase)})
	}
	slices.SortFunc(used, func(a, b word) int { return cmp.Or(cmp.Compare(a.sort, b.sort), cmp.Compare(a.text, b.text)) })
	for _, w := range slices.Compact(used) {
		s.words[w]++
	}
}

// own notes whose work the ticket is now. A Linear project or initiative has no team
// of its own: its issues tell.
func (s *stock) own(t *ticket.Ticket) {
	at := space{t.Source, t.Tracker, cmp.Or(t.Project, t.Team)}
	if at.key == "" {
		return
	}
	team := s.owners.At(org.Work{JiraProject: t.Project, JiraComponents: t.Components, JiraBoards: t.Boards, LinearTeam: t.Team}, s.now)
	if team == nil {
		s.orphans[at]++
		return
	}
	s.owned[ownedBy{team.ID, t.Tracker}] = true
}

// unowned lists the spaces with tickets that no team owns, most tickets first.
func (s *stock) unowned() []Unowned {
	var out []Unowned
	for at, n := range s.orphans {
		line := fmt.Sprintf("owns: {jira: {projects: [%s]}}", quoted(at.key))
		if at.tracker == "linear" {
			line = fmt.Sprintf("owns: {linear: {teams: [%s]}}", quoted(at.key))
		}
		out = append(out, Unowned{Source: at.source, Space: at.key, Tickets: n, Paste: line})
	}
	slices.SortFunc(out, func(a, b Unowned) int {
		return cmp.Or(cmp.Compare(b.Tickets, a.Tickets), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Space, b.Space))
	})
	return out
}
