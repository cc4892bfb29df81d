package evidence

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"aircommons/air"
	"aircommons/chart"
	desk "aircommons/internal/evidence"
	"aircommons/standard"
	"aircommons/stats"
)

// frame begins a figure of a city's page.
func (v *cityView) frame(id string, c chart.Chart, keep ...string) *figure {
	return &figure{words: v.w, Frame: &chart.Frame{ID: id, Language: v.w, Chart: c,
		SVGPath: v.r.To(v.path("/chart/"+id+".svg", keep...)), CSVPath: v.r.To(v.path("/chart/"+id+".csv", keep...))}}
}

// lineName names a source of annual means as briefly as the end of a line can.
func (v *cityView) lineName(l desk.AnnualLine) string {
	return lineName(v.w.T, l, v.net.PlaceName(l.Place, v.r.Lang), l.Place != v.c.Place.ID)
}

func lineName(t func(string, ...any) string, l desk.AnnualLine, place string, elsewhere bool) string {
	name := ""
	switch {
	case l.Measured && l.Embassy:
		name = t("air.line.embassy")
	case l.Measured:
		name = t("air.line.stations")
	case l.Collection != "":
		name = t("air.line.collection", "Name", strings.ToUpper(l.Collection))
	case l.Scope == "county" || l.Scope == "station" || l.Scope == "region":
		name = l.Area
	default:
		name = t("air.line.published")
	}
	if name == "" {
		name = t("evidence.scope." + l.Scope)
	}
	if l.Area != "" && name != l.Area {
		name += ", " + l.Area
	}
	if l.PeriodKind == "fiscal" {
		name = t("air.line.fiscal", "Name", name)
	}
	if elsewhere {
		name += " (" + place + ")"
	}
	return name
}

// annual draws the annual means by source with the limits and the time they hold.
func (v *cityView) annual() *figure {
	c, w := v.c, v.w
	if c.Answer.Value.Year == 0 || c.Answer.Peak {
		return nil
	}
	x := &chart.Lines{Scale: chart.Years, Axis: w.T("air.axis.year"), Digits: 1}
	var first, last stats.Value = stats.None, stats.None
	firstYear, lastYear := 0, 0
	county := 0
	var sources []string
	for n, l := range c.Lines {
		if l.Scope == "county" {
			if county++; county > 2 {
				continue // the table of sources below has them all
			}
		}
		s := chart.Series{Name: v.lineName(l), Style: chart.Quiet, Dots: true}
		if l.Key == c.Answer.Line.Key && l.Place == c.Answer.Line.Place {
			s.Style, s.Marks = chart.Accent, chart.First|chart.Last|chart.Turn
			s.Sub = ""
		}
		for _, p := range l.Points {
			if !p.Value.OK() {
				continue
			}
			s.Points = append(s.Points, chart.Point{X: float64(p.Year), Y: float64(p.Value)})
			if s.Style == chart.Accent {
				if !first.OK() {
					first, firstYear = p.Value, p.Year
				}
				last, lastYear = p.Value, p.Year
			}
		}
		if len(s.Points) == 0 {
			continue
		}
		if n < 6 {
			text := l.Source
			if l.Measured {
				text = w.T("air.source.measured", "Layouts", l.Source)
			}
			if len([]rune(text)) > 120 {
				text = string([]rune(text)[:119]) + "…"
			}
			if !slices.Contains(sources, text) {
				sources = append(sources, text)
			}
		}
		if s.Style == chart.Accent {
			x.Series = append([]chart.Series{s}, x.Series...)
		} else {
			x.Series = append(x.Series, s)
		}
	}
	x.Limits = v.limits(c.Limits, firstYear)
	f := v.frame("annual", x)
	p := sign(w, c.Parameter)
	if lastYear > firstYear && first > 0 {
		change := 100 * (float64(last)/float64(first) - 1)
		key := "air.finding.fell"
		if math.Abs(change) < 3 {
			key = "air.finding.stayed"
		} else if change > 0 {
			key = "air.finding.rose"
		}
		f.Finding = w.T(key, "Pollutant", p, "Percent", w.Percent(math.Abs(change), 0), "From", strconv.Itoa(firstYear), "To", strconv.Itoa(lastYear))
		f.Label = w.T("air.label.annual", "Pollutant", p, "City", v.name, "Was", shown(w, first), "From", strconv.Itoa(firstYear), "Is", shown(w, last), "To", strconv.Itoa(lastYear), "Unit", c.Unit.Pretty())
	} else {
		f.Finding = w.T("air.finding.one", "Pollutant", p, "Value", shown(w, last), "Unit", c.Unit.Pretty(), "Year", strconv.Itoa(lastYear))
		f.Label = f.Finding
	}
	f.Unit = w.T("air.unit.annual", "Pollutant", p, "Unit", c.Unit.Pretty(), "City", v.name)
	f.Source = w.T("air.source", "Sources", strings.Join(sources, "; "))
	return f
}

// limits are the guideline and the national limits as dashed lines, from the first year that is shown.
func (v *cityView) limits(lines []desk.LimitLine, from int) []chart.Limit {
	w := v.w
	var out []chart.Limit
	national := chart.Limit{Name: w.T("air.limit.national")}
	var texts []string
	for _, l := range lines {
		switch {
		case l.Class == "AQG":
			x := chart.Level(w.T("air.limit.who"), nice(w, l.Value), l.Value)
			x.Short = w.T("air.limit.who") + " " + nice(w, l.Value)
			out = append(out, x)
		case l.Class == "national" && (l.Until.IsZero() || l.Until.Year() >= from):
			national.Steps = append(national.Steps, chart.Step{From: l.Begin, To: l.Until, Value: l.Value})
			text := nice(w, l.Value)
			if n := len(national.Steps); n > 1 {
				if l.Value == national.Steps[n-2].Value {
					continue
				}
				text = w.T("air.limit.from", "Value", text, "From", v.date(l.Begin))
			}
			texts = append(texts, text)
		}
	}
	if len(national.Steps) > 0 {
		if len(texts) > 3 {
			texts = texts[len(texts)-3:]
		}
		national.Text = strings.Join(texts, ", ")
		out = append(out, national)
	}
	return out
}

// place of a detail: the station, or how many stations.
func (v *cityView) where() string {
	d := v.c.Detail
	if len(d.Stations) == 1 {
		for _, s := range v.c.Stations {
			if s.ID == d.Stations[0] {
				return v.w.T("air.where.station", "Station", s.Name, "City", v.name)
			}
		}
	}
	return v.w.N("air.where.stations", len(d.Stations), "City", v.name)
}

// detailSource says where days and hours come from, with their capture.
func (v *cityView) detailSource() string {
	d := v.c.Detail
	files := ""
	if len(d.Files) > 0 {
		files = d.Files[0].Name
	}
	if n := len(d.Files) - 1; n > 0 {
		files = v.w.N("air.source.files", n, "File", files)
	}
	return v.w.T("air.source.detail", "Files", files, "Capture", pct(v.w, d.Capture), "Hours", v.w.Int(d.Expected))
}

func (v *cityView) calendar() *figure {
	c, w, d := v.c, v.w, v.c.Detail
	days := d.Days
	if c.Parameter == air.O3 && len(d.Eights) > 0 {
		days = d.Eights
	}
	if len(days) == 0 {
		return nil
	}
	scale := c.DayScale
	if c.Parameter == air.O3 {
		scale = standard.Classes(air.O3, c.Unit, standard.EightHours)
	}
	x := &chart.Calendar{Year: d.Year, Axis: w.T("air.axis.day"), Value: sign(w, c.Parameter) + ", " + c.Unit.Pretty(), Days: values(days), Borders: scale.Borders, Digits: places(days)}
	f := v.frame("calendar", x, "year", "station")
	f.Key = key(w, scale)
	national, who := v.dayCounts()
	year := strconv.Itoa(d.Year)
	today := "" // no national limit was in force then: today's is named as such
	if national != nil && national.Class == "now" {
		today = ".now"
	}
	switch {
	case national != nil && who != nil:
		f.Finding = w.N("air.finding.days"+today, national.Above, "Year", year, "Limit", nice(w, national.Value), "Within", w.Int(who.Within), "Guideline", nice(w, who.Value))
	case who != nil:
		f.Finding = w.N("air.finding.days.who", who.Above, "Year", year, "Within", w.Int(who.Within), "Guideline", nice(w, who.Value))
	case national != nil:
		f.Finding = w.N("air.finding.days.national"+today, national.Above, "Year", year, "Limit", nice(w, national.Value))
	default:
		f.Finding = w.T("air.finding.days.none", "Pollutant", sign(w, c.Parameter), "Year", year)
	}
	unit := "air.unit.days"
	if c.Parameter == air.O3 {
		unit = "air.unit.eights"
	}
	f.Unit = w.T(unit, "Pollutant", sign(w, c.Parameter), "Unit", c.Unit.Pretty(), "Where", v.where(), "Year", year)
	f.Label, f.Source = f.Finding, v.detailSource()
	f.Caption = ""
	f.Own = v.monthTable(national, who)
	if national != nil && national.Exceedances != national.Above {
		f.Note = w.N("air.note.rounded", national.Exceedances, "Limit", w.Decimal(national.Limit.Value))
	}
	return f
}

// dayCounts are the count against the national limit (of that time, else today's) and against the guideline.
func (v *cityView) dayCounts() (national, who *desk.DayCount) {
	for i := range v.c.Detail.Counts {
		x := &v.c.Detail.Counts[i]
		switch {
		case x.Class == "AQG":
			who = x
		case national == nil && x.Limit.Confidence != standard.FromMemory:
			national = x
		}
	}
	return national, who
}

// monthTable is the table below the calendar.
func (v *cityView) monthTable(national, who *desk.DayCount) *chart.Table {
	w, d := v.w, v.c.Detail
	t := &chart.Table{Head: []chart.Column{{Text: w.T("air.axis.month")}, {Text: w.T("air.head.mean"), Number: true}, {Text: w.T("air.head.capture"), Number: true}}}
	counted := national
	if counted == nil {
		counted = who
	}
	if counted != nil {
		t.Head = append(t.Head, chart.Column{Text: w.T("air.head.above", "Limit", nice(w, counted.Value)), Number: true})
	}
	if who != nil {
		t.Head = append(t.Head, chart.Column{Text: w.T("air.head.within", "Limit", nice(w, who.Value)), Number: true})
	}
	var means []stats.Value
	for _, m := range d.Months {
		means = append(means, m.Mean)
	}
	decimals := places(means)
	for i, m := range d.Months {
		mean := "–"
		if m.Mean.OK() {
			mean = w.Number(float64(m.Mean), decimals)
		}
		row := []string{w.MonthName(i + 1), mean, pct(w, m.Capture)}
		if counted != nil {
			row = append(row, w.Int(m.Above))
		}
		if who != nil {
			row = append(row, w.Int(m.Clean))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (v *cityView) months() *figure {
	c, w, d := v.c, v.w, v.c.Detail
	if d.WorstMonth == 0 {
		return nil
	}
	var means []stats.Value
	for _, m := range d.Months {
		means = append(means, m.Mean)
	}
	year := strconv.Itoa(d.Year)
	x := &chart.Profile{Scale: chart.Months, Axis: w.T("air.axis.month"), Groups: []chart.Group{{Name: year, Style: chart.Accent, Middle: values(means)}}, Digits: places(means)}
	f := v.frame("months", x, "year", "station")
	worst, best := d.Months[d.WorstMonth-1].Mean, d.Months[d.BestMonth-1].Mean
	if d.WorstMonth == d.BestMonth {
		f.Finding = w.T("air.finding.onemonth", "Month", w.MonthName(d.WorstMonth), "Value", shown(w, worst))
	} else {
		f.Finding = w.T("air.finding.months", "Worst", w.MonthName(d.WorstMonth), "Value", shown(w, worst), "Best", w.MonthName(d.BestMonth), "Low", shown(w, best))
	}
	f.Unit = w.T("air.unit.months", "Pollutant", sign(w, c.Parameter), "Unit", c.Unit.Pretty(), "Where", v.where(), "Year", year)
	f.Label, f.Source = f.Finding, v.detailSource()
	return f
}

func (v *cityView) profile() *figure {
	c, w, d := v.c, v.w, v.c.Detail
	group := func(h *[24]desk.HourOfDay, name string, style chart.Style) (g chart.Group) {
		g = chart.Group{Name: w.T(name), Short: w.T(name), Style: style}
		for _, x := range h {
			g.Middle, g.Low, g.High = append(g.Middle, float64(x.Median)), append(g.Low, float64(x.P25)), append(g.High, float64(x.P75))
		}
		return g
	}
	x := &chart.Profile{Scale: chart.Hours, Axis: w.T("air.axis.hour"), AxisNote: w.T("air.axis.hour.note", "Zone", offset(d.Offset)),
		Low: w.T("air.head.p25"), High: w.T("air.head.p75"), Digits: 1,
		Mark: func(hour int, value string) string { return w.T("air.mark.hour", "Value", value, "Hour", clock(hour)) }}
	main, season := d.Cold, "air.season.cold"
	switch {
	case d.Cold != nil && d.Warm != nil:
		x.Groups = []chart.Group{group(d.Cold, "air.season.cold", chart.Accent), group(d.Warm, "air.season.warm", chart.Quiet)}
		_, _ = main, season
		if wc, _ := desk.Extremes(d.Cold); wc >= 0 {
			if ww, _ := desk.Extremes(d.Warm); ww >= 0 && d.Warm[ww].Median > d.Cold[wc].Median {
				main, season = d.Warm, "air.season.warm"
				x.Groups[0].Style, x.Groups[1].Style = chart.Quiet, chart.Accent
			}
		}
	case d.Whole != nil:
		main, season = d.Whole, "air.season.whole"
		x.Groups = []chart.Group{group(d.Whole, season, chart.Accent)}
	default:
		return nil
	}
	f := v.frame("hours", x, "year", "station")
	worst, best := desk.Extremes(main)
	if worst < 0 {
		return nil
	}
	f.Finding = w.T("air.finding.hours", "Season", w.T(season), "Worst", clock(worst), "Value", shown(w, main[worst].Median), "Best", clock(best), "Low", shown(w, main[best].Median))
	f.Unit = w.T("air.unit.hours", "Pollutant", sign(w, c.Parameter), "Unit", c.Unit.Pretty(), "Where", v.where(), "Year", strconv.Itoa(d.Year))
	if len(d.Stations) > 1 {
		f.Note = w.T("air.note.together")
	}
	f.Label, f.Source = f.Finding, v.detailSource()
	return f
}

// method says how the figures were made.
func (v *cityView) method() []term {
	w, c, a := v.w, v.c, v.c.Answer
	var out []term
	add := func(key, text string) {
		if text != "" {
			out = append(out, term{w.T("air.method." + key), text})
		}
	}
	if a.Value.Year > 0 {
		switch {
		case a.Peak:
			add("annual", w.T("air.method.peak.text"))
		case a.Line.Measured:
			add("annual", w.T("evidence.definition.stations"))
		default:
			text := w.T("air.method.published", "Scope", w.T("evidence.scope."+a.Line.Scope), "Kind", w.T("evidence.periodkind."+a.Line.PeriodKind))
			if a.Value.Definition != "" {
				text += " “" + a.Value.Definition + "”"
			}
			add("annual", text)
		}
	}
	if d := c.Detail; d != nil {
		add("days", w.T("air.method.days.text", "Hours", w.Int(d.Count), "Zone", offset(d.Offset)))
	}
	var limits []string
	seen := map[string]bool{}
	for _, l := range c.Limits {
		if (l.Class == "AQG" || l.Class == "national" && (l.Until.IsZero() || l.Until.Year() >= 2010)) && !seen[l.Limit.Document+nice(w, l.Value)] {
			seen[l.Limit.Document+nice(w, l.Value)] = true
			text := l.Limit.Document + ": " + nice(w, l.Value)
			if l.Class == "national" && (!l.Begin.IsZero() || !l.Until.IsZero()) {
				until := "…"
				if !l.Until.IsZero() {
					until = v.date(l.Until.AddDate(0, 0, -1))
				}
				text += " (" + v.date(l.Begin) + " – " + until + ")"
			}
			if l.Limit.Confidence == standard.FromMemory {
				text += " " + w.T("air.ladder.memory")
			}
			limits = append(limits, text)
		}
	}
	add("limits", strings.Join(limits, "; "))
	if a.Reference != nil {
		add("reference", w.Say(*a.Reference))
	}
	return out
}
