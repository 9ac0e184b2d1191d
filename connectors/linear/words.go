package linear

import (
	"context"
	"maps"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// words are the tables that turn ids into names: people, workflow states,
// labels and teams. They are read once a pass, and only when there is something
// to read with them.
type words struct {
	people  people
	states  map[string]state
	labels  map[string]string // id to full name
	teams   map[string]team   // by id
	mapping connectors.Mapping
	// commentText says that the operator allows keeping what people wrote.
	commentText bool
}

type state struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

type team struct {
	ID   string `json:"id"`
	Key  string `json:"key"`
	Name string `json:"name"`
}

type label struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// IsGroup says that it only holds other labels and is put on no issue.
	IsGroup bool `json:"isGroup"`
	Parent  *ref `json:"parent"`
}

// fullName is the label's name with its group's in front: "Type/Bug".
func (l label) fullName() string {
	if l.Parent == nil || l.Parent.Name == "" {
		return l.Name
	}
	return l.Parent.Name + "/" + l.Name
}

func readWords(ctx context.Context, s *Source, teams []team) (*words, error) {
	users, err := readAll[user](ctx, s.client, listing{query: docUsers, most: mostNodes})
	if err != nil {
		return nil, err
	}
	states, err := readAll[state](ctx, s.client, listing{query: docStates, most: mostNodes})
	if err != nil {
		return nil, err
	}
	labels, err := readAll[label](ctx, s.client, listing{query: docLabels, most: mostNodes})
	if err != nil {
		return nil, err
	}
	w := newWords(s.mapping, users, states, labels, teams)
	w.commentText = s.commentText
	s.remember(w)
	return w, nil
}

func newWords(m connectors.Mapping, users []user, states []state, labels []label, teams []team) *words {
	w := &words{
		people: newPeople(users), mapping: withGroups(m, labels),
		states: map[string]state{}, labels: map[string]string{}, teams: map[string]team{},
	}
	for _, s := range states {
		w.states[s.ID] = s
	}
	for _, l := range labels {
		w.labels[l.ID] = l.fullName()
	}
	for _, t := range teams {
		w.teams[t.ID] = t
	}
	return w
}

// withGroups lets a label in a group mean what its own name means, unless the
// mapping names the two together.
func withGroups(m connectors.Mapping, labels []label) connectors.Mapping {
	extended := maps.Clone(m.Labels)
	if extended == nil {
		extended = map[string]ticket.Kind{}
	}
	for _, l := range labels {
		full := connectors.Fold(l.fullName())
		kind, ok := m.Labels[connectors.Fold(l.Name)]
		if _, named := m.Labels[full]; ok && !named {
			extended[full] = kind
		}
	}
	m.Labels = extended
	return m
}

// labelNames turns ids into names. A label that Linear has deleted keeps its id
// as its name, so that its coming and going in a history still match.
func (w *words) labelNames(ids []string) []string {
	var names []string
	for _, id := range ids {
		if name := w.labels[id]; name != "" {
			names = append(names, name)
		} else if id != "" {
			names = append(names, id)
		}
	}
	return names
}

// category is what a state means: by its own name where the mapping names it,
// otherwise by its type. A type Linear invents later counts as not promised.
func (w *words) category(s state) ticket.Category {
	if c, ok := w.mapping.Statuses[connectors.Fold(s.Name)]; ok {
		return c
	}
	if c, ok := w.mapping.Statuses["type/"+connectors.Fold(s.Type)]; ok {
		return c
	}
	return ticket.Backlog
}

// status is a state from a history; nil for none.
func (w *words) status(id string) []ticket.Value {
	if id == "" {
		return nil
	}
	s, known := w.states[id]
	if !known {
		s = state{ID: id, Name: "unknown status"}
	}
	return []ticket.Value{{ID: id, Text: s.Name, Norm: string(w.category(s))}}
}

// team is a team from a history, by its key; nil for none.
func (w *words) team(id string) []ticket.Value {
	if id == "" {
		return nil
	}
	t, known := w.teams[id]
	if !known {
		t = team{Key: id, Name: "unknown team"}
	}
	return []ticket.Value{{ID: t.Key, Text: t.Name}}
}

// issueKind is the kind of an issue with these labels.
func (w *words) issueKind(labelIDs []string) ticket.Kind {
	return w.mapping.Kind(rawIssue, w.labelNames(labelIDs))
}

// priorityNames are Linear's words for its numbers.
var priorityNames = map[string]string{"0": "No priority", "1": "Urgent", "2": "High", "3": "Medium", "4": "Low"}
