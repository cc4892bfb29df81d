package library

import (
	"context"
	"io"
)

// keeper is the store of kept files, db.Files.
type keeper interface {
	Put(ctx context.Context, r io.Reader, limit int64) (sha256 string, size int64, err error)
	Open(sha256 string) (io.ReadSeekCloser, error)
}
