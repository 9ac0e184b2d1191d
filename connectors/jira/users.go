package jira

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"github.com/fairlead-dev/fairlead/ticket"
)

// account is a user as the rest of fairlead knows them. The id is the account id
// on Cloud and the user name on Data Center.
func (u user) account() ticket.Account {
	return ticket.Account{
		ID:       cmp.Or(u.AccountID, u.Name, u.Key),
		Name:     u.DisplayName,
		Email:    u.Email,
		Bot:      u.AccountType == "app",
		Inactive: u.Active != nil && !*u.Active,
	}
}

// users turns the user keys in Data Center's histories into user names. A key is
// not the name: accounts made since 8.4 have keys like JIRAUSER10100, and
// renamed ones keep the key of their old name. Each unknown key is asked for
// once a pass.
type users struct {
	client *client
	names  map[string]string // key → name; "" when the server does not tell
	closed bool              // the account may not look users up
	gaps   []string
}

func newUsers(c *client) *users { return &users{client: c, names: map[string]string{}} }

// meet remembers who was seen with a name. Very old servers show no keys,
// because there keys and names are one.
func (u *users) meet(seen user) {
	if seen.Name != "" {
		u.names[cmp.Or(seen.Key, seen.Name)] = seen.Name
	}
}

// learn asks for a key that nobody was seen with.
func (u *users) learn(ctx context.Context, key string) error {
	if _, known := u.names[key]; known || u.closed || key == "" {
		return nil
	}
	var found user
	err := u.client.get(ctx, "rest/api/2/user", url.Values{"key": {key}}, &found)
	switch {
	case refusedWith(err, http.StatusForbidden):
		u.closed = true
		u.gaps = append(u.gaps, "this account may not look users up: past assignees who appear nowhere else are known by their internal keys only")
	case refusedWith(err, http.StatusNotFound, http.StatusBadRequest):
		u.names[key] = "" // deleted: the key is all there is
	case err != nil:
		return err
	default:
		u.names[key] = found.Name
	}
	return nil
}

// id is the account id behind what a history names.
func (u *users) id(key string) string { return cmp.Or(u.names[key], key) }

// takeGaps hands on what could not be learned since the last time.
func (u *users) takeGaps() []string {
	gaps := u.gaps
	u.gaps = nil
	return gaps
}
