package daemon

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/ticket"
)

// UnknownPerson is an account in stored tickets that the directory does not
// know, neither by account id nor by e-mail address.
type UnknownPerson struct {
	Tracker  string `json:"tracker"`
	ID       string `json:"account"`
	Name     string `json:"name,omitempty"` // untrusted text
	Email    string `json:"email,omitempty"`
	Bot      bool   `json:"bot,omitempty"`
	Inactive bool   `json:"inactive,omitempty"`
	Tickets  int    `json:"tickets"`           // in which they took part
	Perhaps  string `json:"perhaps,omitempty"` // id of somebody of that name in the directory
	Paste    string `json:"paste"`             // for people in org.yaml: a line, or a key where Perhaps is set
}

// UnknownManager is an EM whom no account in a tracker is known to belong to,
// though their team has work there: what they did looks like nobody's.
type UnknownManager struct {
	Team    string `json:"team"`
	Person  string `json:"person"`
	Name    string `json:"name"`
	Tracker string `json:"tracker"`
	Paste   string `json:"paste,omitempty"` // a key for the person in org.yaml; empty when no account fits by name
}

type accountKey struct{ tracker, id string }

// metIn is a person of the directory, seen in a tracker.
type metIn struct{ tracker, person string }

// acquaintance is all that tickets tell of one account.
type acquaintance struct {
	account ticket.Account
	tickets int
}

// meet notes everybody who took part in the ticket, each once.
func (s *stock) meet(t *ticket.Ticket) {
	here := map[string]bool{}
	note := func(a ticket.Account) {
		if a.ID == "" {
			return // nothing that org.yaml could name
		}
		known := s.accounts[accountKey{t.Tracker, a.ID}]
		if known == nil {
			known = &acquaintance{account: ticket.Account{ID: a.ID}}
			s.accounts[accountKey{t.Tracker, a.ID}] = known
		}
		known.learn(a)
		if !here[a.ID] {
			here[a.ID] = true
			known.tickets++
		}
	}
	note(t.Assignee)
	for p := range t.Parts() {
		note(p.Account)
	}
}

// learn takes what one mention of an account tells and others did not.
func (k *acquaintance) learn(a ticket.Account) {
	k.account.Name = cmp.Or(k.account.Name, a.Name)
	k.account.Email = cmp.Or(k.account.Email, a.Email)
	k.account.Bot = k.account.Bot || a.Bot
	k.account.Inactive = k.account.Inactive || a.Inactive
}

// strangers lists the accounts that the directory does not know, those with
// most tickets first.
func (s *stock) strangers(dir *org.Directory) []UnknownPerson {
	var out []UnknownPerson
	for key, k := range s.accounts {
		if _, known := dir.Resolve(key.tracker, key.id, k.account.Email); known {
			continue
		}
		a := k.account
		out = append(out, UnknownPerson{
			Tracker: key.tracker, ID: a.ID, Name: a.Name, Email: a.Email, Bot: a.Bot, Inactive: a.Inactive, Tickets: k.tickets,
		})
	}
	slices.SortFunc(out, func(a, b UnknownPerson) int {
		return cmp.Or(cmp.Compare(b.Tickets, a.Tickets), cmp.Compare(a.Tracker, b.Tracker), cmp.Compare(a.ID, b.ID))
	})
	ids := namesTaken(dir)
	for i := range out {
		out[i].suggest(dir, ids)
	}
	return out
}

func namesTaken(dir *org.Directory) taken {
	ids := taken{}
	for _, p := range dir.People() {
		ids[p.ID] = true
	}
	return ids
}

// suggest writes the line that would make the directory know the account.
func (p *UnknownPerson) suggest(dir *org.Directory, ids taken) {
	if same := namesake(dir, p.Name); same != "" && !p.Bot {
		p.Perhaps, p.Paste = same, fmt.Sprintf("%s: %s", p.Tracker, quoted(p.ID))
		return
	}
	someone := newcomer{id: ids.slug(p.Name, "person"), name: p.Name, bot: p.Bot, accounts: map[string][]string{p.Tracker: {p.ID}}}
	if p.Email != "" {
		someone.emails = []string{p.Email}
	}
	p.Paste = someone.line()
}

// namesake is the id of the only person of this name; empty when there is none.
func namesake(dir *org.Directory, name string) string {
	found := ""
	for _, p := range dir.People() {
		if name == "" || !strings.EqualFold(strings.TrimSpace(p.Name), strings.TrimSpace(name)) {
			continue
		}
		if found != "" {
			return ""
		}
		found = p.ID
	}
	return found
}

// unknownManagers lists the present EMs of teams with stored work whose account
// in that work's tracker is not known.
func (s *stock) unknownManagers(dir *org.Directory, strangers []UnknownPerson, now time.Time) []UnknownManager {
	met := s.peopleMet(dir)
	var out []UnknownManager
	teams := dir.Teams()
	for i := range teams {
		for _, seat := range teams[i].EMs {
			p, _ := dir.Person(seat.Person)
			for _, tracker := range []string{"jira", "linear"} {
				known := len(p.Accounts[tracker]) > 0 || met[metIn{tracker, p.ID}]
				if !seat.Holds(now) || known || !s.owned[ownedBy{teams[i].ID, tracker}] {
					continue
				}
				out = append(out, UnknownManager{
					Team: teams[i].ID, Person: p.ID, Name: p.Name, Tracker: tracker, Paste: accountOfNamesake(strangers, tracker, p.ID),
				})
			}
		}
	}
	return out
}

// peopleMet tells who of the directory was seen in which tracker.
func (s *stock) peopleMet(dir *org.Directory) map[metIn]bool {
	met := map[metIn]bool{}
	for key, k := range s.accounts {
		if p, ok := dir.Resolve(key.tracker, key.id, k.account.Email); ok {
			met[metIn{key.tracker, p.ID}] = true
		}
	}
	return met
}

func accountOfNamesake(strangers []UnknownPerson, tracker, person string) string {
	for _, u := range strangers {
		if u.Tracker == tracker && u.Perhaps == person {
			return u.Paste
		}
	}
	return ""
}
