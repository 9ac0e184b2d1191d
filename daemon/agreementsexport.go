package daemon

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/fairlead-dev/fairlead/config"
)

// ExportedFile is what a team, or the organisation, says, as a file of the
// configuration holds it.
type ExportedFile struct {
	Name string // teams/payments.yaml, organisation.yaml, rules/feature-without-problem.yaml
	Text string
}

// OrganisationFile is the name of what the organisation says.
const OrganisationFile = "organisation.yaml"

// ExportAgreements writes down, as files hold it, what every team and the organisation
// say, on pages and in files, and the rules whose condition was changed on pages. A
// team, if given, is the only one told.
func ExportAgreements(ctx context.Context, cfg *config.Config, team string) ([]ExportedFile, error) {
	f, err := agreed(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if team != "" {
		if _, err := f.teamsNamed(team); err != nil {
			return nil, err
		}
		return []ExportedFile{f.terms().exported(team)}, nil
	}
	var out []ExportedFile
	for _, id := range append([]string{""}, f.TeamIDs()...) {
		if file := f.terms().exported(id); file.Text != "" {
			out = append(out, file)
		}
	}
	for _, l := range f.terms().layers {
		if l.rule != nil {
			out = append(out, ExportedFile{Name: "rules/" + l.Name + ".yaml", Text: l.rule.Text()})
		}
	}
	return out, nil
}

// exported is what the team says; the text is empty where that is nothing.
func (t *terms) exported(team string) ExportedFile {
	out := ExportedFile{Name: OrganisationFile, Text: t.cfg.AgreedText(team)}
	if team != "" {
		out.Name = teamFileName(team)
	}
	return out
}

// teamFileName is a name for the file of a team, whose id may hold anything.
func teamFileName(team string) string {
	return "teams/" + strings.Map(func(c rune) rune {
		if c == '.' || c == '/' || c == '\\' || !unicode.IsPrint(c) {
			return '-'
		}
		return c
	}, team) + ".yaml"
}

// WriteExported writes the files into a folder, each only where none is yet.
func WriteExported(dir string, files []ExportedFile) error {
	for _, file := range files {
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return err
		}
		to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return requestError{fmt.Sprintf("%s cannot be written: %v", path, err), "name an empty folder with --into"}
		}
		_, err = to.WriteString(file.Text)
		if closed := to.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}
