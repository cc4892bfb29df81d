package library

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"sync"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Desk holds the use cases.
type Desk struct {
	db    *db.DB
	files *db.Files

	mu    sync.Mutex
	kept  []Document // every document by time, as of revision; nil when a download was counted since
	since uint64
}

// New makes the desk on an open store and the kept files.
func New(d *db.DB, f *db.Files) *Desk {
	d.Follow("library", indexAgain)
	return &Desk{db: d, files: f}
}

// Document reads one document. To the public a draft or a withdrawn one is not there, nor are withdrawn files.
func (k *Desk) Document(ctx context.Context, by actor.Actor, id string) (d Document, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		d, err = one(ctx, tx, id)
		return err
	})
	if err == nil && !sees(by, d.State) {
		err = notFound()
	}
	if err != nil {
		return Document{}, err
	}
	return forReader(by, d), nil
}

// forReader leaves out the files that the actor may not see.
func forReader(by actor.Actor, d Document) Document {
	if !by.Officer() {
		d.Files = slices.DeleteFunc(slices.Clone(d.Files), func(f DocumentFile) bool { return f.Withdrawn })
	}
	return d
}

// Documents lists the documents the actor may see: the latest issued first, those without a date last, by id.
func (k *Desk) Documents(ctx context.Context, by actor.Actor) (out []Document, err error) {
	all, err := k.all(ctx)
	return visible(all, by), err
}

// all gives every document. It reads the store only when something has changed since the last call.
func (k *Desk) all(ctx context.Context) ([]Document, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	revision := k.db.RecordRevision() // before reading: a change in between makes the next call read again
	if k.kept != nil && k.since == revision {
		return k.kept, nil
	}
	all := []Document{}
	err := k.db.Read(ctx, func(tx *db.Tx) (err error) {
		all, err = byTime(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	k.kept, k.since = all, revision
	return all, nil
}

// counted makes the next reader see a new count.
func (k *Desk) counted() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = nil
}

func visible(all []Document, by actor.Actor) []Document {
	out := make([]Document, 0, len(all))
	for _, d := range all {
		if sees(by, d.State) {
			out = append(out, forReader(by, d))
		}
	}
	return out
}

// byTime lists all documents: the latest issued first, those without a date last, by id.
func byTime(ctx context.Context, tx *db.Tx) ([]Document, error) {
	all, err := documents(ctx, tx, "")
	if err != nil {
		return nil, err
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i].Issued, all[j].Issued
		if a.Known() != b.Known() {
			return a.Known()
		}
		return a.From > b.From
	})
	return all, nil
}

// Of lists the documents of a thing that the actor may see.
func (k *Desk) Of(ctx context.Context, by actor.Actor, subject, key string) ([]Document, error) {
	all, err := k.Documents(ctx, by)
	return slices.DeleteFunc(all, func(d Document) bool { return !d.IsFor(subject, key) }), err
}

// From lists the documents that an organisation published or contributed to and that the actor may see.
func (k *Desk) From(ctx context.Context, by actor.Actor, organisation string) ([]Document, error) {
	all, err := k.Documents(ctx, by)
	return slices.DeleteFunc(all, func(d Document) bool {
		return d.Publisher != organisation && !slices.Contains(d.Contributors, organisation)
	}), err
}

// Find lists the documents whose texts hold every word of the query, the best first.
func (k *Desk) Find(ctx context.Context, by actor.Actor, query, lang string) (out []Document, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		hits, err := tx.Search(ctx, query, lang, 0)
		if err != nil {
			return err
		}
		for _, h := range hits {
			if h.Subject != Subject {
				continue
			}
			d, err := one(ctx, tx, h.Key)
			if err != nil {
				return err
			}
			if sees(by, d.State) {
				out = append(out, forReader(by, d))
			}
		}
		return nil
	})
	return out, err
}

// Create stores a new document as a draft. An empty id is made of its name.
func (k *Desk) Create(ctx context.Context, by actor.Actor, d Document) (Document, error) {
	if err := by.NeedOfficer(); err != nil {
		return d, err
	}
	tidy(&d)
	given := d.ID
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		d.ID, d.State, d.Version, d.Files = given, Draft, 1, nil
		if given == "" {
			id, err := freeID(ctx, tx, d)
			if err != nil {
				return err
			}
			d.ID = id
		} else if ok, err := there(ctx, tx, "document", given); err != nil {
			return err
		} else if ok {
			var f fault.Form
			f.Add("id", "library.id.taken", "ID", given)
			return f.Err()
		}
		if err := check(ctx, tx, d); err != nil {
			return err
		}
		if err := PutDocument(ctx, tx, d); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, d.ID, "create", nil, d)
	})
	return d, err
}

func freeID(ctx context.Context, tx *db.Tx, d Document) (string, error) {
	name, _ := d.Names.In("en")
	base := db.Slug(name)
	if base == "" || base == "new" {
		base = d.Kind
	}
	return db.FreeSlug(base, func(id string) (bool, error) { return there(ctx, tx, "document", id) })
}

// Update stores d over the version it was made from. Its state and its files are not touched. Saving what is there
// already changes nothing and leaves no entry.
func (k *Desk) Update(ctx context.Context, by actor.Actor, d Document) error {
	tidy(&d)
	return k.change(ctx, by, d.ID, d.Version, "update", func(tx *db.Tx, old Document) (Document, error) {
		d.State = old.State
		return d, check(ctx, tx, d)
	})
}

// Publish shows a document to everybody.
func (k *Desk) Publish(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "publish", func(tx *db.Tx, d Document) (Document, error) {
		d.State = Published
		return d, check(ctx, tx, d)
	})
}

// Withdraw hides a document and its files from the public. Nothing is deleted; publishing it restores it.
func (k *Desk) Withdraw(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "withdraw", func(tx *db.Tx, d Document) (Document, error) {
		d.State = Withdrawn
		return d, nil
	})
}

func (k *Desk) change(ctx context.Context, by actor.Actor, id string, version int64, action string,
	change func(*db.Tx, Document) (Document, error)) error {
	if err := by.NeedOfficer(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		if old.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		d, err := change(tx, old)
		if err != nil {
			return err
		}
		if old.State == Withdrawn && d.State == Published {
			action = "restore"
		}
		d.Version = old.Version
		if same(old, d) {
			return nil
		}
		if err := PutDocument(ctx, tx, d); err != nil {
			return err
		}
		d.Version++
		return tx.Record(ctx, by, Subject, id, action, old, d)
	})
}

func same(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// History lists what was done to a document and its files, the latest first, for officers.
func (k *Desk) History(ctx context.Context, by actor.Actor, id string) (out []db.Change, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = tx.History(ctx, Subject, id)
		return err
	})
	return out, err
}

func tidy(d *Document) {
	for _, s := range []*string{&d.ID, &d.Kind, &d.Label, &d.Printed, &d.Container, &d.Publisher, &d.Licence, &d.Relation, &d.Subject, &d.SubjectKey} {
		*s = strings.TrimSpace(*s)
	}
	d.Names, d.Summary = tidyText(d.Names), tidyText(d.Summary)
	list := db.List{}
	for _, c := range d.Contributors {
		if c = strings.TrimSpace(c); c != "" && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	d.Contributors = list
	if d.SubjectKey == "" {
		d.Subject, d.Relation = "", ""
	}
}

func tidyText(t db.Text) db.Text {
	out := db.Text{}
	for l, s := range t {
		if s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); s != "" {
			out[l] = s
		}
	}
	return out
}

// Longest texts, in characters.
const (
	mostName = 300
	mostText = 4000
)

// check finds what cannot be stored.
func check(ctx context.Context, tx *db.Tx, d Document) error {
	var f fault.Form
	if len(d.Names) == 0 {
		f.Add("names", "library.names.missing")
	}
	checkTexts(&f, "names", d.Names, mostName)
	if !db.IsSlug(d.ID) && len(d.Names) > 0 {
		f.Add("id", "library.id.form", "ID", d.ID)
	}
	if !slices.Contains(Kinds, d.Kind) {
		f.Add("kind", "library.kind.missing")
	}
	checkTexts(&f, "summary", d.Summary, mostText)
	for _, s := range []struct{ field, value string }{{"label", d.Label}, {"printed", d.Printed}, {"container", d.Container}} {
		if n := len([]rune(s.value)); n > mostName {
			f.Add(s.field, "library.text.long", "Length", n, "Most", mostName)
		}
	}
	for i, o := range append([]string{d.Publisher}, d.Contributors...) {
		if o == "" {
			continue
		}
		ok, err := there(ctx, tx, "organisation", o)
		if err != nil {
			return err
		}
		if !ok {
			field := "contributors"
			if i == 0 {
				field = "publisher"
			}
			f.Add(field, "library.organisation.unknown", "ID", o)
		}
	}
	if !slices.Contains(Licences, d.Licence) {
		f.Add("licence", "library.licence.missing")
	}
	if d.SubjectKey != "" {
		if !slices.Contains(Relations, d.Relation) {
			f.Add("relation", "library.relation.missing")
		}
		if !slices.Contains(Subjects, d.Subject) {
			f.Add("subject", "library.subject.missing")
		} else if ok, err := there(ctx, tx, d.Subject, d.SubjectKey); err != nil {
			return err
		} else if !ok || d.IsFor(Subject, d.ID) {
			f.Add("subject", "library.subject.unknown", "ID", d.SubjectKey)
		}
	}
	return f.Err()
}

func checkTexts(f *fault.Form, field string, t db.Text, most int) {
	langs := []string{"en", "ko", "zh", "ja", "mn"}
	for _, l := range langs {
		if n := len([]rune(t[l])); n > most {
			f.Add(field+"."+l, "library.text.long", "Length", n, "Most", most)
		}
	}
	for l := range t {
		if !slices.Contains(langs, l) {
			f.Add(field, "library.language.unknown", "Language", l)
		}
	}
}
