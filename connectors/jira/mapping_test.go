package jira

import (
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

func shipped(t testing.TB) connectors.Mapping {
	t.Helper()
	m, err := Mapping()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestShippedWords(t *testing.T) {
	m := shipped(t)
	kinds := map[string]ticket.Kind{
		"Story": ticket.Feature, "New Feature": ticket.Feature, "Improvement": ticket.Feature, "Bug": ticket.Bug, "Incident": ticket.Bug,
		"Epic": ticket.Container, "Initiative": ticket.Goal, "Theme": ticket.Goal, "Objective": ticket.Goal, "Problem": ticket.Problem,
		"Opportunity": ticket.Problem, "Customer problem": ticket.Problem, "Pain point": ticket.Problem, "Action item": ticket.ActionItem,
		"Task": ticket.Task, "Sub-task": ticket.Task, "Whatever": ticket.Task,
	}
	for word, want := range kinds {
		if got := m.Kind(word, nil); got != want {
			t.Errorf("type %q: got %q, want %q", word, got, want)
		}
	}
	for label, want := range map[string]ticket.Kind{"problem": ticket.Problem, "retro-action": ticket.ActionItem, "Action-Item": ticket.ActionItem, "backend": ticket.Bug} {
		if got := m.Kind("Bug", []string{label}); got != want {
			t.Errorf("label %q on a bug: got %q, want %q", label, got, want)
		}
	}
	for phrase, want := range map[string]ticket.LinkKind{
		"blocks": ticket.Blocks, "is blocked by": ticket.BlockedBy, "duplicates": ticket.Duplicates, "is duplicated by": ticket.DuplicatedBy,
		"clones": ticket.Clones, "is cloned by": ticket.ClonedBy, "is cloned from": ticket.Clones, "was cloned as": ticket.ClonedBy, "is cloned into": ticket.ClonedBy,
		"relates to": ticket.Relates, "is related to": ticket.Relates, "causes": ticket.Causes, "is caused by": ticket.CausedBy,
		"solves": ticket.Solves, "is solved by": ticket.SolvedBy, "implements": ticket.Implements, "is implemented by": ticket.ImplementedBy,
		"depends on": ticket.BlockedBy, "is depended on by": ticket.Blocks, "tests": ticket.OtherLink,
	} {
		if got := m.Link(phrase); got != want {
			t.Errorf("phrase %q: got %q, want %q", phrase, got, want)
		}
	}
}

func TestPriorities(t *testing.T) {
	c := catalog{mapping: shipped(t)}
	for _, x := range []struct {
		id, name string
		want     ticket.Priority
	}{
		{"1", "Highest", ticket.Urgent}, {"1", "Blocker", ticket.Urgent}, {"2", "Critical", ticket.Urgent}, {"3", "Major", ticket.Medium},
		{"10100", "P0", ticket.Urgent}, {"10101", "P1", ticket.Urgent}, {"2", "High", ticket.High}, {"3", "Medium", ticket.Medium},
		{"4", "Low", ticket.Low}, {"5", "Lowest", ticket.Low}, {"5", "Trivial", ticket.Low}, {"6", "None", ticket.NoPriority},
		{"", "", ticket.NoPriority}, {"2", "高", ticket.High}, {"10200", "高", ticket.NoPriority},
	} {
		if got := c.priority(x.id, x.name); got != x.want {
			t.Errorf("%s %q: got %q, want %q", x.id, x.name, got, x.want)
		}
	}
}

func TestCategories(t *testing.T) {
	c := catalog{mapping: shipped(t), operators: connectors.Mapping{}.With(connectors.Mapping{
		Statuses: map[string]ticket.Category{"Parked": ticket.Backlog},
	})}
	var open, dev, shut status
	open.ID, open.Name, open.Category.Key = "1", "Offen", "new"
	dev.ID, dev.Name, dev.Category.Key = "3", "In Arbeit", "indeterminate"
	shut.ID, shut.Name, shut.Category.Key = "6", "Fertig", "done"
	c.indexStatuses([]status{open, dev, shut})
	for _, x := range []struct {
		why, id, name, key, resolution string
		want                           ticket.Category
	}{
		{"Jira's category decides", "9", "Zu tun", "new", "", ticket.Todo},
		{"a backlog is a way of being to do", "9", "Backlog", "new", "", ticket.Backlog},
		{"work is begun", "9", "Doing", "indeterminate", "", ticket.Started},
		{"done is done", "9", "Live", "done", "Done", ticket.Done},
		{"cancelled is a way of being done", "9", "Won't Do", "done", "", ticket.Cancelled},
		{"a curly apostrophe is no obstacle to a resolution", "6", "Fertig", "done", "Won’t Fix", ticket.Cancelled},
		{"a resolution makes it cancelled", "6", "Fertig", "done", "Duplicate", ticket.Cancelled},
		{"a resolution on open work says nothing", "3", "In Arbeit", "indeterminate", "Duplicate", ticket.Started},
		{"rejected by a tester is not an end", "9", "Rejected", "indeterminate", "", ticket.Started},
		{"a done status called backlog stays done", "9", "Backlog", "done", "", ticket.Done},
		{"past statuses are known by id", "3", "Renamed since", "", "", ticket.Started},
		{"or by name", "", "offen", "", "", ticket.Todo},
		{"or by what the words usually mean", "77", "In Progress", "", "", ticket.Started},
		{"an operator's line is final", "9", "parked", "indeterminate", "", ticket.Backlog},
		{"Jira's undefined category is no category", "9", "Closed", "undefined", "", ticket.Done},
		{"nothing known claims least", "77", "Quux", "", "", ticket.Todo},
	} {
		t.Run(x.why, func(t *testing.T) {
			if got := c.category(x.id, x.name, x.key, x.resolution); got != x.want {
				t.Errorf("got %q, want %q", got, x.want)
			}
		})
	}
}

func TestSitesInAnotherLanguage(t *testing.T) {
	one, two, under := 1, 2, -1
	m := shipped(t)
	back := status{Name: "待办", Untranslated: "Backlog"}
	got := m.With(translated(m, []status{back}, []issueType{
		{Name: "故事", Untranslated: "Story"}, {Name: "长篇故事", Level: &one}, {Name: "Nordstern", Level: &two},
		{Name: "子任务", Untranslated: "Sub-task", Level: &under}, {Name: "Bug", Untranslated: "Story"}, {Name: "Xray", Level: new(int)},
	}))
	for word, want := range map[string]ticket.Kind{
		"故事": ticket.Feature, "长篇故事": ticket.Container, "Nordstern": ticket.Goal, "子任务": ticket.Task, "Bug": ticket.Bug, "Xray": ticket.Task,
	} {
		if k := got.Kind(word, nil); k != want {
			t.Errorf("%s: got %q, want %q", word, k, want)
		}
	}
	if got.Statuses["待办"] != ticket.Backlog {
		t.Errorf("待办: got %q, want %q", got.Statuses["待办"], ticket.Backlog)
	}
}

func TestWhichFieldHoldsTheEstimate(t *testing.T) {
	custom := func(id, name, schema string) field {
		f := field{ID: id, Name: name}
		f.Schema.Custom = schema
		return f
	}
	all := []field{
		custom("customfield_1", "Story Points", "x:float"), custom("customfield_2", "Story point estimate", pointsSchema),
		custom("customfield_3", "Size", "x:float"), custom("customfield_4", "Sprint", sprintSchema),
	}
	for _, c := range []struct {
		name, operators string
		fields          []field
		want            string
	}{
		{"the team-managed field comes first", "", all, "customfield_2 customfield_1"},
		{"an operator names another", "size", all, "customfield_3"},
		{"an operator names an id", "CUSTOMFIELD_3", all, "customfield_3"},
		{"an operator names what is not there", "T-Shirt", all, ""},
		{"the site has none", "", all[2:], ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			for i, id := range findFields(c.fields, c.operators).estimates {
				if i > 0 {
					got += " "
				}
				got += id
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
