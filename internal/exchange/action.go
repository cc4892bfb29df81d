package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/participation"
	"aircommons/internal/post"
)

// ActionSubject is how the journal names what a city means to do.
const ActionSubject = "action"

// ActionStates are how far an action is. Texts: "exchange.action.<word>".
var ActionStates = []string{"planned", "begun", "done", "dropped"}

// Action is a point of the action plan that a city takes home from a visit.
type Action struct {
	ID       string         `json:"id"`
	Activity string         `json:"activity"`
	Place    string         `json:"place"`
	Names    db.Text        `json:"names"`
	Owner    string         `json:"owner,omitempty"` // office, not a person: people change their jobs
	Due      network.Period `json:"due"`
	State    string         `json:"state"`
	Outcome  db.Text        `json:"outcome,omitempty"` // what came of it
	Shown    bool           `json:"shown"`             // on the pages of the city and the activity
	Version  int64          `json:"version"`
}

// Months after the end of a visit at which a city is asked what came of its plan.
var Months = []int{6, 12}

const mostActions = 50

func actions(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Action, error) {
	var out []Action
	position := map[string]int{}
	err := tx.Each(ctx, `SELECT id, activity_id, place, position, names, owner, due, state, outcome, shown, version FROM city_action `+where, args, func(scan func(...any) error) error {
		var a Action
		var n int
		err := scan(&a.ID, &a.Activity, &a.Place, &n, &a.Names, &a.Owner, &a.Due, &a.State, &a.Outcome, &a.Shown, &a.Version)
		position[a.ID] = n
		out = append(out, a)
		return err
	})
	sort.Slice(out, func(i, j int) bool {
		if position[out[i].ID] != position[out[j].ID] {
			return position[out[i].ID] < position[out[j].ID]
		}
		return out[i].ID < out[j].ID
	})
	return out, err
}

// Actions lists what a city means to do (place), or what all cities of a visit mean to do (activity). Those that are not shown are for the
// city's focal point and those who run the activity.
func (k *Desk) Actions(ctx context.Context, by actor.Actor, activityID, place string) (out []Action, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		all, err := actions(ctx, tx, `WHERE ($1 = '' OR activity_id = $1) AND ($2 = '' OR place = $2)`, activityID, place)
		if err != nil {
			return err
		}
		for _, x := range all {
			a, err := activity.One(ctx, tx, x.Activity)
			if err != nil {
				return err
			}
			if x.Shown && a.State == activity.Published || by.Speaks(x.Place) || participation.Runs(by, a) {
				out = append(out, x)
			}
		}
		return nil
	})
	return out, err
}

// SaveAction stores a point of a city's plan, new when it has no id, else over the version it was read in. For the city's focal point and
// those who run the activity.
func (k *Desk) SaveAction(ctx context.Context, by actor.Actor, x Action) (Action, error) {
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		var before any
		if x.ID != "" {
			old, err := actions(ctx, tx, `WHERE id = $1`, x.ID)
			if err != nil {
				return err
			}
			if len(old) == 0 {
				return notFound()
			}
			if old[0].Version != x.Version {
				return fault.New(fault.Conflict, "error.conflict")
			}
			x.Activity, x.Place, before = old[0].Activity, old[0].Place, old[0]
		}
		a, err := activity.One(ctx, tx, x.Activity)
		if err != nil {
			return err
		}
		if !by.Speaks(x.Place) && !participation.Runs(by, a) {
			return fault.New(fault.Denied, "error.denied.city")
		}
		return k.putAction(ctx, tx, by, a, &x, before)
	})
	return x, err
}

func (k *Desk) putAction(ctx context.Context, tx *db.Tx, by actor.Actor, a activity.Activity, x *Action, before any) error {
	var f fault.Form
	tidy(x.Names)
	tidy(x.Outcome)
	x.Owner = strings.TrimSpace(x.Owner)
	if s, _ := x.Names.In("en"); s == "" {
		f.Add("names", "exchange.action.missing")
	}
	long(&f, "names", x.Names, 500)
	long(&f, "outcome", x.Outcome, mostText)
	long(&f, "owner", db.Text{"en": x.Owner}, mostName)
	if x.State == "" {
		x.State = "planned"
	}
	if !slices.Contains(ActionStates, x.State) {
		f.Add("state", "exchange.action.state")
	}
	if !slices.ContainsFunc(a.Participants, func(p activity.Participant) bool { return p.Place == x.Place }) {
		f.Add("place", "exchange.action.place")
	}
	var n int
	if err := tx.One(ctx, `SELECT COUNT(*) FROM city_action WHERE activity_id = $1 AND place = $2`, []any{x.Activity, x.Place}, &n); err != nil {
		return err
	}
	if before == nil && n >= mostActions {
		f.Add("names", "exchange.action.many", "Max", mostActions)
	}
	if err := f.Err(); err != nil {
		return err
	}
	action := "update"
	if before == nil {
		x.ID, x.Version, action = k.id(), 0, "create"
	}
	x.Version++
	_, err := tx.ExecContext(ctx, `INSERT INTO city_action (id, activity_id, place, position, names, owner, due, state, outcome, shown, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) ON CONFLICT (id) DO UPDATE SET names = excluded.names, owner = excluded.owner, due = excluded.due,
		state = excluded.state, outcome = excluded.outcome, shown = excluded.shown, version = excluded.version`,
		x.ID, x.Activity, x.Place, n, x.Names, x.Owner, x.Due, x.State, x.Outcome, x.Shown, x.Version)
	if err != nil {
		return err
	}
	if err := tx.Record(ctx, by, ActionSubject, x.ID, action, before, *x); err != nil {
		return err
	}
	return k.plan(ctx, tx, a, x.Place)
}

// plan notes when a city that has a plan is to be asked, once the visit's last day is known.
func (k *Desk) plan(ctx context.Context, tx *db.Tx, a activity.Activity, place string) error {
	end, err := time.Parse(time.DateOnly, a.Period.To)
	if err != nil {
		return nil // not known to a day yet; the next save of an action tries again
	}
	for _, m := range Months {
		if _, err := tx.ExecContext(ctx, `INSERT INTO followup (id, activity_id, place, months, due) VALUES ($1,$2,$3,$4,$5)
			ON CONFLICT (activity_id, place, months) DO UPDATE SET due = excluded.due`, k.id(), a.ID, place, m, end.AddDate(0, m, 0).Format(time.DateOnly)); err != nil {
			return err
		}
	}
	return nil
}

// Followup is when a city is asked what came of its plan.
type Followup struct {
	ID       string
	Activity string
	Place    string
	Months   int
	Due      string // day
	Asked    *time.Time
	Answered *time.Time
}

func followups(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Followup, error) {
	var out []Followup
	err := tx.Each(ctx, `SELECT id, activity_id, place, months, due, asked_at, answered_at FROM followup `+where, args, func(scan func(...any) error) error {
		var f Followup
		err := scan(&f.ID, &f.Activity, &f.Place, &f.Months, &f.Due, &f.Asked, &f.Answered)
		out = append(out, f)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].Due+out[i].ID < out[j].Due+out[j].ID })
	return out, err
}

// Followups lists when the cities of a visit are asked, for those who run it and the focal points of the cities.
func (k *Desk) Followups(ctx context.Context, by actor.Actor, activityID string) (out []Followup, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		a, err := activity.One(ctx, tx, activityID)
		if err != nil {
			return err
		}
		all, err := followups(ctx, tx, `WHERE activity_id = $1`, activityID)
		out = slices.DeleteFunc(all, func(f Followup) bool { return !participation.Runs(by, a) && !by.Speaks(f.Place) })
		return err
	})
	return out, err
}

// Ask writes the letters that are due: to the focal points of the city, held in the outbox until an officer has looked. A city
// without a focal point stays due. It is called by the clock, and asks once however often it is called.
func (k *Desk) Ask(ctx context.Context) (n int, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		n = 0
		due, err := followups(ctx, tx, `WHERE asked_at IS NULL AND due <= $1`, tx.Now.Format(time.DateOnly))
		if err != nil {
			return err
		}
		for _, f := range due {
			a, err := activity.One(ctx, tx, f.Activity)
			if err != nil {
				return err
			}
			people, err := focalPoints(ctx, tx, f.Place)
			if err != nil {
				return err
			}
			if len(people) == 0 {
				continue
			}
			b := make([]byte, 20)
			if _, err := io.ReadFull(k.Random, b); err != nil {
				return err
			}
			key := strings.ToLower(base32.StdEncoding.EncodeToString(b))
			for _, p := range people {
				name, _ := a.Names.In(p.Language)
				if _, err := post.Add(ctx, tx, post.Letter{Key: "followup/" + f.ID + "/" + p.ID, To: p.Email, ToName: p.Name, Lang: p.Language, Kind: post.Reminder, Person: p.ID,
					Template: "followup.ask", Values: map[string]string{"Name": p.Name, "Activity": name, "Months": strconv.Itoa(f.Months), "Link": k.URL + "/" + p.Language + "/followup/" + key},
					About: "activity", AboutKey: a.ID, Hold: true}); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(ctx, `UPDATE followup SET asked_at = $1, hash = $2 WHERE id = $3`, tx.Now, hash(key), f.ID); err != nil {
				return err
			}
			if err := tx.Record(ctx, actor.System, ActionSubject, f.ID, "ask", nil, f); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// focalPoints are the people who speak for a city now.
func focalPoints(ctx context.Context, tx *db.Tx, place string) ([]account.Person, error) {
	held, err := account.Holders(ctx, tx, actor.FocalPoint, actor.OfPlace, place)
	if err != nil {
		return nil, err
	}
	var out []account.Person
	for _, g := range held {
		p, err := account.PersonByID(ctx, tx, g.Person)
		if err != nil {
			return nil, err
		}
		if p.Email != "" && !p.Withdrawn {
			out = append(out, p)
		}
	}
	return out, nil
}

func hash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// Asked reads the plan that a link of a letter asks about. Opening it changes nothing.
func (k *Desk) Asked(ctx context.Context, key string) (f Followup, a activity.Activity, plan []Action, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		f, a, plan, err = asked(ctx, tx, key)
		return err
	})
	return f, a, plan, err
}

func asked(ctx context.Context, tx *db.Tx, key string) (f Followup, a activity.Activity, plan []Action, err error) {
	fs, err := followups(ctx, tx, `WHERE hash = $1`, hash(strings.ToLower(key)))
	if err == nil && len(fs) == 0 {
		err = notFound()
	}
	if err != nil {
		return f, a, nil, err
	}
	if a, err = activity.One(ctx, tx, fs[0].Activity); err != nil {
		return f, a, nil, err
	}
	plan, err = actions(ctx, tx, `WHERE activity_id = $1 AND place = $2`, fs[0].Activity, fs[0].Place)
	return fs[0], a, plan, err
}

// AnswerFollowup stores what a city says came of its plan: the states and outcomes of its points, by the link of a letter.
func (k *Desk) AnswerFollowup(ctx context.Context, key string, said []Action) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		f, a, plan, err := asked(ctx, tx, key)
		if err != nil {
			return err
		}
		by := actor.Actor{ID: "followup:" + f.ID, Role: actor.Visitor}
		for _, s := range said {
			i := slices.IndexFunc(plan, func(x Action) bool { return x.ID == s.ID })
			if i < 0 {
				return notFound()
			}
			x := plan[i]
			if s.Version != x.Version {
				return fault.New(fault.Conflict, "error.conflict")
			}
			before := x
			x.State, x.Outcome = s.State, s.Outcome
			if err := k.putAction(ctx, tx, by, a, &x, before); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE followup SET answered_at = $1 WHERE id = $2`, tx.Now, f.ID)
		return err
	})
}
