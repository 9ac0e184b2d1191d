package linear

import (
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

// project is a project as the documents ask for it.
type project struct {
	ID          string    `json:"id"`
	SlugID      string    `json:"slugId"`
	URL         string    `json:"url"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Content     string    `json:"content"`
	Priority    float64   `json:"priority"`
	TargetDate  string    `json:"targetDate"`
	Trashed     bool      `json:"trashed"`
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt"`
	StartedAt   time.Time `json:"startedAt"`
	CompletedAt time.Time `json:"completedAt"`
	CanceledAt  time.Time `json:"canceledAt"`
	ArchivedAt  time.Time `json:"archivedAt"`
	Status      state     `json:"status"`
	Creator     *ref      `json:"creator"`
	Lead        *ref      `json:"lead"`
	Health      string    `json:"health"` // onTrack, atRisk or offTrack
	// What comes in pages.
	Teams       connection[ref]             `json:"teams"`
	Labels      connection[ref]             `json:"labels"`
	Initiatives connection[ref]             `json:"initiatives"`
	Needs       connection[need]            `json:"needs"`
	Comments    connection[comment]         `json:"comments"`
	Updates     connection[comment]         `json:"projectUpdates"`
	Relations   connection[projectRelation] `json:"relations"`
	Inverse     connection[projectRelation] `json:"inverseRelations"`
	Members     connection[ref]             `json:"members"`
	Milestones  connection[milestone]       `json:"projectMilestones"`
	Attachments connection[paper]           `json:"attachments"`
	Links       connection[paper]           `json:"externalLinks"`
}

// projectRelation names the project at the other end: Related from the source,
// Project from the target.
type projectRelation struct {
	Type    string `json:"type"`
	Related ref    `json:"relatedProject"`
	Project ref    `json:"project"`
}

func (p *project) id() string { return p.ID }

func (p *project) updated() time.Time { return p.UpdatedAt }

// lists implements object, in the order of projectKind.
func (p *project) lists() []list {
	return []list{
		&p.Teams, &p.Labels, &p.Initiatives, &p.Needs, &p.Comments, &p.Updates, &p.Relations, &p.Inverse,
		&p.Members, &p.Milestones, &p.Attachments, &p.Links,
	}
}

// project tells a project as a ticket. Its key is the slug id, which stays when
// the project is renamed. Updates posted to it count as comments: somebody wrote
// something down. Linear keeps a project's history in a form it does not
// describe; only what its own times tell is known of the past.
func (w *words) project(t ticket.Ticket, p *project) ticket.Ticket {
	t.ID, t.Key, t.URL, t.RawType = p.ID, p.SlugID, p.URL, rawProject
	t.Title, t.Description = p.Name, dropBlank(p.Description, p.Content)
	t.Status, t.Category = p.Status.Name, w.category(p.Status)
	t.Priority = w.mapping.Priority(plainNumber(p.Priority))
	t.Creator, t.Assignee = w.people.account(idOf(p.Creator)), w.people.account(idOf(p.Lead))
	t.Team, t.Due = firstKey(p.Teams.Nodes), date(p.TargetDate)
	t.Labels = names(p.Labels.Nodes)
	for _, i := range p.Initiatives.Nodes {
		t.Containers = append(t.Containers, ticket.Ref{ID: i.ID, Key: i.SlugID})
	}
	t.Links = w.projectLinks(p.Relations.Nodes, p.Inverse.Nodes)
	t.Needs = needs(p.Needs.Nodes)
	t.Health, t.Members = p.Health, w.members(p.Members.Nodes, p.Lead)
	for _, m := range p.Milestones.Nodes {
		t.Releases = append(t.Releases, m.release())
	}
	t.Papers = append(papers(p.Attachments.Nodes), papers(p.Links.Nodes)...)
	t.Mentions = w.people.mentions(t.Description)
	t.Comments = append(w.comments(p.Comments.Nodes), w.comments(p.Updates.Nodes)...)
	t.Created, t.Updated, t.Started = p.CreatedAt, p.UpdatedAt, p.StartedAt
	t.Resolved = latest(p.CompletedAt, p.CanceledAt)
	if p.Trashed {
		discard(&t, p.ArchivedAt)
	}
	return w.finish(t)
}

func (w *words) projectLinks(out, in []projectRelation) []ticket.Link {
	var links []ticket.Link
	add := func(phrase string, to ref) {
		links = append(links, ticket.Link{
			Kind: w.mapping.Link(phrase), Phrase: phrase,
			Target: ticket.Ref{ID: to.ID, Key: to.SlugID}, TargetKind: w.mapping.Kind(rawProject, nil),
		})
	}
	for _, r := range out {
		add(phrase(r.Type, false), r.Related)
	}
	for _, r := range in {
		add(phrase(r.Type, true), r.Project)
	}
	return links
}

// firstKey chooses the team of a project that several share: the first by key,
// so that the choice is the same every time.
func firstKey(teams []ref) string {
	var keys []string
	for _, t := range teams {
		keys = append(keys, t.Key)
	}
	if len(keys) == 0 {
		return ""
	}
	return slices.Min(keys)
}

func names(refs []ref) []string {
	var out []string
	for _, r := range refs {
		if r.Name != "" {
			out = append(out, r.Name)
		}
	}
	return out
}

// dropBlank joins what is not blank with an empty line between.
func dropBlank(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n\n")
}
