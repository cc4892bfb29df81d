package network

import (
	"context"
	"fmt"

	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// Use counts the things of one kind that refer to a thing, with texts "network.use.<subject>".
type Use struct {
	Subject string
	Count   int
}

// reference is a column, of any desk's table, that names things of this desk.
type reference struct {
	subject, table, column string
	in                     string // %s is the id: the whole value, or where it stands in JSON
}

const (
	alone  = `%s`
	listed = `%%"%s"%%`
)

// references lists them all. The tables are one schema, and a place must not go while a desk above still names it.
var references = map[string][]reference{
	PlaceSubject: {
		{"place", "place", "parent", alone},
		{"organisation", "organisation", "place", alone},
		{"membership", "membership", "place", alone},
		{"programme", "programme", "participants", `%%"place":"%s"%%`},
		{"activity", "activity", "place_id", alone},
		{"activity", "activity_participant", "place_id", alone},
		{"station", "station", "place", alone},
		{"import", "data_import", "place", alone},
		{"mean", "published_mean", "place", alone},
		{"person", "person", "city", alone},
	},
	OrganisationSubject: {
		{"organisation", "organisation", "parent", alone},
		{"membership", "membership", "organisation", alone},
		{"membership", "membership", "network", alone},
		{"programme", "programme", "roles", `%%"organisation":"%s"%%`},
		{"activity", "activity_role", "organisation", alone},
		{"document", "document", "publisher", alone},
		{"document", "document", "contributors", listed},
	},
	TopicSubject: {
		{"topic", "topic", "broader", alone},
		{"programme", "programme", "topics", listed},
		{"activity", "activity", "topics", listed},
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
		// An id holds nothing that means something to LIKE.
		var n int
		err := tx.One(ctx, `SELECT COUNT(*) FROM `+r.table+` WHERE `+r.column+` LIKE $1`, []any{fmt.Sprintf(r.in, id)}, &n)
		if err != nil {
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
	err = tx.One(ctx, `SELECT COUNT(*) FROM document WHERE subject = $1 AND subject_key = $2`, []any{subject, id}, &n)
	add("document", n)
	return out, err
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
