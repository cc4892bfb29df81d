// Package dbtest opens stores for tests: SQLite always, and a throw-away PostgreSQL where Debian's package is found.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"

	"aircommons/internal/db"
)

// Each runs a test on every engine: SQLite, and PostgreSQL unless it is not here.
func Each(t *testing.T, now func() time.Time, f func(t *testing.T, d *db.DB)) {
	t.Run("sqlite", func(t *testing.T) { f(t, open(t, filepath.Join(t.TempDir(), "network.db"), now)) })
	t.Run("postgres", func(t *testing.T) { f(t, open(t, Postgres(t), now)) })
}

func open(t *testing.T, dsn string, now func() time.Time) *db.DB {
	t.Helper()
	if now == nil {
		now = time.Now
	}
	d, err := db.Open(context.Background(), dsn, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// Postgres gives the address of an empty PostgreSQL database that lives as long as the test. It skips the test where
// PostgreSQL is not installed.
func Postgres(t *testing.T) string {
	t.Helper()
	once.Do(start)
	if server.missing {
		t.Skip("PostgreSQL is not here (Debian package postgresql)")
	}
	if server.err != nil {
		t.Fatal(server.err)
	}
	name := fmt.Sprintf("t%d", time.Now().UnixNano())
	admin, err := sql.Open("pgx", server.address("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.Exec(`CREATE DATABASE ` + name); err != nil {
		t.Fatal(err)
	}
	return server.address(name)
}

var (
	once   sync.Once
	server struct {
		dir     string
		missing bool
		err     error
		address func(database string) string
	}
)

// start makes one server for all tests of this program. It ends when the program does.
func start() {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		server.missing = true
		return
	}
	sort.Strings(found)
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "aircommons-pg-")
	if err != nil {
		server.err = err
		return
	}
	if err := give(dir); err != nil { // PostgreSQL refuses to run as root
		server.err = err
		return
	}
	data := filepath.Join(dir, "data")
	if out, err := as(exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "test", "--auth=trust", "-E", "UTF8", "--no-locale", "--no-sync", "--no-instructions")).CombinedOutput(); err != nil {
		server.err = fmt.Errorf("initdb: %w\n%s", err, out)
		return
	}
	var log strings.Builder
	cmd := as(exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off"))
	cmd.Stderr = &log
	if err := run(cmd, dir); err != nil {
		server.err = err
		return
	}
	server.address = func(database string) string {
		return "postgres://test@/" + database + "?host=" + dir
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		d, err := sql.Open("pgx", server.address("postgres"))
		if err == nil {
			err = d.Ping()
			d.Close()
		}
		if err == nil {
			return
		}
		if time.Now().After(end) {
			server.err = fmt.Errorf("PostgreSQL does not start: %w\n%s", err, log.String())
			return
		}
	}
}
