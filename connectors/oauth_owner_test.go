//go:build !windows

package connectors_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/fairlead-dev/fairlead/connectors"
)

// someAccount runs the daemon in these tests, and owns the token and its folder.
const someAccount = 1234

// ownedToken is a token file of someAccount, which only root can make.
func ownedToken(t *testing.T) connectors.TokenFile {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	f := tokenFile(t, "refresh-0\n")
	if err := os.Chown(f.Path, someAccount, someAccount); err != nil {
		t.Skip(err)
	}
	return f
}

func owner(t *testing.T, path string) int {
	t.Helper()
	about, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(about.Sys().(*syscall.Stat_t).Uid)
}

func rootsFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shadow")
	if err := os.WriteFile(path, []byte("root only"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func next(string) (string, error) { return "refresh-1", nil }

func TestWhatRootMakesBelongsToWhoOwnsTheToken(t *testing.T) {
	f := ownedToken(t)
	if err := f.Renew(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{f.Path, f.Path + ".lock"} {
		if got := owner(t, path); got != someAccount {
			t.Errorf("%s belongs to %d, want the account that runs the daemon", path, got)
		}
	}
}

func TestALockThatIsALinkGivesNothingAway(t *testing.T) {
	f, victim := tokenFile(t, "refresh-0\n"), rootsFile(t)
	_ = os.Chown(f.Path, someAccount, someAccount) // where we may: then there is something to give away
	before := owner(t, victim)
	if err := os.Symlink(victim, f.Path+".lock"); err != nil {
		t.Fatal(err)
	}
	i := newIssuer()
	_, _, err := fetch(t.Context(), t, granted(t, i, f), i, "/")
	if err == nil || !strings.Contains(err.Error(), "refresh.lock is a link") || !strings.Contains(err.Error(), "remove") {
		t.Errorf("err = %v, want that the link is to be removed", err)
	}
	if got := owner(t, victim); got != before || i.issued != 0 {
		t.Errorf("what it leads to belongs to %d, was %d; %d exchanges", got, before, i.issued)
	}
}

func TestALockThatWasThereKeepsItsOwner(t *testing.T) {
	f := ownedToken(t)
	victim := filepath.Join(filepath.Dir(f.Path), "shadow")
	if err := os.WriteFile(victim, []byte("root only"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(victim, f.Path+".lock"); err != nil {
		t.Skip(err)
	}
	if err := f.Renew(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(victim); owner(t, victim) != 0 || err != nil || string(text) != "root only" {
		t.Errorf("root's file belongs to %d and holds %q, %v", owner(t, victim), text, err)
	}
}

func TestATokenFileThatIsAPipeHoldsNobodyUp(t *testing.T) {
	f := tokenFile(t, "")
	remove(t, f.Path)
	if err := syscall.Mkfifo(f.Path, 0o600); err != nil {
		t.Skip(err)
	}
	if err := f.Renew(t.Context(), next); err == nil || !strings.Contains(err.Error(), "no plain file") {
		t.Errorf("err = %v", err)
	}
}

func TestAFolderThatTakesNoNewFileCostsNoToken(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("nothing is closed to root")
	}
	f, i := tokenFile(t, "refresh-0"), newIssuer()
	if err := os.WriteFile(f.Path+".lock", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(f.Path)
	chmod(t, folder, 0o500)
	t.Cleanup(func() { chmod(t, folder, 0o700) })
	wantUnspent(t, f, i, "permission denied")
}

func chmod(t *testing.T, path string, mode fs.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}
