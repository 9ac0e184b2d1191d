package linear

import (
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// The raw types, since Linear's own objects have none.
const (
	rawIssue      = "issue"
	rawProject    = "project"
	rawInitiative = "initiative"
)

// issue is an issue as the documents ask for it.
type issue struct {
	ID          string     `json:"id"`
	Identifier  string     `json:"identifier"`
	URL         string     `json:"url"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Priority    float64    `json:"priority"`
	Estimate    *float64   `json:"estimate"`
	DueDate     string     `json:"dueDate"`
	Trashed     bool       `json:"trashed"`
	LabelIDs    []string   `json:"labelIds"`
	CreatedAt   time.Time  `json:"createdAt"`
	UpdatedAt   time.Time  `json:"updatedAt"`
	StartedAt   time.Time  `json:"startedAt"`
	CompletedAt time.Time  `json:"completedAt"`
	CanceledAt  time.Time  `json:"canceledAt"`
	ArchivedAt  time.Time  `json:"archivedAt"`
	Team        ref        `json:"team"`
	State       state      `json:"state"`
	Creator     *ref       `json:"creator"`
	BotActor    *bot       `json:"botActor"`
	Outsider    *outsider  `json:"externalUserCreator"`
	Assignee    *ref       `json:"assignee"`
	Cycle       *ref       `json:"cycle"`
	Project     *ref       `json:"project"`
	Parent      *ref       `json:"parent"`
	Milestone   *milestone `json:"projectMilestone"`
	// What comes in pages.
	Comments    connection[comment] `json:"comments"`
	Relations   connection[outward] `json:"relations"`
	Inverse     connection[inward]  `json:"inverseRelations"`
	Needs       connection[need]    `json:"needs"`
	Subscribers connection[ref]     `json:"subscribers"`
	Attachments connection[paper]   `json:"attachments"`
	History     connection[entry]   `json:"history"`
}

type need struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"createdAt"`
}

// comment is a comment or, for projects and initiatives, an update posted.
type comment struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"createdAt"`
	Body      string    `json:"body"`
	User      *ref      `json:"user"`
	BotActor  *bot      `json:"botActor"`
	Outsider  *outsider `json:"externalUser"`
}

func (i *issue) id() string { return i.ID }

func (i *issue) updated() time.Time { return i.UpdatedAt }

// lists implements object, in the order of issueKind.
func (i *issue) lists() []list {
	return []list{&i.Comments, &i.Relations, &i.Inverse, &i.Needs, &i.Subscribers, &i.Attachments, &i.History}
}

// ticket tells a whole issue.
func (w *words) ticket(t ticket.Ticket, i *issue) ticket.Ticket {
	t.ID, t.Key, t.URL = i.ID, i.Identifier, i.URL
	t.Title, t.Description, t.RawType = i.Title, i.Description, rawIssue
	t.Status, t.Category = i.State.Name, w.category(i.State)
	t.Priority = w.mapping.Priority(plainNumber(i.Priority))
	t.Creator = w.people.either(idOf(i.Creator), i.Outsider, i.BotActor)
	t.Assignee = w.people.account(idOf(i.Assignee))
	t.Team, t.Estimate, t.Due = i.Team.Key, i.Estimate, date(i.DueDate)
	t.Labels = w.labelNames(i.LabelIDs)
	w.place(&t, i)
	t.Links = w.links(i.Relations.Nodes, i.Inverse.Nodes)
	t.Needs = needs(i.Needs.Nodes)
	t.Mentions = w.people.mentions(i.Description)
	for _, s := range i.Subscribers.Nodes {
		t.Watchers = append(t.Watchers, w.people.account(s.ID))
	}
	t.Comments = w.comments(i.Comments.Nodes)
	t.Releases, t.Papers = releases(i.Milestone), papers(i.Attachments.Nodes)
	for _, e := range i.History.Nodes {
		t.History = append(t.History, w.changes(e, present{links: t.Links, parent: i.Parent, project: i.Project})...)
	}
	t.Created, t.Updated, t.Started = i.CreatedAt, i.UpdatedAt, i.StartedAt
	t.Resolved = latest(i.CompletedAt, i.CanceledAt)
	if i.Trashed {
		discard(&t, i.ArchivedAt)
	}
	return w.finish(t)
}

// place tells where the issue stands: cycle, project and parent.
func (w *words) place(t *ticket.Ticket, i *issue) {
	if i.Cycle != nil {
		t.Sprints = []string{i.Cycle.ID}
	}
	if i.Project != nil {
		t.Containers = []ticket.Ref{{ID: i.Project.ID, Key: i.Project.SlugID}}
	}
	if i.Parent != nil {
		t.Parent = ticket.Ref{ID: i.Parent.ID, Key: i.Parent.Identifier}
	}
}

// discard tells a ticket in the bin: no more work is expected on it, whatever
// status it was in.
func discard(t *ticket.Ticket, at time.Time) {
	if !t.Category.Ended() {
		t.Category, t.Resolved = ticket.Cancelled, latest(at, t.Updated)
	}
}

// finish brings a ticket into its stored form and derives its kind.
func (w *words) finish(t ticket.Ticket) ticket.Ticket {
	t.Normalise()
	w.mapping.DeriveKinds(&t)
	return t
}

func (w *words) comments(cs []comment) []ticket.Comment {
	var out []ticket.Comment
	for _, c := range cs {
		out = append(out, ticket.Comment{
			ID: c.ID, Created: c.CreatedAt, Author: w.people.either(idOf(c.User), c.Outsider, c.BotActor),
			Mentions: w.people.mentions(c.Body), Text: w.kept(c.Body),
		})
	}
	return out
}

// kept is a text people wrote, where the operator allows keeping it.
func (w *words) kept(text string) string {
	if !w.commentText {
		return ""
	}
	return text
}

func needs(ns []need) []ticket.Need {
	var out []ticket.Need
	for _, n := range ns {
		out = append(out, ticket.Need{ID: n.ID, Created: n.CreatedAt})
	}
	return out
}

// date reads a day. Linear's own days are whole; anything else is no date.
func date(s string) ticket.Date {
	d, err := ticket.ParseDate(s)
	if err != nil {
		return ""
	}
	return d
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
