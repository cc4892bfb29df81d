package activity

import (
	"context"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/post"
)

// Change is what became of one session between two states of an agenda.
type Change struct {
	ID   string
	Was  *Item    // nil: it is new
	Now  *Item    // nil: it is gone
	What []string // words of what differs: "names", "when", "room", "people" and so on; texts "agenda.change.<word>"
}

// Difference is what changed between two states of an agenda, in the order of time.
type Difference struct {
	From, To Shape
	Changes  []Change
	Frame    []string // "languages", "rooms", "tracks"
}

// Any reports whether anything changed.
func (d Difference) Any() bool { return len(d.Changes)+len(d.Frame) > 0 }

// Compare finds what changed from one state of an agenda to another.
func Compare(from, to Shape) Difference {
	d := Difference{From: from, To: to}
	for n := range to.Items {
		now := to.Items[n]
		was, ok := from.Item(now.ID)
		if !ok {
			d.Changes = append(d.Changes, Change{ID: now.ID, Now: &now, What: []string{"new"}})
			continue
		}
		if what := differs(was, now); len(what) > 0 {
			d.Changes = append(d.Changes, Change{ID: now.ID, Was: &was, Now: &now, What: what})
		}
	}
	for n := range from.Items {
		was := from.Items[n]
		if _, ok := to.Item(was.ID); !ok {
			d.Changes = append(d.Changes, Change{ID: was.ID, Was: &was, What: []string{"gone"}})
		}
	}
	sort.SliceStable(d.Changes, func(i, j int) bool { return d.Changes[i].any().Starts < d.Changes[j].any().Starts })
	for _, f := range []struct {
		word string
		a, b any
	}{{"languages", from.Languages, to.Languages}, {"rooms", from.Rooms, to.Rooms}, {"tracks", from.Tracks, to.Tracks}} {
		if !same(f.a, f.b) && !(empty(f.a) && empty(f.b)) {
			d.Frame = append(d.Frame, f.word)
		}
	}
	return d
}

func empty(x any) bool {
	switch x := x.(type) {
	case db.List:
		return len(x) == 0
	case []Room:
		return len(x) == 0
	case []Track:
		return len(x) == 0
	}
	return false
}

func (c Change) any() Item {
	if c.Now != nil {
		return *c.Now
	}
	return *c.Was
}

// Item is the session as it is now, or as it was before it was taken out.
func (c Change) Item() Item { return c.any() }

// differs names what of a session is not as it was.
func differs(was, now Item) []string {
	var out []string
	add := func(word string, a, b any) {
		if !same(a, b) {
			out = append(out, word)
		}
	}
	if was.Cancelled != now.Cancelled {
		if word := "cancelled"; now.Cancelled {
			out = append(out, word)
		} else {
			out = append(out, "held")
		}
	}
	add("names", tidy(was.Names), tidy(now.Names)) // no text and an empty one are the same
	add("when", [2]string{was.Starts, was.Ends}, [2]string{now.Starts, now.Ends})
	add("room", [2]string{was.Room, was.Venue}, [2]string{now.Room, now.Venue})
	add("track", was.Track, now.Track)
	add("kind", was.Kind, now.Kind)
	add("people", people(was), people(now))
	add("spoken", was.Spoken(), now.Spoken())
	add("pairs", was.Pairs, now.Pairs)
	add("text", tidy(was.Text), tidy(now.Text))
	strip := func(ts []Talk) []Talk {
		var out []Talk
		for _, t := range ts {
			t.Speakers, t.Language = nil, ""
			out = append(out, t)
		}
		return out
	}
	add("talks", strip(was.Talks), strip(now.Talks))
	add("links", was.Links, now.Links)
	return out
}

func people(i Item) []string {
	var out []string
	for _, s := range i.People() {
		out = append(out, s.Key()+"\x00"+s.Role+"\x00"+s.Organisation)
	}
	return out
}

// Speech says changes in a language: how names of people, and times, are written.
type Speech struct {
	W   *catalog.Words
	Who func(Speaker) string
	At  Clocks
}

func (p Speech) name(t db.Text) string { s, _ := t.In(p.W.Tag()); return s }

func (p Speech) room(s Shape, i Item) string {
	r, _ := s.Room(i.Room)
	if n := p.name(r.Names); n != "" {
		return n
	}
	if i.Venue != "" {
		return i.Venue
	}
	return p.W.T("agenda.noroom")
}

// When is the time of a session with its day.
func (p Speech) When(i Item) string {
	from, to := i.Moments(p.At.Place)
	if from.IsZero() {
		return p.W.T("agenda.notime")
	}
	return p.W.T("agenda.when", "Weekday", p.W.WeekdayShort(from.Weekday()), "Day", p.W.DayMonth(int(from.Month()), from.Day()), "Time", p.At.Range(p.W, from, to))
}

// Say tells what became of a session, in sentences.
func (p Speech) Say(d Difference, c Change) []string {
	var out []string
	for _, word := range c.What {
		key := "agenda.change." + word
		switch word {
		case "names":
			out = append(out, p.W.T(key, "Was", p.name(c.Was.Names), "Now", p.name(c.Now.Names)))
		case "when":
			out = append(out, p.W.T(key, "Was", p.When(*c.Was), "Now", p.When(*c.Now)))
		case "room":
			out = append(out, p.W.T(key, "Was", p.room(d.From, *c.Was), "Now", p.room(d.To, *c.Now)))
		case "people":
			was, now := p.names(*c.Was), p.names(*c.Now)
			came := slices.DeleteFunc(slices.Clone(now), func(s string) bool { return slices.Contains(was, s) })
			went := slices.DeleteFunc(slices.Clone(was), func(s string) bool { return slices.Contains(now, s) })
			if len(came) > 0 {
				out = append(out, p.W.T("agenda.change.people.came", "Names", strings.Join(came, ", ")))
			}
			if len(went) > 0 {
				out = append(out, p.W.T("agenda.change.people.went", "Names", strings.Join(went, ", ")))
			}
			if len(came)+len(went) == 0 {
				out = append(out, p.W.T("agenda.change.people"))
			}
		case "new":
			if c.Now.Room == "" && c.Now.Venue == "" {
				out = append(out, p.W.T("agenda.change.new.time", "Now", p.When(*c.Now)))
				continue
			}
			out = append(out, p.W.T(key, "Now", p.When(*c.Now), "Room", p.room(d.To, *c.Now)))
		default:
			out = append(out, p.W.T(key))
		}
	}
	return out
}

func (p Speech) names(i Item) []string {
	var out []string
	for _, s := range i.People() {
		out = append(out, p.Who(s))
	}
	return out
}

// Versions lists the releases of an agenda, the latest first, for those who keep it.
func (k *Desk) Versions(ctx context.Context, by actor.Actor, id string) (out []Release, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.kept(ctx, tx, by, id); err != nil {
			return err
		}
		out, err = releases(ctx, tx, `WHERE activity_id = $1 ORDER BY number DESC`, id)
		return err
	})
	return out, err
}

// Released is what everybody was told last of an agenda, with number 0 and the items as they are where nothing was released.
func (k *Desk) Released(ctx context.Context, by actor.Actor, id string) (r Release, err error) {
	if _, err := k.Activity(ctx, by, id); err != nil {
		return r, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if r, err = last(ctx, tx, id); err != nil || r.Number > 0 {
			r.Shape = r.Shape.public()
			return err
		}
		a, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		r.Shape, err = shapeOf(ctx, tx, a)
		return err
	})
	return r, err
}

// Release shows the draft to everybody as the next version. Letters to those concerned by what changed wait in the outbox for an
// officer's look: who speaks or interprets in a changed session, who chose it. changes is the state of the draft that the
// officer has seen.
func (k *Desk) Release(ctx context.Context, by actor.Actor, id string, changes int64) (r Release, letters int, err error) {
	texts, err := catalog.Load()
	if err != nil {
		return r, 0, err
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		letters = 0
		a, err := k.kept(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if a.Agenda == nil || len(a.Items) == 0 {
			return fault.New(fault.Invalid, "agenda.release.empty")
		}
		if a.Agenda.Changes != changes {
			return errConflict
		}
		before, err := last(ctx, tx, id)
		if err != nil {
			return err
		}
		d := Compare(before.Shape, a.Shape())
		if before.Number > 0 && !d.Any() {
			return fault.New(fault.Invalid, "agenda.release.same", "Number", int(before.Number))
		}
		r = Release{Number: before.Number + 1, At: tx.Now, By: by.ID, Shape: a.Shape()}
		g := *a.Agenda
		g.Drafting, g.Releases = true, []Release{r}
		if err := putAgenda(ctx, tx, id, &g); err != nil {
			return err
		}
		if before.Number > 0 {
			if letters, err = k.tell(ctx, tx, texts, a, r, d); err != nil {
				return err
			}
		}
		if err := calendarOf(ctx, tx, a); err != nil {
			return err
		}
		if err := indexActivity(ctx, tx, a); err != nil {
			return err
		}
		return tx.Record(ctx, by, AgendaSubject, id, "publish", nil, map[string]any{"number": r.Number, "letters": letters})
	})
	return r, letters, err
}

// concerned lists the people whom a change concerns, with the changes that do.
func (k *Desk) concerned(ctx context.Context, tx *db.Tx, id string, d Difference) (map[string][]Change, error) {
	out := map[string][]Change{}
	add := func(person string, c Change) {
		if person != "" && !slices.ContainsFunc(out[person], func(o Change) bool { return o.ID == c.ID }) {
			out[person] = append(out[person], c)
		}
	}
	for _, c := range d.Changes {
		for _, i := range []*Item{c.Was, c.Now} {
			if i == nil {
				continue
			}
			for _, s := range i.People() {
				add(s.Person, c)
			}
		}
		list, err := choosers(ctx, tx, id, c.ID)
		if err != nil {
			return nil, err
		}
		if k.Attending != nil {
			more, err := k.Attending(ctx, tx, id, []string{c.ID})
			if err != nil {
				return nil, err
			}
			list = append(list, more...)
		}
		for _, person := range list {
			add(person, c)
		}
	}
	return out, nil
}

// tell adds the letters about a release.
func (k *Desk) tell(ctx context.Context, tx *db.Tx, texts *catalog.Catalog, a Activity, r Release, d Difference) (n int, err error) {
	whom, err := k.concerned(ctx, tx, a.ID, d)
	if err != nil {
		return 0, err
	}
	who := map[string]account.Person{}
	for id := range whom {
		p, err := account.PersonByID(ctx, tx, id)
		if fault.CodeOf(err) == fault.NotFound {
			continue
		} else if err != nil {
			return 0, err
		}
		who[id] = p
	}
	named := map[string]account.Person{}
	for _, s := range []Shape{d.From, d.To} {
		for _, i := range s.Items {
			for _, sp := range i.People() {
				if _, there := named[sp.Person]; sp.Person == "" || there {
					continue
				}
				if p, err := account.PersonByID(ctx, tx, sp.Person); err == nil {
					named[sp.Person] = p
				} else if fault.CodeOf(err) != fault.NotFound {
					return 0, err
				}
			}
		}
	}
	ids := make([]string, 0, len(who))
	for id := range who {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		p := who[id]
		if p.IsErased() || p.Withdrawn || p.Email == "" {
			continue
		}
		w := texts.Lang(p.Language)
		speech := Speech{W: w, At: Clocks{Place: zoneOr(a.Zone)}, Who: func(s Speaker) string { return SpeakerName(named, s, w) }}
		var lines []string
		for _, c := range whom[id] {
			lines = append(lines, "* "+speech.name(c.any().Names)+": "+strings.Join(speech.Say(d, c), " "))
		}
		if _, err := post.Add(ctx, tx, post.Letter{Key: "agenda:" + a.ID + ":" + strconv.FormatInt(r.Number, 10) + ":" + id, To: p.Email, ToName: p.Name, Lang: p.Language,
			Person: id, Template: "agenda.changed", About: "activity", AboutKey: a.ID, Hold: true,
			Values: map[string]string{"Changes": strings.Join(lines, "\n"), "Link": k.Site + "/" + w.Tag() + "/activities/" + a.ID + "/agenda"}}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func zoneOr(name string) *time.Location {
	if z := Zone(name); z != nil {
		return z
	}
	return time.UTC
}

// SpeakerName is how somebody is called in an agenda. Of one whose data was erased only the role is known.
func SpeakerName(people map[string]account.Person, s Speaker, w *catalog.Words) string {
	if s.Person == "" {
		return s.Name
	}
	p, ok := people[s.Person]
	if !ok || p.IsErased() {
		return w.T("agenda.somebody")
	}
	name, _ := p.NameFor("display", w.Tag())
	return name
}

// Undo takes the draft back to what was released last. The journal keeps what the draft was.
func (k *Desk) Undo(ctx context.Context, by actor.Actor, id string, changes int64) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		r, err := last(ctx, tx, id)
		if err != nil {
			return err
		}
		old, now, err := k.touch(ctx, tx, by, id, func(a *Activity) error {
			if a.Agenda.Changes != changes {
				return errConflict
			}
			if r.Number == 0 {
				return fault.New(fault.Invalid, "agenda.undo.none")
			}
			a.Items, a.Agenda.Languages, a.Agenda.Rooms, a.Agenda.Tracks = slices.Clone(r.Items), r.Languages, r.Rooms, r.Tracks
			a.Agenda.Version++
			return nil
		})
		if err != nil {
			return err
		}
		// Sessions are entries of their own, so that what is about a person can be erased.
		for _, c := range Compare(old.Shape(), now.Shape()).Changes {
			if err := tx.Record(ctx, by, SessionSubject, id+"/"+c.ID, "undo", ptr(c.Was), ptr(c.Now)); err != nil {
				return err
			}
		}
		return tx.Record(ctx, by, AgendaSubject, id, "undo", nil, map[string]any{"number": r.Number})
	})
}

// ptr is nil as the journal wants it.
func ptr(i *Item) any {
	if i == nil {
		return nil
	}
	return *i
}

// Own lists the sessions that a person put into an agenda of their own, by activity.
func (k *Desk) Own(ctx context.Context, by actor.Actor) (out map[string][]string, err error) {
	if !by.SignedIn() {
		return nil, nil
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = chosen(ctx, tx, by.ID)
		return err
	})
	return out, err
}

func chosen(ctx context.Context, tx *db.Tx, person string) (map[string][]string, error) {
	out := map[string][]string{}
	return out, tx.Each(ctx, `SELECT activity_id, item FROM agenda_choice WHERE person = $1 ORDER BY activity_id, item`, []any{person}, func(scan func(...any) error) error {
		var a, i string
		err := scan(&a, &i)
		out[a] = append(out[a], i)
		return err
	})
}

func choosers(ctx context.Context, tx *db.Tx, activity, item string) (out []string, err error) {
	err = tx.Each(ctx, `SELECT person FROM agenda_choice WHERE activity_id = $1 AND item = $2 ORDER BY person`, []any{activity, item}, func(scan func(...any) error) error {
		var p string
		err := scan(&p)
		out = append(out, p)
		return err
	})
	return out, err
}

// Choose puts a session into the own agenda of the person who asks, or takes it out.
func (k *Desk) Choose(ctx context.Context, by actor.Actor, id, item string, on bool) error {
	if err := by.NeedPerson(); err != nil {
		return err
	}
	a, err := k.Activity(ctx, by, id)
	if err != nil {
		return err
	}
	if _, ok := a.Shape().Item(item); !ok && on {
		return notFound()
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if !on {
			if _, err := tx.ExecContext(ctx, `DELETE FROM agenda_choice WHERE activity_id = $1 AND item = $2 AND person = $3`, id, item, by.ID); err != nil {
				return err
			}
			return tx.Record(ctx, by, account.PersonSubject, by.ID, "session-drop", map[string]string{"activity": id, "session": item}, nil)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO agenda_choice (activity_id, item, person, at) VALUES ($1,$2,$3,$4) ON CONFLICT DO NOTHING`, id, item, by.ID, tx.Now); err != nil {
			return err
		}
		return tx.Record(ctx, by, account.PersonSubject, by.ID, "session-choose", nil, map[string]string{"activity": id, "session": item})
	})
}
