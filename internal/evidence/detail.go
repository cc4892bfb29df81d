package evidence

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/db"
	"aircommons/standard"
	"aircommons/stats"
)

func containsFold(s, part string) bool { return strings.Contains(strings.ToLower(s), part) }

// detail fills in the calendar and the profiles of one year.
func (k *Desk) detail(ctx context.Context, s *Snapshot, b bounds, c *CityAir, q CityQuery, today time.Time) error {
	all, err := k.years(ctx, s, q.Place, b.p)
	if err != nil {
		return err
	}
	c.Stations = stationsOf(s, all, b)
	if q.Station != 0 {
		// A station that is asked for by name is shown with what it has itself, daily or hourly.
		st, ok := s.Station(q.Station)
		u, has := s.Unit(q.Station, b.p)
		if !ok || !has || st.Place != q.Place {
			return notFound()
		}
		ys, err := k.summariesOf(ctx, s, key(q.Station, b.p))
		if err != nil {
			return err
		}
		all = nil
		for _, y := range ys {
			all = append(all, yearOfStation{st, u, y})
		}
	}
	if len(all) == 0 {
		return nil
	}
	year, latest := q.Year, 0
	for _, y := range all {
		if !slices.Contains(c.Years, y.Year) {
			c.Years = append(c.Years, y.Year)
		}
		if y.Stats.Enough {
			latest = max(latest, y.Year)
		}
	}
	sort.Sort(sort.Reverse(sort.IntSlice(c.Years)))
	if year == 0 {
		if year = latest; year == 0 {
			year = c.Years[0]
		}
	}
	var of []yearOfStation
	for _, y := range all {
		if y.Year == year {
			of = append(of, y)
		}
	}
	if len(of) == 0 {
		return nil // nothing was measured in that year; Years says which have something
	}
	if q.Station == 0 {
		of = representative(of)
	}
	d := &Detail{Year: year, Station: q.Station, Step: of[0].Step, Offset: of[0].Offset, Unit: b.unit, Mean: stats.None}
	if len(of) == 1 {
		d.Station = of[0].ID
		d.Summary = of[0].Stats
	}
	enough := 0
	for _, y := range of {
		d.Stations = append(d.Stations, y.ID)
		d.Expected += y.Stats.Expected
		d.Count += y.Stats.Count
		d.Negative += y.Below
		d.Flagged += y.Flags
		d.Doubted += y.Doubts
		if !slices.Contains(d.Layouts, y.Source) {
			d.Layouts = append(d.Layouts, y.Source)
		}
		if v := y.value(y.Stats.Mean, b.p, b.unit, b.country()); v.OK() {
			if enough == 0 {
				d.Mean = 0
			}
			enough++
			d.Mean += (v - d.Mean) / stats.Value(enough)
		}
	}
	d.Missing = d.Expected - d.Count
	d.Capture = 100 * float64(d.Count) / float64(d.Expected)
	d.Days = together(of, b, func(y yearOfStation) []stats.Value { return y.Days })
	if b.p == air.O3 {
		d.Eights = together(of, b, func(y yearOfStation) []stats.Value { return y.Eights })
	}
	months := together(of, b, func(y yearOfStation) []stats.Value { return y.Months[:] })
	for m := range d.Months {
		filled, hours := 0, 0
		for _, y := range of {
			filled += y.Filled[m]
			hours += 24 * time.Date(year, time.Month(m)+2, 0, 0, 0, 0, 0, time.UTC).Day()
		}
		d.Months[m] = MonthAir{Mean: months[m], Capture: 100 * float64(filled) / float64(hours)}
	}
	d.Whole, d.Cold, d.Warm = profile(of, b, AllYear), profile(of, b, Cold), profile(of, b, Warm)
	b.counts(d, year, today)
	for m, x := range d.Months {
		if !x.Mean.OK() {
			continue
		}
		if d.WorstMonth == 0 || x.Mean > d.Months[d.WorstMonth-1].Mean {
			d.WorstMonth = m + 1
		}
		if d.BestMonth == 0 || x.Mean < d.Months[d.BestMonth-1].Mean {
			d.BestMonth = m + 1
		}
	}
	if d.Files, err = k.filesUsed(ctx, d.Stations, b.p, year); err != nil {
		return err
	}
	c.Detail = d
	return nil
}

// representative picks the stations of a year that stand for the place: those with enough capture, embassies only where
// there is nothing else. Where none has enough, all stand.
func representative(of []yearOfStation) []yearOfStation {
	for _, want := range []func(yearOfStation) bool{
		func(y yearOfStation) bool { return y.Stats.Enough && y.SiteType != "embassy" },
		func(y yearOfStation) bool { return y.Stats.Enough },
	} {
		var out []yearOfStation
		for _, y := range of {
			if want(y) {
				out = append(out, y)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return of
}

// together is the mean of several stations value by value, given where at least half of them have one.
func together(of []yearOfStation, b bounds, values func(yearOfStation) []stats.Value) []stats.Value {
	var sum []float64
	var n []int
	have := 0
	for _, y := range of {
		vs := values(y)
		if len(vs) == 0 {
			continue
		}
		have++
		if sum == nil {
			sum, n = make([]float64, len(vs)), make([]int, len(vs))
		}
		for i, v := range y.convert(vs, b) {
			if v.OK() && i < len(sum) {
				sum[i] += float64(v)
				n[i]++
			}
		}
	}
	out := make([]stats.Value, len(sum))
	for i := range out {
		out[i] = stats.None
		if n[i] > 0 && 2*n[i] >= have {
			out[i] = stats.Value(sum[i] / float64(n[i]))
		}
	}
	return out
}

// profile is the hours of the day of several stations: the mean of their means, medians and quartiles.
func profile(of []yearOfStation, b bounds, group string) *[24]HourOfDay {
	var out [24]HourOfDay
	found := false
	for h := range out {
		var mean, p25, median, p75 []float64
		for _, y := range of {
			g := y.Hours[group]
			if g == nil || g[h].Count == 0 {
				continue
			}
			for _, x := range []struct {
				to *[]float64
				v  stats.Value
			}{{&mean, g[h].Mean}, {&p25, g[h].P25}, {&median, g[h].Median}, {&p75, g[h].P75}} {
				if v := y.value(x.v, b.p, b.unit, b.country()); v.OK() {
					*x.to = append(*x.to, float64(v))
				}
			}
			out[h].Count += g[h].Count
			found = true
		}
		out[h].Mean, out[h].P25, out[h].Median, out[h].P75 = stats.Mean(mean), stats.Mean(p25), stats.Mean(median), stats.Mean(p75)
	}
	if !found {
		return nil
	}
	return &out
}

// Extremes are the hours of the day with the highest and the lowest median, -1 where there is none.
func Extremes(hours *[24]HourOfDay) (worst, best int) {
	worst, best = -1, -1
	if hours == nil {
		return worst, best
	}
	for h, x := range hours {
		if !x.Median.OK() {
			continue
		}
		if worst < 0 || x.Median > hours[worst].Median {
			worst = h
		}
		if best < 0 || x.Median < hours[best].Median {
			best = h
		}
	}
	return worst, best
}

// counts counts the days of a detail against the daily limits: of ozone the highest 8-hour means.
func (b bounds) counts(d *Detail, year int, today time.Time) {
	averaging, days := standard.Daily, d.Days
	if b.p == air.O3 {
		averaging, days = standard.EightHours, d.Eights
	}
	add := func(class string, l standard.Limit) {
		d.Counts = append(d.Counts, b.countDays(days, year, class, l))
	}
	then, hasThen := b.national(averaging, time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC))
	if hasThen {
		add("then", then)
	}
	if now, ok := b.national(averaging, today); ok && (!hasThen || now.Value != then.Value || now.Unit != then.Unit) {
		add("now", now)
	}
	for _, l := range b.who(averaging) {
		if l.Class == "AQG" {
			add("AQG", l)
		}
	}
	var above, clean *standard.Limit
	for i := range d.Counts {
		l := &d.Counts[i].Limit
		if above == nil {
			above = l
		}
		if d.Counts[i].Class == "AQG" {
			clean = l
		}
	}
	for i, v := range days {
		if !v.OK() {
			continue
		}
		m := time.Date(year, 1, i+1, 0, 0, 0, 0, time.UTC).Month() - 1
		over := func(l *standard.Limit) bool {
			return b.judge(float64(v), year, *l).Value > l.Value
		}
		if above != nil && over(above) {
			d.Months[m].Above++
		}
		if clean != nil && !over(clean) {
			d.Months[m].Clean++
		}
	}
}

// stationsOf lists what the stations of a place have of the pollutant.
func stationsOf(s *Snapshot, all []yearOfStation, b bounds) []StationAir {
	at := map[int32]*StationAir{}
	var ids []int32
	for _, y := range all {
		x := at[y.ID]
		if x == nil {
			x = &StationAir{Station: y.Station, Unit: y.Unit, First: y.Year, Last: y.Year}
			at[y.ID] = x
			ids = append(ids, y.ID)
		}
		x.First, x.Last = min(x.First, y.Year), max(x.Last, y.Year)
		x.Years = append(x.Years, YearOf{y.Year, y.value(y.Stats.Mean, b.p, b.unit, b.country()), y.Stats.Capture})
	}
	out := make([]StationAir, 0, len(ids))
	for _, id := range ids {
		x := at[id]
		slices.SortFunc(x.Years, func(a, b YearOf) int { return b.Year - a.Year })
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b StationAir) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// filesUsed lists the stored imports that wrote values of the stations in a year.
func (k *Desk) filesUsed(ctx context.Context, stations []int32, p air.Parameter, year int) ([]FileUsed, error) {
	var out []FileUsed
	seen := map[string]bool{}
	err := k.db.Read(ctx, func(tx *db.Tx) error {
		for _, st := range stations {
			from, to := yearStart(year, 14*3600), yearStart(year+1, -12*3600)
			err := tx.Each(ctx, `SELECT i.id, i.name, i.sha256, i.created_at FROM data_import i JOIN import_series s ON s.import_id = i.id
				WHERE s.station = $1 AND s.parameter = $2 AND s.first < $4 AND s.last >= $3 AND i.state = 'stored' ORDER BY i.seq`,
				[]any{st, p, from, to}, func(scan func(...any) error) error {
					var f FileUsed
					if err := scan(&f.Import, &f.Name, &f.SHA256, &f.At); err != nil {
						return err
					}
					f.At = f.At.UTC()
					if !seen[f.Import] {
						seen[f.Import] = true
						out = append(out, f)
					}
					return nil
				})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}
