package daemon

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/trends"
	"github.com/fairlead-dev/fairlead/trends/prometheus"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

const (
	// outsidePatience is how long a check may wait for outside numbers in all.
	outsidePatience = 30 * time.Second
	// askedAgain is for how many of the last weeks a number that could not be had is
	// asked for again, and askAgainAfter how soon.
	askedAgain    = 4
	askAgainAfter = time.Hour
)

// openOutside makes what is asked for outside numbers; nil without any.
func openOutside(p config.Prometheus, base http.RoundTripper) (trends.Outsider, error) {
	if p.URL == "" {
		return nil, nil
	}
	c, err := prometheus.New(prometheus.Options{URL: p.URL, Token: p.Token.Reveal(), User: p.User, Password: p.Password.Reveal(), Base: base})
	if err != nil {
		return nil, yamlfile.Mistakes{{Place: p.Where, Text: err.Error()}}
	}
	return c, nil
}

// askOutside asks for the outside numbers that weeks lack: for those that were
// just counted, for all where a number was never known, and now and then for the
// latest again.
func (k *keeper) askOutside(ctx context.Context, fresh map[rowKey]bool) error {
	if k.outside == nil {
		return nil
	}
	within, cancel := context.WithTimeout(ctx, outsidePatience)
	defer cancel()
	for _, q := range k.questions(fresh) {
		v, err := k.outside.Value(within, q.number.Query, q.team, q.week)
		var gap trends.Gap
		switch {
		case err == nil:
			row := k.rows[q.team][q.week.String()]
			values := map[string]float64{trends.Outside(q.number.Name): v}
			for measure, have := range row.Values {
				values[measure] = have
			}
			k.set(rowKey{q.team, q.week.String()}, values)
			continue
		case ctx.Err() != nil:
			return ctx.Err()
		case within.Err() != nil:
			gap = trends.Gap{Why: "all outside numbers together take longer than " + outsidePatience.String(), Deaf: true}
		case !errors.As(err, &gap):
			gap = trends.Gap{Why: err.Error(), Deaf: true}
		}
		k.log.Warn("an outside number is not known", zap.String("number", q.number.Name), zap.String("team", q.team), zap.String("week", q.week.String()), zap.Error(gap))
		if gap.Deaf {
			break
		}
	}
	return k.save(ctx)
}

// question asks for one number.
type question struct {
	number *outsideNumber
	team   string
	week   org.Week
}

// questions are all that are to be asked. The organisation's weeks are those of
// its first team's zone.
func (k *keeper) questions(fresh map[rowKey]bool) []question {
	var out []question
	numbers := numbersOf(k.cfg())
	for i := range numbers {
		if numbers[i].of("") && len(k.teams) > 0 {
			out = append(out, k.questionsOf(&numbers[i], "", k.teams[0].weeks, fresh)...)
		}
		for n := range k.teams {
			if numbers[i].of(k.teams[n].ID) {
				out = append(out, k.questionsOf(&numbers[i], k.teams[n].ID, k.teams[n].weeks, fresh)...)
			}
		}
	}
	return out
}

// questionsOf are those about one number of a team, the latest week first.
func (k *keeper) questionsOf(n *outsideNumber, team string, weeks trends.Weeks, fresh map[rowKey]bool) []question {
	var anew, again []question
	known := false
	for i := len(weeks) - 1; i >= 0; i-- {
		row, have := k.rows[team][weeks[i].String()]
		if _, has := row.Values[trends.Outside(n.Name)]; has || !have {
			known = known || has
			continue
		}
		q := question{n, team, weeks[i]}
		if fresh[rowKey{team, row.Week}] {
			anew = append(anew, q)
		} else {
			again = append(again, q)
		}
	}
	if known {
		again = latest(again, weeks)
	}
	asked := n.Team + "\x00" + n.Name + "\x00" + team
	if last, before := k.asked[asked]; len(again) == 0 || before && k.now.Sub(last) < askAgainAfter {
		return anew
	}
	k.asked[asked] = k.now
	return append(anew, again...)
}

// latest are the questions about the last few weeks.
func latest(all []question, weeks trends.Weeks) []question {
	var out []question
	for _, q := range all {
		if !q.week.Start.Before(weeks[max(0, len(weeks)-askedAgain)].Start) {
			out = append(out, q)
		}
	}
	return out
}

// NumberState is what doctor saw of an outside number.
type NumberState struct {
	Name    string   `json:"name"`
	Team    string   `json:"team,omitempty"` // empty: the organisation
	Week    string   `json:"week"`           // the week asked about
	Value   *float64 `json:"value,omitempty"`
	Trouble string   `json:"trouble,omitempty"`
}

// examineNumbers asks for every outside number of the last complete week, and
// keeps nothing of it. Once nothing can be asked at all, that is said of the rest.
func (f *Fairlead) examineNumbers(ctx context.Context, now time.Time) ([]NumberState, error) {
	var out []NumberState
	if f.outside == nil {
		return nil, nil
	}
	deaf := ""
	numbers := numbersOf(f.cfg())
	for i := range numbers {
		for _, team := range append([]string{""}, f.TeamIDs()...) {
			if !numbers[i].of(team) {
				continue
			}
			week := org.WeekOf(now, f.zoneOfTeam(team)).Before(1)
			one := NumberState{Name: numbers[i].Name, Team: team, Week: week.String(), Trouble: deaf}
			if deaf == "" {
				v, err := f.outside.Value(ctx, numbers[i].Query, team, week)
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				var gap trends.Gap
				switch {
				case err == nil:
					one.Value = &v
				case errors.As(err, &gap) && gap.Deaf:
					deaf = err.Error()
					fallthrough
				default:
					one.Trouble = err.Error()
				}
			}
			out = append(out, one)
		}
	}
	return out, nil
}

// zoneOfTeam is whose weeks a team's are; the organisation's are those of its first
// team by id.
func (f *Fairlead) zoneOfTeam(team string) *time.Location {
	teams := f.cfg().Directory.Teams()
	for i := range teams {
		if teams[i].ID == team || team == "" {
			return teams[i].Location
		}
	}
	return time.UTC
}

func (p *examinationPrinter) numbers(list []NumberState) {
	if len(list) > 0 {
		p.heading("Outside numbers")
	}
	for _, n := range list {
		if n.Value != nil {
			p.say(markFine, "%s of %s in %s: %s", n.Name, whose(n.Team), n.Week, trends.Number(*n.Value))
		} else {
			p.say(markNote, "%s of %s in %s is not known: %s", n.Name, whose(n.Team), n.Week, shownLong(n.Trouble))
		}
	}
}

func compareRows(team, week, otherTeam, otherWeek string) int {
	return cmp.Or(strings.Compare(team, otherTeam), strings.Compare(week, otherWeek))
}
