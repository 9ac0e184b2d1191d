package sqlite

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/ticket"
)

// form is a way to write a ticket down.
type form struct {
	name   string
	encode func(*ticket.Ticket) ([]byte, error)
	decode func([]byte) (ticket.Ticket, error)
}

// forms are those that were compared for decision 0018. The protobuf is written by hand,
// without reflection, for the fields that the benchmark's tickets have.
func forms() []form {
	asJSON := func(t *ticket.Ticket) ([]byte, error) { return json.Marshal(t) }
	fromJSON := func(body []byte) (t ticket.Ticket, err error) { return t, json.Unmarshal(body, &t) }
	asStored := func(t *ticket.Ticket) ([]byte, error) { return store.EncodeTicket(nil, t) }
	asProto := func(t *ticket.Ticket) ([]byte, error) { return protoTicket(t), nil }
	return []form{
		{"JSON", asJSON, fromJSON},
		{"JSON, snappy", shorter(asJSON), longer(fromJSON)},
		{"protobuf", asProto, fromProto},
		{"MessagePack, as stored", asStored, store.DecodeTicket},
		{"MessagePack, snappy", shorter(asStored), longer(store.DecodeTicket)},
	}
}

func shorter(encode func(*ticket.Ticket) ([]byte, error)) func(*ticket.Ticket) ([]byte, error) {
	return func(t *ticket.Ticket) ([]byte, error) {
		body, err := encode(t)
		return snappy.Encode(nil, body), err
	}
}

func longer(decode func([]byte) (ticket.Ticket, error)) func([]byte) (ticket.Ticket, error) {
	return func(body []byte) (ticket.Ticket, error) {
		whole, err := snappy.Decode(nil, body)
		if err != nil {
			return ticket.Ticket{}, err
		}
		return decode(whole)
	}
}

func TestEveryFormHoldsTheWholeTicket(t *testing.T) {
	for _, f := range forms() {
		want := typical(7)
		body, err := f.encode(&want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.decode(body); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %+v (%v), want %+v", f.name, got, err, want)
		}
	}
}

// BenchmarkForms writes tickets in several forms, reads them, and scans a table of
// them, side by side.
func BenchmarkForms(b *testing.B) {
	const n = 20_000
	for _, f := range forms() {
		one := typical(7)
		body, err := f.encode(&one)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("encode/"+f.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := f.encode(&one); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(body)), "B/body")
		})
		b.Run("decode/"+f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.decode(body); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("scan/"+f.name, func(b *testing.B) {
			db := bodies(b, &f, n)
			for b.Loop() {
				if read := scan(b, db, &f); read != n {
					b.Fatalf("%d tickets, want %d", read, n)
				}
			}
			perSecond(b, n)
		})
	}
}

// bodies is a table of so many tickets, opened as the store is.
func bodies(b *testing.B, f *form, n int) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", filepath.Join(b.TempDir(), "forms.db")+"?_pragma=page_size(16384)&_pragma=journal_mode(wal)&_pragma=synchronous(normal)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if _, err := db.ExecContext(b.Context(), `CREATE TABLE bodies (n INTEGER PRIMARY KEY, body BLOB NOT NULL)`); err != nil {
		b.Fatal(err)
	}
	tx, err := db.BeginTx(b.Context(), nil)
	if err != nil {
		b.Fatal(err)
	}
	for i := range n {
		t := typical(i)
		body, err := f.encode(&t)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := tx.ExecContext(b.Context(), `INSERT INTO bodies (body) VALUES (?)`, body); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
	return db
}

func scan(b *testing.B, db *sql.DB, f *form) (read int) {
	b.Helper()
	rows, err := db.QueryContext(b.Context(), `SELECT body FROM bodies`)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var body sql.RawBytes
		if err := rows.Scan(&body); err != nil {
			b.Fatal(err)
		}
		if _, err := f.decode(body); err != nil {
			b.Fatal(err)
		}
		read++
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return read
}

// The fields of the protobuf, by number.
const (
	protoText    = 1  // up to 16: texts, in the order of textsOf
	protoPerson  = 20 // creator, assignee
	protoMoment  = 30 // created, updated, started, resolved
	protoList    = 40 // sprints, labels, components
	protoLink    = 50
	protoHistory = 51
)

// textsOf are the ticket's texts; each is set through its pointer.
func textsOf(t *ticket.Ticket) []*string {
	return []*string{
		&t.Source, &t.Tracker, &t.ID, &t.Key, &t.URL, &t.Title, &t.Description, (*string)(&t.Kind), &t.RawType, &t.Status,
		(*string)(&t.Category), (*string)(&t.Priority), &t.Project, &t.Team, (*string)(&t.Due),
	}
}

func peopleOf(t *ticket.Ticket) []*ticket.Account { return []*ticket.Account{&t.Creator, &t.Assignee} }

func momentsOf(t *ticket.Ticket) []*time.Time {
	return []*time.Time{&t.Created, &t.Updated, &t.Started, &t.Resolved}
}

func listsOf(t *ticket.Ticket) []*[]string { return []*[]string{&t.Sprints, &t.Labels, &t.Components} }

func protoTicket(t *ticket.Ticket) []byte {
	var b []byte
	b = protoTexts(b, textsOf(t)...)
	for n, p := range peopleOf(t) {
		b = protoBytes(b, protoPerson+n, protoTexts(nil, &p.ID, &p.Name))
	}
	for n, at := range momentsOf(t) {
		if !at.IsZero() {
			b = protowire.AppendVarint(protowire.AppendTag(b, protowire.Number(protoMoment+n), protowire.VarintType), uint64(at.UnixMicro()))
		}
	}
	for n, list := range listsOf(t) {
		for _, one := range *list {
			b = protoBytes(b, protoList+n, []byte(one))
		}
	}
	for _, l := range t.Links {
		b = protoBytes(b, protoLink, protoTexts(nil, (*string)(&l.Kind), &l.Phrase, &l.Target.ID, &l.Target.Key))
	}
	for _, c := range t.History {
		one := protoTexts(nil, &c.ID, &c.Actor.ID, &c.Actor.Name, (*string)(&c.Field), &c.Raw)
		one = protowire.AppendVarint(protowire.AppendTag(one, protoMoment, protowire.VarintType), uint64(c.At.UnixMicro()))
		for n, values := range [][]ticket.Value{c.From, c.To} {
			for _, v := range values {
				one = protoBytes(one, protoPerson+n, protoTexts(nil, &v.ID, &v.Text, &v.Norm))
			}
		}
		b = protoBytes(b, protoHistory, one)
	}
	return b
}

func protoTexts(b []byte, texts ...*string) []byte {
	for n, text := range texts {
		if *text != "" {
			b = protowire.AppendString(protowire.AppendTag(b, protowire.Number(protoText+n), protowire.BytesType), *text)
		}
	}
	return b
}

func protoBytes(b []byte, n int, body []byte) []byte {
	if len(body) == 0 {
		return b
	}
	return protowire.AppendBytes(protowire.AppendTag(b, protowire.Number(n), protowire.BytesType), body)
}

// eachField walks through a message.
func eachField(b []byte, bytes func(n int, v []byte) error, varint func(n int, v uint64)) error {
	for len(b) > 0 {
		number, kind, size := protowire.ConsumeTag(b)
		if size < 0 {
			return protowire.ParseError(size)
		}
		b = b[size:]
		if kind == protowire.VarintType {
			v, size := protowire.ConsumeVarint(b)
			if size < 0 {
				return protowire.ParseError(size)
			}
			varint(int(number), v)
			b = b[size:]
			continue
		}
		v, size := protowire.ConsumeBytes(b)
		if size < 0 {
			return protowire.ParseError(size)
		}
		if err := bytes(int(number), v); err != nil {
			return err
		}
		b = b[size:]
	}
	return nil
}

func readTexts(b []byte, texts ...*string) error {
	return eachField(b, func(n int, v []byte) error { *texts[n-protoText] = string(v); return nil }, nil)
}

func fromProto(body []byte) (t ticket.Ticket, err error) {
	texts, people, moments, lists := textsOf(&t), peopleOf(&t), momentsOf(&t), listsOf(&t)
	err = eachField(body, func(n int, v []byte) error {
		switch {
		case n < protoPerson:
			*texts[n-protoText] = string(v)
		case n < protoMoment:
			p := people[n-protoPerson]
			return readTexts(v, &p.ID, &p.Name)
		case n < protoLink:
			list := lists[n-protoList]
			*list = append(*list, string(v))
		case n == protoLink:
			var l ticket.Link
			err := readTexts(v, (*string)(&l.Kind), &l.Phrase, &l.Target.ID, &l.Target.Key)
			t.Links = append(t.Links, l)
			return err
		default:
			c, err := changeFromProto(v)
			t.History = append(t.History, c)
			return err
		}
		return nil
	}, func(n int, v uint64) { *moments[n-protoMoment] = time.UnixMicro(int64(v)).UTC() })
	return t, err
}

func changeFromProto(body []byte) (c ticket.Change, err error) {
	texts := []*string{&c.ID, &c.Actor.ID, &c.Actor.Name, (*string)(&c.Field), &c.Raw}
	err = eachField(body, func(n int, v []byte) error {
		if n < protoPerson {
			*texts[n-protoText] = string(v)
			return nil
		}
		var value ticket.Value
		err := readTexts(v, &value.ID, &value.Text, &value.Norm)
		if n == protoPerson {
			c.From = append(c.From, value)
		} else {
			c.To = append(c.To, value)
		}
		return err
	}, func(_ int, v uint64) { c.At = time.UnixMicro(int64(v)).UTC() })
	return c, err
}
