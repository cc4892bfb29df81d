package report

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/call"
	"aircommons/internal/db"
	"aircommons/internal/exchange"
	"aircommons/internal/fault"
	"aircommons/internal/network"
	"aircommons/internal/post"
)

// Openers are the desks in which focal points leave things open.
var Openers = []account.Opener{seats{}, call.Opener{}, exchange.Opener{}}

// seats are those of a city whose person was not named yet. They are the city's and need not be passed on.
type seats struct{}

func (seats) OpenItems(ctx context.Context, tx *db.Tx, place, _ string) (out []account.OpenItem, err error) {
	err = tx.Each(ctx, `SELECT p.id, a.names, a.id, a.period FROM participation p JOIN activity a ON a.id = p.activity_id WHERE p.place = $1 AND p.person_id = '' AND p.state IN ('named','invited','offered','confirmed') ORDER BY a.period, p.id`, []any{place}, func(scan func(...any) error) error {
		x := account.OpenItem{Kind: "seat"}
		var id string
		var period network.Period
		if err := scan(&x.Key, &x.Names, &id, &period); err != nil {
			return err
		}
		if period.Known() && !period.Open() && tx.Now.After(period.Last().AddDate(0, 0, 1)) {
			return nil // over
		}
		if period.Known() {
			x.Due = period.First().Format(time.DateOnly)
		}
		x.Path = "/activities/" + id
		out = append(out, x)
		return nil
	})
	return out, err
}

func (seats) PassOn(context.Context, *db.Tx, actor.Actor, string, string, string) error { return nil }

// Holder is a focal point of a city, now or earlier.
type Holder struct {
	Grant  account.Granted
	Person account.Person
	Now    bool // still holds the role
	Shown  bool // the reader may see who it is
}

// Handover is what went from one focal point to the next.
type Handover struct {
	Place    string
	From, To string // people
	At       time.Time
	Items    []account.OpenItem
}

// FocalPoints lists who speaks and spoke for a city, the first first. Names are for those who speak for it now, officers, and
// everybody where the person chose so.
func (k *Desk) FocalPoints(ctx context.Context, by actor.Actor, place string) (out []Holder, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = holders(ctx, tx, by, place)
		return err
	})
	return out, err
}

func holders(ctx context.Context, tx *db.Tx, by actor.Actor, place string) (out []Holder, err error) {
	held, err := account.Held(ctx, tx, actor.FocalPoint, actor.OfPlace, place)
	if err != nil {
		return nil, err
	}
	for _, g := range held {
		p, err := account.PersonByID(ctx, tx, g.Person)
		if err != nil {
			return nil, err
		}
		out = append(out, Holder{Grant: g, Person: p, Now: g.Holds(tx.Now), Shown: p.SeenBy(by, account.Sight{Runs: by.Speaks(place)})})
	}
	return out, nil
}

// Leaving is what stands open when a focal point leaves.
type Leaving struct {
	Place network.Place
	From  account.Person
	Next  []Holder // other focal points of the city
	Items []account.OpenItem
	Since time.Time
}

// mayHandOver is nil for officers and for the focal point who leaves.
func mayHandOver(by actor.Actor, place, from string) error {
	if by.Officer() || by.SignedIn() && by.ID == from && by.Speaks(place) {
		return nil
	}
	return by.NeedOfficer()
}

func leaving(ctx context.Context, tx *db.Tx, by actor.Actor, place, from string) (l Leaving, err error) {
	if err := mayHandOver(by, place, from); err != nil {
		return l, err
	}
	places, err := network.Places(ctx, tx)
	if err != nil {
		return l, err
	}
	for _, p := range places {
		if p.ID == place {
			l.Place = p
		}
	}
	all, err := holders(ctx, tx, by, place)
	if err != nil {
		return l, err
	}
	for _, h := range all {
		switch {
		case !h.Now:
		case h.Person.ID == from:
			l.From, l.Since = h.Person, h.Grant.Given
		default:
			l.Next = append(l.Next, h)
		}
	}
	if l.From.ID == "" || l.Place.ID == "" {
		return l, fault.New(fault.NotFound, "error.notfound")
	}
	for _, o := range Openers {
		items, err := o.OpenItems(ctx, tx, place, from)
		if err != nil {
			return l, err
		}
		l.Items = append(l.Items, items...)
	}
	return l, nil
}

// Leaving shows what stands open when a focal point leaves, for officers and that focal point.
func (k *Desk) Leaving(ctx context.Context, by actor.Actor, place, from string) (l Leaving, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		l, err = leaving(ctx, tx, by, place, from)
		return err
	})
	return l, err
}

// HandOver makes another person the focal point of a city in place of the one who leaves, with everything that is open, and
// writes to both. next is an id of a focal point of the city, or empty with the name and address of a new one.
func (k *Desk) HandOver(ctx context.Context, by actor.Actor, place, from, next, name, email, lang string) (n int, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		l, err := leaving(ctx, tx, by, place, from)
		if err != nil {
			return err
		}
		n = len(l.Items)
		var to account.Person
		for _, h := range l.Next {
			if h.Person.ID == next && next != "" {
				to = h.Person
			}
		}
		if to.ID == "" {
			var f fault.Form
			if strings.TrimSpace(name) == "" {
				f.Add("name", "report.handover.noname")
			}
			if strings.TrimSpace(email) == "" {
				f.Add("email", "report.handover.noemail")
			}
			if err := f.Err(); err != nil {
				return err
			}
			if to, err = account.Ensure(ctx, tx, by, account.Person{Name: name, Email: email, Language: lang}); err != nil {
				return err
			}
			if to.ID == from {
				f.Add("email", "report.handover.same")
				return f.Err()
			}
		}
		for _, o := range Openers {
			if err := o.PassOn(ctx, tx, by, place, from, to.ID); err != nil {
				return err
			}
		}
		if err := account.LeaveCity(ctx, tx, by, from, place); err != nil {
			return err
		}
		if err := account.Give(ctx, tx, by, to.ID, actor.Grant{Role: actor.FocalPoint, Subject: actor.OfPlace, Key: place}, time.Time{}); err != nil {
			return err
		}
		doc, err := json.Marshal(l.Items)
		if err != nil {
			return err
		}
		id := k.id()
		if _, err := tx.ExecContext(ctx, `INSERT INTO handover (id, place, from_person, to_person, at, by_id, items) VALUES ($1,$2,$3,$4,$5,$6,$7)`, id, place, from, to.ID, tx.Now, by.ID, string(doc)); err != nil {
			return err
		}
		for _, x := range []struct {
			word string
			who  account.Person
		}{{"from", l.From}, {"to", to}} {
			if x.who.Email == "" {
				continue
			}
			w := k.words(x.who.Language)
			city, _ := l.Place.Names.In(x.who.Language)
			var open []string
			for _, i := range l.Items {
				name, _ := i.Names.In(x.who.Language)
				open = append(open, "- "+w.T("report.open."+i.Kind)+": "+name)
			}
			if len(open) == 0 {
				open = []string{"- " + w.T("report.open.none")}
			}
			link := k.URL + "/" + w.Tag() + "/cities/" + place + "/history"
			if _, err := post.Add(ctx, tx, post.Letter{Key: "handover/" + id + "/" + x.word, To: x.who.Email, ToName: x.who.Name, Lang: x.who.Language, Person: x.who.ID, Kind: post.Transactional,
				Subject: w.T("report.letter."+x.word+".subject", "City", city), Text: w.T("report.letter."+x.word+".text", "City", city, "Items", strings.Join(open, "\n"), "Link", link)}); err != nil {
				return err
			}
		}
		return tx.Record(ctx, by, HandoverSubject, place, "handover", nil, map[string]any{"from": from, "to": to.ID, "items": n})
	})
	return n, err
}

// Handovers lists what was handed over in a city, the latest first, for officers and its focal points.
func (k *Desk) Handovers(ctx context.Context, by actor.Actor, place string) (out []Handover, err error) {
	if !by.Speaks(place) {
		return nil, nil
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		return tx.Each(ctx, `SELECT place, from_person, to_person, at, items FROM handover WHERE place = $1 ORDER BY at DESC, id`, []any{place}, func(scan func(...any) error) error {
			var x Handover
			var doc string
			if err := scan(&x.Place, &x.From, &x.To, &x.At, &doc); err != nil {
				return err
			}
			x.At = x.At.UTC()
			if err := json.Unmarshal([]byte(doc), &x.Items); err != nil {
				return err
			}
			out = append(out, x)
			return nil
		})
	})
	return out, err
}

// TookPart tells of how many people of a city each activity knows: of those that are over, as the public figures tell; who speaks
// for the city reads all. What people registered with stays, whatever they do later.
func (k *Desk) TookPart(ctx context.Context, by actor.Actor, place string) (map[string]int, error) {
	out := map[string]int{}
	err := k.db.Read(ctx, func(tx *db.Tx) error {
		var ids []string
		err := tx.Each(ctx, `SELECT DISTINCT activity_id FROM participation WHERE place = $1 AND person_id <> '' AND state IN `+held, []any{place}, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
		if err != nil {
			return err
		}
		for _, id := range ids {
			f, err := Count(ctx, tx, id, !by.Speaks(place))
			if err != nil {
				return err
			}
			for _, c := range f.Table("city").Cells {
				if c.Key == place {
					out[id] = c.Count
				}
			}
		}
		return nil
	})
	return out, err
}
