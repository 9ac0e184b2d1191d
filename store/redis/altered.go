package redis

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"

	"github.com/fairlead-dev/fairlead/store"
)

// Altered implements store.Store. A position is the store's id and how far each source
// is, as a query that names them.
func (s *Store) Altered(ctx context.Context, since string) (store.Alterations, error) {
	out, err := s.alteredSince(ctx, since)
	if err != nil {
		return store.Alterations{}, fmt.Errorf("read which tickets are different: %w", err)
	}
	return out, nil
}

// ofStore is under which name a position holds the store's id; no source has it.
const ofStore = ""

func (s *Store) alteredSince(ctx context.Context, since string) (out store.Alterations, err error) {
	names, err := s.names(ctx)
	if err != nil {
		return out, err
	}
	before, wrong := url.ParseQuery(since)
	out.Known = wrong == nil && before.Get(ofStore) == s.id
	position := url.Values{ofStore: {s.id}}
	for _, name := range names {
		one, err := s.alteredIn(ctx, name, before.Get(name))
		if err != nil {
			return out, err
		}
		position.Set(name, one.Position)
		out.Known, out.Tickets = out.Known && one.Known, append(out.Tickets, one.Tickets...)
	}
	out.Position = position.Encode()
	if out.Tickets = store.EachOnce(out.Tickets); !out.Known {
		out.Tickets = nil
	}
	return out, nil
}

// alteredIn tells what is different in one source. How far it is, is its version and
// the server that told it, since it last began to run: one that comes back without the
// latest it was told, or another in its place, gives versions anew.
func (s *Store) alteredIn(ctx context.Context, source, since string) (out store.Alterations, err error) {
	row, ran, there := strings.Cut(since, " ")
	from, _ := strconv.ParseUint(row, 10, 64) // a source that was not there had none
	g := s.of(source)
	var head *goredis.SliceCmd
	var ids *goredis.StringSliceCmd
	var info *goredis.StringCmd
	err = s.read(ctx, g, func(ctx context.Context, p goredis.Pipeliner) {
		head = p.HMGet(ctx, g.key("head"), "version", "noted", "forgot")
		ids = p.ZRangeArgs(ctx, goredis.ZRangeArgs{Key: g.key("altered"), Start: "(" + strconv.FormatUint(from, 10), Stop: "+inf", ByScore: true})
		info = p.Info(ctx, "server")
	})
	if err != nil {
		return out, err
	}
	var versions [3]uint64
	for i, v := range head.Val() {
		text, _ := v.(string)
		versions[i], _ = strconv.ParseUint(text, 10, 64) // not there is 0
	}
	last, noted, forgot := versions[0], versions[1], versions[2]
	runs := infoOf(info.Val())["run_id"]
	out.Position = strconv.FormatUint(last, 10) + " " + runs
	// What was written without taking notes is seen by the version alone.
	out.Known = (!there || ran == runs) && (from == last || from < last && from >= forgot && noted == last)
	for _, id := range ids.Val() {
		out.Tickets = append(out.Tickets, store.TicketName{Source: source, ID: id})
	}
	return out, nil
}
