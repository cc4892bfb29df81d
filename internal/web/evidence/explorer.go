package evidence

import (
	"html/template"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"aircommons/air"
	"aircommons/chart"
	desk "aircommons/internal/evidence"
	"aircommons/internal/web/ui"
	"aircommons/stats"
)

// explorer is the part of a city's page that shows hours.
type explorer struct {
	Figure      *figure
	Station     string        // chosen
	Stations    template.HTML // what the lists offer
	Parameters  template.HTML
	From, To    string // days, both included
	Moves       []link // earlier, later, closer, wider
	CSV         string
	Counted     string
	Begin, End  int64 // of what is drawn, seconds of the station's clock, for the script
	First, Last string
	Kept        []ui.Option // other choices of the page, carried along
}

// explorerQuery reads the range that is asked for: days of the station's own clock, both included.
func explorerQuery(r *ui.Request, offset int) (from, to time.Time, ok bool) {
	zone := time.FixedZone("", offset)
	a, err1 := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("from"), zone)
	b, err2 := time.ParseInLocation(time.DateOnly, r.URL.Query().Get("to"), zone)
	if err1 != nil || err2 != nil || a.Year() < 1900 || b.Year() > 2200 {
		return from, to, false
	}
	if b.Before(a) {
		a, b = b, a
	}
	return a, b.AddDate(0, 0, 1), true
}

// explorer draws the hours that are asked for, else the ten days around the highest day of the year that is shown.
func (v *cityView) explorer() (*explorer, error) {
	c, w := v.c, v.w
	if len(c.Stations) == 0 {
		return nil, nil
	}
	station := c.Stations[0].Station
	if d := c.Detail; d != nil && len(d.Stations) > 0 {
		for _, s := range c.Stations {
			if s.ID == d.Stations[0] {
				station = s.Station
			}
		}
	}
	if s := v.r.URL.Query().Get("at"); s != "" {
		found := false
		for _, x := range c.Stations {
			if strconv.Itoa(int(x.ID)) == s {
				station, found = x.Station, true
			}
		}
		if !found {
			return nil, notFound()
		}
	}
	ctx := v.r.Context()
	first, last, ok, err := v.h.Evidence.Range(ctx, station.ID, c.Parameter)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, nil
	}
	zone := time.FixedZone("", station.Offset)
	from, to, asked := explorerQuery(v.r, station.Offset)
	if !asked {
		from, to = v.highest(station, last.In(zone))
	}
	q := desk.HoursQuery{Station: station.ID, Parameter: c.Parameter, From: from, To: to, Unit: c.Unit, Most: 1100}
	h, err := v.h.Evidence.Hours(ctx, q)
	if err != nil {
		return nil, err
	}
	x := &explorer{Station: station.Name, From: from.Format(time.DateOnly), To: to.AddDate(0, 0, -1).Format(time.DateOnly),
		Begin: from.Unix() + int64(station.Offset), End: to.Unix() + int64(station.Offset), First: first.In(zone).Format(time.DateOnly), Last: last.In(zone).Format(time.DateOnly)}
	for _, k := range []string{"year", "station"} {
		if s := v.r.URL.Query().Get(k); s != "" {
			x.Kept = append(x.Kept, ui.Option{Label: k, Value: s})
		}
	}
	var stations, parameters []ui.Option
	for _, s := range c.Stations {
		stations = append(stations, ui.Option{Value: strconv.Itoa(int(s.ID)), Label: s.Name, Chosen: s.ID == station.ID})
	}
	for _, p := range c.Parameters {
		if _, _, ok, err := v.h.Evidence.Range(ctx, station.ID, p); err != nil {
			return nil, err
		} else if ok {
			parameters = append(parameters, ui.Option{Value: p.Code(), Label: sign(w, p), Chosen: p == c.Parameter})
		}
	}
	x.Stations, x.Parameters = optionsHTML(stations), optionsHTML(parameters)
	at := func(a, b time.Time) string {
		q := url.Values{"p": {c.Parameter.Code()}, "at": {strconv.Itoa(int(station.ID))}, "from": {a.Format(time.DateOnly)}, "to": {b.AddDate(0, 0, -1).Format(time.DateOnly)}}
		for _, k := range []string{"year", "station"} {
			if s := v.r.URL.Query().Get(k); s != "" {
				q.Set(k, s)
			}
		}
		return "/cities/" + c.Place.ID + "/air?" + q.Encode() + "#exp"
	}
	days := int(math.Round(to.Sub(from).Hours() / 24))
	half := max(1, days/2)
	move := func(key string, a, b time.Time) {
		x.Moves = append(x.Moves, link{Text: chart.Rich(w.T(key)), Path: at(a, b)})
	}
	move("air.move.earlier", from.AddDate(0, 0, -half), to.AddDate(0, 0, -half))
	move("air.move.later", from.AddDate(0, 0, half), to.AddDate(0, 0, half))
	if days > 1 {
		cut := max(1, days/4)
		if days == 2 {
			move("air.move.closer", from, from.AddDate(0, 0, 1))
		} else {
			move("air.move.closer", from.AddDate(0, 0, cut), to.AddDate(0, 0, -cut))
		}
	}
	move("air.move.wider", from.AddDate(0, 0, -half), to.AddDate(0, 0, half))
	move("air.move.all", day(first.In(zone)), day(last.In(zone)).AddDate(0, 0, 1))

	line := &chart.Hourly{Size: chart.Framed, Axis: w.T("air.axis.start"), Value: sign(w, c.Parameter) + ", " + h.Unit.Pretty(), Start: from, Step: time.Duration(h.Width) * time.Second,
		Digits: 1, NoValue: w.T("air.novalue"), LowName: w.T("air.head.lowest"), HighName: w.T("air.head.highest")}
	n := int((to.Unix() - from.Unix() + h.Width - 1) / h.Width)
	if len(h.Points) > 0 { // steps of several days begin where the desk begins them
		shift := (h.Points[0].Time - from.Unix()) % h.Width
		if shift < 0 {
			line.Start = from.Add(time.Duration(shift) * time.Second)
			n++
		} else if shift > 0 {
			line.Start = from.Add(time.Duration(shift-h.Width) * time.Second)
			n++
		}
	}
	line.Values = make([]float64, n)
	for i := range line.Values {
		line.Values[i] = math.NaN()
	}
	banded := h.Width > h.Step
	if banded {
		line.Low, line.High = make([]float64, n), make([]float64, n)
		for i := range n {
			line.Low[i], line.High[i] = math.NaN(), math.NaN()
		}
	}
	top := stats.None
	topAt := int64(0)
	for _, p := range h.Points {
		i := int((p.Time - line.Start.Unix()) / h.Width)
		if i < 0 || i >= n || !p.Mean.OK() {
			continue
		}
		line.Values[i] = float64(p.Mean)
		if banded {
			line.Low[i], line.High[i] = float64(p.Min), float64(p.Max)
		}
		if !top.OK() || p.Max > top {
			top, topAt = p.Max, p.Time
		}
	}
	line.Mark = func(t time.Time, value string) string {
		if station.Step == 86400 {
			return w.T("air.mark.day", "Value", value, "Day", w.DayMonth(int(t.Month()), t.Day()))
		}
		return w.T("air.mark.time", "Value", value, "Day", w.DayMonth(int(t.Month()), t.Day()), "Time", w.Clock(t))
	}
	if c.Detail != nil && c.Parameter != air.O3 {
		national, who := v.dayCounts()
		if who != nil && who.Value > 0 {
			line.Limits = append(line.Limits, chart.Level(w.T("air.limit.who.day"), nice(w, who.Value), who.Value))
		}
		if national != nil && national.Value > 0 {
			line.Limits = append(line.Limits, chart.Level(w.T("air.limit.national.day"), nice(w, national.Value), national.Value))
		}
	}
	f := v.frame("explorer", line, "at", "from", "to", "year", "station")
	if !asked { // the address of the drawing says which days it shows
		q := "&at=" + strconv.Itoa(int(station.ID)) + "&from=" + x.From + "&to=" + x.To
		f.SVGPath += q
		f.CSVPath += q
	}
	span := w.DateRange(from, to.AddDate(0, 0, -1))
	if h.Valid == 0 {
		f.Finding = w.T("air.finding.nohours", "Span", span)
	} else {
		t := time.Unix(topAt, 0).In(zone)
		f.Finding = w.T("air.finding.explorer", "Span", span, "Value", shown(w, top), "Unit", h.Unit.Pretty(), "Day", w.DayMonth(int(t.Month()), t.Day()))
	}
	f.Label = f.Finding
	key := "air.unit.explorer"
	if station.Step == 86400 {
		key = "air.unit.explorer.days"
	}
	f.Frame.Unit = w.T(key, "Pollutant", sign(w, c.Parameter), "Unit", h.Unit.Pretty(), "Station", station.Name, "City", v.name, "Zone", offset(station.Offset))
	x.Counted = w.T("air.explorer.counted", "All", w.Int(h.Expected), "Valid", w.Int(h.Valid), "Missing", w.Int(max(0, h.Expected-h.Valid)), "Flagged", w.Int(h.Flagged))
	if banded {
		x.Counted += " " + w.T("air.explorer.banded", "Hours", w.Int(int(h.Width/3600)))
	}
	f.Source = w.T("air.source.station", "Station", station.Name)
	f.Own = v.explorerTable(h, zone)
	x.Figure = f
	p := url.Values{"p": {c.Parameter.Code()}, "at": {strconv.Itoa(int(station.ID))}, "from": {x.From}, "to": {x.To}}
	x.CSV = "/cities/" + c.Place.ID + "/air/hours.csv?" + p.Encode()
	return x, nil
}

// explorerTable is the table below the hours: a row for each day, or for each of at most sixty longer steps. The CSV has
// every value.
func (v *cityView) explorerTable(h *desk.Hours, zone *time.Location) *chart.Table {
	const rows = 60
	w := v.w
	width := max(h.Width, 86400)
	for (h.To.Unix()-h.From.Unix())/width > rows {
		width *= 2
	}
	t := &chart.Table{Head: []chart.Column{{Text: w.T("air.axis.start")}, {Text: w.T("air.head.mean"), Number: true}, {Text: w.T("air.head.lowest"), Number: true}, {Text: w.T("air.head.highest"), Number: true}, {Text: w.T("air.head.valid"), Number: true}}}
	for at := h.From.Unix(); at < h.To.Unix(); at += width {
		sum, n := 0.0, 0
		low, high := stats.None, stats.None
		for _, p := range h.Points {
			if p.Time < at || p.Time >= at+width || p.Count == 0 {
				continue
			}
			sum += float64(p.Mean) * float64(p.Count)
			n += p.Count
			if !low.OK() || p.Min < low {
				low = p.Min
			}
			if !high.OK() || p.Max > high {
				high = p.Max
			}
		}
		mean := stats.None
		if n > 0 {
			mean = stats.Value(sum / float64(n))
		}
		t.Rows = append(t.Rows, []string{w.Date(time.Unix(at, 0).In(zone)), shown(w, mean), shown(w, low), shown(w, high), w.Int(n)})
	}
	return t
}

func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// highest are the ten days around the highest day of the year that is shown, else the last ten days there are.
func (v *cityView) highest(st desk.Station, last time.Time) (from, to time.Time) {
	zone := time.FixedZone("", st.Offset)
	if d := v.c.Detail; d != nil {
		best := -1
		for i, x := range d.Days {
			if x.OK() && (best < 0 || x > d.Days[best]) {
				best = i
			}
		}
		if best >= 0 {
			at := time.Date(d.Year, 1, 1+best, 0, 0, 0, 0, zone)
			return at.AddDate(0, 0, -6), at.AddDate(0, 0, 4)
		}
	}
	end := day(last).AddDate(0, 0, 1)
	return end.AddDate(0, 0, -10), end
}

// hoursCSV sends the values of a series as they are stored.
func (h handlers) hoursCSV(w http.ResponseWriter, r *ui.Request) error {
	q, err := airQuery(r)
	if err != nil {
		return err
	}
	at, err := strconv.ParseInt(r.URL.Query().Get("at"), 10, 32)
	if err != nil {
		return notFound()
	}
	st, err := h.Evidence.Station(r.Context(), int32(at))
	if err != nil {
		return err
	}
	if st.Place != q.Place {
		return notFound()
	}
	if q.Parameter == 0 {
		q.Parameter = air.PM25
	}
	from, to, ok := explorerQuery(r, st.Offset)
	if !ok {
		return notFound()
	}
	head := w.Header()
	head.Set("Content-Type", "text/csv; charset=utf-8")
	head.Set("Content-Disposition", `attachment; filename="`+st.Place+"-"+strconv.Itoa(int(st.ID))+"-"+q.Parameter.Code()+"-"+from.Format(time.DateOnly)+`.csv"`)
	return h.Evidence.WriteHours(r.Context(), w, desk.HoursQuery{Station: st.ID, Parameter: q.Parameter, From: from, To: to})
}
