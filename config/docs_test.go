package config

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// block is a fenced block of docs/people.md.
var block = regexp.MustCompile("(?s)```(yaml|csv|ics)\n(.*?)```")

// whoIsWho stands for the people and teams that a block of the docs leaves out.
const whoIsWho = "people: [{id: lee, name: Lee Park}, {id: ana}, {id: mina, name: Mina Osei}, {id: jo}, {id: dana}, {id: sam}]\n"

// TestTheFilesInTheDocsLoad reads every block of docs/people.md as the file that
// it says it is, with the calendars and the CSV file of the docs beside it.
func TestTheFilesInTheDocsLoad(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "people.md"))
	if err != nil {
		t.Fatal(err)
	}
	beside, tried := fstest.MapFS{}, 0
	blocks := block.FindAllStringSubmatch(string(text), -1)
	for _, b := range blocks {
		switch b[1] {
		case "csv":
			beside["people.csv"] = &fstest.MapFile{Data: []byte(b[2])}
		case "ics":
			beside["absences.ics"] = &fstest.MapFile{Data: []byte(b[2])}
			beside["holidays-de.ics"] = &fstest.MapFile{Data: []byte(b[2])}
		}
	}
	env := environ(map[string]string{"JIRA_TOKEN": "t", "ABSENCES_CALENDAR": "https://cal.acme.example/a.ics"})
	for _, b := range blocks {
		if b[1] != "yaml" {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(b[2], "# "), "\n")
		fsys := fstest.MapFS{"fairlead.yaml": {Data: []byte(oneSource)}, "org.yaml": {Data: []byte(whoIsWho + "teams: [{id: payments}]\n")}}
		for path, f := range beside {
			fsys[path] = f
		}
		switch {
		case name == "teams/payments.yaml":
			fsys["fairlead.yaml"].Data = append(fsys["fairlead.yaml"].Data, "teams: teams/*.yaml\n"...)
			fsys[name] = &fstest.MapFile{Data: []byte(b[2])}
		case name == "org.yaml" && !strings.Contains(b[2], "people:"):
			fsys[name] = &fstest.MapFile{Data: []byte(whoIsWho + b[2])}
		default:
			fsys[name] = &fstest.MapFile{Data: []byte(b[2])}
		}
		cfg, err := LoadFS(fsys, "fairlead.yaml", env)
		if err != nil {
			t.Errorf("%v\nin\n%s", err, b[2])
			continue
		}
		for _, use := range cfg.Calendars {
			if use.Read && len(use.Left) > 0 {
				t.Errorf("of %s does not count: %+v", use.Name, use.Left)
			}
		}
		tried++
	}
	if tried < 6 || len(beside) != 3 {
		t.Errorf("only %d blocks of YAML were found, and %d files beside them", tried, len(beside))
	}
}
