package mail

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/google/uuid"

	"aircommons/internal/fault"
)

// Deliver lays a message into a Maildir: whole or not at all.
func Deliver(dir string, raw []byte, now time.Time) error {
	failed := func(err error) error { return fault.Wrap(fault.Internal, err, "mail.folder", "Path", dir) }
	for _, part := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(dir, part), 0o700); err != nil {
			return failed(err)
		}
	}
	name := fmt.Sprintf("%d.%s.aircommons", now.Unix(), uuid.NewString())
	tmp := filepath.Join(dir, "tmp", name)
	if err := os.WriteFile(tmp, raw, 0o600); err != nil {
		os.Remove(tmp)
		return failed(err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, "new", name)); err != nil {
		return failed(err)
	}
	return nil
}

// New lists the messages of a Maildir that nobody has taken, by name. A folder that is not there has none.
func New(dir string) (paths []string, err error) {
	entries, err := os.ReadDir(filepath.Join(dir, "new"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "mail.folder", "Path", dir)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			paths = append(paths, filepath.Join(dir, "new", e.Name()))
		}
	}
	sort.Strings(paths)
	return paths, nil
}

// Taken notes that a message of a Maildir has been read.
func Taken(path string) error {
	cur := filepath.Join(filepath.Dir(filepath.Dir(path)), "cur")
	if err := os.MkdirAll(cur, 0o700); err != nil {
		return err
	}
	return os.Rename(path, filepath.Join(cur, filepath.Base(path)+":2,S"))
}
