package house

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/obs"
)

// A copy of a data folder is a folder of its own:
//
//	manifest.json   what must be in it, with sizes and hashes
//	network.db      every table as a SQLite file, whatever the engine of the original
//	measurements/   the measurements as Parquet
//	files/          the kept files under their hash
//
// Letters, the socket, the lock and what the folder is set to are not copied.
const (
	manifestFile     = "manifest.json"
	networkFile      = "network.db"
	measurementsPart = "measurements"
	filesPart        = "files"
)

// copyFormat is the version of the layout of a copy.
const copyFormat = 1

// Manifest is what manifest.json says.
type Manifest struct {
	Format  int         `json:"format"`
	Program string      `json:"program"` // version that made the copy
	Made    time.Time   `json:"made"`
	Engine  string      `json:"engine"` // of the original; the copy goes to either
	Schema  int64       `json:"schema"` // version of the tables
	Files   []InCopy    `json:"files"`
	Left    []Left      `json:"left_out,omitempty"` // kept files that were damaged in the original
	Parts   CopiedParts `json:"holds"`
}

// InCopy is one file of a copy.
type InCopy struct {
	Path   string `json:"path"` // with slashes, from the folder of the copy
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Left is a kept file that the copy lacks, because it was damaged or missing in the original.
type Left struct {
	SHA256 string        `json:"sha256"`
	Reason fault.Message `json:"reason"`
}

// CopiedParts counts what is in a copy, for people.
type CopiedParts struct {
	Changes int64 `json:"changes"` // entries of the journal
	Series  int   `json:"series"`
	Values  int64 `json:"values"`
	Kept    int   `json:"kept_files"`
}

// Backup writes a consistent copy of everything into the folder to, which must not be there or be empty. It waits for the
// job that runs and keeps others back until it is done; pages are served and saved all the while. say, which may be nil,
// is told how far it is.
func (h *House) Backup(ctx context.Context, to, program string, say db.Progress) (m Manifest, err error) {
	if say == nil {
		say = func(string, int64, int64) {}
	}
	if names, err := os.ReadDir(to); err == nil && len(names) > 0 {
		return m, fault.New(fault.Conflict, "house.copy.exists", "Path", to)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, copyFault(err, to)
	}
	if inside(h.Folder, to) {
		return m, fault.New(fault.Invalid, "house.copy.inside", "Path", to)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return m, copyFault(err, to)
	}
	// Under another name until it is whole: half a copy must not be taken for one.
	part := strings.TrimRight(to, string(filepath.Separator)) + ".part"
	if err := os.RemoveAll(part); err != nil {
		return m, copyFault(err, to)
	}
	if err := os.Mkdir(part, 0o700); err != nil {
		return m, copyFault(err, to)
	}
	defer func() {
		if err != nil {
			os.RemoveAll(part)
		}
	}()
	say("house.step.wait", 0, 0)
	free, err := h.occupy(ctx)
	if err != nil {
		return m, err
	}
	defer free()
	m = Manifest{Format: copyFormat, Program: program, Made: h.Now().UTC().Truncate(time.Second), Engine: string(h.DB.Engine), Schema: db.Schema(), Files: []InCopy{}}
	say("house.step.network", 0, 0)
	if err := h.DB.Backup(ctx, filepath.Join(part, networkFile)); err != nil {
		return m, err
	}
	if m.Parts.Changes, err = h.changes(ctx); err != nil {
		return m, err
	}
	say("house.step.measurements", 0, 0)
	if err := h.Obs.Backup(ctx, filepath.Join(part, measurementsPart)); err != nil {
		return m, err
	}
	extents, err := h.Obs.Extents(ctx)
	if err != nil {
		return m, err
	}
	m.Parts.Series = len(extents)
	for _, e := range extents {
		m.Parts.Values += e.Count
	}
	if err := h.copyFiles(ctx, filepath.Join(part, filesPart), &m, say); err != nil {
		return m, err
	}
	if m.Files, err = listCopy(ctx, part); err != nil {
		return m, copyFault(err, to)
	}
	if err := writeManifest(part, m); err != nil {
		return m, copyFault(err, to)
	}
	if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty folder
		return m, copyFault(err, to)
	}
	return m, copyFault(os.Rename(part, to), to)
}

// changes is the number of entries in the journal.
func (h *House) changes(ctx context.Context) (n int64, err error) {
	err = h.DB.Read(ctx, func(tx *db.Tx) error { n, err = tx.Changes(ctx); return err })
	return n, err
}

// inside reports whether path lies in the folder dir.
func inside(dir, path string) bool {
	d, err1 := filepath.Abs(dir)
	p, err2 := filepath.Abs(path)
	if err1 != nil || err2 != nil {
		return false
	}
	rel, err := filepath.Rel(d, p)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// copyFiles copies the kept files; each is read against its hash. A damaged one is left out and said.
func (h *House) copyFiles(ctx context.Context, to string, m *Manifest, say db.Progress) error {
	sums, err := h.Files.List()
	if err != nil {
		return err
	}
	out, err := db.OpenFiles(to)
	if err != nil {
		return err
	}
	for i, sum := range sums {
		say("house.step.files", int64(i), int64(len(sums)))
		if err := ctx.Err(); err != nil {
			return err
		}
		got, err := copyKept(ctx, h.Files, out, sum)
		if err != nil {
			return err
		}
		if got == sum {
			m.Parts.Kept++
			continue
		}
		if err := out.Remove(got); err != nil {
			return err
		}
		m.Left = append(m.Left, Left{sum, fault.Say("db.file.damaged", "Path", h.Files.Path(sum))})
	}
	lost, _, err := h.lost(ctx)
	for _, sum := range lost {
		m.Left = append(m.Left, Left{sum, fault.Say("house.copy.lost", "Path", h.Files.Path(sum))})
	}
	return err
}

const noLimit = 1 << 62

func copyKept(ctx context.Context, from, to *db.Files, sum string) (string, error) {
	r, err := from.Open(sum)
	if err != nil {
		return "", err
	}
	defer r.Close()
	got, _, err := to.Put(ctx, r, noLimit)
	return got, err
}

// listCopy hashes every file below dir.
func listCopy(ctx context.Context, dir string) ([]InCopy, error) {
	out := []InCopy{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, err := hashFile(path)
		f.Path = filepath.ToSlash(rel)
		out = append(out, f)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out, err
}

func hashFile(path string) (f InCopy, err error) {
	in, err := os.Open(path)
	if err != nil {
		return f, err
	}
	defer in.Close()
	h := sha256.New()
	if f.Size, err = io.Copy(h, in); err != nil {
		return f, err
	}
	f.SHA256 = hex.EncodeToString(h.Sum(nil))
	return f, nil
}

func writeManifest(dir string, m Manifest) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, manifestFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}

// ReadManifest reads what must be in the copy at dir.
func ReadManifest(dir string) (m Manifest, err error) {
	path := filepath.Join(dir, manifestFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return m, fault.Wrap(fault.NotFound, err, "house.copy.none", "Path", dir)
	}
	if err := json.Unmarshal(text, &m); err != nil || m.Format < 1 {
		return m, fault.Wrap(fault.Invalid, err, "house.copy.damaged", "Path", path)
	}
	if m.Format > copyFormat {
		return m, fault.New(fault.Invalid, "house.copy.newer", "Path", dir)
	}
	if m.Schema > db.Schema() {
		return m, fault.New(fault.Invalid, "db.newer", "Have", m.Schema, "Know", db.Schema())
	}
	return m, nil
}

// CheckCopy reads the whole copy at dir and compares it with its manifest.
func CheckCopy(ctx context.Context, dir string) (Manifest, error) {
	m, err := ReadManifest(dir)
	if err != nil {
		return m, err
	}
	for _, f := range m.Files {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return m, fault.New(fault.Invalid, "house.copy.damaged", "Path", filepath.Join(dir, manifestFile))
		}
		got, err := hashFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return m, fault.Wrap(fault.Invalid, err, "house.copy.lacks", "Path", path)
		}
		if err != nil {
			return m, copyFault(err, path)
		}
		if got.Size != f.Size || got.SHA256 != f.SHA256 {
			return m, fault.New(fault.Invalid, "house.copy.damaged", "Path", path)
		}
	}
	return m, nil
}

// sameMeasurements compares what the manifest says of the measurements with a store.
func (m Manifest) sameMeasurements(ctx context.Context, o obs.Store) error {
	extents, err := o.Extents(ctx)
	if err != nil {
		return err
	}
	var n int64
	for _, e := range extents {
		n += e.Count
	}
	if len(extents) != m.Parts.Series || n != m.Parts.Values {
		return fault.New(fault.Invalid, "house.copy.measurements", "Series", m.Parts.Series, "Values", m.Parts.Values, "HaveSeries", len(extents), "HaveValues", n)
	}
	return nil
}

// copyFault says what went wrong at the path of a copy.
func copyFault(err error, path string) error {
	var ours *fault.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.As(err, &ours):
		return err
	case isFull(err):
		return fault.Wrap(fault.Internal, err, "db.full")
	case errors.Is(err, fs.ErrPermission), isReadOnly(err):
		return fault.Wrap(fault.Invalid, err, "db.readonly", "Path", path)
	}
	return fault.Wrap(fault.Invalid, err, "house.copy.write", "Path", path, "Reason", err.Error())
}
