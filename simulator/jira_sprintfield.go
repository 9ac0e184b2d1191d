package simulator

import (
	"strconv"
	"strings"
	"time"
)

// renderSprintField is the sprint custom field: objects on Cloud, the text of
// Java objects on Data Center.
func (j *jira) renderSprintField(sprints []*Sprint) []any {
	var out []any
	for _, s := range sprints {
		if !j.cloud {
			out = append(out, greenhopper(s))
			continue
		}
		o := obj{"id": s.number, "name": s.Name, "state": s.state(), "goal": s.Goal}
		if b := s.Space.board(); b != nil {
			o["boardId"] = b.number
		}
		addSprintDates(o, s)
		out = append(out, o)
	}
	return out
}

func addSprintDates(o obj, s *Sprint) {
	if !s.Start.IsZero() {
		o["startDate"], o["endDate"] = instant(s.Start), instant(s.End)
	}
	if !s.completed.IsZero() {
		o["completeDate"] = instant(s.completed)
	}
}

func greenhopper(s *Sprint) string {
	board, null := "<null>", "<null>"
	if b := s.Space.board(); b != nil {
		board = strconv.Itoa(b.number)
	}
	completed := null
	if !s.completed.IsZero() {
		completed = instant(s.completed)
	}
	id := strconv.Itoa(s.number)
	return "com.atlassian.greenhopper.service.sprint.Sprint@" + strconv.FormatInt(int64(s.number)*2654435761%0xfffffff, 16) +
		"[id=" + id + ",rapidViewId=" + board + ",state=" + strings.ToUpper(s.state()) + ",name=" + s.Name +
		",startDate=" + instant(s.Start) + ",endDate=" + instant(s.End) + ",completeDate=" + completed +
		",activatedDate=" + null + ",sequence=" + id + ",goal=" + s.Goal + "]"
}

// instant writes a moment as RFC 3339 with milliseconds, as sprints and Linear do.
func instant(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") }
