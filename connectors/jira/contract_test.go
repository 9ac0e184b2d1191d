package jira_test

import (
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/connectortest"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/simulator"
)

func TestCloudKeepsTheContract(t *testing.T) {
	connectortest.Run(t, connectortest.Tracker{
		Serve: (*simulator.World).JiraCloud,
		Small: simulator.Options{PageCap: 3, ChangelogCap: 2, BulkCap: 7, CommentCap: 4}, Markup: simulator.WikiMarkup,
		Open: func(t *testing.T, at connectortest.Site) connectors.Source { return open(t, at, jira.Cloud, at.User) },
	})
}

func TestDataCenterKeepsTheContract(t *testing.T) {
	connectortest.Run(t, connectortest.Tracker{
		Serve:  (*simulator.World).JiraDataCenter,
		Small:  simulator.Options{PageCap: 3},
		Markup: simulator.WikiMarkup,
		NoBots: true,
		Open:   func(t *testing.T, at connectortest.Site) connectors.Source { return open(t, at, jira.DataCenter, "") },
	})
}

func open(t *testing.T, at connectortest.Site, d jira.Deployment, user string) connectors.Source {
	t.Helper()
	s, err := jira.New(jira.Options{
		Name: "jira under test", URL: at.URL, Deployment: d, User: user, Token: at.Token,
		Projects: []string{at.Space}, Clock: at.Clock, PageSize: at.PageSize, WriteComments: at.WriteComments,
	})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return s
}
