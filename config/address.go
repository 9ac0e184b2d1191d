package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// site is the address of a Jira site: scheme, host, and the path that some Data
// Center sites live under. People paste what stands in their browser, so parts
// that are pages or the API are named.
func (r *sourceReader) site() string {
	u := r.parse("jira", r.entry.Jira)
	if u == nil {
		return ""
	}
	path := strings.TrimRight(u.Path, "/")
	site := u.Scheme + "://" + u.Host + sitePath(path)
	switch {
	case strings.HasPrefix(path, gateway) && deploymentOf(site) == Cloud:
		r.refuse("jira", "this is Atlassian's gateway to a site, not the site itself",
			"write the address that people open, like https://acme.atlassian.net; the way through the gateway, which OAuth and tokens with scopes need, is found from it")
	case sitePath(path) != path:
		r.refuse("jira", "this is the address of a page or of the API, not of the site", "drop "+path[len(sitePath(path)):]+": write "+site)
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		r.refuse("jira", "this address goes on after the site", "drop everything from the "+firstOf(u)+" on: write "+site)
	case deploymentOf(site) == Cloud && path != "":
		r.refuse("jira", "this is the address of a page, not of the site", "drop "+path+": write "+u.Scheme+"://"+u.Host)
	case deploymentOf(site) == Cloud && u.Scheme == "http":
		r.refuse("jira", "Jira Cloud is only reached over https", "write https://"+u.Host)
	}
	return site
}

// gateway is how paths begin under which api.atlassian.com answers for a site.
const gateway = "/ex/jira"

// address is any other web address.
func (r *sourceReader) address(key, text string) string {
	u := r.parse(key, text)
	if u == nil {
		return ""
	}
	return strings.TrimRight(u.String(), "/")
}

// parse reads a web address and reports what is none. Messages never repeat it
// whole: it may hold a password.
func (r *sourceReader) parse(key, text string) *url.URL {
	const example = "write it like https://acme.atlassian.net"
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		r.refuse(key, "this is no web address", example)
	case u.User != nil:
		r.refuse(key, "the address holds a user or a password", "take them out: the user goes to user, the token into the environment")
	case u.Scheme != "http" && u.Scheme != "https":
		if hostLike().MatchString(text) {
			r.refuse(key, "the address does not say http or https", "write https://"+text)
		} else {
			r.refuse(key, "this is no web address", example)
		}
	case u.Host == "" || strings.ContainsAny(u.Host, " ${}"):
		r.refuse(key, "this web address names no host", example)
	default:
		u.Host = strings.ToLower(u.Host)
		return u
	}
	return nil
}

var (
	hostLike  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9.-]+\.[A-Za-z]{2,}$`) })
	workspace = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`) })
)

// pages are the first parts of paths in Jira that are no part of the site's address.
var pages = []string{"rest", "browse", "secure", "projects", "issues", "plugins", "login.jsp", "login", "dashboards", "wiki", "people"}

// sitePath is the part of a path before the pages.
func sitePath(path string) string {
	parts := strings.Split(path, "/")
	if i := slices.IndexFunc(parts, func(p string) bool { return slices.Contains(pages, strings.ToLower(p)) }); i >= 0 {
		return strings.Join(parts[:i], "/")
	}
	return path
}

func firstOf(u *url.URL) string {
	if u.RawQuery != "" || u.ForceQuery {
		return "?"
	}
	return "#"
}

func withoutScheme(site string) string {
	_, rest, _ := strings.Cut(site, "://")
	return rest
}

// cloudHosts are where Atlassian runs Jira itself.
var cloudHosts = []string{"atlassian.net", "jira.com", "jira-dev.com", "atlassian.com", "atlassian-us-gov-mod.net"}

func deploymentOf(site string) Deployment {
	u, err := url.Parse(site)
	if err != nil {
		return DataCenter
	}
	host := strings.ToLower(u.Hostname())
	if slices.ContainsFunc(cloudHosts, func(c string) bool { return host == c || strings.HasSuffix(host, "."+c) }) {
		return Cloud
	}
	return DataCenter
}

// checkWorkspace refuses what is no workspace name, such as its address.
func (r *sourceReader) checkWorkspace() {
	if workspace().MatchString(r.entry.Linear) {
		return
	}
	hint := "write the word that follows linear.app/ in your browser"
	if _, rest, ok := strings.Cut(r.entry.Linear, "linear.app/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		if workspace().MatchString(name) {
			hint = "write linear: " + name
		}
	}
	r.refuse("linear", "this is no name of a workspace", hint)
}
