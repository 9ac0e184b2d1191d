package yamlfile

import (
	"strings"
	"testing"
)

// The secret of every text below; each text also has a mistake on or near the
// line that holds it.
const secret = "abc123SeCrEt"

// hostile are files whose message must not show the secret.
var hostile = map[string]string{
	"a misspelt key":                          "name: Anna\ntokn: SECRET\n",
	"two letters swapped":                     "name: Anna\ntoekn: SECRET\n",
	"another case":                            "name: Anna\nTOKEN: SECRET\n",
	"a key with a space":                      "name: Anna\napi key: SECRET\n",
	"a key with a space inside":               "name: Anna\n\"to ken\": SECRET\n",
	"a longer key":                            "name: Anna\njira_api_token: SECRET\n",
	"a word before it":                        "name: Anna\nmy.password: SECRET\n",
	"a flow mapping":                          "{name: Anna, token: SECRET, x: 1}\n",
	"a flow mapping with a comma in it":       "{name: Anna, token: x,SECRET, x: 1}\n",
	"a flow mapping in quotes":                "{name: Anna, \"token\": \"a, x: SECRET\", x: 1}\n",
	"a flow mapping over lines":               "{name: Anna, token:\n SECRET\n, x: 1}\n",
	"a block":                                 "name: Anna\ntokn: |\n  x\n  SECRET\nx: 1\n",
	"a block with keys in it":                 "name: Anna\ntoken: |\n  Proc-Type: SECRET\nx: 1\n",
	"a block broken in the middle":            "name: Anna\ntoken: |\n  x\n SECRET: [\n",
	"text over lines":                         "name: Anna\ntoken: x\n  SECRET: y: z\n",
	"the value below":                         "name: Anna\ntoken:\n  SECRET: x: y\n",
	"the value below, further left":           "ports:\n  - token:\n SECRET\n",
	"a list below":                            "name: Anna\ntokn:\n- SECRET: x: y\n",
	"a mapping":                               "name: Anna\ntoken: {value: SECRET, value: x}\n",
	"a mapping below":                         "name: Anna\ntoken:\n  value: SECRET\n  value: SECRET\n",
	"an open quote":                           "name: Anna\ntoken: \"SECRET\nx: 1\n",
	"an open quote below":                     "name: Anna\ntoken: \"x\nSECRET: y\n",
	"a second colon":                          "name: Anna\ntoken: SECRET: x\n",
	"no space after the colon":                "name: Anna\ntoken:SECRET\n",
	"no colon":                                "name: Anna\ntoken SECRET\n",
	"an equals sign":                          "name: Anna\ntoken=SECRET\n",
	"a tab":                                   "name: Anna\n\ttoken: SECRET\n",
	"a wrong indentation":                     "name: Anna\n   token: SECRET\n",
	"a star before it":                        "name: Anna\ntoken: *SECRET\n",
	"an ampersand before it":                  "name: Anna\ntoken: &SECRET\n",
	"an exclamation mark before it":           "name: Anna\ntoken: !SECRET x\n",
	"a percent sign before it":                "name: Anna\ntoken: %SECRET\n",
	"an at sign before it":                    "name: Anna\ntoken: @SECRET\n",
	"a bracket before it":                     "name: Anna\ntoken: [SECRET\n",
	"a bracket behind it":                     "name: Anna\ntoken: SECRET]\n  x: y\n",
	"a comment":                               "name: Anna\nx: 1 # token: SECRET\n",
	"a list of text":                          "name: Anna\ntags: [token SECRET, 1]\n",
	"user info in a URL":                      "name: Anna\nx: https://me:SECRET@acme.example\n",
	"user info with an at sign":               "name: Anna\nx: https://me:S@SECRET@acme.example\n",
	"a URL's query":                           "name: Anna\nx: https://acme.example/?access_token=SECRET\n",
	"a header":                                "name: Anna\nx: \"Authorization: Bearer SECRET\"\n",
	"a value of the wrong form":               "name: Anna\ntoken: [SECRET]\n",
	"a key twice":                             "name: Anna\ntoken: SECRET\ntoken: SECRET\n",
	"braces around it":                        "name: Anna\ntoken: ${SECRET}\ntoken: x\n",
	"a reference and a comment":               "name: Anna\ntokn: ${JIRA} # SECRET\n",
	"a word of a well-known kind":             "name: Anna\nx: lin_api_SECRET\n",
	"a word of another well-known kind":       "name: Anna\n- ATATT3SECRET\n",
	"a word that looks made by a machine":     "name: Anna\nx: SECRETSECRETSECRET\n",
	"such a word where a choice is expected":  "name: Anna\nrig: SECRETSECRETSECRET\n",
	"the address of a calendar":               "name: Anna\nx: https://cal.acme.example/ical/SECRET/basic.ics\n",
	"the address of a calendar with a query":  "name: Anna\nx: {y: \"https://cal.acme.example/export.ics?key=SECRET\"}\n",
	"an address that nobody types":            "name: Anna\nx: https://cal.acme.example/0123456789abcdef0123/SECRET\n",
	"such a word as a key":                    "name: Anna\nSECRETSECRETSECRET: x\n",
	"an alias to a value with a misspelt key": "name: Anna\ntokn: &t SECRET\nx: *t\n",
}

func TestMessagesNeverShowASecret(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			_, m := read(strings.ReplaceAll(text, "SECRET", secret))
			if len(m) == 0 {
				t.Fatal("there is no mistake to show")
			}
			if strings.Contains(m.Error(), secret) {
				t.Errorf("it is shown:\n%v", m)
			}
		})
	}
}

func TestLinesWithoutASecretAreShownWhole(t *testing.T) {
	for _, line := range []string{
		"jira: https://acme.atlassian.net", "token_file: /run/secrets/jira", "token: ${JIRA_TOKEN}", "- {id: jo, jira: \"557058:f58131cb-b67d-43c7-b30d-6b58d40bd077\"}",
		"ask: Which problem does this solve? Link it, or write two sentences.", "rule: assigned-bypassing-em", "user: fairlead@acme.example",
		"settings: {min_chars: 120, committed_statuses: [Selected]}", "timezone: America/Argentina/ComodRivadavia", "when: ticket.kind == \"feature\" && !ticket.links.exists(l, l.url.contains(\"/runbooks/\"))",
	} {
		f, _ := Parse("f.yaml", []byte(line+"\n"))
		if got := f.Place().Text; got != line {
			t.Errorf("got  %s\nwant %s", got, line)
		}
	}
}

// FuzzMask puts a secret behind a key of every file and looks for it in what is
// printed.
func FuzzMask(f *testing.F) {
	for _, text := range hostile {
		before, after, _ := strings.Cut(text, "SECRET")
		f.Add(before, after)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		if len(before)+len(after) > 1<<10 {
			return
		}
		const hidden = "qzJ4xWv9"
		text := before + "\ntoken: " + hidden + "\n" + after
		_, m := read(text)
		for _, one := range m {
			if one.Place.Text != "" && strings.Contains(one.Error(), hidden) {
				t.Errorf("it is shown:\n%v\nin %q", one, text)
			}
		}
	})
}
