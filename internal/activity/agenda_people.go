package activity

import (
	"context"
	"sort"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Faces finds the people who stand in agendas, by id, for their names.
func (k *Desk) Faces(ctx context.Context, shapes ...Shape) (out map[string]account.Person, err error) {
	out = map[string]account.Person{}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		for _, s := range shapes {
			for _, i := range s.Items {
				for _, w := range i.People() {
					if _, there := out[w.Person]; w.Person == "" || there {
						continue
					}
					p, err := account.PersonByID(ctx, tx, w.Person)
					if fault.CodeOf(err) == fault.NotFound {
						continue
					} else if err != nil {
						return err
					}
					out[w.Person] = p
				}
			}
		}
		return nil
	})
	return out, err
}

// Candidates lists the people who can be put into an agenda, by name, for those who keep it.
func (k *Desk) Candidates(ctx context.Context, by actor.Actor, id string) (out []account.Person, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.kept(ctx, tx, by, id); err != nil {
			return err
		}
		all, err := account.PeopleByID(ctx, tx)
		out = nil
		for _, p := range all {
			if !p.IsErased() && !p.Withdrawn {
				out = append(out, p)
			}
		}
		return err
	})
	sort.Slice(out, func(i, j int) bool {
		if out[i].Name != out[j].Name {
			return out[i].Name < out[j].Name
		}
		return out[i].ID < out[j].ID
	})
	return out, err
}

// Told counts the people who would be written to if the draft were released.
func (k *Desk) Told(ctx context.Context, by actor.Actor, id string, d Difference) (n int, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.kept(ctx, tx, by, id); err != nil {
			return err
		}
		whom, err := k.concerned(ctx, tx, id, d)
		n = len(whom)
		return err
	})
	return n, err
}

// Links are the addresses of a released session that somebody may see now. They come from the draft: a broken address that was
// mended is good at once.
func (k *Desk) Links(ctx context.Context, id, item string, s Standing) (out []Access, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		a, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		seen, err := shapeOf(ctx, tx, a)
		if err != nil {
			return err
		}
		i, ok := seen.Item(item)
		if !ok {
			return notFound()
		}
		if draft, ok := a.Shape().Item(item); ok {
			i.Links = draft.Links
		}
		out = i.Open(s, Zone(a.Zone), tx.Now)
		return nil
	})
	return out, err
}
