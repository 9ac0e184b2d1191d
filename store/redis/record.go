package redis

import (
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// The records are what stands in Redis for everything that store has no body
// for. As there, names in the msg tags are never reused, unknown ones are
// skipped when reading and missing ones stay zero.

//go:generate go tool msgp -io=false -tests=false -unexported -o record_gen.go

// moment is microseconds since the zero time.Time, so that 0 is the zero time.
type moment int64

type runRecord struct {
	Kind    string   `msg:"k,omitempty"`
	Source  string   `msg:"s,omitempty"`
	Started moment   `msg:"b,omitempty"`
	Ended   moment   `msg:"e,omitempty"`
	Error   string   `msg:"er,omitempty"`
	Tickets int      `msg:"t,omitempty"`
	Changes int      `msg:"c,omitempty"`
	Changed int      `msg:"ch,omitempty"`
	Gaps    []string `msg:"g,omitempty"`
}

type wordRecord struct {
	Place   int    `msg:"n,omitempty"` // in the order in which words were kept
	Kind    string `msg:"k,omitempty"`
	By      string `msg:"by,omitempty"`
	At      moment `msg:"c,omitempty"`
	Reason  string `msg:"r,omitempty"`
	Finding string `msg:"f,omitempty"`
	Waiver  string `msg:"w,omitempty"`
	Scoped  string `msg:"sf,omitempty"`
	Source  string `msg:"ss,omitempty"`
	ID      string `msg:"si,omitempty"`
	Key     string `msg:"sk,omitempty"`
	Rule    string `msg:"sr,omitempty"`
	Label   string `msg:"sl,omitempty"`
	Expires moment `msg:"x,omitempty"`
}

type deliveryRecord struct {
	Report    string `msg:"r,omitempty"`
	Week      string `msg:"w,omitempty"`
	Channel   string `msg:"ch,omitempty"`
	State     string `msg:"st,omitempty"`
	Due       moment `msg:"d,omitempty"`
	Holder    string `msg:"h,omitempty"`
	Until     moment `msg:"u,omitempty"`
	Sending   bool   `msg:"s,omitempty"`
	Attempts  int    `msg:"a,omitempty"`
	First     moment `msg:"f,omitempty"`
	NotBefore moment `msg:"nb,omitempty"`
	Delivered moment `msg:"dl,omitempty"`
	Place     string `msg:"p,omitempty"`
	Ref       string `msg:"rf,omitempty"`
	Digest    string `msg:"dg,omitempty"`
	Trouble   string `msg:"t,omitempty"`
}

type lookRecord struct {
	Source string `msg:"s,omitempty"`
	Part   string `msg:"p,omitempty"`
	Rule   string `msg:"r,omitempty"`
	Team   string `msg:"te,omitempty"`
	Since  moment `msg:"b,omitempty"`
	Live   moment `msg:"l,omitempty"`
	Until  moment `msg:"u,omitempty"`
}

type sightingRecord struct {
	Rule   string `msg:"r,omitempty"`
	Source string `msg:"s,omitempty"`
	At     moment `msg:"c,omitempty"`
}

type muteRecord struct {
	Rule      string  `msg:"r,omitempty"`
	At        moment  `msg:"c,omitempty"`
	From      moment  `msg:"b,omitempty"`
	New       int     `msg:"n,omitempty"`
	Usual     float64 `msg:"us,omitempty"`
	Lifted    moment  `msg:"e,omitempty"`
	Confirmed bool    `msg:"ok,omitempty"`
}

type flightRecord struct {
	At       moment `msg:"c,omitempty"`
	InFlight int    `msg:"f,omitempty"`
	Clear    int    `msg:"cl,omitempty"`
}

type moveRecord struct {
	At   moment `msg:"c,omitempty"`
	Move string `msg:"m,omitempty"`
}

// movesRecord is what happened to one finding, in the order in which it was kept.
type movesRecord struct {
	Moves []moveRecord `msg:"m,omitempty"`
}

type voteRecord struct {
	Rule   string `msg:"r,omitempty"`
	Useful bool   `msg:"u,omitempty"`
	At     moment `msg:"c,omitempty"`
}

type snapshotRecord struct {
	Week   string             `msg:"w,omitempty"`
	Taken  moment             `msg:"c,omitempty"`
	Values map[string]float64 `msg:"v,omitempty"`
}

type gatheredRecord struct {
	At   moment `msg:"c,omitempty"`
	Body []byte `msg:"b,omitempty"` // as bodies of tickets are
}

type revisionRecord struct {
	Kind string `msg:"k,omitempty"`
	Team string `msg:"te,omitempty"`
	Name string `msg:"n,omitempty"`
	Text string `msg:"t,omitempty"`
	By   string `msg:"by,omitempty"`
	Why  string `msg:"w,omitempty"`
	At   moment `msg:"c,omitempty"`
}

type signInRecord struct {
	Person  string `msg:"p,omitempty"`
	Expires moment `msg:"x,omitempty"`
}

type apiTokenRecord struct {
	ID      string   `msg:"i,omitempty"`
	Hash    string   `msg:"h,omitempty"`
	Person  string   `msg:"p,omitempty"`
	Name    string   `msg:"n,omitempty"`
	Scopes  []string `msg:"s,omitempty"`
	Made    moment   `msg:"c,omitempty"`
	Expires moment   `msg:"x,omitempty"`
}

func wordRecordOf(w *finding.Word, place int) *wordRecord {
	c := &w.Scope
	return &wordRecord{
		Place: place, Kind: string(w.Kind), By: w.By, At: momentOf(w.At), Reason: w.Reason, Finding: string(w.Finding), Waiver: w.Waiver,
		Scoped: string(c.Finding), Source: c.Ticket.Source, ID: c.Ticket.ID, Key: c.Ticket.Key, Rule: c.Rule, Label: c.Label,
		Expires: momentOf(w.Expires),
	}
}

func (r *wordRecord) word(id string) finding.Word {
	return finding.Word{
		ID: id, Kind: finding.WordKind(r.Kind), By: r.By, At: r.At.time(), Reason: r.Reason, Finding: finding.ID(r.Finding), Waiver: r.Waiver,
		Scope: finding.Scope{
			Finding: finding.ID(r.Scoped), Ticket: finding.TicketScope{Source: r.Source, ID: r.ID, Key: r.Key}, Rule: r.Rule, Label: r.Label,
		},
		Expires: r.Expires.time(),
	}
}

func deliveryRecordOf(d *store.Delivery) *deliveryRecord {
	return &deliveryRecord{
		Report: d.Report, Week: d.Week, Channel: d.Channel, State: string(d.State), Due: momentOf(d.Due),
		Holder: d.Holder, Until: momentOf(d.Until), Sending: d.Sending, Attempts: d.Attempts, First: momentOf(d.First),
		NotBefore: momentOf(d.NotBefore), Delivered: momentOf(d.Delivered), Place: d.Place, Ref: d.Ref, Digest: d.Digest, Trouble: d.Trouble,
	}
}

func (r *deliveryRecord) delivery() store.Delivery {
	return store.Delivery{
		DeliveryKey: store.DeliveryKey{Report: r.Report, Week: r.Week, Channel: r.Channel}, State: store.DeliveryState(r.State), Due: r.Due.time(),
		Holder: r.Holder, Until: r.Until.time(), Sending: r.Sending, Attempts: r.Attempts, First: r.First.time(),
		NotBefore: r.NotBefore.time(), Delivered: r.Delivered.time(), Place: r.Place, Ref: r.Ref, Digest: r.Digest, Trouble: r.Trouble,
	}
}

var zeroUnix = time.Time{}.UnixMicro()

func momentOf(t time.Time) moment { return moment(t.UnixMicro() - zeroUnix) }

func (m moment) time() time.Time { return time.UnixMicro(int64(m) + zeroUnix).UTC() }
