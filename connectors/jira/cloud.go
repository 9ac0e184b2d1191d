package jira

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
)

// cloud reads Jira Cloud: pages by token, histories in bulk.
type cloud struct {
	source *Source
	order  string
	fields []string
	size   int  // how many tickets to ask for, and to hold at a time
	noBulk bool // the site refused the bulk fetch; histories come ticket by ticket
	// behind is trouble that was met behind tickets already read; it ends the pass
	// once they are handed on.
	behind error
}

type tokenPage struct {
	Issues []issue `json:"issues"`
	Next   string  `json:"nextPageToken"`
	IsLast bool    `json:"isLast"`
}

// gathered is how many pages are read at the most before their tickets are
// handed on, should a site give page after page with next to nothing on it.
const gathered = 20

// next implements pager. Sites give fewer tickets a page than were asked for,
// usually a hundred, and the bulk fetch of histories takes a thousand; pages are
// therefore gathered until there are as many tickets as were asked for.
func (p *cloud) next(ctx context.Context, c *cursor) ([]issue, int, error) {
	issues, err := p.gather(ctx, c)
	if len(issues) > 0 {
		p.behind, err = err, nil
	}
	return issues, 0, err
}

func (p *cloud) gather(ctx context.Context, c *cursor) ([]issue, error) {
	if p.behind != nil {
		return nil, p.behind
	}
	var out []issue
	for range gathered {
		issues, err := p.page(ctx, c)
		if err != nil {
			return out, err
		}
		out = append(out, issues...)
		if c.Window == nil || len(out) >= p.size {
			break
		}
	}
	return out, nil
}

// page reads one page. It may be short or even empty and still have another
// behind it. A token that is no longer good, they live seven days, opens a new
// window behind the newest ticket seen.
func (p *cloud) page(ctx context.Context, c *cursor) ([]issue, error) {
	page, err := p.search(ctx, c.Window)
	if c.Window.Token != "" && refusedWith(err, http.StatusBadRequest) {
		c.restart(p.source.overlap)
		page, err = p.search(ctx, c.Window)
	}
	if err != nil {
		return nil, err
	}
	if page.Next != "" && !page.IsLast && page.Next == c.Window.Token {
		return nil, &connectors.Error{
			Source: p.source.name, Place: "GET " + p.source.base + "/rest/api/2/search/jql",
			Said: "gave a page token that leads to the same page again",
			Fix:  "what was read is stored; the next sync begins a new search",
		}
	}
	c.advance(p.order, page.Issues)
	if page.IsLast || page.Next == "" {
		c.finish()
	} else {
		c.Window.Token = page.Next
	}
	return page.Issues, nil
}

func (p *cloud) search(ctx context.Context, w *window) (tokenPage, error) {
	since := ""
	if !w.From.IsZero() {
		since = strconv.FormatInt(w.From.UnixMilli(), 10)
	}
	query := url.Values{
		"jql":        {p.source.jql(p.order, since)},
		"fields":     {strings.Join(p.fields, ",")},
		"maxResults": {strconv.Itoa(p.size)},
	}
	if w.Token != "" {
		query.Set("nextPageToken", w.Token)
	}
	var page tokenPage
	err := p.source.client.get(ctx, "rest/api/2/search/jql", query, &page)
	return page, err
}

// bulkRequest asks for the histories of up to a thousand tickets.
type bulkRequest struct {
	Issues []string `json:"issueIdsOrKeys"`
	Max    int      `json:"maxResults"`
	Token  string   `json:"nextPageToken,omitempty"`
}

type bulkPage struct {
	Logs []struct {
		IssueID   text      `json:"issueId"`
		Histories []history `json:"changeHistories"`
	} `json:"issueChangeLogs"`
	Next string `json:"nextPageToken"`
}

// bulkSize is how many entries of histories to ask for at a time: the most there are.
const bulkSize = 10_000

// histories implements pager. The history of one ticket may span pages of the
// bulk fetch.
func (p *cloud) histories(ctx context.Context, issues []issue) (map[string][]history, []string, error) {
	if len(issues) == 0 {
		return nil, nil, nil
	}
	if p.noBulk {
		return p.oneByOne(ctx, issues)
	}
	out := make(map[string][]history, len(issues))
	ask := bulkRequest{Issues: idsOf(issues), Max: bulkSize}
	for {
		var page bulkPage
		err := p.source.client.post(ctx, "rest/api/3/changelog/bulkfetch", ask, &page)
		if refusedWith(err, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusGone) {
			// One ticket of the page that vanished or is hidden spoils the whole
			// request on some sites; a site without the call refuses them all.
			p.noBulk = !refusedWith(err, http.StatusBadRequest)
			return p.oneByOne(ctx, issues)
		}
		if err != nil {
			return nil, nil, err
		}
		for _, log := range page.Logs {
			out[string(log.IssueID)] = append(out[string(log.IssueID)], log.Histories...)
		}
		if page.Next == "" || page.Next == ask.Token {
			return out, nil, nil
		}
		ask.Token = page.Next
	}
}

// oneByOne reads the histories ticket by ticket.
func (p *cloud) oneByOne(ctx context.Context, issues []issue) (map[string][]history, []string, error) {
	out := make(map[string][]history, len(issues))
	var gaps []string
	for i := range issues {
		hs, total, err := p.source.changelogPages(ctx, string(issues[i].ID))
		if err != nil && !refusedWith(err, http.StatusForbidden, http.StatusNotFound) {
			return nil, nil, err
		}
		switch {
		case err != nil:
			gaps = append(gaps, oneLine(issues[i].Key, 40)+": its history is not shown to this account")
		case len(hs) < total:
			gaps = append(gaps, cutHistory(&issues[i], len(hs), total))
		}
		out[string(issues[i].ID)] = hs
	}
	return out, gaps, nil
}

func idsOf(issues []issue) []string {
	out := make([]string, len(issues))
	for i := range issues {
		out[i] = string(issues[i].ID)
	}
	return out
}
