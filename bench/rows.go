package bench

import (
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"text/tabwriter"
)

// Run is one call of "go test -bench".
type Run struct {
	Package string // below the module
	Pattern string // which benchmarks
	Time    string // for -benchtime; empty: as Go chooses
	Full    string // the same where everything is measured at full size
}

// Runs are the benchmarks of "make bench", in the order in which they run.
func Runs() []Run {
	return []Run{
		{"rules", "^BenchmarkEngine$", "1x", "1x"},
		{"rules", "^BenchmarkHostile$", "3x", "20x"},
		{"rules", "^BenchmarkCheck$/^(catalog|no_rule)$", "2x", "2x"},
		{"store", "^Benchmark(Encode|Decode)Ticket$", "200ms", "2s"},
		{"store/sqlite", "^Benchmark(WriteNew|WriteUnchanged|ReadAll|ReadOne|Forms)$", "500ms", "2s"},
		{"store/redis", "^Benchmark(WriteNew|WriteUnchanged|ReadAll|ReadOne|Memory)$", "500ms", "2s"},
		{"connectors", "^BenchmarkSync", "1x", "1x"},
		{"cmd/fairlead", "^Benchmark(Capture|Start|Version|Ready)", "1x", "3x"},
		{"daemon", "^Benchmark(Check|Edition|Gather)", "1x", "1x"},
		{"daemon", "^BenchmarkDashboard$/^(.*overview.*|/_lee|/_dana|.*teams.*|after_a_check|one's_own_answer)$", "1x", "1x"},
		{"scale", "^BenchmarkSimulate$", "1x", "3x"},
	}
}

// row is a line of the table: one figure against another of the same run.
type row struct {
	topic, what string
	of, against figure
}

// figure is one number that a benchmark told.
type figure struct{ benchmark, unit string }

func (f figure) in(all Figures) (float64, bool) {
	n, ok := all[f.benchmark][f.unit]
	return n, ok
}

func rows() []row {
	engine := func(unit string) figure { return figure{"rules.Engine", unit} }
	sqlite := func(name string) figure { return figure{"store/sqlite." + name, "tickets/s"} }
	const stored = "MessagePack,_as_stored"
	form := func(name, unit string) figure { return figure{"store/sqlite.Forms/" + name, unit} }
	redis := func(name string) figure { return figure{"store/redis." + name, "tickets/s"} }
	return []row{
		{topic: "rules", what: "engine, for Go by hand", of: engine("ns-engine"), against: engine("ns-hand")},
		{topic: "rules", what: "cel-go, for the engine", of: engine("ns-cel-go"), against: engine("ns-engine")},
		{topic: "rules", what: "cel-go with its cost limit, for the engine", of: engine("ns-limit"), against: engine("ns-engine")},
		{topic: "rules", what: "expr, for the engine", of: engine("ns-expr"), against: engine("ns-engine")},
		{topic: "check", what: "after 100 changed tickets, for a full check: processor time", of: figure{"daemon.Check", "again-core-s"}, against: figure{"daemon.Check", "full-core-s"}},
		{topic: "check", what: "after 100 changed tickets, for a full check: by the clock", of: figure{"daemon.Check", "again-s"}, against: figure{"daemon.Check", "full-s"}},
		{topic: "encoding", what: "JSON, for the form as stored: bytes", of: form("encode/JSON", "B/body"), against: form("encode/"+stored, "B/body")},
		{topic: "encoding", what: "JSON, for the form as stored: encode", of: form("encode/JSON", "ns/op"), against: form("encode/"+stored, "ns/op")},
		{topic: "encoding", what: "JSON, for the form as stored: decode", of: form("decode/JSON", "ns/op"), against: form("decode/"+stored, "ns/op")},
		{topic: "encoding", what: "JSON, for the form as stored: scan", of: form("scan/JSON", "tickets/s"), against: form("scan/"+stored, "tickets/s")},
		{topic: "encoding", what: "protobuf, for the form as stored: decode", of: form("decode/protobuf", "ns/op"), against: form("decode/"+stored, "ns/op")},
		{topic: "encoding", what: "protobuf, for the form as stored: scan", of: form("scan/protobuf", "tickets/s"), against: form("scan/"+stored, "tickets/s")},
		{topic: "encoding", what: "body as stored, for JSON, bytes", of: figure{"store.EncodeTicket", "B/body"}, against: figure{"store.EncodeTicket", "B/json"}},
		{topic: "stores", what: "Redis, for SQLite: write new, pages of 1000", of: redis("WriteNew/pages_of_1000"), against: sqlite("WriteNew/pages_of_1000")},
		{topic: "stores", what: "Redis, for SQLite: write unchanged", of: redis("WriteUnchanged"), against: sqlite("WriteUnchanged")},
		{topic: "stores", what: "Redis, for SQLite: read all, decoded", of: redis("ReadAll"), against: sqlite("ReadAll/decoded")},
		{topic: "stores", what: "decoded, for bodies only, in SQLite", of: sqlite("ReadAll/decoded"), against: sqlite("ReadAll/bodies_only")},
	}
}

// ratios are units by which a benchmark tells a ratio itself; others of their kind are
// found by the stroke between two words that are no unit of measure.
func isRatio(unit string) bool {
	of, per, found := strings.Cut(unit, "/")
	if !found || of == "" || per == "" {
		return strings.HasPrefix(unit, "x-")
	}
	return slices.Contains([]string{"hand", "least", "limit", "full", "one", "sqlite", "engine"}, per)
}

// kept are the units that are shown as they are, because they answer a question of
// their own: memory, start-up, pages.
var kept = []string{
	"peak-MB", "short-MB", "reconcile-peak-MB", "heap-MB", "held-MB", "most-MB", "B/ticket", "bytes/ticket", "p95-ms", "p95-ms-of-8", "p95-ms-to-say", "ready-ms", "start-ms",
	"version-ms", "requests", "points/issue", "issues/s", "limit-issues/s", "tickets/s", "ns/ticket/rule", "cpu-µs/ticket", "server-cpu-µs/ticket", "core-s", "B/body", "MB", "s",
}

// Table lays the figures side by side: first ratios, then everything else that was told.
// What a line needs and no benchmark told is said.
func (f Figures) Table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "about\twhat\tmeasured\tagainst\tratio")
	for _, r := range rows() {
		of, is := r.of.in(f)
		against, told := r.against.in(f)
		if !is || !told || against == 0 {
			fmt.Fprintf(t, "%s\t%s\tnot measured in this run\t\t\n", r.topic, r.what)
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s %s\t%s %s\t%.2f\n", r.topic, r.what, number(of), r.of.unit, number(against), r.against.unit, of/against)
	}
	names := slices.Sorted(maps.Keys(f))
	for _, name := range names {
		for _, unit := range slices.Sorted(maps.Keys(f[name])) {
			if isRatio(unit) {
				fmt.Fprintf(t, "%s\t%s\t\t%s\t%.2f\n", topicOf(name), shown(name), unit, f[name][unit])
			}
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(w)
	t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "about\twhat\tfigures")
	for _, name := range names {
		var told []string
		for _, unit := range kept {
			if n, is := f[name][unit]; is {
				told = append(told, number(n)+" "+unit)
			}
		}
		if n, is := f[name]["ns/op"]; is && n > 0 && len(told) == 0 {
			told = append(told, number(n/1e6)+" ms")
		}
		if len(told) > 0 {
			fmt.Fprintf(t, "%s\t%s\t%s\n", topicOf(name), shown(name), strings.Join(told, ", "))
		}
	}
	return t.Flush()
}

func topicOf(name string) string {
	pkg, _, _ := strings.Cut(name, ".")
	return path.Clean(pkg)
}

func shown(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return strings.ReplaceAll(rest, "_", " ")
}

// number writes three figures.
func number(n float64) string {
	switch {
	case n >= 1000:
		text := fmt.Sprintf("%.0f", n)
		for at := len(text) - 3; at > 0; at -= 3 {
			text = text[:at] + "," + text[at:]
		}
		return text
	case n >= 100:
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.3g", n)
}
