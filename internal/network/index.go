package network

import (
	"context"
	"slices"
	"strings"

	"aircommons/internal/db"
)

// indexPlace puts a place into the search, or takes it out. It is found by the names of the places it lies in, too.
func indexPlace(ctx context.Context, tx *db.Tx, p Place) error {
	if p.Withdrawn {
		return tx.Unindex(ctx, PlaceSubject, p.ID)
	}
	body := []db.Text{}
	for id, hops := p.Parent, 0; id != "" && hops < 10; hops++ {
		above, err := onePlace(ctx, tx, id)
		if err != nil {
			return err
		}
		body = append(body, everyName(above.Names))
		id = above.Parent
	}
	return tx.IndexText(ctx, PlaceSubject, p.ID, p.Names, join(append(body, p.Note)...), "/cities/"+p.ID)
}

func indexOrganisation(ctx context.Context, tx *db.Tx, o Organisation) error {
	if o.Withdrawn {
		return tx.Unindex(ctx, OrganisationSubject, o.ID)
	}
	body := []db.Text{o.Summary, o.Note}
	if o.PrintedName != o.Names["en"] {
		body = append(body, db.Text{"en": o.PrintedName})
	}
	if o.Place != "" {
		p, err := onePlace(ctx, tx, o.Place)
		if err != nil {
			return err
		}
		body = append(body, everyName(p.Names))
	}
	return tx.IndexText(ctx, OrganisationSubject, o.ID, o.Names, join(body...), "/organisations/"+o.ID)
}

func indexTopic(ctx context.Context, tx *db.Tx, t Topic) error {
	if t.Withdrawn {
		return tx.Unindex(ctx, TopicSubject, t.ID)
	}
	return tx.IndexText(ctx, TopicSubject, t.ID, t.Labels, join(t.Note), "/topics/"+t.ID)
}

// join puts texts together in each language, in another one where a text lacks it.
func join(texts ...db.Text) db.Text {
	out := db.Text{}
	for _, l := range Languages {
		var parts []string
		for _, t := range texts {
			if s, _ := t.In(l); s != "" {
				parts = append(parts, s)
			}
		}
		if len(parts) > 0 {
			out[l] = strings.Join(parts, " ")
		}
	}
	return out
}

// everyName gives all names of a place in each language, so that it is found in any script.
func everyName(names db.Text) db.Text {
	out := db.Text{}
	for _, l := range Languages {
		own, _ := names.In(l)
		all := []string{own}
		for _, m := range Languages {
			if n := names[m]; n != "" && !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
		out[l] = strings.Join(all, " · ")
	}
	return out
}

// indexInside brings up to date what is found by the name of a place: the places and organisations in it.
func indexInside(ctx context.Context, tx *db.Tx, id string, depth int) error {
	inside, err := places(ctx, tx, `WHERE parent = $1`, id)
	if err != nil || depth > 10 {
		return err
	}
	for _, p := range inside {
		if err := indexPlace(ctx, tx, p); err != nil {
			return err
		}
		if err := indexInside(ctx, tx, p.ID, depth+1); err != nil {
			return err
		}
	}
	if depth > 0 {
		return nil
	}
	os, err := organisations(ctx, tx, `WHERE place = $1`, id)
	for _, o := range os {
		if err := indexOrganisation(ctx, tx, o); err != nil {
			return err
		}
	}
	return err
}
