package daemon

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// ExaminedSource is how one source stands: the site as its tracker shows it, and
// what is stored of it.
type ExaminedSource struct {
	Name    string `json:"name"`
	Trouble string `json:"trouble,omitempty"` // why the tracker could not be asked; what it alone can tell is then empty

	Account ExaminedAccount   `json:"account,omitzero"`
	Zone    string            `json:"time_zone,omitempty"`
	Skew    float64           `json:"clock_ahead_seconds"` // the server's clock less ours
	Limit   string            `json:"limit,omitempty"`
	Missing []string          `json:"missing_permissions,omitempty"`
	Fields  map[string]string `json:"fields,omitempty"`

	Known    map[string]int `json:"mapped_words,omitempty"` // how many words of each sort have a meaning
	Mapping  []MappedWord   `json:"mapping,omitempty"`      // only when asked for
	Unmapped []UnmappedWord `json:"unmapped,omitempty"`
	// Paste gives every unmapped word the meaning it is assumed to have, as
	// lines for the source's entry in fairlead.yaml.
	Paste string `json:"paste,omitempty"`

	Tickets  int       `json:"tickets"`
	LastRead time.Time `json:"last_read,omitzero"` // end of the latest complete sync
	Stale    bool      `json:"stale"`
	SyncSaid string    `json:"sync_trouble,omitempty"` // what stood in the way since
	Gaps     []string  `json:"gaps,omitempty"`         // of the latest complete sync
}

// ExaminedAccount is whom the tracker takes fairlead for.
type ExaminedAccount struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

// MappedWord is one of the tracker's words and its meaning in force.
type MappedWord struct {
	Sort   string `json:"sort"`
	Word   string `json:"word"`
	Means  string `json:"means"`
	Mapped bool   `json:"mapped"` // false: only assumed
}

// UnmappedWord is a word without a line in the mapping.
type UnmappedWord struct {
	Sort    string `json:"sort"`
	Word    string `json:"word"`
	TakenAs string `json:"taken_as"`
	Tickets int    `json:"tickets"` // stored tickets that use it; 0 for priorities, whose words are not stored
	Paste   string `json:"paste"`
	Wrong   bool   `json:"wrong"` // a type or status in use: reports would be wrong
}

// noticedSkew is the difference of clocks worth telling: less is what networks
// and slow answers make.
const noticedSkew = 30 * time.Second

func examine(ctx context.Context, src connectors.Source, state health, kept *shelf, now time.Time, mapping bool) ExaminedSource {
	s := ExaminedSource{
		Name: src.Name(), Tickets: kept.tickets, LastRead: state.lastRead, Stale: state.stale(now), SyncSaid: state.trouble, Gaps: state.gaps,
	}
	var seen connectors.Inspection
	if seen, s.Trouble = inspect(ctx, src); s.Trouble != "" {
		return s
	}
	s.Account = accountShown(seen.Who)
	s.Zone, s.Limit, s.Missing, s.Fields = seen.Zone, seen.Limit, seen.Missing, seen.Fields
	s.Skew = seen.ClockSkew.Seconds()
	s.readWords(seen.Words, kept, mapping)
	return s
}

func accountShown(a ticket.Account) ExaminedAccount {
	return ExaminedAccount{ID: a.ID, Name: a.Name, Email: a.Email}
}

// sections are the sections of a mapping by the sort of word they hold. Labels
// that mean nothing are no news.
var sections = map[string]string{"type": "types", "status": "statuses", "priority": "priorities", "link": "links"}

func (s *ExaminedSource) readWords(words []connectors.Word, kept *shelf, all bool) {
	s.Known = map[string]int{}
	for _, w := range words {
		if w.Mapped {
			s.Known[w.Sort]++
		}
		if all {
			s.Mapping = append(s.Mapping, MappedWord{Sort: w.Sort, Word: w.Text, Means: w.Means, Mapped: w.Mapped})
		}
		if u, ok := unmapped(w, kept); ok {
			s.Unmapped = append(s.Unmapped, u)
		}
	}
	order := func(aSort, bSort, aWord, bWord string) int {
		return cmp.Or(cmp.Compare(aSort, bSort), cmp.Compare(aWord, bWord))
	}
	slices.SortFunc(s.Mapping, func(a, b MappedWord) int { return order(a.Sort, b.Sort, a.Word, b.Word) })
	slices.SortFunc(s.Unmapped, func(a, b UnmappedWord) int {
		return cmp.Or(cmp.Compare(b.Tickets, a.Tickets), order(a.Sort, b.Sort, a.Word, b.Word))
	})
	s.Paste = mappingLines(s.Unmapped)
}

// unmapped tells of a word without a meaning that somebody uses, or may use.
func unmapped(w connectors.Word, kept *shelf) (UnmappedWord, bool) {
	section, known := sections[w.Sort]
	used := kept.words[word{w.Sort, connectors.Fold(w.Text)}]
	if w.Mapped || !known || used == 0 && w.Sort != "priority" {
		return UnmappedWord{}, false
	}
	return UnmappedWord{
		Sort: w.Sort, Word: w.Text, TakenAs: w.Means, Tickets: used,
		Wrong: w.Sort == "type" || w.Sort == "status",
		Paste: fmt.Sprintf("mapping: {%s: {%s: %s}}", section, quoted(w.Text), quoted(w.Means)),
	}, true
}

// mappingLines is a mapping of these words, by section.
func mappingLines(words []UnmappedWord) string {
	bySection := map[string][]string{}
	listed := map[word]bool{}
	for _, w := range words {
		if same := (word{w.Sort, connectors.Fold(w.Word)}); !listed[same] {
			listed[same] = true
			bySection[sections[w.Sort]] = append(bySection[sections[w.Sort]], "    "+quoted(w.Word)+": "+quoted(w.TakenAs)+"\n")
		}
	}
	if len(bySection) == 0 {
		return ""
	}
	out := "mapping:\n"
	for _, section := range slices.Sorted(maps.Keys(bySection)) {
		out += "  " + section + ":\n" + strings.Join(bySection[section], "")
	}
	return out
}

// ClockOff reports that the server's clock and ours differ by enough to be told.
func (s *ExaminedSource) ClockOff() bool { return max(s.Skew, -s.Skew) > noticedSkew.Seconds() }

// empty reports that the source was read to the end and nothing came, as when
// the account may search but sees no ticket.
func (s *ExaminedSource) empty() bool { return !s.LastRead.IsZero() && s.Tickets == 0 }

// wrong counts what of this would make reports wrong.
func (s *ExaminedSource) wrong() int {
	n := len(s.Missing)
	if s.empty() {
		n++
	}
	for _, u := range s.Unmapped {
		if u.Wrong {
			n++
		}
	}
	if s.Stale {
		n++
	}
	if s.Trouble != "" {
		n++
	}
	return n
}
