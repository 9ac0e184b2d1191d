package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReportsAreSentFromTheCommandLineOnceAndListed(t *testing.T) {
	path, env := tinySite(t)
	folder := filepath.Join(filepath.Dir(path), "reports")

	got := run(t, env, "report", "-c", path, "--team", "payments", "--week", "2026-W40", "--to", "file", "--dry-run")
	for _, want := range []string{"Report of payments, 2026-W40, to file:reports\n", "to: " + folder, "--- " + filepath.Join(folder, "payments", "2026-W40.html"), "</html>", "Nothing was sent"} {
		if got.code != exitFine || !strings.Contains(got.out, want) {
			t.Errorf("the preview (exit code %d) lacks %q:\n%.900s%s", got.code, want, got.out, got.err)
		}
	}
	if _, err := os.Stat(folder); err == nil {
		t.Error("the preview wrote something")
	}
	if got = run(t, env, "deliveries", "list", "-c", path); got.out != "No such delivery is in the outbox.\n" {
		t.Errorf("after the preview the outbox holds %q", got.out)
	}

	got = run(t, env, "report", "-c", path, "--team", "payments", "--week", "2026-W40", "--to", "all")
	if got.code != exitFine || !strings.HasPrefix(got.out, "payments, 2026-W40, to file:reports: delivered ("+folder) {
		t.Errorf("sent: exit code %d, %q\n%s", got.code, got.out, got.err)
	}
	got = run(t, env, "report", "-c", path, "--team", "payments", "--week", "2026-W40", "--to", "file", "--format", "json")
	if got.code != exitFine || !strings.Contains(got.out, `"outcome": "is there as the report is now"`) {
		t.Errorf("sent again: exit code %d, %q\n%s", got.code, got.out, got.err)
	}

	got = run(t, env, "deliveries", "list", "-c", path, "--team", "payments", "--state", "delivered", "--format", "json")
	var all []struct {
		Report, Week, Channel, State, Place string
		Attempts                            int
	}
	if err := json.Unmarshal([]byte(got.out), &all); err != nil || len(all) != 1 {
		t.Fatalf("%v in %q\n%s", err, got.out, got.err)
	}
	if d := all[0]; d.Report != "payments team" || d.Week != "2026-W40" || d.Channel != "file:reports" || d.Attempts != 2 || !strings.HasPrefix(d.Place, folder) {
		t.Errorf("listed as %+v", d)
	}
	got = run(t, env, "deliveries", "list", "-c", path)
	if !strings.Contains(got.out, "2026-W40  delivered  payments, to file:reports\n    due 20") || !strings.Contains(got.out, "2 attempts; delivered 20") {
		t.Errorf("listed as\n%s", got.out)
	}

	got = run(t, env, "deliveries", "retry", "payments team", "2026-W40", "file:reports", "-c", path)
	if got.code != exitUsage || !strings.Contains(got.err, "was delivered on") || !strings.Contains(got.err, "--again") {
		t.Errorf("exit code %d, %q, want that it was delivered and what to add", got.code, got.err)
	}
	got = run(t, env, "deliveries", "retry", "payments team", "2026-W40", "file:reports", "--again", "-c", path)
	if got.code != exitFine || !strings.Contains(got.out, "is there as the report is now") {
		t.Errorf("exit code %d, %q\n%s", got.code, got.out, got.err)
	}
}

func TestADeliveryThatIsRefusedIsToldAndTriedAgain(t *testing.T) {
	path, env := tinySite(t)
	folder := filepath.Join(filepath.Dir(path), "reports")
	if err := os.WriteFile(folder, []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, env, "report", "-c", path, "--team", "payments", "--week", "2026-W40", "--to", "file")
	if got.code != exitError || !strings.Contains(got.err, "report of payments to file:reports: ") || !strings.Contains(got.err, "a file stands where a folder should be") {
		t.Errorf("exit code %d, %q", got.code, got.err)
	}
	got = run(t, env, "deliveries", "list", "-c", path, "--state", "pending")
	if !strings.Contains(got.out, "pending    payments, to file:reports") || !strings.Contains(got.out, "a file stands where a folder should be") || !strings.Contains(got.out, "tried again from") {
		t.Errorf("listed as\n%s", got.out)
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	got = run(t, env, "deliveries", "retry", "payments team", "2026-W40", "file:reports", "-c", path)
	if got.code != exitFine || !strings.Contains(got.out, "payments, 2026-W40, to file:reports: delivered (") {
		t.Errorf("exit code %d, %q\n%s", got.code, got.out, got.err)
	}
}

func TestTheFlagsOfDeliveriesGoTogether(t *testing.T) {
	path, env := tinySite(t)
	for _, c := range []struct {
		name string
		args []string
		err  string
	}{
		{"a channel of no kind", []string{"report", "--to", "fax"}, "choose stdout, all, file"},
		{"a dry run of nothing", []string{"report", "--dry-run"}, "name where to"},
		{"a reader of what is sent", []string{"report", "--to", "file", "--for", "em"}, "in the configuration"},
		{"a form of what is sent", []string{"report", "--to", "file", "--format", "html"}, "choose text or json"},
		{"a team that is none", []string{"report", "--to", "file", "--team", "payment"}, "payments and platform"},
		{"a week that is to come", []string{"report", "--to", "file", "--week", "2999-W01"}, "has not begun"},
		{"a delivery of two words", []string{"deliveries", "retry", "payments", "2026-W40"}, `"payments team" 2026-W46`},
		{"a delivery that is none", []string{"deliveries", "retry", "payments team", "2026-W39", "file:reports"}, "deliveries list"},
		{"all and one", []string{"deliveries", "retry", "a", "b", "c", "--all-refused"}, "beside it"},
		{"a state that is none", []string{"deliveries", "list", "--state", "lost"}, "choose pending, delivered, refused, missed or silent"},
		{"an unknown team's deliveries", []string{"deliveries", "list", "--team", "x"}, "payments and platform"},
		{"an unknown subcommand", []string{"deliveries", "lst"}, `did you mean "list"?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := run(t, env, append(c.args, "-c", path)...)
			if got.code != exitUsage || !strings.Contains(got.err, c.err) || got.out != "" {
				t.Errorf("exit code %d, want %d, and standard error with %q:\n%s%s", got.code, exitUsage, c.err, got.err, got.out)
			}
		})
	}
	if got := run(t, env, "deliveries", "retry", "--all-refused", "-c", path); got.code != exitFine || got.out != "Nothing was to be tried again.\n" {
		t.Errorf("exit code %d, %q\n%s", got.code, got.out, got.err)
	}
	if got := run(t, env, "report", "--to", "email", "-c", path); got.code != exitUsage || !strings.Contains(got.err, "email") {
		t.Errorf("exit code %d, %q, want that nothing leads there", got.code, got.err)
	}
}
