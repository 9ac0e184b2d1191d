package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

func newPerson(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "person",
		Short:   "Take a person out of what is stored",
		Long:    `Take what is known of a person out of what is stored, when they ask for it or have left.`,
		Example: `  fairlead person erase dana --dry-run`,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPersonErase(a))
	return cmd
}

func newPersonErase(a *app) *cobra.Command {
	var ask daemon.EraseRequest
	var yes bool
	cmd := &cobra.Command{
		Use:   "erase ID",
		Short: "Take a person's name, e-mail addresses and accounts out of the store",
		Long: `Take a person's name, e-mail addresses and accounts out of everything stored: tickets
with their history, comments and mentions, findings and their evidence, what they
said and changed on pages, votes and runs. Somebody without a name stands there
instead, the same everywhere, so that the history of work is still told. What they
said keeps its text without their name. Deliveries to them, their links, sign-outs
and API tokens are removed.

ID is a person's id from the org file, which tells their names, addresses and
accounts, or else an account's id. Erase first and take them out of the org file
then. Addresses, names of two words and more, and ids with digits are found within
texts too; a first name alone is not.

Their accounts stay in Jira and Linear. A salted hash of each account's id is kept,
by which later syncs store the same somebody instead. Texts in which others name
them come back when those tickets change: erase again, or change them there.
Backups made before still hold the person.

Stop fairlead meanwhile: a running one may still hold what it read before. It may
be stopped at any moment and run again.`,
		Example: `  fairlead person erase dana --dry-run
  fairlead person erase dana
  fairlead person erase 5b10ac8d82e05b22cc7d4ef5 --name "Dana Fox" --email dana@acme.example --yes`,
		Args: oneArg("ID", "a person's id from the org file, or an account's id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config.Load(a.configPath, a.env)
			if err != nil {
				return err
			}
			ask.ID = args[0]
			res, err := a.erase(cmd.Context(), cfg, ask, yes)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(res)
			}
			describeErased(a.out, &res)
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&ask.Names, "name", nil, "a name they are known by besides; may be given several times")
	cmd.Flags().StringArrayVar(&ask.Emails, "email", nil, "an e-mail address besides; may be given several times")
	cmd.Flags().StringArrayVar(&ask.Accounts, "account", nil, "an account's id besides; may be given several times")
	cmd.Flags().BoolVar(&ask.DryRun, "dry-run", false, "only count what would be changed")
	cmd.Flags().BoolVar(&yes, "yes", false, "erase without asking")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

// erase shows first what would be done and asks, unless that is not wanted.
func (a *app) erase(ctx context.Context, cfg *config.Config, ask daemon.EraseRequest, yes bool) (daemon.EraseResult, error) {
	if ask.DryRun || yes {
		return daemon.Erase(ctx, cfg, ask)
	}
	look := ask
	look.DryRun = true
	plan, err := daemon.Erase(ctx, cfg, look)
	if err != nil {
		return plan, err
	}
	describeErased(a.err, &plan)
	if !a.canAsk() {
		return plan, usageError{errors.New("nothing was changed: look at what would be, and add --yes\n\ton a terminal, fairlead person erase asks")}
	}
	d := dialogue{in: bufio.NewReader(a.in), out: a.err}
	answer, err := d.ask(ctx, "Erase "+ask.ID+"? It cannot be undone. (yes or no)", "no")
	if err != nil {
		return plan, err
	}
	if answer = strings.ToLower(answer); answer != "y" && answer != "yes" {
		return plan, usageError{errors.New("nothing was changed")}
	}
	return daemon.Erase(ctx, cfg, ask)
}

func describeErased(w io.Writer, r *daemon.EraseResult) {
	for _, one := range []struct {
		what string
		n    int
	}{
		{"tickets", r.Tickets}, {"sprints", r.Sprints}, {"findings", r.Findings}, {"words", r.Words}, {"revisions", r.Revisions}, {"votes", r.Votes}, {"runs", r.Runs},
		{"deliveries", r.Deliveries}, {"links and tokens", r.Tokens},
	} {
		fmt.Fprintf(w, "%-17s %9d\n", one.what, one.n)
	}
	accounts := either(r.Accounts, "account", "accounts")
	switch {
	case r.DryRun:
		fmt.Fprintf(w, "\nThis is what tells of %s and would be changed; %s known. Nothing was written.\n", r.ID, accounts)
		return
	case r.Nothing():
		fmt.Fprintf(w, "\nNothing told of %s. Later syncs store %q for %s.\n", r.ID, r.As, accounts)
	default:
		fmt.Fprintf(w, "\nDone: %q stands where %s was named; deliveries, links and tokens were removed.\nLater syncs store the same for %s.\n", r.As, r.ID, accounts)
	}
	if r.InOrg {
		fmt.Fprintf(w, "Now take %s out of the org file, and restart fairlead if it is running.\n", r.ID)
	}
	fmt.Fprintln(w, "Jira and Linear still tell of the account, and so do backups made before: see docs/data-care.md.")
}
