package dashboard

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/reports"
)

// healthPage is what the numbers rest on.
type healthPage struct {
	Headline   string
	Lag        []bar
	Sources    []sourceRow
	Closer     bool   // the viewer may configure, so the rest is there
	Counted    string // when tickets were counted; empty where the viewer is not told
	Unmapped   []unmappedRow
	People     []strangerRow
	Unowned    []unownedRow
	Stopped    []stoppedRow
	Silent     []silentRow
	Deliveries []deliveryRow
	Queue      *Queue
	Waiting    int
	More       map[string]int // how many of a list are not shown
	Empty      *empty
}

type sourceRow struct {
	Name, State, Read, Iso string
	Gaps                   []string
	Tickets, Took          string
	Requests, Trouble      string
	Fresh                  bool
	Ago                    string
}

type unmappedRow struct {
	Source, What, Word string
	Tickets            int
}
type strangerRow struct {
	Source, Name, Account string
	Tickets               int
}
type unownedRow struct {
	Source, What string
	Tickets      int
}
type stoppedRow struct{ Rule, Href, Why string }
type silentRow struct {
	Rule, Href, Since string
	New               int
}
type deliveryRow struct {
	Report, Week, Channel, State, Due, When, Trouble string
	Attempts                                         int
	Waits                                            bool
}

// mostListed is how much of each list the page shows.
const mostListed = 50

// health shows how fresh the data are to everybody, and what an operator has to
// look after to who configures. An EM sees the deliveries of their own team.
func (v *visit) health() error {
	p := healthPage{More: map[string]int{}, Closer: v.access.Configures()}
	c := v.clock(nil)
	h, err := v.healthSeen()
	if err != nil {
		return err
	}
	if p.Closer {
		for i := range h.Sources {
			p.Sources = append(p.Sources, v.closely(&h.Sources[i], c))
		}
		v.strange(&p, &h, c)
		p.Queue = h.Queue
		p.Counted = "Tickets are being counted for the first time; how many there are, and whose, stands here in a minute or two."
		if !h.Counted.IsZero() {
			p.Counted = "Tickets were counted on " + c.weekday(h.Counted) + "."
		}
	} else {
		for _, s := range v.s.Data.Sources() {
			p.Sources = append(p.Sources, v.sourceRow(&s, c))
		}
	}
	v.deliveries(&p, h.Deliveries, c)
	p.Lag = v.lag()
	p.Headline = healthHeadline(p.Sources)
	if len(p.Sources) == 0 {
		p.Empty = &empty{Title: "No source is configured", Text: "fairlead reads Jira and Linear; name one under sources in fairlead.yaml."}
	}
	return v.show("data", v.frame("Data"), p)
}

// healthSeen is the closer look, for who has a use for some of it.
func (v *visit) healthSeen() (Health, error) {
	if !v.access.Configures() && len(v.changeable()) == 0 {
		return Health{}, nil
	}
	return v.s.Data.Health(v.r.Context())
}

// seesDelivery reports whether the viewer looks after a delivery.
func (v *visit) seesDelivery(d *Delivery) bool {
	return v.access.Configures() || d.Team != "" && v.access.Changes(d.Team)
}

func healthHeadline(all []sourceRow) string {
	stale := 0
	for _, s := range all {
		if !s.Fresh {
			stale++
		}
	}
	switch {
	case len(all) == 0:
		return "Nothing is read yet."
	case stale == 0 && len(all) == 1:
		return "The one source was read as it should be."
	case stale == 0:
		return "All " + inWords(len(all)) + " sources were read as they should be."
	}
	return number(stale) + " of " + counted(len(all), "source", "sources") + " " + plural(stale, "was not read as it should be.", "were not read as they should be.")
}

func (v *visit) sourceRow(s *Source, c clock) sourceRow {
	row := sourceRow{Name: clean(s.Name), State: "fresh", Fresh: !s.Stale && !s.LastRead.IsZero()}
	switch {
	case s.LastRead.IsZero():
		row.State, row.Read = "not read yet", "never"
	case s.Stale:
		row.State = "stale: findings are frozen"
	}
	if !s.LastRead.IsZero() {
		row.Read, row.Iso, row.Ago = c.moment(s.LastRead), s.LastRead.UTC().Format(time.RFC3339), agoOf(v.now.Sub(s.LastRead))
	}
	for _, g := range s.Gaps {
		row.Gaps = append(row.Gaps, reports.Clean(g, textLength))
	}
	row.Gaps = row.Gaps[:min(len(row.Gaps), mostListed)]
	return row
}

// lag is how long ago each source was read, a day and two hours being the most that
// is fresh.
func (v *visit) lag() []bar {
	const longest = 26 * time.Hour
	var out []bar
	for _, s := range v.s.Data.Sources() {
		if s.LastRead.IsZero() {
			continue
		}
		ago := max(0, v.now.Sub(s.LastRead))
		wide := min(float64(ago)*100/float64(longest), 100)
		out = append(out, bar{Text: clean(s.Name), Wide: coordinate(max(wide, 0.5)), Label: agoOf(ago), Late: s.Stale})
	}
	return out
}

// agoOf is how long ago, in the largest unit.
func agoOf(d time.Duration) string {
	switch {
	case d < time.Hour:
		return counted(max(0, int(d/time.Minute)), "minute ago", "minutes ago")
	case d < 48*time.Hour:
		return counted(int(d/time.Hour), "hour ago", "hours ago")
	}
	return lasted(d) + " ago"
}

func (v *visit) closely(s *SourceHealth, c clock) sourceRow {
	row := v.sourceRow(&s.Source, c)
	row.Tickets, row.Trouble = number(s.Tickets), reports.Clean(s.Trouble, textLength)
	if s.Took > 0 {
		row.Took = s.Took.Round(time.Second).String()
	}
	row.Requests = "not told"
	if s.Of > 0 {
		row.Requests = number(s.Left) + " of " + number(s.Of) + " left"
		if !s.Resets.IsZero() {
			row.Requests += " until " + c.moment(s.Resets)
		}
	}
	return row
}

// strange fills in what has no meaning, no owner or no voice yet.
func (v *visit) strange(p *healthPage, h *Health, c clock) {
	for _, s := range h.Sources {
		for _, u := range s.Unmapped {
			p.Unmapped = append(p.Unmapped, unmappedRow{clean(s.Name), clean(u.What), clean(u.Word), u.Tickets})
		}
	}
	for _, s := range h.People {
		p.People = append(p.People, strangerRow{clean(s.Source), clean(s.Name), clean(s.Account), s.Tickets})
	}
	for _, u := range h.Unowned {
		p.Unowned = append(p.Unowned, unownedRow{clean(u.Source), clean(u.What), u.Tickets})
	}
	for _, s := range h.Stopped {
		p.Stopped = append(p.Stopped, stoppedRow{v.ruleTitle(s.Rule), "/rules/" + pathEscape(s.Rule), reports.Clean(s.Why, textLength)})
	}
	for _, m := range h.Silent {
		if m.Lasts() {
			p.Silent = append(p.Silent, silentRow{v.ruleTitle(m.Rule), "/rules/" + pathEscape(m.Rule), c.day(m.At), m.New})
		}
	}
	p.Unmapped = shownOf(p.More, "unmapped", p.Unmapped, func(a, b unmappedRow) int { return cmp.Compare(b.Tickets, a.Tickets) })
	p.People = shownOf(p.More, "people", p.People, func(a, b strangerRow) int { return cmp.Compare(b.Tickets, a.Tickets) })
	p.Unowned = shownOf(p.More, "unowned", p.Unowned, func(a, b unownedRow) int { return cmp.Compare(b.Tickets, a.Tickets) })
}

func shownOf[T any](more map[string]int, name string, all []T, order func(a, b T) int) []T {
	slices.SortStableFunc(all, order)
	if n := len(all) - mostListed; n > 0 {
		more[name] = n
		return all[:mostListed]
	}
	return all
}

// deliveries are those that the viewer looks after.
func (v *visit) deliveries(p *healthPage, all []Delivery, c clock) {
	for i := range all {
		d := &all[i]
		if !v.seesDelivery(d) {
			continue
		}
		waits := d.State == "pending" || d.State == "refused"
		if waits {
			p.Waiting++
		}
		row := deliveryRow{Report: clean(d.Report), Week: clean(d.Week), Channel: clean(d.Channel), State: clean(d.State), Due: c.moment(d.Due), Trouble: reports.Clean(d.Trouble, textLength), Attempts: d.Attempts, Waits: waits}
		switch {
		case !d.Delivered.IsZero():
			row.When = c.moment(d.Delivered)
		case !d.NotBefore.IsZero():
			row.When = "next try " + c.moment(d.NotBefore)
		}
		if len(p.Deliveries) < mostListed {
			p.Deliveries = append(p.Deliveries, row)
		} else {
			p.More["deliveries"]++
		}
	}
}

// healthz says that the process runs.
func (v *visit) healthz() error { return v.plain(http.StatusOK, "ok\n") }

// readyz says whether pages can be answered. Why not is for the log.
func (v *visit) readyz() error {
	if err := v.s.Data.Ready(v.r.Context()); err != nil {
		v.log().Info("not ready", zap.Error(err))
		return v.plain(http.StatusServiceUnavailable, "not ready\n")
	}
	return v.plain(http.StatusOK, "ready\n")
}

func (v *visit) plain(status int, text string) error {
	v.send(status, "text/plain; charset=utf-8", []byte(text))
	return nil
}

// longestCSPReport is how much of a browser's report is read.
const longestCSPReport = 16 << 10

// cspReport logs what a browser refused to load, in either form browsers send it.
// Anybody can send anything here, so little of it is kept.
func (v *visit) cspReport() error {
	body, err := io.ReadAll(io.LimitReader(v.r.Body, longestCSPReport))
	if err != nil {
		return err
	}
	for _, r := range cspReports(body) {
		v.log().Warn("a browser refused to load something",
			zap.String("page", pathOnly(r.Page)), zap.String("directive", clean(r.Directive)), zap.String("blocked", clean(r.Blocked)), zap.String("where", clean(r.Where)))
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

type refusedLoad struct{ Page, Directive, Blocked, Where string }

// mostReports is how many reports of one message are logged.
const mostReports = 5

func cspReports(body []byte) []refusedLoad {
	var old struct {
		Report struct {
			Page      string `json:"document-uri"`
			Directive string `json:"effective-directive"`
			Blocked   string `json:"blocked-uri"`
			Where     string `json:"source-file"`
		} `json:"csp-report"`
	}
	var out []refusedLoad
	if json.Unmarshal(body, &old) == nil && old.Report.Page != "" {
		return []refusedLoad{{old.Report.Page, old.Report.Directive, old.Report.Blocked, old.Report.Where}}
	}
	var all []struct {
		Body struct {
			Page      string `json:"documentURL"`
			Directive string `json:"effectiveDirective"`
			Blocked   string `json:"blockedURL"`
			Where     string `json:"sourceFile"`
		} `json:"body"`
	}
	if json.Unmarshal(body, &all) == nil {
		for _, r := range all[:min(len(all), mostReports)] {
			out = append(out, refusedLoad{r.Body.Page, r.Body.Directive, r.Body.Blocked, r.Body.Where})
		}
	}
	return out
}

// pathOnly leaves out what may be private in an address.
func pathOnly(address string) string {
	s, _, _ := strings.Cut(address, "?")
	return clean(s)
}
