package linear

import (
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// initiative is an initiative as the documents ask for it.
type initiative struct {
	ID          string    `json:"id"`
	SlugID      string    `json:"slugId"`
	URL         string    `json:"url"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Content     string    `json:"content"`
	Priority    float64   `json:"priority"`
	Status      string    `json:"status"`
	TargetDate  string    `json:"targetDate"`
	Trashed     bool      `json:"trashed"`
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt"`
	StartedAt   time.Time `json:"startedAt"`
	CompletedAt time.Time `json:"completedAt"`
	ArchivedAt  time.Time `json:"archivedAt"`
	Health      string    `json:"health"` // onTrack, atRisk or offTrack
	Creator     *ref      `json:"creator"`
	Owner       *ref      `json:"owner"`
	Parent      *ref      `json:"parentInitiative"`
	// What comes in pages.
	Labels  connection[ref]     `json:"labels"`
	Updates connection[comment] `json:"initiativeUpdates"`
	Links   connection[paper]   `json:"links"`
}

func (i *initiative) id() string { return i.ID }

func (i *initiative) updated() time.Time { return i.UpdatedAt }

// lists implements object, in the order of initiativeKind.
func (i *initiative) lists() []list { return []list{&i.Labels, &i.Updates, &i.Links} }

// initiative tells an initiative as a ticket; its status is one of five words
// that serve as name and type alike.
func (w *words) initiative(t ticket.Ticket, i *initiative) ticket.Ticket {
	t.ID, t.Key, t.URL, t.RawType = i.ID, i.SlugID, i.URL, rawInitiative
	t.Title, t.Description = i.Name, dropBlank(i.Description, i.Content)
	t.Status = i.Status
	t.Category = w.category(state{Name: i.Status, Type: strings.ToLower(i.Status)})
	t.Priority = w.mapping.Priority(plainNumber(i.Priority))
	t.Creator, t.Assignee = w.people.account(idOf(i.Creator)), w.people.account(idOf(i.Owner))
	t.Due, t.Labels = date(i.TargetDate), names(i.Labels.Nodes)
	if i.Parent != nil {
		t.Parent = ticket.Ref{ID: i.Parent.ID, Key: i.Parent.SlugID}
	}
	t.Mentions = w.people.mentions(t.Description)
	t.Comments = w.comments(i.Updates.Nodes)
	t.Health, t.Papers = i.Health, papers(i.Links.Nodes)
	t.Created, t.Updated, t.Started, t.Resolved = i.CreatedAt, i.UpdatedAt, i.StartedAt, i.CompletedAt
	if t.Category == ticket.Cancelled && t.Resolved.IsZero() {
		t.Resolved = i.UpdatedAt // Linear keeps the moment of cancelling to itself
	}
	if i.Trashed {
		discard(&t, i.ArchivedAt)
	}
	return w.finish(t)
}
