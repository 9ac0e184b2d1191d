package finding

import "time"

// LookKey says what was looked at: a source as a whole when all else is empty;
// one of its parts, a Jira project or Linear team, when Part is set; otherwise
// one rule for the work of one team. An empty Source with a rule stands for what
// is told from all sources together, an empty Team for work that no team owns.
type LookKey struct {
	Source string
	Part   string
	Rule   string
	Team   string
}

// Look records from when to when something was looked at. The ledger speaks of
// it only for that time: that it holds no finding from before means nothing.
type Look struct {
	LookKey
	// Since is from when on the ledger tells of it, replayed weeks included.
	Since time.Time
	// Live is when it was first looked at as it stood then, not replayed; zero
	// while it never was.
	Live time.Time
	// Until is up to when a source has been looked at; zero for all else.
	Until time.Time
}

// Looks finds looks by their keys.
type Looks map[LookKey]Look

// LooksOf puts looks where they can be found.
func LooksOf(all []Look) Looks {
	out := make(Looks, len(all))
	for _, l := range all {
		out[l.LookKey] = l
	}
	return out
}

// Of finds the look at what a finding is of: its rule, its team, its source.
func (l Looks) Of(s *Seen) (Look, bool) {
	found, ok := l[LookKey{Source: s.Subject.Source, Rule: s.Rule, Team: s.Team}]
	return found, ok
}
