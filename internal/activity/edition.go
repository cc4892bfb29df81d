package activity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// Activity reads one activity. To the public it is there when it and its programme are published.
func (k *Desk) Activity(ctx context.Context, by actor.Actor, id string) (Activity, error) {
	s, err := k.read(ctx)
	if err != nil {
		return Activity{}, err
	}
	a, ok := s.activities[id]
	if !ok || !s.sees(by, a) {
		return Activity{}, notFound()
	}
	return s.to(by, a), nil
}

// Activities lists the activities the actor may see, by time, those without a date last.
func (k *Desk) Activities(ctx context.Context, by actor.Actor) ([]Activity, error) {
	s, err := k.read(ctx)
	if err != nil {
		return nil, err
	}
	return s.visible(by), nil
}

// Editions lists the activities of a programme that the actor may see, by time.
func (k *Desk) Editions(ctx context.Context, by actor.Actor, programme string) ([]Activity, error) {
	as, err := k.Activities(ctx, by)
	return slices.DeleteFunc(as, func(a Activity) bool { return a.Programme != programme }), err
}

// Within lists the activities held within another one that the actor may see, by time.
func (k *Desk) Within(ctx context.Context, by actor.Actor, parent string) ([]Activity, error) {
	as, err := k.Activities(ctx, by)
	return slices.DeleteFunc(as, func(a Activity) bool { return a.Parent != parent }), err
}

// shown reports whether the public may see a.
func shown(ctx context.Context, tx *db.Tx, a Activity) (bool, error) {
	if a.State != Published || a.Programme == "" {
		return a.State == Published, nil
	}
	p, err := programme(ctx, tx, a.Programme)
	return p.State == Published, err
}

func byTime(as []Activity) {
	sort.SliceStable(as, func(i, j int) bool { return as[i].Period.Before(as[j].Period) })
}

// Edition is a fresh activity of a programme: names, topics, aims and roles come from the programme, dates do not.
func (k *Desk) Edition(ctx context.Context, by actor.Actor, programmeID string) (Activity, error) {
	if err := by.NeedOfficer(); err != nil {
		return Activity{}, err
	}
	p, err := k.Programme(ctx, by, programmeID)
	if err != nil {
		return Activity{}, err
	}
	return p.Next(), nil
}

// Next is a draft of the next edition of p: names, topics, aims and roles are those of the programme, and dates are not known.
func (p Programme) Next() Activity {
	return Activity{Programme: p.ID, Kind: KindIn(p.Kind), Names: p.Names, Topics: p.Topics, Aims: p.Purposes, Roles: slices.Clone(p.Roles), State: Draft}
}

// Clone makes a draft from an activity. It takes over what is true of the next one too: programme, names, place, zone,
// mode, aims, topics and roles. Dates, items (they have times), participants and the printed texts of a source stay behind.
func (k *Desk) Clone(ctx context.Context, by actor.Actor, id string) (Activity, error) {
	if err := by.NeedOfficer(); err != nil {
		return Activity{}, err
	}
	old, err := k.Activity(ctx, by, id)
	if err != nil {
		return Activity{}, err
	}
	names := old.Names
	if old.Programme != "" {
		// The name of an edition often holds its year, which is a date.
		p, err := k.Programme(ctx, by, old.Programme)
		if err != nil {
			return Activity{}, err
		}
		names = p.Names
	}
	return k.CreateActivity(ctx, by, Activity{Programme: old.Programme, Kind: old.Kind, Names: names, Place: old.Place,
		Venue: old.Venue, Zone: old.Zone, Mode: old.Mode, Aims: old.Aims, Topics: old.Topics, Roles: old.Roles})
}

// CreateActivity stores a new activity as a draft. An empty id is made of the programme or name, and the year.
func (k *Desk) CreateActivity(ctx context.Context, by actor.Actor, a Activity) (Activity, error) {
	if err := by.NeedOfficer(); err != nil {
		return a, err
	}
	tidyActivity(&a)
	a.State = Draft
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		given := a.ID != ""
		if !given {
			id, err := freeID(ctx, tx, a)
			if err != nil {
				return err
			}
			a.ID = id
		}
		if err := checkActivity(ctx, tx, a); err != nil {
			return err
		}
		if given {
			if _, err := one(ctx, tx, a.ID); err == nil {
				return taken(a.ID)
			}
		}
		if err := PutActivity(ctx, tx, a); err != nil {
			return err
		}
		a.Version = 1
		return tx.Record(ctx, by, "activity", a.ID, "create", nil, a)
	})
	return a, err
}

func freeID(ctx context.Context, tx *db.Tx, a Activity) (string, error) {
	name, _ := a.Names.In("en")
	base := db.Slug(name)
	if a.Programme != "" {
		base = a.Programme
	}
	if base == "" {
		base = a.Kind
	}
	if y := a.Period.Year(); y > 0 {
		base = fmt.Sprintf("%s-%d", base, y)
	} else if a.Programme != "" {
		base += "-next"
	}
	return db.FreeSlug(base, func(id string) (bool, error) {
		as, err := activities(ctx, tx, `WHERE id = $1`, id)
		return len(as) > 0, err
	})
}

// UpdateActivity stores a over the version it was made from. Its state and its items are not touched.
func (k *Desk) UpdateActivity(ctx context.Context, by actor.Actor, a Activity) error {
	tidyActivity(&a)
	return k.change(ctx, by, a.ID, a.Version, "update", func(tx *db.Tx, old Activity) (Activity, error) {
		a.State, a.Items, a.Agenda = old.State, old.Items, old.Agenda
		return a, checkActivity(ctx, tx, a)
	})
}

// Publish shows an activity to everybody, once it has what a reader needs.
func (k *Desk) Publish(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "publish", func(tx *db.Tx, a Activity) (Activity, error) {
		a.State = Published
		return a, checkActivity(ctx, tx, a)
	})
}

// Withdraw hides an activity from the public. Nothing is deleted; publishing it restores it.
func (k *Desk) Withdraw(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "withdraw", func(tx *db.Tx, a Activity) (Activity, error) {
		a.State = Withdrawn
		return a, nil
	})
}

// AddItem puts an item behind the others of an activity.
func (k *Desk) AddItem(ctx context.Context, by actor.Actor, id string, version int64, item Item) error {
	return k.changeList(ctx, by, id, version, "item-add", func(tx *db.Tx, a Activity) (Activity, error) {
		tidyItem(&item)
		var f fault.Form
		checkItem(&f, a, item)
		a.Items = append(slices.Clone(a.Items), item)
		return a, f.Err()
	})
}

// SetItem stores an item in the place of the one at position n.
func (k *Desk) SetItem(ctx context.Context, by actor.Actor, id string, version int64, n int, item Item) error {
	return k.changeList(ctx, by, id, version, "item-change", func(tx *db.Tx, a Activity) (Activity, error) {
		if n < 0 || n >= len(a.Items) {
			return a, notFound()
		}
		tidyItem(&item)
		var f fault.Form
		checkItem(&f, a, item)
		a.Items = slices.Clone(a.Items)
		a.Items[n] = item.over(a.Items[n])
		return a, f.Err()
	})
}

// MoveItem moves the item at position n one up or down.
func (k *Desk) MoveItem(ctx context.Context, by actor.Actor, id string, version int64, n int, up bool) error {
	return k.changeList(ctx, by, id, version, "item-move", func(tx *db.Tx, a Activity) (Activity, error) {
		m := n + 1
		if up {
			m = n - 1
		}
		if n < 0 || m < 0 || n >= len(a.Items) || m >= len(a.Items) {
			return a, notFound()
		}
		a.Items = slices.Clone(a.Items)
		a.Items[n], a.Items[m] = a.Items[m], a.Items[n]
		return a, nil
	})
}

// RemoveItem takes the item at position n out. The journal keeps it.
func (k *Desk) RemoveItem(ctx context.Context, by actor.Actor, id string, version int64, n int) error {
	return k.changeList(ctx, by, id, version, "item-remove", func(tx *db.Tx, a Activity) (Activity, error) {
		if n < 0 || n >= len(a.Items) {
			return a, notFound()
		}
		a.Items = slices.Delete(slices.Clone(a.Items), n, n+1)
		return a, nil
	})
}

// changeList is change for the list of items, whose version grows with each change of a session too.
func (k *Desk) changeList(ctx context.Context, by actor.Actor, id string, version int64, action string, change func(*db.Tx, Activity) (Activity, error)) error {
	return k.changeAt(ctx, by, id, version, Activity.ListVersion, action, change)
}

func (k *Desk) change(ctx context.Context, by actor.Actor, id string, version int64, action string, change func(*db.Tx, Activity) (Activity, error)) error {
	return k.changeAt(ctx, by, id, version, func(a Activity) int64 { return a.Version }, action, change)
}

func (k *Desk) changeAt(ctx context.Context, by actor.Actor, id string, version int64, at func(Activity) int64, action string,
	change func(*db.Tx, Activity) (Activity, error)) error {
	if err := by.NeedOfficer(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		if at(old) != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		a, err := change(tx, old)
		if err != nil {
			return err
		}
		if old.State == Withdrawn && a.State == Published {
			action = "restore"
		}
		if a.Version = old.Version; same(old, a) {
			return nil // saving what is there already leaves no entry
		}
		if err := PutActivity(ctx, tx, a); err != nil {
			return err
		}
		a.Version++
		return tx.Record(ctx, by, "activity", id, action, old.journalled(), a.journalled())
	})
}

func tidyActivity(a *Activity) {
	for _, s := range []*string{&a.ID, &a.Label, &a.Printed, &a.Venue, &a.Zone, &a.Place, &a.Programme, &a.Parent} {
		*s = strings.TrimSpace(*s)
	}
	a.Names, a.Aims, a.Notes, a.Topics = tidy(a.Names), tidy(a.Aims), tidy(a.Notes), tidyList(a.Topics)
	a.Roles, a.Participants = tidyRoles(a.Roles), tidyParticipants(a.Participants)
}

func tidyItem(i *Item) {
	i.Names, i.Text = tidy(i.Names), tidy(i.Text)
	i.Starts, i.Ends, i.Venue = strings.TrimSpace(i.Starts), strings.TrimSpace(i.Ends), strings.TrimSpace(i.Venue)
}

func at(list string, i int, field string) string { return fmt.Sprintf("%s.%d.%s", list, i, field) }

// checkActivity finds what cannot be stored. Oddities of a source, such as a forum on a Sunday, are no faults.
func checkActivity(ctx context.Context, tx *db.Tx, a Activity) error {
	var f fault.Form
	if len(a.Names) == 0 {
		f.Add("names", "activity.names.missing")
	}
	checkTexts(&f, "names", a.Names, 300)
	if !db.IsSlug(a.ID) {
		f.Add("id", "activity.id.form", "ID", a.ID)
	}
	if !slices.Contains(Kinds, a.Kind) {
		f.Add("kind", "activity.kind.missing")
	}
	if a.Programme != "" {
		if _, err := programme(ctx, tx, a.Programme); fault.CodeOf(err) == fault.NotFound {
			f.Add("programme", "activity.programme.unknown", "ID", a.Programme)
		} else if err != nil {
			return err
		}
	}
	for id, hops := a.Parent, 0; id != ""; hops++ {
		p, err := one(ctx, tx, id)
		if fault.CodeOf(err) == fault.NotFound {
			f.Add("parent", "activity.parent.unknown", "ID", id)
			break
		} else if err != nil {
			return err
		}
		if p.ID == a.ID || hops > 20 {
			f.Add("parent", "activity.parent.circle")
			break
		}
		id = p.Parent
	}
	if a.Place != "" {
		if ok, err := there(ctx, tx, "place", a.Place); err != nil {
			return err
		} else if !ok {
			f.Add("place", "activity.place.unknown", "ID", a.Place)
		}
	}
	if a.Zone != "" && Zone(a.Zone) == nil {
		f.Add("zone", "activity.zone.unknown", "Zone", a.Zone)
	}
	if !slices.Contains(Modes, a.Mode) {
		f.Add("mode", "activity.mode.unknown")
	}
	for _, s := range []struct{ field, value string }{{"label", a.Label}, {"printed", a.Printed}, {"venue", a.Venue}} {
		checkString(&f, s.field, s.value, 300)
	}
	checkTexts(&f, "aims", a.Aims, 4000)
	checkTexts(&f, "notes", a.Notes, 4000)
	if err := checkTopics(ctx, tx, &f, a.Topics); err != nil {
		return err
	}
	if err := checkRoles(ctx, tx, &f, a.Roles); err != nil {
		return err
	}
	if err := checkParticipants(ctx, tx, &f, a.Participants); err != nil {
		return err
	}
	checkAgenda(&f, a.Agenda)
	days := a
	if a.Agenda != nil {
		days.Period = network.Period{} // a session outside the days is a remark of the agenda's check
	}
	for _, i := range a.Items {
		var g fault.Form
		checkItem(&g, days, i)
		checkSession(&g, a.Shape(), i)
		var e *fault.Error
		if errors.As(g.Err(), &e) {
			name, _ := i.Names.In("en")
			f.Add("items", "activity.item.problem", "Name", name, "Message", e.Fields[0].Message)
		}
	}
	return f.Err()
}

func checkParticipants(ctx context.Context, tx *db.Tx, f *fault.Form, ps []Participant) error {
	for i, p := range ps {
		if p.Place != "" {
			if ok, err := there(ctx, tx, "place", p.Place); err != nil {
				return err
			} else if !ok {
				f.Add(at("participants", i, "place"), "activity.place.unknown", "ID", p.Place)
			}
		}
		if !slices.Contains(Parts, p.Part) {
			f.Add(at("participants", i, "part"), "activity.part.missing")
		}
		if p.Place == "" && (p.Unnamed < 1 || p.Unnamed > 100000) {
			f.Add(at("participants", i, "unnamed"), "activity.group.count")
		}
		if p.Place == "" && len(p.Names) == 0 {
			f.Add(at("participants", i, "names"), "activity.group.name")
		}
		checkTexts(f, at("participants", i, "names"), p.Names, 300)
		checkString(f, at("participants", i, "note"), p.Note, 500)
	}
	return nil
}

func checkItem(f *fault.Form, a Activity, i Item) {
	if len(i.Names) == 0 {
		f.Add("names", "activity.names.missing")
	}
	checkTexts(f, "names", i.Names, 300)
	checkTexts(f, "text", i.Text, 4000)
	checkString(f, "venue", i.Venue, 300)
	if !slices.Contains(ItemKinds, i.Kind) {
		f.Add("kind", "activity.kind.missing")
	}
	zone := Zone(a.Zone)
	if (i.Starts != "" || i.Ends != "") && zone == nil {
		f.Add("starts", "activity.item.zone")
		return
	}
	var from, to time.Time
	var err error
	if i.Starts != "" {
		if from, err = Clock(i.Starts, zone); err != nil {
			addErr(f, "starts", err)
		}
	}
	if i.Ends != "" {
		if to, err = Clock(i.Ends, zone); err != nil {
			addErr(f, "ends", err)
		} else if i.Starts == "" {
			f.Add("starts", "activity.item.nostart")
		} else if !from.IsZero() && !to.After(from) {
			f.Add("ends", "activity.item.order")
		}
	}
	if !from.IsZero() && a.Period.Precision == network.Day {
		y, m, d := from.Date()
		if day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); !a.Period.Contains(day) {
			f.Add("starts", "activity.item.outside")
		}
	}
}

func addErr(f *fault.Form, field string, err error) {
	if e, ok := err.(*fault.Error); ok {
		var pairs []any
		for n, v := range e.Message.Args {
			pairs = append(pairs, n, v)
		}
		f.Add(field, e.Message.Key, pairs...)
	}
}
