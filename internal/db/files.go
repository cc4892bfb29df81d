package db

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"syscall"

	"aircommons/internal/fault"
)

// Files keeps files whole under the hash of their content, in folders named by its first two digits. A file that is
// there is complete: it is written beside, brought to the disk and then renamed.
type Files struct{ dir string }

// partPrefix begins the names of files that are not whole yet.
const partPrefix = ".part-"

// OpenFiles opens a folder of kept files and makes it when absent. What an interrupted Put left behind is removed.
func OpenFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fileFault(err, dir)
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, fileFault(err, dir)
	}
	for _, n := range names {
		if !strings.HasPrefix(n.Name(), partPrefix) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, n.Name())); err != nil && !os.IsNotExist(err) {
			return nil, fileFault(err, dir)
		}
	}
	return &Files{dir}, nil
}

// ErrTooLarge is wrapped by Put where the content is longer than the limit.
var ErrTooLarge = errors.New("db: the file is larger than the limit")

// Put keeps what r gives, at most limit bytes, and returns its SHA-256 as 64 hexadecimal digits and its size in bytes.
// Content that is kept already stays as it is.
func (f *Files) Put(ctx context.Context, r io.Reader, limit int64) (sum string, size int64, err error) {
	name := filepath.Join(f.dir, partPrefix+rand.Text())
	out, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, fileFault(err, f.dir)
	}
	done := false
	defer func() {
		if !done {
			out.Close()
			os.Remove(name)
		}
	}()
	h := sha256.New()
	src := &readerErr{r: io.LimitReader(r, limit+1), ctx: ctx}
	if size, err = io.Copy(io.MultiWriter(out, h), src); err != nil {
		if src.err != nil {
			return "", 0, src.err // the sender's fault, not the disk's
		}
		return "", 0, fileFault(err, f.dir)
	}
	if size > limit {
		return "", 0, fault.Wrap(fault.Invalid, ErrTooLarge, "db.file.large", "Limit", limit>>20)
	}
	sum = hex.EncodeToString(h.Sum(nil))
	if f.Has(sum) {
		return sum, size, nil
	}
	if err := errors.Join(out.Sync(), out.Close()); err != nil {
		return "", 0, fileFault(err, f.dir)
	}
	to := f.Path(sum)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return "", 0, fileFault(err, f.dir)
	}
	if err := os.Rename(name, to); err != nil {
		return "", 0, fileFault(err, f.dir)
	}
	done = true
	if err := syncDir(filepath.Dir(to)); err != nil {
		return "", 0, fileFault(err, f.dir)
	}
	return sum, size, nil
}

type readerErr struct {
	r   io.Reader
	ctx context.Context
	err error
}

func (e *readerErr) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		e.err = err
		return 0, err
	}
	n, err := e.r.Read(p)
	if err != nil && err != io.EOF {
		e.err = err
	}
	return n, err
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	// Some file systems cannot bring a folder to the disk by itself; the rename is atomic all the same.
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) {
		d.Close()
		return err
	}
	return d.Close()
}

// Path is where a kept file lies, or would lie.
func (f *Files) Path(sum string) string {
	if !isSum(sum) {
		return filepath.Join(f.dir, "none")
	}
	return filepath.Join(f.dir, sum[:2], sum)
}

func isSum(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size
}

// Has reports whether the content is kept.
func (f *Files) Has(sum string) bool {
	info, err := os.Stat(f.Path(sum))
	return err == nil && info.Mode().IsRegular()
}

// Open opens a kept file for reading.
func (f *Files) Open(sum string) (io.ReadSeekCloser, error) {
	file, err := os.Open(f.Path(sum))
	if err != nil {
		return nil, fileFault(err, f.dir)
	}
	return file, nil
}

// Remove forgets a kept file. Nothing happens when it is not there.
func (f *Files) Remove(sum string) error {
	if err := os.Remove(f.Path(sum)); err != nil && !os.IsNotExist(err) {
		return fileFault(err, f.dir)
	}
	return nil
}

// List names every kept file by its hash, sorted.
func (f *Files) List() ([]string, error) {
	var out []string
	err := filepath.WalkDir(f.dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && isSum(e.Name()) {
			out = append(out, e.Name())
		}
		return err
	})
	if err != nil {
		return nil, fileFault(err, f.dir)
	}
	sort.Strings(out)
	return out, nil
}

// Check reads a kept file and reports damage: content that is not that of its name.
func (f *Files) Check(ctx context.Context, sum string) error {
	r, err := f.Open(sum)
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, &readerErr{r: r, ctx: ctx}); err != nil {
		return fileFault(err, f.dir)
	}
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return fault.New(fault.Invalid, "db.file.damaged", "Path", f.Path(sum))
	}
	return nil
}

func fileFault(err error, dir string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(fault.NotFound, err, "db.file.missing")
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fault.Wrap(fault.Internal, err, "db.full")
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return fault.Wrap(fault.Internal, err, "db.readonly", "Path", dir)
	}
	return fault.Wrap(fault.Internal, err, "db.disk", "Path", dir)
}
