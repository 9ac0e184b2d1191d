package file

import (
	"fmt"
	"testing"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

// BenchmarkDeliver writes 500 teams' reports into one folder, in every format
// and with the index after each.
func BenchmarkDeliver(b *testing.B) {
	r := reports.Build(reporttest.Crowded(40))
	for b.Loop() {
		c, err := New(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		for n := range 500 {
			r.Team.ID = fmt.Sprintf("team-%d", n)
			if _, err := c.Deliver(b.Context(), reports.Delivery{Report: r}, keep); err != nil {
				b.Fatal(err)
			}
		}
	}
}
