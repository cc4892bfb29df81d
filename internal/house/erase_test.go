package house_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/house"
	"aircommons/internal/library"
	"aircommons/internal/mail"
	"aircommons/internal/network"
)

// traces are texts by which the person of TestErase is known; each stands nowhere else.
var traces = []string{"Erdenechimeg", "Эрдэнэчимэг", "ERDENECHIMEG/GANBOLD", "erdene@naamal.example", "Naamal Institute of Air", "Head of laboratory Q7", "own-words-q7", "Door of Erdenechimeg"}

// TestErase makes somebody who left traces in every place that this house has, erases them, and looks for a byte of it in
// every file below the data folder.
func TestErase(t *testing.T) {
	ctx := context.Background()
	folder := t.TempDir()
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, house.Options{Folder: folder, Catalog: texts})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err = h.Record.LoadExample(ctx, "eacac")
	must(err)
	root, _, err := h.Account.AddUser(ctx, actor.CommandLine, account.Person{Name: "Root Officer", Email: "root@x.example", Role: actor.Administrator})
	must(err)
	rootBy, err := h.Account.Actor(ctx, root.ID)
	must(err)

	var p account.Person
	must(h.DB.Write(ctx, func(tx *db.Tx) (err error) {
		p, err = account.Ensure(ctx, tx, actor.Actor{}, account.Person{Name: "Erdenechimeg Ganbold", Email: "Erdene@naamal.example", Language: "mn",
			Names:        []account.Name{{Text: "Эрдэнэчимэг", Lang: "mn"}, {Text: "ERDENECHIMEG/GANBOLD", Use: "passport"}},
			Affiliations: []account.Affiliation{{Name: "Naamal Institute of Air", Place: "ulaanbaatar", Title: db.Text{"en": "Head of laboratory Q7"}, From: "2020"}},
			Gender:       "female", GenderWords: "own-words-q7"})
		return err
	}))
	_, err = h.Account.Ask(ctx, "erdene@naamal.example", "en", "http://x.example", "")
	must(err)
	h.Account.Wait() // the letter lies in the folder
	p, err = h.Account.Person(ctx, rootBy, p.ID)
	must(err)
	p.Role = actor.Secretariat
	must(h.Account.Update(ctx, rootBy, p))
	by, err := h.Account.Actor(ctx, p.ID)
	must(err)
	must(h.Account.Grant(ctx, rootBy, p.ID, actor.Grant{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: "ulaanbaatar"}, time.Time{}))
	_, _, err = h.Account.AddToken(ctx, by, account.Token{Name: "Door of Erdenechimeg", Kind: account.APIToken, Expires: clock().Add(100 * 24 * time.Hour)})
	must(err)
	must(h.Account.Agree(ctx, by, account.Consented{Kind: "photos", Wording: "I, Erdenechimeg, agree.", Lang: "en"}))
	docs, err := h.Library.Documents(ctx, by)
	must(err)
	_, err = h.Library.AddFile(ctx, by, docs[0].ID, library.Upload{Name: "x.pdf", Lang: "en", Reader: strings.NewReader("%PDF-1.4\nsome report")})
	must(err)
	_, err = h.Network.CreateStatement(ctx, by, network.Statement{Subject: "place", SubjectKey: "ulaanbaatar", Field: "note", Printed: "x", SourceTitle: "A paper", SourceDate: "2026"})
	must(err)
	must(mail.Folder{Dir: house.MailPath(folder), From: "a@x.example", Now: clock}.Send(ctx, mail.Message{To: "root@x.example", Subject: "Эрдэнэчимэг", Text: "registered"}))

	if found := search(t, folder, traces); len(found) < 5 {
		t.Fatal("the test does not find what is there:", found)
	}
	var out bytes.Buffer
	must(h.Account.Export(ctx, by, p.ID, &out))
	all := exported(t, out.Bytes())
	for _, s := range traces {
		if !strings.Contains(all, s) && s != "I, Erdenechimeg, agree." {
			t.Errorf("the export does not hold %q", s)
		}
	}
	if err := h.Account.Erase(ctx, actor.Actor{ID: "x", Role: actor.Visitor}, p.ID); fault.CodeOf(err) != fault.Denied {
		t.Error(err)
	}
	if err := h.Account.Erase(ctx, rootBy, root.ID); fault.CodeOf(err) != fault.Invalid {
		t.Error("the last administrator:", err)
	}
	must(h.Account.Erase(ctx, by, p.ID))
	if found := search(t, folder, traces); len(found) > 0 {
		t.Errorf("left: %v", found)
	}
	if a, err := h.Account.Actor(ctx, p.ID); err != nil || a.SignedIn() {
		t.Error(a, err)
	}
	must(h.DB.Read(ctx, func(tx *db.Tx) error {
		gone, err := account.PersonByID(ctx, tx, p.ID)
		if err != nil || !gone.IsErased() || gone.Gender != "female" {
			t.Errorf("%+v %v", gone, err)
		}
		if _, erased, err := tx.CheckJournal(ctx); err != nil || erased == 0 {
			t.Error(erased, err)
		}
		hits, err := tx.Search(ctx, "Erdenechimeg", "en", 10)
		if len(hits) > 0 || err != nil {
			t.Error(hits, err)
		}
		return nil
	}))
	// Registering again makes somebody new.
	must(h.DB.Write(ctx, func(tx *db.Tx) error {
		again, err := account.Ensure(ctx, tx, actor.Actor{}, account.Person{Name: "Erdenechimeg Ganbold", Email: "erdene@naamal.example"})
		if again.ID == p.ID {
			t.Error("an erased person came back")
		}
		return err
	}))
	must(h.Account.Erase(ctx, rootBy, p.ID)) // twice is once
}

func exported(t *testing.T, b []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("data.json")
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(f)
	if err != nil || !json.Valid(all) {
		t.Fatal(err)
	}
	return string(all)
}

// search looks for texts in every file below a folder, as UTF-8 and as JSON and mail write it.
func search(t *testing.T, folder string, texts []string) (found []string) {
	t.Helper()
	walk(t, folder, func(path string, b []byte) {
		for _, s := range texts {
			if bytes.Contains(b, []byte(s)) {
				found = append(found, filepath.Base(path)+": "+s)
			}
		}
	})
	return found
}

// walk reads every file below a folder.
func walk(t *testing.T, folder string, each func(path string, b []byte)) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil {
			each(path, b)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRetention(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2027, 5, 19, 9, 0, 0, 0, time.UTC)
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, house.Options{Folder: t.TempDir(), Catalog: texts, Now: func() time.Time { return now }})
	if _, _, err := h.Account.AddUser(ctx, actor.CommandLine, account.Person{Name: "A", Email: "a@x.example", Role: actor.Visitor}); err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		after time.Duration
		dry   bool
		want  int
	}{{0, true, 0}, {72 * time.Hour, true, 1}, {0, true, 1}, {0, false, 1}, {0, true, 0}} {
		now = now.Add(c.after)
		out, err := h.Account.Retention(ctx, actor.CommandLine, c.dry)
		if err != nil || len(out) != c.want {
			t.Errorf("step %d: %+v %v", i+1, out, err)
		}
	}
	if _, err := h.Account.Retention(ctx, actor.Actor{ID: "x", Role: actor.Visitor}, true); fault.CodeOf(err) != fault.Denied {
		t.Error(err)
	}
}
