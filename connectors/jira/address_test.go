package jira_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/connectors/jira"
)

// behindTheGateway moves answers below the path of Atlassian's gateway.
func behindTheGateway(told answers) answers {
	out := answers{}
	for _, some := range []answers{emptySite, told} {
		for name, answer := range some {
			method, path, _ := strings.Cut(name, " ")
			out[method+" /ex/jira/11223344"+path] = answer
		}
	}
	return out
}

func throughGateway(s *stub) jira.Options {
	o := options(s.URL+"/ex/jira/11223344", jira.Cloud)
	o.User, o.Token = "", ""
	n := 0
	o.Bearer = func(context.Context) (string, error) {
		n++
		return fmt.Sprintf("access-%d", n), nil
	}
	return o
}

func TestBehindTheGatewayTicketsHaveTheSitesOwnAddress(t *testing.T) {
	told := answers{
		"GET /rest/api/2/search/jql": oneIssue(dated + `,"customfield_10020":[{"id":7,"name":"Seven","state":"active","goal":"","boardId":3}]`),
	}
	for _, c := range []struct {
		name, want string
		info       any
		gap        string
	}{
		{"the site tells it", "https://acme.atlassian.net", `{"baseUrl":"https://acme.atlassian.net/"}`, ""},
		{"the site does not tell", "", status(403, ""), "does not tell the site's own address"},
		{"the site tells nonsense", "", `{"baseUrl":"javascript:alert(1)"}`, "does not tell the site's own address"},
		{"the site tells a trap", "", `{"baseUrl":"https://acme.atlassian.net@evil.example"}`, "does not tell the site's own address"},
	} {
		t.Run(c.name, func(t *testing.T) {
			told["GET /rest/api/2/serverInfo"] = c.info
			s := newStub(t, behindTheGateway(told))
			ps, err := pull(t, throughGateway(s), "")
			if err != nil {
				t.Fatal(err)
			}
			want := c.want
			if want == "" {
				want = s.URL + "/ex/jira/11223344"
			}
			if got := tickets(ps)[0].URL; got != want+"/browse/PAY-1" {
				t.Errorf("the ticket is at %s, want it below %s", got, want)
			}
			sprint := ps[len(ps)-1].Sprints[0]
			if !strings.HasPrefix(sprint.URL, want+"/secure/RapidBoard.jspa") {
				t.Errorf("the sprint is at %s, want it below %s", sprint.URL, want)
			}
			if got := gaps(ps); !strings.Contains(got, c.gap) || c.gap == "" && got != "" {
				t.Errorf("gaps: %q, want %q", got, c.gap)
			}
		})
	}
}

func TestAnOAuthTokenIsAskedForBeforeEachRequest(t *testing.T) {
	s := newStub(t, behindTheGateway(answers{"GET /rest/api/2/serverInfo": `{"baseUrl":"https://acme.atlassian.net"}`}))
	if _, err := pull(t, throughGateway(s), ""); err != nil {
		t.Fatal(err)
	}
	for i, r := range s.asked("/") {
		if got, want := r.Header.Get("Authorization"), fmt.Sprintf("Bearer access-%d", i+1); got != want {
			t.Errorf("%s: got %q, want %q", r.Path, got, want)
		}
	}
}

func TestAnOAuthTokenThatCannotBeHad(t *testing.T) {
	s := newStub(t, nil)
	for name, token := range map[string]func(context.Context) (string, error){
		"it was refused": func(context.Context) (string, error) { return "", errors.New("invalid_grant") },
		"it is empty":    func(context.Context) (string, error) { return " ", nil },
	} {
		t.Run(name, func(t *testing.T) {
			o := throughGateway(s)
			o.Bearer = token
			_, err := pull(t, o, "")
			checkTold(t, err, "no OAuth token could be had", "sign fairlead in again")
		})
	}
	if n := len(s.asked("/")); n != 0 {
		t.Errorf("%d requests were made without a token", n)
	}
}

func TestAnOAuthTokenStandsAlone(t *testing.T) {
	o := options("https://api.atlassian.com/ex/jira/1", jira.Cloud)
	o.Bearer = func(context.Context) (string, error) { return "x", nil }
	if _, err := jira.New(o); err == nil || !strings.Contains(err.Error(), "leave user and token out") {
		t.Errorf("err = %v", err)
	}
}

func TestATokenThatEndedSaysSo(t *testing.T) {
	s := newStub(t, behindTheGateway(answers{"GET /rest/api/2/myself": status(401, `{"code":401,"message":"token access-1 expired"}`)}))
	_, err := pull(t, throughGateway(s), "")
	var told *connectors.Error
	if !errors.As(err, &told) || !strings.Contains(told.Said, "answered 401") || strings.Contains(err.Error(), "access-1") {
		t.Errorf("err = %v, want a refusal without the token", err)
	}
}
