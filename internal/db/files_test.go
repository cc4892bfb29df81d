package db_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// SHA-256 of "abc", FIPS 180-2 appendix B.1.
const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

func TestFiles(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "files")
	f, err := db.OpenFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is there already
		sum, size, err := f.Put(ctx, strings.NewReader("abc"), 3)
		if err != nil || sum != abc || size != 3 || !f.Has(abc) {
			t.Fatal(sum, size, err)
		}
	}
	r, err := f.Open(abc)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || string(text) != "abc" {
		t.Error(string(text), err)
	}
	r.Close()
	if f.Path(abc) != filepath.Join(dir, "ba", abc) {
		t.Error(f.Path(abc))
	}
	if list, err := f.List(); err != nil || len(list) != 1 || list[0] != abc {
		t.Error(list, err)
	}
	if err := f.Check(ctx, abc); err != nil {
		t.Error(err)
	}
	// Too long, interrupted by the sender, and ended by the caller: nothing of it stays.
	if _, _, err := f.Put(ctx, strings.NewReader("abcd"), 3); !errors.Is(err, db.ErrTooLarge) {
		t.Error(err)
	}
	broken := errors.New("the line went dead")
	if _, _, err := f.Put(ctx, io.MultiReader(strings.NewReader("ab"), failing{broken}), 100); !errors.Is(err, broken) {
		t.Error(err)
	}
	ended, end := context.WithCancel(ctx)
	end()
	if _, _, err := f.Put(ended, strings.NewReader("xyz"), 100); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".part-*")); len(left) > 0 || err != nil {
		t.Error(left, err)
	}
	// A name that is no hash leads nowhere.
	for _, name := range []string{"", "..", "../../etc/passwd", strings.Repeat("z", 64), abc + "/.."} {
		if _, err := f.Open(name); fault.CodeOf(err) != fault.NotFound || f.Has(name) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := os.WriteFile(f.Path(abc), []byte("abd"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Check(ctx, abc); fault.CodeOf(err) != fault.Invalid {
		t.Error(err)
	}
	for range 2 {
		if err := f.Remove(abc); err != nil || f.Has(abc) {
			t.Error(err)
		}
	}
	// What a killed process left is taken away when the folder is opened.
	if err := os.WriteFile(filepath.Join(dir, ".part-x"), bytes.Repeat([]byte("x"), 100), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.OpenFiles(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".part-x")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
