package library

import (
	"context"
	"slices"
	"sort"

	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

func notFound() error { return fault.New(fault.NotFound, "error.notfound") }

const (
	documentColumns = `id, kind, names, label, summary, issued, printed, container, publisher, contributors, licence, relation,
	subject, subject_key, offered, state, version`
	fileColumns = `id, document_id, version, lang, name, media_type, size, sha256, uploaded_by, uploaded_at, downloads, withdrawn`
)

// Documents lists all documents with their files, sorted by id, whatever their state. Callers decide who may see them.
func Documents(ctx context.Context, tx *db.Tx) ([]Document, error) { return documents(ctx, tx, "") }

// documents lists the documents for which where holds; where names columns of document.
func documents(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Document, error) {
	var out []Document
	err := tx.Each(ctx, `SELECT `+documentColumns+` FROM document `+where, args, func(scan func(...any) error) error {
		var d Document
		err := scan(&d.ID, &d.Kind, &d.Names, &d.Label, &d.Summary, &d.Issued, &d.Printed, &d.Container, &d.Publisher, &d.Contributors,
			&d.Licence, &d.Relation, &d.Subject, &d.SubjectKey, &d.Offered, &d.State, &d.Version)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	at := make(map[string]*Document, len(out))
	for i := range out {
		at[out[i].ID] = &out[i]
	}
	files, err := files(ctx, tx, `WHERE document_id IN (SELECT id FROM document `+where+`)`, args...)
	for _, f := range files {
		d := at[f.Document]
		d.Files = append(d.Files, f)
	}
	return out, err
}

func one(ctx context.Context, tx *db.Tx, id string) (Document, error) {
	ds, err := documents(ctx, tx, `WHERE id = $1`, id)
	if err != nil {
		return Document{}, err
	}
	if len(ds) == 0 {
		return Document{}, notFound()
	}
	return ds[0], nil
}

// files lists files, the newest version first, then in the order of Languages.
func files(ctx context.Context, tx *db.Tx, where string, args ...any) ([]DocumentFile, error) {
	var out []DocumentFile
	err := tx.Each(ctx, `SELECT `+fileColumns+` FROM document_file `+where, args, func(scan func(...any) error) error {
		var f DocumentFile
		err := scan(&f.ID, &f.Document, &f.Version, &f.Lang, &f.Name, &f.MediaType, &f.Size, &f.SHA256, &f.UploadedBy, &f.UploadedAt,
			&f.Downloads, &f.Withdrawn)
		f.UploadedAt = f.UploadedAt.UTC()
		out = append(out, f)
		return err
	})
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Document != b.Document {
			return a.Document < b.Document
		}
		if a.Version != b.Version {
			return a.Version > b.Version
		}
		return slices.Index(Languages, a.Lang) < slices.Index(Languages, b.Lang)
	})
	return out, err
}

// PutDocument writes a document whole, new or over what is there, without asking for rights or recording. Its version
// grows by one. Its files are not touched.
func PutDocument(ctx context.Context, tx *db.Tx, d Document) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO document (`+documentColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,1)
		ON CONFLICT (id) DO UPDATE SET kind=excluded.kind, names=excluded.names, label=excluded.label, summary=excluded.summary,
		issued=excluded.issued, printed=excluded.printed, container=excluded.container, publisher=excluded.publisher,
		contributors=excluded.contributors, licence=excluded.licence, relation=excluded.relation, subject=excluded.subject,
		subject_key=excluded.subject_key, offered=excluded.offered, state=excluded.state, version=document.version+1`,
		d.ID, d.Kind, d.Names, d.Label, d.Summary, d.Issued, d.Printed, d.Container, d.Publisher, d.Contributors,
		d.Licence, d.Relation, d.Subject, d.SubjectKey, d.Offered, string(d.State))
	if err != nil {
		return err
	}
	return index(ctx, tx, d)
}

// putFile writes a new file.
func putFile(ctx context.Context, tx *db.Tx, f DocumentFile) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO document_file (`+fileColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		f.ID, f.Document, f.Version, f.Lang, f.Name, f.MediaType, f.Size, f.SHA256, f.UploadedBy, f.UploadedAt, f.Downloads, f.Withdrawn)
	return err
}

// index puts a document into the search, or takes it out when the public may not see it. It is found by its title, the
// label it is offered under, what it appeared in, who published it and what it says of itself.
func index(ctx context.Context, tx *db.Tx, d Document) error {
	if d.State != Published {
		return tx.Unindex(ctx, Subject, d.ID)
	}
	body := []db.Text{d.Summary, {"en": d.Label}, {"en": d.Container}, {"en": d.Printed}, {"en": d.Issued.String()}}
	for _, id := range append([]string{d.Publisher}, d.Contributors...) {
		if id == "" {
			continue
		}
		var names db.Text
		if err := tx.One(ctx, `SELECT names FROM organisation WHERE id = $1`, []any{id}, &names); err != nil {
			return err
		}
		body = append(body, names)
	}
	return tx.IndexText(ctx, Subject, d.ID, d.Names, join(body...), "/library/"+d.ID)
}

// indexAgain writes the entries anew that show the name of an organisation.
func indexAgain(ctx context.Context, tx *db.Tx, subject, key string) error {
	if subject != network.OrganisationSubject {
		return nil
	}
	all, err := documents(ctx, tx, "")
	if err != nil {
		return err
	}
	for _, d := range all {
		if d.Publisher == key || slices.Contains(d.Contributors, key) {
			if err := index(ctx, tx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// join puts texts behind each other, language by language. What is in English only stands in every language.
func join(texts ...db.Text) db.Text {
	out := db.Text{}
	for _, l := range []string{"en", "ko", "zh", "ja", "mn"} {
		for _, t := range texts {
			s := t[l]
			if s == "" {
				s = t["en"]
			}
			if s == "" {
				continue
			}
			if out[l] != "" {
				out[l] += " · "
			}
			out[l] += s
		}
	}
	return out
}

// there reports whether a desk below or beside has a thing of this id. Withdrawn ones count.
func there(ctx context.Context, tx *db.Tx, table, id string) (bool, error) {
	var n int
	err := tx.One(ctx, `SELECT COUNT(*) FROM `+table+` WHERE id = $1`, []any{id}, &n)
	return n > 0, err
}

// PutFile writes a new file of a document whose bytes are kept already, without asking for rights or recording.
func PutFile(ctx context.Context, tx *db.Tx, f DocumentFile) error { return putFile(ctx, tx, f) }

// One is a document with its files, within a transaction, whatever its state.
func One(ctx context.Context, tx *db.Tx, id string) (Document, error) { return one(ctx, tx, id) }
