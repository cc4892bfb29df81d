//go:build unix

package house

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"aircommons/internal/fault"
)

// take takes the folder's lock. The system gives it back when the process ends, however it ends.
func take(dir string) (*os.File, error) {
	f, err := os.OpenFile(lockPath(dir), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, folderFault(err, dir)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fault.Wrap(fault.Conflict, ErrHeld, "house.held", "Path", dir, "Process", HeldBy(dir))
		}
		return nil, folderFault(err, dir)
	}
	if err := f.Truncate(0); err == nil {
		_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
		if err != nil {
			f.Close()
			return nil, folderFault(err, dir)
		}
	}
	return f, nil
}
