package activity

import (
	"context"
	"slices"
	"strings"

	"aircommons/internal/db"
	"aircommons/internal/network"
)

// indexProgramme puts a programme into the search, or takes it out when the public may not see it.
func indexProgramme(ctx context.Context, tx *db.Tx, p Programme) error {
	if p.State != Published {
		return tx.Unindex(ctx, "programme", p.ID)
	}
	return tx.IndexText(ctx, "programme", p.ID, p.Names, join(p.Summary, p.Purposes, p.Audience, db.Text{"en": p.Printed}), "/programme/"+p.ID)
}

// indexActivity puts an activity into the search, or takes it out when the public may not see it.
func indexActivity(ctx context.Context, tx *db.Tx, a Activity) error {
	ok, err := shown(ctx, tx, a)
	if err != nil {
		return err
	}
	if !ok {
		return tx.Unindex(ctx, "activity", a.ID)
	}
	body := []db.Text{a.Aims, a.Notes, {"en": strings.Join([]string{a.Label, a.Printed, a.Venue, a.Period.String()}, " ")}}
	seen, err := shapeOf(ctx, tx, a)
	if err != nil {
		return err
	}
	for _, i := range seen.Items {
		body = append(body, i.Names, i.Text)
		for _, t := range i.Talks {
			body = append(body, t.Names, t.Text)
		}
		for _, s := range i.People() {
			body = append(body, db.Text{"en": s.Name + " " + s.Organisation})
		}
	}
	for _, p := range a.Participants {
		body = append(body, p.Names)
	}
	for _, id := range places(a) {
		var names db.Text
		if err := tx.One(ctx, `SELECT names FROM place WHERE id = $1`, []any{id}, &names); err != nil {
			return err
		}
		body = append(body, names)
	}
	return tx.IndexText(ctx, "activity", a.ID, a.Names, join(body...), "/activities/"+a.ID)
}

// indexAgain writes the entries anew that show the name of a place.
func indexAgain(ctx context.Context, tx *db.Tx, subject, key string) error {
	if subject != network.PlaceSubject {
		return nil
	}
	all, err := activities(ctx, tx, "")
	if err != nil {
		return err
	}
	for _, a := range all {
		if slices.Contains(places(a), key) {
			if err := indexActivity(ctx, tx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// places are the places an activity names, each once.
func places(a Activity) []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	add(a.Place)
	for _, p := range a.Participants {
		add(p.Place)
	}
	return out
}

func join(texts ...db.Text) db.Text {
	out := db.Text{}
	for _, t := range texts {
		for l, s := range t {
			if s != "" {
				out[l] = strings.TrimSpace(out[l] + " " + s)
			}
		}
	}
	return out
}

// there reports whether the network desk has a place, an organisation or a topic of this id. Withdrawn ones count: what
// happened there once stays true.
func there(ctx context.Context, tx *db.Tx, table, id string) (bool, error) {
	var n int
	err := tx.One(ctx, `SELECT COUNT(*) FROM `+table+` WHERE id = $1`, []any{id}, &n)
	return n > 0, err
}
