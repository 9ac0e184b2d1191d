package store_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
	"github.com/fairlead-dev/fairlead/store/storetest"
	"github.com/fairlead-dev/fairlead/ticket"
)

// codec is how one noun becomes bytes and comes back.
type codec[T any] struct {
	encode func([]byte, *T) ([]byte, error)
	decode func([]byte) (T, error)
}

var (
	tickets  = codec[ticket.Ticket]{store.EncodeTicket, store.DecodeTicket}
	sprints  = codec[ticket.Sprint]{store.EncodeSprint, store.DecodeSprint}
	findings = codec[finding.Finding]{store.EncodeFinding, store.DecodeFinding}
)

func TestEveryFieldComesBack(t *testing.T) {
	t.Run("of a ticket", tickets.everyFieldComesBack)
	t.Run("of a sprint", sprints.everyFieldComesBack)
	t.Run("of a finding", findings.everyFieldComesBack)
}

func (c codec[T]) everyFieldComesBack(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		want := storetest.Fill[T](rng)
		body := c.encoded(t, &want)
		got, err := c.decode(body)
		if err != nil {
			t.Fatal(err)
		}
		if place, g, w := storetest.Differ(reflect.ValueOf(got), reflect.ValueOf(want), ""); place != "" {
			t.Fatalf("%s = %s, want %s", place, g, w)
		}
		if again := c.encoded(t, &got); !bytes.Equal(again, body) {
			t.Fatal("encoded again it has other bytes")
		}
	}
}

func (c codec[T]) encoded(t testing.TB, v *T) []byte {
	t.Helper()
	body, err := c.encode(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestTimesInBodies(t *testing.T) {
	micro := time.Date(2026, 11, 9, 8, 30, 0, 123456000, time.UTC)
	for _, c := range []struct {
		name       string
		give, want time.Time
	}{
		{"the zero time is zero again", time.Time{}, time.Time{}},
		{"the first moment of Unix time is not zero", time.Unix(0, 0), time.Unix(0, 0).UTC()},
		{"microseconds are kept", micro, micro},
		{"what is finer is cut off", micro.Add(999), micro},
		{"another zone becomes UTC", micro.In(time.FixedZone("Kathmandu", 20700)), micro},
		{"the year 1 is not the zero time", time.Time{}.Add(time.Hour), time.Time{}.Add(time.Hour)},
		{"the year 9999 is kept", time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
		{"a year before the first is kept", time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC), time.Date(-44, 3, 15, 0, 0, 0, 0, time.UTC)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := store.DecodeTicket(tickets.encoded(t, &ticket.Ticket{ID: "1", Created: c.give}))
			if err != nil || got.Created != c.want {
				t.Errorf("created = %v, %v, want %v", got.Created, err, c.want)
			}
		})
	}
}

func TestEstimatesInBodies(t *testing.T) {
	for _, want := range []float64{0, 0.5, 3, 13} {
		got, err := store.DecodeTicket(tickets.encoded(t, &ticket.Ticket{Estimate: &want}))
		if err != nil || got.Estimate == nil || *got.Estimate != want {
			t.Errorf("estimate = %v, %v, want %v", got.Estimate, err, want)
		}
	}
	if got, err := store.DecodeTicket(tickets.encoded(t, &ticket.Ticket{})); err != nil || got.Estimate != nil {
		t.Errorf("estimate = %v, %v, want none", got.Estimate, err)
	}
}

func TestABodyIsAppended(t *testing.T) {
	one := typical()
	body, err := store.EncodeTicket([]byte("before"), &one)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(body, append([]byte("before"), tickets.encoded(t, &one)...)) {
		t.Error("the body does not stand behind what was there")
	}
}

func TestADecodedTicketDoesNotHoldOnToTheCallersBytes(t *testing.T) {
	want := typical()
	body := tickets.encoded(t, &want)
	got, err := store.DecodeTicket(body)
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	if !reflect.DeepEqual(got, want) {
		t.Error("the ticket changed with the bytes it was read from")
	}
}

// People who come up again cost a number, not their name and id again: that is
// what the table of accounts in a body is for.
func TestOnePersonsLongHistoryIsSmall(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	crowd := ticket.Ticket{ID: "1", History: make([]ticket.Change, 100)}
	for i := range crowd.History {
		crowd.History[i].Actor = ticket.Account{ID: storetest.Fill[string](rng), Name: "somebody of the crowd"}
	}
	alone := ticket.Ticket{ID: "1", History: make([]ticket.Change, 100)}
	for i := range alone.History {
		alone.History[i].Actor = crowd.History[0].Actor
	}
	got, limit := len(tickets.encoded(t, &alone)), 100*4+100
	if got > limit {
		t.Errorf("100 changes by one person take %d bytes, want at most %d", got, limit)
	}
	for _, want := range []ticket.Ticket{alone, crowd} {
		if got, err := store.DecodeTicket(tickets.encoded(t, &want)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("the actors came back changed: %v", err)
		}
	}
}

func TestBodiesOfOtherVersions(t *testing.T) {
	want := typical()
	body := tickets.encoded(t, &want)

	t.Run("what a newer version added is skipped", func(t *testing.T) {
		// The body's map with one entry more: a list that this version does not know.
		n, rest, err := msgp.ReadMapHeaderBytes(body)
		if err != nil {
			t.Fatal(err)
		}
		newer := msgp.AppendMapHeader(nil, n+1)
		newer = msgp.AppendString(newer, "zz")
		newer = msgp.AppendMapStrStr(newer, map[string]string{"later": "added"})
		got, err := store.DecodeTicket(append(newer, rest...))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	t.Run("what an older version did not know stays zero", func(t *testing.T) {
		older := msgp.AppendMapHeader(nil, 1)
		older = msgp.AppendString(msgp.AppendString(older, "k"), "PAY-1")
		got, err := store.DecodeTicket(older)
		if err != nil || !reflect.DeepEqual(got, ticket.Ticket{Key: "PAY-1"}) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestDamagedBodiesAreErrors(t *testing.T) {
	one := typical()
	body := tickets.encoded(t, &one)
	t.Run("cut anywhere", func(t *testing.T) {
		for n := range body {
			if _, err := store.DecodeTicket(body[:n]); err == nil {
				t.Fatalf("the first %d of %d bytes were read as a ticket", n, len(body))
			}
		}
	})
	account := func(place int) []byte {
		b := msgp.AppendMapHeader(nil, 1)
		return msgp.AppendInt(msgp.AppendString(b, "cr"), place)
	}
	for name, bytes := range map[string][]byte{
		"something after the end":             append(bytes.Clone(body), 0xc0),
		"a list that claims four billion":     {0x81, 0xa2, 'h', 'i', 0xdd, 0xff, 0xff, 0xff, 0xff},
		"a list that claims sixty thousand":   {0x81, 0xa2, 'h', 'i', 0xdc, 0xff, 0xff, 0x80},
		"a text that claims four billion":     {0x81, 0xa1, 't', 0xdb, 0xff, 0xff, 0xff, 0xff},
		"a map that claims four billion":      {0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 't'},
		"an account that is not in the table": account(1),
		"an account before the table":         account(-1),
		"a number where a text belongs":       {0x81, 0xa1, 't', 0x05},
		"no map at all":                       {0x93, 0x01, 0x02, 0x03},
		"nothing":                             nil,
		"nested too deep":                     append([]byte{0x81, 0xa2, 'z', 'z'}, repeat(0x91, 1<<20)...),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := decodeBounded(t, bytes); err == nil {
				t.Errorf("read as a ticket: %+v", got)
			}
		})
	}
	t.Run("a finding that was never open", func(t *testing.T) {
		if _, err := store.DecodeFinding([]byte{0x80}); err == nil {
			t.Error("read as a finding")
		}
		if _, err := store.EncodeFinding(nil, &finding.Finding{}); err == nil {
			t.Error("written as a finding")
		}
	})
}

func repeat(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }

// decodeBounded reads a body and fails when that took more memory than any
// body of its length can fill: the smallest item takes a byte and becomes a
// change, which is some 400 bytes with its record.
func decodeBounded(t *testing.T, body []byte) (ticket.Ticket, error) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := store.DecodeTicket(body)
	runtime.ReadMemStats(&after)
	if used, limit := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+600*len(body)); used > limit {
		t.Errorf("%d bytes of memory for a body of %d, want at most %d", used, len(body), limit)
	}
	return got, err
}

func FuzzDecodeTicket(f *testing.F) {
	one := typical()
	f.Add(tickets.encoded(f, &one))
	f.Add([]byte{0x80})
	f.Add([]byte{0x81, 0xa2, 'h', 'i', 0xdd, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := store.DecodeTicket(body)
		if err != nil {
			return
		}
		// What was read is a ticket like any other.
		again, err := store.DecodeTicket(tickets.encoded(t, &got))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(tickets.encoded(t, &again), tickets.encoded(t, &got)) {
			t.Error("encoded again it has other bytes")
		}
	})
}

func FuzzDecodeFinding(f *testing.F) {
	one := storetest.Fill[finding.Finding](rand.New(rand.NewPCG(3, 3)))
	f.Add(findings.encoded(f, &one))
	one.State = finding.Open
	f.Add(findings.encoded(f, &one))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := store.DecodeFinding(body)
		var outlines store.Outlines
		outline, outlineErr := outlines.Decode(body)
		if (err == nil) != (outlineErr == nil) {
			t.Fatalf("whole: %v; in outline: %v", err, outlineErr)
		}
		if err != nil {
			return
		}
		if want := got.Outline(); !reflect.DeepEqual(outline, want) {
			t.Errorf("in outline it is %+v, want %+v", outline, want)
		}
		_ = got.FirstSeen() // must not panic, whatever was read
		findings.encoded(t, &got)
	})
}

// Outlines use the memory of earlier ones again, too, and the body they were read from is
// written over.
func TestAnOutlineHoldsNothingOfThoseDecodedBefore(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	var outlines store.Outlines
	var all, want []finding.Finding
	var body []byte
	for n := range 60 {
		one := storetest.Fill[finding.Finding](rng)
		if n%3 == 1 {
			one = finding.Finding{Seen: finding.Seen{ID: one.ID}, State: finding.Settled, Spans: []finding.Span{{From: one.LastSeen}}}
		}
		body = append(body[:0], findings.encoded(t, &one)...)
		got, err := outlines.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		all, want = append(all, got), append(want, one.Outline())
	}
	clear(body[:cap(body)])
	if at, g, w := storetest.Differ(reflect.ValueOf(all), reflect.ValueOf(want), ""); at != "" {
		t.Errorf("%s is %s, want %s", at, g, w)
	}
}

// Decoding uses the memory of earlier decodings again: nothing of a full ticket may stay
// in one of which little is known, whatever came between.
func TestATicketHoldsNothingOfThoseDecodedBefore(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	var all []ticket.Ticket
	for n := range 60 {
		full := storetest.Fill[ticket.Ticket](rng)
		if n%7 == 0 { // more than there stays room for
			for range 300 {
				full.History = append(full.History, full.History[0])
			}
		}
		bare := ticket.Ticket{Source: "jira", ID: fmt.Sprint(n)}
		half := ticket.Ticket{ID: fmt.Sprint(n), History: []ticket.Change{{Field: ticket.FieldStatus}, {To: full.History[0].To}, {}}}
		all = append(all, full, bare, half)
	}
	for _, want := range all {
		body, err := store.EncodeTicket(nil, &want)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = store.DecodeTicket(body[:len(body)*2/3]) // one that ends early leaves nothing either
		got, err := store.DecodeTicket(body)
		if err != nil {
			t.Fatal(err)
		}
		if place, g, w := storetest.Differ(reflect.ValueOf(got), reflect.ValueOf(want), ""); place != "" {
			t.Fatalf("%s = %.300v, want %.300v", place, g, w)
		}
	}
}
