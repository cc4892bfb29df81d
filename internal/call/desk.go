package call

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/post"
)

// Seen is a call with what it belongs to, as an actor may see it.
type Seen struct {
	Call
	About About
	Runs  bool // the actor keeps the call
}

func see(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Seen, error) {
	c, err := One(ctx, tx, id)
	if err != nil {
		return Seen{}, err
	}
	a, err := about(ctx, tx, c)
	if err != nil {
		return Seen{}, err
	}
	s := Seen{c, a, runs(by, a)}
	if c.State != Published && !s.Runs {
		return Seen{}, notFound()
	}
	return s, nil
}

// keep is see for those who keep the call; to others it is denied.
func keep(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Seen, error) {
	s, err := see(ctx, tx, by, id)
	if err == nil && !s.Runs || fault.CodeOf(err) == fault.NotFound && !by.RunsAny() {
		return Seen{}, fault.New(fault.Denied, "error.denied.officer")
	}
	return s, err
}

// Call is one call.
func (k *Desk) Call(ctx context.Context, by actor.Actor, id string) (s Seen, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		s, err = see(ctx, tx, by, id)
		return err
	})
	return s, err
}

// Calls lists the calls that the actor may see, those that close first in front.
func (k *Desk) Calls(ctx context.Context, by actor.Actor) (out []Seen, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		all, err := All(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range all {
			a, err := about(ctx, tx, c)
			if err != nil {
				return err
			}
			if s := (Seen{c, a, runs(by, a)}); s.Runs || c.State == Published {
				out = append(out, s)
			}
		}
		slices.SortStableFunc(out, func(a, b Seen) int { return strings.Compare(a.Closes, b.Closes) })
		return nil
	})
	return out, err
}

// Of lists the calls of an activity or programme that the actor may see.
func (k *Desk) Of(ctx context.Context, by actor.Actor, subject, key string) ([]Seen, error) {
	all, err := k.Calls(ctx, by)
	return slices.DeleteFunc(all, func(s Seen) bool { return s.Subject != subject || s.Key != key }), err
}

// Create stores a new call as a draft.
func (k *Desk) Create(ctx context.Context, by actor.Actor, c Call) (Call, error) {
	tidy(&c)
	given := c
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		c = given
		c.State, c.Review, c.Version = Draft, NotYet, 1
		if err := check(ctx, tx, &c); err != nil {
			if !by.RunsAny() {
				return by.NeedOfficer()
			}
			return err
		}
		a, err := about(ctx, tx, c)
		if err != nil {
			return err
		}
		if !runs(by, a) {
			return fault.New(fault.Denied, "error.denied.officer")
		}
		base := db.Slug(c.Key + "-" + c.Kind)
		if c.ID, err = db.FreeSlug(base, func(id string) (bool, error) {
			n := 0
			err := tx.One(ctx, `SELECT COUNT(*) FROM call WHERE id = $1`, []any{id}, &n)
			return n > 0, err
		}); err != nil {
			return err
		}
		if err := Put(ctx, tx, c); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, c.ID, "create", nil, c)
	})
	return c, err
}

// Update stores c over the version it was made from. Its state and its review are not touched. Once reviewers mark, the
// criteria stay as they are.
func (k *Desk) Update(ctx context.Context, by actor.Actor, c Call) error {
	tidy(&c)
	return k.change(ctx, by, c.ID, c.Version, "update", func(tx *db.Tx, old Call) (Call, error) {
		c.State, c.Review = old.State, old.Review
		if old.Review != NotYet && !same(criteriaOf(old), criteriaOf(c)) {
			return c, fault.New(fault.Invalid, "call.criteria.fixed")
		}
		if err := check(ctx, tx, &c); err != nil {
			return c, err
		}
		if c.State == Published {
			return c, ready(ctx, tx, c)
		}
		return c, nil
	})
}

// criteriaOf are the parts of criteria that marks depend on.
func criteriaOf(c Call) (out []any) {
	for _, x := range c.Criteria {
		out = append(out, [2]any{x.ID, x.Scale})
	}
	return out
}

// Publish shows the call to everybody; it is answered from its opening on.
func (k *Desk) Publish(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "publish", func(tx *db.Tx, c Call) (Call, error) {
		c.State = Published
		return c, ready(ctx, tx, c)
	})
}

// Withdraw hides the call. Answers stay.
func (k *Desk) Withdraw(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "withdraw", func(_ *db.Tx, c Call) (Call, error) {
		c.State = Withdrawn
		return c, nil
	})
}

// OpenReview lets reviewers mark.
func (k *Desk) OpenReview(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "review-open", func(tx *db.Tx, c Call) (Call, error) {
		if c.Review != NotYet {
			return c, fault.New(fault.Conflict, "call.review.state")
		}
		if len(c.Criteria) == 0 {
			return c, fault.New(fault.Invalid, "call.review.criteria")
		}
		c.Review = Open
		return c, k.ask(ctx, tx, c)
	})
}

// ask writes to everybody who has something to mark, where the call says until when. The letters are held.
func (k *Desk) ask(ctx context.Context, tx *db.Tx, c Call) error {
	a, err := about(ctx, tx, c)
	if err != nil {
		return err
	}
	until, err := activity.Clock(c.ReviewBy, a.Zone)
	if err != nil {
		return nil // nothing is asked for by a time
	}
	ms, err := marked(ctx, tx, `WHERE state = 'assigned' AND submission IN (SELECT id FROM submission WHERE call = $1 AND state NOT IN ('draft','withdrawn'))`, c.ID)
	if err != nil {
		return err
	}
	count := map[string]int{}
	var order []string
	for _, m := range ms {
		if count[m.Reviewer]++; count[m.Reviewer] == 1 {
			order = append(order, m.Reviewer)
		}
	}
	for _, id := range order {
		p, err := account.PersonByID(ctx, tx, id)
		if err != nil || p.Email == "" {
			continue // a reviewer who has left
		}
		name, _ := a.Names.In(p.Language)
		if _, err := post.Add(ctx, tx, post.Letter{Key: "review/" + c.ID + "/" + id, To: p.Email, ToName: p.Name, Lang: p.Language, Person: id, Template: "review.ask", Hold: true,
			About: c.Subject, AboutKey: c.Key, Values: map[string]string{"Name": p.Name, "Activity": name, "Count": strconv.Itoa(count[id]),
				"Until": until.Format("2006-01-02 15:04 MST"), "Link": k.Site + "/" + p.Language + "/reviews"}}); err != nil {
			return err
		}
	}
	return nil
}

// CloseReview ends marking and shows the marks to those who decide. It is not taken back: whoever has seen the marks of
// others marks no more.
func (k *Desk) CloseReview(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.change(ctx, by, id, version, "review-close", func(_ *db.Tx, c Call) (Call, error) {
		if c.Review != Open {
			return c, fault.New(fault.Conflict, "call.review.state")
		}
		c.Review = Closed
		return c, nil
	})
}

func (k *Desk) change(ctx context.Context, by actor.Actor, id string, version int64, action string, f func(*db.Tx, Call) (Call, error)) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		s, err := keep(ctx, tx, by, id)
		if err != nil {
			return err
		}
		old := s.Call
		if old.Version != version {
			return errConflict
		}
		now, err := f(tx, old)
		if err != nil {
			return err
		}
		now.Version = old.Version
		if same(old, now) {
			return nil
		}
		if now.Subject != old.Subject || now.Key != old.Key {
			if a, err := about(ctx, tx, now); err != nil || !runs(by, a) {
				return firstOf(err, fault.New(fault.Denied, "error.denied.officer"))
			}
		}
		if err := Put(ctx, tx, now); err != nil {
			return err
		}
		now.Version++
		return tx.Record(ctx, by, Subject, id, action, old, now)
	})
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// History lists what was done to a call, the latest first, for those who keep it. What reviewers did is not in it.
func (k *Desk) History(ctx context.Context, by actor.Actor, id string) (out []db.Change, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := keep(ctx, tx, by, id); err != nil {
			return err
		}
		out, err = tx.History(ctx, Subject, id)
		return err
	})
	return out, err
}

func tidy(c *Call) {
	for _, s := range []*string{&c.Kind, &c.Subject, &c.Key, &c.Form, &c.Title, &c.Opens, &c.Closes, &c.Zone, &c.ReviewBy} {
		*s = strings.TrimSpace(*s)
	}
	c.Names, c.Text = tidyText(c.Names), tidyText(c.Text)
	for i := range c.Criteria {
		c.Criteria[i].Names, c.Criteria[i].Hints = tidyText(c.Criteria[i].Names), tidyText(c.Criteria[i].Hints)
	}
}

func tidyText(t db.Text) db.Text {
	out := db.Text{}
	for l, s := range t {
		if s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); s != "" {
			out[l] = strings.ToValidUTF8(s, "")
		}
	}
	return out
}

// Longest texts in characters, and the most criteria.
const (
	mostName     = 300
	mostText     = 8000
	mostCriteria = 20
)

// check finds what cannot be stored, and gives criteria without an id one.
func check(ctx context.Context, tx *db.Tx, c *Call) error { return checkParts(ctx, tx, c, true) }

// checkParts is check, of a call that may be without its deadline.
func checkParts(ctx context.Context, tx *db.Tx, c *Call, deadline bool) error {
	var f fault.Form
	if len(c.Names) == 0 {
		f.Add("names", "call.names.missing")
	}
	checkTexts(&f, "names", c.Names, mostName)
	checkTexts(&f, "text", c.Text, mostText)
	if !slices.Contains(Kinds, c.Kind) {
		f.Add("kind", "call.kind.missing")
	}
	n := 0
	if c.Subject != "activity" && c.Subject != "programme" {
		f.Add("about", "call.about.missing")
	} else if err := tx.One(ctx, `SELECT COUNT(*) FROM `+c.Subject+` WHERE id = $1`, []any{c.Key}, &n); err != nil {
		return err
	} else if n == 0 {
		f.Add("about", "call.about.missing")
	}
	if c.Zone != "" && activity.Zone(c.Zone) == nil {
		f.Add("zone", "call.zone.unknown", "ID", c.Zone)
	}
	zone := orUTC(activity.Zone(c.Zone))
	if c.Subject == "activity" && n > 0 {
		a, err := about(ctx, tx, *c)
		if err != nil {
			return err
		}
		zone = a.Zone
	}
	for _, t := range []struct{ field, value string }{{"opens", c.Opens}, {"closes", c.Closes}, {"review_by", c.ReviewBy}} {
		if _, err := activity.Clock(t.value, zone); err != nil && t.value != "" {
			f.Add(t.field, "call.time.form")
		}
	}
	if c.Closes == "" && deadline {
		f.Add("closes", "call.closes.missing")
	} else if opens, closes := c.Times(zone); !opens.IsZero() && !closes.IsZero() && !opens.Before(closes) {
		f.Add("closes", "call.closes.early")
	}
	if c.Form != "" {
		if q, err := form.Written(ctx, tx, c.Form); fault.CodeOf(err) == fault.NotFound {
			f.Add("form", "call.form.missing")
		} else if err != nil {
			return err
		} else if c.Title != "" {
			if _, _, ok := q.Question(c.Title); !ok {
				c.Title = ""
			}
		}
	}
	if c.Seats < 0 || c.Seats > 100000 {
		f.Add("seats", "call.number.range")
	}
	if c.PerPlace < 0 || c.PerPlace > 100000 {
		f.Add("per_place", "call.number.range")
	}
	if c.PerReview < 0 || c.PerReview > 50 {
		f.Add("per_review", "call.number.range")
	}
	checkCriteria(&f, c)
	return f.Err()
}

func checkCriteria(f *fault.Form, c *Call) {
	if len(c.Criteria) > mostCriteria {
		f.Add("criteria", "call.criteria.most", "Most", mostCriteria)
	}
	used := map[string]bool{}
	for i := range c.Criteria {
		x := &c.Criteria[i]
		at := "criteria." + strconv.Itoa(i)
		if len(x.Names) == 0 {
			f.Add(at+".names", "call.criterion.name")
		}
		checkTexts(f, at+".names", x.Names, mostName)
		checkTexts(f, at+".hints", x.Hints, mostText)
		if x.Scale < 2 || x.Scale > 10 {
			f.Add(at+".scale", "call.criterion.scale")
		}
		if !(x.Weight > 0 && x.Weight <= 100) {
			f.Add(at+".weight", "call.criterion.weight")
		}
		if x.ID == "" || used[x.ID] {
			for n := 1; ; n++ {
				if x.ID = "c" + strconv.Itoa(n); !used[x.ID] && !slices.ContainsFunc(c.Criteria[i+1:], func(o Criterion) bool { return o.ID == x.ID }) {
					break
				}
			}
		}
		used[x.ID] = true
	}
}

func checkTexts(f *fault.Form, field string, t db.Text, most int) {
	langs := []string{"en", "ko", "zh", "ja", "mn"}
	for _, l := range langs {
		if n := len([]rune(t[l])); n > most {
			f.Add(field+"."+l, "form.text.long", "Length", n, "Most", most)
		}
	}
	for l := range t {
		if !slices.Contains(langs, l) {
			f.Add(field, "form.text.language", "Language", l)
		}
	}
}

// ready is nil when a call can be shown and answered.
func ready(ctx context.Context, tx *db.Tx, c Call) error {
	if a, err := about(ctx, tx, c); err != nil {
		return err
	} else if !a.Public { // its page would lead nowhere
		var f fault.Form
		f.Add("about", "call.about.draft")
		return f.Err()
	}
	if c.Closes == "" {
		var f fault.Form
		f.Add("closes", "call.closes.missing")
		return f.Err()
	}
	if c.Form == "" {
		var f fault.Form
		f.Add("form", "call.form.none")
		return f.Err()
	}
	if _, err := form.One(ctx, tx, c.Form); fault.CodeOf(err) == fault.NotFound {
		var f fault.Form
		f.Add("form", "call.form.draft")
		return f.Err()
	} else if err != nil {
		return err
	}
	return nil
}

func same(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}
