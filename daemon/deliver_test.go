package daemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/sqlite"
)

// toFolder is where a test has reports written, on Mondays at nine in the team's
// zone.
func toFolder(dir string) config.Report {
	return config.Report{
		Medium: config.ToFile, Channel: "file:reports", Folder: dir, Formats: []string{"text"}, For: "team",
		When: config.When{Cron: "0 9 * * 1", CatchUp: aWeek},
	}
}

// toRoom is a Slack channel.
func toRoom(name string) config.Report {
	return config.Report{
		Medium: config.ToSlack, Channel: "slack:" + name, Room: name, For: "team",
		When: config.When{Cron: "0 9 * * 1", CatchUp: aWeek, Written: true},
	}
}

// toMail is an e-mail to whoever the word names.
func toMail(word string) config.Report {
	return config.Report{
		Medium: config.ToEmail, Channel: "email:" + word, Email: word,
		When: config.When{Cron: "0 9 * * 1", CatchUp: aWeek, Written: true},
	}
}

// desks are fake channels by name, which keep what arrives.
type desks struct {
	mu       sync.Mutex
	arrived  map[string][]reports.Delivery // by channel, in order
	trouble  map[string]func(ctx context.Context, d reports.Delivery, record func(reports.Receipt) error) error
	together map[string]int // how many are under way now, and at most, by kind
	most     map[string]int
}

func newDesks() *desks {
	return &desks{
		arrived:  map[string][]reports.Delivery{},
		trouble:  map[string]func(context.Context, reports.Delivery, func(reports.Receipt) error) error{},
		together: map[string]int{}, most: map[string]int{},
	}
}

// at replaces the media of a Fairlead: e-mail repeats, Slack replaces.
func (o *desks) at(f *Fairlead) {
	open := func(at *route, _ senders) (reports.Channel, error) { return desk{o, at.channel}, nil }
	f.switchboard.media = map[config.Medium]medium{
		config.ToFile:    media[config.ToFile],
		config.ToSlack:   {open: open, atOnce: 2, timeout: time.Minute, again: func(*route) again { return replaces }},
		config.ToEmail:   {open: open, atOnce: 4, timeout: time.Minute, again: func(*route) again { return repeats }, shared: true, newEachTime: true},
		config.ToWebhook: {open: open, atOnce: 4, timeout: time.Minute, again: func(*route) again { return repeats }},
	}
}

// got is what arrived at a channel: the weeks, one for each time.
func (o *desks) got(channel string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var weeks []string
	for _, d := range o.arrived[channel] {
		weeks = append(weeks, d.Report.Week.ID)
	}
	return strings.Join(weeks, " ")
}

type desk struct {
	*desks
	name string
}

func (o desk) Name() string { return o.name }

func (o desk) Preview(d reports.Delivery) (reports.Preview, error) {
	return reports.Preview{To: []string{o.name}, Parts: []reports.Part{{Name: "message", Type: "text/plain", Content: []byte(d.Report.Title)}}}, nil
}

func (o desk) Deliver(ctx context.Context, d reports.Delivery, record func(reports.Receipt) error) (reports.Receipt, error) {
	kind, _, _ := strings.Cut(o.name, ":")
	o.mu.Lock()
	o.together[kind]++
	o.most[kind] = max(o.most[kind], o.together[kind])
	trouble := o.trouble[o.name]
	o.mu.Unlock()
	defer func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.together[kind]--
	}()
	if trouble != nil {
		if err := trouble(ctx, d, record); err != nil {
			return reports.Receipt{}, err
		}
	}
	o.mu.Lock()
	o.arrived[o.name] = append(o.arrived[o.name], d)
	o.mu.Unlock()
	receipt := reports.Receipt{Place: "at " + o.name, Ref: d.ID, Digest: d.Report.Headline}
	return receipt, record(receipt)
}

// post is a line with teams, people, channels and a clock to set.
type post struct {
	*line
	*desks
}

var theirPeople = []org.Person{
	{ID: "lee", Name: "Lee Park", Emails: []string{"Lee@acme.example"}},
	{ID: "sam", Name: "Sam Holt", Emails: []string{"sam@acme.example"}},
	{ID: "mina", Emails: []string{"mina@acme.example"}, Mutes: []string{"reports"}},
	{ID: "jo", Emails: []string{"jo@acme.example"}},
	{ID: "dana", Emails: []string{"dana@acme.example"}, Roles: []org.Tenure{{Role: org.Director}}},
	{ID: "ci", Emails: []string{"ci@acme.example"}, Bot: true},
}

func newPost(t *testing.T, to ...config.Report) *post {
	t.Helper()
	p := &post{newLine(t, &fakeSource{name: "jira"}), newDesks()}
	p.desks.at(p.Fairlead)
	berlin := zone(t, "Europe/Berlin")
	p.people(t, org.Team{
		ID: "payments", EMs: []org.Seat{{Person: "lee"}}, PMs: []org.Seat{{Person: "sam"}}, Members: []org.Seat{{Person: "mina"}, {Person: "jo"}, {Person: "lee"}},
		Under: "dana", Location: berlin,
	})
	p.cfg().Reports = to
	p.line.at = time.Date(2026, time.November, 16, 8, 0, 0, 0, time.UTC) // Monday 09:00 in Berlin, after week 46
	return p
}

func (p *post) people(t *testing.T, teams ...org.Team) {
	t.Helper()
	dir, mistakes := org.New(theirPeople, teams, nil)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	p.cfg().Directory = dir
}

// run delivers what is due, as fairlead run does.
func (p *post) run() error {
	_, err := p.deliverDue(p.t.Context())
	return err
}

// stands is how the delivery of a channel stands in the outbox.
func (p *post) stands(channel, week string) store.Delivery {
	p.t.Helper()
	all, err := p.store.Deliveries(p.t.Context(), time.Time{})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, d := range all {
		if d.Channel == channel && d.Week == week {
			return d
		}
	}
	return store.Delivery{}
}

func TestEachReportLeavesOnceWhenItIsDue(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	for _, c := range []struct {
		at   time.Duration // from Monday 09:00 in Berlin on
		want string
	}{
		{-time.Minute, ""}, {0, "2026-W46"}, {time.Minute, "2026-W46"}, {26 * time.Hour, "2026-W46"},
		{aWeek - time.Minute, "2026-W46"}, {aWeek, "2026-W46 2026-W47"}, {aWeek + 5*time.Hour, "2026-W46 2026-W47"},
	} {
		p.line.at = time.Date(2026, time.November, 16, 8, 0, 0, 0, time.UTC).Add(c.at)
		if c.at < 0 { // of the week before nothing was delivered yet, and it may still be made up for
			p.cfg().Reports[0].When.CatchUp = 3 * 24 * time.Hour
		}
		if err := p.run(); err != nil {
			t.Fatal(err)
		}
		if got := p.got("slack:#pay"); got != c.want {
			t.Errorf("%s after it was due: %q arrived, want %q", c.at, got, c.want)
		}
		p.cfg().Reports[0].When.CatchUp = aWeek
	}
}

func TestWhatTheOutboxTellsAChannel(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	p.trouble["slack:#pay"] = func(_ context.Context, d reports.Delivery, record func(reports.Receipt) error) error {
		if d.Earlier.Ref != "" || d.Unsure {
			t.Errorf("at first it is told %+v, unsure %v", d.Earlier, d.Unsure)
		}
		if err := record(reports.Receipt{Ref: "half"}); err != nil {
			t.Error(err)
		}
		return errors.New("connection reset")
	}
	if err := p.run(); err == nil || !strings.Contains(err.Error(), "report of payments to slack:#pay: connection reset") || !strings.Contains(err.Error(), "tried again from Monday 16 November 2026, 08:0") {
		t.Errorf("err = %v, want what stood in the way and when it is tried again", err)
	}
	first := p.line.at
	p.line.at = first.Add(2 * time.Minute)
	p.trouble["slack:#pay"] = func(_ context.Context, d reports.Delivery, _ func(reports.Receipt) error) error {
		if d.Earlier.Ref != "half" || !d.Unsure || !d.At.Equal(first) {
			t.Errorf("then it is told %+v, unsure %v, at %s", d.Earlier, d.Unsure, d.At)
		}
		if strings.Trim(d.ID, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || d.ID != deliveryID(store.DeliveryKey{Report: "payments team", Week: "2026-W46", Channel: "slack:#pay"}) {
			t.Errorf("id = %q", d.ID)
		}
		return nil
	}
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	d := p.stands("slack:#pay", "2026-W46")
	if d.State != store.Delivered || d.Sending || d.Holder != "" || d.Trouble != "" || d.Attempts != 2 || d.Place != "at slack:#pay" || d.Digest == "" || !d.Delivered.Equal(p.line.at) || !d.First.Equal(first) {
		t.Errorf("it stands as %+v", d)
	}
	if p.got("slack:#pay") != "2026-W46" {
		t.Errorf("%q arrived", p.got("slack:#pay"))
	}
}

func TestAChannelInTroubleIsTriedAgainLaterAndLater(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error { return errors.New("503") }
	want := time.Minute
	for n := 1; n <= 14; n++ {
		if err := p.run(); err == nil {
			t.Fatal("nothing stood in the way")
		}
		d := p.stands("slack:#pay", "2026-W46")
		got := d.NotBefore.Sub(p.line.at)
		if d.State != store.Pending || d.Attempts != n || d.Trouble != "503" || got < want*4/5 || got > want*6/5 {
			t.Fatalf("after %d attempts it stands as %+v; the next is in %s, want about %s", n, d, got, want)
		}
		if err := p.run(); err != nil { // too early: nothing is tried
			t.Fatal(err)
		}
		p.line.at = d.NotBefore
		want = min(2*want, 6*time.Hour)
	}
}

func TestWhatTheOtherSideAsksForIsHonoured(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		return fmt.Errorf("post: %w", &reports.Delay{Err: errors.New("rate limited"), After: 37 * time.Minute})
	}
	_ = p.run()
	if d := p.stands("slack:#pay", "2026-W46"); d.State != store.Pending || !d.NotBefore.Equal(p.line.at.Add(37*time.Minute)) || d.Sending {
		t.Errorf("it stands as %+v, want it to wait 37 minutes and to be sure that nothing arrived", d)
	}
}

func TestWhatOnlyAPersonCanMendWaitsAndIsTriedOnceADay(t *testing.T) {
	p := newPost(t, toRoom("#pay"), toRoom("#all"))
	tried := 0
	p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		tried++
		return &reports.Refusal{Err: errors.New("there is no channel #pay"), Fix: "invite the app"}
	}
	err := p.run()
	if err == nil || !strings.Contains(err.Error(), "invite the app") || !strings.Contains(err.Error(), `fairlead deliveries retry "payments team" 2026-W46 "slack:#pay"`) {
		t.Errorf("err = %v, want what to do and how to try again", err)
	}
	if got := p.got("slack:#all"); got != "2026-W46" {
		t.Errorf("the other channel got %q", got)
	}
	for _, c := range []struct {
		after time.Duration
		tried int
	}{{time.Hour, 1}, {24*time.Hour - time.Second, 1}, {24 * time.Hour, 2}, {30 * time.Hour, 2}} {
		p.line.at = monday.Add(c.after)
		_ = p.run()
		if d := p.stands("slack:#pay", "2026-W46"); d.State != store.Refused || d.Sending || !strings.Contains(d.Trouble, "no channel #pay") || tried != c.tried {
			t.Errorf("after %s it stands as %+v, tried %d times, want %d", c.after, d, tried, c.tried)
		}
	}
	p.trouble["slack:#pay"] = nil
	p.line.at = monday.Add(31 * time.Hour)
	if _, err := p.Retry(t.Context(), RetryRequest{AllRefused: true}); err != nil {
		t.Fatal(err)
	}
	if got := p.got("slack:#pay"); got != "2026-W46" {
		t.Errorf("once it was mended %q arrived", got)
	}
}

func TestWhoReceivesWhat(t *testing.T) {
	for _, c := range []struct {
		name string
		to   []config.Report
		want []string
	}{
		{"the EM reads what is for the EM", []config.Report{toMail("em")}, []string{"email:lee@acme.example payments em"}},
		{"the PM what is for the pair", []config.Report{toMail("pm")}, []string{"email:sam@acme.example payments em-pm"}},
		{"members the team's, each what they may, and nobody twice", []config.Report{toMail("members"), toMail("em")},
			[]string{"email:jo@acme.example payments team", "email:lee@acme.example payments em", "email:mina@acme.example payments team"}},
		{"somebody by id", []config.Report{toMail("lee")}, []string{"email:lee@acme.example payments em"}},
		{"somebody by address", []config.Report{toMail("LEE@acme.example")}, []string{"email:lee@acme.example payments em"}},
		{"an address that is nobody's", []config.Report{toMail("list@acme.example")}, []string{"email:list@acme.example payments team"}},
		{"a leader above, no more than the team", []config.Report{toMail("dana")}, []string{"email:dana@acme.example payments team"}},
		{"less than somebody may", []config.Report{with(toMail("em"), func(r *config.Report) { r.For = "team" })}, []string{"email:lee@acme.example payments team"}},
		{"never more", []config.Report{with(toMail("sam"), func(r *config.Report) { r.For = "em" })}, []string{"email:sam@acme.example payments em-pm"}},
		{"nobody of other teams", []config.Report{with(toMail("em"), func(r *config.Report) { r.Teams = []string{"core"} })}, nil},
		{"a robot gets no mail", []config.Report{toMail("ci")}, nil},
		{"the organisation's report once", []config.Report{with(toRoom("#eng"), func(r *config.Report) { r.Of = config.OfOrganisation })}, []string{"slack:#eng organisation"}},
		{"and by e-mail to leaders", []config.Report{with(toMail("leaders"), func(r *config.Report) { r.Of = config.OfOrganisation })}, []string{"email:dana@acme.example organisation"}},
		{"leaders what is for each alone", []config.Report{with(toMail("leaders"), func(r *config.Report) { r.Of = config.OfLeader })}, []string{"email:dana@acme.example leader dana"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPost(t, c.to...)
			routes, err := p.routes(monday)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range routes {
				got = append(got, r.channel+" "+r.report)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func with(r config.Report, change func(*config.Report)) config.Report {
	change(&r)
	return r
}

func TestATeamsOwnTimeGoesBeforeTheOrganisations(t *testing.T) {
	own := with(toRoom("#pay"), func(r *config.Report) { r.Own, r.When.Cron, r.Teams = true, "0 15 * * 4", []string{"payments"} })
	p := newPost(t, toRoom("#pay"), own)
	routes, err := p.routes(monday)
	if err != nil || len(routes) != 1 || routes[0].from.When.Cron != "0 15 * * 4" {
		t.Errorf("routes are %+v, %v, want one at the team's time", routes, err)
	}
}

func TestWhoMutedReportsGetsNoneByMailAndTheChannelAllTheSame(t *testing.T) {
	p := newPost(t, toMail("members"), toRoom("#pay"))
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	d := p.stands("email:mina@acme.example", "2026-W46")
	if p.got("email:mina@acme.example") != "" || d.State != store.Silent || !strings.Contains(d.Trouble, "mina has muted reports") {
		t.Errorf("%q arrived, and it stands as %+v", p.got("email:mina@acme.example"), d)
	}
	if p.got("email:jo@acme.example") != "2026-W46" || p.got("slack:#pay") != "2026-W46" {
		t.Errorf("jo got %q, the channel %q", p.got("email:jo@acme.example"), p.got("slack:#pay"))
	}
	// Nor does anybody else's wish get around it.
	if _, err := p.deliver(t.Context(), "2026-W45"); err != nil {
		t.Fatal(err)
	}
	if d := p.stands("email:mina@acme.example", "2026-W45"); d.State != store.Silent {
		t.Errorf("a week that was asked for stands as %+v", d)
	}
	_, err := p.Retry(t.Context(), RetryRequest{Report: "payments team", Week: "2026-W46", Channel: "email:mina@acme.example", Again: true})
	if !IsRequestMistake(err) || !strings.Contains(err.Error(), "mina has muted reports") {
		t.Errorf("err = %v, want that mina has muted reports", err)
	}
	sent, err := p.Send(t.Context(), SendRequest{Week: "last", To: "email"})
	if err != nil || p.got("email:mina@acme.example") != "" || !slices.ContainsFunc(sent, func(s Sent) bool { return strings.Contains(s.Outcome, "mina has muted reports") }) {
		t.Errorf("sent: %+v, %v; %q arrived", sent, err, p.got("email:mina@acme.example"))
	}
}

func TestWhoMutesReportsWhileOneWaitsGetsNone(t *testing.T) {
	for _, err := range []error{errors.New("451"), &reports.Refusal{Err: errors.New("550"), Fix: "mend it"}} {
		p := newPost(t, toMail("jo"))
		p.trouble["email:jo@acme.example"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error { return err }
		_ = p.run()
		people := slices.Clone(theirPeople)
		for i := range people {
			people[i].Mutes = []string{"reports"}
		}
		dir, mistakes := org.New(people, p.cfg().Directory.Teams(), nil)
		if mistakes != nil {
			t.Fatal(mistakes)
		}
		p.cfg().Directory, p.trouble = dir, nil
		p.line.at = monday.Add(30 * time.Hour)
		if err := p.run(); err != nil {
			t.Fatal(err)
		}
		if d := p.stands("email:jo@acme.example", "2026-W46"); d.State != store.Silent || p.got("email:jo@acme.example") != "" {
			t.Errorf("after %v it stands as %+v, %q arrived", err, d, p.got("email:jo@acme.example"))
		}
	}
}

func TestATeamThatWasNotThereIsNotReportedOn(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	p.people(t, org.Team{ID: "later", Existed: org.Span{From: date2026(11, 16)}}, org.Team{ID: "over", Existed: org.Span{To: date2026(11, 9)}}, org.Team{ID: "ending", Existed: org.Span{To: date2026(11, 10)}})
	p.line.at = monday.Add(24 * time.Hour)
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	all, err := p.store.Deliveries(t.Context(), time.Time{})
	if err != nil || len(all) != 1 || all[0].Report != "ending team" {
		t.Errorf("the outbox holds %+v, %v, want the team that was there", all, err)
	}
}

func date2026(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
}

func TestAMissedScheduleIsMadeUpForWithinItsWindow(t *testing.T) {
	for _, c := range []struct {
		name    string
		catchUp time.Duration
		away    time.Duration // after the report of week 46
		arrived string
		missed  []string
	}{
		{"back in time", 3 * 24 * time.Hour, aWeek + 71*time.Hour, "2026-W46 2026-W47", nil},
		{"back too late", 3 * 24 * time.Hour, aWeek + 72*time.Hour, "2026-W46", []string{"2026-W47"}},
		{"three weeks away", aWeek, 3*aWeek + time.Hour, "2026-W46 2026-W49", []string{"2026-W47", "2026-W48"}},
		{"three weeks away, all made up for", 4 * aWeek, 3*aWeek + time.Hour, "2026-W46 2026-W47 2026-W48 2026-W49", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPost(t, with(toRoom("#pay"), func(r *config.Report) { r.When.CatchUp = c.catchUp }))
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
			p.line.at = monday.Add(c.away)
			for range 2 { // the second time changes nothing
				if err := p.run(); err != nil {
					t.Fatal(err)
				}
			}
			got := strings.Fields(p.got("slack:#pay"))
			slices.Sort(got) // reports that leave together leave in any order
			if strings.Join(got, " ") != c.arrived {
				t.Errorf("%q arrived, want %q", got, c.arrived)
			}
			var missed []string
			all, err := p.Deliveries(t.Context(), DeliveryFilter{State: "missed"})
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range all {
				missed = append(missed, d.Week)
			}
			slices.Sort(missed)
			if !slices.Equal(missed, c.missed) {
				t.Errorf("missed are %q, want %q", missed, c.missed)
			}
		})
	}
}

func TestAnOldWeekThatSomebodyAskedForIsNoBeginning(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	p.line.at = monday.Add(time.Hour)
	if _, err := p.deliver(t.Context(), "2026-W40"); err != nil {
		t.Fatal(err)
	}
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	all, err := p.Deliveries(t.Context(), DeliveryFilter{})
	if got := p.got("slack:#pay"); got != "2026-W40 2026-W46" || err != nil || len(all) != 2 {
		t.Errorf("%q arrived, and the outbox holds %+v, %v, want the week asked for and the one that is due", got, all, err)
	}
}

func TestAReportThatNeverArrivedWithinItsWindowCountsAsMissed(t *testing.T) {
	p := newPost(t, with(toRoom("#pay"), func(r *config.Report) { r.When.CatchUp = 24 * time.Hour }))
	p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
		return errors.New("503 from Slack")
	}
	for h := range 25 {
		p.line.at = monday.Add(time.Duration(h) * time.Hour)
		_ = p.run()
	}
	if d := p.stands("slack:#pay", "2026-W46"); d.State != store.Missed || d.Trouble != "503 from Slack" || d.Attempts < 5 {
		t.Errorf("it stands as %+v, want it missed, with what stood in the way", d)
	}
}

func TestAClockThatJumpsNeitherDoublesNorLosesAReport(t *testing.T) {
	t.Run("back an hour", func(t *testing.T) {
		p := newPost(t, toRoom("#pay"), toMail("em"))
		p.line.at = monday.Add(5 * time.Minute)
		for _, step := range []time.Duration{0, -time.Hour, -30 * time.Minute, -time.Minute, 0, time.Minute, time.Hour, aWeek} {
			p.line.at = monday.Add(5*time.Minute + step)
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
		}
		if got := p.got("email:lee@acme.example"); got != "2026-W46 2026-W47" {
			t.Errorf("by mail %q arrived, want each week once", got)
		}
		// What Slack holds is looked at again, with what is known of it, so that it is
		// corrected in its place.
		for i, d := range p.arrived["slack:#pay"] {
			if first := i == 0 || d.Report.Week.ID != p.arrived["slack:#pay"][i-1].Report.Week.ID; first != (d.Earlier.Ref == "") {
				t.Errorf("post %d of %s was told of %+v", i, d.Report.Week.ID, d.Earlier)
			}
		}
	})
	t.Run("forward a week and back", func(t *testing.T) {
		p := newPost(t, toRoom("#pay"), toMail("em"))
		for _, at := range []time.Duration{0, time.Hour, aWeek + time.Hour, 2 * time.Hour, 48 * time.Hour, aWeek - time.Minute} {
			p.line.at = monday.Add(at)
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
		}
		if d := p.stands("slack:#pay", "2026-W47"); d.State != store.Pending || !d.NotBefore.Equal(monday.Add(aWeek)) {
			t.Errorf("what left a week early stands as %+v, want it to leave again when it is due", d)
		}
		if d := p.stands("email:lee@acme.example", "2026-W47"); d.State != store.Delivered || !strings.Contains(d.Trouble, "before it was due") {
			t.Errorf("the mail stands as %+v, want it delivered, and the matter told", d)
		}
		p.line.at = monday.Add(aWeek)
		if err := p.run(); err != nil {
			t.Fatal(err)
		}
		posts := p.arrived["slack:#pay"]
		if last := posts[len(posts)-1]; last.Report.Week.ID != "2026-W47" || last.Earlier.Ref == "" || last.Report.Week.Running {
			t.Errorf("when it was due the post was told %+v of %+v", last.Report.Week, last.Earlier)
		}
		if got := p.got("email:lee@acme.example"); got != "2026-W46 2026-W47" {
			t.Errorf("by mail %q arrived, want each week once", got)
		}
	})
	t.Run("forward a year and back", func(t *testing.T) {
		p := newPost(t, toRoom("#pay"))
		for _, at := range []time.Duration{0, 52 * aWeek, time.Hour, aWeek, 52*aWeek + time.Hour} {
			p.line.at = monday.Add(at)
			if err := p.run(); err != nil {
				t.Fatal(err)
			}
		}
		counts := map[string]int{}
		for _, d := range p.arrived["slack:#pay"] {
			if d.Earlier.Ref == "" {
				counts[d.Report.Week.ID]++
			}
		}
		if counts["2026-W46"] != 1 || counts["2026-W47"] != 1 || counts["2027-W45"] > 1 {
			t.Errorf("posted anew: %v, want each week once", counts)
		}
	})
}

func TestFilesFollowTheLedgerAndMailDoesNot(t *testing.T) {
	dir := t.TempDir()
	p := newPost(t, toFolder(dir), toMail("em"), toRoom("#pay"))
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	before := fileText(t, filepath.Join(dir, "payments", "2026-W46.txt"))
	p.line.at = monday.Add(30 * time.Hour)
	p.organise(org.Team{ID: "payments", Name: "Payments renamed", Location: zone(t, "Europe/Berlin")})
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	after := fileText(t, filepath.Join(dir, "payments", "2026-W46.txt"))
	if before == after || !strings.Contains(after, "Payments renamed") {
		t.Errorf("the file still says\n%s", after)
	}
	if p.got("email:lee@acme.example") != "2026-W46" || p.got("slack:#pay") != "2026-W46" {
		t.Errorf("by mail %q, at Slack %q, want each once", p.got("email:lee@acme.example"), p.got("slack:#pay"))
	}
	if d := p.stands("file:reports", "2026-W46"); d.State != store.Delivered || d.Attempts != 2 {
		t.Errorf("the file stands as %+v", d)
	}
}

// Two processes with one store deliver side by side.
func TestReplicasDeliverOnce(t *testing.T) {
	var teams []org.Team
	for n := range 12 {
		teams = append(teams, org.Team{ID: fmt.Sprintf("team-%02d", n), EMs: []org.Seat{{Person: "lee"}}})
	}
	p := newPost(t, toRoom("#pay"), toMail("em"))
	p.people(t, teams...)
	path := filepath.Join(t.TempDir(), "shared.db")
	var all sync.WaitGroup
	for range 3 {
		st, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = st.Close() })
		one := configured(p.cfg(), p.book(), &Fairlead{log: p.log, clock: p.clock, store: st, posting: newPosting(p.cfg(), nil, p.clock)})
		p.desks.at(one)
		for range 2 {
			all.Go(func() {
				if _, err := one.deliverDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
	}
	all.Wait()
	seen := map[string]int{}
	for channel, got := range p.arrived {
		for _, d := range got {
			seen[channel+" "+d.Report.Team.ID]++
		}
	}
	if len(seen) != 24 {
		t.Errorf("%d reports arrived, want 24", len(seen))
	}
	for what, n := range seen {
		if n != 1 {
			t.Errorf("%s arrived %d times", what, n)
		}
	}
}

func TestAChannelThatHangsHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, toRoom("#hangs"), toRoom("#pay"), toRoom("#deaf"), toMail("em"))
		p.clock = bubbleClock{}
		deaf := make(chan struct{})
		p.trouble["slack:#hangs"] = func(ctx context.Context, _ reports.Delivery, _ func(reports.Receipt) error) error {
			<-ctx.Done()
			return ctx.Err()
		}
		late := make(chan error, 1)
		p.trouble["slack:#deaf"] = func(_ context.Context, _ reports.Delivery, record func(reports.Receipt) error) error {
			<-deaf // does not end when it is told to
			late <- record(reports.Receipt{Ref: "too late"})
			return nil
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		p.cfg().Sync.Every = 10 * time.Minute
		started := time.Now()
		go func() { ended <- p.Serve(ctx) }()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if p.got("email:lee@acme.example") == "" {
			t.Error("the mail waits for Slack")
		}
		time.Sleep(time.Minute + 2*grace)
		synctest.Wait()
		if p.got("slack:#pay") == "" {
			t.Errorf("%s after it began a channel waits for others of its kind that hang", time.Since(started))
		}
		for _, name := range []string{"slack:#hangs", "slack:#deaf"} {
			all, err := p.Deliveries(t.Context(), DeliveryFilter{State: "pending"})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(all, func(d DeliveryInfo) bool { return d.Channel == name })
			if i < 0 || !strings.Contains(all[i].Trouble, "no answer in time") || all[i].Holder != "" || all[i].Next == "" {
				t.Errorf("%s: pending are %+v, want it to say that there was no answer", name, all)
			}
		}
		close(deaf)
		if err := <-late; err == nil {
			t.Error("a channel that was given up could still record")
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if p.most["slack"] > 2 {
			t.Errorf("%d Slack channels were delivered to at once", p.most["slack"])
		}
	})
}

func TestALongAttemptKeepsItsHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPost(t, toRoom("#pay"))
		p.clock = bubbleClock{}
		slow := p.switchboard.media[config.ToSlack]
		slow.timeout = time.Hour
		p.switchboard.media[config.ToSlack] = slow
		p.trouble["slack:#pay"] = func(context.Context, reports.Delivery, func(reports.Receipt) error) error {
			time.Sleep(20 * time.Minute)
			return nil
		}
		var all sync.WaitGroup
		all.Go(func() { _, _ = p.deliver(t.Context(), "last") })
		other := configured(p.cfg(), p.book(), &Fairlead{log: p.log, clock: p.clock, store: p.store, posting: newPosting(p.cfg(), nil, p.clock)})
		p.desks.at(other)
		for range 15 {
			time.Sleep(time.Minute)
			if _, err := other.deliver(t.Context(), "last"); err != nil {
				t.Fatal(err)
			}
		}
		all.Wait()
		if n := len(strings.Fields(p.got("slack:#pay"))); n != 1 {
			t.Errorf("it arrived %d times", n)
		}
	})
}

func TestWhoeverLostADeliveryRecordsNothing(t *testing.T) {
	p := newPost(t, toRoom("#pay"))
	key := store.DeliveryKey{Report: "payments team", Week: "2026-W46", Channel: "slack:#pay"}
	p.trouble["slack:#pay"] = func(ctx context.Context, _ reports.Delivery, record func(reports.Receipt) error) error {
		p.line.at = p.line.at.Add(2 * lease) // asleep, for example with the whole machine
		if _, ours, err := p.store.Claim(ctx, store.Delivery{DeliveryKey: key, State: store.Pending}, "another", p.line.at, p.line.at.Add(lease)); err != nil || !ours {
			t.Errorf("the other did not get it: %v", err)
		}
		err := record(reports.Receipt{Ref: "mine"})
		if !errors.Is(err, store.ErrLost) || ctx.Err() == nil {
			t.Errorf("err = %v, the attempt goes on: %v", err, ctx.Err() == nil)
		}
		return err
	}
	if err := p.run(); !errors.Is(err, store.ErrLost) {
		t.Errorf("err = %v, want that somebody else has it", err)
	}
	if d := p.stands("slack:#pay", "2026-W46"); d.Holder != "another" || d.Ref != "" || d.State != store.Pending || !d.Sending {
		t.Errorf("it stands as %+v, want it untouched in the other's hands", d)
	}
}

func TestAServerThatDoesNotAnswerIsLeftAloneForTheRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var teams []org.Team
		for n := range 40 {
			teams = append(teams, org.Team{ID: fmt.Sprintf("team-%02d", n), EMs: []org.Seat{{Person: []string{"lee", "sam", "jo", "dana"}[n%4]}}})
		}
		p := newPost(t, toMail("em"))
		p.people(t, teams...)
		p.clock = bubbleClock{}
		tried := 0
		for _, who := range []string{"lee", "sam", "jo", "dana"} {
			p.trouble["email:"+who+"@acme.example"] = func(ctx context.Context, _ reports.Delivery, _ func(reports.Receipt) error) error {
				p.mu.Lock()
				tried++
				p.mu.Unlock()
				<-ctx.Done()
				return ctx.Err()
			}
		}
		if _, err := p.deliver(t.Context(), "last"); err == nil {
			t.Error("nothing stood in the way")
		}
		if tried > 8 {
			t.Errorf("%d attempts were made at a server that does not answer, want two rounds of four at most", tried)
		}
	})
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
