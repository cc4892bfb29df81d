package cli_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/catalog"
	"aircommons/internal/cli"
	"aircommons/internal/db"
	"aircommons/internal/house"
	"aircommons/internal/obs"
)

// The test program is the program itself when it is told so: real processes can be killed, and live in rooms of their own.
func TestMain(m *testing.M) {
	switch os.Getenv("AIRCOMMONS_TEST_CHILD") {
	case "":
		os.Exit(m.Run())
	case "main":
		os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
	default:
		inRoom(os.Getenv("AIRCOMMONS_TEST_CHILD"), os.Args[1])
	}
}

// child is a command of its own process.
func child(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "AIRCOMMONS_TEST_CHILD=main")
	return c
}

const twoPlaces = `aircommons: 1
places:
  - {id: beijing, names: {en: Beijing, zh: 北京}, kind: city, country: CN, parent: china, zone: Asia/Shanghai}
  - {id: china, names: {en: China}, kind: country, country: CN}
`

// network makes a data folder with one city.
func network(t *testing.T) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	if err := makeNetwork(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func makeNetwork(dir string) error {
	doc := dir + ".yaml"
	if err := os.WriteFile(doc, []byte(twoPlaces), 0o600); err != nil {
		return err
	}
	var out, errs bytes.Buffer
	if status := cli.Main([]string{"network", "import", doc, "--data", dir}, &out, &errs); status != 0 {
		return fmt.Errorf("status %d: %s", status, errs.String())
	}
	return nil
}

// write writes a file into a folder of the test.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stored is everything that imports leave in a data folder: stations, units, summaries and every value.
func stored(t *testing.T, dir string) string {
	t.Helper()
	ctx := context.Background()
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	h, err := house.Open(ctx, house.Options{Folder: dir, Now: time.Now, Catalog: texts})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	var b strings.Builder
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		for _, q := range []string{
			`SELECT id || ' ' || place || ' ' || code || ' ' || step || ' ' || name || ' ' || utc_offset || ' ' || version FROM station ORDER BY id`,
			`SELECT station || ' ' || parameter || ' ' || unit FROM series ORDER BY station, parameter`,
			`SELECT station || ' ' || parameter || ' ' || year || ' ' || data FROM series_year ORDER BY station, parameter, year`,
			`SELECT sha256 || ' ' || state || ' ' || seq FROM data_import ORDER BY seq`,
			`SELECT station || ' ' || parameter || ' ' || first || ' ' || last || ' ' || count FROM import_series ORDER BY station, parameter, first`,
		} {
			err := tx.Each(ctx, q, nil, func(scan func(...any) error) error {
				var line string
				err := scan(&line)
				b.WriteString(line + "\n")
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = h.Obs.Scan(ctx, nil, math.MinInt64, math.MaxInt64, func(k obs.Key, r obs.Rows) error {
		sum := sha256.New()
		for i := range r.Time {
			flag := 0
			if r.Flag != nil {
				flag = int(r.Flag[i])
			}
			fmt.Fprintln(sum, r.Time[i], r.Value[i], flag)
		}
		fmt.Fprintf(&b, "%d %s %d %x\n", k.Station, k.Parameter, r.Len(), sum.Sum(nil))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// whole fails the test unless verify finds everything right.
func whole(t *testing.T, dir string) {
	t.Helper()
	status, out, errs := run(t, "verify", "--data", dir, "--format", "json")
	var r struct{ OK bool }
	if err := json.Unmarshal([]byte(out), &r); err != nil || status != 0 || !r.OK {
		t.Errorf("verify: status %d %s %s", status, out, errs)
	}
}
