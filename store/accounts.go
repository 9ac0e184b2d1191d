package store

import (
	"fmt"
	"slices"

	"github.com/fairlead-dev/fairlead/ticket"
)

// accountTable gives each account of one ticket a place. The few people who
// touch a ticket stand in it dozens of times; the table is what keeps a long
// history small.
type accountTable struct {
	records []accountRecord
	places  map[ticket.Account]who // only once looking through the records gets slow
}

// manyAccounts is where a map becomes faster than looking through the list.
const manyAccounts = 16

// place is where a stands, added when it is new.
func (all *accountTable) place(a ticket.Account) who {
	if a == (ticket.Account{}) {
		return 0
	}
	r := accountRecordOf(a)
	if all.places == nil {
		if i := slices.Index(all.records, r); i >= 0 {
			return who(i + 1)
		}
	} else if w, ok := all.places[a]; ok {
		return w
	}
	all.records = append(all.records, r)
	all.index(a)
	return who(len(all.records))
}

func (all *accountTable) index(added ticket.Account) {
	switch {
	case all.places != nil:
		all.places[added] = who(len(all.records))
	case len(all.records) > manyAccounts:
		all.places = make(map[ticket.Account]who, 4*manyAccounts)
		for i, r := range all.records {
			all.places[r.account()] = who(i + 1)
		}
	}
}

// accounts is the table as read from a body.
type accounts struct {
	list    []ticket.Account
	missing who // a place asked for that the table does not have; 0 for none
}

func accountsOf(records []accountRecord) accounts {
	return accounts{list: convert(records, accountRecord.account)}
}

func (all *accounts) at(w who) ticket.Account {
	if w == 0 {
		return ticket.Account{}
	}
	if w < 0 || int(w) > len(all.list) {
		all.missing = w
		return ticket.Account{}
	}
	return all.list[w-1]
}

// complete is an error when a place was asked for that the table does not have.
func (all *accounts) complete() error {
	if all.missing != 0 {
		return fmt.Errorf("it names account %d of %d", all.missing, len(all.list))
	}
	return nil
}

func accountRecordOf(a ticket.Account) accountRecord {
	return accountRecord{ID: text(a.ID), Name: text(a.Name), Email: text(a.Email), Bot: a.Bot, Inactive: a.Inactive}
}

func (r accountRecord) account() ticket.Account {
	return ticket.Account{ID: string(r.ID), Name: string(r.Name), Email: string(r.Email), Bot: r.Bot, Inactive: r.Inactive}
}
