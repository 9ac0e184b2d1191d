package reports_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	generator "github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

// generated makes the schema from the Go types and their comments.
func generated(t *testing.T) []byte {
	t.Helper()
	r := generator.Reflector{Anonymous: true, AllowAdditionalProperties: true}
	if err := r.AddGoComments("github.com/fairlead-dev/fairlead/reports", "./"); err != nil {
		t.Fatal(err)
	}
	s := r.Reflect(reports.Report{})
	s.ID = "https://fairlead.dev/schemas/report-1.json"
	s.Title = "A fairlead report"
	nullable(t, s)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// nullable says what Go's types cannot: a week of a trend may be unknown.
func nullable(t *testing.T, s *generator.Schema) {
	t.Helper()
	for _, field := range [][2]string{{"Line", "trend"}, {"TeamRow", "trend"}, {"Trend", "open"}} {
		trend, ok := s.Definitions[field[0]].Properties.Get(field[1])
		if !ok {
			t.Fatalf("the schema has no %s of %s", field[1], field[0])
		}
		trend.Items = &generator.Schema{OneOf: []*generator.Schema{{Type: "integer"}, {Type: "null"}}}
	}
}

func TestSchemaIsTheOneOfTheTypes(t *testing.T) {
	got := generated(t)
	if *update {
		if err := os.WriteFile("schema.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := reports.Schema(); !bytes.Equal(got, want) {
		t.Errorf("schema.json is not what the types say (run the test with -update and look at the diff); got:\n%s", got)
	}
}

func TestEveryFieldIsExplained(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Properties map[string]struct{ Description string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(reports.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if len(schema.Defs) < 8 {
		t.Errorf("the schema defines %d types, want those of a report", len(schema.Defs))
	}
	for name, def := range schema.Defs {
		for field, p := range def.Properties {
			if p.Description == "" {
				t.Errorf("%s.%s is not explained", name, field)
			}
		}
	}
}

func TestReportsKeepTheSchema(t *testing.T) {
	doc, err := validator.UnmarshalJSON(bytes.NewReader(reports.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := validator.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range reporttest.All() {
		t.Run(one.Name, func(t *testing.T) {
			got := render(t, one.Report, reports.FormatJSON)
			value, err := validator.UnmarshalJSON(bytes.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%v", err)
			}
		})
	}
	wrong, err := validator.UnmarshalJSON(strings.NewReader(`{"version": "one"}`))
	if err != nil {
		t.Fatal(err)
	}
	if schema.Validate(wrong) == nil {
		t.Error("the schema takes anything")
	}
}

func TestTimesAreUTC(t *testing.T) {
	got := string(render(t, reports.Build(reporttest.ClockChange()), reports.FormatJSON))
	for _, want := range []string{`"id": "2026-W43"`, `"start": "2026-10-18T22:00:00Z"`, `"end": "2026-10-25T23:00:00Z"`, `"made": "2026-10-26T07:55:00Z"`, `"zone": "Europe/Berlin"`} {
		if !strings.Contains(got, want) {
			t.Errorf("the JSON lacks %s", want)
		}
	}
	if strings.Contains(got, "+01:00") || strings.Contains(got, "+02:00") {
		t.Error("a time is not in UTC")
	}
}
