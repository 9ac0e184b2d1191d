package jira

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"sync"
)

// parcel is something that travels in a cursor, packed: JSON that repeats itself
// as much as Jira's becomes a twentieth. It is packed when it is first written
// and never again.
type parcel[T any] struct {
	Packed  []byte `json:"gz"`
	content T
	weight  int // about how many bytes the content has before packing
}

// mostUnpacked bounds what the parcels of a cursor hold in all: more than mostHeld,
// because names and quotes come on top of what was weighed.
const mostUnpacked = 4 * mostHeld

var errTooLarge = errors.New("this is more than any pass holds")

// packers are kept, since each takes as much memory as a page of tickets.
var packers = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // the level is one there is
	}
	return w
}}

func (p *parcel[T]) pack() {
	if p.Packed != nil {
		return
	}
	w := packers.Get().(*gzip.Writer)
	defer packers.Put(w)
	var out bytes.Buffer
	w.Reset(&out)
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	if err := errors.Join(to.Encode(p.content), w.Close()); err != nil {
		panic("jira: a page that cannot be written again: " + err.Error()) // it was read from JSON
	}
	p.Packed = out.Bytes()
}

// unpack reads the content. left is how many bytes it may still have, and what
// is left after it.
func (p *parcel[T]) unpack(left *int64) error {
	r, err := gzip.NewReader(bytes.NewReader(p.Packed))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(r, *left+1))
	if err != nil {
		return err
	}
	p.weight = len(text)
	if *left -= int64(len(text)); *left < 0 {
		return errTooLarge
	}
	return json.Unmarshal(text, &p.content)
}
