package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/term"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

// app is what all commands share: the streams, the flags every command has, and
// what they open.
type app struct {
	streams
	env   func(string) (string, bool)
	alone bool // the process is for this one command
	// around is the clock and the network, where they are not the machine's: tests
	// of the documentation carry its commands out at the moment it speaks of.
	around daemon.Options

	configPath string
	format     string
	logLevel   string
	quiet      bool

	log    *zap.Logger
	traces *daemon.Traces // nil: none, or not begun yet
	opened *daemon.Fairlead
}

const rootHelp = `fairlead reads what stands in Jira and Linear, notices where engineering managers,
product managers and leadership work past each other, and once a week tells the
people concerned, kindly and with evidence, what to talk about.

Exit codes: 0 all went well, 1 something went wrong, 2 the command line or the
configuration has to change. Reports and results go to standard output, logs and
progress to standard error.`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "fairlead",
		Short: "Keeps the space between EMs, PMs and leadership healthy",
		Long:  rootHelp,
		Example: `  fairlead demo                        see it work, without any account
  fairlead config check                is my configuration right?
  fairlead run                         sync, check and report once
  fairlead report --team payments      one team's week, on the terminal
  fairlead findings list               what is open now`,
		Version:       daemon.ReadVersion().String(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w\n\tsee '%s --help'", err, cmd.CommandPath())}
	})
	flags := root.PersistentFlags()
	flags.StringVarP(&a.configPath, "config", "c", "fairlead.yaml", "the configuration file")
	flags.StringVar(&a.logLevel, "log-level", "warn", "how much to log: debug, info, warn or error")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "show no progress")
	complete(root, "log-level", "debug", "info", "warn", "error")
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetHelpCommand(newHelp())
	root.AddCommand(
		newDemo(a), newInit(a), newDoctor(a), newServe(a), newRun(a), newSync(a), newCheck(a), newBackfill(a), newReport(a), newDeliveries(a), newQueue(a), newRemind(a),
		newFindings(a), newTrends(a), newExperiments(a), newExplain(a), newAnswer(a), newWaive(a), newWaivers(a), newAgreements(a), newRules(a), newOrg(a), newDashboard(a), newStore(a), newBackup(a), newRestore(a), newPerson(a), newConfig(a), newScale(a), newVersion(a),
	)
	addCompletion(root, a)
	return root
}

// addCompletion adds cobra's completion command, with our words and with a refusal
// of shells it does not know.
func addCompletion(root *cobra.Command, a *app) {
	root.SetOut(a.out) // which the next holds on to
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			continue
		}
		c.Short = "Print what a shell needs to complete commands and flags"
		c.Long = "Print the script with which a shell completes fairlead's commands, flags and their\nvalues: teams and sources as the configuration names them."
		c.Example = "  source <(fairlead completion bash)\n  fairlead completion zsh --help       how to install it for good"
		c.Args, c.RunE = noArgs, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
}

// newHelp is cobra's help command, which takes whatever does not exist for a wish
// to see everything.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err == nil {
				err = noArgs(of, rest)
			}
			if err != nil {
				return err
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	}
}

// noArgs refuses positional arguments in the words of a usage error; for the
// root command that is an unknown command.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if cmd.HasSubCommands() {
		text := fmt.Sprintf("%s has no command %q", cmd.CommandPath(), args[0])
		cmd.SuggestionsMinimumDistance = 2
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return usageError{fmt.Errorf("%s\n\tdid you mean %q?", text, near[0])}
		}
		return usageError{fmt.Errorf("%s\n\tsee '%s --help'", text, cmd.CommandPath())}
	}
	return usageError{fmt.Errorf("%s takes no arguments, got %q\n\tsee '%s --help'", cmd.CommandPath(), args[0], cmd.CommandPath())}
}

// formatFlag adds --format with the given choices, the first being the default.
func (a *app) formatFlag(cmd *cobra.Command, choices ...string) {
	cmd.Flags().StringVar(&a.format, "format", choices[0], "how to print the outcome: "+orList(choices))
	complete(cmd, "format", choices...)
	inner := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		for _, c := range choices {
			if a.format == c {
				if inner != nil {
					return inner(cmd, args)
				}
				return nil
			}
		}
		return usageError{fmt.Errorf("--format %q: choose %s", a.format, orList(choices))}
	}
}

// complete offers the values to the shell for the command's flag.
func complete(cmd *cobra.Command, flag string, values ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// completeFrom offers what the configuration names, where there is one.
func (a *app) completeFrom(cmd *cobra.Command, flag string, names func(*daemon.Fairlead) []string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		f, err := a.open(cmd)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(f), cobra.ShellCompDirectiveNoFileComp
	})
}

func orList(words []string) string {
	out := words[0]
	for i, w := range words[1:] {
		if i == len(words)-2 {
			out += " or " + w
		} else {
			out += ", " + w
		}
	}
	return out
}

// logger makes the logger on first use: readable on a terminal, JSON otherwise.
func (a *app) logger() (*zap.Logger, error) {
	if a.log != nil {
		return a.log, nil
	}
	level, err := zapcore.ParseLevel(a.logLevel)
	if err != nil {
		return nil, usageError{fmt.Errorf("--log-level %q: choose debug, info, warn or error", a.logLevel)}
	}
	enc := zap.NewProductionEncoderConfig()
	enc.TimeKey, enc.EncodeTime = "time", zapcore.RFC3339TimeEncoder
	encoder := zapcore.NewJSONEncoder(enc)
	if a.onTerminal() {
		enc.EncodeTime = zapcore.TimeEncoderOfLayout(time.TimeOnly)
		enc.EncodeLevel = zapcore.CapitalColorLevelEncoder
		encoder = zapcore.NewConsoleEncoder(enc)
	}
	a.log = zap.New(zapcore.NewCore(encoder, zapcore.AddSync(a.err), level))
	return a.log, nil
}

// onTerminal reports whether standard error is shown to a person.
func (a *app) onTerminal() bool {
	f, ok := a.err.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// open loads the configuration and opens everything a command works with.
func (a *app) open(cmd *cobra.Command) (f *daemon.Fairlead, err error) {
	a.opened, err = a.load(cmd.Context())
	return a.opened, err
}

// garbagePercent is how much garbage may be made, in percent of what is held, before it
// is collected. Half of what Go does by itself takes a quarter of a large check's memory
// off and adds a twentieth to its time: see docs/performance.md.
const garbagePercent = 50

// load is open for who closes it.
func (a *app) load(ctx context.Context) (*daemon.Fairlead, error) {
	if _, said := a.env("GOGC"); a.alone && !said {
		debug.SetGCPercent(garbagePercent)
	}
	log, err := a.logger()
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(a.configPath, a.env)
	if err != nil {
		return nil, err
	}
	if a.traces == nil {
		if a.traces, err = daemon.OpenTraces(ctx, a.env, log); err != nil {
			return nil, err
		}
	}
	return daemon.Open(ctx, cfg, daemon.Options{Log: log, Clock: a.around.Clock, Base: a.around.Base, Traces: a.traces.Provider()})
}

func (a *app) close() {
	if a.opened != nil {
		if err := a.opened.Close(); err != nil {
			a.complain(err)
		}
	}
	a.traces.Close()
	if a.log != nil {
		_ = a.log.Sync() // a terminal cannot be synced; nothing is lost
	}
}

// complain tells the operator what went wrong.
func (a *app) complain(err error) { fmt.Fprintf(a.err, "fairlead: %v\n", err) }

// printJSON prints machine-readable output.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// texter is what tells itself to people.
type texter[T any] interface {
	*T
	Text(w io.Writer) error
}

// printEach prints all as JSON or, for people, one after the other.
func printEach[T any, P texter[T]](a *app, all []T) error {
	if a.format == "json" {
		return a.printJSON(all)
	}
	for i := range all {
		if i > 0 {
			fmt.Fprintln(a.out)
		}
		if err := P(&all[i]).Text(a.out); err != nil {
			return err
		}
	}
	return nil
}
