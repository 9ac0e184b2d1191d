package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/simulator"
)

// long is a week whose thread takes several messages.
var long = sync.OnceValue(func() reports.Report { return build(reporttest.Hostile()) })

// attempt delivers once and keeps what was recorded.
func attempt(t *testing.T, c *Channel, d reports.Delivery) (latest reports.Receipt, err error) {
	t.Helper()
	latest = d.Earlier
	done, err := c.Deliver(t.Context(), d, func(r reports.Receipt) error { latest = r; return nil })
	if err == nil && done != latest {
		t.Errorf("the last receipt recorded is %+v, the one returned %+v", latest, done)
	}
	return latest, err
}

func TestThePartsStandInOneThread(t *testing.T) {
	w := newWorkspace(t, simulator.SlackScopes()...)
	receipt, err := attempt(t, w.channel(t, "#payments"), reporttest.Parcel(long()))
	if err != nil {
		t.Fatal(err)
	}
	all := w.Messages("payments")
	if len(all) < 4 {
		t.Fatalf("%d messages, want the report, two for its details and the picture", len(all))
	}
	for i, m := range all {
		if i == 0 && m.Thread != "" || i > 0 && m.Thread != all[0].TS {
			t.Errorf("message %d stands in thread %q", i, m.Thread)
		}
	}
	if last := all[len(all)-1]; len(last.Files) != 1 || last.Files[0].Alt == "" || last.Files[0].Title != pictureTitle {
		t.Errorf("the last message is %+v, want the picture with its words", last)
	}
	if !strings.Contains(receipt.Place, all[0].TS) || receipt.Digest == "" {
		t.Errorf("receipt = %+v", receipt)
	}
}

// Every request may be the one whose answer is lost: the process notices that
// (and is told nothing), or ends there (and an attempt is unsure).
func TestALostAnswerAtAnyRequestLeavesOneReport(t *testing.T) {
	for _, label := range []string{"#payments", "dana@acme.example"} {
		calm := newWorkspace(t, simulator.SlackScopes()...)
		if _, err := attempt(t, calm.channel(t, label), reporttest.Parcel(long())); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprint(calm.delivered(t, label))
		requests := len(calm.log.Lines())
		for lost := range requests {
			for _, ended := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, request %d of %d (the process ends: %v)", label, lost+1, requests, ended), func(t *testing.T) {
					w := newWorkspace(t, simulator.SlackScopes()...)
					w.spoil(simulator.Fault{After: lost, Times: 1, Do: simulator.LoseAnswer})
					c, d := w.channel(t, label), reporttest.Parcel(long())
					before := reports.Receipt{}
					_, err := c.Deliver(t.Context(), d, func(r reports.Receipt) error {
						if !ended || !strings.Contains(r.Ref, `"unsure":true`) { // a process that ended notes nothing
							before = r
						}
						return nil
					})
					if err == nil {
						t.Fatal("the lost answer was not noticed")
					}
					d.Earlier, d.Unsure = before, ended
					for range 5 {
						if d.Earlier, err = attempt(t, c, d); err == nil {
							break
						}
						d.Unsure = false
					}
					if err != nil {
						t.Fatal(err)
					}
					if got := fmt.Sprint(w.delivered(t, label)); got != want {
						t.Errorf("there is\n%s\nwant\n%s", got, want)
					}
				})
			}
		}
	}
}

func TestHistoryThatLagsMakesNoSecondMessage(t *testing.T) {
	w := newWorkspace(t, simulator.SlackScopes()...)
	w.spoil(simulator.Fault{Match: simulator.PathHas("chat.postMessage"), Times: 1, Do: simulator.LoseAnswer})
	c, d := w.channel(t, "#payments"), reporttest.Parcel(build(reporttest.NormalWeek()))
	var err error
	if d.Earlier, err = attempt(t, c, d); err == nil {
		t.Fatal("the lost answer was not noticed")
	}
	w.Lag(1)
	d.Unsure = true
	d.Earlier, err = attempt(t, c, d)
	var delay *reports.Delay
	if !errors.As(err, &delay) || delay.After < 30*time.Second {
		t.Fatalf("err = %v, want a pause before the second look", err)
	}
	if n := len(w.Messages("payments")); n != 1 {
		t.Fatalf("%d messages", n)
	}
	w.Lag(0)
	if d.Earlier, err = attempt(t, c, d); err != nil {
		t.Fatal(err)
	}
	top := 0
	for _, m := range w.Messages("payments") {
		if m.Thread == "" {
			top++
		}
	}
	if top != 1 {
		t.Errorf("%d reports stand there", top)
	}
}

func TestACorrectionChangesWhatStandsThere(t *testing.T) {
	for _, c := range []struct {
		name         string
		first, later reports.Report
	}{
		{"the same parts", build(reporttest.NormalWeek()), build(reporttest.EveryEnding())},
		{"fewer parts", long(), build(reporttest.QuietWeek())},
		{"more parts", build(reporttest.QuietWeek()), long()},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorkspace(t, simulator.SlackScopes()...)
			ch, d := w.channel(t, "#payments"), reporttest.Parcel(c.first)
			var err error
			if d.Earlier, err = attempt(t, ch, d); err != nil {
				t.Fatal(err)
			}
			first := w.Messages("payments")[0].TS
			d.Report = c.later
			if d.Earlier, err = attempt(t, ch, d); err != nil {
				t.Fatal(err)
			}
			fresh := newWorkspace(t, simulator.SlackScopes()...)
			if _, err := attempt(t, fresh.channel(t, "#payments"), d2(d)); err != nil {
				t.Fatal(err)
			}
			if got, want := w.sorted(t), fresh.sorted(t); got != want {
				t.Errorf("there is\n%s\nwant\n%s", got, want)
			}
			if all := w.Messages("payments"); all[0].TS != first || !all[0].Edited {
				t.Errorf("the message was not changed in place: %+v", all[0])
			}
			n := len(w.log.Lines())
			if _, err := attempt(t, ch, d); err != nil || len(w.log.Lines()) != n {
				t.Errorf("the same again: %d requests, %v", len(w.log.Lines())-n, err)
			}
		})
	}
}

// d2 is the delivery as if it were the first.
func d2(d reports.Delivery) reports.Delivery {
	d.Earlier = reports.Receipt{}
	return d
}

// sorted are the texts with files last: an upload is not made twice for the
// order's sake.
func (w *workspace) sorted(t *testing.T) string {
	var texts, files []string
	for _, m := range w.Messages("payments") {
		if len(m.Files) > 0 {
			files = append(files, words(t, m))
		} else {
			texts = append(texts, words(t, m))
		}
	}
	return strings.Join(append(texts, files...), "\n---\n")
}

func TestACrashDuringACorrectionIsMadeUpFor(t *testing.T) {
	for n := range 8 {
		w := newWorkspace(t, simulator.SlackScopes()...)
		ch, d := w.channel(t, "#payments"), reporttest.Parcel(long())
		var err error
		if d.Earlier, err = attempt(t, ch, d); err != nil {
			t.Fatal(err)
		}
		d.Report = build(reporttest.NormalWeek())
		w.spoil(simulator.Fault{After: n, Times: 1, Do: simulator.LoseAnswer})
		for range 5 {
			if d.Earlier, err = attempt(t, ch, d); err == nil {
				break
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		fresh := newWorkspace(t, simulator.SlackScopes()...)
		if _, err := attempt(t, fresh.channel(t, "#payments"), d2(d)); err != nil {
			t.Fatal(err)
		}
		if got, want := w.sorted(t), fresh.sorted(t); got != want {
			t.Errorf("answer %d lost: there is\n%s\nwant\n%s", n+1, got, want)
		}
	}
}

func TestWhatAPersonDeletedStaysDeleted(t *testing.T) {
	w := newWorkspace(t, simulator.SlackScopes()...)
	ch, d := w.channel(t, "#payments"), reporttest.Parcel(build(reporttest.NormalWeek()))
	var err error
	if d.Earlier, err = attempt(t, ch, d); err != nil {
		t.Fatal(err)
	}
	for _, m := range w.Messages("payments") {
		w.Remove("payments", m.TS)
	}
	d.Report = build(reporttest.EveryEnding())
	receipt, err := attempt(t, ch, d)
	if err != nil || !strings.Contains(receipt.Place, "somebody deleted it") || receipt.Digest == "" {
		t.Errorf("receipt = %+v, %v", receipt, err)
	}
	if n := len(w.Messages("payments")); n != 0 {
		t.Errorf("%d messages were posted again", n)
	}
}

func TestWithoutThePermissionForFilesTheReportArrives(t *testing.T) {
	w := newWorkspace(t, "chat:write", "channels:read", "channels:history")
	receipt, err := attempt(t, w.channel(t, "#payments"), reporttest.Parcel(build(reporttest.NormalWeek())))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(receipt.Place, "without its picture: Slack answered missing_scope (needed: files:write)") {
		t.Errorf("place = %q", receipt.Place)
	}
	if all := w.Messages("payments"); len(all) != 2 {
		t.Errorf("%d messages, want the report and its details", len(all))
	}
}

func TestAnswersAreJudged(t *testing.T) {
	word := func(w string) func(*workspace) {
		return func(ws *workspace) {
			ws.spoil(simulator.Fault{Do: simulator.Reply(200, `{"ok":false,"error":"`+w+`"}`)})
		}
	}
	for _, c := range []struct {
		name    string
		channel string
		change  func(w *workspace)
		refused bool
		wait    time.Duration
		want    string
	}{
		{"a channel that does not exist", "#nowhere", nil, true, 0, "check that #nowhere exists"},
		{"an id that does not exist", "C0NOWHERE", nil, true, 0, "check that C0NOWHERE exists"},
		{"nobody of that member id", "U0NOBODY1", nil, true, 0, "nobody in this workspace"},
		{"nobody of that address", "eve@evil.example", nil, true, 0, "nobody in this workspace has the address"},
		{"a channel without the app", "#payments", word("not_in_channel"), true, 0, "/invite @fairlead"},
		{"an archived channel", "#payments", func(w *workspace) { w.Archive("payments") }, true, 0, "name another channel"},
		{"a channel for some", "#payments", func(w *workspace) { w.Lock("payments") }, true, 0, "let the app post there"},
		{"a revoked token", "#payments", func(w *workspace) { w.Revoke("token_revoked") }, true, 0, "install the app"},
		{"a token that is none", "#payments", func(w *workspace) { w.Revoke("invalid_auth") }, true, 0, "check the token"},
		{"an account that ended", "#payments", func(w *workspace) { w.Revoke("account_inactive") }, true, 0, "install the app"},
		{"a scope that is missing", "#payments", word("missing_scope"), true, 0, "docs/channels.md"},
		{"a word nobody knows", "#payments", word("something_new"), true, 0, "something_new"},
		{"too many requests", "#payments", func(w *workspace) { w.spoil(simulator.Fault{Do: simulator.Status(429, "Retry-After", "90")}) }, false, 90 * time.Second, "ratelimited"},
		{"half done, says Slack", "#payments", word("internal_error"), false, 0, "Slack is asked before the next attempt"},
		{"away for a moment", "#payments", word("service_unavailable"), false, 0, "not able to just now"},
		{"a server error", "#payments", func(w *workspace) { w.spoil(simulator.Fault{Do: simulator.Status(502)}) }, false, 0, "502"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorkspace(t, simulator.SlackScopes()...)
			if c.change != nil {
				c.change(w)
			}
			_, err := attempt(t, w.channel(t, c.channel), reporttest.Parcel(build(reporttest.NormalWeek())))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "SECRET") {
				t.Fatalf("err = %v, want one with %q", err, c.want)
			}
			if got := reports.IsRefusal(err); got != c.refused {
				t.Errorf("refused: %v, want %v: %v", got, c.refused, err)
			}
			var delay *reports.Delay
			if errors.As(err, &delay) != (c.wait > 0) || delay != nil && delay.After != c.wait {
				t.Errorf("delay %+v, want %v", delay, c.wait)
			}
		})
	}
}

func TestALimitInTheMiddleGoesOnWhereItStood(t *testing.T) {
	w := newWorkspace(t, simulator.SlackScopes()...)
	w.spoil(simulator.Fault{Match: simulator.PathHas("chat.postMessage"), After: 1, Times: 2, Do: simulator.Status(429, "Retry-After", "1")})
	c, d := w.channel(t, "#payments"), reporttest.Parcel(long())
	tries := 0
	for range 5 {
		tries++
		var err error
		if d.Earlier, err = attempt(t, c, d); err == nil {
			break
		}
	}
	if n := len(w.Messages("payments")); tries != 3 || n != len(NewMessage(d.Report).posts())+1 {
		t.Errorf("after %d attempts there are %d messages", tries, n)
	}
}

func TestWhereSlackCannotBeAskedAPersonDecides(t *testing.T) {
	w := newWorkspace(t, "chat:write", "files:write") // no scope to read
	c, d := w.channel(t, "#payments"), reporttest.Parcel(build(reporttest.NormalWeek()))
	d.Unsure = true
	var err error
	d.Earlier, err = attempt(t, c, d)
	if !reports.IsRefusal(err) || !strings.Contains(err.Error(), "it may have arrived") || !strings.Contains(err.Error(), "fairlead deliveries retry") {
		t.Fatalf("err = %v", err)
	}
	if n := len(w.Messages("payments")); n != 0 {
		t.Errorf("%d messages were posted", n)
	}
	d.Unsure = false // somebody looked, and sent it again
	if _, err := attempt(t, c, d); err != nil || len(w.Messages("payments")) == 0 {
		t.Errorf("after the decision: %v", err)
	}
}

func TestAnIncomingWebhookIsNeverUsedTwiceOnSuspicion(t *testing.T) {
	w := newWorkspace(t)
	c, err := New(Options{WebhookURL: w.url + w.Hook("payments"), Channel: "#payments"})
	if err != nil {
		t.Fatal(err)
	}
	d := reporttest.Parcel(build(reporttest.NormalWeek()))
	w.spoil(simulator.Fault{Times: 1, Do: simulator.LoseAnswer})
	for _, unsure := range []bool{false, true} {
		d.Unsure = unsure
		if d.Earlier, err = attempt(t, c, d); !reports.IsRefusal(err) || !strings.Contains(err.Error(), "cannot be asked") {
			t.Fatalf("unsure %v: err = %v", unsure, err)
		}
	}
	if n := len(w.Messages("payments")); n != 1 {
		t.Errorf("%d messages", n)
	}
	d.Unsure = false // somebody looked, and sent it again
	if _, err = attempt(t, c, d); err != nil || len(w.Messages("payments")) != 2 {
		t.Errorf("after the decision there are %d messages: %v", len(w.Messages("payments")), err)
	}
}

func TestWhatWasNeverSentIsNoReasonToAsk(t *testing.T) {
	w := newWorkspace(t)
	for name, o := range map[string]Options{
		"webhook": {WebhookURL: "http://127.0.0.1:1/services/SECRET"}, "token": {Token: token, Channel: "#payments", URL: "http://127.0.0.1:1/api/"},
		"a name that nobody has": {WebhookURL: "http://nowhere.invalid/services/SECRET"},
	} {
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := attempt(t, c, reporttest.Parcel(build(reporttest.NormalWeek())))
		var delay *reports.Delay
		if !errors.As(err, &delay) || reports.IsRefusal(err) || strings.Contains(receipt.Ref, "unsure") || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: err = %v, note %q", name, err, receipt.Ref)
		}
	}
	if len(w.log.Lines()) != 0 {
		t.Error("something was asked")
	}
}

func TestADirectMessageByMemberID(t *testing.T) {
	w := newWorkspace(t, simulator.SlackScopes()...)
	id := w.AddPerson("Mina", "mina@acme.example")
	if _, err := attempt(t, w.channel(t, id), reporttest.Parcel(build(reporttest.ForTheEM()))); err != nil {
		t.Fatal(err)
	}
	if all := w.Messages("mina@acme.example"); len(all) < 3 {
		t.Errorf("%d messages", len(all))
	}
}

func TestABrokenNoteIsNotGuessedAt(t *testing.T) {
	d := reporttest.Parcel(build(reporttest.NormalWeek()))
	d.Earlier.Ref = "{"
	w := newWorkspace(t)
	if _, err := attempt(t, w.channel(t, "#payments"), d); err == nil || len(w.Messages("payments")) != 0 {
		t.Errorf("err = %v", err)
	}
}

func TestNothingUnfoldsAndNothingIsLookedFor(t *testing.T) {
	w := newWorkspace(t, simulator.SlackScopes()...)
	asked := map[string]string{}
	w.spoil(simulator.Fault{Match: simulator.PathHas("chat.postMessage"), Times: 1, Do: formInto(asked)})
	if _, err := attempt(t, w.channel(t, "#payments"), reporttest.Parcel(build(reporttest.NormalWeek()))); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"unfurl_links": "false", "unfurl_media": "false", "link_names": "false", "parse": "none", "mrkdwn": "false"} {
		if asked[name] != want {
			t.Errorf("%s = %q, want %q", name, asked[name], want)
		}
	}
	var md struct {
		EventType    string         `json:"event_type"`
		EventPayload map[string]any `json:"event_payload"`
	}
	if err := json.Unmarshal([]byte(asked["metadata"]), &md); err != nil || md.EventType != eventType || md.EventPayload["part"] != 0.0 {
		t.Errorf("metadata = %s, %v", asked["metadata"], err)
	}
}
