package config

import (
	"fmt"
	"strings"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Kinds lists the kinds of file that Schema knows.
func Kinds() []string { return []string{"config", "org", "team"} }

// Schema is the JSON Schema (2020-12) of a kind of file, for editors: "config"
// for fairlead.yaml and what it includes, "org" for the org file, "team" for a
// team's own.
func Schema(kind string) ([]byte, error) {
	shapes := map[string]struct {
		shape any
		title string
	}{
		"config": {mainFile{}, "fairlead.yaml"},
		"org":    {orgFile{}, "People and teams for fairlead"},
		"team":   {teamFile{}, "A team's agreements for fairlead"},
	}
	s, known := shapes[kind]
	if !known {
		return nil, fmt.Errorf("no schema of %q: there are %s", kind, strings.Join(Kinds(), ", "))
	}
	return yamlfile.SchemaJSON(s.shape, "https://fairlead.dev/schema/"+kind+".json", s.title)
}
