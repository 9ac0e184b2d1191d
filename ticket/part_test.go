package ticket_test

import (
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/ticket"
)

func TestSinceIsWhenTheFieldCameToHoldTheValueWithoutABreak(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 3, 2, h, 0, 0, 0, time.UTC) }
	change := func(h int, from, to string) ticket.Change {
		return ticket.Change{ID: "c", At: at(h), Field: ticket.FieldStatus, From: []ticket.Value{{Norm: from}}, To: []ticket.Value{{Norm: to}}}
	}
	started := func(v ticket.Value) bool { return v.Norm == string(ticket.Started) }
	for _, c := range []struct {
		name    string
		history []ticket.Change
		want    time.Time
	}{
		{"created so", nil, at(0)},
		{"begun once", []ticket.Change{change(3, "todo", "started")}, at(3)},
		{"begun, then moved between two statuses that both mean it", []ticket.Change{change(3, "todo", "started"), change(5, "started", "started")}, at(3)},
		{"put back and begun again", []ticket.Change{change(3, "todo", "started"), change(4, "started", "todo"), change(6, "todo", "started")}, at(6)},
		{"changed only within, so it was created so", []ticket.Change{change(5, "started", "started")}, at(0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			tk := ticket.Ticket{Created: at(0), History: c.history}
			if got := tk.Since(ticket.FieldStatus, started); !got.Equal(c.want) {
				t.Errorf("Since = %s, want %s", got, c.want)
			}
		})
	}
}
