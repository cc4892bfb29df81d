package report

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
)

// The desk keeps nothing about people but what others wrote: names in captions and credits, in the texts of reports and in what
// was answered anonymously. Figures are counted from participations, which stay. See account.FileKeeper.
var _ account.FileKeeper = keeper{}

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

// gone stands where a name was.
const gone = "…"

// erasedIn takes the texts that tell who somebody was out of s. Parts of names that are shorter than least letters would be found in
// the words of others, and stay.
func erasedIn(s string, parts []string) string {
	for _, p := range parts {
		s = strings.ReplaceAll(s, p, gone)
	}
	return s
}

// telling are the texts of a person that are looked for: whole names and the address; single parts of names only when they are
// no common word, which is taken to be at four letters of an alphabet, or two Chinese, Japanese or Korean ones.
func tellingTexts(p account.Person) (out []string) {
	for _, s := range p.Strings() {
		letters, wide := utf8.RuneCountInString(s), false
		for _, r := range s {
			wide = wide || r >= 0x1100
		}
		if s == p.Name || s == p.Email || letters >= 4 || wide && letters >= 2 {
			if utf8.RuneCountInString(s) >= 2 {
				out = append(out, s)
			}
		}
	}
	return out
}

// Erase takes the names of a person out of captions, credits, reports, frozen ones too, their documents in the library, and
// answers of feedback.
func (x keeper) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	parts := tellingTexts(p)
	if len(parts) == 0 {
		return nil
	}
	for _, at := range []struct{ table, column string }{{"photo", "captions"}, {"photo", "credit"}, {"feedback_answer", "value"}, {"report", "sections"}, {"report", "content"}, {"handover", "items"}} {
		changed := map[string]string{}
		err := tx.Each(ctx, `SELECT CAST(id AS TEXT), `+at.column+` FROM `+at.table, nil, func(scan func(...any) error) error {
			var id, s string
			if err := scan(&id, &s); err != nil {
				return err
			}
			look := parts
			if at.column != "credit" && at.column != "value" { // JSON: names as they are escaped in it
				look = nil
				for _, part := range parts {
					look = append(look, db.JSONText(part))
				}
			}
			if now := erasedIn(s, look); now != s && (at.column == "credit" || at.column == "value" || json.Valid([]byte(now))) {
				changed[id] = now
			}
			return nil
		})
		if err != nil {
			return err
		}
		for id, now := range changed {
			if _, err := tx.ExecContext(ctx, `UPDATE `+at.table+` SET `+at.column+` = $1 WHERE CAST(id AS TEXT) = $2`, now, id); err != nil {
				return err
			}
			if at.table == "report" {
				r, err := one(ctx, tx, id)
				if err != nil {
					return err
				}
				if err := tx.EraseJournal(ctx, Subject, id); err != nil {
					return err
				}
				if err := x.k.renew(ctx, tx, r.Activity); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// renew writes the documents of an activity's published reports anew.
func (k *Desk) renew(ctx context.Context, tx *db.Tx, activityID string) error {
	all, err := reports(ctx, tx, `WHERE activity_id = $1 AND state = 'published'`, activityID)
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
	}
	return nil
}
