package jira

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	gojira "github.com/andygrunwald/go-jira"

	"github.com/fairlead-dev/fairlead/connectors"
)

// client sends requests through go-jira and reads the answers itself, because
// go-jira's types leave out what decides whether a sync is complete, and
// because what came instead of JSON must be seen to be explained.
type client struct {
	api        *gojira.Client
	source     string
	deployment Deployment
	secret     string
	oauth      *connectors.Grant // nil: the secret stands for itself
	gateway    *gateway          // nil on Data Center
	sent       atomic.Int64      // requests so far
}

// hide takes every secret out of a text.
func (c *client) hide(text string) string {
	if c.secret != "" {
		text = strings.ReplaceAll(text, c.secret, "(token)")
	}
	if c.oauth != nil {
		text = c.oauth.Hide(text)
	}
	return text
}

// scoped says that the token in use is good for what its scopes name only.
func (c *client) scoped() bool {
	if c.gateway == nil {
		return false
	}
	way, _ := c.gateway.known()
	return way != nil
}

const (
	// answerLimit bounds an answer; a page of a thousand tickets with long
	// histories stays far below it.
	answerLimit = 256 << 20
	// refusalLimit is how much of a refusal is read to find its reason.
	refusalLimit = 64 << 10
)

func (c *client) get(ctx context.Context, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	_, err := c.send(ctx, http.MethodGet, path, nil, into)
	return err
}

func (c *client) post(ctx context.Context, path string, body, into any) error {
	_, err := c.send(ctx, http.MethodPost, path, body, into)
	return err
}

// send makes one request, decodes its answer and gives the answer's header.
// Every error it returns but the context's own is a *connectors.Error.
func (c *client) send(ctx context.Context, method, path string, body, into any) (http.Header, error) {
	req, err := c.api.NewRequestWithContext(ctx, method, path, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.source, err)
	}
	req.Header.Set("Accept", "application/json")
	c.sent.Add(1)
	resp, err := c.api.Do(req, nil)
	if resp == nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, c.unreachable(req, err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err != nil {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, refusalLimit))
		return resp.Header, c.refused(req, resp.Response, text)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return resp.Header, c.cut(req, len(text), err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return resp.Header, c.nonsense(req, text, err)
	}
	return resp.Header, nil
}

// looksLikeHTML tells a web page, the usual stand-in for an answer when a proxy
// or a sign-in page is in the way.
func looksLikeHTML(text []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(text), []byte("<"))
}
