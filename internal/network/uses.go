package network

import (
	"context"

	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// Use counts the things of one kind that refer to a thing, with texts "network.use.<subject>".
type Use struct {
	Subject string
	Count   int
}

// reference is a column, of any desk's table, that names things of this desk: by id, or as a list of ids in JSON.
type reference struct {
	subject, table, column string
	list                   bool
}

// references lists them all. The tables are one schema, and a place must not go while a desk above still names it.
var references = map[string][]reference{
	PlaceSubject: {
		{"place", "place", "parent", false},
		{"organisation", "organisation", "place", false},
		{"membership", "membership", "place", false},
		{"activity", "activity", "place_id", false},
		{"activity", "activity_participant", "place_id", false},
	},
	OrganisationSubject: {
		{"organisation", "organisation", "parent", false},
		{"membership", "membership", "organisation", false},
		{"membership", "membership", "network", false},
		{"programme", "programme", "roles", true},
		{"activity", "activity_role", "organisation", false},
		{"document", "document", "publisher", false},
		{"document", "document", "contributors", true},
	},
	TopicSubject: {
		{"topic", "topic", "broader", false},
		{"programme", "programme", "topics", true},
		{"activity", "activity", "topics", true},
	},
}

// usesOf counts what refers to a thing.
func usesOf(ctx context.Context, tx *db.Tx, subject, id string) ([]Use, error) {
	var out []Use
	add := func(what string, n int) {
		for i := range out {
			if out[i].Subject == what {
				out[i].Count += n
				return
			}
		}
		if n > 0 {
			out = append(out, Use{what, n})
		}
	}
	for _, r := range references[subject] {
		cond, arg := ` = $1`, id
		if r.list {
			cond, arg = ` LIKE $1`, `%"`+id+`"%` // an id holds nothing that means something to LIKE
		}
		var n int
		if err := tx.One(ctx, `SELECT COUNT(*) FROM `+r.table+` WHERE `+r.column+cond, []any{arg}, &n); err != nil {
			return nil, err
		}
		add(r.subject, n)
	}
	var n int
	err := tx.One(ctx, `SELECT COUNT(*) FROM statement WHERE subject = $1 AND subject_key = $2`, []any{subject, id}, &n)
	if err != nil {
		return nil, err
	}
	add("statement", n)
	for _, table := range []string{"document"} {
		if err := tx.One(ctx, `SELECT COUNT(*) FROM `+table+` WHERE subject = $1 AND subject_key = $2`, []any{subject, id}, &n); err != nil {
			return nil, err
		}
		add(table, n)
	}
	return out, nil
}

func total(uses []Use) int {
	n := 0
	for _, u := range uses {
		n += u.Count
	}
	return n
}

// Uses counts what refers to a thing of this desk, for officers: what is in use cannot be deleted.
func (k *Desk) Uses(ctx context.Context, by actor.Actor, subject, id string) (out []Use, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = usesOf(ctx, tx, subject, id)
		return err
	})
	return out, err
}
