package rules

import (
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
)

func TestWhatARuleMayNotUseIsRefusedWithItsPlace(t *testing.T) {
	l := newLanguage(everySetting, variable{"ticket", ticketType, ""}, ticketsVar())
	for _, c := range []struct{ name, src, at, text string }{
		{"an object of its own", `ticket{key: "a"} == ticket`, `{key`, "cannot make a ticket of its own"},
		{"a regular expression that is put together", `ticket.key == "" || ticket.title.matches("a" + settings.text)`, `+ settings`, "is written out"},
		{"a regular expression that grows", `ticket.title.matches("(abcde){500}")`, `"(abcde`, "grows too large"},
		{"what is no regular expression", `ticket.title.matches("(")`, `"(")`, "not a regular expression"},
		{"what never is a number", `ticket.in_flight && int("x") > 1`, `("x") >`, "can never be converted"},
		{"four loops within one another", `tickets.all(a, tickets.all(b, tickets.all(c, tickets.all(d, true))))`, "", "within one another too deeply"},
		{"a function of CEL's extensions", `ticket.title.lowerAscii() == ""`, "", `unknown name "lowerAscii"`},
		{"a loop over two variables", `tickets.all(i, t, true)`, "", "unknown name"},
		{"a part that may be missing", `[1, ?ticket]`, "", "unsupported syntax"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := l.compile(c.src, cel.BoolType)
			if len(found) == 0 {
				t.Fatal("it was taken")
			}
			if !strings.Contains(found[0].text, c.text) {
				t.Errorf("it says %q, want %q in it", found[0].text, c.text)
			}
			if c.at != "" && !strings.HasPrefix(string([]rune(c.src)[found[0].offset:]), c.at) {
				t.Errorf("it points at %q, want %q", string([]rune(c.src)[found[0].offset:]), c.at)
			}
		})
	}
}
