package library

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

var (
	officer = actor.Actor{ID: "p1", Name: "Officer", Role: actor.Secretariat}
	public  = actor.Actor{}
	ctx     = context.Background()
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// engines runs a test on SQLite and PostgreSQL, over a fresh store with one organisation. kept is the folder of files.
func engines(t *testing.T, f func(t *testing.T, k *Desk, d *db.DB, kept string)) {
	now := time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC)
	dbtest.Each(t, func() time.Time { now = now.Add(time.Second); return now }, func(t *testing.T, d *db.DB) {
		kept := filepath.Join(t.TempDir(), "files")
		files, err := db.OpenFiles(kept)
		must(t, err)
		must(t, d.Write(ctx, func(tx *db.Tx) error {
			o := network.Organisation{ID: "awma", Kind: "association", Names: db.Text{"en": "A&WMA", "ko": "협회"}}
			if err := network.PutOrganisation(ctx, tx, o); err != nil {
				return err
			}
			return tx.Record(ctx, actor.System, "test", "world", "create", nil, nil)
		}))
		f(t, New(d, files), d, kept)
	})
}

func fieldsOf(err error) (names []string) {
	var e *fault.Error
	if errors.As(err, &e) {
		for _, f := range e.Fields {
			names = append(names, f.Name+" "+f.Message.Key)
		}
	}
	return names
}

func report(t *testing.T, k *Desk) Document {
	t.Helper()
	d, err := k.Create(ctx, officer, Document{Kind: "report", Names: db.Text{"en": "Forum report", "ko": "포럼 보고서"}, Label: "2019 Forum Report",
		Container: "em, The Magazine", Publisher: "awma", Offered: true})
	must(t, err)
	return d
}

const pdf = "%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n"

func add(t *testing.T, k *Desk, id, lang, content string, newVersion bool) DocumentFile {
	t.Helper()
	f, err := k.AddFile(ctx, officer, id, Upload{Lang: lang, Name: "Report " + lang + ".pdf", NewVersion: newVersion, Reader: strings.NewReader(content)})
	must(t, err)
	return f
}

func TestOfferedIsNotInHand(t *testing.T) { engines(t, testOfferedIsNotInHand) }

func testOfferedIsNotInHand(t *testing.T, k *Desk, _ *db.DB, _ string) {
	d := report(t, k)
	must(t, k.Publish(ctx, officer, d.ID, d.Version))
	get := func() Document {
		d, err := k.Document(ctx, public, d.ID)
		must(t, err)
		return d
	}
	if d := get(); d.InHand() || !d.OfferedOnly() || d.Latest() != 0 || d.Current() != nil {
		t.Errorf("nothing is in hand: %+v", d)
	}
	f := add(t, k, d.ID, "en", pdf, false)
	if d := get(); !d.InHand() || d.OfferedOnly() {
		t.Error("a file is in hand")
	}
	must(t, k.WithdrawFile(ctx, officer, f.ID))
	if d := get(); d.InHand() || len(d.Files) != 0 {
		t.Error("a withdrawn file is not in hand")
	}
	if d, _ := k.Document(ctx, officer, d.ID); len(d.Files) != 1 || d.InHand() {
		t.Error("officers see withdrawn files")
	}
	must(t, k.RestoreFile(ctx, officer, f.ID))
	if !get().InHand() {
		t.Error("restored")
	}
}

func TestVersions(t *testing.T) { engines(t, testVersions) }

func testVersions(t *testing.T, k *Desk, _ *db.DB, kept string) {
	d := report(t, k)
	ids := func(fs []DocumentFile) (out []string) {
		for _, f := range fs {
			out = append(out, strings.TrimPrefix(f.ID, d.ID+"-"))
		}
		return out
	}
	add(t, k, d.ID, "en", pdf+"one", false)
	add(t, k, d.ID, "ko", pdf+"one ko", false)  // one more language of version 1
	add(t, k, d.ID, "en", pdf+"two", false)     // version 1 has English already
	add(t, k, d.ID, "zh", pdf+"two zh", false)  // one more language of version 2
	add(t, k, d.ID, "mn", pdf+"three mn", true) // said to be new
	d, err := k.Document(ctx, officer, d.ID)
	must(t, err)
	for _, c := range []struct {
		name string
		got  []string
		want []string
	}{
		{"all", ids(d.Files), []string{"v3-mn", "v2-en", "v2-zh", "v1-en", "v1-ko"}},
		{"current", ids(d.Current()), []string{"v2-en", "v1-ko", "v2-zh", "v3-mn"}},
		{"older", ids(d.Older()), []string{"v1-en"}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	if d.Latest() != 3 || d.Version != 1 {
		t.Errorf("latest %d, version of the record %d", d.Latest(), d.Version)
	}
	_, err = k.AddFile(ctx, officer, d.ID, Upload{Lang: "en", Name: "x.pdf", Reader: strings.NewReader(pdf + "one")})
	if got := fieldsOf(err); !slices.Equal(got, []string{"file library.file.same"}) {
		t.Errorf("the same file again: %v", err)
	}
	// Nothing that was kept is overwritten.
	f, r, err := k.Download(ctx, officer, d.ID+"-v1-en", Taking{})
	must(t, err)
	b, err := io.ReadAll(r)
	must(t, errors.Join(err, r.Close()))
	if string(b) != pdf+"one" || f.Name != "Report en.pdf" || f.MediaType != "application/pdf" || f.Size != int64(len(b)) || f.UploadedBy != "Officer" {
		t.Errorf("%q %+v", b, f)
	}
	n := 0
	must(t, filepath.WalkDir(kept, func(p string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			n++
		}
		return err
	}))
	if n != 5 {
		t.Errorf("%d files kept", n)
	}
}

func TestDownloadsAreCounted(t *testing.T) { engines(t, testDownloadsAreCounted) }

func testDownloadsAreCounted(t *testing.T, k *Desk, d *db.DB, kept string) {
	doc := report(t, k)
	f := add(t, k, doc.ID, "en", pdf, false)
	if _, _, err := k.Download(ctx, public, f.ID, Taking{Method: "GET"}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a file of a draft: %v", err)
	}
	must(t, k.Publish(ctx, officer, doc.ID, doc.Version))
	revision := d.Revision()
	for _, c := range []struct {
		name string
		t    Taking
		want int64
	}{
		{"a reader", Taking{Method: "GET", UserAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}, 1},
		{"no name", Taking{Method: "GET"}, 1},
		{"the head only", Taking{Method: "HEAD"}, 0},
		{"the beginning", Taking{Method: "GET", Range: "bytes=0-99"}, 1},
		{"the rest", Taking{Method: "GET", Range: "bytes=100-"}, 0},
		{"a robot", Taking{Method: "GET", UserAgent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, 0},
	} {
		before, err := k.Document(ctx, public, doc.ID)
		must(t, err)
		_, r, err := k.Download(ctx, public, f.ID, c.t)
		must(t, err)
		r.Close()
		after, err := k.Document(ctx, public, doc.ID)
		must(t, err)
		if got := after.Downloads() - before.Downloads(); got != c.want {
			t.Errorf("%s counts %d", c.name, got)
		}
	}
	if d.Revision() != revision {
		t.Error("a download is no change of the record")
	}
	must(t, k.WithdrawFile(ctx, officer, f.ID))
	if _, _, err := k.Download(ctx, public, f.ID, Taking{Method: "GET"}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a withdrawn file: %v", err)
	}
	if _, _, err := k.Download(ctx, public, "nothing", Taking{}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("no file: %v", err)
	}
	must(t, d.Read(ctx, func(tx *db.Tx) error {
		sums, err := Kept(ctx, tx)
		if len(sums) != 1 || sums[0] != f.SHA256 {
			t.Errorf("kept %v", sums)
		}
		return err
	}))
}

func TestStatesRightsAndHistory(t *testing.T) { engines(t, testStatesRightsAndHistory) }

func testStatesRightsAndHistory(t *testing.T, k *Desk, d *db.DB, kept string) {
	doc := report(t, k)
	if doc.ID != "forum-report" || doc.State != Draft {
		t.Errorf("%s is %s", doc.ID, doc.State)
	}
	if again := report(t, k); again.ID != "forum-report-2" {
		t.Errorf("second %s", again.ID)
	}
	found := func(q string) int {
		out, err := k.Find(ctx, public, q, "en")
		must(t, err)
		return len(out)
	}
	if _, err := k.Document(ctx, public, doc.ID); fault.CodeOf(err) != fault.NotFound || found("포럼") != 0 {
		t.Errorf("a draft is public: %v", err)
	}
	must(t, k.Publish(ctx, officer, doc.ID, 1))
	for _, q := range []string{"포럼", "forum report", "2019 Forum", "magazine", "협회", "A&WMA"} {
		if found(q) != 1 {
			t.Errorf("%q finds %d", q, found(q))
		}
	}
	if list, _ := k.Documents(ctx, public); len(list) != 1 {
		t.Errorf("%d public documents", len(list))
	}
	if list, _ := k.From(ctx, public, "awma"); len(list) != 1 {
		t.Errorf("%d documents of the publisher", len(list))
	}
	doc, err := k.Document(ctx, officer, doc.ID)
	must(t, err)
	doc.Kind = "summary"
	must(t, k.Update(ctx, officer, doc))
	if err := k.Update(ctx, officer, doc); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("an overtaken save: %v", err)
	}
	f := add(t, k, doc.ID, "en", pdf, false)
	must(t, k.Withdraw(ctx, officer, doc.ID, 3))
	if found("forum") != 0 {
		t.Error("a withdrawn document is found")
	}
	for _, by := range []actor.Actor{public, {ID: "c", Role: actor.CityOfficer, City: "seoul"}} {
		_, err := k.Create(ctx, by, doc)
		_, err2 := k.AddFile(ctx, by, doc.ID, Upload{})
		_, err3 := k.History(ctx, by, doc.ID)
		for _, err := range []error{err, err2, err3, k.Update(ctx, by, doc), k.Publish(ctx, by, doc.ID, 4), k.Withdraw(ctx, by, doc.ID, 4), k.WithdrawFile(ctx, by, f.ID)} {
			if fault.CodeOf(err) != fault.Denied {
				t.Errorf("by %q: %v", by.Role, err)
			}
		}
	}
	h, err := k.History(ctx, officer, doc.ID)
	must(t, err)
	var actions []string
	for _, c := range h {
		actions = append(actions, c.Action)
	}
	if !slices.Equal(actions, []string{"withdraw", "file-add", "update", "publish", "create"}) {
		t.Errorf("history %v", actions)
	}
	must(t, d.Read(ctx, func(tx *db.Tx) error {
		all, err := Documents(ctx, tx)
		if len(all) != 2 {
			t.Errorf("%d documents", len(all))
		}
		return err
	}))
}

func TestWhatCannotBeStored(t *testing.T) { engines(t, testWhatCannotBeStored) }

func testWhatCannotBeStored(t *testing.T, k *Desk, d *db.DB, kept string) {
	first := report(t, k)
	for _, c := range []struct {
		name   string
		change func(*Document)
		want   []string
	}{
		{"no title", func(d *Document) { d.Names = nil }, []string{"names library.names.missing"}},
		{"long", func(d *Document) { d.Summary = db.Text{"ko": strings.Repeat("가", 4001)} }, []string{"summary.ko library.text.long"}},
		{"language", func(d *Document) { d.Names["fr"] = "x" }, []string{"names library.language.unknown"}},
		{"kind", func(d *Document) { d.Kind = "song" }, []string{"kind library.kind.missing"}},
		{"publisher", func(d *Document) { d.Publisher, d.Contributors = "x", db.List{"awma", "y"} },
			[]string{"publisher library.organisation.unknown", "contributors library.organisation.unknown"}},
		{"licence", func(d *Document) { d.Licence = "MIT" }, []string{"licence library.licence.missing"}},
		{"relation", func(d *Document) { d.Subject, d.SubjectKey = "organisation", "awma" }, []string{"relation library.relation.missing"}},
		{"subject", func(d *Document) { d.Subject, d.SubjectKey, d.Relation = "activity", "x", "about" }, []string{"subject library.subject.unknown"}},
		{"kind of subject", func(d *Document) { d.Subject, d.SubjectKey, d.Relation = "journal", "x", "about" }, []string{"subject library.subject.missing"}},
		{"address", func(d *Document) { d.ID = "A b" }, []string{"id library.id.form"}},
		{"taken", func(d *Document) { d.ID = first.ID }, []string{"id library.id.taken"}},
	} {
		d := Document{Kind: "report", Names: db.Text{"en": "x"}}
		c.change(&d)
		_, err := k.Create(ctx, officer, d)
		if got := fieldsOf(err); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	first.Subject, first.SubjectKey, first.Relation = Subject, first.ID, "summary-of"
	if err := k.Update(ctx, officer, first); !slices.Equal(fieldsOf(err), []string{"subject library.subject.unknown"}) {
		t.Errorf("a document about itself: %v", err)
	}
	for _, u := range []Upload{{Lang: "en"}, {Lang: "xx", Reader: strings.NewReader(pdf)}} {
		if _, err := k.AddFile(ctx, officer, first.ID, u); len(fieldsOf(err)) != 1 {
			t.Errorf("%+v: %v", u, err)
		}
	}
	if _, err := k.AddFile(ctx, officer, "nothing", Upload{Lang: "en", Reader: strings.NewReader(pdf)}); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
	_, err := k.AddFile(ctx, officer, first.ID, Upload{Lang: "en", Name: "big.txt", Reader: io.LimitReader(spaces{}, MaxFile+5)})
	if got := fieldsOf(err); !slices.Equal(got, []string{"file library.file.large"}) {
		t.Errorf("too large: %v", err)
	}
	_, err = k.AddFile(ctx, officer, first.ID, Upload{Lang: "en", Name: "x", Reader: io.MultiReader(strings.NewReader(pdf), broken{})})
	if got := fieldsOf(err); !slices.Equal(got, []string{"file library.file.broken"}) {
		t.Errorf("broken off: %v", err)
	}
	if d, _ := k.Document(ctx, officer, first.ID); len(d.Files) != 0 {
		t.Error("something refused was kept")
	}
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

func zipped(names ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		name, content, _ := strings.Cut(n, "=")
		w, _ := z.Create(name)
		io.WriteString(w, content)
	}
	z.Close()
	return b.String()
}

func gzipped(content string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, content)
	z.Close()
	return b.String()
}

func TestSniff(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"a.pdf", pdf, "application/pdf .pdf"},
		{"a.exe.txt", pdf, "application/pdf .pdf"},
		{"a.docx", zipped("[Content_Types].xml", "word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document .docx"},
		{"a.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet .xlsx"},
		{"a.pptx", zipped("[Content_Types].xml", "ppt/presentation.xml"), "application/vnd.openxmlformats-officedocument.presentationml.presentation .pptx"},
		{"a.odt", zipped("mimetype=application/vnd.oasis.opendocument.text", "content.xml"), "application/vnd.oasis.opendocument.text .odt"},
		{"a.epub", zipped("mimetype=application/epub+zip"), "application/epub+zip .epub"},
		{"a.zip", zipped("data.csv=a,b"), "application/zip .zip"},
		{"a.csv.gz", gzipped("a,b\n1,2\n"), "application/gzip .gz"},
		{"a.png", "\x89PNG\r\n\x1a\n....", "image/png .png"},
		{"a.jpeg", "\xff\xd8\xff\xe0....", "image/jpeg .jpg"},
		{"a.webp", "RIFF....WEBPVP8 ", "image/webp .webp"},
		{"a.csv", "도시,값\n서울,1\n", "text/csv; charset=utf-8 .csv"},
		{"a.csv", "\xb5\xb5\xbd\xc3,1\n", "text/csv .csv"}, // 도시 in CP949
		{"a", "plain words", "text/plain; charset=utf-8 .txt"},
		{"a.txt", "MZ stands for nothing here", "text/plain; charset=utf-8 .txt"},
		{"a.json", `{"a": 1}`, "application/json .json"},
		{"a.txt", strings.Repeat("가", headSize/2), "text/plain; charset=utf-8 .txt"}, // a letter cut at the end of the head

		{"a.pdf", "", "library.file.empty"},
		{"a.pdf", "MZ\x90\x00\x03", "library.file.program"},
		{"a.pdf", "\x7fELF\x02\x01", "library.file.program"},
		{"a.txt", "#!/bin/sh\nrm -r /\n", "library.file.program"},
		{"a.bat", "echo hello", "library.file.program"},
		{"a.js", "alert(1)", "library.file.program"},
		{"a.zip", zipped("setup.exe=x"), "library.file.programinside"},
		{"a.zip", zipped("META-INF/MANIFEST.MF=x"), "library.file.programinside"},
		{"a.docm", zipped("[Content_Types].xml", "word/vbaProject.bin"), "library.file.program"},
		{"a.docx", zipped("[Content_Types].xml", "word/vbaProject.bin"), "library.file.macros"},
		{"a.gz", gzipped("MZ\x90\x00"), "library.file.program"},
		{"a.gz", gzipped("<html>"), "library.file.page"},
		{"a.html", "hello", "library.file.page"},
		{"a.pdf", "<!DOCTYPE html><p>hello", "library.file.page"},
		{"a.txt", "  \n<script>alert(1)</script>", "library.file.page"},
		{"a.txt", "words before <ScRiPt src=x>", "library.file.page"},
		{"a.csv", "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", "library.file.page"},
		{"a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>", "library.file.page"},
		{"a.xml", "<?xml version='1.0'?><x/>", "library.file.page"},
		{"a.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "library.file.oldoffice"},
		{"a.zip", "PK\x03\x04 cut off", "library.file.damaged"},
		{"a.gz", "\x1f\x8b cut off", "library.file.damaged"},
		{"a.bin", "\x01\x02\x03\x00\x00", "library.file.unknown"},
	} {
		media, ext, err := Sniff(strings.NewReader(c.content), int64(len(c.content)), c.name)
		got := media + " " + ext
		var e *fault.Error
		if errors.As(err, &e) {
			got = e.Message.Key
		} else if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %.20q: %s, want %s", c.name, c.content, got, c.want)
		}
	}
}

func TestCleanName(t *testing.T) {
	for _, c := range []struct{ name, ext, want string }{
		{"Report 2019.pdf", ".pdf", "Report 2019.pdf"},
		{"REPORT.PDF", ".pdf", "REPORT.PDF"},
		{"photo.jpeg", ".jpg", "photo.jpeg"},
		{`C:\Users\x\report.exe`, ".pdf", "report.pdf"},
		{"../../etc/passwd", ".txt", "passwd.txt"},
		{"보고서 최종.hwp", ".pdf", "보고서 최종.pdf"},
		{"a\u202efdp.exe", ".pdf", "afdp.pdf"}, // a mark that turns the direction of writing
		{"a\x00\n\tb.pdf", ".pdf", "a b.pdf"},
		{`what?<>|".pdf`, ".pdf", "what.pdf"},
		{"v1.2 final", ".pdf", "v1.2 final.pdf"},
		{"...", ".pdf", "doc.pdf"},
		{"", ".pdf", "doc.pdf"},
		{"CON.txt", ".txt", "_CON.txt"},
		{"\xff\xfe.csv", ".csv", "doc.csv"},
		{strings.Repeat("가", 300) + ".pdf", ".pdf", strings.Repeat("가", 100) + ".pdf"},
	} {
		if got := CleanName(c.name, c.ext, "doc"); got != c.want {
			t.Errorf("%q: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte(pdf), "a.pdf")
	f.Add([]byte(zipped("mimetype=application/epub+zip", "x=y")), "a.epub")
	f.Add([]byte(gzipped("a,b\n")), "a.csv.gz")
	f.Add([]byte("<html>"), "../a")
	f.Fuzz(func(t *testing.T, content []byte, name string) {
		media, ext, err := Sniff(bytes.NewReader(content), int64(len(content)), name)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		if strings.Contains(media, "html") || strings.Contains(media, "svg") {
			t.Fatalf("a page was taken: %s", media)
		}
		clean := CleanName(name, ext, "doc")
		if strings.ContainsAny(clean, "/\\\x00\"") || strings.HasPrefix(clean, ".") || !strings.HasSuffix(strings.ToLower(clean), ext) && !strings.HasSuffix(strings.ToLower(clean), ".jpeg") {
			t.Fatalf("%q became %q", name, clean)
		}
	})
}
