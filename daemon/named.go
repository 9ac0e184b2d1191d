package daemon

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
)

// mostNamed is how many findings one name may stand for: to explain one takes a
// reading of all tickets.
const mostNamed = 5

// named finds the findings that a person means: by id, by the beginning of one, or
// by the ticket or sprint they are about. A name may stand for several, of which
// those in the state preferred are given where there are any; the latest to open
// comes first.
func (b *books) named(name string, preferred finding.State) ([]finding.Finding, error) {
	var byID, byName []finding.Finding
	for _, e := range b.findings {
		if len(name) >= 4 && strings.HasPrefix(string(e.ID), strings.ToLower(name)) {
			byID = append(byID, e)
		}
		if strings.EqualFold(e.Subject.Key, name) || slices.ContainsFunc(e.Tickets, func(key string) bool { return strings.EqualFold(key, name) }) {
			byName = append(byName, e)
		}
	}
	found := byName
	if len(byID) > 0 {
		found = byID
	}
	if some := slices.DeleteFunc(slices.Clone(found), func(e finding.Finding) bool { return e.State != preferred }); len(some) > 0 {
		found = some
	}
	slices.SortFunc(found, func(a, b finding.Finding) int {
		return cmp.Or(b.OpenSince().Compare(a.OpenSince()), strings.Compare(string(a.ID), string(b.ID)))
	})
	switch {
	case len(found) == 0:
		return nil, requestError{fmt.Sprintf("there is no finding %q", rules.OneLine(name)),
			"name it by its id, or by the ticket it is about: fairlead findings list lists those that are open; fairlead explain --why-not RULE TICKET tells why there is none"}
	case len(found) > mostNamed:
		return nil, requestError{fmt.Sprintf("%q stands for %d findings", rules.OneLine(name), len(found)), "name one by its id: " + list(idsOf(found[:mostNamed]), "or") + ", and so on"}
	}
	return found, nil
}

// theOne is named for what can be said of one finding at a time.
func (b *books) theOne(name string, preferred finding.State) (finding.Finding, error) {
	found, err := b.named(name, preferred)
	if err != nil {
		return finding.Finding{}, err
	}
	if len(found) > 1 {
		text := fmt.Sprintf("%q stands for %d findings", rules.OneLine(name), len(found))
		for i := range found {
			text += fmt.Sprintf("\n\t%s  %s, %s", found[i].ID, found[i].Rule, found[i].State)
		}
		return finding.Finding{}, requestError{text, "name one by its id"}
	}
	return found[0], nil
}

func idsOf(all []finding.Finding) []string {
	out := make([]string, len(all))
	for i, e := range all {
		out[i] = string(e.ID)
	}
	return out
}
