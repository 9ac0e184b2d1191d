package sqlite

import (
	"testing"
	"time"
)

func TestOnlyTheLatestAlterationsAreRemembered(t *testing.T) {
	s := opened(t, newFile(t))
	s.mostAltered = 5
	since := func(position string) (string, int, bool) {
		t.Helper()
		got, err := s.Altered(t.Context(), position)
		if err != nil {
			t.Fatal(err)
		}
		return got.Position, len(got.Tickets), got.Known
	}
	begin, _, _ := since("")
	page := typicals(3)
	save := func() {
		t.Helper()
		for i := range page {
			page[i].Updated = page[i].Updated.Add(time.Hour)
		}
		if _, err := s.SavePage(t.Context(), page[0].Source, page, nil, ""); err != nil {
			t.Fatal(err)
		}
	}
	save()
	first, n, known := since(begin)
	if n != 3 || !known {
		t.Errorf("after one page: %d, %v", n, known)
	}
	save()
	if _, n, known := since(first); n != 3 || !known {
		t.Errorf("since the first page: %d, %v", n, known)
	}
	if _, n, known := since(begin); n != 0 || known {
		t.Errorf("since the beginning: %d, %v, want it forgotten", n, known)
	}
	if _, err := s.Remove(t.Context(), page[0].Source, []string{page[0].ID, page[1].ID, page[2].ID}); err != nil {
		t.Fatal(err)
	}
	if _, _, known := since(first); known {
		t.Error("what was removed since is remembered without what was saved")
	}
}

func TestWhatIsChangedByHandIsRememberedToo(t *testing.T) {
	s := opened(t, newFile(t))
	page := typicals(2)
	if _, err := s.SavePage(t.Context(), page[0].Source, page, nil, ""); err != nil {
		t.Fatal(err)
	}
	before, err := s.Altered(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	run(t, s.path, `DELETE FROM tickets WHERE key = 'PAY-1'`)
	got, err := s.Altered(t.Context(), before.Position)
	if err != nil || !got.Known || len(got.Tickets) != 1 || got.Tickets[0].ID != page[1].ID {
		t.Errorf("got %+v, %v", got, err)
	}
}
