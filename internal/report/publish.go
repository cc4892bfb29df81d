package report

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/library"
	"aircommons/internal/network"
)

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// libraryID is the document of an activity's report in the library.
func libraryID(activityID string) string { return activityID + "-report" }

// Publish lets everybody read a frozen report, and puts it into the library as the report of the activity: a version of the
// document for each version of the report, in the languages in which the activity has a name.
func (k *Desk) Publish(ctx context.Context, by actor.Actor, id string, version int64) (r Report, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		w, err := k.whole(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := by.NeedRuns(w.Of.Programme, w.Of.ID); err != nil {
			return err
		}
		if w.State != Frozen && w.State != Withdrawn {
			return fault.New(fault.Conflict, "report.notfrozen")
		}
		if w.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		r = w.Report
		now := tx.Now
		r.State, r.Published, r.Document = Published, &now, libraryID(w.Activity)
		if err := put(ctx, tx, r); err != nil {
			return err
		}
		if err := k.intoLibrary(ctx, tx, by, w, r); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, id, "publish", w.Report, r)
	})
	return r, err
}

func (k *Desk) intoLibrary(ctx context.Context, tx *db.Tx, by actor.Actor, w Whole, r Report) error {
	if k.files == nil {
		return nil
	}
	names := db.Text{}
	for _, lang := range languages(w) {
		name, _ := w.Content.Names.In(lang)
		names[lang] = k.words(lang).T("report.of", "Activity", name)
	}
	d, err := library.One(ctx, tx, r.Document)
	action := "publish"
	if fault.CodeOf(err) == fault.NotFound {
		d, err, action = library.Document{ID: r.Document, Version: 1}, nil, "create"
	}
	if err != nil {
		return err
	}
	old := d
	d.Kind, d.Names, d.Relation, d.Subject, d.SubjectKey, d.State = "report", names, "report-of", "activity", w.Activity, library.Published
	if d.Issued, err = network.ParsePeriod(r.Published.UTC().Format("2006-01-02")); err != nil {
		return err
	}
	if err := library.PutDocument(ctx, tx, d); err != nil {
		return err
	}
	if err := tx.Record(ctx, by, library.Subject, d.ID, action, old, d); err != nil {
		return err
	}
	return k.putFiles(ctx, tx, by, w, r)
}

// languages are those in which a report is a document: of the activity's name, always English.
func languages(w Whole) (out []string) {
	for _, l := range catalog.Languages {
		if l.Tag == "en" || w.Content.Names[l.Tag] != "" {
			out = append(out, l.Tag)
		}
	}
	return out
}

// putFiles writes the documents of a report, over those of the same version.
func (k *Desk) putFiles(ctx context.Context, tx *db.Tx, by actor.Actor, w Whole, r Report) error {
	old, err := library.One(ctx, tx, r.Document)
	if err != nil {
		return err
	}
	for _, lang := range languages(w) {
		b, err := k.docx(k.words(lang), r, w.Content)
		if err != nil {
			return err
		}
		f := library.DocumentFile{ID: fmt.Sprintf("%s-v%d-%s", r.Document, r.Number, lang), Document: r.Document, Version: r.Number, Lang: lang, Name: fmt.Sprintf("%s-%d-%s.docx", r.Document, r.Number, lang),
			MediaType: docxType, UploadedBy: by.Name, UploadedAt: tx.Now}
		if f.SHA256, f.Size, err = k.files.Put(ctx, bytes.NewReader(b), library.MaxFile); err != nil {
			return err
		}
		if i := slices.IndexFunc(old.Files, func(x library.DocumentFile) bool { return x.ID == f.ID }); i >= 0 {
			if _, err := tx.ExecContext(ctx, `UPDATE document_file SET sha256 = $1, size = $2, withdrawn = $3 WHERE id = $4`, f.SHA256, f.Size, false, f.ID); err != nil {
				return err
			}
			if old.Files[i].SHA256 != f.SHA256 {
				if err := account.Doom(ctx, tx, old.Files[i].SHA256); err != nil {
					return err
				}
			}
			continue
		}
		if err := library.PutFile(ctx, tx, f); err != nil {
			return err
		}
	}
	return nil
}

// withdrawFiles takes the files of a report out of the library, and the document with the last of them.
func withdrawFiles(ctx context.Context, tx *db.Tx, by actor.Actor, r Report) error {
	if r.Document == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `UPDATE document_file SET withdrawn = $1 WHERE document_id = $2 AND version = $3`, true, r.Document, r.Number); err != nil {
		return err
	}
	d, err := library.One(ctx, tx, r.Document)
	if fault.CodeOf(err) == fault.NotFound {
		return nil
	} else if err != nil {
		return err
	}
	if d.InHand() {
		return nil
	}
	old := d
	d.State = library.Withdrawn
	if err := library.PutDocument(ctx, tx, d); err != nil {
		return err
	}
	return tx.Record(ctx, by, library.Subject, d.ID, "withdraw", old, d)
}

func (k *Desk) docx(w *catalog.Words, r Report, c Content) ([]byte, error) {
	return Docx(w, Lay(w, r, c), c.At, k.URL, func(p Photo) (io.ReadCloser, error) {
		if k.files == nil {
			return nil, fault.New(fault.NotFound, "error.notfound")
		}
		return k.files.Open(p.Sum)
	})
}

// Export is a report as a document of Office Open XML in a language, with the name of its file.
func (k *Desk) Export(ctx context.Context, by actor.Actor, id, lang string) (b []byte, name string, err error) {
	w, err := k.Report(ctx, by, id)
	if err != nil {
		return nil, "", err
	}
	b, err = k.docx(k.words(lang), w.Report, w.Content)
	return b, w.ID + "-" + lang + ".docx", err
}
