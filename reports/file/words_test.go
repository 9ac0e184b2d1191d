package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/reports/reporttest"
)

func TestWhatStandsInTheWayIsSaidWithWhatToDo(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"no permission", &fs.PathError{Op: "mkdirat", Path: "payments", Err: syscall.EACCES}, "let the account that runs fairlead write into this folder"},
		{"a disk mounted for reading", &fs.PathError{Op: "mkdirat", Path: "payments", Err: syscall.EROFS}, "name another"},
		{"a full disk", &fs.PathError{Op: "write", Path: "payments/.tmp-ABC", Err: syscall.ENOSPC}, "make room"},
		{"anything else", errors.New("input/output error"), "input/output error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := inWords("./reports", c.err).Error()
			if !strings.Contains(got, c.want) || !strings.Contains(got, "./reports") || strings.Contains(got, ".tmp-") || strings.Contains(got, "mkdirat") {
				t.Errorf("got %q, want %q and the folder, and nothing of how", got, c.want)
			}
		})
	}
}

func TestAFileWhereTheFolderShouldBe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reports")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Deliver(t.Context(), reports.Delivery{Report: reports.Build(reporttest.NormalWeek())}, keep)
	if err == nil || !strings.Contains(err.Error(), "a file stands where a folder should be") {
		t.Errorf("err = %v", err)
	}
}
