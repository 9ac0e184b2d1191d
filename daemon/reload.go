package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"go.uber.org/zap"
)

// How the files of the configuration are followed.
const (
	lookAtFiles  = 10 * time.Second
	filesSettle  = 2 * time.Second // several files are often written one after the other
	lookAtWrong  = time.Minute     // again, while they have mistakes
	reloadFailed = "the configuration has changed and cannot be used; what it said before holds until it is mended"
)

// Reopening is how a Fairlead is followed by another.
type Reopening struct {
	// Open reads the configuration anew and opens it.
	Open func(context.Context) (*Fairlead, error)
	// Asked asks for it whether or not a file has changed; may be nil.
	Asked <-chan os.Signal
}

// ServeAndFollow is Serve by what the files of the configuration say now: once one of
// them is another, they are read anew, everything is opened by them, and only when nothing
// is wrong does that take the place of what ran before. f stays the caller's to close.
func (f *Fairlead) ServeAndFollow(ctx context.Context, by Reopening) (err error) {
	for now := f; ; {
		next, err := now.serveUntilOther(ctx, by)
		if now != f {
			err = errors.Join(err, now.Close())
		}
		if next == nil {
			return err
		}
		if err != nil {
			return errors.Join(err, next.Close())
		}
		now = next
	}
}

// serveUntilOther serves until there is another to go on with. Without one it is what
// Serve returns.
func (f *Fairlead) serveUntilOther(ctx context.Context, by Reopening) (next *Fairlead, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	found := make(chan *Fairlead, 1)
	go func() {
		found <- f.awaitOther(ctx, by)
		stop() // Serve ends after storing what is under way
	}()
	err = f.Serve(ctx)
	stop()
	return <-found, err
}

// awaitOther looks at the files until they say something else that can be used, or
// ctx ends; then it is nil.
func (f *Fairlead) awaitOther(ctx context.Context, by Reopening) *Fairlead {
	said := "" // what was wrong last, which is not said again
	for pause := lookAtFiles; ; {
		asked, err := f.askedWithin(ctx, pause, by.Asked)
		if err != nil {
			return nil
		}
		if !asked && !f.terms().files.Outdated() {
			said, pause = "", lookAtFiles
			f.meters.refusing(false)
			continue
		}
		if f.clock.Sleep(ctx, filesSettle) != nil {
			return nil
		}
		next, err := f.other(ctx, by)
		switch {
		case err == nil:
			f.log.Info("the configuration has changed; what it says now holds from now on")
			f.meters.refusing(false)
			return next
		case ctx.Err() != nil:
			return nil
		case err.Error() != said || asked:
			f.log.Error(reloadFailed, zap.Error(err))
		}
		said, pause = err.Error(), lookAtWrong
		f.meters.refusing(true)
	}
}

// askedWithin waits, and tells whether somebody asked meanwhile. The error is ctx's.
func (f *Fairlead) askedWithin(ctx context.Context, pause time.Duration, asked <-chan os.Signal) (bool, error) {
	slept := make(chan error, 1)
	sleeping, wake := context.WithCancel(ctx)
	defer wake()
	go func() { slept <- f.clock.Sleep(sleeping, pause) }()
	select {
	case <-asked:
		return true, nil
	case err := <-slept:
		return false, err
	}
}

// other is what is opened by the files as they are now, if all that can be known to be
// wrong before it takes f's place is right.
func (f *Fairlead) other(ctx context.Context, by Reopening) (*Fairlead, error) {
	next, err := by.Open(ctx)
	if err != nil {
		return nil, err
	}
	if err := next.canServeAfter(ctx, f); err != nil {
		return nil, errors.Join(err, next.Close())
	}
	next.meters = f.meters // they count since the process began
	return next, nil
}

// canServeAfter looks whether addresses that the one before does not have are free, and
// whether the dashboard may be shown.
func (f *Fairlead) canServeAfter(ctx context.Context, before *Fairlead) error {
	taken := before.addresses()
	for _, at := range f.addresses() {
		if slices.ContainsFunc(taken, func(held string) bool { return portOf(held) == portOf(at) }) {
			continue // free as soon as the one before has let go of it
		}
		var lc net.ListenConfig
		l, err := lc.Listen(ctx, "tcp", at)
		if err != nil {
			return fmt.Errorf("listen at %s: %w\n\tchoose a free address of this machine", at, err)
		}
		if err := l.Close(); err != nil {
			return err
		}
	}
	if at := f.cfg().Dashboard; at.Listen != "" {
		_, err := f.SignIn(ctx, at.Listen, SignInPages{})
		return err
	}
	return nil
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// addresses are those that are listened at.
func (f *Fairlead) addresses() []string {
	cfg := f.cfg()
	return slices.DeleteFunc([]string{cfg.Webhooks.Listen, cfg.Metrics.Listen, cfg.Dashboard.Listen}, func(at string) bool { return at == "" })
}
