package call

import (
	"context"
	"math"
	"slices"
	"sort"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/post"
)

// Ranked is a submission with what its reviewers made of it.
type Ranked struct {
	Dossier
	Rank   int     // 1 is best; the same score is the same rank; 0 without marks
	Count  int     // reviewers who marked it
	Score  float64 // mean of the reviewers' weighted means, 0 to 100
	Spread float64 // largest less smallest of the reviewers' weighted means, 0 to 100
	Each   []float64
}

// Score is the weighted mean of one reviewer's marks, 0 for the worst marks in everything and 100 for the best.
func (c Call) Score(m Marked) (score float64, ok bool) {
	sum, weight := 0.0, 0.0
	for _, x := range c.Criteria {
		mark, there := m.Marks[x.ID]
		if !there || x.Scale < 2 || x.Weight <= 0 {
			return 0, false
		}
		sum += x.Weight * float64(mark-1) / float64(x.Scale-1)
		weight += x.Weight
	}
	if weight == 0 {
		return 0, false
	}
	return 100 * sum / weight, true
}

// Ranking lists what was sent to a call from the best to the worst, those without marks last. For those who keep the call,
// once the review is closed.
func (k *Desk) Ranking(ctx context.Context, by actor.Actor, call string) (out []Ranked, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = k.ranking(ctx, tx, by, call)
		return err
	})
	return out, err
}

func (k *Desk) ranking(ctx context.Context, tx *db.Tx, by actor.Actor, call string) (out []Ranked, err error) {
	c, err := keep(ctx, tx, by, call)
	if err != nil {
		return nil, err
	}
	if c.Review != Closed && len(c.Criteria) > 0 {
		return nil, fault.New(fault.Conflict, "call.review.notclosed")
	}
	ss, err := submissions(ctx, tx, `WHERE call = $1 AND state NOT IN ('draft','withdrawn')`, call)
	if err != nil {
		return nil, err
	}
	for _, s := range ss {
		d, err := k.dossier(ctx, tx, by, s)
		if err != nil {
			return nil, err
		}
		out = append(out, rankOne(c.Call, d))
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if (a.Count > 0) != (b.Count > 0) {
			return a.Count > 0
		}
		return a.Score > b.Score+1e-9
	})
	for i := range out {
		if out[i].Count == 0 {
			continue
		}
		if out[i].Rank = i + 1; i > 0 && math.Abs(out[i].Score-out[i-1].Score) < 1e-9 {
			out[i].Rank = out[i-1].Rank
		}
	}
	return out, nil
}

func rankOne(c Call, d Dossier) Ranked {
	r := Ranked{Dossier: d}
	low, high := math.Inf(1), math.Inf(-1)
	for _, m := range d.Marks {
		if m.State != "done" {
			continue
		}
		if score, ok := c.Score(m); ok {
			r.Each = append(r.Each, score)
			r.Score += score
			low, high = min(low, score), max(high, score)
		}
	}
	if r.Count = len(r.Each); r.Count > 0 {
		r.Score /= float64(r.Count)
		r.Spread = high - low
	}
	sort.Float64s(r.Each)
	return r
}

// Decision is what is decided of some submissions of a call.
type Decision struct {
	Call   string
	IDs    []string
	State  string  // accepted, rejected, waiting
	Reason db.Text // told to the authors, in their language or the next that there is
	Dry    bool    // only tell
}

// Plan is what a decision does, or would do, in numbers and words.
type Plan struct {
	Done    []string        // ids
	Letters int             // that wait in the outbox for an officer's look
	Left    []fault.Message // what is left as it is, and why
}

// Decide decides of submissions, the best first where only some can be accepted, and lays a letter to each author into the
// outbox, where it is held until an officer has looked at it.
func (k *Desk) Decide(ctx context.Context, by actor.Actor, d Decision) (plan Plan, err error) {
	d.Reason = tidyText(d.Reason)
	run := k.db.Write
	if d.Dry {
		run = k.db.Read
	}
	err = run(ctx, func(tx *db.Tx) error {
		plan = Plan{}
		if !isDecision(d.State) {
			var f fault.Form
			f.Add("state", "call.decision.missing")
			return f.Err()
		}
		all, err := k.ranking(ctx, tx, by, d.Call)
		if err != nil {
			return err
		}
		c, err := keep(ctx, tx, by, d.Call)
		if err != nil {
			return err
		}
		var f fault.Form
		if len(d.IDs) == 0 {
			f.Add("ids", "call.decision.none")
		}
		if d.State == "rejected" && len(d.Reason) == 0 {
			f.Add("reason", "call.decision.reason")
		}
		checkTexts(&f, "reason", d.Reason, mostComment)
		if err := f.Err(); err != nil {
			return err
		}
		return k.decide(ctx, tx, by, c, all, d, &plan)
	})
	return plan, err
}

func (k *Desk) decide(ctx context.Context, tx *db.Tx, by actor.Actor, c Seen, all []Ranked, d Decision, plan *Plan) error {
	accepted, of := 0, map[string]int{}
	for _, r := range all {
		if r.State == "accepted" && !(slices.Contains(d.IDs, r.ID) && d.State != "accepted") {
			accepted++
			of[r.Place]++
		}
	}
	gone := len(d.IDs)
	full, already := 0, 0
	over := map[string]int{}
	for _, r := range all {
		if !slices.Contains(d.IDs, r.ID) {
			continue
		}
		gone--
		switch {
		case r.State == d.State:
			already++
			continue
		case d.State == "accepted" && c.Seats > 0 && accepted >= c.Seats:
			full++
			continue
		case d.State == "accepted" && c.PerPlace > 0 && r.Place != "" && of[r.Place] >= c.PerPlace:
			over[r.Place]++
			continue
		}
		if d.State == "accepted" {
			accepted++
			of[r.Place]++
		}
		plan.Done = append(plan.Done, r.ID)
		to := r.Person
		if to.Email != "" {
			plan.Letters++
		}
		if !d.Dry {
			if err := k.set(ctx, tx, by, c, r, to, d); err != nil {
				return err
			}
		}
	}
	left := func(n int, key string, pairs ...any) {
		if n > 0 {
			plan.Left = append(plan.Left, fault.Say(key, append(pairs, "Count", n)...))
		}
	}
	left(already, "call.plan.already."+d.State)
	left(full, "call.plan.full", "Seats", c.Seats)
	var places []string
	for p := range over {
		places = append(places, p)
	}
	sort.Strings(places)
	for _, p := range places {
		var names db.Text
		if err := tx.One(ctx, `SELECT names FROM place WHERE id = $1`, []any{p}, &names); err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		left(over[p], "call.plan.place", "Place", names, "Most", c.PerPlace)
	}
	left(gone, "call.plan.gone")
	return nil
}

// set decides of one submission.
func (k *Desk) set(ctx context.Context, tx *db.Tx, by actor.Actor, c Seen, r Ranked, to account.Person, d Decision) error {
	s := r.Submission
	if s.letter != "" { // the decision before this one, as far as nobody was told
		if err := post.CancelOf(ctx, tx, s.letter); err != nil {
			return err
		}
	}
	before, now := s.State, tx.Now
	s.State, s.Reason, s.Decided = d.State, d.Reason, &now
	s.letter = "submission/" + s.ID + "/decided/" + k.id()
	if err := update(ctx, tx, s); err != nil {
		return err
	}
	if err := tx.Record(ctx, by, SubmissionSubject, s.ID, "decide", map[string]string{"state": before}, map[string]string{"state": s.State}); err != nil {
		return err
	}
	link, err := k.key(ctx, tx, s.ID)
	if err != nil {
		return err
	}
	lang := to.Language
	if lang == "" {
		lang = s.Lang
	}
	reason, _ := d.Reason.In(lang)
	values := map[string]string{"Link": k.address(lang, link), "Reason": reason}
	return k.write(ctx, tx, c, s, to, post.Letter{Key: s.letter, Template: Subject + "." + d.State, Hold: true}, values)
}
