package linear

import (
	"cmp"
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
	projectLists
}

// projectLists are the parts of a project that come in pages.
type projectLists struct {
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
}

// projectRelation names the project at the other end: Related from the source,
// Project from the target.
type projectRelation struct {
	Type    string `json:"type"`
	Related ref    `json:"relatedProject"`
	Project ref    `json:"project"`
}

func (l *projectLists) more() bool {
	return l.Teams.more() || l.Labels.more() || l.Initiatives.more() || l.Needs.more() ||
		l.Comments.more() || l.Updates.more() || l.Relations.more() || l.Inverse.more() ||
		l.Members.more() || l.Milestones.more()
}

func (l *projectLists) after(page int) map[string]any {
	return map[string]any{
		"first": page,
		"teams": l.Teams.PageInfo.after(), "labels": l.Labels.PageInfo.after(),
		"initiatives": l.Initiatives.PageInfo.after(), "needs": l.Needs.PageInfo.after(),
		"comments": l.Comments.PageInfo.after(), "updates": l.Updates.PageInfo.after(),
		"relations": l.Relations.PageInfo.after(), "inverse": l.Inverse.PageInfo.after(),
		"members": l.Members.PageInfo.after(), "milestones": l.Milestones.PageInfo.after(),
	}
}

func (l *projectLists) grow(next projectLists) error {
	return cmp.Or(
		l.Teams.grow(next.Teams), l.Labels.grow(next.Labels), l.Initiatives.grow(next.Initiatives),
		l.Needs.grow(next.Needs), l.Comments.grow(next.Comments), l.Updates.grow(next.Updates),
		l.Relations.grow(next.Relations), l.Inverse.grow(next.Inverse),
		l.Members.grow(next.Members), l.Milestones.grow(next.Milestones),
	)
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
