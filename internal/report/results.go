package report

import (
	"context"
	"math"
	"slices"
	"sort"
	"strconv"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/form"
	"time"
)

// said is a moment on the wall of an activity: "30 April 2027, 18:00 Seoul".
func said(w *catalog.Words, a activity.Activity, t time.Time) string {
	zone := activity.Zone(a.Zone)
	if zone == nil {
		zone = time.UTC
	}
	return w.Date(t.In(zone)) + ", " + activity.Clocks{Place: zone}.Pair(w, t)
}

// Feedback is what those who took part in an activity answered: nobody sees more of it, officers neither.
type Feedback struct {
	Activity  string   `json:"activity"`
	Asked     int      `json:"asked"`    // links that were sent
	Answered  int      `json:"answered"` // people
	Told      int      `json:"told"`     // people whose answers are counted here: they come in groups of at least Least
	Questions []Result `json:"questions"`
}

// Result is what was answered to one question.
type Result struct {
	Question form.Question `json:"question"`
	Answered int           `json:"answered"` // people; 0 with Few
	Few      bool          `json:"few"`
	Cells    []Cell        `json:"cells,omitempty"` // of answers that are counted, in the order of the question
	Mean     *float64      `json:"mean,omitempty"`  // of a scale or a number, arithmetic
	Texts    []string      `json:"texts,omitempty"` // in the order of the alphabet, which is nobody's
}

// Results counts the feedback on an activity, within a transaction.
func Results(ctx context.Context, tx *db.Tx, activityID string) (f Feedback, err error) {
	f = Feedback{Activity: activityID, Questions: []Result{}}
	r, err := round(ctx, tx, activityID)
	if err != nil {
		return f, err
	}
	a, err := activity.One(ctx, tx, activityID)
	if err != nil {
		return f, err
	}
	// When the time is over, the last ones come in too, fewer than Least though they may be.
	end, err := until(a, r.Until)
	if err != nil {
		return f, err
	}
	over := !end.IsZero() && !tx.Now.Before(end)
	f.Asked, f.Answered, f.Told = r.Asked, r.Answered, r.Told
	if over {
		f.Told = f.Answered
	}
	if f.Told < Least {
		f.Told = 0
		return f, nil
	}
	questions, err := questionsOf(ctx, tx, activityID)
	if err != nil {
		return f, err
	}
	type one struct {
		value string
		n     int
		leads int
	}
	values := map[string][]one{}
	err = tx.Each(ctx, `SELECT question, value, COUNT(*), SUM(CASE WHEN leads THEN 1 ELSE 0 END) FROM feedback_answer WHERE activity_id = $1 AND (told OR $2) GROUP BY question, value`, []any{activityID, over}, func(scan func(...any) error) error {
		var q string
		var o one
		err := scan(&q, &o.value, &o.n, &o.leads)
		values[q] = append(values[q], o)
		return err
	})
	if err != nil {
		return f, err
	}
	for _, q := range questions {
		x := Result{Question: q}
		for _, o := range values[q.ID] {
			x.Answered += o.leads
		}
		if x.Answered < Least {
			x.Few, x.Answered = x.Answered > 0, 0
			f.Questions = append(f.Questions, x)
			continue
		}
		var cells []Cell
		total, n := 0.0, 0
		for _, o := range values[q.ID] {
			cells = append(cells, Cell{o.value, o.n})
			if v, err := strconv.ParseFloat(o.value, 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
				total, n = total+v*float64(o.n), n+o.n
			}
			if q.Kind == "line" || q.Kind == "text" {
				for range o.n {
					x.Texts = append(x.Texts, o.value)
				}
			}
		}
		sort.Strings(x.Texts)
		switch q.Kind {
		case "scale":
			x.Cells = Protect(cells)
		case "choice", "yesno", "country", "city":
			x.Cells = Protect(cells)
		case "many": // people may be in several: a sum tells nothing, and small ones are left out
			for _, c := range cells {
				if c.Count >= Least {
					x.Cells = append(x.Cells, c)
				}
			}
		}
		if len(x.Cells) == 1 && x.Cells[0].Key == Others {
			x.Cells = nil
		}
		inOrder(q, x.Cells)
		if (q.Kind == "scale" || q.Kind == "number") && n > 0 {
			mean := total / float64(n)
			x.Mean = &mean
		}
		f.Questions = append(f.Questions, x)
	}
	return f, nil
}

// inOrder sorts cells as the question has its answers; others by size.
func inOrder(q form.Question, cells []Cell) {
	largest(cells)
	at := func(key string) int {
		if key == Others {
			return math.MaxInt
		}
		if q.Kind == "scale" {
			n, _ := strconv.Atoi(key)
			return n
		}
		return slices.IndexFunc(q.Options, func(o form.Option) bool { return o.Value == key })
	}
	if q.Kind == "scale" || len(q.Options) > 0 {
		slices.SortStableFunc(cells, func(a, b Cell) int {
			x, y := at(a.Key), at(b.Key)
			if x < y {
				return -1
			} else if x > y {
				return 1
			}
			return 0
		})
	}
}

// questionsOf are the questions that were answered, of the newest edition first, each once.
func questionsOf(ctx context.Context, tx *db.Tx, activityID string) (out []form.Question, err error) {
	type edition struct {
		form string
		n    int64
	}
	var editions []edition
	err = tx.Each(ctx, `SELECT DISTINCT form, edition FROM feedback_answer WHERE activity_id = $1 ORDER BY edition DESC, form`, []any{activityID}, func(scan func(...any) error) error {
		var e edition
		err := scan(&e.form, &e.n)
		editions = append(editions, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		f, err := form.AsOf(ctx, tx, e.form, e.n)
		if err != nil {
			return nil, err
		}
		for _, p := range f.Pages {
			for _, q := range p.Questions {
				if q.Kind != "statement" && !slices.ContainsFunc(out, func(o form.Question) bool { return o.ID == q.ID }) {
					out = append(out, q)
				}
			}
		}
	}
	return out, nil
}

// Results are those of the feedback on an activity, for those who run it.
func (k *Desk) Results(ctx context.Context, by actor.Actor, activityID string) (f Feedback, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := run(ctx, tx, by, activityID); err != nil {
			return err
		}
		f, err = Results(ctx, tx, activityID)
		return err
	})
	return f, err
}
