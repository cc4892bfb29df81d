package house_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/house"
	"aircommons/internal/post"
)

// What a desk has added leaves while the house works, with what its activity is called; a letter that the process before
// was sending is unknown after the next start.
func TestLettersLeave(t *testing.T) {
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	dir := t.TempDir()
	open := func() *house.House {
		t.Helper()
		h, err := house.Open(ctx, house.Options{Folder: dir, Now: time.Now, Catalog: texts, Site: "https://air.example.org"})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := open()
	if _, err := h.Record.LoadExample(ctx, "eacac"); err != nil {
		t.Fatal(err)
	}
	var id, lost string
	err = h.DB.Write(ctx, func(tx *db.Tx) error {
		if id, err = post.Add(ctx, tx, post.Letter{To: "bat@ub.example", ToName: "Бат", Lang: "mn", Template: "registration.confirmed", About: "activity", AboutKey: "seoul-forum-2019",
			Values: map[string]string{"Link": "https://air.example.org/mn/seats/x"}}); err != nil {
			return err
		}
		if lost, err = post.Add(ctx, tx, post.Letter{To: "lee@seoul.example", Subject: "s", Text: "t", Hold: true}); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE mail SET state = 'claimed', claimed_at = $2 WHERE id = $1`, lost, tx.Now)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- h.Work(run) }()
	var names []string
	for end := time.Now().Add(10 * time.Second); len(names) == 0 && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if names, err = filepath.Glob(filepath.Join(house.MailPath(dir), "*.eml")); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(names) != 1 {
		t.Fatal(names)
	}
	raw, err := os.ReadFile(names[0])
	if err != nil || !strings.Contains(string(raw), "<"+id+"@") {
		t.Errorf("%s %v", raw, err)
	}
	if l, err := h.Post.Letter(ctx, actor.System, id); err != nil || l.State != post.Sent || !strings.Contains(l.Text, "2019") || !strings.Contains(l.Text, "Сөүл") || !strings.Contains(l.Text, "EACAC") {
		t.Errorf("%+v %v", l.Piece, err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = open()
	defer h.Close()
	if l, err := h.Post.Letter(ctx, actor.System, lost); err != nil || l.State != post.Unknown {
		t.Errorf("%+v %v", l.Piece, err)
	}
}
