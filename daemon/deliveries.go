package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fairlead-dev/fairlead/config"
	"github.com/fairlead-dev/fairlead/org"
	"github.com/fairlead-dev/fairlead/reports"
	"github.com/fairlead-dev/fairlead/store"
)

// DeliveryInfo is a delivery as the outbox has it.
type DeliveryInfo struct {
	Report   string `json:"report"`
	Week     string `json:"week"`
	Channel  string `json:"channel"`
	State    string `json:"state"`
	Due      string `json:"due"` // RFC 3339, as all times here; empty for none
	Attempts int    `json:"attempts"`
	First    string `json:"first_attempt,omitempty"`
	Next     string `json:"next_attempt,omitempty"`
	Arrived  string `json:"delivered,omitempty"`
	Holder   string `json:"held_by,omitempty"` // who works on it now
	Place    string `json:"place,omitempty"`
	Trouble  string `json:"trouble,omitempty"`
}

func infoOf(d store.Delivery, now time.Time) DeliveryInfo {
	i := DeliveryInfo{
		Report: d.Report, Week: d.Week, Channel: d.Channel, State: string(d.State), Due: stampOf(d.Due), Attempts: d.Attempts,
		First: stampOf(d.First), Arrived: stampOf(d.Delivered), Place: d.Place, Trouble: d.Trouble,
	}
	if d.NotBefore.After(now) {
		i.Next = stampOf(d.NotBefore)
	}
	if d.Holder != "" && d.Until.After(now) {
		i.Holder = d.Holder
	}
	return i
}

func stampOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// DeliveryFilter says which deliveries to list; empty fields take all.
type DeliveryFilter struct {
	Week  string // like 2026-W46, last or this
	Team  string // team id
	State string // one of DeliveryStates
}

// deliveriesListed is how far back the outbox is listed when no week is named.
const deliveriesListed = 5 * aWeek

// DeliveryStates lists the states that a delivery can have.
func DeliveryStates() []string {
	return []string{string(store.Pending), string(store.Delivered), string(store.Refused), string(store.Missed), string(store.Silent)}
}

// Deliveries lists the outbox, latest due first: of the last five weeks, or of the
// week named.
func (f *Fairlead) Deliveries(ctx context.Context, filter DeliveryFilter) ([]DeliveryInfo, error) {
	if filter.State != "" && !slices.Contains(DeliveryStates(), filter.State) {
		return nil, requestError{fmt.Sprintf("no delivery is in the state %q", filter.State), "choose " + list(DeliveryStates(), "or")}
	}
	if filter.Team != "" {
		if _, err := f.teamsNamed(filter.Team); err != nil {
			return nil, err
		}
	}
	now := f.clock.Now()
	from, week := now.Add(-deliveriesListed), ""
	if filter.Week != "" {
		w, err := f.weekNamed(filter.Week, time.UTC)
		if err != nil {
			return nil, err
		}
		from, week = w.Start, w.String()
	}
	all, err := f.store.Deliveries(ctx, from)
	if err != nil {
		return nil, err
	}
	out := []DeliveryInfo{}
	for _, d := range withoutTurns(all) {
		team, _ := readBy(d.Report)
		if week != "" && d.Week != week || filter.Team != "" && team != filter.Team || filter.State != "" && string(d.State) != filter.State {
			continue
		}
		out = append(out, infoOf(d, now))
	}
	return out, nil
}

// DeliveriesText lists deliveries for people.
func DeliveriesText(w io.Writer, all []DeliveryInfo) error {
	var b strings.Builder
	if len(all) == 0 {
		b.WriteString("No such delivery is in the outbox.\n")
	}
	for _, d := range all {
		fmt.Fprintf(&b, "%s  %-9s  %s, to %s\n", d.Week, d.State, whoseReport(shown(d.Report)), shown(d.Channel))
		fmt.Fprintf(&b, "    %s\n", d.said())
		for line := range strings.Lines(d.Trouble) {
			if line = strings.TrimSpace(line); line != "" {
				fmt.Fprintf(&b, "    %s\n", shownLong(line))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// said is where a delivery stands, in a line.
func (d *DeliveryInfo) said() string {
	parts := []string{"due " + d.Due}
	if d.Attempts > 0 {
		parts = append(parts, numbered(d.Attempts, "attempt"))
	}
	if d.Arrived != "" {
		parts = append(parts, "delivered "+d.Arrived)
	}
	if d.Place != "" {
		parts = append(parts, shownLong(d.Place))
	}
	if d.Next != "" {
		parts = append(parts, "tried again from "+d.Next+" on")
	}
	if d.Holder != "" {
		parts = append(parts, "being delivered by "+shown(d.Holder))
	}
	return strings.Join(parts, "; ")
}

// RetryRequest names deliveries to try again.
type RetryRequest struct {
	Report, Week, Channel string // as Deliveries lists them; all empty with AllRefused
	AllRefused            bool
	Again                 bool // also one that was delivered
}

// Retry makes an attempt at deliveries now, whatever their state. One that was
// delivered is only touched when asked to: it is corrected in its place where the
// channel can do that, and otherwise sent again.
func (f *Fairlead) Retry(ctx context.Context, ask RetryRequest) ([]Sent, error) {
	o, err := f.readOutbox(ctx, f.clock.Now())
	if err != nil {
		return nil, err
	}
	if ask.AllRefused {
		return f.retryRefused(ctx, o)
	}
	key := o.named(store.DeliveryKey{Report: ask.Report, Week: ask.Week, Channel: ask.Channel})
	if isReminder(key) {
		return nil, requestError{"reminders are not sent again one by one", "fairlead remind sends what is due now"}
	}
	d, err := f.store.Delivery(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, requestError{f.withoutSecrets(fmt.Sprintf("no delivery of %q, %s, to %q is in the outbox", ask.Report, ask.Week, ask.Channel)), "fairlead deliveries list shows all, each with the words to name it by"}
	} else if err != nil {
		return nil, err
	}
	p, err := f.parcelAgain(o, d)
	if err != nil {
		return nil, err
	}
	if d.State == store.Delivered && !ask.Again {
		return nil, requestError{fmt.Sprintf("%s was delivered on %s", whoseReport(d.Report), moment(d.Delivered)), "add --again to correct it in its place or, where that cannot be done, to send it again"}
	}
	p.anew = p.repeats
	sent := f.sendAll(ctx, []parcel{p})
	return sent, sentError(sent)
}

// named is the delivery that somebody names as lists and messages do: "payments for
// em" for "payments em", "payments" for "payments team".
func (o *outbox) named(said store.DeliveryKey) store.DeliveryKey {
	if _, there := o.stored[said]; there {
		return said
	}
	for key := range o.stored {
		if key.Week == said.Week && key.Channel == said.Channel && whoseReport(key.Report) == said.Report {
			return key
		}
	}
	return said
}

// parcelAgain is the parcel of a delivery in the outbox, whatever its state.
func (f *Fairlead) parcelAgain(o *outbox, d store.Delivery) (parcel, error) {
	r := o.byRoute[[2]string{d.Report, d.Channel}]
	if r == nil {
		return parcel{}, requestError{fmt.Sprintf("nothing in the configuration leads %q to %q any more", d.Report, d.Channel), "add it to reports: or to the team's file, or leave it"}
	}
	if why := r.muted(); why != "" {
		return parcel{}, requestError{why, "nothing is sent to them until they take that back"}
	}
	p, ok := f.parcelFor(o.from, r, d)
	if !ok {
		return parcel{}, fmt.Errorf("%q in the outbox is no week", d.Week)
	}
	p.taken = true
	return p, nil
}

func (f *Fairlead) retryRefused(ctx context.Context, o *outbox) ([]Sent, error) {
	var parcels []parcel
	var left []Sent
	for _, d := range o.stored {
		if d.State != store.Refused || isReminder(d.DeliveryKey) {
			continue
		}
		p, err := f.parcelAgain(o, d)
		switch {
		case err != nil:
			left = append(left, Sent{DeliveryInfo: infoOf(d, o.now), Outcome: "left alone: " + strings.ReplaceAll(err.Error(), "\n\t", "; "), Silent: true})
		case d.Sending && p.repeats:
			left = append(left, Sent{DeliveryInfo: infoOf(d, o.now), Outcome: "left alone: it may have arrived; look there, and if it has not, name it: " + retryLine(d.DeliveryKey), Silent: true})
		default:
			parcels = append(parcels, p)
		}
	}
	sent := append(f.sendAll(ctx, parcels), left...)
	return sent, sentError(sent)
}

// Sent is what came of sending something that somebody asked for.
type Sent struct {
	DeliveryInfo
	Outcome string `json:"outcome"`          // what happened, in a sentence
	Silent  bool   `json:"silent,omitempty"` // nothing was sent, and nothing stood in the way
	err     error
}

// sendAll makes an attempt at each, now.
func (f *Fairlead) sendAll(ctx context.Context, parcels []parcel) []Sent {
	now := f.clock.Now()
	var out []Sent
	for _, o := range f.dispatchAll(ctx, parcels) {
		s := Sent{DeliveryInfo: infoOf(o.Delivery, now), err: o.err}
		switch o.what {
		case outcomeDelivered:
			s.Outcome = "delivered"
		case outcomeCorrected:
			s.Outcome = "is there as the report is now"
		case outcomeSilent:
			s.Outcome, s.Silent = "not sent: "+o.Trouble, true
		case outcomeNothing:
			s.Outcome, s.Silent = "somebody else is delivering it now", true
		default:
			s.err = notArrived(o)
			s.Outcome = "not delivered"
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b Sent) int {
		return cmp.Or(cmp.Compare(a.Report, b.Report), cmp.Compare(a.Week, b.Week), cmp.Compare(a.Channel, b.Channel))
	})
	return out
}

func sentError(all []Sent) error {
	var out []error
	for _, s := range all {
		out = append(out, s.err)
	}
	return errors.Join(out...)
}

// SendRequest says which reports to send now.
type SendRequest struct {
	Team string // team id; empty: every team, the organisation and the leaders
	Week string // "last", "this", or like 2026-W46
	To   string // a kind of channel, or "all"
}

// SendTargets lists what reports can be sent to.
func SendTargets() []string {
	out := []string{"all"}
	for _, kind := range config.Media() {
		out = append(out, string(kind))
	}
	return out
}

// sendable are the routes of a request.
func (f *Fairlead) sendable(ctx context.Context, ask SendRequest) ([]asking, error) {
	if !slices.Contains(SendTargets(), ask.To) {
		return nil, requestError{fmt.Sprintf("reports are not sent to %q", ask.To), "choose stdout, " + list(SendTargets(), "or")}
	}
	if ask.Team != "" {
		if _, err := f.teamsNamed(ask.Team); err != nil {
			return nil, err
		}
	}
	all, err := f.askedFor(ctx, ask.Week, func(r *route) bool {
		return (ask.To == "all" || ask.To == string(r.from.Medium)) && (ask.Team == "" || ask.Team == r.teamID())
	})
	if err == nil && len(all) == 0 {
		err = requestError{"the configuration sends no such report" + toKind(ask.To), "add where it goes to reports: in fairlead.yaml, or to report: in the team's own file"}
	}
	return all, err
}

func toKind(to string) string {
	if to == "all" {
		return " anywhere"
	}
	return " to " + to
}

// Send delivers reports now, due or not, through the outbox: what was delivered
// before is corrected where the channel can do that, and otherwise left alone, which
// the outcome says.
func (f *Fairlead) Send(ctx context.Context, ask SendRequest) ([]Sent, error) {
	all, err := f.sendable(ctx, ask)
	if err != nil {
		return nil, err
	}
	now := f.clock.Now()
	var parcels []parcel
	var left []Sent
	for _, a := range all {
		if why := f.leftAlone(a); why != "" {
			info := infoOf(a.stored, now)
			info.Report, info.Week, info.Channel = a.report, a.week.String(), a.channel
			left = append(left, Sent{DeliveryInfo: info, Outcome: why, Silent: true})
			continue
		}
		parcels = append(parcels, a.parcel)
	}
	sent := append(f.sendAll(ctx, parcels), left...)
	return sent, sentError(sent)
}

// leftAlone says why nothing is sent; empty when something is.
func (f *Fairlead) leftAlone(a asking) string {
	again := f.switchboard.media[a.from.Medium].again(a.route)
	switch {
	case a.muted() != "":
		return "not sent: " + a.muted()
	case a.running && again != follows:
		return fmt.Sprintf("not sent: week %s is not over, and its report leaves once; --dry-run shows it as it is", a.week)
	case a.stored.State == store.Delivered && again == repeats:
		return fmt.Sprintf("delivered already, on %s; to send it again: %s --again", moment(a.stored.Delivered), retryLine(a.stored.DeliveryKey))
	}
	return ""
}

// Previewed is what would be sent to one channel.
type Previewed struct {
	Report  string          `json:"report"`
	Week    string          `json:"week"`
	Channel string          `json:"channel"`
	To      []string        `json:"to"`             // addresses, channels or paths
	Note    string          `json:"note,omitempty"` // why it would not be sent
	Parts   []PreviewedPart `json:"parts"`
}

// PreviewedPart is one piece of it. Text is empty where the content is none.
type PreviewedPart struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Text string `json:"text,omitempty"`
	Data []byte `json:"data,omitempty"` // in place of the text
}

// Preview is exactly what Send would send, and to whom. It stores and sends
// nothing.
func (f *Fairlead) Preview(ctx context.Context, ask SendRequest) ([]Previewed, error) {
	all, err := f.sendable(ctx, ask)
	if err != nil {
		return nil, err
	}
	var out []Previewed
	for _, a := range all {
		p, err := f.preview(ctx, a)
		if err != nil {
			return nil, fmt.Errorf("preview of %s to %s: %w", whoseReport(a.report), a.channel, err)
		}
		out = append(out, p)
	}
	return out, nil
}

func (f *Fairlead) preview(ctx context.Context, a asking) (Previewed, error) {
	channel, err := f.switchboard.channel(a.route)
	if err != nil {
		return Previewed{}, err
	}
	report, err := a.parcel.compose(ctx)
	if errors.Is(err, errNothingToTell) {
		return Previewed{Report: a.report, Week: a.week.String(), Channel: a.channel, Note: "not sent: " + err.Error()}, nil
	}
	if err != nil {
		return Previewed{}, err
	}
	at := a.stored.First
	if at.IsZero() {
		at = f.clock.Now()
	}
	seen, err := channel.Preview(reports.Delivery{
		ID: deliveryID(a.key(a.week)), Report: report, At: at, Unsure: a.stored.Sending,
		Earlier: reports.Receipt{Place: a.stored.Place, Ref: a.stored.Ref, Digest: a.stored.Digest},
	})
	if err != nil {
		return Previewed{}, err
	}
	p := Previewed{Report: a.report, Week: a.week.String(), Channel: a.channel, To: seen.To, Note: f.leftAlone(a)}
	for _, part := range seen.Parts {
		p.Parts = append(p.Parts, previewedPart(part))
	}
	return p, nil
}

func previewedPart(part reports.Part) PreviewedPart {
	p := PreviewedPart{Name: part.Name, Type: part.Type}
	if readable(part.Type) {
		p.Text = string(part.Content)
	} else {
		p.Data = part.Content
	}
	return p
}

// readable reports whether content of the media type is text.
func readable(media string) bool {
	media, _, _ = strings.Cut(media, ";")
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "json") || media == "message/rfc822" || media == ""
}

// PreviewText writes previews for people: to whom, and every part as it would
// leave.
func PreviewText(w io.Writer, all []Previewed) error {
	var b strings.Builder
	for i, p := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "Report of %s, %s, to %s\n", whoseReport(shown(p.Report)), p.Week, shown(p.Channel))
		for _, to := range p.To {
			fmt.Fprintf(&b, "to: %s\n", shownLong(to))
		}
		if p.Note != "" {
			fmt.Fprintf(&b, "note: %s\n", p.Note)
		}
		for _, part := range p.Parts {
			fmt.Fprintf(&b, "--- %s (%s)\n", shownLong(part.Name), part.Type)
			if part.Text == "" {
				fmt.Fprintf(&b, "%d bytes, whole with --format json\n", len(part.Data))
				continue
			}
			b.WriteString(strings.TrimRight(part.Text, "\n") + "\n")
		}
	}
	b.WriteString("\nNothing was sent and nothing stored.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// SentText writes outcomes for people.
func SentText(w io.Writer, all []Sent) error {
	var b strings.Builder
	for _, s := range all {
		if s.err != nil {
			continue // told as an error
		}
		fmt.Fprintf(&b, "%s, %s, to %s: %s", whoseReport(shown(s.Report)), s.Week, shown(s.Channel), s.Outcome)
		if s.Place != "" && !s.Silent {
			fmt.Fprintf(&b, " (%s)", shownLong(s.Place))
		}
		b.WriteByte('\n')
	}
	if len(all) == 0 {
		b.WriteString("Nothing was to be tried again.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// dueNext is when a team's next report leaves.
type dueNext struct {
	team string
	at   time.Time
}

// dueNexts is, for each team, when its next report leaves, in the zone of its
// schedule; the organisation's and the leaders' stand last, under an empty name.
func (f *Fairlead) dueNexts(routes []route, now time.Time) []dueNext {
	at := map[string]time.Time{}
	for i := range routes {
		next := routes[i].when.next(now)
		team := routes[i].teamID()
		if was, known := at[team]; !next.IsZero() && (!known || next.Before(was)) && routes[i].existed(org.WeekOf(now, routes[i].zone)) {
			at[team] = next.In(routes[i].when.zone)
		}
	}
	var out []dueNext
	for _, id := range append(f.TeamIDs(), "") {
		if next, known := at[id]; known {
			out = append(out, dueNext{id, next})
		}
	}
	return out
}
