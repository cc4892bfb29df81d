//go:build unix

package duck_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/obs"
	"aircommons/internal/obs/duck"
	"aircommons/internal/obs/obstest"
)

// key is the message key of an error of the house, with its argument Path.
func key(err error) (string, any) {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Sprintf("not an error of the house: %v", err), nil
	}
	return f.Message.Key, f.Message.Args["Path"]
}

// fails checks the key of an error, and that it names path.
func fails(t *testing.T, err error, want, path string) {
	t.Helper()
	if k, p := key(err); k != want || p != path {
		t.Errorf("got %v (key %s, path %v), want key %s and path %s", err, k, p, want, path)
	}
}

// noise makes n rows that no compression makes small.
func noise(k obs.Key, n int, seed uint64) obs.Write {
	r := rand.New(rand.NewPCG(seed, 1))
	w := obs.Write{Key: k, From: 0, To: int64(n)}
	for t := range n {
		w.Rows.Time = append(w.Rows.Time, int64(t))
		w.Rows.Value = append(w.Rows.Value, r.NormFloat64()*math.Exp(r.NormFloat64()*20))
	}
	return w
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	_, err := duck.Open(dir, duck.Options{})
	fails(t, err, "obs.directory", dir)
	path := filepath.Join(dir, "none.duckdb")
	_, err = duck.Open(path, duck.Options{ReadOnly: true})
	fails(t, err, "obs.missing", path)
	path = filepath.Join(dir, "no", "folder.duckdb")
	if _, err = duck.Open(path, duck.Options{}); err == nil {
		t.Error("opened in a folder that is not there")
	}
	if os.Getuid() == 0 {
		t.Log("a folder without permission is not tried: nothing is refused to root")
		return
	}
	path = filepath.Join(dir, "m.duckdb")
	open(t, path, duck.Options{}).Close()
	os.Remove(path + ".lock")
	for _, mode := range []os.FileMode{0o555, 0o755} {
		if err := errors.Join(os.Chmod(path, mode&0o444), os.Chmod(dir, mode)); err != nil {
			t.Fatal(err)
		}
		_, err = duck.Open(path, duck.Options{})
		fails(t, err, "obs.access", path)
		s, err := duck.Open(path, duck.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.duckdb")
	w := obstest.Write(obstest.Key(1, air.PM25), 0, 10, 1, 2)
	s := open(t, path, duck.Options{})
	if err := s.Replace(t.Context(), []obs.Write{w}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s = open(t, path, duck.Options{ReadOnly: true})
	other := open(t, path, duck.Options{ReadOnly: true})
	fails(t, s.Replace(t.Context(), []obs.Write{w}), "obs.readonly", path)
	fails(t, s.Restore(t.Context(), t.TempDir()), "obs.readonly", path)
	for _, s := range []obs.Store{s, other} {
		if r, err := s.Read(t.Context(), w.Key, 0, 10); err != nil || r.Len() != 1 {
			t.Errorf("%v %v", r, err)
		}
	}
	_, err := duck.Open(path, duck.Options{})
	fails(t, err, "obs.locked", path)
}

func helpHold(args []string) error {
	s, err := duck.Open(args[0], duck.Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	io.Copy(io.Discard, os.Stdin)
	return s.Close()
}

func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.duckdb")
	s := open(t, path, duck.Options{})
	_, err := duck.Open(path, duck.Options{})
	fails(t, err, "obs.locked", path)
	// The refused one has not taken the lock away.
	_, err = duck.Open(path, duck.Options{ReadOnly: true})
	fails(t, err, "obs.locked", path)
	if _, err := s.Extents(t.Context()); err != nil {
		t.Error(err)
	}
	s.Close()

	cmd := helper(t, "hold", path)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	_, err = duck.Open(path, duck.Options{})
	fails(t, err, "obs.locked", path)
	// Another program that knows nothing of our lock is kept out by DuckDB's.
	if err := os.Remove(path + ".lock"); err != nil {
		t.Fatal(err)
	}
	_, err = duck.Open(path, duck.Options{})
	fails(t, err, "obs.locked", path)
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	open(t, path, duck.Options{})
}

// TestDamaged breaks a file in many places. Each break is named, or does not matter; nothing wrong is ever read.
func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.duckdb")
	writes := []obs.Write{noise(obstest.Key(1, air.PM25), 100_000, 1), noise(obstest.Key(2, air.O3), 30_000, 2)}
	s := open(t, good, duck.Options{})
	if err := s.Replace(t.Context(), writes); err != nil {
		t.Fatal(err)
	}
	s.Close()
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}

	type damage struct {
		name string
		data []byte
		log  []byte // of the file's log, when not nil
		must bool   // the damage cannot go unnoticed
	}
	cases := []damage{
		{"text", []byte("date,pm25\n2014-01-01,12\n"), nil, true},
		{"noughts", make([]byte, len(whole)), nil, true},
		{"one byte", []byte{'x'}, nil, true},
		{"a log of noise", whole, []byte("no log of DuckDB, but some text that is long enough to be read as one"), false},
	}
	for _, n := range []int{100, 4096, 8192, 12288, 12288 + 262144/2, len(whole) / 2, len(whole) - 262144, len(whole) - 1} {
		cases = append(cases, damage{fmt.Sprintf("cut at %d", n), whole[:n], nil, true})
	}
	r := rand.New(rand.NewPCG(3, 3))
	for i := range 120 {
		at := r.IntN(len(whole))
		if i < 40 {
			at = r.IntN(3 * 4096) // the headers
		}
		d := append([]byte(nil), whole...)
		d[at] ^= byte(1 + r.IntN(255))
		cases = append(cases, damage{fmt.Sprintf("byte %d", at), d, nil, false})
	}
	path := filepath.Join(dir, "bad.duckdb")
	noticed := 0
	for _, c := range cases {
		os.Remove(path + ".wal")
		if err := os.WriteFile(path, c.data, 0o644); err != nil {
			t.Fatal(err)
		}
		if c.log != nil {
			if err := os.WriteFile(path+".wal", c.log, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		s, err := duck.Open(path, duck.Options{})
		if err == nil {
			err = s.Check(t.Context())
			for _, w := range writes {
				got, readErr := s.Read(t.Context(), w.Key, math.MinInt64, math.MaxInt64)
				if readErr == nil {
					if d := obstest.Diff(got, w.Rows); d != "" && err == nil {
						t.Errorf("%s: read without an error: %s", c.name, d)
					}
				} else if err == nil {
					t.Errorf("%s: Check finds nothing, Read says %v", c.name, readErr)
				}
			}
			s.Close()
		}
		if err == nil {
			if c.must {
				t.Errorf("%s: not noticed", c.name)
			}
			continue
		}
		noticed++
		if k, p := key(err); k != "obs.damaged" && k != "obs.newer" || p != path {
			t.Errorf("%s: got %s %v: %v", c.name, k, p, err)
		}
	}
	t.Logf("%d of %d breaks noticed; the others lie in unused parts", noticed, len(cases))
}

func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.duckdb")
	duck.Foreign(t, path, "CREATE TABLE other(x INTEGER)")
	_, err := duck.Open(path, duck.Options{})
	fails(t, err, "obs.foreign", path)
	path = filepath.Join(t.TempDir(), "m.duckdb")
	duck.Foreign(t, path, "CREATE TABLE store(format INTEGER); INSERT INTO store VALUES (99)")
	_, err = duck.Open(path, duck.Options{})
	fails(t, err, "obs.newer", path)
}

// TestFullDisk runs helpFull, which limits its own file size: beyond it writing fails as on a full disk.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.duckdb")
	cmd := helper(t, "full", path)
	cmd.Stdout = os.Stdout
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	s := open(t, path, duck.Options{})
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func helpFull(args []string) error {
	path, ctx := args[0], context.Background()
	signal.Ignore(syscall.SIGXFSZ)
	s, err := duck.Open(path, duck.Options{})
	if err != nil {
		return err
	}
	a, b := obstest.Key(1, air.PM25), obstest.Key(2, air.PM25)
	first := noise(a, 200_000, 1)
	if err := s.Replace(ctx, []obs.Write{first}); err != nil {
		return err
	}
	same := func() error {
		got, err := s.Read(ctx, a, math.MinInt64, math.MaxInt64)
		if err != nil {
			return fmt.Errorf("reading after a full disk: %w", err)
		}
		if d := obstest.Diff(got, first.Rows); d != "" {
			return errors.New(d)
		}
		if e, err := s.Extents(ctx); err != nil || len(e) != 1 {
			return fmt.Errorf("extents %v %w", e, err)
		}
		return s.Check(ctx)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	free := limit
	// With no room at all, and with room for a part of what is written.
	for _, room := range []int64{0, 100_000, 400_000, 1_500_000, 3_000_000} {
		limit.Cur = uint64(info.Size() + room)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			return err
		}
		for _, n := range []int{400_000, 2_000_000} {
			err = s.Replace(ctx, []obs.Write{noise(a, n, 2), noise(b, n, 3)})
			if k, p := key(err); k != "obs.disk" || p != path {
				return fmt.Errorf("room %d, %d rows: got %s: %w", room, n, k, err)
			}
			if err := same(); err != nil {
				return fmt.Errorf("room %d, %d rows: %w", room, n, err)
			}
			if now, err := os.Stat(path); err != nil || now.Size() > info.Size() {
				return fmt.Errorf("the file keeps %d bytes of %d: %w", now.Size(), info.Size(), err)
			}
		}
	}
	limit.Cur = 300_000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if err := s.Backup(ctx, path+".backup"); err == nil {
		return errors.New("a backup larger than the disk was written")
	} else if k, p := key(err); k != "obs.disk" || p != path+".backup" {
		return fmt.Errorf("backup: %w", err)
	}
	if left, err := os.ReadDir(path + ".backup"); err != nil || len(left) > 0 {
		return fmt.Errorf("a failed backup leaves %v %w", left, err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &free); err != nil {
		return err
	}
	if err := same(); err != nil {
		return err
	}
	// With room again it goes on.
	if err := s.Replace(ctx, []obs.Write{noise(b, 1000, 4)}); err != nil {
		return err
	}
	if err := s.Check(ctx); err != nil {
		return err
	}
	return s.Close()
}
