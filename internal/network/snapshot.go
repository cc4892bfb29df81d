package network

import (
	"context"
	"sort"

	"aircommons/internal/db"
)

// Snapshot is the whole desk in memory as of one revision of the store, for pages that name many things. It is never
// changed once made, so any number of readers may use it. By id it finds withdrawn things too, since what they did stays
// told under their name; its lists leave them out.
type Snapshot struct {
	Revision uint64

	places        map[string]Place
	organisations map[string]Organisation
	topics        map[string]Topic
	inside        map[string][]Place        // by parent
	parts         map[string][]Organisation // by parent
	at            map[string][]Organisation // by place
	narrower      map[string][]Topic        // by broader
	roots         map[string][]Topic        // by scheme, those without a broader one
	members       map[string][]Member       // by network
	memberships   map[[2]string][]Membership
	facts         map[[2]string][]Fact
	allPlaces     []Place
	allOrgs       []Organisation
	allTopics     []Topic
}

// Member is a place or an organisation in a network, with what each source says of it.
type Member struct {
	Subject     string // PlaceSubject or OrganisationSubject
	ID          string
	Memberships []Membership // the first source first, then by time
}

// Kind is the kind of membership that the first source states.
func (m Member) Kind() string { return m.Memberships[0].Kind }

// First reports whether the first source names the member, and not only a second one.
func (m Member) First() bool { return m.Memberships[0].Rank == 0 }

// Earliest is the period that begins first, unknown when no source gives one.
func (m Member) Earliest() Period {
	p := m.Memberships[0].Period
	for _, s := range m.Memberships[1:] {
		if s.Period.Before(p) {
			p = s.Period
		}
	}
	return p
}

// Latest is the period that begins last, unknown when no source gives one.
func (m Member) Latest() Period {
	var p Period
	for _, s := range m.Memberships {
		if s.Period.Known() && (!p.Known() || p.Before(s.Period)) {
			p = s.Period
		}
	}
	return p
}

// Branch is a thing with those below it.
type Branch[T any] struct {
	Item  T
	Below []Branch[T]
}

// Snapshot gives the desk as of now. It reads the store only when something has changed since the last call.
func (k *Desk) Snapshot(ctx context.Context) (*Snapshot, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	revision := k.db.RecordRevision() // before reading: a change in between makes the next call read again
	if k.snap != nil && k.snap.Revision == revision {
		return k.snap, nil
	}
	var s *Snapshot
	err := k.db.Read(ctx, func(tx *db.Tx) error {
		ps, err := Places(ctx, tx)
		if err != nil {
			return err
		}
		os, err := Organisations(ctx, tx)
		if err != nil {
			return err
		}
		ms, err := Memberships(ctx, tx)
		if err != nil {
			return err
		}
		ts, err := Topics(ctx, tx)
		if err != nil {
			return err
		}
		ss, err := Statements(ctx, tx)
		if err != nil {
			return err
		}
		s = newSnapshot(ps, os, ms, ts, ss)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.Revision = revision
	k.snap = s
	return s, nil
}

func newSnapshot(ps []Place, os []Organisation, ms []Membership, ts []Topic, ss []Statement) *Snapshot {
	s := &Snapshot{
		places: map[string]Place{}, organisations: map[string]Organisation{}, topics: map[string]Topic{},
		inside: map[string][]Place{}, parts: map[string][]Organisation{}, at: map[string][]Organisation{},
		narrower: map[string][]Topic{}, roots: map[string][]Topic{}, members: map[string][]Member{},
		memberships: map[[2]string][]Membership{}, facts: map[[2]string][]Fact{},
	}
	for _, p := range ps {
		s.places[p.ID] = p
		if !p.Withdrawn {
			s.allPlaces = append(s.allPlaces, p)
			if p.Parent != "" {
				s.inside[p.Parent] = append(s.inside[p.Parent], p)
			}
		}
	}
	for _, o := range os {
		s.organisations[o.ID] = o
	}
	for _, o := range os {
		if o.Withdrawn {
			continue
		}
		s.allOrgs = append(s.allOrgs, o)
		above := o.Parent
		if s.organisations[above].Withdrawn {
			above = "" // below a withdrawn one it is not lost
		}
		s.parts[above] = append(s.parts[above], o)
		if o.Place != "" {
			s.at[o.Place] = append(s.at[o.Place], o)
		}
	}
	for _, t := range ts {
		s.topics[t.ID] = t
	}
	for _, t := range ts {
		if t.Withdrawn {
			continue
		}
		s.allTopics = append(s.allTopics, t)
		if b, ok := s.topics[t.Broader]; ok && !b.Withdrawn {
			s.narrower[t.Broader] = append(s.narrower[t.Broader], t)
		} else {
			s.roots[t.Scheme] = append(s.roots[t.Scheme], t)
		}
	}
	s.addMembers(ms)
	statements := map[[2]string][]Statement{}
	for _, st := range ss {
		key := [2]string{st.Subject, st.SubjectKey}
		statements[key] = append(statements[key], st)
	}
	for key, list := range statements {
		s.facts[key] = FactsOf(list)
	}
	return s
}

func (s *Snapshot) addMembers(ms []Membership) {
	sort.SliceStable(ms, func(i, j int) bool {
		if ms[i].Rank != ms[j].Rank {
			return ms[i].Rank < ms[j].Rank
		}
		return ms[i].Period.Before(ms[j].Period)
	})
	for _, m := range ms {
		subject, id := PlaceSubject, m.Place
		if id == "" {
			subject, id = OrganisationSubject, m.Organisation
		}
		gone := s.places[id].Withdrawn
		if subject == OrganisationSubject {
			gone = s.organisations[id].Withdrawn
		}
		if m.Withdrawn || gone || s.organisations[m.Network].Withdrawn {
			continue
		}
		key := [2]string{subject, id}
		s.memberships[key] = append(s.memberships[key], m)
		list := s.members[m.Network]
		i := 0
		for i < len(list) && (list[i].Subject != subject || list[i].ID != id) {
			i++
		}
		if i == len(list) {
			list = append(list, Member{Subject: subject, ID: id})
		}
		list[i].Memberships = append(list[i].Memberships, m)
		s.members[m.Network] = list
	}
}

// Place finds a place by id, a withdrawn one too.
func (s *Snapshot) Place(id string) (Place, bool) { p, ok := s.places[id]; return p, ok }

// Organisation finds an organisation by id, a withdrawn one too.
func (s *Snapshot) Organisation(id string) (Organisation, bool) {
	o, ok := s.organisations[id]
	return o, ok
}

// Topic finds a topic by id, a withdrawn one too.
func (s *Snapshot) Topic(id string) (Topic, bool) { t, ok := s.topics[id]; return t, ok }

// PlaceName is the name of a place in lang, else in English, else its id.
func (s *Snapshot) PlaceName(id, lang string) string { return say(s.places[id].Names, lang, id) }

// OrganisationName is the name of an organisation in lang, else in English, else its id.
func (s *Snapshot) OrganisationName(id, lang string) string {
	return say(s.organisations[id].Names, lang, id)
}

// TopicName is the label of a topic in lang, else in English, else its id.
func (s *Snapshot) TopicName(id, lang string) string { return say(s.topics[id].Labels, lang, id) }

// Name is the name of a thing of this desk by its id alone: a place, else an organisation, else a topic.
func (s *Snapshot) Name(id, lang string) string {
	if p, ok := s.places[id]; ok {
		return say(p.Names, lang, id)
	}
	if o, ok := s.organisations[id]; ok {
		return say(o.Names, lang, id)
	}
	return s.TopicName(id, lang)
}

func say(t db.Text, lang, id string) string {
	if name, _ := t.In(lang); name != "" {
		return name
	}
	return id
}

// Places lists the places, by id.
func (s *Snapshot) Places() []Place { return s.allPlaces }

// Organisations lists the organisations, by id.
func (s *Snapshot) Organisations() []Organisation { return s.allOrgs }

// Topics lists the topics, by id.
func (s *Snapshot) Topics() []Topic { return s.allTopics }

// Cities lists the cities, by id.
func (s *Snapshot) Cities() []Place {
	var out []Place
	for _, p := range s.allPlaces {
		if p.Kind == "city" {
			out = append(out, p)
		}
	}
	return out
}

// Inside lists the places directly in a place.
func (s *Snapshot) Inside(id string) []Place { return s.inside[id] }

// Above lists what a place lies in, the nearest first.
func (s *Snapshot) Above(id string) []Place {
	var out []Place
	for p := s.places[id]; p.Parent != "" && len(out) < 20; {
		above, ok := s.places[p.Parent]
		if !ok {
			break
		}
		out = append(out, above)
		p = above
	}
	return out
}

// CountryOf is the country a place is or lies in; ok is false where the record has none.
func (s *Snapshot) CountryOf(id string) (country Place, ok bool) {
	if p := s.places[id]; p.Kind == "country" {
		return p, true
	}
	for _, p := range s.Above(id) {
		if p.Kind == "country" {
			return p, true
		}
	}
	return Place{}, false
}

// OrganisationsAt lists the organisations that belong to a place.
func (s *Snapshot) OrganisationsAt(place string) []Organisation {
	return s.at[place]
}

// Parts lists the organisations that are directly a part of one.
func (s *Snapshot) Parts(id string) []Organisation {
	if id == "" {
		return nil
	}
	return s.parts[id]
}

// OrganisationTree is an organisation with all its parts; with an empty id, all organisations.
func (s *Snapshot) OrganisationTree(id string) []Branch[Organisation] {
	if id == "" {
		return grow(s.parts[""], s.parts, func(o Organisation) string { return o.ID }, 0)
	}
	o, ok := s.organisations[id]
	if !ok {
		return nil
	}
	return grow([]Organisation{o}, s.parts, func(o Organisation) string { return o.ID }, 0)
}

// TopicTree is the thesaurus of one scheme.
func (s *Snapshot) TopicTree(scheme string) []Branch[Topic] {
	return grow(s.roots[scheme], s.narrower, func(t Topic) string { return t.ID }, 0)
}

// Narrower lists the terms directly below a topic.
func (s *Snapshot) Narrower(id string) []Topic { return s.narrower[id] }

// Broader lists the terms above a topic, the nearest first.
func (s *Snapshot) Broader(id string) []Topic {
	var out []Topic
	for t := s.topics[id]; t.Broader != "" && len(out) < 20; {
		above, ok := s.topics[t.Broader]
		if !ok {
			break
		}
		out = append(out, above)
		t = above
	}
	return out
}

// TopicAndNarrower are the ids of a topic and of all terms below it, so that what is about a narrower term is found
// under the broader one.
func (s *Snapshot) TopicAndNarrower(id string) []string {
	out := []string{id}
	for i := 0; i < len(out) && len(out) < 10000; i++ {
		for _, t := range s.narrower[out[i]] {
			out = append(out, t.ID)
		}
	}
	return out
}

func grow[T any](items []T, below map[string][]T, id func(T) string, depth int) []Branch[T] {
	if depth > 20 {
		return nil
	}
	out := make([]Branch[T], 0, len(items))
	for _, t := range items {
		out = append(out, Branch[T]{t, grow(below[id(t)], below, id, depth+1)})
	}
	return out
}

// Members lists who is in a network: those the first source names, then those of second sources, each by time.
func (s *Snapshot) Members(network string) []Member { return s.members[network] }

// Memberships lists the networks that a place or organisation is in.
func (s *Snapshot) Memberships(subject, id string) []Membership {
	return s.memberships[[2]string{subject, id}]
}

// Facts gives what sources say of a thing of any desk.
func (s *Snapshot) Facts(subject, key string) []Fact { return s.facts[[2]string{subject, key}] }
