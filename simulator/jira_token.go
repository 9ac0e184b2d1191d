package simulator

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// sized is how many issues the page holds: as many as asked for and allowed, or
// on a site with short pages now and then fewer, even none.
func (j *jira) sized(s search, start int) int {
	size := min(max(s.maxResults, 1), j.o.PageCap)
	if j.o.ShortPages == 0 || strings.HasSuffix(j.tokenText(s.token), "|short") {
		return size // never two in a row, or a search might not end
	}
	rng := rand.New(rand.NewPCG(j.o.ShortPages, uint64(start)))
	if rng.IntN(3) > 0 {
		return size
	}
	return rng.IntN(size)
}

// A page token remembers the query it belongs to, when it was made and where
// the last page ended. An issue that moved behind that place is shown again, one
// that moved before it is missed; nothing shifts. After a short page it says so.
func (j *jira) pageToken(s search, page []*Issue) string {
	size := min(max(s.maxResults, 1), j.o.PageCap)
	place := "||"
	switch {
	case len(page) > 0:
		last := page[len(page)-1]
		place = fmt.Sprintf("%d|%d|%d", last.number, last.Updated.UnixNano(), last.Created.UnixNano())
	case s.token != "":
		place = strings.Join(strings.Split(j.tokenText(s.token), "|")[2:5], "|")
	}
	text := fmt.Sprintf("%s|%d|%s", uuid(s.jql), j.w.now.UnixNano(), place)
	if len(page) < size {
		text += "|short"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func (j *jira) tokenText(token string) string {
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	return string(raw)
}

// after is the place behind what earlier pages showed.
func (j *jira) after(all results, q query, s search) (int, error) {
	if s.token == "" {
		return 0, nil
	}
	parts := strings.Split(strings.TrimSuffix(j.tokenText(s.token), "|short"), "|")
	if len(parts) != 5 || parts[0] != uuid(s.jql) {
		return 0, refuse("The provided nextPageToken is invalid or belongs to another query.")
	}
	made, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || j.o.TokenLife > 0 && j.w.now.Sub(time.Unix(0, made)) > j.o.TokenLife {
		return 0, refuse("The provided nextPageToken is invalid or has expired.")
	}
	if parts[2] == "" { // nothing was shown yet
		return 0, nil
	}
	var n [3]int64
	for i := range n {
		if n[i], err = strconv.ParseInt(parts[i+2], 10, 64); err != nil {
			return 0, refuse("The provided nextPageToken is invalid or belongs to another query.")
		}
	}
	last := &Issue{number: int(n[0]), Updated: time.Unix(0, n[1]), Created: time.Unix(0, n[2]), Space: &Space{}}
	if i, ok := j.w.find(strconv.Itoa(last.number)); ok {
		last.Space, last.ordinal = i.Space, i.ordinal
	}
	return q.behind(all, last), nil
}
