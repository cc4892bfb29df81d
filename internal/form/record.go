package form

import (
	"context"
	"fmt"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Recorded lists the forms as the record of the network holds them: as they are written, without the number of their edition,
// which counts within one store.
func Recorded(ctx context.Context, tx *db.Tx) ([]Form, error) {
	all, err := All(ctx, tx)
	for i := range all {
		all[i].Edition = 0
	}
	return all, err
}

// PutRecorded stores a form of a record. One that is published is asked from now on.
func PutRecorded(ctx context.Context, tx *db.Tx, f Form) error {
	tidy(&f)
	f.Edition = 0
	if f.State == Published {
		return PutPublished(ctx, tx, f)
	}
	return Put(ctx, tx, f)
}

// CheckThing asks the rules of the desk about a form of a record, within the transaction that stored it.
func CheckThing(ctx context.Context, tx *db.Tx, thing any) error {
	f, ok := thing.(Form)
	if !ok {
		return fmt.Errorf("form: nothing is known of a %T", thing)
	}
	if err := firstOf(checkSettings(ctx, tx, f), checkSize(f)); err != nil {
		return err
	}
	var faults fault.Form
	if !db.IsSlug(f.ID) {
		faults.Add("id", "activity.id.form", "ID", f.ID)
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if wrong := f.Faults(); f.State == Published && len(wrong) > 0 {
		return &fault.Error{Code: fault.Invalid, Message: wrong[0].Message}
	}
	for _, p := range f.Pages {
		if err := checkPage(p); err != nil {
			return err
		}
	}
	return nil
}
