package mail_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/fault"
	ours "aircommons/internal/mail"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// read reads a letter as a mail program does.
func read(t *testing.T, raw string) (subject, to, from, body string, at time.Time) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	if at, err = m.Header.Date(); err != nil {
		t.Fatal(err)
	}
	r := m.Body
	if strings.EqualFold(m.Header.Get("Content-Transfer-Encoding"), "quoted-printable") {
		r = quotedprintable.NewReader(m.Body)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return subject, m.Header.Get("To"), m.Header.Get("From"), strings.ReplaceAll(string(text), "\r\n", "\n"), at
}

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mail")
	s := ours.Folder{Dir: dir, From: "aircommons@localhost", Now: clock}
	text := "로그인 링크:\nhttp://127.0.0.1:8080/ko/signin/" + strings.Repeat("x", 200) + "\n\nУлаанбаатар 北京\n"
	if err := s.Send(context.Background(), ours.Message{To: "kim@seoul.example", Subject: "코드 123 456", Text: text}); err != nil {
		t.Fatal(err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 1 || !strings.HasPrefix(names[0].Name(), "20260501T120000.000Z-") || !strings.HasSuffix(names[0].Name(), ".eml") {
		t.Fatal(names, err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, names[0].Name()))
	if err != nil {
		t.Fatal(err)
	}
	subject, to, from, body, at := read(t, string(raw))
	if subject != "코드 123 456" || to != "<kim@seoul.example>" || from != "<aircommons@localhost>" || strings.TrimSpace(body) != strings.TrimSpace(text) || !at.Equal(noon) {
		t.Errorf("%q %q %q %v\n%s", subject, to, from, at, body)
	}
	if info, _ := names[0].Info(); info.Mode().Perm() != 0o600 {
		t.Error(info.Mode())
	}
}

// What would break a letter's head is refused or made harmless.
func TestHeads(t *testing.T) {
	dir := t.TempDir()
	s := ours.Folder{Dir: dir, From: "aircommons@localhost", Now: clock}
	for _, to := range []string{"", "kim", "kim@example.org\r\nBcc: all@example.org", "a@example.org, b@example.org"} {
		var f *fault.Error
		if err := s.Send(context.Background(), ours.Message{To: to, Subject: "s", Text: "t"}); !errors.As(err, &f) || f.Message.Key != "mail.to" {
			t.Errorf("%q: %v", to, err)
		}
	}
	if err := s.Send(context.Background(), ours.Message{To: "kim@example.org", Subject: "one\r\nBcc: all@example.org", Text: "t"}); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(names) != 1 {
		t.Fatal(names)
	}
	raw, _ := os.ReadFile(names[0])
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil || m.Header.Get("Bcc") != "" {
		t.Errorf("%v\n%s", err, raw)
	}
}

// A folder that cannot be written is said; nothing half written stays.
func TestFolderFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := ours.Folder{Dir: file, From: "a@localhost", Now: clock}.Send(context.Background(), ours.Message{To: "kim@example.org", Subject: "s", Text: "t"})
	var f *fault.Error
	if !errors.As(err, &f) || f.Message.Key != "mail.folder" {
		t.Error(err)
	}
}

// server speaks as much SMTP as one letter needs. It refuses what is sent to a@refused.example.
func server(t *testing.T) (address string, letters chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	letters = make(chan string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				say := func(line string) { io.WriteString(c, line+"\r\n") }
				in := bufio.NewScanner(c)
				say("220 test")
				for in.Scan() {
					word, _, _ := strings.Cut(strings.ToUpper(in.Text()), " ")
					switch {
					case word == "EHLO":
						say("250 test")
					case word == "RCPT" && strings.Contains(in.Text(), "refused.example"):
						say("550 nobody")
					case word == "DATA":
						say("354 go on")
						var b strings.Builder
						for in.Scan() && in.Text() != "." {
							b.WriteString(strings.TrimPrefix(in.Text(), ".") + "\r\n")
						}
						letters <- b.String()
						say("250 taken")
					case word == "QUIT":
						say("221 bye")
						return
					default:
						say("250 ok")
					}
				}
			}()
		}
	}()
	return "smtp://" + l.Addr().String(), letters
}

func TestSMTP(t *testing.T) {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	address, letters := server(t)
	s, err := ours.NewSMTP(address, "aircommons@air.example.org", clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(ctx, ours.Message{To: "bat@ub.example", Subject: "Код 123", Text: "Сайн байна уу\n.\nточка", HTML: "<p>Сайн байна уу</p>"}); err != nil {
		t.Fatal(err)
	}
	raw := <-letters
	subject, to, from, body, _ := read(t, raw)
	if subject != "Код 123" || to != "<bat@ub.example>" || from != "<aircommons@air.example.org>" || !strings.Contains(body, "text/plain") || !strings.Contains(body, "text/html") {
		t.Errorf("%q %q %q\n%s", subject, to, from, body)
	}
	var f *fault.Error
	if err := s.Send(ctx, ours.Message{To: "a@refused.example", Subject: "s", Text: "t"}); !errors.As(err, &f) || f.Message.Key != "mail.server" {
		t.Error(err)
	}
	// A password is not sent over a line that anybody can read.
	if s, err = ours.NewSMTP(strings.Replace(address, "//", "//user:secret@", 1), "aircommons@air.example.org", clock); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(ctx, ours.Message{To: "bat@ub.example", Subject: "s", Text: "t"}); err == nil {
		t.Error("a password went over an open line")
	}
	// Nobody listens.
	if s, err = ours.NewSMTP("smtp://127.0.0.1:1", "aircommons@air.example.org", clock); err != nil {
		t.Fatal(err)
	}
	if err := s.Send(ctx, ours.Message{To: "bat@ub.example", Subject: "s", Text: "t"}); !errors.As(err, &f) || f.Message.Key != "mail.unreachable" {
		t.Error(err)
	}
}

func TestAddresses(t *testing.T) {
	for address, ok := range map[string]bool{"smtp://mail.example.org": true, "smtps://u:p@mail.example.org": true, "smtp://u:p@mail.example.org:587": true,
		"": false, "mail.example.org": false, "http://mail.example.org": false, "smtp://": false, "smtp://h:x": false, "smtp://u:p@": false} {
		if _, err := ours.NewSMTP(address, "a@localhost", clock); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
	for site, want := range map[string]string{"https://air.example.org": "aircommons@air.example.org", "http://127.0.0.1:8080": "aircommons@localhost", "": "aircommons@localhost"} {
		if got := ours.DefaultFrom(site); got != want {
			t.Errorf("%q: %q", site, got)
		}
	}
}
