package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// command is one command of a line that is typed into a shell.
type command struct {
	at    place
	words []string
	into  string // the file that takes its output; empty: nobody's
	piped bool   // its output goes to another command
	says  string // what stands behind #
}

// commandsIn reads what somebody would type, as a shell does that is asked for
// nothing clever: words, quotes, lines that go on, "&&", "|", ">" and comments.
func commandsIn(at place, typed string) ([]command, error) {
	var out []command
	lines := strings.Split(strings.TrimSuffix(typed, "\n"), "\n")
	for n := 0; n < len(lines); n++ {
		here := place{at.page, at.line + n}
		line := lines[n]
		for strings.HasSuffix(line, `\`) && n+1 < len(lines) {
			n++
			line = strings.TrimSuffix(line, `\`) + " " + strings.TrimSpace(lines[n])
		}
		got, err := typedLine(here, line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", here.page, here.line, err)
		}
		out = append(out, got...)
	}
	return out, nil
}

// typist reads one line.
type typist struct {
	done []command
	now  command
	word strings.Builder
	open bool // a word has begun
	file bool // the next word is where output goes
}

func typedLine(at place, line string) ([]command, error) {
	w := &typist{now: command{at: at}}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\'' || c == '"':
			end := strings.IndexByte(line[i+1:], c)
			if end < 0 {
				return nil, fmt.Errorf("a quote is not closed in %q", line)
			}
			w.word.WriteString(line[i+1 : i+1+end])
			w.open = true
			i += end + 1
		case c == '#' && !w.open:
			w.now.says = strings.TrimSpace(line[i+1:])
			i = len(line)
		case c == ' ' || c == '\t':
			w.ends()
		case c == '>':
			w.ends()
			w.file = true
		case c == '|':
			w.now.piped = true
			w.command()
		case strings.HasPrefix(line[i:], "&&"):
			w.command()
			i++
		default:
			w.word.WriteByte(c)
			w.open = true
		}
	}
	w.command()
	return w.done, nil
}

// ends is the end of a word.
func (w *typist) ends() {
	if w.open && w.file {
		w.now.into, w.file = w.word.String(), false
	} else if w.open {
		w.now.words = append(w.now.words, w.word.String())
	}
	w.word.Reset()
	w.open = false
}

// command is the end of a command.
func (w *typist) command() {
	w.ends()
	if len(w.now.words) > 0 {
		w.done = append(w.done, w.now)
	}
	w.now = command{at: w.now.at}
}

// fairlead are the arguments of a command of ours, whichever way it is started.
func (c *command) fairlead() (args []string, ours bool) {
	switch w := c.words; {
	case w[0] == "fairlead", w[0] == "./fairlead":
		return w[1:], true
	case len(w) > 2 && slices.Equal(w[:3], []string{"go", "run", "./cmd/fairlead"}):
		return w[3:], true
	}
	return nil, false
}

func TestLinesAreReadAsAShellDoes(t *testing.T) {
	for typed, want := range map[string]string{
		"fairlead run": "[fairlead run]",
		"fairlead waive X --until \"6 weeks\"   # a": "[fairlead waive X --until 6 weeks]",
		"a 'b # c' \\\n  d\ne > f.csv && g | h":      "[a b # c d] [e]>f.csv [g]| [h]",
		"# only words":                               "",
		"a=\"b c\"d #e":                              "[a=b cd]",
	} {
		all, err := commandsIn(place{}, typed)
		var got []string
		for _, c := range all {
			one := fmt.Sprint(c.words)
			if c.into != "" {
				one += ">" + c.into
			}
			if c.piped {
				one += "|"
			}
			got = append(got, one)
		}
		if strings.Join(got, " ") != want || err != nil {
			t.Errorf("%q is read as %q, %v, want %q", typed, got, err, want)
		}
	}
	if _, err := commandsIn(place{}, "a 'b"); err == nil {
		t.Error("an open quote passes")
	}
}
