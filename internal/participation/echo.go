package participation

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/post"
)

// Echo is a registration that came with the address of somebody who is registered already: the same person once more, or a colleague with the
// same mailbox. Nothing of it is lost; an officer decides.
type Echo struct {
	ID      string
	Request Request
	At      time.Time
	Settled string // "", "same", "other"
}

const mostEchoes = 20 // kept of one participation

// echo keeps a registration that came again, and writes to the address how the first one stands; at most once an hour.
func (k *Desk) echo(ctx context.Context, tx *db.Tx, a activity.Activity, p Participation, person account.Person, q Request) error {
	if !strings.EqualFold(person.Name, q.Name) {
		n := 0
		if err := tx.One(ctx, `SELECT COUNT(*) FROM participation_echo WHERE participation_id = $1`, []any{p.ID}, &n); err != nil {
			return err
		}
		q.Key = ""
		content, err := json.Marshal(q)
		if err != nil {
			return err
		}
		if err := tx.One(ctx, `SELECT COUNT(*) FROM participation_echo WHERE participation_id = $1 AND content = $2`, []any{p.ID, string(content)}, &n); err != nil {
			return err
		}
		if n == 0 {
			if err := tx.One(ctx, `SELECT COUNT(*) FROM participation_echo WHERE participation_id = $1`, []any{p.ID}, &n); err != nil {
				return err
			}
			if n < mostEchoes {
				if _, err := tx.ExecContext(ctx, `INSERT INTO participation_echo (id, participation_id, content, settled, at) VALUES ($1,$2,$3,'',$4)`, k.id(), p.ID, string(content), tx.Now); err != nil {
					return err
				}
			}
		}
	}
	link, err := k.key(ctx, tx, p.ID)
	if err != nil || person.Email == "" {
		return err
	}
	_, err = post.Add(ctx, tx, post.Letter{Key: Subject + "/" + p.ID + "/again/" + tx.Now.UTC().Format("2006-01-02T15"), To: person.Email, ToName: person.Name, Lang: person.Language,
		Person: person.ID, Template: "registration.again", Values: k.values(a, person.Language, link), About: "activity", AboutKey: a.ID})
	return err
}

func echoes(ctx context.Context, tx *db.Tx, id string) (out []Echo, err error) {
	err = tx.Each(ctx, `SELECT id, content, settled, at FROM participation_echo WHERE participation_id = $1 ORDER BY at, id`, []any{id}, func(scan func(...any) error) error {
		var e Echo
		var content string
		if err := scan(&e.ID, &content, &e.Settled, &e.At); err != nil {
			return err
		}
		e.At = e.At.UTC()
		out = append(out, e)
		return json.Unmarshal([]byte(content), &out[len(out)-1].Request)
	})
	return out, err
}

// SettleEcho says whether a registration that came again was of the same person; of another one, that person is registered. For those who run
// the activity.
func (k *Desk) SettleEcho(ctx context.Context, by actor.Actor, id, echo string, other bool) (out Outcome, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		out = Outcome{}
		p, err := One(ctx, tx, id)
		if err != nil {
			return err
		}
		a, err := k.run(ctx, tx, by, p.Activity)
		if err != nil {
			return err
		}
		es, err := echoes(ctx, tx, id)
		if err != nil {
			return err
		}
		var e *Echo
		for i := range es {
			if es[i].ID == echo {
				e = &es[i]
			}
		}
		if e == nil {
			return notFound()
		}
		if e.Settled != "" {
			return fault.New(fault.Conflict, "error.conflict")
		}
		word := map[bool]string{true: "other", false: "same"}[other]
		if _, err := tx.ExecContext(ctx, `UPDATE participation_echo SET settled = $1 WHERE id = $2`, word, echo); err != nil {
			return err
		}
		if other {
			setup, err := Setup(ctx, tx, a.ID)
			if err != nil {
				return err
			}
			q := e.Request
			q.Shared = true
			if err := k.checkRequest(ctx, tx, by, a, setup, &q); err != nil {
				return err
			}
			if out, err = k.admit(ctx, tx, by, a, setup, q, "self"); err != nil {
				return err
			}
			if out.Again {
				return fault.New(fault.Invalid, "participation.echo.same")
			}
		}
		return tx.Record(ctx, by, Subject, id, "echo", nil, map[string]string{"settled": word, "name": e.Request.Name})
	})
	return out, err
}
