package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with a file under testdata, and rewrites it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(gotLines), len(wantLines)) {
		if gotLines[i] != wantLines[i] {
			t.Fatalf("%s:%d: got\n%s\nwant\n%s", path, i+1, gotLines[i], wantLines[i])
		}
	}
	if len(gotLines) != len(wantLines) {
		t.Errorf("got %d lines, want %d as in %s", len(gotLines), len(wantLines), path)
	}
}

// environ is a fake environment.
func environ(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}
}

var tokens = environ(map[string]string{"JIRA_TOKEN": "s3cr3t-jira", "LINEAR_TOKEN": "s3cr3t-linear", "JIRA_WEBHOOK_SECRET": "s3cr3t-hook", "FAIRLEAD_WEBHOOK_SECRET": "s3cr3t-hmac", "SLACK_TOKEN": "xoxb-s3cr3t", "MAIL_PASSWORD": "s3cr3t-mail", "OIDC_CLIENT_SECRET": "s3cr3t-oidc", "EMPTY": " \n", "PEM": "a\nb"})

func TestEveryMistakeAtOnce(t *testing.T) {
	_, err := LoadFS(os.DirFS("testdata/many"), "fairlead.yaml", tokens)
	if err == nil {
		t.Fatal("no mistake was found")
	}
	golden(t, "many.golden", err.Error()+"\n")
	for _, secret := range []string{"abc123", "SuperSecret99", "s3cr3t"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the secret %q is shown", secret)
		}
	}
}

// loadText loads one main file and a small org beside it.
func loadText(main string, more ...string) (*Config, error) {
	fsys := fstest.MapFS{
		"fairlead.yaml": {Data: []byte(main)},
		"org.yaml":      {Data: []byte("people: [{id: lee}, {id: mina}]\nteams: [{id: payments, em: lee, members: [mina]}, {id: core}]\n")},
		"token":         {Data: []byte("from-file\n")},
		"empty":         {Data: []byte("\n")},
	}
	for i := 0; i+1 < len(more); i += 2 {
		fsys[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	return LoadFS(fsys, "fairlead.yaml", tokens)
}

// source is a main file with one source of these lines.
func source(lines ...string) string { return "sources:\n  - " + strings.Join(lines, "\n    ") + "\n" }

func TestWhatCannotBeCombined(t *testing.T) {
	const (
		cloud  = "jira: https://acme.atlassian.net"
		server = "jira: https://jira.acme.example"
		token  = "token: ${JIRA_TOKEN}"
		pay    = "projects: [PAY]"
		fine   = "sources: [{jira: https://j.acme.example, token: \"${JIRA_TOKEN}\", projects: [PAY]}]\n"
	)
	for name, test := range map[string]struct{ main, at, text string }{
		"a token and a token file":             {source(server, token, "token_file: token", pay), "4:17", "given twice"},
		"no token":                             {source(server, pay), "2:5", "has no token"},
		"a literal token":                      {source(server, "token: hunter2", pay), "3:12", "must not stand in a file"},
		"a token that looks like a number":     {source(server, "token: 123456", pay), "3:12", "must not stand in a file"},
		"a token put between the braces":       {source(server, "token: ${aBc123}", pay), "3:12", "must not stand in a file"},
		"a variable that is not set":           {source(server, "token: ${NOT_SET}", pay), "3:12", "NOT_SET is not set"},
		"a variable that is empty":             {source(server, "token: ${EMPTY}", pay), "3:12", "EMPTY is empty"},
		"a variable with two lines":            {source(server, "token: ${PEM}", pay), "3:12", "more than a token"},
		"a token file that does not exist":     {source(server, "token_file: nowhere", pay), "3:17", "does not exist"},
		"a token file that is empty":           {source(server, "token_file: empty", pay), "3:17", "the file is empty"},
		"Jira Cloud without a user":            {source(cloud, token, pay), "2:5", "whose token"},
		"a user from the environment":          {source(cloud, "user: ${JIRA_USER}", token, pay), "3:11", "only the token"},
		"neither jira nor linear":              {source("name: x", token), "2:5", "names no tracker"},
		"jira and linear in one source":        {source(server, "linear: acme", token, pay), "3:13", "cannot be both"},
		"a user in the address":                {source("jira: https://me:pw@jira.acme.example", token, pay), "2:11", "holds a user"},
		"an address without a scheme":          {source("jira: jira.acme.example", token, pay), "2:11", "http or https"},
		"an address that is none":              {source("jira: our jira", token, pay), "2:11", "no web address"},
		"an address without a host":            {source("jira: https:///x", token, pay), "2:11", "no host"},
		"the API's path in the address":        {source("jira: https://j.acme.example/base/rest/api/2/", token, pay), "2:11", "not of the site"},
		"a board's page in a Cloud address":    {source("jira: https://acme.atlassian.net/jira/boards/1", "user: me@acme.example", token, pay), "2:11", "a page"},
		"a user who is no e-mail on Cloud":     {source(cloud, "user: lee", token, pay), "3:11", "no e-mail address"},
		"a token where the user belongs":       {source(cloud, "user: ATATT3xFfGF0", token, pay), "3:11", "no e-mail address"},
		"the gateway as the site's address":    {source("jira: https://api.atlassian.com/ex/jira/11223344-a1b2/rest/api/3", "user: me@acme.example", token, pay), "2:11", "Atlassian's gateway"},
		"a project key in small letters":       {source(server, token, "projects: [CORE, pay]"), "4:22", `"pay" is no key of a Jira project`},
		"a project key alone, beginning wrong": {source(server, token, "projects: 2PAY"), "4:15", `"2PAY" is no key`},
		"a ticket's key as a project's":        {source(server, token, "projects: [PAY-231]"), "4:16", `"PAY-231" is no key`},
		"a project's name as its key":          {source(server, token, "projects: [Online payments]"), "4:16", `"Online payments" is no key`},
		"a team's project in small letters":    {fine + "org: small.yaml\n", "1:42", `"pay" is no key of a Jira project`},
		"a query in the address":               {source("jira: https://j.acme.example?jql=x", token, pay), "2:11", "goes on after the site"},
		"Cloud over http":                      {source("jira: http://acme.atlassian.net", "user: me@acme.example", token, pay), "2:11", "only reached over https"},
		"no project":                           {source(server, token), "2:5", "no project"},
		"teams on jira":                        {source(server, token, pay, "teams: [A]"), "5:12", "has no teams"},
		"a url on jira":                        {source(server, token, pay, "url: https://x.example"), "5:10", "url is for Linear"},
		"projects on linear":                   {source("linear: acme", token, pay), "4:15", "no projects"},
		"a user on linear":                     {source("linear: acme", "user: me", token), "3:11", "no user"},
		"a deployment on linear":               {source("linear: acme", "deployment: cloud", token), "3:17", "for Jira"},
		"an address as workspace":              {source("linear: https://linear.app/acme/x", token), "2:13", "no name of a workspace"},
		"a bad endpoint":                       {source("linear: acme", token, "url: ftp://x"), "4:10", "no web address"},
		"two sources of one name":              {fine + "include: more.yaml\n", "1:11", `source "jira j.acme.example" stands twice`},
		"no source at all":                     {"org: org.yaml\n", "0:0", "no source"},
		"an empty file":                        {"# nothing\n", "1:1", "nothing is written"},
		"an org file that does not exist":      {fine + "org: people.yaml\n", "2:6", "does not exist"},
		"a pattern that matches nothing":       {fine + "teams: t/*.yaml\n", "2:8", "no file matches"},
		"a pattern that is none":               {fine + "teams: \"t/[.yaml\"\n", "2:8", "no pattern"},
		"a file that includes itself":          {fine + "include: fairlead.yaml\n", "2:10", "circle"},
		"a file included twice":                {fine + "include: [b.yaml, b.yaml]\n", "2:19", "included twice"},
		"a team's file named twice":            {fine + "org: org.yaml\nteams: [payments.yaml, payments.yaml]\n", "3:24", "named twice"},
		"a team's file for an unknown team":    {fine + "org: org.yaml\nteams: paymint.yaml\n", "1:1", `no team has the id "paymint"`},
		"a team's file that says another team": {fine + "org: org.yaml\nteams: named.yaml\n", "1:7", `no team has the id "pay"`},
		"a team's file without an org file":    {fine + "teams: payments.yaml\n", "1:1", "no team has the id"},
		"one rule agreed on twice":             {fine + "agreements: [{rule: a}, {rule: a}]\n", "2:32", "stands twice"},
		"off and tuned":                        {fine + "agreements: [{rule: a, off: true, settings: {x: 1}}]\n", "2:45", "settings has no meaning"},
		"off and told":                         {fine + "agreements: [{rule: a, off: true, tell: em}]\n", "2:41", "tell has no meaning"},
		"off and excepted":                     {fine + "agreements: [{rule: a, off: true, except: {labels: x}}]\n", "2:43", "except has no meaning"},
		"told to nobody known":                 {fine + "agreements: [{rule: a, tell: everyone}]\n", "2:30", `"everyone" is not one of em, em-pm, team, org`},
		"a pin that is none":                   {fine + "agreements: [{rule: a, pin: stage}]\n", "2:29", "expected true or false or a list"},
		"a file named after another team":      {fine + "org: org.yaml\nteams: core.yaml\n", "1:7", `named after team "core" and speaks for team "payments"`},
		"off and staged":                       {fine + "agreements: [{rule: a, off: true, stage: watch}]\n", "2:42", "stage has no meaning"},
		"off and reminded":                     {fine + "agreements: [{rule: a, off: true, remind: {after: 2}}]\n", "2:43", "remind has no meaning"},
		"a comment that no source allows":      {fine + "agreements: [{rule: a, remind: {comment: true}}]\n", "2:42", "no source allows comments"},
		"a review on no day":                   {fine + "agreements: [{rule: a, review_on: soon}]\n", "2:35", `"soon" is not a date`},
		"a report to nowhere":                  {fine + "reports: [{to: \"file:\"}]\n", "2:16", "nothing follows file:"},
		"a report to Slack":                    {fine + "reports: [{to: \"slack:#a\"}]\n", "2:16", "no Slack app is configured"},
		"two reports to one place":             {fine + "reports: [{to: file:a}, {to: file:./a}]\n", "2:30", "stands twice"},
		"a form of report nobody knows":        {fine + "reports: [{to: file:a, formats: [pdf]}]\n", "2:34", `"pdf" is not one of html, markdown, text, json`},
		"a store of an unknown kind":           {fine + "store: sqlit:x.db\n", "2:8", `"sqlit" is no kind of store`},
		"a store without its kind":             {fine + "store: x.db\n", "2:8", "which kind of store"},
		"two stores":                           {fine + "store: sqlite:a\ninclude: store.yaml\n", "1:8", "store stands twice"},
		"a meaning nobody knows":               {source(server, token, pay, "mapping: {statuses: {Ready: todoo}}"), "5:33", `"todoo" is not one of backlog, todo`},
		"a thing this version cannot do":       {fine + "rituals: [{name: retro}]\n", "2:1", `unknown key "rituals"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadText(test.main, "more.yaml", fine, "b.yaml", "agreements: []\n", "store.yaml", "store: sqlite:b\n",
				"payments.yaml", "", "paymint.yaml", "", "named.yaml", "team: pay\n", "core.yaml", "team: payments\n",
				"small.yaml", "teams: [{id: t, owns: {jira: {projects: [pay]}}}]\n")
			var m yamlfile.Mistakes
			if !errors.As(err, &m) || len(m) != 1 {
				t.Fatalf("got %d mistakes, want 1: %v", len(m), err)
			}
			if at := strings.TrimPrefix(m[0].String(), m[0].File+":"); at != test.at && m[0].Line != 0 {
				t.Errorf("it stands at %s, want %s", at, test.at)
			}
			if !strings.Contains(m[0].Text, test.text) {
				t.Errorf("got %q, want it to say %q", m[0].Text, test.text)
			}
			if m[0].Hint == "" {
				t.Error("it does not say what to do")
			}
		})
	}
}

func TestWhatIsWrittenInAUsersPlaceIsNotRepeated(t *testing.T) {
	_, err := loadText(source("jira: https://acme.atlassian.net", "user: ATATT3xFfGF0", "token: ${JIRA_TOKEN}", "projects: [PAY]"))
	var m yamlfile.Mistakes
	if !errors.As(err, &m) || strings.Contains(m[0].Text+m[0].Hint, "ATATT") {
		t.Errorf("err = %v", err)
	}
}

func TestTheHintForAProjectKeySaysWhatToWrite(t *testing.T) {
	for key, want := range map[string]string{
		"pay": "write it as Jira does: PAY", "PAY-231": "its project's is PAY", "pay-1": "its project's is PAY", "Payments team": "before the number in PAY-231", "2PAY": "PAY-231",
	} {
		_, err := loadText(source("jira: https://jira.acme.example", "token: ${JIRA_TOKEN}", "projects: ["+key+"]"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: err = %v, want %q", key, err, want)
		}
	}
	for _, key := range []string{"PAY", "P", "R2D2", "PRODUCT_2013", strings.Repeat("A", 255)} {
		if _, err := loadText(source("jira: https://jira.acme.example", "token: ${JIRA_TOKEN}", "projects: ["+key+"]")); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestAFileThatDoesNotExist(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "none.yaml"), tokens)
	if err == nil || !strings.Contains(err.Error(), "none.yaml: the file does not exist") {
		t.Errorf("got %v", err)
	}
}
