package reports_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func render(t testing.TB, r reports.Report, f reports.Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := reports.Render(&b, r, f); err != nil {
		t.Fatalf("render %s: %v", f, err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for _, c := range reporttest.All() {
		for _, f := range reports.Formats() {
			t.Run(c.Name+" as "+string(f), func(t *testing.T) {
				golden(t, c.Name+"."+f.Extension(), render(t, c.Report, f))
			})
		}
	}
}

// golden compares with a file under testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run the test with -update and look at the diff); got:\n%s", path, got)
	}
}
