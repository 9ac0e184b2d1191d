package rules

import (
	"github.com/fairlead-dev/fairlead/ticket"
)

// maxLevels bounds how far a chain is followed, whatever a rule asks for.
const maxLevels = ticket.MostLevels

// chain is the ticket and everything above it, level by level: parent, epic,
// project, initiative. What is not stored is left out.
func (t *workTicket) chain(levels int) []*workTicket {
	return ticket.Chain(t, levels, (*workTicket).Identity, (*workTicket).above)
}

// above lists what stands directly above the ticket: its parent first, then
// what else holds it.
func (t *workTicket) above() []*workTicket {
	var out []*workTicket
	for _, r := range t.Above() {
		if up := t.w.ticket(t.Source, r); up != nil {
			out = append(out, up)
		}
	}
	return out
}

// highest is the last ticket on the way up that is no goal. The way goes through
// the parent where there is one, so that a child and its parent come out at the
// same ticket; a goal on the way is passed, never given.
func (t *workTicket) highest(levels int) *workTicket {
	top := t
	seen := map[string]bool{t.Identity(): true}
	for at, n := t, 0; n < min(levels, maxLevels); n++ {
		up := at.above()
		if len(up) == 0 || seen[up[0].Identity()] {
			break
		}
		at = up[0]
		seen[at.Identity()] = true
		if at.Kind != ticket.Goal {
			top = at
		}
	}
	return top
}
