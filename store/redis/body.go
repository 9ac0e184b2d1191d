package redis

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/tinylib/msgp/msgp"
)

// How a body is written.
const (
	plainBody  = 0
	snappyBody = 1
)

// packed is a body as it stands in Redis: compressed where that makes it smaller.
func packed(dst, body []byte) []byte {
	if small := s2.EncodeSnappy(nil, body); len(small) < len(body) {
		return append(append(dst, snappyBody), small...)
	}
	return append(append(dst, plainBody), body...)
}

// largestBody bounds what a damaged length can make a reader allocate.
const largestBody = 256 << 20

// unpacked reads what packed wrote; scratch is used again.
func unpacked(scratch, body []byte) ([]byte, error) {
	if len(body) == 0 {
		return nil, errors.New("a stored body is empty")
	}
	switch body[0] {
	case plainBody:
		return body[1:], nil
	case snappyBody:
		if n, err := s2.DecodedLen(body[1:]); err != nil || n > largestBody {
			return nil, fmt.Errorf("a stored body of %d bytes is damaged", len(body))
		}
		return s2.Decode(scratch[:cap(scratch)], body[1:])
	}
	return nil, fmt.Errorf("a stored body is written in a way (%d) that this fairlead does not know: use a newer one", body[0])
}

// A ticket in Redis (ops.lua): version, there, updated, length of the key, key, body.
const (
	versionBytes = 6
	headBytes    = versionBytes + 1 + 8 + 4
)

// tailOf is a stored ticket from updated on.
func tailOf(updated time.Time, key string, body []byte) []byte {
	out := make([]byte, 0, 12+len(key)+len(body))
	out = binary.BigEndian.AppendUint64(out, uint64(momentOf(updated))) //nolint:gosec // never before the zero time
	out = binary.BigEndian.AppendUint32(out, uint32(len(key)))          //nolint:gosec // a key
	out = append(out, key...)
	return packed(out, body)
}

// kept is a stored ticket, taken apart.
type kept struct {
	version uint64
	there   bool
	key     string
	body    []byte
}

func keptOf(stored string) (kept, error) {
	if len(stored) < headBytes {
		return kept{}, fmt.Errorf("a stored ticket of %d bytes is damaged", len(stored))
	}
	raw := []byte(stored)
	k := kept{there: raw[versionBytes] == 1}
	for _, b := range raw[:versionBytes] {
		k.version = k.version<<8 | uint64(b)
	}
	n := int(binary.BigEndian.Uint32(raw[headBytes-4:]))
	if n > len(raw)-headBytes {
		return kept{}, fmt.Errorf("a stored ticket of %d bytes is damaged", len(stored))
	}
	k.key, k.body = string(raw[headBytes:headBytes+n]), raw[headBytes+n:]
	return k, nil
}

// asOf finds a ticket as it was at a version among what was kept for readers,
// newest first.
func asOf(chain string, version uint64) (kept, bool, error) {
	for len(chain) >= 4 {
		n := int(binary.BigEndian.Uint32([]byte(chain[:4])))
		if n > len(chain)-4 {
			break
		}
		k, err := keptOf(chain[4 : 4+n])
		if err != nil || k.version <= version {
			return k, err == nil, err
		}
		chain = chain[4+n:]
	}
	return kept{}, false, nil
}

// record is what msgp makes of a record.
type record[T any] interface {
	*T
	msgp.Marshaler
	msgp.Unmarshaler
}

// written is a record as it stands in Redis.
func written(r msgp.Marshaler) (string, error) {
	b, err := r.MarshalMsg(nil)
	return string(b), err
}

// readAs reads a record.
func readAs[T any, P record[T]](stored string) (T, error) {
	var r T
	if _, err := P(&r).UnmarshalMsg([]byte(stored)); err != nil {
		return r, fmt.Errorf("a stored record of %d bytes is damaged: %w", len(stored), err)
	}
	return r, nil
}
