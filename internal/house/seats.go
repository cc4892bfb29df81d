package house

import (
	"context"
	"time"
)

// seatsEvery is how often offers of seats are looked at whose time may have run out.
const seatsEvery = 30 * time.Second

// seats ends offers whose time has run out and gives the seats on, now and every half minute, until ctx ends.
func (h *House) seats(ctx context.Context) {
	t := time.NewTicker(seatsEvery)
	defer t.Stop()
	for {
		free, err := h.occupy(ctx) // not while a copy is made
		if err == nil {
			_, err = h.Participation.Expire(ctx)
			free()
		}
		if err != nil && ctx.Err() == nil {
			h.Log.Error("offers of seats", "error", err) // the next time it is tried again
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
