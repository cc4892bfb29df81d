package evidence

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v3"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/intake"
)

// SavedMapping is a mapping that was kept: a file with its headings is read by it without being told.
type SavedMapping struct {
	ID      string
	Name    string
	Mapping intake.Mapping
	ByID    string
	By      string
	At      time.Time
}

// Mappings lists the saved mappings, the latest first.
func (k *Desk) Mappings(ctx context.Context) (out []SavedMapping, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		return tx.Each(ctx, `SELECT id, name, yaml, by_id, by_name, at FROM mapping WHERE NOT withdrawn ORDER BY at DESC, id DESC`, nil, func(scan func(...any) error) error {
			var m SavedMapping
			var text string
			if err := scan(&m.ID, &m.Name, &text, &m.ByID, &m.By, &m.At); err != nil {
				return err
			}
			m.At = m.At.UTC()
			if err := yaml.Unmarshal([]byte(text), &m.Mapping); err != nil {
				return err
			}
			out = append(out, m)
			return nil
		})
	})
	return out, err
}

func (k *Desk) savedMappings(ctx context.Context) ([]intake.Mapping, error) {
	all, err := k.Mappings(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]intake.Mapping, len(all))
	for i, m := range all {
		out[i] = m.Mapping
	}
	return out, nil
}

// SaveMapping keeps a mapping under a name. An earlier one for the same headings gives way.
func (k *Desk) SaveMapping(ctx context.Context, by actor.Actor, m intake.Mapping) error {
	if err := by.Need(actor.Administrator, actor.Secretariat, actor.CityOfficer); err != nil {
		return err
	}
	var f fault.Form
	if m.Name = strings.TrimSpace(m.Name); m.Name == "" || len([]rune(m.Name)) > 100 {
		f.Add("name", "evidence.mapping.name")
	}
	if m.Signature == "" {
		f.Add("name", "evidence.mapping.signature")
	}
	if err := f.Err(); err != nil {
		return err
	}
	text, err := yaml.Marshal(m)
	if err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE mapping SET withdrawn = $2 WHERE signature = $1`, m.Signature, true); err != nil {
			return err
		}
		id := uuid.Must(uuid.NewV7()).String()
		if _, err := tx.ExecContext(ctx, `INSERT INTO mapping (id, name, signature, yaml, by_id, by_name, at, withdrawn) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
			id, m.Name, m.Signature, string(text), by.ID, by.Name, tx.Now, false); err != nil {
			return err
		}
		return tx.Record(ctx, by, "mapping", id, "create", nil, m)
	})
}

// WithdrawMapping stops files from being read by a mapping. What was imported with it stays.
func (k *Desk) WithdrawMapping(ctx context.Context, by actor.Actor, id string) error {
	if err := by.Need(actor.Administrator, actor.Secretariat, actor.CityOfficer); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if err := db.Changed(tx.ExecContext(ctx, `UPDATE mapping SET withdrawn = $2 WHERE id = $1 AND NOT withdrawn`, id, true)); err != nil {
			return notFound()
		}
		return tx.Record(ctx, by, "mapping", id, "withdraw", nil, nil)
	})
}
