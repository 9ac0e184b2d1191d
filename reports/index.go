package reports

import (
	_ "embed"
	"html/template"
	"io"
	"sync"
)

// Index is a list of reports by team and week, for a folder of them.
type Index struct {
	Title   string
	Shelves []Shelf
}

// Shelf holds the reports of one team, newest first.
type Shelf struct {
	Name  string
	Weeks []IndexLink
}

// IndexLink is a report by its week, 2026-W46, with the path to it as seen from
// the index.
type IndexLink struct{ Week, Path string }

//go:embed index.tmpl
var indexSource string

var indexTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("index").Funcs(template.FuncMap{
		"css":   css,
		"clean": func(s string) string { return clean(s, nameLength) },
		"teams": func(n int) string { return counted(n, "team", "teams") },
	}).Parse(indexSource))
})

// IndexHTML writes the index as a page in the look of the reports.
func IndexHTML(w io.Writer, i Index) error {
	return indexTemplate().Execute(w, struct {
		Index
		Sheet template.CSS
	}{i, styleSheet()})
}
