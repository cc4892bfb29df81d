package record

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/network"
)

// lint is a record on its way through the rules.
type lint struct {
	*Record
	now        time.Time
	programmes map[string]activity.Programme
	editions   map[string][]activity.Activity // by programme, by time
	dated      []activity.Activity            // those known to the day, by time
	found      []Finding
}

func newLint(r *Record, now time.Time) *lint {
	l := &lint{Record: r, now: now, programmes: map[string]activity.Programme{}, editions: map[string][]activity.Activity{}}
	for _, p := range r.Programmes {
		l.programmes[p.ID] = p
	}
	for _, a := range r.Activities {
		if a.State == activity.Withdrawn {
			continue
		}
		if a.Programme != "" {
			l.editions[a.Programme] = append(l.editions[a.Programme], a)
		}
		if a.Period.Days() > 0 {
			l.dated = append(l.dated, a)
		}
	}
	earlier := func(a, b activity.Activity) int {
		switch {
		case a.Period.Before(b.Period):
			return -1
		case b.Period.Before(a.Period):
			return 1
		}
		return cmp.Compare(a.ID, b.ID)
	}
	slices.SortFunc(l.dated, earlier)
	for _, es := range l.editions {
		slices.SortFunc(es, earlier)
	}
	return l
}

func (l *lint) add(rule, section, subject, id, key string, pairs ...any) {
	l.found = append(l.found, Finding{Rule: rule, Where: subject + "/" + id, Line: l.line(section, id), Message: fault.Say(key, pairs...)})
}

func (l *lint) activity(rule string, a activity.Activity, key string, pairs ...any) {
	l.add(rule, "activities", "activity", a.ID, key, append([]any{"Label", label(a)}, pairs...)...)
}

func (l *lint) programme(rule string, p activity.Programme, key string, pairs ...any) {
	name, _ := p.Names.In("en")
	l.add(rule, "programmes", "programme", p.ID, key, append([]any{"Name", name}, pairs...)...)
}

// label is how an activity is told apart: as the source prints it, else by its name.
func label(a activity.Activity) string {
	if a.Label != "" {
		return a.Label
	}
	return nameOf(a.Names, a.ID)
}

func nameOf(t db.Text, id string) string {
	if s, _ := t.In("en"); s != "" {
		return s
	}
	return id
}

// printed is the date of an activity as its source prints it, else as it is kept.
func printed(a activity.Activity) string {
	if a.Printed != "" {
		return a.Printed
	}
	return a.Period.String()
}

// shortEvent is how many days a forum or workshop lasts at most for a weekend in it to be odd. What is longer is judged
// by the day on which it begins and by whole weekends.
const shortEvent = 3

// dates looks at each date by itself, and at dates that come again in other years.
func (l *lint) dates() {
	for _, id := range sortedKeys(l.editions) {
		same := map[string][]activity.Activity{}
		var order []string
		for _, a := range l.editions[id] {
			if a.Period.Days() > 0 {
				key := a.Period.From[4:] + a.Period.To[4:]
				if same[key] == nil {
					order = append(order, key)
				}
				same[key] = append(same[key], a)
			}
		}
		for _, key := range order {
			as := same[key]
			if len(as) < 2 || as[0].Period.Year() == as[len(as)-1].Period.Year() {
				continue
			}
			var labels []string
			for _, a := range as {
				labels = append(labels, label(a))
			}
			l.programme("repeated-dates", l.programmes[id], "record.check.repeated", "Labels", strings.Join(labels, ", "), "Printed", printed(as[0]))
		}
	}
	for _, a := range l.dated {
		first, last, _ := a.Period.Weekdays()
		sunday := first == time.Sunday
		switch {
		case a.Period.Days() <= shortEvent && a.Period.TouchesWeekend():
			l.activity("falls-on-weekend", a, "record.check.weekend."+strconv.Itoa(min(a.Period.Days(), 2)), "Printed", printed(a),
				"First", weekday(first), "Last", weekday(last))
		case a.Period.SpansWeekend():
			l.activity("spans-weekend", a, "record.check.spans", "Printed", printed(a), "First", weekday(first), "Last", weekday(last))
		}
		if sunday && a.Period.Days() > shortEvent {
			l.activity("starts-on-sunday", a, "record.check.sunday", "Printed", printed(a), "Last", weekday(last))
		}
		if a.Printed != "" {
			if p, err := network.ReadPrinted(a.Printed, a.Period.Year()); err == nil && p.String() != a.Period.String() {
				l.activity("printed-differs", a, "record.check.printed", "Printed", a.Printed, "Parsed", a.Period.String())
			}
		}
	}
}

// weekday is a text of the catalogs, so that each reader gets it in the own language.
func weekday(d time.Weekday) fault.Message {
	return fault.Say("record.weekday." + strconv.Itoa(int(d)))
}

// pairs looks at dates of different programmes beside each other.
func (l *lint) pairs() {
	for i, a := range l.dated {
		for _, b := range l.dated[i+1:] {
			if b.Period.From > a.Period.Last().AddDate(0, 0, 1).Format("2006-01-02") {
				break // by time: all that follow begin later still
			}
			if a.Parent == b.ID || b.Parent == a.ID || a.Parent != "" && a.Parent == b.Parent || a.Programme != "" && a.Programme == b.Programme {
				continue
			}
			shared := l.shared(a, b)
			if shared == "" {
				continue
			}
			rule, key := "", ""
			switch days, _ := a.Period.Gap(b.Period); {
			case a.Period == b.Period && a.Place != "" && b.Place != "" && a.Place != b.Place:
				rule, key = "same-dates-two-cities", "record.check.twocities"
			case days < 0:
				rule, key = "overlaps-or-adjoins", "record.check.overlaps"
			case days == 0:
				rule, key = "overlaps-or-adjoins", "record.check.adjoins"
			default:
				continue
			}
			l.activity(rule, a, key, "Other", label(b), "Printed", printed(a), "OtherPrinted", printed(b), "Place", l.place(a.Place),
				"OtherPlace", l.place(b.Place), "Organisation", shared, "Year", a.Period.Year())
			f := &l.found[len(l.found)-1]
			f.Where += ", activity/" + b.ID
		}
	}
}

// shared names the organisation that has a role in both activities, empty when none has.
func (l *lint) shared(a, b activity.Activity) string {
	for _, x := range a.Roles {
		for _, y := range b.Roles {
			if x.Organisation == y.Organisation {
				for _, o := range l.Organisations {
					if o.ID == x.Organisation {
						return nameOf(o.Names, o.ID)
					}
				}
				return x.Organisation
			}
		}
	}
	return ""
}

func (l *lint) place(id string) string {
	for _, p := range l.Places {
		if p.ID == id {
			return nameOf(p.Names, id)
		}
	}
	return id
}

// rhythm looks at programmes that are said to be held every year.
func (l *lint) rhythm() {
	facts := l.facts()
	for _, p := range l.Programmes {
		if p.State == activity.Withdrawn || p.Every != "year" {
			continue
		}
		s := activity.MakeStrip(l.editions[p.ID], func(string) []network.Fact { return nil }, nil)
		if s.Last() == 0 {
			continue
		}
		if gaps := s.Gaps(); len(gaps) > 0 {
			l.programme("gap-in-annual", p, "record.check.gap", "Years", years(gaps))
		}
		if s.Last() < l.now.Year()-1 {
			l.programme("gap-in-annual", p, "record.check.ended", "Year", s.Last())
		}
		for _, f := range facts["programme/"+p.ID] {
			for _, c := range f.Claims {
				if q, err := network.ParsePeriod(c.Parsed); f.Field == activity.EditionField && err == nil && q.Known() && q.Year() < s.First() {
					l.programme("gap-in-annual", p, "record.check.before", "Year", s.First(), "Other", q.Year(), "Source", source(c))
				}
			}
		}
		for _, y := range s.Years {
			if y.Double() {
				var labels []string
				for _, i := range y.Editions {
					labels = append(labels, label(s.Editions[i].Activity))
				}
				l.programme("several-in-a-year", p, "record.check.several", "Year", y.Year, "Labels", strings.Join(labels, ", "))
			}
		}
	}
}

func years(ys []int) string {
	var out []string
	for _, y := range ys {
		out = append(out, strconv.Itoa(y))
	}
	return strings.Join(out, ", ")
}

// facts are the statements by the thing they are on.
func (l *lint) facts() map[string][]network.Fact {
	of := map[string][]network.Statement{}
	for _, s := range l.Statements {
		if !s.Withdrawn {
			of[s.Subject+"/"+s.SubjectKey] = append(of[s.Subject+"/"+s.SubjectKey], s)
		}
	}
	out := map[string][]network.Fact{}
	for key, list := range of {
		out[key] = network.FactsOf(list)
	}
	return out
}

// sources looks at what second sources say against the first, and at editions that only they tell of.
func (l *lint) sources() {
	activities := map[string]activity.Activity{}
	for _, a := range l.Activities {
		activities[a.ID] = a
	}
	facts := l.facts()
	for _, where := range sortedKeys(facts) {
		subject, id, _ := strings.Cut(where, "/")
		section := ""
		for _, s := range sections {
			if s.subject == subject {
				section = s.name
			}
		}
		for _, f := range facts[where] {
			first := f.Claims[0].Printed
			if a, ok := activities[id]; ok && subject == "activity" && f.Field == network.PeriodField && a.Period.Known() {
				f, first = f.Against(a.Period.String(), a.Printed), printed(a)
			}
			for _, c := range f.Claims {
				switch {
				case c.Rank == 0:
				case f.Field == activity.EditionField:
					l.add("only-second-source", section, subject, id, "record.check.onlysecond", "Second", c.Printed, "Source", source(c))
				case c.Contradicting:
					l.add("contradicted-by-second-source", section, subject, id, "record.check.contradicted", "Field", fieldName(f.Field), "First", first,
						"Second", c.Printed, "Source", source(c))
				}
			}
		}
	}
}

// source names the source of a claim with its date.
func source(c network.Claim) string {
	if c.SourceDate == "" {
		return c.SourceTitle
	}
	return c.SourceTitle + " (" + c.SourceDate + ")"
}

// fieldName is a text of the network desk for a field that its forms offer, else the field's word.
func fieldName(field string) any {
	if slices.Contains(network.StatementFields, field) {
		return fault.Say("network.field." + field)
	}
	return field
}

// documents looks for documents that a page offers and nobody has.
func (l *lint) documents() {
	for _, d := range l.Documents {
		if d.State == "withdrawn" || !d.OfferedOnly() {
			continue
		}
		key := "record.check.offered"
		if d.Label == "" {
			key = "record.check.offered.nolabel"
		}
		l.add("offered-not-in-hand", "documents", "document", d.ID, key, "Name", nameOf(d.Names, d.ID), "Label", d.Label)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
