package dashboard

import (
	"compress/gzip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/dashboard/api"
	"github.com/fairlead-dev/fairlead/reports"
)

//go:embed openapi.json
var document []byte

// OpenAPI is the description of the API.
func OpenAPI() []byte { return slices.Clone(document) }

// apiDocument answers with it.
func (v *visit) apiDocument() error {
	return v.tagged("application/json", document)
}

// answerJSON sends what was asked for.
func (v *visit) answerJSON(what any) error {
	body, err := jsonOf(what)
	if err != nil {
		return err
	}
	return v.tagged("application/json", body)
}

func jsonOf(what any) ([]byte, error) {
	body, err := json.Marshal(what)
	return append(body, '\n'), err
}

// tagged sends a body with a tag that is another one whenever the body is, or says
// that whoever asks has it already.
func (v *visit) tagged(kind string, body []byte) error {
	sum := sha256.Sum256(body)
	if v.has(hex.EncodeToString(sum[:12])) {
		return nil
	}
	return v.sendTagged(kind, body)
}

// has sets the entity tag, a strong one: what is sent zipped is sent under another.
// It answers who has that already.
func (v *visit) has(tag string) bool {
	if takesGzip(v.r) {
		tag += "-gzip"
	}
	tag = `"` + tag + `"`
	h := v.w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Cookie, Authorization")
	if !matches(v.r.Header.Get("If-None-Match"), tag) {
		return false
	}
	h.Add("Vary", "Accept-Encoding")
	v.w.WriteHeader(http.StatusNotModified)
	return true
}

// sendTagged sends a body zipped wherever that is understood, since its tag says so.
func (v *visit) sendTagged(kind string, body []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Add("Vary", "Accept-Encoding")
	if !takesGzip(v.r) {
		h.Set("Content-Length", fmt.Sprint(len(body)))
		v.w.WriteHeader(http.StatusOK)
		_, err := v.w.Write(body)
		return v.half(err)
	}
	h.Set("Content-Encoding", "gzip")
	v.w.WriteHeader(http.StatusOK)
	z, _ := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(v.w)
	if _, err := z.Write(body); err != nil {
		return v.half(err)
	}
	return v.half(z.Close())
}

// version is what an answer made of the ledger depends on beside the address.
func (v *visit) version(l *Ledger) string {
	parts := []string{v.r.URL.Path, v.r.URL.RawQuery, l.Version, l.At.UTC().Format(time.RFC3339Nano), v.access.fingerprint()}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:12])
}

// fingerprint is another one whenever the access is.
func (a *Access) fingerprint() string {
	out := fmt.Sprint(a.known, a.admin, a.leader)
	for _, id := range a.Teams() {
		out += fmt.Sprintf(" %q %v", id, a.teams[id])
	}
	return out
}

// done says that something was kept.
func (v *visit) done(what, self string, err error) error {
	var r *Refusal
	if errors.As(err, &r) {
		return wrongRequest(http.StatusUnprocessableEntity, "That cannot be kept as it is", []api.FieldError{{Field: r.Field, Text: reports.Clean(r.Text, textLength)}})
	}
	if err != nil {
		return err
	}
	body, err := jsonOf(api.Done{Done: what, Self: self})
	if err != nil {
		return err
	}
	v.send(http.StatusOK, "application/json", body)
	return nil
}
