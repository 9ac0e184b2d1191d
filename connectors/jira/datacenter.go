package jira

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// dataCenter reads Jira Data Center and Server: pages by offset, histories
// inside the search.
//
// An offset is a poor bookmark: a ticket that is updated while the pages are
// read moves to the end, and everything behind its old place moves up by one, so that
// the next page would begin one ticket too late. Therefore each page begins
// with the last ticket of the one before; when it does not, the window is opened again at the
// newest update time seen. The same happens long before an offset
// at which servers stop answering.
type dataCenter struct {
	source      *Source
	order       string
	fields      []string
	fresh       func([]issue) []issue // what was not read before in this pass
	size        int
	expand      string // "changelog" or nothing
	location    *time.Location
	reopened    int  // how often in a row the same window was opened again
	noChangelog bool // the server has no pages of a single ticket's history
}

const (
	// deepest is the offset at which a new window is opened; servers on
	// OpenSearch stop answering at 10,000.
	deepest = 5_000
	// smallEnough is a page that no server breaks down over because of its size.
	smallEnough = 100
	// patience is how often the same window is opened again before giving up.
	patience = 5
)

type offsetPage struct {
	Total  int     `json:"total"`
	Issues []issue `json:"issues"`
}

// next implements pager. A search brings histories along, so nothing has to be held.
func (p *dataCenter) next(ctx context.Context, c *cursor) (b batch, err error) {
	if b.issues, b.total, err = p.page(ctx, c); err != nil {
		return batch{}, err
	}
	b.issues = p.fresh(b.issues)
	b.histories, b.gaps, err = p.histories(ctx, b.issues)
	return b, err
}

// page implements pager.
func (p *dataCenter) page(ctx context.Context, c *cursor) ([]issue, int, error) {
	for {
		page, err := p.search(ctx, c.Window)
		if err != nil {
			return nil, 0, err
		}
		issues, held := c.Window.behind(page.Issues)
		if hidden := len(issues) == 0 && c.Window.Start < page.Total; held && !hidden {
			expected := c.Window.move(issues, page.Total)
			c.advance(p.order, issues)
			p.turn(c, len(issues), page.Total)
			return issues, expected, nil
		}
		if err := p.reopen(c); err != nil {
			return nil, 0, err
		}
	}
}

// behind drops the ticket by which a page overlaps the one before. held is
// false when the page does not begin with it: tickets have moved.
func (w *window) behind(issues []issue) (rest []issue, held bool) {
	if w.Last == "" {
		return issues, true
	}
	if len(issues) == 0 || string(issues[0].ID) != w.Last {
		return nil, false
	}
	return issues[1:], true
}

// move puts the bookmark behind the issues. It tells how many tickets the first
// window holds, for progress; later windows repeat some of them.
func (w *window) move(issues []issue, total int) int {
	if w.Start > 0 {
		total = 0
	}
	w.Start += len(issues)
	if n := len(issues); n > 0 {
		w.Last = string(issues[n-1].ID)
	}
	return total
}

// turn ends the window where it is read to its end, and opens the next one
// before offsets grow too deep. All tickets of one minute share a window,
// however many they are.
func (p *dataCenter) turn(c *cursor, read, total int) {
	if read == 0 || (total > 0 && c.Window.Start >= total) {
		c.finish()
		return
	}
	if c.Window.Start >= deepest && minute(c.Since).After(minute(c.Window.From)) {
		c.Window = &window{From: c.Since}
		p.reopened = 0
	}
}

// reopen begins a window at the newest ticket seen.
func (p *dataCenter) reopen(c *cursor) error {
	if minute(c.Since).After(minute(c.Window.From)) {
		p.reopened = 0
	}
	if p.reopened++; p.reopened > patience {
		return &connectors.Error{
			Source: p.source.name, Place: "GET " + p.source.base + "/rest/api/2/search",
			Said: "tickets move faster than they can be read",
			Fix:  "a bulk change may be running; what was read is stored, and the next sync goes on from there",
		}
	}
	c.Window = &window{From: c.Since}
	return nil
}

func minute(t time.Time) time.Time { return t.Truncate(time.Minute) }

// search reads a page. A server, or a proxy before it, that breaks down over a
// large one is asked for half as many, for the rest of the pass.
func (p *dataCenter) search(ctx context.Context, w *window) (offsetPage, error) {
	for {
		page, err := p.ask(ctx, w)
		if err == nil || ctx.Err() != nil || p.size <= smallEnough || !tooMuch(err) {
			return page, err
		}
		p.size = max(p.size/2, smallEnough)
	}
}

// tooMuch recognises the ways in which an answer is too large for somebody: the
// server gives up, takes too long, or the answer breaks off.
func tooMuch(err error) bool {
	var slow interface{ Timeout() bool }
	return refusedWith(err, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &slow) && slow.Timeout()
}

func (p *dataCenter) ask(ctx context.Context, w *window) (offsetPage, error) {
	since := ""
	if !w.From.IsZero() {
		since = quote(jqlMinute(w.From, p.location))
	}
	start := w.Start
	if w.Last != "" && start > 0 {
		start--
	}
	query := url.Values{
		"jql":        {p.source.jql(p.order, since)},
		"fields":     {strings.Join(p.fields, ",")},
		"startAt":    {strconv.Itoa(start)},
		"maxResults": {strconv.Itoa(max(p.size, 2))}, // one is the overlap
	}
	if p.expand != "" {
		query.Set("expand", p.expand)
	}
	var page offsetPage
	err := p.source.client.get(ctx, "rest/api/2/search", query, &page)
	return page, err
}

// histories implements pager. What the search cut short is asked for again,
// ticket by ticket.
func (p *dataCenter) histories(ctx context.Context, issues []issue) (map[string][]history, []string, error) {
	out := make(map[string][]history, len(issues))
	var gaps []string
	for i := range issues {
		log := issues[i].Changelog
		if log == nil {
			log = &changelog{}
		}
		if log.Total > len(log.Histories) {
			whole, err := p.whole(ctx, string(issues[i].ID), log)
			if err != nil {
				return nil, nil, err
			}
			if log = whole; log.Total > len(log.Histories) {
				gaps = append(gaps, cutHistory(&issues[i], len(log.Histories), log.Total))
			}
		}
		out[string(issues[i].ID)] = log.Histories
	}
	return out, gaps, nil
}

// whole asks for one ticket's history in the ways a server may have, and gives
// the longest answer.
func (p *dataCenter) whole(ctx context.Context, id string, best *changelog) (*changelog, error) {
	var again issue
	query := url.Values{"fields": {"updated"}, "expand": {"changelog"}}
	err := p.source.client.get(ctx, "rest/api/2/issue/"+url.PathEscape(id), query, &again)
	if err != nil && !refusedWith(err, http.StatusForbidden, http.StatusNotFound) {
		return nil, err
	}
	if again.Changelog != nil && len(again.Changelog.Histories) > len(best.Histories) {
		best = again.Changelog
	}
	if len(best.Histories) >= best.Total || p.noChangelog {
		return best, nil
	}
	hs, total, err := p.source.changelogPages(ctx, id)
	if refusedWith(err, http.StatusNotFound, http.StatusMethodNotAllowed) {
		p.noChangelog = true
		return best, nil
	}
	if err != nil && !refusedWith(err, http.StatusForbidden) {
		return nil, err
	}
	if len(hs) > len(best.Histories) {
		best = &changelog{Total: max(total, len(hs)), Histories: hs}
	}
	return best, nil
}
