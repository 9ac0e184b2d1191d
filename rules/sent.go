package rules

import (
	"encoding/binary"
	"errors"
)

// sender writes what one process tells another: numbers as varints, and a text that
// was said before as a number.
type sender struct {
	buf   []byte
	texts map[string]uint64
}

func (s *sender) count(n int)    { s.buf = binary.AppendUvarint(s.buf, uint64(n)) } //nolint:gosec // a length
func (s *sender) number(n int64) { s.buf = binary.AppendVarint(s.buf, n) }

func (s *sender) claim(holds bool) {
	n := byte(0)
	if holds {
		n = 1
	}
	s.buf = append(s.buf, n)
}

// once is a text that is hardly said again.
func (s *sender) once(text string) {
	s.count(len(text))
	s.buf = append(s.buf, text...)
}

// text is one that may well be said again.
func (s *sender) text(text string) {
	if n, said := s.texts[text]; said {
		s.buf = binary.AppendUvarint(s.buf, n)
		return
	}
	if s.texts == nil {
		s.texts = map[string]uint64{}
	}
	s.texts[text] = uint64(len(s.texts)) + 1
	s.count(0)
	s.once(text)
}

// numbers is a list of places in another list.
func (s *sender) numbers(list []int32) {
	s.count(len(list))
	for _, n := range list {
		s.number(int64(n))
	}
}

var errGarbled = errors.New("what another process told of its part cannot be read")

// receiver reads what a sender wrote. What cannot be read is empty; err says so at the
// end.
type receiver struct {
	rest  string
	texts []string
	err   error
}

func (r *receiver) garbled() { r.rest, r.err = "", errGarbled }

func (r *receiver) uvarint() uint64 {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		b := r.rest[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			r.rest = r.rest[i+1:]
			return n
		}
	}
	r.garbled()
	return 0
}

// count is a length; never more than what is left to read.
func (r *receiver) count() int {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.garbled()
		return 0
	}
	return int(n) //nolint:gosec // bounded by what is there
}

func (r *receiver) number() int64 {
	n := r.uvarint()
	return int64(n>>1) ^ -int64(n&1) //nolint:gosec // as binary.AppendVarint writes it
}

func (r *receiver) claim() bool {
	if r.rest == "" {
		r.garbled()
		return false
	}
	holds := r.rest[0] == 1
	r.rest = r.rest[1:]
	return holds
}

func (r *receiver) once() string {
	n := r.count()
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

func (r *receiver) text() string {
	n := r.uvarint()
	if n == 0 {
		text := r.once()
		r.texts = append(r.texts, text)
		return text
	}
	if n > uint64(len(r.texts)) {
		r.garbled()
		return ""
	}
	return r.texts[n-1]
}

// numbers reads places in a list that now begin elsewhere, of so many.
func (r *receiver) numbers(to []int32, begin, of int) []int32 {
	for range r.count() {
		to = append(to, r.place(begin, of))
	}
	return to
}

// place is one place in such a list.
func (r *receiver) place(begin, of int) int32 {
	n := r.number()
	if n < 0 || n >= int64(of) {
		r.garbled()
		return 0
	}
	return int32(n) + int32(begin) //nolint:gosec // bounded by the list
}
