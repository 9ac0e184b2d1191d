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
	case r.tooComplex():
		return "this workspace holds more in one page than Linear reads at once; report it with these words"
	case r.unknownField():
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
		strings.Contains(text, "forbidden") || strings.Contains(text, "not accessible") || strings.Contains(text, "invalid scope")
}

// unknownField says that the document does not fit Linear's interface.
func (r refusal) unknownField() bool {
	return strings.EqualFold(r.Extensions.Code, "GRAPHQL_VALIDATION_FAILED") ||
		strings.Contains(strings.ToLower(r.Message), "cannot query field")
}

// tooComplex says that the document asks for too much at once, which is not the
// same as having used up the budget.
func (r refusal) tooComplex() bool {
	return !strings.EqualFold(r.Extensions.Code, codeLimited) && strings.Contains(strings.ToLower(r.Message), "complex")
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
