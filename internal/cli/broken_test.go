package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/cli"
	"aircommons/internal/house"
)

// Damage to a store is one clear line, in which the file is named, and the file stays as it is.
func TestDamagedStores(t *testing.T) {
	whole := network(t)
	file := write(t, "one.csv", cli.Generated("One", 1, 1))
	if status, _, errs := run(t, "import", file, "--city", "beijing", "--data", whole); status != 0 {
		t.Fatal(errs)
	}
	harm := map[string]func([]byte) []byte{
		"overwritten at the head": func(b []byte) []byte { copy(b, bytes.Repeat([]byte("x"), 4096)); return b },
		"cut to a page":           func(b []byte) []byte { return b[:4096] },
		"overwritten inside":      func(b []byte) []byte { copy(b[len(b)/4:], bytes.Repeat([]byte{0xa5}, len(b)/2)); return b },
		"another file":            func([]byte) []byte { return []byte(strings.Repeat("not a database\n", 4096)) },
		"bytes of nothing":        func(b []byte) []byte { clear(b); return b },
	}
	for name, f := range harm {
		for _, store := range []string{"network.db", "measurements.duckdb"} {
			t.Run(name+" "+store, func(t *testing.T) {
				t.Parallel()
				dir := filepath.Join(t.TempDir(), "data")
				if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, store)
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				data = f(data)
				if err := os.WriteFile(path, data, 0o600); err != nil {
					t.Fatal(err)
				}
				status, out, errs := run(t, "verify", "--data", dir, "--format", "json")
				var r struct {
					OK     bool
					Checks []struct {
						OK      bool
						Message string
					}
				}
				if err := json.Unmarshal([]byte(out), &r); err != nil || status != 1 || r.OK || strings.Count(errs, "\n") != 1 {
					t.Errorf("verify: %d %s %s", status, out, errs)
				}
				said := false
				for _, c := range r.Checks {
					said = said || !c.OK && strings.Contains(c.Message, store)
				}
				if !said {
					t.Errorf("verify does not name the file: %+v", r.Checks)
				}
				// What reads the damaged part says so in one line; what does not may still be right.
				for _, args := range [][]string{{"stats", "day"}, {"backup", filepath.Join(t.TempDir(), "copy")}} {
					status, _, errs := run(t, append(args, "--data", dir)...)
					if status != 0 && (status != 1 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, store)) {
						t.Errorf("%v: %d %s", args, status, errs)
					}
				}
			})
		}
	}
}

// A folder that another command holds is waited for, and then named with who holds it.
func TestFolderInUse(t *testing.T) {
	t.Parallel()
	dir := network(t)
	h, err := house.Open(context.Background(), house.Options{Folder: dir, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	soon := time.AfterFunc(500*time.Millisecond, func() { h.Close() })
	if status, _, errs := run(t, "network", "export", "--data", dir); status != 0 {
		t.Error(status, errs)
	}
	soon.Stop()
	if h, err = house.Open(context.Background(), house.Options{Folder: dir, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	status, out, errs := run(t, "network", "export", "--data", dir)
	if status != 1 || out != "" || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "in use by process") {
		t.Error(status, out, errs)
	}
}

// Export, import into an empty folder and export again give the same bytes.
func TestNetworkRoundTrip(t *testing.T) {
	t.Parallel()
	a := filepath.Join(t.TempDir(), "a")
	s := serve(t, a, "--example", "eacac")
	status, first, errs := run(t, "network", "export", "--data", a)
	if status != 0 || len(first) < 10_000 {
		t.Fatal(status, errs)
	}
	s.end(t)
	b := filepath.Join(t.TempDir(), "b")
	doc := write(t, "network.yaml", first)
	if status, _, errs := run(t, "network", "import", doc, "--data", b); status != 0 {
		t.Fatal(errs)
	}
	if status, second, errs := run(t, "network", "export", "--data", b); status != 0 || second != first {
		t.Error(status, errs, len(first), len(second))
	}
	if status, _, errs := run(t, "network", "import", doc, "--data", b); status != 1 || strings.Count(errs, "\n") != 1 {
		t.Error(status, errs)
	}
	bad := write(t, "bad.yaml", strings.Replace(first, "parent: china\n", "parent: beijing\n", 1))
	if status, _, errs := run(t, "network", "import", bad, "--data", filepath.Join(t.TempDir(), "c")); status != 1 || !strings.Contains(errs, bad+": Line ") || strings.Count(errs, "\n") != 1 {
		t.Error(status, errs)
	}
}
