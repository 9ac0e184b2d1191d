package main

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fairlead-dev/fairlead/daemon"
)

type listed struct {
	ID, Rule, Team, State, Severity, Key, Since string
	Labels                                      []string
	Weeks                                       int
}

// list lists findings as JSON.
func (a *acme) list(args ...string) []listed {
	a.t.Helper()
	return decoded[[]listed](a.t, a.fine(append([]string{"findings", "list", "--format", "json"}, args...)...))
}

func TestFindingsAreListedShownAnsweredAndWaived(t *testing.T) {
	a := newAcme(t, "")
	if all := a.list(); len(all) != 0 {
		t.Errorf("before the first check there are %+v", all)
	}
	a.says(a.fine("findings", "list"), "There is no open finding of this kind.\n")
	a.says(a.fine("waivers"), "There is no waiver that holds.\n")
	a.fine("check")
	open := a.list()
	if len(open) < 3 {
		t.Fatalf("only %d findings are open", len(open))
	}
	a.env["FAIRLEAD_PERSON"] = "mina"
	one, two := open[0], open[1]

	a.says(a.fine("findings", "list"), one.ID+"  "+one.Severity, "open for ", " open findings\n")
	rows, err := csv.NewReader(strings.NewReader(a.fine("findings", "list", "--format", "csv"))).ReadAll()
	if err != nil || len(rows) != len(open)+1 || rows[0][0] != "id" || rows[1][0] != one.ID {
		t.Errorf("%d rows, %v, want one of names and %d", len(rows), err, len(open))
	}
	if rows, err = csv.NewReader(strings.NewReader(a.fine("findings", "list", "--state", "waived", "--format", "csv"))).ReadAll(); err != nil || len(rows) != 1 {
		t.Errorf("of nothing there are %d rows, %v, want the names", len(rows), err)
	}

	a.refused("there is no reason", "answer", one.ID)
	a.refused(`the directory has no such person`, "answer", one.ID, "--reason", "Agreed", "--by", "nobody-at-all")
	a.says(a.fine("answer", one.ID, "--reason", "Agreed in planning"), one.Key, "is answered by Mina", "Agreed in planning\n")
	a.says(a.fine("answer", one.ID, "--reason", "Agreed in planning"), "is answered already, by Mina")
	a.refused("is answered by Mina", "answer", one.ID, "--reason", "Something else")

	a.refused("nothing was saved: look at what it would cover, and add --yes", "waive", two.ID, "--until", "6 weeks", "--reason", "Waits")
	refused := run(t, a.env, "waive", two.ID, "--until", "6 weeks", "--reason", "Waits", "-c", a.path)
	a.says(refused.err, "Waived: finding "+two.ID, "It covers 1 finding that is open now: 1 in "+two.Team, "Over the last 12 weeks 1 finding was open under it.")
	if all := decoded[[]struct{}](t, a.fine("waivers", "--all", "--format", "json")); len(all) != 0 {
		t.Errorf("what was refused was saved: %d waivers", len(all))
	}
	a.refused("is not a day", "waive", two.ID, "--until", "soon", "--reason", "Waits", "--yes")
	a.refused("more than 366 days away", "waive", two.ID, "--until", "24 months", "--reason", "Waits", "--yes")
	a.refused("takes one FINDING", "waive", two.ID, one.ID, "--until", "6 weeks", "--reason", "Waits", "--yes")
	a.says(a.fine("waive", two.ID, "--until", "6 weeks", "--reason", "Waits", "--yes"), "It covers 1 finding that is open now", "Saved as waiver w")
	type waived struct {
		ID, State, By, Until string
		Now, Renewals        int
	}
	waivers := decoded[[]waived](t, a.fine("waivers", "--format", "json"))
	if len(waivers) != 1 || waivers[0].State != "holds" || waivers[0].By != "mina" || waivers[0].Now != 1 {
		t.Fatalf("waivers = %+v", waivers)
	}
	id := waivers[0].ID
	a.says(a.fine("waivers"), id+"  until ", "  finding "+two.ID, "Mina", ": Waits\n", "; it holds back 1 finding now\n")

	a.fine("check")
	states := map[string]string{one.ID: "answered", two.ID: "waived"}
	for _, f := range a.list("--state", "all") {
		if want, said := states[f.ID]; said && f.State != want {
			t.Errorf("%s is %s after a check, want %s", f.ID, f.State, want)
		}
	}
	if left := a.list(); len(left) != len(open)-2 || slices.ContainsFunc(left, func(f listed) bool { return f.ID == one.ID || f.ID == two.ID }) {
		t.Errorf("%d are open, want %d", len(left), len(open)-2)
	}
	shown := a.fine("findings", "show", two.ID)
	a.says(shown, "It is waived until ", "Waivers that cover it\n  "+id, "What happened to it\n", "fairlead: opened; from then on open", "waived finding "+two.ID, "from then on waived\n    Waits\n")
	trail := decoded[[]struct {
		ID    string
		Trail []struct {
			At              time.Time
			By, What, State string
		}
	}](t, a.fine("findings", "show", two.ID, "--format", "json"))
	if len(trail) != 1 || len(trail[0].Trail) < 2 || trail[0].Trail[len(trail[0].Trail)-1].By != "mina" {
		t.Errorf("trail = %+v", trail)
	}

	a.says(a.fine("waivers", "renew", id, "--until", "8 weeks", "--reason", "Late", "--by", "lee"), "Late\n", "renewed 1 time; it holds back 1 finding now")
	a.refused("to have it end sooner", "waivers", "renew", id, "--until", "1 week", "--reason", "Late")
	a.says(a.fine("waivers", "renew", id, "--until", "8 weeks", "--reason", "Late"), "nothing changed.\n")
	a.says(a.fine("waivers", "end", id[:6], "--reason", "Done"), id+" (ended)")
	a.refused("holds no longer", "waivers", "end", id, "--reason", "Done")
	a.says(a.fine("answer", one.ID, "--take-back", "--reason", "Another was meant"), "is taken back by Mina", "it is open now")
	if back := a.list(); len(back) != len(open) {
		t.Errorf("%d are open, want %d again", len(back), len(open))
	}

	a.env["FAIRLEAD_PERSON"] = "x\x1b[31m"
	a.refused(`FAIRLEAD_PERSON says "x"`, "answer", one.ID, "--reason", "Agreed")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"answer", ""}, one.ID + "\t" + one.Key},
		{[]string{"waivers", "end", ""}, ":4"},
		{[]string{"waive", "--rule", "feature-w"}, "feature-without-problem"},
		{[]string{"answer", "--by", ""}, "mina"},
		{[]string{"findings", "list", "--state", ""}, "aged-out"},
		{[]string{"findings", "list", "--severity", ""}, "warn"},
	} {
		// The configuration is named first: what is to be completed comes last.
		args := append([]string{"__complete", c.args[0], "-c", a.path}, c.args[1:]...)
		if got := run(t, a.env, args...); !strings.Contains(got.out, c.want) {
			t.Errorf("%q completes to %q, want %q", c.args, got.out, c.want)
		}
	}
}

func TestARuleIsWaivedForALabel(t *testing.T) {
	a := newAcme(t, "")
	a.fine("check")
	a.refused("only waived for tickets with a label", "waive", "--rule", "feature-without-problem", "--until", "6 weeks", "--reason", "x", "--by", "lee", "--yes")
	a.refused(`did you mean "feature-without-problem"?`, "waive", "--rule", "feature-without-problm", "--label", "q4", "--until", "6 weeks", "--reason", "x", "--by", "lee", "--yes")
	a.refused(`no ticket "PAY-99999" is stored`, "waive", "--ticket", "PAY-99999", "--until", "6 weeks", "--reason", "x", "--by", "lee", "--yes")
	out := a.fine("waive", "--rule", "feature-without-problem", "--label", "no-such-label", "--until", "6 weeks", "--reason", "x", "--by", "lee", "--yes")
	a.says(out, `Waived: what feature-without-problem notices about tickets labelled "no-such-label"`, "It covers 0 findings that are open now.")
	a.refused("holds already, until", "waive", "--rule", "feature-without-problem", "--label", "NO-SUCH-LABEL", "--until", "8 weeks", "--reason", "x", "--by", "lee", "--yes")
	a.says(a.fine("rules", "show", "assigned-bypassing-em"), "The leader whose act it was reads alone: {subject.key} was assigned by you")
}

func TestAPlanTellsWhatOnlyTheEMWouldMiss(t *testing.T) {
	for n, want := range map[int]string{
		0: "It covers 3 findings that are open now.\n  Over",
		1: "\n  One of these only the EM is told of; the EM would hear of it no more.\n",
		2: "\n  2 of these only the EM is told of; the EM would hear of them no more.\n",
	} {
		var b strings.Builder
		describePlan(&b, &daemon.WaiverPlan{Breadth: daemon.Breadth{Open: 3, ForEM: n}})
		if !strings.Contains(b.String(), want) {
			t.Errorf("with %d it says\n%swant %q", n, b.String(), want)
		}
	}
}
