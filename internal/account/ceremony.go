package account

import (
	"context"
	"encoding/json"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// CeremonyTime is how long a sign-in by passkey or provider may take.
const CeremonyTime = 10 * time.Minute

var errCeremony = fault.New(fault.Invalid, "account.ceremony.over")

// ceremony notes what was asked, and returns the secret under which the browser brings the answer.
func (k *Desk) ceremony(ctx context.Context, kind string, data any) (string, error) {
	id, err := k.secret()
	if err != nil {
		return "", err
	}
	j, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM ceremony WHERE expires_at < $1`, tx.Now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO ceremony (id, kind, data, expires_at) VALUES ($1,$2,$3,$4)`, hash(id), kind, string(j), tx.Now.Add(CeremonyTime))
		return err
	})
	return id, err
}

// answered gives back what was asked, once.
func answered(ctx context.Context, tx *db.Tx, id, kind string, data any) error {
	var j string
	var expires time.Time
	err := tx.One(ctx, `SELECT data, expires_at FROM ceremony WHERE id = $1 AND kind = $2`, []any{hash(id), kind}, &j, &expires)
	if fault.CodeOf(err) == fault.NotFound || (err == nil && !tx.Now.Before(expires)) {
		return errCeremony
	}
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM ceremony WHERE id = $1`, hash(id)); err != nil {
		return err
	}
	return json.Unmarshal([]byte(j), data)
}
