package ui

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter allows so many tries in a time to each key: an address, an e-mail. Its memory is bounded: of more keys than it
// holds, the one not seen for the longest is forgotten. Safe for concurrent use.
type Limiter struct {
	now   func() time.Time
	limit rate.Limit
	burst int
	keys  int

	mu    sync.Mutex
	order *list.List // of *limited, the latest first
	known map[string]*list.Element
}

type limited struct {
	key string
	l   *rate.Limiter
}

// limiterKeys is how many keys are remembered; each takes about 200 bytes.
const limiterKeys = 20000

// NewLimiter allows count tries in a time, of which burst may follow each other at once.
func NewLimiter(now func() time.Time, count int, per time.Duration, burst int) *Limiter {
	return &Limiter{now: now, limit: rate.Every(per / time.Duration(count)), burst: burst, keys: limiterKeys,
		order: list.New(), known: map[string]*list.Element{}}
}

// Allow counts a try. When it is refused, wait is the time until the next one is taken.
func (l *Limiter) Allow(key string) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.known[key]
	if e == nil {
		e = l.order.PushFront(&limited{key, rate.NewLimiter(l.limit, l.burst)})
		l.known[key] = e
		if l.order.Len() > l.keys {
			last := l.order.Back()
			l.order.Remove(last)
			delete(l.known, last.Value.(*limited).key)
		}
	} else {
		l.order.MoveToFront(e)
	}
	now := l.now()
	r := e.Value.(*limited).l.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return wait, false
	}
	return 0, true
}

// Forgive forgets the tries of a key, for somebody who has proved to be who they say.
func (l *Limiter) Forgive(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.known[key]; e != nil {
		l.order.Remove(e)
		delete(l.known, key)
	}
}
