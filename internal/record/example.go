package record

import (
	"context"
	"embed"
	"io/fs"
	"path"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

//go:embed example/*.yaml
var examples embed.FS

// Examples names the networks that the program carries with it, each with its folder.
var Examples = map[string]string{"eacac": "example"}

// Example reads a network that the program carries with it. Its parts are files, each with some of the sections.
func Example(name string) (*Record, error) {
	dir, ok := Examples[name]
	if !ok {
		return nil, fault.New(fault.NotFound, "record.example.unknown", "Name", name, "Known", strings.Join(sortedKeys(Examples), ", "))
	}
	files, err := fs.Glob(examples, dir+"/*.yaml")
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	rec := &Record{nodes: map[string]*yaml.Node{}}
	for _, f := range files {
		data, err := examples.ReadFile(f)
		if err != nil {
			return nil, err
		}
		var p problems
		parse(rec, data, false, &p)
		if err := p.err(); err != nil {
			return nil, fault.Wrap(fault.Internal, err, "record.example.broken", "Name", path.Base(f))
		}
	}
	return rec, nil
}

// LoadExample stores an example network in an empty data folder. Where it has been stored before, it stores nothing and
// loaded is false, whatever has been changed since; a folder with another network is a conflict.
func (k *Desk) LoadExample(ctx context.Context, name string) (loaded bool, err error) {
	rec, err := Example(name)
	if err != nil {
		return false, err
	}
	before := 0
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		return tx.One(ctx, `SELECT COUNT(*) FROM journal WHERE subject = 'example' AND subject_key = $1`, []any{name}, &before)
	})
	if err != nil || before > 0 {
		return false, err
	}
	err = k.store(ctx, actor.System, rec, func(tx *db.Tx) error {
		return tx.Record(ctx, actor.System, "example", name, "import", nil, rec.Count())
	})
	return err == nil, err
}
