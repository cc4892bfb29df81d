// Package account is the desk of people: who may sign in and as what, how they prove who they are, and their sessions.
//
// There are no passwords. A person is sent a link and a code of six digits; either is good for one use within
// EntryTime. Only hashes of links, codes and sessions are kept, so that a copy of the database opens nothing. Whether an
// address is known is never told.
package account

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	netmail "net/mail"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
)

// PersonSubject is how the journal names a person.
const PersonSubject = "person"

// Roles that a person can have, the one with the most rights first. Their texts are "role.<word>".
var Roles = []actor.Role{actor.Administrator, actor.Secretariat, actor.CityOfficer, actor.Visitor}

// Desk holds the use cases.
type Desk struct {
	db      *db.DB
	send    mail.Sender
	texts   *catalog.Catalog
	Random  io.Reader                                         // of links and codes
	Files   *db.Files                                         // kept files; nil where there are none
	Letters Forgetter                                         // letters that lie in a folder; nil where there are none
	Refers  []func(context.Context, *db.Tx) ([]string, error) // hashes of kept files that others than keepers need
	Keepers []Keeper                                          // desks that keep something about people; the house registers them
	Log     *slog.Logger                                      // letters that could not be sent

	keys     *webauthn.WebAuthn // nil where there are no passkeys
	provider *provider          // nil where there is none

	letters sync.WaitGroup
	slots   chan struct{}   // bounds the letters on their way
	pauses  []time.Duration // after which a letter is sent again that the mail server did not take
	ending  chan struct{}   // closed by Wait
	once    sync.Once
}

// pauses are within EntryTime: a link that is no good any more need not arrive.
var pauses = []time.Duration{5 * time.Second, 15 * time.Second, 40 * time.Second, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute}

// New makes the desk on an open store. Letters go to send, in the languages of texts.
func New(d *db.DB, send mail.Sender, texts *catalog.Catalog) *Desk {
	return &Desk{db: d, send: send, texts: texts, Random: rand.Reader, Log: slog.Default(), slots: make(chan struct{}, 8), pauses: pauses,
		ending: make(chan struct{})}
}

// Wait returns when all letters that are on their way have been handed over. None is tried again after it.
func (k *Desk) Wait() {
	k.once.Do(func() { close(k.ending) })
	k.letters.Wait()
}

// post sends a letter after the answer to the request, so that its time tells nobody whether there was one to send.
func (k *Desk) post(m mail.Message) {
	k.letters.Add(1)
	go func() {
		defer k.letters.Done()
		for try := 0; ; try++ {
			err := k.handOver(m)
			if err == nil {
				return
			}
			if try == len(k.pauses) || mail.FailureOf(err).Outcome != mail.Later {
				k.Log.Error("letter not sent", "to", m.To, "error", err)
				return
			}
			k.Log.Warn("letter not sent yet", "to", m.To, "again in", k.pauses[try], "error", err)
			select {
			case <-k.ending:
				k.Log.Error("letter not sent", "to", m.To, "error", err)
				return
			case <-time.After(k.pauses[try]):
			}
		}
	}()
}

func (k *Desk) handOver(m mail.Message) error {
	k.slots <- struct{}{}
	defer func() { <-k.slots }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return k.send.Send(ctx, m)
}

// mayKeep is nil when by may make or change a person of a role: administrators all, the secretariat those below itself.
func mayKeep(by actor.Actor, role actor.Role) error {
	switch {
	case by.Role == actor.Administrator:
		return nil
	case by.Role == actor.Secretariat && (role == actor.CityOfficer || role == actor.Visitor || role == ""): // none is a fault of the form
		return nil
	case by.Role == actor.Secretariat:
		return fault.New(fault.Denied, "account.denied.role")
	}
	return fault.New(fault.Denied, "error.denied.officer")
}

// RolesFor are the roles that by may give.
func RolesFor(by actor.Actor) []actor.Role {
	var out []actor.Role
	for _, r := range Roles {
		if mayKeep(by, r) == nil {
			out = append(out, r)
		}
	}
	return out
}

// CleanEmail is an address as the desk keeps it, or "" when it is none.
func CleanEmail(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := netmail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || !address.MatchString(s) {
		return ""
	}
	return s
}

// address has one @ and nothing that a letter's head could be broken with.
var address = regexp.MustCompile(`^[^\s@<>"(),:;\\\x00-\x1f]+@[^\s@<>"(),:;\\\x00-\x1f]+$`)

func (k *Desk) check(ctx context.Context, tx *db.Tx, p *Person) error {
	var f fault.Form
	cleanPerson(p, &f)
	given := p.Email
	if p.Email = CleanEmail(given); p.Email == "" {
		f.Add("email", "account.email.form")
		p.Email = strings.TrimSpace(given)
	} else if err := k.checkAddress(ctx, tx, *p, &f); err != nil {
		return err
	}
	known := false
	for _, r := range Roles {
		known = known || r == p.Role
	}
	if !known {
		f.Add("role", "account.role.missing")
	}
	if p.Role != actor.CityOfficer {
		p.City = ""
	} else if p.City == "" {
		f.Add("city", "account.city.missing")
	} else {
		var there int
		if err := tx.One(ctx, `SELECT COUNT(*) FROM place WHERE id = $1 AND kind = 'city'`, []any{p.City}, &there); err != nil {
			return err
		}
		if there == 0 {
			f.Add("city", "account.city.unknown", "ID", p.City)
		}
	}
	return f.Err()
}

// checkAddress refuses an address that somebody else has, unless it is said to be shared; those who have it are then
// said to share it too.
func (k *Desk) checkAddress(ctx context.Context, tx *db.Tx, p Person, f *fault.Form) error {
	others, err := people(ctx, tx, `WHERE email = $1 AND id <> $2 ORDER BY withdrawn, created_at, id`, p.Email, p.ID)
	if err != nil || len(others) == 0 {
		return err
	}
	if !p.Shared {
		key := "account.email.taken"
		if others[0].Withdrawn {
			key = "account.email.withdrawn"
		}
		f.Add("email", key, "Name", others[0].Name)
		return nil
	}
	return share(ctx, tx, others)
}

// share notes that several people are reached at one address.
func share(ctx context.Context, tx *db.Tx, those []Person) error {
	for _, o := range those {
		if o.Shared {
			continue
		}
		if _, err := tx.ExecContext(ctx, `UPDATE person SET shared = $1, version = version + 1 WHERE id = $2`, true, o.ID); err != nil {
			return err
		}
		if err := tx.Record(ctx, actor.System, PersonSubject, o.ID, "share", nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// People lists everybody, withdrawn people too, sorted by name. For officers.
func (k *Desk) People(ctx context.Context, by actor.Actor) (out []Person, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = people(ctx, tx, "WHERE erased_at IS NULL")
		return err
	})
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Withdrawn != out[j].Withdrawn {
			return !out[i].Withdrawn
		}
		if out[i].Name != out[j].Name {
			return out[i].Name < out[j].Name
		}
		return out[i].ID < out[j].ID
	})
	return out, err
}

// Person reads one person. For officers, and for the person.
func (k *Desk) Person(ctx context.Context, by actor.Actor, id string) (p Person, err error) {
	if by.ID != id || id == "" {
		if err := by.NeedOfficer(); err != nil {
			return Person{}, err
		}
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		p, err = one(ctx, tx, `WHERE id = $1`, id)
		return err
	})
	return p, err
}

// Actor is who a session belongs to: the zero actor when that person may no longer sign in.
func (k *Desk) Actor(ctx context.Context, id string) (a actor.Actor, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		p, err := one(ctx, tx, `WHERE id = $1`, id)
		if fault.CodeOf(err) == fault.NotFound || (err == nil && p.Withdrawn) {
			return nil
		}
		if err != nil {
			return err
		}
		a, err = acting(ctx, tx, p)
		return err
	})
	return a, err
}

// Invite adds a person and writes to them where to sign in. site is the address of the site.
func (k *Desk) Invite(ctx context.Context, by actor.Actor, p Person, site string) (Person, error) {
	p, _, err := k.add(ctx, by, p, false)
	if err != nil {
		return p, err
	}
	w := k.texts.Lang(p.Language)
	k.post(mail.Message{To: p.Email, Subject: w.T("account.invite.subject", "Site", site),
		Text: w.T("account.invite.text", "Name", p.Name, "By", by.Name, "Role", w.T("role."+string(p.Role)), "Link", site+"/"+p.Language+"/signin")})
	return p, nil
}

// AddUser adds a person and returns the path of a link that signs them in, good for one use within HandedTime. It is
// for whoever may open the data folder. Of a person who is there already, the name, role and city are set.
func (k *Desk) AddUser(ctx context.Context, by actor.Actor, p Person) (Person, string, error) {
	if err := by.Need(actor.Administrator); err != nil {
		return p, "", err
	}
	return k.add(ctx, by, p, true)
}

func (k *Desk) add(ctx context.Context, by actor.Actor, p Person, handed bool) (Person, string, error) {
	if err := mayKeep(by, p.Role); err != nil {
		return p, "", err
	}
	path := ""
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if p.Name == "" && handed { // the command line may leave the name out
			p.Name, _, _ = strings.Cut(p.Email, "@")
		}
		old, err := one(ctx, tx, `WHERE email = $1 ORDER BY withdrawn, created_at, id`, CleanEmail(p.Email))
		switch {
		case err == nil && handed:
			said := p
			if p = old; said.Language != "" {
				p.Language = said.Language
			}
			p.Name, p.Role, p.City, p.Withdrawn = keepName(old, said), said.Role, said.City, false
			if err := k.check(ctx, tx, &p); err != nil {
				return err
			}
			if err := lastAdministrator(ctx, tx, old, p); err != nil {
				return err
			}
			if err := store(ctx, tx, p); err != nil {
				return err
			}
			p.Version++
			if err := tx.Record(ctx, by, PersonSubject, p.ID, "update", old, p); err != nil {
				return err
			}
		case err == nil || fault.CodeOf(err) == fault.NotFound:
			p.ID, p.Version, p.Withdrawn = uuid.Must(uuid.NewRandomFromReader(k.Random)).String(), 1, false
			if err := k.check(ctx, tx, &p); err != nil {
				return err
			}
			if err := insert(ctx, tx, p); err != nil {
				return err
			}
			if err := tx.Record(ctx, by, PersonSubject, p.ID, "create", nil, p); err != nil {
				return err
			}
		default:
			return err
		}
		if handed {
			link, _, _, err := k.open(ctx, tx, p.ID, HandedTime, false)
			path = "/" + p.Language + "/signin/" + link
			return err
		}
		return nil
	})
	return p, path, err
}

func keepName(old, p Person) string {
	if local, _, _ := strings.Cut(p.Email, "@"); p.Name == local {
		return old.Name
	}
	return p.Name
}

// Update stores a person over the version it was read in.
func (k *Desk) Update(ctx context.Context, by actor.Actor, p Person) error {
	if err := mayKeep(by, p.Role); err != nil {
		return err
	}
	return k.change(ctx, by, p.ID, p.Version, "update", func(tx *db.Tx, old Person) (Person, error) {
		p.Withdrawn = old.Withdrawn
		if err := k.check(ctx, tx, &p); err != nil {
			return p, err
		}
		if p.Email != old.Email { // what lies in the old mailbox opens nothing any more
			if _, err := tx.ExecContext(ctx, `DELETE FROM entry WHERE person = $1`, p.ID); err != nil {
				return p, err
			}
		}
		return p, nil
	})
}

// Withdraw takes a person's right to sign in, and ends their sessions. What they did stays in the journal.
func (k *Desk) Withdraw(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "withdraw", func(tx *db.Tx, old Person) (Person, error) {
		old.Withdrawn = true
		if _, err := tx.ExecContext(ctx, `DELETE FROM entry WHERE person = $1`, id); err != nil {
			return old, err
		}
		return old, endSessions(ctx, tx, "person", id)
	})
}

// Restore gives the right back.
func (k *Desk) Restore(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "restore", func(tx *db.Tx, old Person) (Person, error) {
		old.Withdrawn = false
		return old, nil
	})
}

func (k *Desk) change(ctx context.Context, by actor.Actor, id string, version int64, action string, f func(*db.Tx, Person) (Person, error)) error {
	if err := by.NeedOfficer(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := one(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if err := mayKeep(by, old.Role); err != nil {
			return err
		}
		if old.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		if old.IsErased() {
			return fault.New(fault.NotFound, "error.notfound")
		}
		now, err := f(tx, old)
		if err != nil {
			return err
		}
		if now.Version = old.Version; same(now, old) {
			return nil
		}
		if err := lastAdministrator(ctx, tx, old, now); err != nil {
			return err
		}
		if err := store(ctx, tx, now); err != nil {
			return err
		}
		now.Version++
		return tx.Record(ctx, by, PersonSubject, id, action, old, now)
	})
}

// lastAdministrator refuses a change after which nobody could give roles any more.
func lastAdministrator(ctx context.Context, tx *db.Tx, old, now Person) error {
	if old.Role != actor.Administrator || old.Withdrawn || (now.Role == actor.Administrator && !now.Withdrawn) {
		return nil
	}
	var others int
	err := tx.One(ctx, `SELECT COUNT(*) FROM person WHERE role = $1 AND withdrawn = $2 AND id <> $3`, []any{string(actor.Administrator), false, old.ID}, &others)
	if err == nil && others == 0 {
		var f fault.Form
		f.Add("role", "account.last")
		return f.Err()
	}
	return err
}

// Journal lists who did what when, the latest first. For officers.
func (k *Desk) Journal(ctx context.Context, by actor.Actor, filter db.JournalFilter) (out []db.Change, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = tx.JournalWhere(ctx, filter)
		return err
	})
	return out, err
}
