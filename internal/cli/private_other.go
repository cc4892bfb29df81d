//go:build !unix

package cli

// private leaves it to the permissions of the folders who may read what the program writes.
func private() {}
