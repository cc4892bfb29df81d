package exchange

import (
	"context"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// Opener is what a city leaves open at this desk: questions after a visit that nobody answered, points of its plan, drafts of
// needs and offers.
type Opener struct{}

// OpenItems lists them.
func (Opener) OpenItems(ctx context.Context, tx *db.Tx, place, _ string) (out []account.OpenItem, err error) {
	for _, q := range []struct{ kind, query, path string }{
		{"followup", `SELECT f.id, a.names, f.due, a.id FROM followup f JOIN activity a ON a.id = f.activity_id WHERE f.place = $1 AND f.answered_at IS NULL AND f.asked_at IS NOT NULL ORDER BY f.due, f.id`, "/activities/"},
		{"action", `SELECT x.id, x.names, x.due, a.id FROM city_action x JOIN activity a ON a.id = x.activity_id WHERE x.place = $1 AND x.state IN ('planned','begun') ORDER BY x.due, x.id`, "/activities/"},
		{"wish", `SELECT id, names, '', id FROM exchange_wish WHERE place = $1 AND state = 'draft' ORDER BY created_at, id`, ""},
	} {
		err := tx.Each(ctx, q.query, []any{place}, func(scan func(...any) error) error {
			x := account.OpenItem{Kind: q.kind}
			var id string
			err := scan(&x.Key, &x.Names, &x.Due, &id)
			if q.kind != "wish" {
				x.Path = q.path + id
			}
			x.Due = x.Due[:min(len(x.Due), 10)]
			out = append(out, x)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// PassOn lets questions be asked anew, of the next focal point, unless that one has been asked with the first: the link of the
// first is good no more.
func (Opener) PassOn(ctx context.Context, tx *db.Tx, by actor.Actor, place, _, to string) error {
	var again []string
	err := tx.Each(ctx, `SELECT id FROM followup WHERE place = $1 AND answered_at IS NULL AND asked_at IS NOT NULL
		AND NOT EXISTS (SELECT 1 FROM mail WHERE dedupe = 'followup/' || followup.id || '/' || $2) ORDER BY id`, []any{place, to}, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		again = append(again, id)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range again {
		if _, err := tx.ExecContext(ctx, `UPDATE followup SET asked_at = NULL, hash = NULL WHERE id = $1`, id); err != nil {
			return err
		}
		if err := tx.Record(ctx, by, ActionSubject, id, "handover", nil, map[string]string{"place": place}); err != nil {
			return err
		}
	}
	return nil
}
