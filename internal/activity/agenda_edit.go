package activity

import (
	"context"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// How large an agenda may grow.
const (
	mostItems    = 1000
	mostTalks    = 60
	mostSpeakers = 40
	mostRooms    = 60
)

var errConflict = fault.New(fault.Conflict, "error.conflict")

// Draft reads an activity with the draft of its agenda, for those who keep it. The sessions stand in the order of time.
func (k *Desk) Draft(ctx context.Context, by actor.Actor, id string) (a Activity, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		a, err = k.kept(ctx, tx, by, id)
		return err
	})
	a.Items = slices.Clone(a.Items)
	ByStart(a.Items)
	return a, err
}

// kept is an activity for one who runs it.
func (k *Desk) kept(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Activity, error) {
	a, err := one(ctx, tx, id)
	if err != nil {
		if !by.RunsAny() {
			err = by.NeedOfficer() // whether it is there is not told to others
		}
		return a, err
	}
	return a, by.NeedRuns(a.Programme, a.ID)
}

// ByStart puts sessions in the order of time, those of the same time as they were, those without a time last.
func ByStart(items []Item) {
	sort.SliceStable(items, func(i, j int) bool {
		a, b := items[i].Starts, items[j].Starts
		if (a == "") != (b == "") {
			return a != ""
		}
		return a < b
	})
}

// touch runs f on the agenda of an activity and stores what came of it. With the first change of what the public sees already
// that becomes release 1, and the rest happens in a draft.
func (k *Desk) touch(ctx context.Context, tx *db.Tx, by actor.Actor, id string, f func(a *Activity) error) (old, now Activity, err error) {
	if old, err = k.kept(ctx, tx, by, id); err != nil {
		return old, now, err
	}
	now = old
	now.Items = slices.Clone(old.Items)
	g := Agenda{Version: 1}
	if old.Agenda != nil {
		g = *old.Agenda
	}
	now.Agenda = &g
	if !g.Drafting {
		seen, err := shown(ctx, tx, old)
		if err != nil {
			return old, now, err
		}
		if seen && len(old.Items) > 0 {
			if err := putAgenda(ctx, tx, id, &Agenda{Languages: g.Languages, Rooms: g.Rooms, Tracks: g.Tracks, Drafting: true, Version: g.Version,
				Releases: []Release{{Number: 1, At: tx.Now, By: by.ID, Shape: old.Shape()}}}); err != nil {
				return old, now, err
			}
		}
		g.Drafting = true
	}
	if err := f(&now); err != nil {
		return old, now, err
	}
	if len(now.Items) > mostItems {
		return old, now, fault.New(fault.Invalid, "agenda.items.many", "Most", mostItems)
	}
	now.Items = identify(now.Items)
	if old.Agenda != nil && same(*old.Agenda, g) && same(old.Items, now.Items) {
		return old, now, nil
	}
	g.Changes++
	if err := putAgenda(ctx, tx, id, &g); err != nil {
		return old, now, err
	}
	if err := putItems(ctx, tx, id, now.Items); err != nil {
		return old, now, err
	}
	return old, now, nil
}

// AddSession puts a session into the draft and gives it with its id.
func (k *Desk) AddSession(ctx context.Context, by actor.Actor, id string, i Item) (out Item, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		out, err = k.addSession(ctx, tx, by, id, i)
		return err
	})
	return out, err
}

func (k *Desk) addSession(ctx context.Context, tx *db.Tx, by actor.Actor, id string, i Item) (Item, error) {
	tidySession(&i)
	i.ID, i.Version = "", 1
	n := 0
	_, now, err := k.touch(ctx, tx, by, id, func(a *Activity) error {
		if err := checkWhole(*a, i); err != nil {
			return err
		}
		n = len(a.Items)
		a.Items = append(a.Items, i)
		return nil
	})
	if err != nil {
		return i, err
	}
	i = now.Items[n]
	return i, tx.Record(ctx, by, SessionSubject, id+"/"+i.ID, "create", nil, i)
}

// SetSession stores a session over the version it was made from. Others who edit other sessions are not in the way.
func (k *Desk) SetSession(ctx context.Context, by actor.Actor, id string, i Item) error {
	tidySession(&i)
	return k.setSession(ctx, by, id, i.ID, i.Version, "update", func(a Activity, old Item) (Item, error) { return i, checkWhole(a, i) })
}

// CancelSession marks a session as not held, or takes that back. Readers and calendars are told with the next release.
func (k *Desk) CancelSession(ctx context.Context, by actor.Actor, id, session string, version int64, cancelled bool) error {
	action := "cancel"
	if !cancelled {
		action = "restore"
	}
	return k.setSession(ctx, by, id, session, version, action, func(_ Activity, i Item) (Item, error) {
		i.Cancelled = cancelled
		return i, nil
	})
}

func (k *Desk) setSession(ctx context.Context, by actor.Actor, id, key string, version int64, action string, change func(Activity, Item) (Item, error)) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		var was, now Item
		_, _, err := k.touch(ctx, tx, by, id, func(a *Activity) error {
			n := slices.IndexFunc(a.Items, func(i Item) bool { return i.ID == key })
			if n < 0 {
				return notFound()
			}
			if was = a.Items[n]; was.Version != version {
				return errConflict
			}
			var err error
			if now, err = change(*a, was); err != nil {
				return err
			}
			a.Items[n] = now
			return nil
		})
		if err != nil || same(was, now) {
			return err
		}
		now.Version = was.Version + 1
		return tx.Record(ctx, by, SessionSubject, id+"/"+key, action, was, now)
	})
}

// RemoveSession takes a session out of the draft. Calendars of readers who have it learn with the next release that it is
// cancelled.
func (k *Desk) RemoveSession(ctx context.Context, by actor.Actor, id, key string, version int64) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		var was Item
		_, _, err := k.touch(ctx, tx, by, id, func(a *Activity) error {
			n := slices.IndexFunc(a.Items, func(i Item) bool { return i.ID == key })
			if n < 0 {
				return notFound()
			}
			if was = a.Items[n]; was.Version != version {
				return errConflict
			}
			a.Items = slices.Delete(a.Items, n, n+1)
			return nil
		})
		if err != nil {
			return err
		}
		return tx.Record(ctx, by, SessionSubject, id+"/"+key, "delete", was, nil)
	})
}

// SetFrame stores languages, rooms and tracks over the version they were made from.
func (k *Desk) SetFrame(ctx context.Context, by actor.Actor, id string, g Agenda) error {
	tidyAgenda(&g)
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, now, err := k.touch(ctx, tx, by, id, func(a *Activity) error {
			if a.Agenda.Version != max(g.Version, 1) {
				return errConflict
			}
			var f fault.Form
			checkAgenda(&f, &g)
			for _, i := range a.Items {
				if name, _ := i.Names.In("en"); i.Room != "" && !slices.ContainsFunc(g.Rooms, func(r Room) bool { return r.ID == i.Room }) {
					f.Add("rooms", "agenda.room.used", "Name", name)
				} else if i.Track != "" && !slices.ContainsFunc(g.Tracks, func(t Track) bool { return t.ID == i.Track }) {
					f.Add("tracks", "agenda.track.used", "Name", name)
				}
			}
			if err := f.Err(); err != nil {
				return err
			}
			was := *a.Agenda
			a.Agenda.Languages, a.Agenda.Rooms, a.Agenda.Tracks = g.Languages, g.Rooms, g.Tracks
			if !same(was, *a.Agenda) {
				a.Agenda.Version++
			}
			return nil
		})
		if err != nil {
			return err
		}
		return tx.Record(ctx, by, AgendaSubject, id, "update", old.Agenda, now.Agenda)
	})
}

func tidyAgenda(g *Agenda) {
	g.Languages = tidyList(g.Languages)
	taken := map[string]bool{}
	for _, r := range g.Rooms {
		taken[r.ID] = true
	}
	var rooms []Room
	for _, r := range g.Rooms {
		if r.Names = tidy(r.Names); len(r.Names) == 0 && r.Seats == 0 {
			continue
		}
		if name, _ := r.Names.In("en"); r.ID == "" {
			r.ID = free(taken, name, "room")
		}
		rooms = append(rooms, r)
	}
	taken = map[string]bool{}
	for _, t := range g.Tracks {
		taken[t.ID] = true
	}
	var tracks []Track
	for _, t := range g.Tracks {
		if t.Names = tidy(t.Names); len(t.Names) == 0 {
			continue
		}
		if name, _ := t.Names.In("en"); t.ID == "" {
			t.ID = free(taken, name, "track")
		}
		tracks = append(tracks, t)
	}
	g.Rooms, g.Tracks = rooms, tracks
}

func tidySession(i *Item) {
	tidyItem(i)
	i.Languages = tidyList(i.Languages)
	i.Speakers = tidySpeakers(i.Speakers)
	i.Talks = slices.DeleteFunc(slices.Clone(i.Talks), func(t Talk) bool {
		return len(tidy(t.Names)) == 0 && len(tidySpeakers(t.Speakers)) == 0 && t.Minutes == 0 && len(tidy(t.Text)) == 0
	})
	for n := range i.Talks {
		t := &i.Talks[n]
		t.Names, t.Text, t.Speakers = tidy(t.Names), tidy(t.Text), tidySpeakers(t.Speakers)
	}
	i.Pairs = slices.DeleteFunc(slices.Clone(i.Pairs), func(p Pair) bool { return p.From == "" && p.To == "" && len(tidySpeakers(p.Interpreters)) == 0 })
	for n := range i.Pairs {
		i.Pairs[n].Interpreters = tidySpeakers(i.Pairs[n].Interpreters)
	}
	i.Links = slices.DeleteFunc(slices.Clone(i.Links), func(l Access) bool { return strings.TrimSpace(l.URL) == "" && strings.TrimSpace(l.Note) == "" })
	for n := range i.Links {
		i.Links[n].URL, i.Links[n].Note = strings.TrimSpace(i.Links[n].URL), strings.TrimSpace(i.Links[n].Note)
	}
	if len(i.Talks) == 0 {
		i.Talks = nil
	}
	if len(i.Pairs) == 0 {
		i.Pairs = nil
	}
	if len(i.Links) == 0 {
		i.Links = nil
	}
}

func tidySpeakers(list []Speaker) []Speaker {
	var out []Speaker
	for _, s := range list {
		s.Name, s.Organisation = strings.Join(strings.Fields(s.Name), " "), strings.Join(strings.Fields(s.Organisation), " ")
		if s.Person != "" {
			s.Name = "" // the person's own is shown
		}
		if s.Person != "" || s.Name != "" || s.Organisation != "" {
			out = append(out, s)
		}
	}
	return out
}

// checkWhole finds what of a session cannot be stored.
func checkWhole(a Activity, i Item) error {
	var f fault.Form
	zone := a
	zone.Period = network.Period{} // a session outside the days of the activity is a remark, not a fault: the days may be what is wrong
	checkItem(&f, zone, i)
	checkSession(&f, a.Shape(), i)
	return f.Err()
}

// checkSession finds what of a session's own things cannot be stored. Conflicts between sessions are remarks, not faults.
func checkSession(f *fault.Form, s Shape, i Item) {
	if i.ID != "" && !db.IsSlug(i.ID) {
		f.Add("names", "activity.id.form", "ID", i.ID)
	}
	if _, ok := s.Room(i.Room); i.Room != "" && !ok {
		f.Add("room", "agenda.room.unknown", "ID", i.Room)
	}
	if _, ok := s.Track(i.Track); i.Track != "" && !ok {
		f.Add("track", "agenda.track.unknown", "ID", i.Track)
	}
	for _, l := range i.Languages {
		if !slices.Contains(Tongues, l) {
			f.Add("languages", "activity.language.unknown", "Language", l)
		}
	}
	checkSpeakers(f, "speakers", i.Speakers, SpeakerRoles)
	if len(i.Talks) > mostTalks {
		f.Add("talks", "agenda.talks.many", "Most", mostTalks)
	}
	for n, t := range i.Talks {
		if len(t.Names) == 0 {
			f.Add(at("talks", n, "names"), "activity.names.missing")
		}
		checkTexts(f, at("talks", n, "names"), t.Names, 300)
		checkTexts(f, at("talks", n, "text"), t.Text, 4000)
		if t.Minutes < 0 || t.Minutes > 24*60 {
			f.Add(at("talks", n, "minutes"), "agenda.talk.minutes")
		}
		if t.Language != "" && !slices.Contains(Tongues, t.Language) {
			f.Add(at("talks", n, "language"), "activity.language.unknown", "Language", t.Language)
		}
		checkSpeakers(f, "talks."+strconv.Itoa(n)+".speakers", t.Speakers, SpeakerRoles)
	}
	for n, p := range i.Pairs {
		switch {
		case !slices.Contains(Tongues, p.From):
			f.Add(at("pairs", n, "from"), "agenda.pair.language")
		case !slices.Contains(Tongues, p.To):
			f.Add(at("pairs", n, "to"), "agenda.pair.language")
		case p.From == p.To:
			f.Add(at("pairs", n, "to"), "agenda.pair.same")
		}
		checkSpeakers(f, "pairs."+strconv.Itoa(n)+".interpreters", p.Interpreters, nil)
	}
	for n, l := range i.Links {
		if u, err := url.Parse(l.URL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || len(l.URL) > 2000 {
			f.Add(at("links", n, "url"), "agenda.link.form")
		}
		if !slices.Contains(Doors, l.For) {
			f.Add(at("links", n, "for"), "agenda.link.for")
		}
		if l.Minutes < 0 || l.Minutes > 7*24*60 {
			f.Add(at("links", n, "minutes"), "agenda.link.minutes")
		}
		checkString(f, at("links", n, "note"), l.Note, 300)
	}
}

func checkSpeakers(f *fault.Form, field string, list []Speaker, roles []string) {
	if len(list) > mostSpeakers {
		f.Add(field, "agenda.speakers.many", "Most", mostSpeakers)
	}
	for n, s := range list {
		checkString(f, at(field, n, "name"), s.Name, 200)
		checkString(f, at(field, n, "organisation"), s.Organisation, 300)
		if !s.Named() {
			f.Add(at(field, n, "name"), "agenda.speaker.name")
		}
		if s.Role != "" && roles != nil && !slices.Contains(roles, s.Role) {
			f.Add(at(field, n, "role"), "activity.role.missing")
		}
	}
}

// checkAgenda finds what of the frame of an agenda cannot be stored.
func checkAgenda(f *fault.Form, g *Agenda) {
	if g == nil {
		return
	}
	for _, l := range g.Languages {
		if !slices.Contains(Tongues, l) {
			f.Add("languages", "activity.language.unknown", "Language", l)
		}
	}
	if len(g.Rooms) > mostRooms {
		f.Add("rooms", "agenda.rooms.many", "Most", mostRooms)
	}
	ids := map[string]bool{}
	for n, r := range g.Rooms {
		if len(r.Names) == 0 {
			f.Add(at("rooms", n, "names"), "activity.names.missing")
		}
		checkTexts(f, at("rooms", n, "names"), r.Names, 200)
		if r.Seats < 0 || r.Seats > 1000000 {
			f.Add(at("rooms", n, "seats"), "agenda.room.seats")
		}
		if !db.IsSlug(r.ID) || ids["room "+r.ID] {
			f.Add(at("rooms", n, "names"), "activity.id.form", "ID", r.ID)
		}
		ids["room "+r.ID] = true
	}
	for n, t := range g.Tracks {
		checkTexts(f, at("tracks", n, "names"), t.Names, 200)
		if !db.IsSlug(t.ID) || ids["track "+t.ID] {
			f.Add(at("tracks", n, "names"), "activity.id.form", "ID", t.ID)
		}
		ids["track "+t.ID] = true
	}
}
