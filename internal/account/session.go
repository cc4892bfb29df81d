package account

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

const (
	// SessionIdle is how long a session lives without being used.
	SessionIdle = 30 * 24 * time.Hour
	// SessionWhole is how long it lives at most.
	SessionWhole = 365 * 24 * time.Hour
)

// Session is one place where a person is signed in.
type Session struct {
	Begun, Seen time.Time
}

// Codec writes a session as JSON, so that the store can see whose it is. Sessions hold texts only.
type Codec struct{}

type sessionData struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// Encode implements scs.Codec.
func (Codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	d := sessionData{deadline, map[string]string{}}
	for key, v := range values {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("account: a session holds texts only, %s is %T", key, v)
		}
		d.Values[key] = s
	}
	return json.Marshal(d)
}

// Decode implements scs.Codec.
func (Codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var d sessionData
	if err := json.Unmarshal(b, &d); err != nil {
		return time.Time{}, nil, err
	}
	values := map[string]any{}
	for key, v := range d.Values {
		values[key] = v
	}
	return d.Deadline, values, nil
}

// Store keeps sessions, by the hash of their token, for scs. How long they live is decided here, by the store's clock.
type Store struct{ db *db.DB }

// Sessions is the store of sessions.
func (k *Desk) Sessions() *Store { return &Store{k.db} }

// FindCtx implements scs.CtxStore.
func (s *Store) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		var data string
		err := tx.One(ctx, `SELECT data FROM session WHERE token = $1 AND expires_at > $2`, []any{token, tx.Now}, &data)
		if fault.CodeOf(err) == fault.NotFound {
			return nil
		}
		b, found = []byte(data), err == nil
		return err
	})
	return b, found, err
}

// CommitCtx implements scs.CtxStore.
func (s *Store) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	var d sessionData
	if err := json.Unmarshal(b, &d); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		var begun, expires time.Time
		err := tx.One(ctx, `SELECT begun_at, expires_at FROM session WHERE token = $1`, []any{token}, &begun, &expires)
		switch fault.CodeOf(err) {
		case "":
			if !tx.Now.Before(expires) {
				return nil // ended while this request ran; it must not live again
			}
			_, err = tx.ExecContext(ctx, `UPDATE session SET person = $1, data = $2, seen_at = $3, expires_at = $4 WHERE token = $5`,
				d.Values["person"], string(b), tx.Now, ends(begun, tx.Now), token)
		case fault.NotFound:
			_, err = tx.ExecContext(ctx, `INSERT INTO session (token, person, data, begun_at, seen_at, expires_at) VALUES ($1,$2,$3,$4,$4,$5)`,
				token, d.Values["person"], string(b), tx.Now, ends(tx.Now, tx.Now))
		}
		return err
	})
}

func ends(begun, now time.Time) time.Time {
	idle, whole := now.Add(SessionIdle), begun.UTC().Add(SessionWhole)
	if whole.Before(idle) {
		return whole
	}
	return idle
}

// DeleteCtx implements scs.CtxStore.
func (s *Store) DeleteCtx(ctx context.Context, token string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return endSessions(ctx, tx, "token", token) })
}

// endSessions ends sessions, whose rows stay until they are cleared away, so that a request which still runs cannot
// write one anew.
func endSessions(ctx context.Context, tx *db.Tx, column, value string) error {
	_, err := tx.ExecContext(ctx, `UPDATE session SET expires_at = $1 WHERE `+column+` = $2 AND expires_at > $1`, tx.Now, value)
	return err
}

// Find implements scs.Store.
func (s *Store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s *Store) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete implements scs.Store.
func (s *Store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// SignedOut notes that a person has signed out.
func (k *Desk) SignedOut(ctx context.Context, by actor.Actor) error {
	if !by.SignedIn() {
		return nil
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		return tx.Record(ctx, by, PersonSubject, by.ID, "sign-out", nil, nil)
	})
}

// SessionsOf lists where a person is signed in, the latest used first. For the person, and for officers who keep it.
func (k *Desk) SessionsOf(ctx context.Context, by actor.Actor, id string) (out []Session, err error) {
	if _, err := k.Person(ctx, by, id); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = sessionsOf(ctx, tx, id)
		return err
	})
	return out, err
}

func sessionsOf(ctx context.Context, tx *db.Tx, id string) (out []Session, err error) {
	err = tx.Each(ctx, `SELECT begun_at, seen_at FROM session WHERE person = $1 AND expires_at > $2 ORDER BY seen_at DESC`, []any{id, tx.Now},
		func(scan func(...any) error) error {
			var s Session
			err := scan(&s.Begun, &s.Seen)
			s.Begun, s.Seen = s.Begun.UTC(), s.Seen.UTC()
			out = append(out, s)
			return err
		})
	return out, err
}

// SignOutEverywhere ends all sessions of a person: one's own, or those of somebody whom by keeps.
func (k *Desk) SignOutEverywhere(ctx context.Context, by actor.Actor, id string) error {
	if !by.SignedIn() {
		return fault.New(fault.Denied, "error.denied.signin")
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		p, err := one(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if by.ID != id {
			if err := mayKeep(by, p.Role); err != nil {
				return err
			}
		}
		if err := endSessions(ctx, tx, "person", id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM entry WHERE person = $1`, id); err != nil {
			return err
		}
		return tx.Record(ctx, by, PersonSubject, id, "sign-out-everywhere", nil, nil)
	})
}
