package record

import (
	"context"
	"embed"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

//go:embed example/*.yaml example/next/*.yaml
var examples embed.FS

// Examples names the networks that the program carries with it, each with its folder.
var Examples = map[string]string{"eacac": "example"}

// Example reads a network that the program carries with it. Its parts are files, each with some of the sections.
func Example(name string) (*Record, error) {
	dir, ok := Examples[name]
	if !ok {
		return nil, fault.New(fault.NotFound, "record.example.unknown", "Name", name, "Known", strings.Join(sortedKeys(Examples), ", "))
	}
	return read(dir)
}

func read(dir string) (*Record, error) {
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

// next adds to an example what an officer makes first: the next edition of each programme as a draft, as the button makes it, with forms,
// how one gets in, and a call. Patterns of these stand in the folder next, by kind of activity. Nothing in them is a fact or a date.
func (r *Record) next(dir string) error {
	patterns, err := read(dir + "/next")
	if err != nil {
		return err
	}
	for _, p := range r.Programmes {
		a := p.Next()
		a.ID = p.ID + "-next"
		r.Activities = append(r.Activities, a)
		own := func(pattern string) string { return a.ID + "-" + pattern }
		used := map[string]bool{"feedback": true}
		for _, x := range patterns.Registrations {
			if x.Activity != a.Kind {
				continue
			}
			used[x.Form], used[x.Followup] = true, true
			x.Activity, x.Form, x.Followup, x.Quotas = a.ID, own(x.Form), own(x.Followup), slices.Clone(x.Quotas)
			for i := range x.Quotas {
				x.Quotas[i].ID = own(x.Quotas[i].ID)
			}
			r.Registrations = append(r.Registrations, x)
		}
		for _, c := range patterns.Calls {
			if c.Key != a.Kind && (c.Kind != "nomination" || a.Kind == "forum") { // all but forums ask cities whom they send
				continue
			}
			used[c.Form] = true
			c.ID, c.Key, c.Form = own(c.ID), a.ID, own(c.Form)
			r.Calls = append(r.Calls, c)
		}
		for _, f := range patterns.Forms {
			if used[f.ID] {
				f.ID, f.Subject, f.Key = own(f.ID), "activity", a.ID
				r.Forms = append(r.Forms, f)
			}
		}
	}
	return nil
}

// LoadExample stores an example network in an empty data folder. Where it has been stored before, it stores nothing and
// loaded is false, whatever has been changed since; a folder with another network is a conflict.
func (k *Desk) LoadExample(ctx context.Context, name string) (loaded bool, err error) {
	rec, err := Example(name)
	if err != nil {
		return false, err
	}
	if err := rec.next(Examples[name]); err != nil {
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
