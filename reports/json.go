package reports

import (
	_ "embed"
	"encoding/json"
	"io"
	"slices"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema (2020-12) of what JSON writes.
func Schema() []byte { return slices.Clone(schema) }

// JSON writes the report for machines, indented. Field names are stable,
// times are RFC 3339 in UTC, weeks look like 2026-W46. Like every format it is
// cut to one screen and says how much is left out.
func JSON(w io.Writer, r Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
