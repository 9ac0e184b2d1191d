package reports_test

import (
	"io"
	"testing"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

// BenchmarkReports builds and renders the reports of 500 teams with 40
// findings each, 20,000 in all, in every format.
func BenchmarkReports(b *testing.B) {
	teams := make([]reports.Inputs, 500)
	for i := range teams {
		teams[i] = reporttest.Crowded(40)
	}
	b.Run("build", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for i := range teams {
				reports.Build(teams[i])
			}
		}
	})
	for _, f := range reports.Formats() {
		b.Run("build and render "+string(f), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for i := range teams {
					if err := reports.Render(io.Discard, reports.Build(teams[i]), f); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkCrowdedTeam builds one report over 20,000 findings.
func BenchmarkCrowdedTeam(b *testing.B) {
	in := reporttest.Crowded(20_000)
	b.ReportAllocs()
	for b.Loop() {
		reports.Build(in)
	}
}

// BenchmarkOrganisation builds the report over 500 teams.
func BenchmarkOrganisation(b *testing.B) {
	in := reporttest.LargeOrganisation(500)
	b.ReportAllocs()
	for b.Loop() {
		reports.BuildOrg(in)
	}
}

// BenchmarkMail lays one report out as an e-mail with its two pictures.
func BenchmarkMail(b *testing.B) {
	r := reports.Build(reporttest.NormalWeek())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := reports.NewMail(r); err != nil {
			b.Fatal(err)
		}
	}
}
