package jira

import (
	"errors"
	"slices"
)

// held is what a pass over Jira Cloud has read and not handed on yet: pages of
// tickets that wait until there are as many as histories can be asked for at a
// time, and those histories, once all of them came. It travels in the cursor, so
// that every page is stored before the next is asked for, and a sync that is
// killed asks again for nothing but what was in flight.
//
// Tickets in it are as their page told them. What is edited while it waits is
// found once more, by the search, which has no end, or by the next pass, whose
// window overlaps this one's.
type held struct {
	Pages []parcel[[]issue] `json:"pages"` // never empty
	// Told is how many of the tickets, from the first on, have their histories here.
	Told      int                           `json:"told,omitempty"`
	Histories *parcel[map[string][]history] `json:"histories,omitempty"` // by issue id
}

const (
	// plentyHeld is enough to be handed on, in bytes of tickets before packing,
	// however few tickets that is. A thousand usual ones are 5 MB.
	plentyHeld = 8 << 20
	// mostHeld is as much as a cursor carries.
	mostHeld = 2 * plentyHeld
	// entryWeight and itemWeight are about what an entry of a history and a field
	// changed in it take beside its words, written as JSON.
	entryWeight, itemWeight = 400, 150
)

// hold takes a page of tickets in.
func (c *cursor) hold(issues []issue) {
	if len(issues) == 0 {
		return
	}
	if c.Held == nil {
		c.Held = &held{}
	}
	c.Held.Pages = append(c.Held.Pages, parcel[[]issue]{content: issues, weight: weightOf(issues)})
}

func weightOf(issues []issue) (n int) {
	for i := range issues {
		for name, raw := range issues[i].Fields {
			n += len(name) + len(raw)
		}
	}
	return n
}

// cut takes the first tickets off a page; what is left is packed anew.
func cut(page *parcel[[]issue], n int) []issue {
	if n == len(page.content) {
		issues := page.content
		*page = parcel[[]issue]{}
		return issues
	}
	issues := page.content[:n:n]
	*page = parcel[[]issue]{content: slices.Clone(page.content[n:]), weight: page.weight - weightOf(issues)}
	return issues
}

// tell takes in the histories of the first tickets.
func (h *held) tell(tickets int, histories map[string][]history) {
	weight := 0
	for _, hs := range histories {
		for i := range hs {
			weight += hs[i].weight()
		}
	}
	h.Told = tickets
	h.Histories = &parcel[map[string][]history]{content: histories, weight: weight}
}

func (h *history) weight() (n int) {
	n = entryWeight
	for _, it := range h.Items {
		n += itemWeight + len(it.From) + len(it.FromString) + len(it.To) + len(it.ToString)
	}
	return n
}

// tickets is how many tickets are held.
func (h *held) tickets() (n int) {
	for i := range h.Pages {
		n += len(h.Pages[i].content)
	}
	return n
}

// weight is about how many bytes the held tickets and histories have.
func (h *held) weight() (n int) {
	for i := range h.Pages {
		n += h.Pages[i].weight
	}
	if h.Histories != nil {
		n += h.Histories.weight
	}
	return n
}

// ids are those of the first tickets, each once.
func (h *held) ids(tickets int) (ids []string) {
	seen := map[text]bool{}
	for i := range h.Pages {
		for _, iss := range h.Pages[i].content[:min(tickets, len(h.Pages[i].content))] {
			if tickets--; !seen[iss.ID] {
				seen[iss.ID] = true
				ids = append(ids, string(iss.ID))
			}
		}
	}
	return ids
}

// take hands on the first page, as far as its histories are here. Where none
// are, it hands on the whole page without.
func (c *cursor) take() (issues []issue, histories map[string][]history) {
	h := c.Held
	n := len(h.Pages[0].content)
	if h.Told > 0 {
		n = min(n, h.Told)
		h.Told -= n
		histories = h.Histories.content
	}
	if h.Told == 0 {
		h.Histories = nil
	}
	issues = cut(&h.Pages[0], n)
	if len(h.Pages[0].content) == 0 {
		h.Pages = slices.Delete(h.Pages, 0, 1)
	}
	if len(h.Pages) == 0 {
		c.Held = nil
	}
	return issues, histories
}

// heavy says that more is held than a cursor should carry. It is then handed on
// without being stored before, at the price of reading it twice after a kill.
func (c *cursor) heavy() bool { return c.Held != nil && c.Held.weight() > mostHeld }

var errHeld = errors.New("no pass of ours held this")

// unpack makes what a cursor carries usable. It refuses what no pass of ours can
// have left behind, and what is larger than any would.
func (h *held) unpack() error {
	left := int64(mostUnpacked)
	for i := range h.Pages {
		if err := h.Pages[i].unpack(&left); err != nil {
			return err
		}
		if len(h.Pages[i].content) == 0 {
			return errHeld
		}
	}
	if len(h.Pages) == 0 || h.Told < 0 || h.Told > h.tickets() || (h.Told > 0) != (h.Histories != nil) {
		return errHeld
	}
	if h.Histories != nil {
		return h.Histories.unpack(&left)
	}
	return nil
}

// pack makes it fit to be written.
func (h *held) pack() {
	for i := range h.Pages {
		h.Pages[i].pack()
	}
	if h.Histories != nil {
		h.Histories.pack()
	}
}
