package jira

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
)

// sprint is a sprint as the boards tell it, and as tickets carry it on Cloud
// (boardId) and in the shape of the agile API (originBoardId).
type sprint struct {
	ID          text    `json:"id"`
	Name        string  `json:"name"`
	State       string  `json:"state"`
	Goal        *string `json:"goal"` // nil: not told here
	OriginBoard text    `json:"originBoardId"`
	Board       text    `json:"boardId"`
	Start       moment  `json:"startDate"`
	End         moment  `json:"endDate"`
	Complete    moment  `json:"completeDate"`
}

// whole says that nothing need be asked for any more.
func (s *sprint) whole() bool { return s.Goal != nil && s.State != "" && s.board() != "" }

func (s *sprint) board() string { return string(orElse(s.OriginBoard, s.Board)) }

// noun is the sprint as the rest of fairlead knows it.
func (s *sprint) noun(source, base string) ticket.Sprint {
	out := ticket.Sprint{
		Source: source, ID: string(s.ID), Name: s.Name, State: sprintState(s.State), Board: s.board(),
		Start: s.Start.Time, End: s.End.Time, Completed: s.Complete.Time,
	}
	if s.Goal != nil {
		out.Goal = strings.TrimSpace(*s.Goal)
	}
	if out.Board != "" {
		out.URL = base + "/secure/RapidBoard.jspa?rapidView=" + url.QueryEscape(out.Board) + "&sprint=" + url.QueryEscape(out.ID)
	}
	return out
}

func sprintState(s string) ticket.SprintState {
	switch strings.ToLower(s) {
	case "active":
		return ticket.SprintActive
	case "closed":
		return ticket.SprintClosed
	}
	return ticket.SprintFuture
}

// decodeSprints reads the value of a sprint field, which is a list or a single one of:
// an object (Cloud, and the agile API), a text like …Sprint@1f[id=348,…] (old
// servers), a bare id.
func decodeSprints(raw json.RawMessage) ([]sprint, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	list := []json.RawMessage{raw}
	if raw[0] == '[' {
		list = nil
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
	}
	var out []sprint
	for _, one := range list {
		s, err := decodeSprint(one)
		if err != nil {
			return out, err
		}
		if s.ID != "" {
			out = append(out, s)
		}
	}
	return out, nil
}

func decodeSprint(raw json.RawMessage) (sprint, error) {
	if raw = bytes.TrimSpace(raw); len(raw) > 0 && raw[0] == '{' {
		var s sprint
		err := json.Unmarshal(raw, &s)
		return s, err
	}
	var t text
	if err := json.Unmarshal(raw, &t); err != nil {
		return sprint{}, err
	}
	if strings.Contains(string(t), "[") {
		return parseSprint(string(t))
	}
	return sprint{ID: t}, nil
}

// parseSprint reads the text by which old servers tell a sprint:
//
//	com.atlassian.greenhopper.service.sprint.Sprint@778e7fd2[id=348,rapidViewId=12,state=CLOSED,name=Sprint 8,goal=…,startDate=…]
//
// Names and goals are written as they are, commas and brackets included. What
// stands before the name is read from the front, what stands behind it from the
// back, so that a name cannot pose as anything else; a goal between them is
// taken for part of the name rather than guessed at. The text is a stopgap:
// the agile API is asked for the sprint wherever it answers.
func parseSprint(s string) (sprint, error) {
	_, inner, _ := strings.Cut(s, "[")
	inner = strings.TrimSuffix(inner, "]")
	head, rest, _ := strings.Cut(inner, ",name=")
	front := map[string]string{}
	for _, pair := range strings.Split(head, ",") {
		key, value, _ := strings.Cut(pair, "=")
		front[strings.TrimSpace(key)] = told(value)
	}
	if front["id"] == "" || strings.Trim(front["id"], "0123456789") != "" {
		return sprint{}, fmt.Errorf("no sprint id in %q", oneLine(s, 80))
	}
	out := sprint{ID: text(front["id"]), Board: text(front["rapidViewId"]), State: front["state"]}
	out.Complete.Time, _ = parseTime(lastValue(rest, "completeDate"))
	out.End.Time, _ = parseTime(lastValue(rest, "endDate"))
	out.Start.Time, _ = parseTime(lastValue(rest, "startDate"))
	if i := strings.LastIndex(rest, ",startDate="); i >= 0 {
		rest = rest[:i]
	}
	out.Name = rest
	return out, nil
}

// lastValue is the value of the last ",key=" in s.
func lastValue(s, key string) string {
	i := strings.LastIndex(s, ","+key+"=")
	if i < 0 {
		return ""
	}
	value, _, _ := strings.Cut(s[i+len(key)+2:], ",")
	return told(value)
}

func told(value string) string {
	if value == "<null>" {
		return ""
	}
	return value
}
