package config

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/fairlead-dev/fairlead/yamlfile"
)

var (
	// jiraKey is the form that Jira supports for a project's key. By default only
	// letters are allowed, at least two; administrators may allow more, but no less
	// than a capital first and then capitals, digits and underscores.
	jiraKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,254}$`) })
	// ticketKey is what people paste instead.
	ticketKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^([A-Z][A-Z0-9_]*)-[0-9]+$`) })
)

// notJiraKeys lists which of the keys, which stand at or below the path, are none
// of Jira's.
func notJiraKeys(f *yamlfile.File, keys []string, path ...any) (found yamlfile.Mistakes) {
	for _, key := range keys {
		if jiraKey().MatchString(key) {
			continue
		}
		found = append(found, yamlfile.Mistake{
			Place: f.PlaceOf(key, path...), Text: fmt.Sprintf("%q is no key of a Jira project", key), Hint: jiraKeyHint(key),
		})
	}
	return found
}

func jiraKeyHint(key string) string {
	up := strings.ToUpper(strings.TrimSpace(key))
	if jiraKey().MatchString(up) {
		return "write it as Jira does: " + up
	}
	if m := ticketKey().FindStringSubmatch(up); m != nil {
		return "this is a ticket's key; its project's is " + m[1]
	}
	return "it is what stands before the number in PAY-231: capitals, then perhaps digits and underscores"
}
