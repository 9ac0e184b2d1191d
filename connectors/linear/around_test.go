package linear

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

func TestMilestonesMembersHealthAndPapers(t *testing.T) {
	f := newWorkspace(t, 2)
	beta := obj{"id": "ms-1", "name": "Beta", "targetDate": "2026-10-01", "status": "done"}
	final := obj{"id": "ms-2", "name": "Launch", "targetDate": nil, "status": "unstarted"}
	project := f.lists["projects"][0]
	project["projectMilestones"], project["health"] = []obj{beta, final}, "atRisk"
	project["members"] = []obj{{"id": "u-mina"}, {"id": "u-lee"}, {"id": "u-jo"}} // mina leads it
	f.lists["initiatives"][0]["health"] = "onTrack"
	one := f.lists["issues"][1]
	one["projectMilestone"] = beta
	one["attachments"] = []obj{{"title": "Design", "url": "https://docs.example/1"}, {"title": "PR 7", "url": "https://git.example/7"}}
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)

	p, i := m.tickets["proj-1"], m.tickets["issue-00001"]
	released := ticket.Release{ID: "ms-1", Name: "Beta", Due: "2026-10-01", Released: true}
	if want := []ticket.Release{released, {ID: "ms-2", Name: "Launch"}}; !reflect.DeepEqual(p.Releases, want) {
		t.Errorf("releases of the project = %+v, want %+v", p.Releases, want)
	}
	if !reflect.DeepEqual(i.Releases, []ticket.Release{released}) {
		t.Errorf("releases of the issue = %+v", i.Releases)
	}
	if p.Health != "atRisk" || m.tickets["init-1"].Health != "onTrack" || i.Health != "" {
		t.Errorf("health = %q, %q, %q", p.Health, m.tickets["init-1"].Health, i.Health)
	}
	if len(p.Members) != 2 || p.Members[0].ID != "u-jo" || p.Members[1].Name != "lee full" {
		t.Errorf("members beside the lead = %+v", p.Members)
	}
	want := []ticket.Paper{{Title: "Design", URL: "https://docs.example/1"}, {Title: "PR 7", URL: "https://git.example/7"}}
	if !reflect.DeepEqual(i.Papers, want) {
		t.Errorf("papers = %+v, want %+v", i.Papers, want)
	}
}

func TestAttachmentsMilestonesAndMembersAreFollowedToTheirEnds(t *testing.T) {
	const long = 230
	f := newWorkspace(t, 2)
	var papers, milestones, members []obj
	for n := range long {
		papers = append(papers, obj{"id": fmt.Sprint("a", n), "title": "x", "url": fmt.Sprintf("https://x.example/%d", n)})
		milestones = append(milestones, obj{"id": fmt.Sprint("m", n), "name": "x", "status": "next"})
		members = append(members, obj{"id": fmt.Sprint("u", n)})
	}
	f.lists["issues"][0]["attachments"] = papers
	f.lists["projects"][0]["projectMilestones"], f.lists["projects"][0]["members"] = milestones, members
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)
	p := m.tickets["proj-1"]
	if a, b, c := len(m.tickets["issue-00000"].Papers), len(p.Releases), len(p.Members); a != long || b != long || c != long {
		t.Errorf("%d papers, %d releases, %d members, want %d of each", a, b, c, long)
	}
}

func TestProjectsAndInitiativesTellWhatTheyLinkTo(t *testing.T) {
	f := newWorkspace(t, 1)
	project, initiative := f.lists["projects"][0], f.lists["initiatives"][0]
	project["externalLinks"] = []obj{{"label": "Runbook", "url": "https://docs.example/run"}, {"label": "", "url": "https://docs.example/plan"}}
	project["attachments"] = []obj{{"title": "Thread", "url": "https://chat.example/7"}}
	var links []obj
	for n := range 230 {
		links = append(links, obj{"id": fmt.Sprint("l", n), "label": "x", "url": fmt.Sprintf("https://x.example/%d", n)})
	}
	initiative["links"] = links
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)
	want := []ticket.Paper{
		{Title: "Thread", URL: "https://chat.example/7"}, {URL: "https://docs.example/plan"}, {Title: "Runbook", URL: "https://docs.example/run"},
	}
	if got := m.tickets["proj-1"].Papers; !reflect.DeepEqual(got, want) {
		t.Errorf("papers of the project = %+v, want %+v", got, want)
	}
	if got := len(m.tickets["init-1"].Papers); got != 230 {
		t.Errorf("%d papers of the initiative, want all 230", got)
	}
}

func TestWhereProjectsAndInitiativesStand(t *testing.T) {
	f := newWorkspace(t, 0)
	project, initiative := f.lists["projects"][0], f.lists["initiatives"][0]
	other := obj{"id": "proj-2", "slugId": "cc33"}
	project["relations"] = []obj{{"id": "r1", "type": "dependency", "relatedProject": other}}
	project["inverseRelations"] = []obj{{"id": "r2", "type": "related", "project": other}}
	project["trashed"], project["archivedAt"] = true, at(90)
	initiative["parentInitiative"] = obj{"id": "init-0", "slugId": "zz00"}
	initiative["status"] = "Canceled"
	child := another(initiative, "init-2", 5)
	child["status"], child["trashed"], child["archivedAt"] = "Active", true, at(200)
	f.lists["initiatives"] = append(f.lists["initiatives"], child)
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)

	p, gone, binned := m.tickets["proj-1"], m.tickets["init-1"], m.tickets["init-2"]
	if p.Category != ticket.Cancelled || !p.Resolved.Equal(day0.Add(90*time.Minute)) {
		t.Errorf("a project in the bin: %s, resolved %v", p.Category, p.Resolved)
	}
	if len(p.Links) != 2 || p.Links[0].Target.Key != "cc33" || p.Links[1].Target.Key != "cc33" || p.Links[0].Kind == p.Links[1].Kind {
		t.Errorf("links of the project = %+v, want one each way", p.Links)
	}
	if gone.Parent != (ticket.Ref{ID: "init-0", Key: "zz00"}) || gone.Category != ticket.Cancelled || !gone.Resolved.Equal(gone.Updated) {
		t.Errorf("a cancelled initiative: %+v", gone)
	}
	if binned.Category != ticket.Cancelled || !binned.Resolved.Equal(day0.Add(200*time.Minute)) {
		t.Errorf("an initiative in the bin: %s, resolved %v", binned.Category, binned.Resolved)
	}
}

// Sub-issues, issues in triage and those in the bin come with all others.
func TestSubIssuesTriageAndTheBin(t *testing.T) {
	f := newWorkspace(t, 4)
	f.lists["issues"][1]["parent"] = obj{"id": "issue-00000", "identifier": "PAY-0"}
	f.lists["issues"][2]["state"] = f.lists["workflowStates"][0]
	f.lists["issues"][3]["trashed"], f.lists["issues"][3]["archivedAt"] = true, at(500)
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)
	sub, triage, binned := m.tickets["issue-00001"], m.tickets["issue-00002"], m.tickets["issue-00003"]
	if sub.Parent != (ticket.Ref{ID: "issue-00000", Key: "PAY-0"}) {
		t.Errorf("parent of the sub-issue = %+v", sub.Parent)
	}
	if triage.Status != "Triage" || triage.Category != ticket.Backlog {
		t.Errorf("an issue in triage is %s, %s", triage.Status, triage.Category)
	}
	if binned.Category != ticket.Cancelled || !binned.Resolved.Equal(day0.Add(500*time.Minute)) {
		t.Errorf("an issue in the bin is %s, resolved %v", binned.Category, binned.Resolved)
	}
}

func TestWhatPeopleWroteIsKeptOnlyWhereAllowed(t *testing.T) {
	for _, allowed := range []bool{false, true} {
		f := newWorkspace(t, 1)
		m := newMemory()
		syncOnce(t, f.source(t, func(o *Options) { o.CommentText = allowed }), m)
		issue, project := m.tickets["issue-00000"].Comments[0], m.tickets["proj-1"].Comments[0]
		if (issue.Text == "see @dana") != allowed || (project.Text != "") != allowed {
			t.Errorf("allowed %v: texts %q and %q", allowed, issue.Text, project.Text)
		}
		if len(issue.Mentions) != 1 || len(project.Mentions) != 1 {
			t.Errorf("allowed %v: mentions %v and %v, want one each", allowed, issue.Mentions, project.Mentions)
		}
	}
}
