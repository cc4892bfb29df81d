package mail

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestForget(t *testing.T) {
	dir := t.TempDir()
	f := Folder{Dir: dir, From: "network@example.org", Now: func() time.Time { return time.Date(2027, 5, 19, 9, 0, 0, 0, time.UTC) }}
	for _, m := range []Message{
		{To: "kim@x.example", Subject: "Hello", Text: "To Kim herself"},
		{To: "office@x.example", Subject: "김민지 님이 등록했습니다", Text: "A name in the subject"},
		{To: "office@x.example", Subject: "New", Text: "등록: 김민지, and a line that is long enough to be broken somewhere in the middle of the words of this letter."},
		{To: "office@x.example", Subject: "New", Text: "O registered."},
		{To: "office@x.example", Subject: "Other", Text: "Of Other people"},
	} {
		if err := f.Send(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Forget(context.Background(), []string{"김민지", "kim@x.example", "O"}); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil || len(left) != 1 {
		t.Fatal(left, err)
	}
	if raw, err := os.ReadFile(left[0]); err != nil || !contains(string(raw), "Other people") {
		t.Error(string(raw), err)
	}
	if err := (Folder{Dir: filepath.Join(dir, "none")}).Forget(context.Background(), []string{"x"}); err != nil {
		t.Error(err)
	}
}

func contains(s, part string) bool { return mentions(s, []string{part}) }

func FuzzPlainOf(f *testing.F) {
	f.Add([]byte("Subject: =?utf-8?B?6rmA?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Transfer-Encoding: base64\r\n\r\n6rmA\r\n--x--\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) { plainOf(raw) })
}
