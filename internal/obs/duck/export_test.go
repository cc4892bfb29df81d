package duck

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/duckdb/duckdb-go/v2/mapping"

	"aircommons/air"
	"aircommons/internal/obs"
)

// Foreign makes a DuckDB file with tables that are not ours.
func Foreign(t *testing.T, path, sql string) {
	t.Helper()
	db, err := openNative(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer mapping.Close(&db)
	c, err := connect(db)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if _, err := c.exec(context.Background(), sql); err != nil {
		t.Fatal(err)
	}
}

// TestSettings looks at what must hold for a program that never uses the network.
func TestSettings(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "m.duckdb"), Options{Threads: 2, MemoryLimit: 256 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := s.begin()
	if err != nil {
		t.Fatal(err)
	}
	defer s.end(c, true)
	for sql, want := range map[string]string{
		"SELECT current_setting('autoinstall_known_extensions')::VARCHAR":                                                    "false",
		"SELECT current_setting('autoload_known_extensions')::VARCHAR":                                                       "false",
		"SELECT current_setting('lock_configuration')::VARCHAR":                                                              "true",
		"SELECT current_setting('threads')::VARCHAR":                                                                         "2",
		"SELECT current_setting('memory_limit')::VARCHAR":                                                                    "256.0 MiB",
		"SELECT install_mode::VARCHAR FROM duckdb_extensions() WHERE extension_name = 'parquet'":                             "STATICALLY_LINKED",
		"SELECT (count(*) = 0)::VARCHAR FROM duckdb_extensions() WHERE loaded AND install_mode NOT IN ('STATICALLY_LINKED')": "true",
	} {
		got := ""
		if err := c.query(t.Context(), sql, func(k chunk) error { got = text(k, 0)[0]; return nil }); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", sql, got, err, want)
		}
	}
}

// TestSize replaces parts of a store many times: the file must not grow with their number.
func TestSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.duckdb")
	s, err := Open(path, Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	write := func(station int32, first, n, seed int64) obs.Write {
		w := obs.Write{Key: obs.Key{Station: station, Parameter: air.PM10}, From: first, To: first + n}
		for i := range n {
			w.Rows.Time = append(w.Rows.Time, first+i)
			w.Rows.Value = append(w.Rows.Value, float64((i*7919+seed*104729)%100_003)/7)
		}
		return w
	}
	var all []obs.Write
	for station := int32(1); station <= 8; station++ {
		all = append(all, write(station, 0, 100_000, 0))
	}
	sizeNow := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if err := s.Replace(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	before := sizeNow()
	for i := range int64(40) {
		if err := s.Replace(t.Context(), []obs.Write{write(int32(1+i%8), (i*37)%50*1000, 50_000, i)}); err != nil {
			t.Fatal(err)
		}
	}
	after := sizeNow()
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	t.Logf("%d bytes with 800,000 rows, %d after 40 replacements of 50,000 rows", before, after)
	if after > 3*before {
		t.Errorf("the file grew from %d to %d bytes", before, after)
	}
}
