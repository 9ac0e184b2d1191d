package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
	"github.com/fairlead-dev/fairlead/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Place {
		path := filepath.Join(t.TempDir(), "fairlead.db")
		return func() (store.Store, error) { return sqlite.Open(t.Context(), path) }
	})
}
