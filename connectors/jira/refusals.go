package jira

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/fairlead-dev/fairlead/connectors"
)

// refusal is the status a server refused a request with; the cause inside a
// *connectors.Error, for those who can go another way.
type refusal int

func (r refusal) Error() string {
	return fmt.Sprintf("%d %s", int(r), http.StatusText(int(r)))
}

// refusedWith reports whether err is a refusal with one of the statuses.
func refusedWith(err error, statuses ...int) bool {
	var r refusal
	return errors.As(err, &r) && slices.Contains(statuses, int(r))
}

// errScope marks the refusal of a token that lacks a scope.
var errScope = errors.New("a scope is missing")

// place names where something happened, as it was asked, without the query,
// which is long and says nothing to an operator.
func (c *client) place(req *http.Request) string {
	at := req.URL
	if c.gateway != nil {
		at = c.gateway.of(at)
	}
	u := url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path}
	return req.Method + " " + u.String()
}

func (c *client) problem(req *http.Request, said, fix string, cause error) error {
	return &connectors.Error{Source: c.source, Place: c.place(req), Said: c.tidy(said), Fix: fix, Err: cause}
}

// refused explains an answer outside the 200 range.
func (c *client) refused(req *http.Request, resp *http.Response, text []byte) error {
	said := fmt.Sprintf("answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	if why := reason(text); why != "" {
		said += ": " + why
	}
	if to := resp.Header.Get("Location"); to != "" && resp.StatusCode/100 == 3 {
		said += ", which points to " + host(to)
	}
	if resp.StatusCode == http.StatusUnauthorized && wantsScope(text) {
		// For whoever can go another way this is a thing that is not shown.
		return c.problem(req, said, scopeFix, errors.Join(errScope, refusal(http.StatusForbidden)))
	}
	return c.problem(req, said, c.remedy(req, resp), refusal(resp.StatusCode))
}

// remedy says what to do about a refusal.
func (c *client) remedy(req *http.Request, resp *http.Response) string {
	switch code := resp.StatusCode; {
	case strings.Contains(resp.Header.Get("X-Seraph-LoginReason"), "AUTHENTICATION_DENIED"):
		return "too many sign-ins went wrong for this account: sign in once in a browser, then check user and token of this source"
	case code == http.StatusUnauthorized && c.oauth != nil:
		return "the OAuth grant was withdrawn, or does not reach this site any more: authorise the application once more, as docs/connectors.md tells"
	case code == http.StatusUnauthorized && c.deployment == Cloud:
		return "check user (the account's e-mail) and token of this source; API tokens end after at most a year and are made at id.atlassian.com"
	case code == http.StatusUnauthorized:
		return "check the token of this source; a personal access token may have ended, and with a user it must be that user's password"
	case code == http.StatusForbidden:
		return "the token is known but may not do this: give its account permission to browse the projects of this source"
	case code == http.StatusGone:
		return "this looks like Jira Cloud, which no longer has this call: set deployment to cloud for this source"
	case code == http.StatusNotFound && strings.HasSuffix(req.URL.Path, "/search/jql"):
		return "this looks like Jira Data Center: set deployment to data-center for this source"
	case code == http.StatusNotFound, code/100 == 3:
		return "check the url of this source; it is the address people open, such as https://acme.atlassian.net or https://jira.acme.example/jira"
	case code == http.StatusTooManyRequests:
		return "the site asks for fewer requests; what was read is stored, and the next sync goes on from there"
	case code >= http.StatusInternalServerError:
		return "the site has trouble of its own; what was read is stored, and the next sync goes on from there"
	}
	return "the site's own words say what it did not take; look at the projects and the mapping of this source"
}

// unreachable explains a request that got no answer.
func (c *client) unreachable(req *http.Request, err error) error {
	if told := (*connectors.Error)(nil); errors.As(err, &told) {
		return told // the way to the site, or the exchange of tokens, has told its own place
	}
	said, fix := connectors.Unreachable(err)
	return c.problem(req, "did not answer: "+said, cmp.Or(fix, "check the url of this source and that this machine can reach it"), err)
}

// cut explains an answer that broke off.
func (c *client) cut(req *http.Request, read int, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.ErrUnexpectedEOF // without what was wrapped around it
	}
	return c.problem(req, fmt.Sprintf("the answer broke off after %d bytes: %v", read, err),
		"nothing of this page was stored; the next sync reads it again. If it happens every time, look at the proxy in between", err)
}

// nonsense explains an answer that is not the JSON it should be.
func (c *client) nonsense(req *http.Request, text []byte, err error) error {
	if looksLikeHTML(text) {
		return c.problem(req, "answered with a web page instead of JSON"+pageTitle(text),
			"a sign-in page or a proxy is in the way, or the url is not that of a Jira site: open it from this machine", err)
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && syntax.Offset >= int64(len(text)) {
		return c.cut(req, len(text), io.ErrUnexpectedEOF)
	}
	return c.problem(req, fmt.Sprintf("answered with something else than expected: %v", err),
		"check that the url of this source is that of a Jira site", err)
}

// reason finds Jira's own words in a refusal; a web page has none worth showing
// but its title.
func reason(text []byte) string {
	if looksLikeHTML(text) {
		return "a web page" + pageTitle(text)
	}
	var told struct {
		ErrorMessages []string          `json:"errorMessages"`
		Errors        map[string]string `json:"errors"`
		Message       string            `json:"message"`
		ErrorMessage  string            `json:"errorMessage"`
	}
	if json.Unmarshal(text, &told) != nil {
		return string(text)
	}
	words := told.ErrorMessages
	for _, field := range slices.Sorted(maps.Keys(told.Errors)) {
		words = append(words, field+": "+told.Errors[field])
	}
	for _, w := range []string{told.Message, told.ErrorMessage} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, "; ")
}

var title = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?is)<title[^>]*>([^<]{1,200})</title`) })

func pageTitle(text []byte) string {
	m := title().FindSubmatch(text)
	if m == nil {
		return ""
	}
	return fmt.Sprintf(" titled %q", strings.Join(strings.Fields(string(m[1])), " "))
}

// sayLimit is how much of a server's own words is shown, in characters.
const sayLimit = 300

// tidy makes a server's words fit to show: one line, no control characters, not
// too long, and without the token should the server have repeated it.
func (c *client) tidy(said string) string {
	return oneLine(c.hide(said), sayLimit)
}

// oneLine is text on one line without control characters, cut after limit
// characters.
func oneLine(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return text
}

func host(location string) string {
	u, err := url.Parse(location)
	if err != nil || u.Host == "" {
		return "another path"
	}
	return u.Scheme + "://" + u.Host
}
