package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

func newOrg(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "org",
		Short: "Look at the people and teams",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newOrgCheck(a))
	return cmd
}

func newOrgCheck(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say what the people and teams lack",
		Long: `Look at the people and teams of a configuration without mistakes, and change
nothing: people whom no tracker can know, reporting lines that run in a circle
through teams, work that two teams claim, teams without an EM or PM, people in no
team, absences that nobody covers, and entries of calendars that do not count.
Where something is stored, also people in tickets whom org.yaml does not know, EMs
whose account is not known, and tickets that no team owns, with lines to paste.

Nothing is asked over the network: of a calendar at an address it tells what the
latest fetch left behind; fairlead doctor fetches it. Lines that begin with !
would make reports wrong; then the exit code is 1. Lines with - are worth knowing.`,
		Example: `  fairlead org check
  fairlead org check --config /etc/fairlead/fairlead.yaml --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(a.configPath, a.env)
			if err != nil {
				return err
			}
			found, err := daemon.CheckOrg(cmd.Context(), cfg, a.around)
			if err != nil {
				return err
			}
			return a.showOrgCheck(&found)
		},
	}
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func (a *app) showOrgCheck(found *daemon.OrgCheck) error {
	show := func() error { return found.Text(a.out) }
	if a.format == "json" {
		show = func() error { return a.printJSON(found) }
	}
	if err := show(); err != nil {
		return err
	}
	if found.Wrong > 0 {
		return fmt.Errorf("%s would make reports wrong", count(found.Wrong, "thing"))
	}
	return nil
}
