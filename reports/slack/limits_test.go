package slack

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/simulator"
)

// formInto notes what a request asks.
func formInto(asked map[string]string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ParseForm() == nil {
				for name := range r.PostForm {
					asked[name] = r.PostForm.Get(name)
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// taken delivers a report and checks what Slack shows of it.
func taken(t *testing.T, r reports.Report) []simulator.SlackMessage {
	t.Helper()
	w := newWorkspace(t, simulator.SlackScopes()...)
	c := w.channel(t, "#payments")
	if _, err := attempt(t, c, reporttest.Parcel(r)); err != nil {
		t.Fatal(err)
	}
	all := w.Messages("payments")
	for _, m := range all {
		if len(m.Pings) > 0 {
			t.Errorf("a message calls %v", m.Pings)
		}
	}
	if n := shownLines(t, all[0]); n > mostLines {
		t.Errorf("the message takes %d lines of a phone:\n%s", n, words(t, all[0]))
	}
	return all
}

// shownLines is how many lines a phone shows of a message, its fallback left out.
func shownLines(t *testing.T, m simulator.SlackMessage) int {
	t.Helper()
	shown := strings.TrimSuffix(strings.TrimPrefix(words(t, m), m.Text+"\n"), "\n")
	n := 0
	for i, line := range strings.Split(shown, "\n") {
		if i == 0 {
			n += lines(line, headerColumns)
		} else {
			n += lines(line, phoneColumns)
		}
	}
	return n
}

func TestEveryWeekFitsAPhoneAndSlack(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) { taken(t, build(c.Inputs)) })
	}
	t.Run("every section", func(t *testing.T) { taken(t, rich()) })
}

func TestEveryKindOfReportFits(t *testing.T) {
	for name, r := range map[string]reports.Report{
		"organisation": reports.BuildOrg(reporttest.Organisation()), "large organisation": reports.BuildOrg(reporttest.LargeOrganisation(200)),
		"hostile organisation": reports.BuildOrg(reporttest.HostileOrganisation()), "leader": reports.BuildLeader(reporttest.Leader()),
		"hostile leader": reports.BuildLeader(reporttest.HostileLeader()), "reminder": reports.BuildReminder(reporttest.Nudge()),
	} {
		t.Run(name, func(t *testing.T) {
			for _, m := range taken(t, r) {
				t.Log(words(t, m))
			}
		})
	}
}

func TestAReminderIsOneMessage(t *testing.T) {
	r := build(reporttest.NormalWeek())
	item := r.New.Items[0]
	r = reports.Report{Kind: reports.Reminder, Team: r.Team, Week: r.Week, Title: "A reminder for Payments", Headline: `PAY-231 "Bulk export" is still open.`,
		New: reports.List{Items: []reports.Item{item}}, Why: "You get this because Payments agreed to be reminded, at most once a week."}
	all := taken(t, r)
	texts := 0
	for _, m := range all {
		if len(m.Files) == 0 {
			texts++
		}
	}
	if text := words(t, all[0]); texts != 1 || !strings.Contains(text, item.Ask) || !strings.Contains(text, r.Why) || strings.Contains(text, "Seen for the first time") {
		t.Errorf("%d messages, the first:\n%s", texts, text)
	}
	r.Why = strings.Repeat("And more to say. ", 40)
	if all := taken(t, r); !strings.Contains(words(t, all[0]), item.Ask) || !strings.Contains(words(t, all[1]), r.Why[:300]) {
		t.Errorf("the first is:\n%s", words(t, all[0]))
	}
}

func TestNothingOfAReportIsLost(t *testing.T) {
	r := rich()
	var all strings.Builder
	for _, m := range taken(t, r) {
		all.WriteString(words(t, m))
	}
	var wanted []string
	for _, l := range [][]reports.Item{r.New.Items, r.Settled.Items, r.Letters[0].Open.Items, r.StillOpen.Lines[0].Items} {
		for _, i := range l {
			wanted = append(wanted, i.Subject.Key, i.Subject.Title)
		}
	}
	wanted = append(wanted, r.Headline, r.InFlight, r.Why, r.Agenda[0].Text, r.Mirror[0].Text, r.Teams.Hidden, r.Shipped.Items[0].Why, "PAY-88", "Jo and Mina",
		reports.Running(r.Slips[0].Text), r.Numbers[0].Text, r.Experiments[0].Name, r.Experiments[0].Text, r.Retro.Question, r.Retro.Starters[0], r.Retro.Standing, r.Ending[0].Text, r.Data[0])
	for _, text := range wanted {
		if !strings.Contains(all.String(), text) {
			t.Errorf("nothing says %q", text)
		}
	}
}

func TestTextsOfAnyLengthFit(t *testing.T) {
	for name, filler := range map[string]string{
		"ten thousand letters": strings.Repeat("A", 10_000), "words": strings.Repeat("word ", 2000), "wide letters": strings.Repeat("漢", 10_000),
		"signs that grow": strings.Repeat("<&>\"", 2500), "emoji": strings.Repeat("👩‍👩‍👧‍👦", 500), "nothing": "",
	} {
		t.Run(name, func(t *testing.T) {
			r := rich()
			r.Title, r.Headline, r.InFlight, r.Why = filler, filler, filler, filler
			r.Notes, r.Data = []string{filler, filler}, []string{filler, filler, filler}
			for _, l := range []*reports.List{&r.New, &r.Settled, &r.Reopened, &r.Letters[0].Open} {
				for range 12 {
					l.Items = append(l.Items, reports.Item{Subject: reports.Subject{Key: filler, Title: filler, URL: "https://acme.example/" + strings.Repeat("x", 400)},
						Promise: filler, Reason: filler, Ask: filler, Age: filler})
				}
			}
			all := taken(t, r)
			for _, m := range all {
				if len(m.Blocks) > 0 && weight(m.Blocks) > 12_500 {
					t.Errorf("a message weighs %d", weight(m.Blocks))
				}
			}
		})
	}
}

func TestAHeadingIsNeverTheLastOfAMessage(t *testing.T) {
	for rows := 1; rows < 60; rows += 7 {
		for _, size := range []int{20, 300, 500} {
			var all []section
			for range 9 {
				s := section{heading: "A heading"}
				for range rows {
					s.bullet(text(strings.Repeat("x", size)))
				}
				all = append(all, s)
			}
			n := 0
			for _, blocks := range packed(all) {
				if len(blocks) > mostBlocks || weight(blocks) > heaviest+1500 {
					t.Errorf("%d blocks weigh %d", len(blocks), weight(blocks))
				}
				for _, b := range viewOf(Post{Blocks: blocks}).Blocks {
					if len(b.Parts) < 2 {
						t.Errorf("a heading stands alone: %+v", b)
					}
					for _, p := range b.Parts[1:] {
						n += len(p.Lines)
					}
				}
			}
			if n != 9*rows {
				t.Errorf("%d rows, want %d", n, 9*rows)
			}
		}
	}
}

// emoji are pictures and shortcuts for them.
var emoji = regexp.MustCompile(`[\x{2600}-\x{27BF}\x{1F000}-\x{1FAFF}]|:[a-z_]+:`)

func TestThereAreNoMoreThanTwoEmoji(t *testing.T) {
	for _, m := range taken(t, rich()) {
		if found := emoji.FindAllString(words(t, m), -1); len(found) > 2 {
			t.Errorf("a message holds %q", found)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"nothing", Options{}, "neither a token nor a webhook"},
		{"both", Options{Token: token, WebhookURL: "https://hooks.slack.com/services/SECRET", Channel: "#a"}, "both a token and a webhook"},
		{"a token for an app", Options{Token: "xapp-1-SECRET", Channel: "#a"}, "begins with xoxb-"},
		{"a webhook for a token", Options{Token: "https://hooks.slack.com/services/SECRET", Channel: "#a"}, "begins with xoxb-"},
		{"a token in two lines", Options{Token: "xoxb-SECRET\n", Channel: "#a"}, "begins with xoxb-"},
		{"no channel", Options{Token: token}, `no channel ""`},
		{"a channel without its sign", Options{Token: token, Channel: "payments"}, `no channel "payments"`},
		{"a channel that calls everybody", Options{Token: token, Channel: "<!channel>"}, "no channel"},
		{"a name with a line break", Options{Token: token, Channel: "#pay\nments"}, "no channel"},
		{"an address with a name", Options{Token: token, Channel: "Dana <dana@acme.example>"}, "no channel"},
		{"an API that is none", Options{Token: token, Channel: "#a", URL: "slack"}, "leave it out"},
		{"a webhook that is none", Options{WebhookURL: "SECRET"}, "looks like https://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("err = %v, want one with %q and without the secret", err, c.want)
			}
		})
	}
	for _, name := range []string{"#payments", "#zahlungen-größe", "#決済", "C0123ABCD", "dana@acme.example"} {
		if _, err := New(Options{Token: token, Channel: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAServerThatSaysNothingHoldsNothingUp(t *testing.T) {
	w := newWorkspace(t, simulator.SlackScopes()...)
	until := make(chan struct{})
	t.Cleanup(func() { close(until) })
	w.spoil(simulator.Fault{Do: simulator.Before(func() { <-until })})
	c, err := New(Options{Token: token, Channel: "#payments", URL: w.url + "/api", Timeout: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := attempt(t, c, reporttest.Parcel(build(reporttest.NormalWeek()))); err == nil || !strings.Contains(err.Error(), "no answer came in time") {
		t.Errorf("err = %v", err)
	}
}

func FuzzBlocksStayValid(f *testing.F) {
	for i, title := range reporttest.HostileTitles() {
		f.Add(title, reporttest.HostileURLs()[i%len(reporttest.HostileURLs())])
	}
	f.Fuzz(func(t *testing.T, title, url string) {
		in := reporttest.NormalWeek()
		in.Findings[0].Subject.Title, in.Findings[0].Subject.Key, in.Findings[0].Subject.URL = title, title, url
		in.Findings[0].Reason, in.Findings[0].Ask, in.Team.Name = title, title, title
		r := reports.Build(in)
		taken(t, r)
		r.Title, r.Headline, r.Notes = title, title, []string{title} // as if Build had cleaned nothing
		r.New.Items = append(r.New.Items, reports.Item{Subject: reports.Subject{Key: title, Title: title, URL: url}, Ask: title})
		r.Link = url
		taken(t, r)
	})
}
