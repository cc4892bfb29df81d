package account

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// list keeps a slice as JSON in a TEXT column.
type list[T any] struct{ of *[]T }

// Value implements driver.Valuer.
func (l list[T]) Value() (driver.Value, error) {
	if l.of == nil || *l.of == nil {
		return "[]", nil
	}
	b, err := json.Marshal(*l.of)
	return string(b), err
}

// Scan implements sql.Scanner.
func (l list[T]) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return json.Unmarshal([]byte(v), l.of)
	case []byte:
		return json.Unmarshal(v, l.of)
	}
	return fmt.Errorf("account: cannot read %T as a list", src)
}

const columns = `id, name, email, shared, role, COALESCE(city,''), language, names, languages, affiliations, gender, gender_words, visibility, created_at, seen_at, erased_at, withdrawn, version`

func people(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Person, error) {
	var out []Person
	err := tx.Each(ctx, `SELECT `+columns+` FROM person `+where, args, func(scan func(...any) error) error {
		var p Person
		var seen, erased *time.Time
		if err := scan(&p.ID, &p.Name, &p.Email, &p.Shared, &p.Role, &p.City, &p.Language, list[Name]{&p.Names}, list[string]{&p.Languages}, list[Affiliation]{&p.Affiliations},
			&p.Gender, &p.GenderWords, &p.Visibility, &p.Created, &seen, &erased, &p.Withdrawn, &p.Version); err != nil {
			return err
		}
		p.Created = p.Created.UTC()
		if seen != nil {
			p.Seen = seen.UTC()
		}
		if erased != nil {
			p.Erased = erased.UTC()
		}
		out = append(out, p)
		return nil
	})
	return out, err
}

func one(ctx context.Context, tx *db.Tx, where string, args ...any) (Person, error) {
	ps, err := people(ctx, tx, where, args...)
	if err == nil && len(ps) == 0 {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	if err != nil {
		return Person{}, err
	}
	return ps[0], nil
}

// reached are the people at an address who are not withdrawn, the longest known first.
func reached(ctx context.Context, tx *db.Tx, email string) ([]Person, error) {
	return people(ctx, tx, `WHERE email = $1 AND withdrawn = $2 ORDER BY created_at, id`, email, false)
}

func insert(ctx context.Context, tx *db.Tx, p Person) error {
	if p.Visibility == "" {
		p.Visibility = Nobody
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO person (id, name, email, shared, role, city, language, names, languages, affiliations, gender, gender_words, visibility, created_at, withdrawn, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16)`, p.ID, p.Name, p.Email, p.Shared, string(p.Role), null(p.City), p.Language,
		list[Name]{&p.Names}, list[string]{&p.Languages}, list[Affiliation]{&p.Affiliations}, p.Gender, p.GenderWords, string(p.Visibility), tx.Now, p.Withdrawn, p.Version)
	return err
}

// store writes a person over the version it was read in.
func store(ctx context.Context, tx *db.Tx, p Person) error {
	return db.Changed(tx.ExecContext(ctx, `UPDATE person SET name = $1, email = $2, shared = $3, role = $4, city = $5, language = $6, names = $7, languages = $8, affiliations = $9,
		gender = $10, gender_words = $11, visibility = $12, withdrawn = $13, version = version + 1
		WHERE id = $14 AND version = $15`, p.Name, p.Email, p.Shared, string(p.Role), null(p.City), p.Language, list[Name]{&p.Names}, list[string]{&p.Languages},
		list[Affiliation]{&p.Affiliations}, p.Gender, p.GenderWords, string(p.Visibility), p.Withdrawn, p.ID, p.Version))
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
