package report

import (
	"context"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/participation"
	"aircommons/internal/post"
)

// Round is the feedback on an activity: what is asked and until when.
type Round struct {
	Activity string `json:"activity"`
	Form     string `json:"form"`  // the published form of the activity for this; empty without one
	Until    string `json:"until"` // on the wall of the activity's zone, "2027-10-15T18:00"; empty for no end
	Asked    int    `json:"asked"` // links that were sent
	Answered int    `json:"answered"`
	Told     int    `json:"told"` // of these, whose answers are in the results
	Version  int64  `json:"version"`
}

func round(ctx context.Context, tx *db.Tx, activityID string) (r Round, err error) {
	err = tx.One(ctx, `SELECT form, until, asked, answered, told, version FROM feedback_round WHERE activity_id = $1`, []any{activityID}, &r.Form, &r.Until, &r.Asked, &r.Answered, &r.Told, &r.Version)
	if fault.CodeOf(err) == fault.NotFound {
		err = nil
	}
	r.Activity = activityID
	return r, err
}

// asking is the form that feedback on an activity is asked with.
func asking(ctx context.Context, tx *db.Tx, activityID string) (form.Form, error) {
	f, err := form.Of(ctx, tx, "activity", activityID, "feedback")
	if err != nil {
		return f, err
	}
	if q, ok := telling(f); ok {
		name, _ := q.Labels.In("en")
		return f, fault.New(fault.Invalid, "report.feedback.telling", "Question", name)
	}
	return f, nil
}

// telling finds a question whose answer would tell who gave it: what stays anonymous must not ask for it.
func telling(f form.Form) (form.Question, bool) {
	for _, p := range f.Pages {
		for _, q := range p.Questions {
			if slices.Contains([]string{"file", "mail", "phone"}, q.Kind) || q.Class != "" {
				return q, true
			}
		}
	}
	return form.Question{}, false
}

// UsualForm makes the form that most activities ask with, publishes it, and gives its id; nothing happens where there is one.
func (k *Desk) UsualForm(ctx context.Context, by actor.Actor, activityID string) (id string, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := run(ctx, tx, by, activityID); err != nil {
			return err
		}
		f, err := form.Of(ctx, tx, "activity", activityID, "feedback")
		if err == nil {
			id = f.ID
			return nil
		}
		if fault.CodeOf(err) != fault.NotFound {
			return err
		}
		f = k.usual(activityID)
		if f.ID, err = db.FreeSlug(db.Slug(activityID+"-feedback"), func(id string) (bool, error) {
			n := 0
			err := tx.One(ctx, `SELECT COUNT(*) FROM form WHERE id = $1`, []any{id}, &n)
			return n > 0, err
		}); err != nil {
			return err
		}
		id = f.ID
		if err := form.PutPublished(ctx, tx, f); err != nil {
			return err
		}
		return tx.Record(ctx, by, form.Subject, f.ID, "publish", nil, f)
	})
	return id, err
}

// usual is the usual form in all languages.
func (k *Desk) usual(activityID string) form.Form {
	text := func(key string) db.Text {
		out := db.Text{}
		for _, lang := range []string{"en", "ko", "zh", "ja", "mn"} {
			out[lang] = k.words(lang).T("report.usual." + key)
		}
		return out
	}
	option := func(q, v string) form.Option { return form.Option{Value: v, Labels: text(q + "." + v)} }
	return form.Form{Subject: "activity", Key: activityID, Purpose: "feedback", Names: text("name"), Pages: []form.Page{{ID: "p1", Names: text("name"), Text: text("text"), Questions: []form.Question{
		{ID: "overall", Kind: "scale", Labels: text("overall"), Hints: text("scale"), Required: true},
		{ID: "content", Kind: "scale", Labels: text("content"), Hints: text("scale")},
		{ID: "organisation", Kind: "scale", Labels: text("organisation"), Hints: text("scale")},
		{ID: "use", Kind: "choice", Labels: text("use"), Options: []form.Option{option("use", "already"), option("use", "planned"), option("use", "perhaps"), option("use", "no")}},
		{ID: "best", Kind: "text", Labels: text("best"), Hints: text("names"), Max: 2000},
		{ID: "better", Kind: "text", Labels: text("better"), Hints: text("names"), Max: 2000},
	}}}}
}

// Overview is what who runs an activity sees of its feedback.
type Overview struct {
	Activity activity.Activity
	Round    Round
	Form     *form.Form // nil: none is published
	Wrong    error      // why it cannot be asked with
	Open     int        // people who would be asked now
	Reached  int        // of these with an address
}

// FeedbackOf shows how far the feedback of an activity is.
func (k *Desk) FeedbackOf(ctx context.Context, by actor.Actor, activityID string) (o Overview, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		o = Overview{}
		if o.Activity, err = run(ctx, tx, by, activityID); err != nil {
			return err
		}
		if o.Round, err = round(ctx, tx, activityID); err != nil {
			return err
		}
		f, err := asking(ctx, tx, activityID)
		switch fault.CodeOf(err) {
		case fault.NotFound:
		case fault.Invalid:
			o.Wrong = err
			o.Form = &f
		default:
			if err != nil {
				return err
			}
			o.Form = &f
		}
		people, err := toAsk(ctx, tx, activityID)
		o.Open = len(people)
		for _, p := range people {
			if p.Person.Email != "" {
				o.Reached++
			}
		}
		return err
	})
	return o, err
}

type asked struct {
	participation.Participation
	Person account.Person
}

func letterKey(p participation.Participation) string { return "feedback/" + p.Activity + "/" + p.ID }

// toAsk are those who took part and were not asked yet.
func toAsk(ctx context.Context, tx *db.Tx, activityID string) (out []asked, err error) {
	ps, err := participation.List(ctx, tx, activityID)
	if err != nil {
		return nil, err
	}
	came := slices.ContainsFunc(ps, func(p participation.Participation) bool { return p.State == participation.Present })
	sent := map[string]bool{}
	if err := tx.Each(ctx, `SELECT dedupe FROM mail WHERE about = 'activity' AND about_key = $1 AND template = 'feedback.ask'`, []any{activityID}, func(scan func(...any) error) error {
		var key string
		err := scan(&key)
		sent[key] = true
		return err
	}); err != nil {
		return nil, err
	}
	for _, p := range ps {
		took := p.State == participation.Present || !came && p.State == participation.Confirmed
		if !took || p.Person == "" || sent[letterKey(p)] {
			continue
		}
		person, err := account.PersonByID(ctx, tx, p.Person)
		if err != nil {
			return nil, err
		}
		if !person.IsErased() {
			out = append(out, asked{p, person})
		}
	}
	return out, nil
}

// Ask writes to everybody who took part and was not asked yet, a link good for one answer; the letters wait in the outbox. It
// may be called again for those who came later.
func (k *Desk) Ask(ctx context.Context, by actor.Actor, r Round) (n int, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		n = 0
		a, err := run(ctx, tx, by, r.Activity)
		if err != nil {
			return err
		}
		old, err := round(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if old.Version != r.Version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		f, err := asking(ctx, tx, a.ID)
		if fault.CodeOf(err) == fault.NotFound {
			return fault.New(fault.Invalid, "report.feedback.noform")
		} else if err != nil {
			return err
		}
		end, err := until(a, r.Until)
		if err != nil {
			var faults fault.Form
			faults.Add("until", "report.feedback.until.form")
			return faults.Err()
		}
		if end.IsZero() || !tx.Now.Before(end) {
			var faults fault.Form
			faults.Add("until", "report.feedback.until.past")
			return faults.Err()
		}
		people, err := toAsk(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		for _, p := range people {
			if p.Person.Email == "" {
				continue
			}
			secret, err := k.secret()
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO feedback_key (hash, activity_id, used) VALUES ($1,$2,$3)`, hash(secret), a.ID, false); err != nil {
				return err
			}
			lang := p.Person.Language
			w := k.words(lang)
			name, _ := a.Names.In(lang)
			if _, err := post.Add(ctx, tx, post.Letter{Key: letterKey(p.Participation), To: p.Person.Email, ToName: p.Person.Name, Lang: lang, Person: p.Person.ID, Template: "feedback.ask", Hold: true,
				Values: map[string]string{"Activity": name, "Until": said(w, a, end), "Link": k.URL + "/" + lang + "/feedback/" + secret}, About: "activity", AboutKey: a.ID}); err != nil {
				return err
			}
			n++
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO feedback_round (activity_id, form, until, asked, answered, told, version) VALUES ($1,$2,$3,$4,0,0,1)
			ON CONFLICT (activity_id) DO UPDATE SET form = excluded.form, until = excluded.until, asked = feedback_round.asked + excluded.asked, version = feedback_round.version + 1`,
			a.ID, f.ID, r.Until, n); err != nil {
			return err
		}
		return tx.Record(ctx, by, FeedbackSubject, a.ID, "ask", nil, map[string]any{"letters": n, "until": r.Until})
	})
	return n, err
}

// until is a time on the wall of an activity.
func until(a activity.Activity, wall string) (time.Time, error) {
	if wall == "" {
		return time.Time{}, nil
	}
	zone := activity.Zone(a.Zone)
	if zone == nil {
		zone = time.UTC
	}
	return activity.Clock(wall, zone)
}

// Question is what is asked of who holds a link.
type Question struct {
	Activity activity.Activity
	Form     form.Form
	Until    time.Time
	Used     bool // it was answered with this link
	Over     bool // the time for it has passed
}

// Asking is what is asked behind a link.
func (k *Desk) Asking(ctx context.Context, link string) (q Question, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		q, err = k.asking(ctx, tx, link)
		return err
	})
	return q, err
}

func (k *Desk) asking(ctx context.Context, tx *db.Tx, link string) (q Question, err error) {
	var id string
	if err := tx.One(ctx, `SELECT activity_id, used FROM feedback_key WHERE hash = $1`, []any{hash(link)}, &id, &q.Used); err != nil {
		return q, err
	}
	if q.Activity, err = activity.One(ctx, tx, id); err != nil {
		return q, err
	}
	r, err := round(ctx, tx, id)
	if err != nil {
		return q, err
	}
	if q.Until, err = until(q.Activity, r.Until); err != nil {
		return q, err
	}
	q.Over = !q.Until.IsZero() && !tx.Now.Before(q.Until)
	if q.Form, err = asking(ctx, tx, id); fault.CodeOf(err) == fault.NotFound {
		q.Over, err = true, nil // the form was withdrawn
	}
	return q, err
}

// Give takes the answers of who holds a link, once. Nothing of who or when is kept with them, and the journal says nothing: an
// entry would tell the time, and with it who was at it.
func (k *Desk) Give(ctx context.Context, link string, a form.Answers) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		q, err := k.asking(ctx, tx, link)
		if err != nil {
			return err
		}
		if q.Used {
			return fault.New(fault.Conflict, "report.feedback.used")
		}
		if q.Over {
			return fault.New(fault.Conflict, "report.feedback.over")
		}
		a := q.Form.Keep(a)
		if err := q.Form.Check("", a); err != nil {
			return err
		}
		if err := db.Changed(tx.ExecContext(ctx, `UPDATE feedback_key SET used = $1 WHERE hash = $2 AND used = $3`, true, hash(link), false)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE feedback_round SET answered = answered + 1 WHERE activity_id = $1`, q.Activity.ID); err != nil {
			return err
		}
		for id, values := range a {
			if x, _, ok := q.Form.Question(id); ok && x.Kind == "city" && len(values) > 1 {
				values = values[1:] // a city outside the network is its name
			}
			leads := true
			for _, v := range values {
				if v = strings.TrimSpace(v); v == "" {
					continue
				}
				if err := k.putValue(ctx, tx, q, id, v, leads); err != nil {
					return err
				}
				leads = false
			}
		}
		return letOut(ctx, tx, q.Activity.ID, Least)
	})
}

// letOut lets answers into the results as soon as those of least people wait.
func letOut(ctx context.Context, tx *db.Tx, activityID string, least int) error {
	r, err := round(ctx, tx, activityID)
	if err != nil || r.Answered-r.Told < least {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE feedback_answer SET told = $1 WHERE activity_id = $2`, true, activityID); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE feedback_round SET told = answered WHERE activity_id = $1`, activityID)
	return err
}

// putValue stores one value under a free random key.
func (k *Desk) putValue(ctx context.Context, tx *db.Tx, q Question, question, value string, leads bool) error {
	for {
		var b [4]byte
		if _, err := io.ReadFull(k.Random, b[:]); err != nil {
			return err
		}
		id, n := int64(binary.BigEndian.Uint32(b[:])>>1), 0
		if err := tx.One(ctx, `SELECT COUNT(*) FROM feedback_answer WHERE id = $1`, []any{id}, &n); err != nil {
			return err
		}
		if n == 0 {
			_, err := tx.ExecContext(ctx, `INSERT INTO feedback_answer (id, activity_id, form, edition, question, value, leads, told) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
				id, q.Activity.ID, q.Form.ID, q.Form.Edition, question, value, leads, false)
			return err
		}
	}
}
