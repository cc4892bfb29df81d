package web

import (
	"context"

	"aircommons/internal/db"
	participationdesk "aircommons/internal/participation"
)

// seats lists the activities in which a person has a seat.
func (c Config) seats(ctx context.Context, tx *db.Tx, person string) (out []string, err error) {
	ps, err := participationdesk.OfPerson(ctx, tx, person)
	for _, p := range ps {
		if p.Settled() {
			out = append(out, p.Activity)
		}
	}
	return out, err
}

// seat is how a person takes part in an activity, "onsite" or "online"; empty for one without a confirmed seat.
func (c Config) seat(ctx context.Context, person, activity string) (mode string, err error) {
	err = c.DB.Read(ctx, func(tx *db.Tx) error {
		ps, err := participationdesk.OfPerson(ctx, tx, person)
		for _, p := range ps {
			if p.Activity == activity && p.Settled() {
				mode = p.Mode
			}
		}
		return err
	})
	return mode, err
}

// seated is how many people are confirmed on site.
func (c Config) seated(ctx context.Context, activity string) (n int, err error) {
	err = c.DB.Read(ctx, func(tx *db.Tx) error {
		n, err = participationdesk.Seated(ctx, tx, activity)
		return err
	})
	return n, err
}
