package house

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Check is one thing that was looked at. Its Name is a word to script against; Message says what was found.
type Check struct {
	Name    string
	OK      bool
	Message fault.Message
}

// Names of checks.
const (
	CheckFolder       = "folder"       // the data folder can be opened
	CheckDatabase     = "database"     // every page of the tables, and every reference
	CheckJournal      = "journal"      // the chain of the journal, from the first entry to the last
	CheckMeasurements = "measurements" // every value
	CheckFiles        = "files"        // every kept file against its hash
	CheckReferences   = "references"   // every file that is referred to is kept
	CheckSummaries    = "summaries"    // what pages show against the measurements
	CheckManifest     = "manifest"     // a copy: every file in it against its hash
	CheckSchema       = "schema"       // a copy: this program can read it
)

// Verify looks at everything that is stored. It goes on after a check that fails.
func (h *House) Verify(ctx context.Context, say db.Progress) ([]Check, error) {
	if say == nil {
		say = func(string, int64, int64) {}
	}
	say("house.step.wait", 0, 0)
	free, err := h.occupy(ctx) // what a job has half changed is not damage
	if err != nil {
		return nil, err
	}
	defer free()
	var out []Check
	// add notes the outcome of a check; an error that only says we were stopped ends all.
	add := func(name string, err error, key string, pairs ...any) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		out = append(out, outcome(name, err, key, pairs...))
		return nil
	}
	say("house.step.network", 0, 0)
	err = h.DB.Check(ctx)
	changes, counting := h.changes(ctx)
	if err := add(CheckDatabase, errors.Join(err, counting), "house.check.database", "Engine", string(h.DB.Engine), "Changes", changes); err != nil {
		return nil, err
	}
	var entries, erased int64
	var head string
	err = h.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if entries, erased, err = tx.CheckJournal(ctx); err == nil {
			_, head, err = tx.JournalHead(ctx)
		}
		return err
	})
	if err := add(CheckJournal, err, "house.check.journal", "Count", entries, "Erased", erased, "Head", head[:min(16, len(head))]); err != nil {
		return nil, err
	}
	say("house.step.measurements", 0, 0)
	damaged := h.Obs.Check(ctx)
	extents, err := h.Obs.Extents(ctx)
	var n int64
	for _, e := range extents {
		n += e.Count
	}
	if err := add(CheckMeasurements, errors.Join(damaged, err), "house.check.measurements", "Series", len(extents), "Values", n); err != nil {
		return nil, err
	}
	sums, bad, err := h.checkFiles(ctx, say)
	if err := add(CheckFiles, errors.Join(err, bad), "house.check.files", "Count", len(sums)); err != nil {
		return nil, err
	}
	wanted, err := h.checkReferences(ctx)
	if err := add(CheckReferences, err, "house.check.references", "Count", wanted); err != nil {
		return nil, err
	}
	say("house.step.summaries", 0, 0)
	if err := add(CheckSummaries, h.Evidence.Check(ctx), "house.check.summaries", "Series", len(extents)); err != nil {
		return nil, err
	}
	return out, nil
}

// checkFiles reads every kept file, and reports the first that is damaged with the number of others.
func (h *House) checkFiles(ctx context.Context, say db.Progress) (sums []string, bad, err error) {
	if sums, err = h.Files.List(); err != nil {
		return nil, nil, err
	}
	n := 0
	for i, sum := range sums {
		say("house.step.files", int64(i), int64(len(sums)))
		if err := h.Files.Check(ctx, sum); err != nil {
			if ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
			if n++; n == 1 {
				bad = err
			}
		}
	}
	if n > 1 {
		bad = fault.Wrap(fault.Invalid, bad, "house.check.files.bad", "Count", n, "Path", filesPath(h.Folder))
	}
	return sums, bad, nil
}

// lost are the files that are referred to and not kept, of how many that are referred to.
func (h *House) lost(ctx context.Context) (lost []string, wanted int, err error) {
	var sums []string
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		sums, err = h.Account.Referred(ctx, tx)
		return err
	})
	for _, s := range sums {
		if !h.Files.Has(s) {
			lost = append(lost, s)
		}
	}
	return lost, len(sums), err
}

// checkReferences looks for files that are referred to and not kept.
func (h *House) checkReferences(ctx context.Context) (int, error) {
	lost, wanted, err := h.lost(ctx)
	if err == nil && len(lost) > 0 {
		err = fault.New(fault.Invalid, "house.check.references.bad", "Count", len(lost))
	}
	return wanted, err
}

// outcome makes a Check of an error, or of what to say when there is none.
func outcome(name string, err error, key string, pairs ...any) Check {
	if err == nil {
		return Check{name, true, fault.Say(key, pairs...)}
	}
	return Check{name, false, messageOf(err)}
}

func messageOf(err error) fault.Message {
	var f *fault.Error
	if errors.As(err, &f) && f.Message.Key != "error.internal" {
		return f.Message
	}
	return fault.Say("house.check.failed", "Reason", fmt.Sprint(err))
}

// FailedOpen is the check that says why a data folder cannot be opened.
func FailedOpen(err error) Check {
	name := CheckFolder
	var f *fault.Error
	if errors.As(err, &f) {
		switch part, _, _ := strings.Cut(f.Message.Key, "."); part {
		case "db":
			name = CheckDatabase
		case "obs":
			name = CheckMeasurements
		}
	}
	return Check{name, false, messageOf(err)}
}

// VerifyCopy looks at the copy at dir: its manifest, every hash, and whether its tables and measurements can be read. The
// copy is not changed.
func VerifyCopy(ctx context.Context, dir string, o RestoreOptions, say db.Progress) ([]Check, error) {
	if say == nil {
		say = func(string, int64, int64) {}
	}
	say("house.step.check", 0, 0)
	m, err := ReadManifest(dir)
	if fault.CodeOf(err) == fault.NotFound {
		return nil, err // not a copy at all
	}
	out := []Check{outcome(CheckSchema, err, "house.check.schema", "Have", m.Schema, "Know", db.Schema())}
	if err != nil {
		return out, nil
	}
	_, err = CheckCopy(ctx, dir)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	out = append(out, outcome(CheckManifest, err, "house.check.manifest", "Count", len(m.Files), "Made", m.Made.Format("2006-01-02 15:04 UTC")))
	if err != nil {
		return out, nil
	}
	part, err := os.MkdirTemp("", "aircommons-verify-*")
	if err != nil {
		return nil, copyFault(err, os.TempDir())
	}
	defer os.RemoveAll(part)
	o.Folder = part
	err = build(ctx, dir, part, o, m, say)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err == nil {
		var h *House
		if h, err = Open(ctx, Options{Folder: part, Now: o.Now}); err == nil {
			var inside []Check
			if h.Files, err = db.OpenFiles(filepath.Join(dir, filesPart)); err == nil {
				inside, err = h.Verify(ctx, say)
			}
			out = append(out, inside...)
			err = errors.Join(err, h.Close())
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		c := FailedOpen(err)
		c.Message = inPlace(c.Message, part, dir)
		out = append(out, c)
	}
	for _, l := range m.Left {
		out = append(out, Check{CheckFiles, false, l.Reason})
	}
	return out, nil
}

// inPlace names in a message the copy that was looked at, and not the folder in which it was tried.
func inPlace(m fault.Message, part, dir string) fault.Message {
	for k, v := range m.Args {
		if s, ok := v.(string); ok {
			m.Args[k] = strings.ReplaceAll(s, part, filepath.Clean(dir))
		}
	}
	return m
}
