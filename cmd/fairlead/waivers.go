package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newWaivers(a *app) *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "waivers",
		Short: "List waivers, renew or end one",
		Long: `List the waivers that hold: what they cover, until when, who gave them and why, how
often they were renewed, and how much they hold back now. What ends first comes
first.`,
		Example: `  fairlead waivers
  fairlead waivers --all --format json
  fairlead waivers renew w3fa91c2e07 --until "6 weeks" --reason "The audit is late"
  fairlead waivers end w3fa91c2e07 --reason "The audit is done"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			list, err := f.Waivers(cmd.Context(), all)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(list)
			}
			describeWaivers(a.out, list)
			return nil
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "those too that hold no longer")
	a.formatFlag(cmd, "text", "json")
	cmd.AddCommand(
		newWaiversChange(a, change{
			use: "renew ID", short: "Let a waiver hold for longer",
			long: `Let a waiver hold until a later day, or again after it had ended. Renewals are
counted. A waiver is named by its id or the beginning of it.`,
			example: `  fairlead waivers renew w3fa91c2e07 --until "6 weeks" --reason "The audit is late"`,
			until:   true, do: (*daemon.Fairlead).RenewWaiver,
		}),
		newWaiversChange(a, change{
			use: "end ID", short: "End a waiver before its day",
			long: `End a waiver before its day: what it covers and is still there is open again. A
waiver is named by its id or the beginning of it.`,
			example: `  fairlead waivers end w3fa91c2e07 --reason "The audit is done"`,
			do:      (*daemon.Fairlead).EndWaiver,
		}),
	)
	return cmd
}

func describeWaivers(w io.Writer, all []daemon.Waived) {
	if len(all) == 0 {
		fmt.Fprintln(w, "There is no waiver that holds.")
	}
	for i := range all {
		describeWaiver(w, &all[i])
	}
}

func describeWaiver(w io.Writer, one *daemon.Waived) {
	state := ""
	if one.State != "holds" {
		state = " (" + one.State + ")"
	}
	fmt.Fprintf(w, "%s%s  until %s\n  %s\n  %s: %s\n  given on %s", one.ID, state, untilWords(one.Until), one.Covers, one.ByName, one.Why, one.Given.Format("2 January 2006"))
	if one.Renewals > 0 {
		fmt.Fprintf(w, ", renewed %s", count(one.Renewals, "time"))
	}
	if one.State == "holds" {
		fmt.Fprintf(w, "; it holds back %s now", count(one.Now, "finding"))
	}
	fmt.Fprintln(w)
}

// change is one thing that can be said about a waiver that was given.
type change struct {
	use, short, long, example string
	until                     bool // it takes --until
	do                        func(*daemon.Fairlead, context.Context, daemon.RenewRequest) (daemon.Renewed, error)
}

func newWaiversChange(a *app, c change) *cobra.Command {
	var ask daemon.RenewRequest
	cmd := &cobra.Command{
		Use: c.use, Short: c.short, Long: c.long, Example: c.example,
		Args: oneArg("ID", "fairlead waivers lists them"),
	}
	if c.until {
		cmd.Flags().StringVar(&ask.Until, "until", "", "the last day it holds, like 2026-12-31, or like 6 weeks")
	}
	cmd.Flags().StringVar(&ask.Reason, "reason", "", "why, in a sentence")
	speaker := a.speakerFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f, err := a.open(cmd)
		if err != nil {
			return err
		}
		ask.ID, ask.Speaker = args[0], speaker()
		r, err := c.do(f, cmd.Context(), ask)
		if err != nil {
			return err
		}
		if a.format == "json" {
			return a.printJSON(r)
		}
		if !r.Changed {
			fmt.Fprintln(a.out, "It had been said already; nothing changed.")
		}
		describeWaiver(a.out, &r.Waived)
		return nil
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		f, err := a.open(cmd)
		if err != nil || len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return f.WaiverIDs(cmd.Context()), cobra.ShellCompDirectiveNoFileComp
	}
	a.formatFlag(cmd, "text", "json")
	return cmd
}
