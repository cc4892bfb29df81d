package participation

import (
	"context"
	"io"
	"sort"
	"strings"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// badgeLetters do not look alike on paper; all of them are of the alphanumeric set of QR codes, which makes the code small.
const badgeLetters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

const badgeLength = 10 // letters: 49 bits, of which nobody tries 2^48 at a door

// TidyBadge is the code of a badge from what was scanned or typed; empty when it cannot be one.
func TidyBadge(s string) string {
	if len(s) > 40 {
		return ""
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		switch {
		case r == ' ' || r == '-' || r == '\u2010' || r == '\u2011' || r == '\u2013':
		case strings.ContainsRune(badgeLetters, r):
			b.WriteRune(r)
		default:
			return ""
		}
	}
	if b.Len() != badgeLength {
		return ""
	}
	return b.String()
}

// ShownBadge is a code as it stands on the badge, in two groups.
func ShownBadge(code string) string {
	if len(code) != badgeLength {
		return code
	}
	return code[:5] + "-" + code[5:]
}

func (k *Desk) newBadge() (string, error) {
	out := make([]byte, 0, badgeLength)
	b := make([]byte, 1)
	for len(out) < badgeLength {
		if _, err := io.ReadFull(k.Random, b); err != nil {
			return "", err
		}
		if int(b[0]) < 256/len(badgeLetters)*len(badgeLetters) { // each equally likely
			out = append(out, badgeLetters[int(b[0])%len(badgeLetters)])
		}
	}
	return string(out), nil
}

// badges are the codes of an activity by participation.
func badges(ctx context.Context, tx *db.Tx, activityID string) (map[string]string, error) {
	out := map[string]string{}
	err := tx.Each(ctx, `SELECT b.participation_id, b.code FROM badge b JOIN participation p ON p.id = b.participation_id WHERE p.activity_id = $1`, []any{activityID},
		func(scan func(...any) error) error {
			var id, code string
			err := scan(&id, &code)
			out[id] = code
			return err
		})
	return out, err
}

// Badge is what stands on a badge.
type Badge struct {
	Participation
	Who   account.Person
	Code  string
	Group string
}

// Badges makes the codes that are missing and returns the badges of those who have a seat, by name; with ids, theirs alone. For
// those who run the activity.
func (k *Desk) Badges(ctx context.Context, by actor.Actor, activityID string, ids ...string) (out []Badge, err error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		wanted[id] = true
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		out = nil
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		all, err := List(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		codes, err := badges(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		_, in, err := groups(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		people, err := account.PeopleByID(ctx, tx)
		if err != nil {
			return err
		}
		made := 0
		for _, p := range all {
			if p.Person == "" || people[p.Person].IsErased() || p.State != Confirmed && p.State != Present && p.State != Absent || len(wanted) > 0 && !wanted[p.ID] {
				continue
			}
			b := Badge{Participation: p, Who: people[p.Person], Code: codes[p.ID], Group: in[p.ID]}
			if b.Code == "" {
				if b.Code, err = k.putBadge(ctx, tx, p.ID); err != nil {
					return err
				}
				made++
			}
			out = append(out, b)
		}
		sort.SliceStable(out, func(i, j int) bool { return strings.ToLower(out[i].Who.Name) < strings.ToLower(out[j].Who.Name) })
		if made == 0 {
			return nil
		}
		return tx.Record(ctx, by, PresenceSubject, a.ID, "badges", nil, map[string]int{"made": made})
	})
	return out, err
}

func (k *Desk) putBadge(ctx context.Context, tx *db.Tx, id string) (code string, err error) {
	if code, err = k.newBadge(); err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO badge (participation_id, code, made_at) VALUES ($1,$2,$3) ON CONFLICT (participation_id) DO UPDATE SET code = excluded.code, made_at = excluded.made_at`,
		id, code, tx.Now)
	return code, err
}

// RenewBadge gives a badge another code: the old one was lost, and opens nothing any more.
func (k *Desk) RenewBadge(ctx context.Context, by actor.Actor, id string) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		p, err := One(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := k.run(ctx, tx, by, p.Activity); err != nil {
			return err
		}
		if !p.State.Holds() {
			return fault.New(fault.Conflict, "day.badge.noseat")
		}
		if _, err := k.putBadge(ctx, tx, p.ID); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, p.ID, "badge", nil, nil)
	})
}
