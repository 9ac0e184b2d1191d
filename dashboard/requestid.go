package dashboard

import (
	"context"
	"crypto/rand"
	"net/http"
	"regexp"

	"go.uber.org/zap"
)

// requestHeader carries the name of a request, in and out.
const requestHeader = "X-Request-Id"

// ofProxies are names of requests that are taken over from whoever stands before
// fairlead, so that one name finds a request in the logs of both.
var ofProxies = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

type requestKey struct{}

// Named gives every request a name, which the answer tells and the log has in each line
// about it.
func Named(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestHeader)
		if !ofProxies.MatchString(id) {
			id = rand.Text()
		}
		w.Header().Set(requestHeader, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, id)))
	})
}

// RequestOf is the name of the request that ctx is of; empty where it has none.
func RequestOf(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// LogOf is the log for lines about the request that ctx is of.
func LogOf(ctx context.Context, log *zap.Logger) *zap.Logger {
	if id := RequestOf(ctx); id != "" {
		return log.With(zap.String("request", id))
	}
	return log
}
