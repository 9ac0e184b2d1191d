package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/fairlead-dev/fairlead/connectors"
)

// prepare makes sure that the site is the right one and answers to the account,
// and reads what does not change from ticket to ticket.
func (s *Source) prepare(ctx context.Context) (*pass, error) {
	me, err := s.admitted(ctx)
	if err != nil {
		return nil, err
	}
	p := &pass{source: s, own: s.own(me), users: newUsers(s.client), known: newMemory(rememberedTickets), extras: newExtras(s)}
	if p.catalog, p.gaps, err = s.readCatalog(ctx, me); err != nil {
		return nil, err
	}
	spoken := once(slices.Concat(p.catalog.typeWords(), p.catalog.statusWords()))
	s.spoken.Store(&spoken)
	p.site = s.base
	p.sprints = newSprints(s, p.site)
	p.pager = p.newPager()
	return p, nil
}

// admitted makes sure that the site knows the account and shows it every
// project. What a site that does not would answer to a search looks like
// projects without any ticket.
func (s *Source) admitted(ctx context.Context) (user, error) {
	if len(s.projects) == 0 {
		return user{}, &connectors.Error{
			Source: s.name, Place: "projects", Said: errNoProject.Error(), Fix: "list their keys under projects of this source",
		}
	}
	me, err := s.whoAmI(ctx)
	if err != nil {
		return me, err
	}
	for _, key := range s.projects {
		if err := s.checkProject(ctx, key); err != nil {
			return me, err
		}
	}
	return me, nil
}

// whoAmI asks for the account behind the token. Without this a site that lets
// strangers in would answer every search with no tickets at all.
func (s *Source) whoAmI(ctx context.Context) (user, error) {
	var me user
	if err := s.client.get(ctx, "rest/api/2/myself", nil, &me); err != nil {
		return me, err
	}
	if me.account().ID == "" {
		return me, s.stranger()
	}
	return me, nil
}

// own is the id of the account whose acts count as automation; empty: nobody's do.
func (s *Source) own(me user) string {
	if !s.writeComments {
		return ""
	}
	return me.account().ID
}

func (s *Source) stranger() error {
	return &connectors.Error{
		Source: s.name, Place: "GET " + s.base + "/rest/api/2/myself",
		Said: "the site took the request for a stranger's and named no account",
		Fix:  "check user and token of this source, and that its url is that of a Jira site",
	}
}

func (s *Source) checkProject(ctx context.Context, key string) error {
	var project named
	err := s.client.get(ctx, "rest/api/2/project/"+url.PathEscape(key), nil, &project)
	if !refusedWith(err, http.StatusNotFound) {
		return err
	}
	return &connectors.Error{
		Source: s.name, Place: fmt.Sprintf("project %q", key),
		Said: "the site does not know it, or does not show it to this account",
		Fix:  "check the key under projects of this source (it stands before the number in PAY-231), or let the account browse the project",
		Err:  err,
	}
}
