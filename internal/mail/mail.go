// Package mail sends letters by SMTP or, where no server is set, lays them into a folder as .eml files that any mail
// program opens.
package mail

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"

	"aircommons/internal/fault"
)

// Message is a letter to one person, as plain text; HTML, which may be empty, says the same.
type Message struct {
	To, Subject, Text string
	HTML              string
}

// Sender sends letters. An error says that the letter may not have arrived.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

func build(from string, now time.Time, m Message) (*gomail.Msg, error) {
	out := gomail.NewMsg()
	if err := out.From(from); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "mail.from", "From", from)
	}
	if err := out.To(m.To); err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "mail.to", "To", m.To)
	}
	out.Subject(m.Subject)
	out.SetDateWithValue(now)
	out.SetMessageID()
	out.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return out, nil
}

// Folder lays letters into a folder, named by time so that the latest is the last.
type Folder struct {
	Dir  string
	From string
	Now  func() time.Time
}

// Send writes the letter whole or not at all.
func (f Folder) Send(_ context.Context, m Message) error {
	now := f.Now()
	msg, err := build(f.From, now, m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return fault.Wrap(fault.Internal, err, "mail.folder", "Path", f.Dir)
	}
	name := filepath.Join(f.Dir, now.UTC().Format("20060102T150405.000Z")+"-"+uuid.NewString()[:8]+".eml")
	tmp := name + ".part"
	out, err := os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "mail.folder", "Path", f.Dir)
	}
	_, err = msg.WriteTo(out)
	if e := out.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp, name)
	}
	if err != nil {
		os.Remove(tmp)
		return fault.Wrap(fault.Internal, err, "mail.folder", "Path", f.Dir)
	}
	return nil
}

// SMTP sends letters through a server, "smtp://user:password@host:587" (STARTTLS where the server offers it, demanded
// when there is a password) or "smtps://…:465".
type SMTP struct {
	From string
	Now  func() time.Time

	host string
	opt  []gomail.Option
}

// NewSMTP reads the address of a server.
func NewSMTP(address, from string, now func() time.Time) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, fault.Wrap(fault.Invalid, err, "mail.address")
	}
	s := &SMTP{From: from, Now: now, host: u.Hostname(), opt: []gomail.Option{gomail.WithTimeout(20 * time.Second)}}
	password, secret := u.User.Password()
	port := 25
	if u.Scheme == "smtps" {
		port = 465
		s.opt = append(s.opt, gomail.WithSSL())
	} else if secret {
		port = 587
		s.opt = append(s.opt, gomail.WithTLSPolicy(gomail.TLSMandatory))
	} else {
		s.opt = append(s.opt, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "mail.address")
		}
	}
	s.opt = append(s.opt, gomail.WithPort(port))
	if secret {
		s.opt = append(s.opt, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return s, nil
}

// Send hands the letter to the server.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	msg, err := build(s.From, s.Now(), m)
	if err != nil {
		return err
	}
	c, err := gomail.NewClient(s.host, s.opt...)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "mail.server", "Host", s.host)
	}
	if err := c.DialAndSendWithContext(ctx, msg); err != nil {
		return fault.Wrap(fault.Internal, err, "mail.server", "Host", s.host)
	}
	return nil
}

// DefaultFrom is the sender where the operator names none.
func DefaultFrom(site string) string {
	host := "localhost"
	if u, err := url.Parse(site); err == nil && u.Hostname() != "" && net.ParseIP(u.Hostname()) == nil {
		host = u.Hostname()
	}
	return fmt.Sprintf("aircommons@%s", host)
}
