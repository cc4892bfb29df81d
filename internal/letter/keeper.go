package letter

import (
	"context"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/db"
)

// Keeper answers for what letters keep about people.
func (k *Desk) Keeper() account.Keeper { return keeper{} }

type keeper struct{}

func (keeper) Name() string { return "letter" }

// exported is a letter as its person gets it.
type exported struct {
	Number   string            `json:"number"`
	Kind     Kind              `json:"kind"`
	Name     string            `json:"name"`
	Original string            `json:"original,omitempty"`
	Private  map[string]string `json:"passport,omitempty"`
	Titles   db.Text           `json:"titles"`
	Texts    db.Text           `json:"texts"`
	Issued   time.Time         `json:"issued"`
	State    State             `json:"state"`
	Code     string            `json:"code"`
}

func (keeper) Export(ctx context.Context, tx *db.Tx, p account.Person) (any, error) {
	ls, err := letters(ctx, tx, `WHERE person = $1 AND person <> '' ORDER BY issued_at`, p.ID)
	if err != nil || len(ls) == 0 {
		return nil, err
	}
	var out []exported
	for _, l := range ls {
		out = append(out, exported{l.Number, l.Kind, l.Name, l.Original, l.Private, l.Titles, l.Texts, l.Issued, l.State, l.Code})
	}
	return out, nil
}

// Erase leaves the number, the kind, the activity and the day, so that a series has no hole and its code still answers.
func (keeper) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	if p.ID == "" {
		return nil
	}
	ls, err := letters(ctx, tx, `WHERE person = $1`, p.ID)
	if err != nil {
		return err
	}
	for _, l := range ls {
		kept := map[string]db.Text{}
		if v := l.Values["Activity"]; v != nil {
			kept["Activity"] = v
		}
		l.Values, l.Private = kept, map[string]string{}
		values, private, _, _, err := packed(l)
		if err != nil {
			return err
		}
		// The texts may name the person where an officer wrote them anew.
		if _, err := tx.ExecContext(ctx, `UPDATE letter SET dedupe = id, person = '', name = '–', original = '', original_lang = '', titles = '{}', texts = '{}', vals = $2, private = $3,
			reason = '', erased_at = $4, version = version + 1 WHERE id = $1`, l.ID, values, private, tx.Now); err != nil {
			return err
		}
	}
	return nil
}

// Retain takes the data of passports out of letters thirty days after the activity.
func (keeper) Retain(ctx context.Context, tx *db.Tx, now time.Time, dry bool) ([]account.Retained, error) {
	ls, err := letters(ctx, tx, `WHERE private <> '{}' ORDER BY about, about_key`)
	if err != nil {
		return nil, err
	}
	var out []account.Retained
	for _, l := range ls {
		end := l.Ends
		if end.IsZero() {
			end = l.Issued
		}
		due := account.ClassDue("passport", end)
		if due.IsZero() || now.Before(due) || len(l.Private) == 0 {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Key != l.AboutKey {
			out = append(out, account.Retained{Class: "passport", Subject: l.About, Key: l.AboutKey, Due: due})
		}
		out[len(out)-1].Count++
		if dry {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE letter SET private = '{}', erased_at = $2, version = version + 1 WHERE id = $1`, l.ID, now); err != nil {
			return nil, err
		}
	}
	return out, nil
}
