package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// verify is the receiver's side, as docs/channels.md shows it.
func verify(h http.Header, body, secret []byte, now time.Time) bool {
	stamp := h.Get("Fairlead-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false // an old request, sent again by somebody else
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return hmac.Equal([]byte(h.Get("Fairlead-Signature")), []byte(want))
}

func TestTheDocumentationShowsThisVerification(t *testing.T) {
	source, err := os.ReadFile("verify_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(source), "as docs/channels.md shows it.\n")
	snippet, _, _ := strings.Cut(rest, "\n}\n")
	doc, err := os.ReadFile("../../docs/channels.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), "```go\n"+snippet+"\n}\n```") {
		t.Errorf("docs/channels.md does not show\n%s\n}", snippet)
	}
}

func TestVerificationRefusesWhatWasChanged(t *testing.T) {
	body, now := []byte(`{"version":1}`), deliveredAt
	stamp := strconv.FormatInt(now.Unix(), 10)
	head := func(timestamp, signature string) http.Header {
		return http.Header{headerTimestamp: {timestamp}, headerSignature: {signature}}
	}
	good := sign([]byte(key), stamp, body)
	later := strconv.FormatInt(now.Add(time.Hour).Unix(), 10)
	for _, c := range []struct {
		name string
		head http.Header
		body string
		now  time.Time
		want bool
	}{
		{"as it was sent", head(stamp, good), string(body), now, true},
		{"four minutes on the way", head(stamp, good), string(body), now.Add(4 * time.Minute), true},
		{"sent again an hour later", head(stamp, good), string(body), now.Add(time.Hour), false},
		{"sent again with a new time", head(later, good), string(body), now.Add(time.Hour), false},
		{"another body", head(stamp, good), `{"version":2}`, now, false},
		{"another secret", head(stamp, sign([]byte("other"), stamp, body)), string(body), now, false},
		{"no signature", head(stamp, ""), string(body), now, false},
		{"no timestamp", head("", good), string(body), now, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := verify(c.head, []byte(c.body), []byte(key), c.now); got != c.want {
				t.Errorf("verified: %v, want %v", got, c.want)
			}
		})
	}
}
