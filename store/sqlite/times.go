package sqlite

import (
	"database/sql"
	"fmt"
	"time"
)

// stampForm is how times stand in columns: always the same width, so that they
// sort as text.
const stampForm = "2006-01-02T15:04:05.000000Z"

// stamp is the time as a column holds it; empty for the zero time, which sorts
// before all others.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stampForm)
}

// stampOrNull is for columns where no time is NULL.
func stampOrNull(t time.Time) any { return orNull(stamp(t)) }

// orNull is NULL for an empty text.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func parseStamp(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(stampForm, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("stored time: %w", err)
	}
	return t, nil
}

// timeIn scans a column that stamp wrote into t.
func timeIn(t *time.Time) sql.Scanner { return (*stamped)(t) }

type stamped time.Time

// Scan implements sql.Scanner.
func (s *stamped) Scan(column any) error {
	words, ok := column.(string)
	if !ok {
		return fmt.Errorf("stored time is a %T", column)
	}
	t, err := parseStamp(words)
	*s = stamped(t)
	return err
}
