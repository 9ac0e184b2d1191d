package daemon

import (
	"testing"
	"testing/fstest"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/reports"
)

func TestEveryFormOfDatesCanBeConfigured(t *testing.T) {
	for _, locale := range append(reports.Locales(), "tlh") {
		files := fstest.MapFS{
			"fairlead.yaml": {Data: []byte("sources: [{jira: https://jira.acme.example, deployment: data-center, token: \"${TOKEN}\", projects: [PAY]}]\norg: org.yaml\n")},
			"org.yaml":      {Data: []byte("people: [{id: lee}]\nteams: [{id: payments, em: lee, locale: " + locale + "}]\n")},
		}
		_, err := config.LoadFS(files, "fairlead.yaml", func(string) (string, bool) { return "hunter2-hunter2", true })
		if (err == nil) != (locale != "tlh") {
			t.Errorf("locale: %s: %v", locale, err)
		}
	}
}
