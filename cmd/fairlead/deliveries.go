package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newDeliveries(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "deliveries",
		Short: "See where reports went, and try again",
		Long: `Each report of a week goes to each channel once. The outbox keeps what became of
it: pending (due, or to be tried again), delivered, refused (only a person can mend
what stands in the way), missed (too late to be made up for) or silent (whoever it is
for has muted it, or there was nothing to tell).`,
		Example: `  fairlead deliveries list --week last
  fairlead deliveries retry --all-refused`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDeliveriesList(a), newDeliveriesRetry(a))
	return cmd
}

func newDeliveriesList(a *app) *cobra.Command {
	var filter daemon.DeliveryFilter
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List deliveries and what became of them",
		Long: `List the deliveries of the last five weeks, or of one week, the latest first: where
each stands, how often it was tried, what stood in the way, and when it is tried
again. Nothing is sent.`,
		Example: `  fairlead deliveries list
  fairlead deliveries list --week 2026-W46 --team payments
  fairlead deliveries list --state refused --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			all, err := f.Deliveries(cmd.Context(), filter)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(all)
			}
			return daemon.DeliveriesText(a.out, all)
		},
	}
	cmd.Flags().StringVar(&filter.Week, "week", "", "only of this week: last, this, or like 2026-W46 (default: the last five weeks)")
	cmd.Flags().StringVar(&filter.Team, "team", "", "only of this team, by its id")
	cmd.Flags().StringVar(&filter.State, "state", "", "only in this state: "+orList(daemon.DeliveryStates()))
	complete(cmd, "week", daemon.Weeks()...)
	complete(cmd, "state", daemon.DeliveryStates()...)
	a.completeFrom(cmd, "team", (*daemon.Fairlead).TeamIDs)
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func newDeliveriesRetry(a *app) *cobra.Command {
	var ask daemon.RetryRequest
	cmd := &cobra.Command{
		Use:   "retry [REPORT WEEK CHANNEL]",
		Short: "Try a delivery again now",
		Long: `Try a delivery again now, whatever its state: one that was refused once you have
mended what stood in the way, one that waits for its next attempt, one that was
missed. What somebody has muted stays muted. Name it as "fairlead deliveries list"
does, or try all that were refused; of those, one that may have arrived is left for
you to name once you have looked.

One that was delivered is left alone. With --again it is corrected in its place where
the channel can do that (a file, a message of a Slack app); otherwise it is sent
again: an e-mail as one of its own, with another Message-ID and today's date.`,
		Example: `  fairlead deliveries retry "payments team" 2026-W46 "slack:#payments"
  fairlead deliveries retry "payments em" 2026-W46 email:lee@acme.example --again
  fairlead deliveries retry --all-refused`,
		Args: func(cmd *cobra.Command, args []string) error { return retryArgs(cmd, args, ask.AllRefused) },
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				ask.Report, ask.Week, ask.Channel = args[0], args[1], args[2]
			}
			sent, err := f.Retry(cmd.Context(), ask)
			return errors.Join(a.showSent(sent, err), err)
		},
	}
	cmd.Flags().BoolVar(&ask.AllRefused, "all-refused", false, "try all that were refused")
	cmd.Flags().BoolVar(&ask.Again, "again", false, "also when it was delivered: correct it, or send it again")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func retryArgs(cmd *cobra.Command, args []string, allRefused bool) error {
	switch {
	case allRefused && len(args) > 0:
		return usageError{fmt.Errorf("--all-refused takes no delivery beside it\n\tname one, or try all that were refused")}
	case !allRefused && len(args) != 3:
		return usageError{fmt.Errorf("%s takes a report, its week and a channel, got %d words\n\tquote the ones with spaces, as 'fairlead deliveries list' shows them: %s \"payments team\" 2026-W46 \"slack:#payments\"",
			cmd.CommandPath(), len(args), cmd.CommandPath())}
	}
	return nil
}

// showSent prints what came of sending; nothing where nothing came of it.
func (a *app) showSent(sent []daemon.Sent, err error) error {
	switch {
	case err != nil && len(sent) == 0:
		return nil
	case a.format == "json":
		return a.printJSON(sent)
	}
	return daemon.SentText(a.out, sent)
}
