package scale

import (
	"encoding/json"
	"testing"
	"time"
)

func TestTmp(t *testing.T) {
	b := time.Now()
	o := Default()
	r, err := Simulate(t.Context(), o, func(s string) { t.Log(time.Since(b), s) })
	if err != nil {
		t.Fatal(err)
	}
	r.Sites = r.Sites[:6]
	x, _ := json.MarshalIndent(r, "", " ")
	t.Log(string(x))
	t.Log(time.Since(b))
}
