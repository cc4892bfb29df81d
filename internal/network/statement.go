package network

import (
	"context"
	"sort"
	"time"

	"aircommons/internal/db"
)

// Statement is what one source says of one field of one thing. Where sources differ, all of them stand.
type Statement struct {
	ID          string    `yaml:"id" json:"id"`
	Subject     string    `yaml:"subject" json:"subject"`                   // kind of thing: "activity", "organisation", ...
	SubjectKey  string    `yaml:"key" json:"key"`                           // its id
	Field       string    `yaml:"field" json:"field"`                       // one of StatementFields, or another word
	Printed     string    `yaml:"printed" json:"printed"`                   // value as the source prints it
	Parsed      string    `yaml:"parsed,omitempty" json:"parsed,omitempty"` // value as read, a Period as its text; empty where none is given
	SourceTitle string    `yaml:"source" json:"source"`
	SourceURL   string    `yaml:"url,omitempty" json:"url,omitempty"`
	SourceDate  string    `yaml:"date,omitempty" json:"date,omitempty"` // a day, month or year: "2018-09-13"
	SaidBy      string    `yaml:"said_by,omitempty" json:"said_by,omitempty"`
	EnteredBy   string    `yaml:"entered_by,omitempty" json:"entered_by,omitempty"`
	EnteredAt   time.Time `yaml:"entered_at,omitempty" json:"entered_at,omitzero"` // UTC
	Rank        int64     `yaml:"rank,omitempty" json:"rank,omitempty"`            // 0: the first source; higher: second sources
	Note        db.Text   `yaml:"note,omitempty" json:"note,omitempty"`
	Withdrawn   bool      `yaml:"withdrawn,omitempty" json:"withdrawn,omitempty"`
	Version     int64     `yaml:"-" json:"version"`
}

const statementColumns = `id, subject, subject_key, field, printed, parsed, source_title, source_url, source_date, said_by, entered_by,
	entered_at, rank, note, withdrawn, version`

// Statements lists all statements, sorted by id, withdrawn ones too.
func Statements(ctx context.Context, tx *db.Tx) ([]Statement, error) { return statements(ctx, tx, "") }

func statements(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Statement, error) {
	var out []Statement
	err := tx.Each(ctx, `SELECT `+statementColumns+` FROM statement `+where, args, func(scan func(...any) error) error {
		var s Statement
		err := scan(&s.ID, &s.Subject, &s.SubjectKey, &s.Field, &s.Printed, &s.Parsed, &s.SourceTitle, &s.SourceURL, &s.SourceDate,
			&s.SaidBy, &s.EnteredBy, &s.EnteredAt, &s.Rank, &s.Note, &s.Withdrawn, &s.Version)
		s.EnteredAt = s.EnteredAt.UTC()
		out = append(out, s)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

func oneStatement(ctx context.Context, tx *db.Tx, id string) (Statement, error) {
	return first(statements(ctx, tx, `WHERE id = $1`, id))
}

// PutStatement writes a statement whole, new or over what is there, without asking for rights or recording. Its version
// grows by one. A statement that does not say when it was entered was entered now.
func PutStatement(ctx context.Context, tx *db.Tx, s Statement) error {
	if s.EnteredAt.IsZero() {
		s.EnteredAt = tx.Now
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO statement (`+statementColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,1)
		ON CONFLICT (id) DO UPDATE SET subject=excluded.subject, subject_key=excluded.subject_key, field=excluded.field,
		printed=excluded.printed, parsed=excluded.parsed, source_title=excluded.source_title, source_url=excluded.source_url,
		source_date=excluded.source_date, said_by=excluded.said_by, entered_by=excluded.entered_by, entered_at=excluded.entered_at,
		rank=excluded.rank, note=excluded.note, withdrawn=excluded.withdrawn, version=statement.version+1`,
		s.ID, s.Subject, s.SubjectKey, s.Field, s.Printed, s.Parsed, s.SourceTitle, s.SourceURL, s.SourceDate, s.SaidBy, s.EnteredBy,
		s.EnteredAt.UTC().Truncate(time.Millisecond), s.Rank, s.Note, s.Withdrawn)
	return err
}
