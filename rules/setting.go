package rules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/rules/engine"
)

// SettingType is what a setting holds.
type SettingType string

// The types of setting. A duration is elapsed time: 48h, 14 d. A wait is time
// given to people, elapsed or in working days of their team: 48h, 3 working days.
const (
	TextSetting     SettingType = "text"
	NumberSetting   SettingType = "number"
	IntegerSetting  SettingType = "integer"
	PercentSetting  SettingType = "percent"
	DurationSetting SettingType = "duration"
	WaitSetting     SettingType = "wait"
	ListSetting     SettingType = "list"
	BooleanSetting  SettingType = "boolean"
)

// SettingTypes lists every type of setting.
func SettingTypes() []SettingType {
	return []SettingType{TextSetting, NumberSetting, IntegerSetting, PercentSetting, DurationSetting, WaitSetting, ListSetting, BooleanSetting}
}

// Setting is one thing a team can tune in a rule.
type Setting struct {
	Name string
	Type SettingType
	Unit string // what a number counts: "characters"; may be empty
	Help string
	// Default is a string, float64, int64, float64 between 0 and 1,
	// time.Duration, Wait, []string or bool, by Type.
	Default any
}

// settingValues are the settings one team has agreed for a rule.
type settingValues struct {
	rule   string
	values map[string]any
	// ready are the values in the order of the rule's settings, waits with the
	// calendar: what expressions read.
	ready []any
	// calendar is that of the team whose work is looked at.
	calendar org.Calendar
}

// in is the settings for a team that works by the calendar.
func (s *settingValues) in(c org.Calendar) *settingValues {
	out := &settingValues{rule: s.rule, values: s.values, calendar: c, ready: slices.Clone(s.ready)}
	for i, v := range out.ready {
		if w, ok := v.(*wait); ok {
			out.ready[i] = &wait{Wait: w.Wait, calendar: c}
		}
	}
	return out
}

// put adds the value of the rule's next setting.
func (s *settingValues) put(name string, v any) {
	s.values[name] = v
	if w, ok := v.(Wait); ok {
		v = &wait{Wait: w}
	}
	s.ready = append(s.ready, v)
}

func (s *settingValues) Identity() string { return s.rule }

// settingFact reads a setting; nil when the rule has none of that name.
func settingFact(settings []Setting, field string) engine.Fact {
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == field })
	if i < 0 {
		return nil
	}
	name := "settings." + field
	switch settings[i].Type {
	case IntegerSetting:
		return engine.NewFact(name, settingAt[int64](i))
	case NumberSetting, PercentSetting:
		return engine.NewFact(name, settingAt[float64](i))
	case DurationSetting:
		return engine.NewFact(name, settingAt[time.Duration](i))
	case WaitSetting:
		return engine.NewFact(name, settingAt[*wait](i))
	case ListSetting:
		return engine.NewFact(name, settingAt[[]string](i))
	case BooleanSetting:
		return engine.NewFact(name, settingAt[bool](i))
	}
	return engine.NewFact(name, settingAt[string](i))
}

// settingAt reads the setting at a place in the rule's order.
func settingAt[V any](i int) func(*settingValues) (V, bool) {
	return func(s *settingValues) (V, bool) {
		v, ok := s.ready[i].(V)
		return v, ok
	}
}

// settingField tells CEL the type of a setting and how to read it.
func settingField(settings []Setting, field string) (*types.FieldType, bool) {
	fact := settingFact(settings, field)
	if fact == nil {
		return nil, false
	}
	i := slices.IndexFunc(settings, func(s Setting) bool { return s.Name == field })
	return fact.Field(settings[i].Type.cel()), true
}

func (t SettingType) cel() *cel.Type {
	switch t {
	case IntegerSetting:
		return cel.IntType
	case NumberSetting, PercentSetting:
		return cel.DoubleType
	case DurationSetting:
		return cel.DurationType
	case WaitSetting:
		return waitType
	case ListSetting:
		return cel.ListType(cel.StringType)
	case BooleanSetting:
		return cel.BoolType
	}
	return cel.StringType
}

// read takes a value as YAML gives it. On an error text says what is wrong in
// the writer's words and hint how to write it.
func (t SettingType) read(v any) (value any, text, hint string) {
	switch t {
	case TextSetting:
		if s, ok := v.(string); ok {
			return s, "", ""
		}
		return nil, show(v) + " is not a text", "put it in quotes"
	case IntegerSetting:
		if n, ok := number(v); ok && n == math.Trunc(n) && math.Abs(n) < 1<<53 {
			return int64(n), "", ""
		}
		return nil, show(v) + " is not a whole number", "write it without a unit, for example 80"
	case NumberSetting:
		if n, ok := number(v); ok {
			return n, "", ""
		}
		return nil, show(v) + " is not a number", "write it without a unit, for example 2.5"
	case PercentSetting:
		return readPercent(v)
	case DurationSetting:
		return readDuration(v)
	case WaitSetting:
		return readWait(v)
	case BooleanSetting:
		if b, ok := v.(bool); ok {
			return b, "", ""
		}
		return nil, show(v) + " is neither true nor false", "write true or false"
	}
	return readList(v)
}

func readPercent(v any) (value any, text, hint string) {
	const how = "write it from 0 to 100 with its sign, for example 30 %"
	s, _ := v.(string)
	digits, signed := strings.CutSuffix(strings.TrimSpace(s), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(digits), 64)
	if !signed || err != nil || !(n >= 0 && n <= 100) {
		return nil, show(v) + " is not a percentage", how
	}
	return n / 100, "", ""
}

func readDuration(v any) (value any, text, hint string) {
	const how = "write a number and its unit: minutes, hours, days or weeks, for example 48h or 14 days"
	if _, bare := number(v); bare {
		return nil, show(v) + " has no unit", how
	}
	s, _ := v.(string)
	d, ok := parseDuration(s)
	if _, working := parseWait(s); !ok && working {
		return nil, show(v) + " counts working days, and this setting counts elapsed time", how
	}
	if !ok {
		return nil, show(v) + " is not a duration", how
	}
	return d, "", ""
}

// parseDuration reads 48h, 14 d, 2 weeks. A day is 24 hours of elapsed time.
func parseDuration(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	end := strings.IndexFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	if end <= 0 {
		return 0, false
	}
	n, err := strconv.ParseFloat(s[:end], 64)
	unit, known := durationUnits[strings.ToLower(strings.TrimSpace(s[end:]))]
	if err != nil || !known || n*float64(unit) > float64(100*366*24*time.Hour) {
		return 0, false
	}
	return time.Duration(n * float64(unit)), true
}

const day = 24 * time.Hour

var durationUnits = map[string]time.Duration{
	"m": time.Minute, "min": time.Minute, "minute": time.Minute, "minutes": time.Minute,
	"h": time.Hour, "hour": time.Hour, "hours": time.Hour,
	"d": day, "day": day, "days": day,
	"w": 7 * day, "week": 7 * day, "weeks": 7 * day,
}

func readList(v any) (value any, text, hint string) {
	const how = "write it as [one, two]; put entries that look like numbers in quotes"
	switch v := v.(type) {
	case []string:
		return slices.Clone(v), "", ""
	case []any:
		out := make([]string, 0, len(v))
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, "the entry " + show(e) + " is not a text", how
			}
			out = append(out, s)
		}
		return out, "", ""
	}
	return nil, show(v) + " is not a list", how
}

// number reads what YAML and Go call numbers.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	case uint64:
		return float64(n), true
	case float64:
		return n, !math.IsNaN(n) && !math.IsInf(n, 0)
	}
	return 0, false
}

// show quotes a value as it was written.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(cut(v, 60))
	case nil:
		return "nothing"
	case []any, []string:
		return "a list"
	case map[string]any:
		return "a mapping"
	}
	return fmt.Sprint(v)
}
