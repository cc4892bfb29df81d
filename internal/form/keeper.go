package form

import (
	"context"
	"sort"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// The desk keeps what people answered; see account.FileKeeper.
var _ account.FileKeeper = (*Desk)(nil)

// Name is the desk's word among the keepers.
func (k *Desk) Name() string { return "form" }

// given is an answer as the person gets it: the words that were asked beside what was answered.
type given struct {
	Form    string     `json:"form"`
	Subject string     `json:"subject"`
	Key     string     `json:"key"`
	Sent    bool       `json:"sent"`
	At      time.Time  `json:"at"`
	Answers []givenOne `json:"answers"`
}

type givenOne struct {
	Question string   `json:"question"`
	Answer   []string `json:"answer"`
}

// Export returns what a person answered.
func (k *Desk) Export(ctx context.Context, tx *db.Tx, p account.Person) (any, error) {
	as, err := answersWhere(ctx, tx, `WHERE person = $1`, p.ID)
	if err != nil || len(as) == 0 {
		return nil, err
	}
	var out []given
	for _, a := range as {
		f, err := AsOf(ctx, tx, a.Form, a.Edition)
		if err != nil {
			return nil, err
		}
		name, _ := f.Names.In(p.Language)
		g := given{Form: name, Subject: a.Subject, Key: a.Key, Sent: a.Sent, At: a.At}
		for _, page := range f.Pages {
			for _, q := range page.Questions {
				v, ok := a.Answers[q.ID]
				if !ok {
					continue
				}
				label, _ := q.Labels.In(p.Language)
				var said []string
				for _, s := range v {
					if l, ok := q.Label(s); ok {
						s, _ = l.In(p.Language)
					} else if _, name, ok := FileOf(s); ok && q.Kind == "file" {
						s = name
					}
					said = append(said, s)
				}
				g.Answers = append(g.Answers, givenOne{label, said})
			}
		}
		out = append(out, g)
	}
	return out, nil
}

// Files lists the kept files that a person sent with answers.
func (k *Desk) Files(ctx context.Context, tx *db.Tx, p account.Person) (out []account.File, err error) {
	err = tx.Each(ctx, `SELECT name, sha256 FROM answer_file WHERE answer IN (SELECT id FROM answer WHERE person = $1)`, []any{p.ID}, func(scan func(...any) error) error {
		var f account.File
		err := scan(&f.Name, &f.Sum)
		out = append(out, f)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].Name+out[i].Sum < out[j].Name+out[j].Sum })
	return out, err
}

// Refers lists the kept files that answers still need.
func (k *Desk) Refers(ctx context.Context, tx *db.Tx) (out []string, err error) { return Kept(ctx, tx) }

// Kept lists the kept files that answers refer to.
func Kept(ctx context.Context, tx *db.Tx) (out []string, err error) {
	err = tx.Each(ctx, `SELECT DISTINCT sha256 FROM answer_file`, nil, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		out = append(out, s)
		return err
	})
	sort.Strings(out)
	return out, err
}

// Erase takes away what a person answered.
func (k *Desk) Erase(ctx context.Context, tx *db.Tx, p account.Person) error {
	_, err := drop(ctx, tx, `person = $1`, p.ID)
	return err
}

// Retain takes the answers to questions of a class away when their time is over, with dry it only tells. Other answers stay.
func (k *Desk) Retain(ctx context.Context, tx *db.Tx, now time.Time, dry bool) ([]account.Retained, error) {
	all, err := All(ctx, tx)
	if err != nil {
		return nil, err
	}
	var out []account.Retained
	for _, f := range all {
		if f.Subject != "activity" {
			continue
		}
		var period network.Period
		if err := tx.One(ctx, `SELECT period FROM activity WHERE id = $1`, []any{f.Key}, &period); fault.CodeOf(err) == fault.NotFound {
			continue
		} else if err != nil {
			return nil, err
		}
		if !period.Known() || period.Open() {
			continue
		}
		ended := period.Last().AddDate(0, 0, 1)
		due := func(class string) bool {
			t := account.ClassDue(class, ended)
			return class != "" && !t.IsZero() && !now.Before(t)
		}
		if !due("passport") && !due("diet") && !due("contact") {
			continue
		}
		as, err := AnswersTo(ctx, tx, f.ID)
		if err != nil {
			return nil, err
		}
		count := map[string]int{}
		for _, a := range as {
			asked, err := AsOf(ctx, tx, a.Form, a.Edition)
			if err != nil {
				return nil, err
			}
			kept := a.Answers.Clone()
			for _, page := range asked.Pages {
				for _, q := range page.Questions {
					if _, there := kept[q.ID]; there && due(q.Class) {
						delete(kept, q.ID)
						count[q.Class]++
					}
				}
			}
			if dry || len(kept) == len(a.Answers) {
				continue
			}
			a.Answers = kept
			if err := PutAnswer(ctx, tx, a); err != nil {
				return nil, err
			}
		}
		for _, class := range Classes {
			if n := count[class]; n > 0 {
				out = append(out, account.Retained{Class: class, Subject: f.Subject, Key: f.Key, Count: n, Due: account.ClassDue(class, ended)})
			}
		}
	}
	return out, nil
}
