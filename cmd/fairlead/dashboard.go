package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newDashboard(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dashboard",
		Short: "Let people and programs into the dashboard, or out of it",
		Long: `Let people and programs into the dashboard that fairlead serve shows, or out of it.
Whoever can run these commands on the store can open the dashboard as anybody: keep
the store to the account that runs fairlead.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDashboardToken(a), newDashboardSignOut(a), newAPIToken(a))
	return cmd
}

// personFlag adds --person, which must be given.
func (a *app) personFlag(cmd *cobra.Command, person *string, help string) {
	cmd.Flags().StringVar(person, "person", "", help)
	a.completeFrom(cmd, "person", (*daemon.Fairlead).PersonIDs)
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if *person == "" {
			return usageError{fmt.Errorf("say who it is for: --person and the person's id in the org file")}
		}
		return nil
	}
}

func newDashboardToken(a *app) *cobra.Command {
	var person string
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Print a link that lets a person in once",
		Long: `Print a link that lets a person into the dashboard once, within 15 minutes. Give it
to nobody else: whoever opens it first is that person there. Only a hash of it is
kept. It works where the configuration lets people in with links: with
sign_in: {local: true}, or without sign_in on this machine.`,
		Example: `  fairlead dashboard token --person lee`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			made, err := f.SignInLink(cmd.Context(), person)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(made)
			}
			fmt.Fprintln(a.out, made.Link)
			fmt.Fprintf(a.err, "It lets %s in once, until %s.\n", made.Person, made.Expires.Format("15:04 MST"))
			return nil
		},
	}
	a.personFlag(cmd, &person, "who is let in: the person's id in the org file")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func newDashboardSignOut(a *app) *cobra.Command {
	var person string
	cmd := &cobra.Command{
		Use:   "sign-out",
		Short: "Sign a person out of the dashboard everywhere",
		Long: `End every session of a person, in every browser: when a computer was lost, for
example. They may sign in again. Tokens of the API are revoked one by one, with
fairlead dashboard api-token revoke.`,
		Example: `  fairlead dashboard sign-out --person lee`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			if err := f.SignOutEverywhere(cmd.Context(), person); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%s is signed out everywhere.\n", person)
			return nil
		},
	}
	a.personFlag(cmd, &person, "who is signed out: the person's id in the org file")
	return cmd
}

func newAPIToken(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "api-token",
		Short: "Make, list and revoke tokens of the API",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAPITokenCreate(a), newAPITokenList(a), newAPITokenRevoke(a))
	return cmd
}

func newAPITokenCreate(a *app) *cobra.Command {
	var person, name string
	var scopes []string
	var days int
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Make a token with which a program acts for a person",
		Long: `Make a token of the API with which a program acts for a person: it sees what they
may see, and may do what its scopes and their place in the organisation both allow.
It is shown this once; only a hash of it is kept. A program sends it as
"Authorization: Bearer …".

Scopes: read, answer (answer and waive findings), configure (change agreements and
the configuration).`,
		Example: `  fairlead dashboard api-token create --person lee --scope read --name "weekly sheet"
  fairlead dashboard api-token create --person lee --scope read --scope answer --days 30`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			made, err := f.NewAPIToken(cmd.Context(), person, name, scopes, time.Duration(days)*24*time.Hour)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(made)
			}
			fmt.Fprintln(a.out, made.Token)
			fmt.Fprintf(a.err, "It acts for %s with %s until %s, and is not shown again. Its id is %s.\n",
				made.Person, strings.Join(made.Scopes, ", "), made.Expires.Format(time.DateOnly), made.ID)
			return nil
		},
	}
	a.personFlag(cmd, &person, "for whom it acts: the person's id in the org file")
	cmd.Flags().StringVar(&name, "name", "", "what it is for")
	cmd.Flags().StringSliceVar(&scopes, "scope", []string{"read"}, "what it may be used for: "+orList(daemon.APIScopes())+"; may be given several times")
	complete(cmd, "scope", daemon.APIScopes()...)
	cmd.Flags().IntVar(&days, "days", 90, "how many days it is good for, 366 at the most")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func newAPITokenList(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the tokens of the API",
		Long:    "List the tokens of the API, oldest first, with whom they act for. The tokens\nthemselves are not kept, so nobody can show them.",
		Example: "  fairlead dashboard api-token list",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			all, err := f.APITokens(cmd.Context())
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(all)
			}
			for _, t := range all {
				until := "until " + t.Expires.Format(time.DateOnly)
				if t.Expired {
					until = "expired on " + t.Expires.Format(time.DateOnly)
				}
				fmt.Fprintf(a.out, "%s  %-12s  %-24s  %s  %s\n", t.ID, t.Person, strings.Join(t.Scopes, ", "), until, printed(t.Name))
			}
			if len(all) == 0 {
				fmt.Fprintln(a.out, "There are no tokens. Make one with: fairlead dashboard api-token create --person ID")
			}
			return nil
		},
	}
	a.formatFlag(cmd, "text", "json")
	return cmd
}

// printed is a name as it may stand in a terminal.
func printed(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf("%q", name)
}

func newAPITokenRevoke(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "revoke ID",
		Short:   "Take a token of the API away",
		Long:    "Take a token of the API away, for good and from now on. Its id stands in\nfairlead dashboard api-token list.",
		Example: "  fairlead dashboard api-token revoke 83b131a0",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("%s takes one token's id, got %d\n\tsee '%s --help'", cmd.CommandPath(), len(args), cmd.CommandPath())}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			if err := f.RevokeAPIToken(cmd.Context(), args[0]); err != nil {
				return err
			}
			fmt.Fprintf(a.out, "%s is revoked.\n", args[0])
			return nil
		},
	}
}
