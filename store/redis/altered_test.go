package redis

import (
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/store/redis/redistest"
)

func alteredSince(t *testing.T, s *Store, since string) (position string, n int, known bool) {
	t.Helper()
	got, err := s.Altered(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	return got.Position, len(got.Tickets), got.Known
}

func TestOnlyTheLatestAlterationsAreRemembered(t *testing.T) {
	server := redistest.Start(t)
	s := openedAt(t, server)
	s.mostAltered = "4"
	begin, _, _ := alteredSince(t, s, "")
	save(t, s, pageOf(3, monday))
	first, n, known := alteredSince(t, s, begin)
	if n != 3 || !known {
		t.Errorf("after one page: %d, %v", n, known)
	}
	other := pageOf(6, monday)[3:]
	save(t, s, other)
	if _, n, known := alteredSince(t, s, first); n != 3 || !known {
		t.Errorf("since the first page: %d, %v", n, known)
	}
	if _, n, known := alteredSince(t, s, begin); n != 0 || known {
		t.Errorf("since the beginning: %d, %v, want it forgotten", n, known)
	}
	if got := server.Do("ZCARD", s.of(source).key("altered")); got != "3" {
		t.Errorf("%s are remembered, want the 3 of the latest page", got)
	}
}

// A fairlead from before notes were taken may write to the same store, while
// replicas are being replaced.
func TestWhatWasWrittenWithoutNotesIsNotKnown(t *testing.T) {
	server := redistest.Start(t)
	s := openedAt(t, server)
	save(t, s, pageOf(3, monday))
	before, _, _ := alteredSince(t, s, "")
	server.Do("HINCRBY", s.of(source).key("head"), "version", "1")
	after, _, known := alteredSince(t, s, before)
	if known {
		t.Error("a step that took no notes is known")
	}
	if _, _, known := alteredSince(t, s, after); !known {
		t.Error("nothing happened since, and that is not known")
	}
	save(t, s, pageOf(2, monday.Add(time.Hour)))
	if _, _, known := alteredSince(t, s, before); known {
		t.Error("it is known once a step took notes again")
	}
	if _, n, known := alteredSince(t, s, after); !known || n != 2 {
		t.Errorf("since then: %d, %v, want 2", n, known)
	}
}

func TestAServerThatCameBackMayHaveLostTheLatest(t *testing.T) {
	server := redistest.Start(t)
	s := openedAt(t, server)
	save(t, s, pageOf(3, monday))
	before, _, _ := alteredSince(t, s, "")
	server.Kill()
	server.Start()
	after, _, known := alteredSince(t, s, before)
	if known {
		t.Error("what another run of the server told is known")
	}
	save(t, s, pageOf(1, monday.Add(time.Hour)))
	if _, n, known := alteredSince(t, s, after); !known || n != 1 {
		t.Errorf("since then: %d, %v, want 1", n, known)
	}
}
