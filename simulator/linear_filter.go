package simulator

import (
	"slices"
	"strings"
	"time"
)

// matches evaluates a filter against an object by reading the fields it names
// through the same types that answer queries.
func (c *gqlCall) matches(typ string, from any, filter map[string]any) (bool, error) {
	for name, want := range filter {
		ok, err := c.matchesOne(typ, from, name, want)
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (c *gqlCall) matchesOne(typ string, from any, name string, want any) (bool, error) {
	if name == "and" || name == "or" {
		return c.matchesAll(typ, from, name, want)
	}
	def, ok := filterField(typ, name)
	if !ok {
		return false, unknownFilter(typ, name)
	}
	conditions, ok := want.(map[string]any)
	if !ok {
		return false, badInput("Expected type \"%sFilter.%s\" to be an object.", typ, name)
	}
	v, err := def.get(c.l, from, nil)
	if err != nil {
		return false, err
	}
	switch def.shape {
	case object:
		return c.matchesObject(def.of, v, conditions)
	case connection:
		return c.matchesSome(def.of, v.([]node), conditions)
	case objects:
		return false, unknownFilter(typ, name)
	}
	return compareScalar(v, conditions)
}

func (c *gqlCall) matchesAll(typ string, from any, op string, want any) (bool, error) {
	parts, ok := want.([]any)
	if !ok {
		return false, badInput("Expected \"%s\" to be a list of filters.", op)
	}
	for _, p := range parts {
		filter, _ := p.(map[string]any)
		ok, err := c.matches(typ, from, filter)
		if err != nil {
			return false, err
		}
		if ok == (op == "or") {
			return ok, nil
		}
	}
	return op == "and", nil
}

func (c *gqlCall) matchesObject(of string, v any, conditions map[string]any) (bool, error) {
	null, asked := conditions["null"].(bool)
	if asked && null != (v == nil) {
		return false, nil
	}
	if v == nil {
		return asked && null, nil
	}
	rest := map[string]any{}
	for k, cond := range conditions {
		if k != "null" {
			rest[k] = cond
		}
	}
	return c.matches(of, v, rest)
}

// matchesSome evaluates a filter on a collection: some, every, or directly the
// fields of one of its members.
func (c *gqlCall) matchesSome(of string, all []node, conditions map[string]any) (bool, error) {
	filter, every := conditions, false
	if some, ok := conditions["some"].(map[string]any); ok {
		filter = some
	} else if all, ok := conditions["every"].(map[string]any); ok {
		filter, every = all, true
	}
	for _, n := range all {
		ok, err := c.matches(of, n, filter)
		if err != nil {
			return false, err
		}
		if ok != every {
			return !every, nil
		}
	}
	return every, nil
}

// checkFilter reports mistakes before any node is tried, so that a refusal does
// not hang on what the workspace holds.
func (c *gqlCall) checkFilter(typ string, filter map[string]any) error {
	for name := range filter {
		if _, ok := filterField(typ, name); !ok && name != "and" && name != "or" {
			return unknownFilter(typ, name)
		}
	}
	return nil
}

// filterField is the field a filter means. The filter of projects has another
// name for their teams.
func filterField(typ, name string) (gqlField, bool) {
	if typ == "Project" && name == "accessibleTeams" {
		name = "teams"
	}
	f, ok := gqlTypes[typ][name]
	return f, ok
}

func unknownFilter(typ, name string) error {
	return badInput("Field \"%s\" is not defined by type \"%sFilter\".", name, typ)
}

// compareScalar evaluates the comparators of one value; all must hold.
func compareScalar(v any, conditions map[string]any) (bool, error) {
	for op, want := range conditions {
		ok, err := compareOne(plain(v), op, want)
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

func compareOne(v any, op string, want any) (bool, error) {
	switch op {
	case "eq":
		return same(v, want), nil
	case "neq":
		return !same(v, want), nil
	case "in", "nin":
		all, ok := want.([]any)
		if !ok {
			return false, badInput("Expected \"%s\" to be a list.", op)
		}
		return slices.ContainsFunc(all, func(w any) bool { return same(v, w) }) == (op == "in"), nil
	case "null":
		return (v == nil) == (want == true), nil
	case "gt", "gte", "lt", "lte":
		return compareOrder(v, op, want)
	}
	return compareText(v, op, want)
}

func compareOrder(v any, op string, want any) (bool, error) {
	if v == nil {
		return false, nil
	}
	order, ok := compareValues(v, want)
	if !ok {
		return false, badInput("The comparator \"%s\" does not take %v.", op, want)
	}
	switch op {
	case "gt":
		return order > 0, nil
	case "gte":
		return order >= 0, nil
	case "lt":
		return order < 0, nil
	}
	return order <= 0, nil
}

func compareText(v any, op string, want any) (bool, error) {
	have, _ := v.(string)
	w, ok := want.(string)
	if !ok {
		return false, badInput("The comparator \"%s\" takes a text.", op)
	}
	switch op {
	case "eqIgnoreCase":
		return strings.EqualFold(have, w), nil
	case "neqIgnoreCase":
		return !strings.EqualFold(have, w), nil
	case "startsWith":
		return strings.HasPrefix(have, w), nil
	case "endsWith":
		return strings.HasSuffix(have, w), nil
	case "contains":
		return strings.Contains(have, w), nil
	case "containsIgnoreCase":
		return strings.Contains(strings.ToLower(have), strings.ToLower(w)), nil
	}
	return false, badInput("Field \"%s\" is not defined by the comparator.", op)
}

func same(v, want any) bool {
	if order, ok := compareValues(v, want); ok {
		return order == 0
	}
	return v == want
}

// compareValues orders numbers, moments and texts; ok is false for anything else.
func compareValues(v, want any) (order int, ok bool) {
	if a, isNumber := toNumber(v); isNumber {
		b, ok := toNumber(want)
		switch {
		case a < b:
			return -1, ok
		case a > b:
			return 1, ok
		}
		return 0, ok
	}
	a, isText := v.(string)
	b, ok := want.(string)
	if !isText || !ok {
		return 0, false
	}
	at, errA := time.Parse(time.RFC3339, a)
	bt, errB := time.Parse(time.RFC3339, b)
	if errA == nil && errB == nil {
		return at.Compare(bt), true
	}
	if errA == nil { // a moment compared with what is none
		return 0, false
	}
	return strings.Compare(a, b), true
}

func toNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return 0, false
}
