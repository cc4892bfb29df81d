package evidence

import (
	"context"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/db"
)

// keeper is what the evidence keeps of people: who imported a file and who made a mapping.
type keeper struct{}

// Keeper is the evidence as one that keeps something about people.
func (k *Desk) Keeper() account.Keeper { return keeper{} }

func (keeper) Name() string { return "evidence" }

func (keeper) Export(ctx context.Context, tx *db.Tx, p account.Person) (any, error) {
	type made struct {
		Kind string    `json:"kind"`
		ID   string    `json:"id"`
		Name string    `json:"name"`
		At   time.Time `json:"at"`
	}
	var out []made
	for _, q := range []struct{ kind, query string }{
		{"import", `SELECT id, name, created_at FROM data_import WHERE by_id = $1 ORDER BY created_at, id`},
		{"mapping", `SELECT id, name, at FROM mapping WHERE by_id = $1 ORDER BY at, id`},
	} {
		err := tx.Each(ctx, q.query, []any{p.ID}, func(scan func(...any) error) error {
			m := made{Kind: q.kind}
			err := scan(&m.ID, &m.Name, &m.At)
			out = append(out, m)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

func (keeper) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	for _, table := range []string{"data_import", "mapping"} {
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET by_name = '' WHERE by_id = $1`, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func (keeper) Retain(context.Context, *db.Tx, time.Time, bool) ([]account.Retained, error) {
	return nil, nil // measurements and how they came stay
}
