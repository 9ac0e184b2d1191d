package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/rules/engine"
	"github.com/fairlead-dev/fairlead/ticket"
)

// twelve are conditions as they stand in rules: some of the catalog, the others
// of the kind that teams write. Each is also written in Go by hand and in the
// language of expr-lang/expr, to be measured side by side.
var twelve = []struct {
	name, cel, expr string
	hand            func(t *workTicket, s *settingValues, now time.Time) bool
}{
	{
		"launch without runbook", `ticket.kind == "feature" && ticket.in_flight && !ticket.labels.exists(l, l.startsWith("launch"))`,
		`ticket.kind == "feature" && ticket.in_flight && !any(ticket.labels, # startsWith "launch")`,
		func(t *workTicket, _ *settingValues, _ time.Time) bool {
			return t.Kind == ticket.Feature && t.InFlight() && !slices.ContainsFunc(t.Labels, func(l string) bool { return strings.HasPrefix(l, "launch") })
		},
	},
	{
		"too large", `ticket.category == "started" && has(ticket.estimate) && ticket.estimate > 8`, `ticket.category == "started" && ticket.estimate != nil && ticket.estimate > 8`,
		func(t *workTicket, _ *settingValues, _ time.Time) bool {
			return t.Category == ticket.Started && t.Estimate != nil && *t.Estimate > 8
		},
	},
	{
		"buzzwords", `ticket.title.matches("(?i)\\b(ai|ml|llm|blockchain|synergy|disrupt\\w*)\\b")`, `ticket.title matches "(?i)\\b(ai|ml|llm|blockchain|synergy|disrupt\\w*)\\b"`,
		func(t *workTicket, _ *settingValues, _ time.Time) bool { return buzz.In(t.Title) },
	},
	{
		"wip in the title", `ticket.in_flight && ticket.title.matches("(?i)^wip\\b|\\[wip\\]")`, `ticket.in_flight && ticket.title matches "(?i)^wip\\b|\\[wip\\]"`,
		func(t *workTicket, _ *settingValues, _ time.Time) bool {
			return t.InFlight() && wip.In(t.Title)
		},
	},
	{
		"overdue", `has(ticket.due) && ticket.due < now && !(ticket.category in ["done", "cancelled"])`, `ticket.due != nil && ticket.due < now && not (ticket.category in ["done", "cancelled"])`,
		func(t *workTicket, _ *settingValues, now time.Time) bool {
			due, ok := t.due()
			return ok && due.Before(now) && t.Category != ticket.Done && t.Category != ticket.Cancelled
		},
	},
	{
		"urgent and nobody's", `ticket.priority in ["urgent", "high"] && !has(ticket.assignee)`, `ticket.priority in ["urgent", "high"] && !ticket.assigned`,
		func(t *workTicket, _ *settingValues, _ time.Time) bool {
			return (t.Priority == ticket.Urgent || t.Priority == ticket.High) && t.Assignee.IsZero()
		},
	},
	{
		"a feature of few words", `ticket.kind == "feature" && size(ticket.description.trim()) < settings.many * 20`, `ticket.kind == "feature" && len(trim(ticket.description)) < settings.many * 20`,
		func(t *workTicket, s *settingValues, _ time.Time) bool {
			return t.Kind == ticket.Feature && utf8.RuneCountInString(strings.TrimSpace(t.Description)) < int(s.values["many"].(int64))*20
		},
	},
	{
		"a date that moves", `size(ticket.changes.filter(c, c.field == "due" && now - c.at < duration("720h"))) >= 2`, `count(ticket.changes, .field == "due" && now - .at < month) >= 2`,
		func(t *workTicket, _ *settingValues, now time.Time) bool {
			n := 0
			for i := range t.History {
				if c := &t.History[i]; c.Field == ticket.FieldDue && now.Sub(c.At) < 720*time.Hour {
					n++
				}
			}
			return n >= 2
		},
	},
	{
		"handed over lately", `ticket.changes.exists(c, c.field == "assignee" && has(c.actor) && c.at > now - settings.window)`, `any(ticket.changes, .field == "assignee" && .acted && .at > now - settings.window)`,
		func(t *workTicket, s *settingValues, now time.Time) bool {
			since := now.Add(-s.values["window"].(time.Duration))
			return slices.ContainsFunc(t.History, func(c ticket.Change) bool {
				return c.Field == ticket.FieldAssignee && !c.Actor.IsZero() && c.At.After(since)
			})
		},
	},
	{
		"gone quiet", `ticket.in_flight && ticket.comments.all(c, now - c.at > settings.window) && ticket.changes.all(c, now - c.at > settings.window)`,
		`ticket.in_flight && all(ticket.comments, now - .at > settings.window) && all(ticket.changes, now - .at > settings.window)`,
		func(t *workTicket, s *settingValues, now time.Time) bool {
			if !t.InFlight() {
				return false
			}
			window := s.values["window"].(time.Duration)
			for i := range t.Comments {
				if now.Sub(t.Comments[i].Created) <= window {
					return false
				}
			}
			for i := range t.History {
				if now.Sub(t.History[i].At) <= window {
					return false
				}
			}
			return true
		},
	},
	{
		"agreement without follow-through",
		`!(ticket.category in ["done", "cancelled"]) && (ticket.kind == "action-item" || size(ticket.labels_like(settings.words)) > 0)
		&& (!has(ticket.assignee) || !has(ticket.due) || ticket.overdue || now >= ticket.last_moved.plus(settings.grace))`,
		`not (ticket.category in ["done", "cancelled"]) && (ticket.kind == "action-item" || len(labels_like(ticket, settings.words)) > 0)
		&& (!ticket.assigned || ticket.due == nil || overdue(ticket) || now >= plus(last_moved(ticket), settings.grace))`,
		func(t *workTicket, s *settingValues, now time.Time) bool {
			if t.Category == ticket.Done || t.Category == ticket.Cancelled || t.Kind != ticket.ActionItem && len(labelsLike(t.Labels, s.values["words"].([]string))) == 0 {
				return false
			}
			_, due := t.due()
			return t.Assignee.IsZero() || !due || t.overdue() || !now.Before(s.ready[6].(*wait).after(t.lastMoved()))
		},
	},
	{
		"feature without problem", `ticket.kind == "feature" && ticket.committed(settings.none) && !ticket.says_problem(3, settings.words, ["problem", "why"], 20)`,
		`ticket.kind == "feature" && committed(ticket, settings.none) && !says_problem(ticket, 3, settings.words, ["problem", "why"], 20)`,
		func(t *workTicket, s *settingValues, _ time.Time) bool {
			return t.Kind == ticket.Feature && t.committed(s.values["none"].([]string)) && !t.saysProblem(3, s.values["words"].([]string), headings, 20)
		},
	},
}

// The Go by hand looks for the words of a regular expression first, as the engine
// does; without that the engine would be faster by the two of them alone.
var (
	buzz, _  = engine.Pattern(`(?i)\b(ai|ml|llm|blockchain|synergy|disrupt\w*)\b`)
	wip, _   = engine.Pattern(`(?i)^wip\b|\[wip\]`)
	headings = []string{"problem", "why"}
)

// measured is the twelve conditions, ready to be evaluated in every way.
type measured struct {
	tickets []*workTicket
	frame   *frame // one for all, as in a check
	envs    []exprEnv
	engine  []*program
	slow    []cel.Program // cel-go's interpreter
	slower  []cel.Program // the same with its cost limit
	expr    []*vm.Program
}

// exprTicket is a ticket as expr reads it fastest: the fields of a struct, told
// beforehand.
type exprTicket struct {
	Kind        string        `expr:"kind"`
	Category    string        `expr:"category"`
	Priority    string        `expr:"priority"`
	Title       string        `expr:"title"`
	Description string        `expr:"description"`
	InFlight    bool          `expr:"in_flight"`
	Assigned    bool          `expr:"assigned"`
	Labels      []string      `expr:"labels"`
	Estimate    *float64      `expr:"estimate"`
	Due         *time.Time    `expr:"due"`
	Changes     []exprChange  `expr:"changes"`
	Comments    []exprComment `expr:"comments"`
	of          *workTicket
}

type exprChange struct {
	Field string    `expr:"field"`
	At    time.Time `expr:"at"`
	Acted bool      `expr:"acted"`
}

type exprComment struct {
	At time.Time `expr:"at"`
}

type exprSettings struct {
	Words  []string      `expr:"words"`
	None   []string      `expr:"none"`
	Many   int           `expr:"many"`
	Window time.Duration `expr:"window"`
	Grace  *wait         `expr:"grace"`
}

type exprEnv struct {
	Ticket   *exprTicket   `expr:"ticket"`
	Settings *exprSettings `expr:"settings"`
	Now      time.Time     `expr:"now"`
	Month    time.Duration `expr:"month"`
}

func exprOptions() []expr.Option {
	fn := func(name string, call func(p []any) any, typ any) expr.Option {
		return expr.Function(name, func(p ...any) (any, error) { return call(p), nil }, typ)
	}
	of := func(v any) *workTicket { return v.(*exprTicket).of }
	return []expr.Option{
		expr.Env(exprEnv{}), expr.AsBool(),
		fn("labels_like", func(p []any) any { return labelsLike(of(p[0]).Labels, p[1].([]string)) }, new(func(*exprTicket, []string) []string)),
		fn("overdue", func(p []any) any { return of(p[0]).overdue() }, new(func(*exprTicket) bool)),
		fn("last_moved", func(p []any) any { return of(p[0]).lastMoved() }, new(func(*exprTicket) time.Time)),
		fn("plus", func(p []any) any { return p[1].(*wait).after(p[0].(time.Time)) }, new(func(time.Time, *wait) time.Time)),
		fn("committed", func(p []any) any { return of(p[0]).committed(p[1].([]string)) }, new(func(*exprTicket, []string) bool)),
		fn("says_problem", func(p []any) any {
			var headings []string
			for _, h := range p[3].([]any) {
				headings = append(headings, h.(string))
			}
			return of(p[0]).saysProblem(p[1].(int), p[2].([]string), headings, p[4].(int))
		}, new(func(*exprTicket, int, []string, []any, int) bool)),
	}
}

// synthetic are tickets with six entries of history each.
func synthetic(t testing.TB, n int) []*workTicket {
	t.Helper()
	mina, jo := ticket.Account{ID: "9", Name: "Mina", Email: "mina@acme.example"}, ticket.Account{ID: "557058:lee", Name: "Lee"}
	titles := []string{"Bulk export of refunds", "AI-powered search", "Refunds end in an error when the card has expired", "[WIP] move the invoices to the new store", "Show the state of each payout"}
	all := make([]ticket.Ticket, n)
	for i := range all {
		quiet := i % 5 * 4
		ago := func(days int) time.Time { return testMoment.AddDate(0, 0, -days-quiet) }
		all[i] = ticket.Ticket{
			Source: "jira", Tracker: "jira", ID: fmt.Sprint(i), Key: fmt.Sprintf("PAY-%d", i), Project: "PAY", Created: ago(60), Title: titles[i%len(titles)],
			Description: "h2. Idea\n" + strings.Repeat("A page that lists every refund with its state, and lets support look at it. ", 1+i%20),
			Kind:        []ticket.Kind{ticket.Feature, ticket.Bug, ticket.Task, ticket.Feature, ticket.ActionItem}[i%5], Category: []ticket.Category{ticket.Started, ticket.Todo, ticket.Done}[i%3],
			Priority: []ticket.Priority{ticket.Medium, ticket.High, ticket.Low, ticket.Urgent}[i%4], Creator: mina, Labels: [][]string{nil, {"billing", "export"}, {"launch-q4"}, {"done", "support"}}[i/3%4],
			History: []ticket.Change{
				{ID: "1", At: ago(5 + i%40), Actor: mina, Field: ticket.FieldAssignee, To: []ticket.Value{{ID: jo.ID}}}, {ID: "2", At: ago(25), Actor: jo, Field: ticket.FieldTitle},
				{ID: "3", At: ago(21 + i%9), Actor: jo, Field: ticket.FieldDue}, {ID: "4", At: ago(12 + i%9), Actor: mina, Field: ticket.FieldDue},
				{ID: "5", At: ago(11), Actor: mina, Field: ticket.FieldLabel}, {ID: "6", At: ago(9 + i%20), Field: ticket.FieldOther},
			},
			Comments: []ticket.Comment{{ID: "1", Author: mina, Created: ago(20)}, {ID: "2", Author: jo, Created: ago(2 + i%30)}},
		}
		switch i % 4 {
		case 0:
			all[i].Description += "\nh2. Problem\nNobody knows how many refunds wait.\n"
		case 3:
			all[i].Description = "h2. Idea\nA page."
		}
		if i%2 == 0 {
			all[i].Assignee, all[i].Due = jo, ticket.Date(ago(i%30-15).Format(time.DateOnly))
		}
		if i%4 == 1 {
			points := float64(i % 14)
			all[i].Estimate = &points
		}
	}
	w := testWorld(t, made{n: n, one: func(i int) ticket.Ticket { return all[i] }}, payments())
	gatherAll(t, w, all)
	out := make([]*workTicket, n)
	for i := range all {
		out[i] = w.as(all[i])
	}
	return out
}

func newMeasured(t testing.TB, n int) *measured {
	t.Helper()
	m := &measured{frame: &frame{now: testMoment}}
	l := newLanguage(everySetting, variable{"ticket", ticketType, ""})
	settings := &settingValues{rule: "any", values: map[string]any{}}
	for _, s := range everySetting {
		settings.put(s.Name, s.Default)
	}
	m.frame.settings = settings
	m.frame.bind()
	told := &exprSettings{Words: settings.values["words"].([]string), Many: 3, Window: 14 * day, Grace: settings.ready[6].(*wait)}
	for _, one := range synthetic(t, n) {
		m.tickets = append(m.tickets, one)
		m.envs = append(m.envs, exprEnv{Ticket: forExpr(one), Settings: told, Now: testMoment, Month: 720 * time.Hour})
	}
	for _, r := range twelve {
		p, found := l.compile(r.cel, cel.BoolType)
		if found != nil {
			t.Fatalf("%s: %s", r.name, found[0].text)
		}
		checked, _ := l.env.Compile(r.cel)
		slow, err := l.env.Program(checked, cel.EvalOptions(cel.OptOptimize))
		if err != nil {
			t.Fatal(err)
		}
		slower, err := l.env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxCost), cel.InterruptCheckFrequency(1000))
		if err != nil {
			t.Fatal(err)
		}
		e, err := expr.Compile(r.expr, exprOptions()...)
		if err != nil {
			t.Fatalf("%s: %v", r.name, err)
		}
		m.engine, m.slow, m.slower, m.expr = append(m.engine, p), append(m.slow, slow), append(m.slower, slower), append(m.expr, e)
	}
	return m
}

func forExpr(t *workTicket) *exprTicket {
	out := &exprTicket{
		Kind: string(t.Kind), Category: string(t.Category), Priority: string(t.Priority), Title: t.Title, Description: t.Description, InFlight: t.InFlight(), Assigned: !t.Assignee.IsZero(),
		Labels: t.Labels, Estimate: t.Estimate, of: t,
	}
	if due, ok := t.due(); ok {
		out.Due = &due
	}
	for _, c := range t.History {
		out.Changes = append(out.Changes, exprChange{Field: string(c.Field), At: c.At, Acted: !c.Actor.IsZero()})
	}
	for _, c := range t.Comments {
		out.Comments = append(out.Comments, exprComment{At: c.Created})
	}
	return out
}

// ways are how condition r is evaluated on ticket i.
func (m *measured) ways() []struct {
	name string
	eval func(r, i int) (bool, error)
} {
	byCel := func(p cel.Program, i int) (bool, error) {
		m.frame.ticket = m.tickets[i]
		v, _, err := p.Eval(m.frame)
		return err == nil && v.Value() == true, unlessMissing(err)
	}
	machine := &vm.VM{}
	return []struct {
		name string
		eval func(r, i int) (bool, error)
	}{
		{"hand", func(r, i int) (bool, error) {
			return twelve[r].hand(m.tickets[i], m.frame.settings, m.frame.now), nil
		}},
		{"engine", func(r, i int) (bool, error) {
			m.frame.look(m.tickets[i], nil, m.frame.settings)
			return m.engine[r].test(m.frame)
		}},
		{"cel-go", func(r, i int) (bool, error) { return byCel(m.slow[r], i) }},
		{"limit", func(r, i int) (bool, error) { return byCel(m.slower[r], i) }},
		{"expr", func(r, i int) (bool, error) {
			v, err := machine.Run(m.expr[r], m.envs[i])
			return v == true, err
		}},
	}
}

func TestTheTwelveConditionsAreTheSameInEveryLanguage(t *testing.T) {
	m := newMeasured(t, 1000)
	ways := m.ways()
	for r := range twelve {
		held := 0
		for i := range m.tickets {
			want, _ := ways[0].eval(r, i)
			if want {
				held++
			}
			for _, w := range ways[1:] {
				if got, err := w.eval(r, i); got != want || err != nil {
					t.Fatalf("%s of %s: %s gives %v, %v; by hand it is %v", twelve[r].name, m.tickets[i].Key, w.name, got, err, want)
				}
			}
		}
		if held == 0 || held == len(m.tickets) {
			t.Errorf("%s holds for %d of %d tickets: it measures nothing", twelve[r].name, held, len(m.tickets))
		}
	}
}

func TestTheEngineAllocatesNothingOfItsOwn(t *testing.T) {
	m := newMeasured(t, 60)
	ways := m.ways()
	for r := range twelve {
		count := func(way int) float64 {
			return testing.AllocsPerRun(20, func() {
				for i := range m.tickets {
					_, _ = ways[way].eval(r, i)
				}
			})
		}
		// The regular expressions of Go keep memory in pools, which may lose it.
		const lost = 6
		if hand, engine := count(0), count(1); engine > hand+lost {
			t.Errorf("%s: %v allocations for %d tickets, by hand %v", twelve[r].name, engine, len(m.tickets), hand)
		}
	}
}

// BenchmarkEngine measures the twelve conditions in every language, side by side
// in one run, so that whatever else the machine does touches all alike: of many
// rounds the fastest of each counts.
func BenchmarkEngine(b *testing.B) {
	const rounds = 60
	m := newMeasured(b, 2000)
	ways := m.ways()
	var table strings.Builder
	fmt.Fprintf(&table, "\n%-33s", "ns for one")
	for _, w := range ways {
		fmt.Fprintf(&table, "%9s", w.name)
	}
	table.WriteString("   engine/hand\n")
	total := make([]float64, len(ways))
	for b.Loop() { //nolint:revive // what is measured is measured below, all ways in turn
	}
	for r := range twelve {
		best := make([]time.Duration, len(ways))
		for range rounds {
			for n, w := range ways {
				began := time.Now()
				for i := range m.tickets {
					_, _ = w.eval(r, i)
				}
				if took := time.Since(began); best[n] == 0 || took < best[n] {
					best[n] = took
				}
			}
		}
		fmt.Fprintf(&table, "%-33s", twelve[r].name)
		for n := range ways {
			each := float64(best[n].Nanoseconds()) / float64(len(m.tickets))
			total[n] += each
			fmt.Fprintf(&table, "%9.1f", each)
		}
		fmt.Fprintf(&table, "%14.2f\n", float64(best[1])/float64(best[0]))
	}
	b.ReportMetric(0, "ns/op") // of nothing: what counts is below
	for n, w := range ways {
		b.ReportMetric(total[n]/float64(len(twelve)), "ns-"+w.name)
		b.ReportMetric(total[n]/total[0], w.name+"/hand")
	}
	fmt.Println(table.String()) // a benchmark's log is cut
}
