package daemon

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
	"unicode"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/connectors"
)

// hook is one source's webhook.
type hook struct {
	source string
	// read checks that a delivery comes from the tracker and reads what it hints
	// at. Its error is told to the log, never to whoever sent the delivery.
	read func(header http.Header, body []byte, now time.Time) (connectors.Hint, error)
}

// hint is what a delivery to a source's webhook says to look at.
type hint struct {
	source string
	connectors.Hint
}

const (
	// hookLimit bounds a delivery: Jira's are tens of kilobytes, with a long
	// description some hundreds.
	hookLimit = 2 << 20
	// deliveriesRemembered is how many ids are kept to notice repeats. A repeat
	// that is not noticed costs one request and changes nothing.
	deliveriesRemembered = 10_000
	// hintsWaiting is how many deliveries may wait; beyond that they are dropped,
	// because the next sync sees the same changes anyway.
	hintsWaiting = 1_000
)

// hooks takes the deliveries of webhooks: one address for each source that has a
// secret, and nothing else.
type hooks struct {
	byPath map[string]hook
	hints  chan hint
	seen   *recentIDs
	clock  Clock
	log    *zap.Logger
}

func newHooks(byPath map[string]hook, clock Clock, log *zap.Logger) *hooks {
	return &hooks{
		byPath: byPath, hints: make(chan hint, hintsWaiting), seen: newRecentIDs(deliveriesRemembered),
		clock: clock, log: log.With(zap.String("component", "webhooks")),
	}
}

// hookPath is where a source's webhook is received: /hooks/jira-acme-atlassian-net.
func hookPath(source string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(source) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else if s := b.String(); s != "" && !strings.HasSuffix(s, "-") {
			b.WriteByte('-')
		}
	}
	return "/hooks/" + strings.TrimSuffix(b.String(), "-")
}

// ServeHTTP answers at once; reading the tickets comes later. Whoever is not the
// tracker learns only that the delivery was refused.
func (h *hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to, known := h.byPath[r.URL.Path]
	switch {
	case !known:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "webhooks are posted", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, hookLimit))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		http.Error(w, fmt.Sprintf("a delivery holds at most %d bytes", hookLimit), http.StatusRequestEntityTooLarge)
		return
	} else if err != nil {
		http.Error(w, "the delivery broke off", http.StatusBadRequest)
		return
	}
	told, err := to.read(r.Header, body, h.clock.Now())
	if err != nil {
		h.log.Warn("delivery refused", zap.String("path", r.URL.Path), zap.Error(err))
		http.Error(w, "not a delivery of this source's webhook", http.StatusUnauthorized)
		return
	}
	h.take(hint{to.source, told})
	w.WriteHeader(http.StatusOK)
}

// take queues a hint once.
func (h *hooks) take(told hint) {
	if len(told.Tickets) == 0 || !h.seen.add(told.source+"\x00"+told.ID) {
		return
	}
	select {
	case h.hints <- told:
	default:
		h.log.Warn("too many deliveries wait; the next sync will see this one", zap.String("source", told.source))
	}
}
