package simulator

import "slices"

// membership says that somebody belongs to a Linear team.
type membership struct {
	person *Person
	team   *Space
}

func (m membership) gqlID() string { return uuid("membership", m.team.Key, m.person.Handle) }

func (m membership) moments() lifetime { return m.team.moments() }

// memberships are the team's lead, who owns it, and everybody who has been
// assigned something in it.
func (l *linear) memberships(s *Space) []membership {
	var out []membership
	add := func(p *Person) {
		m := membership{p, s}
		if p != nil && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	if lead, ok := l.w.person(s.Lead); ok {
		add(lead)
	}
	for _, i := range l.w.issues {
		if i.Space == s {
			add(i.Assignee)
		}
	}
	return out
}

// membershipFields are those of TeamMembership.
func membershipFields() map[string]gqlField {
	return common[membership](map[string]gqlField{
		"owner":     value(func(m membership) any { return m.person.Handle == m.team.Lead }),
		"sortOrder": value(func(membership) any { return 0.0 }),
		"team":      one("Team", func(_ *linear, m membership) *Space { return m.team }),
		"user":      one("User", func(_ *linear, m membership) *Person { return m.person }),
	})
}
