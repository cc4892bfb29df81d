package post

import (
	"context"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
)

const (
	sendTime  = 3 * time.Minute  // a letter that takes longer is given up
	lease     = 10 * time.Minute // a letter claimed for longer by nobody we know is unknown
	mostTries = 42               // of one letter: three days with the waits of backOff
	longest   = 2 * time.Hour    // between two tries of one letter
	probe     = 10 * time.Minute // longest between two looks whether the server is back
	returned  = 15 * time.Second // how often letters are looked for that came back
	look      = time.Second      // how often the outbox is looked at
	settling  = 20 * time.Second // how long an outcome is tried to be written when the program ends
)

// pause is a time in which the server takes no letters at all.
type pause struct {
	Since  time.Time // zero: there is none
	until  time.Time
	next   time.Duration
	Reason fault.Message
	Reply  string
}

// Down tells since when the mail server or folder takes no letters, and why; zero when it does.
func (k *Desk) Down() (since time.Time, reason fault.Message, reply string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.pause.Since, k.pause.Reason, k.pause.Reply
}

// Recover makes letters unknown that a process before this one was sending. The caller holds the data folder, so nobody
// else sends. After a restore letters that wait are held: they may have left after the copy was made.
func (k *Desk) Recover(ctx context.Context, restored bool) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := abandon(ctx, tx, time.Time{}, nil); err != nil || !restored {
			return err
		}
		ps, err := pieces(ctx, tx, columns, `WHERE state = $1`, string(Ready))
		if err != nil {
			return err
		}
		m := fault.Say("post.reason.restored")
		for _, p := range ps {
			p.State, p.Reason = Held, &m
			if err := update(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// abandon makes letters unknown that were claimed before a time (zero: at any time) and are not among those of ours.
func abandon(ctx context.Context, tx *db.Tx, before time.Time, ours map[string]bool) error {
	ps, err := pieces(ctx, tx, columns, `WHERE state = $1`, string(Claimed))
	if err != nil {
		return err
	}
	m := fault.Say("post.reason.unknown")
	for _, p := range ps {
		if ours[p.ID] || (!before.IsZero() && !p.Claimed.Before(before)) {
			continue
		}
		p.State, p.Reason, p.Ended = Unknown, &m, tx.Now
		if err := update(ctx, tx, p); err != nil {
			return err
		}
		if err := tx.Record(ctx, actor.System, Subject, p.ID, "unknown", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// poke lets the worker look at once.
func (k *Desk) poke() {
	select {
	case k.wake <- struct{}{}:
	default: // it is awake
	}
}

// Work sends letters until ctx ends, then waits for those on their way.
func (k *Desk) Work(ctx context.Context) error {
	if k.send == nil {
		<-ctx.Done()
		return nil
	}
	slots := make(chan struct{}, max(k.Parallel, 1))
	defer func() { // all that is on its way
		for range cap(slots) {
			slots <- struct{}{}
		}
	}()
	tick := time.NewTicker(look)
	defer tick.Stop()
	swept := time.Time{}
	for {
		if now := k.db.Now(); now.Sub(swept).Abs() > returned {
			swept = now
			if err := k.sweep(ctx); err != nil && ctx.Err() == nil {
				k.Log.Error("outbox", "error", err)
			}
			if k.Returned != "" {
				if _, err := k.TakeReturned(ctx, k.Returned); err != nil && ctx.Err() == nil {
					k.Log.Error("letters that came back", "error", err)
				}
			}
		}
		for ctx.Err() == nil {
			slots <- struct{}{}
			if k.probing() {
				for range cap(slots) - 1 { // one letter tries whether the server is back
					slots <- struct{}{}
				}
				for range cap(slots) - 1 {
					<-slots
				}
			}
			p, ok, err := k.claim(ctx)
			if err != nil && ctx.Err() == nil {
				k.Log.Error("outbox", "error", err)
			}
			if err != nil || !ok {
				<-slots
				break
			}
			alone := k.probing()
			done := make(chan struct{})
			go func() {
				defer func() { <-slots; close(done) }()
				k.deliver(ctx, p)
			}()
			if alone {
				<-done
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-k.wake:
		case <-tick.C:
		}
	}
}

// Flush sends what may leave now, one letter after the other, and counts them. It ends when the server takes none.
func (k *Desk) Flush(ctx context.Context) (n int, err error) {
	if k.send == nil {
		return 0, nil
	}
	for ctx.Err() == nil {
		p, ok, err := k.claim(ctx)
		if err != nil || !ok {
			return n, err
		}
		k.deliver(ctx, p)
		n++
	}
	return n, ctx.Err()
}

func (k *Desk) probing() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.pause.Since.IsZero()
}

func (k *Desk) sweep(ctx context.Context) error {
	k.mu.Lock()
	ours := make(map[string]bool, len(k.ours))
	for id := range k.ours {
		ours[id] = true
	}
	k.mu.Unlock()
	stale := false
	err := k.db.Read(ctx, func(tx *db.Tx) error {
		var n int
		err := tx.One(ctx, `SELECT COUNT(*) FROM mail WHERE state = $1`, []any{string(Claimed)}, &n)
		stale = n > len(ours)
		return err
	})
	if err != nil || !stale {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error { return abandon(ctx, tx, tx.Now.Add(-lease), ours) })
}

// due reports whether a letter waits whose time has come. It reads only, so that an idle outbox writes nothing.
func (k *Desk) due(ctx context.Context, now time.Time) (ok bool, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		var n int
		err := tx.One(ctx, `SELECT COUNT(*) FROM (SELECT id FROM mail WHERE state = $1 AND ready_at <= $2 LIMIT 1) AS x`, []any{string(Ready), now}, &n)
		ok = n > 0
		return err
	})
	return ok, err
}

// claim takes the next letter, fills it in and writes that it is being sent. A letter with a value missing is held,
// one that is not wanted is suppressed; the next one is taken then.
func (k *Desk) claim(ctx context.Context) (p Piece, ok bool, err error) {
	now := k.db.Now()
	k.mu.Lock()
	waits := !k.pause.Since.IsZero() && now.Before(k.pause.until)
	if k.PerMinute > 0 && k.limit == nil {
		k.limit = rate.NewLimiter(rate.Limit(float64(k.PerMinute)/60), 1)
	}
	limit := k.limit
	k.mu.Unlock()
	if waits {
		return Piece{}, false, nil
	}
	if limit != nil && limit.TokensAt(now) < 1 {
		return Piece{}, false, nil
	}
	if there, err := k.due(ctx, now); err != nil || !there {
		return Piece{}, false, err
	}
	network := k.network(ctx)
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		p, ok = Piece{}, false
		for range 200 { // held and suppressed ones in one go; more of them the next time
			ps, err := pieces(ctx, tx, columns, `WHERE state = $1 AND ready_at <= $2 ORDER BY ready_at, id LIMIT 1`, string(Ready), tx.Now)
			if err != nil || len(ps) == 0 {
				return err
			}
			p = ps[0]
			stopped, err := stopOf(ctx, tx, p.To, p.Kind)
			if err != nil {
				return err
			}
			if stopped != nil {
				p.State, p.Reason, p.Ended = Suppressed, stopped, tx.Now
			} else if subject, text, err := k.words(ctx, tx, p, network); err == nil {
				p.Letter.Subject, p.Text = subject, text
				p.State, p.Reason, p.Claimed = Claimed, nil, tx.Now
			} else if f, ok := err.(*fault.Error); ok && f.Code == fault.Invalid {
				p.State, p.Reason = Held, &f.Message
			} else {
				return err
			}
			if err := update(ctx, tx, p); err != nil {
				return err
			}
			p.Version++
			if p.State == Claimed {
				ok = true
				return nil
			}
		}
		return nil
	})
	if err != nil || !ok {
		return Piece{}, false, err
	}
	// What was promised before a letter goes out stays written even when the machine loses power.
	if err := k.db.Settle(ctx); err != nil {
		k.Log.Warn("outbox: bring to the disk", "error", err)
	}
	if limit != nil {
		limit.AllowN(now, 1)
	}
	k.mu.Lock()
	k.ours[p.ID] = true
	k.mu.Unlock()
	return p, true, nil
}

// message is the letter as the sender takes it. Its texts have been filled in.
func (k *Desk) message(p Piece, network db.Text) mail.Message {
	m := mail.Message{To: p.To, ToName: p.ToName, Subject: p.Letter.Subject, Text: p.Text, ID: p.ID, Lang: p.Lang, Auto: true, Return: p.Token}
	m.FromName, _ = network.In(p.Lang)
	for _, a := range p.Attach {
		m.Attach = append(m.Attach, mail.Attachment{Name: a.Name, Type: a.Type, Data: a.Data})
	}
	if p.Kind != Transactional && k.Site != "" {
		m.Unsubscribe = k.Site + "/" + p.Lang + "/unsubscribe/" + p.Token
		m.Text = strings.TrimRight(m.Text, "\n") + "\n\n-- \n" + k.texts.Lang(p.Lang).T("post.footer", "Kind", k.texts.Lang(p.Lang).T("post.kind."+string(p.Kind)), "Link", m.Unsubscribe) + "\n"
	}
	return m
}

// deliver sends a claimed letter and writes what became of it.
func (k *Desk) deliver(ctx context.Context, p Piece) {
	send, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendTime)
	err := k.send.Send(send, k.message(p, k.network(send)))
	cancel()
	k.judge(err)
	defer func() {
		k.mu.Lock()
		delete(k.ours, p.ID)
		k.mu.Unlock()
	}()
	// The outcome is worth more than the letter: it is tried until it is written, or the program ends.
	end := time.Duration(0)
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		werr := k.settle(context.WithoutCancel(ctx), p, err)
		if werr == nil {
			return
		}
		k.Log.Error("the outcome of a letter is not written", "letter", p.ID, "error", werr)
		if ctx.Err() != nil {
			if end += wait; end > settling {
				return // it will be found claimed, which is true
			}
		}
		select {
		case <-ctx.Done():
			time.Sleep(wait)
		case <-time.After(wait):
		}
	}
}

// judge begins, lengthens or ends the pause.
func (k *Desk) judge(err error) {
	f := mail.Failure{}
	if err != nil {
		f = mail.FailureOf(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !f.Down {
		if f.Outcome != mail.Unknown {
			k.pause = pause{}
		}
		return
	}
	now := k.db.Now()
	if k.pause.Since.IsZero() {
		k.pause = pause{Since: now, next: 5 * time.Second}
	} else if now.Before(k.pause.until) {
		return // another letter on its way at the same time has found the same
	}
	k.pause.until = now.Add(k.pause.next)
	k.pause.next = min(2*k.pause.next, probe)
	k.pause.Reason, k.pause.Reply = reason(err), f.Reply
	k.Log.Warn("the mail server takes no letters", "since", k.pause.Since, "error", err)
}

func reason(err error) fault.Message {
	if f, ok := err.(*fault.Error); ok {
		return f.Message
	}
	return fault.Say("error.internal")
}

// settle writes the outcome of a letter.
func (k *Desk) settle(ctx context.Context, p Piece, sent error) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		now, err := one(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if now.State != Claimed {
			return nil // somebody has decided, or it came back already
		}
		now.Tries++
		if sent == nil {
			now.State, now.Reason, now.Reply, now.Ended = Sent, nil, "", tx.Now
			return update(ctx, tx, now)
		}
		f := mail.FailureOf(sent)
		m := reason(sent)
		now.Reason, now.Reply = &m, f.Reply
		switch {
		case f.Outcome == mail.Unknown:
			now.State, now.Ended = Unknown, tx.Now
			u := fault.Say("post.reason.unanswered")
			now.Reason = &u
		case f.Outcome == mail.Never:
			now.State, now.Ended = Failed, tx.Now
		case f.Down:
			now.State = Ready
			now.Tries-- // the letter has no part in it
		case now.Tries >= mostTries:
			now.State, now.Ended = Failed, tx.Now
		default:
			now.State, now.Ready = Ready, tx.Now.Add(backOff(now.Tries))
		}
		if err := update(ctx, tx, now); err != nil {
			return err
		}
		if now.State == Ready {
			return nil
		}
		return tx.Record(ctx, actor.System, Subject, p.ID, string(now.State), nil, nil)
	})
}

// backOff is the time until the next try: 1, 2, 4 … minutes, two hours at most.
func backOff(tries int) time.Duration {
	if tries > 8 {
		return longest
	}
	return min(time.Minute<<max(tries-1, 0), longest)
}
