package rules

import (
	"strings"
	"testing"
)

func TestATextStatesAMeasure(t *testing.T) {
	measures := []string{"half", "halve", "twice", "double", "zero", "one", "two", "three", "nine", "ten", "a third"}
	names := []string{"sprint #", "phase #", "iso #", "tls #", "zero trust", "double opt-in", "first half", "two-factor", "no one", "office #", "ios #"}
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"a number", "Answer within 4 hours", true},
		{"a number with its unit", "Answer within 4h", true},
		{"a share", "Refund 90 % of customers the same day", true},
		{"a share without a space", "99.9% of requests", true},
		{"a share in words", "Refund ten percent faster", true},
		{"a year with a sign of quantity", "Earn more than $2026", true},
		{"an amount", "Save €20k", true},
		{"a thousand", "Serve 1,200 shops", true},
		{"a thousand written with points", "Serve 1.200.000 shops", true},
		{"two thousand", "Serve 2000 shops", true},
		{"points of time", "p95 below 200ms", true},
		{"a fraction", "9/10 customers come back", true},
		{"a ratio", "A ratio of 3:1", true},
		{"a decimal", "A rating of 4.5.", true},
		{"a decimal that ends in nothing", "raise the rating to 4.0", true},
		{"from one number to another", "Refunds from 12 to 3 a week", true},
		{"from a span to another", "Refunds in minutes instead of days", true},
		{"from a span to a shorter one", "Bring the refund from several days to a few minutes", true},
		{"half", "Halve the refunds", true},
		{"nine of ten", "nine of ten customers", true},
		{"one in three", "One in three comes back", true},
		{"a third", "a third fewer refunds", true},
		{"twice", "Twice as many refunds on the same day", true},
		{"zero", "Zero lost orders", true},
		{"a measure on a later line", "Refunds are fast\n- 10 minutes at most", true},
		{"a share in a sprint's name", "Sprint 24 %", true},
		{"beside a ticket's key", "PAY-123: answer within 4 hours", true},

		{"no number", "Refunds are fast", false},
		{"no text", "", false},
		{"a ticket's key", "Finish PAY-123", false},
		{"the number of an issue", "Finish #123", false},
		{"a version", "Ship v2", false},
		{"a version with points", "Ship 2.0.1", false},
		{"a version after a name", "Launch Checkout 2.0", false},
		{"a year", "Be ready for 2026", false},
		{"two years", "The plan for 2026/27", false},
		{"a short year", "Ready for summer '27", false},
		{"a quarter", "Done in Q3 2026", false},
		{"half a year", "Done in H1", false},
		{"a date", "Live on 2026-11-20", false},
		{"a date with a time", "Live on 2026-11-20T10:00Z", false},
		{"a date with points", "Live on 20.11.2026", false},
		{"a date with slashes", "Live on 11/20/2026", false},
		{"a day and month", "Live by 20 Nov", false},
		{"a month and day", "Live by November 20th, 2026", false},
		{"a day of May", "Live by 3 May", false},
		{"some days of a month", "Between 20–24 Nov", false},
		{"the 3rd of a month", "By the 3rd of December", false},
		{"a time of day", "Live at 10:30", false},
		{"a time of day in English", "Live at 5 pm", false},
		{"round the clock", "Support 24/7", false},
		{"an address", "See https://x.example/a/12?b=3", false},
		{"an e-mail address", "Ask 24@x.example", false},
		{"the numbers of a list", "1. Ship it\n2. Launch it\n 3) Tell it", false},
		{"the number of a sprint", "Sprint 24: refunds", false},
		{"the number of a phase in words", "Phase two of refunds", false},
		{"a standard", "Be ready for ISO 27001", false},
		{"a standard with a hyphen", "Be ready for ISO-27001", false},
		{"a name with a number", "Move to Office 365", false},
		{"a name with a number word", "Zero trust everywhere", false},
		{"a name with a number word and hyphens", "Two-factor and double opt-in", false},
		{"the first half of something", "Ready in the first half", false},
		{"nobody", "No one waits", false},
		{"a letter with a number", "Fix P1 bugs in B2B with OAuth2", false},
		{"a number with letters that are no unit", "2FA, 3DS and 3D for the 1st time", false},
		{"a version and later ones", "Support iOS 15+", false},
		{"an ordinal", "The 2nd try", false},
		{"a hash", "Back to 4f3a9c1", false},
		{"an address of a machine", "Back to 10.0.0.1", false},
		{"code", "Fast\n```\nx = 12\n```\n", false},
		{"Jira's code", "Fast {code:java}int x = 12{code}", false},
		{"a template's remark", "Fast <!-- for example by 30 % -->", false},
		{"a colour of the terminal", "\x1b[31mFast\x1b[0m", false},
		{"a quotation", "Fast\n> 2026", false},
		{"from one thing to another", "Migrate from Jira to Linear", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := statesMeasure(c.text, measures, names); got != c.want {
				t.Errorf("states a measure = %v, want %v", got, c.want)
			}
		})
	}
}

func TestAFieldIsASectionOrALabelledLine(t *testing.T) {
	names := []string{"metric", "key results"}
	for _, c := range []struct{ name, text, want string }{
		{"a line with a label", "We want this.\nMetric: time to refund", "time to refund"},
		{"in a list", "- Metric:  time  to refund", "time to refund"},
		{"in bold", "*Metric*: time to refund", "time to refund"},
		{"with more words", "Our key metric: time to refund", "time to refund"},
		{"a heading", "## Key results\ntime to refund", "time to refund"},
		{"the longest of several", "Metric: time\nMetric: time to refund", "time to refund"},
		{"nothing after the label", "Metric:\nWe want this.", ""},
		{"a sentence", "We looked at every single metric: none helps", ""},
		{"another label", "Metrics: time", ""},
		{"a remark", "<!-- Metric: time -->", ""},
		{"no text", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := field(c.text, names); got != c.want {
				t.Errorf("field = %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzStatesMeasure(f *testing.F) {
	for _, s := range []string{"9 of 10", "v2 by 20 Nov", "PAY-1 {code}3", "sprint two", "< 5", "\xff3%"} {
		f.Add(s)
	}
	measures, names := []string{"two", "half"}, []string{"sprint #", "#", ""}
	f.Fuzz(func(t *testing.T, text string) {
		if statesMeasure(text, measures, names) && !strings.ContainsAny(text, "0123456789") && len(named(text, measures)) == 0 && !fromTo().MatchString(text) &&
			strings.ToValidUTF8(text, "") == text && isASCII(text) {
			t.Errorf("%q states no measure", text)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
