package daemon

import (
	"fmt"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
	"github.com/fairlead-dev/fairlead/store"
)

// However many runs another source had since, each source's latest good reading is
// found.
func TestASourceIsAsFreshAsItsOwnLatestRun(t *testing.T) {
	f := largeStore(t, large{1, 1, 1})
	f.sources = []connectors.Source{&fakeSource{name: "busy"}, &fakeSource{name: "quiet"}, &fakeSource{name: "new"}}
	for n := range 60 {
		at := f.now().Add(-time.Duration(n) * time.Minute)
		run := store.Run{ID: fmt.Sprintf("busy %d", n), Kind: store.RunSync, Source: "busy", Started: at, Ended: at}
		if n == 59 {
			run.ID, run.Source = "quiet", "quiet"
		}
		if err := f.store.SaveRun(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	all, err := f.healths(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []time.Time{f.now(), f.now().Add(-59 * time.Minute), {}} {
		if !all[i].lastRead.Equal(want) {
			t.Errorf("%s was last read at %v, want %v", all[i].source, all[i].lastRead, want)
		}
	}
}
