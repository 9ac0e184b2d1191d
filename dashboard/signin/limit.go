package signin

import (
	"net/netip"
	"sync"
	"time"
)

// What one address may try in vain: several people behind one proxy may be slow
// at once, and nothing that is tried can be guessed anyway.
const (
	attemptsAtOnce = 30
	attemptEvery   = 2 * time.Second // one more may be tried
	peersKnown     = 10_000
)

// limiter bounds how often an address tries to sign in in vain: each attempt
// takes from its allowance, one that succeeds gives back.
type limiter struct {
	mu    sync.Mutex
	peers map[netip.Prefix]*allowance
}

type allowance struct {
	left float64
	at   time.Time
}

func newLimiter() *limiter { return &limiter{peers: map[netip.Prefix]*allowance{}} }

// take takes an attempt from the address's allowance; false when nothing is left.
func (l *limiter) take(remote string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.of(network(remote), now)
	if a.left < 1 {
		return false
	}
	a.left--
	return true
}

// giveBack returns an attempt that was none in vain.
func (l *limiter) giveBack(remote string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.of(network(remote), now)
	a.left = min(a.left+1, attemptsAtOnce)
}

func (l *limiter) of(peer netip.Prefix, now time.Time) *allowance {
	a, known := l.peers[peer]
	if !known {
		l.forget(now)
		a = &allowance{left: attemptsAtOnce, at: now}
		l.peers[peer] = a
	}
	a.fill(now)
	return a
}

func (a *allowance) fill(now time.Time) {
	if since := now.Sub(a.at); since > 0 {
		a.left = min(a.left+float64(since)/float64(attemptEvery), attemptsAtOnce)
		a.at = now
	}
}

// forget makes room for another address: those that have all of their allowance
// again lose nothing; if that is not enough, everybody begins anew.
func (l *limiter) forget(now time.Time) {
	if len(l.peers) < peersKnown {
		return
	}
	for peer, a := range l.peers {
		if a.fill(now); a.left >= attemptsAtOnce {
			delete(l.peers, peer)
		}
	}
	if len(l.peers) >= peersKnown {
		clear(l.peers)
	}
}

// network is what counts as one address: of IPv6 a /64, which is what one
// customer has at the least. Whatever is no address counts as one.
func network(remote string) netip.Prefix {
	addr := peer(remote)
	if !addr.IsValid() {
		return netip.Prefix{}
	}
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits)
	return p
}

// peer is the address at the other end of the connection; the zero one where
// there is none.
func peer(remote string) netip.Addr {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap().WithZone("")
}
