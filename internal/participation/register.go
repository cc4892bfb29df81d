package participation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
)

// Request asks for a seat.
type Request struct {
	Key          string // made by the form or the caller; the same key is the same request
	Activity     string
	Name         string
	Email        string
	Lang         string
	Place        string // city the person comes for, empty for none
	Country      string // of a person who comes for no city
	Organisation string
	Role         string // empty: participant
	Mode         string // empty: onsite
	Funded       bool
	Delegation   string
	Visibility   account.Visibility // empty: as the person chose in general
	Shared       bool               // said by who runs the activity: somebody else is reached at the same address
	Consents     map[string]string  // kinds of consent given, with the words that were shown
	Answers      form.Answers
	Hold         bool // an invitation waits in the outbox for an officer's look
}

// Outcome is what became of a request.
type Outcome struct {
	Participation
	Link  string // the secret end of a link to one's own page; empty for a person who had come before, who gets it by mail
	Again bool   // this person, or this request, had come before: nothing was changed and no letter goes out
}

const mostText = 200 // letters of a name or an organisation

// Register asks for a seat for a person, whose account it makes where there is none. It gives a seat when all quotas have room, else a
// place in line where the activity has a waiting list. Sent twice, it is answered as the first time.
func (k *Desk) Register(ctx context.Context, by actor.Actor, q Request) (out Outcome, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		out, err = k.register(ctx, tx, by, q)
		return err
	})
	return out, err
}

func (k *Desk) register(ctx context.Context, tx *db.Tx, by actor.Actor, q Request) (out Outcome, err error) {
	sent := q
	if done, err := k.before(ctx, tx, sent, &out); done || err != nil {
		return out, err // also when it has closed meanwhile
	}
	a, setup, err := k.open(ctx, tx, by, q.Activity)
	if err != nil {
		return out, err
	}
	if err := k.checkRequest(ctx, tx, by, a, setup, &q); err != nil {
		return out, err
	}
	if out, err = k.admit(ctx, tx, by, a, setup, q, "self"); err != nil {
		return out, err
	}
	return out, k.remember(ctx, tx, sent, out)
}

// open reads an activity that takes registrations now; those who run it may register people at any time.
func (k *Desk) open(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (activity.Activity, Registration, error) {
	a, err := activity.One(ctx, tx, id)
	if err != nil {
		return a, Registration{}, err
	}
	setup, err := Setup(ctx, tx, id)
	if err != nil || Runs(by, a) {
		return a, setup, err
	}
	if a.State != activity.Published {
		return a, setup, notFound()
	}
	switch w, err := setup.Window(a); {
	case err != nil:
		return a, setup, err
	case !setup.Open:
		return a, setup, fault.New(fault.Invalid, "participation.closed")
	case !w.Opens.IsZero() && tx.Now.Before(w.Opens):
		return a, setup, fault.New(fault.Invalid, "participation.early", "Time", w.Opens)
	case !w.Closes.IsZero() && !tx.Now.Before(w.Closes):
		return a, setup, fault.New(fault.Invalid, "participation.late", "Time", w.Closes)
	}
	return a, setup, nil
}

// Window is when registration is open, as moments; zero for no bound.
type Window struct{ Opens, Closes, Followup time.Time }

// Window reads the times on the wall in the activity's zone.
func (r Registration) Window(a activity.Activity) (w Window, err error) {
	zone, err := time.LoadLocation(a.Zone)
	if err != nil {
		zone = time.UTC
	}
	for _, x := range []struct {
		wall string
		to   *time.Time
	}{{r.Opens, &w.Opens}, {r.Closes, &w.Closes}, {r.FollowupBy, &w.Followup}} {
		if x.wall == "" {
			continue
		}
		if *x.to, err = activity.Clock(x.wall, zone); err != nil {
			return w, err
		}
	}
	return w, nil
}

func (k *Desk) checkRequest(ctx context.Context, tx *db.Tx, by actor.Actor, a activity.Activity, setup Registration, q *Request) error {
	var f fault.Form
	runs := Runs(by, a)
	tidyName(&q.Name)
	tidyName(&q.Organisation)
	if q.Name == "" {
		f.Add("name", "account.name.missing")
	}
	for field, s := range map[string]string{"name": q.Name, "organisation": q.Organisation} {
		if utf8.RuneCountInString(s) > mostText {
			f.Add(field, "form.toolong", "Max", mostText)
		}
	}
	if account.CleanEmail(q.Email) == "" {
		f.Add("email", "account.email.form")
	}
	if q.Role == "" || !runs && !by.Speaks(q.Place) {
		q.Role = "participant"
	}
	if !slices.Contains(Roles, q.Role) {
		f.Add("role", "participation.role.missing")
	}
	if q.Mode == "" || a.Mode == "onsite" {
		q.Mode = "onsite"
	}
	if a.Mode == "online" {
		q.Mode = "online"
	}
	if q.Visibility != "" && !slices.Contains(account.Visibilities, q.Visibility) {
		f.Add("visible", "form.choose", "Label", fault.Say("participation.form.visible"))
	}
	if !slices.Contains(Modes, q.Mode) {
		f.Add("mode", "participation.mode.missing")
	}
	if !runs {
		q.Funded = false
	}
	if err := placed(ctx, tx, &f, &q.Place, &q.Country); err != nil {
		return err
	}
	if setup.Form != "" {
		asked, err := form.One(ctx, tx, setup.Form)
		if fault.CodeOf(err) == fault.NotFound {
			return fault.New(fault.Invalid, "participation.door.unready")
		}
		if err != nil {
			return err
		}
		if err := asked.Check("", q.Answers); err != nil && !runs {
			var e *fault.Error
			if !asFault(err, &e) {
				return err
			}
			for _, x := range e.Fields {
				f.Add(x.Name, x.Message.Key, pairs(x.Message.Args)...)
			}
		}
	}
	return f.Err()
}

// placed checks the city and sets the country it lies in.
func placed(ctx context.Context, tx *db.Tx, f *fault.Form, place, country *string) error {
	if *place == "" {
		if *country != "" && (len(*country) != 2 || strings.ToUpper(*country) != *country) {
			f.Add("country", "participation.country.unknown")
		}
		return nil
	}
	err := tx.One(ctx, `SELECT country FROM place WHERE id = $1 AND kind IN ('city','region') AND withdrawn = $2`, []any{*place, false}, country)
	if fault.CodeOf(err) == fault.NotFound {
		f.Add("place", "account.city.unknown", "ID", *place)
		return nil
	}
	return err
}

// tidyName takes spaces, control characters and marks that turn the direction of the text around it out of a name.
func tidyName(s *string) {
	*s = strings.Join(strings.FieldsFunc(*s, func(r rune) bool {
		return r == ' ' || r == '\u00a0' || r == '\u3000' || r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == '\u200e' || r == '\u200f'
	}), " ")
}

// admit gives a seat, a place in line or an officer's decision to wait for.
func (k *Desk) admit(ctx context.Context, tx *db.Tx, by actor.Actor, a activity.Activity, setup Registration, q Request, source string) (out Outcome, err error) {
	person, err := account.Ensure(ctx, tx, by, account.Person{Name: q.Name, Email: q.Email, Language: q.Lang, Shared: q.Shared})
	if err != nil {
		return out, err
	}
	p := Participation{Activity: a.ID, Person: person.ID}
	old, err := list(ctx, tx, `WHERE activity_id = $1 AND person_id = $2`, a.ID, person.ID)
	if err != nil {
		return out, err
	}
	if len(old) > 0 {
		if p = old[0]; !p.State.Out() && p.State != Invited {
			out = Outcome{Participation: p, Again: true}
			if Runs(by, a) || by.ID != "" && by.ID == p.Person {
				return out, nil
			}
			return out, k.echo(ctx, tx, a, p, person, q)
		}
	}
	invited := p.State == Invited
	if !invited || p.Role == "" {
		p.Role, p.Funded = q.Role, q.Funded
	}
	p.Place, p.Country, p.Organisation, p.Mode, p.Lang, p.Source, p.Visibility = q.Place, q.Country, q.Organisation, q.Mode, person.Language, source, q.Visibility
	p.Delegation, p.OfferUntil, p.Queued = q.Delegation, nil, nil
	to, err := k.entrance(ctx, tx, setup, p, setup.Approve && !invited && !Runs(by, a))
	if err != nil {
		return out, err
	}
	if to == Waiting {
		if p.Queued, err = lastInLine(ctx, tx, a.ID); err != nil {
			return out, err
		}
	}
	if p.ID == "" {
		p.ID, p.Created, p.Version, p.State, p.Since = k.id(), tx.Now, 1, to, tx.Now
		if err := insert(ctx, tx, p); err != nil {
			return out, err
		}
		if err := tx.Record(ctx, by, Subject, p.ID, "create", nil, p); err != nil {
			return out, err
		}
		out.Participation = p
		if out.Link, err = k.tell(ctx, tx, a, p, person); err != nil {
			return out, err
		}
	} else {
		if err := k.move(ctx, tx, by, &p, to, ""); err != nil {
			return out, err
		}
		out.Participation = p
		if out.Link, err = k.key(ctx, tx, p.ID); err != nil {
			return out, err
		}
	}
	for kind, wording := range q.Consents {
		if _, err := account.Consent(ctx, tx, personActor(p), account.Consented{Person: p.Person, Kind: kind, About: a.ID, Wording: wording, Lang: person.Language}); err != nil {
			return out, err
		}
	}
	if setup.Form != "" && len(q.Answers) > 0 {
		asked, err := form.One(ctx, tx, setup.Form)
		if err != nil {
			return out, err
		}
		if err := putAnswers(ctx, tx, p, asked, q.Answers, true); err != nil {
			return out, err
		}
	}
	return out, nil
}

// entrance is the state that a new participation begins with.
func (k *Desk) entrance(ctx context.Context, tx *db.Tx, setup Registration, p Participation, decide bool) (State, error) {
	if decide {
		return Applied, nil
	}
	s, err := countSeats(ctx, tx, p.Activity)
	if err != nil {
		return "", err
	}
	full := s.full(p)
	switch {
	case len(full) == 0:
		return Confirmed, nil
	case setup.Waiting:
		return Waiting, nil
	}
	return "", fault.New(fault.Invalid, "participation.full", "Quota", quotaName(full[0]))
}

// quotaName is the name of a quota for messages; pages name it in the reader's language.
func quotaName(q Quota) string {
	s, _ := q.Names.In("en")
	return s
}

// before answers a request that has come before.
func (k *Desk) before(ctx context.Context, tx *db.Tx, q Request, out *Outcome) (bool, error) {
	if q.Key == "" {
		return false, nil
	}
	var content, id string
	var owner bool // the request made the participation, and did not find one of the same address
	err := tx.One(ctx, `SELECT content, participation_id, owner FROM participation_request WHERE request = $1`, []any{requestID(q)}, &content, &id, &owner)
	if fault.CodeOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if content != contentOf(q) {
		return false, fault.New(fault.Conflict, "participation.key.used")
	}
	if out.Participation, err = One(ctx, tx, id); err != nil {
		return true, err
	}
	out.Again = true
	if owner {
		out.Link, err = k.key(ctx, tx, id)
	}
	return true, err
}

func (k *Desk) remember(ctx context.Context, tx *db.Tx, q Request, out Outcome) error {
	if q.Key == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO participation_request (request, content, participation_id, owner, at) VALUES ($1,$2,$3,$4,$5)`,
		requestID(q), contentOf(q), out.ID, !out.Again, tx.Now)
	return err
}

func requestID(q Request) string { return hash(q.Activity + "\x00" + q.Key) }

func contentOf(q Request) string {
	q.Key = ""
	b, err := json.Marshal(q)
	if err != nil {
		return fmt.Sprint(q)
	}
	return hash(string(b))
}

func hash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

func (k *Desk) id() string { return uuid.Must(uuid.NewRandomFromReader(k.Random)).String() }
