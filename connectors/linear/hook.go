package linear

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// hookWindow is how far the time in a delivery may be from ours, either way:
// what is older may be somebody else's second use of it.
const hookWindow = 60 * time.Second

// Errors of ReadHook. They tell little, since whoever sent it may be guessing.
var (
	ErrSignature = errors.New("the delivery is not signed with this webhook's secret")
	ErrLate      = errors.New("the delivery was made more than a minute away from now by our clock")
)

// ReadHook checks the signature of a webhook's delivery over its body as it came,
// in constant time, and its time, and reads which tickets it speaks of.
// Deliveries about other things (cycles, labels, people) speak of none. The
// caller bounds the body and remembers delivery ids.
func ReadHook(secret []byte, header http.Header, body []byte, now time.Time) (connectors.Hint, error) {
	if !connectors.Signed(secret, strings.TrimSpace(header.Get("Linear-Signature")), body) {
		return connectors.Hint{}, ErrSignature
	}
	var told delivery
	if err := json.Unmarshal(body, &told); err != nil {
		return connectors.Hint{}, errors.New("the delivery is signed but is not the JSON that Linear sends")
	}
	if age := now.Sub(told.at()); age > hookWindow || age < -hookWindow {
		return connectors.Hint{}, ErrLate
	}
	hint := connectors.Hint{ID: header.Get("Linear-Delivery"), Tickets: told.tickets()}
	if hint.ID == "" {
		return connectors.Hint{}, errors.New("the delivery has no Linear-Delivery header to know it by")
	}
	hint.Deleted = told.Action == "remove" && told.isTicket() && len(hint.Tickets) == 1
	return hint, nil
}

// delivery is what Linear's many events have in common.
type delivery struct {
	Action    string      `json:"action"` // create, update, remove, …
	Type      string      `json:"type"`   // of data
	Timestamp json.Number `json:"webhookTimestamp"`
	Data      struct {
		ID string `json:"id"`
		// What comments, updates, needs, attachments and relations belong to.
		Issue          string `json:"issueId"`
		RelatedIssue   string `json:"relatedIssueId"`
		Project        string `json:"projectId"`
		RelatedProject string `json:"relatedProjectId"`
		Initiative     string `json:"initiativeId"`
	} `json:"data"`
}

// at is when the delivery was made; the zero time where it does not tell.
func (d *delivery) at() time.Time { return millis(d.Timestamp.String()) }

// isTicket says that the event is about a ticket itself, not about something
// that belongs to one.
func (d *delivery) isTicket() bool {
	return slices.Contains([]string{"Issue", "Project", "Initiative"}, d.Type)
}

// tickets are the ids of the tickets, in order and each once. An issue also
// names its project, which nothing has happened to.
func (d *delivery) tickets() []string {
	ids := []string{d.Data.Issue, d.Data.RelatedIssue, d.Data.Project, d.Data.RelatedProject, d.Data.Initiative}
	switch {
	case d.isTicket():
		ids = []string{d.Data.ID}
	case d.Type == "Cycle", d.Type == "ProjectMilestone" && d.Data.Project == "":
		ids = nil
	}
	var out []string
	for _, id := range ids {
		if plausible(id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// plausible keeps out what cannot be an id, so that it reaches no query: ids are
// UUIDs in Linear's own writing.
func plausible(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == ""
}
