//go:build unix

package cli

import "syscall"

// private keeps others from reading what the program writes: the data folder, copies of it, and files beside them.
func private() { syscall.Umask(0o077) }
