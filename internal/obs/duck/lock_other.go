//go:build !unix

package duck

import (
	"errors"
	"os"
)

var errLocked = errors.New("the lock of the file is held")

// lockFile does nothing here: elsewhere than on Unix DuckDB's own lock keeps a second store out, also in one process.
func lockFile(string, bool) (*os.File, error) { return nil, nil }

func unlock(*os.File) {}
