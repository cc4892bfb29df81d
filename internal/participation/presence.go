package participation

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// PresenceSubject is how the journal names what is done on the day of an activity as a whole: closing, groups, badges.
const PresenceSubject = "presence"

// Mark says that somebody was seen at the door of an activity or in a session of it, or takes such a mark back. Marks come
// from devices that were without a network, late, twice and in any order; what they say together does not depend on it: a
// mark stands unless another one names it in Undoes.
type Mark struct {
	Nonce         string    `json:"nonce"`         // made by the device; the same nonce is one mark
	Participation string    `json:"participation"` // or
	Code          string    `json:"code"`          // of the badge
	Item          string    `json:"item"`          // key of a Session; empty: the activity as such
	Undoes        string    `json:"undoes"`        // nonce of the mark that is taken back
	At            time.Time `json:"at"`            // on the clock of the device
}

// What became of a mark. Texts: "day.outcome.<word>".
const (
	Taken    = "taken"    // stored; or it was here already
	Seatless = "seatless" // stored, and whoever it is about has no seat: somebody decides
	Unknown  = "unknown"  // nobody of this activity has this badge
	Refused  = "refused"  // the mark is no mark, or of a session that does not exist
)

// Marked is the answer to a mark.
type Marked struct {
	Nonce         string `json:"nonce"`
	Outcome       string `json:"outcome"`
	Participation string `json:"participation,omitempty"`
	State         State  `json:"state,omitempty"`
}

// MostMarks is how many marks are taken at once.
const MostMarks = 500

var nonceForm = regexp.MustCompile(`^[0-9A-Za-z-]{8,64}$`)

// ErrTooMany tells that more marks came than are taken at once.
var ErrTooMany = errors.New("participation: too many marks at once")

// doorOf reads an activity for those who may mark who is there.
func (k *Desk) doorOf(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (activity.Activity, error) {
	a, err := activity.One(ctx, tx, id)
	if err != nil {
		return a, err
	}
	if !by.ChecksIn(a.Programme, a.ID) {
		return a, fault.New(fault.Denied, "day.denied")
	}
	return a, nil
}

// Mark stores marks. device is how the device is called; sent is what its clock showed when it sent them, zero when that is
// not known. Both times are kept, and how far the clock was off.
func (k *Desk) Mark(ctx context.Context, by actor.Actor, activityID, device string, sent time.Time, marks []Mark) (out []Marked, err error) {
	if len(marks) > MostMarks {
		return nil, ErrTooMany
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		out = nil
		a, err := k.doorOf(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		m := marker{k: k, tx: tx, by: by, a: a, device: cut(device)}
		if by.Device {
			m.device = by.Name
		}
		if !sent.IsZero() {
			m.ahead = sent.Sub(tx.Now)
		}
		for _, x := range marks {
			made, err := m.mark(ctx, x)
			if err != nil {
				return err
			}
			out = append(out, made)
		}
		return m.settle(ctx)
	})
	return out, err
}

type marker struct {
	k       *Desk
	tx      *db.Tx
	by      actor.Actor
	a       activity.Activity
	device  string
	ahead   time.Duration
	items   []string
	touched []string // participations
}

func (m *marker) knows(ctx context.Context, item string) (bool, error) {
	if item == "" {
		return true, nil
	}
	if m.items == nil {
		ss, err := sessions(ctx, m.tx, m.a)
		if err != nil {
			return false, err
		}
		m.items = []string{""}
		for _, s := range ss {
			m.items = append(m.items, s.Key)
		}
	}
	return slices.Contains(m.items, item), nil
}

func (m *marker) mark(ctx context.Context, x Mark) (out Marked, err error) {
	out = Marked{Nonce: x.Nonce, Outcome: Refused, Participation: x.Participation}
	if !nonceForm.MatchString(x.Nonce) || x.Undoes != "" && !nonceForm.MatchString(x.Undoes) {
		return out, nil
	}
	if known, err := m.knows(ctx, x.Item); err != nil || !known {
		return out, err
	}
	if x.Participation == "" {
		err := m.tx.One(ctx, `SELECT participation_id FROM badge WHERE code = $1`, []any{TidyBadge(x.Code)}, &x.Participation)
		if fault.CodeOf(err) == fault.NotFound {
			out.Outcome = Unknown
			return out, nil
		} else if err != nil {
			return out, err
		}
	}
	p, err := One(ctx, m.tx, x.Participation)
	if fault.CodeOf(err) == fault.NotFound || err == nil && p.Activity != m.a.ID {
		out.Outcome = Unknown
		return out, nil
	} else if err != nil {
		return out, err
	}
	out.Participation, out.State, out.Outcome = p.ID, p.State, Taken
	if !p.State.Holds() {
		out.Outcome = Seatless
	}
	var there int
	if err := m.tx.One(ctx, `SELECT COUNT(*) FROM presence WHERE nonce = $1`, []any{x.Nonce}, &there); err != nil || there > 0 {
		return out, err
	}
	if x.At.IsZero() || x.At.Year() < 2000 || x.At.Year() > 9000 {
		x.At = m.tx.Now.Add(m.ahead)
	}
	if _, err := m.tx.ExecContext(ctx, `INSERT INTO presence (nonce, activity_id, item, participation_id, present, at, received_at, by_id, device, undoes, ahead) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		x.Nonce, m.a.ID, x.Item, p.ID, x.Undoes == "", x.At.UTC(), m.tx.Now, m.by.ID, m.device, x.Undoes, int64(m.ahead/time.Second)); err != nil {
		return out, err
	}
	after := map[string]any{"item": x.Item, "at": x.At.UTC(), "device": m.device}
	if x.Undoes == "" {
		err = m.tx.Record(ctx, m.by, Subject, p.ID, "seen", nil, after)
	} else {
		err = m.tx.Record(ctx, m.by, Subject, p.ID, "unseen", nil, after)
	}
	if !slices.Contains(m.touched, p.ID) {
		m.touched = append(m.touched, p.ID)
	}
	return out, err
}

// settle makes the states of those who were marked what their marks say.
func (m *marker) settle(ctx context.Context) error {
	for _, id := range m.touched {
		p, err := One(ctx, m.tx, id)
		if err != nil {
			return err
		}
		stands, err := standing(ctx, m.tx, `WHERE participation_id = $1`, id)
		if err != nil {
			return err
		}
		switch {
		case len(stands) > 0 && (p.State == Confirmed || p.State == Absent || p.State == Offered):
			err = m.k.setPresence(ctx, m.tx, m.by, &p, Present)
		case len(stands) == 0 && p.State == Present:
			err = m.k.setPresence(ctx, m.tx, m.by, &p, Confirmed)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setPresence changes the state without a letter: nobody is told that they came. An offered seat is taken by coming.
func (k *Desk) setPresence(ctx context.Context, tx *db.Tx, by actor.Actor, p *Participation, to State) error {
	before := *p
	p.State, p.Since, p.Reason, p.OfferUntil, p.Queued = to, tx.Now, "", nil, nil
	if err := update(ctx, tx, p, true); err != nil {
		return err
	}
	return tx.Record(ctx, by, Subject, p.ID, string(to), before, *p)
}

// Seen is a mark that stands.
type Seen struct {
	Nonce         string
	Item          string
	Participation string
	At            time.Time // as far as can be told: on the clock of the device, less what it was ahead of ours
	Told          time.Time // on the clock of the device
	Received      time.Time
	By            string // id of an actor
	Device        string
}

// Off reports whether the clock of the device was wrong by more than two minutes.
func (s Seen) Off() bool { d := s.Told.Sub(s.At); return d > 2*time.Minute || d < -2*time.Minute }

// standing lists the marks that nothing undoes.
func standing(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Seen, error) {
	var all []Seen
	undone := map[string]bool{}
	err := tx.Each(ctx, `SELECT nonce, item, participation_id, at, received_at, by_id, device, undoes, ahead FROM presence `+where, args, func(scan func(...any) error) error {
		var s Seen
		var undoes string
		var ahead int64
		if err := scan(&s.Nonce, &s.Item, &s.Participation, &s.Told, &s.Received, &s.By, &s.Device, &undoes, &ahead); err != nil {
			return err
		}
		if undoes != "" {
			undone[undoes] = true
			return nil
		}
		s.Told, s.Received = s.Told.UTC(), s.Received.UTC()
		if s.At = s.Told.Add(-time.Duration(ahead) * time.Second); s.At.After(s.Received) {
			s.At = s.Received
		}
		all = append(all, s)
		return nil
	})
	all = slices.DeleteFunc(all, func(s Seen) bool { return undone[s.Nonce] })
	sort.Slice(all, func(i, j int) bool {
		if !all[i].At.Equal(all[j].At) {
			return all[i].At.Before(all[j].At)
		}
		return all[i].Nonce < all[j].Nonce
	})
	return all, err
}

// Standing lists the marks of an activity that stand, within a transaction.
func Standing(ctx context.Context, tx *db.Tx, activityID string) ([]Seen, error) {
	return standing(ctx, tx, `WHERE activity_id = $1`, activityID)
}

// Here is somebody who is expected, or came.
type Here struct {
	Participation
	Who     account.Person
	Code    string // of the badge; empty: none was made
	Group   string // name of the group; empty: none
	Marks   []Seen // that stand for what the roll is of
	Present bool
	Beside  bool // seen elsewhere in the activity, and not marked for this
}

// Roll is who is expected at an activity or a session of it, and who came.
type Roll struct {
	Activity activity.Activity
	Sessions []Session
	Item     string
	Groups   []Group
	Rows     []Here // by name
	Expected int    // seats on site with a name
	Online   int    // seats online
	Present  int
	Absent   int // said to be absent
	Seatless int // came without a seat
	Unnamed  int // seats whose person is not named yet
}

// Roll reads who is expected and who came. For those who mark it; they see names, city, organisation and role.
func (k *Desk) Roll(ctx context.Context, by actor.Actor, activityID, item string) (r Roll, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		a, err := k.doorOf(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		r, err = roll(ctx, tx, a, item)
		return err
	})
	return r, err
}

func roll(ctx context.Context, tx *db.Tx, a activity.Activity, item string) (r Roll, err error) {
	r = Roll{Activity: a, Item: item}
	if r.Sessions, err = sessions(ctx, tx, a); err != nil {
		return r, err
	}
	if item != "" && !slices.ContainsFunc(r.Sessions, func(s Session) bool { return s.Key == item }) {
		return r, notFound()
	}
	all, err := List(ctx, tx, a.ID)
	if err != nil {
		return r, err
	}
	people, err := account.PeopleByID(ctx, tx)
	if err != nil {
		return r, err
	}
	codes, err := badges(ctx, tx, a.ID)
	if err != nil {
		return r, err
	}
	var in map[string]string
	if r.Groups, in, err = groups(ctx, tx, a.ID); err != nil {
		return r, err
	}
	stands, err := Standing(ctx, tx, a.ID)
	if err != nil {
		return r, err
	}
	marks, any := map[string][]Seen{}, map[string]bool{}
	for _, s := range stands {
		any[s.Participation] = true
		if s.Item == item {
			marks[s.Participation] = append(marks[s.Participation], s)
		}
	}
	for _, p := range all {
		seat := p.State == Confirmed || p.State == Present || p.State == Absent
		if !seat && len(marks[p.ID]) == 0 {
			continue
		}
		if p.Person == "" {
			r.Unnamed++
			continue
		}
		h := Here{Participation: p, Who: people[p.Person], Code: codes[p.ID], Group: in[p.ID], Marks: marks[p.ID]}
		h.Present = len(h.Marks) > 0 || item == "" && p.State == Present
		h.Beside = !h.Present && any[p.ID]
		switch {
		case !seat:
			r.Seatless++
		case p.Mode == "online":
			r.Online++
		default:
			r.Expected++
		}
		if h.Present && seat {
			r.Present++
		}
		if p.State == Absent {
			r.Absent++
		}
		r.Rows = append(r.Rows, h)
	}
	sort.SliceStable(r.Rows, func(i, j int) bool {
		return strings.ToLower(r.Rows[i].Who.Name) < strings.ToLower(r.Rows[j].Who.Name)
	})
	return r, nil
}

// MarkOne marks somebody by hand; the nonce is that of the form, so that one sent twice is one mark.
func (k *Desk) MarkOne(ctx context.Context, by actor.Actor, activityID string, m Mark) (Marked, error) {
	out, err := k.Mark(ctx, by, activityID, "", time.Time{}, []Mark{m})
	if err != nil {
		return Marked{}, err
	}
	return out[0], nil
}

// Unmark takes back all marks of somebody that stand for the activity as such or for a session. nonce is that of the form.
func (k *Desk) Unmark(ctx context.Context, by actor.Actor, activityID, item, participation, nonce string) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		a, err := k.doorOf(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		if !nonceForm.MatchString(nonce) || len(nonce) > 56 {
			return fault.New(fault.Invalid, "error.form")
		}
		p, err := One(ctx, tx, participation)
		if err == nil && p.Activity != a.ID {
			err = notFound()
		}
		if err != nil {
			return err
		}
		stands, err := standing(ctx, tx, `WHERE participation_id = $1`, p.ID)
		if err != nil {
			return err
		}
		m := marker{k: k, tx: tx, by: by, a: a}
		for i, s := range slices.DeleteFunc(slices.Clone(stands), func(s Seen) bool { return s.Item != item }) {
			if _, err := m.mark(ctx, Mark{Nonce: nonce + "-" + itoa(i), Participation: p.ID, Item: item, Undoes: s.Nonce}); err != nil {
				return err
			}
		}
		if len(stands) == 0 && p.State == Present { // said by an officer without a mark
			m.touched = append(m.touched, p.ID)
		}
		return m.settle(ctx)
	})
}

// Seen lists the marks of an activity that stand. For those who mark.
func (k *Desk) Seen(ctx context.Context, by actor.Actor, activityID string) (out []Seen, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.doorOf(ctx, tx, by, activityID); err != nil {
			return err
		}
		out, err = Standing(ctx, tx, activityID)
		return err
	})
	return out, err
}
