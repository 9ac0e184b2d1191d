package jira

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

// words lists the site's types, statuses, priorities and link phrases, and the
// labels in use in the projects, with what they mean under the mapping in force,
// each once, in the site's order.
func (s *Source) words(ctx context.Context, c *catalog) ([]connectors.Word, []string, error) {
	var priorities []named
	gaps, err := s.list(ctx, "rest/api/2/priority", &priorities, "which priorities no line of the mapping names is not known")
	if err != nil {
		return nil, nil, err
	}
	var links struct {
		Types []linkType `json:"issueLinkTypes"`
	}
	gap, err := s.list(ctx, "rest/api/2/issueLinkType", &links, "which kinds of link no line of the mapping names is not known")
	if err != nil {
		return nil, nil, err
	}
	var out []connectors.Word
	out = append(out, c.typeWords()...)
	out = append(out, c.statusWords()...)
	for _, p := range priorities {
		out = append(out, c.priorityWord(p))
	}
	for _, l := range links.Types {
		out = append(out, c.linkWord(l.Outward), c.linkWord(l.Inward))
	}
	labels, err := s.labels(ctx)
	for _, l := range labels {
		out = append(out, c.labelWord(l))
	}
	return once(out), append(gaps, gap...), err
}

// labelsLookedAt is how many of the projects' tickets, the last updated first,
// are looked at for labels. A list of a site's labels, many thousand as they may
// be, only Cloud has, and it does not tell whose they are.
const labelsLookedAt = 1000

// labels lists the labels in use of late, by name. What the account is not shown
// stays empty.
func (s *Source) labels(ctx context.Context) ([]string, error) {
	if len(s.projects) == 0 {
		return nil, nil
	}
	issues, err := s.latest(ctx, s.inProjects(), "labels", labelsLookedAt)
	seen := map[string]bool{}
	for i := range issues {
		var some []string
		r := reader{issue: &issues[i]}
		r.read("labels", &some)
		for _, l := range some {
			seen[l] = true
		}
	}
	return slices.Sorted(maps.Keys(seen)), err
}

// latest reads one field of the tickets updated last, about so many. It is no
// error that the account is not shown them.
func (s *Source) latest(ctx context.Context, within, field string, most int) ([]issue, error) {
	path := "rest/api/2/search"
	if s.deployment == Cloud {
		path += "/jql"
	}
	query := url.Values{"jql": {within + " ORDER BY updated DESC"}, "fields": {field}, "maxResults": {strconv.Itoa(most)}}
	var out []issue
	for {
		var page tokenPage
		err := s.client.get(ctx, path, query, &page)
		if err != nil && !hidden(err) {
			return out, err
		}
		out = append(out, page.Issues...)
		if page.Next == "" || page.IsLast || page.Next == query.Get("nextPageToken") || len(out) >= most {
			return out, nil
		}
		query.Set("nextPageToken", page.Next) // Cloud's pages may be short
	}
}

// Words implements connectors.Speaker.
func (s *Source) Words() []connectors.Word {
	if spoken := s.spoken.Load(); spoken != nil {
		return *spoken
	}
	return nil
}

// labelWord tells what kind of ticket a label stands for, which most do not.
func (c *catalog) labelWord(label string) connectors.Word {
	kind, mapped := c.mapping.Labels[connectors.Fold(label)]
	return connectors.Word{Sort: "label", Text: label, Means: string(kind), Mapped: mapped}
}

// typeWords counts a type as mapped also where Jira itself tells what it is: by
// its untranslated name, or by its place above epics.
func (c *catalog) typeWords() []connectors.Word {
	var out []connectors.Word
	for _, t := range c.types {
		_, mapped := c.mapping.Types[connectors.Fold(t.Name)]
		out = append(out, connectors.Word{Sort: "type", Text: t.Name, Means: string(c.mapping.Kind(t.Name, nil)), Mapped: mapped})
	}
	return out
}

// statusWords counts a status as mapped also where Jira's own category says what
// it means.
func (c *catalog) statusWords() []connectors.Word {
	var out []connectors.Word
	for _, s := range c.listed {
		_, mapped := c.mapping.Statuses[connectors.Fold(s.Name)]
		meant := c.category(string(s.ID), s.Name, s.Category.Key, "")
		out = append(out, connectors.Word{Sort: "status", Text: s.Name, Means: string(meant), Mapped: mapped || categories[s.Category.Key] != nil})
	}
	return out
}

func (c *catalog) priorityWord(p named) connectors.Word {
	_, byName := c.mapping.Priorities[connectors.Fold(p.Name)]
	_, byID := c.mapping.Priorities[string(p.ID)]
	return connectors.Word{Sort: "priority", Text: p.Name, Means: string(c.priority(string(p.ID), p.Name)), Mapped: byName || byID}
}

func (c *catalog) linkWord(phrase string) connectors.Word {
	_, mapped := c.mapping.Links[connectors.Fold(phrase)]
	return connectors.Word{Sort: "link", Text: phrase, Means: string(c.mapping.Link(phrase)), Mapped: mapped}
}

// once leaves out words without a text and those that were there before with
// the same meaning: team-managed projects each have a status of the same name.
func once(words []connectors.Word) []connectors.Word {
	seen := map[connectors.Word]bool{}
	var out []connectors.Word
	for _, w := range words {
		same := w
		same.Text = connectors.Fold(w.Text)
		if same.Text == "" || seen[same] {
			continue
		}
		seen[same] = true
		out = append(out, w)
	}
	return out
}

// categories are the meanings a status may have by Jira's own category of it,
// the plain one first.
var categories = map[string][]ticket.Category{
	"new":           {ticket.Todo, ticket.Backlog},
	"indeterminate": {ticket.Started},
	"done":          {ticket.Done, ticket.Cancelled},
}
