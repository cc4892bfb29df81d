package post_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
	"aircommons/internal/post"
)

func failing(f mail.Failure) func(mail.Message) error {
	if f.Err == nil {
		f.Err = errors.New("as told")
	}
	return func(mail.Message) error { return fault.Wrap(fault.Internal, &f, "mail.server", "Host", "mx.example") }
}

// A server that says "later" of one letter gets it again after 1, 2, 4 … minutes; the others are not held up. One that
// says "never" is not asked again.
func TestLaterAndNever(t *testing.T) {
	b := newBox(t)
	ids := b.add(confirmed("1", "later@x.example"), confirmed("2", "never@x.example"), confirmed("3", "kim@x.example"))
	later, never := failing(mail.Failure{Outcome: mail.Later, Reply: "451 greylisted"}), failing(mail.Failure{Outcome: mail.Never, Reply: "550 no such person"})
	tries := 0
	b.send.fail = func(m mail.Message) error {
		switch m.To[:5] {
		case "later":
			tries++
			if tries < 4 {
				return later(m)
			}
		case "never":
			return never(m)
		}
		return nil
	}
	b.flush()
	if x := b.letter(ids[1]); x.State != post.Failed || x.Reply != "550 no such person" || x.Reason.Key != "mail.server" {
		t.Errorf("%+v", x.Piece)
	}
	if x := b.letter(ids[2]); x.State != post.Sent {
		t.Errorf("%+v", x.Piece)
	}
	at := start
	for i, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		if x := b.letter(ids[0]); x.State != post.Ready || !x.Ready.Equal(at.Add(wait)) || x.Tries != i+1 || x.Reply != "451 greylisted" {
			t.Errorf("try %d: %s %v %d", i, x.State, x.Ready.Sub(at), x.Tries)
		}
		if b.now = at.Add(wait - time.Second); b.flush() != 0 {
			t.Errorf("try %d came too early", i+1)
		}
		at = at.Add(wait)
		b.now = at
		b.flush()
	}
	if x := b.letter(ids[0]); x.State != post.Sent || x.Tries != 4 {
		t.Errorf("%+v", x.Piece)
	}
	// After three days it is given up, and an officer can send it again.
	tries = -1000
	id := b.add(confirmed("4", "later@y.example"))[0]
	began := b.now
	for range 100 {
		b.flush()
		b.now = b.now.Add(2 * time.Hour)
		if b.letter(id).State == post.Failed {
			break
		}
	}
	if x := b.letter(id); x.State != post.Failed || x.Ended.Sub(began) < 60*time.Hour || x.Ended.Sub(began) > 100*time.Hour {
		t.Errorf("%s after %v", x.State, x.Ended.Sub(began))
	}
	if err := b.Again(ctx, kim, id, 0); err != nil {
		t.Fatal(err)
	}
	if x := b.letter(id); x.State != post.Ready || x.Tries != 0 {
		t.Errorf("%+v", x.Piece)
	}
}

// The mail server is down for an hour: it is asked now and then with one letter, no letter loses a try, and all leave
// when it is back. The outbox says since when.
func TestDownForAnHour(t *testing.T) {
	b := newBox(t)
	var ls []post.Letter
	for i := range 30 {
		ls = append(ls, confirmed(fmt.Sprint(i), fmt.Sprintf("p%d@x.example", i)))
	}
	ids := b.add(ls...)
	asked := 0
	down := failing(mail.Failure{Outcome: mail.Later, Down: true})
	b.send.fail = func(m mail.Message) error {
		if b.now.Before(start.Add(time.Hour)) {
			asked++
			return down(m)
		}
		return nil
	}
	for b.now.Before(start.Add(59 * time.Minute)) {
		b.flush()
		b.now = b.now.Add(time.Second)
	}
	if since, why, _ := b.Down(); !since.Equal(start) || why.Key != "mail.server" {
		t.Errorf("%v %v", since, why)
	}
	if asked < 5 || asked > 20 {
		t.Errorf("a server that is down was asked %d times in an hour", asked)
	}
	if x := b.letter(ids[0]); x.State != post.Ready || x.Tries != 0 {
		t.Errorf("%+v", x.Piece)
	}
	b.now = start.Add(71 * time.Minute)
	if b.flush(); len(b.send.sent) != len(ids) {
		t.Errorf("%d of %d letters", len(b.send.sent), len(ids))
	}
	if since, _, _ := b.Down(); !since.IsZero() {
		t.Error("the server is back, and nobody noticed")
	}
}

// A clock that jumps neither sends a letter twice nor gives one up.
func TestClockJumps(t *testing.T) {
	b := newBox(t)
	id := b.add(confirmed("1", "a@x.example"))[0]
	b.send.fail = func(mail.Message) error {
		b.now = b.now.Add(24 * time.Hour) // while it is being sent
		if n, err := b.Flush(ctx); n != 0 || err != nil {
			t.Error(n, err)
		}
		return nil
	}
	b.flush()
	b.send.fail = nil
	b.now = start.Add(-48 * time.Hour)
	b.flush()
	b.now = start.Add(48 * time.Hour)
	b.flush()
	if x := b.letter(id); x.State != post.Sent || len(b.send.sent) != 1 {
		t.Errorf("%+v, %d sent", x.Piece, len(b.send.sent))
	}
}

// What a process before this one was sending is unknown, whatever the hour; after a restore what waits is held.
func TestRecover(t *testing.T) {
	dbtest.Each(t, func() time.Time { return start }, func(t *testing.T, store *db.DB) {
		b := &box{now: start}
		b.on(t, store)
		ids := b.add(confirmed("1", "a@x.example"), confirmed("2", "b@x.example"))
		if err := store.Exec(ctx, `UPDATE mail SET state = 'claimed', claimed_at = $2 WHERE id = $1`, ids[0], start); err != nil {
			t.Fatal(err)
		}
		if err := b.Recover(ctx, true); err != nil {
			t.Fatal(err)
		}
		if x := b.letter(ids[0]); x.State != post.Unknown || x.Reason.Key != "post.reason.unknown" {
			t.Errorf("%+v", x.Piece)
		}
		if x := b.letter(ids[1]); x.State != post.Held || x.Reason.Key != "post.reason.restored" {
			t.Errorf("%+v", x.Piece)
		}
		if b.flush() != 0 {
			t.Error("something left")
		}
		if err := b.Arrived(ctx, kim, ids[1], 0); key(err) != "post.wrongstate" {
			t.Error(err)
		}
		if err := b.Arrived(ctx, kim, ids[0], 0); err != nil || b.letter(ids[0]).State != post.Sent {
			t.Error(err)
		}
	})
}

// No more letters leave in a minute than the operator allows.
func TestRate(t *testing.T) {
	b := newBox(t)
	b.PerMinute = 6
	for i := range 20 {
		b.add(confirmed(fmt.Sprint(i), fmt.Sprintf("p%d@x.example", i)))
	}
	for range 60 {
		b.flush()
		b.now = b.now.Add(time.Second)
	}
	if n := len(b.send.sent); n < 5 || n > 7 {
		t.Errorf("%d letters in a minute, not 6", n)
	}
}

// A folder without room takes no letter, nothing half written lies in it, and the letters wait.
func TestFolderIsFull(t *testing.T) {
	b := newBox(t)
	dir := filepath.Join(t.TempDir(), "mail")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // no folder can be made there, as on a full disk
		t.Fatal(err)
	}
	clock := func() time.Time { return b.now }
	b.Desk = post.New(b.db, mail.Folder{Dir: dir, From: "a@x.example", Now: clock}, texts(t))
	id := b.add(confirmed("1", "a@x.example"))[0]
	b.flush()
	if since, why, _ := b.Down(); since.IsZero() || why.Key != "mail.folder" {
		t.Error(since, why)
	}
	if x := b.letter(id); x.State != post.Ready || x.Tries != 0 {
		t.Errorf("%+v", x.Piece)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Minute)
	b.flush()
	if names, err := filepath.Glob(filepath.Join(dir, "*.eml")); err != nil || len(names) != 1 {
		t.Error(names, err)
	}
	if x := b.letter(id); x.State != post.Sent {
		t.Errorf("%+v", x.Piece)
	}
}

// An outcome that cannot be written, because the disk is full, is tried again until it is; the letter does not leave twice.
func TestOutcomeIsWrittenLater(t *testing.T) {
	b := newBox(t)
	id := b.add(confirmed("1", "a@x.example"))[0]
	b.send.fail = func(mail.Message) error {
		if err := b.db.Exec(ctx, `CREATE TRIGGER full BEFORE UPDATE ON mail BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END`); err != nil {
			t.Error(err)
		}
		time.AfterFunc(300*time.Millisecond, func() {
			if err := b.db.Exec(context.Background(), `DROP TRIGGER full`); err != nil {
				t.Error(err)
			}
		})
		return nil
	}
	b.flush()
	if x := b.letter(id); x.State != post.Sent || len(b.send.sent) != 1 {
		t.Errorf("%+v, %d sent", x.Piece, len(b.send.sent))
	}
}

// What comes back is found by the tag of its address or by the letter inside; an address that does not exist gets nothing
// more that can be stopped, until somebody lifts it.
func TestBounces(t *testing.T) {
	dbtest.Each(t, func() time.Time { return start }, func(t *testing.T, store *db.DB) {
		b := &box{now: start}
		b.on(t, store)
		ids := b.add(confirmed("1", "Gone@x.example"), confirmed("2", "late@x.example"), confirmed("3", "full@x.example"))
		b.flush()
		token := b.letter(ids[0]).Token
		for i, r := range []mail.Report{
			{Tag: token, Recipients: []mail.Recipient{{Address: "other@y.example", Action: "failed", Status: "5.1.1", Said: "550 nobody"}}},
			{MessageID: ids[1] + "@air.example.org", Recipients: []mail.Recipient{{Address: "late@x.example", Action: "delayed", Status: "4.4.1"}}},
			{MessageID: ids[2] + "@air.example.org", Recipients: []mail.Recipient{{Address: "FULL@x.example", Action: "failed", Status: "5.2.2"}}},
		} {
			if n, err := b.Bounce(ctx, r); n != 1 || err != nil {
				t.Errorf("%d: %d %v", i, n, err)
			}
		}
		for i, want := range []post.State{post.Bounced, post.Sent, post.Bounced} {
			if x := b.letter(ids[i]); x.State != want {
				t.Errorf("%d: %s", i, x.State)
			}
		}
		// Whoever makes a report up without having the letter changes nothing.
		for _, r := range []mail.Report{{MessageID: ids[1] + "@air.example.org", Recipients: []mail.Recipient{{Address: "someone@else.example", Action: "failed", Status: "5.1.1"}}},
			{MessageID: "unknown@air.example.org", Recipients: []mail.Recipient{{Address: "late@x.example", Action: "failed", Status: "5.1.1"}}}} {
			if n, err := b.Bounce(ctx, r); n != 0 || key(err) != "post.bounce.none" {
				t.Error(n, err)
			}
		}
		news := b.add(post.Letter{Key: "n", To: "gone@x.example", Kind: post.News, Subject: "N", Text: "N"})[0]
		other := b.add(post.Letter{Key: "m", To: "full@x.example", Kind: post.News, Subject: "N", Text: "N"})[0]
		b.flush()
		if x := b.letter(news); x.State != post.Suppressed || x.Reason.Key != "post.reason.bounced" {
			t.Errorf("%+v", x.Piece)
		}
		if x := b.letter(other); x.State != post.Sent {
			t.Errorf("a full mailbox is no missing one: %+v", x.Piece)
		}
		stops, err := b.Stops(ctx, kim)
		if err != nil || len(stops) != 1 || stops[0].Detail != "550 nobody" {
			t.Error(stops, err)
		}
		if err := b.Lift(ctx, kim, "gone@x.example"); err != nil {
			t.Fatal(err)
		}
		if err := b.Again(ctx, kim, news, 0); err != nil {
			t.Fatal(err)
		}
		if b.flush(); b.letter(news).State != post.Sent {
			t.Error("lifted, but not sent")
		}
	})
}

// Messages in a Maildir are read once. What is no report on our letters is left as read.
func TestReturned(t *testing.T) {
	b := newBox(t)
	id := b.add(confirmed("1", "kim@seoul.example"))[0]
	b.flush()
	dir := filepath.Join(t.TempDir(), "returned")
	if n, err := b.TakeReturned(ctx, dir); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	report := "To: a@b.example\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\nFinal-Recipient: rfc822; kim@seoul.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" +
		"--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <" + id + "@air.example.org>\r\n\r\n--x--\r\n"
	for _, raw := range []string{report, "Subject: I am away\r\n\r\nuntil Monday", report} {
		if err := mail.Deliver(dir, []byte(raw), b.now); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := b.TakeReturned(ctx, dir); n != 2 || err != nil {
		t.Error(n, err)
	}
	if x := b.letter(id); x.State != post.Bounced || !strings.Contains(x.Reason.Key, "back") {
		t.Errorf("%+v", x.Piece)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "new", "*")); len(left) != 0 {
		t.Error(left)
	}
	if read, _ := filepath.Glob(filepath.Join(dir, "cur", "*")); len(read) != 1 {
		t.Error(read)
	}
}
