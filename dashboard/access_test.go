package dashboard

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
)

var (
	now      = time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	past     = org.Span{To: now}
	future   = org.Span{From: now.Add(time.Second)}
	lastDay  = org.Span{To: now.Add(time.Second)}
	thisWeek = org.Span{From: now.AddDate(0, 0, -1), To: now.AddDate(0, 0, 6)}
)

// questions is everything that can be asked of an Access about two teams, the
// organisation and a team that does not exist.
var questions = map[string]func(Access) bool{
	"known":      Access.Known,
	"configures": Access.Configures,
	"aggregates": Access.AggregatesOnly,
}

func init() {
	audiences := []finding.Audience{finding.ForEM, finding.ForEMPM, finding.ForTeam, finding.ForOrg, "", "public"}
	for name, id := range map[string]string{"pay": "payments", "grow": "growth", "org": "", "nowhere": "nowhere", "ended": "ended"} {
		questions[name+" page"] = func(a Access) bool { return a.SeesTeam(id) }
		questions[name+" changes"] = func(a Access) bool { return a.Changes(id) }
		for _, audience := range audiences {
			questions[name+" sees "+string(audience)] = func(a Access) bool { return a.SeesAudience(id, audience) }
		}
	}
}

// What the answers have in common.
const (
	everybody = "known, pay sees org, grow sees org, org sees org, nowhere sees org, ended sees org"
	member    = "pay page, pay sees team"
	pm        = member + ", pay sees em-pm, pay changes"
	em        = pm + ", pay sees em"
	director  = "aggregates, pay page, grow page, org page"
	admin     = "configures, org changes"
)

func TestWhoMaySeeAndChangeWhat(t *testing.T) {
	dir := company(t)
	for _, c := range []struct {
		name   string
		viewer Viewer
		yes    string // every question that is answered with yes
	}{
		{"nobody sees nothing", Viewer{}, ""},
		{"somebody whom the directory does not know sees nothing", Viewer{Name: "eve@elsewhere.example"}, ""},
		{"an id that nobody has sees nothing", Viewer{Person: "eve"}, ""},
		{"an admin whom the directory does not know sees nothing", Viewer{Person: "eve", Admin: true}, ""},
		{"the EM sees and changes the team", Viewer{Person: "em"}, everybody + ", " + em},
		{"an acting EM does too", Viewer{Person: "acting-em"}, everybody + ", " + em},
		{"an EM who is away loses nothing", Viewer{Person: "away-em"}, everybody + ", " + em},
		{"a delegate who is away as well stands in for nobody", Viewer{Person: "away-delegate"}, everybody},
		{"the delegate's delegate stands in for the EM", Viewer{Person: "delegate"}, everybody + ", " + em},
		{"the EM on the last day of the seat is still EM", Viewer{Person: "last-day-em"}, everybody + ", " + em},
		{"an EM whose seat is over is nobody", Viewer{Person: "former-em"}, ""},
		{"an EM whose seat has yet to begin is nobody", Viewer{Person: "future-em"}, ""},
		{"the PM sees all but what is for the EM alone", Viewer{Person: "pm"}, everybody + ", " + pm},
		{"an acting PM does too", Viewer{Person: "acting-pm"}, everybody + ", " + pm},
		{"a PM who is away loses nothing", Viewer{Person: "away-pm"}, everybody + ", " + pm},
		{"who stands in for the PM is as the PM", Viewer{Person: "pm-delegate"}, everybody + ", " + pm},
		{"a member sees what is for the team", Viewer{Person: "member"}, everybody + ", " + member},
		{"a member of another team sees that one's", Viewer{Person: "other-member"}, everybody + ", grow page, grow sees team"},
		{"a member of both sees both", Viewer{Person: "both"}, everybody + ", " + member + ", grow page, grow sees team"},
		{"a former member sees nothing", Viewer{Person: "former-member"}, ""},
		{"a former member who left with a role written down sees nothing", Viewer{Person: "left"}, ""},
		{"a former member who moved on sees what is for everybody", Viewer{Person: "moved-on"}, everybody},
		{"a member of a team that ended sees nothing", Viewer{Person: "ended-member"}, ""},
		{"a designer in no team sees what is for everybody", Viewer{Person: "designer"}, everybody},
		{"somebody without a role sees what is for everybody", Viewer{Person: "plain"}, everybody},
		{"a role that is over is not enough", Viewer{Person: "former-vp"}, ""},
		{"a director sees every team's numbers", Viewer{Person: "director"}, everybody + ", " + director},
		{"a VP does too", Viewer{Person: "vp"}, everybody + ", " + director},
		{"an executive does too", Viewer{Person: "executive"}, everybody + ", " + director},
		{"the leader a team is under sees its numbers", Viewer{Person: "lead"}, everybody + ", aggregates, pay page"},
		{"the leader above the whole sees the part's numbers", Viewer{Person: "head"}, everybody + ", aggregates, pay page"},
		{"a director who is a member sees that team's findings", Viewer{Person: "director-member"},
			everybody + ", pay page, pay sees team, grow page, org page"},
		{"a leader who is EM of another team sees both", Viewer{Person: "growth-em"},
			everybody + ", grow page, grow changes, grow sees team, grow sees em-pm, grow sees em, pay page"},
		{"somebody who is PM here and member there has both", Viewer{Person: "pm-and-member"},
			everybody + ", " + pm + ", grow page, grow sees team"},
		{"an admin configures and sees no team's findings", Viewer{Person: "plain", Admin: true}, everybody + ", " + admin},
		{"an admin who is a member sees the team's too", Viewer{Person: "member", Admin: true}, everybody + ", " + admin + ", " + member},
		{"an admin who is EM sees the EM's too", Viewer{Person: "em", Admin: true}, everybody + ", " + admin + ", " + em},
		{"an admin who is director sees numbers too", Viewer{Person: "director", Admin: true}, everybody + ", " + admin + ", " + director},
		{"an admin who left sees nothing", Viewer{Person: "left", Admin: true}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			access := AccessOf(dir, c.viewer, now)
			got, want := yeses(access), strings.Split(c.yes, ", ")
			if c.yes == "" {
				want = nil
			}
			slices.Sort(want)
			for _, q := range want {
				if questions[q] == nil {
					t.Fatalf("%q is no question", q)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("yes to\n%q, want\n%q", got, want)
			}
			for _, team := range access.Teams() {
				if !access.SeesTeam(team) {
					t.Errorf("%s is listed and cannot be opened", team)
				}
			}
		})
	}
}

func TestTheZeroAccessSeesNothing(t *testing.T) {
	if got := yeses(Access{}); got != nil {
		t.Errorf("yes to %q, want none", got)
	}
}

func yeses(a Access) []string {
	var out []string
	for q, ask := range questions {
		if ask(a) {
			out = append(out, q)
		}
	}
	slices.Sort(out)
	return out
}

// company has the teams payments, a part of the platform, and growth. In
// payments everybody has a seat whose id does not say otherwise.
func company(t *testing.T) *org.Directory {
	t.Helper()
	var people []org.Person
	add := func(ids string, roles ...org.Tenure) {
		for id := range strings.FieldsSeq(ids) {
			people = append(people, org.Person{ID: id, Name: id, Roles: roles})
		}
	}
	add("em acting-em last-day-em former-em future-em pm acting-pm away-pm pm-delegate member other-member both former-member")
	add("ended-member plain lead head growth-em pm-and-member away-em other-pm")
	add("away-delegate delegate", org.Tenure{Role: org.Engineer})
	add("left", org.Tenure{Role: org.Engineer, Span: past})
	add("moved-on", org.Tenure{Role: org.Engineer, Span: past}, org.Tenure{Role: org.TechLead, Span: org.Span{From: now}})
	add("designer", org.Tenure{Role: org.Designer})
	add("former-vp", org.Tenure{Role: org.VP, Span: past})
	add("director director-member", org.Tenure{Role: org.Director})
	add("vp", org.Tenure{Role: org.VP})
	add("executive", org.Tenure{Role: org.Executive})

	always := org.Span{}
	seat := func(person string, span org.Span) org.Seat { return org.Seat{Person: person, Span: span} }
	acting := func(person string) org.Seat { return org.Seat{Person: person, Acting: true} }
	teams := []org.Team{
		{ID: "house", Name: "House", Under: "growth-em"},
		{ID: "platform", Name: "Platform", Under: "head", PartOf: "house"},
		{ID: "payments", Name: "Payments", Under: "lead", PartOf: "platform",
			EMs:     []org.Seat{seat("em", always), acting("acting-em")},
			PMs:     []org.Seat{seat("pm", always), acting("acting-pm"), acting("away-pm"), acting("pm-and-member")},
			Members: []org.Seat{seat("member", always), seat("both", always), seat("former-member", past), seat("left", past), seat("moved-on", past), seat("director-member", always)},
		},
		{ID: "growth", Name: "Growth", EMs: []org.Seat{seat("growth-em", always)},
			Members: []org.Seat{seat("other-member", always), seat("both", always), seat("pm-and-member", always)}},
		{ID: "ended", Name: "Ended", Existed: past, Under: "plain", Members: []org.Seat{seat("ended-member", always)}},
	}
	// Others who are EM of payments for a while, or through somebody.
	for _, id := range []string{"away-em", "last-day-em", "former-em", "future-em"} {
		s := acting(id)
		s.Span = map[string]org.Span{"last-day-em": lastDay, "former-em": past, "future-em": future}[id]
		teams[2].EMs = append(teams[2].EMs, s)
	}
	absences := []org.Absence{
		{Person: "away-em", Delegate: "away-delegate", Span: thisWeek},
		{Person: "away-delegate", Delegate: "delegate", Span: thisWeek},
		{Person: "away-pm", Delegate: "pm-delegate", Span: thisWeek},
	}
	dir, mistakes := org.New(people, teams, absences)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	return dir
}
