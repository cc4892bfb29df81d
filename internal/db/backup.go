package db

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"aircommons/internal/fault"
)

// Backup writes a consistent copy of every table as one SQLite file, whatever the engine below: a copy is also the way
// from one engine to the other. The file must not be there yet.
func (d *DB) Backup(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return fault.New(fault.Conflict, "db.backup.exists", "Path", path)
	}
	if d.Engine == SQLite {
		// A connection of its own: readers may not write, and the one writer is not to wait for the copy.
		own, err := openSQLite(d.dsn, false)
		if err != nil {
			return err
		}
		defer own.Close()
		_, err = own.ExecContext(ctx, `VACUUM INTO `+quote(path))
		return d.Fail(err)
	}
	to, err := Open(ctx, path, d.now)
	if err != nil {
		return err
	}
	err = d.Read(ctx, func(from *Tx) error { return to.takeAll(ctx, from, false) })
	if e := to.Close(); err == nil {
		err = e
	}
	return err
}

// RestoreFrom fills a store with the copy at path. Tables that hold rows are a conflict, or emptied first with replace.
func (d *DB) RestoreFrom(ctx context.Context, path string, replace bool) error {
	if _, err := os.Stat(path); err != nil {
		return fault.Wrap(fault.NotFound, err, "db.backup.missing", "Path", path)
	}
	from, err := Open(ctx, path, d.now)
	if err != nil {
		return err
	}
	defer from.Close()
	if err := from.Read(ctx, func(tx *Tx) error { return d.takeAll(ctx, tx, replace) }); err != nil {
		return err
	}
	return d.begin(ctx)
}

// takeAll copies every table of from in one transaction: those that others refer to first, and references of a table to
// itself after all its rows are there.
func (d *DB) takeAll(ctx context.Context, from *Tx, replace bool) error {
	tables, self, err := d.tables(ctx, from.db)
	if err != nil {
		return err
	}
	return d.Write(ctx, func(to *Tx) error {
		if replace { // the journal goes whole, and comes whole
			if err := to.unguardJournal(ctx); err != nil {
				return err
			}
		}
		for _, t := range slices.Backward(tables) {
			if !replace {
				break
			}
			if r := self[t]; r != "" {
				if _, err := to.ExecContext(ctx, `UPDATE `+t+` SET `+r+` = NULL WHERE `+r+` IS NOT NULL`); err != nil {
					return err
				}
			}
			if _, err := to.ExecContext(ctx, `DELETE FROM `+t); err != nil {
				return err
			}
		}
		for _, t := range tables {
			var n int
			if err := to.One(ctx, `SELECT COUNT(*) FROM `+t, nil, &n); err != nil {
				return err
			}
			if n > 0 {
				return fault.New(fault.Conflict, "db.restore.full", "Table", t)
			}
		}
		for _, t := range tables {
			if err := copyTable(ctx, from, to, t, self[t]); err != nil {
				return err
			}
		}
		if replace {
			return to.guard(ctx)
		}
		return nil
	})
}

// tables orders the tables so that what is referred to comes first, and names the column by which a table refers to
// itself. Every self-reference of the house goes to the column id.
func (d *DB) tables(ctx context.Context, other *DB) (order []string, self map[string]string, err error) {
	lite := d
	if d.Engine != SQLite {
		lite = other // one side of a copy is always SQLite
	}
	var names []string
	refs, self := map[string][]string{}, map[string]string{}
	err = lite.Read(ctx, func(tx *Tx) error {
		if err := tx.Each(ctx, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%' ORDER BY name`, nil, func(scan func(...any) error) error {
			var n string
			names = append(names, "")
			err := scan(&n)
			names[len(names)-1] = n
			return err
		}); err != nil {
			return err
		}
		for _, t := range names {
			if err := tx.Each(ctx, `SELECT "table", "from" FROM pragma_foreign_key_list(`+quote(t)+`)`, nil, func(scan func(...any) error) error {
				var to, column string
				if err := scan(&to, &column); err != nil {
					return err
				}
				if to == t {
					self[t] = column
				} else {
					refs[t] = append(refs[t], to)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	var visit func(string)
	visit = func(t string) {
		if slices.Contains(order, t) {
			return
		}
		for _, r := range refs[t] {
			visit(r)
		}
		order = append(order, t)
	}
	for _, t := range names {
		visit(t)
	}
	return order, self, err
}

func copyTable(ctx context.Context, from, to *Tx, table, self string) error {
	rows, err := from.QueryContext(ctx, `SELECT * FROM `+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	places := make([]string, len(columns))
	selfAt, idAt := -1, -1
	for i, c := range columns {
		places[i] = fmt.Sprintf("$%d", i+1)
		if c == self {
			selfAt = i
		}
		if c == "id" {
			idAt = i
		}
	}
	insert, err := to.PrepareContext(ctx, `INSERT INTO `+table+` (`+strings.Join(columns, ", ")+`) VALUES (`+strings.Join(places, ", ")+`)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	type link struct{ id, to any }
	var links []link
	values, dest := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		dest[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		for i, v := range values {
			if t, ok := v.(time.Time); ok {
				values[i] = t.UTC()
			}
			if n, ok := v.(int64); ok && types[i].DatabaseTypeName() == "BOOLEAN" { // SQLite keeps it as a number
				values[i] = n != 0
			}
		}
		if selfAt >= 0 && idAt >= 0 && values[selfAt] != nil {
			links = append(links, link{values[idAt], values[selfAt]})
			values[selfAt] = nil
		}
		if _, err := insert.ExecContext(ctx, values...); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, l := range links {
		if _, err := to.ExecContext(ctx, `UPDATE `+table+` SET `+self+` = $1 WHERE id = $2`, l.to, l.id); err != nil {
			return err
		}
	}
	return nil
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Schema is the version of the tables that this program makes and the highest that it reads.
func Schema() int64 {
	names, err := migrations.ReadDir("migrations")
	if err != nil || len(names) == 0 {
		return 0
	}
	v, err := goose.NumericComponent(names[len(names)-1].Name())
	if err != nil {
		return 0
	}
	return v
}

// Check reads the whole store and reports the first damage.
func (d *DB) Check(ctx context.Context) error {
	if d.Engine == PostgreSQL {
		// PostgreSQL checks its pages as it reads them, if it was made with checksums: read everything.
		var names []string
		return d.Read(ctx, func(tx *Tx) error {
			if err := tx.Each(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = current_schema()`, nil, func(scan func(...any) error) error {
				var n string
				err := scan(&n)
				names = append(names, n)
				return err
			}); err != nil {
				return err
			}
			for _, n := range names {
				if _, err := tx.ExecContext(ctx, `SELECT COUNT(*) FROM (SELECT * FROM "`+n+`" OFFSET 0) t`); err != nil {
					return err
				}
			}
			return nil
		})
	}
	var first string
	if err := d.read.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&first); err != nil {
		return d.Fail(err)
	}
	if first != "ok" {
		return fault.New(fault.Invalid, "db.damaged", "Path", d.dsn)
	}
	var table string
	err := d.read.QueryRowContext(ctx, `SELECT "table" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table)
	if err == nil {
		return fault.New(fault.Invalid, "db.references", "Table", table)
	}
	if err != sql.ErrNoRows {
		return d.Fail(err)
	}
	return nil
}
