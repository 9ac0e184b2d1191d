package daemon

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/rules"
)

// reminderReport is one message to one person about everything in it. It is for
// the narrowest of the audiences that what is in it is for.
func reminderReport(message []nudge, now time.Time) reports.Report {
	all := make([]reports.Report, len(message))
	for i := range message {
		all[i] = reminderOf(&message[i], now)
	}
	out := all[0]
	for i, r := range all[1:] {
		out.New.Items = append(out.New.Items, r.New.Items...)
		if narrower(r.Reader, out.Reader) == r.Reader {
			out.Reader = r.Reader
		}
		if message[i+1].team.ID != message[0].team.ID {
			out.Title = "A reminder from your teams"
		}
	}
	if n := len(message); n > 1 {
		out.For, out.Counts.Open = messageName(message[0].to, message[0].day(now)), n
		out.Headline = fmt.Sprintf("%s matters are still open.", number(n))
	}
	return out
}

func reminderOf(n *nudge, now time.Time) reports.Report {
	return reports.BuildReminder(reports.ReminderInputs{
		Team: teamOf(n.team), Week: n.week, Now: now, Finding: *n.about,
		Agreement: reports.Agreement{Rule: n.said.Rule.ID, Promise: n.said.Promise, Stage: string(n.said.Stage), Tell: n.said.Tell},
		Reader:    narrower(n.said.Tell, n.about.Audience),
		Answer:    "Say so with a sentence why, and it closes: " + answerLine(n.about.ID),
	})
}

// answerLine is the command that answers a finding.
func answerLine(id finding.ID) string { return fmt.Sprintf("fairlead answer %s --reason \"…\"", id) }

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
		Text: text + "\n\nWas it done on purpose? Say so with a sentence why, and it closes: " + answerLine(f.ID) +
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
