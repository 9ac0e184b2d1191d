package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/daemon"
)

func newConfig(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the configuration, print its schema",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigCheck(a), newConfigSchema(a))
	return cmd
}

func newConfigCheck(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Say everything that is wrong with the configuration",
		Long: `Read the configuration with everything it includes and report every mistake at
once, each with its place and what to do. Nothing is opened or sent. Notes are
about what is left out; they are no mistakes.`,
		Example: `  fairlead config check
  fairlead config check --config /etc/fairlead/fairlead.yaml --format json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := config.Load(a.configPath, a.env)
			if err != nil {
				return err
			}
			summary, err := daemon.Verify(cfg)
			if err != nil {
				return err
			}
			if a.format == "json" {
				return a.printJSON(summary)
			}
			_, err = fmt.Fprintf(a.out, "%s is fine: %s, %s, %s of %s in force\n", a.configPath,
				count(summary.Sources, "source"), count(summary.Teams, "team"), count(summary.Agreements, "agreement"), count(summary.Rules, "rule"))
			for _, n := range summary.Notes {
				fmt.Fprintf(a.out, "\tnote: %s\n", n)
			}
			return err
		},
	}
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func newConfigSchema(a *app) *cobra.Command {
	kinds := daemon.SchemaKinds()
	return &cobra.Command{
		Use:   "schema [" + strings.Join(kinds, "|") + "]",
		Short: "Print the JSON Schema of a file, for editors",
		Long: `Print the JSON Schema of one of fairlead's files: ` + orList(kinds) + `. Editors that
know JSON Schema then complete keys and mark mistakes.`,
		Example: `  fairlead config schema > fairlead.schema.json
  fairlead config schema team > team.schema.json`,
		ValidArgs: kinds,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("name one file: %s", orList(kinds))}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			kind := kinds[0]
			if len(args) == 1 {
				kind = args[0]
			}
			schema, err := daemon.Schema(kind)
			if err != nil {
				return usageError{err}
			}
			_, err = a.out.Write(schema)
			return err
		},
	}
}
