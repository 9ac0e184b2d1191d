package main

import (
	"fmt"
	"io"
	"os/user"
	"time"

	"github.com/spf13/cobra"

	"github.com/fairlead-dev/fairlead/daemon"
)

// speakerFlag adds --by, and gives who may be speaking.
func (a *app) speakerFlag(cmd *cobra.Command) func() daemon.Speaker {
	by := cmd.Flags().String("by", "", "who says so: a person's id from the org file (default: "+daemon.PersonVariable+", or else the account at this machine where it is such an id)")
	a.completeFrom(cmd, "by", (*daemon.Fairlead).PersonIDs)
	return func() daemon.Speaker {
		s := daemon.Speaker{By: *by}
		s.Env, _ = a.env(daemon.PersonVariable)
		if u, err := user.Current(); err == nil {
			s.User = u.Username
		}
		return s
	}
}

func newAnswer(a *app) *cobra.Command {
	var ask daemon.AnswerRequest
	cmd := &cobra.Command{
		Use:   "answer FINDING",
		Short: "Say that something was done on purpose, and why",
		Long: `Say that something was done on purpose, and why. It counts as answered from then
on, whatever later checks notice: a person's word outlives every run. It is left
out of reports, and the reason is kept for whoever asks later. Only what is open
can be answered. With --take-back the answer holds no longer, and what is still
there is open again.

A finding is named by its id, the beginning of it, or the ticket or sprint it is
about. For something that should be left alone for a while, see fairlead waive.`,
		Example: `  fairlead answer PAY-231 --reason "Agreed with Lee in planning on Monday"
  fairlead answer 83b131a0 --reason "The audit asked for it" --by mina
  fairlead answer 83b131a0 --take-back --reason "It was another ticket"`,
		Args: oneArg("FINDING", "fairlead findings list lists what is open"),
	}
	cmd.Flags().StringVar(&ask.Reason, "reason", "", "why, in a sentence")
	cmd.Flags().BoolVar(&ask.TakeBack, "take-back", false, "the answer holds no longer")
	speaker := a.speakerFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f, err := a.open(cmd)
		if err != nil {
			return err
		}
		ask.Finding, ask.Speaker = args[0], speaker()
		r, err := f.Answer(cmd.Context(), ask)
		if err != nil {
			return err
		}
		if a.format == "json" {
			return a.printJSON(r)
		}
		describeAnswered(a.out, &r, ask.TakeBack)
		return nil
	}
	a.completeFindings(cmd, "open")
	a.formatFlag(cmd, "text", "json")
	return cmd
}

func describeAnswered(w io.Writer, r *daemon.Answered, takenBack bool) {
	about := fmt.Sprintf("%s%s (%s, finding %s)", r.Key, quotedTitle(r.Title), r.Rule, r.ID)
	switch {
	case !r.Changed:
		fmt.Fprintf(w, "%s is answered already, by %s on %s: %s\n", about, r.ByName, r.At.Format("2 January 2006"), r.Why)
	case takenBack:
		fmt.Fprintf(w, "The answer about %s is taken back by %s; it is %s now.\n", about, r.ByName, stateWord(r.State))
	default:
		fmt.Fprintf(w, "%s is answered by %s: %s\n", about, r.ByName, r.Why)
	}
}

// stateWord is a state in a sentence.
func stateWord(state string) string {
	if state == "aged-out" {
		return "aged out"
	}
	return state
}

// untilWords tells an exclusive end as the last moment before it.
func untilWords(t time.Time) string { return t.UTC().Format("Monday 2 January 2006, 15:04 UTC") }
