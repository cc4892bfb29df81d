package post

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
)

// Stop is an address that wants no letters of a kind, or that does not exist (Kind "").
type Stop struct {
	Address string
	Kind    Kind
	Cause   string // "asked", "bounced"
	Detail  string // the words of the mail server
	At      time.Time
}

func fold(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// stopOf says why an address gets no letters of a kind; nil when it does. What a person did or has is written about all
// the same.
func stopOf(ctx context.Context, tx *db.Tx, address string, kind Kind) (*fault.Message, error) {
	if kind == Transactional {
		return nil, nil
	}
	ss, err := stops(ctx, tx, `WHERE address = $1 AND (kind = $2 OR kind = '') ORDER BY kind`, fold(address), string(kind))
	if err != nil || len(ss) == 0 {
		return nil, err
	}
	m := fault.Say("post.reason."+ss[0].Cause, "Kind", fault.Say("post.kind."+string(kind)), "At", ss[0].At.Format(time.DateOnly))
	return &m, nil
}

func stops(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Stop, err error) {
	err = tx.Each(ctx, `SELECT address, kind, cause, detail, at FROM mail_stop `+where, args, func(scan func(...any) error) error {
		var s Stop
		if err := scan(&s.Address, &s.Kind, &s.Cause, &s.Detail, &s.At); err != nil {
			return err
		}
		s.At = s.At.UTC()
		out = append(out, s)
		return nil
	})
	return out, err
}

// Stops lists the addresses that get fewer letters, the latest first.
func (k *Desk) Stops(ctx context.Context, by actor.Actor) (out []Stop, err error) {
	if err := by.NeedOfficer(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = stops(ctx, tx, `ORDER BY at DESC, address`)
		return err
	})
	return out, err
}

// Lift lets an address that came back be written to again. What somebody asked for only that person takes back.
func (k *Desk) Lift(ctx context.Context, by actor.Actor, address string) error {
	if err := by.NeedOfficer(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM mail_stop WHERE address = $1 AND cause = 'bounced'`, fold(address))
		if err := db.Changed(res, err); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, "stop", "lift", nil, nil)
	})
}

// Wants is which kinds of letters an address gets, of those that can be stopped.
type Wants struct {
	Address string
	Kinds   []Kind // it gets
}

// Stoppable are the kinds that a person can stop.
var Stoppable = Kinds[1:]

// ByToken finds whose letter a token came with, and what that address gets.
func (k *Desk) ByToken(ctx context.Context, token string) (out Wants, kind Kind, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		p, err := byToken(ctx, tx, token)
		if err != nil {
			return err
		}
		kind = p.Kind
		out, err = wants(ctx, tx, p.To)
		return err
	})
	return out, kind, err
}

func byToken(ctx context.Context, tx *db.Tx, token string) (Piece, error) {
	ps, err := pieces(ctx, tx, listColumns, `WHERE token = $1`, strings.ToLower(token))
	if err == nil && (len(ps) == 0 || token == "") {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	if err != nil {
		return Piece{}, err
	}
	return ps[0], nil
}

func wants(ctx context.Context, tx *db.Tx, address string) (Wants, error) {
	ss, err := stops(ctx, tx, `WHERE address = $1 AND cause = 'asked'`, fold(address))
	if err != nil {
		return Wants{}, err
	}
	out := Wants{Address: address}
	for _, kind := range Stoppable {
		if !slices.ContainsFunc(ss, func(s Stop) bool { return s.Kind == kind }) {
			out.Kinds = append(out.Kinds, kind)
		}
	}
	return out, nil
}

// WantsOf is what somebody who is signed in gets.
func (k *Desk) WantsOf(ctx context.Context, by actor.Actor) (out Wants, err error) {
	if !by.SignedIn() || by.Email == "" {
		return out, fault.New(fault.Denied, "error.denied.signin")
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = wants(ctx, tx, by.Email)
		return err
	})
	return out, err
}

// StopKind stops the kind of letter that a token came with: the one click of RFC 8058. Doing it twice does nothing more.
func (k *Desk) StopKind(ctx context.Context, token string) (kind Kind, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		p, err := byToken(ctx, tx, token)
		if err != nil {
			return err
		}
		if kind = p.Kind; kind == Transactional {
			return nil
		}
		return set(ctx, tx, actor.Actor{}, p.To, kind, true)
	})
	return kind, err
}

// SetWants says which kinds the address of a token's letter gets.
func (k *Desk) SetWants(ctx context.Context, token string, kinds []Kind) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		p, err := byToken(ctx, tx, token)
		if err != nil {
			return err
		}
		return setAll(ctx, tx, actor.Actor{}, p.To, kinds)
	})
}

// SetWantsOf says which kinds somebody who is signed in gets.
func (k *Desk) SetWantsOf(ctx context.Context, by actor.Actor, kinds []Kind) error {
	if !by.SignedIn() || by.Email == "" {
		return fault.New(fault.Denied, "error.denied.signin")
	}
	return k.db.Write(ctx, func(tx *db.Tx) error { return setAll(ctx, tx, by, by.Email, kinds) })
}

func setAll(ctx context.Context, tx *db.Tx, by actor.Actor, address string, kinds []Kind) error {
	for _, kind := range Stoppable {
		if err := set(ctx, tx, by, address, kind, !slices.Contains(kinds, kind)); err != nil {
			return err
		}
	}
	return nil
}

func set(ctx context.Context, tx *db.Tx, by actor.Actor, address string, kind Kind, stop bool) error {
	res, err := tx.ExecContext(ctx, `DELETE FROM mail_stop WHERE address = $1 AND kind = $2`, fold(address), string(kind))
	if err != nil {
		return err
	}
	was, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if stop {
		if _, err := tx.ExecContext(ctx, `INSERT INTO mail_stop (address, kind, cause, detail, at) VALUES ($1,$2,'asked','',$3)`, fold(address), string(kind), tx.Now); err != nil {
			return err
		}
	}
	if stop == (was > 0) {
		return nil
	}
	action := "resume"
	if stop {
		action = "stop"
	}
	return tx.Record(ctx, by, Subject, string(kind), action, nil, nil) // whose it is stands in no journal
}

// Bounce takes in a message that came back. It returns the letters it was about; none is a fault of NotFound.
func (k *Desk) Bounce(ctx context.Context, r mail.Report) (n int, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		n = 0
		for _, one := range r.Recipients {
			ps, err := bouncedLetters(ctx, tx, r, one)
			if err != nil {
				return err
			}
			for _, p := range ps {
				n++
				if !one.Final() {
					continue // it is late, and still on its way
				}
				m := fault.Say("post.reason.back", "Status", one.Status)
				was := p.State
				if was == Cancelled {
					continue
				}
				p.State, p.Reason, p.Reply, p.Ended = Bounced, &m, one.Said, tx.Now
				if err := update(ctx, tx, p); err != nil {
					return err
				}
				if was != Bounced {
					if err := tx.Record(ctx, actor.System, Subject, p.ID, "bounced", nil, nil); err != nil {
						return err
					}
				}
				if one.NoAddress() {
					if _, err := tx.ExecContext(ctx, `DELETE FROM mail_stop WHERE address = $1 AND kind = ''`, fold(p.To)); err != nil {
						return err
					}
					if _, err := tx.ExecContext(ctx, `INSERT INTO mail_stop (address, kind, cause, detail, at) VALUES ($1,'','bounced',$2,$3)`, fold(p.To), one.Said, tx.Now); err != nil {
						return err
					}
				}
			}
		}
		if n == 0 {
			return fault.New(fault.NotFound, "post.bounce.none")
		}
		return nil
	})
	return n, err
}

// TakeReturned reads the messages in a Maildir and counts those that were about our letters. Every message is read once.
func (k *Desk) TakeReturned(ctx context.Context, dir string) (n int, err error) {
	paths, err := mail.New(dir)
	if err != nil {
		return 0, err
	}
	for _, path := range paths {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		f, err := os.Open(path)
		if err != nil {
			return n, fault.Wrap(fault.Internal, err, "mail.folder", "Path", dir)
		}
		r, err := mail.ReadReport(f)
		f.Close()
		report := err == nil
		if report {
			_, err = k.Bounce(ctx, r)
		}
		switch code := fault.CodeOf(err); {
		case err == nil:
			n++
		case code == fault.Invalid || code == fault.NotFound: // an absence note, an advertisement, a report on other letters
			k.Log.Info("a message that is about none of our letters", "path", path, "error", err)
		default:
			return n, err
		}
		if report { // it holds addresses, and is of no more use
			err = os.Remove(path)
		} else {
			err = mail.Taken(path)
		}
		if err != nil {
			return n, fault.Wrap(fault.Internal, err, "mail.folder", "Path", dir)
		}
	}
	return n, nil
}

// bouncedLetters finds what came back: by the tag of the return address, by the Message-ID of the letter inside.
func bouncedLetters(ctx context.Context, tx *db.Tx, r mail.Report, of mail.Recipient) ([]Piece, error) {
	if r.Tag != "" {
		if ps, err := pieces(ctx, tx, columns, `WHERE token = $1`, strings.ToLower(r.Tag)); err != nil || len(ps) > 0 {
			return ps, err
		}
	}
	id, _, _ := strings.Cut(r.MessageID, "@")
	if id == "" {
		return nil, nil
	}
	return pieces(ctx, tx, columns, `WHERE id = $1 AND LOWER(address) = $2`, id, fold(of.Address))
}
