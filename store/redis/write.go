package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/tinylib/msgp/msgp"
)

// ErrLost says that what this process has seen in Redis is not there any more.
var ErrLost = errors.New("Redis has lost what fairlead kept there: it was emptied, or restarted without its files. " + //nolint:revive,staticcheck // a sentence with a name at its beginning
	"Put its files or a backup back, and fairlead goes on by itself; or restart fairlead to begin anew with an empty store")

var (
	errConflict    = errors.New("somebody else changed it in between")
	errUnconfirmed = errors.New("Redis took it, but no replica has confirmed it, so it could be lost with the master: look at the replicas; fairlead tries again") //nolint:revive,staticcheck // as above
	errUnloaded    = errors.New("the server does not know the script yet")
	errUnstaged    = errors.New("what was laid ready is gone")
)

// op is one operation of a step (ops.lua): put, drop, forget, hset, hdel, hincrby, sadd,
// zadd, zrem, zforget or del, and what belongs to it.
type op []string

// condition is what must hold for a step to be taken: the command, the name of a
// key and a field or member give the value; empty for none.
type condition struct{ command, name, field, want string }

// step is what is done wholly or not at all.
type step struct {
	when []condition
	do   []op
}

func (st *step) add(o ...string) { st.do = append(st.do, o) }

func pack(parts []string) string {
	b := msgp.AppendArrayHeader(nil, uint32(len(parts))) //nolint:gosec // a handful
	for _, p := range parts {
		b = msgp.AppendString(b, p)
	}
	return string(b)
}

// A step that is larger than this is laid ready first and then carried out in
// parts, so that no script keeps the server from others for long.
const (
	mostOps   = 500
	mostBytes = 1 << 20
)

// staged is how long something lies ready before its step is decided.
const staged = 10 * time.Minute

// write takes a step and says how many tickets changed. errConflict says that a
// condition does not hold.
func (s *Store) write(ctx context.Context, g group, st step) (changed int, err error) {
	ops := make([]string, len(st.do))
	size := 0
	for i, o := range st.do {
		ops[i] = pack(o)
		size += len(ops[i])
	}
	if len(ops) <= mostOps && size <= mostBytes {
		return s.run(ctx, g, rand.Text(), "", st.when, ops)
	}
	for {
		nonce := rand.Text()
		if err := s.stage(ctx, g, nonce, ops); err != nil {
			return 0, err
		}
		changed, err := s.run(ctx, g, nonce, fmt.Sprint(len(ops)), st.when, nil)
		if !errors.Is(err, errUnstaged) {
			return changed, err
		}
	}
}

// stage lays operations ready.
func (s *Store) stage(ctx context.Context, g group, nonce string, ops []string) error {
	for len(ops) > 0 {
		args := []any{nonce, staged.Milliseconds()}
		for size := 0; len(args) < mostOps && size < mostBytes && len(ops) > 0; ops = ops[1:] {
			args = append(args, ops[0])
			size += len(ops[0])
		}
		if _, err := s.script(ctx, g, layScript, args...); err != nil {
			return err
		}
	}
	return nil
}

// run asks for a step until it is done.
func (s *Store) run(ctx context.Context, g group, nonce, staged string, when []condition, ops []string) (changed int, err error) {
	args := []any{s.id, flag(g.known), nonce, staged, len(when)}
	for _, c := range when {
		args = append(args, pack([]string{c.command, c.name, c.field, c.want}))
	}
	for _, o := range ops {
		args = append(args, o)
	}
	for {
		answer, err := s.confirmed(ctx, g, writeScript, args)
		if err != nil {
			return 0, err
		}
		word, rest, err := s.heard(answer)
		switch {
		case err != nil:
			return 0, err
		case word == "done":
			n, _ := rest.(int64)
			return int(n), nil
		case word == "conflict":
			return 0, errConflict
		case word == "unstaged":
			return 0, errUnstaged
		}
		if err := s.finish(ctx, g, rest); err != nil {
			return 0, err
		}
	}
}

// heard takes a script's answer apart; what keeps it from working becomes an
// error, but for a step that has to be finished first.
func (s *Store) heard(answer any) (word string, rest any, err error) {
	list, _ := answer.([]any)
	if len(list) > 0 {
		word, _ = list[0].(string)
	}
	if len(list) > 1 {
		rest = list[1]
	}
	switch word {
	case "lost", "other":
		return "", nil, s.lost(word)
	case "":
		return "", nil, fmt.Errorf("Redis answered %T", answer) //nolint:revive,staticcheck // a name
	}
	return word, rest, nil
}

func (s *Store) lost(word string) error {
	if word == "other" {
		return fmt.Errorf("another fairlead has begun a store under the prefix %q meanwhile: restart this one, or give it another prefix", s.prefix)
	}
	return ErrLost
}

// finish carries a decided step out to its end.
func (s *Store) finish(ctx context.Context, g group, nonce any) error {
	for {
		answer, err := s.script(ctx, g, finishScript, s.id, nonce, mostOps, mostBytes)
		if err != nil {
			return err
		}
		if left, _ := answer.(int64); left == 0 {
			return nil
		}
	}
}

// script runs a script and waits for no replica.
func (s *Store) script(ctx context.Context, g group, script *goredis.Script, args ...any) (answer any, err error) {
	err = s.on(ctx, g, func(ctx context.Context, c *goredis.Client) error {
		answer, err = script.EvalSha(ctx, c, g.keys(), args...).Result()
		return loaded(ctx, c, script, err)
	})
	return answer, err
}

// loaded gives the server a script that it does not know.
func loaded(ctx context.Context, c *goredis.Client, script *goredis.Script, err error) error {
	if err != nil && strings.HasPrefix(err.Error(), "NOSCRIPT") {
		if err := script.Load(ctx, c).Err(); err != nil {
			return err
		}
		return errUnloaded
	}
	return err
}

// confirmed runs a script that writes. Where the server has replicas, one of
// them must have it too before it counts: the master may be gone the next moment.
func (s *Store) confirmed(ctx context.Context, g group, script *goredis.Script, args []any) (answer any, err error) {
	err = s.on(ctx, g, func(ctx context.Context, c *goredis.Client) error {
		replicas, err := s.replicas.of(ctx, c)
		if err != nil {
			return err
		}
		var wait *goredis.IntCmd
		p := c.Pipeline() // one connection: WAIT is about what was written on its own
		run := script.EvalSha(ctx, p, g.keys(), args...)
		if replicas > 0 {
			wait = goredis.NewIntCmd(ctx, "WAIT", 1, confirmTimeout.Milliseconds())
			_ = p.Process(ctx, wait)
		}
		_, _ = p.Exec(ctx)
		if answer, err = run.Result(); err != nil {
			return loaded(ctx, c, script, err)
		}
		if wait == nil {
			return nil
		}
		n, err := wait.Result()
		if err != nil || n > 0 {
			return err
		}
		s.replicas.forget()
		if replicas, err = s.replicas.of(ctx, c); err == nil && replicas > 0 {
			err = errUnconfirmed
		}
		return err
	})
	return answer, err
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// decided repeats what is read, decided and written until nobody came between.
func (s *Store) decided(ctx context.Context, decide func() (step, error)) error {
	for {
		st, err := decide()
		if err != nil || len(st.do) == 0 {
			return err
		}
		if _, err = s.write(ctx, s.main(), st); !errors.Is(err, errConflict) {
			return err
		}
	}
}

// read runs commands on one moment of a group: its version and what is to be
// finished are read before and after, and must be the same. A transaction would do
// too, but a full server refuses those that only read.
func (s *Store) read(ctx context.Context, g group, ask func(context.Context, goredis.Pipeliner)) error {
	for {
		var before, after *goredis.SliceCmd
		err := s.on(ctx, g, func(ctx context.Context, c *goredis.Client) error {
			p := c.Pipeline()
			before = p.HMGet(ctx, g.key("head"), "store", "pending", "version")
			ask(ctx, p)
			after = p.HMGet(ctx, g.key("head"), "store", "pending", "version")
			asked, err := p.Exec(ctx)
			for _, one := range asked {
				if err := one.Err(); err != nil && !errors.Is(err, goredis.Nil) {
					return err
				}
			}
			if errors.Is(err, goredis.Nil) {
				err = nil
			}
			return err
		})
		if err != nil {
			return err
		}
		pending, err := s.belongs(g, before.Val())
		switch {
		case err != nil:
			return err
		case pending != nil:
			if err := s.finish(ctx, g, pending); err != nil {
				return err
			}
		case slices.Equal(before.Val(), after.Val()):
			return nil
		}
	}
}

// belongs looks at a group's head: whose it is, and the step to finish first.
func (s *Store) belongs(g group, head []any) (pending any, err error) {
	if head[0] == nil {
		if g.known {
			return nil, ErrLost
		}
		return nil, nil //nolint:nilnil // nothing is to be finished
	}
	if head[0] != any(s.id) {
		return nil, s.lost("other")
	}
	return head[1], nil
}
