package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/yamlfile"
)

// OrgCheck is what was found about people and teams. Texts that come from a
// tracker or a calendar are as they are there: Text makes them fit to be shown.
type OrgCheck struct {
	At        time.Time       `json:"at"`
	People    int             `json:"people"`
	Teams     int             `json:"teams"`
	Found     []OrgFinding    `json:"found,omitempty"`
	Calendars []CalendarState `json:"calendars,omitempty"`
	// Stored is what the stored tickets tell besides; nil when there is no store yet.
	Stored *StoredPeople `json:"stored,omitempty"`
	// Wrong is how many of these things would make reports wrong.
	Wrong int `json:"wrong"`
}

// OrgFinding is one thing about a person or a team.
type OrgFinding struct {
	Kind  string `json:"kind"` // one of the kinds below
	Wrong bool   `json:"wrong,omitempty"`
	Place string `json:"place,omitempty"` // file:line:column
	Text  string `json:"text"`
	Hint  string `json:"hint,omitempty"`
}

// The kinds of finding about people and teams.
const (
	noIdentity = "no identity"
	circle     = "circle of reporting lines"
	claimed    = "claimed twice"
	noLeader   = "no em or pm"
	noTeam     = "in no team"
	noCover    = "away without cover"
)

// StoredPeople is what stored tickets tell of people and teams.
type StoredPeople struct {
	Managers []UnknownManager `json:"unknown_ems,omitempty"`
	People   []UnknownPerson  `json:"unknown_people,omitempty"`
	Unowned  []Unowned        `json:"unowned,omitempty"`
}

// CheckOrg looks at the people and teams of a configuration without mistakes,
// and changes nothing. No tracker and no calendar is asked: of a calendar at an
// address it tells what the latest fetch left behind. What the stored tickets
// tell is added where there is a store.
func CheckOrg(ctx context.Context, cfg *config.Config, o Options) (OrgCheck, error) {
	if o.Clock == nil {
		o.Clock = SystemClock{}
	}
	known := newFeeds(cfg, nil, zap.NewNop()) // what cannot be read of a copy is told here
	check := orgChecker{cfg: cfg.WithFeeds(known.readings()), now: o.Clock.Now()}
	check.dir = check.cfg.Directory
	stored, err := check.stored(ctx, known)
	if err != nil {
		return OrgCheck{}, err
	}
	for _, look := range []func(){check.identities, check.circles, check.clashes, check.leaders, check.teamless, check.cover} {
		look()
	}
	out := OrgCheck{
		At: check.now, People: len(check.dir.People()), Teams: len(check.dir.Teams()),
		Found: check.found, Stored: stored, Calendars: calendarStates(check.cfg, known, check.now),
	}
	out.Wrong = out.countWrong()
	return out, nil
}

func (c *OrgCheck) countWrong() int {
	n := wrongCalendars(c.Calendars)
	for _, f := range c.Found {
		if f.Wrong {
			n++
		}
	}
	if c.Stored != nil {
		n += len(c.Stored.Managers) + len(c.Stored.Unowned)
	}
	return n
}

// orgChecker gathers findings.
type orgChecker struct {
	cfg   *config.Config
	dir   *org.Directory
	now   time.Time
	found []OrgFinding
}

func (c *orgChecker) add(f OrgFinding, at yamlfile.Place) {
	f.Place = at.String()
	c.found = append(c.found, f)
}

// stored opens the store, if there is one, and reads what its tickets tell. The
// directory first learns why the latest fetches of calendars brought nothing.
func (c *orgChecker) stored(ctx context.Context, known *feeds) (*StoredPeople, error) {
	if _, err := os.Stat(c.cfg.Store.File); c.cfg.Store.Redis == nil && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	s, err := openStore(ctx, c.cfg.Store)
	if err != nil {
		return nil, err
	}
	out, err := c.read(ctx, s, known)
	return out, errors.Join(err, s.Close())
}

func (c *orgChecker) read(ctx context.Context, s store.Store, known *feeds) (*StoredPeople, error) {
	runs, err := s.Runs(ctx, store.RunCalendar, runsLookedAt)
	if err != nil {
		return nil, fmt.Errorf("read the record of calendars: %w", err)
	}
	known.remember(runs)
	kept, err := takeStock(s.Tickets(ctx), c.dir, c.configured, c.now)
	if err != nil {
		return nil, fmt.Errorf("read the stored tickets: %w", err)
	}
	people := kept.strangers(c.dir)
	return &StoredPeople{Managers: kept.unknownManagers(c.dir, people, c.now), People: people, Unowned: kept.unowned()}, nil
}

func (c *orgChecker) configured(source string) bool {
	return slices.ContainsFunc(c.cfg.Sources, func(s config.Source) bool { return s.Name == source })
}

// called is somebody by id, with the name where that is another.
func (c *orgChecker) called(id string) string {
	p, _ := c.dir.Person(id)
	if p.Name == "" || p.Name == id {
		return id
	}
	return fmt.Sprintf("%s (%s)", id, p.Name)
}

// identities finds people whom no tracker's account can be known to belong to.
func (c *orgChecker) identities() {
	for _, p := range c.dir.People() {
		if len(p.Emails)+len(p.Accounts) > 0 || c.dir.Left(p.ID, c.now) {
			continue
		}
		c.add(OrgFinding{
			Kind: noIdentity, Wrong: true, Text: c.called(p.ID) + " has no account and no e-mail address, so what they do in a tracker looks like nobody's",
			Hint: "add email: with the address in the tracker, or jira: or linear: with the account id",
		}, c.cfg.PersonPlace(p.ID))
	}
}

func (c *orgChecker) circles() {
	for _, way := range c.dir.Circles(c.now) {
		c.add(OrgFinding{
			Kind: circle, Wrong: true, Text: "reporting lines run in a circle through teams: " + strings.Join(way, " → "),
			Hint: "a member reports to the team's EM and an EM to the leader above the team; write manager: for the one who does not",
		}, c.cfg.PersonPlace(way[0]))
	}
}

func (c *orgChecker) clashes() {
	for _, k := range c.dir.Clashes(c.now) {
		c.add(OrgFinding{
			Kind: claimed, Wrong: true, Text: fmt.Sprintf("%s %q is claimed by two teams%s: %s and %s", k.What, k.Name, c.duringWords(k.Span), k.First, k.Other),
			Hint: fmt.Sprintf("%s has it until one of them lets go of it; it stands there at %s", k.First, c.cfg.TeamPlace(k.First, "owns", k.Name)),
		}, c.cfg.TeamPlace(k.Other, "owns", k.Name))
	}
}

// duringWords says when a span is, where that is not always.
func (c *orgChecker) duringWords(s org.Span) string {
	words := ""
	if s.From.After(c.now) {
		words += " from " + dayWords(s.From)
	}
	if !s.To.IsZero() {
		words += " until " + dayWords(s.To.Add(-time.Nanosecond))
	}
	return words
}

func dayWords(t time.Time) string { return t.UTC().Format("2 January 2006") }

// leaders notes teams without an EM or a PM. A team that only holds others
// together needs none.
func (c *orgChecker) leaders() {
	teams := c.dir.Teams()
	for i := range teams {
		t := &teams[i]
		if !t.Existed.Holds(c.now) || len(t.Members) == 0 && len(t.Owned) == 0 {
			continue
		}
		var missing []string
		for _, seats := range []struct {
			name string
			list []org.Seat
		}{{"EM", t.EMs}, {"PM", t.PMs}} {
			if !slices.ContainsFunc(seats.list, func(s org.Seat) bool { return s.Holds(c.now) }) {
				missing = append(missing, seats.name)
			}
		}
		if len(missing) > 0 {
			c.add(OrgFinding{
				Kind: noLeader, Text: fmt.Sprintf("%s has no %s", t.ID, strings.Join(missing, " and no ")),
				Hint: "what looks at that role says nothing about the team; if somebody holds it, add em: or pm:",
			}, c.cfg.TeamPlace(t.ID, "id", ""))
		}
	}
}

// teamless notes people with a role who have no seat anywhere. Leaders above
// teams need none, and neither does automation.
func (c *orgChecker) teamless() {
	teams := c.dir.Teams()
	if len(teams) == 0 {
		return
	}
	for _, p := range c.dir.People() {
		if p.Bot || c.dir.Left(p.ID, c.now) || c.leads(p.ID) {
			continue
		}
		seated := func(s org.Seat) bool { return s.Person == p.ID && (s.To.IsZero() || s.To.After(c.now)) }
		if !slices.ContainsFunc(teams, func(t org.Team) bool {
			return slices.ContainsFunc(slices.Concat(t.EMs, t.PMs, t.Members), seated)
		}) {
			c.add(OrgFinding{
				Kind: noTeam, Text: c.called(p.ID) + " is in no team", Hint: "add them to members: of their team, or end their role with to: if they left",
			}, c.cfg.PersonPlace(p.ID))
		}
	}
}

// leads reports somebody in leadership, or above a team.
func (c *orgChecker) leads(id string) bool {
	return slices.ContainsFunc(c.dir.RolesAt(id, c.now), func(r org.Role) bool { return r.Side() == org.Leadership }) ||
		slices.ContainsFunc(c.dir.Teams(), func(t org.Team) bool { return t.Under == id })
}
