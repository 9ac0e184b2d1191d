package connectors_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// apart runs the test once more as root of namespaces of its own, where it may
// mount what nobody else sees, and reports whether this is that run.
func apart(t *testing.T) bool {
	t.Helper()
	const sign = "FAIRLEAD_TEST_APART"
	if os.Getenv(sign) != "" {
		return true
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v") //nolint:gosec // this very test
	again.Env = append(os.Environ(), sign+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := again.CombinedOutput()
	if again.Process == nil {
		t.Skip("this system gives no namespaces: ", err)
	}
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
	return false
}

func mount(t *testing.T, from, to, kind string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount(from, to, kind, flags, options); err != nil {
		t.Skip("this system mounts nothing here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(to, syscall.MNT_DETACH) })
}

func TestATokenFileMountedAloneCostsNoToken(t *testing.T) {
	if !apart(t) {
		return
	}
	f, i := tokenFile(t, "refresh-0"), newIssuer()
	mount(t, f.Path, f.Path, "", syscall.MS_BIND, "")
	wantUnspent(t, f, i, "busy")
}

func TestAFullDiskCostsNoToken(t *testing.T) {
	if !apart(t) {
		return
	}
	f, i := tokenFile(t, ""), newIssuer()
	folder := filepath.Dir(f.Path)
	mount(t, "none", folder, "tmpfs", 0, "size=8k")
	write(t, f.Path, "refresh-0")
	write(t, filepath.Join(folder, "more"), strings.Repeat("m", 4096))
	wantUnspent(t, f, i, "no space left")
	remove(t, filepath.Join(folder, "more"))
	if code, _, err := fetch(t.Context(), t, granted(t, i, f), i, "/"); code != 200 || err != nil {
		t.Errorf("with room again: %d, %v", code, err)
	}
}

func TestADiskThatFillsDuringAnExchangeLeavesTheNewTokenInHand(t *testing.T) {
	if !apart(t) {
		return
	}
	f, i := tokenFile(t, ""), newIssuer()
	folder := filepath.Dir(f.Path)
	mount(t, "none", folder, "tmpfs", 0, "size=8k")
	write(t, f.Path, "refresh-0")
	more := filepath.Join(folder, "more")
	i.before = func() { write(t, more, strings.Repeat("m", 4096)) }
	g := granted(t, i, f)
	for range 2 { // the second finds out before it offers the token
		_, _, err := fetch(t.Context(), t, g, i, "/")
		if err == nil || !strings.Contains(err.Error(), "no space left") || !strings.Contains(err.Error(), "holds the only copy") || strings.Contains(err.Error(), "was not used") {
			t.Errorf("err = %v", err)
		}
	}
	remove(t, more)
	if code, _, err := fetch(t.Context(), t, g, i, "/"); code != 200 || err != nil || i.issued != 1 {
		t.Errorf("with room again: %d, %v after %d exchanges", code, err, i.issued)
	}
}
