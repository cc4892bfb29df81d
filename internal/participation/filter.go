package participation

import (
	"context"
	"net/url"
	"sort"
	"strings"
	"unicode/utf8"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/post"
)

// Saved is a filter under a name: a target of mailings, an export, a table of a report.
type Saved struct {
	ID       string
	Activity string // "" for the lists of all activities
	Name     string
	Query    string // as of Filter.Query
	Version  int64
}

// Filter is the filter itself.
func (s Saved) Filter() Filter {
	v, _ := url.ParseQuery(s.Query) // it was written by Query
	return ReadFilter(v)
}

const mostFilterName = 120 // letters

// Filters lists the saved filters for an activity's list: its own, and those of all activities.
func (k *Desk) Filters(ctx context.Context, by actor.Actor, activityID string) (out []Saved, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if _, err := k.run(ctx, tx, by, activityID); err != nil {
			return err
		}
		out, err = saved(ctx, tx, `WHERE activity_id = $1 OR activity_id = ''`, activityID)
		return err
	})
	sort.Slice(out, func(i, j int) bool { return out[i].Name+out[i].ID < out[j].Name+out[j].ID })
	return out, err
}

func saved(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Saved, err error) {
	err = tx.Each(ctx, `SELECT id, activity_id, name, query, version FROM participation_filter `+where, args, func(scan func(...any) error) error {
		var s Saved
		err := scan(&s.ID, &s.Activity, &s.Name, &s.Query, &s.Version)
		out = append(out, s)
		return err
	})
	return out, err
}

// SaveFilter keeps a filter under a name; the same name of an activity is replaced. One for all activities is an officer's.
func (k *Desk) SaveFilter(ctx context.Context, by actor.Actor, activityID string, s Saved) (Saved, error) {
	s.Name = strings.Join(strings.Fields(strings.ToValidUTF8(s.Name, "")), " ")
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := k.run(ctx, tx, by, activityID); err != nil {
			return err
		}
		if s.Activity == "" {
			if err := by.NeedOfficer(); err != nil {
				return err
			}
		} else if s.Activity != activityID {
			return notFound()
		}
		var f fault.Form
		if s.Name == "" {
			f.Add("name", "participation.filter.noname")
		} else if utf8.RuneCountInString(s.Name) > mostFilterName {
			f.Add("name", "form.toolong", "Max", mostFilterName)
		}
		if err := f.Err(); err != nil {
			return err
		}
		s.Query, s.Version = s.Filter().Query(), 1
		old, err := saved(ctx, tx, `WHERE activity_id = $1 AND name = $2`, s.Activity, s.Name)
		if err != nil {
			return err
		}
		if len(old) > 0 {
			s.ID, s.Version = old[0].ID, old[0].Version+1
			if _, err := tx.ExecContext(ctx, `UPDATE participation_filter SET query = $1, version = $2 WHERE id = $3`, s.Query, s.Version, s.ID); err != nil {
				return err
			}
			return tx.Record(ctx, by, "filter", s.ID, "update", old[0], s)
		}
		s.ID = k.id()
		if _, err := tx.ExecContext(ctx, `INSERT INTO participation_filter (id, activity_id, name, query, by_id, version) VALUES ($1,$2,$3,$4,$5,1)`, s.ID, s.Activity, s.Name, s.Query, by.ID); err != nil {
			return err
		}
		return tx.Record(ctx, by, "filter", s.ID, "create", nil, s)
	})
	return s, err
}

// DropFilter forgets a saved filter.
func (k *Desk) DropFilter(ctx context.Context, by actor.Actor, activityID, id string) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		if _, err := k.run(ctx, tx, by, activityID); err != nil {
			return err
		}
		old, err := saved(ctx, tx, `WHERE id = $1`, id)
		if err != nil {
			return err
		}
		if len(old) == 0 {
			return notFound()
		}
		if old[0].Activity == "" {
			if err := by.NeedOfficer(); err != nil {
				return err
			}
		} else if old[0].Activity != activityID {
			return notFound()
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM participation_filter WHERE id = $1`, id); err != nil {
			return err
		}
		return tx.Record(ctx, by, "filter", id, "delete", old[0], nil)
	})
}

// Mailing is a letter to those whom a filter chooses.
type Mailing struct {
	Key     string // made by the form: the same key is one mailing
	Kind    post.Kind
	Subject db.Text
	Text    db.Text
}

// MailingKinds are what a mailing can be.
var MailingKinds = []post.Kind{post.Transactional, post.Reminder, post.News, post.Invitation}

// MailingValues can be named in the texts of a mailing.
var MailingValues = []string{"Name", "Activity", "Dates", "Place", "City", "Link", "Network"}

// Mail writes to those whom a filter chooses, each in the own language. The letters wait in the outbox until somebody lets them go. People without an
// address are counted apart.
func (k *Desk) Mail(ctx context.Context, by actor.Actor, activityID string, who Several, m Mailing) (written, without int, err error) {
	err = k.db.Write(ctx, func(tx *db.Tx) error {
		written, without = 0, 0
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		if err := m.check(); err != nil {
			return err
		}
		setup, err := Setup(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		all, err := rows(ctx, tx, a, setup)
		if err != nil {
			return err
		}
		for _, r := range who.pick(all) {
			if r.Who.Email == "" || r.Person == "" {
				without++
				continue
			}
			if err := k.mail(ctx, tx, a, r, m); err != nil {
				return err
			}
			written++
		}
		return tx.Record(ctx, by, "quota", a.ID, "mailing", nil, map[string]any{"letters": written, "filter": who.Filter.Query(), "kind": m.Kind})
	})
	return written, without, err
}

func (k *Desk) mail(ctx context.Context, tx *db.Tx, a activity.Activity, r Row, m Mailing) error {
	key := "mailing/" + hash(a.ID + "\x00" + m.Key)[:32] + "/" + r.ID
	var n int
	if err := tx.One(ctx, `SELECT COUNT(*) FROM mail WHERE dedupe = $1`, []any{key}, &n); err != nil || n > 0 {
		return err
	}
	link, err := k.key(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	lang := r.Who.Language
	values := k.values(a, lang, link)
	w := k.words(lang)
	if a.Period.Known() {
		values["Dates"] = a.Period.Say(w)
	}
	for field, id := range map[string]string{"Place": a.Place, "City": r.Place} {
		if id == "" {
			continue
		}
		var names db.Text
		if err := tx.One(ctx, `SELECT names FROM place WHERE id = $1`, []any{id}, &names); err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		values[field], _ = names.In(lang)
	}
	subject, _ := m.Subject.In(lang)
	text, _ := m.Text.In(lang)
	_, err = post.Add(ctx, tx, post.Letter{Key: key, To: r.Who.Email, ToName: r.Who.Name, Lang: lang, Kind: m.Kind, Person: r.Person, Subject: subject, Text: text,
		Values: values, About: "activity", AboutKey: a.ID, Hold: true})
	return err
}

const (
	mostSubject = 200   // letters
	mostLetter  = 20000 // letters
)

func (m *Mailing) check() error {
	var f fault.Form
	ok := false
	for _, x := range MailingKinds {
		ok = ok || x == m.Kind
	}
	if !ok {
		f.Add("kind", "participation.mail.kind")
	}
	if len(m.Subject) == 0 {
		f.Add("subject", "participation.mail.subject.missing")
	}
	if len(m.Text) == 0 {
		f.Add("text", "participation.mail.text.missing")
	}
	for _, l := range catalog.Languages {
		for field, x := range map[string]struct {
			s    string
			most int
		}{"subject": {m.Subject[l.Tag], mostSubject}, "text": {m.Text[l.Tag], mostLetter}} {
			if utf8.RuneCountInString(x.s) > x.most {
				f.Add(field+"."+l.Tag, "form.toolong", "Max", x.most)
			}
			for _, v := range post.Named(x.s) {
				known := false
				for _, n := range MailingValues {
					known = known || n == v
				}
				if !known {
					f.Add(field+"."+l.Tag, "participation.mail.value", "Value", v)
				}
			}
		}
	}
	return f.Err()
}

// Shown is somebody on the list of participants that an activity shows.
type Shown struct {
	Person       account.Person
	Place        string
	Country      string
	Organisation string
	Role         string
	Mode         string
}

// Participants lists those who have a seat and let by see them. Nobody else is on it, whatever the viewer's rights: it is the list that readers see.
func (k *Desk) Participants(ctx context.Context, by actor.Actor, activityID string) (out []Shown, hidden int, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		out, hidden = nil, 0
		a, err := activity.One(ctx, tx, activityID)
		if err != nil {
			return err
		}
		if a.State != activity.Published && !Runs(by, a) {
			return notFound()
		}
		all, err := list(ctx, tx, `WHERE activity_id = $1 AND state IN ('confirmed','present') AND person_id <> ''`, a.ID)
		if err != nil {
			return err
		}
		people, err := account.PeopleByID(ctx, tx)
		if err != nil {
			return err
		}
		var mine *Participation
		for i := range all {
			if by.ID != "" && all[i].Person == by.ID {
				mine = &all[i]
			}
		}
		for _, p := range all {
			who := people[p.Person]
			if who.ID == "" || who.IsErased() {
				continue
			}
			if p.Visibility != "" {
				who.Visibility = p.Visibility
			}
			same := mine != nil && (mine.Delegation != "" && mine.Delegation == p.Delegation || mine.Place != "" && mine.Place == p.Place)
			if !who.SeenBy(by, account.Sight{Runs: Runs(by, a), Delegation: same, Participant: mine != nil}) {
				hidden++
				continue
			}
			out = append(out, Shown{who, p.Place, p.Country, p.Organisation, p.Role, p.Mode})
		}
		sort.Slice(out, func(i, j int) bool {
			if out[i].Person.Name != out[j].Person.Name {
				return out[i].Person.Name < out[j].Person.Name
			}
			return out[i].Person.ID < out[j].Person.ID
		})
		return nil
	})
	return out, hidden, err
}
