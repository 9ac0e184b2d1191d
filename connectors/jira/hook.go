package jira

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
)

// ErrSignature says that a webhook's delivery was not signed with our secret. It
// tells no more, since whoever sent it may be guessing.
var ErrSignature = errors.New("the delivery is not signed with this webhook's secret")

// ReadHook checks the signature of a webhook's delivery over its body as it came,
// in constant time, and reads which tickets it speaks of. Deliveries about
// other things (sprints, boards, versions) speak of none. The caller bounds the
// body and remembers delivery ids.
func ReadHook(secret []byte, header http.Header, body []byte) (connectors.Hint, error) {
	if !signed(secret, header.Get("X-Hub-Signature"), body) {
		return connectors.Hint{}, ErrSignature
	}
	var told delivery
	if err := json.Unmarshal(body, &told); err != nil {
		return connectors.Hint{}, errors.New("the delivery is signed but is not the JSON that Jira sends")
	}
	hint := connectors.Hint{ID: header.Get("X-Atlassian-Webhook-Identifier"), Tickets: told.tickets()}
	hint.Deleted = told.Event == "jira:issue_deleted" && len(hint.Tickets) == 1
	if hint.ID == "" {
		sum := sha256.Sum256(body) // old servers name no delivery; the same one has the same body
		hint.ID = hex.EncodeToString(sum[:])
	}
	return hint, nil
}

// signed reads "sha256=" and the HMAC in hex.
func signed(secret []byte, signature string, body []byte) bool {
	method, sum, found := strings.Cut(strings.TrimSpace(signature), "=")
	return found && strings.EqualFold(method, "sha256") && connectors.Signed(secret, sum, body)
}

// delivery is what Jira's many events have in common: they name tickets in one
// of these places.
type delivery struct {
	Event   string `json:"webhookEvent"`
	Issue   named  `json:"issue"`
	Worklog struct {
		IssueID text `json:"issueId"`
	} `json:"worklog"`
	Link struct {
		Source      text `json:"sourceIssueId"`
		Destination text `json:"destinationIssueId"`
	} `json:"issueLink"`
}

// tickets lists the ids of the tickets, in order and each once.
func (d *delivery) tickets() []string {
	var out []string
	for _, id := range []text{d.Issue.ID, d.Worklog.IssueID, d.Link.Source, d.Link.Destination} {
		if digits(string(id)) && !slices.Contains(out, string(id)) {
			out = append(out, string(id))
		}
	}
	return out
}
