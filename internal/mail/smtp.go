package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/textproto"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"aircommons/internal/fault"
)

// SMTP sends letters through a server, "smtp://user:password@host:587" (STARTTLS where the server offers it, demanded
// when there is a password) or "smtps://…:465". Options stand behind a question mark: "tls=must" demands STARTTLS
// without a password too, "tls=off" does without it (a server on the same machine), "ca=/path/ca.pem" trusts the
// certificates of that file, "name=host" is the name that the certificate must have.
type SMTP struct {
	From    string
	Bounces string
	Key     *Key
	Now     func() time.Time

	host string
	opt  []gomail.Option
	idle chan *smtp.Client // connections that wait for the next letter
}

// patience is how long the server may take for each step.
const patience = 30 * time.Second

// kept is how many connections wait for the next letter.
const kept = 4

// NewSMTP reads the address of a server.
func NewSMTP(address, from string, now func() time.Time) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, fault.Wrap(fault.Invalid, err, "mail.address")
	}
	s := &SMTP{From: from, Now: now, host: u.Hostname(), opt: []gomail.Option{gomail.WithTimeout(patience)}, idle: make(chan *smtp.Client, kept)}
	password, secret := u.User.Password()
	q := u.Query()
	port := 25
	switch {
	case u.Scheme == "smtps":
		port = 465
		s.opt = append(s.opt, gomail.WithSSL())
	case q.Get("tls") == "off" && !secret:
		s.opt = append(s.opt, gomail.WithTLSPolicy(gomail.NoTLS))
	case secret || q.Get("tls") == "must":
		port = 587
		s.opt = append(s.opt, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case q.Get("tls") == "":
		s.opt = append(s.opt, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	default:
		return nil, fault.New(fault.Invalid, "mail.address")
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "mail.address")
		}
	}
	conf := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	if name := q.Get("name"); name != "" {
		conf.ServerName = name
	}
	if file := q.Get("ca"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "mail.ca", "Path", file)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fault.New(fault.Invalid, "mail.ca", "Path", file)
		}
	}
	s.opt = append(s.opt, gomail.WithPort(port), gomail.WithTLSConfig(conf))
	if secret {
		s.opt = append(s.opt, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return s, nil
}

func (s *SMTP) composer() Composer {
	return Composer{From: s.From, Bounces: s.Bounces, Key: s.Key, Now: s.Now}
}

// Compose makes the letter as it is handed to the server.
func (s *SMTP) Compose(m Message) ([]byte, error) { return s.composer().Compose(m) }

// failed makes the error of a step. A refusal for good is for this letter, or, when of is false, for all.
func (s *SMTP) failed(err error, of bool) error {
	f := &Failure{Outcome: Later, Err: err, Down: true}
	var said *textproto.Error
	if errors.As(err, &said) {
		f.Reply = strconv.Itoa(said.Code) + " " + said.Msg
		if of {
			f.Down = false
			if said.Code >= 500 {
				f.Outcome = Never
			}
		}
	}
	key := "mail.server"
	if f.Down {
		key = "mail.unreachable"
	}
	return fault.Wrap(fault.Internal, f, key, "Host", s.host)
}

// connect takes a connection that waits, or makes one.
func (s *SMTP) connect(ctx context.Context) (*smtp.Client, error) {
	for {
		select {
		case c := <-s.idle:
			if c.UpdateDeadline(patience) == nil && c.Reset() == nil {
				return c, nil
			}
			c.Close() // it has waited too long
			continue
		default:
		}
		g, err := gomail.NewClient(s.host, s.opt...)
		if err != nil {
			return nil, err
		}
		return g.DialToSMTPClientWithContext(ctx)
	}
}

// Send hands the letter to the server.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	raw, err := s.Compose(m)
	if err != nil {
		return err
	}
	c, err := s.connect(ctx)
	if err != nil {
		return s.failed(err, false)
	}
	good := false
	defer func() {
		if good {
			select {
			case s.idle <- c:
				return
			default:
			}
			c.Quit() // the letter has been taken; how the talk ends does not matter
			return
		}
		c.Close()
	}()
	deadline := func() error { return c.UpdateDeadline(patience) }
	if err := errors.Join(deadline(), c.Mail("<"+s.composer().Envelope(m)+">")); err != nil {
		return s.failed(err, false)
	}
	if err := errors.Join(deadline(), c.Rcpt("<"+m.To+">")); err != nil {
		good = answered(err)
		return s.failed(err, true)
	}
	w, err := c.Data()
	if err != nil {
		good = answered(err)
		return s.failed(err, true)
	}
	// Until the last line the server has no letter.
	if _, err := w.Write(raw); err != nil {
		return s.failed(err, true)
	}
	if err := deadline(); err != nil {
		return s.failed(err, true)
	}
	if err := w.Close(); err != nil {
		if answered(err) {
			good = true
			return s.failed(err, true)
		}
		return fault.Wrap(fault.Internal, &Failure{Outcome: Unknown, Err: err}, "mail.server", "Host", s.host)
	}
	good = true
	return nil
}

// Close ends the connections that wait.
func (s *SMTP) Close() {
	for {
		select {
		case c := <-s.idle:
			c.Quit() // nothing hangs on it
		default:
			return
		}
	}
}

// answered reports whether err is the server's answer, after which the connection goes on. 421 ends it.
func answered(err error) bool {
	var said *textproto.Error
	return errors.As(err, &said) && said.Code != 421 && !strings.HasPrefix(said.Msg, "4.3.2")
}
