package dashboard

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// param is a parameter of the query of an operation.
type param struct {
	Name    string
	Help    string
	Enum    []string // what it may be; empty: any text
	Number  bool     // a whole number from 1
	Most    int      // the largest number, or how often it may stand there
	Many    bool     // it may stand there several times
	Default string   // what holds without it; for documents and numbers
	Long    bool     // it may be longer than a name
}

// asked is what a query asks for, checked.
type asked url.Values

// get is the value of a parameter; its default where the query does not name it.
func (a asked) get(name string) string { return url.Values(a).Get(name) }

// number is the value of a number; 0 where there is none.
func (a asked) number(name string) int {
	n, _ := strconv.Atoi(a.get(name))
	return n
}

// How long a parameter may be, in bytes.
const (
	longestParam  = 200
	longestCursor = 2000
)

// read checks the query against the parameters that there are.
func (v *visit) read(params []param) (asked, error) {
	out, wrong := readQuery(v.r.URL.RawQuery, params)
	if len(wrong) > 0 {
		return nil, wrongRequest(http.StatusBadRequest, "That query is not understood", wrong)
	}
	return out, nil
}

// readQuery reads a query strictly: what it does not know it names, so that a typing
// slip is not taken for a list without that condition.
func readQuery(raw string, params []param) (asked, []api.FieldError) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, []api.FieldError{{Field: "", Text: "It is not written as queries are: name=value, joined by &, other signs as %XX."}}
	}
	out := asked{}
	var wrong []api.FieldError
	for name, values := range q {
		i := slices.IndexFunc(params, func(p param) bool { return p.Name == name })
		text := unknownParam(name, params)
		if i >= 0 {
			text = params[i].check(values)
		}
		if text != "" {
			wrong = append(wrong, api.FieldError{Field: clean(name), Text: text})
			continue
		}
		out[name] = values
	}
	for _, p := range params {
		if p.Default != "" && len(out[p.Name]) == 0 {
			out[p.Name] = []string{p.Default}
		}
	}
	slices.SortFunc(wrong, func(a, b api.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return out, wrong[:min(len(wrong), mostWrong)]
}

// mostWrong is how many mistakes are told at once.
const mostWrong = 20

// check says what is wrong with the values; empty when nothing is.
func (p *param) check(values []string) string {
	longest := longestParam
	if p.Long {
		longest = longestCursor
	}
	switch {
	case !p.Many && len(values) > 1:
		return "It stands there " + times(len(values)) + "; once is enough."
	case p.Many && len(values) > p.Most:
		return fmt.Sprintf("It may stand there %d times at most.", p.Most)
	}
	for _, s := range values {
		switch {
		case s == "":
			return "It is empty. Leave it out, or write what you want."
		case len(s) > longest || !utf8.ValidString(s):
			return fmt.Sprintf("It is text of at most %d bytes.", longest)
		case p.Number:
			if n, err := strconv.Atoi(s); err != nil || n < 1 || n > p.Most {
				return fmt.Sprintf("%q is no whole number from 1 to %d.", clean(s), p.Most)
			}
		case len(p.Enum) > 0 && !slices.Contains(p.Enum, s):
			return unknownWord(s, p.Enum)
		}
	}
	return ""
}

func unknownParam(name string, params []param) string {
	var known []string
	for _, p := range params {
		known = append(known, p.Name)
	}
	if len(known) == 0 {
		return "There is no such parameter; this address takes none."
	}
	return "There is no such parameter. " + perhaps(name, known)
}

func unknownWord(word string, known []string) string {
	return fmt.Sprintf("%q is not known. ", clean(word)) + perhaps(word, known)
}

// perhaps suggests what was meant.
func perhaps(word string, known []string) string {
	if near := yamlfile.Suggest(word, known); near != "" {
		return fmt.Sprintf("Did you mean %q?", near)
	}
	if len(known) > 12 {
		return "It has to be one of those that there are."
	}
	return "There are " + enumerate(known) + "."
}
