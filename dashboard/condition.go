package dashboard

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
)

// editor is the condition of a rule to be written, with what is wrong in it.
type editor struct {
	Text    string
	Holds   string // as it is today
	Rows    int
	Lines   string // the numbers beside them
	Words   string // where the words stand that it may use
	Saves   bool   // the viewer may save another one
	Changed bool
	Wrong   []caret
	Other   []string // what is wrong with it as a whole
}

// caret is what is wrong at a place of the condition, with the line and a caret
// below the column.
type caret struct {
	Line   int
	Column int
	Source string // the line as it was written
	Below  string // white space, and the caret
	Text   string
	Hint   string
}

// rowsOf bounds how high the editor grows.
const (
	fewestRows = 4
	mostRows   = 30
	mostCarets = 20
)

// editor is the condition of a draft.
func (b *bench) editor(d *AgreementDraft, wrong Mistakes) editor {
	e := editor{Holds: typed(b.holds.Rule.When), Saves: b.ownCondition(), Words: rulePath(b.holds.Rule.ID) + "/words/" + versionOf(b.s.words.of(b.s.Data.Book(), &b.holds.Rule))}
	e.Text = e.Holds
	if when := typed(d.When); when != "" {
		e.Text, e.Changed = when, when != e.Holds
	}
	lines := strings.Split(e.Text, "\n")
	e.Rows = min(max(len(lines)+1, fewestRows), mostRows)
	var numbers strings.Builder
	for i := range lines {
		numbers.WriteString(strconv.Itoa(i+1) + "\n")
	}
	e.Lines = numbers.String()
	for _, m := range wrong {
		switch {
		case m.Field != "when" || len(e.Wrong) == mostCarets:
		case m.Line < 1 || m.Line > len(lines):
			e.Other = append(e.Other, mistakeText(m))
		default:
			e.Wrong = append(e.Wrong, caretOf(lines[m.Line-1], m))
		}
	}
	return e
}

// caretOf puts a caret below the column of a line. Tabs stay tabs, so that it stands
// where the reader's eye is.
func caretOf(line string, m Mistake) caret {
	runes := []rune(line)
	before := runes[:min(max(m.Column-1, 0), len(runes))]
	below := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(before))
	return caret{Line: m.Line, Column: m.Column, Source: line, Below: below + "^", Text: upperFirst(reports.Sentence(reports.Clean(m.Text, textLength))), Hint: upperFirst(reports.Sentence(reports.Clean(m.Hint, textLength)))}
}

func mistakeText(m Mistake) string {
	s := upperFirst(reports.Sentence(reports.Clean(m.Text, textLength)))
	if m.Hint != "" {
		s += " " + upperFirst(reports.Sentence(reports.Clean(m.Hint, textLength)))
	}
	return s
}

func rulePath(id string) string { return "/rules/" + pathEscape(id) }

// wordLists remembers the vocabularies of the rules as long as those do not change.
type wordLists struct {
	sync.Mutex
	book *rules.Book
	all  map[string][]byte
}

// of is the vocabulary of a rule's condition as it is sent.
func (w *wordLists) of(book *rules.Book, r *rules.Rule) []byte {
	w.Lock()
	defer w.Unlock()
	if w.book != book {
		w.book, w.all = book, map[string][]byte{}
	}
	list, known := w.all[r.ID]
	if !known {
		list = wordListOf(r)
		w.all[r.ID] = list
	}
	return list
}

func wordListOf(r *rules.Rule) []byte {
	body, err := json.Marshal(r.Vocabulary())
	if err != nil {
		panic(err) // texts
	}
	return body
}

func versionOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:6])
}

// ruleWords answers the editor with the words that it may offer. Under another version
// there is nothing: what is there may be kept for good.
func (v *visit) ruleWords() error {
	r, known := v.s.Data.Book().Rule(v.r.PathValue("rule"))
	if !known {
		return notThere
	}
	body := v.s.words.of(v.s.Data.Book(), &r)
	if versionOf(body) != v.r.PathValue("version") {
		return notThere
	}
	v.w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	v.send(http.StatusOK, "application/json", body)
	return nil
}
