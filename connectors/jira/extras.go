package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/ticket"
)

// extras counts what a pass spends on things that Jira tells ticket by ticket.
// Both are asked for only where work has not ended: watchers of tickets that
// count any, one request each; remote links of tickets whose history tells of
// one, one request each.
type extras struct {
	left   int             // requests
	unread int             // how many more would have been made
	hidden map[string]bool // project keys whose watchers are not shown
	gaps   []string
}

func newExtras(s *Source) *extras {
	return &extras{left: max(s.mostExtras, 0), hidden: map[string]bool{}}
}

// spend takes one request from what is left.
func (e *extras) spend() bool {
	if e.left == 0 {
		e.unread++
		return false
	}
	e.left--
	return true
}

// takeGaps hands on what could not be had since the last time.
func (e *extras) takeGaps() []string {
	gaps := e.gaps
	if e.unread > 0 {
		gaps = append(gaps, fmt.Sprintf("watchers or remote links of tickets: %d requests were left out, as many as this pass may make are spent; they are read when the tickets change again", e.unread))
	}
	e.gaps, e.unread = nil, 0
	return gaps
}

// askExtras reads watchers and remote links of the issues that are still worked on.
func (p *pass) askExtras(ctx context.Context, issues []issue, histories map[string][]history) error {
	if p.source.mostExtras < 0 {
		return nil
	}
	for i := range issues {
		iss := &issues[i]
		if p.ended(iss) {
			continue
		}
		if err := p.askWatchers(ctx, iss); err != nil {
			return err
		}
		if tellsOfRemoteLinks(histories[string(iss.ID)]) {
			if err := p.askPapers(ctx, iss); err != nil {
				return err
			}
		}
	}
	return nil
}

// ended says that no more work on the issue is expected.
func (p *pass) ended(iss *issue) bool {
	r := reader{issue: iss}
	var state status
	var resolution named
	r.read("status", &state)
	r.read("resolution", &resolution)
	return p.catalog.category(string(state.ID), state.Name, state.Category.Key, resolution.Name).Ended()
}

// askWatchers reads who follows an issue. Sites show it only to accounts with a
// permission of its own, which each project grants.
func (p *pass) askWatchers(ctx context.Context, iss *issue) error {
	var counted struct {
		Count int `json:"watchCount"`
	}
	r := reader{issue: iss}
	project, _, _ := strings.Cut(iss.Key, "-")
	if !r.read("watches", &counted) || counted.Count <= 0 || p.extras.hidden[project] || !p.extras.spend() {
		return nil
	}
	var told struct {
		Watchers []user `json:"watchers"`
	}
	err := p.source.client.get(ctx, "rest/api/2/issue/"+url.PathEscape(string(iss.ID))+"/watchers", nil, &told)
	switch {
	case refusedWith(err, http.StatusForbidden, http.StatusUnauthorized):
		p.extras.hidden[project] = true
		p.extras.gaps = append(p.extras.gaps, fmt.Sprintf("%s: who watches tickets is not shown to this account: grant it View Voters and Watchers there", oneLine(project, 40)))
		return nil
	case refusedWith(err, http.StatusNotFound):
		return nil // deleted meanwhile
	case err != nil:
		return err
	}
	for _, u := range told.Watchers {
		p.users.meet(u)
		if a := u.account(); !a.IsZero() {
			iss.Watchers = append(iss.Watchers, a)
		}
	}
	return nil
}

// remoteLink is something outside Jira that an issue points at.
type remoteLink struct {
	Object struct {
		URL   string `json:"url"`
		Title string `json:"title"`
	} `json:"object"`
}

// tellsOfRemoteLinks says that somebody or something linked the issue to the
// outside. Jira counts such links nowhere else.
func tellsOfRemoteLinks(hs []history) bool {
	for it := range itemsOf(hs) {
		switch strings.ToLower(it.Field) {
		case "remoteissuelink", "remoteworkitemlink":
			return true
		}
	}
	return false
}

func (p *pass) askPapers(ctx context.Context, iss *issue) error {
	if !p.extras.spend() {
		return nil
	}
	var links []remoteLink
	err := p.source.client.get(ctx, "rest/api/2/issue/"+url.PathEscape(string(iss.ID))+"/remotelink", nil, &links)
	if refusedWith(err, http.StatusForbidden, http.StatusUnauthorized, http.StatusNotFound) {
		return nil // the issue is gone, or links are switched off
	}
	if err != nil {
		return err
	}
	iss.Papers = papers(links)
	return nil
}

// papers lists what the links lead to, once each.
func papers(links []remoteLink) []ticket.Paper {
	var out []ticket.Paper
	for _, l := range links {
		paper := ticket.Paper{Title: l.Object.Title, URL: strings.TrimSpace(l.Object.URL)}
		if opens(paper.URL) && !slices.Contains(out, paper) {
			out = append(out, paper)
		}
	}
	return out
}

// opens says that a browser would open the address instead of running it.
func opens(address string) bool {
	at, err := url.Parse(address)
	return err == nil && at.Host != "" && (at.Scheme == "https" || at.Scheme == "http")
}

// attachment is a file of an issue. Its content is never asked for.
type attachment struct {
	Name    string `json:"filename"`
	Content string `json:"content"`
}

// attachments lists an issue's files by name and address. What the gateway tells
// of its own address is turned into the site's, where people can open it.
func (p *pass) attachments(r *reader) []ticket.Paper {
	var files []attachment
	r.read("attachment", &files)
	var out []ticket.Paper
	for _, f := range files {
		at := f.Content
		if _, rest, ok := strings.Cut(at, gatewayPath); ok {
			_, rest, _ = strings.Cut(rest, "/")
			at = p.site + "/" + rest
		}
		if paper := (ticket.Paper{Title: f.Name, URL: at}); opens(at) && !slices.Contains(out, paper) {
			out = append(out, paper)
		}
	}
	return out
}
