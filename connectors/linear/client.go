package linear

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/hasura/go-graphql-client"
)

const (
	// replyLimit bounds what one reply may hold; a page of issues with long
	// descriptions stays far below it.
	replyLimit = 64 << 20
	// headLimit is how much of a reply is kept to explain it.
	headLimit = 4 << 10
)

// client sends documents to one API.
type client struct {
	source string // name of the source, for errors
	url    string
	hide   func(string) string // takes the token out of a text
	http   *http.Client
}

// newClient keeps the token in closures only, so that no way of printing a
// client or a Source shows it.
func newClient(source, url, token string, base http.RoundTripper) *client {
	if base == nil {
		base = http.DefaultTransport
	}
	sign := func(req *http.Request) (*http.Response, error) {
		req = req.Clone(req.Context())
		req.Header.Set("Authorization", token)
		req.Header.Set("Accept", "application/json")
		return base.RoundTrip(req)
	}
	return &client{
		source: source, url: url, hide: hider(token),
		// A redirect would carry the token to another place.
		http: &http.Client{Transport: tripper(sign), CheckRedirect: stay},
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (t tripper) RoundTrip(req *http.Request) (*http.Response, error) { return t(req) }

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// ask sends q and decodes the reply's data into reply. Errors are
// *connectors.Error, save for the context's own.
func (c *client) ask(ctx context.Context, q query, variables map[string]any, reply any) error {
	x := &exchange{http: c.http}
	data, err := graphql.NewClient(c.url, x).ExecRaw(ctx, q.text, variables, graphql.OperationName(q.name))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil {
		err = decode(data, reply)
	}
	if err != nil {
		return c.explain(q, x, err)
	}
	return nil
}

// errNoData says that a reply without errors held no data either.
var errNoData = errors.New("a reply without data and without errors")

// decode reads a reply's data. encoding/json is used rather than the client's
// own decoder, which refuses fields it was not told of.
func decode(data []byte, reply any) error {
	if data = bytes.TrimSpace(data); len(data) == 0 || bytes.Equal(data, []byte("null")) {
		return errNoData
	}
	return json.Unmarshal(data, reply)
}

// exchange is one request and what came of it. The GraphQL client keeps the
// status, headers and text of a refusal to itself, so they are noted here.
type exchange struct {
	http     *http.Client
	response *http.Response
	head     bytes.Buffer // the beginning of the reply
}

// Do implements graphql.Doer.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	resp, err := x.http.Do(req)
	if err != nil {
		return nil, err
	}
	x.response = resp
	body := resp.Body
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(io.LimitReader(body, replyLimit), &prefix{&x.head}), body}
	return resp, nil
}

// prefix keeps the first headLimit bytes written to it.
type prefix struct{ kept *bytes.Buffer }

func (p *prefix) Write(b []byte) (int, error) {
	if room := headLimit - p.kept.Len(); room > 0 {
		p.kept.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}
