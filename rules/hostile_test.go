package rules

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// hostile are expressions that would take for ever, or all memory.
func hostileExpressions() map[string]string {
	return map[string]string{
		"loops within loops":              `tickets.exists(a, tickets.exists(b, tickets.exists(c, a.key == "none")))`,
		"lists made of loops":             `size(tickets.map(a, tickets.map(b, tickets.filter(c, true)))) > 0`,
		"what settles it comes later":     `tickets.all(a, tickets.all(b, tickets.all(c, true))) || true`,
		"a text that grows":               `[ticket.description]` + grown(" + a", 55) + grown(" + a", 55) + grown(" + a", 55) + ` == []`,
		"a list that grows":               `[tickets]` + grown(" + a", 55) + grown(" + a", 55) + grown(" + a", 55) + ` == []`,
		"lists of lists, compared":        lists + " == " + lists,
		"a regular expression in a loop":  `tickets.exists(a, tickets.exists(b, a.description.matches("(x+x+)+y")))`,
		"texts looked through in a loop":  `tickets.exists(a, tickets.exists(b, a.description.contains(b.description + "!")))`,
		"our functions in a loop":         `tickets.exists(a, tickets.exists(b, size(a.description.names(["ai", "ml"])) > 100))`,
		"the same condition, many times":  strings.TrimSuffix(strings.Repeat(`tickets.exists(a, tickets.exists(b, a.key == "none")) || `, 12), " || "),
		"a map looked up in a loop":       `tickets.exists(a, tickets.exists(b, {"a": a.key, "b": b.key}["a"] == "none"))`,
		"a list of what nothing is among": `tickets.exists(a, a.key in tickets.map(b, b.title + b.key))`,
	}
}

// grown is a loop that makes much of every entry.
func grown(more string, times int) string { return ".map(a, a" + strings.Repeat(more, times) + ")" }

// lists is a list of lists of lists, whose entries are the same list again and
// again: small in memory, and for ever to go through.
var lists = `["a"]` + strings.Repeat(".map(a, [a"+strings.Repeat(", a", 150)+"])", 3)

func hostileFrame(t testing.TB) (*language, *frame) {
	l := newLanguage(nil, variable{"ticket", ticketType, ""}, ticketsVar())
	all := synthetic(t, 500)
	return l, &frame{now: testMoment, settings: &settingValues{}, ticket: all[0], tickets: all}
}

func TestWhatRunsOnIsStopped(t *testing.T) {
	l, f := hostileFrame(t)
	for name, src := range hostileExpressions() {
		t.Run(name, func(t *testing.T) {
			p, found := l.compile(src, nil)
			if found != nil {
				t.Fatal(found[0].text)
			}
			if v, err := p.value(f); !errors.Is(err, errTooCostly) {
				t.Errorf("it gives %v, %v; want that it takes too many steps", v, err)
			}
		})
	}
}

// A list of lists is short to write and takes for ever to tell.
func TestListsOfListsAreNotTold(t *testing.T) {
	l, f := hostileFrame(t)
	words, found := l.template("{" + lists + "}")
	if found != nil {
		t.Fatal(found[0].text)
	}
	if s, err := words.fill(f, time.UTC); !errors.Is(err, errTooCostly) {
		t.Errorf("it is told as %q, %v", s, err)
	}
}

// BenchmarkHostile is how long an expression runs on before it is stopped.
func BenchmarkHostile(b *testing.B) {
	l, f := hostileFrame(b)
	for name, src := range hostileExpressions() {
		b.Run(name, func(b *testing.B) {
			p, found := l.compile(src, nil)
			if found != nil {
				b.Fatal(found[0].text)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.value(f); !errors.Is(err, errTooCostly) {
					b.Fatal(err)
				}
			}
		})
	}
}
