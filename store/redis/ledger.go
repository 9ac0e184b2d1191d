package redis

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/finding"
	"github.com/fairlead-dev/fairlead/store"
)

// Findings implements store.Store.
func (s *Store) Findings(ctx context.Context) ([]finding.Finding, error) {
	return s.findings(ctx, store.DecodeFinding)
}

// Outlines implements store.Store.
func (s *Store) Outlines(ctx context.Context) ([]finding.Finding, error) {
	var outlines store.Outlines
	return s.findings(ctx, outlines.Decode)
}

func (s *Store) findings(ctx context.Context, decode func([]byte) (finding.Finding, error)) ([]finding.Finding, error) {
	g := s.main()
	var bodies, sightings *goredis.MapStringStringCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		bodies, sightings = p.HGetAll(ctx, g.key("findings")), p.HGetAll(ctx, g.key("sightings"))
	})
	var seen finding.Sightings
	if err == nil {
		seen, err = sightingsOf(sightings.Val())
	}
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	var all []finding.Finding
	for _, body := range bodies.Val() {
		f, err := findingOf(body, decode)
		if err != nil {
			return nil, fmt.Errorf("read findings: %w", err)
		}
		seen.Over(&f)
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b finding.Finding) int { return cmp.Compare(a.ID, b.ID) })
	return all, nil
}

func findingOf(body string, decode func([]byte) (finding.Finding, error)) (finding.Finding, error) {
	raw, err := unpacked(nil, []byte(body))
	if err != nil {
		return finding.Finding{}, err
	}
	return decode(raw)
}

// Finding implements store.Store.
func (s *Store) Finding(ctx context.Context, id finding.ID) (finding.Finding, error) {
	f, err := s.finding(ctx, id)
	if err != nil {
		return finding.Finding{}, fmt.Errorf("read finding %s: %w", id, err)
	}
	return f, nil
}

func (s *Store) finding(ctx context.Context, id finding.ID) (finding.Finding, error) {
	g := s.main()
	var body *goredis.StringCmd
	var sightings *goredis.MapStringStringCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		body, sightings = p.HGet(ctx, g.key("findings"), string(id)), p.HGetAll(ctx, g.key("sightings"))
	})
	if err == nil && body.Val() == "" {
		err = finding.ErrNotFound
	}
	if err != nil {
		return finding.Finding{}, err
	}
	f, err := findingOf(body.Val(), store.DecodeFinding)
	if err != nil {
		return finding.Finding{}, err
	}
	seen, err := sightingsOf(sightings.Val())
	seen.Over(&f)
	return f, err
}

// sightingsOf reads sightings by rule and source.
func sightingsOf(stored map[string]string) (finding.Sightings, error) {
	var all []finding.Sighting
	for _, body := range stored {
		r, err := readAs[sightingRecord](body)
		if err != nil {
			return nil, err
		}
		all = append(all, finding.Sighting{Rule: r.Rule, Source: r.Source, At: r.At.time()})
	}
	return finding.SightingsOf(all), nil
}

// LedgerMark implements store.Store.
func (s *Store) LedgerMark(ctx context.Context) (string, error) {
	mark, err := s.field(ctx, "head", "ledger")
	if err != nil {
		return "", fmt.Errorf("read the mark of the ledger: %w", err)
	}
	return mark, nil
}

// SaveCheck implements store.Store. The moves of a finding stand together, so they
// are read, changed and written, if no other check came between.
func (s *Store) SaveCheck(ctx context.Context, c store.Check) error {
	err := s.decided(ctx, func() (step, error) { return s.check(ctx, c) })
	if err != nil {
		return fmt.Errorf("save check: %w", err)
	}
	return nil
}

func (s *Store) check(ctx context.Context, c store.Check) (st step, err error) {
	for i := range c.Findings {
		f := &c.Findings[i]
		body, err := store.EncodeFinding(nil, f)
		if err != nil {
			return step{}, err
		}
		st.add("hset", "findings", string(f.ID), string(packed(nil, body)))
	}
	if err := s.moves(ctx, &st, c.Undone, c.Transitions); err != nil {
		return step{}, err
	}
	for _, f := range c.Flights {
		body, err := written(&flightRecord{At: momentOf(f.At), InFlight: f.InFlight, Clear: f.Clear})
		if err != nil {
			return step{}, err
		}
		at := score(f.At)
		st.add("zforget", "flights:"+f.Team, at, at)
		st.add("zadd", "flights:"+f.Team, at, body)
		st.add("sadd", "flights", f.Team)
	}
	for _, k := range c.Unlooked {
		st.add("hdel", "looks", lookName(k))
	}
	for _, l := range c.Looks {
		body, err := written(&lookRecord{
			Source: l.Source, Part: l.Part, Rule: l.Rule, Team: l.Team, Since: momentOf(l.Since), Live: momentOf(l.Live), Until: momentOf(l.Until),
		})
		if err != nil {
			return step{}, err
		}
		st.add("hset", "looks", lookName(l.LookKey), body)
	}
	for _, m := range c.Mutes {
		body, err := written(&muteRecord{
			Rule: m.Rule, At: momentOf(m.At), From: momentOf(m.From), New: m.New, Usual: m.Usual, Lifted: momentOf(m.Lifted), Confirmed: m.Confirmed,
		})
		if err != nil {
			return step{}, err
		}
		st.add("hset", "mutes", joined(m.Rule, score(m.At)), body)
	}
	if c.Unsighted {
		st.add("del", "sightings")
	}
	for _, one := range c.Sightings {
		body, err := written(&sightingRecord{Rule: one.Rule, Source: one.Source, At: momentOf(one.At)})
		if err != nil {
			return step{}, err
		}
		st.add("hset", "sightings", joined(one.Rule, one.Source), body)
	}
	st.add("hset", "head", "ledger", cmp.Or(c.Mark, rand.Text()))
	return st, ctx.Err()
}

func lookName(k finding.LookKey) string { return joined(k.Source, k.Part, k.Rule, k.Team) }

// score is a time as a number that Redis sorts by: microseconds since 1970, exact
// from 1684 to 2255. What lies beyond is sorted by the records themselves.
func score(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

// moves adds to the step what becomes of the moves of findings.
func (s *Store) moves(ctx context.Context, st *step, undone, made []finding.Transition) error {
	var ids []string
	for _, t := range slices.Concat(undone, made) {
		if !slices.Contains([]finding.Move{finding.Stayed, finding.Frozen}, t.Move) {
			ids = append(ids, string(t.Finding))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	g := s.main()
	var stored *goredis.SliceCmd
	var checks *goredis.StringCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		stored = p.HMGet(ctx, g.key("moves"), ids...)
		checks = p.HGet(ctx, g.key("head"), "checks")
	})
	if err != nil {
		return err
	}
	all := map[finding.ID]*movesRecord{}
	for i, id := range ids {
		body, _ := stored.Val()[i].(string)
		r, err := movesOf(body)
		if err != nil {
			return fmt.Errorf("moves of finding %s: %w", id, err)
		}
		all[finding.ID(id)] = &r
	}
	for _, t := range undone {
		if r := all[t.Finding]; r != nil {
			r.Moves = slices.DeleteFunc(r.Moves, func(m moveRecord) bool { return m == moveRecordOf(t) })
		}
	}
	for _, t := range made {
		if t.Move != finding.Stayed && t.Move != finding.Frozen && !slices.Contains(all[t.Finding].Moves, moveRecordOf(t)) {
			all[t.Finding].Moves = append(all[t.Finding].Moves, moveRecordOf(t))
		}
	}
	for i, id := range ids {
		was, _ := stored.Val()[i].(string)
		is, err := written(all[finding.ID(id)])
		if err != nil {
			return err
		}
		if was != is {
			st.add("hset", "moves", id, is)
		}
	}
	st.when = append(st.when, condition{"HGET", "head", "checks", checks.Val()})
	st.add("hincrby", "head", "checks", "1")
	return nil
}

func moveRecordOf(t finding.Transition) moveRecord {
	return moveRecord{At: momentOf(t.At), Move: string(t.Move)}
}

func movesOf(body string) (movesRecord, error) {
	if body == "" {
		return movesRecord{}, nil
	}
	return readAs[movesRecord](body)
}

// Transitions implements store.Store.
func (s *Store) Transitions(ctx context.Context, id finding.ID) ([]finding.Transition, error) {
	body, err := s.field(ctx, "moves", string(id))
	var r movesRecord
	if err == nil {
		r, err = movesOf(body)
	}
	if err != nil {
		return nil, fmt.Errorf("read transitions of finding %s: %w", id, err)
	}
	slices.SortStableFunc(r.Moves, func(a, b moveRecord) int { return cmp.Compare(a.At, b.At) })
	var all []finding.Transition
	for _, m := range r.Moves {
		all = append(all, finding.Transition{Finding: id, At: m.At.time(), Move: finding.Move(m.Move)})
	}
	return all, nil
}

// Flights implements store.Store.
func (s *Store) Flights(ctx context.Context, team string, from, to time.Time) ([]finding.Flight, error) {
	g := s.main()
	var bodies *goredis.StringSliceCmd
	err := s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		bodies = p.ZRangeByScore(ctx, g.key("flights:"+team), &goredis.ZRangeBy{Min: score(from), Max: score(to)})
	})
	var all []finding.Flight
	for _, body := range bodies.Val() {
		var r flightRecord
		if r, err = readAs[flightRecord](body); err != nil {
			break
		}
		if at := r.At.time(); !at.Before(from) && at.Before(to) {
			all = append(all, finding.Flight{Team: team, At: at, InFlight: r.InFlight, Clear: r.Clear})
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read flights of team %s: %w", team, err)
	}
	slices.SortFunc(all, func(a, b finding.Flight) int { return a.At.Compare(b.At) })
	return all, nil
}

// FlightEnds implements store.Store.
func (s *Store) FlightEnds(ctx context.Context, team string, from, to time.Time) (first, last *finding.Flight, err error) {
	g, within := s.main(), &goredis.ZRangeBy{Min: score(from), Max: "(" + score(to), Count: 1}
	var ends [2]*goredis.StringSliceCmd
	err = s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		ends[0], ends[1] = p.ZRangeByScore(ctx, g.key("flights:"+team), within), p.ZRevRangeByScore(ctx, g.key("flights:"+team), within)
	})
	var found [2]*finding.Flight
	for i, end := range ends {
		if err != nil || len(end.Val()) == 0 {
			break
		}
		var r flightRecord
		r, err = readAs[flightRecord](end.Val()[0])
		found[i] = &finding.Flight{Team: team, At: r.At.time(), InFlight: r.InFlight, Clear: r.Clear}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read flights of team %s: %w", team, err)
	}
	return found[0], found[1], nil
}

// Looks implements store.Store.
func (s *Store) Looks(ctx context.Context) ([]finding.Look, error) {
	all, err := listed(ctx, s, "looks", func(_, body string) (finding.Look, error) {
		r, err := readAs[lookRecord](body)
		return finding.Look{
			LookKey: finding.LookKey{Source: r.Source, Part: r.Part, Rule: r.Rule, Team: r.Team},
			Since:   r.Since.time(), Live: r.Live.time(), Until: r.Until.time(),
		}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was looked at: %w", err)
	}
	slices.SortFunc(all, func(a, b finding.Look) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Team, b.Team))
	})
	return all, nil
}

// Mutes implements store.Store.
func (s *Store) Mutes(ctx context.Context) ([]finding.Mute, error) {
	all, err := listed(ctx, s, "mutes", func(_, body string) (finding.Mute, error) {
		r, err := readAs[muteRecord](body)
		return finding.Mute{
			Rule: r.Rule, At: r.At.time(), From: r.From.time(), New: r.New, Usual: r.Usual, Lifted: r.Lifted.time(), Confirmed: r.Confirmed,
		}, err
	})
	if err != nil {
		return nil, fmt.Errorf("read which rules are silent: %w", err)
	}
	slices.SortFunc(all, func(a, b finding.Mute) int { return cmp.Or(cmp.Compare(a.Rule, b.Rule), a.At.Compare(b.At)) })
	return all, nil
}
