package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Pin is what of its agreement the organisation keeps from being changed by a
// team.
type Pin struct {
	All   bool     // everything
	Names []string // off, promise, ask, tell, stage, remind, review_on, except, settings, settings.NAME
}

// holds reports whether the value of the name is pinned.
func (p *Pin) holds(name string) bool {
	group, _, _ := strings.Cut(name, ".")
	return p.All || slices.Contains(p.Names, name) || slices.Contains(p.Names, group)
}

// pinnable lists what can be pinned in an agreement on the rule.
func pinnable(r *Rule) []string {
	names := []string{"off", "promise", "ask", "tell", "stage", "remind", "remind.after", "remind.comment", "review_on", "except", "settings"}
	for _, s := range r.Settings {
		names = append(names, "settings."+s.Name)
	}
	return names
}

func refusePin(a *Agreement, r *Rule) yamlfile.Mistakes {
	if a.Team != "" && (a.Pin.All || len(a.Pin.Names) > 0) {
		return yamlfile.Mistakes{a.mistake("take it out here, or agree on the rule in the organisation's file and pin it there", "only the organisation can pin", "pin")}
	}
	var out yamlfile.Mistakes
	known := pinnable(r)
	for i, name := range a.Pin.Names {
		if !slices.Contains(known, name) {
			out = append(out, a.mistake(didYouMean(name, known, "these can be pinned: "+strings.Join(known, ", ")),
				fmt.Sprintf("%q is nothing that can be pinned in %s", name, r.ID), "pin", i))
		}
	}
	return out
}

// pin marks what the organisation has pinned.
func (a *Adopted) pin(organisation *Agreement) {
	for _, name := range pinnable(&a.Rule) {
		if !organisation.Pin.holds(name) {
			continue
		}
		v, ok := a.said[name]
		if !ok {
			v.Name, v.From = name, FromCatalog
		}
		v.Pinned = true
		a.said[name] = v
	}
	for i := range a.except {
		a.except[i].Pinned = organisation.Pin.holds("except")
	}
}

// refusePinned lists what a team says otherwise than the organisation has pinned.
// To repeat what is pinned is no mistake.
func refusePinned(r *Rule, organisation, own *Agreement) yamlfile.Mistakes {
	held := map[string]string{}
	for _, v := range lay(r, "", organisation, nil).Values() {
		held[v.Name] = v.Words
	}
	where := organisation.place("pin")
	var out yamlfile.Mistakes
	for _, v := range lay(r, own.Team, organisation, own).Values() {
		excepted := strings.HasPrefix(v.Name, "except.")
		if v.From != FromTeam || !v.Pinned || !excepted && v.Words == held[v.Name] {
			continue
		}
		m := yamlfile.Mistake{Place: v.Where, Text: pinnedText(r, v, held[v.Name]), Hint: "take it out here; whoever keeps " + where.String() + " can lift the pin"}
		out = append(out, m)
	}
	return out
}

func pinnedText(r *Rule, v Value, held string) string {
	switch {
	case v.Name == "off" && held == "true":
		return fmt.Sprintf("the organisation has switched %s off for every team", r.ID)
	case v.Name == "off":
		return fmt.Sprintf("the organisation keeps %s on for every team", r.ID)
	case strings.HasPrefix(v.Name, "except."):
		return fmt.Sprintf("the organisation has pinned the exceptions of %s", r.ID)
	case held == "":
		return fmt.Sprintf("the organisation has pinned %s of %s, and left it empty", v.Name, r.ID)
	}
	return fmt.Sprintf("the organisation has pinned %s of %s to %s", v.Name, r.ID, cut(held, 60))
}

// audiences are those that see findings with names, narrowest first.
func audiences() []finding.Audience {
	return []finding.Audience{finding.ForEM, finding.ForEMPM, finding.ForTeam, finding.ForOrg}
}

// refuseTell refuses to tell more people than a rule that names people was made
// for.
func refuseTell(a *Agreement, r *Rule) yamlfile.Mistakes {
	if a.Tell == "" {
		return nil
	}
	wanted, made := slices.Index(audiences(), a.Tell), slices.Index(audiences(), r.Audience)
	switch {
	case wanted < 0:
		return yamlfile.Mistakes{a.mistake(didYouMean(string(a.Tell), []string{"em", "em-pm", "team", "org"}, "write em, em-pm, team or org"),
			fmt.Sprintf("%q is no audience", a.Tell), "tell")}
	case r.Audience != finding.ForTeam && wanted > made:
		return yamlfile.Mistakes{a.mistake(fmt.Sprintf("leave it at %s, or tell fewer people", r.Audience),
			fmt.Sprintf("findings of %s name people, so that only %s may be told", r.ID, toldTo(r.Audience)), "tell")}
	}
	return nil
}
