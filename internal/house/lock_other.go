//go:build !unix

package house

import (
	"fmt"
	"os"
)

// take writes who uses the folder. Elsewhere than on Unix DuckDB's own lock keeps a second process out.
func take(dir string) (*os.File, error) {
	f, err := os.OpenFile(lockPath(dir), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, folderFault(err, dir)
	}
	fmt.Fprintf(f, "%d\n", os.Getpid())
	return f, nil
}
