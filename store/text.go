package store

import (
	"strings"

	"github.com/tinylib/msgp/msgp"
)

// text is a string of a record that is read without a copy of its own: it lies
// in the bytes it was decoded from, which decode owns and nobody changes. A
// ticket holds some sixty strings, and making them one by one was most of the
// time of reading it.
type text string

// IsZero lets an empty text be left out.
func (t text) IsZero() bool { return t == "" }

// MarshalMsg appends the text to b.
func (t text) MarshalMsg(b []byte) ([]byte, error) { return msgp.AppendString(b, string(t)), nil }

// UnmarshalMsg reads the text from the beginning of b, sharing its memory.
func (t *text) UnmarshalMsg(b []byte) ([]byte, error) {
	v, rest, err := msgp.ReadStringZC(b)
	if err == nil {
		*t = text(msgp.UnsafeString(v))
	}
	return rest, err
}

// Msgsize is the most that MarshalMsg appends.
func (t text) Msgsize() int { return msgp.StringPrefixSize + len(t) }

// Texts are those that were met, one of each. Every text of what a store gives keeps all
// of what it stands in in memory; these do not.
type Texts map[string]string

// One is the text by itself, the same for all that are equal.
func (t Texts) One(text string) string {
	own, known := t[text]
	if !known {
		own = strings.Clone(text)
		t[own] = own
	}
	return own
}
