package reports

import (
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
)

// words holds texts that many tickets have, each once.
type words map[string]string

func (w words) same(text string) string {
	kept, known := w[text]
	if !known {
		kept = strings.Clone(text)
		w[kept] = kept
	}
	return kept
}

func (w words) account(k ticket.AccountKey) ticket.AccountKey {
	return ticket.AccountKey{Tracker: w.same(k.Tracker), ID: w.same(k.ID)}
}

// piece is a ticket as a report names it, its own texts in one.
func (w words) piece(t *ticket.Ticket) Piece {
	text := strings.Join([]string{t.ID, t.Key, t.Title, t.URL}, "") // never one of them itself, as + may give
	cut := func(n int) (head string) {
		head, text = text[:n], text[n:]
		return head
	}
	return Piece{
		Source: w.same(t.Source), Kind: ticket.Kind(w.same(string(t.Kind))),
		ID: cut(len(t.ID)), Key: cut(len(t.Key)), Title: cut(len(t.Title)), URL: cut(len(t.URL)),
	}
}

// parties numbers accounts.
type parties struct {
	all []party
	of  map[party]int32
}

type party struct {
	tracker string
	account ticket.Account
}

func (p *parties) number(tracker string, a ticket.Account) int32 {
	n, known := p.of[party{tracker, a}]
	if !known {
		a.ID, a.Name, a.Email = strings.Clone(a.ID), strings.Clone(a.Name), strings.Clone(a.Email)
		one := party{strings.Clone(tracker), a}
		n = int32(len(p.all)) //nolint:gosec // of accounts there are never two billion
		p.all, p.of[one] = append(p.all, one), n
	}
	return n
}
