package daemon

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/redis"
)

const (
	// requestsAtOnce is how many requests one site has to answer at a time.
	// Trackers ask for few; more would only meet their limits sooner.
	requestsAtOnce = 4
	// silence is how long a site may take to begin an answer.
	silence = 2 * time.Minute
)

// sites gives all sources of one host the same request budget, since hosts
// count requests by account or site and not by what they are for.
type sites struct {
	base    http.RoundTripper
	clock   Clock
	budgets map[string]*connectors.Budget
}

// newSites prepares budgets over base; nil is the network as it is. Requests have spans.
func newSites(base http.RoundTripper, clock Clock, traces tracing) *sites {
	if base == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.ResponseHeaderTimeout = silence
		base = own
	}
	return &sites{base: traces.carry(base), clock: clock, budgets: map[string]*connectors.Budget{}}
}

// carrier is what carries requests to the address within its host's budget; told is
// told what comes of them, nil is not.
func (s *sites) carrier(address string, told connectors.Meter) http.RoundTripper {
	host := address
	if u, err := url.Parse(address); err == nil {
		host = strings.ToLower(cmp.Or(u.Host, address))
	}
	if s.budgets[host] == nil {
		s.budgets[host] = connectors.NewBudget(s.clock, requestsAtOnce)
	}
	return s.budgets[host].CarryTold(s.base, told)
}

// shareWith has the processes that share a Redis share the budget of each host too.
func (s *sites) shareWith(with store.Store) {
	shared, is := with.(*redis.Store)
	if !is {
		return
	}
	for host, budget := range s.budgets {
		budget.ShareWith(shared.Budget(), host)
	}
}
