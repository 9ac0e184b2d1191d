package jira

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
)

// Inspect implements connectors.Inspector. It asks for the account, what it may
// do in each project, and the site's words and fields: about nine requests and one
// or two a project.
func (s *Source) Inspect(ctx context.Context) (connectors.Inspection, error) {
	var out connectors.Inspection
	sent := s.clock.Now()
	var me user
	header, err := s.client.send(ctx, http.MethodGet, "rest/api/2/myself", nil, &me)
	if err != nil {
		return out, err
	}
	received := s.clock.Now()
	if me.account().IsZero() {
		return out, s.stranger()
	}
	out.Who, out.Zone = me.account(), me.TimeZone
	out.ClockSkew, out.Limit = connectors.ClockSkew(header, sent, received), limitLeft(header)
	if out.Missing, err = s.missing(ctx); err != nil {
		return out, err
	}
	c, gaps, err := s.readCatalog(ctx, me)
	if err != nil {
		return out, err
	}
	out.Missing = append(out.Missing, gaps...)
	out.Fields = c.fields.found()
	words, gaps, err := s.words(ctx, c)
	out.Words, out.Missing = words, append(out.Missing, gaps...)
	return out, err
}

// limitLeft is what the site says of its rate limit: on Cloud requests of a
// window, on Data Center tokens of a bucket that fills up again.
func limitLeft(header http.Header) string {
	of := func(name string) string { return oneLine(header.Get("X-RateLimit-"+name), 60) }
	var told []string
	say := func(format string, names ...string) {
		values := make([]any, len(names))
		for i, n := range names {
			if values[i] = of(n); values[i] == "" {
				return
			}
		}
		told = append(told, fmt.Sprintf(format, values...))
	}
	if of("Limit") != "" {
		say("%s of %s requests left", "Remaining", "Limit")
	} else {
		say("%s requests left", "Remaining")
	}
	say("%s more every %s s", "FillRate", "Interval-Seconds")
	say("whole again at %s", "Reset")
	if strings.EqualFold(of("NearLimit"), "true") {
		told = append(told, "close to the limit")
	}
	return strings.Join(told, ", ")
}

// found names the custom fields the site has for our words.
func (f siteFields) found() map[string]string {
	out := map[string]string{}
	for word, ids := range map[string][]string{"sprint": f.sprint, "epic": f.epic, "parent": f.parent, estimateField: f.estimates} {
		var named []string
		for _, id := range ids {
			named = append(named, fmt.Sprintf("%s (%s)", oneLine(f.names[id], 80), oneLine(id, 40)))
		}
		if len(named) > 0 {
			out[word] = strings.Join(named, ", ")
		}
	}
	return out
}
