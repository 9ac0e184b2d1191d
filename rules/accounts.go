package rules

import "github.com/fairlead-dev/fairlead/ticket"

// interned keeps one of each text and gives it a number.
type interned struct {
	names []string
	at    map[string]int32
}

func (in *interned) number(s string) int32 {
	n, known := in.at[s]
	if !known {
		if in.at == nil {
			in.at = map[string]int32{}
		}
		n = int32(len(in.names))
		in.names, in.at[s] = append(in.names, s), n
	}
	return n
}

// accounts keeps one of each account that notes speak of.
type accounts struct {
	list []knownAccount
	at   map[account]int32
}

type knownAccount struct {
	tracker string
	ticket.Account
	person *person // once it was asked for
}

// number is the account's, -1 for nobody. What different tickets tell of one
// account is laid together, whatever the order in which they are read.
func (as *accounts) number(tracker string, a ticket.Account) int32 {
	if a.IsZero() {
		return -1
	}
	key := accountOf(tracker, a)
	n, known := as.at[key]
	if !known {
		if as.at == nil {
			as.at = map[account]int32{}
		}
		n = int32(len(as.list))
		as.list, as.at[key] = append(as.list, knownAccount{tracker: tracker, Account: a}), n
		return n
	}
	have := &as.list[n]
	have.Bot, have.Inactive = have.Bot || a.Bot, have.Inactive || a.Inactive
	have.ID, have.Name, have.Email = firstText(have.ID, a.ID), firstText(have.Name, a.Name), firstText(have.Email, a.Email)
	return n
}

// firstText is the first by name of two texts, an empty one last.
func firstText(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

// person is whose account it is; nil for nobody.
func (o *overview) person(n int32) *person {
	if n < 0 {
		return nil
	}
	a := &o.people.list[n]
	if a.person == nil {
		a.person = o.w.person(a.tracker, a.Account)
	}
	return a.person
}
