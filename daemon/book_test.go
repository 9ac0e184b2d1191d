package daemon

import (
	"strings"
	"testing"
)

func TestARuleFileMayStandInPlaceOfAShippedRule(t *testing.T) {
	text := shipped(t, featureRule)[0].Text()
	own := "replaces_shipped: true\n" + text
	for _, c := range []struct{ name, text, says string }{
		{"one that says so", own, ""},
		{"one that does not", text, `two rules have the id "feature-without-problem"`},
		{"one of an id that does not ship", strings.Replace(own, "id: "+featureRule, "id: my-own", 1), `no rule with the id "my-own" ships`},
	} {
		t.Run(c.name, func(t *testing.T) {
			place := newAgreedPlace(t, map[string]string{"own.yaml": c.text, "fairlead.yaml": agreedFiles["fairlead.yaml"] + "rules: own.yaml\n"})
			all, book, err := rulesAndBook(place.config())
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("err = %v, want it to say %q", err, c.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if r, _ := book.Rule(featureRule); !r.ReplacesShipped || len(all) != len(book.Rules()) {
				t.Errorf("the rule is %+v", r.ID)
			}
		})
	}
}
