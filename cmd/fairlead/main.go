// Command fairlead reads what stands in Jira and Linear, notices where roles
// work past each other, and tells the people concerned once a week.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // teams name their zones, and a bare container has no zone database

	"github.com/fairlead-dev/fairlead/daemon"
)

// Exit codes, as documented in the help and in docs/cli.md.
const (
	exitFine  = 0
	exitError = 1
	exitUsage = 2 // the command line or the configuration has to change
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := app{streams: streams{os.Stdin, os.Stdout, os.Stderr}, env: os.LookupEnv, alone: true}
	code := a.execute(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// streams are the three ends of the command, so that tests can hold them.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// execute runs one command line and gives its exit code.
func execute(ctx context.Context, args []string, s streams, env func(string) (string, bool)) int {
	return (&app{streams: s, env: env}).execute(ctx, args)
}

func (a *app) execute(ctx context.Context, args []string) int {
	out := &keepsError{Writer: a.out}
	a.out = out
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	err := root.ExecuteContext(ctx)
	a.close()
	if out.err != nil {
		err = fmt.Errorf("print the outcome: %w", out.err)
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	if err == nil {
		return exitFine
	}
	a.complain(err)
	if usage := (usageError{}); errors.As(err, &usage) || daemon.IsConfigMistake(err) || daemon.IsRequestMistake(err) {
		return exitUsage
	}
	return exitError
}

// errInterrupted is what Ctrl-C and the end of the machine's day come to.
var errInterrupted = errors.New("interrupted; what was stored is kept, and the next run goes on from there")

// keepsError remembers that something could not be written, so that no command
// has to look: a report cut short must not pass for a whole one.
type keepsError struct {
	io.Writer
	err error
}

func (k *keepsError) Write(p []byte) (int, error) {
	n, err := k.Writer.Write(p)
	if k.err == nil {
		k.err = err
	}
	return n, err
}

// usageError is a command line that cannot be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }
