package slack

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/slack-go/slack"

	"github.com/fairlead-dev/fairlead/simulator"
)

// The app that people are told to make is the one that everything here is tried
// with, and the page says what each of its scopes is for.
func TestTheManifestIsOneOfSlacks(t *testing.T) {
	data, err := os.ReadFile("../../docs/slack-app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var m slack.Manifest
	if err := yaml.UnmarshalWithOptions(data, &m, yaml.DisallowUnknownField()); err != nil {
		t.Fatal(err)
	}
	if got, want := m.OAuthConfig.Scopes.Bot, simulator.SlackScopes(); !slices.Equal(got, want) {
		t.Errorf("scopes are %q, want %q", got, want)
	}
	// The limits of docs.slack.dev/reference/app-manifest.
	if n := len(m.Display.Name); n < 1 || n > 35 {
		t.Errorf("the name has %d characters", n)
	}
	if n := len(m.Display.Description); n > 140 {
		t.Errorf("the description has %d characters", n)
	}
	if !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(m.Display.BackgroundColor) || m.Features.BotUser.DisplayName != "fairlead" {
		t.Errorf("the app looks like %+v, %+v", m.Display, m.Features.BotUser)
	}
	page, err := os.ReadFile("../../docs/channels.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, scope := range m.OAuthConfig.Scopes.Bot {
		if !strings.Contains(string(page), "`"+scope+"`") {
			t.Errorf("docs/channels.md does not say what %s is for", scope)
		}
	}
}
