package db

import (
	"context"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"

	"aircommons/internal/fault"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date. One set of migrations serves both engines.
func (d *DB) migrate(ctx context.Context) error {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	if d.Engine == PostgreSQL {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, d.write, sub)
	if err != nil {
		return err
	}
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	if last := sources[len(sources)-1].Version; have > last {
		// An older program must not write into tables it does not know.
		return fault.New(fault.Invalid, "db.newer", "Have", have, "Know", last)
	}
	_, err = p.Up(ctx)
	return err
}
