package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

func newBackup(a *app) *cobra.Command {
	var ask daemon.BackupRequest
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write everything that is stored into a file, while fairlead runs",
		Long: `Write everything that is stored into one SQLite file, while fairlead runs: tickets,
findings with all their moves, what people said and changed on pages, votes,
deliveries, snapshots, runs, and what sign-in keeps. It is of one moment, whatever
is written meanwhile. Of Redis a copy is made and compared; when something was
written meanwhile it is made again, up to five times.

The file is read again, counted and summed up before it gets its name, so that a
file of that name is always whole. Only its owner may read it: it holds names,
titles and the key of sessions. For a folder, the file is named after the moment.

The configuration and its files are not part of it: keep them where you keep
others like them. fairlead restore puts a backup back.`,
		Example: `  fairlead backup .
  fairlead backup ./fairlead-before-upgrade.db
  fairlead backup ./latest.db --force`,
		Args: oneArg("FILE", "for example: fairlead backup ./fairlead-backup.db"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config.Load(a.configPath, a.env)
			if err != nil {
				return err
			}
			ask.File, ask.Progress = args[0], a.copyProgress()
			res, err := daemon.Backup(cmd.Context(), cfg, ask)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(res)
			}
			describeParts(a.out, res.Parts)
			fmt.Fprintf(a.out, "\n%s holds what %s held on %s, read again and summed up (%d bytes).\nPut it back with: fairlead restore %s\n",
				res.File, res.From, res.Taken.Format("2 January 2006, 15:04:05 UTC"), res.Bytes, res.File)
			return nil
		},
	}
	cmd.Flags().BoolVar(&ask.Force, "force", false, "write over a file that is there")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func newRestore(a *app) *cobra.Command {
	var ask daemon.RestoreRequest
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup into the configured store",
		Long: `Put what fairlead backup wrote into the store that the configuration names, a file
or Redis. Stop every fairlead that uses the store first.

The backup is looked through and compared with what it says of itself before the
store is touched, and never changed. One of an earlier fairlead is brought to this
one's form; one of a newer fairlead is refused. A store that holds something is
refused too: with --replace its file is put aside under another name, and a Redis
is emptied of the keys under fairlead's prefix. Into Redis everything is copied and
compared; when that was stopped, the same command goes on where it was.

What trackers tell since the backup was made comes back with the next sync. What
people said since is gone. Who was erased since (fairlead person erase) has to be
erased again.`,
		Example: `  fairlead restore ./fairlead-before-upgrade.db
  fairlead restore ./fairlead-before-upgrade.db --replace`,
		Args: oneArg("FILE", "for example: fairlead restore ./fairlead-backup.db"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config.Load(a.configPath, a.env)
			if err != nil {
				return err
			}
			ask.File, ask.Progress = args[0], a.copyProgress()
			res, err := daemon.Restore(cmd.Context(), cfg, ask)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(res)
			}
			describeRestore(a.out, &res)
			return nil
		},
	}
	cmd.Flags().BoolVar(&ask.Replace, "replace", false, "in place of what the store holds")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func describeRestore(w io.Writer, r *daemon.RestoreResult) {
	describeParts(w, r.Parts)
	fmt.Fprintf(w, "\n%s holds what the backup holds", r.To)
	if !r.Taken.IsZero() {
		fmt.Fprintf(w, ", which was made of %s on %s", r.From, r.Taken.Format("2 January 2006, 15:04:05 UTC"))
	}
	fmt.Fprintln(w, ".")
	if r.Unproven != "" {
		fmt.Fprintf(w, "Of the backup: %s.\n", r.Unproven)
	}
	if r.Aside != "" {
		fmt.Fprintf(w, "What was there before is in %s; remove it once it is no longer needed.\n", r.Aside)
	}
	fmt.Fprintln(w, "Now look at it with fairlead doctor, and start fairlead: the next sync reads what changed since.")
}
