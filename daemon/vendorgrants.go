package daemon

import (
	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors"
)

// grants shares one grant among the sources that name one file with a refresh
// token, which the configuration lets only one application have: two grants
// would make each other's access tokens worthless with every exchange.
type grants struct {
	sites *sites
	clock Clock
	known map[string]*connectors.Grant // by file
}

func newGrants(s *sites, clock Clock) *grants {
	return &grants{sites: s, clock: clock, known: map[string]*connectors.Grant{}}
}

// of is the grant of a source's application, which its tracker describes.
func (g *grants) of(c config.OAuth, application func(id, secret string, kept connectors.RefreshTokens) connectors.OAuth) (*connectors.Grant, error) {
	if known := g.known[c.RefreshFile]; known != nil {
		return known, nil
	}
	a := application(c.ClientID, c.ClientSecret.Reveal(), connectors.TokenFile{Path: c.RefreshFile, Clock: g.clock})
	made, err := connectors.NewGrant(a, &connectors.Transport{Base: g.sites.carrier(a.URL, nil), Clock: g.clock})
	if err != nil {
		return nil, err
	}
	g.known[c.RefreshFile] = made
	return made, nil
}
