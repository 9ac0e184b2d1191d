package dashboardtest

import (
	"reflect"
	"slices"

	"github.com/fairlead-dev/fairlead/dashboard"
	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
	"github.com/fairlead-dev/fairlead/rules"
)

// Hostile is the story with a text that tries to be more than text in every field
// that a tracker, a person or a file can fill.
func Hostile() *Data {
	d := Story()
	p := &poison{texts: reporttest.HostileTitles(), urls: reporttest.HostileURLs()}
	all := findings()
	for i := range all {
		p.into(reflect.ValueOf(&all[i].Subject).Elem())
		all[i].Promise, all[i].Reason, all[i].Ask = p.text(), p.text(), p.text()
		all[i].Labels = append(p.some(3), all[i].Labels...)
		all[i].Tickets = append(p.some(2), all[i].Subject.Key)
		p.into(reflect.ValueOf(&all[i].Evidence).Elem())
	}
	d.Judged = dashboard.NewLedger(all, told, Now, "hostile")
	for _, part := range []any{&d.Changed, &d.Tickets, &d.Entries, &d.Given, &d.Trying, &d.ToMeasure, &d.State} {
		p.into(reflect.ValueOf(part).Elem())
	}
	for i := range d.Trying {
		d.Trying[i].ID = []string{`"><script>alert(1)</script>`, "../../data", "%2e%2e/x?y#z"}[i%3]
	}
	d.TeamReport = func(key dashboard.ReportKey) reports.Report {
		if key.Reader == finding.ForOrg {
			return reports.BuildOrg(reporttest.HostileOrganisation())
		}
		in := reporttest.Hostile()
		in.Reader = key.Reader
		return reports.Build(in)
	}
	d.Dir = p.directory()
	d.KeptIn = ""
	d.hostile = p
	return d
}

// draft is what was said of a rule, in texts that try to be more.
func (p *poison) draft(d dashboard.AgreementDraft, r *rules.Rule) dashboard.AgreementDraft {
	p.into(reflect.ValueOf(&d).Elem())
	d.ExceptLabels, d.ExceptProjects, d.Pins, d.When = p.some(3), p.some(2), p.some(2), p.text()+"\n"+p.text()
	d.Settings = map[string]string{p.text(): p.text()}
	for i := range r.Settings {
		d.Settings[r.Settings[i].Name] = p.text()
	}
	return d
}

// preview writes hostile texts into everything that people read of a preview.
func (p *poison) preview(out *dashboard.Preview) {
	for _, s := range [][]dashboard.Sample{out.Samples, out.MoreSamples, out.FewerSamples} {
		for i := range s {
			s[i].Key, s[i].Title, s[i].URL, s[i].Text = p.text(), p.text(), p.url(), p.text()
		}
	}
	out.Stopped, out.Untold = p.text(), p.text()
}

// poison writes hostile texts, one after the other.
type poison struct {
	texts, urls []string
	n, u        int
}

func (p *poison) text() string {
	p.n++
	return p.texts[p.n%len(p.texts)]
}

func (p *poison) url() string {
	p.u++
	return p.urls[p.u%len(p.urls)]
}

func (p *poison) some(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = p.text()
	}
	return out
}

// kept are fields that are no text of anybody's: names that other things are found by.
var kept = []string{"ID", "Finding", "Team", "Rule", "By", "Source", "Measure", "Start", "End", "Week", "First", "Last", "Due", "Tracker"}

// into writes hostile texts into every text of a value.
func (p *poison) into(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			p.into(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; v.Type().Field(i).IsExported() && !slices.Contains(kept, name) {
				p.field(name, v.Field(i))
			}
		}
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() {
			v.SetString(p.text())
		}
	}
}

func (p *poison) field(name string, v reflect.Value) {
	if name == "URL" {
		v.SetString(p.url())
		return
	}
	p.into(v)
}

// directory is the story's, with names that try to be more.
func (p *poison) directory() *org.Directory {
	from := directory()
	people := from.People()
	for i := range people {
		people[i].Name = p.text()
	}
	teams := slices.Clone(from.Teams())
	for i := range teams {
		teams[i].Name = p.text()
	}
	d, mistakes := org.New(people, teams, nil)
	if len(mistakes) > 0 {
		panic(mistakes[0])
	}
	return d
}
