package trends_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/trends"
)

//go:generate go test -run ^TestTheDocsTellEveryMeasure$ -update .

var update = flag.Bool("update", false, "write the table of measures in docs/trends.md anew")

const docs = "../docs/trends.md"

func read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheDocsTellEveryMeasure(t *testing.T) {
	var want strings.Builder
	want.WriteString("\n| measure | what it is | where the definition comes from |\n|---|---|---|\n")
	for _, m := range trends.Measures() {
		unit := ""
		if m.Unit != "" {
			unit = ", in " + strings.Replace(m.Unit, "%", "per cent", 1)
		}
		fmt.Fprintf(&want, "| `%s` | **%s**%s. %s | %s |\n", m.Name, m.Label, unit, m.Help, m.From)
	}
	want.WriteString("\n")
	const begin, end = "<!-- measures: made by go generate ./trends -->\n", "<!-- end of measures -->"
	before, rest, ok := strings.Cut(read(t), begin)
	got, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has lost its marks", docs)
	}
	if *update {
		if err := os.WriteFile(docs, []byte(before+begin+want.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want.String() {
		t.Errorf("%s is not current: run go generate ./trends", docs)
	}
}

var exampleForm = regexp.MustCompile("(?s)```text\nbefore   ([0-9 ]+)\nsince    ([0-9 ]+)\n```\n(.*?)\n###")

func TestTheExampleOfTheDocsIsComputedSo(t *testing.T) {
	example := exampleForm.FindStringSubmatch(read(t))
	if example == nil {
		t.Fatal("the example is gone")
	}
	e := trial(t, "down by half")
	e.Start = "2026-08-24" // the Monday of week 35, five weeks into the series
	e.End = "2026-09-27"
	got := trends.Judge(e, week(t, 39), series(t, map[string]string{trends.Open: example[1] + " " + example[2]}))
	if got.Verdict != trends.AsExpected || got.Before.Weeks != 5 || got.After.Weeks != 5 {
		t.Fatalf("it gives %+v", got)
	}
	const ways = 252 // ten over five
	told := strings.Join(strings.Fields(example[3]), " ")
	for _, want := range []string{
		fmt.Sprintf("The averages are %s and %s.", trends.Number(got.Before.Mean), trends.Number(got.After.Mean)),
		fmt.Sprintf("There are %d ways", ways), fmt.Sprintf("In %.0f of them", got.Chance*ways),
		fmt.Sprintf("%.1f in a hundred", 100*got.Chance), "*" + string(got.Verdict) + "*",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("the example does not say %q:\n%s", want, told)
		}
	}
}
