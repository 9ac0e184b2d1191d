package reports

// Crowd is a team as numbers above teams count it: who is in it, and which
// agreements it has.
type Crowd struct {
	Team   string   // team id
	People []string // person ids, each once
	Rules  []string // rule ids
}

// ToldGroups parts teams into groups that numbers are told of above their teams, as
// the organisation's report does, and gives the rules whose sums over all teams may
// stand beside them. There is no group and no rule where too few people stand
// behind the numbers.
func ToldGroups(all []Crowd) (groups [][]string, rules []string) {
	crowds := make([]crowd, len(all))
	for i, c := range all {
		crowds[i] = crowd{team: c.Team, people: c.People, rules: c.Rules}
	}
	groups = toldGroups(crowds)
	if len(groups) == 0 {
		return nil, nil
	}
	return groups, toldRules(crowds, groups)
}

// ToldShares says which of some counts of tickets may be told with a share; nil
// stands for a count that nobody made.
func ToldShares(counts []*Flight) []bool { return toldShares(counts) }
