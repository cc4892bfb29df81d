package report

import (
	"context"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// The desk keeps nothing about people but what others wrote: names in captions and credits, in the texts of reports and in what
// was answered anonymously. Figures are counted from participations, which stay. See account.FileKeeper and account.SweptKeeper.
var (
	_ account.FileKeeper  = keeper{}
	_ account.SweptKeeper = keeper{}
)

type keeper struct{ k *Desk }

// Keeper is the desk as one that keeps things about people.
func (k *Desk) Keeper() account.Keeper { return keeper{k} }

// Name is the desk's word among the keepers.
func (keeper) Name() string { return "report" }

// Export returns nothing: what is here is not kept about a person.
func (keeper) Export(context.Context, *db.Tx, account.Person) (any, error) { return nil, nil }

// Files lists nothing: a photo is of an activity.
func (keeper) Files(context.Context, *db.Tx, account.Person) ([]account.File, error) {
	return nil, nil
}

// Refers lists the kept files of photos.
func (keeper) Refers(ctx context.Context, tx *db.Tx) (out []string, err error) {
	err = tx.Each(ctx, `SELECT DISTINCT sha256 FROM photo`, nil, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}

// Retain takes nothing away by itself.
func (keeper) Retain(context.Context, *db.Tx, time.Time, bool) ([]account.Retained, error) {
	return nil, nil
}

// Erase does nothing: no row here is about a person. What others wrote is gone through by the desk of people; see Swept.
func (keeper) Erase(context.Context, *db.Tx, account.Person) error { return nil }

// Swept writes the documents anew of reports out of which a name was taken: out of their texts, frozen ones too, or the captions
// and credits of their photos.
func (x keeper) Swept(ctx context.Context, tx *db.Tx, cells []db.Cell) error {
	changed := map[string]bool{}
	for _, c := range cells {
		if c.Table != "report" && c.Table != "photo" {
			continue
		}
		var activityID string
		if err := tx.One(ctx, `SELECT activity_id FROM `+c.Table+` WHERE id = $1`, []any{c.ID}, &activityID); err != nil {
			return err
		}
		changed[activityID] = true
	}
	for id := range changed {
		if err := x.k.renew(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// renew writes the documents of an activity's reports anew that are in the library, or were.
func (k *Desk) renew(ctx context.Context, tx *db.Tx, activityID string) error {
	all, err := reports(ctx, tx, `WHERE activity_id = $1 AND document <> ''`, activityID)
	if err != nil || k.files == nil {
		return err
	}
	for _, r := range all {
		w, err := k.whole(ctx, tx, actor.System, r.ID)
		if err != nil {
			return err
		}
		if err := k.putFiles(ctx, tx, actor.System, w, r); err != nil {
			return err
		}
		if r.State != Published { // its files stay out of the library
			if _, err := tx.ExecContext(ctx, `UPDATE document_file SET withdrawn = $1 WHERE document_id = $2 AND version = $3`, true, r.Document, r.Number); err != nil {
				return err
			}
		}
	}
	return nil
}
