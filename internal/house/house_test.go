package house_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"aircommons/air"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/mail"
	"aircommons/internal/network"
	"aircommons/internal/obs"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

func open(t *testing.T, o house.Options) *house.House {
	t.Helper()
	h, err := tryOpen(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

func tryOpen(o house.Options) (*house.House, error) {
	texts, err := catalog.Load()
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = clock
	}
	o.Catalog = texts
	return house.Open(context.Background(), o)
}

// key is the message of a fault.
func key(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	return f.Message.Key
}

// example loads the example network.
func example(t *testing.T, h *house.House) {
	t.Helper()
	if _, err := h.Record.LoadExample(context.Background(), "eacac"); err != nil {
		t.Fatal(err)
	}
}

// fill makes a city, unless it is there, and imports a file of made hours.
func fill(t *testing.T, h *house.House) {
	t.Helper()
	ctx := context.Background()
	if s, err := h.Network.Snapshot(ctx); err != nil {
		t.Fatal(err)
	} else if _, ok := s.Place("beijing"); !ok {
		for _, p := range []network.Place{{ID: "china", Names: db.Text{"en": "China"}, Kind: "country", Country: "CN"},
			{ID: "beijing", Names: db.Text{"en": "Beijing"}, Kind: "city", Country: "CN", Parent: "china", TimeZone: "Asia/Shanghai"}} {
			if err := h.DB.Write(ctx, func(tx *db.Tx) error {
				if err := network.PutPlace(ctx, tx, p); err != nil {
					return err
				}
				return tx.Record(ctx, actor.System, network.PlaceSubject, p.ID, "create", nil, p)
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, _, err := h.Evidence.StartImport(ctx, actor.CommandLine, evidence.Upload{Name: "made.csv", Place: "beijing", Reader: strings.NewReader(uci("Made", 2000)), Auto: true})
	if err != nil {
		t.Fatal(err)
	}
	for {
		ran, err := h.DB.WorkOnce(ctx, h.Run)
		if err != nil {
			t.Fatal(err)
		}
		if !ran {
			return
		}
	}
}

func uci(station string, hours int) string {
	var b strings.Builder
	b.WriteString(`"No","year","month","day","hour","PM2.5","PM10","SO2","NO2","CO","O3","TEMP","PRES","DEWP","RAIN","wd","WSPM","station"` + "\n")
	at := time.Date(2015, 11, 1, 0, 0, 0, 0, time.UTC)
	for i := range hours {
		fmt.Fprintf(&b, "%d,%d,%d,%d,%d,%d,%d,4,7,300,77,-0.7,1023,-18.8,0,\"NNW\",4.4,%q\n", i+1, at.Year(), at.Month(), at.Day(), at.Hour(), i%200+1, i%300+1, station)
		at = at.Add(time.Hour)
	}
	return b.String()
}

// content is everything that a network is made of, as text.
func content(t *testing.T, h *house.House) string {
	t.Helper()
	ctx := context.Background()
	var b strings.Builder
	if err := h.Record.Export(ctx, actor.CommandLine, &b); err != nil {
		t.Fatal(err)
	}
	err := h.Evidence.EachSeries(ctx, evidence.SeriesQuery{}, func(st evidence.Station, s air.Series) error {
		fmt.Fprintln(&b, st, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sums, err := h.Files.List()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&b, sums)
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		all, err := tx.Journal(ctx, 0, 1000)
		for _, c := range all {
			fmt.Fprintln(&b, c.ID, c.At, c.ByID, c.Subject, c.Key, c.Action, string(c.Before), string(c.After))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFolderIsHeld(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	h := open(t, house.Options{Folder: dir})
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Error(info.Mode(), err)
	}
	_, err = tryOpen(house.Options{Folder: dir})
	if !errors.Is(err, house.ErrHeld) || key(err) != "house.held" || house.HeldBy(dir) != fmt.Sprint(os.Getpid()) {
		t.Errorf("%v, held by %q", err, house.HeldBy(dir))
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, house.Options{Folder: dir})
}

// What cannot be opened says why, and is not touched.
func TestBadFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, "x")
	write(filepath.Join(dir, "db", "network.db"), strings.Repeat("not a database ", 1000))
	open(t, house.Options{Folder: filepath.Join(dir, "obs")}).Close()
	write(filepath.Join(dir, "obs", "measurements.duckdb"), strings.Repeat("not a database ", 1000))
	write(filepath.Join(dir, "config", "aircommons.json"), "{")
	for name, want := range map[string]string{file: "house.notfolder", filepath.Join(file, "x"): "house.notfolder", filepath.Join(dir, "db"): "db.damaged",
		filepath.Join(dir, "obs"): "obs.damaged", filepath.Join(dir, "config"): "house.config"} {
		h, err := tryOpen(house.Options{Folder: name})
		if err == nil {
			h.Close()
		}
		if key(err) != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "db", "network.db")); !strings.HasPrefix(string(got), "not a database not") {
		t.Error("the damaged file was changed")
	}
	// An address that leads nowhere is not remembered.
	fresh := filepath.Join(dir, "fresh")
	if _, err := tryOpen(house.Options{Folder: fresh, Database: "postgres://nobody@127.0.0.1:1/none"}); key(err) != "db.unreachable" {
		t.Error(err)
	}
	if c, err := house.ReadConfig(fresh); err != nil || c.Database != "" {
		t.Error(c, err)
	}
	// A folder that has its network in SQLite does not change to an empty database unawares.
	lite := filepath.Join(dir, "lite")
	open(t, house.Options{Folder: lite}).Close()
	if _, err := tryOpen(house.Options{Folder: lite, Database: "postgres://nobody@127.0.0.1:1/none"}); key(err) != "house.two" {
		t.Error(err)
	}
}

// One store without the other is not filled up with an empty one: stations of the tables are numbers in the measurements.
func TestStoresThatDoNotBelongTogether(t *testing.T) {
	each(t, func(t *testing.T, database string) {
		whole := t.TempDir()
		h := open(t, house.Options{Folder: whole, Database: database})
		fill(t, h)
		h.Close()
		for _, c := range []struct {
			harm func(dir string) error
			want string
		}{
			{func(dir string) error { return os.Remove(filepath.Join(dir, "network.db")) }, "house.lost"},
			{func(dir string) error { return os.WriteFile(filepath.Join(dir, "network.db"), nil, 0o600) }, "house.stranger"},
			{func(dir string) error { return os.Remove(filepath.Join(dir, "measurements.duckdb")) }, "house.lost"},
			{func(dir string) error {
				return house.WriteConfig(dir, house.Config{Database: dbtest.Postgres(t)})
			}, "house.stranger"},
			{func(string) error { return nil }, ""},
		} {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(dir, "network.db")); err != nil && c.want != "" && c.want != "house.lost" {
				continue // not this engine
			}
			err := c.harm(dir)
			if os.IsNotExist(err) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			h, err := tryOpen(house.Options{Folder: dir})
			if err == nil {
				h.Close()
			}
			if got := key(err); got != c.want {
				t.Errorf("%s, want %q: %v", got, c.want, err)
			}
		}
	})
}

// A copy goes from either engine to either, and holds what the original holds.
func TestBackupAndRestore(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, database string) {
		h := open(t, house.Options{Folder: filepath.Join(t.TempDir(), "data"), Database: database})
		example(t, h)
		fill(t, h)
		want := content(t, h)
		copied := filepath.Join(t.TempDir(), "copies", "one")
		m, err := h.Backup(ctx, copied, "test", nil)
		if err != nil {
			t.Fatal(err)
		}
		if m.Parts.Series != 12 || m.Parts.Values != 24000 || m.Parts.Kept != 1 || len(m.Files) != 4 {
			t.Errorf("%+v", m)
		}
		if _, err := h.Backup(ctx, copied, "test", nil); key(err) != "house.copy.exists" {
			t.Error(err)
		}
		if _, err := h.Backup(ctx, filepath.Join(h.Folder, "copy"), "test", nil); key(err) != "house.copy.inside" {
			t.Error(err)
		}
		checks, err := house.VerifyCopy(ctx, copied, house.RestoreOptions{Now: clock}, nil)
		allOK(t, checks, err, 8)
		each(t, func(t *testing.T, other string) {
			if database != "" && other != "" {
				return // each engine is the source and the target of another copy
			}
			dir := filepath.Join(t.TempDir(), "restored")
			r, err := house.Restore(ctx, copied, house.RestoreOptions{Folder: dir, Database: other, Now: clock}, nil)
			if err != nil || r.Replaced != "" {
				t.Fatal(r.Replaced, err)
			}
			back := open(t, house.Options{Folder: dir})
			if got := content(t, back); got != want {
				t.Errorf("%d and %d bytes", len(got), len(want))
			}
			checks, err := back.Verify(ctx, nil)
			allOK(t, checks, err, 6)
			if !back.Config.Paused || back.Config.Database != other {
				t.Errorf("%+v", back.Config)
			}
			back.Close()
			// A second time it is refused, unless by force; what was there then lies beside.
			if _, err := house.Restore(ctx, copied, house.RestoreOptions{Folder: dir, Now: clock}, nil); key(err) != "house.notempty" {
				t.Error(err)
			}
			r, err = house.Restore(ctx, copied, house.RestoreOptions{Folder: dir, Force: true, Now: clock}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(r.Replaced, "measurements.duckdb")); err != nil {
				t.Error(err)
			}
			if got := content(t, open(t, house.Options{Folder: dir})); got != want {
				t.Errorf("%d and %d bytes", len(got), len(want))
			}
		})
		// The copy was not changed by being tried and brought back.
		if _, err := house.CheckCopy(ctx, copied); err != nil {
			t.Error(err)
		}
	})
}

func each(t *testing.T, f func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, "") })
	t.Run("postgres", func(t *testing.T) { f(t, dbtest.Postgres(t)) })
}

func allOK(t *testing.T, checks []house.Check, err error, n int) {
	t.Helper()
	for _, c := range checks {
		if !c.OK {
			t.Errorf("%+v", c)
		}
	}
	if err != nil || len(checks) != n {
		t.Error(len(checks), err)
	}
}

// Each kind of damage to a copy is found before anything gives way to it.
func TestDamagedCopies(t *testing.T) {
	ctx := context.Background()
	h := open(t, house.Options{Folder: filepath.Join(t.TempDir(), "data")})
	fill(t, h)
	sums, _ := h.Files.List()
	kept := filepath.Join("files", sums[0][:2], sums[0])
	whole := filepath.Join(t.TempDir(), "copy")
	if _, err := h.Backup(ctx, whole, "test", nil); err != nil {
		t.Fatal(err)
	}
	change := func(path string) error {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data[len(data)/2] ^= 1
		return os.WriteFile(path, data, 0o600)
	}
	for name, c := range map[string]struct {
		harm func(dir string) error
		key  string
	}{
		"a byte of the tables":       {func(d string) error { return change(filepath.Join(d, "network.db")) }, "house.copy.damaged"},
		"a byte of the measurements": {func(d string) error { return change(filepath.Join(d, "measurements", "measurement.parquet")) }, "house.copy.damaged"},
		"a byte of a file":           {func(d string) error { return change(filepath.Join(d, kept)) }, "house.copy.damaged"},
		"a file missing":             {func(d string) error { return os.Remove(filepath.Join(d, kept)) }, "house.copy.lacks"},
		"no manifest":                {func(d string) error { return os.Remove(filepath.Join(d, "manifest.json")) }, "house.copy.none"},
		"half a manifest":            {func(d string) error { return os.Truncate(filepath.Join(d, "manifest.json"), 100) }, "house.copy.damaged"},
		"a manifest that leads out": {func(d string) error {
			return editManifest(d, func(m *house.Manifest) { m.Files[0].Path = "../../etc/passwd" })
		}, "house.copy.damaged"},
		"a later format": {func(d string) error { return editManifest(d, func(m *house.Manifest) { m.Format = 99 }) }, "house.copy.newer"},
		"later tables":   {func(d string) error { return editManifest(d, func(m *house.Manifest) { m.Schema = 1 << 40 }) }, "db.newer"},
	} {
		t.Run(name, func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "copy")
			if err := os.CopyFS(copied, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			if err := c.harm(copied); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "data")
			if _, err := house.Restore(ctx, copied, house.RestoreOptions{Folder: dir, Now: clock}, nil); key(err) != c.key {
				t.Error(err)
			}
			if names, _ := os.ReadDir(dir); len(names) > 1 { // the lock
				t.Error(names)
			}
			checks, err := house.VerifyCopy(ctx, copied, house.RestoreOptions{Now: clock}, nil)
			if c.key == "house.copy.none" {
				if key(err) != c.key {
					t.Error(err)
				}
			} else if last := checks[len(checks)-1]; err != nil || last.OK || last.Message.Key != c.key {
				t.Error(checks, err)
			}
		})
	}
}

func editManifest(dir string, f func(*house.Manifest)) error {
	m, err := house.ReadManifest(dir)
	if err != nil {
		return err
	}
	f(&m)
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "manifest.json"), text, 0o600)
}

// Damage of each kind to what is stored is found by the check of that name.
func TestVerifyFindsDamage(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		check string
		harm  func(h *house.House) error
	}{
		"a kept file changed": {house.CheckFiles, func(h *house.House) error {
			sums, _ := h.Files.List()
			return os.WriteFile(h.Files.Path(sums[0]), []byte("x"), 0o600)
		}},
		"a kept file gone": {house.CheckReferences, func(h *house.House) error {
			sums, _ := h.Files.List()
			return h.Files.Remove(sums[0])
		}},
		"a value changed behind the summaries": {house.CheckSummaries, func(h *house.House) error {
			x, err := h.Obs.Extents(ctx)
			if err != nil {
				return err
			}
			return h.Obs.Replace(ctx, []obs.Write{{Key: x[0].Key, From: x[0].First, To: x[0].First + 1, Rows: obs.Rows{Time: []int64{x[0].First}, Value: []float64{999}}}})
		}},
		"a series of no station": {house.CheckSummaries, func(h *house.House) error {
			return h.Obs.Replace(ctx, []obs.Write{{Key: obs.Key{Station: 77, Parameter: air.PM25}, From: 0, To: 1, Rows: obs.Rows{Time: []int64{0}, Value: []float64{1}}}})
		}},
		"a series gone": {house.CheckSummaries, func(h *house.House) error {
			x, err := h.Obs.Extents(ctx)
			if err != nil {
				return err
			}
			return h.Obs.Replace(ctx, []obs.Write{{Key: x[0].Key, From: x[0].First, To: x[0].Last + 1}})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t, house.Options{Folder: t.TempDir()})
			fill(t, h)
			checks, err := h.Verify(ctx, nil)
			allOK(t, checks, err, 6)
			if err := c.harm(h); err != nil {
				t.Fatal(err)
			}
			if checks, err = h.Verify(ctx, nil); err != nil || len(checks) != 6 {
				t.Fatal(checks, err)
			}
			found := false
			for _, k := range checks {
				found = found || k.Name == c.check && !k.OK
			}
			if !found {
				t.Errorf("%+v", checks)
			}
		})
	}
}

// A copy leaves out a file that is damaged or gone, and says so.
func TestBackupOfDamagedFile(t *testing.T) {
	ctx := context.Background()
	h := open(t, house.Options{Folder: t.TempDir()})
	fill(t, h)
	sums, _ := h.Files.List()
	if err := os.WriteFile(h.Files.Path(sums[0]), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	m, err := h.Backup(ctx, copied, "test", nil)
	if err != nil || len(m.Left) != 1 || m.Left[0].SHA256 != sums[0] || m.Left[0].Reason.Key != "db.file.damaged" || m.Parts.Kept != 0 {
		t.Errorf("%+v %v", m, err)
	}
	if err := h.Files.Remove(sums[0]); err != nil {
		t.Fatal(err)
	}
	m, err = h.Backup(ctx, copied+"2", "test", nil)
	if err != nil || len(m.Left) != 1 || m.Left[0].SHA256 != sums[0] || m.Left[0].Reason.Key != "house.copy.lost" {
		t.Errorf("a file that is gone: %+v %v", m, err)
	}
	if _, err := house.Restore(ctx, copied, house.RestoreOptions{Folder: filepath.Join(t.TempDir(), "back"), Now: clock}, nil); err != nil {
		t.Error(err)
	}
}

// An exchange that was interrupted is finished by whoever opens the folder next.
func TestInterruptedRestore(t *testing.T) {
	ctx := context.Background()
	h := open(t, house.Options{Folder: filepath.Join(t.TempDir(), "data")})
	fill(t, h)
	want := content(t, h)
	copied := filepath.Join(t.TempDir(), "copy")
	if _, err := h.Backup(ctx, copied, "test", nil); err != nil {
		t.Fatal(err)
	}
	for stage := range 3 {
		// A restored folder is taken apart again to where the exchange could have been interrupted.
		dir := filepath.Join(t.TempDir(), "back")
		if _, err := house.Restore(ctx, copied, house.RestoreOptions{Folder: dir, Now: clock}, nil); err != nil {
			t.Fatal(err)
		}
		part := filepath.Join(dir, "restore.part")
		if err := os.Mkdir(part, 0o700); err != nil {
			t.Fatal(err)
		}
		move := []string{"files", "measurements.duckdb", "network.db"}[stage:]
		for _, name := range move {
			if err := os.Rename(filepath.Join(dir, name), filepath.Join(part, name)); err != nil {
				t.Fatal(err)
			}
		}
		write := func(name, text string) {
			t.Helper()
			if err := os.WriteFile(filepath.Join(part, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("ready", `{"replaced":"replaced-x","config":{"paused":true}}`)
		if stage > 0 {
			write("away", "")
		} else if err := os.WriteFile(filepath.Join(dir, "network.db"), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		back := open(t, house.Options{Folder: dir})
		if got := content(t, back); got != want || !back.Config.Paused {
			t.Errorf("stage %d: %d and %d bytes", stage, len(got), len(want))
		}
		if old, err := os.ReadFile(filepath.Join(dir, "replaced-x", "network.db")); stage == 0 && (err != nil || string(old) != "old") {
			t.Error(string(old), err)
		}
		if _, err := os.Stat(part); !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
	}
}

// Mail and jobs of a restored folder are off until somebody says so.
func TestPaused(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	if err := house.WriteConfig(dir, house.Config{Paused: true}); err != nil {
		t.Fatal(err)
	}
	h := open(t, house.Options{Folder: dir, Mail: noMail{t}})
	if err := h.Mail.Send(ctx, mail.Message{To: "a@example.org", Subject: "s", Text: "t"}); err != nil {
		t.Error(err)
	}
	if names, _ := os.ReadDir(house.MailPath(dir)); len(names) != 1 {
		t.Error(names)
	}
	if err := h.DB.Write(ctx, func(tx *db.Tx) error { _, err := tx.Enqueue(ctx, "import", "x", nil); return err }); err != nil {
		t.Fatal(err)
	}
	short, stop := context.WithTimeout(ctx, 300*time.Millisecond)
	defer stop()
	if err := h.Work(short); err != nil {
		t.Error(err)
	}
	if err := h.DB.Read(ctx, func(tx *db.Tx) error {
		jobs, err := tx.JobsOf(ctx, "x")
		if err == nil && jobs[0].State != db.JobWaiting {
			t.Errorf("%+v", jobs[0])
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	h.Close()
	h = open(t, house.Options{Folder: dir, Resume: true})
	if c, err := house.ReadConfig(dir); err != nil || c.Paused || h.Config.Paused {
		t.Error(c, err)
	}
}

type noMail struct{ t *testing.T }

func (m noMail) Send(context.Context, mail.Message) error {
	m.t.Error("a letter left a paused folder")
	return nil
}

// A command runs in the process that holds the folder, with its streams and status brought back, however long the path.
func TestCommandsThroughSocket(t *testing.T) {
	for _, deep := range []string{"a", strings.Repeat("deep/", 40) + "folder"} {
		ctx, stop := context.WithCancel(context.Background())
		h := open(t, house.Options{Folder: filepath.Join(t.TempDir(), deep)})
		if _, err := house.Send(ctx, h.Folder, house.Command{}, io.Discard, io.Discard); !errors.Is(err, house.ErrNoServer) {
			t.Error(err)
		}
		ended := make(chan error, 1)
		got := make(chan house.Command, 1)
		gone := make(chan bool, 1)
		go func() {
			ended <- h.Answer(ctx, func(ctx context.Context, c house.Command, out, errw io.Writer) int {
				got <- c
				if c.Args[0] == "wait" {
					<-ctx.Done()
					gone <- true
					return 1
				}
				fmt.Fprint(errw, "half ")
				fmt.Fprint(out, strings.Repeat("x", 200_000))
				fmt.Fprint(errw, "done")
				return 3
			})
		}()
		var out, errw strings.Builder
		want := house.Command{Args: []string{"say", "공기"}, Dir: "/tmp", Terminal: true, Width: 80}
		var status int
		var err error
		for range 50 {
			if status, err = house.Send(ctx, h.Folder, want, &out, &errw); !errors.Is(err, house.ErrNoServer) {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if err != nil || status != 3 || out.Len() != 200_000 || errw.String() != "half done" {
			t.Fatal(status, err, out.Len(), errw.String())
		}
		if c := <-got; !reflect.DeepEqual(c, want) {
			t.Errorf("%+v", c)
		}
		if info, err := os.Stat(house.SocketPath(h.Folder)); err != nil || info.Mode().Perm() != 0o600 {
			t.Error(info, err)
		}
		// A caller who goes away ends the command.
		caller, leave := context.WithCancel(ctx)
		go func() { <-got; leave() }()
		if status, err := house.Send(caller, h.Folder, house.Command{Args: []string{"wait"}}, io.Discard, io.Discard); err != nil || status != 1 {
			t.Error(status, err)
		}
		<-gone
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(house.SocketPath(h.Folder)); !errors.Is(err, os.ErrNotExist) {
			t.Error(err)
		}
		h.Close()
	}
}
