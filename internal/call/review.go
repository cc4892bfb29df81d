package call

import (
	"context"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
)

// Dossier is a submission as those who keep the call see it. Marks are in it only when the review is closed.
type Dossier struct {
	Submission
	Call    Seen
	Form    form.Form
	Answers form.Answers
	Person  account.Person // author
	Nominee account.Person
	Marks   []Marked
	Letter  string // state of the letter about the decision, "" for none
	Twice   int    // other submissions of the same person to the call
}

func (k *Desk) dossier(ctx context.Context, tx *db.Tx, by actor.Actor, s Submission) (d Dossier, err error) {
	c, err := keep(ctx, tx, by, s.Call)
	if err != nil {
		return d, err
	}
	if s.State == "draft" {
		return d, notFound() // what was not sent is the author's own
	}
	d = Dossier{Submission: s, Call: c}
	var a form.Answer
	if d.Form, a, err = asked(ctx, tx, c.Call, s); err != nil {
		return d, err
	}
	d.Answers = a.Answers
	if d.Person, err = person(ctx, tx, s.Person); err != nil {
		return d, err
	}
	if d.Nominee, err = person(ctx, tx, s.Nominee); err != nil {
		return d, err
	}
	if d.Marks, err = marked(ctx, tx, `WHERE submission = $1`, s.ID); err != nil {
		return d, err
	}
	if c.Review != Closed {
		d.Marks = unseen(d.Marks)
	}
	if s.letter != "" {
		if err := tx.One(ctx, `SELECT state FROM mail WHERE dedupe = $1`, []any{s.letter}, &d.Letter); err != nil && fault.CodeOf(err) != fault.NotFound {
			return d, err
		}
	}
	return d, tx.One(ctx, `SELECT COUNT(*) FROM submission WHERE call = $1 AND person = $2 AND id <> $3 AND nominee = $4 AND state NOT IN ('draft','withdrawn')`,
		[]any{s.Call, s.Person, s.ID, s.Nominee}, &d.Twice)
}

// unseen leaves of reviews what may be known before the review is closed: who has a submission, and whether with a conflict.
func unseen(ms []Marked) []Marked {
	out := slices.Clone(ms)
	for i := range out {
		out[i] = Marked{Submission: out[i].Submission, Reviewer: out[i].Reviewer, State: out[i].State, Conflict: out[i].Conflict}
		if out[i].State == "done" {
			out[i].State = "assigned"
		}
	}
	return out
}

func person(ctx context.Context, tx *db.Tx, id string) (account.Person, error) {
	if id == "" {
		return account.Person{}, nil
	}
	p, err := account.PersonByID(ctx, tx, id)
	if fault.CodeOf(err) == fault.NotFound {
		return account.Person{ID: id}, nil
	}
	return p, err
}

// Submissions lists what was sent to a call, in the order it came, and how many drafts there are. For those who keep it.
func (k *Desk) Submissions(ctx context.Context, by actor.Actor, call string) (out []Dossier, drafts int, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, drafts = nil, 0
		if _, err := keep(ctx, tx, by, call); err != nil {
			return err
		}
		ss, err := submissions(ctx, tx, `WHERE call = $1`, call)
		if err != nil {
			return err
		}
		for _, s := range ss {
			if s.State == "draft" {
				drafts++
				continue
			}
			d, err := k.dossier(ctx, tx, by, s)
			if err != nil {
				return err
			}
			out = append(out, d)
		}
		return nil
	})
	return out, drafts, err
}

// Submission is one of them.
func (k *Desk) Submission(ctx context.Context, by actor.Actor, id string) (d Dossier, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		s, err := submission(ctx, tx, id)
		if err != nil {
			if !by.RunsAny() {
				return fault.New(fault.Denied, "error.denied.officer")
			}
			return err
		}
		d, err = k.dossier(ctx, tx, by, s)
		return err
	})
	return d, err
}

// Reviewer is somebody who can be given submissions of a call.
type Reviewer struct {
	account.Person
	Assigned, Done, Conflicts int
}

// reviewersOf are the people with the role for the call's activity or programme.
func reviewersOf(ctx context.Context, tx *db.Tx, c Seen) ([]account.Person, error) {
	var ids []string
	for _, of := range [][2]string{{actor.OfActivity, c.About.Activity}, {actor.OfProgramme, c.About.Programme}} {
		if of[1] == "" {
			continue
		}
		gs, err := account.Holders(ctx, tx, actor.Reviewer, of[0], of[1])
		if err != nil {
			return nil, err
		}
		for _, g := range gs {
			if !slices.Contains(ids, g.Person) {
				ids = append(ids, g.Person)
			}
		}
	}
	var out []account.Person
	for _, id := range ids {
		p, err := account.PersonByID(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Name != out[j].Name {
			return out[i].Name < out[j].Name
		}
		return out[i].ID < out[j].ID
	})
	return out, nil
}

// Reviewers lists who can review a call, with how much they have and how much is done. For those who keep it.
func (k *Desk) Reviewers(ctx context.Context, by actor.Actor, call string) (out []Reviewer, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		c, err := keep(ctx, tx, by, call)
		if err != nil {
			return err
		}
		people, err := reviewersOf(ctx, tx, c)
		if err != nil {
			return err
		}
		ms, err := marked(ctx, tx, `WHERE submission IN (SELECT id FROM submission WHERE call = $1 AND state NOT IN ('draft','withdrawn'))`, call)
		if err != nil {
			return err
		}
		for _, p := range people {
			r := Reviewer{Person: p}
			for _, m := range ms {
				if m.Reviewer != p.ID {
					continue
				}
				switch m.State {
				case "conflict":
					r.Conflicts++
				case "done":
					r.Done++
					r.Assigned++
				default:
					r.Assigned++
				}
			}
			out = append(out, r)
		}
		return nil
	})
	return out, err
}

// Assign gives a submission to a reviewer. One with a conflict of interest does not get it.
func (k *Desk) Assign(ctx context.Context, by actor.Actor, id, reviewer string) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		s, err := submission(ctx, tx, id)
		if err != nil {
			return err
		}
		c, err := keep(ctx, tx, by, s.Call)
		if err != nil {
			return err
		}
		if c.Review == Closed || !s.In() {
			return fault.New(fault.Conflict, "call.review.state")
		}
		people, err := reviewersOf(ctx, tx, c)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(people, func(p account.Person) bool { return p.ID == reviewer })
		if i < 0 {
			return fault.New(fault.Invalid, "call.reviewer.unknown")
		}
		return assign(ctx, tx, by, s, people[i])
	})
}

func assign(ctx context.Context, tx *db.Tx, by actor.Actor, s Submission, reviewer account.Person) error {
	was, err := marked(ctx, tx, `WHERE submission = $1 AND reviewer = $2`, s.ID, reviewer.ID)
	if err != nil {
		return err
	}
	if len(was) > 0 && was[0].State != "conflict" {
		return nil
	}
	if len(was) > 0 {
		return fault.New(fault.Conflict, "call.reviewer.conflict", "Name", reviewer.Name)
	}
	why, err := conflict(ctx, tx, reviewer, s)
	if err != nil {
		return err
	}
	if why != "" {
		return fault.New(fault.Conflict, "call.reviewer.conflict", "Name", reviewer.Name)
	}
	if err := putMarked(ctx, tx, Marked{Submission: s.ID, Reviewer: reviewer.ID, State: "assigned"}); err != nil {
		return err
	}
	return tx.Record(ctx, by, ReviewSubject, s.ID, "assign", nil, map[string]string{"reviewer": reviewer.ID})
}

// Unassign takes a submission from a reviewer who has not marked it.
func (k *Desk) Unassign(ctx context.Context, by actor.Actor, id, reviewer string) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		s, err := submission(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := keep(ctx, tx, by, s.Call); err != nil {
			return err
		}
		// Whether somebody has marked is not told either: before the review is closed nobody is taken off who has.
		if _, err := tx.ExecContext(ctx, `DELETE FROM review WHERE submission = $1 AND reviewer = $2 AND state = 'assigned'`, id, reviewer); err != nil {
			return err
		}
		return tx.Record(ctx, by, ReviewSubject, s.ID, "unassign", nil, map[string]string{"reviewer": reviewer})
	})
}

// Dealt is what dealing out would do, or did.
type Dealt struct {
	Submissions int // that were looked at
	New         int // assignments made
	Least, Most int // that a reviewer has after it
	Short       int // submissions that have fewer reviewers than wished
	Lack        int // reviewers that they lack together
	Conflicts   int // pairs that were left out because of a conflict of interest
}

// Deal gives every submission as many reviewers as the call wishes, each reviewer about the same number, and nobody a
// submission with a conflict of interest. With dry it only tells what it would do.
func (k *Desk) Deal(ctx context.Context, by actor.Actor, call string, dry bool) (out Dealt, err error) {
	run := k.db.Write
	if dry {
		run = k.db.Read
	}
	err = run(ctx, func(tx *db.Tx) error {
		out = Dealt{}
		c, err := keep(ctx, tx, by, call)
		if err != nil {
			return err
		}
		if c.Review == Closed {
			return fault.New(fault.Conflict, "call.review.state")
		}
		people, err := reviewersOf(ctx, tx, c)
		if err != nil {
			return err
		}
		if len(people) == 0 {
			return fault.New(fault.Invalid, "call.reviewer.none")
		}
		ss, err := submissions(ctx, tx, `WHERE call = $1 AND state NOT IN ('draft','withdrawn')`, call)
		if err != nil {
			return err
		}
		ms, err := marked(ctx, tx, `WHERE submission IN (SELECT id FROM submission WHERE call = $1)`, call)
		if err != nil {
			return err
		}
		d := dealing{load: make([]int, len(people)), fit: make([][]bool, len(ss)), given: make([][]int, len(ss))}
		has := map[[2]string]string{}
		for _, m := range ms {
			has[[2]string{m.Submission, m.Reviewer}] = m.State
			if i := slices.IndexFunc(people, func(p account.Person) bool { return p.ID == m.Reviewer }); i >= 0 && m.State != "conflict" {
				d.load[i]++
			}
		}
		wish := max(c.PerReview, 1)
		for n, s := range ss {
			out.Submissions++
			d.fit[n] = make([]bool, len(people))
			have := 0
			for i, p := range people {
				switch has[[2]string{s.ID, p.ID}] {
				case "":
					why, err := conflict(ctx, tx, p, s)
					if err != nil {
						return err
					}
					if d.fit[n][i] = why == ""; why != "" {
						out.Conflicts++
					}
				case "conflict":
					out.Conflicts++
				default:
					have++
				}
			}
			have += d.give(n, wish-have)
			if have < wish {
				out.Short++
				out.Lack += wish - have
			}
		}
		d.even()
		for n, given := range d.given {
			for _, i := range given {
				out.New++
				if dry {
					continue
				}
				if err := assign(ctx, tx, by, ss[n], people[i]); err != nil {
					return err
				}
			}
		}
		out.Least, out.Most = slices.Min(d.load), slices.Max(d.load)
		return nil
	})
	return out, err
}

// Task is a submission as its reviewer sees it: without passport and contact data, without the author where the call is
// blind, and with nothing of others' marks.
type Task struct {
	Submission
	Call    Seen
	Form    form.Form // with the questions that reviewers see
	Answers form.Answers
	Author  string // "" where the call is blind
	Mine    Marked
}

func (k *Desk) task(ctx context.Context, tx *db.Tx, by actor.Actor, s Submission) (t Task, err error) {
	if !by.SignedIn() {
		return t, fault.New(fault.Denied, "error.denied.signin")
	}
	ms, err := marked(ctx, tx, `WHERE submission = $1 AND reviewer = $2`, s.ID, by.ID)
	if err != nil {
		return t, err
	}
	if len(ms) == 0 || !s.In() {
		return t, notFound()
	}
	c, err := One(ctx, tx, s.Call)
	if err != nil {
		return t, err
	}
	a, err := about(ctx, tx, c)
	if err != nil {
		return t, err
	}
	if !reviews(by, a) && !runs(by, a) {
		return t, notFound() // the role was taken
	}
	t = Task{Submission: s, Call: Seen{c, a, false}, Mine: ms[0]}
	if t.Mine.State != "conflict" {
		p, err := person(ctx, tx, by.ID)
		if err != nil {
			return t, err
		}
		why, err := conflict(ctx, tx, p, s)
		if err != nil {
			return t, err
		}
		if why != "" {
			t.Mine = Marked{Submission: s.ID, Reviewer: by.ID, State: "conflict", Conflict: why, Version: ms[0].Version}
		}
	}
	if t.Mine.State == "conflict" { // nothing of it is shown any more
		t.Submission = Submission{ID: s.ID, Call: s.Call, State: s.State}
		return t, nil
	}
	f, answer, err := asked(ctx, tx, c, s)
	if err != nil {
		return t, err
	}
	t.Answers = form.Answers{}
	t.Form = f
	t.Form.Pages = nil
	for _, p := range f.Pages {
		var qs []form.Question
		for _, q := range p.Questions {
			if q.Class == "" && !(c.Blind && (q.Kind == "mail" || q.Kind == "phone")) {
				qs = append(qs, q)
				if v, ok := answer.Answers[q.ID]; ok {
					t.Answers[q.ID] = v
				}
			}
		}
		if p.Questions = qs; len(qs) > 0 {
			t.Form.Pages = append(t.Form.Pages, p)
		}
	}
	who := s.Person
	if s.Nominee != "" {
		who = s.Nominee
	}
	p, err := person(ctx, tx, who)
	if err != nil {
		return t, err
	}
	t.Author = p.Name
	if c.Blind {
		t.Author, t.Person, t.Nominee, t.Place, t.Organisation = "", "", "", "", ""
	}
	t.Reason, t.Decided = nil, nil
	if isDecision(t.State) {
		t.State = "sent"
	}
	return t, nil
}

// Tasks lists what the actor reviews, of all calls, in the order of the submissions' ids, which says nothing of when they came.
func (k *Desk) Tasks(ctx context.Context, by actor.Actor) (out []Task, err error) {
	if err := by.NeedPerson(); err != nil {
		return nil, err
	}
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out = nil
		ms, err := marked(ctx, tx, `WHERE reviewer = $1`, by.ID)
		if err != nil {
			return err
		}
		for _, m := range ms {
			s, err := submission(ctx, tx, m.Submission)
			if err != nil {
				return err
			}
			t, err := k.task(ctx, tx, by, s)
			if fault.CodeOf(err) == fault.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		sort.SliceStable(out, func(i, j int) bool { return out[i].Call.ID < out[j].Call.ID })
		return nil
	})
	return out, err
}

// Task is one of them.
func (k *Desk) Task(ctx context.Context, by actor.Actor, id string) (t Task, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		s, err := submission(ctx, tx, id)
		if err != nil {
			return err
		}
		t, err = k.task(ctx, tx, by, s)
		return err
	})
	return t, err
}

const mostComment = 4000

// Mark keeps a reviewer's marks, which can be changed until the review is closed. version is that of the marks that were read.
func (k *Desk) Mark(ctx context.Context, by actor.Actor, id string, marks map[string]int, comment string, version int64) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		s, err := submission(ctx, tx, id)
		if err != nil {
			return err
		}
		t, err := k.task(ctx, tx, by, s)
		if err != nil {
			return err
		}
		if t.Call.Review != Open {
			return fault.New(fault.Conflict, "call.review.notopen")
		}
		if t.Mine.State == "conflict" {
			return fault.New(fault.Denied, "call.review.conflict")
		}
		if t.Mine.Version != version {
			return errConflict
		}
		var f fault.Form
		kept := map[string]int{}
		for _, c := range t.Call.Criteria {
			if m := marks[c.ID]; m < 1 || m > c.Scale {
				f.Add("mark."+c.ID, "form.missing.choose")
			} else {
				kept[c.ID] = m
			}
		}
		comment = strings.TrimSpace(strings.ToValidUTF8(comment, ""))
		if n := utf8.RuneCountInString(comment); n > mostComment {
			f.Add("comment", "form.text.long", "Length", n, "Most", mostComment)
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := putMarked(ctx, tx, Marked{Submission: id, Reviewer: by.ID, State: "done", Marks: kept, Comment: comment}); err != nil {
			return err
		}
		return tx.Record(ctx, by, ReviewSubject, id, "mark", nil, nil) // the marks are nowhere but in their row
	})
}

// Declare says that the actor has a conflict of interest. The submission is hidden from them, and their marks are gone.
func (k *Desk) Declare(ctx context.Context, by actor.Actor, id, why string) error {
	why = strings.TrimSpace(strings.ToValidUTF8(why, ""))
	var f fault.Form
	if why == "" {
		f.Add("why", "call.conflict.missing")
	}
	if n := utf8.RuneCountInString(why); n > 500 {
		f.Add("why", "form.text.long", "Length", n, "Most", 500)
	}
	if err := f.Err(); err != nil {
		return err
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		s, err := submission(ctx, tx, id)
		if err != nil {
			return err
		}
		t, err := k.task(ctx, tx, by, s)
		if err != nil {
			return err
		}
		if t.Call.Review == Closed {
			return fault.New(fault.Conflict, "call.review.notopen")
		}
		if err := putMarked(ctx, tx, Marked{Submission: id, Reviewer: by.ID, State: "conflict", Conflict: why}); err != nil {
			return err
		}
		return tx.Record(ctx, by, ReviewSubject, id, "declare", nil, nil)
	})
}
