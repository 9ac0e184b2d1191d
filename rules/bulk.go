package rules

import "github.com/fairlead-dev/fairlead/ticket"

// account names a tracker's account across tickets.
type account = ticket.AccountKey

func accountOf(tracker string, a ticket.Account) account { return ticket.KeyOf(tracker, a) }

// bulkFields are the fields whose changes are told from bulk ones however old
// they are, for rules that look back as far as history goes.
func bulkFields(wants map[string]bool) []ticket.Field {
	var out []ticket.Field
	if wants["slips"] {
		out = append(out, ticket.FieldDue)
	}
	if wants["reestimates"] {
		out = append(out, ticket.FieldEstimate)
	}
	return out
}
