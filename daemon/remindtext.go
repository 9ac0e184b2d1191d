package daemon

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
)

// reminderReport is one message to one person about everything in it. It is for
// the narrowest of the audiences that what is in it is for. pages is what the address
// of a finding's page begins with; empty where it has none.
func reminderReport(message []nudge, now time.Time, pages string) reports.Report {
	out := reminderOf(&message[0], message, now, pages)
	for i := range message[1:] {
		r := reminderOf(&message[i+1], message, now, pages)
		out.New.Items = append(out.New.Items, r.New.Items...)
		if narrower(r.Reader, out.Reader) == r.Reader {
			out.Reader = r.Reader
		}
	}
	if n := len(message); n > 1 {
		out.For, out.Counts.Open = messageName(message[0].to, message[0].day(now)), n
		out.Headline = number(n) + " matters are still open."
	}
	return out
}

// reminderOf is one finding of a message, with what is said about all of it.
func reminderOf(n *nudge, message []nudge, now time.Time, pages string) reports.Report {
	of := teamOf(n.team)
	of.Name = strings.Join(teamsOf(message), ", ")
	return reports.BuildReminder(reports.ReminderInputs{
		Team: of, Week: n.week, Now: now, Finding: *n.about,
		Agreement: reports.Agreement{Rule: n.said.Rule.ID, Promise: n.said.Promise, Stage: string(n.said.Stage), Tell: n.said.Tell},
		Reader:    narrower(n.said.Tell, n.about.Audience), Answer: howToAnswer(message), FindingPages: pages,
	})
}

// teamsOf are the names of the teams that a message is about, each once.
func teamsOf(message []nudge) []string {
	var out []string
	for _, n := range message {
		if name := cmp.Or(n.team.Name, n.team.ID); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// howToAnswer says how to say that something was done on purpose.
func howToAnswer(message []nudge) string {
	if len(message) == 1 {
		return "Say so with a sentence why, and it closes: " + answerLine(string(message[0].about.ID))
	}
	return "Say so with a sentence why, and it closes, as in: " + answerLine(message[0].about.Subject.Key)
}

// answerLine is the command that answers a finding, by its id or by what it is
// about.
func answerLine(finding string) string {
	return fmt.Sprintf("fairlead answer %s --reason \"…\"", finding)
}

// number is a small number in words, as a sentence begins with it.
func number(n int) string {
	words := []string{"No", "One", "Two", "Three", "Four", "Five"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

// noteOn is the comment on the ticket that a finding is about. Whatever people
// wrote is in it as plain words.
func noteOn(f *finding.Finding, a *rules.Adopted) connectors.Note {
	sentences := []string{}
	if promise := sentenceOf(cmp.Or(a.Promise, f.Promise)); promise != "" {
		sentences = append(sentences, "The team agreed: "+promise)
	}
	sentences = append(sentences, sentenceOf(f.Reason), sentenceOf(f.Ask))
	text := strings.Join(strings.Fields(strings.Join(sentences, " ")), " ")
	return connectors.Note{
		ID: string(f.ID),
		Text: text + "\n\nWas it done on purpose? Say so with a sentence why, and it closes: " + answerLine(string(f.ID)) +
			"\nThis is the only comment that fairlead leaves about it.",
	}
}

// sentenceOf is a text of people as one line that ends like a sentence.
func sentenceOf(text string) string {
	text = strings.TrimSpace(rules.Paragraph(text))
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") || strings.HasSuffix(text, "!") {
		return text
	}
	return text + "."
}
