package exchange

import (
	"context"
	"encoding/json"
	"slices"
	"sort"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// Reason is one of the grounds on which a need and an offer fit, or do not, with its share of the score.
type Reason struct {
	Key    string  `json:"key"` // text "exchange.reason.<key>" with the values below
	Points int     `json:"points"`
	Most   int     `json:"most"`
	Topics db.List `json:"topics,omitempty"`
	Words  db.List `json:"words,omitempty"` // languages or seasons that both name
}

// The score is of 100 points. What is to be learned counts most: a measure or an instrument that both name (40), the source
// sector (20), the pollutant (5); then a language that both can use (20), a level that fits (10) and a time of the year (5). The weights are
// ours: no study is known that would give others. A need without a common language gets a warning and no points, not a refusal, since an
// interpreter may come.
var weights = map[string]int{"learn": 40, "sector": 20, "pollutant": 5, "language": 20, "level": 10, "season": 5}

// Fit is how well an offer answers a need.
type Fit struct {
	Need, Offer Wish
	Score       int // 0 to 100
	Reasons     []Reason
	Decided     *Match // what a person decided of the two, if anybody has
}

// Worth is the score from which a pair is proposed.
const Worth = 40

// Compare scores an offer against a need. Topics that are the same count whole; one that is a broader or narrower term of the
// other counts half.
func Compare(net *network.Snapshot, need, offer Wish) Fit {
	f := Fit{Need: need, Offer: offer}
	add := func(r Reason) {
		r.Most = weights[r.Key]
		f.Score += r.Points
		f.Reasons = append(f.Reasons, r)
	}
	for _, group := range []struct {
		key     string
		schemes []string
	}{{"learn", []string{"measure", "instrument", "subject"}}, {"sector", []string{"sector"}}, {"pollutant", []string{"pollutant"}}} {
		asked := of(net, need.Topics, group.schemes)
		if len(asked) == 0 {
			continue
		}
		given := of(net, offer.Topics, group.schemes)
		var found db.List
		best := 0
		for _, t := range asked {
			part := 0
			for _, o := range given {
				switch {
				case t == o:
					part = 2
				case part < 1 && (slices.Contains(net.TopicAndNarrower(t), o) || slices.Contains(net.TopicAndNarrower(o), t)):
					part = 1
				}
			}
			if part > 0 {
				found = append(found, t)
			}
			best = max(best, part)
		}
		add(Reason{Key: group.key, Points: weights[group.key] * best / 2, Topics: found})
	}
	both := common(need.Languages, offer.Languages)
	r := Reason{Key: "language", Words: both}
	if len(both) > 0 {
		r.Points = weights["language"]
	}
	add(r)
	r = Reason{Key: "level"}
	if need.Level == "" || offer.Level == "" || need.Level == offer.Level {
		r.Points = weights["level"]
	}
	add(r)
	r = Reason{Key: "season", Words: common(need.Seasons, offer.Seasons)}
	if len(need.Seasons) == 0 || len(offer.Seasons) == 0 || len(r.Words) > 0 {
		r.Points = weights["season"]
	}
	add(r)
	if most := f.most(); most > 0 { // of a need that names no sector, the rest is the whole
		f.Score = (100*f.Score + most/2) / most
	}
	return f
}

func (f Fit) most() (n int) {
	for _, r := range f.Reasons {
		n += r.Most
	}
	return n
}

func of(net *network.Snapshot, topics db.List, schemes []string) (out []string) {
	for _, id := range topics {
		if t, ok := net.Topic(id); ok && slices.Contains(schemes, t.Scheme) {
			out = append(out, id)
		}
	}
	return out
}

func common(a, b db.List) (out db.List) {
	for _, x := range a {
		if slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}

// Match is what a person decided of a need and an offer.
type Match struct {
	ID       string    `json:"id"`
	Need     string    `json:"need"`
	Offer    string    `json:"offer"`
	State    string    `json:"state"` // taken or declined
	Score    int       `json:"score"`
	Reasons  []Reason  `json:"reasons"` // as they were then
	Note     string    `json:"note,omitempty"`
	Activity string    `json:"activity,omitempty"` // the study tour that grew from it
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Version  int64     `json:"version"`
}

func matches(ctx context.Context, tx *db.Tx, where string, args ...any) ([]Match, error) {
	var out []Match
	err := tx.Each(ctx, `SELECT id, need_id, offer_id, state, score, reasons, note, COALESCE(activity_id,''), decided_by, decided_at, version FROM exchange_match `+where, args,
		func(scan func(...any) error) error {
			var m Match
			var reasons string
			if err := scan(&m.ID, &m.Need, &m.Offer, &m.State, &m.Score, &reasons, &m.Note, &m.Activity, &m.By, &m.At, &m.Version); err != nil {
				return err
			}
			m.At = m.At.UTC()
			out = append(out, m)
			return json.Unmarshal([]byte(reasons), &out[len(out)-1].Reasons)
		})
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, err
}

// Fits pairs the published needs and offers of different cities, the best first: those worth a look, and those that somebody
// decided of. For officers all, for a focal point those of the own cities.
func (k *Desk) Fits(ctx context.Context, by actor.Actor) (out []Fit, err error) {
	if !by.SignedIn() {
		return nil, fault.New(fault.Denied, "error.denied.city")
	}
	net, err := k.network.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	var all []Wish
	decided := map[[2]string]Match{}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if all, err = wishes(ctx, tx, ""); err != nil {
			return err
		}
		ms, err := matches(ctx, tx, "")
		for _, m := range ms {
			decided[[2]string{m.Need, m.Offer}] = m
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, n := range all {
		for _, o := range all {
			if n.Kind != "need" || o.Kind != "offer" || n.Place == o.Place || !by.Speaks(n.Place) && !by.Speaks(o.Place) {
				continue
			}
			m, known := decided[[2]string{n.ID, o.ID}]
			if !known && (n.State != Published || o.State != Published) {
				continue
			}
			f := Compare(net, n, o)
			if known {
				f.Decided = &m
			} else if f.Score < Worth {
				continue
			}
			out = append(out, f)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Score > out[j].Score })
	return out, nil
}

// Decide takes or declines a pair. A decision can be changed until a study tour has grown from it. For officers.
func (k *Desk) Decide(ctx context.Context, by actor.Actor, need, offer string, take bool, note string) (m Match, err error) {
	if err := by.NeedOfficer(); err != nil {
		return m, err
	}
	net, err := k.network.Snapshot(ctx)
	if err != nil {
		return m, err
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		n, err := oneWish(ctx, tx, need)
		if err != nil {
			return err
		}
		o, err := oneWish(ctx, tx, offer)
		if err != nil {
			return err
		}
		if n.Kind != "need" || o.Kind != "offer" || n.Place == o.Place {
			return fault.New(fault.Invalid, "exchange.match.pair")
		}
		f := Compare(net, n, o)
		old, err := matches(ctx, tx, `WHERE need_id = $1 AND offer_id = $2`, need, offer)
		if err != nil {
			return err
		}
		m = Match{ID: k.id(), Need: need, Offer: offer, State: "declined", Score: f.Score, Reasons: f.Reasons, Note: note, By: by.ID, At: tx.Now, Version: 1}
		if take {
			m.State = "taken"
		}
		var before any
		if len(old) > 0 {
			if old[0].Activity != "" {
				return fault.New(fault.Conflict, "exchange.match.grown")
			}
			if old[0].State == m.State && old[0].Note == m.Note {
				m = old[0] // pressed twice
				return nil
			}
			m.ID, m.Version, before = old[0].ID, old[0].Version+1, old[0]
		}
		reasons, err := json.Marshal(m.Reasons)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO exchange_match (id, need_id, offer_id, state, score, reasons, note, activity_id, decided_by, decided_at, version)
			VALUES ($1,$2,$3,$4,$5,$6,$7,NULL,$8,$9,$10) ON CONFLICT (need_id, offer_id) DO UPDATE SET state = excluded.state, score = excluded.score,
			reasons = excluded.reasons, note = excluded.note, decided_by = excluded.decided_by, decided_at = excluded.decided_at, version = excluded.version`,
			m.ID, m.Need, m.Offer, m.State, m.Score, string(reasons), m.Note, m.By, m.At, m.Version)
		if err != nil {
			return err
		}
		action := "decline"
		if take {
			action = "take"
		}
		return tx.Record(ctx, by, MatchSubject, m.ID, action, before, m)
	})
	return m, err
}

// Tour lets a study tour grow from a match that was taken: a draft in a programme of study tours, hosted by the offering city, with the
// needing city as its visitor and the topics of both. Pressed twice, it is the same tour.
func (k *Desk) Tour(ctx context.Context, by actor.Actor, match, programme string) (a activity.Activity, err error) {
	if err := by.NeedOfficer(); err != nil {
		return a, err
	}
	var m Match
	var n, o Wish
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		ms, err := matches(ctx, tx, `WHERE id = $1`, match)
		if err == nil && len(ms) == 0 {
			err = notFound()
		}
		if err != nil {
			return err
		}
		m = ms[0]
		if n, err = oneWish(ctx, tx, m.Need); err != nil {
			return err
		}
		o, err = oneWish(ctx, tx, m.Offer)
		return err
	})
	if err != nil {
		return a, err
	}
	if m.Activity != "" {
		return k.activities.Activity(ctx, by, m.Activity)
	}
	if m.State != "taken" {
		return a, fault.New(fault.Conflict, "exchange.match.untaken")
	}
	net, err := k.network.Snapshot(ctx)
	if err != nil {
		return a, err
	}
	host, _ := net.Place(o.Place)
	topics := slices.Clone(o.Topics)
	for _, t := range n.Topics {
		if !slices.Contains(topics, t) {
			topics = append(topics, t)
		}
	}
	a, err = k.activities.CreateActivity(ctx, by, activity.Activity{Programme: programme, Kind: "visit", Names: o.Names, Place: o.Place, Zone: host.TimeZone, Mode: "onsite",
		Aims: n.Text, Topics: topics, Participants: []activity.Participant{{Place: o.Place, Part: "host"}, {Place: n.Place, Part: "visiting"}}})
	if err != nil {
		return a, err
	}
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if err := db.Changed(tx.ExecContext(ctx, `UPDATE exchange_match SET activity_id = $1, version = version + 1 WHERE id = $2 AND activity_id IS NULL AND state = 'taken'`, a.ID, m.ID)); err != nil {
			return err
		}
		after := m
		after.Activity, after.Version = a.ID, m.Version+1
		return tx.Record(ctx, by, MatchSubject, m.ID, "tour", m, after)
	})
	return a, err
}
