package house

import (
	"context"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/evidence"
	"aircommons/internal/library"
	"aircommons/internal/mail"
)

// keeping makes the desks that keep something about people known to the desk of people, with the files and letters of the
// folder.
func (h *House) keeping() {
	for _, desk := range []any{h.Library, h.Evidence, h.Activity, h.Form, h.Post, h.Letter, h.Participation, h.Call, h.Exchange, h.Report} {
		switch k := desk.(type) {
		case account.Keeper:
			h.Account.Keepers = append(h.Account.Keepers, k)
		case interface{ Keeper() account.Keeper }:
			h.Account.Keepers = append(h.Account.Keepers, k.Keeper())
		}
	}
	h.Account.Files = h.Files
	h.Account.Letters = mail.Folder{Dir: MailPath(h.Folder)} // also when letters go out by a server now: some may lie there from before
	h.Account.Refers = append(h.Account.Refers, library.Kept, evidence.Kept)
}

// retentionEvery is how often what was kept for long enough is taken away.
const retentionEvery = 6 * time.Hour

// retain takes away what was kept for long enough and asks cities what came of their plans, now and every few hours, until
// ctx ends.
func (h *House) retain(ctx context.Context) {
	t := time.NewTicker(retentionEvery)
	defer t.Stop()
	for {
		free, err := h.occupy(ctx) // not while a copy is made
		if err == nil {
			_, err = h.Account.Retention(ctx, actor.System, false)
			if err == nil {
				_, err = h.Exchange.Ask(ctx)
			}
			free()
		}
		if err != nil && ctx.Err() == nil {
			h.Log.Error("retention", "error", err) // the next time it is tried again
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
