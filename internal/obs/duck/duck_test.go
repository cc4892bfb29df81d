package duck_test

import (
	"path/filepath"
	"testing"

	"aircommons/internal/obs"
	"aircommons/internal/obs/duck"
	"aircommons/internal/obs/obstest"
)

// open opens a store in path and closes it with the test.
func open(t testing.TB, path string, opt duck.Options) *duck.Store {
	t.Helper()
	s, err := duck.Open(path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	obstest.Run(t, func(t *testing.T) obs.Store {
		return open(t, filepath.Join(t.TempDir(), "m.duckdb"), duck.Options{Threads: 2})
	})
}
