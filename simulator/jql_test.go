package simulator_test

import (
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/simulator"
)

func TestJQL(t *testing.T) {
	for text, want := range map[string]string{
		`project = PAY`: "",
		`project in (PAY, "CORE") AND updated >= 1732877091000 ORDER BY updated ASC, id ASC`: "",
		`updated >= "2026/03/01 10:30" order by updated desc`:                                "",
		`key in (PAY-1,PAY-2) and project not in (X)`:                                        "",
		`created < '2026-03-01'`:                                                             "",
		``:                                                                                   "",
		`project`:                                                                            "Expecting operator",
		`project = `:                                                                         "Expecting a value",
		`project = PAY updated >= 1`:                                                         "Expecting AND",
		`project = PAY OR key = PAY-1`:                                                       "Expecting AND",
		`project in (PAY`:                                                                    "Expecting ,",
		`project in ()`:                                                                      "Expecting a value",
		`= PAY`:                                                                              "Expecting a field",
		`status = Done`:                                                                      "does not exist",
		`project > PAY`:                                                                      "not supported",
		`updated in (1, 2)`:                                                                  "not supported",
		`updated >= yesterday`:                                                               "is invalid",
		`updated >= "2026/03/01 10:30:15"`:                                                   "is invalid",
		`project = PAY ORDER BY mood`:                                                        "Not able to sort",
		`project = PAY ORDER updated`:                                                        "Expecting BY",
		`project = "PAY`:                                                                     "has not been completed",
		`project = PAY ORDER BY updated ASC, `:                                               "Not able to sort",
		`project = PAY ORDER BY updated ASC key`:                                             "Expecting ,",
	} {
		err := simulator.ParseJQL(text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: err = %v, want one with %q", text, err, want)
		}
	}
}

// FuzzJQL looks for queries that make the parser panic or hang.
func FuzzJQL(f *testing.F) {
	for _, seed := range []string{
		"project = PAY", `project in ("A", 'B') and updated >= 1 order by key desc`, `updated<="2026/01/01 00:00"`,
		"project = \"\\\"", "((((", "order by", "not in", "a!=b", "\x00 = \xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := simulator.ParseJQL(text); err != nil && err.Error() == "" {
			t.Errorf("%q is refused without a word", text)
		}
	})
}
