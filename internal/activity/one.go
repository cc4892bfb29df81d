package activity

import (
	"context"

	"aircommons/internal/db"
)

// One reads an activity within a transaction, whatever its state.
func One(ctx context.Context, tx *db.Tx, id string) (Activity, error) { return one(ctx, tx, id) }
