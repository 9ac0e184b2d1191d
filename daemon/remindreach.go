package daemon

import (
	"fmt"
	"strings"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/reports"
)

// personal is how a message reaches one person: as a direct message in Slack where
// there is an app and the org file tells their member id, otherwise by e-mail.
func (f *Fairlead) personal(id string) (*route, error) {
	p, known := f.cfg.Directory.Person(id)
	r := &route{kind: reports.Reminder, person: p}
	switch {
	case !known:
		return nil, fmt.Errorf("nobody in the org file has the id %q", id)
	case p.Slack != "" && !f.cfg.Slack.Token.IsZero():
		r.channel = "slack:" + p.Slack
		r.from = config.Report{Medium: config.ToSlack, Channel: r.channel, Room: p.Slack, Where: f.cfg.Slack.Where}
	case len(p.Emails) > 0 && f.cfg.Mail.Server != "":
		r.channel = "email:" + strings.ToLower(p.Emails[0])
		r.from = config.Report{Medium: config.ToEmail, Channel: r.channel, Email: p.Emails[0], Where: f.cfg.Mail.Where}
	case f.cfg.Slack.Token.IsZero() && f.cfg.Mail.Server == "":
		return nil, fmt.Errorf("cannot be reached: the configuration has neither mail nor slack")
	default:
		return nil, fmt.Errorf("cannot be reached: the org file has no address for them that could be used")
	}
	return r, nil
}

// reach is the channel by which a person is reached, or why there is none.
func (f *Fairlead) reach(id string) (channel, trouble string) {
	r, err := f.personal(id)
	if err != nil {
		return "", err.Error()
	}
	return r.channel, ""
}
