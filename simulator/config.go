package simulator

import (
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"
)

// Addresses are the base URLs under which the three simulated trackers are
// reached, without a slash at the end.
type Addresses struct{ JiraCloud, JiraDataCenter, Linear string }

// Config is the configuration of the demonstration in fairlead's own format,
// and the options of the three sites that belong to it.
type Config struct {
	Cloud, DataCenter, Tracker Options // Jira Cloud, Jira Data Center, Linear

	week1 time.Time
}

//go:embed demo
var demoFiles embed.FS

func demoConfig(week1 time.Time) Config {
	return Config{
		Cloud:      Options{Spaces: []string{"PAY"}, User: "fairlead@acme.example", Token: "demo-cloud-token", Viewer: "fairlead"},
		DataCenter: Options{Spaces: []string{"CORE"}, Token: "demo-data-center-token", Viewer: "hyejin"},
		Tracker:    Options{Spaces: []string{"GRO"}, Token: "lin_api_demo", Viewer: "fairlead", Workspace: "acme"},
		week1:      week1,
	}
}

// Files gives the configuration by file name: fairlead.yaml, org.yaml,
// teams/*.yaml, pointing at the addresses, and the tokens it reads from files.
func (c Config) Files(at Addresses) map[string]string { return c.FilesOn(at, c.week1.AddDate(1, 0, 0)) }

// FilesOn gives them as they were on a day of the story: teams agreed one thing
// after the other.
func (c Config) FilesOn(at Addresses, day time.Time) map[string]string {
	out := map[string]string{
		"secrets/jira": c.Cloud.Token, "secrets/core": c.DataCenter.Token, "secrets/linear": c.Tracker.Token,
	}
	for _, name := range []string{"fairlead.yaml", "org.yaml", "teams/payments.yaml", "teams/platform.yaml", "teams/growth.yaml"} {
		out[name] = c.fill("demo/"+name, at, day)
	}
	return out
}

// fill writes addresses, account ids and dates into an embedded file.
func (c Config) fill(name string, at Addresses, day time.Time) string {
	text, err := demoFiles.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	t := template.Must(template.New(name).Funcs(template.FuncMap{
		"account": func(handle string) string { return (&Person{Handle: handle}).AccountID() },
		"linear":  func(handle string) string { return (&Person{Handle: handle}).LinearID() },
		"day":     c.day,
		"from":    func(week int) bool { return !day.Before(c.week1.AddDate(0, 0, 7*(week-1))) }, // that its Monday has come
	}).Parse(string(text)))
	var b strings.Builder
	data := struct {
		Addresses
		User string
	}{at, c.Cloud.User}
	if err := t.Execute(&b, data); err != nil {
		panic(err) // the templates are ours and tested
	}
	return b.String()
}

// day is a date of the story: week 1 is its first.
func (c Config) day(week int, weekday string) (string, error) {
	for d := range 7 {
		day := c.week1.AddDate(0, 0, 7*(week-1)+d)
		if strings.EqualFold(day.Weekday().String(), weekday) {
			return day.Format(time.DateOnly), nil
		}
	}
	return "", fmt.Errorf("%q is no weekday", weekday)
}
