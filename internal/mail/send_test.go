package mail_test

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	ours "aircommons/internal/mail"
	"aircommons/internal/mail/smtptest"
)

// serve starts a mail server with STARTTLS that takes nothing without it.
func serve(t *testing.T) (address, log, ca string) {
	t.Helper()
	dir := t.TempDir()
	cert, pem, err := smtptest.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	ca = filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, pem, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	log = filepath.Join(dir, "log")
	go (&smtptest.Server{Log: log, TLS: cert, Must: true}).Serve(l)
	return l.Addr().String(), log, ca
}

// Letters in five scripts, with attachments and heads, arrive as they were written, over TLS, signed.
func TestSigned(t *testing.T) {
	address, log, ca := serve(t)
	dir := t.TempDir()
	made, err := ours.MakeKey(dir, "Example.org", "aircommons")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "aircommons.example.org.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatal(info, err)
	}
	again, err := ours.MakeKey(dir, "example.org", "aircommons")
	if err != nil {
		t.Fatal(err)
	}
	name, record, err := made.Record()
	if _, other, _ := again.Record(); err != nil || other != record || name != "aircommons._domainkey.example.org" {
		t.Fatal(name, err, "a key that was there was made anew")
	}
	for _, bad := range [][2]string{{"", "a"}, {"ex ample.org", "a"}, {"example.org", "a.b"}, {"example.org", "../x"}} {
		if _, err := ours.MakeKey(dir, bad[0], bad[1]); err == nil {
			t.Errorf("%v makes a key", bad)
		}
	}
	s, err := ours.NewSMTP("smtp://"+address+"?tls=must&ca="+url.QueryEscape(ca), "EACAC <news@air.example.org>", clock)
	if err != nil {
		t.Fatal(err)
	}
	s.Bounces = "bounce@air.example.org"
	if s.Key, err = ours.FindKey(dir, s.From); err != nil || s.Key == nil {
		t.Fatal(s.Key, err)
	}
	ics := "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
	texts := map[string]string{"en": "Dear Kim,\n.\n..dots\nFrom here\n" + strings.Repeat("long ", 300), "ko": "김서연 님께\n" + strings.Repeat("안녕하십니까 ", 80), "zh": "您好：欢迎参加", "ja": "金 様、ご参加ありがとうございます。", "mn": "Эрхэм Бат танаа, өвөл ү"}
	for lang, text := range texts {
		m := ours.Message{To: lang + "@city.example", ToName: "김, \"Kim\" Өү", Subject: text[:len(text)%20*0] + "Subject " + strings.SplitN(text, "\n", 2)[0], Text: text, ID: "id-" + lang, Lang: lang, Auto: true, Return: "tok" + lang,
			Unsubscribe: "https://air.example.org/" + lang + "/unsubscribe/x", Attach: []ours.Attachment{{Name: "일정.ics", Type: "text/calendar", Data: []byte(ics)}}}
		if err := s.Send(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	letters, err := smtptest.Letters(log)
	if err != nil || len(letters) != len(texts) {
		t.Fatal(len(letters), err)
	}
	for _, l := range letters {
		lang := l.To[:2]
		if !l.TLS || l.From != "bounce+tok"+lang+"@air.example.org" {
			t.Errorf("%s: TLS %v, from %s", lang, l.TLS, l.From)
		}
		vs, err := dkim.VerifyWithOptions(strings.NewReader(l.Raw), &dkim.VerifyOptions{LookupTXT: func(q string) ([]string, error) {
			if q != name {
				t.Errorf("asked for %s", q)
			}
			return []string{record}, nil
		}})
		if err != nil || len(vs) != 1 || vs[0].Err != nil || vs[0].Domain != "example.org" {
			t.Errorf("%s: %+v %v", lang, vs, err)
			continue
		}
		signed := strings.ToLower(strings.Join(vs[0].HeaderKeys, " "))
		for _, head := range []string{"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"} {
			if !strings.Contains(signed, head) {
				t.Errorf("%s: %s is not signed: %s", lang, head, signed)
			}
		}
		if changed, _ := dkim.VerifyWithOptions(strings.NewReader(strings.Replace(l.Raw, "\r\nSubject:", "\r\nSubject: x", 1)), &dkim.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{record}, nil }}); len(changed) != 1 || changed[0].Err == nil {
			t.Errorf("%s: a changed subject still verifies", lang)
		}
		m, err := mail.ReadMessage(strings.NewReader(l.Raw))
		if err != nil {
			t.Fatal(err)
		}
		h := m.Header
		to, err := h.AddressList("To")
		if err != nil || to[0].Name != "김, \"Kim\" Өү" || to[0].Address != l.To {
			t.Errorf("%s: %v %v", lang, to, err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
		if err != nil || subject != "Subject "+strings.SplitN(texts[lang], "\n", 2)[0] {
			t.Errorf("%s: %q %v", lang, subject, err)
		}
		for head, want := range map[string]string{"Message-Id": "<id-" + lang + "@air.example.org>", "Auto-Submitted": "auto-generated", "Content-Language": lang,
			"List-Unsubscribe": "<https://air.example.org/" + lang + "/unsubscribe/x>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} {
			if h.Get(head) != want {
				t.Errorf("%s: %s is %q", lang, head, h.Get(head))
			}
		}
		for _, line := range strings.Split(l.Raw, "\r\n") {
			if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
				t.Errorf("%s: a line that not every server takes: %q", lang, line[:min(80, len(line))])
			}
		}
		_, args, err := mime.ParseMediaType(h.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		parts := multipart.NewReader(m.Body, args["boundary"])
		var got []string
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(p)
			if err != nil {
				t.Fatal(err)
			}
			head := "Content-Type: " + p.Header.Get("Content-Type") + "\r\nContent-Transfer-Encoding: " + p.Header.Get("Content-Transfer-Encoding") + "\r\n\r\n"
			got = append(got, ours.PlainText(bytes.NewReader(append([]byte(head), raw...))))
			if fn := p.FileName(); fn != "" && fn != "일정.ics" {
				if d, err := new(mime.WordDecoder).DecodeHeader(fn); err != nil || d != "일정.ics" {
					t.Errorf("%s: %q", lang, fn)
				}
			}
		}
		if len(got) != 2 || strings.TrimRight(got[0], "\n") != strings.TrimRight(texts[lang], "\n") {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

// What is known of a letter depends on how far it came.
func TestOutcomes(t *testing.T) {
	address, log, ca := serve(t)
	s, err := ours.NewSMTP("smtp://"+address+"?tls=must&ca="+url.QueryEscape(ca), "news@air.example.org", clock)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	send := func(s *ours.SMTP, to string) *ours.Failure {
		t.Helper()
		err := s.Send(context.Background(), ours.Message{To: to, Subject: "s", Text: "t"})
		if err == nil {
			return nil
		}
		f := ours.FailureOf(err)
		return &f
	}
	for to, want := range map[string]ours.Failure{"later@x.example": {Outcome: ours.Later, Reply: "451 4.3.0 try again later"}, "never@x.example": {Outcome: ours.Never, Reply: "550 5.1.1 no such person"},
		"refused@x.example": {Outcome: ours.Never, Reply: "554 5.7.1 not this text"}, "silent@x.example": {Outcome: ours.Unknown}, "no address": {Outcome: ours.Never}} {
		f := send(s, to)
		if f == nil || f.Outcome != want.Outcome || f.Reply != want.Reply || f.Down {
			t.Errorf("%s: %+v", to, f)
		}
		if f := send(s, "kim@x.example"); f != nil { // the next one is not harmed by it
			t.Errorf("after %s: %v", to, f)
		}
	}
	// A server that is not there, one whose certificate nobody vouches for and one that wants TLS take nothing: the letters wait.
	for _, where := range []string{"smtp://127.0.0.1:1", "smtp://" + address + "?tls=must", "smtp://" + address + "?tls=off"} {
		bad, err := ours.NewSMTP(where, "news@air.example.org", clock)
		if err != nil {
			t.Fatal(err)
		}
		if f := send(bad, "kim@x.example"); f == nil || f.Outcome != ours.Later || !f.Down {
			t.Errorf("%s: %+v", where, f)
		}
	}
	letters, err := smtptest.Letters(log)
	if err != nil || len(letters) != 6 { // five, and the one of which nobody knows
		t.Error(len(letters), err)
	}
	for _, bad := range []string{"smtp://h?tls=maybe", "smtp://h?ca=/none", "smtps://h?ca=" + log} {
		if _, err := ours.NewSMTP(bad, "a@b.example", clock); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
