package activity

import (
	"context"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Said are the words that letters about an activity or programme use: Activity (its name), Dates and Place, in a
// language. What is not known is not among them.
func Said(ctx context.Context, tx *db.Tx, w *catalog.Words, about, key string) (map[string]string, error) {
	out := map[string]string{}
	var names db.Text
	switch about {
	case "activity":
		a, err := one(ctx, tx, key)
		if fault.CodeOf(err) == fault.NotFound {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		names = a.Names
		if a.Period.Known() {
			out["Dates"] = a.Period.Say(w)
		}
		if a.Place != "" {
			var place db.Text
			if err := tx.One(ctx, `SELECT names FROM place WHERE id = $1`, []any{a.Place}, &place); err != nil && fault.CodeOf(err) != fault.NotFound {
				return nil, err
			}
			if s, _ := place.In(w.Tag()); s != "" {
				out["Place"] = s
			}
		}
	case "programme":
		p, err := programme(ctx, tx, key)
		if fault.CodeOf(err) == fault.NotFound {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		names = p.Names
	}
	if s, _ := names.In(w.Tag()); s != "" {
		out["Activity"] = s
	}
	return out, nil
}
