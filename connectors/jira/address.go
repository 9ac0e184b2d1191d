package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// gateway is the path under which Atlassian's gateway answers for a Cloud site
// to those who hold an OAuth token: https://api.atlassian.com/ex/jira/CLOUDID.
const gateway = "/ex/jira/"

// address is where people open the site. It is the address requests go to,
// except behind Atlassian's gateway, where no page is to be seen and the site is
// asked for its own.
func (s *Source) address(ctx context.Context) (site string, gap []string, err error) {
	at, err := url.Parse(s.base)
	if err != nil || s.deployment != Cloud || !strings.HasPrefix(at.Path, gateway) {
		return s.base, nil, err
	}
	var info struct {
		BaseURL string `json:"baseUrl"`
	}
	err = s.client.get(ctx, "rest/api/2/serverInfo", nil, &info)
	if refusedWith(err, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound) {
		err = nil // the answer stays empty
	}
	if own, wrong := siteURL(info.BaseURL); err == nil && wrong == nil {
		return own.String(), nil, nil
	}
	return s.base, []string{fmt.Sprintf("%s/rest/api/2/serverInfo does not tell the site's own address: links to tickets lead nowhere", s.base)}, err
}
