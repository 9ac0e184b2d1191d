package store

import (
	"bytes"
	"fmt"
	"time"

	"github.com/tinylib/msgp/msgp"
)

// own copies a body that is well formed, because the texts of what is read from it stay
// in these bytes.
func own(body []byte) ([]byte, error) {
	if err := wellFormed(body); err != nil {
		return nil, err
	}
	return bytes.Clone(body), nil
}

// wellFormed checks that body is one whole MessagePack value, which keeps a damaged
// length from becoming an allocation: a list tells how many items follow before they do.
// Lists longer than 15 begin with one of two bytes, so a body without them needs no
// check, which most are.
func wellFormed(body []byte) error {
	if bytes.IndexByte(body, array16) < 0 && bytes.IndexByte(body, array32) < 0 {
		return nil
	}
	_, err := msgp.Skip(body)
	return err
}

// The lead bytes of lists with more than 15 items (MessagePack specification,
// array format family).
const (
	array16 = 0xdc
	array32 = 0xdd
)

// ended says what is wrong with having rest left after the last byte of a body.
func ended(rest []byte, err error) error {
	if err == nil && len(rest) > 0 {
		return fmt.Errorf("%d bytes follow its end", len(rest))
	}
	return err
}

// zeroUnix is the zero time in microseconds of Unix time.
var zeroUnix = time.Time{}.UnixMicro()

func momentOf(t time.Time) moment { return moment(t.UnixMicro() - zeroUnix) }

func (m moment) time() time.Time { return time.UnixMicro(int64(m) + zeroUnix).UTC() }

// convert maps one list onto another; an empty one becomes nil, since a body
// does not tell them apart.
func convert[A, B any](list []A, each func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	out := make([]B, len(list))
	for i := range list {
		out[i] = each(list[i])
	}
	return out
}

func texts(s []string) []text { return convert(s, func(s string) text { return text(s) }) }

func words(t []text) []string { return convert(t, func(t text) string { return string(t) }) }
