package dashboard

import (
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules"
)

// bench is one agreement on the workbench: whose it is, how it holds, and what they
// have said of it so far.
type bench struct {
	*visit
	team  *org.Team // nil: the organisation
	id    string    // of the team; empty for the organisation
	whose string
	holds *rules.Adopted // today
	given *rules.Adopted // without what the team, or the organisation, says itself
	// values and givenValues are those of holds and given: every field asks for some.
	values, givenValues []rules.Value

	said  AgreementDraft
	above AgreementDraft // what the organisation says, where it is a team's
	kept  string         // where agreements are managed, when that is not here
}

// bench is the agreement in the address, on the workbench.
func (v *visit) bench() (*bench, error) {
	if v.s.Workbench == nil {
		return nil, notThere
	}
	b := &bench{visit: v, id: v.r.PathValue("team"), whose: "the organisation", kept: clean(v.s.Data.AgreementsIn())}
	if b.id != "" {
		b.team, _ = v.dir.Team(b.id)
		b.whose = nameOf(b.team)
	}
	if b.holds = v.standingOf(b.id); b.holds == nil {
		return nil, notThere
	}
	var err error
	if b.given, err = b.givenToIt(); err != nil {
		return nil, err
	}
	b.values, b.givenValues = b.holds.Values(), b.given.Values()
	if b.said, err = v.s.Workbench.Draft(v.r.Context(), b.id, b.holds.Rule.ID); err != nil {
		return nil, err
	}
	if b.id != "" {
		b.above, err = v.s.Workbench.Draft(v.r.Context(), "", b.holds.Rule.ID)
	}
	return b, err
}

// givenToIt is how the rule stands before the team says anything: as the organisation
// agreed it; and before the organisation does: as it ships.
func (b *bench) givenToIt() (*rules.Adopted, error) {
	if b.id != "" {
		return b.standingOf(""), nil
	}
	shipped, err := rules.NewBook([]rules.Rule{b.holds.Rule}, nil, nil)
	if err != nil {
		return nil, err
	}
	return &shipped.Standing("")[0], nil
}

// href is where the agreement stands.
func (b *bench) href() string { return agreementHref(b.id, b.holds.Rule.ID) }

// ofIt reports whether a revision is one of this very agreement.
func (b *bench) ofIt(r *Revision) bool { return r.Team == b.id && r.Rule == b.holds.Rule.ID }

// history lists how the agreement changed, the latest first.
func (b *bench) history() ([]Revision, error) {
	all, err := b.s.Data.Revisions(b.r.Context())
	if err != nil {
		return nil, err
	}
	out := make([]Revision, 0, len(all))
	for i := range all {
		if b.ofIt(&all[i]) {
			out = append(out, all[i])
		}
	}
	return out, nil
}

// pinned reports whether the organisation holds a value fast.
func (b *bench) pinned(name string) bool {
	if b.id == "" {
		return false
	}
	group, _, _ := strings.Cut(name, ".")
	val, _ := b.today(name)
	return b.above.PinAll || val.Pinned || slices.Contains(b.above.Pins, name) || slices.Contains(b.above.Pins, group)
}

// today is a value that holds today, and who said so.
func (b *bench) today(name string) (rules.Value, bool) {
	i := slices.IndexFunc(b.values, func(val rules.Value) bool { return val.Name == name })
	if i < 0 {
		return rules.Value{}, false
	}
	return b.values[i], true
}

// ownCondition reports whether the viewer may save another condition than the rule has.
func (b *bench) ownCondition() bool { return b.access.Configures() }
