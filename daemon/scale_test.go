package daemon

import (
	"testing"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/connectors/jira"
	"github.com/fairlead-dev/fairlead/scale"
)

// What fairlead scale foretells rests on what is done at once, and how often.
func TestTheSimulationOfScaleGoesByWhatIsDone(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"requests at once", scale.RequestsAtOnce, requestsAtOnce},
		{"sources at once", scale.SourcesAtOnce, sourcesAtOnce},
		{"messages to Slack at once", scale.DeliveriesAtOnce, media[config.ToSlack].atOnce},
		{"e-mails at once", scale.DeliveriesAtOnce, media[config.ToEmail].atOnce},
		{"weeks that a first check makes up for", scale.MadeUpFor, replayedWeeks},
		{"when a reconciliation is tried again", scale.AnotherTry, anotherTry},
		{"overlap", scale.Overlap, jira.DefaultOverlap},
	} {
		if c.got != c.want {
			t.Errorf("%s: the simulation says %v, fairlead does %v", c.what, c.got, c.want)
		}
	}
}
