package activity

import (
	"slices"
	"time"

	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// Problem is something in an agenda that somebody should look at, said in words. What it is about are names, in the languages
// they have: the text has places for them.
type Problem struct {
	Rule  string   // text "agenda.problem.<rule>"
	Item  string   // the session it stands at
	Other string   // the other session of a clash
	Talk  string   // the talk it is about
	Names db.Text  // of the session
	Else  db.Text  // name of the other session, room or talk
	Room  db.Text  // where
	Who   *Speaker // who stands twice
	From  string   // language that is spoken
	To    string   // language that nobody interprets into
	Count int64    // minutes, seats
	Most  int64    // minutes, seats that there are
	Grave bool     // it cannot happen like that; others may be meant
}

// Rules of the check, the gravest first.
var Rules = []string{"speaker", "interpreter", "room", "outside", "long", "pair", "seats", "place", "time", "name"}

// span is when something of a session happens.
type period struct {
	item, talk int
	from, to   time.Time
}

func (p period) meets(q period) bool { return p.from.Before(q.to) && q.from.Before(p.to) }

// Check finds the problems of an agenda, in the order of its sessions and rules. seats is how many people are confirmed on
// site.
func Check(a Activity, seats int) []Problem {
	s, zone := a.Shape(), Zone(a.Zone)
	items := slices.Clone(s.Items)
	ByStart(items)
	spans := make([]period, len(items))
	var out []Problem
	add := func(n int, p Problem) {
		p.Item, p.Names = items[n].ID, items[n].Names
		out = append(out, p)
	}
	for n, i := range items {
		from, to := i.Moments(zone)
		if !from.IsZero() && to.IsZero() {
			to = from.Add(30 * time.Minute) // without an end it lasts some time all the same
		}
		spans[n] = period{n, -1, from, to}
	}
	for n, i := range items {
		if i.Cancelled || !timed(i) {
			continue
		}
		at := spans[n]
		room, _ := s.Room(i.Room)
		for m := n + 1; m < len(items); m++ {
			if items[m].Cancelled || !timed(items[m]) || at.from.IsZero() || spans[m].from.IsZero() {
				continue
			}
			if at.meets(spans[m]) && i.Room != "" && i.Room == items[m].Room {
				for _, pair := range [][2]int{{n, m}, {m, n}} {
					add(pair[0], Problem{Rule: "room", Other: items[pair[1]].ID, Else: items[pair[1]].Names, Room: room.Names, Grave: true})
				}
			}
			for _, x := range engaged(i, n, at, zone) {
				for _, y := range engaged(items[m], m, spans[m], zone) {
					if x.who.Key() == y.who.Key() && x.at.meets(y.at) {
						rule := "speaker"
						if x.who.Role == "interpreter" || y.who.Role == "interpreter" {
							rule = "interpreter"
						}
						add(n, Problem{Rule: rule, Other: items[m].ID, Else: items[m].Names, Who: &x.who, Grave: true})
						add(m, Problem{Rule: rule, Other: i.ID, Else: i.Names, Who: &y.who, Grave: true})
					}
				}
			}
		}
		if at.from.IsZero() {
			add(n, Problem{Rule: "time"})
		} else if outside(a, at, zone) {
			add(n, Problem{Rule: "outside", Grave: true})
		}
		if i.Kind != "break" && i.Room == "" && len(s.Rooms) > 0 && i.Venue == "" {
			add(n, Problem{Rule: "place"})
		}
		out = append(out, talks(i, spans[n], zone)...)
		out = append(out, unheard(s, i)...)
		if p, few := crowded(s, items, spans, n, int64(seats)); few {
			add(n, p)
		}
		for _, w := range i.Speakers {
			if !w.Named() {
				add(n, Problem{Rule: "name"})
			}
		}
	}
	rank := func(p Problem) int { return slices.Index(Rules, p.Rule) }
	order := map[string]int{}
	for n, i := range items {
		order[i.ID] = n
	}
	slices.SortStableFunc(out, func(x, y Problem) int {
		if d := order[x.Item] - order[y.Item]; d != 0 {
			return d
		}
		return rank(x) - rank(y)
	})
	// A speaker with two talks in one session stands in the other one twice, which is one problem.
	return slices.CompactFunc(out, func(x, y Problem) bool {
		return x.Item == y.Item && x.Rule == y.Rule && x.Other == y.Other && x.Talk == y.Talk && x.From == y.From && x.To == y.To && (x.Who == nil || y.Who == nil || x.Who.Key() == y.Who.Key())
	})
}

// timed reports whether an item happens at a time: packages of work, milestones and outputs do not.
func timed(i Item) bool { return !slices.Contains([]string{"package", "milestone", "output"}, i.Kind) }

// busy is somebody for a time.
type busy struct {
	who Speaker
	at  period
}

// engaged lists who is busy in a session, and when: with a talk of known time for that time, else for all of the session.
func engaged(i Item, n int, whole period, zone *time.Location) []busy {
	if whole.from.IsZero() {
		return nil
	}
	var out []busy
	add := func(list []Speaker, role string, at period) {
		for _, s := range list {
			if s.Role == "" || role == "interpreter" {
				s.Role = role
			}
			if s.Named() {
				out = append(out, busy{s, at})
			}
		}
	}
	add(i.Speakers, "chair", whole)
	for m, t := range i.Talks {
		at := period{n, m, whole.from, whole.to}
		if from, to := i.TalkAt(m, zone); !from.IsZero() && !to.IsZero() {
			at.from, at.to = from, to
		}
		add(t.Speakers, "speaker", at)
	}
	for _, p := range i.Pairs {
		add(p.Interpreters, "interpreter", whole)
	}
	return out
}

// outside reports whether a session is not on the days of its activity.
func outside(a Activity, at period, zone *time.Location) bool {
	if a.Period.Precision != network.Day || zone == nil {
		return false
	}
	end := at.to.In(zone).Add(-time.Second) // what ends at midnight ends on the day before
	return !a.Period.Contains(civil(at.from.In(zone))) || end.After(at.from) && !a.Period.Contains(civil(end))
}

// talks finds talks that are longer than their session.
func talks(i Item, at period, zone *time.Location) (out []Problem) {
	from, to := i.Moments(zone)
	if from.IsZero() || to.IsZero() {
		return nil
	}
	whole, sum := int64(to.Sub(from)/time.Minute), int64(0)
	for _, t := range i.Talks {
		sum += t.Minutes
		if t.Minutes > whole {
			out = append(out, Problem{Rule: "long", Item: i.ID, Names: i.Names, Talk: t.ID, Else: t.Names, Count: t.Minutes, Most: whole, Grave: true})
			return out
		}
	}
	if sum > whole {
		out = append(out, Problem{Rule: "long", Item: i.ID, Names: i.Names, Count: sum, Most: whole, Grave: true})
	}
	return out
}

// unheard finds languages in which somebody cannot follow a session: no chain of interpretation leads there from what is spoken.
func unheard(s Shape, i Item) (out []Problem) {
	if slices.Contains([]string{"break", "visit", "exercise"}, i.Kind) && len(i.Pairs) == 0 && len(i.Spoken()) == 0 {
		return nil
	}
	for _, spoken := range i.Spoken() {
		reached := map[string]bool{spoken: true}
		for again := true; again; {
			again = false
			for _, p := range i.Pairs {
				if reached[p.From] != reached[p.To] {
					reached[p.From], reached[p.To], again = true, true, true
				}
			}
		}
		for _, l := range s.Languages {
			if !reached[l] {
				out = append(out, Problem{Rule: "pair", Item: i.ID, Names: i.Names, From: spoken, To: l, Grave: true})
			}
		}
	}
	return out
}

// crowded finds out whether the rooms in use during a session have fewer seats than people are confirmed.
func crowded(s Shape, items []Item, spans []period, n int, seats int64) (Problem, bool) {
	room, ok := s.Room(items[n].Room)
	if !ok || room.Seats == 0 || seats == 0 || spans[n].from.IsZero() {
		return Problem{}, false
	}
	used := map[string]bool{}
	var have int64
	for m, i := range items {
		if i.Cancelled || !timed(i) || m != n && (spans[m].from.IsZero() || !spans[n].meets(spans[m])) {
			continue
		}
		r, ok := s.Room(i.Room)
		if !ok || r.Seats == 0 {
			return Problem{}, false // somewhere else there is room that nobody counted
		}
		if !used[r.ID] {
			used[r.ID] = true
			have += r.Seats
		}
	}
	p := Problem{Rule: "seats", Room: room.Names, Count: seats, Most: have}
	if len(used) > 1 {
		p.Rule = "seats"
		p.Room = nil
	}
	return p, have < seats
}

// Text is the key of what a problem says.
func (p Problem) Text() string {
	key := "agenda.problem." + p.Rule
	switch {
	case p.Rule == "long" && len(p.Else) == 0:
		key += ".all"
	case p.Rule == "seats" && p.Room == nil:
		key += ".all"
	}
	return key
}

// Say is the problem as a message, with names made by the caller.
func (p Problem) Say(name func(db.Text) string, who func(Speaker) string, tongue func(string) string) fault.Message {
	args := []any{"Session", name(p.Names), "Other", name(p.Else), "Room", name(p.Room), "Count", int(p.Count), "Most", int(p.Most)}
	if p.Who != nil {
		args = append(args, "Who", who(*p.Who))
	}
	if p.From != "" {
		args = append(args, "From", tongue(p.From), "To", tongue(p.To))
	}
	return fault.Say(p.Text(), args...)
}
