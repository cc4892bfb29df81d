package activity

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"aircommons/internal/db"
)

// asJSON is a thing kept as JSON in one column.
type asJSON struct{ of any }

// Value implements driver.Valuer.
func (j asJSON) Value() (driver.Value, error) {
	b, err := json.Marshal(j.of)
	return string(b), err
}

// Scan implements sql.Scanner.
func (j asJSON) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return json.Unmarshal([]byte(v), j.of)
	case []byte:
		return json.Unmarshal(v, j.of)
	}
	return fmt.Errorf("activity: cannot read %T as JSON", src)
}

const itemColumns = `id, kind, names, starts, ends, venue, text, doc, version`

// scanItem reads the columns of an item; what only the agenda shows comes from doc.
func scanItem(scan func(...any) error, first ...any) (Item, error) {
	var i, doc Item
	if err := scan(append(first, &i.ID, &i.Kind, &i.Names, &i.Starts, &i.Ends, &i.Venue, &i.Text, asJSON{&doc}, &i.Version)...); err != nil {
		return i, err
	}
	return i.over(doc), nil
}

// beside is what of an item stands in no column of its own.
func (i Item) beside() Item {
	return Item{Room: i.Room, Track: i.Track, Languages: i.Languages, Pairs: i.Pairs, Speakers: i.Speakers, Talks: i.Talks, Cancelled: i.Cancelled, Links: i.Links}
}

// over is an item as the list of items asks for it, with what only the agenda asks for from what was there.
func (i Item) over(old Item) Item {
	now := old.beside()
	now.ID, now.Version = old.ID, old.Version
	if now.ID == "" {
		now.ID, now.Version = i.ID, i.Version
	}
	now.Kind, now.Names, now.Starts, now.Ends, now.Venue, now.Text = i.Kind, i.Names, i.Starts, i.Ends, i.Venue, i.Text
	return now
}

// putItems writes all items of an activity in their order. Those that differ from what is there get a higher version.
func putItems(ctx context.Context, tx *db.Tx, id string, items []Item) error {
	before := map[string]Item{}
	err := tx.Each(ctx, `SELECT `+itemColumns+` FROM activity_item WHERE activity_id = $1`, []any{id}, func(scan func(...any) error) error {
		i, err := scanItem(scan)
		before[i.ID] = i
		return err
	})
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM activity_item WHERE activity_id = $1`, id); err != nil {
		return err
	}
	for n, i := range items {
		old, there := before[i.ID]
		if i.Version = 1; there {
			if i.Version = old.Version; !same(i, old) {
				i.Version++
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO activity_item (activity_id, position, `+itemColumns+`)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`, id, n, i.ID, i.Kind, i.Names, i.Starts, i.Ends, i.Venue, i.Text, asJSON{i.beside()}, i.Version); err != nil {
			return err
		}
	}
	return nil
}

// agendas reads what the agendas of activities have in common.
func agendas(ctx context.Context, tx *db.Tx, where string, args []any, at map[string]*Activity) error {
	in := ` WHERE activity_id IN (SELECT id FROM activity ` + where + `)`
	return tx.Each(ctx, `SELECT activity_id, doc, drafting, version, changes FROM agenda`+in, args, func(scan func(...any) error) error {
		var id string
		var g Agenda
		if err := scan(&id, asJSON{&g}, &g.Drafting, &g.Version, &g.Changes); err != nil {
			return err
		}
		if a := at[id]; a != nil {
			a.Agenda = &g
		}
		return nil
	})
}

// putAgenda writes what an agenda has in common. Releases that come with it, as from a document, are stored where there are
// none yet.
func putAgenda(ctx context.Context, tx *db.Tx, id string, g *Agenda) error {
	if g == nil {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO agenda (activity_id, doc, drafting, version, changes) VALUES ($1,$2,$3,$4,$5)
		ON CONFLICT (activity_id) DO UPDATE SET doc=excluded.doc, drafting=excluded.drafting, version=excluded.version, changes=excluded.changes`,
		id, asJSON{g}, g.Drafting, max(g.Version, 1), g.Changes); err != nil {
		return err
	}
	for _, r := range g.Releases {
		r.Items = identify(r.Items)
		if _, err := tx.ExecContext(ctx, `INSERT INTO agenda_release (activity_id, number, at, by_id, doc) VALUES ($1,$2,$3,$4,$5) ON CONFLICT (activity_id, number) DO NOTHING`,
			id, r.Number, r.At.UTC(), r.By, asJSON{r.Shape}); err != nil {
			return err
		}
	}
	return nil
}

func releases(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Release, err error) {
	err = tx.Each(ctx, `SELECT number, at, by_id, doc FROM agenda_release `+where, args, func(scan func(...any) error) error {
		var r Release
		err := scan(&r.Number, &r.At, &r.By, asJSON{&r.Shape})
		r.At = r.At.UTC()
		out = append(out, r)
		return err
	})
	return out, err
}

// last is the latest release of an agenda, with number 0 when there is none.
func last(ctx context.Context, tx *db.Tx, id string) (Release, error) {
	rs, err := releases(ctx, tx, `WHERE activity_id = $1 ORDER BY number DESC LIMIT 1`, id)
	if err != nil || len(rs) == 0 {
		return Release{}, err
	}
	return rs[0], nil
}

// shapeOf is the agenda that everybody sees.
func shapeOf(ctx context.Context, tx *db.Tx, a Activity) (Shape, error) {
	if a.Agenda == nil || !a.Agenda.Drafting {
		return a.Shape().public(), nil
	}
	r, err := last(ctx, tx, a.ID)
	return r.Shape.public(), err
}

func shapes(ctx context.Context, tx *db.Tx, all []Activity) (map[string]Shape, error) {
	out := map[string]Shape{}
	for _, a := range all {
		if a.Agenda == nil && len(a.Items) == 0 {
			continue
		}
		s, err := shapeOf(ctx, tx, a)
		if err != nil {
			return nil, err
		}
		out[a.ID] = s
	}
	return out, nil
}
