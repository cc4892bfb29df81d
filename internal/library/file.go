package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// MaxFile is the largest file the library takes, in bytes.
const MaxFile = 64 << 20

// Upload is a file on its way into the library.
type Upload struct {
	Lang       string    // one of Languages
	Name       string    // as the sender calls it; it is cleaned
	NewVersion bool      // a new version of the work, and not one more language of the newest
	Reader     io.Reader // at most MaxFile bytes are taken
}

// AddFile keeps a file of a document. Where the newest version has the language already, it becomes the next version;
// the old one stays. What it is is told from its content; programs and pages are refused.
func (k *Desk) AddFile(ctx context.Context, by actor.Actor, id string, u Upload) (DocumentFile, error) {
	if err := by.NeedOfficer(); err != nil {
		return DocumentFile{}, err
	}
	var form fault.Form
	if !slices.Contains(Languages, u.Lang) {
		form.Add("lang", "library.lang.missing")
	}
	if u.Reader == nil {
		form.Add("file", "library.file.missing")
	}
	if err := form.Err(); err != nil {
		return DocumentFile{}, err
	}
	if _, err := k.Document(ctx, by, id); err != nil {
		return DocumentFile{}, err
	}
	f := DocumentFile{Document: id, Lang: u.Lang, UploadedBy: by.Name}
	if f.UploadedBy == "" {
		f.UploadedBy = by.ID
	}
	if err := k.keep(ctx, u, &f); err != nil {
		return DocumentFile{}, onField("file", err)
	}
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		d, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		f.Version = 1
		taken := false
		for _, old := range d.Files {
			f.Version = max(f.Version, old.Version)
		}
		for _, old := range d.Files {
			taken = taken || old.Lang == f.Lang && old.Version == f.Version
			if old.SHA256 == f.SHA256 && old.Lang == f.Lang && !old.Withdrawn {
				var form fault.Form
				form.Add("file", "library.file.same", "Version", old.Version)
				return form.Err()
			}
		}
		if len(d.Files) > 0 && (taken || u.NewVersion) {
			f.Version++
		}
		f.ID = fmt.Sprintf("%s-v%d-%s", id, f.Version, f.Lang)
		f.UploadedAt = tx.Now
		if err := putFile(ctx, tx, f); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, id, "file-add", nil, f)
	})
	if err != nil {
		return DocumentFile{}, err
	}
	return f, nil
}

// keep takes the bytes: first beside, to look at them, then among the kept files, where nothing refused ever lies.
func (k *Desk) keep(ctx context.Context, u Upload, f *DocumentFile) (err error) {
	tmp, err := os.CreateTemp("", "aircommons-document-*")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "library.file.disk")
	}
	defer func() {
		err = errors.Join(err, tmp.Close(), os.Remove(tmp.Name()))
	}()
	n, err := io.Copy(tmp, io.LimitReader(contextReader{ctx, u.Reader}, MaxFile+1))
	if err != nil {
		var disk *os.PathError
		if errors.As(err, &disk) {
			return fault.Wrap(fault.Internal, err, "library.file.disk")
		}
		if fault.CodeOf(err) != fault.Internal {
			return err
		}
		return fault.Wrap(fault.Invalid, err, "library.file.broken")
	}
	if n > MaxFile {
		return refuse("library.file.large", "Most", MaxFile>>20)
	}
	var ext string
	if f.MediaType, ext, err = Sniff(tmp, n, u.Name); err != nil {
		return err
	}
	f.Name = CleanName(u.Name, ext, f.Document)
	if _, err = tmp.Seek(0, io.SeekStart); err != nil {
		return err
	}
	f.SHA256, f.Size, err = k.files.Put(ctx, tmp, MaxFile)
	return err
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// onField turns what is wrong with a file into a fault of the form's field.
func onField(field string, err error) error {
	var e *fault.Error
	if !errors.As(err, &e) || e.Code != fault.Invalid || len(e.Fields) > 0 {
		return err
	}
	return &fault.Error{Code: fault.Invalid, Message: fault.Say("error.form"), Fields: []fault.Field{{Name: field, Message: e.Message}}, Err: e.Err}
}

// WithdrawFile takes a file out of the public's hands. It stays kept, and can be restored.
func (k *Desk) WithdrawFile(ctx context.Context, by actor.Actor, file string) error {
	return k.setFile(ctx, by, file, "file-withdraw", true)
}

// RestoreFile gives a withdrawn file back to the public.
func (k *Desk) RestoreFile(ctx context.Context, by actor.Actor, file string) error {
	return k.setFile(ctx, by, file, "file-restore", false)
}

func (k *Desk) setFile(ctx context.Context, by actor.Actor, id, action string, hide bool) error {
	if err := by.NeedOfficer(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		fs, err := files(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if len(fs) == 0 {
			return notFound()
		}
		old := fs[0]
		if old.Withdrawn == hide {
			return nil
		}
		now := old
		now.Withdrawn = hide
		if _, err := tx.ExecContext(ctx, `UPDATE document_file SET withdrawn = $1 WHERE id = $2`, hide, id); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, old.Document, action, old, now)
	})
}

// Taking is how a reader asks for a file, as far as it matters for counting.
type Taking struct {
	Method    string // of the request
	Range     string // its header of that name
	UserAgent string
}

// Words in the names of programs that fetch pages by themselves.
var robots = []string{"bot", "crawl", "spider", "slurp", "preview", "archiver", "facebookexternalhit", "scrapy"}

// counts reports whether a request is a download: a whole file, or its beginning, taken by a person.
func (t Taking) counts() bool {
	if t.Method != http.MethodGet {
		return false
	}
	if t.Range != "" && !strings.HasPrefix(t.Range, "bytes=0-") {
		return false // the rest of a file whose beginning has been counted
	}
	agent := strings.ToLower(t.UserAgent)
	return !slices.ContainsFunc(robots, func(r string) bool { return strings.Contains(agent, r) })
}

// File reads what is known of one file. To the public one of a draft or withdrawn document, or a withdrawn one, is not there.
func (k *Desk) File(ctx context.Context, by actor.Actor, file string) (f DocumentFile, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		fs, err := files(ctx, tx, `WHERE id = $1`, file)
		if err != nil {
			return err
		}
		if len(fs) == 0 {
			return notFound()
		}
		f = fs[0]
		d, err := one(ctx, tx, f.Document)
		if err != nil {
			return err
		}
		if !by.Officer() && (f.Withdrawn || d.State != Published) {
			return notFound()
		}
		return nil
	})
	if err != nil {
		return DocumentFile{}, err
	}
	return f, nil
}

// Download opens a file for a reader and counts it. The caller closes it. Counts are kept beside the file and are no
// entries of the journal.
func (k *Desk) Download(ctx context.Context, by actor.Actor, file string, t Taking) (DocumentFile, io.ReadSeekCloser, error) {
	f, err := k.File(ctx, by, file)
	if err != nil {
		return DocumentFile{}, nil, err
	}
	r, err := k.files.Open(f.SHA256)
	if err != nil {
		return DocumentFile{}, nil, err
	}
	if t.counts() {
		// A count that cannot be written, on a full disk, must not keep a reader from the file.
		if err := k.db.Exec(ctx, `UPDATE document_file SET downloads = downloads + 1 WHERE id = $1`, f.ID); err == nil {
			f.Downloads++
			k.counted()
		}
	}
	return f, r, nil
}

// Kept lists the hashes of all files of the library, for a backup and for checking that each still lies there.
func Kept(ctx context.Context, tx *db.Tx) ([]string, error) {
	fs, err := files(ctx, tx, "")
	var out []string
	for _, f := range fs {
		if !slices.Contains(out, f.SHA256) {
			out = append(out, f.SHA256)
		}
	}
	slices.Sort(out)
	return out, err
}
