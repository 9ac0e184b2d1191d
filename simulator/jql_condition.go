package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition answers whether an issue satisfies a query.
type condition func(*Issue) bool

// compile checks a query against what the site knows. Dates are read in the
// viewer's zone, as Jira does.
func (q query) compile(known func(space string) bool, zone *time.Location) (condition, error) {
	var all []condition
	for _, c := range q.clauses {
		cond, err := c.compile(known, zone)
		if err != nil {
			return nil, err
		}
		all = append(all, cond)
	}
	return func(i *Issue) bool {
		for _, c := range all {
			if !c(i) {
				return false
			}
		}
		return true
	}, nil
}

func (c clause) compile(known func(string) bool, zone *time.Location) (condition, error) {
	switch c.field {
	case "project":
		return c.member(func(i *Issue) []string { return []string{i.Space.Key} }, func(v string) error {
			if !known(strings.ToUpper(v)) {
				return refuse("The value '%s' does not exist for the field 'project'.", v)
			}
			return nil
		})
	case "key", "issuekey", "issue", "id":
		return c.member(func(i *Issue) []string { return append([]string{i.Key, i.ID()}, i.formerly...) }, func(string) error { return nil })
	case "updated", "updateddate":
		return c.moment(func(i *Issue) time.Time { return i.Updated }, zone)
	case "created", "createddate":
		return c.moment(func(i *Issue) time.Time { return i.Created }, zone)
	}
	return nil, refuse("Field '%s' does not exist or you do not have permission to view it.", c.field)
}

func (c clause) member(of func(*Issue) []string, check func(string) error) (condition, error) {
	if !slices.Contains([]string{"=", "!=", "in", "not in"}, c.op) {
		return nil, refuse("The operator '%s' is not supported by the '%s' field.", c.op, c.field)
	}
	for _, v := range c.values {
		if err := check(v.text); err != nil {
			return nil, err
		}
	}
	wanted := c.op == "=" || c.op == "in"
	return func(i *Issue) bool {
		for _, have := range of(i) {
			if slices.ContainsFunc(c.values, func(v word) bool { return strings.EqualFold(v.text, have) }) {
				return wanted
			}
		}
		return !wanted
	}, nil
}

func (c clause) moment(of func(*Issue) time.Time, zone *time.Location) (condition, error) {
	if len(c.values) != 1 || c.op == "in" || c.op == "not in" {
		return nil, refuse("The operator '%s' is not supported by the '%s' field.", c.op, c.field)
	}
	at, err := jqlTime(c.values[0].text, zone)
	if err != nil {
		return nil, refuse("Date value '%s' for field '%s' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "+
			"'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.", c.values[0].text, c.field)
	}
	return func(i *Issue) bool {
		order := of(i).Compare(at)
		switch c.op {
		case "=":
			return order == 0
		case "!=":
			return order != 0
		case "<":
			return order < 0
		case "<=":
			return order <= 0
		case ">":
			return order > 0
		}
		return order >= 0
	}, nil
}

// jqlTime reads epoch milliseconds, or a date in the viewer's zone, by the
// minute at the most.
func jqlTime(text string, zone *time.Location) (time.Time, error) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms), nil
	}
	for _, layout := range []string{"2006/01/02 15:04", "2006-01-02 15:04", "2006/01/02", "2006-01-02"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no date", text)
}
