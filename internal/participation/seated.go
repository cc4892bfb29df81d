package participation

import (
	"context"

	"aircommons/internal/db"
)

// Settled reports whether somebody has a seat for good: what is only for those who take part is shown to them.
func (p Participation) Settled() bool { return p.State == Confirmed || p.State == Present }

// Seated is how many people are confirmed to come.
func Seated(ctx context.Context, tx *db.Tx, activity string) (n int, err error) {
	ps, err := List(ctx, tx, activity)
	for _, p := range ps {
		if p.Settled() && p.Mode == "onsite" {
			n++
		}
	}
	return n, err
}
