package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

func newRemind(a *app) *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "remind",
		Short: "Send the reminders that are due",
		Long: `Tell people directly what is open under agreements in the stage remind, as far as it
is due now: at most once a week for each finding, in one message a person and day
with up to five findings, on working days from 9:00 to 17:00 in the team's zone. Only
those whom a finding is for get one, by Slack or e-mail. Where an agreement asks for it and
the source allows it, one comment is left on the ticket as well.

fairlead run and fairlead serve do this too. Nothing is read from a tracker, and
nothing is checked: it goes by the latest fairlead check.

With --dry-run nothing is sent. It tells who would be reminded of what and how, and
why others are not: answered, waived, muted, reminded this week, away, too soon. It
names people and what only an EM is told, so think of who reads along.`,
		Example: `  fairlead remind --dry-run
  fairlead remind
  fairlead remind --dry-run --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f, err := a.open(cmd)
			if err != nil {
				return err
			}
			remind := f.Remind
			if dry {
				remind = f.RemindersDue
			}
			r, err := remind(cmd.Context())
			if a.format == "json" {
				return errors.Join(a.printJSON(r), err)
			}
			describeReminded(a.out, &r, dry)
			return err
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only tell what would be sent, and why other things would not")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func describeReminded(w io.Writer, r *daemon.Reminded, dry bool) {
	if len(r.Messages)+len(r.Comments) == 0 {
		fmt.Fprintln(w, "Nobody is to be reminded of anything now.")
	}
	for i := range r.Messages {
		describeMessage(w, &r.Messages[i], dry)
	}
	for i := range r.Comments {
		describeComment(w, &r.Comments[i], dry)
	}
	if dry {
		describeWithheld(w, r.Withheld)
	}
}

func describeMessage(w io.Writer, m *daemon.ReminderMessage, dry bool) {
	how := "waits to be reminded, which is tried again later,"
	switch {
	case dry:
		how = "would be reminded"
	case m.Delivered:
		how = "was reminded"
	case m.Trouble != "":
		how = "could not be reminded"
	}
	fmt.Fprintf(w, "%s (%s) %s at %s of:\n", m.Name, m.To, how, m.Channel)
	for i := range m.Findings {
		describeAbout(w, &m.Findings[i])
	}
}

func describeComment(w io.Writer, c *daemon.ReminderComment, dry bool) {
	switch {
	case dry:
		fmt.Fprintf(w, "A comment would be left on %s in %s.\n", c.Key, c.Source)
	case c.Trouble != "":
		fmt.Fprintf(w, "No comment could be left on %s in %s; it is tried again.\n", c.Key, c.Source)
	case c.Place != "":
		fmt.Fprintf(w, "A comment was left on %s: %s\n", c.Key, c.Place)
	}
}

func describeAbout(w io.Writer, f *daemon.RemindedAbout) {
	fmt.Fprintf(w, "  %s  %s", f.ID, f.Key)
	if f.Title != "" {
		fmt.Fprintf(w, " %q", f.Title)
	}
	fmt.Fprintf(w, ", %s, open since %s\n", f.Rule, f.Since.Format("2 January 2006"))
}

func describeWithheld(w io.Writer, all []daemon.Withheld) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(w, "\nNot now:")
	for i := range all {
		describeAbout(w, &all[i].RemindedAbout)
		if all[i].To != "" {
			fmt.Fprintf(w, "    %s: %s\n", all[i].To, all[i].Why)
		} else {
			fmt.Fprintf(w, "    %s\n", all[i].Why)
		}
	}
}
