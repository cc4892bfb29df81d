package library

import (
	"context"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/db"
)

// keeper is what the library keeps of people: who uploaded a file, by name.
type keeper struct{}

// Keeper is the library as one that keeps something about people.
func (k *Desk) Keeper() account.Keeper { return keeper{} }

func (keeper) Name() string { return "library" }

// uploads are the files that a person uploaded. The file has the name, the journal has who it was.
const uploads = `uploaded_by = $1 AND document_id IN (SELECT subject_key FROM journal WHERE subject = 'document' AND by_id = $2)`

func (keeper) Export(ctx context.Context, tx *db.Tx, p account.Person) (any, error) {
	type upload struct {
		Document string    `json:"document"`
		Name     string    `json:"name"`
		At       time.Time `json:"at"`
	}
	var out []upload
	err := tx.Each(ctx, `SELECT document_id, name, uploaded_at FROM document_file WHERE `+uploads+` ORDER BY uploaded_at, id`, []any{p.Name, p.ID}, func(scan func(...any) error) error {
		var u upload
		err := scan(&u.Document, &u.Name, &u.At)
		out = append(out, u)
		return err
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out, nil
}

func (keeper) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	_, err := tx.ExecContext(ctx, `UPDATE document_file SET uploaded_by = '' WHERE `+uploads, p.Name, p.ID)
	return err
}

func (keeper) Retain(context.Context, *db.Tx, time.Time, bool) ([]account.Retained, error) {
	return nil, nil // what is published stays
}
