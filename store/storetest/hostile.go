package storetest

import (
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// hostile are texts that people and trackers do send.
var hostile = map[string]string{
	"a NUL byte":              "before\x00after",
	"only a NUL byte":         "\x00",
	"invalid UTF-8":           "caf\xe9 \xff\xfe",
	"half a surrogate":        "\xed\xa0\x80",
	"marks that turn writing": "\u202egnp.exe\u2066\u200f",
	"quotes and SQL":          `'); DROP TABLE tickets; --"` + "`",
	"line ends and tabs":      "one\r\ntwo\tthree\x1b[31m",
	"percent and question":    "100%s ?1 :name @x $y",
	"a megabyte":              strings.Repeat("long description ", 1<<16),
}

func (s suite) hostileTexts(t *testing.T) {
	for what, text := range hostile {
		s.promise(t, what+" in every text of a ticket", func(t *testing.T, st store.Store) {
			want := small(1, monday)
			want.ID, want.Key, want.Title, want.Description, want.Status = text, text, text, text, text
			want.Project, want.Team, want.Due = text, text, ticket.Date(text)
			want.Labels = []string{text}
			want.Assignee = ticket.Account{ID: text, Name: text, Email: text}
			want.History = []ticket.Change{{ID: text, At: monday, Actor: want.Assignee, To: []ticket.Value{{ID: text, Text: text}}}}
			save(t, st, "", want)
			same(t, find(t, st, ticket.Ref{ID: text}), want)
			same(t, find(t, st, ticket.Ref{Key: text}), want)
			if changed := save(t, st, "", want); changed != 0 {
				t.Errorf("stored again: changed = %d, want 0", changed)
			}
		})
		s.promise(t, what+" in every text of a sprint and a finding", func(t *testing.T, st store.Store) {
			sprint := ticket.Sprint{Source: source, ID: text, Name: text, Goal: text, Board: text, Team: text, URL: text}
			_, err := st.SavePage(t.Context(), source, nil, []ticket.Sprint{sprint}, "")
			must(t, err)
			sprints, err := st.Sprints(t.Context())
			must(t, err)
			same(t, sprints, []ticket.Sprint{sprint})

			f := openFinding("f1")
			f.Reason, f.Subject.Title, f.Subject.Key, f.Team = text, text, text, text
			f.Evidence = []finding.Evidence{{Fact: text, Value: text}}
			must(t, st.SaveCheck(t.Context(), store.Check{Findings: []finding.Finding{f}}))
			got, err := st.Finding(t.Context(), f.ID)
			must(t, err)
			same(t, got, f)
		})
	}
	s.promise(t, "ids that differ after a NUL byte are two tickets", func(t *testing.T, st store.Store) {
		one, two := small(1, monday), small(2, monday)
		one.ID, two.ID = "x\x00a", "x\x00b"
		save(t, st, "", one, two)
		same(t, find(t, st, ticket.Ref{ID: one.ID}), one)
		wantTickets(t, st, one, two)
	})
}
