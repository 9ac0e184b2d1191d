package connectors_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/ticket"
)

var words = connectors.Mapping{}.With(connectors.Mapping{
	Types:  map[string]ticket.Kind{"Story": ticket.Feature, "Bug": ticket.Bug},
	Labels: map[string]ticket.Kind{"pain-point": ticket.Problem, "Action-Item": ticket.ActionItem},
})

func TestKind(t *testing.T) {
	for _, c := range []struct {
		name   string
		typ    string
		labels []string
		want   ticket.Kind
	}{
		{"a type is matched without case", "sToRy", nil, ticket.Feature},
		{"spaces around and within a word do not matter", "  Story ", nil, ticket.Feature},
		{"a label says more than the type", "Bug", []string{"ui", "Pain-Point"}, ticket.Problem},
		{"of two labels the first by name decides", "Bug", []string{"pain-point", "action-item"}, ticket.ActionItem},
		{"a label nobody mapped says nothing", "Bug", []string{"ui"}, ticket.Bug},
		{"what nobody mapped is a task", "Chore", nil, ticket.Task},
		{"no type at all is a task", "", nil, ticket.Task},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := words.Kind(c.typ, c.labels); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnOperatorsLinesWinAndTheShippedOnesStay(t *testing.T) {
	over := connectors.Mapping{
		Types:  map[string]ticket.Kind{"STORY": ticket.Task, "Opportunity": ticket.Problem},
		Fields: map[string]string{"Estimate": "Size"},
	}
	got := words.With(over)
	for typ, want := range map[string]ticket.Kind{"story": ticket.Task, "opportunity": ticket.Problem, "bug": ticket.Bug} {
		if k := got.Kind(typ, nil); k != want {
			t.Errorf("%s: got %q, want %q", typ, k, want)
		}
	}
	if got.Fields["estimate"] != "Size" {
		t.Errorf("fields: got %v, want estimate to be Size", got.Fields)
	}
	if words.Kind("story", nil) != ticket.Feature {
		t.Error("laying lines over a mapping changed the mapping below")
	}
}

func TestParseMapping(t *testing.T) {
	got, err := connectors.ParseMapping("words.yaml", []byte(`
# a comment
types:
  User  Story: feature
  "1": bug
labels: {Pain-Point: problem}
statuses:
  Won't do: cancelled
links:
  is blocked by: blocked-by
priorities:
  P0: urgent
fields:
  estimate: Story Points
`))
	if err != nil {
		t.Fatal(err)
	}
	want := connectors.Mapping{
		Types:      map[string]ticket.Kind{"user story": ticket.Feature, "1": ticket.Bug},
		Labels:     map[string]ticket.Kind{"pain-point": ticket.Problem},
		Statuses:   map[string]ticket.Category{"won't do": ticket.Cancelled},
		Links:      map[string]ticket.LinkKind{"is blocked by": ticket.BlockedBy},
		Priorities: map[string]ticket.Priority{"p0": ticket.Urgent},
		Fields:     map[string]string{"estimate": "Story Points"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestMistakesInAMappingComeAllAtOnceWithTheirPlaces(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"words", "types:\n  Story: featur\n  Bug: bug\n  BUG: task\nlinks:\n  blocks: \"\"\n", []string{
			`words.yaml:2:10: "featur" is no meaning for "Story"`, "one of: feature, bug, task, problem",
			`"bug" stands twice`, `words.yaml:6:11: "" is no meaning for "blocks"`,
		}},
		{"shape", "kinds: {}\nstatuses:\n  - done\n", []string{
			`words.yaml:1:1: unknown key "kinds"`, `words.yaml:2:1: expected a mapping`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := connectors.ParseMapping("words.yaml", []byte(c.text))
			if err == nil {
				t.Fatal("no mistake was found")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("missing %q in\n%v", want, err)
				}
			}
		})
	}
}

func TestAMappingThatIsNoYAMLNamesItsFile(t *testing.T) {
	_, err := connectors.ParseMapping("words.yaml", []byte("types: [\n"))
	if err == nil || !strings.Contains(err.Error(), "words.yaml") {
		t.Errorf("got %v, want an error that names words.yaml", err)
	}
}

func TestAnEmptyMappingIsFine(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "types:\n", "---\n"} {
		if _, err := connectors.ParseMapping("words.yaml", []byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func day(n int) time.Time { return time.Date(2026, 3, n, 9, 0, 0, 0, time.UTC) }

func label(names ...string) []ticket.Value {
	var out []ticket.Value
	for _, n := range names {
		out = append(out, ticket.Value{ID: n, Text: n})
	}
	return out
}

// relabelled is a bug since the 5th that was a story before, and that carried
// pain-point from the 3rd to the 7th.
func relabelled() ticket.Ticket {
	lee := ticket.Account{ID: "lee"}
	t := ticket.Ticket{
		ID: "1", Key: "PAY-1", RawType: "Bug", Labels: []string{"ui"}, Created: day(1), Updated: day(9),
		History: []ticket.Change{
			{ID: "30", At: day(3), Actor: lee, Field: ticket.FieldLabel, Raw: "labels", To: label("pain-point")},
			{ID: "50", At: day(5), Field: ticket.FieldType, From: label("Story"), To: label("Bug")},
			{ID: "70.0", At: day(7), Field: ticket.FieldLabel, From: label("pain-point"), To: label("ui")},
			{ID: "80", At: day(8), Field: ticket.FieldLabel, To: label("ui"), From: label("ui")},
		},
	}
	t.Normalise()
	return t
}

func TestTheKindCanBeRewound(t *testing.T) {
	tk := relabelled()
	words.DeriveKinds(&tk)
	for n, want := range map[int]ticket.Kind{
		2: ticket.Feature, // a story without a label
		4: ticket.Problem, // the label came
		6: ticket.Problem, // the type changed below the label
		7: ticket.Bug,     // the label went
		9: ticket.Bug,
	} {
		past, ok := tk.AsOf(day(n))
		if !ok || past.Kind != want {
			t.Errorf("on the %d: got %q, want %q", n, past.Kind, want)
		}
	}
}

func TestAChangeOfTheKindStandsBehindTheLabelThatMadeIt(t *testing.T) {
	tk := relabelled()
	words.DeriveKinds(&tk)
	var ids []string
	for _, c := range tk.History {
		ids = append(ids, c.ID)
	}
	want := []string{"30", "30.kind", "50", "70.0", "70.0.kind", "80"}
	if !reflect.DeepEqual(ids, want) {
		t.Fatalf("got %v, want %v", ids, want)
	}
	added := tk.History[1]
	if added.Actor.ID != "lee" || added.Field != ticket.FieldKind || added.From[0].Norm != "feature" || added.To[0].Norm != "problem" {
		t.Errorf("got %+v, want lee to have made a feature a problem", added)
	}
	if c := tk.History[2]; c.From[0].Norm != "problem" || c.To[0].Norm != "problem" {
		t.Errorf("the change of type says %q to %q, want problem to problem: the label stood above it", c.From[0].Norm, c.To[0].Norm)
	}
}

func TestDerivingTwiceChangesNothing(t *testing.T) {
	once := relabelled()
	words.DeriveKinds(&once)
	twice := relabelled()
	words.DeriveKinds(&twice)
	twice.Normalise()
	words.DeriveKinds(&twice)
	if !reflect.DeepEqual(once, twice) {
		t.Errorf("got  %+v\nwant %+v", twice.History, once.History)
	}
}

func FuzzParseMapping(f *testing.F) {
	for _, s := range []string{"types: {Story: feature}", "types:\n  - a\n", "a: &b [*b]", "\"types\": {? x : y}", "---\n---\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := connectors.ParseMapping("fuzz.yaml", []byte(s)); err == nil {
			m.Kind(s, []string{s}) // whatever was read can be asked
		}
	})
}
