package scale

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Text tells a result to people.
func (r *Result) Text(w io.Writer) error {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-22s  %s\n", name, fmt.Sprintf(format, args...))
	}
	o := &r.Organisation
	fmt.Fprintf(&b, "%s teams, %s tickets, %s of %s, %s; %v changes a ticket and month, answers after %v\n\n",
		grouped(o.Teams), grouped(o.Tickets), counted(o.Sites, "site"), o.Tracker.words(o.OAuth), counted(r.Sources, "source"), plain(o.Changes), o.Answer)

	fmt.Fprintf(&b, "First reading\n")
	line("requests", "%s", grouped(r.FirstSync.Requests))
	line("half of the sources", "after %s", lasting(r.FirstSync.Median))
	line("all of them", "after %s; the last is %s, for %s", lasting(r.FirstSync.Worst), r.FirstSync.LastSite, r.FirstSync.Bound)
	line("first findings", "after %s, with twelve weeks made up for", lasting(r.FirstSync.Findings))

	e := &r.Everyday
	fmt.Fprintf(&b, "\n%s of everyday work%s\n", capital(counted(o.Weeks, "week")), disturbed(o.Quiet))
	line("changes", "%s, read with %s requests; %s were refused", grouped(e.Changes), grouped(e.Requests), grouped(e.Refused))
	line("rounds", "%s; half take %s, 95 of 100 up to %s, the longest %s", grouped(e.Rounds), lasting(e.Round.Median), lasting(e.Round.P95), lasting(e.Round.Longest))
	line("of which reading", "%s, %s, %s", lasting(e.Reading.Median), lasting(e.Reading.P95), lasting(e.Reading.Longest))
	line("a change is stored", "half after %s, 95 of 100 after %s, the last after %s", lasting(e.Stored.Median), lasting(e.Stored.P95), lasting(e.Stored.Longest))
	line("and checked", "half after %s, 95 of 100 after %s, the last after %s", lasting(e.Checked.Median), lasting(e.Checked.P95), lasting(e.Checked.Longest))
	if o.Altered {
		line("of which checking", "%s, %s, %s, of what was altered", lasting(e.Checking.Median), lasting(e.Checking.P95), lasting(e.Checking.Longest))
	}
	line("a check of all takes", "%s: %s", lasting(r.Check.Took), r.Check.Bound)

	fmt.Fprintf(&b, "\nRequests by site (the five largest, and the one nearest to its limit)\n")
	r.sites(&b)

	fmt.Fprintf(&b, "\nRedis\n")
	line("tickets, findings", "%s and %s", bytes(r.Redis.Tickets), bytes(r.Redis.Findings))
	line("to be provided", "%s, %s for each of %d servers", bytes(r.Redis.Needed), bytes(r.Redis.PerNode), o.Nodes)

	fmt.Fprintf(&b, "\nReplicas of %s\n", counted(o.Cores, "core"))
	verdict := fmt.Sprintf("95 of 100 changes within %s", short(o.Within))
	switch {
	case r.Replicas.Enough:
		line("enough", "%s, for %s", counted(r.Replicas.Number, "replica"), verdict)
	case len(r.Replicas.Tried) > 0:
		line("not enough", "no number tried gives %s; %s come nearest", verdict, counted(r.Replicas.Number, "replica"))
	default:
		line("not enough", "%s do not give %s", counted(r.Replicas.Number, "replica"), verdict)
	}
	for _, t := range r.Replicas.Tried {
		line("  tried", "%-12s 95 of 100 within %s, on an undisturbed day and a half", counted(t.Replicas, "replica"), lasting(t.P95))
	}
	line("a round waits for", "%s", r.Replicas.Bound)

	if len(r.Mondays) > 0 {
		fmt.Fprintf(&b, "\nReports on Mondays, due at 9:00 in each zone\n")
		for _, m := range r.Mondays {
			line(m.Due.Format("2 Jan 15:04 UTC"), "%s messages and %s e-mails: half within %s, all within %s",
				grouped(m.Messages), grouped(m.Mails), lasting(m.Median), lasting(m.Last))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// sites tells of a few sites what they were asked.
func (r *Result) sites(b *strings.Builder) {
	nearest := 0
	for i := range r.Sites {
		if r.Sites[i].OfLimit > r.Sites[nearest].OfLimit {
			nearest = i
		}
	}
	fmt.Fprintf(b, "  %-20s %7s %11s %8s  %-13s %9s %9s  %s\n", "site", "teams", "tickets", "sources", "first reading", "an hour", "busiest", "of its limit")
	for i := range r.Sites {
		if i >= 5 && i != nearest {
			continue
		}
		s := &r.Sites[i]
		limit := "counts no hours"
		if s.OfLimit > 0 {
			limit = fmt.Sprintf("%.0f%%", 100*s.OfLimit)
		}
		fmt.Fprintf(b, "  %-20s %7s %11s %8d  %-13s %9s %9s  %s\n", s.Name, grouped(s.Teams), grouped(s.Tickets), s.Sources,
			lasting(s.FirstSync), grouped(s.PerHour), grouped(s.Busiest), limit)
	}
}

func (t Tracker) words(oauth bool) string {
	jira := "Jira Cloud by API token"
	if oauth {
		jira = "Jira Cloud by OAuth"
	}
	switch t {
	case Jira:
		return jira
	case Linear:
		return "Linear"
	}
	return jira + " and Linear"
}

func disturbed(quiet bool) string {
	if quiet {
		return ", undisturbed"
	}
	return ": the largest site is away for two hours, another for one, and somebody changes a quarter of one source's tickets in an hour"
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// grouped writes 20,000,000.
func grouped(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// lasting writes a duration in its two largest units.
func lasting(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d >= 48*time.Hour:
		d = d.Round(time.Hour)
		return fmt.Sprintf("%d d %d h", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= time.Hour:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %d min", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
	}
	return fmt.Sprintf("%d s", d/time.Second)
}

// bytes writes so many bytes.
func bytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.0f kB", float64(n)/1e3)
}
