package participation

import (
	"context"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/form"
)

// Filter chooses among the people of an activity. Empty fields choose all; the fields together must all hold.
type Filter struct {
	States     []State
	Roles      []string
	Places     []string // "-" for people of no city
	Countries  []string
	Mode       string
	Funded     string // "yes", "no"
	Delegation string
	Source     string
	Followup   string // "missing", "done": what is asked after acceptance
	Answer     string // "question:value" of the form of registration
	Echo       bool   // somebody registered again with the same address, and nobody has looked at it
	Text       string // in names, addresses, organisations
}

// Sources are how people came in. Their texts are "participation.source.<word>".
var Sources = []string{"self", "delegation", "nomination", "invitation", "replacement", "walkin", "import"}

// Query writes the filter as part of an address; the same filter is always written alike.
func (f Filter) Query() string {
	v := url.Values{}
	add := func(name string, values ...string) {
		for _, s := range values {
			if s != "" {
				v.Add(name, s)
			}
		}
	}
	for _, s := range States {
		if slices.Contains(f.States, s) {
			v.Add("state", string(s))
		}
	}
	add("role", sorted(f.Roles)...)
	add("place", sorted(f.Places)...)
	add("country", sorted(f.Countries)...)
	add("mode", f.Mode)
	add("funded", f.Funded)
	add("delegation", f.Delegation)
	add("source", f.Source)
	add("followup", f.Followup)
	add("answer", f.Answer)
	if f.Echo {
		v.Set("echo", "yes")
	}
	add("q", f.Text)
	return v.Encode()
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	sort.Strings(out)
	return slices.Compact(out)
}

// ReadFilter reads a filter from the query of an address. What it does not know is left out.
func ReadFilter(v url.Values) (f Filter) {
	for _, s := range v["state"] {
		if slices.Contains(States, State(s)) {
			f.States = append(f.States, State(s))
		}
	}
	words := func(name string) (out []string) {
		for _, s := range v[name] {
			if s = cut(s); s != "" {
				out = append(out, s)
			}
		}
		return out
	}
	f.Roles, f.Places, f.Countries = words("role"), words("place"), words("country")
	f.Mode, f.Funded, f.Delegation, f.Source = cut(v.Get("mode")), cut(v.Get("funded")), cut(v.Get("delegation")), cut(v.Get("source"))
	f.Followup, f.Answer, f.Text, f.Echo = cut(v.Get("followup")), cut(v.Get("answer")), cut(v.Get("q")), v.Get("echo") == "yes"
	return f
}

func cut(s string) string {
	s = strings.TrimSpace(strings.ToValidUTF8(s, ""))
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "")
	}
	return s
}

// Row is a participation with what a list of it shows.
type Row struct {
	Participation
	Who      account.Person // without an id for a seat that has no name yet
	Turn     int            // place in line among all who wait; 0: not waiting
	Answers  form.Answers   // to the form of registration
	Followup bool           // what is asked after acceptance was sent
	Echoes   int            // times that somebody registered again with the same address, not looked at
}

// Has reports whether the filter chooses a row.
func (f Filter) Has(r Row) bool {
	in := func(list []string, s string) bool {
		return len(list) == 0 || slices.Contains(list, s) || s == "" && slices.Contains(list, "-")
	}
	if len(f.States) > 0 && !slices.Contains(f.States, r.State) || !in(f.Roles, r.Role) || !in(f.Places, r.Place) || !in(f.Countries, r.Country) {
		return false
	}
	if f.Mode != "" && f.Mode != r.Mode || f.Funded != "" && (f.Funded == "yes") != r.Funded || f.Delegation != "" && f.Delegation != r.Delegation ||
		f.Source != "" && f.Source != r.Source || f.Echo && r.Echoes == 0 {
		return false
	}
	if f.Followup != "" && (!r.State.Holds() || (f.Followup == "done") != r.Followup) {
		return false
	}
	if question, value, ok := strings.Cut(f.Answer, ":"); ok && !slices.Contains(r.Answers[question], value) {
		return false
	}
	return f.Text == "" || found(f.Text, append(r.Who.Strings(), r.Who.Email, r.Organisation)...)
}

// found reports whether all words of a search stand in the texts, whatever their case and width.
func found(search string, texts ...string) bool {
	all := foldName(strings.Join(texts, "\n"))
	for w := range strings.FieldsSeq(foldName(search)) {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

// Listing is the people of an activity that a filter chooses.
type Listing struct {
	Activity activity.Activity
	Setup    Registration
	Rows     []Row
	All      int              // without the filter
	Counts   map[State]int    // without the filter
	Quotas   []Quota          // with what is taken of each
	Taken    []map[string]int // as of Free
}

// People lists those of an activity whom a filter chooses, the first who came first. For those who run it.
func (k *Desk) People(ctx context.Context, by actor.Actor, activityID string, f Filter) (l Listing, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		l, err = listing(ctx, tx, a, f)
		return err
	})
	return l, err
}

func listing(ctx context.Context, tx *db.Tx, a activity.Activity, f Filter) (l Listing, err error) {
	l = Listing{Activity: a, Counts: map[State]int{}}
	if l.Setup, err = Setup(ctx, tx, a.ID); err != nil {
		return l, err
	}
	if l.Quotas, l.Taken, err = Free(ctx, tx, a.ID); err != nil {
		return l, err
	}
	rows, err := rows(ctx, tx, a, l.Setup)
	if err != nil {
		return l, err
	}
	for _, r := range rows {
		l.All++
		l.Counts[r.State]++
		if f.Has(r) {
			l.Rows = append(l.Rows, r)
		}
	}
	return l, nil
}

func rows(ctx context.Context, tx *db.Tx, a activity.Activity, setup Registration) ([]Row, error) {
	all, err := List(ctx, tx, a.ID)
	if err != nil {
		return nil, err
	}
	people, err := account.PeopleByID(ctx, tx)
	if err != nil {
		return nil, err
	}
	answers := map[string]form.Answers{}
	done := map[string]bool{}
	for _, id := range []string{setup.Form, setup.Followup} {
		if id == "" {
			continue
		}
		given, err := form.AnswersTo(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		for _, x := range given {
			if x.Subject != Subject {
				continue
			}
			if id == setup.Form {
				answers[x.Key] = x.Answers
			}
			if id == setup.Followup && x.Sent {
				done[x.Key] = true
			}
		}
	}
	echoes := map[string]int{}
	err = tx.Each(ctx, `SELECT e.participation_id FROM participation_echo e JOIN participation p ON p.id = e.participation_id WHERE p.activity_id = $1 AND e.settled = ''`,
		[]any{a.ID}, func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			echoes[id]++
			return err
		})
	if err != nil {
		return nil, err
	}
	waiting, err := line(ctx, tx, a.ID)
	if err != nil {
		return nil, err
	}
	place := map[string]int{}
	for i, p := range waiting {
		place[p.ID] = i + 1
	}
	out := make([]Row, len(all))
	for i, p := range all {
		out[i] = Row{Participation: p, Who: people[p.Person], Turn: place[p.ID], Answers: answers[p.ID], Followup: done[p.ID], Echoes: echoes[p.ID]}
	}
	return out, nil
}

// Case is one participation with all that was done to it, for those who run the activity.
type Case struct {
	Own
	History []db.Change
	Echoes  []Echo
	Next    []State // steps that an officer can take from here
}

// Case reads one participation.
func (k *Desk) Case(ctx context.Context, by actor.Actor, id string) (c Case, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		p, err := One(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := k.run(ctx, tx, by, p.Activity); err != nil {
			return err
		}
		if c.Own, err = own(ctx, tx, p); err != nil {
			return err
		}
		if c.Echoes, err = echoes(ctx, tx, p.ID); err != nil {
			return err
		}
		c.Next = Decisions(p)
		c.History, err = tx.JournalWhere(ctx, db.JournalFilter{Subject: Subject, Key: p.ID, Limit: 200})
		return err
	})
	return c, err
}

// Decisions are the steps that an officer can take a participation to.
func Decisions(p Participation) (out []State) {
	for _, s := range next[p.State] {
		if s == Offered || s == Expired || s == Replaced || s == Declined || s == Invited && p.Person == "" {
			continue // these happen by themselves, or by the person
		}
		if p.Person == "" && s != Withdrawn {
			continue // a seat without a name can only be taken back
		}
		out = append(out, s)
	}
	return out
}

// foldName is a text without case and width.
func foldName(s string) string { return cases.Fold().String(norm.NFKC.String(s)) }

// lazy makes a value when it is first asked for.
func lazy[T any](make func() T) func() T { return sync.OnceValue(make) }

// Run reads an activity for one who runs it; others are refused.
func (k *Desk) Run(ctx context.Context, by actor.Actor, activityID string) (a activity.Activity, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		a, err = k.run(ctx, tx, by, activityID)
		return err
	})
	return a, err
}
