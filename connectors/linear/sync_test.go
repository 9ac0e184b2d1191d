package linear

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

func TestAWholeWorkspaceArrivesOnceAndASecondPassChangesNothing(t *testing.T) {
	f := newWorkspace(t, 100)
	s, m := f.source(t, nil), newMemory()
	first := syncOnce(t, s, m)
	if first.Tickets != 102 || len(m.tickets) != 102 || first.Changed != 102 {
		t.Errorf("first pass read %d tickets, changed %d, stored %d, want 102 each (100 issues, a project, an initiative)",
			first.Tickets, first.Changed, len(m.tickets))
	}
	if first.Expected != 102 {
		t.Errorf("expected = %d, want 102", first.Expected)
	}
	if len(m.sprints) != 1 || len(first.Gaps) != 0 {
		t.Errorf("sprints = %d, gaps = %q, want one and none", len(m.sprints), first.Gaps)
	}
	f.forget()
	second := syncOnce(t, s, m)
	if second.Pages > 2 || second.Changed != 0 {
		t.Errorf("second pass took %d pages and changed %d, want at most 2 and 0", second.Pages, second.Changed)
	}
	if got := f.count(""); got > 10 {
		t.Errorf("second pass sent %d requests, want at most 10: %v", got, f.asked)
	}
}

func TestArchivedIssuesProjectsAndStatesAreReadToo(t *testing.T) {
	f := newWorkspace(t, 3)
	for _, list := range []string{"issues", "projects", "initiatives", "cycles", "workflowStates", "users", "issueLabels", "teams"} {
		for _, o := range f.lists[list] {
			o["archivedAt"] = at(500)
		}
	}
	m := newMemory()
	syncOnce(t, f.source(t, nil), m)
	got := m.tickets["issue-00001"]
	if len(m.tickets) != 5 || len(m.sprints) != 1 {
		t.Errorf("%d tickets and %d sprints, want 5 and 1", len(m.tickets), len(m.sprints))
	}
	if got.Creator.Name == "" || len(got.Labels) != 1 || got.Labels[0] != "Feature" || got.History[0].To[0].Text != "In Progress" {
		t.Errorf("creator %+v, labels %q, history %+v", got.Creator, got.Labels, got.History)
	}
}

func TestIssuesComeNewestChangeFirst(t *testing.T) {
	f := newWorkspace(t, 170)
	last := day0.Add(10_000 * time.Hour)
	issues := 0
	for page, err := range f.source(t, nil).Changed(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		for _, tk := range page.Tickets {
			if tk.RawType != rawIssue {
				continue
			}
			if tk.Updated.After(last) {
				t.Fatalf("%s of %v comes after an issue of %v", tk.Key, tk.Updated, last)
			}
			last = tk.Updated
			issues++
		}
	}
	if issues != 170 {
		t.Fatalf("%d issues came, want 170", issues)
	}
}

// A change in the middle of a pass reorders a list that is read newest first.
// Whatever moment it happens at, after the next pass nothing may be missing.
func TestAnIssueUpdatedWhilePagingIsNotLost(t *testing.T) {
	for op, times := range map[string]int{"Counts": 1, "Users": 2, "Issues": 5} {
		for n := 1; n <= times; n++ {
			for _, victim := range []int{0, 75, 149} {
				t.Run(fmt.Sprintf("issue %d before %s %d", victim, op, n), func(t *testing.T) {
					f := newWorkspace(t, 150)
					later := day0.Add(1000 * time.Hour)
					f.before = func(asked string, k int) {
						if asked == op && k == n && f.lists["issues"][victim]["title"] != "changed" {
							f.touch(victim, later, "changed")
						}
					}
					s, m := f.source(t, pagesOf30), newMemory()
					for range 3 { // the second Users is asked for in the second pass
						syncOnce(t, s, m)
					}
					if len(m.tickets) != 152 {
						t.Errorf("%d tickets, want 152", len(m.tickets))
					}
					if got := m.tickets[fmt.Sprintf("issue-%05d", victim)].Title; got != "changed" {
						t.Errorf("title = %q, want the changed one", got)
					}
				})
			}
		}
	}
}

// A change that Linear shows only after younger ones were read is found by the
// overlap.
func TestAChangeShownLateIsFoundWithinTheOverlap(t *testing.T) {
	f := newWorkspace(t, 10)
	s, m := f.source(t, nil), newMemory()
	late := f.lists["issues"][8]
	late["updatedAt"] = stamp(day0.Add(9*time.Hour - time.Minute)) // a minute before the newest
	f.lists["issues"] = slices.Delete(f.lists["issues"], 8, 9)
	syncOnce(t, s, m)
	f.lists["issues"] = append(f.lists["issues"], late)
	syncOnce(t, s, m)
	if _, ok := m.tickets["issue-00008"]; !ok {
		t.Error("the late issue was lost")
	}
}

func TestGoingOnFromAnyStoredCursorLosesNothing(t *testing.T) {
	f := newWorkspace(t, 95)
	s, whole := f.source(t, pagesOf30), newMemory()
	syncOnce(t, s, whole)
	if len(whole.cursors) < 4 {
		t.Fatalf("only %d cursors", len(whole.cursors))
	}
	for i := range whole.cursors {
		// What was stored up to the cursor, then the rest from there.
		m := newMemory()
		interrupted := errors.New("out of power")
		pages := 0
		for page, err := range s.Changed(t.Context(), "") {
			if err != nil {
				t.Fatal(err)
			}
			if pages > i {
				m.full = interrupted
			}
			if _, err := m.SavePage(t.Context(), "", page.Tickets, page.Sprints, string(page.Cursor)); err != nil {
				break
			}
			pages++
		}
		m.full = nil
		syncOnce(t, s, m)
		if !reflect.DeepEqual(m.tickets, whole.tickets) || !reflect.DeepEqual(m.sprints, whole.sprints) {
			t.Errorf("after going on from cursor %d: %d tickets %v, want %d", i, len(m.tickets), m.keys(), len(whole.tickets))
		}
		if m.cursor != whole.cursor {
			t.Errorf("cursor after going on from %d = %s, want %s", i, m.cursor, whole.cursor)
		}
		rest := whole.startingAt(whole.cursors[i])
		p := syncOnce(t, s, rest)
		if i > 0 && p.Tickets >= len(whole.tickets) {
			t.Errorf("going on from cursor %d read everything again (%d tickets)", i, p.Tickets)
		}
	}
}

func TestACursorNobodyUnderstandsMeansTheBeginning(t *testing.T) {
	for _, c := range []connectors.Cursor{"", "nonsense", `{"v":99}`, `{"v":2,"issues":{"PAY":"2026-09-01T00:00:00Z"}}`, `{"v":3}`, `{"v":3,"issues":null}`} {
		if got := parseCursor(c); len(got.Issues) != 0 || got.Issues == nil || got.Version != cursorVersion {
			t.Errorf("parseCursor(%q) = %+v, want the beginning", c, got)
		}
	}
}

func TestATeamThatComesIntoViewIsReadFromItsBeginning(t *testing.T) {
	f := newWorkspace(t, 40) // half of them PAY, half CORE
	m := newMemory()
	syncOnce(t, f.source(t, func(o *Options) { o.Teams = []string{"PAY"} }), m)
	if got := len(m.tickets); got != 22 {
		t.Errorf("with one team: %d tickets, want 22", got)
	}
	p := syncOnce(t, f.source(t, func(o *Options) { o.Teams = []string{"pay", "core"} }), m)
	if got := len(m.tickets); got != 42 {
		t.Errorf("with both teams: %d tickets, want 42", got)
	}
	if p.Tickets > 24 {
		t.Errorf("the second pass read %d tickets: the first team was read again", p.Tickets)
	}
}

func TestACallerThatWantsNoMoreEndsThePass(t *testing.T) {
	f := newWorkspace(t, 90)
	for _, err := range f.source(t, nil).Changed(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if got := f.count("Issues"); got != 1 {
		t.Errorf("%d requests for issues, want the one of the page that was taken", got)
	}
}

func TestACancelledPassEndsWithTheContextsError(t *testing.T) {
	f := newWorkspace(t, 90)
	ctx, cancel := context.WithCancel(t.Context())
	f.before = func(op string, n int) {
		if op == "Issues" && n == 2 {
			cancel()
		}
	}
	m := newMemory()
	_, err := connectors.Sync(ctx, f.source(t, pagesOf30), m, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	if len(m.tickets) != 32 {
		t.Errorf("%d tickets kept, want the 32 of the pages before", len(m.tickets))
	}
}

// Histories, comments and all other lists are followed to their ends, however
// long: nothing is cut without a word.
func TestLongListsAreFollowedToTheirEnds(t *testing.T) {
	const long = 613
	f := newWorkspace(t, 4)
	many := func(make func(i int) obj) []obj {
		var out []obj
		for i := range long {
			out = append(out, make(i))
		}
		return out
	}
	node := func(i int) obj { return obj{"id": fmt.Sprintf("n-%04d", i), "createdAt": at(i)} }
	with := func(i int, k string, v any) obj { o := node(i); o[k] = v; return o }
	far := func(i int) obj {
		return obj{"id": fmt.Sprintf("n-%04d", i), "identifier": fmt.Sprintf("FAR-%d", i), "slugId": fmt.Sprintf("far%d", i), "labelIds": []string{}}
	}
	relation := func(end string) func(int) obj {
		return func(i int) obj { return obj{"id": fmt.Sprintf("n-%04d", i), "type": "related", end: far(i)} }
	}
	one := f.lists["issues"][2]
	one["history"] = many(func(i int) obj { return with(i, "actorId", "u-lee") })
	one["comments"] = many(func(i int) obj { return with(i, "body", "x") })
	one["relations"] = many(relation("relatedIssue"))
	one["inverseRelations"] = many(func(i int) obj {
		o := relation("issue")(i + 10000)
		return o
	})
	one["needs"] = many(node)
	one["subscribers"] = many(node)
	f.lists["issues"][1]["history"] = many(func(i int) obj { return with(i%40, "actorId", "u-lee") })[:40]

	project := f.lists["projects"][0]
	project["needs"], project["comments"] = many(node), many(func(i int) obj { return with(i, "body", "x") })
	project["projectUpdates"] = many(func(i int) obj {
		o := with(i, "body", "x")
		o["id"], o["user"] = fmt.Sprintf("pu-%d", i), obj{"id": "u-lee"}
		return o
	})
	project["initiatives"], project["relations"] = many(far), many(relation("relatedProject"))
	project["labels"] = many(func(i int) obj { return obj{"name": fmt.Sprintf("label %04d", i)} })
	f.lists["initiatives"][0]["initiativeUpdates"] = project["projectUpdates"]
	f.lists["initiatives"][0]["labels"] = project["labels"]

	m := newMemory()
	p := syncOnce(t, f.source(t, nil), m)
	if len(p.Gaps) > 0 {
		t.Errorf("gaps: %q", p.Gaps)
	}
	got := m.tickets["issue-00002"]
	pr, in := m.tickets["proj-1"], m.tickets["init-1"]
	for name, n := range map[string]int{
		"history": len(got.History), "comments": len(got.Comments), "links": len(got.Links) / 2, "needs": len(got.Needs), "watchers": len(got.Watchers),
		"needs of the project": len(pr.Needs), "comments of the project": len(pr.Comments) / 2, "initiatives of the project": len(pr.Containers),
		"links of the project": len(pr.Links), "labels of the project": len(pr.Labels),
		"updates of the initiative": len(in.Comments), "labels of the initiative": len(in.Labels),
	} {
		if n != long {
			t.Errorf("%s: %d, want %d", name, n, long)
		}
	}
	if n := len(m.tickets["issue-00001"].History); n != 40 {
		t.Errorf("a history of 40: %d", n)
	}
	for i, c := range f.costs {
		if c > queryLimit {
			t.Errorf("request %d (%s) costs %.0f points", i, f.asked[i], c)
		}
	}
}

// Linear lets a token spend some thousand requests and some hundred thousand
// points an hour; histories of very different lengths must not spoil either.
func TestTwentyThousandIssuesNeedAFewHundredRequests(t *testing.T) {
	const n = 1000 // a twentieth, for time
	f := newWorkspace(t, n)
	f.head = func(h http.Header, cost float64) { h.Set("X-Complexity", fmt.Sprint(cost)) }
	entries := func(i, k int) []obj {
		var out []obj
		for j := range k {
			out = append(out, obj{"id": fmt.Sprintf("h-%d-%d", i, j), "createdAt": at(j), "actorId": "u-lee", "fromTitle": "a", "toTitle": "b"})
		}
		return out
	}
	want := 0
	for i := range n { // most histories short, some long: 8 entries, every tenth 30, every hundredth 120
		k := 8
		if i%10 == 0 {
			k = 30
		}
		if i%100 == 0 {
			k = 120
		}
		want += k
		f.lists["issues"][i]["history"] = entries(i, k)
	}
	if p := syncOnce(t, f.source(t, nil), newMemory()); p.Changes != want {
		t.Errorf("%d changes came, want %d", p.Changes, want)
	}
	var points float64
	for _, c := range f.costs {
		points += c
	}
	t.Logf("%d issues: %d requests, %.0f points", n, f.count(""), points)
	if requests := 20 * (f.count("Issues") + f.count("IssueMore")); requests > 440 || points*20 > 4e6 {
		t.Errorf("20,000 issues would need %d requests and %.0f points, want at most 440 and 4 millions", requests, points*20)
	}
}

// An issue whose lists are long is read on after its page was stored; by then it
// can be gone.
func TestAnIssueThatVanishesBeforeItIsWholeIsAGap(t *testing.T) {
	f := newWorkspace(t, 60)
	f.lists["issues"][30]["comments"] = comments(40)
	f.before = func(asked string, n int) {
		if asked == "IssueMore" && n == 1 {
			f.lists["issues"] = slices.Delete(f.lists["issues"], 30, 31)
		}
	}
	m := newMemory()
	p := syncOnce(t, f.source(t, nil), m)
	if len(p.Gaps) != 1 || !strings.Contains(p.Gaps[0], "issue-00030") || len(m.tickets) != 61 {
		t.Errorf("gaps %q, %d tickets, want one gap and 61 tickets", p.Gaps, len(m.tickets))
	}
	f.before = nil
	if p = syncOnce(t, f.source(t, nil), m); len(p.Gaps) != 0 {
		t.Errorf("the next pass still misses something: %q", p.Gaps)
	}
}

func comments(n int) []obj {
	var out []obj
	for i := range n {
		out = append(out, obj{"id": fmt.Sprint("long-", i), "createdAt": at(i), "body": "x"})
	}
	return out
}
