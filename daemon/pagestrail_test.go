package daemon

import (
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
)

func TestTheTrailTellsOfWaiversInWords(t *testing.T) {
	place := newAgreedPlace(t, map[string]string{"org.yaml": `people: [{id: lee, name: Lee}, {id: sam}, {id: mina}, {id: dana}]
teams:
  - {id: payments, em: lee, timezone: Europe/Berlin, owns: {jira: {projects: [PAY]}}}
  - {id: core, owns: {jira: {projects: [CORE]}}}
`})
	p := place.open()
	seen := finding.Seen{ID: "1", Rule: featureRule, Team: "payments", Subject: finding.Subject{Kind: finding.AboutTicket, Source: "s", ID: "1", Key: "PAY-1"}}
	v := &pageView{f: p.f, book: p.f.book(), books: books{noticed: []finding.Finding{{Seen: seen}}}}
	ends := time.Date(2026, 6, 17, 22, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		word finding.Word
		want string
	}{
		{"a finding", finding.Word{Kind: finding.WaivedFor, Scope: finding.Scope{Finding: "1"}, Expires: ends}, "waived PAY-1 (A feature is committed and no problem stands behind it), up to and with Wednesday 17 June 2026"},
		{"a ticket", finding.Word{Kind: finding.RenewedFor, Scope: finding.Scope{Ticket: finding.TicketScope{Source: "s", ID: "1", Key: "PAY-1"}}, Expires: ends}, "renewed the waiver for everything about PAY-1, up to and with Wednesday 17 June 2026"},
		{"a label", finding.Word{Kind: finding.EndedEarly, Scope: finding.Scope{Rule: featureRule, Label: "spike"}}, `ended the waiver for what is noticed of tickets labelled "spike" (A feature is committed and no problem stands behind it)`},
		{"a finding that is gone", finding.Word{Kind: finding.EndedEarly, Scope: finding.Scope{Finding: "2"}}, "ended the waiver for a finding that is not stored any more"},
		{"a rule that is gone", finding.Word{Kind: finding.EndedEarly, Scope: finding.Scope{Rule: "gone", Label: "x"}}, `ended the waiver for what is noticed of tickets labelled "x" (gone)`},
	} {
		if got := p.spoken(v, &c.word).What; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
