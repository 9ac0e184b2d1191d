package dashboard

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
)

// exported is a finding as files hold it.
type exported struct {
	ID        finding.ID          `json:"id"`
	State     finding.State       `json:"state"`
	Severity  finding.Severity    `json:"severity"`
	Team      string              `json:"team"`
	Rule      string              `json:"rule"`
	Kind      finding.SubjectKind `json:"kind"`
	Key       string              `json:"key"`
	Title     string              `json:"title"`
	URL       string              `json:"url,omitempty"`
	Promise   string              `json:"promise"`
	Reason    string              `json:"reason"`
	Ask       string              `json:"ask"`
	Audience  finding.Audience    `json:"audience"`
	FirstSeen time.Time           `json:"first_seen"`
	OpenSince time.Time           `json:"open_since"`
	LastSeen  time.Time           `json:"last_seen"`
	Weeks     int                 `json:"weeks_open"` // begun weeks of the stretch that lasts; 0 when it is over
}

// longestExported is how much of an untrusted text a file holds, in runes.
const longestExported = 10_000

func exportedOf(l *Ledger, f *finding.Finding) exported {
	text := func(s string) string { return reports.Clean(s, longestExported) }
	return exported{
		ID: f.ID, State: l.StateOf(f), Severity: f.Severity, Team: f.Team, Rule: f.Rule, Kind: f.Subject.Kind, Key: text(f.Subject.Key), Title: text(f.Subject.Title),
		URL: reports.SafeURL(f.Subject.URL), Promise: text(f.Promise), Reason: text(f.Reason), Ask: text(f.Ask), Audience: f.Audience,
		FirstSeen: f.FirstSeen(), OpenSince: f.OpenSince(), LastSeen: f.LastSeen, Weeks: f.Streak(l.At),
	}
}

var csvHeader = []string{
	"id", "state", "severity", "team", "rule", "kind", "key", "title", "url", "promise", "reason", "ask", "audience", "first_seen", "open_since", "last_seen", "weeks_open",
}

// appendRow appends it as a line of a CSV file.
func (e *exported) appendRow(out []byte) []byte {
	for _, text := range []string{
		string(e.ID), string(e.State), string(e.Severity), e.Team, e.Rule, string(e.Kind), e.Key, e.Title, e.URL, e.Promise, e.Reason, e.Ask, string(e.Audience),
	} {
		out = append(appendField(out, harmless(text)), ',')
	}
	for _, at := range []time.Time{e.FirstSeen, e.OpenSince, e.LastSeen} {
		out = append(at.UTC().AppendFormat(out, time.RFC3339), ',')
	}
	return append(strconv.AppendInt(out, int64(e.Weeks), 10), "\r\n"...)
}

// appendField appends a field as RFC 4180 has it, in quotes where it needs them. A
// hundred thousand rows are written without asking for memory for any.
func appendField(out []byte, s string) []byte {
	if !strings.ContainsAny(s, "\",\r\n") && !strings.HasPrefix(s, " ") {
		return append(out, s...)
	}
	out = append(out, '"')
	for i := range len(s) {
		if s[i] == '"' {
			out = append(out, '"')
		}
		out = append(out, s[i])
	}
	return append(out, '"')
}

// harmless keeps a spreadsheet from taking text for a formula: what could begin one
// is put behind an apostrophe (OWASP, CSV injection).
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// findingsCSV sends the whole list as CSV (RFC 4180), row by row.
func (v *visit) findingsCSV() error {
	return v.export("text/csv; charset=utf-8; header=present", "findings.csv", func(w io.Writer, l *Ledger, q Query) error {
		var row []byte
		for i, name := range csvHeader {
			if i > 0 {
				row = append(row, ',')
			}
			row = append(row, name...)
		}
		_, err := w.Write(append(row, "\r\n"...))
		if err != nil {
			return err
		}
		l.Each(q, func(f *finding.Finding) bool {
			e := exportedOf(l, f)
			row = e.appendRow(row[:0])
			_, err = w.Write(row)
			return err == nil
		})
		return err
	})
}

// findingsJSON sends the whole list as JSON, one finding a line.
func (v *visit) findingsJSON() error {
	return v.export("application/json", "findings.json", func(w io.Writer, l *Ledger, q Query) error {
		if _, err := fmt.Fprintf(w, "{\"as_of\":%q,\"findings\":[", l.At.UTC().Format(time.RFC3339)); err != nil {
			return err
		}
		var failed error
		var line bytes.Buffer
		var e exported
		lines := json.NewEncoder(&line)
		between := "\n"
		l.Each(q, func(f *finding.Finding) bool {
			line.Reset()
			line.WriteString(between)
			e = exportedOf(l, f)
			if failed = lines.Encode(&e); failed == nil {
				_, failed = w.Write(bytes.TrimSuffix(line.Bytes(), []byte("\n")))
			}
			between = ",\n"
			return failed == nil
		})
		if failed != nil {
			return failed
		}
		_, err := io.WriteString(w, "\n]}\n")
		return err
	})
}

// export sends what write writes of the list that the address asks for, or says
// that whoever asks has it already.
func (v *visit) export(kind, name string, write func(io.Writer, *Ledger, Query) error) error {
	l, err := v.s.Data.Ledger(v.r.Context())
	if err != nil {
		return err
	}
	f := v.filter()
	h := v.w.Header()
	tag := v.tag(l.Version, name, f.values.Encode())
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Add("Vary", "Accept-Encoding, Cookie, Authorization")
	if matches(v.r.Header.Get("If-None-Match"), tag) {
		v.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if !takesGzip(v.r) {
		out := bufio.NewWriterSize(v.w, 16<<10)
		if err := write(out, l, f.Query); err != nil {
			return v.half(err)
		}
		return v.half(out.Flush())
	}
	h.Set("Content-Encoding", "gzip")
	z, _ := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(v.w)
	if err := v.half(write(z, l, f.Query)); err != nil {
		return err
	}
	return v.half(z.Close())
}

// half turns an error in the middle of an answer into its end: whoever reads it
// sees that it was cut off.
func (v *visit) half(err error) error {
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// tag is an entity tag: another one for another version, viewer, day or address.
// It is a weak one, since the same may be sent zipped.
func (v *visit) tag(parts ...string) string {
	parts = append(parts, v.viewer.Person, fmt.Sprint(v.viewer.Admin), v.now.UTC().Format(time.DateOnly))
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return `W/"` + hex.EncodeToString(sum[:12]) + `"`
}

// matches reports whether a tag stands in If-None-Match, compared weakly.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
