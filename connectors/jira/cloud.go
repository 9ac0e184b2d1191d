package jira

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/fairlead-dev/fairlead/connectors"
)

// cloud reads Jira Cloud: pages by token, histories in bulk.
//
// Sites give a hundred tickets a page, and the bulk fetch of histories takes a
// thousand; tickets are therefore held until there are that many. Each answer is
// stored with the cursor before the next request is made.
type cloud struct {
	source *Source
	order  string
	fields []string
	names  *catalog              // what the site calls its fields
	fresh  func([]issue) []issue // what was not read before in this pass
	size   int                   // how many tickets to ask for at a time
	most   int                   // how many of them to ask histories for at a time
	bulk   int                   // how many entries of these the site gives at a time; 0: not known
	noBulk bool                  // the site refused the bulk fetch; histories come ticket by ticket
	apart  int                   // so many of the tickets held have theirs read ticket by ticket
	// behind is trouble that was met behind tickets already read; it ends the pass
	// once they are handed on.
	behind error
}

type tokenPage struct {
	Issues []issue `json:"issues"`
	Next   string  `json:"nextPageToken"`
	IsLast bool    `json:"isLast"`
}

const (
	// mostPages are held at the most, should a site give page after page with next
	// to nothing on it.
	mostPages = 20
	// bulkSize is how many entries of histories to ask for at a time: the most there are.
	bulkSize = 10_000
)

// next implements pager. The usual pass, which one page of tickets is enough
// for, goes on with their histories at once; otherwise each page is stored, as
// part of the cursor, before more is asked for.
func (p *cloud) next(ctx context.Context, c *cursor) (batch, error) {
	if c.Held == nil && p.behind != nil {
		return batch{}, p.behind
	}
	if !p.enough(c) {
		if goOn, err := p.gather(ctx, c); err != nil || !goOn {
			return batch{}, err
		}
	}
	return p.whole(ctx, c)
}

// gather reads one page of tickets and holds it. goOn says not to store it
// first: it is all there is, or too much for a cursor, or nothing came and what
// was held before is stored already.
func (p *cloud) gather(ctx context.Context, c *cursor) (goOn bool, err error) {
	alone := c.Held == nil
	issues, _, err := p.page(ctx, c)
	if err != nil && alone && !errors.Is(err, errDeadEnd) {
		return false, err
	}
	p.behind = err
	c.hold(p.trimmed(p.fresh(issues)))
	return c.Held != nil && (err != nil || alone && c.Window == nil || c.heavy()), nil
}

// enough says that what is held is to be handed on before more is read.
func (p *cloud) enough(c *cursor) bool {
	h := c.Held
	if h == nil {
		return false
	}
	return c.Window == nil || p.behind != nil || p.noBulk || p.apart > 0 || h.Told > 0 ||
		h.tickets() >= p.most || len(h.Pages) >= mostPages || h.weight() >= plentyHeld
}

// whole hands on the first page held, with histories, which it reads for as many
// tickets as it can at a time.
func (p *cloud) whole(ctx context.Context, c *cursor) (b batch, err error) {
	if c.Held.Told == 0 && p.apart == 0 && !p.noBulk {
		if err := p.readHistories(ctx, c.Held); err != nil {
			return batch{}, err
		}
	}
	b.issues, b.histories = c.take()
	if b.histories == nil {
		b.histories, b.gaps, err = p.oneByOne(ctx, b.issues)
		p.apart = max(p.apart-len(b.issues), 0)
	}
	b.more = c.Held != nil && c.Held.Told > 0
	c.advance(p.order, b.issues)
	return b, err
}

var errDeadEnd = errors.New("gave a page token that leads to the same page again")

// page implements pager. It may be short or even empty and still have another
// behind it. A token that is no longer good, they live seven days, opens a new
// window behind the newest ticket seen.
func (p *cloud) page(ctx context.Context, c *cursor) ([]issue, int, error) {
	page, err := p.search(ctx, c.Window)
	if c.Window.Token != "" && refusedWith(err, http.StatusBadRequest) {
		c.restart(p.source.overlap)
		page, err = p.search(ctx, c.Window)
	}
	if err != nil {
		return nil, 0, err
	}
	if page.Next != "" && !page.IsLast && page.Next == c.Window.Token {
		c.restart(p.source.overlap)
		return nil, 0, &connectors.Error{
			Source: p.source.name, Place: "GET " + p.source.base + "/rest/api/2/search/jql",
			Said: errDeadEnd.Error(),
			Fix:  "what was read is stored; the next sync begins a new search",
			Err:  errDeadEnd,
		}
	}
	c.reach(p.order, page.Issues)
	if page.IsLast || page.Next == "" {
		c.finish()
	} else {
		c.Window.Token = page.Next
	}
	return page.Issues, 0, nil
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

// readHistories reads the histories of as many of the held tickets as one page of
// the bulk fetch has room for. Where they need more it asks again for fewer: a
// page token is a place in a list of all these tickets' entries, and if one of
// them were deleted before the next page was asked for, an entry of another
// ticket would slip through unseen.
func (p *cloud) readHistories(ctx context.Context, h *held) error {
	for tickets := min(p.most, h.tickets()); ; {
		page, err := p.bulkFetch(ctx, h.ids(tickets))
		if refusedWith(err, http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusGone) {
			// One ticket that vanished or is hidden spoils the whole request on some
			// sites; a site without the call refuses them all.
			p.noBulk, p.apart = !refusedWith(err, http.StatusBadRequest), tickets
			return nil
		}
		if err != nil {
			return err
		}
		found, entries := page.histories()
		if page.Next == "" {
			p.hushHistories(found)
			h.tell(tickets, found)
			p.learn(tickets, entries)
			return nil
		}
		p.bulk = entries // a page with another behind it is full
		tickets /= 2
	}
}

// learn chooses for how many tickets to ask next time, so that their histories
// fill nine tenths of a page if they are as long as those of the last ones.
func (p *cloud) learn(tickets, entries int) {
	room := cmp.Or(p.bulk, bulkSize) * 9 / 10
	p.most = max(1, min(room*tickets/max(entries, 1), p.size))
}

// bulkFetch reads the first page of the tickets' histories; of a single ticket,
// all of them.
func (p *cloud) bulkFetch(ctx context.Context, ids []string) (all bulkPage, err error) {
	ask := bulkRequest{Issues: ids, Max: bulkSize}
	for {
		var page bulkPage
		if err := p.source.client.post(ctx, "rest/api/3/changelog/bulkfetch", ask, &page); err != nil {
			return bulkPage{}, err
		}
		if page.Next != "" && page.Next == ask.Token {
			return bulkPage{}, &connectors.Error{
				Source: p.source.name, Place: "POST " + p.source.base + "/rest/api/3/changelog/bulkfetch",
				Said: errDeadEnd.Error(), Fix: "what was read is stored; the next sync asks again", Err: errDeadEnd,
			}
		}
		all.Logs, all.Next = append(all.Logs, page.Logs...), page.Next
		if len(ids) > 1 || page.Next == "" {
			return all, nil
		}
		ask.Token = page.Next
	}
}

// histories are those on the page, by issue id, and how many entries they have.
func (b *bulkPage) histories() (found map[string][]history, entries int) {
	found = make(map[string][]history, len(b.Logs))
	for _, log := range b.Logs {
		id := string(log.IssueID)
		found[id] = append(found[id], log.Histories...)
		entries += len(log.Histories)
	}
	return found, entries
}

// histories implements pager.
func (p *cloud) histories(ctx context.Context, issues []issue) (map[string][]history, []string, error) {
	var (
		c    cursor
		out  = make(map[string][]history, len(issues))
		gaps []string
	)
	for c.hold(issues); c.Held != nil; {
		b, err := p.whole(ctx, &c)
		if err != nil {
			return nil, nil, err
		}
		maps.Copy(out, b.histories)
		gaps = append(gaps, b.gaps...)
	}
	return out, gaps, nil
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
