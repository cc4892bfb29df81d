package call

import (
	"context"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// Opener is what focal points leave open at this desk: drafts of what they write to calls for their city.
type Opener struct{}

// OpenItems lists the drafts of a focal point for a city.
func (Opener) OpenItems(ctx context.Context, tx *db.Tx, place, person string) (out []account.OpenItem, err error) {
	err = tx.Each(ctx, `SELECT s.id, c.names, c.closes FROM submission s JOIN call c ON c.id = s.call WHERE s.place = $1 AND s.person = $2 AND s.state = 'draft' ORDER BY s.created_at, s.id`, []any{place, person}, func(scan func(...any) error) error {
		x := account.OpenItem{Kind: "submission", Path: "/submissions"}
		err := scan(&x.Key, &x.Names, &x.Due)
		x.Due = x.Due[:min(len(x.Due), 10)]
		out = append(out, x)
		return err
	})
	return out, err
}

// PassOn gives the drafts to the next focal point. Links of the first one lead there no more.
func (o Opener) PassOn(ctx context.Context, tx *db.Tx, by actor.Actor, place, from, to string) error {
	items, err := o.OpenItems(ctx, tx, place, from)
	if err != nil {
		return err
	}
	for _, x := range items {
		for _, step := range []struct {
			query string
			args  []any
		}{
			{`UPDATE submission SET person = $1, version = version + 1 WHERE id = $2`, []any{to, x.Key}},
			{`UPDATE answer SET person = $1 WHERE subject = 'submission' AND subject_key = $2`, []any{to, x.Key}},
			{`DELETE FROM submission_key WHERE submission = $1`, []any{x.Key}},
		} {
			if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
				return err
			}
		}
		if err := tx.Record(ctx, by, "submission", x.Key, "handover", nil, map[string]string{"place": place}); err != nil {
			return err
		}
	}
	return nil
}
