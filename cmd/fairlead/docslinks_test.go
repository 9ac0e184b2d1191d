package main

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestLinksInTheDocsLeadSomewhere(t *testing.T) {
	pages := docsPages(t)
	known := byPath(pages)
	n := 0
	for _, p := range pages {
		for _, l := range p.links {
			n++
			if why := adrift(l, known); why != "" {
				t.Errorf("%s:%d: %s: %s", l.at.page, l.at.line, l.to, why)
			}
		}
	}
	if n < 250 {
		t.Errorf("only %d links were found", n)
	}
}

// adrift says what is wrong with a link. Those to elsewhere are only looked at: no test
// of ours needs a network.
func adrift(l link, known map[string]*page) string {
	to, anchor, ours := l.linked()
	if !ours {
		return misspelt(l.to)
	}
	if strings.HasPrefix(to, "..") {
		return "it leads out of the repository"
	}
	if _, err := os.Stat(filepath.Join(repository, filepath.FromSlash(to))); err != nil {
		return "there is no such file"
	}
	if anchor == "" {
		return ""
	}
	there := known[to]
	if there == nil {
		return "only pages have anchors"
	}
	if !there.anchors[anchor] {
		return fmt.Sprintf("%s has no heading of that name; it has %s", to, strings.Join(sorted(there.anchors), ", "))
	}
	return ""
}

func misspelt(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return err.Error()
	case u.Scheme == "mailto" && strings.Contains(u.Opaque, "@"):
		return ""
	case u.Scheme != "https" || !strings.Contains(u.Hostname(), ".") || strings.ContainsAny(address, " <>\"…"):
		return "this is no address of a page; write https://host/…"
	}
	return ""
}

func TestLinksThatLeadNowhereAreFound(t *testing.T) {
	known := byPath([]*page{readPage("docs/rules/README.md", []byte("# Rules\n\n## What a rule is, and `why`\n"))})
	for to, want := range map[string]string{
		"../../README.md": "", "#what-a-rule-is-and-why": "", "#what": "no heading", "../lost.md": "no such file", "../../../x": "out of the repository",
		"../../LICENSE#mit": "only pages", "https://example.org/a": "", "http://example.org/a": "no address", "https://localhost/": "no address", "mailto:a@b.example": "",
	} {
		if got := adrift(link{place{"docs/rules/README.md", 1}, to}, known); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", to, got, want)
		}
	}
}

// Every page can be found by links from the index.
func TestEveryPageIsFoundFromTheIndex(t *testing.T) {
	pages := docsPages(t)
	known := byPath(pages)
	const index = "docs/README.md"
	if known[index] == nil {
		t.Fatalf("there is no %s", index)
	}
	found, next := map[string]bool{index: true}, []string{index}
	for len(next) > 0 {
		p := known[next[0]]
		next = next[1:]
		for _, l := range p.links {
			to, _, ours := l.linked()
			if info, err := os.Stat(filepath.Join(repository, to)); ours && err == nil && info.IsDir() {
				to += "/README.md"
			}
			if ours && known[to] != nil && !found[to] {
				found[to] = true
				next = append(next, to)
			}
		}
	}
	for path := range known {
		// Decisions are found by their numbers, in their folder.
		if strings.HasPrefix(path, "docs/") && !strings.HasPrefix(path, "docs/decisions/") && !found[path] {
			t.Errorf("%s: no link leads there from %s", path, index)
		}
	}
}

var pageNamed = regexp.MustCompile(`\bdocs/([\w/-]+\.md)(#[\w-]+)?`)

// What the program says names pages too.
func TestPagesThatTheProgramNamesAreThere(t *testing.T) {
	known := byPath(docsPages(t))
	n := 0
	for _, path := range goFiles(t) {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range pageNamed.FindAllStringSubmatch(string(source), -1) {
			n++
			if p := known["docs/"+m[1]]; p == nil || m[2] != "" && !p.anchors[m[2][1:]] {
				t.Errorf("%s names %s, which is not there", path, m[0])
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d names were found", n)
	}
}

// Who looks for a message in a table finds it in the words of the program.
func TestMessagesInTheDocsAreTheProgramsOwn(t *testing.T) {
	var all strings.Builder
	for _, path := range goFiles(t) {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(source)
	}
	program, n := all.String(), 0
	for _, p := range docsPages(t) {
		for _, s := range p.said {
			for part := range strings.SplitSeq(s.text, "…") {
				n++
				if part = strings.TrimSpace(part); !strings.Contains(program, part) {
					t.Errorf("%s: %q: fairlead says no such thing", s.at.page, s.text)
				}
			}
		}
	}
	if n < 15 {
		t.Errorf("only %d messages were found", n)
	}
}

// goFiles are the program's own.
func goFiles(t *testing.T) (out []string) {
	t.Helper()
	err := filepath.WalkDir(repository, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || len(d.Name()) > 2 && d.Name()[0] == '.') {
			return filepath.SkipDir
		}
		if !d.IsDir() && strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go") {
			out = append(out, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
