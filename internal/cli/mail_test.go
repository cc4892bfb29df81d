package cli_test

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aircommons/internal/mail/smtptest"
)

// The outbox by commands, without a server of ours: what a desk has added is listed, sent, sent again, and comes back.
func TestMailCommands(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if status, _, errs := run(t, "user", "add", "--data", data, "--email", "kim@seoul.example", "--role", "secretariat"); status != 0 {
		t.Fatal(errs)
	}
	list := func(args ...string) (out []map[string]any) {
		t.Helper()
		status, text, errs := run(t, append([]string{"mail", "list", "--data", data, "--format", "json"}, args...)...)
		if status != 0 {
			t.Fatal(status, errs)
		}
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatal(err, text)
		}
		return out
	}
	if ls := list(); len(ls) != 0 {
		t.Errorf("%v", ls)
	}
	status, out, errs := run(t, "mail", "dkim", "--data", data, "--domain", "air.example.org")
	if status != 0 || !strings.HasPrefix(out, "aircommons._domainkey.air.example.org. IN TXT ( \"v=DKIM1; k=rsa; p=") || !strings.Contains(errs, filepath.Join(data, "keys")) {
		t.Error(status, out, errs)
	}
	if info, err := os.Stat(filepath.Join(data, "keys", "aircommons.air.example.org.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	if status, _, errs := run(t, "mail", "dkim", "--data", data, "--domain", "no domain"); status != 1 || !strings.Contains(errs, "no domain") {
		t.Error(status, errs)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	log := filepath.Join(dir, "log")
	go (&smtptest.Server{Log: log}).Serve(l)
	if status, _, errs := run(t, "mail", "send", "--data", data, "--from", "news@air.example.org", "--smtp", "smtp://"+l.Addr().String()+"?tls=off"); status != 0 || !strings.Contains(errs, "0 letters tried") {
		t.Error(status, errs)
	}
	for _, wrong := range [][]string{{"mail", "retry", "--data", data}, {"mail", "list", "--data", data, "--state", "lost"}, {"mail", "send", "--data", data, "--bounces", "nobody"}} {
		if status, _, _ := run(t, wrong...); status != 2 {
			t.Errorf("%v: %d", wrong, status)
		}
	}
	if status, _, errs := run(t, "mail", "retry", "--data", data, "no-such-letter"); status != 1 {
		t.Error(status, errs)
	}
	file := filepath.Join(dir, "message")
	if err := os.WriteFile(file, []byte("Subject: I am away\r\n\r\nuntil Monday"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := run(t, "mail", "bounce", "--data", data, file); status != 1 || !strings.Contains(errs, "no report") {
		t.Error(status, errs)
	}
	if status, out, _ := run(t, "letter", "list", "--data", data, "--format", "json"); status != 0 || strings.TrimSpace(out) != "[]" {
		t.Error(status, out)
	}
	if status, _, errs := run(t, "letter", "verify", "--data", data, "ABCD-EFGH-JKMN"); status != 1 || !strings.Contains(errs, "No letter has this code") {
		t.Error(status, errs)
	}
}
