package network

import (
	"context"
	"fmt"

	"aircommons/internal/db"
)

// CheckThing asks of a thing of this desk what its form is asked when it is new. It is for documents that are stored
// whole; what the thing names must be stored already.
func CheckThing(ctx context.Context, tx *db.Tx, thing any) error {
	switch t := thing.(type) {
	case Place:
		return checkPlace(ctx, tx, t, nil)
	case Organisation:
		return checkOrganisation(ctx, tx, t, nil)
	case Membership:
		return checkMembership(ctx, tx, t, nil)
	case Topic:
		return checkTopic(ctx, tx, t, nil)
	case Statement:
		return checkStatement(ctx, tx, t, nil)
	}
	return fmt.Errorf("network: nothing is known of a %T", thing)
}
