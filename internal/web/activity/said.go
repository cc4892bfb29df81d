package activity

import (
	"strings"

	desk "aircommons/internal/activity"
	"aircommons/internal/network"
)

// sources numbers the sources of a page in the order in which they are cited.
type sources struct{ List []source }

type source struct {
	N                int
	Title, Lang, URL string
	Date             string // of publication, as the language writes it
	date             string
}

// cite gives the number of the source of a statement.
func (s *sources) cite(v view, st network.Statement) int {
	for _, have := range s.List {
		if have.Title == st.SourceTitle && have.URL == st.SourceURL && have.date == st.SourceDate {
			return have.N
		}
	}
	n := source{N: len(s.List) + 1, Title: st.SourceTitle, Lang: foreign(st.SourceTitle, v.r.Lang), date: st.SourceDate}
	if strings.HasPrefix(st.SourceURL, "https://") || strings.HasPrefix(st.SourceURL, "http://") {
		n.URL = st.SourceURL
	}
	n.Date = v.sourceDate(st)
	s.List = append(s.List, n)
	return n.N
}

func (v view) sourceDate(st network.Statement) string {
	if p, err := network.ParsePeriod(st.SourceDate); err == nil && p.Known() {
		return period(v.w, p)
	}
	return st.SourceDate
}

// claim is what one source says.
type claim struct {
	N                   int // of the source; 0 for the record itself
	Source, SourceLang  string
	Printed, PrintedIn  string
	Reading             string // how the value is read; "" when it is read as printed
	Weekdays, Published string
	SaidBy              string
	Note, NoteLang      string
	Rival               bool // contradicts what stands before it
}

func (v view) claim(s *sources, field string, c network.Claim) claim {
	out := claim{N: s.cite(v, c.Statement), Source: c.SourceTitle, SourceLang: foreign(c.SourceTitle, v.r.Lang), Printed: c.Printed,
		PrintedIn: foreign(c.Printed, v.r.Lang), Published: v.sourceDate(c.Statement), SaidBy: c.SaidBy, Rival: c.Contradicting}
	note, in := c.Note.In(v.r.Lang)
	if out.Note = note; in != v.r.Lang {
		out.NoteLang = in
	}
	if field == network.PeriodField || field == desk.EditionField {
		if p, err := network.ParsePeriod(c.Parsed); err == nil && p.Known() {
			out.Reading, out.Weekdays = period(v.w, p), weekdays(v.w, p)
		}
	} else if c.Parsed != "" && c.Parsed != c.Printed {
		out.Reading = c.Parsed
		if v.net.Name(c.Parsed, v.r.Lang) != c.Parsed {
			out.Reading = v.net.Name(c.Parsed, v.r.Lang)
		}
	}
	return out
}

// fact is what all sources say of one field.
type fact struct {
	Label     string
	Claims    []claim
	Contested bool
}

func (v view) facts(s *sources, all []network.Fact, leave ...string) []fact {
	var out []fact
facts:
	for _, f := range all {
		for _, l := range leave {
			if f.Field == l {
				continue facts
			}
		}
		one := fact{Label: word(v.w, "network.field", f.Field), Contested: f.Contested()}
		for _, c := range f.Claims {
			one.Claims = append(one.Claims, v.claim(s, f.Field, c))
		}
		out = append(out, one)
	}
	return out
}

// contest is a date on which sources differ, with each of them and what follows from comparing them.
type contest struct {
	ID      string // for links within the page
	Edition Link
	Title   string
	Reading string // what the record holds
	Marks   []int  // numbers of all sources
	Claims  []claim
	Known   []string
	Alone   bool // it is the only one on its page
}

// contest lays out the dates of an edition that sources disagree on.
func (v view) contest(s *sources, e desk.StripEdition, all []desk.Activity) contest {
	a := e.Activity
	c := contest{ID: "c-" + a.ID, Edition: v.edition(a), Reading: period(v.w, e.Period)}
	first := len(e.Sources) > 0 && e.Sources[0].Rank == 0
	if !first {
		c.Claims = append(c.Claims, claim{Source: v.w.T("programme.contested.record"), Printed: a.Printed, PrintedIn: foreign(a.Printed, v.r.Lang),
			Reading: period(v.w, a.Period), Weekdays: weekdays(v.w, a.Period)})
	}
	days := true
	for _, said := range e.Sources {
		one := v.claim(s, network.PeriodField, said)
		c.Claims = append(c.Claims, one)
		c.Marks = append(c.Marks, one.N)
	}
	var months, years bool
	for _, rival := range e.Rivals {
		p, err := network.ParsePeriod(rival.Parsed)
		if err != nil {
			continue
		}
		if p.Precision != network.Day || a.Period.Precision != network.Day || p.From[8:] != a.Period.From[8:] || p.To == "" ||
			a.Period.To == "" || p.To[8:] != a.Period.To[8:] {
			days = false
		}
		months = months || !p.Contradicts(network.On(a.Period.From[:4]))
		years = years || p.From[:4] != a.Period.From[:4]
		if rival.SourceDate != "" && p.Precision == network.Day && rival.SourceDate < p.From {
			c.Known = append(c.Known, v.w.T("programme.contested.before", "Number", s.cite(v, rival.Statement)))
		}
	}
	switch {
	case years:
		c.Title = v.w.T("programme.contested.years")
	case days && months:
		c.Title = v.w.T("programme.contested.months")
		c.Known = append([]string{v.w.T("programme.contested.daysagree")}, c.Known...)
	default:
		c.Title = v.w.T("programme.contested.dates")
	}
	if a.Period.TouchesWeekend() {
		c.Known = append(c.Known, v.w.T("programme.contested.weekend", "Date", period(v.w, a.Period)))
	}
	for _, other := range all {
		switch {
		case other.ID == a.ID || other.State != desk.Published:
		case other.Programme != a.Programme && a.Period.Days() > 0 && other.Period.String() == a.Period.String():
			c.Known = append(c.Known, v.w.T("programme.contested.same", "Name", v.edition(other).Text))
		case other.Programme == a.Programme && a.Programme != "" && other.Period.SameDayAndMonth(a.Period):
			c.Known = append(c.Known, v.w.T("programme.contested.again", "Name", v.edition(other).Text))
		}
	}
	return c
}

// edition is the link to an activity: its year where it is an edition of a programme, else its name.
func (v view) edition(a desk.Activity) Link { return v.link("/activities/"+a.ID, a.Names, a.ID) }

// sourceLine is a source that is written as a line of text, perhaps with an address in it.
type sourceLine struct{ Text, Lang, URL string }

func (v view) sourceLines(lines []string) []sourceLine {
	var out []sourceLine
	for _, s := range lines {
		out = append(out, v.sourceLine(s))
	}
	return out
}

func (v view) sourceLine(s string) sourceLine {
	line := sourceLine{Text: s, Lang: foreign(s, v.r.Lang)}
	for _, f := range strings.Fields(s) {
		if strings.HasPrefix(f, "https://") || strings.HasPrefix(f, "http://") {
			line.URL = strings.TrimRight(f, ".,;)”")
		}
	}
	return line
}
