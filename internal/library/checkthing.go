package library

import (
	"context"
	"fmt"

	"aircommons/internal/db"
)

// CheckThing asks of a document what its form is asked. It is for records that are stored whole; what the document names
// must be stored already.
func CheckThing(ctx context.Context, tx *db.Tx, thing any) error {
	d, ok := thing.(Document)
	if !ok {
		return fmt.Errorf("library: nothing is known of a %T", thing)
	}
	return check(ctx, tx, d)
}
