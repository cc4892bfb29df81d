//go:build unix && !solaris

package db

import "golang.org/x/sys/unix"

// noRoom reports whether nothing more can be written into a folder.
func noRoom(dir string) bool {
	var s unix.Statfs_t
	return unix.Statfs(dir, &s) == nil && uint64(s.Bavail)*uint64(s.Bsize) < 64<<10
}
