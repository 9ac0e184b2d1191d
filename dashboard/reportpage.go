package dashboard

import (
	"cmp"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
)

// archivePage lists the weekly reports.
type archivePage struct {
	Headline string
	Shelves  []shelf
	Empty    *empty
}

// shelf holds the reports of one team, the latest first.
type shelf struct {
	Name  string
	Weeks []archived
}

type archived struct {
	link
	Days    string
	Running bool
}

// mostArchived is how many weeks a shelf shows: half a year, and the one that runs.
const mostArchived = 27

// reports lists the archive: of the teams that the viewer is in, and of the
// organisation for who may see its numbers.
func (v *visit) reports() error {
	var p archivePage
	if v.seesOrganisation() {
		if err := v.fill(&p, "", "The organisation", "/reports/", time.UTC); err != nil {
			return err
		}
	}
	only := v.query("team")
	for _, t := range v.named() {
		if only != "" && t.ID != only {
			continue
		}
		if err := v.fill(&p, t.ID, nameOf(t), teamHref(t.ID)+"/reports/", t.Location); err != nil {
			return err
		}
	}
	p.Headline = "Weekly reports, and how this week's looks so far."
	if len(p.Shelves) == 0 {
		p.Headline = "There is no report yet."
		p.Empty = &empty{Title: "The first report comes after the first week", Text: "Each team's week is told once it is over, and kept here.", Next: link{"/data", "See what has been read"}}
	}
	return v.show("reports", v.frame("Reports"), p)
}

func (v *visit) fill(p *archivePage, team, name, path string, loc *time.Location) error {
	weeks, err := v.s.Data.ReportWeeks(v.r.Context(), team)
	if err != nil || len(weeks) == 0 {
		return err
	}
	s := shelf{Name: name}
	now := org.WeekOf(v.now, loc).String()
	for _, id := range weeks[:min(len(weeks), mostArchived)] {
		w, err := org.ParseWeek(id, loc)
		if err != nil {
			continue
		}
		days := w.Start.Format("2 January") + " to " + w.End.AddDate(0, 0, -1).Format("2 January 2006")
		s.Weeks = append(s.Weeks, archived{link{path + id, "Week " + id[len(id)-2:]}, days, id == now})
	}
	p.Shelves = append(p.Shelves, s)
	return nil
}

// reportPage is one report, with links to the findings that the viewer sees.
type reportPage struct {
	reports.Report
	Settled, New, Reopened, AgedOut reportItems
	Letters                         []reportLetter
	Preview                         string // that it is one
	Picture                         *chart // nil where too little is known
	Readers                         []chip
	Trends                          []spark // of the lines that are still open
	Rows                            []spark // of the organisation's teams
	Before                          link
}

// reportItems is a list of a report.
type reportItems struct {
	Items []reportItem
	More  int
}

type reportItem struct {
	reports.Item
	Href string // empty where there is no page for the viewer
}

type reportLetter struct {
	Heading, Opening       string
	Open, Settled, AgedOut reportItems
}

// teamReport shows a team's report as one of its readers gets it.
func (v *visit) teamReport() error {
	team := v.r.PathValue("team")
	reader := finding.Audience(cmp.Or(v.query("for"), string(finding.ForTeam)))
	r, week, err := v.reportOfTeam(reader)
	if err != nil {
		return err
	}
	p, err := v.reportPage(r)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		reader finding.Audience
		text   string
	}{{finding.ForTeam, "as the team gets it"}, {finding.ForEMPM, "as EM and PM get it"}, {finding.ForEM, "as the EM gets it"}} {
		if v.access.SeesAudience(team, c.reader) {
			value := string(c.reader)
			if c.reader == finding.ForTeam {
				value = ""
			}
			p.Readers = append(p.Readers, chip{link{address(v.r.URL.Path, with(v.r.URL.Query(), "for", value)), c.text}, c.reader == reader})
		}
	}
	if p.Before, err = v.weekBefore(team, teamHref(team)+"/reports/", week); err != nil {
		return err
	}
	return v.showReport(p)
}

// reportOfTeam is the report of the team in the address as the reader gets it, who the
// viewer has to be.
func (v *visit) reportOfTeam(reader finding.Audience) (reports.Report, org.Week, error) {
	t, _ := v.dir.Team(v.r.PathValue("team"))
	week, err := org.ParseWeek(v.r.PathValue("week"), t.Location)
	if err != nil || week.Start.After(v.now) {
		return reports.Report{}, week, notThere
	}
	if !slices.Contains([]finding.Audience{finding.ForTeam, finding.ForEMPM, finding.ForEM}, reader) || !v.access.SeesAudience(t.ID, reader) {
		return reports.Report{}, week, notYours
	}
	r, err := v.s.Data.Report(v.r.Context(), ReportKey{Team: t.ID, Week: week.String(), Reader: reader})
	return r, week, err
}

// reportOfOrganisation is the organisation's report of the week in the address.
func (v *visit) reportOfOrganisation() (reports.Report, org.Week, error) {
	week, err := org.ParseWeek(v.r.PathValue("week"), time.UTC)
	if err != nil || week.Start.After(v.now) {
		return reports.Report{}, week, notThere
	}
	r, err := v.s.Data.Report(v.r.Context(), ReportKey{Week: week.String(), Reader: finding.ForOrg})
	return r, week, err
}

func (v *visit) showReport(p reportPage) error {
	f := v.frame(p.Title)
	f.Plots = p.Picture != nil
	return v.show("report", f, p)
}

// organisationReport shows the organisation's report.
func (v *visit) organisationReport() error {
	r, week, err := v.reportOfOrganisation()
	if err != nil {
		return err
	}
	p, err := v.reportPage(r)
	if err != nil {
		return err
	}
	if p.Before, err = v.weekBefore("", "/reports/", week); err != nil {
		return err
	}
	return v.showReport(p)
}

// weekBefore leads to the report of the week before, where there is one.
func (v *visit) weekBefore(team, path string, week org.Week) (link, error) {
	weeks, err := v.s.Data.ReportWeeks(v.r.Context(), team)
	if before := week.Before(1).String(); slices.Contains(weeks, before) {
		return link{path + before, "The week before"}, err
	}
	return link{}, err
}

func (v *visit) reportPage(r reports.Report) (reportPage, error) {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return reportPage{}, err
	}
	items := func(list reports.List) reportItems { return v.reportItems(l, list) }
	p := reportPage{Report: r, Settled: items(r.Settled), New: items(r.New), Reopened: items(r.Reopened), AgedOut: items(r.AgedOut)}
	for _, one := range r.Letters {
		p.Letters = append(p.Letters, reportLetter{one.Heading, one.Opening, items(one.Open), items(one.Settled), items(one.AgedOut)})
	}
	if r.Trend != nil {
		p.Picture = pictureOf(&r)
	}
	var lines [][]float64
	for _, l := range r.StillOpen.Lines {
		lines = append(lines, floats(l.Trend))
	}
	top := topOf(4, lines...)
	for _, l := range lines {
		p.Trends = append(p.Trends, sparkTo(l, top, "Open", r.Week.Running))
	}
	if r.Teams != nil {
		p.Rows = rowTrends(r.Teams.Rows, r.Week.Running)
	}
	return p, nil
}

func (v *visit) reportItems(l *Ledger, list reports.List) reportItems {
	out := reportItems{More: list.More}
	for _, i := range list.Items {
		one := reportItem{Item: i}
		if f, ok := l.Finding(i.ID); ok && v.access.SeesAudience(f.Team, f.Audience) {
			one.Href = findingHref(f.ID)
		}
		out.Items = append(out.Items, one)
	}
	return out
}

// pictureOf is the report's trend as a chart.
func pictureOf(r *reports.Report) *chart {
	marks := make([]mark, len(r.Trend.Marks))
	for i, m := range r.Trend.Marks {
		marks[i] = mark{Week: m.Week, Text: m.Text, Href: "/experiments"}
	}
	c := chartTo("trend", "Open at the end of each of twelve weeks", "", r.Trend.Weeks, []series{{"open", "accent", floats(r.Trend.Open)}}, marks, r.Week.Running)
	return &c
}

func rowTrends(rows []reports.TeamRow, running bool) []spark {
	lines := make([][]float64, len(rows))
	for i := range rows {
		lines[i] = floats(rows[i].Trend)
	}
	top := topOf(4, lines...)
	out := make([]spark, len(rows))
	for i := range lines {
		out[i] = sparkTo(lines[i], top, "Open", running)
	}
	return out
}

// floats is a trend as lines are drawn from; what is not known stays so.
func floats(trend []*int) []float64 {
	out := unknown(len(trend))
	for i, n := range trend {
		if n != nil {
			out[i] = float64(*n)
		}
	}
	return out
}
