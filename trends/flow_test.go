package trends_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
	"github.com/fairlead-dev/fairlead/trends"
)

// old is a ticket from before, so that the team's weeks are known.
func old(t *testing.T) *piece { return created(t, "PAY-0", "30 mon 9:00") }

// Each definition is a small story: what happened to a few tickets, and what the
// weeks say of it. "-" is a number that is not known.
func TestFlowNumbers(t *testing.T) {
	s22, s23 := sprintFrom(t, "22", "43 mon 10:00", "45 mon 9:45"), sprintFrom(t, "23", "45 mon 10:00", "47 mon 9:45")
	s24 := sprintFrom(t, "24", "47 mon 10:00", "")
	for _, c := range []struct {
		name    string
		tickets func(t *testing.T) []*piece
		want    []string // "payments 46 throughput 1"
	}{
		{
			"cycle time runs from the beginning of work to its end, nights and weekends included",
			func(t *testing.T) []*piece {
				return []*piece{created(t, "PAY-1", "44 mon 9:00").begun("45 fri 12:00").done("46 mon 12:00")}
			},
			[]string{"payments 46 cycle-time-median 3", "payments 46 cycle-time-85 3", "payments 46 throughput 1", "payments 45 throughput 0", "payments 45 cycle-time-median -"},
		},
		{
			"an hour more where clocks went back in between",
			func(t *testing.T) []*piece {
				return []*piece{created(t, "PAY-1", "42 mon 9:00").begun("43 sat 12:00").done("44 mon 12:00")}
			},
			[]string{"payments 44 cycle-time-median " + fmt.Sprint(49./24)},
		},
		{
			"the last moment of a week counts for it, also where clocks change on its Sunday",
			func(t *testing.T) []*piece {
				return []*piece{created(t, "PAY-1", "42 mon 9:00").begun("42 tue 9:00").done("43 sun 23:59"), created(t, "PAY-2", "42 mon 9:00").begun("42 tue 9:00").done("44 mon 0:00")}
			},
			[]string{"payments 43 throughput 1", "payments 44 throughput 1"},
		},
		{
			"of ten the median is the fifth and the 85th percentile the ninth",
			func(t *testing.T) []*piece {
				var out []*piece
				for n := 1; n <= 10; n++ {
					out = append(out, created(t, fmt.Sprintf("PAY-%d", n), "40 mon 9:00").begun(fmt.Sprintf("46 sun %d:00", 20-n)).done("46 sun 20:00"))
				}
				return out
			},
			[]string{"payments 46 cycle-time-median " + fmt.Sprint(5./24), "payments 46 cycle-time-85 " + fmt.Sprint(9./24), "payments 46 throughput 10"},
		},
		{
			"what was cancelled is not finished, nor are epics, goals and sub-tasks",
			func(t *testing.T) []*piece {
				epic := created(t, "PAY-9", "44 mon 9:00").as(ticket.Container).begun("45 mon 9:00").done("46 tue 9:00")
				return []*piece{
					created(t, "PAY-1", "44 mon 9:00").begun("45 mon 9:00").moved("46 mon 12:00", ticket.Cancelled), epic,
					created(t, "PAY-2", "44 mon 9:00").as(ticket.Goal).begun("45 mon 9:00").done("46 tue 9:00"),
					created(t, "PAY-3", "44 mon 9:00").below("PAY-9").begun("45 mon 9:00").done("46 tue 9:00"),
					created(t, "PAY-4", "44 mon 9:00").below("PAY-3").begun("45 mon 9:00").done("46 tue 9:00"),
					created(t, "PAY-5", "44 mon 9:00").below("ELSEWHERE-1").begun("45 mon 9:00").done("46 tue 9:00"),
				}
			},
			[]string{"payments 46 throughput 2"},
		},
		{
			"a ticket that was done without having been begun is finished and has no cycle time",
			func(t *testing.T) []*piece { return []*piece{created(t, "PAY-1", "44 mon 9:00").done("46 tue 9:00")} },
			[]string{"payments 46 throughput 1", "payments 46 cycle-time-median -"},
		},
		{
			"what was taken up again in the same week was not finished in it, later it was",
			func(t *testing.T) []*piece {
				return []*piece{
					created(t, "PAY-1", "44 mon 9:00").begun("45 mon 9:00").done("46 tue 9:00").begun("46 wed 9:00").done("47 mon 9:00"),
					created(t, "PAY-2", "44 mon 9:00").begun("45 mon 9:00").done("45 fri 9:00").begun("46 wed 9:00"),
				}
			},
			[]string{"payments 45 throughput 1", "payments 46 throughput 0", "payments 47 throughput 1", "payments 47 cycle-time-median 14"},
		},
		{
			"work belongs to the team that owned it when it was finished",
			func(t *testing.T) []*piece {
				return []*piece{
					created(t, "PAY-1", "44 mon 9:00").begun("45 mon 9:00").done("46 tue 9:00").handed("47 mon 9:00", "CORE"),
					created(t, "PAY-2", "44 mon 9:00").begun("45 mon 9:00").handed("46 mon 9:00", "CORE").done("46 tue 9:00"),
					created(t, "PAY-3", "44 mon 9:00").begun("45 mon 9:00").handed("46 mon 9:00", "NOBODYS").done("46 tue 9:00"),
					created(t, "CORE-0", "30 mon 9:00").handed("30 mon 9:01", "CORE"), created(t, "CORE-9", "30 mon 9:00"),
				}
			},
			[]string{"payments 46 throughput 1", " 46 throughput 2"},
		},
		{
			"bugs come in when they are created and go out when they are done",
			func(t *testing.T) []*piece {
				return []*piece{
					created(t, "PAY-1", "45 mon 9:00").as(ticket.Bug).begun("46 mon 9:00").done("46 tue 9:00"),
					created(t, "PAY-2", "45 mon 9:00").as(ticket.Bug).moved("46 mon 9:00", ticket.Cancelled),
					created(t, "PAY-3", "46 mon 9:00").as(ticket.Bug),
				}
			},
			[]string{"payments 45 bugs-in 2", "payments 45 bugs-out 0", "payments 46 bugs-in 1", "payments 46 bugs-out 1", "payments 46 throughput 1"},
		},
		{
			"fifty-one bugs of one account within ten minutes are an import",
			func(t *testing.T) []*piece {
				var out []*piece
				for n := range 51 {
					out = append(out, created(t, fmt.Sprintf("PAY-%d", n+1), fmt.Sprintf("46 tue 9:0%d", n%10)).as(ticket.Bug))
					out[n].Created = out[n].Created.Add(time.Duration(n) * time.Millisecond)
				}
				return append(out, created(t, "PAY-99", "46 thu 9:00").as(ticket.Bug))
			},
			[]string{"payments 46 bugs-in 1"},
		},
		{
			"what nobody began and somebody closed in bulk was cleared away; what was begun counts",
			func(t *testing.T) []*piece {
				var out []*piece
				for n := range 60 {
					p := created(t, fmt.Sprintf("PAY-%d", n+1), "41 tue 9:00")
					p.Created = p.Created.Add(time.Duration(n) * time.Hour)
					if n < 2 {
						p.begun("44 tue 9:00")
					}
					p.done(fmt.Sprintf("46 tue 9:0%d", n%10))
					p.History[len(p.History)-1].At = p.History[len(p.History)-1].At.Add(time.Duration(n) * time.Millisecond)
					out = append(out, p)
				}
				return out
			},
			[]string{"payments 46 throughput 2"},
		},
		{
			"carried over is what a sprint held when it ended and was not done, of all it held",
			func(t *testing.T) []*piece {
				return []*piece{
					created(t, "PAY-1", "42 mon 9:00").planned("42 fri 9:00", "22").begun("43 tue 9:00").done("44 tue 9:00"),
					created(t, "PAY-2", "42 mon 9:00").planned("42 fri 9:00", "22").begun("43 tue 9:00").planned("45 mon 9:45", "23"), // in the same moment
					created(t, "PAY-3", "42 mon 9:00").planned("42 fri 9:00", "22").begun("43 tue 9:00").planned("45 mon 9:50", "23").done("46 tue 9:00"),
					created(t, "PAY-4", "42 mon 9:00").planned("42 fri 9:00", "22").planned("44 fri 9:00", "23"),                                // taken out in time
					created(t, "PAY-5", "42 mon 9:00").planned("42 fri 9:00", "22").begun("43 tue 9:00").moved("44 tue 9:00", ticket.Cancelled), // not done on purpose
				}
			},
			[]string{
				"payments 45 carried-over 2", "payments 45 carried-over-of 3", "payments 44 carried-over -", "payments 44 carried-over-of -",
				"payments 47 carried-over 2", "payments 47 carried-over-of 3", // PAY-2 and 4, of these and PAY-3
			},
		},
		{
			"a ticket is not planned when it came into its sprint after that had begun",
			func(t *testing.T) []*piece {
				return []*piece{
					created(t, "PAY-1", "42 mon 9:00").planned("44 fri 9:00", "23").begun("45 tue 9:00").done("46 tue 9:00"),
					created(t, "PAY-2", "42 mon 9:00").planned("45 wed 9:00", "23").begun("45 thu 9:00").done("46 tue 9:00"),
					created(t, "PAY-3", "42 mon 9:00").planned("42 fri 9:00", "22").begun("43 tue 9:00").planned("45 mon 11:00", "23").done("46 tue 9:00"), // carried over, late
					created(t, "PAY-4", "42 mon 9:00").begun("45 thu 9:00").done("46 tue 9:00"),                                                            // in none
					func() *piece { // made in the sprint
						p := created(t, "PAY-5", "46 mon 9:00")
						p.Sprints = []string{"23"}
						return p.begun("46 mon 10:00").done("46 tue 9:00")
					}(),
				}
			},
			[]string{"payments 46 unplanned 2", "payments 46 unplanned-of 4", "payments 46 throughput 5", "payments 45 unplanned -"},
		},
		{
			"awareness is from the beginning of work in somebody's hands to the EM's first trace",
			func(t *testing.T) []*piece {
				return []*piece{
					created(t, "PAY-1", "44 mon 9:00").begun("46 mon 9:00").assigned("46 mon 12:00", "mina").told("46 mon 13:00", "lee"),
					created(t, "PAY-2", "44 mon 9:00").told("44 tue 9:00", "lee").begun("46 mon 9:00"), // knew before
					created(t, "PAY-3", "44 mon 9:00").begun("46 mon 9:00").told("46 tue 9:00", "sam", "lee"),
				}
			},
			[]string{"payments 46 em-awareness 1", "payments 46 em-awareness-of 3"},
		},
		{
			"whoever is not aware when the week ends took longer than any: of three one may be",
			func(t *testing.T) []*piece {
				return []*piece{
					created(t, "PAY-1", "44 mon 9:00").begun("46 mon 9:00").told("46 mon 11:00", "lee"),
					created(t, "PAY-2", "44 mon 9:00").begun("46 mon 9:00").told("46 mon 14:00", "lee"),
					created(t, "PAY-3", "44 mon 9:00").begun("46 mon 9:00").told("47 mon 9:00", "lee"),
				}
			},
			[]string{"payments 46 em-awareness 5", "payments 46 em-awareness-of 3"},
		},
		{
			"where more than half are not aware the median is not known",
			func(t *testing.T) []*piece {
				return []*piece{
					created(t, "PAY-1", "44 mon 9:00").begun("46 mon 9:00").told("46 mon 11:00", "lee"),
					created(t, "PAY-2", "44 mon 9:00").begun("46 mon 9:00").told("46 tue 9:00", "ana"), // no EM then
					created(t, "PAY-3", "44 mon 9:00").begun("46 mon 9:00"),
				}
			},
			[]string{"payments 46 em-awareness -", "payments 46 em-awareness-of 3"},
		},
		{
			"who stands in for the EM counts while the EM is away, and so does the EM",
			func(t *testing.T) []*piece {
				return []*piece{
					created(t, "PAY-1", "44 mon 9:00").begun("47 mon 9:00").told("47 mon 11:00", "ana"),
					created(t, "PAY-2", "44 mon 9:00").begun("47 mon 9:00").told("47 mon 13:00", "lee"),
				}
			},
			[]string{"payments 47 em-awareness 2", "payments 47 em-awareness-of 2"},
		},
		{
			"a bot's hands are nobody's: the clock begins with the first person",
			func(t *testing.T) []*piece {
				return []*piece{created(t, "PAY-1", "44 mon 9:00").begun("46 mon 9:00").assigned("46 mon 10:00", "robot").assigned("46 mon 12:00", "mina").told("46 mon 13:00", "lee")}
			},
			[]string{"payments 46 em-awareness 1"},
		},
		{
			"of a team without an EM nobody could have become aware",
			func(t *testing.T) []*piece {
				p := created(t, "CORE-1", "30 mon 9:00")
				p.Project = "CORE"
				return []*piece{p.begun("46 mon 9:00")}
			},
			[]string{"core 46 em-awareness -", "core 46 em-awareness-of 0", "core 46 throughput 0"},
		},
		{
			"weeks that began before the team had any ticket are not known",
			func(t *testing.T) []*piece {
				p := created(t, "CORE-1", "43 wed 9:00")
				p.Project = "CORE"
				return []*piece{p}
			},
			[]string{"core 42 throughput -", "core 43 throughput -", "core 44 throughput 0", " 43 throughput 0"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := counted(t, acme(t), []ticket.Sprint{s22, s23, s24}, tickets(append(c.tickets(t), old(t))...))
			for _, want := range c.want {
				i := strings.LastIndexByte(want, ' ')
				k := strings.LastIndexByte(want[:i], ' ')
				said := "-"
				if v, known := got[want[:k]][want[k+1:i]]; known {
					said = fmt.Sprint(v)
				}
				if said != want[i+1:] {
					t.Errorf("%s = %s, want %s", want[:i], said, want[i+1:])
				}
			}
		})
	}
}

func TestAnEMIsRecognisedByAnAddressThatAnotherTicketTold(t *testing.T) {
	dir := acme(t, org.Team{ID: "growth", EMs: []org.Seat{{Person: "zoe"}}, Owns: org.Ownership{JiraProjects: []string{"GRO"}}, Location: zone(t, "Europe/Berlin")})
	first := created(t, "GRO-1", "30 mon 9:00").begun("46 mon 9:00").told("46 mon 11:00", "z-1")
	other := created(t, "GRO-2", "30 mon 9:00")
	first.Project, other.Project, other.Creator = "GRO", "GRO", ticket.Account{ID: "z-1", Email: "zoe@acme.example"}
	for _, all := range [][]*piece{{first, other}, {other, first}} {
		if got, known := counted(t, dir, nil, tickets(all...))["growth 46"][trends.AwarenessHours]; !known || got != 2 {
			t.Errorf("hours to awareness = %v, %v, want 2", got, known)
		}
	}
}

// A week belongs to its team's zone, whatever the clocks do in it.
func TestWeeksOfZonesWhoseClocksChange(t *testing.T) {
	for _, c := range []struct{ name, zone, week, first, last string }{
		{"169 hours in Berlin's October", "Europe/Berlin", "2026-W43", "2026-10-18T22:00:00Z", "2026-10-25T22:59:59Z"},
		{"167 hours in Berlin's March", "Europe/Berlin", "2026-W13", "2026-03-22T23:00:00Z", "2026-03-29T21:59:59Z"},
		{"São Paulo's clocks jump over Sunday's midnight", "America/Sao_Paulo", "2018-W44", "2018-10-29T03:00:00Z", "2018-11-05T01:59:59Z"},
		{"São Paulo's last hour twice, before the last week with summer time", "America/Sao_Paulo", "2019-W07", "2019-02-11T02:00:00Z", "2019-02-18T02:59:59Z"},
		{"a week without its Friday in Samoa", "Pacific/Apia", "2011-W52", "2011-12-26T10:00:00Z", "2012-01-01T09:59:59Z"},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc := zone(t, c.zone)
			week, err := org.ParseWeek(c.week, loc)
			if err != nil {
				t.Fatal(err)
			}
			dir, mistakes := org.New(nil, []org.Team{{ID: "a", Owns: org.Ownership{JiraProjects: []string{"PAY"}}, Location: loc}}, nil)
			if mistakes != nil {
				t.Fatal(mistakes)
			}
			f := trends.NewFlow(dir, nil, map[string]trends.Weeks{"a": trends.WeeksTo(week.Before(-1), 3)})
			for i, at := range []time.Time{moment(t, c.first).Add(-time.Second), moment(t, c.first), moment(t, c.last), moment(t, c.last).Add(time.Second)} {
				tk := ticket.Ticket{
					Source: "jira", Tracker: "jira", ID: fmt.Sprint(i), Project: "PAY", Kind: ticket.Task, Category: ticket.Done,
					Created: moment(t, c.first).AddDate(0, -2, 0), Resolved: at, Started: at.Add(-time.Hour),
				}
				f.Add(&tk)
			}
			got := map[string]float64{}
			for _, s := range f.Weeks() {
				if s.Team == "a" {
					got[s.Week] = s.Values[trends.Throughput]
				}
			}
			want := map[string]float64{week.Before(1).String(): 1, week.String(): 2, week.Before(-1).String(): 1}
			if !maps.Equal(got, want) {
				t.Errorf("finished by week %v, want %v", got, want)
			}
		})
	}
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// Whatever happened: the order of tickets makes no difference, each ticket that
// was finished and stayed so is counted in one week, and the organisation has what
// its teams have together.
func TestWeeksAddUpInWhateverOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(46, 5))
	sprints := []ticket.Sprint{sprintFrom(t, "22", "43 mon 10:00", "45 mon 9:45"), sprintFrom(t, "23", "45 mon 10:00", "47 mon 9:45")}
	for range 20 {
		var pieces []*piece
		finished := 0
		for n := range 60 {
			p := created(t, fmt.Sprintf("PAY-%d", n), "30 mon 9:00")
			if n%3 == 0 {
				p.Project, p.Kind = "CORE", ticket.Bug
			}
			week := 40 + random.IntN(8)
			p.planned(fmt.Sprintf("%d mon 8:00", week), fmt.Sprint(22+random.IntN(2))).begun(fmt.Sprintf("%d tue 9:00", week))
			if random.IntN(2) == 0 {
				p.told(fmt.Sprintf("%d wed 9:00", week), "lee")
			}
			if random.IntN(3) > 0 {
				p.done(fmt.Sprintf("%d sat 9:00", week+random.IntN(2)))
				finished++
			}
			pieces = append(pieces, p)
		}
		all := tickets(pieces...)
		got := counted(t, acme(t), sprints, all)
		sum := map[string]float64{}
		for at, values := range got {
			team, _, _ := strings.Cut(at, " ")
			for _, m := range []string{trends.Throughput, trends.BugsOut, trends.CarriedOver, trends.CarriedOverOf, trends.UnplannedOf} {
				sum[team+" "+m] += values[m]
			}
		}
		if n := sum["payments throughput"] + sum["core throughput"]; int(n) != finished {
			t.Fatalf("%v finished by week, want %d", n, finished)
		}
		for _, m := range []string{trends.Throughput, trends.BugsOut, trends.CarriedOver, trends.CarriedOverOf, trends.UnplannedOf} {
			if sum[" "+m] != sum["payments "+m]+sum["core "+m] {
				t.Fatalf("%s of the organisation %v, want %v and %v", m, sum[" "+m], sum["payments "+m], sum["core "+m])
			}
		}
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if again := counted(t, acme(t), sprints, all); !reflect.DeepEqual(again, got) {
			t.Fatal("another order gives other numbers")
		}
	}
}

// A week counted long after is the same as one counted at once.
func TestAWeekStaysAsItWas(t *testing.T) {
	all := tickets(
		old(t),
		created(t, "PAY-1", "42 mon 9:00").planned("42 fri 9:00", "22").begun("43 tue 9:00").done("45 tue 9:00").begun("46 tue 9:00").done("47 tue 9:00"),
		created(t, "PAY-2", "42 mon 9:00").planned("42 fri 9:00", "22").begun("44 tue 9:00").told("47 mon 9:00", "lee").handed("48 mon 9:00", "CORE"),
		created(t, "PAY-3", "45 mon 9:00").as(ticket.Bug).begun("45 tue 9:00").told("45 wed 9:00", "lee").done("45 fri 9:00"),
	)
	sprints := []ticket.Sprint{sprintFrom(t, "22", "43 mon 10:00", "45 mon 9:45")}
	late := counted(t, acme(t), sprints, all)
	for week := 41; week <= 47; week++ {
		var then []ticket.Ticket
		for _, one := range all {
			if past, existed := one.AsOf(when(t, fmt.Sprintf("%d mon 0:00", week+1)).Add(-time.Second)); existed {
				then = append(then, past)
			}
		}
		at := fmt.Sprintf("payments %d", week)
		if early := counted(t, acme(t), sprints, then)[at]; !maps.Equal(early, late[at]) {
			t.Errorf("%s told at once %v, and later %v", at, early, late[at])
		}
	}
}

func TestTheOrganisationsAwarenessTakesFiveTeams(t *testing.T) {
	var more []org.Team
	var pieces []*piece
	for _, id := range []string{"a", "b", "c", "d"} {
		more = append(more, org.Team{ID: id, EMs: []org.Seat{{Person: "lee"}}, Owns: org.Ownership{JiraProjects: []string{strings.ToUpper(id)}}, Location: zone(t, "Europe/Berlin")})
	}
	for _, project := range []string{"PAY", "A", "B", "C", "D"} {
		p := created(t, project+"-1", "30 mon 9:00").begun("46 mon 9:00").told("46 mon 10:00", "lee")
		p.Project = project
		pieces = append(pieces, p)
	}
	dir := acme(t, more...)
	if got, known := counted(t, dir, nil, tickets(pieces...))[" 46"][trends.AwarenessHours]; !known || got != 1 {
		t.Errorf("of five teams %v, %v, want 1 hour", got, known)
	}
	if got, known := counted(t, dir, nil, tickets(slices.Delete(pieces, 2, 3)...))[" 46"][trends.AwarenessHours]; known {
		t.Errorf("of four teams %v, want it not to be told", got)
	}
}

func BenchmarkFlow(b *testing.B) {
	dir := acme(b)
	weeks := map[string]trends.Weeks{}
	for _, team := range dir.Teams() {
		weeks[team.ID] = trends.WeeksTo(org.WeekOf(when(b, "46 mon 12:00"), team.Location), 26)
	}
	var sprints []ticket.Sprint
	for n := range 13 {
		start := weeks["payments"][2*n].Start
		sprints = append(sprints, ticket.Sprint{Source: "jira acme", ID: fmt.Sprint(n), State: ticket.SprintClosed, Start: start, Completed: start.AddDate(0, 0, 14)})
	}
	all := make([]ticket.Ticket, 100_000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range all {
		all[i] = busy(i, weeks["payments"][0].Start.Add(time.Duration(random.IntN(26*7*24))*time.Hour), random.IntN(13))
	}
	b.ReportAllocs()
	for b.Loop() {
		f := trends.NewFlow(dir, sprints, weeks)
		for i := range all {
			f.Add(&all[i])
		}
		if got := f.Weeks(); len(got) != 3*26 {
			b.Fatalf("%d weeks", len(got))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/ticket")
}

// busy is a ticket with six changes and two comments.
func busy(n int, at time.Time, sprint int) ticket.Ticket {
	value := func(id string) []ticket.Value { return []ticket.Value{{ID: id, Text: id, Norm: id}} }
	t := ticket.Ticket{
		Source: "jira acme", Tracker: "jira", ID: fmt.Sprint(n), Key: fmt.Sprintf("PAY-%d", n), Kind: []ticket.Kind{ticket.Task, ticket.Bug, ticket.Feature}[n%3],
		Project: []string{"PAY", "CORE"}[n%2], Category: ticket.Done, Created: at, Creator: ticket.Account{ID: fmt.Sprint("p", n%200)}, Sprints: []string{fmt.Sprint(sprint)},
		Comments: []ticket.Comment{{ID: "1", Author: ticket.Account{ID: "lee"}, Created: at.Add(30 * time.Hour)}, {ID: "2", Author: ticket.Account{ID: "mina"}, Created: at.Add(40 * time.Hour)}},
	}
	for i, c := range []ticket.Change{
		{Field: ticket.FieldSprint, To: value(fmt.Sprint(sprint))}, {Field: ticket.FieldEstimate, To: value("3")}, {Field: ticket.FieldAssignee, To: value("mina")},
		{Field: ticket.FieldStatus, From: value("todo"), To: value("started")}, {Field: ticket.FieldLabel, To: value("x")}, {Field: ticket.FieldStatus, From: value("started"), To: value("done")},
	} {
		c.ID, c.At, c.Actor = fmt.Sprint(i), at.Add(time.Duration(i)*20*time.Hour), ticket.Account{ID: fmt.Sprint("p", (n+i)%200)}
		t.History = append(t.History, c)
	}
	t.Normalise()
	return t
}

func TestAnEMWhoCameInTheWeekCounts(t *testing.T) {
	change := when(t, "46 wed 0:00")
	dir := acme(t, org.Team{
		ID: "growth", EMs: []org.Seat{{Person: "lee", Span: org.Span{To: change}}, {Person: "mina", Span: org.Span{From: change}}},
		Owns: org.Ownership{JiraProjects: []string{"GRO"}}, Location: zone(t, "Europe/Berlin"),
	})
	p := created(t, "GRO-1", "30 mon 9:00").begun("46 tue 9:00").told("46 tue 10:00", "ana").told("46 wed 9:00", "mina")
	p.Project = "GRO"
	p.History[0].Actor = ticket.Account{ID: "sam"}
	if got, known := counted(t, dir, nil, tickets(p))["growth 46"][trends.AwarenessHours]; !known || got != 24 {
		t.Errorf("hours to awareness = %v, %v, want 24", got, known)
	}
}

func TestATeamHasNoWeeksBeforeItExisted(t *testing.T) {
	dir := acme(t, org.Team{
		ID: "growth", Existed: org.Span{From: when(t, "45 wed 0:00"), To: when(t, "47 wed 0:00")}, Owns: org.Ownership{JiraProjects: []string{"GRO"}}, Location: zone(t, "Europe/Berlin"),
	})
	first, p := created(t, "GRO-0", "45 wed 1:00"), created(t, "GRO-1", "45 thu 9:00").begun("45 fri 9:00").done("46 fri 9:00")
	first.Project, p.Project = "GRO", "GRO"
	got := counted(t, dir, nil, tickets(first, p))
	for week, want := range map[string]bool{"growth 44": false, "growth 45": false, "growth 46": true, "growth 47": false, "growth 48": false} {
		if _, known := got[week][trends.Throughput]; known != want {
			t.Errorf("%s is known: %v, want %v", week, known, want)
		}
	}
}
