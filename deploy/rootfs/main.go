// Command rootfs puts together the file system of fairlead's image: the binary, the
// certificates of Mozilla's authorities, an account that is not root, and the folders
// that are mounted. Time zones are in the binary. The same binary makes the same
// files, to the bit, on any machine: nothing is copied from it.
package main

import (
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// account is whom fairlead runs as; the chart and the Dockerfile name it too.
const account = 65532

func main() {
	binary := flag.String("binary", "", "the binary of fairlead")
	into := flag.String("into", "dist/rootfs", "the folder to make; what is there is removed")
	flag.Parse()
	if err := assemble(*binary, *into); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// entry is a file or a folder of the image.
type entry struct {
	path string
	mode fs.FileMode
	text string // of a file
	ours bool   // it belongs to the account, where root makes it
}

func entries() []entry {
	folder := func(path string, mode fs.FileMode) entry { return entry{path: path, mode: fs.ModeDir | mode} }
	return []entry{
		folder("etc", 0o755),
		{path: "etc/passwd", mode: 0o644, text: fmt.Sprintf("root:x:0:0:root:/:/none\nfairlead:x:%d:%d:fairlead:/var/lib/fairlead:/none\n", account, account)},
		{path: "etc/group", mode: 0o644, text: fmt.Sprintf("root:x:0:\nfairlead:x:%d:\n", account)},
		{path: "etc/nsswitch.conf", mode: 0o644, text: "hosts: files dns\n"},
		folder("etc/fairlead", 0o755),
		folder("etc/ssl", 0o755),
		folder("etc/ssl/certs", 0o755),
		{path: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, text: authorities()},
		folder("usr", 0o755),
		folder("usr/bin", 0o755),
		folder("tmp", fs.ModeSticky|0o777),
		folder("run", 0o755),
		folder("var", 0o755),
		folder("var/lib", 0o755),
		{path: "var/lib/fairlead", mode: fs.ModeDir | 0o750, ours: true},
	}
}

// authorities are the certificates of those who are trusted without conditions: a file
// of certificates cannot say that one counts only for what was issued before a day.
func authorities() string {
	var b strings.Builder
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}) // into memory
		}
	}
	return b.String()
}

func assemble(binary, into string) error {
	if binary == "" {
		return errors.New("name the binary with -binary")
	}
	if err := os.RemoveAll(into); err != nil {
		return err
	}
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	all := entries()
	for _, e := range all {
		if err := e.write(into); err != nil {
			return err
		}
	}
	if err := install(binary, filepath.Join(into, "usr", "bin", "fairlead")); err != nil {
		return err
	}
	return settle(into)
}

func (e entry) write(into string) error {
	path := filepath.Join(into, filepath.FromSlash(e.path))
	var err error
	if e.mode.IsDir() {
		err = os.Mkdir(path, 0o755)
	} else {
		err = os.WriteFile(path, []byte(e.text), 0o644)
	}
	if err == nil && e.ours && os.Geteuid() == 0 {
		err = os.Chown(path, account, account)
	}
	if err == nil {
		err = os.Chmod(path, e.mode.Perm()|e.mode&fs.ModeSticky) // whatever the umask is
	}
	return err
}

func install(binary, path string) error {
	from, err := os.Open(binary)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was only read
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close(), os.Chmod(path, 0o755))
}

// settle gives everything the same time, so that images do not differ by when they were
// made.
func settle(into string) error {
	at := time.Unix(0, 0)
	return filepath.WalkDir(into, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, at, at)
	})
}
