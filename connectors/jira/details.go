package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// What a search leaves out of a ticket and has to be asked for apart.

// historyPage is a page of one ticket's history, oldest first.
type historyPage struct {
	Total  int       `json:"total"`
	IsLast bool      `json:"isLast"`
	Values []history `json:"values"`
}

// changelogPages reads one ticket's history page by page.
func (s *Source) changelogPages(ctx context.Context, id string) (hs []history, total int, err error) {
	path := "rest/api/2/issue/" + url.PathEscape(id) + "/changelog"
	for {
		query := url.Values{"startAt": {strconv.Itoa(len(hs))}, "maxResults": {"100"}}
		var page historyPage
		if err := s.client.get(ctx, path, query, &page); err != nil {
			return hs, total, err
		}
		hs, total = append(hs, page.Values...), page.Total
		if page.IsLast || len(page.Values) == 0 || len(hs) >= page.Total {
			return hs, total, nil
		}
	}
}

func cutHistory(iss *issue, got, total int) string {
	return fmt.Sprintf("%s: %d of %d entries of its history were given", oneLine(iss.Key, 40), got, total)
}

// completeComments gathers each ticket's comments, asks for those a search cut
// short, and notes in one line a page where some are still missing: a site may
// count comments that it does not show to this account.
func (p *pass) completeComments(ctx context.Context, issues []issue) error {
	var short []string
	for i := range issues {
		iss, page := &issues[i], commentPage{}
		r := reader{issue: iss}
		r.read("comment", &page)
		p.gaps = append(p.gaps, r.unread...)
		if page.Total > len(page.Comments) {
			var err error
			if page, err = p.source.comments(ctx, string(iss.ID), page); err != nil {
				return err
			}
		}
		if page.Total > len(page.Comments) {
			short = append(short, fmt.Sprintf("%s (%d of %d)", oneLine(iss.Key, 40), len(page.Comments), page.Total))
		}
		iss.Comments = page.Comments
	}
	if len(short) > 0 {
		p.gaps = append(p.gaps, "comments that the site counts but does not show: "+someOf(short))
	}
	return nil
}

// comments reads all comments of one ticket. Where the site does not let it,
// what the search gave stands.
func (s *Source) comments(ctx context.Context, id string, given commentPage) (commentPage, error) {
	path := "rest/api/2/issue/" + url.PathEscape(id) + "/comment"
	var all commentPage
	for {
		query := url.Values{"startAt": {strconv.Itoa(len(all.Comments))}, "maxResults": {"100"}, "orderBy": {"created"}}
		var page commentPage
		err := s.client.get(ctx, path, query, &page)
		if refusedWith(err, http.StatusForbidden, http.StatusNotFound) {
			return given, nil
		}
		if err != nil {
			return given, err
		}
		all.Comments, all.Total = append(all.Comments, page.Comments...), page.Total
		if len(page.Comments) == 0 || len(page.Comments) < page.Max || len(all.Comments) >= page.Total {
			return all, nil
		}
	}
}

// shownOf is how many tickets a collective gap names.
const shownOf = 10

func someOf(list []string) string {
	if len(list) <= shownOf {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shownOf], ", "), len(list)-shownOf)
}
