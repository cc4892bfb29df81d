package participation

import (
	"context"
	"slices"
	"sort"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/letter"
	"aircommons/internal/network"
	"aircommons/internal/post"
)

// What a rule of attendance counts. Texts: "day.counts.<word>".
const (
	CountOnce     = "once"     // seen at all
	CountDays     = "days"     // days
	CountSessions = "sessions" // sessions of the agenda
)

// Counts in the order of the form.
var Counts = []string{CountOnce, CountDays, CountSessions}

// Rule says from what attendance on a certificate is issued: Least days or sessions, and Share per cent of those at which presence was
// taken. A session at which nobody was marked counts for nobody and against nobody.
type Rule struct {
	Activity string
	Counts   string
	Least    int
	Share    int // per cent
	Version  int64
}

func ruleOf(ctx context.Context, tx *db.Tx, activityID string) (r Rule, err error) {
	err = tx.One(ctx, `SELECT counts, least, share, version FROM attendance_rule WHERE activity_id = $1`, []any{activityID}, &r.Counts, &r.Least, &r.Share, &r.Version)
	if fault.CodeOf(err) == fault.NotFound {
		r, err = Rule{Counts: CountOnce, Least: 1}, nil
	}
	r.Activity = activityID
	return r, err
}

// SetRule stores the rule over the version it was read in.
func (k *Desk) SetRule(ctx context.Context, by actor.Actor, r Rule) error {
	var f fault.Form
	if !slices.Contains(Counts, r.Counts) {
		f.Add("counts", "day.rule.counts.missing")
	}
	if r.Least < 0 || r.Least > 1000 {
		f.Add("least", "day.rule.least.range")
	}
	if r.Share < 0 || r.Share > 100 {
		f.Add("share", "day.rule.share.range")
	}
	return k.db.Write(ctx, func(tx *db.Tx) error {
		a, err := k.run(ctx, tx, by, r.Activity)
		if err == nil {
			err = f.Err()
		}
		if err != nil {
			return err
		}
		old, err := ruleOf(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if old.Version != r.Version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO attendance_rule (activity_id, counts, least, share, version) VALUES ($1,$2,$3,$4,$5)
			ON CONFLICT (activity_id) DO UPDATE SET counts = excluded.counts, least = excluded.least, share = excluded.share, version = excluded.version`,
			a.ID, r.Counts, r.Least, r.Share, r.Version+1); err != nil {
			return err
		}
		return tx.Record(ctx, by, PresenceSubject, a.ID, "rule", old, r)
	})
}

// Attended is at what somebody was.
type Attended struct {
	Participation
	Who      account.Person
	Group    string
	At       []string // keys of the sessions
	Days     int
	Sessions int
	Seen     bool
	Earned   bool           // by the rule
	Letter   *letter.Letter // the certificate that was issued
}

// Attendance is who attended what.
type Attendance struct {
	Activity activity.Activity
	Rule     Rule
	Units    []Session // at which presence was taken, by time
	Rows     []Attended
	Cities   []CityAttendance
}

// CityAttendance are the figures of a city: seats on site and online, those who came, and their sessions. Place is empty for people of
// no city.
type CityAttendance struct {
	Place                         string
	Seats, Came, Earned, Sessions int
}

// Attendance reads who attended what, by name. For those who run the activity.
func (k *Desk) Attendance(ctx context.Context, by actor.Actor, activityID string) (t Attendance, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		t, err = attendance(ctx, tx, a)
		return err
	})
	return t, err
}

func attendance(ctx context.Context, tx *db.Tx, a activity.Activity) (t Attendance, err error) {
	t.Activity = a
	if t.Rule, err = ruleOf(ctx, tx, a.ID); err != nil {
		return t, err
	}
	stands, err := Standing(ctx, tx, a.ID)
	if err != nil {
		return t, err
	}
	taken, at := map[string]bool{}, map[string][]string{}
	for _, s := range stands {
		taken[s.Item] = true
		if !slices.Contains(at[s.Participation], s.Item) {
			at[s.Participation] = append(at[s.Participation], s.Item)
		}
	}
	all, err := sessions(ctx, tx, a)
	if err != nil {
		return t, err
	}
	units := map[string]int{}
	for _, s := range all {
		if taken[s.Key] {
			t.Units = append(t.Units, s)
			units[kindOfUnit(s)]++
		}
	}
	r, err := roll(ctx, tx, a, "")
	if err != nil {
		return t, err
	}
	cities := map[string]*CityAttendance{}
	for _, h := range r.Rows {
		if h.State != Confirmed && h.State != Present && h.State != Absent {
			continue
		}
		x := Attended{Participation: h.Participation, Who: h.Who, Group: h.Group, Seen: h.Present || h.Beside}
		for _, u := range t.Units {
			if !slices.Contains(at[h.ID], u.Key) {
				continue
			}
			x.At = append(x.At, u.Key)
			if u.Day != "" {
				x.Days++
			} else {
				x.Sessions++
			}
		}
		x.Earned = t.Rule.earned(x, units)
		if x.Letter, err = letter.ByKey(ctx, tx, certificateKey(h.ID)); err != nil {
			return t, err
		}
		t.Rows = append(t.Rows, x)
		c := cities[x.Place]
		if c == nil {
			c = &CityAttendance{Place: x.Place}
			cities[x.Place] = c
		}
		c.Seats++
		c.Sessions += x.Sessions
		if x.Seen {
			c.Came++
		}
		if x.Earned {
			c.Earned++
		}
	}
	for _, c := range cities {
		t.Cities = append(t.Cities, *c)
	}
	sort.Slice(t.Cities, func(i, j int) bool {
		a, b := t.Cities[i], t.Cities[j]
		if (a.Place == "") != (b.Place == "") {
			return b.Place == ""
		}
		return a.Place < b.Place
	})
	return t, nil
}

func kindOfUnit(s Session) string {
	if s.Day != "" {
		return CountDays
	}
	return CountSessions
}

func (r Rule) earned(x Attended, units map[string]int) bool {
	if !x.Seen {
		return false
	}
	n := map[string]int{CountDays: x.Days, CountSessions: x.Sessions}[r.Counts]
	if r.Counts == CountOnce {
		return true
	}
	return n >= max(1, r.Least) && n*100 >= r.Share*units[r.Counts]
}

func certificateKey(participation string) string {
	return string(letter.Certificate) + ":" + participation
}

// Certificates is what issuing certificates would do, or did.
type Certificates struct {
	Activity activity.Activity
	Rule     Rule
	New      []Attended // who get one
	There    int        // have one
	Short    []Attended // came, and not often enough
	NoMail   int        // of New: have no address to which it could be written
}

// Certificates issues a certificate of attendance to everybody who has earned one and has none, in one or two languages, and lays a letter to
// each into the outbox, where it waits for an officer's look; dry: it only tells to whom. For those who run the activity.
func (k *Desk) Certificates(ctx context.Context, by actor.Actor, activityID string, langs []string, dry bool) (c Certificates, err error) {
	work := func(tx *db.Tx) error {
		c = Certificates{}
		a, err := k.run(ctx, tx, by, activityID)
		if err != nil {
			return err
		}
		if !dry && (len(langs) < 1 || len(langs) > 2 || slices.ContainsFunc(langs, func(s string) bool { return !catalog.Known(s) }) || len(langs) == 2 && langs[0] == langs[1]) {
			var f fault.Form
			f.Add("second", "letter.form.langs")
			return f.Err()
		}
		t, err := attendance(ctx, tx, a)
		if err != nil {
			return err
		}
		c.Activity, c.Rule = a, t.Rule
		for _, x := range t.Rows {
			switch {
			case x.Letter != nil && x.Letter.State == letter.Issued:
				c.There++
			case x.Earned && x.Letter == nil:
				c.New = append(c.New, x)
				if x.Who.Email == "" {
					c.NoMail++
				}
			case x.Seen && !x.Earned:
				c.Short = append(c.Short, x)
			}
		}
		if dry || len(c.New) == 0 {
			return nil
		}
		base, err := k.certificate(ctx, tx, a, langs)
		if err != nil {
			return err
		}
		for _, x := range c.New {
			if err := k.certify(ctx, tx, by, a, base, x); err != nil {
				return err
			}
		}
		return tx.Record(ctx, by, PresenceSubject, a.ID, "certify", nil, map[string]int{"issued": len(c.New)})
	}
	if dry {
		err = k.db.Read(ctx, work)
	} else {
		err = k.db.Write(ctx, work)
	}
	return c, err
}

// certificate is what all certificates of an activity have in common.
func (k *Desk) certificate(ctx context.Context, tx *db.Tx, a activity.Activity, langs []string) (letter.Letter, error) {
	l := letter.Letter{Kind: letter.Certificate, About: "activity", AboutKey: a.ID, Langs: langs, Values: map[string]db.Text{}}
	organisations, err := network.Organisations(ctx, tx)
	if err != nil {
		return l, err
	}
	members, err := network.Memberships(ctx, tx)
	if err != nil {
		return l, err
	}
	count := map[string]int{}
	for _, m := range members {
		if !m.Withdrawn {
			count[m.Network]++
		}
	}
	host, most := db.Text{}, 0
	for _, o := range organisations {
		if n := count[o.ID]; n > most && !o.Withdrawn {
			host, most = o.Names, n
		}
	}
	for _, role := range a.Roles {
		for _, o := range organisations {
			if o.ID == role.Organisation {
				l.Issuers = append(l.Issuers, letter.Issuer{Names: o.Names, Role: role.Role})
			}
		}
	}
	if len(l.Issuers) == 0 && len(host) > 0 {
		l.Issuers = []letter.Issuer{{Names: host}}
	}
	for _, lang := range langs {
		said, err := activity.Said(ctx, tx, k.words(lang), "activity", a.ID)
		if err != nil {
			return l, err
		}
		if said["Network"], _ = host.In(lang); said["Network"] == "" {
			said["Network"] = "Aircommons"
		}
		for name, v := range said {
			if l.Values[name] == nil {
				l.Values[name] = db.Text{}
			}
			l.Values[name][lang] = v
		}
	}
	if a.Period.Known() && !a.Period.Open() {
		l.Ends = a.Period.Last()
	}
	return l, nil
}

func (k *Desk) certify(ctx context.Context, tx *db.Tx, by actor.Actor, a activity.Activity, base letter.Letter, x Attended) error {
	l := base
	l.Key, l.Person = certificateKey(x.ID), x.Who.ID
	l.Name = x.Who.Passport()
	l.Original, l.OriginalLang = x.Who.Original()
	if l.Name == "" {
		l.Name = latin(x.Who)
	}
	if l.Original != "" && l.OriginalLang == "" {
		l.OriginalLang = x.Who.Language
	}
	l.Values = map[string]db.Text{}
	for name, v := range base.Values {
		l.Values[name] = v
	}
	if x.Organisation != "" {
		l.Values["Organisation"] = db.Text{base.Langs[0]: x.Organisation}
	}
	if x.Place != "" {
		var names db.Text
		if err := tx.One(ctx, `SELECT names FROM place WHERE id = $1`, []any{x.Place}, &names); err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		l.Values["City"] = names
	}
	made, err := letter.Issue(ctx, tx, by, l)
	if err != nil || x.Who.Email == "" {
		return err
	}
	w := k.words(x.Who.Language)
	name, _ := a.Names.In(x.Who.Language)
	_, err = post.Add(ctx, tx, post.Letter{Key: certificateKey(x.ID), To: x.Who.Email, ToName: x.Who.Name, Lang: x.Who.Language, Person: x.Who.ID, Template: "letter.issued",
		Values: map[string]string{"Activity": name, "Letter": w.T("letter.kind." + string(letter.Certificate)), "Number": made.Number, "Link": k.URL + "/" + w.Tag() + "/letters/" + made.ID},
		About:  "activity", AboutKey: a.ID, Hold: true})
	return err
}

// latin is the first name in Latin letters, else the name as it is.
func latin(p account.Person) string {
	for _, n := range p.Names {
		if n.Script == "Latn" {
			return n.Text
		}
	}
	return p.Name
}
