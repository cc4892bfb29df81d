package house

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/obs/duck"
)

// RestoreOptions say how a copy is brought back.
type RestoreOptions struct {
	Folder   string // data folder; made when absent
	Database string // postgres:// address to fill in place of the SQLite file
	Force    bool   // a folder or database that holds something gives way
	Now      func() time.Time
}

// Restored tells what was brought back.
type Restored struct {
	Manifest Manifest
	Replaced string // folder in which lies what gave way; empty when nothing did
}

// While a copy is brought back, it is put together in a folder inside the data folder. The file readyFile in it says that
// it is whole: from then on the exchange is finished by whoever opens the folder next, should it be interrupted.
const (
	restoreDir = "restore.part"
	readyFile  = "ready"
)

// stores are the names in a data folder that a copy brings back, with what the engines lay beside them.
var stores = []string{networkFile, networkFile + "-wal", networkFile + "-shm", measurementsFile, measurementsFile + ".wal", filesPart}

// Restore brings the copy at from back into a data folder that is empty, or by force into any. The copy is read against
// its manifest first; a damaged one changes nothing. Mail and jobs of the restored folder are off until it is opened with
// Options.Resume. The folder must not be open.
func Restore(ctx context.Context, from string, o RestoreOptions, say db.Progress) (r Restored, err error) {
	if say == nil {
		say = func(string, int64, int64) {}
	}
	was, err := there(o.Folder)
	if err != nil {
		return r, folderFault(err, o.Folder)
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return r, folderFault(err, o.Folder)
	}
	lock, err := take(o.Folder)
	if err != nil {
		return r, err
	}
	defer lock.Close()
	defer func() {
		if err != nil && !was { // a folder that was made for nothing
			os.Remove(lockPath(o.Folder))
			os.Remove(o.Folder)
		}
	}()
	if err := finishRestore(o.Folder); err != nil {
		return r, err
	}
	config, err := ReadConfig(o.Folder)
	if err != nil {
		return r, err
	}
	if o.Database != "" {
		config.Database = o.Database
	}
	config.Paused = true
	if name := holds(o.Folder); name != "" && !o.Force {
		return r, fault.New(fault.Conflict, "house.notempty", "Path", filepath.Join(o.Folder, name))
	}
	say("house.step.check", 0, 0)
	if r.Manifest, err = CheckCopy(ctx, from); err != nil {
		return r, err
	}
	part := filepath.Join(o.Folder, restoreDir)
	if err := os.Mkdir(part, 0o700); err != nil {
		return r, folderFault(err, o.Folder)
	}
	ready := false
	defer func() {
		if !ready {
			os.RemoveAll(part)
		}
	}()
	if err := build(ctx, from, part, o, r.Manifest, say); err != nil {
		return r, err
	}
	if err := bringFiles(ctx, from, part, say); err != nil {
		return r, err
	}
	if config.Database != "" {
		say("house.step.network", 0, 0)
		if err := fill(ctx, config.Database, filepath.Join(part, networkFile), o); err != nil {
			return r, err
		}
		if err := os.Remove(filepath.Join(part, networkFile)); err != nil {
			return r, folderFault(err, o.Folder)
		}
	}
	note := readyNote{Replaced: "replaced-" + o.Now().UTC().Format("20060102T150405Z"), Config: config}
	if err := writeNote(part, note); err != nil {
		return r, folderFault(err, o.Folder)
	}
	ready = true
	if err := finishRestore(o.Folder); err != nil {
		return r, err
	}
	if _, err := os.Stat(filepath.Join(o.Folder, note.Replaced)); err == nil {
		r.Replaced = filepath.Join(o.Folder, note.Replaced)
	}
	return r, nil
}

// readyNote is what readyFile says.
type readyNote struct {
	Replaced string `json:"replaced"` // folder for what gives way, in the data folder
	Config   Config `json:"config"`   // what the folder is set to after
}

// writeNote writes readyFile whole or not at all.
func writeNote(part string, n readyNote) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	tmp := filepath.Join(part, readyFile+".part")
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(part, readyFile))
}

// holds names something of a network in a data folder; empty when there is nothing.
func holds(dir string) string {
	for _, name := range stores {
		p := filepath.Join(dir, name)
		if info, err := os.Stat(p); err != nil || (info.IsDir() && isEmpty(p)) {
			continue
		}
		return name
	}
	return ""
}

func isEmpty(dir string) bool {
	names, err := os.ReadDir(dir)
	return err == nil && len(names) == 0
}

// build puts the two stores together in the folder part, and opens each once, so that tables are up to date and damage
// shows before anything gives way.
func build(ctx context.Context, from, part string, o RestoreOptions, m Manifest, say db.Progress) error {
	say("house.step.network", 0, 0)
	if err := copyFile(filepath.Join(from, networkFile), filepath.Join(part, networkFile)); err != nil {
		return folderFault(err, o.Folder)
	}
	d, err := db.Open(ctx, filepath.Join(part, networkFile), o.Now)
	if err != nil {
		return err
	}
	if err := errors.Join(d.Check(ctx), d.Close()); err != nil {
		return err
	}
	say("house.step.measurements", 0, 0)
	s, err := duck.Open(duckPath(part), duck.Options{})
	if err != nil {
		return err
	}
	err = s.Restore(ctx, filepath.Join(from, measurementsPart))
	if err == nil {
		err = m.sameMeasurements(ctx, s)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	os.Remove(duckPath(part) + ".lock")
	return nil
}

// bringFiles copies the kept files of a copy.
func bringFiles(ctx context.Context, from, part string, say db.Progress) error {
	in, err := db.OpenFiles(filepath.Join(from, filesPart))
	if err != nil {
		return err
	}
	out, err := db.OpenFiles(filesPath(part))
	if err != nil {
		return err
	}
	sums, err := in.List()
	if err != nil {
		return err
	}
	for i, sum := range sums {
		say("house.step.files", int64(i), int64(len(sums)))
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := copyKept(ctx, in, out, sum); err != nil {
			return err
		}
	}
	return nil
}

// fill brings the tables into a PostgreSQL database.
func fill(ctx context.Context, dsn, path string, o RestoreOptions) error {
	d, err := db.Open(ctx, dsn, o.Now)
	if err != nil {
		return err
	}
	err = d.Hold(ctx)
	if err == nil {
		err = d.RestoreFrom(ctx, path, o.Force)
	}
	return errors.Join(err, d.Close())
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// finishRestore exchanges the stores of a folder for the copy that lies ready in it, if there is one. Each step is a
// rename, and a second call goes on where the first was interrupted. A copy that is not ready is taken away.
func finishRestore(dir string) error {
	part := filepath.Join(dir, restoreDir)
	text, err := os.ReadFile(filepath.Join(part, readyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return folderFault(os.RemoveAll(part), dir)
	}
	var note readyNote
	if err == nil {
		err = json.Unmarshal(text, &note)
	}
	if err != nil {
		return folderFault(err, dir)
	}
	old, away := filepath.Join(dir, note.Replaced), filepath.Join(part, "away")
	if _, err := os.Stat(away); errors.Is(err, fs.ErrNotExist) { // the old stores are not all out yet
		for _, name := range stores {
			from := filepath.Join(dir, name)
			if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err := os.MkdirAll(old, 0o700); err != nil {
				return folderFault(err, dir)
			}
			if err := os.Rename(from, filepath.Join(old, name)); err != nil {
				return folderFault(err, dir)
			}
		}
		if err := os.WriteFile(away, nil, 0o600); err != nil {
			return folderFault(err, dir)
		}
	}
	for _, name := range stores {
		if err := os.Rename(filepath.Join(part, name), filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return folderFault(err, dir)
		}
	}
	if err := WriteConfig(dir, note.Config); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(part, readyFile)); err != nil {
		return folderFault(err, dir)
	}
	return folderFault(os.RemoveAll(part), dir)
}
