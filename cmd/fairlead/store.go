package main

import (
	"fmt"
	"io"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

func newStore(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "store",
		Short: "Move what is stored to another store",
		Long: `fairlead keeps tickets, findings and everything people said in one SQLite file, or
in Redis where several copies of it work together. Either can become the other.`,
		Example: `  fairlead store copy --from sqlite:./fairlead.db --to redis://redis.acme.example:6379 --dry-run`,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStoreCopy(a))
	return cmd
}

func newStoreCopy(a *app) *cobra.Command {
	var ask daemon.CopyRequest
	cmd := &cobra.Command{
		Use:   "copy",
		Short: "Copy everything from one store to another",
		Long: `Copy everything that one store holds to another: tickets, sprints, findings with all
their moves, what people said and changed on pages, votes, deliveries, snapshots, runs, and what sign-in
keeps, so that nobody has to sign in anew. The source stays as it is.

Stop every fairlead that uses either store first. Nothing else keeps others from
writing: what they write while the copy runs is noticed when both stores are read
and compared at the end, by counts and checksums, and then the copy does not count.

The target must be empty. A copy that was stopped, at any moment and in any way,
goes on where it was when the same command is run again; until it is complete,
fairlead refuses to work with the target. Run once more after that, the command
compares both stores again.

Stores are written as in the configuration: sqlite: and a file, or a Redis. How to
sign in to Redis stands in the configuration, under redis, also while store still
names the file.`,
		Example: `  fairlead store copy --from sqlite:./fairlead.db --to redis://redis.acme.example:6379 --dry-run
  fairlead store copy --from sqlite:./fairlead.db --to redis+sentinel://s1,s2,s3/fairlead
  fairlead store copy --from redis+cluster://r1,r2,r3 --to sqlite:./fairlead.db`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ask.From == "" || ask.To == "" {
				return usageError{fmt.Errorf("name both stores, with --from and --to\n\tsee '%s --help'", cmd.CommandPath())}
			}
			cfg, err := config.Load(a.configPath, a.env)
			if err != nil {
				return err
			}
			ask.Progress = a.copyProgress()
			res, err := daemon.CopyStore(cmd.Context(), cfg, ask)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(res)
			}
			describeCopy(a.out, &res)
			return nil
		},
	}
	cmd.Flags().StringVar(&ask.From, "from", "", "the store to copy, for example sqlite:./fairlead.db")
	cmd.Flags().StringVar(&ask.To, "to", "", "the empty store to copy to, for example redis://redis.acme.example:6379")
	cmd.Flags().BoolVar(&ask.DryRun, "dry-run", false, "only count what would be copied, and look whether the target can take it")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

// copyProgress draws one line for each part, when a person watches.
func (a *app) copyProgress() func(daemon.CopyProgress) {
	if a.quiet || !a.onTerminal() {
		return nil
	}
	var bar *progressbar.ProgressBar
	latest := ""
	return func(p daemon.CopyProgress) {
		if title := p.Doing + " " + p.Part; bar == nil || title != latest {
			if bar != nil {
				_ = bar.Finish()
			}
			bar, latest = a.newBar(), title
			bar.Describe(title)
		}
		if p.Total > 0 {
			bar.ChangeMax(p.Total)
		}
		_ = bar.Set(p.Done)
	}
}

// describeParts counts what a store holds, a line for each part.
func describeParts(w io.Writer, parts []daemon.CopiedPart) {
	for _, p := range parts {
		sum := p.SHA256
		if len(sum) > 16 {
			sum = "  SHA-256 " + sum[:16] + "…"
		}
		fmt.Fprintf(w, "%-15s %9d%s\n", p.Name, p.Count, sum)
	}
}

func describeCopy(w io.Writer, r *daemon.CopyResult) {
	describeParts(w, r.Parts)
	switch {
	case r.DryRun && r.Finished:
		fmt.Fprintf(w, "\nA complete copy is already in %s.\n", r.To)
	case r.DryRun && r.Resumed:
		fmt.Fprintf(w, "\nThis is what %s holds. A copy to %s was begun and would go on. Nothing was written.\n", r.From, r.To)
	case r.DryRun:
		fmt.Fprintf(w, "\nThis is what would be copied to %s, which is empty. Nothing was written.\n", r.To)
	case r.Finished:
		fmt.Fprintf(w, "\nBoth stores still hold the same. The copy was made earlier; nothing was written.\n")
	default:
		fmt.Fprintf(w, "\nEverything was copied, read again and compared: both stores hold the same.\nNow write store: %s into the configuration.\n", r.To)
	}
}
