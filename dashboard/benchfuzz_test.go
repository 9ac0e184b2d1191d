package dashboard_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/fairlead-dev/fairlead/dashboard/dashboardtest"
)

// FuzzBenchForm sends whatever people may write into the form: nothing of it breaks a
// page or gets lost, and what is tried is not saved.
func FuzzBenchForm(f *testing.F) {
	for _, s := range [][4]string{
		{"ticket.kind == \"bug\"", "120", "solves\nother", "a promise"}, {"ticket.kin", "a few", "[a, b", "{settings.min_chars} characters"}, {"\x00\u202e\t(", "1e309", "[]", "{"},
		{"\r\n&&\r\n", "-1", "\"", "}{"}, {"true ? true : \xff", "9223372036854775808", ",,,", "\n\n"},
	} {
		f.Add(s[0], s[1], s[2], s[3])
	}
	d := dashboardtest.Story()
	h := served(d)
	f.Fuzz(func(t *testing.T, when, number, list, promise string) {
		form := url.Values{"base": {"3"}, "off": {"on"}, "when": {when}, "settings.min_chars": {number}, "settings.depth": {number}, "settings.problem_links": {list}, "except.labels": {list}, "promise": {promise}, "do": {"preview"}}
		w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/change", form.Encode())
		if w.Code != http.StatusOK && w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusRequestEntityTooLarge {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		parsed(t, w.Body.Bytes())
		if w := ask(t, h, dashboardtest.Lee, "POST", benchOf+"/preview", form.Encode()); w.Code >= 500 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if len(d.Said()) != 0 {
			t.Fatalf("it was saved: %v", d.Said())
		}
	})
}
