package sqlite

import (
	"testing"
	"time"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestStampsSortAsTimesDo(t *testing.T) {
	in := []time.Time{
		{}, at("0001-01-01T00:00:01Z"), at("1969-12-31T23:59:59Z"), at("2026-11-09T08:00:00Z"), at("2026-11-09T08:00:00.000001Z"),
		at("2026-11-09T10:30:00.5+02:00"), at("9999-12-31T23:59:59.999999Z"),
	}
	for i, want := range in {
		got, err := parseStamp(stamp(want))
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s comes back as %s, %v", want, got, err)
		}
		if i > 0 && stamp(in[i-1]) >= stamp(want) {
			t.Errorf("%q does not sort before %q", stamp(in[i-1]), stamp(want))
		}
	}
	if _, err := parseStamp("yesterday"); err == nil {
		t.Error("yesterday was read as a time")
	}
}
