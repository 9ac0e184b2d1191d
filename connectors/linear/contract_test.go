package linear_test

import (
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/connectortest"
	"github.com/fairlead-dev/fairlead/connectors/linear"
	"github.com/fairlead-dev/fairlead/simulator"
)

func TestLinearKeepsTheContract(t *testing.T) {
	connectortest.Run(t, connectortest.Tracker{
		Serve:  (*simulator.World).Linear,
		Markup: markup,
		Open: func(t *testing.T, at connectortest.Site) connectors.Source {
			t.Helper()
			s, err := linear.New(linear.Options{
				Name: "linear under test", URL: at.URL + "/graphql", Token: at.Token, Teams: []string{at.Space}, PageSize: at.PageSize, WriteComments: at.WriteComments,
				Transport: &connectors.Transport{Clock: at.Clock, Limited: linear.Limited},
			})
			if err != nil {
				t.Fatalf("New: %v", err)
			}
			return s
		},
		Limited: simulator.Reply(400, `{"errors":[{"message":"Rate limit exceeded","extensions":{"type":"ratelimited","code":"RATELIMITED","statusCode":400}}]}`,
			"Content-Type", "application/json", "X-RateLimit-Requests-Limit", "1500", "X-RateLimit-Requests-Remaining", "0",
			"X-RateLimit-Requests-Reset", "4102444800000"),
	})
}
