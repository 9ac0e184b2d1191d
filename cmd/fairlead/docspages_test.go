package main

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// repository is where the documentation lies, from the folder of this package.
const repository = "../.."

// page is one page of the documentation.
type page struct {
	path    string // from the root of the repository, with slashes
	made    bool   // by go generate; a test holds it to what it is made from
	blocks  []block
	links   []link
	spans   []span
	anchors map[string]bool
	said    []span // what a table says that fairlead says
}

// block is something set off from the text: commands, a file, what a program prints.
type block struct {
	at   place
	lang string // empty for an indented one
	text string
	// mark is the comment before it: "file: org.yaml", "shown: why it is neither
	// loaded nor carried out", or a sentence that says which test keeps it true.
	mark string
	// here is where commands are carried out from this block on, when that changes.
	here string
}

// span is a piece of code within a sentence.
type span struct {
	at   place
	text string
}

type link struct {
	at place
	to string
}

// place is a line of a page.
type place struct {
	page string
	line int
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()

// docsPages reads every page that people read.
func docsPages(t *testing.T) []*page {
	t.Helper()
	var out []*page
	for _, root := range []string{"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs", "charts", "deploy", "examples"} {
		err := filepath.WalkDir(filepath.Join(repository, root), func(p string, d fs.DirEntry, err error) error {
			if os.IsNotExist(err) && (root == "charts" || root == "deploy") {
				return nil
			}
			if err != nil || d.IsDir() || filepath.Ext(p) != ".md" {
				return err
			}
			source, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(repository, p)
			if err != nil {
				return err
			}
			out = append(out, readPage(filepath.ToSlash(rel), source))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 60 {
		t.Fatalf("only %d pages were found", len(out))
	}
	return out
}

var madeBy = regexp.MustCompile(`(?s)^(# [^\n]*\n\n)?(<!-- )?Made by .?go generate`)

func readPage(path string, source []byte) *page {
	p := &page{path: path, made: madeBy.Match(source), anchors: map[string]bool{}}
	r := reader{page: p, source: source}
	_ = ast.Walk(markdown.Parse(text.NewReader(source)), r.enter) // enter gives no error
	return p
}

// reader gathers what stands on a page.
type reader struct {
	page   *page
	source []byte
	line   int    // where the latest block begins
	mark   string // comment that nothing has followed yet
	here   string
}

func (r *reader) at() place { return place{r.page.path, r.line} }

func (r *reader) enter(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	if n.Type() == ast.TypeBlock && n.Lines().Len() > 0 {
		r.line = 1 + bytes.Count(r.source[:n.Lines().At(0).Start], []byte("\n"))
	}
	switch n := n.(type) {
	case *ast.Heading:
		r.anchor(wordsOf(n, r.source))
	case *ast.HTMLBlock:
		r.comment(string(n.Lines().Value(r.source)))
		return ast.WalkSkipChildren, nil
	case *ast.FencedCodeBlock:
		r.block(string(n.Language(r.source)), n.Lines())
	case *ast.CodeBlock:
		r.block("", n.Lines())
	case *ast.Paragraph:
		r.mark = ""
	case *east.Table:
		r.table(n)
	case *ast.Link:
		r.page.links = append(r.page.links, link{r.at(), string(n.Destination)})
	case *ast.Image:
		r.page.links = append(r.page.links, link{r.at(), string(n.Destination)})
	case *ast.AutoLink:
		r.page.links = append(r.page.links, link{r.at(), string(n.URL(r.source))})
	case *ast.CodeSpan:
		r.page.spans = append(r.page.spans, span{r.at(), wordsOf(n, r.source)})
	}
	return ast.WalkContinue, nil
}

// table notes the first column of tables that begin with "it says" or "fairlead says".
func (r *reader) table(t *east.Table) {
	for row := t.FirstChild(); row != nil; row = row.NextSibling() {
		first := strings.TrimSpace(wordsOf(row.FirstChild(), r.source))
		if row == t.FirstChild() {
			if first != "it says" && first != "fairlead says" {
				return
			}
			continue
		}
		r.page.said = append(r.page.said, span{r.at(), first})
	}
}

func (r *reader) comment(raw string) {
	said, ok := strings.CutPrefix(strings.TrimSpace(raw), "<!--")
	if !ok {
		return
	}
	said = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(said), "-->"))
	if where, ok := strings.CutPrefix(said, "here: "); ok {
		r.here = where
		return
	}
	r.mark = said
}

func (r *reader) block(lang string, lines *text.Segments) {
	at := r.at()
	r.page.blocks = append(r.page.blocks, block{at: at, lang: lang, text: string(lines.Value(r.source)), mark: r.mark, here: r.here})
	r.mark, r.here = "", ""
}

// anchor is what GitHub makes of a heading; the second of a name gets a number.
func (r *reader) anchor(heading string) {
	name := strings.Map(func(c rune) rune {
		switch {
		case unicode.IsLetter(c), unicode.IsNumber(c), c == '-', c == '_':
			return unicode.ToLower(c)
		case c == ' ':
			return '-'
		}
		return -1
	}, heading)
	free := name
	for n := 1; r.page.anchors[free]; n++ {
		free = name + "-" + string(rune('0'+n))
	}
	r.page.anchors[free] = true
}

// wordsOf is the text below a node, without marks.
func wordsOf(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Value(source))
			if n.SoftLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// fileMark begins a block that is a file: "# teams/payments.yaml, in part".
var fileMark = regexp.MustCompile(`^# ([\w./-]+\.(?:yaml|csv|ics))\b`)

// file is the name of the file that a block shows; empty for what is no file.
func (b *block) file() string {
	if name, ok := strings.CutPrefix(b.mark, "file: "); ok {
		return name
	}
	if m := fileMark.FindStringSubmatch(b.text); m != nil {
		return m[1]
	}
	if b.lang == "yaml" && !b.explained() {
		return "fairlead.yaml"
	}
	return ""
}

// explained says that the page tells why nothing has to be done with a block, or that
// another test keeps it true.
func (b *block) explained() bool {
	return strings.HasPrefix(b.mark, "shown: ") && len(b.mark) > len("shown: ")+10 || strings.HasSuffix(b.mark, "kept true by a test") || strings.Contains(b.mark, "made by go generate")
}

// linked is the page and the anchor that a link on a page leads to; ok is false for
// what leads elsewhere.
func (l *link) linked() (to, anchor string, ok bool) {
	if strings.Contains(l.to, ":") {
		return "", "", false
	}
	to, anchor, _ = strings.Cut(l.to, "#")
	if to == "" {
		return l.at.page, anchor, true
	}
	return path.Join(path.Dir(l.at.page), to), anchor, true
}

func byPath(pages []*page) map[string]*page {
	out := map[string]*page{}
	for _, p := range pages {
		out[p.path] = p
	}
	return out
}

func sorted[M ~map[string]V, V any](m M) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
