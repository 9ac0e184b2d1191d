package daemon

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/simulator"
)

// demoWeeks is how many weeks the demo lives through before it shows them.
const demoWeeks = 26

// demoYear lives through the demo's half year as an installation does: every Monday
// it reads, checks and reports, its people say things in between, and what they
// agree on changes.
type demoYear struct {
	dir    string
	teller *simulator.Teller
	story  simulator.Config
	with   Options
	files  map[string]string // as they were written last
	f      *Fairlead         // nil before the first week
}

// live plays all weeks. observe is told of the last reading; it may be nil.
func (y *demoYear) live(ctx context.Context, observe func(Progress)) error {
	said := demoWords
	for week := demoWeeks - 1; week >= 0; week-- {
		monday := demoEnd().AddDate(0, 0, -7*week)
		for ; len(said) > 0 && said[0].moment().Before(monday); said = said[1:] {
			y.teller.Until(said[0].moment())
			if err := said[0].say(ctx, y.f); err != nil {
				return err
			}
		}
		y.teller.Until(monday)
		if err := y.agree(ctx, monday); err != nil {
			return err
		}
		if week > 0 {
			if _, err := y.f.Run(ctx, "last", nil); err != nil {
				return err
			}
			continue
		}
		if _, err := y.f.Run(ctx, "last", observe); err != nil {
			return err
		}
	}
	return nil
}

// agree writes the configuration as it is by now and opens it, where it has changed.
func (y *demoYear) agree(ctx context.Context, now time.Time) error {
	files := y.story.FilesOn(demoSites, now)
	if y.f != nil && maps.Equal(files, y.files) {
		return nil
	}
	if err := y.close(); err != nil {
		return err
	}
	if err := writeDemo(y.dir, files); err != nil {
		return err
	}
	cfg, err := config.Load(filepath.Join(y.dir, "fairlead.yaml"), os.LookupEnv)
	if err != nil {
		return err
	}
	f, err := Open(ctx, cfg, y.with)
	if err != nil {
		return err
	}
	y.f, y.files = f, files
	return nil
}

func (y *demoYear) close() error {
	if y.f == nil {
		return nil
	}
	f := y.f
	y.f = nil
	return f.Close()
}
