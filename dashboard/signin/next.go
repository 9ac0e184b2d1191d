package signin

import (
	"net/url"
	"strings"
	"unicode"
)

// longestNext bounds where to go after signing in; filters in an address are
// some hundreds of bytes.
const longestNext = 2000

// localPath is where to go after signing in: a path of this dashboard, or its
// first page for whatever could lead elsewhere. Browsers take \ for / and leave
// out tabs and line ends, so that nothing with those is followed.
func localPath(next string) string {
	const home = "/"
	if len(next) > longestNext || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsRune(next, '\\') || strings.ContainsFunc(next, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return home
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || strings.HasPrefix(u.Path, "//") || strings.ContainsRune(u.Path, '\\') {
		return home
	}
	for _, own := range []string{"/sign-in", "/sign-out", "/signed-out"} {
		if u.Path == own || strings.HasPrefix(u.Path, own+"/") {
			return home // in circles
		}
	}
	return next
}
