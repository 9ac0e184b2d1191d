// Package file is the report channel that needs nothing but a folder: each
// report in each format under the team's name, and an index.html that links
// them. A folder holds
//
//	index.html               every team and its latest weeks
//	payments/team.json       what the team is called
//	payments/2026-W46.html   the report, and beside it .md, .txt and .json
//	payments/2026-W46.em.*   the same week for a narrower reader
//	_organisation/           the weeks of all teams together
//	_leader_dana/            the letters of one leader
//	_reminder_4878b5fb/      reminders of one finding
//
// Reports for narrower readers are readable by the owner of the folder only
// and the index does not link them: a folder is easily shared further than
// its reports are meant for.
package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"os"
	"path/filepath"
	"sync"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/reports"
)

// Channel writes reports into a folder. Several processes may write into one
// folder: every file is replaced whole.
type Channel struct {
	dir     string
	formats []reports.Format
	mu      sync.Mutex // the index is read, then written
}

var _ reports.Channel = (*Channel)(nil)

// New makes a channel that writes into dir, which is made when first needed;
// without formats, every format is written.
func New(dir string, formats ...reports.Format) (*Channel, error) {
	if dir == "" {
		return nil, errors.New("reports to a file: no folder is named\n\twrite it like file:./reports")
	}
	if len(formats) == 0 {
		formats = reports.Formats()
	}
	return &Channel{dir: filepath.Clean(dir), formats: formats}, nil
}

// Name is the folder as the configuration writes it.
func (c *Channel) Name() string { return "file:" + c.dir }

// Deliver writes the report's files and then the index. What is already there
// word for word is left untouched, so nothing has to be recorded on the way. The
// place is the path of the HTML page or, without one, of the first format.
func (c *Channel) Deliver(ctx context.Context, d reports.Delivery, _ func(reports.Receipt) error) (reports.Receipt, error) {
	place, err := c.write(ctx, d.Report)
	return reports.Receipt{Place: place}, err
}

// Preview lists the files that Deliver would write.
func (c *Channel) Preview(d reports.Delivery) (reports.Preview, error) {
	files, _, err := c.files(d.Report)
	if err != nil {
		return reports.Preview{}, err
	}
	p := reports.Preview{To: []string{c.dir}}
	for _, f := range files[1:] { // the first is only the team's name
		p.Parts = append(p.Parts, reports.Part{
			Name: filepath.Join(c.dir, filepath.FromSlash(f.path)), Type: mime.TypeByExtension(filepath.Ext(f.path)), Content: f.data,
		})
	}
	return p, nil
}

func (c *Channel) write(ctx context.Context, r reports.Report) (place string, err error) {
	files, place, err := c.files(r)
	if err != nil {
		return "", err
	}
	// Rendering comes first and the look at ctx last, so that an error or an
	// end in between leaves nothing behind.
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("write report to %s: %w", c.dir, err)
	}
	if err := os.MkdirAll(c.dir, 0o755); err != nil {
		return "", inWords(c.dir, err)
	}
	root, err := os.OpenRoot(c.dir)
	if err != nil {
		return "", inWords(c.dir, err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()

	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range files {
		if err := replace(root, f); err != nil {
			return "", inWords(c.dir, err)
		}
	}
	if err := writeIndex(root, r.Reader); err != nil {
		return "", fmt.Errorf("index: %w", inWords(c.dir, err))
	}
	return filepath.Join(c.dir, filepath.FromSlash(place)), nil
}

// content is a file to be: its path below the folder, with slashes.
type content struct {
	path string
	mode os.FileMode
	data []byte
}

// files renders the report, the team's name first.
func (c *Channel) files(r reports.Report) (files []content, place string, err error) {
	name, err := teamFile(r)
	if err != nil {
		return nil, "", err
	}
	files = append(files, name)
	for _, f := range c.formats {
		var b bytes.Buffer
		if err := reports.Render(&b, r, f); err != nil {
			return nil, "", fmt.Errorf("report of %s, %s: %w", r.Team.ID, r.Week.ID, err)
		}
		one := content{path: Path(r, f), mode: mode(r.Reader), data: b.Bytes()}
		files = append(files, one)
		if place == "" || f == reports.FormatHTML {
			place = one.path
		}
	}
	return files, place, nil
}

func mode(reader finding.Audience) os.FileMode {
	if reader == finding.ForTeam {
		return 0o644
	}
	return 0o600
}

// Path is where a report stands below the folder, with slashes:
// payments/2026-W46.html.
func Path(r reports.Report, f reports.Format) string {
	return folder(r) + "/" + safe(r.Week.ID) + mark(r.Reader) + "." + f.Extension()
}

// folder is the team's. What is of no team stands in folders that no team's id
// gives.
func folder(r reports.Report) string {
	switch r.Kind {
	case reports.OfOrganisation:
		return "_organisation"
	case reports.ToLeader:
		return "_leader_" + safe(r.For)
	case reports.Reminder:
		return "_reminder_" + safe(r.For)
	}
	return safe(r.Team.ID)
}

// mark tells the files of one reader from those of another: .em, and nothing for
// what everybody may read.
func mark(reader finding.Audience) string {
	if reader == finding.ForTeam {
		return ""
	}
	return "." + safe(string(reader))
}
