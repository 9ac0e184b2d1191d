package replay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// issue is a captured issue: its fields and its changelog as they came.
type issue struct {
	id, key, project string
	number           int
	updated, created time.Time
	fields           map[string]json.RawMessage
	changelog        json.RawMessage
	histories        []json.RawMessage // oldest first
}

func readIssue(line []byte) (*issue, error) {
	var raw struct {
		ID        string
		Key       string
		Fields    map[string]json.RawMessage
		Changelog json.RawMessage
	}
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, err
	}
	iss := &issue{id: raw.ID, key: raw.Key, fields: raw.Fields, changelog: raw.Changelog}
	var err error
	if iss.updated, err = stamp(raw.Fields["updated"]); err != nil {
		return nil, fmt.Errorf("%s: %w", raw.Key, err)
	}
	if iss.created, err = stamp(raw.Fields["created"]); err != nil {
		return nil, fmt.Errorf("%s: %w", raw.Key, err)
	}
	dash := strings.LastIndex(raw.Key, "-")
	iss.project = raw.Key[:dash]
	if iss.number, err = strconv.Atoi(raw.Key[dash+1:]); err != nil {
		return nil, err
	}
	return iss, iss.orderHistories()
}

// stamp reads a time as Jira writes it.
func stamp(raw json.RawMessage) (time.Time, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return time.Time{}, err
	}
	return time.Parse("2006-01-02T15:04:05.000-0700", text)
}

// at is the issue's time of that name.
func (i *issue) at(name string) time.Time {
	if name == "created" {
		return i.created
	}
	return i.updated
}

// orderHistories puts the histories oldest first, as the bulk fetch gives them.
func (i *issue) orderHistories() error {
	if len(i.changelog) == 0 {
		return nil
	}
	var log struct{ Histories []json.RawMessage }
	if err := json.Unmarshal(i.changelog, &log); err != nil {
		return err
	}
	type dated struct {
		id  int
		raw json.RawMessage
	}
	list := make([]dated, len(log.Histories))
	for n, raw := range log.Histories {
		var h struct{ ID string }
		if err := json.Unmarshal(raw, &h); err != nil {
			return err
		}
		id, err := strconv.Atoi(h.ID)
		if err != nil {
			return err
		}
		list[n] = dated{id, raw}
	}
	slices.SortFunc(list, func(a, b dated) int { return cmp.Compare(a.id, b.id) })
	for _, d := range list {
		i.histories = append(i.histories, d.raw)
	}
	return nil
}

// reply is the issue with the fields asked for.
func (i *issue) reply(fields []string, changelog bool) map[string]any {
	chosen := map[string]json.RawMessage{}
	for name, raw := range i.fields {
		if slices.Contains(fields, name) || slices.Contains(fields, "*all") {
			chosen[name] = raw
		}
	}
	out := map[string]any{"id": i.id, "key": i.key, "fields": chosen}
	if changelog && len(i.changelog) > 0 {
		out["changelog"] = i.changelog
	}
	return out
}

func (s *Site) sort() { order(s.issues, "updated", false) }

func (s *Site) find(id string) *issue {
	for _, iss := range s.issues {
		if iss.id == id || iss.key == id {
			return iss
		}
	}
	return nil
}
