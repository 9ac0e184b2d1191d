package daemon

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/rules"
	"github.com/fairlead-dev/fairlead/store"
)

// madePiece is what a part noticed, and which parts of sources hold its tickets.
type madePiece struct {
	rules.SentPiece
	Noticed [][]byte // what was seen, as findings are stored: much faster to read
	Holding []finding.LookKey
}

func sentPiece(p rules.Piece, holding map[finding.LookKey]bool, at time.Time) ([]byte, error) {
	made := madePiece{SentPiece: p.Sent(), Holding: slices.Collect(maps.Keys(holding))}
	opens := []finding.Span{{From: at}} // nothing is stored that was never open
	for i := range made.Seen {
		body, err := store.EncodeFinding(nil, &finding.Finding{Seen: made.Seen[i], State: finding.Open, LastSeen: at, Spans: opens})
		if err != nil {
			return nil, err
		}
		made.Noticed = append(made.Noticed, body)
	}
	made.Seen = nil
	return json.Marshal(made)
}

func receivedPiece(body []byte) (madePiece, error) {
	var made madePiece
	if err := json.Unmarshal(body, &made); err != nil {
		return made, fmt.Errorf("read a part of the check: %w", err)
	}
	for _, one := range made.Noticed {
		f, err := store.DecodeFinding(one)
		if err != nil {
			return made, fmt.Errorf("read a part of the check: %w", err)
		}
		made.Seen = append(made.Seen, f.Seen)
	}
	return made, nil
}
