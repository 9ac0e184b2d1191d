package linear

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fairlead-dev/fairlead/ticket"
)

// user is somebody with an account, of now or of the past.
type user struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	DisplayName string    `json:"displayName"`
	Email       string    `json:"email"`
	URL         string    `json:"url"`
	Active      bool      `json:"active"`
	App         bool      `json:"app"`
	ArchivedAt  time.Time `json:"archivedAt"`
}

// bot is an integration or automation. Its id may be missing.
type bot struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// outsider is a person known only through an integration such as Slack.
type outsider struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// people finds accounts by id, and those meant in a text.
type people struct {
	byID     map[string]ticket.Account
	byHandle map[string]string // display name, folded, to id
	byURL    map[string]string // profile URL, folded, to id
	longest  int               // words in the longest display name
}

func newPeople(users []user) people {
	p := people{byID: map[string]ticket.Account{}, byHandle: map[string]string{}, byURL: map[string]string{}}
	for _, u := range users {
		p.byID[u.ID] = ticket.Account{
			ID: u.ID, Name: u.Name, Email: u.Email, Bot: u.App, Inactive: !u.Active || !u.ArchivedAt.IsZero(),
		}
		if h := strings.ToLower(u.DisplayName); h != "" {
			p.byHandle[h] = u.ID
			p.longest = max(p.longest, len(strings.Fields(h)))
		}
		if at := profile(u.URL); at != "" {
			p.byURL[at] = u.ID
		}
	}
	return p
}

// account is the user with this id: nobody for an empty id, only an id for an
// account that Linear lists no more.
func (p people) account(id string) ticket.Account {
	if a, ok := p.byID[id]; ok {
		return a
	}
	return ticket.Account{ID: id}
}

// automate marks the user that fairlead itself writes with as automation, so that
// no comment of its own counts as a person's taking part. An empty id is nobody's.
func (p people) automate(id string) {
	if id == "" {
		return
	}
	a := p.account(id)
	a.Bot = true
	p.byID[id] = a
}

// value is account as a value of a history; nil for nobody.
func (p people) value(id string) []ticket.Value {
	if id == "" {
		return nil
	}
	return []ticket.Value{{ID: id, Text: p.account(id).Name}}
}

// either is who did something: the user, or else the person outside, or else
// the bot, or nobody.
func (p people) either(userID string, from *outsider, by *bot) ticket.Account {
	switch {
	case userID != "":
		return p.account(userID)
	case from != nil && from.ID != "":
		return ticket.Account{ID: from.ID, Name: from.Name, Email: from.Email}
	case by != nil:
		return by.account()
	}
	return ticket.Account{}
}

func (b *bot) account() ticket.Account {
	a := ticket.Account{ID: b.ID, Name: b.Name, Bot: true}
	if a.ID == "" {
		a.ID = "bot:" + b.Type
	}
	if a.Name == "" {
		a.Name = b.Type
	}
	return a
}

// mentions lists the users a text names, as a link to their profile
// (https://linear.app/acme/profiles/mina) or as @mina. Linear writes a mention in
// either way; names that nobody has are left out.
func (p people) mentions(text string) []string {
	var ids []string
	for i, r := range text {
		switch {
		case r == '@' && !joins(text[:i]):
			if id, ok := p.handle(text[i+1:]); ok {
				ids = append(ids, id)
			}
		case r == 'h' && strings.HasPrefix(text[i:], "http"):
			if id, ok := p.byURL[profile(text[i:])]; ok {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// joins says that a handle cannot begin here, as in lee@acme.example.
func joins(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return before != "" && inWord(r)
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// handle finds the longest display name that text begins with. Display names
// may hold spaces, dots and dashes, and a sentence may go on right behind them.
func (p people) handle(text string) (id string, ok bool) {
	words := 0
	for end := 0; ; {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !inWord(r) || size == 0 { // a possible end of the name
			if found, known := p.byHandle[strings.ToLower(text[:end])]; known {
				id, ok = found, true
			}
			if unicode.IsSpace(r) {
				words++
			}
			if words >= p.longest || size == 0 || r == '\n' || r == '@' {
				return id, ok
			}
		}
		end += size
	}
}

// profile is the part of a profile URL that names a user, in lower case:
// "acme/profiles/mina"; empty for any other URL.
func profile(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	end := strings.IndexFunc(rest, func(r rune) bool {
		return !inWord(r) && r != '/' && r != '.' && r != '-' && r != ':'
	})
	if end >= 0 {
		rest = rest[:end]
	}
	parts := strings.Split(strings.ToLower(strings.TrimRight(rest, ".:/")), "/")
	if len(parts) < 4 || parts[2] != "profiles" {
		return ""
	}
	return strings.Join(parts[1:4], "/")
}
