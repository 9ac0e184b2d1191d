package main

import (
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/fairlead-dev/fairlead/daemon"
)

// progress draws one line for the source that is being read, when a person
// watches; otherwise it returns nil and nothing is drawn.
func (a *app) progress() func(daemon.Progress) {
	if a.quiet || !a.onTerminal() {
		return nil
	}
	var bar *progressbar.ProgressBar
	drawn := ""
	return func(p daemon.Progress) {
		if p.Source != drawn {
			drawn, bar = p.Source, a.newBar(p.Source)
		}
		if p.Expected > 0 {
			bar.ChangeMax(max(p.Expected, p.Tickets))
		}
		_ = bar.Set(p.Tickets)
	}
}

func (a *app) newBar(title string) *progressbar.ProgressBar {
	return progressbar.NewOptions(-1,
		progressbar.OptionSetWriter(a.err),
		progressbar.OptionSetDescription("reading "+title),
		progressbar.OptionShowCount(),
		progressbar.OptionSetItsString("tickets"),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)
}
