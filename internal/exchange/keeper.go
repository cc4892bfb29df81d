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

// Retain keeps notes as long as their visit is kept; those that were taken out by their writer are gone after 30 days.
func (keeper) Retain(ctx context.Context, tx *db.Tx, now time.Time, dry bool) ([]account.Retained, error) {
	if dry {
		return nil, nil
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM visit_note WHERE removed = $1 AND received_at < $2`, true, now.AddDate(0, 0, -30))
	return nil, err
}
