package report

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// State of a report. Texts: "report.state.<word>".
type State string

const (
	Draft     State = "draft"     // its numbers are those of the record, as it is now
	Frozen    State = "frozen"    // as the record was at a date; nothing changes any more
	Published State = "published" // and everybody reads it
	Withdrawn State = "withdrawn" // it was published
)

// Kinds of sections. Texts: "report.section.<word>". A text is of its own; the others add what the record holds.
var Kinds = []string{"text", "roles", "figures", "agenda", "feedback", "photos", "documents"}

// Section is a part of a report.
type Section struct {
	ID     string  `json:"id"`
	Kind   string  `json:"kind"`
	Names  db.Text `json:"names"`
	Text   db.Text `json:"text,omitempty"` // Markdown without HTML
	Hidden bool    `json:"hidden,omitempty"`
}

// Report is a version of the report of an activity.
type Report struct {
	ID        string     `json:"id"`
	Activity  string     `json:"activity"`
	Number    int64      `json:"number"` // of the version, from 1
	State     State      `json:"state"`
	Sections  []Section  `json:"sections"`
	Created   time.Time  `json:"created"`
	Frozen    *time.Time `json:"frozen,omitempty"`
	Published *time.Time `json:"published,omitempty"`
	Document  string     `json:"document,omitempty"` // in the library, once published
	Version   int64      `json:"version"`
}

// Section finds a section by its id.
func (r Report) Section(id string) (Section, bool) {
	i := slices.IndexFunc(r.Sections, func(s Section) bool { return s.ID == id })
	if i < 0 {
		return Section{}, false
	}
	return r.Sections[i], true
}

const reportColumns = `id, activity_id, number, state, sections, created_at, frozen_at, published_at, document, version`

func reports(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Report, err error) {
	err = tx.Each(ctx, `SELECT `+reportColumns+` FROM report `+where+` ORDER BY activity_id, number DESC`, args, func(scan func(...any) error) error {
		var r Report
		var doc string
		if err := scan(&r.ID, &r.Activity, &r.Number, &r.State, &doc, &r.Created, &r.Frozen, &r.Published, &r.Document, &r.Version); err != nil {
			return err
		}
		r.Created, r.Frozen, r.Published = r.Created.UTC(), utc(r.Frozen), utc(r.Published)
		out = append(out, r)
		return json.Unmarshal([]byte(doc), &out[len(out)-1].Sections)
	})
	return out, err
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

func one(ctx context.Context, tx *db.Tx, id string) (Report, error) {
	all, err := reports(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "error.notfound")
	}
	if err != nil {
		return Report{}, err
	}
	return all[0], nil
}

func put(ctx context.Context, tx *db.Tx, r Report) error {
	doc, err := json.Marshal(r.Sections)
	if err != nil {
		return err
	}
	return db.Changed(tx.ExecContext(ctx, `UPDATE report SET state = $1, sections = $2, frozen_at = $3, published_at = $4, document = $5, version = version + 1 WHERE id = $6 AND version = $7`,
		string(r.State), string(doc), r.Frozen, r.Published, r.Document, r.ID, r.Version))
}

// Reports lists the versions of an activity's report, the newest first, for those who run it.
func (k *Desk) Reports(ctx context.Context, by actor.Actor, activityID string) (out []Report, a activity.Activity, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if a, err = run(ctx, tx, by, activityID); err != nil {
			return err
		}
		out, err = reports(ctx, tx, `WHERE activity_id = $1`, activityID)
		return err
	})
	return out, a, err
}

// Public lists the published versions of an activity's report, the newest first.
func (k *Desk) Public(ctx context.Context, activityID string) (out []Report, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, err = reports(ctx, tx, `WHERE activity_id = $1 AND state = 'published'`, activityID)
		return err
	})
	return out, err
}

// Whole is a report with what the record holds for it: as it is now for a draft, as it was for a frozen one.
type Whole struct {
	Report
	Of      activity.Activity
	Content Content
	Runs    bool // the reader runs the activity
}

// Report reads a report. Everybody reads published ones of published activities.
func (k *Desk) Report(ctx context.Context, by actor.Actor, id string) (w Whole, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		w, err = k.whole(ctx, tx, by, id)
		return err
	})
	return w, err
}

func (k *Desk) whole(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (w Whole, err error) {
	if w.Report, err = one(ctx, tx, id); err != nil {
		return w, err
	}
	if w.Of, err = activity.One(ctx, tx, w.Activity); err != nil {
		return w, err
	}
	w.Runs = by.Runs(w.Of.Programme, w.Of.ID)
	if !w.Runs && (w.State != Published || w.Of.State != activity.Published) {
		return Whole{}, fault.New(fault.NotFound, "error.notfound")
	}
	if w.State == Draft {
		w.Content, err = k.gather(ctx, tx, w.Of)
		return w, err
	}
	var doc string
	if err := tx.One(ctx, `SELECT content FROM report WHERE id = $1`, []any{id}, &doc); err != nil {
		return w, err
	}
	if err := json.Unmarshal([]byte(doc), &w.Content); err != nil {
		return w, err
	}
	// Consent that was taken back counts more than the freeze.
	now, err := photos(ctx, tx, `WHERE activity_id = $1 AND NOT withdrawn`, w.Activity)
	w.Content.Photos = slices.DeleteFunc(w.Content.Photos, func(p Photo) bool {
		return !slices.ContainsFunc(now, func(q Photo) bool { return q.ID == p.ID })
	})
	return w, err
}

// Draft makes the draft of an activity's report, with everything that the record holds in place: a new version where there is
// one already, with its texts. A draft that is there is given back.
func (k *Desk) Draft(ctx context.Context, by actor.Actor, activityID string) (r Report, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		a, err := run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		all, err := reports(ctx, tx, `WHERE activity_id = $1`, a.ID)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(all, func(r Report) bool { return r.State == Draft }); i >= 0 {
			r = all[i]
			return nil
		}
		r = Report{Activity: a.ID, Number: 1, State: Draft, Created: tx.Now, Version: 1}
		if len(all) > 0 {
			r.Number, r.Sections = all[0].Number+1, all[0].Sections
		} else {
			r.Sections = k.usualSections(a)
		}
		r.ID = a.ID + "-" + strconv.FormatInt(r.Number, 10)
		doc, err := json.Marshal(r.Sections)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO report (`+reportColumns+`, content) VALUES ($1,$2,$3,$4,$5,$6,NULL,NULL,'',$7,'{}')`,
			r.ID, r.Activity, r.Number, string(r.State), string(doc), r.Created, r.Version); err != nil {
			return err
		}
		f, err := Count(ctx, tx, a.ID, true)
		if err != nil {
			return err
		}
		if err := k.keep(ctx, tx, f, "draft"); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, r.ID, "draft", nil, r)
	})
	return r, err
}

// usualSections are the sections of a first draft.
func (k *Desk) usualSections(a activity.Activity) (out []Section) {
	text := func(key string) db.Text {
		t := db.Text{}
		for _, lang := range []string{"en", "ko", "zh", "ja", "mn"} {
			t[lang] = k.words(lang).T(key)
		}
		return t
	}
	aims := db.Text{}
	for lang, s := range a.Aims { // one to a line
		aims[lang] = "- " + strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n- ")
	}
	out = append(out, Section{ID: "summary", Kind: "text", Names: text("report.section.summary"), Text: aims})
	for _, kind := range Kinds[1:] {
		out = append(out, Section{ID: kind, Kind: kind, Names: text("report.section." + kind)})
	}
	return append(out, Section{ID: "outlook", Kind: "text", Names: text("report.section.outlook")})
}

// change changes the sections of a draft.
func (k *Desk) change(ctx context.Context, by actor.Actor, id string, version int64, action string, f func(*Report) error) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := run(ctx, tx, by, old.Activity); err != nil {
			return err
		}
		if old.State != Draft {
			return fault.New(fault.Conflict, "report.notdraft")
		}
		if old.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		now := old
		now.Sections = slices.Clone(old.Sections)
		if err := f(&now); err != nil {
			return err
		}
		if err := put(ctx, tx, now); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, id, action, old, now)
	})
}

const (
	mostTitle    = 300
	mostText     = 40000
	mostSections = 60
)

func checkSection(s *Section) error {
	var f fault.Form
	for lang, t := range s.Names {
		if s.Names[lang] = strings.TrimSpace(t); s.Names[lang] == "" {
			delete(s.Names, lang)
		}
		if n := utf8.RuneCountInString(t); n > mostTitle {
			f.Add("names", "report.long", "Most", mostTitle)
		}
	}
	if len(s.Names) == 0 {
		f.Add("names", "report.section.noname")
	}
	for lang, t := range s.Text {
		if s.Text[lang] = strings.TrimSpace(strings.ReplaceAll(t, "\r\n", "\n")); s.Text[lang] == "" {
			delete(s.Text, lang)
		}
		if n := utf8.RuneCountInString(t); n > mostText {
			f.Add("text", "report.long", "Most", mostText)
		}
	}
	return f.Err()
}

// SetSection changes the name and text of a section of a draft; one without an id is put at the end, as a text.
func (k *Desk) SetSection(ctx context.Context, by actor.Actor, id string, version int64, s Section) error {
	return k.change(ctx, by, id, version, "section", func(r *Report) error {
		if err := checkSection(&s); err != nil {
			return err
		}
		if s.ID == "" {
			if len(r.Sections) >= mostSections {
				return fault.New(fault.Invalid, "report.many", "Most", mostSections)
			}
			for n := len(r.Sections) + 1; ; n++ {
				s.ID = "s" + strconv.Itoa(n)
				if _, there := r.Section(s.ID); !there {
					break
				}
			}
			s.Kind = "text"
			r.Sections = append(r.Sections, s)
			return nil
		}
		for i := range r.Sections {
			if r.Sections[i].ID == s.ID {
				r.Sections[i].Names, r.Sections[i].Text, r.Sections[i].Hidden = s.Names, s.Text, s.Hidden
				return nil
			}
		}
		return fault.New(fault.NotFound, "error.notfound")
	})
}

// Arrange moves, hides, shows or removes a section of a draft: "up", "down", "hide", "show", "remove". Only texts are removed.
func (k *Desk) Arrange(ctx context.Context, by actor.Actor, id string, version int64, section, what string) error {
	return k.change(ctx, by, id, version, "arrange", func(r *Report) error {
		i := slices.IndexFunc(r.Sections, func(s Section) bool { return s.ID == section })
		if i < 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		switch {
		case what == "up" && i > 0:
			r.Sections[i-1], r.Sections[i] = r.Sections[i], r.Sections[i-1]
		case what == "down" && i < len(r.Sections)-1:
			r.Sections[i+1], r.Sections[i] = r.Sections[i], r.Sections[i+1]
		case what == "hide" || what == "show":
			r.Sections[i].Hidden = what == "hide"
		case what == "remove" && r.Sections[i].Kind == "text":
			r.Sections = slices.Delete(r.Sections, i, i+1)
		default:
			return fault.New(fault.Invalid, "error.form")
		}
		return nil
	})
}

// Freeze keeps what the record holds at this time in the report: later changes do not touch it.
func (k *Desk) Freeze(ctx context.Context, by actor.Actor, id string, version int64) (r Report, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		w, err := k.whole(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := by.NeedRuns(w.Of.Programme, w.Of.ID); err != nil {
			return err
		}
		if w.State != Draft {
			return fault.New(fault.Conflict, "report.notdraft")
		}
		if w.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		r = w.Report
		now := tx.Now
		r.State, r.Frozen = Frozen, &now
		if err := put(ctx, tx, r); err != nil {
			return err
		}
		doc, err := json.Marshal(w.Content)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE report SET content = $1 WHERE id = $2`, string(doc), id); err != nil {
			return err
		}
		if err := k.keep(ctx, tx, w.Content.Figures, "freeze"); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, id, "freeze", w.Report, r)
	})
	return r, err
}

// Withdraw takes a published report out of the public. Its document in the library goes with it, unless another version of
// the report is public.
func (k *Desk) Withdraw(ctx context.Context, by actor.Actor, id string, version int64) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := one(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := run(ctx, tx, by, old.Activity); err != nil {
			return err
		}
		if old.State != Published || old.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		now := old
		now.State = Withdrawn
		if err := put(ctx, tx, now); err != nil {
			return err
		}
		if err := withdrawFiles(ctx, tx, by, old); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, id, "withdraw", old, now)
	})
}
