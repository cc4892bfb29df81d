package evidence

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"aircommons/chart"
	desk "aircommons/internal/evidence"
	"aircommons/internal/web/ui"
)

func (h handlers) stations() {
	h.Get("/evidence/stations/{id}", h.station)
	h.Live("/evidence/stations/{id}/edit", h.editStation)
	h.Post("/evidence/stations/{id}/edit", h.editStation)
	h.Live("/evidence/stations/{id}/history", h.stationHistory)
}

// seriesRow is what a station measures of one pollutant in one year.
type seriesRow struct {
	Name    string
	Air     string // address of the city's page with this pollutant and station; empty for weather
	Unit    string
	Span    string
	Values  string
	Years   []yearCell
	Weather bool
}

type yearCell struct{ Year, Mean, Capture string }

type stationPage struct {
	ui.Page
	Station desk.Station
	Facts   []term
	City    link
	Rows    []seriesRow
	Note    string
}

func stationID(r *ui.Request) (int32, error) {
	n, err := strconv.ParseInt(r.PathValue("id"), 10, 32)
	if err != nil {
		return 0, notFound()
	}
	return int32(n), nil
}

// stationView reads a station and begins its page.
func (h handlers) stationView(r *ui.Request) (*stationPage, error) {
	id, err := stationID(r)
	if err != nil {
		return nil, err
	}
	st, err := h.Evidence.Station(r.Context(), id)
	if err != nil {
		return nil, err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return nil, err
	}
	city := net.PlaceName(st.Place, r.Lang)
	p := &stationPage{Station: st, City: link{Text: chart.Rich(city), Path: "/cities/" + st.Place + "/air"}, Note: st.Note}
	p.Title, p.Nav = r.Words.T("monitor.title", "Station", st.Name, "City", city), "evidence"
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("nav.cities"), Path: "/cities"}, {Text: city, Path: "/cities/" + st.Place}, {Text: r.Words.T("air.crumb"), Path: "/cities/" + st.Place + "/air"}, {Text: st.Name}}
	if r.By.KeepsCity(st.Place) {
		own := "/evidence/stations/" + r.PathValue("id")
		p.Actions = []ui.Action{{Text: r.Words.T("part.edit"), Path: own + "/edit"}, {Text: r.Words.T("part.history"), Path: own + "/history"}}
	}
	return p, nil
}

func (h handlers) station(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.stationView(r)
	if err != nil {
		return err
	}
	st, words := p.Station, r.Words
	p.Description = words.T("monitor.description", "Station", st.Name)
	fact := func(key, text string) {
		if text != "" {
			p.Facts = append(p.Facts, term{words.T("monitor." + key), text})
		}
	}
	fact("code", st.Code)
	fact("site", words.T("evidence.site."+st.SiteType))
	step := "monitor.step.hour"
	if !st.Hourly() {
		step = "monitor.step.day"
	}
	fact("step", words.T(step))
	fact("offset", words.T("monitor.offset.text", "Zone", offset(st.Offset)))
	if st.Lat != nil && st.Lon != nil {
		fact("where", words.T("monitor.where.text", "Lat", words.Decimal(*st.Lat), "Lon", words.Decimal(*st.Lon)))
	} else {
		fact("where", words.T("monitor.where.none"))
	}
	fact("source", st.Source)
	all, err := h.Evidence.StationSeries(r.Context(), st.ID)
	if err != nil {
		return err
	}
	for _, s := range all {
		row := seriesRow{Name: parameterName(s.Parameter, r.Lang), Unit: s.Unit.Pretty(), Values: words.Int(int(s.Count)), Weather: s.Parameter.Weather()}
		if !row.Weather {
			row.Air = "/cities/" + st.Place + "/air?p=" + s.Parameter.Code() + "&station=" + strconv.Itoa(int(st.ID))
		}
		if s.Count > 0 {
			row.Span = words.DateRange(local(s.First, st.Offset), local(s.Last, st.Offset))
		}
		for _, y := range s.Years {
			row.Years = append(row.Years, yearCell{strconv.Itoa(y.Year), shown(words, y.Mean), pct(words, y.Capture)})
		}
		p.Rows = append(p.Rows, row)
	}
	return h.Show(w, r, pages, "station.html", p)
}

// local is a time on the fixed clock of a station.
func local(t time.Time, seconds int) time.Time { return t.In(time.FixedZone("", seconds)) }

func askStation(f ui.Edit, st *desk.Station) error {
	f.Text("name", "monitor.form.name", &st.Name)
	f.Select("site_type", "monitor.form.site", &st.SiteType, f.Options("evidence.site", desk.SiteTypes))
	f.Number("lat", "monitor.form.lat", &st.Lat).Opt()
	f.Number("lon", "monitor.form.lon", &st.Lon).Opt()
	clock := clockOffset(st.Offset)
	f.Text("offset", "monitor.form.offset", &clock).As("w10")
	var ok bool
	if st.Offset, ok = parseOffset(clock); !ok {
		f.Fault("offset", "evidence.station.offset")
	}
	f.Area("note", "monitor.form.note", &st.Note).Opt()
	f.Keep("version", &st.Version)
	return nil
}

// clockOffset writes an offset as the form takes it: +08:00.
func clockOffset(seconds int) string {
	return strings.Replace(strings.TrimPrefix(offset(seconds), "UTC"), "−", "-", 1)
}

// parseOffset reads "+08:00", "-3:30" or "9" as seconds.
func parseOffset(text string) (int, bool) {
	t := strings.ReplaceAll(strings.TrimPrefix(strings.TrimSpace(strings.ToUpper(text)), "UTC"), "−", "-")
	minus := strings.HasPrefix(t, "-")
	h, m, _ := strings.Cut(strings.TrimLeft(t, "+-"), ":")
	hours, err := strconv.Atoi(h)
	minutes := 0
	if err == nil && m != "" {
		minutes, err = strconv.Atoi(m)
	}
	if err != nil || hours < 0 || hours > 14 || minutes < 0 || minutes > 59 {
		return 0, false
	}
	s := hours*3600 + minutes*60
	if minus {
		s = -s
	}
	return s, true
}

// editStation is the form of a station, and takes it.
func (h handlers) editStation(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.stationView(r)
	if err != nil {
		return err
	}
	if err := r.By.NeedCity(p.Station.Place); err != nil {
		return err
	}
	st := p.Station
	f, err := ui.Change(r, &st, askStation, func() error { return h.Evidence.UpdateStation(r.Context(), r.By, st) },
		func() (desk.Station, error) { return h.Evidence.Station(r.Context(), st.ID) })
	if err != nil {
		return err
	}
	own := "/evidence/stations/" + r.PathValue("id")
	if f == nil {
		return h.Redirect(w, r, own, r.Words.T("monitor.saved"))
	}
	p.Form, p.NoIndex, p.Actions = f, true, nil
	p.Title = r.Words.T("monitor.edit", "Station", p.Station.Name)
	p.Crumbs[len(p.Crumbs)-1].Path = own
	p.Crumbs = append(p.Crumbs, ui.Crumb{Text: r.Words.T("part.edit")})
	return h.Show(w, r, pages, "editform.html", p)
}

func (h handlers) stationHistory(w http.ResponseWriter, r *ui.Request) error {
	p, err := h.stationView(r)
	if err != nil {
		return err
	}
	own := "/evidence/stations/" + r.PathValue("id")
	p.Crumbs[len(p.Crumbs)-1].Path = own
	return h.history(w, r, "station", r.PathValue("id"), r.Words.T("monitor.history", "Station", p.Station.Name), p.Crumbs)
}
