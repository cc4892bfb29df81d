// Package smtptest is a mail server for tests: it speaks SMTP with STARTTLS on loopback and writes down each letter before
// it says that it has taken it, so that what was really delivered is known even when it is killed.
package smtptest

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// Letter is a letter that was taken.
type Letter struct {
	From, To string // of the envelope
	Raw      string
	TLS      bool
}

// Server is a mail server. Addresses that begin with "later" are answered by 451, with "never" by 550, with "refused" by 554
// after the text, with "silent" by nothing at all after the text.
type Server struct {
	Log  string           // file to which each letter is appended as a line of JSON
	TLS  *tls.Certificate // nil: no STARTTLS
	Must bool             // takes no letter without TLS
	Wait time.Duration    // before each answer to a text

	mu sync.Mutex
}

// Serve answers connections until the listener is closed.
func (s *Server) Serve(l net.Listener) error {
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go s.talk(c)
	}
}

func address(line string) string {
	_, rest, _ := strings.Cut(line, "<")
	a, _, _ := strings.Cut(rest, ">")
	return a
}

func (s *Server) talk(c net.Conn) {
	defer func() { c.Close() }()
	in := bufio.NewReader(c)
	say := func(line string) error {
		_, err := io.WriteString(c, line+"\r\n")
		return err
	}
	var l Letter
	say("220 localhost test")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		word, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case word == "EHLO" && s.TLS != nil && !l.TLS:
			say("250-localhost\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 STARTTLS")
		case word == "EHLO":
			say("250-localhost\r\n250 8BITMIME")
		case word == "STARTTLS" && s.TLS != nil:
			say("220 go on")
			t := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{*s.TLS}})
			if t.Handshake() != nil {
				return
			}
			c, in = t, bufio.NewReader(t)
			l.TLS = true
		case word == "MAIL" && s.Must && !l.TLS:
			say("530 5.7.0 Must issue a STARTTLS command first")
		case word == "MAIL":
			l.From = address(line)
			say("250 2.1.0 ok")
		case word == "RCPT":
			l.To = address(line)
			switch {
			case strings.HasPrefix(l.To, "later"):
				say("451 4.3.0 try again later")
			case strings.HasPrefix(l.To, "never"):
				say("550 5.1.1 no such person")
			default:
				say("250 2.1.5 ok")
			}
		case word == "DATA":
			say("354 end with a point")
			var b strings.Builder
			for {
				text, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if strings.TrimRight(text, "\r\n") == "." {
					break
				}
				b.WriteString(strings.TrimPrefix(text, "."))
			}
			l.Raw = b.String()
			if strings.HasPrefix(l.To, "refused") {
				say("554 5.7.1 not this text")
				continue
			}
			if err := s.take(l); err != nil {
				say("452 4.3.1 no room")
				continue
			}
			if strings.HasPrefix(l.To, "silent") {
				return
			}
			time.Sleep(s.Wait)
			say("250 2.0.0 taken")
		case word == "RSET" || word == "NOOP":
			say("250 2.0.0 ok")
		case word == "QUIT":
			say("221 2.0.0 bye")
			return
		default:
			say("502 5.5.2 what")
		}
	}
}

func (s *Server) take(l Letter) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	line, err := json.Marshal(l)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(s.Log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// Letters reads what was taken, in order. A line that a killed server left half written is no letter.
func Letters(log string) (out []Letter, err error) {
	text, err := os.ReadFile(log)
	if os.IsNotExist(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	for _, line := range strings.Split(string(text), "\n") {
		var l Letter
		if json.Unmarshal([]byte(line), &l) == nil {
			out = append(out, l)
		}
	}
	return out, nil
}

// Certificate makes a certificate for localhost and 127.0.0.1, and its text for those who shall trust it.
func Certificate() (*tls.Certificate, []byte, error) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &k.PublicKey, k)
	if err != nil {
		return nil, nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: k}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
