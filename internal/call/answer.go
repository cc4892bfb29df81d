package call

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/post"
)

// Begin is who answers a call, before the questions. For somebody who is signed in name and address are known.
type Begin struct {
	Call         string
	Name, Email  string
	Place        string // city, of the network or ""
	Organisation string
	Lang         string
	Once         string // the same word is the same submission, however often it is sent
}

// Begin makes a draft, and the account of whom it is for where there is none, and gives a secret link to it. Where a city
// nominates, name and address are the nominee's, and the draft belongs to who nominates.
func (k *Desk) Begin(ctx context.Context, by actor.Actor, b Begin) (s Submission, link string, err error) {
	b.Organisation = account.CleanName(b.Organisation)
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		c, err := see(ctx, tx, by, b.Call)
		if err != nil {
			return err
		}
		if err := c.answerable(tx.Now); err != nil {
			return err
		}
		if b.Once != "" {
			was, err := submissions(ctx, tx, `WHERE once = $1 AND call = $2`, hash(b.Once), c.ID)
			if err != nil {
				return err
			}
			if len(was) > 0 {
				s = was[0]
				link, err = k.key(ctx, tx, s.ID)
				return err
			}
		}
		s = Submission{ID: k.id(), Call: c.ID, Place: b.Place, Organisation: b.Organisation, Lang: b.Lang, State: "draft", Version: 1, once: hash(b.Once)}
		if b.Once == "" {
			s.once = s.ID
		}
		if err := checkBegin(ctx, tx, by, c, b); err != nil {
			return err
		}
		person := account.Person{Name: b.Name, Email: b.Email, Language: b.Lang}
		if by.SignedIn() && !by.Device && c.Kind != "nomination" {
			if person, err = account.PersonByID(ctx, tx, by.ID); err != nil {
				return err
			}
			s.Person = person.ID
		} else {
			if person, err = account.Ensure(ctx, tx, by, person); err != nil {
				return err
			}
			s.Person = person.ID
			if c.Kind == "nomination" {
				s.Person, s.Nominee = by.ID, person.ID
			}
		}
		if err := insert(ctx, tx, s); err != nil {
			return err
		}
		s.Created, s.Changed = tx.Now, tx.Now
		if err := tx.Record(ctx, by, SubmissionSubject, s.ID, "create", nil, map[string]string{"call": s.Call, "state": s.State}); err != nil {
			return err
		}
		if link, err = k.key(ctx, tx, s.ID); err != nil {
			return err
		}
		if c.Kind == "nomination" {
			return nil
		}
		_, closes := c.Times(c.About.Zone)
		return k.write(ctx, tx, c, s, person, post.Letter{Key: "submission/" + s.ID + "/draft", Template: Subject + ".draft"},
			map[string]string{"Until": closes.In(c.About.Zone).Format("2006-01-02 15:04 MST"), "Link": k.address(person.Language, link)})
	})
	return s, link, err
}

func checkBegin(ctx context.Context, tx *db.Tx, by actor.Actor, c Seen, b Begin) error {
	var f fault.Form
	if c.Kind == "nomination" || !by.SignedIn() || by.Device {
		if account.CleanName(b.Name) == "" {
			f.Add("name", "account.name.missing")
		}
		if account.CleanEmail(b.Email) == "" {
			f.Add("email", "account.email.form")
		}
	}
	if len([]rune(b.Organisation)) > mostName {
		f.Add("organisation", "form.text.long", "Length", len([]rune(b.Organisation)), "Most", mostName)
	}
	if b.Place != "" {
		n := 0
		if err := tx.One(ctx, `SELECT COUNT(*) FROM place WHERE id = $1 AND kind = 'city'`, []any{b.Place}, &n); err != nil {
			return err
		}
		if n == 0 {
			f.Add("place", "call.place.unknown")
		}
	}
	if c.Kind == "nomination" {
		switch {
		case !c.Runs && len(by.Cities()) == 0:
			return fault.New(fault.Denied, "call.denied.nominate")
		case b.Place == "":
			f.Add("place", "call.place.missing")
		case !c.Runs && !by.Speaks(b.Place):
			f.Add("place", "call.place.denied")
		}
	}
	return f.Err()
}

// answerable is nil while the call takes answers.
func (c Seen) answerable(now time.Time) error {
	if c.State != Published {
		return fault.New(fault.Conflict, "call.closed")
	}
	switch c.Stage(now, c.About.Zone) {
	case "before":
		return fault.New(fault.Conflict, "call.before")
	case "closed":
		return fault.New(fault.Conflict, "call.closed")
	}
	return nil
}

func (k *Desk) id() string { return uuid.Must(uuid.NewRandomFromReader(k.Random)).String() }

func (k *Desk) address(lang, link string) string { return k.Site + "/" + lang + "/submissions/" + link }

// key makes a secret link to a submission; its hash alone is kept.
func (k *Desk) key(ctx context.Context, tx *db.Tx, id string) (string, error) {
	b := make([]byte, 20)
	if _, err := io.ReadFull(k.Random, b); err != nil {
		return "", err
	}
	s := strings.ToLower(base32.StdEncoding.EncodeToString(b))
	_, err := tx.ExecContext(ctx, `INSERT INTO submission_key (hash, submission, created_at) VALUES ($1,$2,$3)`, hash(s), id, tx.Now)
	return s, err
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// write adds a letter to the author of a submission.
func (k *Desk) write(ctx context.Context, tx *db.Tx, c Seen, s Submission, to account.Person, l post.Letter, values map[string]string) error {
	if to.Email == "" {
		return nil
	}
	values["Name"], values["Title"] = to.Name, s.Title
	if s.Title == "" {
		values["Title"], _ = c.Names.In(to.Language)
	}
	values["Activity"], _ = c.About.Names.In(to.Language)
	l.To, l.ToName, l.Lang, l.Person, l.Values, l.About, l.AboutKey = to.Email, to.Name, to.Language, to.ID, values, c.Subject, c.Key
	_, err := post.Add(ctx, tx, l)
	return err
}

// Own is a submission as its author sees it.
type Own struct {
	Submission
	Call    Seen
	Form    form.Form
	Answers form.Answers
	Name    string // of the person whom it is for
	Email   string
	Open    bool   // it can still be changed
	Page    string // the first page that is not answered well; "" when all are
}

// find reads a submission by its id, for the author and those who keep the call, or by a secret link.
func find(ctx context.Context, tx *db.Tx, by actor.Actor, key string) (s Submission, c Seen, err error) {
	linked := false
	if s, err = submission(ctx, tx, key); fault.CodeOf(err) == fault.NotFound {
		var id string
		if err = tx.One(ctx, `SELECT submission FROM submission_key WHERE hash = $1`, []any{hash(key)}, &id); err != nil {
			return s, c, err
		}
		linked = true
		s, err = submission(ctx, tx, id)
	}
	if err != nil {
		return s, c, err
	}
	call, err := One(ctx, tx, s.Call)
	if err != nil {
		return s, c, err
	}
	a, err := about(ctx, tx, call)
	if err != nil {
		return s, c, err
	}
	c = Seen{call, a, runs(by, a)}
	if !linked && (!by.SignedIn() || by.ID != s.Person) {
		return Submission{}, Seen{}, notFound()
	}
	return s, c, nil
}

// asked is what a submission answers: drafts the form as it is asked now, others the edition they were sent to.
func asked(ctx context.Context, tx *db.Tx, c Call, s Submission) (f form.Form, a form.Answer, err error) {
	a, err = form.AnswerTo(ctx, tx, c.Form, SubmissionSubject, s.ID)
	if fault.CodeOf(err) == fault.NotFound {
		a = form.Answer{Form: c.Form, Subject: SubmissionSubject, Key: s.ID, Person: s.Person, Lang: s.Lang, Answers: form.Answers{}}
		f, err = form.One(ctx, tx, c.Form)
		return f, a, err
	} else if err != nil {
		return f, a, err
	}
	if s.State == "draft" {
		if f, err = form.One(ctx, tx, c.Form); err == nil {
			return f, a, nil
		}
	}
	f, err = form.AsOf(ctx, tx, a.Form, a.Edition)
	return f, a, err
}

// Own reads a submission by a secret link or, for its author, its id.
func (k *Desk) Own(ctx context.Context, by actor.Actor, key string) (o Own, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		o, err = k.own(ctx, tx, by, key)
		return err
	})
	return o, err
}

func (k *Desk) own(ctx context.Context, tx *db.Tx, by actor.Actor, key string) (o Own, err error) {
	s, c, err := find(ctx, tx, by, key)
	if err != nil {
		return o, err
	}
	f, a, err := asked(ctx, tx, c.Call, s)
	if err != nil {
		return o, err
	}
	if s, err = told(ctx, tx, s); err != nil {
		return o, err
	}
	o = Own{Submission: s, Call: c, Form: f, Answers: a.Answers, Open: c.answerable(tx.Now) == nil && !isDecision(s.State), Page: f.First(a.Answers)}
	who := s.Person
	if s.Nominee != "" {
		who = s.Nominee
	}
	p, err := account.PersonByID(ctx, tx, who)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return o, err
	}
	o.Name, o.Email = p.Name, p.Email
	return o, nil
}

// told is a submission as its author may know it: a decision only when the letter about it is on its way.
func told(ctx context.Context, tx *db.Tx, s Submission) (Submission, error) {
	if !isDecision(s.State) {
		return s, nil
	}
	var state string
	err := tx.One(ctx, `SELECT state FROM mail WHERE dedupe = $1`, []any{s.letter}, &state)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return s, err
	}
	if state == "held" || state == "ready" {
		s.State, s.Reason, s.Decided = "sent", nil, nil
	}
	return s, nil
}

// Save keeps the answers to a page. Of a draft everything is kept, and what is not good yet is told after; what was sent
// already is changed only to something good. Nothing is taken after the deadline.
func (k *Desk) Save(ctx context.Context, by actor.Actor, key, page string, answers form.Answers, lang string) (o Own, err error) {
	var wrong error
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		wrong = nil
		s, c, err := find(ctx, tx, by, key)
		if err != nil {
			return err
		}
		if err := c.answerable(tx.Now); err != nil {
			return err
		}
		if isDecision(s.State) {
			return fault.New(fault.Conflict, "call.closed")
		}
		f, a, err := asked(ctx, tx, c.Call, s)
		if err != nil {
			return err
		}
		p, ok := f.Page(page)
		if !ok {
			return notFound()
		}
		now := a.Answers.Clone()
		for _, q := range p.Questions {
			delete(now, q.ID)
			if v, ok := answers[q.ID]; ok && len(v) > 0 {
				now[q.ID] = v
			}
		}
		wrong = f.Check(page, now)
		if s.State == "sent" {
			if wrong != nil {
				return wrong
			}
			now = f.Keep(now)
		}
		a.Answers, a.Edition, a.Lang, a.Sent = now, f.Edition, lang, s.State == "sent"
		if err := form.PutAnswer(ctx, tx, a); err != nil {
			return err
		}
		s.Title = title(c.Call, f, now)
		if err := update(ctx, tx, s); err != nil {
			return err
		}
		if err := tx.Record(ctx, by, SubmissionSubject, s.ID, "save", nil, nil); err != nil {
			return err
		}
		o, err = k.own(ctx, tx, by, key)
		return err
	})
	if err == nil {
		err = wrong
	}
	return o, err
}

// title is what a submission is called: the answer to the question that the call names, else the first line of text.
func title(c Call, f form.Form, a form.Answers) string {
	for _, q := range f.Asked(a) {
		if q.ID == c.Title || c.Title == "" && q.Kind == "line" && q.Class == "" {
			s := strings.Join(strings.Fields(a.Get(q.ID)), " ")
			if r := []rune(s); len(r) > mostName {
				s = string(r[:mostName])
			}
			return s
		}
	}
	return ""
}

// Send hands a submission in. Sending twice is sending once.
func (k *Desk) Send(ctx context.Context, by actor.Actor, key string) (o Own, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		s, c, err := find(ctx, tx, by, key)
		if err != nil {
			return err
		}
		if s.In() {
			o, err = k.own(ctx, tx, by, key)
			return err
		}
		if err := c.answerable(tx.Now); err != nil {
			return err
		}
		f, a, err := asked(ctx, tx, c.Call, s)
		if err != nil {
			return err
		}
		if o, err = k.own(ctx, tx, by, key); err != nil {
			return err
		}
		if err := f.Check("", a.Answers); err != nil {
			return err
		}
		a.Answers, a.Edition, a.Sent = f.Keep(a.Answers), f.Edition, true
		if err := form.PutAnswer(ctx, tx, a); err != nil {
			return err
		}
		before := s.State
		now := tx.Now
		s.State, s.Sent, s.Title = "sent", &now, title(c.Call, f, a.Answers)
		if err := update(ctx, tx, s); err != nil {
			return err
		}
		if err := tx.Record(ctx, by, SubmissionSubject, s.ID, "send", map[string]string{"state": before}, map[string]string{"state": "sent"}); err != nil {
			return err
		}
		author, err := account.PersonByID(ctx, tx, s.Person)
		if err == nil {
			link, e := k.key(ctx, tx, s.ID)
			if e != nil {
				return e
			}
			err = k.write(ctx, tx, c, s, author, post.Letter{Key: "submission/" + s.ID + "/sent/" + now.Format(time.RFC3339Nano), Template: Subject + ".received"},
				map[string]string{"Link": k.address(author.Language, link)})
		}
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		o, err = k.own(ctx, tx, by, key)
		return err
	})
	return o, err
}

// Withdraw takes a submission back. Before the deadline it can be sent again.
func (k *Desk) WithdrawSubmission(ctx context.Context, by actor.Actor, key string) (o Own, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		s, _, err := find(ctx, tx, by, key)
		if err != nil {
			return err
		}
		if s.State != "withdrawn" {
			before := s.State
			if s.letter != "" {
				if err := post.CancelOf(ctx, tx, s.letter); err != nil {
					return err
				}
			}
			s.State = "withdrawn"
			if err := update(ctx, tx, s); err != nil {
				return err
			}
			if err := tx.Record(ctx, by, SubmissionSubject, s.ID, "withdraw", map[string]string{"state": before}, map[string]string{"state": "withdrawn"}); err != nil {
				return err
			}
		}
		o, err = k.own(ctx, tx, by, key)
		return err
	})
	return o, err
}

// Mine lists what the actor has sent or begun, the latest first.
func (k *Desk) Mine(ctx context.Context, by actor.Actor) (out []Own, err error) {
	if err := by.NeedPerson(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		ss, err := submissions(ctx, tx, `WHERE person = $1`, by.ID)
		if err != nil {
			return err
		}
		for i := len(ss) - 1; i >= 0; i-- {
			o, err := k.own(ctx, tx, by, ss[i].ID)
			if fault.CodeOf(err) == fault.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, o)
		}
		return nil
	})
	return out, err
}

// FileOf is the name of a kept file of a submission, for its author, those who keep the call, and reviewers to whom the
// question is shown.
func (k *Desk) FileOf(ctx context.Context, by actor.Actor, key, question, sum string) (name string, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		var answers form.Answers
		o, err := k.own(ctx, tx, by, key)
		if err == nil {
			answers = o.Answers
		} else if fault.CodeOf(err) == fault.NotFound {
			s, err := submission(ctx, tx, key)
			if err != nil {
				return err
			}
			if d, err := k.dossier(ctx, tx, by, s); err == nil {
				answers = d.Answers
			} else if r, err := k.task(ctx, tx, by, s); err == nil {
				answers = r.Answers
			} else {
				return notFound()
			}
		} else {
			return err
		}
		var ok bool
		if name, ok = (form.Answer{Answers: answers}).File(question, sum); !ok {
			return notFound()
		}
		return nil
	})
	return name, err
}
