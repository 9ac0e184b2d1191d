package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fairlead-dev/fairlead/config"
)

// FreeFor says whether a new configuration can be written into the folder: an
// error names what stands in the way and what to do. It asks before anybody
// answers questions for nothing.
func FreeFor(dir string) error {
	there, err := filepath.Glob(filepath.Join(globLiteral(dir), teamsName+"*.yaml"))
	if err != nil {
		return fmt.Errorf("look into %s: %w", dir, err)
	}
	for _, name := range []string{mainName, orgName} {
		there = append(there, filepath.Join(dir, name))
	}
	for _, path := range there {
		switch _, err := os.Lstat(path); {
		case err == nil:
			return fmt.Errorf("%s is there already, and nothing is ever overwritten\n\tname another folder with --dir, or move it away", path)
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("look into %s: %w", dir, err)
		}
	}
	return nil
}

// globLiteral is a path in which no character stands for others.
func globLiteral(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

// WriteConfiguration writes a commented configuration for the sites into the
// folder and lists the files, the main one first. It overwrites nothing, writes
// no token, and writes nothing at all that config check would not take.
func WriteConfiguration(dir string, sites []*NewSite) ([]string, error) {
	if err := FreeFor(dir); err != nil {
		return nil, err
	}
	files, err := draft(sites)
	if err != nil {
		return nil, err
	}
	if _, err := loadDraft(files, sites); err != nil {
		return nil, fmt.Errorf("the draft has mistakes, so nothing was written; please report this:\n%w", err)
	}
	return writeNew(dir, files)
}

// loadDraft reads files as the configuration they would be, with the tokens that
// are known now in place of environment variables.
func loadDraft(files map[string]string, sites []*NewSite) (cfg *config.Config, err error) {
	dir, err := os.MkdirTemp("", "fairlead-init-")
	if err != nil {
		return nil, fmt.Errorf("try the configuration: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if _, err := writeNew(dir, files); err != nil {
		return nil, err
	}
	cfg, err = config.Load(filepath.Join(dir, mainName), func(name string) (string, bool) {
		for _, s := range sites {
			if s.Login.TokenEnv == name {
				return s.Login.Token.Reveal(), true
			}
		}
		return "", false
	})
	if err != nil {
		return nil, err
	}
	_, err = Verify(cfg)
	return cfg, err
}

// writeNew writes files that must not be there yet.
func writeNew(dir string, files map[string]string) ([]string, error) {
	var written []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := writeOne(path, files[name]); err != nil {
			return written, fmt.Errorf("write the configuration: %w", err)
		}
		written = append(written, path)
	}
	return written, nil
}

func writeOne(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
