package jira

import (
	"slices"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

func (c *catalog) indexStatuses(statuses []status) {
	c.statuses, c.byName = make(map[string]status, len(statuses)), make(map[string]status, len(statuses))
	for _, s := range statuses {
		c.statuses[string(s.ID)] = s
		c.byName[connectors.Fold(s.Name)] = s
	}
}

// translated maps the words of a site that speaks another language, by the
// untranslated names it tells beside them. Types that no name maps but that
// stand above ordinary tickets are containers, those above epics goals.
func translated(m connectors.Mapping, statuses []status, types []issueType) connectors.Mapping {
	out := connectors.Mapping{}.With(connectors.Mapping{})
	for _, s := range statuses {
		if meant, ok := m.Statuses[connectors.Fold(s.Untranslated)]; ok {
			out.Statuses[connectors.Fold(s.Name)] = meant
		}
	}
	for _, t := range types {
		name := connectors.Fold(t.Name)
		if _, mapped := m.Types[name]; mapped {
			continue
		}
		if meant, ok := m.Types[connectors.Fold(t.Untranslated)]; ok {
			out.Types[name] = meant
		} else if k := kindOfLevel(t.Level); k != "" {
			out.Types[name] = k
		}
	}
	return out
}

func kindOfLevel(level *int) ticket.Kind {
	switch {
	case level == nil || *level <= 0:
		return ""
	case *level == 1:
		return ticket.Container
	}
	return ticket.Goal
}

// category tells what a status means. key is Jira's own word for its category
// where the ticket told it; otherwise the site's list of statuses is asked. A
// shipped line only refines Jira's word (cancelled is a way of being done, backlog a way
// of being to do), so that a status called "Rejected" in the middle of somebody's workflow
// is not taken for an end; an operator's line is final. A resolution that means
// cancelled makes done cancelled.
func (c *catalog) category(id, name, key, resolution string) ticket.Category {
	meant := c.plainCategory(id, name, key)
	if meant == ticket.Done && c.mapping.Statuses[connectors.Fold(resolution)] == ticket.Cancelled {
		return ticket.Cancelled
	}
	return meant
}

func (c *catalog) plainCategory(id, name, key string) ticket.Category {
	word := connectors.Fold(name)
	if meant, ok := c.operators.Statuses[word]; ok {
		return meant
	}
	if key == "" {
		key = c.categoryKey(id, word)
	}
	meant, mapped := c.mapping.Statuses[word]
	told := map[string][]ticket.Category{
		"new":           {ticket.Todo, ticket.Backlog},
		"indeterminate": {ticket.Started},
		"done":          {ticket.Done, ticket.Cancelled},
	}[key]
	switch {
	case len(told) > 0 && slices.Contains(told, meant):
		return meant
	case len(told) > 0:
		return told[0]
	case mapped:
		return meant
	}
	return ticket.Todo // nothing known: the meaning that claims least
}

func (c *catalog) categoryKey(id, word string) string {
	if s, ok := c.statuses[id]; ok {
		return s.Category.Key
	}
	return c.byName[word].Category.Key
}

// priority tells what a priority means, by name or else by id: the five of
// Jira's default scheme have the same ids in every language.
func (c *catalog) priority(id, name string) ticket.Priority {
	if p, ok := c.mapping.Priorities[connectors.Fold(name)]; ok {
		return p
	}
	return c.mapping.Priority(id)
}
