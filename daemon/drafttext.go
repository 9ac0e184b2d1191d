package daemon

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// Text is the draft as a team's file would hold it, or the organisation's, and what
// would change in that file. Another condition is a rule file of its own.
func (p *pages) Text(ctx context.Context, d dashboard.AgreementDraft) (dashboard.DraftText, error) {
	f, err := p.f.steady(ctx)
	if err != nil {
		return dashboard.DraftText{}, err
	}
	draft, err := f.drafted(d)
	if err != nil {
		return dashboard.DraftText{}, err
	}
	files := draft.holds.files
	out := dashboard.DraftText{Text: "agreements:\n" + config.ListedText(draft.text)}
	if path := files.AgreedIn[d.Team]; path == "" {
		out.File = teamFileName(d.Team)
		out.Text = draft.holds.files.WithAgreed([]config.Agreement{draft.agreement}, nil).AgreedText(d.Team)
		out.Patch = patch(out.File, "", out.Text)
	} else if text, err := os.ReadFile(path); err == nil {
		out.File = shortName(files, path)
		if after, ok := withAgreement(path, string(text), d.Rule, draft.text); ok {
			out.Patch = patch(out.File, string(text), after)
		}
	}
	if draft.conditioned && ships(d.Rule) {
		out.Patch += patch("rules/"+d.Rule+".yaml", "", draft.rule.Text())
	}
	return out, nil
}

// shortName is a file as people name it, seen from where the configuration begins.
func shortName(files *config.Config, path string) string {
	if len(files.Files) == 0 {
		return path
	}
	short, err := filepath.Rel(filepath.Dir(files.Files[0]), path)
	if err != nil || strings.HasPrefix(short, "..") {
		return path
	}
	return filepath.ToSlash(short)
}

// shortPlace is a place in a file as people name it, seen from where the configuration
// begins.
func (t *terms) shortPlace(p yamlfile.Place) string {
	if p.File != "" && !config.OnPage(p) {
		p.File = shortName(t.files, p.File)
	}
	return saidAt(p)
}

// withAgreement is a file's text with the entry in place of the one on the rule, or
// behind the others; all else stays as it is written. False where the file is written
// in a way that nobody can do that without reading it.
func withAgreement(name, text, rule, entry string) (string, bool) {
	f, wrong := yamlfile.Parse(name, []byte(text))
	if wrong != nil {
		return "", false
	}
	lines := splitLines(text)
	if n := len(lines); n > 0 && !strings.HasSuffix(lines[n-1], "\n") {
		lines[n-1] += "\n"
	}
	var begin, end int
	switch n := f.Len("agreements"); {
	case n == 0 && f.Has("agreements"):
		return "", false
	case n == 0:
		lines = append(lines, "agreements:\n")
		begin, end = len(lines), len(lines)
	default:
		at := -1
		for i := range n {
			if f.Text("agreements", i, "rule") == rule {
				at = i
			}
		}
		if at < 0 {
			_, begin = entryLines(f, lines, n-1)
			end = begin
		} else {
			begin, end = entryLines(f, lines, at)
		}
	}
	after := strings.Join(slices.Concat(lines[:begin], []string{config.ListedText(entry)}, lines[end:]), "")
	return after, readsAs(name, after, rule, entry)
}

// entryLines are the lines of an entry of the list of agreements, from its dash on.
func entryLines(f *yamlfile.File, lines []string, i int) (begin, end int) {
	begin = f.KeyPlace("agreements", i, "rule").Line - 1
	for begin > 0 && !strings.HasPrefix(strings.TrimSpace(lines[begin]), "- ") {
		begin--
	}
	dash := len(lines[begin]) - len(strings.TrimLeft(lines[begin], " "))
	for end = begin + 1; end < len(lines); end++ {
		l := strings.TrimRight(lines[end], "\r\n ")
		if l != "" && len(l)-len(strings.TrimLeft(l, " ")) <= dash {
			break
		}
	}
	for end > begin+1 && strings.TrimSpace(lines[end-1]) == "" {
		end--
	}
	return begin, end
}

// readsAs reports whether the text of a file holds the entry on the rule once, word
// for word what it says, so that a file written in an unusual way gets no patch that
// would break it.
func readsAs(name, text, rule, entry string) bool {
	f, wrong := yamlfile.Parse(name, []byte(text))
	if wrong != nil {
		return false
	}
	found := 0
	for i := range f.Len("agreements") {
		if f.Text("agreements", i, "rule") != rule {
			continue
		}
		found++
		one, err := (&config.Config{}).ReadAgreement(config.PageEntry{Page: "agreements", Text: entry})
		var there config.Agreement
		if err == nil {
			there, err = config.AgreementAt(f, i)
		}
		if err != nil || there.Text() != one.Text() {
			return false
		}
	}
	return found == 1
}

// patchContext is how many lines around a change a patch shows.
const patchContext = 3

// patch is a unified diff of a file whose change is one stretch of lines. An empty
// before is a file that is not there yet.
func patch(file, before, after string) string {
	file = filepath.ToSlash(file)
	a, b := splitLines(before), splitLines(after)
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	if same == len(a) && same == len(b) {
		return ""
	}
	tail := 0
	for tail < len(a)-same && tail < len(b)-same && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	from, upTo := max(0, same-patchContext), min(len(a)-tail+patchContext, len(a))
	old := "a/" + file
	if before == "" {
		old = "/dev/null"
	}
	var out strings.Builder
	fmt.Fprintf(&out, "--- %s\n+++ b/%s\n@@ -%s +%s @@\n", old, file, hunk(from, upTo), hunk(from, upTo+len(b)-len(a)))
	write := func(mark string, lines []string) {
		for _, l := range lines {
			out.WriteString(mark + l)
			if !strings.HasSuffix(l, "\n") {
				out.WriteString("\n\\ No newline at end of file\n")
			}
		}
	}
	write(" ", a[from:same])
	edits(a[same:len(a)-tail], b[same:len(b)-tail], write)
	write(" ", a[len(a)-tail:upTo])
	return out.String()
}

// edits makes the one stretch of lines the other by taking out and putting in as few
// as possible. They are those of one entry.
func edits(a, b []string, write func(mark string, lines []string)) {
	// kept[i][j] is how many lines can stay of a from i and b from j on.
	kept := make([][]int, len(a)+1)
	for i := range kept {
		kept[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			kept[i][j] = max(kept[i+1][j], kept[i][j+1])
			if a[i] == b[j] {
				kept[i][j] = kept[i+1][j+1] + 1
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			write(" ", a[i:i+1])
			i, j = i+1, j+1
		case kept[i+1][j] >= kept[i][j+1]:
			write("-", a[i:i+1])
			i++
		default:
			write("+", b[j:j+1])
			j++
		}
	}
	write("-", a[i:])
	write("+", b[j:])
}

// hunk is a range of lines as a patch counts them.
func hunk(from, to int) string {
	if from == to {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
