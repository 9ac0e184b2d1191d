package linear

import (
	"fmt"
	"reflect"
	"testing"

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
