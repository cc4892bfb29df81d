package exchange

import (
	"context"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/db"
)

// Keeper answers for what the desk keeps about people: the notes they wrote on visits. Needs, offers and plans are those of cities.
func (k *Desk) Keeper() account.Keeper { return keeper{} }

type keeper struct{}

// Name is the desk's word among the keepers.
func (keeper) Name() string { return "exchange" }

// Export returns the notes of a person, those that were taken out too.
func (keeper) Export(ctx context.Context, tx *db.Tx, p account.Person) (any, error) {
	all, err := notes(ctx, tx, `WHERE person_id = $1`, p.ID)
	if len(all) == 0 || err != nil {
		return nil, err
	}
	return all, nil
}

// Erase removes the notes of a person. What a city made of them, its plan, is the city's.
func (keeper) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM visit_note WHERE person_id = $1`, p.ID)
	return err
}

// removedDays is how long a note is kept that its writer took out.
const removedDays = 30

// Retain keeps notes as long as their visit is kept; those that were taken out by their writer are gone 30 days after they came.
func (keeper) Retain(ctx context.Context, tx *db.Tx, now time.Time, dry bool) (out []account.Retained, err error) {
	before := now.AddDate(0, 0, -removedDays)
	err = tx.Each(ctx, `SELECT activity_id, COUNT(*) FROM visit_note WHERE removed = $1 AND received_at < $2 GROUP BY activity_id ORDER BY activity_id`, []any{true, before}, func(scan func(...any) error) error {
		r := account.Retained{Class: "draft", Subject: "activity", Due: before}
		err := scan(&r.Key, &r.Count)
		out = append(out, r)
		return err
	})
	if err != nil || dry || len(out) == 0 {
		return out, err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM visit_note WHERE removed = $1 AND received_at < $2`, true, before)
	return out, err
}
