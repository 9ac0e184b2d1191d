package jira_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors/jira"

	"github.com/fairlead-dev/fairlead/connectors"
)

var hookSecret = []byte("It's a Secret to Everybody")

func signature(secret []byte, body string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func hookHeader(signed, delivery string) http.Header {
	h := http.Header{}
	h.Set("X-Hub-Signature", signed)
	if delivery != "" {
		h.Set("X-Atlassian-Webhook-Identifier", delivery)
	}
	return h
}

func TestASignatureAsAtlassianPublishesIt(t *testing.T) {
	// The example of Atlassian's documentation of secured webhooks.
	const want = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
	if got := signature(hookSecret, "Hello World!"); got != want {
		t.Fatalf("got %s, want %s", got, want)
	}
	_, err := jira.ReadHook(hookSecret, hookHeader(want, "d1"), []byte("Hello World!"))
	if err == nil || errors.Is(err, jira.ErrSignature) {
		t.Errorf("err = %v, want only the body refused", err)
	}
}

func TestWhatADeliverySays(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       connectors.Hint
	}{
		{"a ticket changed", `{"timestamp":1767600000000,"webhookEvent":"jira:issue_updated","issue":{"id":"10002","key":"PAY-1","fields":{"summary":"x"}}}`,
			connectors.Hint{ID: "d1", Tickets: []string{"10002"}}},
		{"a ticket was deleted", `{"webhookEvent":"jira:issue_deleted","issue":{"id":10002,"key":"PAY-1"}}`, connectors.Hint{ID: "d1", Tickets: []string{"10002"}, Deleted: true}},
		{"a comment was deleted", `{"webhookEvent":"comment_deleted","comment":{"id":"5"},"issue":{"id":"10002"}}`, connectors.Hint{ID: "d1", Tickets: []string{"10002"}}},
		{"two tickets were linked", `{"webhookEvent":"issuelink_created","issueLink":{"id":3,"sourceIssueId":10001,"destinationIssueId":10002}}`,
			connectors.Hint{ID: "d1", Tickets: []string{"10001", "10002"}}},
		{"time was logged", `{"webhookEvent":"worklog_created","worklog":{"issueId":"10003"}}`, connectors.Hint{ID: "d1", Tickets: []string{"10003"}}},
		{"a sprint began", `{"webhookEvent":"sprint_started","sprint":{"id":4}}`, connectors.Hint{ID: "d1"}},
		{"an id that is none", `{"webhookEvent":"jira:issue_deleted","issue":{"id":"1) OR (1=1"}}`, connectors.Hint{ID: "d1"}},
		{"nothing at all", `{}`, connectors.Hint{ID: "d1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := jira.ReadHook(hookSecret, hookHeader(signature(hookSecret, c.body), "d1"), []byte(c.body))
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, c.want)
			}
		})
	}
}

func TestDeliveriesThatAreNotSigned(t *testing.T) {
	const body = `{"webhookEvent":"jira:issue_deleted","issue":{"id":"10002"}}`
	good := signature(hookSecret, body)
	for _, c := range []struct {
		name, signed string
		secret       []byte
		body         string
	}{
		{"no signature", "", hookSecret, body},
		{"another secret", signature([]byte("guess"), body), hookSecret, body},
		{"another body", good, hookSecret, body + " "},
		{"another method", strings.Replace(good, "sha256", "sha1", 1), hookSecret, body},
		{"no method", strings.TrimPrefix(good, "sha256="), hookSecret, body},
		{"a signature cut short", good[:len(good)-2], hookSecret, body},
		{"no hex", "sha256=zz", hookSecret, body},
		{"an empty signature", "sha256=", hookSecret, body},
		{"no secret is configured", signature(nil, body), nil, body},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := jira.ReadHook(c.secret, hookHeader(c.signed, "d1"), []byte(c.body))
			if !errors.Is(err, jira.ErrSignature) || !reflect.DeepEqual(got, connectors.Hint{}) {
				t.Errorf("got %+v, %v, want nothing and %v", got, err, jira.ErrSignature)
			}
		})
	}
}

func TestADeliveryWithoutANameIsKnownByItsBody(t *testing.T) {
	read := func(body string) string {
		h, err := jira.ReadHook(hookSecret, hookHeader(signature(hookSecret, body), ""), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return h.ID
	}
	first, again, other := read(`{"timestamp":1}`), read(`{"timestamp":1}`), read(`{"timestamp":2}`)
	if first == "" || first != again || first == other {
		t.Errorf("got %q, %q and %q, want the first two equal", first, again, other)
	}
}

func FuzzHook(f *testing.F) {
	for _, body := range []string{
		`{"webhookEvent":"jira:issue_deleted","issue":{"id":"10002","key":"PAY-1"}}`, `{"issueLink":{"sourceIssueId":1,"destinationIssueId":-2}}`,
		`{"issue":null,"worklog":[]}`, `[]`, ``, `{"issue":{"id":1e99}}`, `{"issue":{"id":{}}}`,
	} {
		f.Add([]byte(body), signature(hookSecret, body), "d1")
	}
	f.Fuzz(func(t *testing.T, body []byte, signed, delivery string) {
		want := signature(hookSecret, string(body))
		if _, err := jira.ReadHook(hookSecret, hookHeader(signed, delivery), body); err == nil && !strings.EqualFold(strings.TrimSpace(signed), want) {
			t.Fatalf("%q passed as the signature %q", signed, want)
		}
		hint, err := jira.ReadHook(hookSecret, hookHeader(want, delivery), body)
		if errors.Is(err, jira.ErrSignature) {
			t.Fatal("a good signature was refused")
		}
		if err != nil {
			return
		}
		if hint.ID == "" || len(hint.Tickets) > 4 || (hint.Deleted && len(hint.Tickets) != 1) {
			t.Errorf("got %+v", hint)
		}
		for _, id := range hint.Tickets {
			if _, err := strconv.ParseUint(id, 10, 63); err != nil {
				t.Errorf("%q is no id", id)
			}
		}
	})
}
