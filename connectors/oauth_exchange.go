package connectors

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// tokenReplyLimit bounds the reply of a token endpoint.
const tokenReplyLimit = 64 << 10

// comesBack is what helps against a fault that passes.
const comesBack = "usually a passing fault; the next sync goes on from the last page that was stored"

// tokenReply is what a token endpoint answers, good or not (RFC 6749, 5).
type tokenReply struct {
	AccessToken  string          `json:"access_token"`
	RefreshToken string          `json:"refresh_token"`
	Scope        json.RawMessage `json:"scope"` // a text, or in some replies a list
	Error        string          `json:"error"`
	Description  string          `json:"error_description"`
}

// exchange asks for new tokens and gives the refresh token to store.
func (t teller) exchange(ctx context.Context, stored string) (next string, err error) {
	if stored == "" {
		return "", t.place("the file is empty", "authorise the application, as docs/connectors.md tells, and put the refresh token into it")
	}
	req, err := t.request(ctx, stored)
	if err != nil {
		return "", t.refuse("the address cannot be asked", "leave it out")
	}
	resp, err := t.http.RoundTrip(req)
	if err != nil && ctx.Err() != nil {
		return "", ctx.Err() // it was stopped before it was sent, or between two tries
	}
	if err != nil {
		said, fix := Unreachable(err)
		if fix == "" {
			fix = "check that this machine may reach that address"
		}
		return "", t.refuse("no reply: "+said, fix)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(resp.Body, tokenReplyLimit))
	if err != nil {
		return "", t.refuse("the reply ended in the middle", comesBack)
	}
	return t.adopt(resp.StatusCode, text, stored)
}

func (t teller) request(ctx context.Context, stored string) (*http.Request, error) {
	ask := map[string]string{
		"grant_type": "refresh_token", "refresh_token": stored, "client_id": t.o.ClientID, "client_secret": t.o.ClientSecret,
	}
	form, kind := url.Values{}, "application/x-www-form-urlencoded"
	for k, v := range ask {
		form.Set(k, v)
	}
	body := []byte(form.Encode())
	if t.o.JSON {
		var err error
		if body, err = json.Marshal(ask); err != nil {
			return nil, err
		}
		kind = "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.o.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Accept", "application/json")
	return req, nil
}

// adopt takes the tokens of a reply and gives the refresh token to store: the
// one that was used where the reply brings no other.
func (t teller) adopt(status int, text []byte, used string) (next string, err error) {
	var reply tokenReply
	if err := json.Unmarshal(text, &reply); err != nil {
		return "", t.refuse(fmt.Sprintf("status %d and no tokens", status), "look whether a proxy or a sign-in page answers at that address")
	}
	t.remember(reply.AccessToken, reply.RefreshToken)
	if status != http.StatusOK || reply.AccessToken == "" {
		return "", t.turnedDown(status, reply, used)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.access, t.scopes, t.refused = reply.AccessToken, scopesOf(reply.Scope), pair{}
	if reply.RefreshToken == "" || reply.RefreshToken == used {
		return used, nil
	}
	t.unkept = pair{used: used, gave: reply.RefreshToken}
	return reply.RefreshToken, nil
}

// turnedDown explains a reply without tokens. A refresh token that is of no use
// any more is remembered, so that it is not shown around again and again.
func (t teller) turnedDown(status int, reply tokenReply, used string) error {
	said := strings.TrimSpace(fmt.Sprintf("status %d %s %s", status, reply.Error, reply.Description))
	aboutToken := strings.Contains(strings.ReplaceAll(strings.ToLower(reply.Description), "_", " "), "refresh token")
	switch code := reply.Error; {
	case code == "invalid_grant", aboutToken && code == "unauthorized_client": //nolint:misspell // a code of RFC 6749
		t.mu.Lock()
		t.refused = pair{used: used, gave: said}
		t.mu.Unlock()
		return t.refuse(said, t.onceMore())
	case code == "invalid_client", code == "unauthorized_client", code == "access_denied": //nolint:misspell // as above
		return t.refuse(said, "check client_id and client_secret against "+t.o.Console)
	}
	return t.refuse(said, comesBack+"; if this stays, authorise the application once more")
}

// scopesOf reads scopes parted by spaces or commas, or given as a list.
func scopesOf(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil
	}
	return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
}
