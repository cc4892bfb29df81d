package exchange

import (
	"context"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/participation"
)

// NoteSubject is how the journal names visit notes.
const NoteSubject = "visit"

// Note is what a delegate wrote on a visit.
type Note struct {
	Nonce    string    `json:"nonce"` // made where it was written
	Activity string    `json:"activity"`
	Item     string    `json:"item,omitempty"` // the visit or briefing it is about
	Person   string    `json:"person"`
	Place    string    `json:"place"` // city the person came for
	Text     string    `json:"text"`
	Lang     string    `json:"lang"`
	Shared   bool      `json:"shared"` // with the delegation and the hosts, not only with the own city and the officers
	Written  time.Time `json:"written"`
	Received time.Time `json:"received"`
	Removed  bool      `json:"removed,omitempty"`
}

const mostNotes = 500 // of one person on one visit

// AddNotes takes in what a delegate wrote, perhaps long before and without a network. A note that came before is not taken twice; what
// was taken in is told by nonce. The person must have a seat.
func (k *Desk) AddNotes(ctx context.Context, by actor.Actor, activityID string, notes []Note) (taken []string, err error) {
	if !by.SignedIn() {
		return nil, fault.New(fault.Denied, "error.denied")
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		taken = nil
		seat, err := seatOf(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		var have int
		if err := tx.One(ctx, `SELECT COUNT(*) FROM visit_note WHERE activity_id = $1 AND person_id = $2`, []any{activityID, by.ID}, &have); err != nil {
			return err
		}
		var f fault.Form
		for i, n := range notes {
			n.Text = strings.TrimSpace(n.Text)
			switch {
			case n.Nonce == "" || len(n.Nonce) > 80:
				f.Add("notes", "exchange.note.nonce", "Row", i+1)
			case n.Text == "":
				f.Add("text", "exchange.note.empty")
			case utf8.RuneCountInString(n.Text) > mostText:
				f.Add("text", "form.toolong", "Max", mostText)
			}
			if err := f.Err(); err != nil {
				return err
			}
			var owner string
			err := tx.One(ctx, `SELECT person_id FROM visit_note WHERE nonce = $1`, []any{n.Nonce}, &owner)
			if err == nil {
				if owner != by.ID {
					return fault.New(fault.Conflict, "exchange.note.nonce", "Row", i+1)
				}
				taken = append(taken, n.Nonce)
				continue
			}
			if fault.CodeOf(err) != fault.NotFound {
				return err
			}
			if have++; have > mostNotes {
				return fault.New(fault.Invalid, "exchange.note.many", "Max", mostNotes)
			}
			if n.Written.IsZero() || n.Written.After(tx.Now.Add(24*time.Hour)) {
				n.Written = tx.Now // the clock of the device is wrong by more than a zone can explain
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO visit_note (nonce, activity_id, item, person_id, place, text, lang, shared, written_at, received_at, removed)
				VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`, n.Nonce, activityID, n.Item, by.ID, seat.Place, n.Text, n.Lang, n.Shared, n.Written.UTC(), tx.Now, false); err != nil {
				return err
			}
			// The text is not copied into the journal: it is the person's own, and can be taken out.
			if err := tx.Record(ctx, by, NoteSubject, n.Nonce, "create", nil, map[string]string{"activity": activityID}); err != nil {
				return err
			}
			taken = append(taken, n.Nonce)
		}
		return nil
	})
	return taken, err
}

// seatOf is the seat of by in an activity: one that is confirmed, or was.
func seatOf(ctx context.Context, tx *db.Tx, by actor.Actor, activityID string) (participation.Participation, error) {
	all, err := participation.OfPerson(ctx, tx, by.ID)
	if err != nil {
		return participation.Participation{}, err
	}
	for _, p := range all {
		if p.Activity == activityID && p.State.Holds() {
			return p, nil
		}
	}
	return participation.Participation{}, fault.New(fault.Denied, "exchange.note.seat")
}

// RemoveNote takes one's own note out of everybody's sight, or puts it back.
func (k *Desk) RemoveNote(ctx context.Context, by actor.Actor, nonce string, removed bool) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if !by.SignedIn() {
			return notFound()
		}
		err := db.Changed(tx.ExecContext(ctx, `UPDATE visit_note SET removed = $1 WHERE nonce = $2 AND person_id = $3`, removed, nonce, by.ID))
		if fault.CodeOf(err) == fault.Conflict {
			return notFound()
		}
		if err != nil {
			return err
		}
		action := "withdraw"
		if !removed {
			action = "restore"
		}
		return tx.Record(ctx, by, NoteSubject, nonce, action, nil, nil)
	})
}

// Notes lists the notes of a visit that by may read, by the time they were written: one's own, those that were shared when one has a
// seat oneself, those of one's city for its focal point, all for those who run the activity.
func (k *Desk) Notes(ctx context.Context, by actor.Actor, activityID string) (out []Note, err error) {
	if !by.SignedIn() {
		return nil, notFound()
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		a, err := activity.One(ctx, tx, activityID)
		if err != nil {
			return err
		}
		_, err = seatOf(ctx, tx, by, activityID)
		seated := err == nil
		if err != nil && fault.CodeOf(err) != fault.Denied {
			return err
		}
		all, err := notes(ctx, tx, `WHERE activity_id = $1`, activityID)
		if err != nil {
			return err
		}
		for _, n := range all {
			own := n.Person == by.ID
			if n.Removed && !own {
				continue
			}
			if own || participation.Runs(by, a) || by.Speaks(n.Place) && n.Place != "" || seated && n.Shared {
				out = append(out, n)
			}
		}
		return nil
	})
	return out, err
}

func notes(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Note, error) {
	var out []Note
	err := tx.Each(ctx, `SELECT nonce, activity_id, item, person_id, place, text, lang, shared, written_at, received_at, removed FROM visit_note `+where, args,
		func(scan func(...any) error) error {
			var n Note
			err := scan(&n.Nonce, &n.Activity, &n.Item, &n.Person, &n.Place, &n.Text, &n.Lang, &n.Shared, &n.Written, &n.Received, &n.Removed)
			n.Written, n.Received = n.Written.UTC(), n.Received.UTC()
			out = append(out, n)
			return err
		})
	sort.Slice(out, func(i, j int) bool {
		if !out[i].Written.Equal(out[j].Written) {
			return out[i].Written.Before(out[j].Written)
		}
		return out[i].Nonce < out[j].Nonce
	})
	return out, err
}
