package daemon

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/ticket"
)

// personal is how a message reaches one person: as a direct message in Slack where
// there is an app and the org file tells their member id, otherwise by e-mail.
func (f *Fairlead) personal(id string) (*route, error) {
	p, known := f.cfg().Directory.Person(id)
	r := &route{kind: reports.Reminder, person: p}
	switch {
	case !known:
		return nil, fmt.Errorf("nobody in the org file has the id %q", id)
	case p.Slack != "" && !f.cfg().Slack.Token.IsZero():
		r.channel = "slack:" + p.Slack
		r.from = config.Report{Medium: config.ToSlack, Channel: r.channel, Room: p.Slack, Where: f.cfg().Slack.Where}
	case len(p.Emails) > 0 && f.cfg().Mail.Server != "":
		r.channel = "email:" + strings.ToLower(p.Emails[0])
		r.from = config.Report{Medium: config.ToEmail, Channel: r.channel, Email: p.Emails[0], Where: f.cfg().Mail.Where}
	case f.cfg().Slack.Token.IsZero() && f.cfg().Mail.Server == "":
		return nil, errors.New("cannot be reached: the configuration has neither mail nor slack")
	default:
		return nil, errors.New("cannot be reached: the org file has no address for them that could be used")
	}
	return r, nil
}

// unreachable says which EMs cannot be reminded of what their team has agreed to be
// reminded of.
func (f *Fairlead) unreachable(now time.Time) []string {
	var out []string
	teams := f.cfg().Directory.Teams()
	for i := range teams {
		if !f.reminds(&teams[i]) || !teams[i].Existed.Holds(now) {
			continue
		}
		for _, em := range f.cfg().Directory.ActingEMs(&teams[i], now) {
			if p, _ := f.cfg().Directory.Person(em); muted(p) {
				continue
			}
			if _, why := f.reach(em); why != "" {
				out = append(out, fmt.Sprintf("team %s has agreements in the stage remind, and its EM %s %s", teams[i].ID, em, why))
			}
		}
	}
	return out
}

// reminds reports whether the team has agreed to be reminded of something.
func (f *Fairlead) reminds(team *org.Team) bool {
	return slices.ContainsFunc(f.book().InForce(team.ID), func(a rules.Adopted) bool { return a.Stage == rules.Remind })
}

// writesAs adds that comments would stand under somebody's name.
func (s *ExaminedSource) writesAs(dir *org.Directory, source config.Source) {
	who := ticket.Account{ID: s.Account.ID, Email: s.Account.Email}
	if why := personsAccount(dir, source, who); source.WriteComments && s.Trouble == "" && why != "" {
		s.Missing = append(s.Missing, "an account of fairlead's own: "+why)
	}
}

// reach is the channel by which a person is reached, or why there is none.
func (f *Fairlead) reach(id string) (channel, trouble string) {
	r, err := f.personal(id)
	if err != nil {
		return "", err.Error()
	}
	return r.channel, ""
}
