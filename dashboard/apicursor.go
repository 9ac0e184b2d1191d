package dashboard

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/dashboard/api"
)

// mostAPage is how much a page of the API holds at the most.
const mostAPage = 200

// cursor says after what a page begins, and of which list. It names the last thing
// of the page before rather than how many came before, so that nothing comes twice
// or is left out where the list has changed meanwhile. It gives no right to anything.
type cursor struct {
	Of    string `json:"of"` // which list
	After string `json:"after"`
}

// listOf tells lists apart: by their address and what they are narrowed by.
func (v *visit) listOf() string {
	q := url.Values{}
	for name, values := range v.asked {
		if name != "limit" && name != "cursor" {
			q[name] = values
		}
	}
	sum := sha256.Sum256([]byte(v.r.URL.Path + "?" + q.Encode()))
	return hex.EncodeToString(sum[:6])
}

// after is after what the page begins; empty for the first page.
func (v *visit) after() (string, error) {
	written := v.asked.get("cursor")
	if written == "" {
		return "", nil
	}
	var c cursor
	text, err := base64.RawURLEncoding.DecodeString(written)
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	switch {
	case err != nil || c.Of == "" || c.After == "":
		return "", wrongCursor("It is not one that was given out here. Begin without it, and follow the next links.")
	case c.Of != v.listOf():
		return "", wrongCursor("It belongs to another list. Keep everything but limit as it was, or begin without it.")
	}
	return c.After, nil
}

func wrongCursor(text string) error {
	return wrongRequest(http.StatusBadRequest, "That query is not understood", []api.FieldError{{Field: "cursor", Text: text}})
}

// nextAfter is the address of the page that begins after something, told in the
// head of the answer as well (RFC 8288).
func (v *visit) nextAfter(last string) string {
	text, err := json.Marshal(cursor{v.listOf(), last})
	if err != nil {
		panic(err) // two texts
	}
	q := url.Values{}
	for name, values := range v.r.URL.Query() {
		q[name] = values
	}
	q.Set("cursor", base64.RawURLEncoding.EncodeToString(text))
	next := address(v.r.URL.EscapedPath(), q)
	v.w.Header().Set("Link", "<"+next+`>; rel="next"`)
	return next
}

// paged is the page of a list that the query asks for, ordered by a key that no two
// have in common.
func paged[T any](v *visit, all []T, key func(*T) string, backwards bool) ([]T, api.Page, error) {
	after, err := v.after()
	if err != nil {
		return nil, api.Page{}, err
	}
	order := strings.Compare
	if backwards {
		order = func(a, b string) int { return strings.Compare(b, a) }
	}
	sorted := make([]ordered[T], len(all))
	for i := range all {
		sorted[i] = ordered[T]{key(&all[i]), &all[i]}
	}
	slices.SortFunc(sorted, func(a, b ordered[T]) int { return order(a.key, b.key) })
	p := api.Page{Total: len(all)}
	begin := 0
	if after != "" {
		begin, _ = slices.BinarySearchFunc(sorted, after, func(one ordered[T], after string) int {
			if order(one.key, after) > 0 {
				return 1
			}
			return -1
		})
	}
	end := min(begin+v.asked.number("limit"), len(all))
	page := make([]T, end-begin) // never null
	for i := range page {
		page[i] = *sorted[begin+i].one
	}
	if end < len(all) {
		p.Next = v.nextAfter(sorted[end-1].key)
	}
	return page, p, nil
}

// ordered is one of a list with the key that it is ordered by.
type ordered[T any] struct {
	key string
	one *T
}

// keyOf joins what something is ordered by, the first first.
func keyOf(parts ...string) string { return strings.Join(parts, "\x00") }

// inDigits orders numbers as texts.
func inDigits(n int64) string { return fmt.Sprintf("%020d", n) }
