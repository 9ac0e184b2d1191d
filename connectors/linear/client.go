package linear

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"github.com/hasura/go-graphql-client"

	"github.com/fairlead-dev/fairlead/connectors"
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
	hide   func(string) string // takes the secrets out of a text
	http   *http.Client
	clock  connectors.Clock // nil: nothing is waited for here
	budget budget
	tariff tariff
	shapes map[*kind]*shape
	scopes func() []string // what an OAuth token is good for; nil where nothing tells
}

// newClient keeps the secrets in closures only, so that no way of printing a
// client or a Source shows them.
func newClient(source string, o Options) *client {
	base := o.Transport
	if base == nil {
		base = http.DefaultTransport
	}
	c := &client{source: source, url: o.URL, clock: clockOf(o), shapes: newShapes()}
	sign := withToken(base, o.Token)
	c.hide = hider(o.Token)
	if o.OAuth != nil {
		sign, c.hide, c.scopes = o.OAuth.Signed(source, base).RoundTrip, o.OAuth.Hide, o.OAuth.Scopes
	}
	// A redirect would carry the token to another place.
	c.http = &http.Client{Transport: sign, CheckRedirect: stay}
	return c
}

// clockOf is the clock of the transport below, if it has one.
func clockOf(o Options) connectors.Clock {
	if o.Clock != nil {
		return o.Clock
	}
	if t, ok := o.Transport.(*connectors.Transport); ok {
		return t.Clock
	}
	return nil
}

type tripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (t tripper) RoundTrip(req *http.Request) (*http.Response, error) { return t(req) }

// withToken signs every request with the same token, as it is.
func withToken(base http.RoundTripper, token string) tripper {
	return func(req *http.Request) (*http.Response, error) {
		return base.RoundTrip(signed(req, token))
	}
}

func signed(req *http.Request, authorization string) *http.Request {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", authorization)
	req.Header.Set("Accept", "application/json")
	return req
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// ask sends q and decodes the reply's data into reply. It waits ahead where the
// budget would not bear q, and behind where Linear refused it with status 200,
// which the transport below cannot see. Errors are *connectors.Error, save for
// the context's own.
func (c *client) ask(ctx context.Context, q query, variables map[string]any, reply any) error {
	_, err := c.askFor(ctx, q, variables, reply)
	return err
}

// askFor is ask for those who want the headers of the reply too.
func (c *client) askFor(ctx context.Context, q query, variables map[string]any, reply any) (http.Header, error) {
	for try := 1; ; try++ {
		if err := c.waitForBudget(ctx, q, variables); err != nil {
			return nil, err
		}
		x, err := c.send(ctx, q, variables, reply)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err == nil {
			return x.response.Header, nil
		}
		wait, again := c.comesBack(x, err, try)
		if !again {
			return nil, c.explain(q, x, err)
		}
		if err := c.clock.Sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// send makes one exchange and notes what the server says of its budget.
func (c *client) send(ctx context.Context, q query, variables map[string]any, reply any) (*exchange, error) {
	x := &exchange{http: c.http}
	data, err := graphql.NewClient(c.url, x).ExecRaw(ctx, q.text, variables, graphql.OperationName(q.name))
	c.note(q, variables, x, err)
	if err == nil {
		err = decode(data, reply)
	}
	return x, err
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
	unsent   error        // why there is no response
	head     bytes.Buffer // the beginning of the reply
}

// Do implements graphql.Doer.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	resp, err := x.http.Do(req)
	if err != nil {
		x.unsent = err
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

// Write implements io.Writer.
func (p *prefix) Write(b []byte) (int, error) {
	if room := headLimit - p.kept.Len(); room > 0 {
		p.kept.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}
