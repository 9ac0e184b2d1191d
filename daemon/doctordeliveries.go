package daemon

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/store"
)

// ExaminedDeliveries is what the outbox tells of the last weeks.
type ExaminedDeliveries struct {
	// Troubled are those that did not arrive, or not as they should, latest first.
	Troubled []TroubledDelivery `json:"troubled,omitempty"`
	// Silent are those that nobody was sent, because they muted them or because
	// there was nothing to tell.
	Silent []DeliveryInfo `json:"silent,omitempty"`
	// Next is when the next report of each team leaves.
	Next []NextDue `json:"next_due,omitempty"`
	// Delivered counts those that arrived.
	Delivered int `json:"delivered"`
}

// TroubledDelivery is one that did not arrive, or not as it should.
type TroubledDelivery struct {
	DeliveryInfo
	// Unread says that the report reached nobody by any channel, and that no
	// later one did.
	Unread bool `json:"reached_nobody"`
	// Since is how long ago it was due, in seconds.
	Since float64 `json:"due_seconds_ago"`
	retry string
}

// NextDue is when a team's next report leaves.
type NextDue struct {
	Team string `json:"team"` // empty: of the organisation and its leaders
	At   string `json:"at"`   // RFC 3339, in the zone of the schedule
}

// deliveriesExamined is how far back doctor looks.
const deliveriesExamined = 4 * aWeek

func (f *Fairlead) examineDeliveries(ctx context.Context, now time.Time) (ExaminedDeliveries, error) {
	var e ExaminedDeliveries
	all, err := f.store.Deliveries(ctx, now.Add(-deliveriesExamined))
	if err != nil {
		return e, err
	}
	routes, err := f.routes(now)
	if err != nil {
		return e, err
	}
	for _, next := range f.dueNexts(routes, now) {
		e.Next = append(e.Next, NextDue{next.team, next.at.Format(time.RFC3339)})
	}
	all = slices.DeleteFunc(all, func(d store.Delivery) bool { return isReminder(d.DeliveryKey) }) // see examineReminders
	read := readUpTo(all)
	for _, d := range all {
		switch {
		case d.State == store.Silent:
			e.Silent = append(e.Silent, infoOf(d, now))
		case d.State == store.Delivered && d.Trouble == "":
			e.Delivered++
		case d.State != store.Pending || d.Trouble != "" || now.Sub(d.Due) > lease:
			e.Troubled = append(e.Troubled, TroubledDelivery{
				DeliveryInfo: infoOf(d, now), Since: now.Sub(d.Due).Seconds(), retry: retryLine(d.DeliveryKey),
				Unread: d.State != store.Delivered && d.Week > read[d.Report] && !d.Due.After(now),
			})
		}
	}
	return e, nil
}

// readUpTo is, by report, the latest week that reached somebody or whose reader
// muted it.
func readUpTo(all []store.Delivery) map[string]string {
	out := map[string]string{}
	for _, d := range all {
		if (d.State == store.Delivered || d.State == store.Silent) && d.Week > out[d.Report] {
			out[d.Report] = d.Week
		}
	}
	return out
}

// unread counts the reports that reached nobody, each once however many channels
// it has.
func (e *ExaminedDeliveries) unread() int {
	seen := map[[2]string]bool{}
	for _, d := range e.Troubled {
		if d.Unread {
			seen[[2]string{d.Report, d.Week}] = true
		}
	}
	return len(seen)
}

func (p *examinationPrinter) deliveries(e *ExaminedDeliveries, now time.Time) {
	if len(e.Troubled)+len(e.Silent)+len(e.Next)+e.Delivered > 0 {
		p.heading("Deliveries of the last four weeks")
	}
	if e.Delivered > 0 {
		p.say(markFine, "%s arrived", numbered(e.Delivered, "report"))
	}
	marked := map[[2]string]bool{}
	for _, d := range e.Troubled[:min(len(e.Troubled), mostShown)] {
		mark := markNote
		if report := [2]string{d.Report, d.Week}; d.Unread && !marked[report] {
			mark, marked[report] = markWrong, true // as often as it is counted
		}
		p.troubled(mark, &d, now)
	}
	p.more(len(e.Troubled))
	if len(e.Silent) > 0 {
		p.say(markFine, "%s sent to nobody: %s", areOf(len(e.Silent)), strings.Join(reasons(e.Silent), "; "))
	}
	p.nextDue(e.Next)
}

func (p *examinationPrinter) troubled(mark string, d *TroubledDelivery, now time.Time) {
	what := map[string]string{
		string(store.Pending): "has not arrived", string(store.Refused): "was refused and waits for you", string(store.Missed): "was missed",
		string(store.Delivered): "arrived, but",
	}[d.State]
	p.say(mark, "%s, %s, to %s %s; it was due %s ago", whoseReport(shown(d.Report)), d.Week, shown(d.Channel), what, age(time.Duration(d.Since*float64(time.Second))))
	p.quote(d.Trouble)
	switch {
	case d.Next != "":
		if next, err := time.Parse(time.RFC3339, d.Next); err == nil && next.After(now) {
			p.say("    ", "it is tried again from %s on; sooner with: %s", moment(next), d.retry)
		}
	case d.State != string(store.Delivered):
		p.say("    ", "try again with: %s", d.retry)
	}
}

// areOf begins a sentence about so many reports.
func areOf(n int) string {
	if n == 1 {
		return "1 report was"
	}
	return numbered(n, "report") + " were"
}

// reasons are why, each once.
func reasons(all []DeliveryInfo) []string {
	var out []string
	for _, d := range all {
		out = append(out, shownLong(d.Trouble))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// nextDue tells when reports leave, teams of one moment together.
func (p *examinationPrinter) nextDue(all []NextDue) {
	byMoment := map[string][]string{}
	for _, n := range all {
		byMoment[n.At] = append(byMoment[n.At], cmp.Or(n.Team, config.OfOrganisation))
	}
	var moments []time.Time
	for at := range byMoment {
		if t, err := time.Parse(time.RFC3339, at); err == nil {
			moments = append(moments, t)
		}
	}
	slices.SortFunc(moments, time.Time.Compare)
	for _, at := range moments {
		teams := byMoment[at.Format(time.RFC3339)]
		if shown := min(len(teams), mostShown); shown < len(teams) {
			teams = append(teams[:shown:shown], numbered(len(teams)-shown, "team")+" more")
		}
		p.say(markFine, "next report on %s: %s", moment(at), list(teams, "and"))
	}
}
