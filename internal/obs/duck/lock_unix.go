//go:build unix

package duck

import (
	"errors"
	"os"
	"syscall"
)

// errLocked says that another store, here or in another process, has the file.
var errLocked = errors.New("the lock of the file is held")

// lockFile takes the lock beside a database. DuckDB's own lock keeps other processes out but not a second store in
// this one, and it is lost when anything in this process opens and closes the file (fcntl locks are so). Read-only
// stores share the lock, and do without it where they may not make the file.
func lockFile(path string, shared bool) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		if shared && (errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS)) {
			return nil, nil
		}
		return nil, err
	}
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		// The file system has no such locks: DuckDB's own remains.
		return nil, nil
	}
	return f, nil
}

// unlock gives the lock back. The file stays: removing it would let two stores lock two files of one name.
func unlock(f *os.File) {
	if f != nil {
		f.Close()
	}
}
