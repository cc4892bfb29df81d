// Package post is the desk of the network's mail: templates by language, an outbox that an officer looks through before
// anything leaves, and what became of each letter.
//
// A letter is added in the transaction of what it tells of, claimed in the store before it is sent, and its outcome is
// written after. A letter that is found claimed when the program starts may have been sent: it becomes unknown, and a
// person decides. So nobody gets a letter twice without somebody having said so.
package post

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
)

// Subject is how the journal names a letter of the outbox; TemplateSubject a text that officers keep.
const (
	Subject         = "mail"
	TemplateSubject = "template"
)

// Kind is what a letter is for. People can stop each kind but the first.
type Kind string

const (
	Transactional Kind = "transactional" // about something the person did or has
	Invitation    Kind = "invitation"
	News          Kind = "news"
	Reminder      Kind = "reminder"
)

// Kinds in the order in which they are shown. Their texts are "post.kind.<word>".
var Kinds = []Kind{Transactional, Invitation, News, Reminder}

// State is how far a letter is. Texts: "post.state.<word>".
type State string

const (
	Held       State = "held"       // an officer has to look at it
	Ready      State = "ready"      // leaves when its time has come
	Claimed    State = "claimed"    // is being sent
	Sent       State = "sent"       // the server has taken it
	Failed     State = "failed"     // the server refused it for good, or for three days
	Unknown    State = "unknown"    // it may have been sent: a person decides
	Bounced    State = "bounced"    // it came back
	Cancelled  State = "cancelled"  // an officer took it out
	Suppressed State = "suppressed" // the address wants no such letters, or does not exist
)

// States in the order in which they are shown.
var States = []State{Held, Ready, Claimed, Unknown, Failed, Bounced, Suppressed, Sent, Cancelled}

// Attachment is a file that goes with a letter.
type Attachment struct {
	Name string `json:"name"` // "forum.ics"
	Type string `json:"type"` // "text/calendar"
	Data []byte `json:"data"`
}

// AttachLimit bounds what goes with one letter, in bytes.
const AttachLimit = 5 << 20

// Letter is what a desk asks to be written to one person: a template with values, or subject and text of its own, in
// which values may be named too ("{{.Name}}").
type Letter struct {
	Key      string // the same key is one letter, however often it is added: "registered:<participation>"
	To       string // mail address
	ToName   string // value Name where none is given
	Lang     string // of the five; others become English
	Kind     Kind   // empty: that of the template
	Person   string // id of the person, where there is one
	Template string // "registration.confirmed"; its texts are "mail.<template>.subject" and ".text" of the catalogs
	Values   map[string]string
	Subject  string
	Text     string
	About    string // "activity", "programme"
	AboutKey string
	Attach   []Attachment
	Hold     bool // waits for an officer's look
}

// Piece is a letter in the outbox.
type Piece struct {
	ID string
	Letter
	State   State
	Reason  *fault.Message // why it is where it is
	Reply   string         // the mail server's words
	Created time.Time
	Ready   time.Time // it leaves at this time or later
	Claimed time.Time // zero: never
	Ended   time.Time // when its state became the last one; zero until then
	Tries   int
	Batch   string // letters that were let go together
	Token   string // opens the page at which letters are stopped
	Version int64
}

// Desk holds the use cases.
type Desk struct {
	db    *db.DB
	send  mail.Sender
	texts *catalog.Catalog

	Site      string                                                                // address of the site, for links in letters: "https://air.example.org"
	Network   func(context.Context) db.Text                                         // its name; nil: "Aircommons"
	Programme func(ctx context.Context, tx *db.Tx, activity string) (string, error) // of an activity; nil: none is known
	// Things are values that everything about an activity or programme has, in a language; nil: none.
	Things    func(ctx context.Context, tx *db.Tx, lang, about, key string) (map[string]string, error)
	Log       *slog.Logger
	Parallel  int    // letters on their way at once
	PerMinute int    // most letters in a minute; 0: as many as the server takes
	Returned  string // Maildir in which letters that came back lie; empty for none

	limit *rate.Limiter
	wake  chan struct{}
	mu    sync.Mutex
	pause pause
	ours  map[string]bool // letters that this process is sending
}

// New makes the desk on an open store. Mail goes to send; with nil it stays in the outbox.
func New(d *db.DB, send mail.Sender, texts *catalog.Catalog) *Desk {
	return &Desk{db: d, send: send, texts: texts, Log: slog.Default(), Parallel: 4, wake: make(chan struct{}, 1), ours: map[string]bool{}}
}

// Add puts a letter into the outbox, in the transaction of what it tells of. It leaves when that has been committed, or
// waits for an officer's look. A key that was used before adds nothing and returns the letter that is there.
func Add(ctx context.Context, tx *db.Tx, l Letter) (id string, err error) {
	if l.Lang == "" || !catalog.Known(l.Lang) {
		l.Lang = "en"
	}
	if l.Kind == "" {
		l.Kind = kindOf(l.Template)
	}
	l.To = strings.TrimSpace(l.To)
	if l.Template == "" && (l.Subject == "" || l.Text == "") {
		return "", fault.New(fault.Invalid, "post.empty")
	}
	size := 0
	for _, a := range l.Attach {
		size += len(a.Data)
	}
	if size > AttachLimit {
		return "", fault.New(fault.Invalid, "post.attach.large", "Limit", AttachLimit>>20)
	}
	id = uuid.Must(uuid.NewV7()).String()
	if l.Key == "" {
		l.Key = id
	}
	var there string
	err = tx.One(ctx, `SELECT id FROM mail WHERE dedupe = $1`, []any{l.Key}, &there)
	if err == nil {
		return there, nil
	} else if fault.CodeOf(err) != fault.NotFound {
		return "", err
	}
	p := Piece{ID: id, Letter: l, State: Ready, Created: tx.Now, Ready: tx.Now, Version: 1}
	if l.Hold {
		p.State = Held
	}
	if !mail.Address(l.To) {
		m := fault.Say("mail.to", "To", l.To)
		p.State, p.Reason, p.Ended = Failed, &m, tx.Now
	}
	if p.Token, err = token(rand.Reader); err != nil {
		return "", err
	}
	return id, insert(ctx, tx, p)
}

// token is 160 random bits as letters and digits that survive any mail program.
func token(random io.Reader) (string, error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)), nil
}

func insert(ctx context.Context, tx *db.Tx, p Piece) error {
	values, attach, reason, err := packed(p)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO mail (id, dedupe, address, name, lang, kind, person, template, subject, body, vals, attach, about, about_key,
		state, reason, reply, created_at, ready_at, claimed_at, ended_at, tries, batch, token, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25)`,
		p.ID, p.Key, p.To, p.ToName, p.Lang, string(p.Kind), p.Person, p.Template, p.Letter.Subject, p.Text, values, attach, p.About, p.AboutKey,
		string(p.State), reason, p.Reply, p.Created, p.Ready, null(p.Claimed), null(p.Ended), p.Tries, p.Batch, p.Token, p.Version)
	return err
}

// update writes what can change of a letter, if nobody changed it since.
func update(ctx context.Context, tx *db.Tx, p Piece) error {
	values, attach, reason, err := packed(p)
	if err != nil {
		return err
	}
	return db.Changed(tx.ExecContext(ctx, `UPDATE mail SET address = $3, name = $4, lang = $5, template = $6, subject = $7, body = $8, vals = $9, attach = $10,
		state = $11, reason = $12, reply = $13, ready_at = $14, claimed_at = $15, ended_at = $16, tries = $17, batch = $18, version = version + 1
		WHERE id = $1 AND version = $2`,
		p.ID, p.Version, p.To, p.ToName, p.Lang, p.Template, p.Letter.Subject, p.Text, values, attach,
		string(p.State), reason, p.Reply, p.Ready, null(p.Claimed), null(p.Ended), p.Tries, p.Batch))
}

func packed(p Piece) (values, attach string, reason *string, err error) {
	v := p.Values
	if v == nil {
		v = map[string]string{}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", "", nil, err
	}
	values = string(b)
	list := p.Attach
	if list == nil {
		list = []Attachment{}
	}
	if b, err = json.Marshal(list); err != nil {
		return "", "", nil, err
	}
	attach = string(b)
	if p.Reason != nil {
		if b, err = json.Marshal(p.Reason); err != nil {
			return "", "", nil, err
		}
		s := string(b)
		reason = &s
	}
	return values, attach, reason, nil
}

func null(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

const columns = `id, dedupe, address, name, lang, kind, person, template, subject, body, vals, attach, about, about_key,
	state, reason, reply, created_at, ready_at, claimed_at, ended_at, tries, batch, token, version`

// listColumns leave the attachments out: lists do not show them.
const listColumns = `id, dedupe, address, name, lang, kind, person, template, subject, body, vals, '[]', about, about_key,
	state, reason, reply, created_at, ready_at, claimed_at, ended_at, tries, batch, token, version`

func pieces(ctx context.Context, tx *db.Tx, cols, where string, args ...any) (out []Piece, err error) {
	err = tx.Each(ctx, `SELECT `+cols+` FROM mail `+where, args, func(scan func(...any) error) error {
		var p Piece
		var values, attach string
		var reason *string
		var claimed, ended *time.Time
		if err := scan(&p.ID, &p.Key, &p.To, &p.ToName, &p.Lang, &p.Kind, &p.Person, &p.Template, &p.Letter.Subject, &p.Text, &values, &attach, &p.About, &p.AboutKey,
			&p.State, &reason, &p.Reply, &p.Created, &p.Ready, &claimed, &ended, &p.Tries, &p.Batch, &p.Token, &p.Version); err != nil {
			return err
		}
		p.Created, p.Ready = p.Created.UTC(), p.Ready.UTC()
		if claimed != nil {
			p.Claimed = claimed.UTC()
		}
		if ended != nil {
			p.Ended = ended.UTC()
		}
		if err := json.Unmarshal([]byte(values), &p.Values); err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(attach), &p.Attach); err != nil {
			return err
		}
		if reason != nil {
			p.Reason = &fault.Message{}
			if err := json.Unmarshal([]byte(*reason), p.Reason); err != nil {
				return err
			}
		}
		out = append(out, p)
		return nil
	})
	return out, err
}

func one(ctx context.Context, tx *db.Tx, id string) (Piece, error) {
	ps, err := pieces(ctx, tx, columns, `WHERE id = $1`, id)
	if err == nil && len(ps) == 0 {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	if err != nil {
		return Piece{}, err
	}
	return ps[0], nil
}

// valuesOf are the values that a letter's texts may name, with those that every letter has.
func (k *Desk) valuesOf(p Piece, network db.Text) map[string]string {
	out := map[string]string{}
	maps.Copy(out, p.Values)
	if out["Name"] == "" {
		out["Name"] = p.ToName
	}
	if out["Network"] == "" {
		out["Network"], _ = network.In(p.Lang)
	}
	return out
}

func (k *Desk) network(ctx context.Context) db.Text {
	if k.Network != nil {
		if t := k.Network(ctx); len(t) > 0 {
			return t
		}
	}
	return db.Text{"en": "Aircommons"}
}
