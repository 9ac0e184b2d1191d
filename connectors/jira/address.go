package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/fairlead-dev/fairlead/connectors"
)

// gatewayPath comes before a site's id where the gateway answers for it.
const gatewayPath = "/ex/jira/"

// gateway brings requests for a Cloud site to where they are answered: to the
// site itself, or to Atlassian's gateway below /ex/jira/CLOUDID, where alone
// OAuth tokens and API tokens with scopes are good. People write and see the
// site's own address all the same.
type gateway struct {
	source string
	site   *url.URL
	api    string            // of the platform
	signed http.RoundTripper // sends with credentials
	plain  http.RoundTripper // sends without
	oauth  bool
	turn   chan struct{} // held while looking for the way

	mu    sync.Mutex // guards what follows
	way   *url.URL   // where requests go; nil: to the site
	tried bool       // an API token was shown to the gateway and is not one with scopes
}

func newGateway(source string, site *url.URL, oauth bool, signed, plain http.RoundTripper) *gateway {
	return &gateway{
		source: source, site: site, api: platformOf(site.String()).api, oauth: oauth, signed: signed, plain: plain, turn: make(chan struct{}, 1),
	}
}

// RoundTrip implements http.RoundTripper.
func (g *gateway) RoundTrip(req *http.Request) (*http.Response, error) {
	way, tried := g.known()
	if g.oauth && way == nil {
		var err error
		if way, err = g.discover(req.Context()); err != nil {
			if req.Body != nil {
				_ = req.Body.Close() // nobody will read it
			}
			return nil, err
		}
	}
	resp, err := g.signed.RoundTrip(moved(req, g.site, way))
	if err != nil || way != nil || tried || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}
	return g.orWithScopes(req, resp)
}

func (g *gateway) known() (way *url.URL, tried bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.way, g.tried
}

func (g *gateway) learn(way *url.URL) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.way, g.tried = way, true
}

// of is where a request for the site is sent.
func (g *gateway) of(u *url.URL) *url.URL {
	way, _ := g.known()
	return below(u, g.site, way)
}

// moved is the request at the way's end, or as it is without one.
func moved(req *http.Request, site, way *url.URL) *http.Request {
	if way == nil {
		return req
	}
	out := req.Clone(req.Context())
	out.URL, out.Host = below(req.URL, site, way), ""
	return out
}

func below(u, site, way *url.URL) *url.URL {
	if way == nil {
		return u
	}
	out := *u
	out.Scheme, out.Host, out.RawPath = way.Scheme, way.Host, ""
	out.Path = way.Path + strings.TrimPrefix(u.Path, site.Path)
	return &out
}

// orWithScopes shows an API token that the site does not know to the gateway:
// there alone those with scopes are known, and nothing tells them apart. Where
// the gateway does not know it either, the site's refusal tells best what is wrong.
func (g *gateway) orWithScopes(req *http.Request, refused *http.Response) (*http.Response, error) {
	resp, way := g.atGateway(req)
	if resp == nil {
		return refused, nil
	}
	head, err := io.ReadAll(io.LimitReader(resp.Body, refusalLimit))
	if resp.StatusCode == http.StatusUnauthorized && (err != nil || !wantsScope(head)) {
		g.learn(nil)
		return refused, resp.Body.Close()
	}
	resp.Body = putBack(head, resp.Body)
	g.learn(way)
	return resp, refused.Body.Close()
}

// atGateway sends a request to the gateway; nil where that is not possible.
func (g *gateway) atGateway(req *http.Request) (*http.Response, *url.URL) {
	way := g.tenantWay(req.Context())
	if way == nil || (req.Body != nil && req.GetBody == nil) {
		return nil, nil
	}
	again, err := moved(req, g.site, way), error(nil)
	if req.GetBody != nil {
		again.Body, err = req.GetBody()
	}
	if err != nil {
		return nil, nil
	}
	resp, err := g.signed.RoundTrip(again)
	if err != nil {
		return nil, nil
	}
	return resp, way
}

// putBack is a body whose beginning was read.
func putBack(head []byte, rest io.ReadCloser) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(string(head)), rest), rest}
}

// discover finds the site among those that the grant covers.
func (g *gateway) discover(ctx context.Context) (*url.URL, error) {
	select {
	case g.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-g.turn }()
	if way, _ := g.known(); way != nil {
		return way, nil // found while we waited
	}
	var sites []grantedSite
	address := g.api + "/oauth/token/accessible-resources"
	if err := g.ask(ctx, g.signed, address, &sites); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(sites, func(s grantedSite) bool { return strings.EqualFold(s.host(), g.site.Host) })
	if i < 0 {
		return nil, g.uncovered(address, sites)
	}
	way, err := g.wayTo(sites[i].ID)
	if err == nil {
		g.learn(way)
	}
	return way, err
}

// grantedSite is one that an OAuth grant covers. Jira and Confluence of one site
// may be told apart, with the same id.
type grantedSite struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

func (s grantedSite) host() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

func (g *gateway) uncovered(address string, sites []grantedSite) error {
	covered := "no site"
	var names []string
	for _, s := range sites {
		if name := oneLine(s.URL, 80); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		covered = someOf(names)
	}
	return &connectors.Error{
		Source: g.source, Place: "GET " + address, Said: fmt.Sprintf("the OAuth grant does not cover %s; it covers %s", g.site, covered),
		Fix: "authorise the application once more, as somebody with access to that site who chooses it on Atlassian's page, or write one of the sites covered under jira",
	}
}

// tenantWay is the way through the gateway that follows from the cloud id which
// the site tells everybody; nil where it does not.
func (g *gateway) tenantWay(ctx context.Context) *url.URL {
	var told struct {
		ID string `json:"cloudId"`
	}
	if g.ask(ctx, g.plain, g.site.Scheme+"://"+g.site.Host+"/_edge/tenant_info", &told) != nil {
		return nil
	}
	way, err := g.wayTo(told.ID)
	if err != nil {
		return nil
	}
	return way
}

var cloudID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`) })

func (g *gateway) wayTo(id string) (*url.URL, error) {
	if !cloudID().MatchString(id) {
		return nil, &connectors.Error{
			Source: g.source, Place: g.api, Said: fmt.Sprintf("the site has an id that is none: %q", oneLine(id, 80)), Fix: "look whether a proxy answers in Atlassian's place",
		}
	}
	return url.Parse(g.api + gatewayPath + id)
}

// ask reads JSON from Atlassian's platform.
func (g *gateway) ask(ctx context.Context, via http.RoundTripper, address string, into any) error {
	wrong := func(said, fix string) error {
		return &connectors.Error{Source: g.source, Place: "GET " + address, Said: oneLine(said, sayLimit), Fix: fix}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return wrong("this address cannot be asked", "check the address of the site")
	}
	req.Header.Set("Accept", "application/json")
	resp, err := via.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(resp.Body, refusalLimit))
	switch {
	case err != nil:
		return wrong("the answer broke off", "the next sync asks again")
	case resp.StatusCode != http.StatusOK:
		return wrong(fmt.Sprintf("answered %d %s: %s", resp.StatusCode, http.StatusText(resp.StatusCode), reason(text)),
			"authorise the application once more; if this stays, look at status.atlassian.com")
	case json.Unmarshal(text, into) != nil:
		return wrong("answered with something else than expected", "look whether a proxy or a sign-in page answers at that address")
	}
	return nil
}
