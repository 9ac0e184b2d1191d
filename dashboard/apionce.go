package dashboard

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard/api"
)

// How long and how many keys of idempotency this process remembers.
const (
	keysLast    = 24 * time.Hour
	mostKeys    = 10_000
	longestKey  = 200
	keyHeader   = "Idempotency-Key"
	replayedNow = "Idempotency-Replayed"
)

// keys remember what came of changes that a program named, so that it can send one
// again that may have arrived: it is made once. They are remembered by the process
// that made it.
type keys struct {
	sync.Mutex
	of   map[string]*keyed
	kept []string // in the order they came
}

// keyed is what came of a change.
type keyed struct {
	what string // a hash of what was asked
	at   time.Time
	body []byte // nil while it is under way
}

// take claims a key; what came of it before where it was claimed already.
func (k *keys) take(key, what string, now time.Time) (before *keyed, ours bool) {
	k.Lock()
	defer k.Unlock()
	k.forget(now)
	if one, ok := k.of[key]; ok {
		copied := *one
		return &copied, false
	}
	if k.of == nil {
		k.of = map[string]*keyed{}
	}
	k.of[key] = &keyed{what: what, at: now}
	k.kept = append(k.kept, key)
	return nil, true
}

// forget lets go of what is old, and of the oldest where there are too many.
func (k *keys) forget(now time.Time) {
	n := 0
	for n < len(k.kept) {
		one, still := k.of[k.kept[n]]
		if still && len(k.kept)-n < mostKeys && now.Sub(one.at) < keysLast {
			break
		}
		delete(k.of, k.kept[n])
		n++
	}
	k.kept = k.kept[n:]
}

// settle keeps what came of a change; nothing came of it where the body is nil, and
// the key may be used again.
func (k *keys) settle(key string, body []byte) {
	k.Lock()
	defer k.Unlock()
	one, ok := k.of[key]
	switch {
	case !ok:
	case body == nil:
		delete(k.of, key)
	default:
		one.body = body
	}
}

// once makes a change, and makes it only once where the request names it.
func (v *visit) once(handle func(*visit) error) error {
	key := v.r.Header.Get(keyHeader)
	if key == "" && len(v.r.Header.Values(keyHeader)) == 0 {
		return handle(v)
	}
	if !goodKey(key) || len(v.r.Header.Values(keyHeader)) > 1 {
		return wrongRequest(http.StatusBadRequest, "That key is not understood", []api.FieldError{{Field: keyHeader, Text: "It is one text of 1 to 200 letters, digits and signs, without spaces: a UUID will do."}})
	}
	body, err := v.body()
	if err != nil {
		return err
	}
	v.r.Body = io.NopCloser(bytes.NewReader(body))
	key = v.viewer.Person + " " + key
	what := hashOf(v.r.Method, v.r.URL.Path, string(body))
	before, ours := v.s.keys.take(key, what, v.now)
	if !ours {
		return v.again(before, what)
	}
	answer := &recorder{ResponseWriter: v.w}
	v.w = answer
	defer func() { v.s.keys.settle(key, answer.kept()) }()
	return handle(v)
}

// again answers a change that was sent before.
func (v *visit) again(before *keyed, what string) error {
	switch {
	case before.what != what:
		return wrongRequest(http.StatusUnprocessableEntity, "That key was used for something else", []api.FieldError{{Field: keyHeader, Text: "Nothing was changed. Give every change a key of its own."}})
	case before.body == nil:
		v.w.Header().Set("Retry-After", "1")
		return problem{Status: http.StatusConflict, Title: "That is under way", Text: "The same change was sent a moment ago and has not been answered yet. Ask again in a second."}
	}
	v.w.Header().Set(replayedNow, "true")
	v.send(http.StatusOK, "application/json", before.body)
	return nil
}

func goodKey(s string) bool {
	return s != "" && len(s) <= longestKey && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func hashOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// recorder remembers an answer, as long as it is a short one.
type recorder struct {
	http.ResponseWriter
	status int
	body   []byte
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.body = append(r.body, b...)
	return r.ResponseWriter.Write(b)
}

// kept is the answer to give again; nil where nothing was changed.
func (r *recorder) kept() []byte {
	if r.status != http.StatusOK {
		return nil
	}
	return r.body
}
