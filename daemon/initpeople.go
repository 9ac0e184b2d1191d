package daemon

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/fairlead-dev/fairlead/ticket"
)

// taken are ids that somebody or something has already.
type taken map[string]bool

// longestSlug keeps ids short enough to type and to be a file's name.
const longestSlug = 40

// slug makes a short id of a name and takes it: small letters, digits and
// hyphens of ASCII. What leaves none of these is called otherwise.
func (t taken) slug(name, otherwise string) string {
	base := strings.Trim(strings.Map(slugLetter, norm.NFD.String(strings.ToLower(name))), "-") // é as e and an accent, which goes
	for strings.Contains(base, "--") {
		base = strings.ReplaceAll(base, "--", "-")
	}
	if len(base) > longestSlug {
		base = strings.TrimRight(base[:longestSlug], "-")
	}
	base = cmp.Or(base, otherwise)
	id := base
	for n := 2; t[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	t[id] = true
	return id
}

func slugLetter(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r
	case r == ' ', r == '-', r == '_', r == '.', r == '/', r == ',':
		return '-'
	}
	return -1
}

// newcomer is somebody to be written into org.yaml.
type newcomer struct {
	id, name string
	emails   []string
	accounts map[string][]string // by tracker
	bot      bool
}

// line is the newcomer's line under people in org.yaml. The role is left to a
// human: no tracker knows it.
func (n newcomer) line() string {
	parts := []string{"id: " + quoted(n.id)}
	if n.name != "" {
		parts = append(parts, "name: "+quoted(n.name))
	}
	if len(n.emails) > 0 {
		parts = append(parts, "email: "+oneOrList(n.emails))
	}
	for _, tracker := range slices.Sorted(maps.Keys(n.accounts)) {
		parts = append(parts, tracker+": "+oneOrList(n.accounts[tracker]))
	}
	if n.bot {
		parts = append(parts, "bot: true")
	}
	return "- {" + strings.Join(parts, ", ") + "}"
}

func oneOrList(words []string) string {
	if len(words) == 1 {
		return quoted(words[0])
	}
	return quotedList(words)
}

// longestText bounds what is taken over of somebody else's text, in characters;
// trackers' own bounds are lower.
const longestText = 1000

// valid is text as a file can hold it.
func valid(text string) string {
	runes := []rune(strings.ToValidUTF8(text, "\uFFFD"))
	return string(runes[:min(len(runes), longestText)])
}

// roster gathers newcomers; accounts with one address are one person, also
// across trackers.
type roster struct {
	list      []*newcomer
	byAccount map[accountKey]*newcomer
	byEmail   map[string]*newcomer
	ids       taken
}

func newRoster() roster {
	return roster{byAccount: map[accountKey]*newcomer{}, byEmail: map[string]*newcomer{}, ids: taken{}}
}

// add gives the id of the person behind the account, new or known; empty for
// nobody, and for accounts that are switched off. Ids and addresses are compared
// as the directory compares them, without regard to case.
func (r *roster) add(tracker string, a ticket.Account) string {
	id, email := valid(a.ID), valid(a.Email)
	if id == "" || a.Inactive {
		return ""
	}
	key := accountKey{tracker, strings.ToLower(id)}
	n := r.byAccount[key]
	if n == nil && email != "" {
		n = r.byEmail[strings.ToLower(email)]
	}
	if n == nil {
		n = &newcomer{id: r.ids.slug(a.Name, "person"), name: valid(a.Name), bot: a.Bot, accounts: map[string][]string{}}
		r.list = append(r.list, n)
	}
	if r.byAccount[key] == nil {
		r.byAccount[key] = n
		n.accounts[tracker] = append(n.accounts[tracker], id)
	}
	if at := strings.ToLower(email); email != "" && r.byEmail[at] == nil {
		r.byEmail[at] = n
		n.emails = append(n.emails, email)
	}
	return n.id
}
