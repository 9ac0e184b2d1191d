package main

import (
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/fairlead-dev/fairlead/daemon"
)

// progress draws one line for all sources that are being read, when a person
// watches; otherwise it returns nil and nothing is drawn.
func (a *app) progress() func(daemon.Progress) {
	if a.quiet || !a.onTerminal() {
		return nil
	}
	bySource := map[string]daemon.Progress{}
	var bar *progressbar.ProgressBar
	return func(p daemon.Progress) {
		if bar == nil {
			bar = a.newBar()
		}
		bySource[p.Source] = p
		read, expected := together(bySource)
		bar.Describe("reading " + titleOf(bySource, p.Source))
		if expected > 0 {
			bar.ChangeMax(expected)
		}
		_ = bar.Set(read)
	}
}

// together sums up the tickets read and expected; nothing is expected while one
// source does not tell.
func together(bySource map[string]daemon.Progress) (read, expected int) {
	known := true
	for _, p := range bySource {
		read += p.Tickets
		expected += max(p.Expected, p.Tickets)
		known = known && p.Expected > 0
	}
	if !known {
		expected = 0
	}
	return read, expected
}

func titleOf(bySource map[string]daemon.Progress, latest string) string {
	if len(bySource) == 1 {
		return latest
	}
	return count(len(bySource), "source")
}

func (a *app) newBar() *progressbar.ProgressBar {
	return progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(a.err),
		progressbar.OptionShowCount(),
		progressbar.OptionSetItsString("tickets"),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
}
