package post

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/mail"
)

// UndoTime is how long letters that were let go can be called back.
const UndoTime = time.Minute

// mayAbout asks whether somebody looks after the letters about something.
func (k *Desk) mayAbout(ctx context.Context, tx *db.Tx, by actor.Actor, about, key string) error {
	if by.Officer() {
		return nil
	}
	switch {
	case about == "programme" && key != "" && by.Runs(key, ""):
		return nil
	case about == "activity" && key != "":
		programme := ""
		if k.Programme != nil {
			p, err := k.Programme(ctx, tx, key)
			if err != nil && fault.CodeOf(err) != fault.NotFound {
				return err
			}
			programme = p
		}
		if by.Runs(programme, key) {
			return nil
		}
	}
	return fault.New(fault.Denied, "error.denied.officer")
}

// Filter says which letters are wanted; what is empty does not matter.
type Filter struct {
	State    State
	Kind     Kind
	Template string
	About    string
	AboutKey string
	Batch    string
	Person   string
	To       string // a part of the address or name
	Before   string // id, for paging
	Limit    int    // 0: all
}

func (f Filter) where() (string, []any) {
	var where []string
	var args []any
	add := func(condition string, v any) {
		args = append(args, v)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	for _, c := range []struct{ condition, value string }{{"state = $%d", string(f.State)}, {"kind = $%d", string(f.Kind)}, {"template = $%d", f.Template},
		{"about = $%d", f.About}, {"about_key = $%d", f.AboutKey}, {"batch = $%d", f.Batch}, {"person = $%d", f.Person}, {"id < $%d", f.Before}} {
		if c.value != "" {
			add(c.condition, c.value)
		}
	}
	if f.To != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(f.To)) + "%"
		add(`(LOWER(address) LIKE $%[1]d ESCAPE '\' OR LOWER(name) LIKE $%[1]d ESCAPE '\')`, like)
	}
	if len(where) == 0 {
		return "", nil
	}
	return "WHERE " + strings.Join(where, " AND ") + " ", args
}

// Letters lists letters, the latest first, without their attachments.
func (k *Desk) Letters(ctx context.Context, by actor.Actor, f Filter) (out []Piece, err error) {
	network := k.network(ctx)
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if err := k.mayAbout(ctx, tx, by, f.About, f.AboutKey); err != nil {
			return err
		}
		where, args := f.where()
		where += "ORDER BY id DESC"
		if f.Limit > 0 {
			args = append(args, f.Limit)
			where += fmt.Sprintf(" LIMIT $%d", len(args))
		}
		if out, err = pieces(ctx, tx, listColumns, where, args...); err != nil {
			return err
		}
		for i := range out {
			k.preview(ctx, tx, &out[i], network)
		}
		return nil
	})
	return out, err
}

// preview fills in the texts of a letter that has not left, as they would be now. What is missing becomes its reason.
func (k *Desk) preview(ctx context.Context, tx *db.Tx, p *Piece, network db.Text) {
	if p.Template == "" && len(Named(p.Letter.Subject, p.Text)) == 0 || p.State == Sent || p.State == Bounced || p.State == Unknown || p.State == Claimed {
		return
	}
	subject, text, err := k.words(ctx, tx, *p, network)
	if err != nil {
		if f, ok := err.(*fault.Error); ok && f.Code == fault.Invalid && (p.State == Held || p.State == Ready) {
			p.Reason = &f.Message
		}
		if text != "" {
			p.Letter.Subject, p.Text = subject, text // with the holes in sight
		}
		return
	}
	p.Letter.Subject, p.Text = subject, text
	if p.Reason != nil && p.Reason.Key == "post.missing" {
		p.Reason = nil
	}
}

// Counts are how many letters are in each state, of those that a filter lets pass, whatever its state.
func (k *Desk) Counts(ctx context.Context, by actor.Actor, f Filter) (out map[State]int, err error) {
	f.State, f.Before = "", ""
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if err := k.mayAbout(ctx, tx, by, f.About, f.AboutKey); err != nil {
			return err
		}
		out = map[State]int{}
		where, args := f.where()
		return tx.Each(ctx, `SELECT state, COUNT(*) FROM mail `+where+`GROUP BY state`, args, func(scan func(...any) error) error {
			var s State
			var n int
			err := scan(&s, &n)
			out[s] = n
			return err
		})
	})
	return out, err
}

// Look is a letter as its person gets it.
type Look struct {
	Piece
	Raw  []byte // with all heads; nil where it cannot be composed
	Whom []string
}

// composing is a sender that shows what it would send.
type composing interface {
	Compose(mail.Message) ([]byte, error)
}

// Letter shows one letter exactly as it is sent, with its heads.
func (k *Desk) Letter(ctx context.Context, by actor.Actor, id string) (out Look, err error) {
	network := k.network(ctx)
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		p, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := k.mayAbout(ctx, tx, by, p.About, p.AboutKey); err != nil {
			return err
		}
		k.preview(ctx, tx, &p, network)
		out.Piece = p
		return nil
	})
	if err != nil {
		return out, err
	}
	if c, ok := k.send.(composing); ok && (out.Reason == nil || out.Reason.Key != "post.missing") {
		if raw, err := c.Compose(k.message(out.Piece, network)); err == nil {
			out.Raw = raw
		}
	}
	return out, nil
}

// Said is a letter as its reader reads it.
type Said struct{ Subject, Text string }

// Plan says what releasing, cancelling or trying again would do, before it is done.
type Plan struct {
	Letters    []Piece // that it is done to
	Missing    int     // that cannot leave, because a value is missing
	Suppressed int     // that nobody wants at their address
	Other      int     // that are in another state
	Said       []Said  // what each of the letters says
}

// PlanRelease looks at what letting letters go would do. ids empty: all held ones that the filter lets pass.
func (k *Desk) PlanRelease(ctx context.Context, by actor.Actor, f Filter, ids []string) (out Plan, err error) {
	network := k.network(ctx)
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = k.plan(ctx, tx, by, f, ids, network)
		return err
	})
	return out, err
}

func (k *Desk) plan(ctx context.Context, tx *db.Tx, by actor.Actor, f Filter, ids []string, network db.Text) (out Plan, err error) {
	var ps []Piece
	if len(ids) == 0 {
		if err := k.mayAbout(ctx, tx, by, f.About, f.AboutKey); err != nil {
			return out, err
		}
		f.State, f.Before, f.Limit = Held, "", 0
		where, args := f.where()
		if ps, err = pieces(ctx, tx, columns, where+"ORDER BY id", args...); err != nil {
			return out, err
		}
	}
	for _, id := range ids {
		p, err := one(ctx, tx, id)
		if err != nil {
			return out, err
		}
		if err := k.mayAbout(ctx, tx, by, p.About, p.AboutKey); err != nil {
			return out, err
		}
		ps = append(ps, p)
	}
	for _, p := range ps {
		stopped, err := stopOf(ctx, tx, p.To, p.Kind)
		if err != nil {
			return out, err
		}
		subject, text, missing := k.words(ctx, tx, p, network)
		if missing != nil && fault.CodeOf(missing) != fault.Invalid {
			return out, missing
		}
		switch {
		case p.State != Held:
			out.Other++
		case stopped != nil:
			out.Suppressed++
			out.Letters, out.Said = append(out.Letters, p), append(out.Said, Said{subject, text})
		case missing != nil:
			out.Missing++
		default:
			out.Letters, out.Said = append(out.Letters, p), append(out.Said, Said{subject, text})
		}
	}
	return out, nil
}

// Leaving is the number of letters that will really leave.
func (p Plan) Leaving() int { return len(p.Letters) - p.Suppressed }

// Release lets held letters go, after a minute in which they can be called back by their batch.
func (k *Desk) Release(ctx context.Context, by actor.Actor, f Filter, ids []string) (batch string, done Plan, err error) {
	network := k.network(ctx)
	batch = uuid.Must(uuid.NewV7()).String()
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if done, err = k.plan(ctx, tx, by, f, ids, network); err != nil {
			return err
		}
		if len(done.Letters) == 0 {
			return fault.New(fault.Invalid, "post.release.none")
		}
		for _, p := range done.Letters {
			p.State, p.Reason, p.Batch, p.Ready = Ready, nil, batch, tx.Now.Add(UndoTime)
			if err := update(ctx, tx, p); err != nil {
				return err
			}
		}
		return tx.Record(ctx, by, Subject, batch, "release", nil, map[string]int{"letters": len(done.Letters)})
	})
	return batch, done, err
}

// Let lets held letters go at once, for the command line.
func (k *Desk) Let(ctx context.Context, by actor.Actor, f Filter) (done Plan, err error) {
	network := k.network(ctx)
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if done, err = k.plan(ctx, tx, by, f, nil, network); err != nil || len(done.Letters) == 0 {
			return err
		}
		for _, p := range done.Letters {
			p.State, p.Reason, p.Ready = Ready, nil, tx.Now
			if err := update(ctx, tx, p); err != nil {
				return err
			}
		}
		return tx.Record(ctx, by, Subject, uuid.Must(uuid.NewV7()).String(), "release", nil, map[string]int{"letters": len(done.Letters)})
	})
	k.poke()
	return done, err
}

// CallBack holds the letters of a batch again that have not left. It returns how many, and how many had.
func (k *Desk) CallBack(ctx context.Context, by actor.Actor, batch string) (back, gone int, err error) {
	if batch == "" {
		return 0, 0, fault.New(fault.NotFound, "error.notfound")
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		back, gone = 0, 0
		ps, err := pieces(ctx, tx, columns, `WHERE batch = $1`, batch)
		if err != nil {
			return err
		}
		for _, p := range ps {
			if err := k.mayAbout(ctx, tx, by, p.About, p.AboutKey); err != nil {
				return err
			}
			if p.State != Ready {
				gone++
				continue
			}
			p.State, p.Batch = Held, ""
			if err := update(ctx, tx, p); err != nil {
				return err
			}
			back++
		}
		if back+gone == 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		return tx.Record(ctx, by, Subject, batch, "undo", nil, map[string]int{"letters": back})
	})
	return back, gone, err
}

// change does something to one letter.
func (k *Desk) change(ctx context.Context, by actor.Actor, id string, version int64, action string, f func(tx *db.Tx, p *Piece) error) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		p, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := k.mayAbout(ctx, tx, by, p.About, p.AboutKey); err != nil {
			return err
		}
		if version != 0 {
			p.Version = version
		}
		if err := f(tx, &p); err != nil {
			return err
		}
		if err := update(ctx, tx, p); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, id, action, nil, nil)
	})
}

func wrongState(p *Piece) error {
	return fault.New(fault.Conflict, "post.wrongstate", "State", fault.Say("post.state."+string(p.State)))
}

// Cancel takes letters out that have not left.
func (k *Desk) Cancel(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "cancel", func(tx *db.Tx, p *Piece) error {
		if !slices.Contains([]State{Held, Ready, Failed, Suppressed}, p.State) {
			return wrongState(p)
		}
		p.State, p.Ended = Cancelled, tx.Now
		return nil
	})
}

// CancelOf takes out what waits under a key, in the transaction of a desk above: what the letter told of is no more.
func CancelOf(ctx context.Context, tx *db.Tx, key string) error {
	ps, err := pieces(ctx, tx, columns, `WHERE dedupe = $1`, key)
	if err != nil || len(ps) == 0 || (ps[0].State != Held && ps[0].State != Ready) {
		return err
	}
	p := ps[0]
	p.State, p.Ended = Cancelled, tx.Now
	return update(ctx, tx, p)
}

// Edit gives a held letter a text, an address or a language of its own.
func (k *Desk) Edit(ctx context.Context, by actor.Actor, id string, version int64, to, name, subject, text string) error {
	subject, text, to = strings.TrimSpace(subject), strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))+"\n", strings.TrimSpace(to)
	return k.change(ctx, by, id, version, "update", func(tx *db.Tx, p *Piece) error {
		if p.State != Held && p.State != Failed {
			return wrongState(p)
		}
		var f fault.Form
		if !mail.Address(to) {
			f.Add("to", "mail.to", "To", to)
		}
		if utf8.RuneCountInString(name) > 200 {
			f.Add("name", "post.form.long", "Most", 200)
		}
		allowed := []string{"Name", "Network"}
		for n := range p.Values {
			allowed = append(allowed, n)
		}
		slices.Sort(allowed)
		checkWords(&f, subject, text, slices.Compact(allowed))
		if err := f.Err(); err != nil {
			return err
		}
		p.To, p.ToName, p.Letter.Subject, p.Text, p.Template = to, strings.TrimSpace(name), subject, text, ""
		p.State, p.Reason, p.Ended = Held, nil, time.Time{}
		return nil
	})
}

// Again sends a letter once more that failed, came back, was suppressed before, or of which nobody knows: somebody says so.
func (k *Desk) Again(ctx context.Context, by actor.Actor, id string, version int64) error {
	defer k.poke()
	return k.change(ctx, by, id, version, "send-again", func(tx *db.Tx, p *Piece) error {
		if !slices.Contains([]State{Failed, Unknown, Bounced, Suppressed, Cancelled}, p.State) {
			return wrongState(p)
		}
		if !mail.Address(p.To) {
			return fault.New(fault.Invalid, "mail.to", "To", p.To)
		}
		p.State, p.Reason, p.Reply, p.Ready, p.Ended, p.Tries = Ready, nil, "", tx.Now, time.Time{}, 0
		return nil
	})
}

// Arrived says of an unknown letter that it did arrive.
func (k *Desk) Arrived(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "arrived", func(tx *db.Tx, p *Piece) error {
		if p.State != Unknown {
			return wrongState(p)
		}
		p.State, p.Reason, p.Ended = Sent, nil, tx.Now
		return nil
	})
}
