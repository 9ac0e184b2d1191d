package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

func TestSendingAgainCorrectsOrRepeatsOrIsLeft(t *testing.T) {
	p := newPost(t, toRoom("#pay"), toMail("em"), toFolder(t.TempDir()))
	all := SendRequest{Team: "payments", Week: "last", To: "all"}
	said := func(sent []Sent, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := SentText(&b, sent); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := said(p.Send(t.Context(), all))
	for _, want := range []string{"payments for em, 2026-W46, to email:lee@acme.example: delivered (at email", "payments, 2026-W46, to slack:#pay: delivered", "to file:reports: delivered"} {
		if !strings.Contains(first, want) {
			t.Errorf("at first it says\n%swant %q", first, want)
		}
	}
	second := said(p.Send(t.Context(), all))
	for _, want := range []string{
		`to email:lee@acme.example: delivered already, on Monday 16 November 2026, 08:00 UTC; to send it again: fairlead deliveries retry "payments em" 2026-W46 "email:lee@acme.example" --again`,
		"to slack:#pay: is there as the report is now", "to file:reports: is there as the report is now",
	} {
		if !strings.Contains(second, want) {
			t.Errorf("then it says\n%swant %q", second, want)
		}
	}
	posts := p.arrived["slack:#pay"]
	if len(posts) != 2 || posts[1].Earlier.Ref == "" || p.got("email:lee@acme.example") != "2026-W46" {
		t.Errorf("Slack was told %+v, by mail %q arrived", posts, p.got("email:lee@acme.example"))
	}
	mail := RetryRequest{Report: "payments em", Week: "2026-W46", Channel: "email:lee@acme.example"}
	if _, err := p.Retry(t.Context(), mail); !IsRequestMistake(err) {
		t.Errorf("err = %v, want that it was delivered", err)
	}
	mail.Again = true
	p.line.at = monday.Add(3 * time.Hour)
	if again := said(p.Retry(t.Context(), mail)); !strings.Contains(again, "delivered (at email") {
		t.Errorf("again it says %q", again)
	}
	mails := p.arrived["email:lee@acme.example"]
	if len(mails) != 2 || mails[0].ID == mails[1].ID || !mails[1].At.Equal(p.line.at) || mails[1].Earlier != (reports.Receipt{}) {
		t.Errorf("mails are %+v, want the second as one of its own, from the beginning", mails)
	}
}

func TestAReportThatIsSentLeavesOnScheduleNoMore(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	p.line.at = monday.Add(-time.Hour) // it is due in an hour
	if _, err := p.Send(t.Context(), SendRequest{Week: "last", To: "slack"}); err != nil {
		t.Fatal(err)
	}
	p.line.at = monday.Add(time.Hour)
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	for i, d := range p.arrived["slack:#pay"] {
		if i > 0 && d.Earlier.Ref == "" {
			t.Errorf("it was posted anew: %+v", d)
		}
	}
	// A week that runs has no report to send.
	sent, err := p.Send(t.Context(), SendRequest{Week: "this", To: "slack"})
	if err != nil || len(sent) != 1 || !strings.Contains(sent[0].Outcome, "week 2026-W47 is not over") {
		t.Errorf("of the running week: %+v, %v", sent, err)
	}
}

func TestAPreviewShowsAllAndDoesNothing(t *testing.T) {
	p := newPost(t, toRoom("#pay"), toMail("members"), toMail("em"))
	seen, err := p.Preview(t.Context(), SendRequest{Team: "payments", Week: "2026-W46", To: "all"})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := PreviewText(&b, seen); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Report of payments, 2026-W46, to slack:#pay\nto: slack:#pay\n--- message (text/plain)\n", "Report of payments for em, 2026-W46, to email:lee@acme.example",
		"note: not sent: mina has muted reports", "Nothing was sent and nothing stored.",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the preview lacks %q:\n%s", want, b.String())
		}
	}
	all, err := p.store.Deliveries(t.Context(), time.Time{})
	if err != nil || len(all) > 0 || len(p.arrived) > 0 {
		t.Errorf("the outbox holds %+v, %v; %v arrived", all, err, p.arrived)
	}
	binary := previewedPart(reports.Part{Name: "trend.png", Type: "image/png", Content: []byte("\x89PNG")})
	text, err := json.Marshal(binary)
	if err != nil || binary.Text != "" || !strings.Contains(string(text), `"data":"iVBORw=="`) {
		t.Errorf("a picture is previewed as %s, %v", text, err)
	}
}

func TestDoctorTellsWhatReachedNobody(t *testing.T) {
	p := newPost(t, toRoom("#pay"), toMail("em"), toMail("members"))
	p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		return &reports.Refusal{Err: errors.New("there is no channel #pay"), Fix: "invite the app to it"}
	}
	p.trouble["email:lee@acme.example"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		return errors.New("451 come back later")
	}
	_ = p.run()
	p.line.at = monday.Add(50 * time.Hour)
	_ = p.run()
	e, err := p.Doctor(t.Context(), DoctorRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := e.Text(&b); err != nil {
		t.Fatal(err)
	}
	// The team's report reached a member; the EM's reached nobody.
	for _, want := range []string{
		"Deliveries of the last four weeks\n  1 report arrived\n",
		"- payments, 2026-W46, to slack:#pay was refused and waits for you; it was due 2 days ago\n    there is no channel #pay\n    invite the app to it\n",
		"! payments for em, 2026-W46, to email:lee@acme.example has not arrived; it was due 2 days ago\n    451 come back later\n    it is tried again from",
		`sooner with: fairlead deliveries retry "payments em" 2026-W46 "email:lee@acme.example"`,
		"  1 report was sent to nobody: mina has muted reports in the org file\n",
		"  next report on Monday 23 November 2026, 08:00 UTC: payments\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("doctor does not say %q:\n%s", want, b.String())
		}
	}
	if lines := strings.Count(b.String(), "\n! "); e.Deliveries.unread() != 1 || lines != e.Wrong {
		t.Errorf("%d reports reached nobody, %d lines are marked, %d things are wrong", e.Deliveries.unread(), lines, e.Wrong)
	}
	text, err := json.Marshal(e.Deliveries)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"state":"refused"`, `"reached_nobody":true`, `"next_due":[{"team":"payments","at":"2026-11-23T09:00:00+01:00"}]`, `"due_seconds_ago":180000`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("JSON lacks %s:\n%s", want, text)
		}
	}
	// Once a later report arrives, the earlier one is a note.
	p.trouble = map[string]func(context.Context, reports.Delivery, func(reports.Receipt) error) error{}
	p.line.at = monday.Add(aWeek + time.Hour)
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if e, err = p.Doctor(t.Context(), DoctorRequest{}); err != nil || e.Deliveries.unread() != 0 || len(e.Deliveries.Troubled) == 0 {
		t.Errorf("a week later %+v, %v, want what was refused as a note", e.Deliveries, err)
	}
}

// A channel that puts the token into its error is one that nobody should write;
// it shows nowhere all the same.
func TestNoSecretOfAChannelIsShownOrStored(t *testing.T) {
	const secret = "xoxb-9f8e-never-shown"
	p := newPost(t, toRoom("#pay"), with(toRoom("${HOOK}"), func(r *config.Report) { r.Address = config.NewSecret("https://hooks.example/" + secret) }))
	p.cfg().Slack.Token = config.NewSecret(secret)
	var logged bytes.Buffer
	p.log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(zapcore.AddSync(&logged)), zapcore.DebugLevel))
	for name := range map[string]bool{"slack:#pay": true, "slack:${HOOK}": true} {
		p.trouble[name] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
			return fmt.Errorf("POST https://hooks.example/%s: invalid_auth", secret)
		}
	}
	err := p.run()
	if err == nil || !strings.Contains(err.Error(), "invalid_auth") {
		t.Errorf("err = %v", err)
	}
	all, listed := p.Deliveries(t.Context(), DeliveryFilter{})
	if listed != nil || len(all) != 2 {
		t.Fatalf("the outbox holds %+v, %v", all, listed)
	}
	_, sent := p.Send(t.Context(), SendRequest{Week: "last", To: "slack"})
	for where, text := range map[string]string{
		"the error": err.Error(), "the log": logged.String(), "the outbox": fmt.Sprintf("%+v", all), "what sending says": fmt.Sprint(sent),
		"the metrics": metricsText(t, p),
	} {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows the secret:\n%s", where, text)
		}
	}
}

func TestWhatNoConfigurationLeadsToAnyMoreIsTold(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error { return errors.New("503") }
	_ = p.run()
	p.cfg().Reports = []config.Report{toRoom("#payments")}
	p.line.at = monday.Add(time.Hour)
	if err := p.run(); err != nil || p.got("slack:#payments") != "2026-W46" {
		t.Errorf("%v, %q arrived at the new channel", err, p.got("slack:#payments"))
	}
	if d := p.stands("slack:#pay", "2026-W46"); d.State != store.Missed || d.Trouble != "503" {
		t.Errorf("it stands as %+v", d)
	}
	_, err := p.Retry(t.Context(), RetryRequest{Report: "payments team", Week: "2026-W46", Channel: "slack:#pay"})
	if !IsRequestMistake(err) || !strings.Contains(err.Error(), "any more") {
		t.Errorf("err = %v", err)
	}
}

func TestWhoTakesASeatLaterGetsWhatIsTheirs(t *testing.T) {
	p := newPost(t, toMail("em"))
	handover := monday.Add(24 * time.Hour)
	p.people(t, org.Team{ID: "payments", EMs: []org.Seat{{Person: "lee", Span: org.Span{To: handover}}, {Person: "sam", Span: org.Span{From: handover}}}})
	p.line.at = monday.Add(2 * time.Hour) // nine o'clock in UTC is over
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	p.line.at = monday.Add(aWeek + 2*time.Hour)
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if p.got("email:lee@acme.example") != "2026-W46" || p.got("email:sam@acme.example") != "2026-W47" {
		t.Errorf("lee got %q, sam %q", p.got("email:lee@acme.example"), p.got("email:sam@acme.example"))
	}
}

func TestTheNameOfAReportTellsWhoseItIs(t *testing.T) {
	for _, c := range []struct{ report, team, reader, said string }{
		{"payments team", "payments", "team", "payments"},
		{"payments em", "payments", "em", "payments for em"},
		{"core platform em-pm", "core platform", "em-pm", "core platform for em-pm"},
		{"core platform team", "core platform", "team", "core platform"},
		{"organisation", "", "organisation", "organisation"},
		{"leader dana", "", "dana", "leader dana"},
		{"leader dana ruiz", "", "dana ruiz", "leader dana ruiz"},
		{"reminder for dana ruiz 2026-11-16", "", "reminder for dana ruiz 2026-11-16", "reminder for dana ruiz 2026-11-16"},
	} {
		team, reader := readBy(c.report)
		if said := whoseReport(c.report); team != c.team || reader != c.reader || said != c.said {
			t.Errorf("%q is read as of %q for %q, %q; want %q, %q, %q", c.report, team, reader, said, c.team, c.reader, c.said)
		}
	}
}

func TestWhatMayHaveArrivedIsSaidToWaitForAPerson(t *testing.T) {
	p := newPost(t, with(toRoom("${HOOK}"), func(r *config.Report) { r.Address = config.NewSecret("https://hooks.example/services/x") }))
	p.trouble["slack:${HOOK}"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		return &reports.Refusal{Err: errors.New("it may have arrived"), Fix: "look in the channel", Unsure: true}
	}
	_, err := p.Send(t.Context(), SendRequest{Week: "last", To: "slack"})
	want := "it may have arrived\n\tlook in the channel\n\tto have it sent then: fairlead deliveries retry \"payments team\" 2026-W46 'slack:${HOOK}'"
	if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "once a day") {
		t.Errorf("err = %v, want %q", err, want)
	}
}

// It is Monday in Auckland already, and still Sunday for the others.
func TestAWeekThatHasBegunForATeamCanBeAskedForByItsName(t *testing.T) {
	p := newPost(t, toFolder(t.TempDir()))
	p.people(t, org.Team{ID: "kiwis", EMs: []org.Seat{{Person: "lee"}}, Location: zone(t, "Pacific/Auckland")}, org.Team{ID: "payments", Location: zone(t, "Europe/Berlin")})
	p.line.at = time.Date(2026, time.November, 15, 20, 0, 0, 0, time.UTC)
	sent, err := p.Send(t.Context(), SendRequest{Team: "kiwis", Week: "2026-W47", To: "file"})
	if err != nil || len(sent) != 1 || sent[0].Week != "2026-W47" {
		t.Errorf("sent: %+v, %v", sent, err)
	}
	if _, err := p.Send(t.Context(), SendRequest{Team: "payments", Week: "2026-W47", To: "file"}); !IsRequestMistake(err) {
		t.Errorf("err = %v, want that the week has not begun", err)
	}
}

func TestAMailThatIsSentAgainIsTheSameOneAfterACrash(t *testing.T) {
	p := newPost(t, toMail("em"))
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	const to = "email:lee@acme.example"
	var ids []string
	p.trouble[to] = func(_ context.Context, d reports.Delivery, _ func(reports.Receipt) error) error {
		if ids = append(ids, d.ID); len(ids) == 1 {
			return errors.New("the connection broke")
		}
		return nil
	}
	p.line.at = p.line.at.Add(time.Hour)
	if _, err := p.Retry(t.Context(), RetryRequest{Report: "payments em", Week: "2026-W46", Channel: to, Again: true}); err == nil {
		t.Fatal("nothing stood in the way")
	}
	p.line.at = p.line.at.Add(time.Hour)
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if len(ids) != 2 || ids[0] != ids[1] || ids[0] == p.arrived[to][0].ID {
		t.Errorf("it left as %q, want twice the same, and not %s", ids, p.arrived[to][0].ID)
	}
}

func TestADeliveryIsNamedAsItIsListed(t *testing.T) {
	p := newPost(t, toRoom("#pay"), toMail("em"))
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	all, err := p.Deliveries(t.Context(), DeliveryFilter{})
	if err != nil || len(all) != 2 {
		t.Fatalf("%d deliveries, %v", len(all), err)
	}
	for _, d := range all {
		for _, name := range []string{d.Report, whoseReport(d.Report)} {
			if sent, err := p.Retry(t.Context(), RetryRequest{Report: name, Week: d.Week, Channel: d.Channel, Again: true}); err != nil || len(sent) != 1 || sent[0].Report != d.Report {
				t.Errorf("%q to %s: %+v, %v", name, d.Channel, sent, err)
			}
		}
	}
}

func TestTheCommandThatTriesAgainCanBePastedIntoAShell(t *testing.T) {
	for channel, want := range map[string]string{
		"slack:#pay": `"slack:#pay"`, "email:lee@acme.example": `"email:lee@acme.example"`, "slack:${HOOK}": `'slack:${HOOK}'`,
		"file:it's `x`": "'file:it'\\''s `x`'", "file:Lee's": `"file:Lee's"`,
	} {
		got := retryLine(store.DeliveryKey{Report: "payments team", Week: "2026-W46", Channel: channel})
		if want = `fairlead deliveries retry "payments team" 2026-W46 ` + want; got != want {
			t.Errorf("it reads %s, want %s", got, want)
		}
	}
}

// A shell has put the address in the place of its variable.
func TestAnAddressInThePlaceOfItsNameIsNotShown(t *testing.T) {
	const secret = "https://hooks.example/services/never-shown"
	p := newPost(t, with(toRoom("${HOOK}"), func(r *config.Report) { r.Address = config.NewSecret(secret) }))
	_, err := p.Retry(t.Context(), RetryRequest{Report: "payments team", Week: "2026-W46", Channel: "slack:" + secret})
	if err == nil || strings.Contains(err.Error(), "never-shown") {
		t.Errorf("err = %v, want one without the address", err)
	}
}
