package daemon

import (
	"context"

	"go.uber.org/zap"

	"github.com/fairlead-dev/fairlead/store"
)

// ExaminedStore is how the server behind the store looks, in sentences.
type ExaminedStore struct {
	About   []string `json:"about,omitempty"`
	Notes   []string `json:"notes,omitempty"`
	Dangers []string `json:"dangers,omitempty"` // what can lose something that was stored
}

// examineStore looks at the server behind a store; nil where there is none.
func examineStore(ctx context.Context, s store.Store) *ExaminedStore {
	asked, ok := s.(store.Inspector)
	if !ok {
		return nil
	}
	seen, err := asked.Inspect(ctx)
	if err != nil {
		seen.Dangers = append(seen.Dangers, err.Error())
	}
	return &ExaminedStore{About: seen.About, Notes: seen.Notes, Dangers: seen.Dangers}
}

// warnOfStore writes into the log what can lose something that was stored.
func (f *Fairlead) warnOfStore(ctx context.Context) {
	if seen := examineStore(ctx, f.store); seen != nil {
		for _, d := range seen.Dangers {
			f.log.Warn("the store is in danger", zap.String("why", d))
		}
	}
}

func (p *examinationPrinter) store(s *ExaminedStore) {
	if s == nil {
		return
	}
	p.heading("Store")
	for _, line := range s.About {
		p.say(markFine, "%s", shownLong(line))
	}
	for _, line := range s.Dangers {
		p.say(markWrong, "%s", shownLong(line))
	}
	for _, line := range s.Notes {
		p.say(markNote, "%s", shownLong(line))
	}
}
