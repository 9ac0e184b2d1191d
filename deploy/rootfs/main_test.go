package main

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func made(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "binary")
	if err := os.WriteFile(binary, []byte("a binary"), 0o600); err != nil {
		t.Fatal(err)
	}
	into := filepath.Join(dir, "rootfs")
	for range 2 { // what is there is replaced
		if err := assemble(binary, into); err != nil {
			t.Fatal(err)
		}
	}
	return into
}

// told is everything in a folder that an image holds.
func told(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		var text []byte
		if !d.IsDir() {
			if text, err = os.ReadFile(path); err != nil {
				return err
			}
		}
		fmt.Fprintf(&b, "%s %s %d %x\n", strings.TrimPrefix(path, dir), info.Mode(), info.ModTime().Unix(), sha256.Sum256(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheSameBinaryMakesTheSameImage(t *testing.T) {
	one, two := told(t, made(t)), told(t, made(t))
	if one != two {
		t.Errorf("one is\n%s\nthe other\n%s", one, two)
	}
	for _, want := range []string{"/usr/bin/fairlead -rwxr-xr-x 0 ", "/var/lib/fairlead drwxr-x--- 0 ", "/tmp dtrwxrwxrwx 0 ", "/etc/passwd -rw-r--r-- 0 "} {
		if !strings.Contains(one, want) {
			t.Errorf("there is no %q in\n%s", want, one)
		}
	}
}

func TestTheAuthoritiesAreTrusted(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(made(t), "etc/ssl/certs/ca-certificates.crt"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			t.Error(err)
		}
		n++
	}
	if n < 80 || len(text) > 0 {
		t.Errorf("there are %d certificates, and %d bytes behind them", n, len(text))
	}
}

func TestWithoutABinaryThereIsNoImage(t *testing.T) {
	for _, binary := range []string{"", filepath.Join(t.TempDir(), "none")} {
		if err := assemble(binary, filepath.Join(t.TempDir(), "rootfs")); err == nil {
			t.Errorf("with %q there is an image", binary)
		}
	}
}
