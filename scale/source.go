package scale

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/fairlead-dev/fairlead/connectors"
)

// source is what one entry under sources reads: some of a site's projects or teams.
type source struct {
	site      *site
	reading   reading
	parts     int // projects or teams
	siteParts int // on the whole site
	tickets   int
	grain     int
	keeps     bool // count of what is allowed, instead of running into refusals
	door      *door
	transport *connectors.Transport
	life      *life

	passes     int
	read       int       // tickets of the first pass
	seen       time.Time // every change up to here is stored
	whole      time.Time // when the first pass had read everything; zero before
	reconciled time.Time
	tried      time.Time // to reconcile, in vain
	unstored   []change
	stored     []change // and not yet checked
}

// change is so many changes of one minute.
type change struct {
	at time.Time
	n  int
	// stored is when they were; zero before.
	stored time.Time
}

func newSource(s *site, r reading, o *Organisation, parts, siteParts, tickets int, l *life, random *rand.Rand) *source {
	src := &source{site: s, reading: r, parts: parts, siteParts: siteParts, tickets: tickets, grain: o.Grain, door: &door{site: s}, life: l}
	if _, src.keeps = r.(linearSite); src.keeps {
		src.grain = min(src.grain, 2) // a portion is to be little of what is allowed in an hour
	}
	src.transport = &connectors.Transport{Base: s.budget.Carry(src.door), Clock: s.loop, Spread: random.Int64N}
	return src
}

// errUnanswered is a pass that the site ended.
var errUnanswered = errors.New("the site does not answer, or only later")

// ask asks for so much, some requests at a time. Each portion that is answered
// counts; done is told how much of the whole that is.
func (s *source) ask(ctx context.Context, a ask, done func(part float64)) error {
	for asked := 0; asked < a.requests; {
		n := min(s.grain, a.requests-asked)
		portion := ask{n, a.points * float64(n) / float64(a.requests)}
		if err := s.askSome(ctx, portion); err != nil {
			return err
		}
		asked += n
		if done != nil {
			done(float64(asked) / float64(a.requests))
		}
	}
	return nil
}

func (s *source) askSome(ctx context.Context, a ask) error {
	if s.keeps {
		for wait := s.site.ahead(a); wait > 0; wait = s.site.ahead(a) {
			if err := s.site.loop.Sleep(ctx, wait); err != nil {
				return err
			}
		}
	}
	s.door.asks = a
	req := &http.Request{Method: http.MethodGet, URL: anywhere, Header: http.Header{}}
	resp, err := s.transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return err
	}
	_ = resp.Body.Close() // there is nothing in it
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %w", resp.StatusCode, errUnanswered)
	}
	return nil
}

// pass reads what there is to read, and holds the store against the site where that is
// due. A pass that the site ends goes on where it was at the next.
func (s *source) pass(ctx context.Context, reconcileEvery time.Duration) error {
	begun := s.site.loop.now
	if err := s.ask(ctx, s.reading.begin(s.parts, s.siteParts), nil); err != nil {
		return err
	}
	if s.whole.IsZero() {
		return s.first(ctx, begun)
	}
	if err := s.changes(ctx); err != nil {
		return err
	}
	return s.reconcile(ctx, reconcileEvery)
}

// first reads all tickets, or what is left of them. What changes meanwhile is left to the
// next pass.
func (s *source) first(ctx context.Context, begun time.Time) error {
	if s.seen.IsZero() {
		s.seen = begun
	}
	from, left := s.read, s.tickets-s.read
	err := s.ask(ctx, s.reading.all(left), func(part float64) { s.read = from + int(math.Round(part*float64(left))) })
	if err != nil {
		return err
	}
	s.whole = s.site.loop.now
	s.reconciled = begun // it read everything there is
	return nil
}

// changes reads what changed since the last pass, and a little of what that read.
func (s *source) changes(ctx context.Context) error {
	now := s.site.loop.now
	s.unstored = append(s.unstored, s.life.between(s, now)...)
	s.seen = now
	n := s.life.expected(s, now.Add(-Overlap), now)
	for _, c := range s.unstored {
		n += c.n
	}
	if err := s.ask(ctx, s.reading.changed(n), nil); err != nil {
		return err
	}
	for _, c := range s.unstored {
		c.stored = s.site.loop.now
		s.stored = append(s.stored, c)
	}
	s.unstored = s.unstored[:0]
	return nil
}

func (s *source) reconcile(ctx context.Context, every time.Duration) error {
	now := s.site.loop.now
	if now.Sub(s.reconciled) < every || !s.tried.IsZero() && now.Sub(s.tried) < AnotherTry {
		return nil
	}
	if err := s.ask(ctx, s.reading.census(s.tickets), nil); err != nil {
		s.tried = now
		return err
	}
	s.reconciled, s.tried = now, time.Time{}
	return nil
}
