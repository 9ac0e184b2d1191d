package jira

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	gojira "github.com/andygrunwald/go-jira"

	"github.com/fairlead-dev/fairlead/connectors"
)

// siteURL reads the address of a site. What comes with it beyond scheme, host
// and path has no place in an address that is shown to people.
func siteURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return nil, errors.New("jira: the site's url cannot be read; it looks like https://acme.atlassian.net")
	}
	if u.User != nil {
		return nil, fmt.Errorf("jira %s: user and token have lines of their own, they do not belong into the url", u.Host)
	}
	if (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return nil, fmt.Errorf("jira: the url %q names no site; it looks like https://acme.atlassian.net", text)
	}
	if strings.HasPrefix(u.Path, "/ex/jira") {
		return nil, errors.New("jira: the url is that of Atlassian's gateway; give the site's own, like https://acme.atlassian.net: the way through the gateway is found from it")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}, nil
}

// httpClient stacks what a request passes through: on Cloud the way to the site,
// then credentials, then waiting and trying again, then the wire. It follows no
// redirect, because the credentials would follow it to wherever it leads. The
// gateway is nil on Data Center.
func httpClient(source string, site *url.URL, o Options) (*http.Client, *gateway) {
	base := o.Base
	if base == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.ResponseHeaderTimeout = silence
		base = own
	}
	patient := &connectors.Transport{Base: base, Clock: o.Clock, Limited: limited}
	var rt http.RoundTripper = &gojira.BasicAuthTransport{Username: o.User, Password: o.Token, Transport: patient}
	switch {
	case o.OAuth != nil:
		rt = o.OAuth.Signed(source, patient)
	case o.User == "":
		rt = &gojira.PATAuthTransport{Token: o.Token, Transport: patient}
	}
	var way *gateway
	if o.Deployment == Cloud {
		way = newGateway(source, site, o.OAuth != nil, rt, patient)
		rt = way
	}
	return &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, way
}
