package rules

import (
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
)

// Exceptions are tickets that an agreement does not look at, compared without
// regard to case.
type Exceptions struct {
	Labels []string
	// Projects are Jira project keys, Linear team keys, or the keys of what a
	// ticket stands directly below: an epic, a Linear project.
	Projects []string
}

// exempts reports whether the agreement does not look at the ticket.
func (a *Adopted) exempts(t *ticket.Ticket) bool { return a.Except.of(t) != "" }

// of says what excepts the ticket; empty when nothing does.
func (e *Exceptions) of(t *ticket.Ticket) string {
	if label, ok := shared(e.Labels, t.Labels); ok {
		return "the label " + oneLine(label)
	}
	if len(e.Projects) == 0 {
		return ""
	}
	in := []string{t.Project, t.Team, t.Key, t.Parent.Key}
	for _, c := range t.Containers {
		in = append(in, c.Key)
	}
	if project, ok := shared(e.Projects, in); ok {
		return "the project " + oneLine(project)
	}
	return ""
}

// shared finds the first text that stands in both lists.
func shared(a, b []string) (string, bool) {
	i := slices.IndexFunc(a, func(x string) bool {
		return x != "" && slices.ContainsFunc(b, func(y string) bool { return strings.EqualFold(x, y) })
	})
	if i < 0 {
		return "", false
	}
	return a[i], true
}
