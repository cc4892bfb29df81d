package form

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Forms lists the forms that the actor keeps, as they are being written, sorted by id.
func (k *Desk) Forms(ctx context.Context, by actor.Actor) (out []Form, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		all, err := All(ctx, tx)
		if err != nil {
			return err
		}
		out = nil
		for _, f := range all {
			ok, err := keeps(ctx, tx, by, f.Subject, f.Key)
			if err != nil {
				return err
			}
			if ok {
				out = append(out, f)
			}
		}
		return nil
	})
	if err == nil && len(out) == 0 {
		err = needKeeper(by)
	}
	return out, err
}

// Form is a form as it is being written, for those who keep it.
func (k *Desk) Form(ctx context.Context, by actor.Actor, id string) (f Form, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		f, err = k.mine(ctx, tx, by, id)
		return err
	})
	return f, err
}

// Asking is a form as people are asked: its last edition. Anybody may see what is asked.
func (k *Desk) Asking(ctx context.Context, id string) (f Form, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		f, err = One(ctx, tx, id)
		return err
	})
	return f, err
}

// Edition is a form as it was asked in an edition, for those who keep it.
func (k *Desk) Edition(ctx context.Context, by actor.Actor, id string, edition int64) (f Form, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.mine(ctx, tx, by, id); err != nil {
			return err
		}
		f, err = AsOf(ctx, tx, id, edition)
		return err
	})
	return f, err
}

func (k *Desk) mine(ctx context.Context, tx *db.Tx, by actor.Actor, id string) (Form, error) {
	f, err := Written(ctx, tx, id)
	if err != nil {
		if e := needKeeper(by); e != nil { // whether it is there is not told to others
			return Form{}, e
		}
		return Form{}, err
	}
	ok, err := keeps(ctx, tx, by, f.Subject, f.Key)
	if err == nil && !ok {
		err = fault.New(fault.Denied, "error.denied.officer")
	}
	return f, err
}

// Create stores a new form as a draft, with one page where it has none. An empty id is made of what it belongs to and its
// purpose.
func (k *Desk) Create(ctx context.Context, by actor.Actor, f Form) (Form, error) {
	tidy(&f)
	given := f
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		f = given
		f.State, f.Edition, f.Version = Draft, 0, 1
		if ok, err := keeps(ctx, tx, by, f.Subject, f.Key); err != nil {
			return err
		} else if !ok {
			return fault.New(fault.Denied, "error.denied.officer")
		}
		if len(f.Pages) == 0 {
			f.Pages = []Page{{ID: "p1", Names: f.Names}}
		}
		if err := checkSettings(ctx, tx, f); err != nil {
			return err
		}
		var err error
		if f.ID, err = freeID(ctx, tx, f); err != nil {
			return err
		}
		if err := Put(ctx, tx, f); err != nil {
			return err
		}
		return tx.Record(ctx, by, Subject, f.ID, "create", nil, f)
	})
	return f, err
}

// Copy makes a new draft of a form, for another thing: the form of the last edition for this one.
func (k *Desk) Copy(ctx context.Context, by actor.Actor, id string, f Form) (Form, error) {
	from, err := k.Form(ctx, by, id)
	if err != nil {
		return Form{}, err
	}
	f.ID, f.Pages = "", from.Pages
	if len(f.Names) == 0 {
		f.Names = from.Names
	}
	if f.Purpose == "" {
		f.Purpose = from.Purpose
	}
	return k.Create(ctx, by, f)
}

func freeID(ctx context.Context, tx *db.Tx, f Form) (string, error) {
	base := f.Purpose
	if f.Key != "" {
		base = db.Slug(f.Key + "-" + f.Purpose)
	} else if name, _ := f.Names.In("en"); db.Slug(name) != "" {
		base = db.Slug(name)
	}
	if !db.IsSlug(base) {
		base = "form"
	}
	return db.FreeSlug(base, func(id string) (bool, error) {
		n := 0
		err := tx.One(ctx, `SELECT COUNT(*) FROM form WHERE id = $1`, []any{id}, &n)
		return n > 0, err
	})
}

// Print is the mark of a part of a form as somebody read it. A change of a part that has another mark by now is refused, so
// that two officers can write in different places at once, and see both versions when it was the same place.
func Print(part any) string {
	b, err := json.Marshal(part)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// Settings are what stands above the pages: for Print.
func (f Form) Settings() any { return [4]any{f.Names, f.Purpose, f.Subject, f.Key} }

// Head is what stands above the questions of a page: for Print.
func (p Page) Head() any { return [2]any{p.Names, p.Text} }

var errConflict = fault.New(fault.Conflict, "error.conflict")

func (k *Desk) change(ctx context.Context, by actor.Actor, id, action string, f func(*db.Tx, *Form) error) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := k.mine(ctx, tx, by, id)
		if err != nil {
			return err
		}
		now := old.clone()
		if err := f(tx, &now); err != nil {
			return err
		}
		tidy(&now)
		if same(old, now) {
			return nil
		}
		if err := checkSize(now); err != nil {
			return err
		}
		if err := Put(ctx, tx, now); err != nil {
			return err
		}
		now.Version = old.Version + 1
		return tx.Record(ctx, by, Subject, id, action, old, now)
	})
}

func (f Form) clone() Form {
	b, _ := json.Marshal(f) // of our own types: it cannot fail
	var out Form
	_ = json.Unmarshal(b, &out)
	return out
}

// Set changes name, purpose and what the form belongs to. was is the Print of the Settings that were read.
func (k *Desk) Set(ctx context.Context, by actor.Actor, f Form, was string) error {
	return k.change(ctx, by, f.ID, "update", func(tx *db.Tx, now *Form) error {
		if Print(now.Settings()) != was {
			return errConflict
		}
		now.Names, now.Purpose, now.Subject, now.Key = f.Names, f.Purpose, f.Subject, f.Key
		tidy(now)
		if ok, err := keeps(ctx, tx, by, now.Subject, now.Key); err != nil || !ok {
			return firstOf(err, fault.New(fault.Denied, "error.denied.officer"))
		}
		return checkSettings(ctx, tx, *now)
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

// AddPage puts a page at the end, and gives its id.
func (k *Desk) AddPage(ctx context.Context, by actor.Actor, id string, p Page) (page string, err error) {
	err = k.change(ctx, by, id, "page-add", func(_ *db.Tx, f *Form) error {
		p.Names, p.Text = tidyText(p.Names), tidyText(p.Text)
		if err := checkPage(p); err != nil {
			return err
		}
		p.ID, p.Questions = freePage(*f), nil
		f.Pages, page = append(f.Pages, p), p.ID
		return nil
	})
	return page, err
}

func freePage(f Form) string {
	for n := len(f.Pages) + 1; ; n++ {
		id := "p" + strconv.Itoa(n)
		if _, there := f.Page(id); !there {
			return id
		}
	}
}

// SetPage changes the name and the text of a page. was is the Print of the Head that was read.
func (k *Desk) SetPage(ctx context.Context, by actor.Actor, id string, p Page, was string) error {
	return k.change(ctx, by, id, "page-change", func(_ *db.Tx, f *Form) error {
		i := f.page(p.ID)
		if i < 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		if Print(f.Pages[i].Head()) != was {
			return errConflict
		}
		p.Names, p.Text = tidyText(p.Names), tidyText(p.Text)
		f.Pages[i].Names, f.Pages[i].Text = p.Names, p.Text
		return checkPage(p)
	})
}

func (f Form) page(id string) int {
	return slices.IndexFunc(f.Pages, func(p Page) bool { return p.ID == id })
}

// at finds a question: the index of its page and of the question there.
func (f Form) at(question string) (page, n int) {
	for i, p := range f.Pages {
		if n := slices.IndexFunc(p.Questions, func(q Question) bool { return q.ID == question }); n >= 0 {
			return i, n
		}
	}
	return -1, -1
}

// AddQuestion puts a question at the end of a page, and gives its id.
func (k *Desk) AddQuestion(ctx context.Context, by actor.Actor, id, page string, q Question) (question string, err error) {
	err = k.change(ctx, by, id, "question-add", func(_ *db.Tx, f *Form) error {
		i := f.page(page)
		if i < 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		tidyQuestion(&q)
		q.ID = freeQuestion(*f, q)
		f.Pages[i].Questions, question = append(f.Pages[i].Questions, q), q.ID
		return checkQuestion(*f, q)
	})
	return question, err
}

func freeQuestion(f Form, q Question) string {
	label, _ := q.Labels.In("en")
	base := db.Slug(label)
	base = strings.Trim(base[:min(len(base), 30)], "-")
	if base == "" || base == "new" {
		base = q.Kind
	}
	id, _ := db.FreeSlug(base, func(id string) (bool, error) {
		_, _, there := f.Question(id)
		return there, nil
	})
	return id
}

// SetQuestion changes a question. was is the Print of the question that was read.
func (k *Desk) SetQuestion(ctx context.Context, by actor.Actor, id string, q Question, was string) error {
	return k.change(ctx, by, id, "question-change", func(_ *db.Tx, f *Form) error {
		i, n := f.at(q.ID)
		if i < 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		if Print(f.Pages[i].Questions[n]) != was {
			return errConflict
		}
		tidyQuestion(&q)
		f.Pages[i].Questions[n] = q
		return checkQuestion(*f, q)
	})
}

// Move moves a question by one, over the border of its page where it is the first or last, or a page where question is empty.
func (k *Desk) Move(ctx context.Context, by actor.Actor, id, page, question string, up bool) error {
	return k.change(ctx, by, id, "move", func(_ *db.Tx, f *Form) error {
		step := 1
		if up {
			step = -1
		}
		if question == "" {
			i := f.page(page)
			if i < 0 {
				return fault.New(fault.NotFound, "error.notfound")
			}
			if j := i + step; j >= 0 && j < len(f.Pages) {
				f.Pages[i], f.Pages[j] = f.Pages[j], f.Pages[i]
			}
			return nil
		}
		i, n := f.at(question)
		if i < 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		list := f.Pages[i].Questions
		if m := n + step; m >= 0 && m < len(list) {
			list[n], list[m] = list[m], list[n]
			return nil
		}
		j := i + step
		if j < 0 || j >= len(f.Pages) {
			return nil
		}
		q := list[n]
		f.Pages[i].Questions = slices.Delete(list, n, n+1)
		if up {
			f.Pages[j].Questions = append(f.Pages[j].Questions, q)
		} else {
			f.Pages[j].Questions = slices.Insert(f.Pages[j].Questions, 0, q)
		}
		return nil
	})
}

// Duplicate copies a question behind itself, or a page with its questions where question is empty. Conditions within a copied
// page follow the copies.
func (k *Desk) Duplicate(ctx context.Context, by actor.Actor, id, page, question string) error {
	return k.change(ctx, by, id, "duplicate", func(_ *db.Tx, f *Form) error {
		if question != "" {
			i, n := f.at(question)
			if i < 0 {
				return fault.New(fault.NotFound, "error.notfound")
			}
			q := f.clone().Pages[i].Questions[n]
			q.ID = freeQuestion(*f, q)
			f.Pages[i].Questions = slices.Insert(f.Pages[i].Questions, n+1, q)
			return nil
		}
		i := f.page(page)
		if i < 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		p := f.clone().Pages[i]
		p.ID = freePage(*f)
		f.Pages = slices.Insert(f.Pages, i+1, Page{ID: p.ID, Names: p.Names, Text: p.Text})
		renamed := map[string]string{}
		for _, q := range p.Questions {
			old := q.ID
			q.ID = freeQuestion(*f, q)
			renamed[old] = q.ID
			if q.When != nil && renamed[q.When.Question] != "" {
				q.When.Question = renamed[q.When.Question]
			}
			f.Pages[i+1].Questions = append(f.Pages[i+1].Questions, q)
		}
		return nil
	})
}

// Remove takes a question out, or a page with its questions where question is empty. was is the Print of the question or
// page that was read, so that nobody removes what somebody else has just written.
func (k *Desk) Remove(ctx context.Context, by actor.Actor, id, page, question, was string) error {
	return k.change(ctx, by, id, "remove", func(_ *db.Tx, f *Form) error {
		if question != "" {
			i, n := f.at(question)
			if i < 0 {
				return fault.New(fault.NotFound, "error.notfound")
			}
			if Print(f.Pages[i].Questions[n]) != was {
				return errConflict
			}
			f.Pages[i].Questions = slices.Delete(f.Pages[i].Questions, n, n+1)
			return nil
		}
		i := f.page(page)
		if i < 0 {
			return fault.New(fault.NotFound, "error.notfound")
		}
		if Print(f.Pages[i]) != was {
			return errConflict
		}
		f.Pages = slices.Delete(f.Pages, i, i+1)
		return nil
	})
}

// Return brings back what the form was before an entry of its history; 0 for the last one. What stands now stays in the
// history, so returning twice is where one began.
func (k *Desk) Return(ctx context.Context, by actor.Actor, id string, entry int64) error {
	return k.change(ctx, by, id, "return", func(tx *db.Tx, f *Form) error {
		list, err := tx.History(ctx, Subject, id)
		if err != nil {
			return err
		}
		for _, c := range list {
			if (entry != 0 && c.ID != entry) || c.Before == nil {
				continue
			}
			var old Form
			if err := json.Unmarshal(c.Before, &old); err != nil {
				return err
			}
			if entry == 0 && same(old.body(), f.body()) {
				continue // publishing changed nothing that could be taken back
			}
			f.Names, f.Pages, f.Purpose = old.Names, old.Pages, old.Purpose
			return nil
		}
		return fault.New(fault.Conflict, "form.noundo")
	})
}

func (f Form) body() any { return [3]any{f.Names, f.Pages, f.Purpose} }

// Undo tells the last change that Return would take back, ok false where there is none.
func (k *Desk) Undo(ctx context.Context, by actor.Actor, id string) (c db.Change, ok bool, err error) {
	list, err := k.History(ctx, by, id)
	if err != nil || len(list) == 0 {
		return c, false, err
	}
	now, err := k.Form(ctx, by, id)
	if err != nil {
		return c, false, err
	}
	for _, c := range list {
		var old Form
		if c.Before == nil || json.Unmarshal(c.Before, &old) != nil || same(old.body(), now.body()) {
			continue
		}
		return c, true, nil
	}
	return c, false, nil
}

// History lists what was done to a form, the latest first.
func (k *Desk) History(ctx context.Context, by actor.Actor, id string) (out []db.Change, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.mine(ctx, tx, by, id); err != nil {
			return err
		}
		out, err = tx.History(ctx, Subject, id)
		return err
	})
	return out, err
}

// Publish makes what is written the next edition: what people are asked from now on. What would confuse them is refused.
func (k *Desk) Publish(ctx context.Context, by actor.Actor, id string) error {
	return k.change(ctx, by, id, "publish", func(tx *db.Tx, f *Form) (err error) {
		if wrong := f.Faults(); len(wrong) > 0 {
			return &fault.Error{Code: fault.Invalid, Message: fault.Say("error.form"), Fields: wrong}
		}
		f.State = Published
		f.Edition, err = edition(ctx, tx, *f)
		return err
	})
}

// Withdraw asks nobody any more. Answers stay.
func (k *Desk) Withdraw(ctx context.Context, by actor.Actor, id string) error {
	return k.change(ctx, by, id, "withdraw", func(_ *db.Tx, f *Form) error {
		f.State = Withdrawn
		return nil
	})
}

// Pending reports whether what is written differs from what people are asked.
func (k *Desk) Pending(ctx context.Context, f Form) (pending bool, err error) {
	if f.State != Published {
		return true, nil
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		asked, err := AsOf(ctx, tx, f.ID, f.Edition)
		pending = !same(asked.body(), f.body())
		return err
	})
	return pending, err
}

// keeps reports whether the actor keeps forms of a thing: officers all, officers of a programme or activity theirs.
func keeps(ctx context.Context, tx *db.Tx, by actor.Actor, subject, key string) (bool, error) {
	if by.Officer() || !by.RunsAny() {
		return by.Officer(), nil
	}
	switch subject {
	case "programme":
		return by.Runs(key, ""), nil
	case "activity":
		var programme *string
		if err := tx.One(ctx, `SELECT programme_id FROM activity WHERE id = $1`, []any{key}, &programme); err != nil && fault.CodeOf(err) != fault.NotFound {
			return false, err
		}
		if programme == nil {
			return by.Runs("", key), nil
		}
		return by.Runs(*programme, key), nil
	}
	return false, nil
}

// needKeeper is nil for those who keep any forms.
func needKeeper(by actor.Actor) error {
	if by.RunsAny() {
		return nil
	}
	return by.NeedOfficer()
}

func tidyText(t db.Text) db.Text {
	out := db.Text{}
	for l, s := range t {
		if s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); s != "" && utf8.ValidString(s) {
			out[l] = s
		}
	}
	return out
}

func tidy(f *Form) {
	f.Names = tidyText(f.Names)
	f.Subject, f.Key, f.Purpose = strings.TrimSpace(f.Subject), strings.TrimSpace(f.Key), strings.TrimSpace(f.Purpose)
	if f.Key == "" {
		f.Subject = ""
	}
}

func tidyQuestion(q *Question) {
	q.Labels, q.Hints = tidyText(q.Labels), tidyText(q.Hints)
	if q.Kind != "choice" && q.Kind != "many" && q.Kind != "scale" {
		q.Options = nil
	}
	for i := range q.Options {
		q.Options[i].Labels = tidyText(q.Options[i].Labels)
	}
	if q.When != nil && q.When.Question == "" {
		q.When = nil
	}
	if q.Kind != "file" {
		q.Accept = ""
	}
	if q.Kind == "statement" {
		q.Required, q.Class = false, ""
	}
}
