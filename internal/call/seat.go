package call

import (
	"context"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/participation"
)

// Seating is what inviting those who were accepted did, or would do.
type Seating struct {
	New   int // invited to the activity
	There int // take part already, or were invited before
}

// Seat invites those who were accepted to the activity: speakers of a call for contributions, funded participants of one for
// travel support, participants whom cities nominated. Who was invited before is left alone, so it can be done again when
// more were accepted. With dry it only tells.
func (k *Desk) Seat(ctx context.Context, by actor.Actor, call string, dry bool) (out Seating, err error) {
	var c Seen
	var wanted []participation.Request
	var people []string
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		wanted, people = nil, nil
		if c, err = keep(ctx, tx, by, call); err != nil {
			return err
		}
		if c.Subject != "activity" || k.Participation == nil {
			return fault.New(fault.Conflict, "call.seat.none")
		}
		ss, err := submissions(ctx, tx, `WHERE call = $1 AND state = 'accepted'`, call)
		if err != nil {
			return err
		}
		for _, s := range ss {
			id := s.Person
			if s.Nominee != "" {
				id = s.Nominee
			}
			p, err := account.PersonByID(ctx, tx, id)
			if err != nil || p.Email == "" {
				continue // somebody who was erased
			}
			q := participation.Request{Key: "call/" + s.ID, Activity: c.Key, Name: p.Name, Email: p.Email, Lang: p.Language, Place: s.Place, Organisation: s.Organisation,
				Role: "participant", Mode: "onsite", Funded: c.Kind == "support", Hold: true} // after the letter that tells of the decision
			if c.Kind == "contribution" {
				q.Role = "speaker"
			}
			wanted, people = append(wanted, q), append(people, p.ID)
		}
		has, err := participation.List(ctx, tx, c.Key)
		if err != nil {
			return err
		}
		there := map[string]bool{}
		for _, p := range has {
			there[p.Person] = there[p.Person] || !p.State.Out()
		}
		var left []participation.Request
		for i, q := range wanted {
			if there[people[i]] {
				out.There++
			} else {
				left = append(left, q)
			}
		}
		wanted = left
		return nil
	})
	if err != nil || dry {
		out.New = len(wanted)
		return out, err
	}
	for _, q := range wanted {
		if _, err := k.Participation.Invite(ctx, by, q); err != nil {
			return out, err
		}
		out.New++
	}
	return out, nil
}
