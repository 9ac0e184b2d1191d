package dashboard

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/reports"
)

//go:embed templates/*.tmpl
var templateFiles embed.FS

// frame is what stands around every page.
type frame struct {
	Title   string // names the page, in the browser's tab
	Rail    []railItem
	Viewer  Viewer
	SignOut string
	Token   string // for forms
	Notes   []note
	Bare    bool // nothing but the page: for who is not signed in
	Plots   bool // the page has a chart to look into
	Bench   bool // the page is the workbench
	Body    any
}

// railItem is a line of the rail.
type railItem struct {
	link
	Here bool
}

// note tells what limits the picture, or what has just been done.
type note struct {
	Text string
	Done bool
}

var rail = []link{
	{"/", "Overview"}, {"/teams", "Teams"}, {"/findings", "Findings"}, {"/agreements", "Agreements"},
	{"/experiments", "Experiments"}, {"/reports", "Reports"}, {"/data", "Data"},
}

// underLine is under which line of the rail the page of the path stands.
func underLine(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch first := parts[0]; {
	case len(parts) > 2 && first == "teams":
		return "/" + parts[2]
	case first == "rules":
		return "/agreements"
	case first == "waivers":
		return "/findings"
	case first == "trail":
		return "/data"
	default:
		return "/" + first
	}
}

// frame begins the page of the title.
func (v *visit) frame(title string) frame {
	f := frame{Title: title, Viewer: v.viewer, SignOut: v.s.SignOut, Token: FormTokenOf(v.r.Context())}
	for _, l := range rail {
		f.Rail = append(f.Rail, railItem{l, l.Href == underLine(v.r.URL.Path)})
	}
	if v.access.Known() {
		f.Notes = v.notes()
	}
	return f
}

// done are what a page says after a form was sent, by what stands in its address.
var done = map[string]string{
	"answered": "Answered: it counts as done on purpose from now on.", "taken-back": "The answer is taken back.",
	"waived": "Waived. It comes back by itself when the waiver ends.", "renewed": "The waiver is renewed.", "ended": "The waiver has ended; what it held back is open again if it is still there.",
	"voted": "Thank you. Votes help to tell which rules are worth their noise.", "agreed": "Saved. It holds from the next check on.", "rolled-back": "It holds again from the next check on, as a revision of its own.",
	"begun":       "The experiment is kept. Its weeks are compared as they end.",
	"ended-early": "The experiment has ended. What came of it by now is kept.", "withdrawn": "The experiment is withdrawn. The audit trail still tells of it.",
}

func (v *visit) notes() []note {
	var out []note
	if text, ok := done[v.query("done")]; ok && v.r.Method == http.MethodGet {
		out = append(out, note{Text: text, Done: true})
	}
	c := v.clock(nil)
	for _, s := range v.s.Data.Sources() {
		switch name := clean(s.Name); {
		case s.LastRead.IsZero():
			out = append(out, note{Text: name + " has not been read yet; nothing is known about it."})
		case s.Stale:
			out = append(out, note{Text: name + " was last read on " + c.weekday(s.LastRead) + "; its findings are frozen until it can be read again."})
		}
	}
	return out
}

var funcs = template.FuncMap{
	"asset":    assetAddress,
	"number":   number,
	"counted":  reports.Counted,
	"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"inc":      func(i int) int { return i + 1 },
	"lower":    lowerFirst,
	"keyClass": keyClass,
}

// keyClass is how a ticket's key is set: in one piece, but a lengthy one is broken
// across lines, since a tracker may call a ticket anything.
func keyClass(key string) string {
	if utf8.RuneCountInString(key) > 24 {
		return "key lengthy"
	}
	return "key"
}

// pages are the templates by the name of their page, each with the layout and the
// shared parts.
var pages = sync.OnceValue(func() map[string]*template.Template {
	shared := template.Must(template.New("").Funcs(funcs).ParseFS(templateFiles, "templates/layout.tmpl", "templates/parts.tmpl"))
	files, err := templateFiles.ReadDir("templates")
	if err != nil {
		panic(err)
	}
	out := map[string]*template.Template{}
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".tmpl")
		if name == "layout" || name == "parts" {
			continue
		}
		one := template.Must(shared.Clone())
		out[name] = template.Must(one.ParseFS(templateFiles, path.Join("templates", file.Name())))
	}
	return out
})

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestKept is the buffer that is kept for the next page; larger ones are let go.
const largestKept = 1 << 20

// show answers with a page.
func (v *visit) show(name string, f frame, body any) error {
	return v.render(http.StatusOK, name, f, body)
}

// render makes the whole page before it sends any of it, so that a mistake in the
// middle is an error page and not half a page.
func (v *visit) render(status int, name string, f frame, body any) error {
	t, ok := pages()[name]
	if !ok {
		return fmt.Errorf("no page %q", name)
	}
	f.Body = body
	return v.execute(status, t, "layout", f)
}

// fragment answers a script with a part of a page.
func (v *visit) fragment(page, part string, body any) error {
	return v.execute(http.StatusOK, pages()[page], part, body)
}

func (v *visit) execute(status int, t *template.Template, name string, with any) error {
	b, _ := buffers.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= largestKept {
			buffers.Put(b)
		}
	}()
	b.Reset()
	if err := t.ExecuteTemplate(b, name, with); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	v.send(status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed+2)
	return z
}}

// smallest is the answer that is worth zipping.
const smallest = 1 << 10

// send sends an answer, zipped where that helps and is understood.
func (v *visit) send(status int, kind string, body []byte) {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Add("Vary", "Accept-Encoding")
	if len(body) < smallest || !takesGzip(v.r) {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		v.w.WriteHeader(status)
		_, _ = v.w.Write(body)
		return
	}
	h.Set("Content-Encoding", "gzip")
	v.w.WriteHeader(status)
	z, _ := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(v.w)
	_, _ = z.Write(body)
	_ = z.Close()
}

// seeOther sends the browser on after a form was taken in.
func (v *visit) seeOther(path string) error {
	v.w.Header().Set("Location", path)
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}
