package evidence

import (
	"encoding/json"
	"math"
	"slices"
	"time"

	"aircommons/air"
	"aircommons/stats"
)

// YearSummary is what pages read of one series and year of local standard time. Values are in the unit of the series.
type YearSummary struct {
	Year   int                       `json:"year"`
	Stats  stats.Summary             `json:"stats"`
	Months [12]stats.Value           `json:"months"`           // mean; no value under 75 % of the month's hours
	Filled [12]int                   `json:"filled"`           // valid hours of each month
	Days   []stats.Value             `json:"days"`             // mean of each day of the year; no value under 75 % of its hours
	Eights []stats.Value             `json:"eights,omitempty"` // ozone: highest 8-hour mean of each day
	Hours  map[string]*[24]HourOfDay `json:"hours,omitempty"`
	Flags  int                       `json:"flags"`            // values that are in the store and not in the statistics
	Below  int                       `json:"below"`            // valid values below zero
	Doubts int                       `json:"doubts,omitempty"` // values in the statistics that our own checks doubt
}

// HourOfDay tells how values of one hour of the day are spread.
type HourOfDay struct {
	Count  int         `json:"n"`
	Mean   stats.Value `json:"mean"`
	P25    stats.Value `json:"p25"`
	Median stats.Value `json:"median"`
	P75    stats.Value `json:"p75"`
}

// Groups of months for profiles by hour of day.
const (
	AllYear = "year"
	Cold    = "cold" // December, January and February of the calendar year
	Warm    = "warm" // June, July and August
)

func daysIn(year int) int { return time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC).YearDay() }

// yearOf is the year of local standard time in which a time lies.
func yearOf(t int64, offset int) int { return time.Unix(t+int64(offset), 0).UTC().Year() }

// yearStart is the start of a year of local standard time.
func yearStart(year, offset int) int64 {
	return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() - int64(offset)
}

// summarise makes the summaries of the years from first to last of a series. s holds at least those years, and the day
// before them, in which the running means of the first hours begin.
func summarise(s *air.Series, first, last int) []YearSummary {
	var out []YearSummary
	months := stats.Periods(s, stats.Month, stats.Options{Means: true})
	days := stats.Daily(s)
	var eights []stats.DayMean
	if s.Parameter == air.O3 && s.Step == 3600 {
		eights = stats.DailyMax8h(s)
	}
	for _, y := range stats.Periods(s, stats.Year, stats.Options{}) {
		year := yearOf(y.From, s.Offset)
		if year < first || year > last || y.Count == 0 {
			continue
		}
		sum := YearSummary{Year: year, Stats: y, Days: make([]stats.Value, daysIn(year))}
		for i := range sum.Months {
			sum.Months[i] = stats.None
		}
		for i := range sum.Days {
			sum.Days[i] = stats.None
		}
		for _, m := range months {
			if m.From >= y.From && m.From < y.To {
				i := int(time.Unix(m.From+int64(s.Offset), 0).UTC().Month()) - 1
				sum.Months[i], sum.Filled[i] = m.Mean, m.Count
			}
		}
		for _, d := range days {
			if d.Start >= y.From && d.Start < y.To {
				sum.Days[(d.Start-y.From)/86400] = d.Mean
			}
		}
		if s.Parameter == air.O3 && s.Step == 3600 {
			sum.Eights = make([]stats.Value, daysIn(year))
			for i := range sum.Eights {
				sum.Eights[i] = stats.None
			}
			for _, d := range eights {
				if d.Start >= y.From && d.Start < y.To {
					sum.Eights[(d.Start-y.From)/86400] = d.Mean
				}
			}
		}
		i, _ := slices.BinarySearch(s.Time, y.From)
		j, _ := slices.BinarySearch(s.Time, y.To)
		part := air.Series{Parameter: s.Parameter, Unit: s.Unit, Step: s.Step, Offset: s.Offset, Time: s.Time[i:j], Value: s.Value[i:j]}
		if s.Flag != nil {
			part.Flag = s.Flag[i:j]
		}
		if s.Step == 3600 && s.Parameter != air.WindDirection {
			sum.Hours = hoursOfDay(&part)
		}
		for n, v := range part.Value {
			f := part.FlagAt(n)
			switch {
			case !f.OK():
				sum.Flags++
				continue
			case f != air.Valid:
				sum.Doubts++
			}
			if v < 0 {
				sum.Below++
			}
		}
		out = append(out, sum)
	}
	return out
}

func hoursOfDay(s *air.Series) map[string]*[24]HourOfDay {
	var cells [3][24][]float64
	today, season := int64(math.MinInt64), 0
	for i, v := range s.Value {
		if !s.FlagAt(i).OK() || math.IsNaN(v) {
			continue
		}
		local := s.Time[i] + int64(s.Offset)
		day := floorTo(local, 86400)
		h := int(local-day) / 3600
		if day != today { // asked once a day, not once an hour
			today, season = day, 0
			switch time.Unix(day, 0).UTC().Month() {
			case time.December, time.January, time.February:
				season = 1
			case time.June, time.July, time.August:
				season = 2
			}
		}
		cells[0][h] = append(cells[0][h], v)
		if season > 0 {
			cells[season][h] = append(cells[season][h], v)
		}
	}
	out := map[string]*[24]HourOfDay{}
	for g, name := range []string{AllYear, Cold, Warm} {
		var group [24]HourOfDay
		n := 0
		for h, v := range cells[g] {
			slices.Sort(v)
			group[h] = HourOfDay{len(v), stats.Mean(v), stats.Quantile(v, .25, stats.Type7), stats.Quantile(v, .5, stats.Type7), stats.Quantile(v, .75, stats.Type7)}
			n += len(v)
		}
		if n > 0 {
			out[name] = &group
		}
	}
	return out
}

func (y YearSummary) pack() (string, error) {
	b, err := json.Marshal(y)
	return string(b), err
}

func unpack(text string) (y YearSummary, err error) {
	err = json.Unmarshal([]byte(text), &y)
	return y, err
}
