package db

import (
	"context"
	"errors"
	"io/fs"
	"os"
)

// Settle returns when everything that was committed is on the disk. SQLite brings its log there at leisure, which loses
// nothing when the program dies, but may lose the last moments when the machine does. Who is about to do something that
// cannot be taken back, such as sending a letter, waits here first.
func (d *DB) Settle(ctx context.Context) error {
	if d.Engine != SQLite {
		return nil // PostgreSQL does so with each commit
	}
	f, err := os.OpenFile(d.dsn+"-wal", os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return ctx.Err()
	}
	if err != nil {
		return d.Fail(err)
	}
	err = f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	return d.Fail(err)
}
