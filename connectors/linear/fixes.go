package linear

import (
	"net/http"
	"strings"
	"time"
)

// What an operator can do, where several refusals share it.
const (
	tokenFix = "give a personal API key as token; Linear makes one under Settings, Security & access"
	goesOn   = "the next sync goes on from the last page that was stored"
)

// refusalFix says what to do about an error that Linear gave.
func refusalFix(x *exchange, r refusal) string {
	text := strings.ToLower(r.Message + " " + r.Extensions.Type)
	switch code := strings.ToUpper(r.Extensions.Code); {
	case code == codeLimited, x.response.StatusCode == http.StatusTooManyRequests:
		return limitFix(x)
	case code == "AUTHENTICATION_ERROR", x.response.StatusCode == http.StatusUnauthorized,
		strings.Contains(text, "authenticat"):
		return tokenFix
	case r.forbids():
		return "the token may not read this; give it read access, or leave the team out"
	case strings.Contains(text, "complex"):
		return "this workspace holds more in one page than Linear reads at once; report it with these words"
	case code == "GRAPHQL_VALIDATION_FAILED", strings.Contains(text, "cannot query field"):
		return "Linear's interface has changed; look for a newer fairlead"
	case x.response.StatusCode >= 500:
		return statusFix(x)
	}
	return goesOn + "; if this stays, report it with these words"
}

// forbids says that the token is good, but not for this.
func (r refusal) forbids() bool {
	text := strings.ToLower(r.Message + " " + r.Extensions.Type)
	return strings.EqualFold(r.Extensions.Code, "FORBIDDEN") ||
		strings.Contains(text, "forbidden") || strings.Contains(text, "not accessible")
}

// statusFix says what to do about a status that came without Linear's words.
func statusFix(x *exchange) string {
	switch code := x.response.StatusCode; {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return tokenFix
	case code == http.StatusTooManyRequests:
		return limitFix(x)
	case code == http.StatusNotFound, code < 400:
		return "check the address of the API; it is usually " + DefaultURL
	case code >= 500:
		return "trouble on Linear's side (linearstatus.com); " + goesOn
	}
	return "if this stays, report it with these words"
}

// limitFix says when the next request will be taken.
func limitFix(x *exchange) string {
	if reset := resetTime(x.response.Header); !reset.IsZero() {
		return "the budget is full again at " + reset.Format(time.RFC3339) + "; " + goesOn
	}
	return "wait a while; " + goesOn
}
