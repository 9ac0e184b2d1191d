package rules

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// everySetting is one setting of each type.
var everySetting = []Setting{
	{Name: "words", Type: ListSetting, Default: []string{"ai", "Export", "", "done"}}, {Name: "none", Type: ListSetting, Default: []string(nil)},
	{Name: "many", Type: IntegerSetting, Default: int64(3)}, {Name: "share", Type: PercentSetting, Default: 0.3}, {Name: "points", Type: NumberSetting, Default: 2.5},
	{Name: "window", Type: DurationSetting, Default: 14 * day}, {Name: "grace", Type: WaitSetting, Default: Wait{Days: 2}},
	{Name: "on", Type: BooleanSetting, Default: true}, {Name: "text", Type: TextSetting, Default: "Bulk"},
}

// differing is a language with all variables, and values for them.
type differing struct {
	l      *language
	frames []*frame
}

func newDiffering(t testing.TB) *differing {
	d := &differing{l: newLanguage(everySetting,
		variable{"ticket", ticketType, ""}, variable{"change", changeType, ""}, subjectVar(ticketType), ticketsVar(), changesVar(), variable{"it", cel.DynType, ""})}
	all := differingWorld(t)
	r := rand.New(rand.NewPCG(1, 2))
	its := []any{"a", int64(3), 1.5, true, testMoment, []string{"a", "b"}, types.NullValue, math.NaN()}
	for i, one := range all {
		f := &frame{now: testMoment, settings: &settingValues{rule: "any", values: map[string]any{}}, ticket: one, scope: "change", subject: one, it: its[i%len(its)]}
		for _, s := range everySetting {
			f.settings.put(s.Name, s.Default)
		}
		f.item = &change{Change: &ticket.Change{ID: "none", At: testMoment, Field: ticket.FieldOther}, of: one}
		if changes := one.changes(); len(changes) > 0 {
			f.item = changes[r.IntN(len(changes))]
			f.changes = changes
		}
		f.tickets = all[:r.IntN(len(all))]
		d.frames = append(d.frames, f)
	}
	return d
}

// differingWorld holds tickets with everything and with nothing.
func differingWorld(t testing.TB) []*workTicket {
	t.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	ago := func() time.Time { return testMoment.Add(-time.Duration(r.IntN(60*24)) * time.Hour) }
	who := func() ticket.Account {
		return []ticket.Account{{}, {ID: "557058:lee", Name: "Lee"}, {ID: "9", Name: "Mina", Email: "mina@acme.example"}, {ID: "b", Name: "ci", Bot: true}, {ID: "s", Name: "\u202e{x}"}}[r.IntN(5)]
	}
	var all []ticket.Ticket
	for i := range 24 {
		one := ticket.Ticket{
			Source: "jira", Tracker: "jira", ID: fmt.Sprint(i), Key: fmt.Sprintf("PAY-%d", i), Project: pick("PAY", "OPS"), Created: testMoment.AddDate(0, -2, 0),
			Title:       pick("", "Bulk export of refunds", "AI-powered \u212a search", "a", "İstanbul ſ"),
			Description: pick("", "h2. Problem\nNobody knows how many refunds are open.\n", "x\x00\xff", strings.Repeat("export ", 300)),
			Kind:        []ticket.Kind{ticket.Feature, ticket.Bug, ticket.Task, ticket.Problem, ticket.Goal, ticket.Container}[r.IntN(6)],
			Category:    []ticket.Category{ticket.Todo, ticket.Started, ticket.Done}[r.IntN(3)], Status: pick("Todo", "done", ""), Creator: who(), Assignee: who(),
			Labels: [][]string{nil, {"ai", "Done"}, {""}}[r.IntN(3)], Sprints: [][]string{nil, {"7"}, {"7", "8"}, {"nope"}}[r.IntN(4)], Due: ticket.Date(pick("", "2026-11-10", "2026-12-24")),
		}
		if i%3 == 0 {
			points := []float64{0, 2.5, 13, math.NaN(), 1e300}[r.IntN(5)]
			one.Estimate = &points
		}
		if one.Category != ticket.Todo {
			one.Started = ago()
		}
		if i > 4 {
			one.Parent = ticket.Ref{ID: fmt.Sprint(r.IntN(5))}
			one.Links = []ticket.Link{{Kind: ticket.Relates, Target: ticket.Ref{ID: fmt.Sprint(r.IntN(24))}, TargetKind: ticket.Problem}}
		}
		for n := range r.IntN(7) {
			one.History = append(one.History, ticket.Change{
				ID: fmt.Sprint(n), At: ago(), Actor: who(), Field: []ticket.Field{ticket.FieldStatus, ticket.FieldAssignee, ticket.FieldDue, ticket.FieldEstimate, ticket.FieldSprint, ticket.FieldTitle}[r.IntN(6)],
				From: []ticket.Value{{ID: pick("7", "9", "2026-11-01", "3"), Text: "Todo", Norm: "todo"}}, To: []ticket.Value{{ID: pick("8", "b", "2026-11-20", "5"), Text: "In progress", Norm: "started"}},
			})
		}
		for range r.IntN(3) {
			one.Comments = append(one.Comments, ticket.Comment{ID: "c", Author: who(), Created: ago()})
		}
		all = append(all, one)
	}
	held := []ticket.Sprint{
		{Source: "jira", ID: "7", Name: "Sprint 7", Goal: "Refunds under a minute", State: ticket.SprintActive, Start: hoursAgo(90), End: testMoment.AddDate(0, 0, 4)},
		{Source: "jira", ID: "8", Name: "Sprint 8", Goal: "TBD", State: ticket.SprintFuture, Start: testMoment.AddDate(0, 0, 5)},
	}
	w := testWorld(t, made{held: held, n: len(all), one: func(i int) ticket.Ticket { return all[i] }}, payments(), org.Team{ID: "core", Name: "Core", Owns: org.Ownership{JiraProjects: []string{"CORE"}}})
	gatherAll(t, w, all)
	var out []*workTicket
	for _, one := range all {
		if seen := w.as(one); seen != nil {
			out = append(out, seen)
		}
	}
	return out
}

// both evaluates the expression by the engine and by cel-go's interpreter on some
// of the values; it tells where they differ. checked is false where the
// expression is none.
func (d *differing) both(src string, some []*frame) (checked bool, differ string) {
	ast, found := d.l.env.Compile(src)
	if found.Err() != nil || refuse(src, ast) != nil {
		return false, ""
	}
	p, issues := d.l.prepare(src, ast, nil)
	run, err := d.l.env.Program(ast)
	if err != nil {
		return false, ""
	}
	if issues != nil {
		// What is written out and cannot be converted is refused by both.
		if _, err := d.l.env.Program(ast, cel.EvalOptions(cel.OptOptimize)); err == nil {
			return true, fmt.Sprintf("refused: %s", issues[0].text)
		}
		return false, ""
	}
	for _, f := range some {
		want, _, wantErr := run.Eval(f)
		got, gotErr := p.value(f)
		if errors.Is(gotErr, errTooCostly) {
			continue
		}
		if a, b := outcome(got, gotErr), outcome(want, wantErr); a != b {
			return true, fmt.Sprintf("%s: the engine gives %s, cel-go %s", f.ticket.Key, a, b)
		}
		if ast.OutputType() == cel.BoolType {
			if yes, err := p.holds(f); err == nil && gotErr == nil && types.Bool(yes) != got {
				return true, fmt.Sprintf("%s: it holds: %v, and gives %s", f.ticket.Key, yes, canonical(got))
			}
		}
	}
	return true, ""
}

var address = regexp.MustCompile(`0x[0-9a-f]+| id: \d+| \d+$`)

func outcome(v ref.Val, err error) string {
	if err == nil {
		return canonical(v)
	}
	if errors.Is(err, errMissing) {
		return "missing: " + err.Error()
	}
	return "error: " + address.ReplaceAllString(err.Error(), "")
}

// canonical tells a value so that equal ones are told alike.
func canonical(v ref.Val) string {
	switch v := v.(type) {
	case object:
		if v.of == nil {
			return v.typ.String() + " nil"
		}
		return fmt.Sprintf("%s %q", v.typ, v.of.Identity())
	case types.Timestamp:
		return "timestamp " + v.Format(time.RFC3339Nano)
	case types.Double:
		return fmt.Sprintf("double %x", math.Float64bits(float64(v)))
	case traits.Mapper:
		var out []string
		for it := v.Iterator(); it.HasNext() == types.True; {
			k := it.Next()
			out = append(out, canonical(k)+": "+canonical(v.Get(k)))
		}
		slices.Sort(out)
		return "{" + strings.Join(out, ", ") + "}"
	case traits.Lister:
		var out []string
		for it := v.Iterator(); it.HasNext() == types.True; {
			out = append(out, canonical(it.Next()))
		}
		return "[" + strings.Join(out, ", ") + "]"
	case nil:
		return "nothing"
	}
	return fmt.Sprintf("%s %v", v.Type().TypeName(), v.Value())
}

// TestTheEngineGivesWhatCelGoGives writes expressions over the whole language.
func TestTheEngineGivesWhatCelGoGives(t *testing.T) {
	const parts = 4
	n := 20_000
	if testing.Short() {
		n = 2_000
	}
	for part := range parts {
		t.Run(fmt.Sprintf("part %d", part), func(t *testing.T) {
			t.Parallel()
			d := newDiffering(t)
			checked := 0
			for seed := range n / parts {
				src, some := d.written(uint64(seed), uint64(part))
				ok, differ := d.both(src, some)
				if differ != "" {
					t.Fatalf("%s\n\t%s", src, differ)
				}
				if ok {
					checked++
				}
			}
			if checked < n/parts/2 {
				t.Errorf("only %d of %d expressions could be compared: the generator writes too much that is none", checked, n/parts)
			}
		})
	}
}

// written is the expression that the numbers give, and the values to look at.
func (d *differing) written(a, b uint64) (string, []*frame) {
	g := &generator{Rand: rand.New(rand.NewPCG(a, b)), l: d.l, scope: append(slices.Clone(d.l.vars), variable{name: "now", typ: cel.TimestampType})}
	t := g.any()
	if g.IntN(2) == 0 {
		t = cel.BoolType
	}
	src := g.expression(t, 1+g.IntN(4))
	var some []*frame
	for range 3 {
		some = append(some, d.frames[g.IntN(len(d.frames))])
	}
	return src, some
}

// FuzzGeneratedExpressions compares what numbers make the generator write.
func FuzzGeneratedExpressions(f *testing.F) {
	d := newDiffering(f)
	f.Add(uint64(1), uint64(2))
	f.Fuzz(func(t *testing.T, a, b uint64) {
		src, some := d.written(a, b)
		if _, differ := d.both(src, some); differ != "" {
			t.Errorf("%s\n\t%s", src, differ)
		}
	})
}

// FuzzExpressions compares any text that is an expression.
func FuzzExpressions(f *testing.F) {
	d := newDiffering(f)
	all, err := Catalog()
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range all {
		f.Add(r.When)
	}
	for seed := range uint64(200) {
		src, _ := d.written(seed, 5)
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if _, differ := d.both(src, d.frames[:4]); differ != "" {
			t.Errorf("%s\n\t%s", src, differ)
		}
	})
}
