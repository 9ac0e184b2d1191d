package jira

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/fairlead-dev/fairlead/ticket"
)

// ticket is an issue in fairlead's words. Fields that cannot be read are gaps,
// and the rest of the ticket stands.
func (p *pass) ticket(iss *issue, hs []history) ticket.Ticket {
	r := &reader{issue: iss}
	t := ticket.Ticket{
		Source: p.source.name, Tracker: "jira", ID: string(iss.ID), Key: iss.Key,
		URL:     p.site + "/browse/" + url.PathEscape(iss.Key),
		Title:   r.str("summary"),
		Created: r.time("created").Time, Updated: r.time("updated").Time, Resolved: r.time("resolutiondate").Time,
		Creator: r.account("creator"), Assignee: r.account("assignee"),
		Description: r.str("description"),
	}
	if t.Updated.IsZero() {
		t.Updated = t.Created
	}
	t.Mentions = mentions(t.Description)
	r.read("labels", &t.Labels)
	p.classify(&t, r)
	p.plan(&t, r)
	p.relate(&t, r)
	t.Comments = comments(iss.Comments, p.source.commentText)
	t.Releases, t.Watchers, t.Papers = releases(r), iss.Watchers, append(p.attachments(r), iss.Papers...)
	t.History = p.history(&t, r, hs)
	t.Normalise()
	p.catalog.mapping.DeriveKinds(&t)
	automate(&t, p.own)
	p.gaps = append(p.gaps, r.unread...)
	return t
}

func (r *reader) account(name string) ticket.Account {
	var u user
	r.read(name, &u)
	return u.account()
}

// classify fills type, status, priority and project.
func (p *pass) classify(t *ticket.Ticket, r *reader) {
	var (
		kind       issueType
		state      status
		priority   named
		resolution named
		project    named
		components []named
	)
	r.read("issuetype", &kind)
	r.read("status", &state)
	r.read("priority", &priority)
	r.read("resolution", &resolution)
	r.read("project", &project)
	r.read("components", &components)
	t.RawType, t.Status, t.Project = kind.Name, state.Name, project.Key
	t.Category = p.catalog.category(string(state.ID), state.Name, state.Category.Key, resolution.Name)
	t.Priority = p.catalog.priority(string(priority.ID), priority.Name)
	for _, c := range components {
		t.Components = append(t.Components, c.Name)
	}
}

// plan fills due date, estimate, sprints and their boards.
func (p *pass) plan(t *ticket.Ticket, r *reader) {
	if d, err := ticket.ParseDate(r.str("duedate")); err == nil {
		t.Due = d
	}
	for _, f := range p.catalog.fields.estimates {
		if n, err := strconv.ParseFloat(r.str(f), 64); err == nil {
			t.Estimate = &n
			break
		}
	}
	for _, sp := range p.sprintsIn(r) {
		t.Sprints = append(t.Sprints, string(sp.ID))
		if b := p.sprints.board(string(sp.ID)); b != "" {
			t.Boards = append(t.Boards, b)
		}
	}
}

// sprintsIn lists the sprints a ticket names: in the sprint field, or in the
// fields of the agile shape. Where the site does not tell which field holds
// sprints, every custom field is tried for their shape.
func (p *pass) sprintsIn(r *reader) []sprint {
	names := append([]string{"sprint", "closedSprints"}, p.catalog.fields.sprint...)
	if !p.catalog.fields.known {
		names = append(names, r.issue.sprintLike()...)
	}
	var out []sprint
	for _, name := range names {
		var raw json.RawMessage
		if !r.read(name, &raw) {
			continue
		}
		found, err := decodeSprints(raw)
		if err != nil {
			r.unreadable(name, err)
		}
		for _, sp := range found {
			if !slices.ContainsFunc(out, func(o sprint) bool { return o.ID == sp.ID }) {
				out = append(out, sp)
			}
		}
	}
	return out
}

var (
	oldSprint = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\[\s*"com\.atlassian\.greenhopper\.service\.sprint\.Sprint@`)
	})
	newSprint = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\[\s*\{[^}]*"(?:boardId|originBoardId)"\s*:`) })
)

// sprintLike lists the custom fields whose values look like sprints.
func (i *issue) sprintLike() []string {
	var out []string
	for name, raw := range i.Fields {
		if customField(name) && (oldSprint().Match(raw) || newSprint().Match(raw)) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// relate fills parent and links. A parent that Jira names as such comes before
// an epic link, which only old company-managed projects have, and both before the
// parent link by which Advanced Roadmaps goes on above epics.
func (p *pass) relate(t *ticket.Ticket, r *reader) {
	var parent, epic named
	if r.read("parent", &parent) {
		t.Parent = ticket.Ref{ID: string(parent.ID), Key: parent.Key}
	}
	if t.Parent.IsZero() && r.read("epic", &epic) {
		t.Parent = ticket.Ref{ID: string(epic.ID), Key: epic.Key}
	}
	for _, f := range p.catalog.fields.epic {
		if t.Parent.IsZero() {
			t.Parent = ticket.Ref{Key: r.str(f)}
		}
	}
	for _, f := range p.catalog.fields.parent {
		if t.Parent.IsZero() {
			t.Parent = r.parentLink(f)
		}
	}
	var links []issueLink
	r.read("issuelinks", &links)
	for _, l := range links {
		t.Links = append(t.Links, p.links(l)...)
	}
}

// links reads one link: an inward issue is read with the type's inward phrase, an outward
// issue with its outward one.
func (p *pass) links(l issueLink) []ticket.Link {
	var out []ticket.Link
	for _, end := range []struct {
		phrase string
		other  *linkedIssue
	}{{l.Type.Inward, l.Inward}, {l.Type.Outward, l.Outward}} {
		if end.other == nil {
			continue
		}
		link := ticket.Link{
			Kind: p.catalog.mapping.Link(end.phrase), Phrase: end.phrase,
			Target: ticket.Ref{ID: string(end.other.ID), Key: end.other.Key},
		}
		if raw := end.other.Fields.Type.Name; raw != "" {
			link.TargetKind = p.catalog.mapping.Kind(raw, nil)
		}
		out = append(out, link)
	}
	return out
}

// comments tells who wrote when and whom they mentioned, and what they wrote
// only where the operator allows keeping it.
func comments(cs []comment, keepText bool) []ticket.Comment {
	var out []ticket.Comment
	for _, c := range cs {
		var body string
		_ = json.Unmarshal(c.Body, &body) // what is no text mentions nobody
		told := ticket.Comment{
			ID: string(c.ID), Author: c.Author.account(), Created: c.Created.Time, Mentions: mentions(body),
		}
		if keepText {
			told.Text = body
		}
		out = append(out, told)
	}
	return out
}

// mention is how Jira's markup names an account: [~accountid:5b10…] on Cloud,
// [~name] on Data Center.
var mention = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\[~(?:accountid:)?([^\[\]\s|]{1,255})\]`) })

// mentions lists the accounts a text mentions.
func mentions(markup string) []string {
	var out []string
	for _, m := range mention().FindAllStringSubmatch(markup, -1) {
		out = append(out, m[1])
	}
	return out
}

// usersIn lists everybody a ticket names in full.
func usersIn(iss *issue, hs []history) []user {
	r := reader{issue: iss}
	var out []user
	for _, name := range []string{"creator", "reporter", "assignee"} {
		var u user
		if r.read(name, &u) {
			out = append(out, u)
		}
	}
	for _, c := range iss.Comments {
		out = append(out, c.Author)
	}
	for _, h := range hs {
		out = append(out, h.Author)
	}
	return out
}
