package account

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
)

const (
	// EntryTime is how long a link or code that was sent by mail is good.
	EntryTime = 15 * time.Minute
	// HandedTime is how long a link is good that somebody with the data folder hands over.
	HandedTime = 24 * time.Hour
	// Tries is how often a code can be entered before it is worth nothing.
	Tries = 5
)

// secret is 32 random bytes as text for an address.
func (k *Desk) secret() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(k.Random, b); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// digits is a code of six digits, each value equally likely.
func (k *Desk) digits() (string, error) {
	b := make([]byte, 4)
	for {
		if _, err := io.ReadFull(k.Random, b); err != nil {
			return "", err
		}
		// The values above the last whole million would make low codes likelier.
		if n := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3]); n < 4294000000 {
			return fmt.Sprintf("%06d", n%1000000), nil
		}
	}
}

func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// open gives out a link, and a code that is good together with the attempt. The code is hashed with the attempt, which
// only the browser holds that asked, so that its few digits cannot be guessed from what is stored.
// Without a person it opens nothing, and is kept like any other.
func (k *Desk) open(ctx context.Context, tx *db.Tx, person string, good time.Duration, withCode bool) (link, attempt, code string, err error) {
	if link, err = k.secret(); err != nil {
		return "", "", "", err
	}
	if attempt, err = k.secret(); err != nil {
		return "", "", "", err
	}
	codeHash := ""
	if withCode {
		if code, err = k.digits(); err != nil {
			return "", "", "", err
		}
		codeHash = hash(attempt, code)
	}
	// What is long over is cleared away on the occasion.
	if _, err := tx.ExecContext(ctx, `DELETE FROM entry WHERE expires_at < $1`, tx.Now.Add(-24*time.Hour)); err != nil {
		return "", "", "", err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE expires_at < $1`, tx.Now.Add(-24*time.Hour)); err != nil {
		return "", "", "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO entry (attempt, link, code, person, created_at, expires_at, tries, spent) VALUES ($1,$2,$3,NULLIF($4,''),$5,$6,0,$7)`,
		hash(attempt), hash(link), codeHash, person, tx.Now, tx.Now.Add(good), false)
	return link, attempt, code, err
}

// Ask sends a link and a code to an address, if somebody has it. What it returns is the same either way: an attempt, to
// be handed in with the code. site is the address of the site, next the path to go on to.
func (k *Desk) Ask(ctx context.Context, email, lang, site, next string) (attempt string, err error) {
	clean := CleanEmail(email)
	if clean == "" {
		var f fault.Form
		f.Add("email", "account.email.form")
		return "", f.Err()
	}
	var link, code string
	known := false
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		those, err := reached(ctx, tx, clean)
		if err != nil {
			return err
		}
		if len(those) == 0 {
			known = false
			_, attempt, _, err = k.open(ctx, tx, "", EntryTime, false)
			return err
		}
		known = true
		p := those[0] // where several people read one mailbox, who it is is asked when they come in
		if link, attempt, code, err = k.open(ctx, tx, p.ID, EntryTime, true); err != nil {
			return err
		}
		return tx.Record(ctx, actor.Actor{}, PersonSubject, p.ID, "sign-in-asked", nil, nil)
	})
	if err != nil || !known {
		return attempt, err
	}
	w := k.texts.Lang(lang)
	address := site + "/" + lang + "/signin/" + link + next
	k.post(mail.Message{To: clean, Subject: w.T("account.letter.subject", "Code", code[:3]+" "+code[3:]),
		Text: w.T("account.letter.text", "Link", address, "Code", code[:3]+" "+code[3:], "Minutes", int(EntryTime/time.Minute))})
	return attempt, nil
}

var (
	errLink = fault.New(fault.Invalid, "account.link.spent")
	errCode = fault.New(fault.Invalid, "account.code.over")
)

// entry is a row that may still be good.
type entry struct {
	attempt, code, person string
	tries                 int
	good                  bool
}

func find(ctx context.Context, tx *db.Tx, column, value string) (e entry, err error) {
	var expires time.Time
	var spent bool
	err = tx.One(ctx, `SELECT attempt, code, COALESCE(person, ''), tries, expires_at, spent FROM entry WHERE `+column+` = $1`, []any{value},
		&e.attempt, &e.code, &e.person, &e.tries, &expires, &spent)
	e.good = err == nil && !spent && tx.Now.Before(expires)
	return e, err
}

// who are those whom an entry may let in: whom it was made for, and where a letter went to a mailbox that several people
// read, all of them.
func who(ctx context.Context, tx *db.Tx, e entry) ([]Person, error) {
	p, err := one(ctx, tx, `WHERE id = $1 AND withdrawn = $2 AND erased_at IS NULL`, e.person, false)
	if fault.CodeOf(err) == fault.NotFound {
		return nil, errLink
	}
	if err != nil || !p.Shared || e.code == "" { // a link that was handed over, without a code, is for one
		return []Person{p}, err
	}
	return reached(ctx, tx, p.Email)
}

// Which asks who of those that read one mailbox is signing in. Nothing is spent by it.
type Which struct{ People []Person }

func (w *Which) Error() string { return "several people have this address" }

// pick is the one of those who was named; with one there is nothing to name.
func pick(those []Person, id string) (Person, error) {
	if len(those) == 1 && id == "" {
		return those[0], nil
	}
	for _, p := range those {
		if p.ID == id {
			return p, nil
		}
	}
	return Person{}, &fault.Error{Code: fault.Invalid, Message: fault.Say("error.form"), Fields: []fault.Field{{Name: "who", Message: fault.Say("account.who.missing")}}, Err: &Which{those}}
}

// Look tells whose link this is, and spends nothing: programs that check mails open links. Where several people read a
// mailbox it is of all of them.
func (k *Desk) Look(ctx context.Context, link string) (those []Person, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		e, err := find(ctx, tx, "link", hash(link))
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		if !e.good || e.person == "" {
			return errLink
		}
		those, err = who(ctx, tx, e)
		return err
	})
	return those, err
}

// EnterLink signs a person in by a link, once. Where several people read the mailbox, one is named by id; a *Which says so.
func (k *Desk) EnterLink(ctx context.Context, link, id string) (p Person, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		e, err := find(ctx, tx, "link", hash(link))
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		if !e.good || e.person == "" {
			return errLink
		}
		p, err = k.enter(ctx, tx, e, id, "link")
		return err
	})
	return p, err
}

// EnterCode signs a person in by the code of an attempt, once. A wrong code counts; after Tries of them the link of the
// same letter is worth nothing either. For id see EnterLink.
func (k *Desk) EnterCode(ctx context.Context, attempt, code, id string) (p Person, err error) {
	code = strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９': // as an East Asian keyboard may write them
			return r - '０' + '0'
		case r == ' ' || r == '-' || r == '\u00a0' || r == '\u3000' || r == '\t':
			return -1
		}
		return 'x'
	}, strings.TrimSpace(code))
	if code == "" {
		var f fault.Form
		f.Add("code", "account.code.missing")
		return Person{}, f.Err()
	}
	var refused error
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		refused = nil
		e, err := find(ctx, tx, "attempt", hash(attempt))
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		if err != nil || !e.good || e.tries >= Tries {
			refused = errCode
			return nil
		}
		if subtle.ConstantTimeCompare([]byte(hash(attempt, code)), []byte(e.code)) == 1 {
			p, err = k.enter(ctx, tx, e, id, "code")
			return err
		}
		// The count must stay although the person is refused, so this transaction is committed.
		refused = wrongCode()
		spent := e.tries+1 >= Tries
		if _, err := tx.ExecContext(ctx, `UPDATE entry SET tries = tries + 1, spent = $1 WHERE attempt = $2`, spent, e.attempt); err != nil || !spent {
			return err
		}
		if refused = errCode; e.person == "" {
			return nil
		}
		return tx.Record(ctx, actor.Actor{}, PersonSubject, e.person, "sign-in-refused", nil, nil)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return Person{}, err
	}
	return p, nil
}

func wrongCode() error {
	var f fault.Form
	f.Add("code", "account.code.wrong")
	return f.Err()
}

// enter spends an entry, and all others of that person: a letter that lies about opens nothing.
func (k *Desk) enter(ctx context.Context, tx *db.Tx, e entry, id, how string) (Person, error) {
	those, err := who(ctx, tx, e)
	if err != nil {
		return Person{}, err
	}
	p, err := pick(those, id)
	if err != nil {
		return p, err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE entry SET spent = $1 WHERE person = $2 OR person = $3`, true, p.ID, e.person); err != nil {
		return p, err
	}
	return p, came(ctx, tx, p, how)
}

// came notes that a person signed in.
func came(ctx context.Context, tx *db.Tx, p Person, how string) error {
	if _, err := tx.ExecContext(ctx, `UPDATE person SET seen_at = $1 WHERE id = $2`, tx.Now, p.ID); err != nil {
		return err
	}
	return tx.Record(ctx, p.Actor(), PersonSubject, p.ID, "sign-in", nil, map[string]string{"how": how})
}

// FirstEmail is the address of the first officer of a fresh network. Nothing is sent to it: the link is printed.
const FirstEmail = "first.officer@localhost"

// FirstLink is the path of a link for the first officer, an administrator, as long as nobody has ever signed in; "" after.
func (k *Desk) FirstLink(ctx context.Context) (path string, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		path = ""
		var signedIn, all int
		if err := tx.One(ctx, `SELECT COUNT(seen_at), COUNT(*) FROM person`, nil, &signedIn, &all); err != nil || signedIn > 0 {
			return err
		}
		p, err := one(ctx, tx, `WHERE email = $1 AND withdrawn = $2`, FirstEmail, false)
		if fault.CodeOf(err) == fault.NotFound {
			if all > 0 {
				return nil // people were added by the command line, which printed their links
			}
			id, err := k.secret()
			if err != nil {
				return err
			}
			p = Person{ID: id[:22], Name: k.texts.Lang("en").T("account.first"), Email: FirstEmail, Role: actor.Administrator, Language: "en", Version: 1}
			if err := insert(ctx, tx, p); err != nil {
				return err
			}
			if err := tx.Record(ctx, actor.System, PersonSubject, p.ID, "create", nil, p); err != nil {
				return err
			}
		} else if err != nil {
			return err
		}
		link, _, _, err := k.open(ctx, tx, p.ID, HandedTime, false)
		path = "/" + p.Language + "/signin/" + link
		return err
	})
	return path, err
}
