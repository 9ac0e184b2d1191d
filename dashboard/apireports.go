package dashboard

import (
	"bytes"
	"net/http"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

var (
	readerParam    = param{Name: "for", Help: "As whom: what the whole team gets, EM and PM, or the EM alone.", Enum: []string{string(finding.ForTeam), string(finding.ForEMPM), string(finding.ForEM)}, Default: string(finding.ForTeam)}
	onlyTeamParam  = param{Name: "team", Help: "The id of a team, for its reports alone."}
	firstOfArchive = "" // the organisation stands before all teams
)

// apiReports answers with the archive: the reports of the teams that the viewer is in,
// and of the organisation for who may see its numbers.
func (v *visit) apiReports() error {
	var all []api.Archived
	only := v.asked.get("team")
	if only != "" {
		if _, known := v.dir.Team(only); !known {
			return wrongRequest(http.StatusBadRequest, "That query is not understood", []api.FieldError{{Field: "team", Text: unknownWord(only, idsOf(v.dir.Teams()))}})
		}
	}
	add := func(team, path string, loc *time.Location) error {
		weeks, err := v.s.Data.ReportWeeks(v.r.Context(), team)
		now := org.WeekOf(v.now, loc).String()
		for _, w := range weeks {
			all = append(all, api.Archived{Self: apiPath + path + w, Team: team, Week: w, Running: w == now})
		}
		return err
	}
	if v.seesOrganisation() && only == "" {
		if err := add(firstOfArchive, "/reports/", time.UTC); err != nil {
			return err
		}
	}
	for _, t := range v.named() {
		if only == "" || t.ID == only {
			if err := add(t.ID, teamHref(t.ID)+"/reports/", t.Location); err != nil {
				return err
			}
		}
	}
	page, p, err := paged(v, all, archiveKey, false)
	if err != nil {
		return err
	}
	return v.answerJSON(api.Reports{Reports: page, Page: p})
}

// archiveKey orders by team, the latest week first.
func archiveKey(a *api.Archived) string {
	w, err := org.ParseWeek(a.Week, time.UTC)
	if err != nil {
		return keyOf(a.Team, a.Week)
	}
	return keyOf(a.Team, inDigits(1<<62-w.Start.Unix()))
}

// apiTeamReport answers with a team's report as one of its readers gets it.
func (v *visit) apiTeamReport() error {
	r, _, err := v.reportOfTeam(finding.Audience(v.asked.get("for")))
	if err != nil {
		return err
	}
	return v.reportJSON(r)
}

func (v *visit) apiOrganisationReport() error {
	r, _, err := v.reportOfOrganisation()
	if err != nil {
		return err
	}
	return v.reportJSON(r)
}

// reportJSON answers with a report as its published schema has it.
func (v *visit) reportJSON(r reports.Report) error {
	var b bytes.Buffer
	if err := reports.JSON(&b, r); err != nil {
		return err
	}
	return v.tagged("application/json", b.Bytes())
}
