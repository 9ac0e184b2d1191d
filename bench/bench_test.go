package bench_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/fairlead-dev/fairlead/bench"
)

const printed = `goos: linux
BenchmarkEngine-2   	       1	         9.383 cel-go/hand	         1.168 engine/hand	      1777 ns-cel-go	       221.2 ns-engine	       189.3 ns-hand
BenchmarkOdd is no result
    bench_test.go:12: a line of a log
PASS
`

func TestFiguresAreReadAndLaidSideBySide(t *testing.T) {
	f := bench.Figures{}
	echoed := 0
	if err := f.Read("rules", strings.NewReader(printed), func(string) { echoed++ }); err != nil {
		t.Fatal(err)
	}
	if got := f["rules.Engine"]["ns-engine"]; got != 221.2 || len(f) != 1 || echoed != 5 {
		t.Fatalf("read %v of %d lines", f, echoed)
	}
	var b strings.Builder
	if err := f.Table(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`engine, for Go by hand +221 ns-engine +189 ns-hand +1\.17`, `cel-go, for the engine +1,777 ns-cel-go +221 ns-engine +8\.03`,
		`expr, for the engine +not measured in this run`, `Engine +cel-go/hand +9\.38`} {
		if !regexp.MustCompile(want).MatchString(b.String()) {
			t.Errorf("no line like %q in\n%s", want, b.String())
		}
	}
}

// A benchmark that was renamed would silently be left out of the table.
func TestEveryRunNamesBenchmarksThatAreThere(t *testing.T) {
	declared := regexp.MustCompile(`(?m)^func (Benchmark\w+)\(`)
	for _, r := range bench.Runs() {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(r.Package), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		top, _, _ := strings.Cut(r.Pattern, "/")
		wanted, found := regexp.MustCompile(top), false
		for _, path := range files {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
				found = found || wanted.MatchString(m[1])
			}
		}
		if !found {
			t.Errorf("%s has no benchmark %s", r.Package, r.Pattern)
		}
	}
}
