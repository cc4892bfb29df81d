package translate

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Change is a translation that somebody wrote, or found to fit still.
type Change struct {
	Subject, Key, Field string
	Text                string
	Was                 string // Item.Was as it was read; "" does not matter
	Fits                bool   // the translation is not changed but fits the source as it is now
}

// Done is what saving did.
type Done struct {
	Saved int
	Same  int      // nothing to do
	Lost  []Change // refused, since source or translation were changed meanwhile
	Gone  []Change // of things or fields that are not there, or not the actor's
}

// Save stores translations into a language, all that are still right in one transaction. With dry it only tells.
func (k *Desk) Save(ctx context.Context, by actor.Actor, lang string, changes []Change, dry bool) (done Done, err error) {
	if !by.RunsAny() {
		return done, by.NeedOfficer()
	}
	if !slices.Contains(Languages, lang) {
		return done, fault.New(fault.Invalid, "translate.lang", "Language", lang)
	}
	run := k.db.Write
	if dry {
		run = k.db.Read
	}
	err = run(ctx, func(tx *db.Tx) error {
		done = Done{}
		list, err := holders(ctx, tx)
		if err != nil {
			return err
		}
		at := map[string]*holder{}
		for _, h := range list {
			if h.runs(by) && h.thing.InPlace {
				at[h.thing.Subject+"/"+h.thing.Key] = h
			}
		}
		of := map[string][]Change{}
		var order []string
		for _, c := range changes {
			thing := c.Subject + "/" + c.Key
			if at[thing] == nil {
				done.Gone = append(done.Gone, c)
				continue
			}
			if of[thing] == nil {
				order = append(order, thing)
			}
			of[thing] = append(of[thing], c)
		}
		for _, thing := range order {
			if err := k.put(ctx, tx, by, lang, at[thing], of[thing], dry, &done); err != nil {
				return err
			}
		}
		return nil
	})
	return done, err
}

func (k *Desk) put(ctx context.Context, tx *db.Tx, by actor.Actor, lang string, h *holder, changes []Change, dry bool, done *Done) error {
	before, err := json.Marshal(h.value()) // as bytes: the texts of the value are changed below
	if err != nil {
		return err
	}
	changed := false
	var fits []Change
	known := map[string]bool{}
	h.texts(func(field string, t *db.Text) {
		for _, c := range changes {
			if c.Field != field {
				continue
			}
			known[field] = true
			src, from := source(*t)
			text := strings.TrimSpace(strings.ReplaceAll(c.Text, "\r\n", "\n"))
			switch {
			case src == "" || from == lang || !utf8.ValidString(text):
				done.Gone = append(done.Gone, c)
			case c.Was != "" && c.Was != mark(src, (*t)[lang]) && text != (*t)[lang]:
				done.Lost = append(done.Lost, c)
			case text == (*t)[lang] && c.Fits && text != "":
				fits = append(fits, Change{Field: field, Text: src})
				done.Saved++
			case text == (*t)[lang]:
				done.Same++
			default:
				now := db.Text{} // a map of its own: before must stay as it was
				for l, s := range *t {
					now[l] = s
				}
				if now[lang] = text; text == "" {
					delete(now, lang)
				}
				*t = now
				changed = true
				fits = append(fits, Change{Field: field, Text: src})
				done.Saved++
			}
		}
	})
	for _, c := range changes {
		if !known[c.Field] {
			done.Gone = append(done.Gone, c)
		}
	}
	if dry {
		return nil
	}
	for _, c := range fits {
		if _, err := tx.ExecContext(ctx, `INSERT INTO translated (subject, subject_key, field, lang, source_lang, source_hash, text_hash, at, by_id)
			VALUES ($1,$2,$3,$4,'',$5,'',$6,$7) ON CONFLICT (subject, subject_key, field, lang) DO UPDATE SET source_hash=excluded.source_hash, at=excluded.at, by_id=excluded.by_id`,
			h.thing.Subject, h.thing.Key, c.Field, lang, mark(c.Text), tx.Now, by.ID); err != nil {
			return err
		}
	}
	if !changed {
		if len(fits) == 0 {
			return nil
		}
		return tx.Record(ctx, by, h.thing.Subject, h.thing.Key, "translate", nil, nil)
	}
	if err := h.put(ctx, tx); err != nil {
		return err
	}
	return tx.Record(ctx, by, h.thing.Subject, h.thing.Key, "translate", json.RawMessage(before), h.value())
}
