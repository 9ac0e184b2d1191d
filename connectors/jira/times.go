package jira

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// moment is a time as Jira writes it. Issues and histories say
// 2006-01-02T15:04:05.000-0700 in the zone of whoever asks, sprints RFC 3339, and
// the bulk fetch of changelogs sometimes a number; null and empty texts are no
// time.
type moment struct{ time.Time }

// layouts are tried in turn; Go accepts a fraction of a second in all of them.
var layouts = []string{"2006-01-02T15:04:05-0700", time.RFC3339, "2006-01-02T15:04:05", time.DateOnly}

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(text []byte) error {
	s := strings.Trim(string(text), `"`)
	if s == "null" {
		s = ""
	}
	t, err := parseTime(s)
	m.Time = t
	return err
}

// parseTime reads one of Jira's forms, in UTC. A text without a zone is UTC.
func parseTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "<null>" {
		return time.Time{}, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return plausible(fromEpoch(n), s)
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return plausible(t.UTC(), s)
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time", oneLine(s, 40))
}

// plausible refuses years that no text form can hold.
func plausible(t time.Time, s string) (time.Time, error) {
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}, fmt.Errorf("%q is not a time", oneLine(s, 40))
	}
	return t, nil
}

// secondsBelow tells seconds from milliseconds: as seconds it is the year 5138,
// as milliseconds a day in 1973, before there was any Jira.
const secondsBelow = 100_000_000_000

func fromEpoch(n int64) time.Time {
	if n < secondsBelow && n > -secondsBelow {
		return time.Unix(n, 0).UTC()
	}
	return time.UnixMilli(n).UTC()
}

// jqlMinute writes a moment as JQL on Data Center reads it: to the minute, on
// the wall clock of the account that asks. When clocks go back, an hour of wall
// clock happens twice and the server may read the later one; then the hour
// before is named, so that the window never begins too late.
func jqlMinute(t time.Time, loc *time.Location) string {
	const form = "2006/01/02 15:04"
	wall := t.In(loc).Format(form)
	for _, shift := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		if t.Add(shift).In(loc).Format(form) == wall {
			return t.Add(-shift).In(loc).Format(form)
		}
	}
	return wall
}

// text is a JSON text or number, read as text: ids come as both.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		*t = text(s)
		return err
	}
	var n json.Number
	if err := json.Unmarshal(raw, &n); err != nil {
		return err
	}
	*t = text(n)
	return nil
}
