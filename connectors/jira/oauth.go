package jira

import (
	"net/url"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
)

// Application is how an OAuth 2.0 (3LO) application signs in to a Jira Cloud
// site, in place of somebody's API token.
func Application(site, clientID, clientSecret string, tokens connectors.RefreshTokens) connectors.OAuth {
	return connectors.OAuth{
		ClientID: clientID, ClientSecret: clientSecret, Tokens: tokens,
		URL: platformOf(site).tokens, JSON: true,
		Console: "the application's page at https://developer.atlassian.com/console/myapps, under Settings",
		Expired: func(body []byte) bool { return !wantsScope(body) },
	}
}

// platform is where Atlassian answers for all the sites of one cloud.
type platform struct {
	tokens string // token endpoint
	api    string // gateway, without a slash at the end
}

// platformOf tells the platform of a site: that of Atlassian Government Cloud has
// addresses of its own.
func platformOf(site string) platform {
	if u, err := url.Parse(site); err == nil && strings.HasSuffix(strings.ToLower(u.Hostname()), ".atlassian-us-gov-mod.net") {
		return platform{"https://auth.atlassian-us-gov-mod.com/oauth/token", "https://api.atlassian-us-gov-mod.com"}
	}
	return platform{"https://auth.atlassian.com/oauth/token", "https://api.atlassian.com"}
}

// wantsScope tells the gateway's refusal of a token that is good, but not for
// this. It comes as 401, as if the token were not known.
func wantsScope(body []byte) bool { return strings.Contains(string(body), "scope does not match") }
