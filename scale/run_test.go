package scale

import (
	"os"
	"testing"
	"time"
)

func TestTmp(t *testing.T) {
	b := time.Now()
	r, err := Simulate(t.Context(), Default(), func(s string) { t.Log(time.Since(b), s) })
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Text(os.Stdout)
	t.Log(time.Since(b))
}
