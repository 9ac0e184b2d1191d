package linear

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

var hookSecret = []byte("lin_wh_secret")

func sign(secret []byte, body string) http.Header {
	mac := hmac.New(sha256.New, secret)
	_, _ = mac.Write([]byte(body))
	h := http.Header{}
	h.Set("Linear-Signature", hex.EncodeToString(mac.Sum(nil)))
	h.Set("Linear-Delivery", "d-1")
	return h
}

func TestADeliveryTellsWhichTicketsToLookAt(t *testing.T) {
	now := time.UnixMilli(1_790_000_000_000)
	for _, tt := range []struct {
		name, body string
		want       []string
		deleted    bool
	}{
		{"an issue that changed", `"action":"update","type":"Issue","data":{"id":"i-1","projectId":"p-1"}`, []string{"i-1"}, false},
		{"an issue that was deleted", `"action":"remove","type":"Issue","data":{"id":"i-1"}`, []string{"i-1"}, true},
		{"a comment", `"action":"create","type":"Comment","data":{"id":"c-1","issueId":"i-1"}`, []string{"i-1"}, false},
		{"a comment that was deleted", `"action":"remove","type":"Comment","data":{"id":"c-1","issueId":"i-1"}`, []string{"i-1"}, false},
		{"an update of a project", `"action":"create","type":"ProjectUpdate","data":{"id":"u-1","projectId":"p-1"}`, []string{"p-1"}, false},
		{"an initiative", `"action":"update","type":"Initiative","data":{"id":"n-1"}`, []string{"n-1"}, false},
		{"a customer need of both", `"action":"create","type":"CustomerNeed","data":{"id":"x","issueId":"i-1","projectId":"p-1"}`, []string{"i-1", "p-1"}, false},
		{"a relation", `"action":"create","type":"IssueRelation","data":{"id":"x","issueId":"i-1","relatedIssueId":"i-2"}`, []string{"i-1", "i-2"}, false},
		{"a label", `"action":"update","type":"IssueLabel","data":{"id":"l-1"}`, nil, false},
		{"a cycle", `"action":"update","type":"Cycle","data":{"id":"c-1"}`, nil, false},
		{"an id that is none", `"action":"update","type":"Issue","data":{"id":"a b\n"}`, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := fmt.Sprintf(`{%s,"webhookTimestamp":%d}`, tt.body, now.UnixMilli())
			got, err := ReadHook(hookSecret, sign(hookSecret, body), []byte(body), now)
			if want := (connectors.Hint{ID: "d-1", Tickets: tt.want, Deleted: tt.deleted}); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
		})
	}
}

func TestDeliveriesThatAreNotTakenFromAnybody(t *testing.T) {
	now := time.UnixMilli(1_790_000_000_000)
	body := func(at time.Time) string {
		return fmt.Sprintf(`{"action":"update","type":"Issue","data":{"id":"i"},"webhookTimestamp":%d}`, at.UnixMilli())
	}
	good := body(now)
	without := sign(hookSecret, good)
	without.Del("Linear-Delivery")
	for _, tt := range []struct {
		name   string
		secret []byte
		header http.Header
		body   string
		want   error // nil: any
	}{
		{"another secret", hookSecret, sign([]byte("guess"), good), good, ErrSignature},
		{"no signature", hookSecret, http.Header{}, good, ErrSignature},
		{"a signature that is no hex", hookSecret, http.Header{"Linear-Signature": {"zz"}}, good, ErrSignature},
		{"another body", hookSecret, sign(hookSecret, good), good + " ", ErrSignature},
		{"no secret of ours", nil, sign(nil, good), good, ErrSignature},
		{"a minute old", hookSecret, sign(hookSecret, body(now.Add(-61*time.Second))), body(now.Add(-61 * time.Second)), ErrLate},
		{"a minute ahead", hookSecret, sign(hookSecret, body(now.Add(61*time.Second))), body(now.Add(61 * time.Second)), ErrLate},
		{"no time", hookSecret, sign(hookSecret, `{}`), `{}`, ErrLate},
		{"no JSON", hookSecret, sign(hookSecret, `x`), `x`, nil},
		{"no delivery id", hookSecret, without, good, nil},
	} {
		got, err := ReadHook(tt.secret, tt.header, []byte(tt.body), now)
		if err == nil || (tt.want != nil && !errors.Is(err, tt.want)) || !reflect.DeepEqual(got, connectors.Hint{}) {
			t.Errorf("%s: got %+v, %v, want %v", tt.name, got, err, tt.want)
		}
	}
	for _, at := range []time.Time{now.Add(-60 * time.Second), now.Add(60 * time.Second)} {
		if _, err := ReadHook(hookSecret, sign(hookSecret, body(at)), []byte(body(at)), now); err != nil {
			t.Errorf("at the edge of the minute: %v", err)
		}
	}
}

func FuzzReadHook(f *testing.F) {
	f.Add(`{"action":"update","type":"Issue","data":{"id":"i-1"},"webhookTimestamp":1790000000000}`, true)
	f.Add(`{"action":"create","type":"IssueRelation","data":{"issueId":"a","relatedIssueId":"a"},"webhookTimestamp":"1790000000000"}`, true)
	f.Add(`{"webhookTimestamp":1e999,"data":null}`, true)
	f.Add(`[]`, false)
	f.Fuzz(func(t *testing.T, body string, ours bool) {
		secret := hookSecret
		if !ours {
			secret = []byte("guess")
		}
		hint, err := ReadHook(hookSecret, sign(secret, body), []byte(body), time.UnixMilli(1_790_000_000_000))
		if !ours && !errors.Is(err, ErrSignature) {
			t.Errorf("a strange signature was taken: %v", err)
		}
		for _, id := range hint.Tickets {
			if !plausible(id) {
				t.Errorf("%q is no id", id)
			}
		}
		if hint.Deleted && len(hint.Tickets) != 1 {
			t.Errorf("deleted, and %d tickets", len(hint.Tickets))
		}
	})
}
