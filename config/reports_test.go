package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

// senders are a Slack app and a mail server.
const senders = `slack: {token: "${SLACK_TOKEN}"}
mail: {server: smtp.acme.example, from: fairlead@acme.example}
`

const reportedOrg = `people:
  - {id: lee, name: Lee Park, email: lee@acme.example}
  - {id: sam, email: [sam@acme.example, sam.holt@acme.example], slack: U012AB3CD, mute: true}
  - {id: mina, role: engineer}
  - {id: dana, email: dana@acme.example, role: director, mute: [reminders]}
  - crew.csv
teams:
  - {id: payments, em: lee, pm: sam, members: [jo], timezone: Europe/Berlin}
  - {id: core, em: jo, members: [mina]}
`

const crew = "id,email,slack,mute\njo,jo@acme.example,U99,reports;reminders\nkim,kim@acme.example,,\n"

// reporting loads a main file with these lines below a source and senders, and
// perhaps a team's own file.
func reporting(main, payments string, without ...string) (*Config, error) {
	text := oneSource + senders
	for _, line := range without {
		text = strings.ReplaceAll(text, line, "")
	}
	fsys := fstest.MapFS{
		"fairlead.yaml": {Data: []byte(text + main)}, "org.yaml": {Data: []byte(reportedOrg)}, "crew.csv": {Data: []byte(crew)},
		"secrets/slack": {Data: []byte("xoxb-from-file\n")},
	}
	if payments != "" {
		fsys["fairlead.yaml"].Data = append(fsys["fairlead.yaml"].Data, "teams: teams/*.yaml\n"...)
		fsys["teams/payments.yaml"] = &fstest.MapFile{Data: []byte(payments)}
	}
	return LoadFS(fsys, "fairlead.yaml", environ(map[string]string{
		"JIRA_TOKEN": "t", "SLACK_TOKEN": "xoxb-1", "MAIL_PASSWORD": "pw", "HOOK": "https://hooks.slack.com/services/T0/B0/verysecret",
		"SECRET": "s3", "PLAIN": "http://hooks.acme.example/x", "NOT_WEB": "verysecret",
	}))
}

// places are what reports go to, in one line each.
func places(c *Config) []string {
	var out []string
	for _, r := range c.Reports {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", r.Channel, r.Of, r.For, strings.Join(r.Teams, "+"))))
	}
	return out
}

func TestReportsGoWhereTheOrganisationAndTheTeamsSay(t *testing.T) {
	for _, c := range []struct {
		name, main, payments string
		want                 []string
	}{
		{"a folder", "reports: [{to: file:./out}]\n", "", []string{"file:out team team"}},
		{"a list of places", "reports: [{to: [\"slack:#all\", \"slack:C012AB3CD\", \"slack:${HOOK}\"]}]\n", "", []string{"slack:#all team team", "slack:C012AB3CD team team", "slack:${HOOK} team team"}},
		{"a team's own beside the organisation's", "reports: [{to: file:out, teams: core}]\n", "report: {to: [slack:#payments, email:em], for: em}\n", []string{"file:out team team core", "slack:#payments team em payments", "email:em team em payments"}},
		{"people read by e-mail what they may", "reports: [{to: [email:em, email:Lee@acme.example, email:list@acme.example, email:sam]}]\n", "", []string{"email:em team", "email:lee@acme.example team", "email:list@acme.example team", "email:sam team"}},
		{"leaders read what is for each alone", "reports: [{to: email:leaders}, {to: email:dana, of: leader}]\n", "", []string{"email:leaders leader", "email:dana leader"}},
		{"the organisation's report", "reports: [{to: [email:leaders, \"slack:#eng\"], of: organisation}, {to: file:o, for: org}]\n", "", []string{"email:leaders organisation", "slack:#eng organisation", "file:o organisation"}},
		{"webhooks by address and by secret address", "reports: [{to: [\"webhook:https://h.acme.example/in/\", \"webhook:${HOOK}\", \"webhook:http://127.0.0.1:8/x\"], secret: \"${SECRET}\"}]\n", "",
			[]string{"webhook:h.acme.example/in team team", "webhook:${HOOK} team team", "webhook:127.0.0.1:8/x team team"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := reporting(c.main, c.payments)
			if err != nil {
				t.Fatal(err)
			}
			if got := places(cfg); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestWhatAReportCannotGoTo(t *testing.T) {
	for name, c := range map[string]struct{ main, payments, at, text, hint string }{
		"a kind that is none":                    {"reports: [{to: \"slak:#a\"}]\n", "", "5:16", `"slak" is no kind of place`, `did you mean "slack"?`},
		"a channel without its kind":             {"reports: [{to: \"#payments\"}]\n", "", "5:16", "which kind of place", "slack:#payments"},
		"an address without its kind":            {"reports: [{to: lee@acme.example}]\n", "", "5:16", "which kind of place", "email:lee@acme.example"},
		"a folder without its kind":              {"reports: [{to: ./out}]\n", "", "5:16", "which kind of place", "file:./out"},
		"an address of the web without its kind": {"reports: [{to: \"https://hooks.slack.com/services/T0/B0/verysecret\"}]\n", "", "5:16", "which kind of place", "slack:${NAME}"},
		"a channel without its mark":             {"reports: [{to: slack:payments}]\n", "", "5:16", "no Slack channel", "slack:#payments"},
		"a channel in capitals":                  {"reports: [{to: \"slack:#Payments\"}]\n", "", "5:16", "no Slack channel", "slack:#payments"},
		"an incoming webhook in the file":        {"reports: [{to: \"slack:https://hooks.slack.com/services/T0/B0/verysecret\"}]\n", "", "5:16", "is a secret", "slack:${NAME}"},
		"a variable in small letters":            {"reports: [{to: \"slack:${hook}\"}]\n", "", "5:16", "names no environment variable", "in capitals"},
		"a variable that is not set":             {"reports: [{to: \"slack:${NO_HOOK}\"}]\n", "", "5:16", "NO_HOOK is not set", "export NO_HOOK"},
		"a variable that holds no address":       {"reports: [{to: \"slack:${NOT_WEB}\"}]\n", "", "5:16", "NOT_WEB, this is no web address", "https://"},
		"a webhook over http":                    {"reports: [{to: \"webhook:${PLAIN}\", secret: \"${SECRET}\"}]\n", "", "5:16", "read on the way", "https"},
		"a webhook without a secret":             {"reports: [{to: \"webhook:https://h.acme.example\"}]\n", "", "5:16", "has no secret", "add secret"},
		"a secret without a webhook":             {"reports: [{to: file:a, secret: \"${SECRET}\"}]\n", "", "5:32", "secret has no meaning", "leave it out"},
		"a secret in the file":                   {"reports: [{to: \"webhook:https://h.acme.example\", secret: verysecret}]\n", "", "5:58", "must not stand in a file", "${NAME}"},
		"formats of an e-mail":                   {"reports: [{to: email:em, formats: [html]}]\n", "", "5:35", "formats has no meaning", "leave it out"},
		"an id that is nobody's":                 {"reports: [{to: email:le}]\n", "", "5:16", `nobody in the org file has the id "le"`, `did you mean "lee"?`},
		"somebody without an address":            {"reports: [{to: email:mina}]\n", "", "5:16", "mina has no e-mail address", "add email:"},
		"members of whom one has no address":     {"reports: [{to: email:members}]\n", "", "5:16", "mina of core has no e-mail address", "add email:"},
		"a seat that is empty":                   {"reports: [{to: email:pm, teams: [core]}]\n", "", "5:16", "no team here has anybody as pm", "add them"},
		"an address that is none":                {"reports: [{to: \"email:Lee <lee@acme.example>\"}]\n", "", "5:16", "no e-mail address", "email:lee@acme.example"},
		"what is for the EM to a mailing list":   {"reports: [{to: email:list@acme.example, for: em}]\n", "", "5:16", "nobody in the org file has this address", "take for: out"},
		"what is for the EM to the PM":           {"", "report: {to: email:sam, for: em}\n", "1:14", "sam is not in a seat", "take for: out"},
		"what is for the pair to a member":       {"reports: [{to: email:kim, for: em-pm}]\n", "", "5:16", "kim is not in a seat", "take for: out"},
		"what is for a leader to a channel":      {"reports: [{to: \"slack:#a\", of: leader}]\n", "", "5:16", "goes to nobody else", "email:leaders"},
		"what is for a leader to every EM":       {"reports: [{to: email:em, of: leader}]\n", "", "5:16", "goes to nobody else", "email:leaders"},
		"what is for a leader to a mailing list": {"reports: [{to: email:list@acme.example, of: leader}]\n", "", "5:16", "that leader alone", "email:leaders"},
		"a team's report to leaders":             {"reports: [{to: email:leaders, of: team}]\n", "", "5:16", "leaders get no team's report", "organisation"},
		"a team that decides what leaders get":   {"", "report: {to: email:leaders}\n", "1:14", "not for a team to say", "move it"},
		"the organisation's report for the EM":   {"reports: [{to: email:em, of: organisation, for: em}]\n", "", "5:49", "is not for \"em\"", "take for: out"},
		"the organisation's report of one team":  {"reports: [{to: email:em, of: organisation, teams: core}]\n", "", "5:51", "not of single teams", "take teams: out"},
		"a team's report for the organisation":   {"reports: [{to: email:em, of: team, for: org}]\n", "", "5:41", "is not for \"org\"", "team, em-pm or em"},
		"a team that is none":                    {"reports: [{to: file:a, teams: [payment]}]\n", "", "5:32", `no team has the id "payment"`, `did you mean "payments"?`},
		"a day that is none":                     {"reports: [{to: file:a, at: Mon 9}]\n", "", "5:28", "Mon 9", "Monday 09:00"},
		"a time that is none":                    {"reports: [{to: file:a, at: \"Monday 24:00\"}]\n", "", "5:28", "Monday 24:00", "Monday 09:00"},
		"at and cron":                            {"reports: [{to: file:a, at: \"Monday 09:00\", cron: 0 9 * * 1}]\n", "", "5:50", "both say when", "keep one"},
		"an expression that is none":             {"reports: [{to: file:a, cron: every monday}]\n", "", "5:30", "no cron expression", "30 8 * * 2"},
		"an expression that never holds":         {"reports: [{to: file:a, cron: 0 9 30 2 *}]\n", "", "5:30", "never holds", "a day that exists"},
		"an expression that begins at any time":  {"reports: [{to: file:a, cron: \"@every 1h\"}]\n", "", "5:30", "begins anew", "30 8"},
		"an expression with a zone":              {"reports: [{to: file:a, cron: CRON_TZ=UTC 0 9 * * 1}]\n", "", "5:30", "zone does not stand", "timezone"},
		"a zone that is none":                    {"reports: [{to: file:a, timezone: Berlin}]\n", "", "5:34", `no time zone "Berlin"`, "Europe/Berlin"},
		"too long to catch up":                   {"reports: [{to: file:a, catch_up: 40d}]\n", "", "5:34", `"40d" is no period`, "28d"},
		"one place twice":                        {"reports: [{to: [email:lee, email:LEE]}]\n", "", "5:28", "", ""},
		"two senders by Slack":                   {"include: more.yaml\n", "", "", "", ""},
		"metrics beyond this machine":            {"metrics: {listen: \"0.0.0.0:9090\"}\n", "", "5:19", "beyond this machine", "public: true"},
		"metrics on every address":               {"metrics: {listen: \":9090\"}\n", "", "5:19", "beyond this machine", "127.0.0.1"},
		"metrics at no address":                  {"metrics: {listen: here}\n", "", "5:19", "no address to listen at", "127.0.0.1"},
		"a muted thing that is none":             {"", "", "", "", ""},
		"what a team may not say":                {"", "report: {to: file:a, of: organisation}\n", "1:22", `unknown key "of"`, ""},
	} {
		if c.at == "" || c.text == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			_, err := reporting(c.main, c.payments)
			m := onlyMistake(t, err)
			if at := strings.TrimPrefix(m.String(), m.File+":"); at != c.at {
				t.Errorf("it stands at %s, want %s", at, c.at)
			}
			if !strings.Contains(m.Text, c.text) || !strings.Contains(m.Hint, c.hint) {
				t.Errorf("got %q\n\t%q, want %q\n\t%q", m.Text, m.Hint, c.text, c.hint)
			}
			if strings.Contains(err.Error(), "verysecret") {
				t.Errorf("a secret is shown: %v", err)
			}
		})
	}
}

func onlyMistake(t *testing.T, err error) yamlfile.Mistake {
	t.Helper()
	var m yamlfile.Mistakes
	if !errors.As(err, &m) || len(m) != 1 {
		t.Fatalf("got %d mistakes, want 1: %v", len(m), err)
	}
	return m[0]
}

func TestOnlyWhatIsConfiguredSends(t *testing.T) {
	slack, mail := strings.SplitAfter(senders, "\n")[0], strings.SplitAfter(senders, "\n")[1]
	for _, c := range []struct{ name, to, without, text string }{
		{"a Slack channel without an app", "slack:#payments", slack, "no Slack app is configured"},
		{"an e-mail without a server", "email:lee", mail, "no mail server is configured"},
	} {
		_, err := reporting("reports: [{to: \""+c.to+"\"}]\n", "", c.without)
		if m := onlyMistake(t, err); !strings.Contains(m.Text, c.text) || !strings.Contains(m.Hint, "fairlead.yaml") {
			t.Errorf("%s: %v", c.name, m)
		}
	}
	if _, err := reporting("reports: [{to: \"slack:${HOOK}\"}]\n", "", slack, mail); err != nil {
		t.Errorf("an incoming webhook needs no app: %v", err)
	}
}

func TestTheSendersAreChecked(t *testing.T) {
	slack, mail := strings.SplitAfter(senders, "\n")[0], strings.SplitAfter(senders, "\n")[1]
	for _, c := range []struct{ name, without, main, text string }{
		{"an app without a token", slack, "slack: {url: \"https://slack.com/api/\"}\n", "has no token"},
		{"a token twice", slack, "slack: {token: \"${SLACK_TOKEN}\", token_file: secrets/slack}\n", "given twice"},
		{"a token in the file", slack, "slack: {token: xoxb-verysecret}\n", "must not stand in a file"},
		{"a token file that is not there", slack, "slack: {token_file: secrets/none}\n", "does not exist"},
		{"an API over http", slack, "slack: {token: \"${SLACK_TOKEN}\", url: \"http://slack.example/api/\"}\n", "read on the way"},
		{"a server that is none", mail, "mail: {server: \"smtp://x\", from: a@b.example}\n", "no host and port"},
		{"a port that is none", mail, "mail: {server: \"smtp.example:70000\", from: a@b.example}\n", "no host and port"},
		{"a sender that is none", mail, "mail: {server: s.example, from: fairlead}\n", "no e-mail address"},
		{"a sender with a line break", mail, "mail: {server: s.example, from: \"a@b.example\\nBcc: x@y.example\"}\n", "no e-mail address"},
		{"a user without a password", mail, "mail: {server: s.example, from: a@b.example, user: x}\n", "no password"},
		{"a password without a user", mail, "mail: {server: s.example, from: a@b.example, password: \"${MAIL_PASSWORD}\"}\n", "no user"},
		{"a password in the clear", mail, "mail: {server: s.example, from: a@b.example, user: x, password: \"${MAIL_PASSWORD}\", security: none}\n", "read on the way"},
		{"a password in the file", mail, "mail: {server: s.example, from: a@b.example, user: x, password: verysecret}\n", "must not stand in a file"},
		{"nowhere to unsubscribe", mail, "mail: {server: s.example, from: a@b.example, unsubscribe: here}\n", "nobody can unsubscribe"},
		{"a header smuggled in", mail, "mail: {server: s.example, from: a@b.example, unsubscribe: [\"mailto:a@b.example>\\nBcc: x\"]}\n", "nobody can unsubscribe"},
		{"no sender", mail, "mail: {server: s.example}\n", `"from" is missing`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := reporting(c.main, "", c.without)
			if m := onlyMistake(t, err); !strings.Contains(m.Text, c.text) || m.Line == 0 || strings.Contains(err.Error(), "verysecret") {
				t.Errorf("got %v, want %q", err, c.text)
			}
		})
	}
}

func TestSendersAreReadWhole(t *testing.T) {
	cfg, err := reporting(`slack: {token_file: secrets/slack, url: "http://127.0.0.1:9/api/"}
mail: {server: smtp.acme.example, security: tls, user: u, password: "${MAIL_PASSWORD}", from: Fairlead <f@acme.example>, unsubscribe: ["mailto:f@acme.example?subject=stop", "https://acme.example/stop"]}
metrics: {listen: "0.0.0.0:9090", public: true}
`, "", senders)
	if err != nil {
		t.Fatal(err)
	}
	if s := cfg.Slack; s.Token.Reveal() != "xoxb-from-file" || s.URL != "http://127.0.0.1:9/api/" {
		t.Errorf("got %+v", s)
	}
	if m := cfg.Mail; m.Server != "smtp.acme.example:465" || m.Security != TLS || m.Password.Reveal() != "pw" || m.From.Name != "Fairlead" || len(m.Unsubscribe) != 2 {
		t.Errorf("got %+v", m)
	}
	if cfg.Metrics.Listen != "0.0.0.0:9090" || !slices.Contains(cfg.Files, "secrets/slack") {
		t.Errorf("got %+v, files %q", cfg.Metrics, cfg.Files)
	}
}

func TestWhenAReportLeaves(t *testing.T) {
	for _, c := range []struct{ entry, cron, zone string }{
		{"{to: file:a}", "0 9 * * 1", "<nil>"},
		{"{to: file:a, at: Friday 17:05}", "5 17 * * 5", "<nil>"},
		{"{to: file:a, at: sunday 0:00}", "0 0 * * 0", "<nil>"},
		{"{to: file:a, cron: 30 8 * * 2, timezone: America/New_York}", "30 8 * * 2", "America/New_York"},
		{"{to: file:a, cron: \"@weekly\"}", "@weekly", "<nil>"},
	} {
		cfg, err := reporting("reports: ["+c.entry+"]\n", "")
		if err != nil {
			t.Errorf("%s: %v", c.entry, err)
			continue
		}
		w := cfg.Reports[0].When
		zone := "<nil>"
		if w.Zone != nil {
			zone = w.Zone.String()
		}
		if w.Cron != c.cron || zone != c.zone || w.CatchUp != 7*24*time.Hour {
			t.Errorf("%s: got %+v", c.entry, w)
		}
	}
	cfg, err := reporting("", "report: {to: file:a, catch_up: 3d}\n")
	if err != nil || cfg.Reports[0].When.CatchUp != 3*24*time.Hour || !cfg.Reports[0].Own {
		t.Errorf("got %+v, %v", cfg.Reports, err)
	}
}

func TestWhatPeopleMute(t *testing.T) {
	cfg, err := reporting("", "")
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{"lee": "", "sam": "U012AB3CD reports reminders", "dana": "reminders", "jo": "U99 reports reminders", "kim": ""} {
		p, _ := cfg.Directory.Person(id)
		if got := strings.TrimSpace(p.Slack + " " + strings.Join(p.Mutes, " ")); got != want {
			t.Errorf("%s: got %q, want %q", id, got, want)
		}
	}
	for what, text := range map[string]string{
		"people: [{id: lee, mute: everything}]\n": "everything", "people: [{id: lee, slack: lee}]\n": "no Slack member id",
		"people: crew.csv\n": "cannot be muted",
	} {
		fsys := fstest.MapFS{
			"fairlead.yaml": {Data: []byte(oneSource)}, "org.yaml": {Data: []byte(what + "teams: [{id: payments}]\n")},
			"crew.csv": {Data: []byte("id,mute\nlee,everything\n")},
		}
		_, err := LoadFS(fsys, "fairlead.yaml", tokens)
		if m := onlyMistake(t, err); !strings.Contains(m.Error(), text) {
			t.Errorf("%s: got %v, want %q", what, m, text)
		}
	}
}

func TestAChannelsNameStaysAndHoldsNoSecret(t *testing.T) {
	const main = "reports: [{to: [\"slack:${HOOK}\", \"webhook:https://h.acme.example/x?key=verysecret\", \"webhook:https://h.acme.example/x?key=another\", \"webhook:https://h.acme.example/abcdefghijklmnopqrstuvwxyz0\", file:/srv/out, file:out], secret: \"${SECRET}\"}]\n"
	cfg, err := reporting(main, "")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, r := range cfg.Reports {
		names[r.Channel] = true
		if strings.Contains(r.Channel, "secret") || strings.Contains(r.Channel, "another") || strings.Contains(r.Channel, "abcdef") {
			t.Errorf("%s shows a secret", r.Channel)
		}
	}
	if len(names) != 6 || !names["file:out"] || !names["slack:${HOOK}"] {
		t.Errorf("got %v, want six names that differ", names)
	}
	// The same folder has one name wherever the process was started.
	for _, dir := range []string{".", "etc/fairlead"} {
		l := loader{main: dir + "/fairlead.yaml"}
		if got := l.seenFromMain(beside(l.main, "./out")); got != "out" {
			t.Errorf("seen from %s the folder is %q", dir, got)
		}
	}
}

// TestTheFilesInTheDocsOfDeliveringLoad reads the blocks of docs/delivering.md as
// the files that they say they are.
func TestTheFilesInTheDocsOfDeliveringLoad(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "delivering.md"))
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{"org.yaml": {Data: []byte(reportedOrg)}, "crew.csv": {Data: []byte(crew)}}
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
		name, rest, _ := strings.Cut(strings.TrimPrefix(b[2], "# "), "\n")
		if name == "fairlead.yaml" {
			rest = oneSource + "teams: teams/*.yaml\n" + rest
		}
		fsys[name] = &fstest.MapFile{Data: []byte(rest)}
	}
	cfg, err := LoadFS(fsys, "fairlead.yaml", environ(map[string]string{
		"JIRA_TOKEN": "t", "SLACK_TOKEN": "xoxb-1", "MAIL_PASSWORD": "pw", "FAIRLEAD_WEBHOOK_SECRET": "s",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(cfg.Reports); got != 8 {
		t.Errorf("%d places are read, want 8: %q", got, places(cfg))
	}
}
