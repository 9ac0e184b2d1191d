package reports

import (
	"fmt"
	"io"
)

// Format is a form a report can be rendered in.
type Format string

// The formats.
const (
	FormatText     Format = "text"
	FormatMarkdown Format = "markdown"
	FormatJSON     Format = "json"
	FormatHTML     Format = "html"
)

var renderers = map[Format]func(io.Writer, Report) error{
	FormatText:     Text,
	FormatMarkdown: Markdown,
	FormatJSON:     JSON,
	FormatHTML:     HTML,
}

// Formats lists every format, the plainest first.
func Formats() []Format { return []Format{FormatText, FormatMarkdown, FormatJSON, FormatHTML} }

// Render writes the report in the format.
func Render(w io.Writer, r Report, f Format) error {
	render, ok := renderers[f]
	if !ok {
		return fmt.Errorf("no report format %q: use one of %v", string(f), Formats())
	}
	return render(w, r)
}

// Extension is how a file of the format ends, without a dot.
func (f Format) Extension() string {
	switch f {
	case FormatText:
		return "txt"
	case FormatMarkdown:
		return "md"
	}
	return string(f)
}
