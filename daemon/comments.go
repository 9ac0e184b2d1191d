package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// comment is a note that is to stand on a ticket.
type comment struct {
	about  *finding.Finding
	said   rules.Adopted
	source config.Source
}

// commentsDue lists the comments that go with what people are reminded of now,
// where the source and the agreement ask for them and everybody who sees the
// ticket may read them.
func (f *Fairlead) commentsDue(r *reminding) []comment {
	var out []comment
	for i := range r.ledger {
		e := &r.ledger[i]
		a, ok := r.agreed(e.Team, e.Rule)
		if !ok || a.Stage != rules.Remind || !a.RemindComment || e.State != finding.Open || e.Subject.Kind != finding.AboutTicket ||
			!rules.Commentable(narrower(a.Tell, e.Audience)) {
			continue
		}
		team, known := r.dir.Team(e.Team)
		src := slices.IndexFunc(f.cfg().Sources, func(s config.Source) bool { return s.Name == e.Subject.Source && s.WriteComments })
		if src >= 0 && r.whyNot(e, a, team, known) == "" && !r.sent.commented(e, r.now) {
			out = append(out, comment{about: e, said: a, source: f.cfg().Sources[src]})
		}
	}
	slices.SortFunc(out, func(a, b comment) int { return compareFindings(a.about, b.about) })
	return out
}

// commented reports whether the comment stands there, or has to wait, as far as
// the outbox was read.
func (s sentBefore) commented(f *finding.Finding, now time.Time) bool {
	return slices.ContainsFunc(s[commentKey(f).Report], func(d store.Delivery) bool {
		return d.State != store.Pending || d.NotBefore.After(now)
	})
}

// The comments of one project wait together where one was refused: the others
// would be refused too.
func (r *reminders) troubled(c *comment) bool {
	return slices.ContainsFunc(r.ledger, func(e finding.Finding) bool {
		return e.Subject.Source == c.about.Subject.Source && projectOfKey(e.Subject.Key) == projectOfKey(c.about.Subject.Key) &&
			slices.ContainsFunc(r.sent[commentKey(&e).Report], func(d store.Delivery) bool {
				return d.State == store.Pending && d.Trouble != "" && d.NotBefore.After(r.now)
			})
	})
}

// projectOfKey is the Jira project or Linear team that a ticket's key begins with.
func projectOfKey(key string) string {
	project, _, _ := strings.Cut(key, "-")
	return project
}

// commentMedium is what holds for comments as a kind of channel. A tracker may ask
// to wait a while for its rate limit.
var commentMedium = medium{atOnce: 2, timeout: 20 * time.Minute}

// leaveComments leaves every comment that is due, one after the other, and stops
// with a project's at the first that is refused.
func (f *Fairlead) leaveComments(ctx context.Context, r *reminders) (said []outcome, err error) {
	var all []error
	writers := map[string]error{} // why a source's account is not to be written with
	refused := map[string]bool{}
	for i := range r.comments {
		c := &r.comments[i]
		project := c.source.Name + "\n" + projectOfKey(c.about.Subject.Key)
		if ctx.Err() != nil {
			return said, ctx.Err()
		}
		if refused[project] || r.troubled(c) {
			continue
		}
		src := f.commenter(c.source.Name)
		if _, asked := writers[c.source.Name]; !asked {
			writers[c.source.Name] = f.mayWrite(ctx, src, c.source)
			all = append(all, writers[c.source.Name])
		}
		if writers[c.source.Name] != nil {
			continue
		}
		if d, err := f.store.Delivery(ctx, commentKey(c.about)); err == nil && d.State != store.Pending {
			continue // longer ago than the outbox was read
		}
		for _, o := range f.dispatchAll(ctx, []parcel{c.parcel(src, r.now)}) {
			said = append(said, o)
			if o.err != nil {
				refused[project] = errors.Is(o.err, connectors.ErrMayNotComment)
				all = append(all, fmt.Errorf("comment on %s: %w", rules.OneLine(c.about.Subject.Key), o.err))
			}
		}
	}
	return said, errors.Join(all...)
}

// commenter is the source as one that writes comments; nil when it cannot.
func (f *Fairlead) commenter(source string) connectors.Commenter {
	for _, s := range f.sources {
		if c, ok := s.(connectors.Commenter); ok && s.Name() == source {
			return c
		}
	}
	return nil
}

// mayWrite makes sure that the account is fairlead's own: nobody's words are put
// into their mouth, and what counts as automation is nobody's work.
func (f *Fairlead) mayWrite(ctx context.Context, c connectors.Commenter, source config.Source) error {
	if c == nil {
		return fmt.Errorf("%s: this kind of source takes no comments", source.Name)
	}
	who, err := c.Writer(ctx)
	if err != nil {
		return err
	}
	if why := personsAccount(f.cfg().Directory, source, who); why != "" {
		return errors.New(source.Name + ": " + why)
	}
	return nil
}

// personsAccount says that the account is somebody's; empty when it is fairlead's
// own.
func personsAccount(dir *org.Directory, source config.Source, who ticket.Account) string {
	p, known := dir.Resolve(string(source.Tracker), who.ID, who.Email)
	if !known || p.Bot {
		return ""
	}
	return fmt.Sprintf("the token is that of %s, in whose name nothing is written, and whose own work here counts as automation as long as write_comments is true; "+
		"give this source a token of an account of fairlead's own, or take write_comments out", p.ID)
}

// parcel is the comment on its way. The outbox sees to it that only one is on its
// way at a time.
func (c *comment) parcel(to connectors.Commenter, now time.Time) parcel {
	key := commentKey(c.about)
	return parcel{
		key: key, due: now, medium: commentMedium, kind: "comment",
		channel: func() (reports.Channel, error) {
			return commentChannel{to, key.Channel, ticket.Ref{ID: c.about.Subject.ID, Key: c.about.Subject.Key}, noteOn(c.about, &c.said)}, nil
		},
		compose: func(context.Context) (reports.Report, error) { return reports.Report{Kind: reports.Reminder}, nil },
	}
}

// commentChannel brings one note to its ticket, as a channel brings a report.
type commentChannel struct {
	to   connectors.Commenter
	name string
	on   ticket.Ref
	note connectors.Note
}

// Name implements reports.Channel.
func (c commentChannel) Name() string { return c.name }

// mayNotPause is how long comments wait after the account was refused one: until
// somebody has granted it, nothing else would come of it.
const mayNotPause = 24 * time.Hour

// Deliver implements reports.Channel. A ticket that is gone needs no comment.
func (c commentChannel) Deliver(ctx context.Context, _ reports.Delivery, _ func(reports.Receipt) error) (reports.Receipt, error) {
	url, err := c.to.Comment(ctx, c.on, c.note)
	switch {
	case errors.Is(err, connectors.ErrNoTicket):
		return reports.Receipt{Place: "nowhere: the ticket is gone", Digest: c.note.ID}, nil
	case errors.Is(err, connectors.ErrMayNotComment):
		return reports.Receipt{}, &reports.Delay{Err: err, After: mayNotPause}
	}
	return reports.Receipt{Place: url, Digest: c.note.ID}, err
}

// Preview implements reports.Channel.
func (c commentChannel) Preview(reports.Delivery) (reports.Preview, error) {
	return reports.Preview{To: []string{c.on.Key}, Parts: []reports.Part{{Name: "comment.txt", Type: "text/plain; charset=utf-8", Content: []byte(c.note.Text)}}}, nil
}

// logComments tells the log what was left where.
func (f *Fairlead) logComments(said []outcome) {
	for _, o := range said {
		if o.err == nil && o.State == store.Delivered {
			f.log.Info("comment left", zap.String("place", o.Place))
		}
	}
}
