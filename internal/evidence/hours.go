package evidence

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/internal/obs"
	"aircommons/stats"
)

// HoursQuery asks for the values of one series.
type HoursQuery struct {
	Station   int32
	Parameter air.Parameter
	From, To  time.Time // [From, To)
	Unit      air.Unit  // NoUnit: the main unit of the pollutant
	Most      int       // points that are wanted; 0 for 1500. More hours than that are put together
}

// Hours are values of one series for a chart. Where Width is greater than Step a point puts several values together.
type Hours struct {
	Station     Station
	Parameter   air.Parameter
	Unit        air.Unit
	Step, Width int64 // seconds
	From, To    time.Time
	First, Last time.Time // what there is of the series in all
	Points      []HourPoint
	Expected    int // values of the step in [From, To)
	Valid       int
	Flagged     int
}

// HourPoint is one value, or what several have in common. Flagged values stand in Flags only.
type HourPoint struct {
	Time           int64 // start, Unix seconds UTC
	Mean, Min, Max stats.Value
	Count          int
	Flag           air.Flag // every mark of the values in it
	Flagged        int
}

const (
	usualPoints = 1500
	mostPoints  = 20000
)

// Hours reads values of one series. Ranges with more values than are wanted are put together in steps of whole hours or
// days that begin in local standard time.
//
// A few weeks are kept in memory with the state they are of, since every reader of a city's page looks at the same. The
// result is shared between readers and must not be changed.
func (k *Desk) Hours(ctx context.Context, q HoursQuery) (*Hours, error) {
	if q.To.Sub(q.From) > 40*24*time.Hour {
		return k.readHours(ctx, q)
	}
	s, err := k.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return remember(s, fmt.Sprint("hours ", q.Station, q.Parameter, q.From.Unix(), q.To.Unix(), q.Unit, q.Most), func() (*Hours, error) { return k.readHours(ctx, q) })
}

func (k *Desk) readHours(ctx context.Context, q HoursQuery) (*Hours, error) {
	h, rows, factor, err := k.hours(ctx, q)
	if err != nil {
		return nil, err
	}
	most := q.Most
	if most <= 0 {
		most = usualPoints
	}
	most = min(most, mostPoints)
	from, to := h.From.Unix(), h.To.Unix()
	h.Expected = int((to - from + h.Step - 1) / h.Step)
	h.Width = h.Step
	for _, w := range []int64{3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400} {
		if w < h.Step {
			continue
		}
		h.Width = w
		if (to-from)/w <= int64(most) {
			break
		}
	}
	offset := int64(h.Station.Offset)
	h.Points = make([]HourPoint, 0, min(rows.Len(), most+2))
	for i := 0; i < rows.Len(); {
		at := floorTo(rows.Time[i]+offset, h.Width) - offset
		p := HourPoint{Time: at, Mean: stats.None, Min: stats.None, Max: stats.None}
		sum := 0.0
		for ; i < rows.Len() && rows.Time[i] < at+h.Width; i++ {
			if rows.Flag != nil {
				p.Flag |= rows.Flag[i]
				if !rows.Flag[i].OK() {
					p.Flagged++
					continue
				}
			}
			v := factor(rows.Value[i])
			sum += v
			p.Count++
			if !p.Min.OK() || v < float64(p.Min) {
				p.Min = stats.Value(v)
			}
			if !p.Max.OK() || v > float64(p.Max) {
				p.Max = stats.Value(v)
			}
		}
		if p.Count > 0 {
			p.Mean = stats.Value(sum / float64(p.Count))
		}
		h.Valid += p.Count
		h.Flagged += p.Flagged
		h.Points = append(h.Points, p)
	}
	return h, nil
}

func floorTo(t, width int64) int64 {
	q := t / width
	if t%width < 0 {
		q--
	}
	return q * width
}

// hours finds the series and reads its rows; factor brings a value to the unit of h.
func (k *Desk) hours(ctx context.Context, q HoursQuery) (*Hours, obs.Rows, func(float64) float64, error) {
	none := func(err error) (*Hours, obs.Rows, func(float64) float64, error) { return nil, obs.Rows{}, nil, err }
	s, err := k.Snapshot(ctx)
	if err != nil {
		return none(err)
	}
	st, ok := s.Station(q.Station)
	from, has := s.Unit(q.Station, q.Parameter)
	if !ok || !has {
		return none(notFound())
	}
	if !q.From.Before(q.To) {
		return none(fault.New(fault.Invalid, "evidence.hours.order"))
	}
	if y := q.From.Year(); y < 1900 || q.To.Year() > 2200 {
		return none(fault.New(fault.Invalid, "evidence.hours.range"))
	}
	extent, err := k.extent(ctx, q.Station, q.Parameter)
	if err != nil {
		return none(err)
	}
	h := &Hours{Station: st, Parameter: q.Parameter, Unit: q.Unit, Step: st.Step, From: q.From.UTC(), To: q.To.UTC(),
		First: time.Unix(extent.First, 0).UTC(), Last: time.Unix(extent.Last, 0).UTC()}
	if h.Unit == air.NoUnit {
		h.Unit = q.Parameter.MainUnit()
	}
	pl, _ := s.network.Place(st.Place)
	factor := func(v float64) float64 { return v }
	if from != h.Unit {
		// The state of a country may change within the range; that of its middle year is taken, and named by the page.
		year := time.Unix((q.From.Unix()+q.To.Unix())/2, 0).UTC().Year()
		if _, _, ok := inUnit(1, q.Parameter, from, h.Unit, pl.Country, year); ok {
			factor = func(v float64) float64 {
				x, _, _ := inUnit(v, q.Parameter, from, h.Unit, pl.Country, year)
				return x
			}
		} else {
			h.Unit = from
		}
	}
	rows, err := k.obs.Read(ctx, key(q.Station, q.Parameter), q.From.Unix(), q.To.Unix())
	return h, rows, factor, err
}

// Extent tells from when to when a series has values.
func (k *Desk) extent(ctx context.Context, station int32, p air.Parameter) (obs.Extent, error) {
	s, err := k.Snapshot(ctx)
	if err != nil {
		return obs.Extent{}, err
	}
	s.mu.Lock()
	have := s.extents
	s.mu.Unlock()
	if have == nil {
		all, err := k.obs.Extents(ctx)
		if err != nil {
			return obs.Extent{}, err
		}
		have = map[seriesKey]obs.Extent{}
		for _, e := range all {
			have[e.Key] = e
		}
		s.mu.Lock()
		s.extents = have
		s.mu.Unlock()
	}
	return have[key(station, p)], nil
}

// Range is the time in which a series has values, false where it has none.
func (k *Desk) Range(ctx context.Context, station int32, p air.Parameter) (first, last time.Time, ok bool, err error) {
	e, err := k.extent(ctx, station, p)
	return time.Unix(e.First, 0).UTC(), time.Unix(e.Last, 0).UTC(), e.Count > 0, err
}

// WriteHours writes the values of a series as CSV, each as it is stored: start in UTC and in local standard time, value,
// unit of the source, and the marks of a value.
func (k *Desk) WriteHours(ctx context.Context, w io.Writer, q HoursQuery) error {
	h, rows, _, err := k.hours(ctx, q)
	if err != nil {
		return err
	}
	s, err := k.Snapshot(ctx)
	if err != nil {
		return err
	}
	unit, _ := s.Unit(q.Station, q.Parameter)
	b := bufio.NewWriter(w)
	zone := time.FixedZone("", h.Station.Offset)
	line := make([]byte, 0, 128)
	fmt.Fprintf(b, "start_utc,start_local,station,pollutant,value,unit,flag\n")
	tail := "," + unit.String() + ","
	name := "," + csvText(h.Station.Code) + "," + q.Parameter.Code() + ","
	for i, t := range rows.Time {
		at := time.Unix(t, 0)
		line = at.UTC().AppendFormat(line[:0], time.RFC3339)
		line = append(line, ',')
		line = at.In(zone).AppendFormat(line, "2006-01-02T15:04:05-07:00")
		line = append(line, name...)
		line = strconv.AppendFloat(line, rows.Value[i], 'f', -1, 64)
		line = append(line, tail...)
		if rows.Flag != nil {
			line = append(line, strings.Join(FlagWords(rows.Flag[i]), " ")...)
		}
		line = append(line, '\n')
		if _, err := b.Write(line); err != nil {
			return err
		}
	}
	return b.Flush()
}

// csvText quotes a text for a CSV cell; one that a spreadsheet would take for a formula is set behind an apostrophe.
func csvText(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		s = "'" + s
	}
	if strings.ContainsAny(s, ",\"\r\n") {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// FlagWords names the marks of a value in a file of hours.
func FlagWords(f air.Flag) []string {
	var out []string
	for _, x := range []struct {
		bit  air.Flag
		word string
	}{{air.OutOfRange, "range"}, {air.Negative, "negative"}, {air.Repeated, "repeated"}, {air.Future, "future"}, {air.Source, "source"}, {air.Hand, "hand"}} {
		if f&x.bit != 0 {
			out = append(out, x.word)
		}
	}
	return out
}
