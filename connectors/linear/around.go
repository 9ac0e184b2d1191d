package linear

import (
	"github.com/fairlead-dev/fairlead/ticket"
)

// milestone is a project's milestone.
type milestone struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	TargetDate string `json:"targetDate"`
	Status     string `json:"status"` // unstarted, next, overdue or done
}

// release tells a milestone: what a project is meant to have by a date. Linear
// calls it done when nothing in it is open.
func (m milestone) release() ticket.Release {
	return ticket.Release{ID: m.ID, Name: m.Name, Due: date(m.TargetDate), Released: m.Status == "done"}
}

// releases tells the one milestone an issue can belong to.
func releases(m *milestone) []ticket.Release {
	if m == nil || m.ID == "" {
		return nil
	}
	return []ticket.Release{m.release()}
}

// paper is an attachment or a link: what something points at outside Linear.
type paper struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

func papers(all []paper) []ticket.Paper {
	var out []ticket.Paper
	for _, p := range all {
		if p.URL != "" {
			out = append(out, ticket.Paper{Title: p.Title, URL: p.URL})
		}
	}
	return out
}

// members are a project's people beside its lead.
func (w *words) members(all []ref, lead *ref) []ticket.Account {
	var out []ticket.Account
	for _, m := range all {
		if m.ID != "" && m.ID != idOf(lead) {
			out = append(out, w.people.account(m.ID))
		}
	}
	return out
}
