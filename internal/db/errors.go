package db

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"aircommons/internal/fault"
)

// Extended result codes of SQLite, https://www.sqlite.org/rescode.html.
const (
	sqliteBusy       = 5
	sqliteReadOnly   = 8
	sqliteIO         = 10
	sqliteCorrupt    = 11
	sqliteFull       = 13
	sqliteNotADB     = 26
	sqliteForeignKey = 787
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
	sqliteCheck      = 275
)

// Fail turns an error of a driver into one of ours. It is the only place that knows drivers' codes.
func (d *DB) Fail(err error) error {
	if err == nil {
		return nil
	}
	var ours *fault.Error
	if errors.As(err, &ours) {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fault.Wrap(fault.NotFound, err, "error.notfound")
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch code := lite.Code(); code {
		case sqliteUnique, sqlitePrimaryKey:
			return fault.Wrap(fault.Conflict, err, "db.exists")
		case sqliteForeignKey:
			return fault.Wrap(fault.Conflict, err, "db.inuse")
		case sqliteCheck:
			return fault.Wrap(fault.Invalid, err, "db.check")
		default:
			switch code & 0xff {
			case sqliteFull:
				return fault.Wrap(fault.Internal, err, "db.full")
			case sqliteReadOnly:
				return fault.Wrap(fault.Internal, err, "db.readonly", "Path", d.dsn)
			case sqliteCorrupt, sqliteNotADB:
				return fault.Wrap(fault.Internal, err, "db.damaged", "Path", d.dsn)
			case sqliteIO:
				if d.Engine == SQLite && noRoom(filepath.Dir(d.dsn)) {
					return fault.Wrap(fault.Internal, err, "db.full")
				}
				return fault.Wrap(fault.Internal, err, "db.disk", "Path", d.dsn)
			}
		}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code { // https://www.postgresql.org/docs/current/errcodes-appendix.html
		case "23505":
			return fault.Wrap(fault.Conflict, err, "db.exists")
		case "23503":
			return fault.Wrap(fault.Conflict, err, "db.inuse")
		case "23514", "22001", "22003":
			return fault.Wrap(fault.Invalid, err, "db.check")
		case "53100":
			return fault.Wrap(fault.Internal, err, "db.full")
		case "25006":
			return fault.Wrap(fault.Internal, err, "db.readonly", "Path", "PostgreSQL")
		}
	}
	return fault.Wrap(fault.Internal, err, "error.internal")
}

// lostRace reports whether a transaction failed only because another one came first.
func lostRace(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == sqliteBusy
}
