package config

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestASourceSignsInWithOAuth(t *testing.T) {
	const whole = "client_id: abc, client_secret: \"${CLIENT}\", refresh_token_file: refresh"
	for _, c := range []struct {
		name, source, want string // want is part of the mistakes; empty: none
	}{
		{"everything that OAuth needs", "linear: acme, " + whole, ""},
		{"a part is missing", "linear: acme, client_id: abc", "OAuth wants client_secret as well"},
		{"a token stands beside it", "linear: acme, token: \"${CLIENT}\", " + whole, "signs in twice, with token and with OAuth"},
		{"the file is not there", strings.Replace("linear: acme, "+whole, "file: refresh", "file: lost", 1), "looked for lost"},
		{"the variable is not set", strings.Replace("linear: acme, "+whole, "CLIENT", "OTHER", 1), "environment variable OTHER is not set"},
		{"the secret itself is written", strings.Replace("linear: acme, "+whole, "${CLIENT}", "hunter2hunter2", 1), "put it into an environment variable"},
		{"Jira Cloud", "jira: \"https://acme.atlassian.net\", projects: [PAY], " + whole, ""},
		{"Jira Cloud with a user beside it", "jira: \"https://acme.atlassian.net\", user: me@acme.example, projects: [PAY], " + whole, "an OAuth application needs no user"},
		{"Jira Cloud with a part missing", "jira: \"https://acme.atlassian.net\", projects: [PAY], client_id: abc", "add client_secret: ${JIRA_CLIENT_SECRET}"},
		{"Jira Data Center has a token instead", "jira: \"https://jira.acme.example\", projects: [PAY], " + whole, "client_id is for Linear and Jira Cloud"},
		{"one file for two applications", "linear: acme, " + whole + "}\n  - {linear: other, " + strings.Replace(whole, "abc", "def", 1), "refresh tokens of another application"},
		{"one file for two sources of one application", "linear: acme, " + whole + "}\n  - {linear: other, " + whole, ""},
		{"a webhook's secret is not set", "linear: acme, webhook_secret: \"${OTHER}\", " + whole, "environment variable OTHER is not set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fsys := fstest.MapFS{
				"fairlead.yaml": {Data: []byte("sources:\n  - {" + c.source + "}\n")},
				"refresh":       {Data: []byte("r-1")},
			}
			_, err := LoadFS(fsys, "fairlead.yaml", environ(map[string]string{"CLIENT": "s3cr3t"}))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("err = %v, want none", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("err = %v, want %q in it", err, c.want)
			case err != nil && (strings.Contains(err.Error(), "s3cr3t") || strings.Contains(err.Error(), "hunter2")):
				t.Errorf("a secret is shown: %v", err)
			}
		})
	}
}

func TestOptionsOfASourceArriveWhole(t *testing.T) {
	fsys := fstest.MapFS{
		"conf/fairlead.yaml": {Data: []byte(`
sources:
  - {linear: acme, client_id: abc, client_secret: "${CLIENT}", refresh_token_file: refresh, comment_text: true, webhook_secret: "${HOOK}"}
  - {linear: other, token: "${CLIENT}"}
  - {jira: "https://acme.atlassian.net", client_id: abc, client_secret: "${CLIENT}", refresh_token_file: jira-refresh, projects: [PAY]}
`)},
		"conf/refresh": {Data: []byte("r-1")}, "conf/jira-refresh": {Data: []byte("r-1")},
	}
	cfg, err := LoadFS(fsys, "conf/fairlead.yaml", environ(map[string]string{"CLIENT": "s3cr3t", "HOOK": "h00k"}))
	if err != nil {
		t.Fatal(err)
	}
	first, second := cfg.Sources[0], cfg.Sources[1]
	if o := first.OAuth; o.ClientID != "abc" || o.ClientSecret.Reveal() != "s3cr3t" || o.RefreshFile != "conf/refresh" {
		t.Errorf("OAuth = %+v with the secret %d letters long", o, len(o.ClientSecret.Reveal()))
	}
	if !first.CommentText || first.WebhookSecret.Reveal() != "h00k" || !first.Token.IsZero() {
		t.Errorf("comment texts kept: %v, webhook secret %d letters, want true and 4", first.CommentText, len(first.WebhookSecret.Reveal()))
	}
	if second.CommentText || !second.OAuth.IsZero() || !second.WebhookSecret.IsZero() {
		t.Errorf("the second source has %+v, want nothing that it did not ask for", second)
	}
	if third := cfg.Sources[2]; third.OAuth.ClientSecret.Reveal() != "s3cr3t" || third.OAuth.RefreshFile != "conf/jira-refresh" || third.Deployment != Cloud || third.Name != "jira acme.atlassian.net" || third.User != "" {
		t.Errorf("the third source is %+v", third)
	}
	for _, f := range cfg.Files {
		if strings.HasSuffix(f, "refresh") {
			t.Error("the refresh token's file is watched, though it changes by itself")
		}
	}
}
