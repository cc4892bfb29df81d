// Package mail composes letters, signs them (DKIM), sends them by SMTP or, where no server is set, lays them into a folder
// as .eml files that any mail program opens, and reads what comes back when a letter could not be delivered.
package mail

import (
	"bytes"
	"context"
	"errors"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"aircommons/internal/fault"
)

// Message is a letter to one person, as plain text; HTML, which may be empty, says the same.
type Message struct {
	To, Subject, Text string
	HTML              string

	ToName      string       // of the person, in any script
	FromName    string       // of the network; used where the sender has no name of its own
	ID          string       // what stands before the @ of the Message-ID; the same letter has the same. Empty: a random one
	Lang        string       // language of the text
	Auto        bool         // written by the program, so that nobody's absence assistant answers
	Unsubscribe string       // address at which this kind of letter is stopped with one click, RFC 8058
	Return      string       // tag of the address to which it comes back, so that it is known which letter did
	Attach      []Attachment // in this order
}

// Attachment is a file that goes with a letter.
type Attachment struct {
	Name, Type string // "programme.pdf", "application/pdf"
	Data       []byte
}

// Sender sends letters. An error is a Failure, or says that the letter cannot be composed.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Composer makes the bytes of a letter.
type Composer struct {
	From    string // sender: "aircommons@air.example.org" or "Name <aircommons@air.example.org>"
	Bounces string // where undeliverable letters come back: "bounce@air.example.org"; empty for the sender's address
	Key     *Key   // signs letters; nil for none
	Now     func() time.Time
}

// Domain is the part after the @ of the sender's address.
func (c Composer) Domain() string {
	a, err := netmail.ParseAddress(c.From)
	if err != nil {
		return "localhost"
	}
	return a.Address[strings.LastIndexByte(a.Address, '@')+1:]
}

// Envelope is the address to which the letter comes back when it cannot be delivered.
func (c Composer) Envelope(m Message) string {
	a, err := netmail.ParseAddress(c.From)
	if err != nil {
		return ""
	}
	if c.Bounces == "" {
		return a.Address
	}
	at := strings.LastIndexByte(c.Bounces, '@')
	if m.Return == "" || at < 1 {
		return c.Bounces
	}
	return c.Bounces[:at] + "+" + m.Return + c.Bounces[at:]
}

// Address reports whether s is one plain mail address, without a name.
func Address(s string) bool {
	a, err := netmail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && len(s) <= 254
}

// Compose makes the letter as it is sent.
func (c Composer) Compose(m Message) ([]byte, error) {
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from, err := netmail.ParseAddress(c.From)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "mail.from", "From", c.From)
	}
	if from.Name == "" {
		from.Name = line(m.FromName)
	}
	out.FromMailAddress(from)
	if !Address(m.To) {
		return nil, fault.New(fault.Invalid, "mail.to", "To", m.To)
	}
	out.ToMailAddress(&netmail.Address{Name: line(m.ToName), Address: m.To})
	out.Subject(line(m.Subject))
	out.SetDateWithValue(c.Now())
	if m.ID == "" {
		out.SetMessageID()
	} else {
		out.SetMessageIDWithValue(m.ID + "@" + c.Domain())
		if m.HTML == "" {
			out.SetBoundary("part-" + m.ID) // of a letter with attachments
		}
	}
	if m.Lang != "" {
		out.SetGenHeader(gomail.HeaderContentLang, m.Lang)
	}
	if m.Auto {
		out.SetGenHeader("Auto-Submitted", "auto-generated")
	}
	if m.Unsubscribe != "" {
		out.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		// One click asks for a safe line, RFC 8058 section 3.1.
		if u, err := url.Parse(m.Unsubscribe); err == nil && u.Scheme == "https" {
			out.SetGenHeaderPreformatted("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		}
	}
	out.SetBodyString(gomail.TypeTextPlain, m.Text, gomail.WithPartEncoding(encoding(m.Text)))
	if m.HTML != "" {
		out.AddAlternativeString(gomail.TypeTextHTML, m.HTML, gomail.WithPartEncoding(encoding(m.HTML)))
	}
	for _, a := range m.Attach {
		if err := out.AttachReader(a.Name, bytes.NewReader(a.Data), gomail.WithFileContentType(gomail.ContentType(a.Type))); err != nil {
			return nil, fault.Wrap(fault.Internal, err, "mail.attach", "Name", a.Name)
		}
	}
	var b bytes.Buffer
	if _, err := out.WriteTo(&b); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "mail.compose")
	}
	if c.Key == nil {
		return b.Bytes(), nil
	}
	return c.Key.sign(b.Bytes())
}

// line keeps a text on one line.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' }), " ")
}

// encoding is Base64 for scripts in which quoted-printable makes three letters of each byte.
func encoding(s string) gomail.Encoding {
	if ascii := utf8.RuneCountInString(s); ascii > 0 && (len(s)-ascii)*3 > len(s) {
		return gomail.EncodingB64
	}
	return gomail.EncodingQP
}

// Outcome is what is known of a letter that was not taken.
type Outcome string

const (
	Later   Outcome = "later"   // it did not arrive and may be tried again
	Never   Outcome = "never"   // it was refused, and will be
	Unknown Outcome = "unknown" // it was handed over, but no answer came: it may have arrived
)

// Failure says why a letter was not taken.
type Failure struct {
	Outcome Outcome
	Down    bool   // the server or folder takes no letters at all at present
	Reply   string // the server's words
	Err     error
}

func (f *Failure) Error() string {
	if f.Reply != "" {
		return string(f.Outcome) + ": " + f.Reply
	}
	return string(f.Outcome) + ": " + f.Err.Error()
}

func (f *Failure) Unwrap() error { return f.Err }

// FailureOf says what became of a letter whose sending ended in err. What cannot be composed is never sent; of what is
// not ours nobody knows.
func FailureOf(err error) Failure {
	var f *Failure
	if errors.As(err, &f) {
		return *f
	}
	if fault.CodeOf(err) == fault.Invalid {
		return Failure{Outcome: Never, Err: err}
	}
	return Failure{Outcome: Unknown, Err: err}
}
