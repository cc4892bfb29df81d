package activity

import (
	"context"
	"fmt"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// CheckThing asks of a programme or an activity what its form is asked. It is for documents that are stored whole; what
// the thing names must be stored already.
func CheckThing(ctx context.Context, tx *db.Tx, thing any) error {
	switch t := thing.(type) {
	case Programme:
		return checkProgramme(ctx, tx, t)
	case Activity:
		return checkActivity(ctx, tx, t)
	}
	return fmt.Errorf("activity: nothing is known of a %T", thing)
}

// PutActivities writes many activities, those that others are held within first.
func PutActivities(ctx context.Context, tx *db.Tx, all []Activity) error {
	waiting := map[string][]Activity{} // by the activity they are held within
	listed := map[string]bool{}
	for _, a := range all {
		listed[a.ID] = true
	}
	var ready []Activity
	for _, a := range all {
		if listed[a.Parent] {
			waiting[a.Parent] = append(waiting[a.Parent], a)
		} else {
			ready = append(ready, a)
		}
	}
	done := 0
	for ; done < len(ready); done++ {
		if err := PutActivity(ctx, tx, ready[done]); err != nil {
			return err
		}
		ready = append(ready, waiting[ready[done].ID]...)
	}
	if done < len(all) {
		return fault.New(fault.Invalid, "activity.parent.circle")
	}
	return nil
}
