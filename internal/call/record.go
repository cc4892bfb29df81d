package call

import (
	"context"
	"fmt"

	"aircommons/internal/db"
)

// PutRecorded stores a call of a record. What was sent in to it is not in a record, so nobody reviews it yet.
func PutRecorded(ctx context.Context, tx *db.Tx, c Call) error {
	tidy(&c)
	return Put(ctx, tx, c)
}

// Recorded lists the calls as the record of the network holds them, sorted by id.
func Recorded(ctx context.Context, tx *db.Tx) ([]Call, error) {
	all, err := All(ctx, tx)
	for i := range all {
		all[i].Review = NotYet
	}
	return all, err
}

// CheckThing asks the rules of the desk about a call of a record, within the transaction that stored it.
func CheckThing(ctx context.Context, tx *db.Tx, thing any) error {
	c, ok := thing.(Call)
	if !ok {
		return fmt.Errorf("call: nothing is known of a %T", thing)
	}
	if err := checkParts(ctx, tx, &c, c.State != Draft); err != nil { // the draft of an example has no deadline yet
		return err
	}
	if c.State == Published {
		return ready(ctx, tx, c)
	}
	return nil
}
