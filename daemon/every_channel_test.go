package daemon

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// A configuration with every kind of place, the real channels behind them, and
// servers on this machine.
func TestReportsReachEveryKindOfPlaceThatAConfigurationNames(t *testing.T) {
	slack, mail, hook := newWorkspace(t), newPostOffice(t), newReceiver(t)
	slack.AddChannel("eng")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"fairlead.yaml": `
sources: [{jira: "http://127.0.0.1:1", deployment: data-center, name: jira, token: "${TOKEN}", projects: [PAY]}]
org: org.yaml
teams: payments.yaml
slack: {token: "${TOKEN}", url: "` + slack.url + `/api/"}
mail: {server: "` + mail.addr + `", security: none, from: Fairlead <fairlead@acme.example>, unsubscribe: mailto:stop@acme.example}
reports:
  - {to: file:./reports, formats: [text]}
  - {to: "slack:#eng", of: organisation}
  - {to: email:leaders}
  - {to: "slack:${HOOK}", teams: [payments]}
  - {to: "webhook:` + hook.url + `/in", secret: "${TOKEN}"}
`,
		"org.yaml": `
people:
  - {id: lee, name: Lee Park, email: lee@acme.example}
  - {id: sam, name: Sam Holt, email: sam@acme.example}
  - {id: mina, email: mina@acme.example, mute: true}
  - {id: dana, name: Dana Ruiz, email: dana@acme.example, role: director}
  - {id: vera, name: Vera Lind, email: vera@acme.example, role: vp}
teams:
  - {id: payments, em: lee, pm: sam, members: [mina], under: dana, owns: {jira: {projects: [PAY]}}}
`,
		"payments.yaml": "report:\n  to: [slack:#pay, email:em, email:pm, email:members]\n  at: Monday 07:30\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"TOKEN": "xoxb-test", "HOOK": slack.url + strings.TrimPrefix(slack.Hook("eng"), slack.url)}
	cfg, err := config.Load(filepath.Join(dir, "fairlead.yaml"), func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	clock := &line{at: monday.Add(2 * time.Hour)}
	f, err := openBare(t.Context(), cfg, clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	mirrored := finding.Finding{
		Seen: finding.Seen{
			ID: "m", Rule: "feature-without-problem", Team: "payments", Severity: finding.Warn, Audience: finding.ForEM, Actor: "dana",
			Mirror: "You assigned PAY-1 to somebody in Payments.", Reason: "PAY-1 was assigned from outside the chain.",
			Subject: finding.Subject{Kind: finding.AboutTicket, Source: "jira", ID: "1", Key: "PAY-1"},
		},
		State: finding.Open, LastSeen: monday, Spans: []finding.Span{{From: monday.AddDate(0, 0, -3)}},
	}
	if err := f.store.SaveCheck(t.Context(), store.Check{Findings: []finding.Finding{mirrored}}); err != nil {
		t.Fatal(err)
	}

	var previews bytes.Buffer
	seen, err := f.Preview(t.Context(), SendRequest{Week: "last", To: "all"})
	if err != nil {
		t.Fatal(err)
	}
	if err := PreviewText(&previews, seen); err != nil {
		t.Fatal(err)
	}
	for _, secret := range env {
		if strings.Contains(previews.String(), secret) {
			t.Errorf("the preview shows %s", secret)
		}
	}
	for range 2 {
		if _, err := f.deliverDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	states := map[string]string{}
	all, err := f.store.Deliveries(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		states[d.Report+" to "+strings.ReplaceAll(d.Channel, strings.TrimPrefix(hook.url, "http://"), "HOST")] = string(d.State)
	}
	want := map[string]string{
		"payments team to file:reports": "delivered", "organisation to slack:#eng": "delivered", "leader dana to email:dana@acme.example": "delivered",
		"leader vera to email:vera@acme.example": "silent", "payments team to slack:${HOOK}": "delivered", "payments team to webhook:HOST/in": "delivered",
		"payments team to slack:#pay": "delivered", "payments em to email:lee@acme.example": "delivered", "payments em-pm to email:sam@acme.example": "delivered",
		"payments team to email:mina@acme.example": "silent",
	}
	if !maps.Equal(states, want) {
		for _, k := range slices.Sorted(maps.Keys(states)) {
			t.Logf("%s: %s", k, states[k])
		}
		t.Errorf("the outbox differs from %v", want)
	}
	sent, err := f.Send(t.Context(), SendRequest{Week: "last", To: "email"})
	if err != nil || !slices.ContainsFunc(sent, func(s Sent) bool {
		return s.Report == "leader vera" && strings.Contains(s.Outcome, "not sent: there was nothing to tell")
	}) {
		t.Errorf("sent again: %+v, %v, want that there is nothing to tell Vera", sent, err)
	}
	if n := len(slack.Messages("#eng")); n < 2 {
		t.Errorf("in #eng stand %d messages, want the organisation's and the webhook's", n)
	}
	if n := len(mail.arrived()); n != 3 {
		t.Errorf("%d mails arrived, want three: %v", n, mail.arrived())
	}
	if got := hook.arrived(); len(got) != 1 {
		t.Errorf("the webhook took %v", got)
	}
	for _, m := range slices.Concat(slack.Messages("#eng"), slack.Messages("#pay")) {
		if strings.Contains(m.Text+string(m.Blocks), "PAY-1") {
			t.Errorf("a channel shows what is for the EM alone: %s", m.Blocks)
		}
	}
}
