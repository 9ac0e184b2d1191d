package rules

import (
	"slices"

	"github.com/fairlead-dev/fairlead/ticket"
)

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

// find is number of a text that may not be among them; -1 then.
func (in *interned) find(s string) int32 {
	if n, known := in.at[s]; known {
		return n
	}
	return -1
}

// accounts keeps one of each account that notes speak of, as different tickets tell
// of it. What they tell is laid together, whatever the order in which they are read.
type accounts struct {
	told  []telling
	at    map[knownAs]int32
	whose []knownAccount
	keyed map[account]int32
}

// telling is an account as some tickets tell of it.
type telling struct {
	knownAs
	account int32
	times   int32 // how often notes speak of it
}

// knownAccount is an account with all that is told of it.
type knownAccount struct {
	told   []int32
	person *person // once it was asked for
}

// number is that of the account as it is told here, -1 for nobody.
func (as *accounts) number(tracker string, a ticket.Account) int32 {
	if a.IsZero() {
		return -1
	}
	key := knownAs{tracker, a}
	n, known := as.at[key]
	if known {
		return n
	}
	if as.at == nil {
		as.at, as.keyed = map[knownAs]int32{}, map[account]int32{}
	}
	of, known := as.keyed[accountOf(tracker, a)]
	if !known {
		of = int32(len(as.whose))
		as.whose, as.keyed[accountOf(tracker, a)] = append(as.whose, knownAccount{}), of
	}
	n = int32(len(as.told))
	as.told, as.at[key] = append(as.told, telling{knownAs: key, account: of}), n
	as.whose[of].told = append(as.whose[of].told, n)
	return n
}

// count counts once more, or less, whom the note speaks of.
func (o *overview) count(n *note, traces []trace, times int32) {
	count := func(who int32) {
		if who < 0 {
			return
		}
		one := &o.people.told[who]
		before := one.times
		if one.times += times; o.altered != nil && (before == 0 || one.times == 0) {
			o.altered.add(askedAccount(one.account))
		}
	}
	count(n.who)
	for i := range traces {
		count(traces[i].by)
	}
}

// together is all that is told of the account.
func (as *accounts) together(of int32) knownAs {
	var out knownAs
	for _, n := range as.whose[of].told {
		if one := &as.told[n]; one.times > 0 {
			out.tracker = one.tracker
			out.Bot, out.Inactive = out.Bot || one.Bot, out.Inactive || one.Inactive
			out.ID, out.Name, out.Email = firstText(out.ID, one.ID), firstText(out.Name, one.Name), firstText(out.Email, one.Email)
		}
	}
	return out
}

// apart are the same for another goroutine.
func (as *accounts) apart() accounts {
	out := *as
	out.whose = slices.Clone(as.whose)
	for i := range out.whose {
		out.whose[i].person = nil
	}
	return out
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
	of := o.people.told[n].account
	o.w.asks(askedAccount(of))
	a := &o.people.whose[of]
	if a.person == nil || o.w.noted != nil {
		who := o.people.together(of)
		a.person = o.w.person(who.tracker, who.Account)
	}
	return a.person
}
