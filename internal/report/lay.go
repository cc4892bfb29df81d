package report

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/form"
	"aircommons/internal/network"
)

// CellText is what the people of a cell of a table have in common, in words. place gives the name of a city.
func CellText(w *catalog.Words, place func(id string) string, table, key string) string {
	switch key {
	case Others:
		return w.T("report.others")
	case Unstated:
		switch table {
		case "city":
			return w.T("report.nocity")
		case "gender":
			return w.T("gender.none")
		}
		return w.T("report.unstated")
	}
	switch table {
	case "country":
		if r, err := language.ParseRegion(key); err == nil {
			if s := display.Regions(language.Make(w.Tag())).Name(r); s != "" {
				return s
			}
		}
		return key
	case "city":
		return place(key)
	case "attendance":
		return w.T("report.attendance." + key)
	case "gender":
		return w.T("gender." + key)
	case "role":
		return w.T("participation.role." + key)
	case "mode":
		return w.T("participation.mode." + key)
	case "funded":
		return w.T("participation.funded." + key)
	}
	return w.T("report.return." + key)
}

// AnswerText is an answer to a question of feedback in words.
func AnswerText(w *catalog.Words, place func(id string) string, q form.Question, key string) string {
	switch {
	case key == Others:
		return w.T("report.others")
	case q.Kind == "yesno" && (key == "yes" || key == "no"):
		return w.T("part." + key)
	case q.Kind == "country":
		return CellText(w, place, "country", key)
	case q.Kind == "city":
		return place(key)
	}
	if l, ok := q.Label(key); ok {
		s, _ := l.In(w.Tag())
		return s
	}
	return key
}

// Sheet is a report laid out for readers of one language.
type Sheet struct {
	Title    string
	Subtitle string
	Notes    []string // version, dates
	Blocks   []Block
}

// Lay lays a report out in a language.
func Lay(w *catalog.Words, r Report, c Content) Sheet {
	l := layer{w: w, c: c}
	name, _ := c.Names.In(w.Tag())
	s := Sheet{Title: w.T("report.of", "Activity", name)}
	var sub []string
	if c.Period.Known() {
		sub = append(sub, When(w, c.Period))
	}
	if c.Place != "" {
		sub = append(sub, l.place(c.Place))
	}
	s.Subtitle = strings.Join(sub, ", ")
	if r.State == Draft {
		s.Notes = append(s.Notes, w.T("report.note.draft", "Number", r.Number, "Date", w.Date(c.At)))
	} else {
		s.Notes = append(s.Notes, w.T("report.note.frozen", "Number", r.Number, "Date", w.Date(c.At)))
	}
	for _, x := range r.Sections {
		if x.Hidden {
			continue
		}
		before := len(l.out)
		name, in := x.Names.In(w.Tag())
		l.add(Block{Kind: "heading", Level: 2, Lang: other(w, in), Runs: plain(name), ID: "s-" + x.ID})
		if text, in := x.Text.In(w.Tag()); text != "" {
			l.out = append(l.out, Markdown(text, other(w, in), 3)...)
		}
		l.kind(x.Kind)
		if len(l.out) == before+1 { // nothing stands under the heading
			if x.Kind == "text" || x.Kind == "photos" || x.Kind == "documents" || x.Kind == "roles" {
				l.out = l.out[:before]
				continue
			}
			l.add(Block{Kind: "para", Runs: plain(w.T("report.nothing"))})
		}
	}
	s.Blocks = l.out
	return s
}

type layer struct {
	w   *catalog.Words
	c   Content
	out []Block
}

func plain(s string) []Run { return []Run{{Text: s}} }

func (l *layer) add(b Block) { l.out = append(l.out, b) }

func (l *layer) place(id string) string {
	if s, _ := l.c.Places[id].In(l.w.Tag()); s != "" {
		return s
	}
	return id
}

func (l *layer) named(t db.Text, id string) (string, string) {
	s, in := t.In(l.w.Tag())
	if s == "" {
		return id, ""
	}
	return s, other(l.w, in)
}

func (l *layer) kind(kind string) {
	switch kind {
	case "roles":
		var rows [][]string
		for _, r := range l.c.Roles {
			name, _ := l.named(l.c.Organisations[r.Organisation], r.Organisation)
			rows = append(rows, []string{name, l.w.T("activity.role." + r.Role)})
		}
		if len(rows) > 0 {
			l.add(Block{Kind: "table", Head: []string{l.w.T("report.organisation"), l.w.T("report.role")}, Rows: rows})
		}
	case "figures":
		l.figures()
	case "agenda":
		l.agenda()
	case "feedback":
		l.feedback()
	case "photos":
		for i := range l.c.Photos {
			l.add(Block{Kind: "image", Photo: &l.c.Photos[i]})
		}
	case "documents":
		for _, d := range l.c.Documents {
			name, in := l.named(d.Names, d.ID)
			l.add(Block{Kind: "item", Lang: in, Runs: []Run{{Text: name, Href: "/library/" + d.ID}, {Text: " (" + l.w.T("library.kind."+d.Kind) + ")"}}})
		}
	}
}

func (l *layer) figures() {
	f := l.c.Figures
	if f.Few {
		l.add(Block{Kind: "para", Runs: plain(l.w.T("report.few"))})
		return
	}
	if f.Total == 0 {
		return
	}
	name, _ := l.c.Names.In(l.w.Tag())
	unit := func(n int) string { return l.w.N("report.unit."+f.Basis, n, "Activity", name) }
	l.add(Block{Kind: "para", Runs: []Run{{Text: unit(f.Total), Bold: true}, {Text: " – " + l.w.T("report.definition.total")}}})
	if f.Seats > 0 {
		l.add(Block{Kind: "para", Runs: plain(l.w.N("report.seats", f.Seats))})
	}
	for _, t := range f.Tables {
		if len(t.Cells) == 0 {
			continue
		}
		b := &Bars{ID: "f-" + t.Name, Title: l.w.T("report.table." + t.Name), Unit: Unit(l.w, f, t, name), Axis: l.w.T("report.table." + t.Name), Note: l.w.T("report.definition." + t.Name)}
		if t.Merged {
			b.Note += " " + l.w.T("report.merged")
		}
		for _, c := range t.Cells {
			b.Names, b.Counts = append(b.Names, CellText(l.w, l.place, t.Name, c.Key)), append(b.Counts, c.Count)
		}
		l.add(Block{Kind: "bars", Bars: b})
	}
	l.add(Block{Kind: "note", Runs: plain(l.w.T("report.counted", "Date", l.w.Date(f.At), "Time", f.At.Format("15:04")))})
}

// Unit says who is counted in a table.
func Unit(w *catalog.Words, f Figures, t Table, activity string) string {
	basis := f.Basis
	if t.Name == "attendance" {
		basis = "confirmed"
	}
	return w.N("report.unit."+basis, t.Total, "Activity", activity)
}

func (l *layer) agenda() {
	day := ""
	var rows [][]string
	flush := func() {
		if len(rows) > 0 {
			l.add(Block{Kind: "table", Head: []string{l.w.T("report.time"), l.w.T("report.session")}, Rows: rows})
			rows = nil
		}
	}
	for _, s := range l.c.Agenda {
		d, at := "", ""
		if t, err := time.Parse(activity.ClockLayout, s.Starts); err == nil {
			d, at = l.w.Date(t), l.w.Clock(t)
			if e, err := time.Parse(activity.ClockLayout, s.Ends); err == nil {
				at += "–" + l.w.Clock(e)
			}
		}
		if d != day {
			flush()
			if d != "" {
				l.add(Block{Kind: "heading", Level: 3, Runs: plain(d)})
			}
			day = d
		}
		name, _ := l.named(s.Names, "")
		if s.Cancelled {
			name += " – " + l.w.T("report.cancelled")
		}
		rows = append(rows, []string{at, name})
		for _, t := range s.Talks {
			if name, _ := l.named(t, ""); name != "" {
				rows = append(rows, []string{"", "· " + name})
			}
		}
	}
	flush()
}

func (l *layer) feedback() {
	f := l.c.Feedback
	if f.Told == 0 {
		return
	}
	l.add(Block{Kind: "para", Runs: plain(l.w.N("report.feedback.told", f.Told) + " " + l.w.T("report.feedback.sent") + ": " + l.w.Int(f.Asked))})
	for i, q := range f.Questions {
		if q.Few || q.Answered == 0 {
			continue
		}
		label, in := l.named(q.Question.Labels, q.Question.ID)
		if q.Mean == nil && len(q.Cells) == 0 {
			continue // texts are for officers, who write what is in them
		}
		if len(q.Cells) > 0 {
			b := &Bars{ID: "q-" + strconv.Itoa(i+1), Title: label, Unit: l.w.N("report.feedback.answered", q.Answered), Axis: l.w.T("report.answer"), Note: l.mean(q)}
			for _, c := range q.Cells {
				b.Names, b.Counts = append(b.Names, AnswerText(l.w, l.place, q.Question, c.Key)), append(b.Counts, c.Count)
			}
			l.add(Block{Kind: "bars", Lang: in, Bars: b})
		} else {
			l.add(Block{Kind: "para", Lang: in, Runs: []Run{{Text: label + ": ", Bold: true}, {Text: l.mean(q)}}})
		}
	}
}

func (l *layer) mean(q Result) string {
	switch {
	case q.Mean == nil:
		return ""
	case q.Question.Kind == "scale":
		return l.w.T("report.feedback.mean", "Value", l.w.Number(*q.Mean, 1), "Of", q.Question.Steps())
	}
	return l.w.T("report.feedback.average", "Value", l.w.Number(*q.Mean, 1))
}

// other is the language of a text where it is not the reader's.
func other(w *catalog.Words, in string) string {
	if in == w.Tag() {
		return ""
	}
	return in
}

// When is a period in words, as precisely as it is known.
func When(w *catalog.Words, p network.Period) string {
	if !p.Known() {
		return w.T("date.unknown")
	}
	one := func(t time.Time) string {
		switch p.Precision {
		case network.Day:
			return w.Date(t)
		case network.Month:
			return w.Month(t.Year(), int(t.Month()))
		}
		return w.Year(t.Year())
	}
	switch {
	case p.Open():
		return w.T("programme.period.open", "From", one(p.First()))
	case p.From == p.To:
		return one(p.First())
	case p.Precision == network.Day:
		return w.DateRange(p.First(), p.Last())
	case p.Precision == network.Year:
		return w.T("programme.period.years", "From", p.First().Year(), "To", p.Last().Year())
	}
	return w.T("programme.period.range", "From", one(p.First()), "To", one(p.Last()))
}
