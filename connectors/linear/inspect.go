package linear

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// Inspect implements connectors.Inspector: who we are, what the token may not
// read, what Linear's words mean, and which teams estimate and have cycles.
func (s *Source) Inspect(ctx context.Context) (connectors.Inspection, error) {
	var out connectors.Inspection
	p := &pass{source: s}
	if err := p.start(ctx); err != nil {
		return out, err
	}
	var err error
	if out.Who, out.Zone, out.ClockSkew, err = s.whoAmI(ctx); err != nil {
		return out, err
	}
	if out.Missing, err = s.missing(ctx); err != nil {
		return out, err
	}
	if out.Fields, err = p.teamFields(ctx); err != nil {
		return out, err
	}
	if out.Words, err = p.vocabulary(ctx); err != nil {
		return out, err
	}
	out.Limit = s.client.budget.words()
	return out, nil
}

type whoReply struct {
	Viewer struct {
		user
		Zone string `json:"timezone"`
	} `json:"viewer"`
}

// whoAmI reads the account behind the token, with its time zone and how far
// Linear's clock is ahead of ours.
func (s *Source) whoAmI(ctx context.Context) (who ticket.Account, zone string, skew time.Duration, err error) {
	c := s.client
	var reply whoReply
	var sent time.Time
	if c.clock != nil {
		sent = c.clock.Now()
	}
	header, err := c.askFor(ctx, docWho, nil, &reply)
	if err != nil {
		return ticket.Account{}, "", 0, err
	}
	if c.clock != nil {
		skew = connectors.ClockSkew(header, sent, c.clock.Now())
	}
	me := reply.Viewer
	return newPeople([]user{me.user}).account(me.ID), me.Zone, skew, nil
}

// missing asks for a little of what tokens are often not given, and tells what
// is lost without it. Linear names scopes only to OAuth applications.
func (s *Source) missing(ctx context.Context) ([]string, error) {
	var out []string
	if s.client.scopes != nil {
		if told := s.client.scopes(); len(told) > 0 && !slices.Contains(told, "read") {
			out = append(out, fmt.Sprintf("the scope read (the application was given %s): nothing can be relied on", shorten(strings.Join(told, ", "))))
		}
	}
	if lacks, err := s.lacksComments(ctx); err != nil {
		return nil, err
	} else if lacks {
		out = append(out, "writing comments (an API key that may write, or the scope comments:create): reminders leave no comments")
	}
	for _, probe := range []struct {
		query
		lost string
	}{
		{docProbeInitiatives, "initiatives: chains of goals end at projects"},
		{docProbeNeeds, "customer needs: no ticket shows who asked for it"},
	} {
		var reply map[string]connection[ref]
		err := s.client.ask(ctx, probe.query, map[string]any{"first": 1}, &reply)
		if errors.Is(err, errNoAccess) {
			out = append(out, probe.lost)
		} else if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// settings are what a team has switched on.
type settings struct {
	Key        string `json:"key"`
	Cycles     bool   `json:"cyclesEnabled"`
	Estimation string `json:"issueEstimationType"` // notUsed, exponential, fibonacci, linear or tShirt
}

// teamFields tells for each team what its tickets can have of sprints and
// estimates. Where Linear does not tell, nothing is said: it stops no reading.
func (p *pass) teamFields(ctx context.Context) (map[string]string, error) {
	all, err := readAll[settings](ctx, p.source.client, listing{query: docSettings, most: mostNodes, filter: inTeams(p.teams)})
	if errors.Is(err, errUnknownField) || errors.Is(err, errNoAccess) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var cycles, estimates []string
	for _, t := range all {
		cycles = append(cycles, t.Key+" "+onOff(t.Cycles))
		estimates = append(estimates, t.Key+" "+estimation(t.Estimation))
	}
	slices.Sort(cycles)
	slices.Sort(estimates)
	return map[string]string{"sprint": "cycle (" + strings.Join(cycles, ", ") + ")", "estimate": "estimate (" + strings.Join(estimates, ", ") + ")"}, nil
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

func estimation(kind string) string {
	switch kind {
	case "", "notUsed":
		return "off"
	}
	return shorten(kind)
}

// vocabulary lists Linear's words and what they mean: the raw types, the states
// of the teams, labels with their groups, priorities and relations.
func (p *pass) vocabulary(ctx context.Context) ([]connectors.Word, error) {
	m := p.source.mapping
	out := slices.Concat(typeWords(m), priorityWords(m), linkWords(m))
	states, err := readAll[state](ctx, p.source.client, listing{query: docStates, most: mostNodes, filter: map[string]any{"team": inTeams(p.teams)}})
	if err != nil {
		return nil, err
	}
	w := words{mapping: m}
	for _, s := range states {
		out = append(out, w.stateWord(s))
	}
	labels, err := readAll[label](ctx, p.source.client, listing{query: docLabels, most: mostNodes})
	if err != nil {
		return nil, err
	}
	w.mapping = withGroups(m, labels)
	for _, l := range labels {
		if !l.IsGroup { // a group is put on no issue
			out = append(out, w.labelWord(l))
		}
	}
	slices.SortFunc(out, compareWords)
	return slices.Compact(out), nil // teams share the names of many states
}

// remember keeps what Words tells.
func (s *Source) remember(w *words) {
	spoken := typeWords(s.mapping)
	for _, one := range w.states {
		spoken = append(spoken, w.stateWord(one))
	}
	slices.SortFunc(spoken, compareWords)
	spoken = slices.Compact(spoken) // teams share the names of many states
	s.spoken.Store(&spoken)
}

// Words implements connectors.Speaker.
func (s *Source) Words() []connectors.Word {
	if spoken := s.spoken.Load(); spoken != nil {
		return *spoken
	}
	return nil
}

func compareWords(a, b connectors.Word) int {
	return strings.Compare(a.Sort+"\x00"+a.Text+"\x00"+a.Means, b.Sort+"\x00"+b.Text+"\x00"+b.Means)
}

func (w *words) stateWord(s state) connectors.Word {
	_, byName := w.mapping.Statuses[connectors.Fold(s.Name)]
	_, byType := w.mapping.Statuses["type/"+connectors.Fold(s.Type)]
	return connectors.Word{Sort: "status", Text: s.Name, Means: string(w.category(s)), Mapped: byName || byType}
}

func (w *words) labelWord(l label) connectors.Word {
	kind, ok := w.mapping.Labels[connectors.Fold(l.fullName())]
	return connectors.Word{Sort: "label", Text: l.fullName(), Means: string(kind), Mapped: ok}
}

func typeWords(m connectors.Mapping) []connectors.Word {
	var out []connectors.Word
	for _, raw := range []string{rawIssue, rawProject, rawInitiative} {
		_, ok := m.Types[raw]
		out = append(out, connectors.Word{Sort: "type", Text: raw, Means: string(m.Kind(raw, nil)), Mapped: ok})
	}
	return out
}

// priorityWords are numbers, as the mapping writes them.
func priorityWords(m connectors.Mapping) []connectors.Word {
	var out []connectors.Word
	for _, n := range slices.Sorted(maps.Keys(priorityNames)) {
		_, ok := m.Priorities[n]
		out = append(out, connectors.Word{Sort: "priority", Text: n, Means: string(m.Priority(n)), Mapped: ok})
	}
	return out
}

func linkWords(m connectors.Mapping) []connectors.Word {
	var out []connectors.Word
	for _, p := range phrases {
		for _, text := range []string{p.outward, p.inward} {
			_, ok := m.Links[text]
			out = append(out, connectors.Word{Sort: "link", Text: text, Means: string(m.Link(text)), Mapped: ok})
		}
	}
	return out
}
