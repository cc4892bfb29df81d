package evidence

import (
	"context"
	"fmt"
	"slices"
	"time"

	"aircommons/air"
	"aircommons/internal/fault"
	"aircommons/standard"
)

// DefaultPlaces are the places that the network compares: Beijing and the five benchmark regions.
var DefaultPlaces = []string{"beijing", "california", "newyork", "paris", "seoul", "tokyo"}

// CompareQuery asks for annual means of several places.
type CompareQuery struct {
	Parameter air.Parameter // 0: PM2.5
	Places    []string      // nil: DefaultPlaces, as far as they are there
	From, To  int           // years, both included; 0: all
	Base      int           // year that is 100 in the index; 0: none
}

// Comparison is annual means of several places side by side.
type Comparison struct {
	Parameter air.Parameter
	Unit      air.Unit
	From, To  int
	Base      int
	Regions   []Region
	Choices   []string        // every place that has a value of the pollutant
	Others    []air.Parameter // every pollutant that some place has
	Scale     standard.Scale
	Notes     []fault.Message
}

// Region is one place of a comparison.
type Region struct {
	Place     string
	Country   string
	Lines     []AnnualLine  // every source
	Points    []AnnualPoint // one value a year, the best there is (Headline); Line says from which of Lines
	Latest    *AnnualPoint  // the last of Points
	First     *AnnualPoint  // earliest year by the definition and source of Latest: what a change may be told from
	Index     []AnnualPoint // Points in percent of the base year; empty where the place has no value then
	Now       *Judgement    // of Latest, by the national limit of today
	Next      *Judgement    // by the limit that is decided
	Guideline *Judgement
	Why       *fault.Message // why there is no value
}

// remember gives what f made for an id as of a snapshot, and makes it when nobody has asked yet.
func remember[T any](s *Snapshot, id string, f func() (*T, error)) (*T, error) {
	s.mu.Lock()
	have, ok := s.others[id].(*T)
	s.mu.Unlock()
	if ok {
		return have, nil
	}
	made, err := f()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.others) > mostKept {
		clear(s.others)
	}
	s.others[id] = made
	return made, nil
}

// Compare puts the annual means of places side by side. The result is shared between readers and must not be changed.
func (k *Desk) Compare(ctx context.Context, q CompareQuery, today time.Time) (*Comparison, error) {
	s, err := k.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return remember(s, fmt.Sprint("compare ", q, today.UTC().Format(time.DateOnly)), func() (*Comparison, error) { return k.compare(ctx, s, q, today) })
}

func (k *Desk) compare(ctx context.Context, s *Snapshot, q CompareQuery, today time.Time) (*Comparison, error) {
	if q.Parameter == 0 {
		q.Parameter = air.PM25
	}
	if _, known := q.Parameter.Info(); !known || q.Parameter.Weather() {
		return nil, notFound()
	}
	if q.From > 0 && q.To > 0 && q.From > q.To {
		return nil, fault.New(fault.Invalid, "evidence.compare.years")
	}
	if len(q.Places) > 12 {
		return nil, fault.New(fault.Invalid, "evidence.compare.many", "Most", 12)
	}
	c := &Comparison{Parameter: q.Parameter, Unit: q.Parameter.MainUnit(), Base: q.Base}
	c.Scale = standard.Classes(c.Parameter, c.Unit, standard.Annual)
	seen := map[air.Parameter]bool{}
	for _, place := range s.network.Places() {
		if place.Withdrawn || place.Kind == "country" || place.Role == "region" { // a part of the world is no place to compare
			continue
		}
		has := false
		of := []string{place.ID}
		if place.Kind == "region" {
			for _, in := range s.network.Inside(place.ID) {
				of = append(of, in.ID)
			}
		}
		for _, id := range of {
			for _, p := range s.Parameters(id) {
				if has = has || p == c.Parameter; !seen[p] {
					seen[p] = true
					c.Others = append(c.Others, p)
				}
			}
		}
		if has {
			c.Choices = append(c.Choices, place.ID)
		}
	}
	slices.SortFunc(c.Others, func(a, b air.Parameter) int { return rank(a) - rank(b) })
	places := q.Places
	if places == nil {
		places = DefaultPlaces
	}
	fiscal, county, standsFor, measured, mixed := false, false, false, false, false
	done := map[string]bool{}
	for _, id := range places {
		place, ok := s.network.Place(id)
		if !ok || place.Withdrawn || done[id] {
			if q.Places != nil && !ok {
				return nil, notFound()
			}
			continue
		}
		done[id] = true
		r := Region{Place: id}
		b := bounds{jurisdictions(s.network, place), c.Parameter, c.Unit}
		if len(b.codes) > 0 {
			r.Country = standard.Jurisdiction(b.codes[0])
		}
		lines, err := k.lines(ctx, s, id, c.Parameter, c.Unit)
		if err != nil {
			return nil, err
		}
		for i, l := range lines {
			l.Points = slices.DeleteFunc(slices.Clone(l.Points), func(p AnnualPoint) bool {
				return q.From > 0 && p.Year < q.From || q.To > 0 && p.Year > q.To
			})
			lines[i] = l
		}
		r.Lines = lines
		r.Points = headline(lines)
		used := map[int]bool{}
		for _, p := range r.Points {
			used[p.Line] = true
			l := lines[p.Line]
			fiscal = fiscal || l.PeriodKind == "fiscal"
			standsFor = standsFor || l.Place != id
			measured = measured || l.Measured
		}
		mixed = mixed || len(used) > 1
		for _, l := range lines {
			county = county || l.Scope == "county" && len(l.Points) > 0
		}
		if n := len(r.Points); n > 0 {
			r.Latest = &r.Points[n-1]
			r.First = first(lines, r.Latest)
			v, year := float64(r.Latest.Value), r.Latest.Year
			if l, ok := b.national(standard.Annual, today); ok {
				r.Now = b.judge(v, year, l)
			}
			if l, ok := b.next(standard.Annual, today); ok {
				r.Next = b.judge(v, year, l)
			}
			for _, l := range b.who(standard.Annual) {
				if l.Class == "AQG" {
					r.Guideline = b.judge(v, year, l)
				}
			}
			for _, p := range r.Points {
				if c.From == 0 || p.Year < c.From {
					c.From = p.Year
				}
				c.To = max(c.To, p.Year)
			}
			r.Index = index(r.Points, q.Base)
		} else {
			r.Why = new(fault.Say("evidence.why.novalue"))
			if county {
				r.Why = new(fault.Say("evidence.why.countyonly"))
			}
		}
		c.Regions = append(c.Regions, r)
	}
	if q.From > 0 {
		c.From = q.From
	}
	if q.To > 0 {
		c.To = q.To
	}
	for _, n := range []struct {
		when bool
		key  string
	}{{fiscal, "evidence.note.fiscal"}, {county, "evidence.note.county"}, {standsFor, "evidence.note.standsfor"}, {measured, "evidence.definition.stations"}, {mixed, "evidence.note.mixed"}} {
		if n.when {
			c.Notes = append(c.Notes, fault.Say(n.key))
		}
	}
	return c, nil
}

// first is the earliest value of the line that a value is from, the value itself where it is the only one.
func first(lines []AnnualLine, latest *AnnualPoint) *AnnualPoint {
	for _, p := range lines[latest.Line].Points {
		if p.Value.OK() && p.Year < latest.Year {
			p.Line = latest.Line
			return &p
		}
	}
	return latest
}

// index is points in percent of that of the base year, nil where there is none.
func index(points []AnnualPoint, base int) []AnnualPoint {
	i := slices.IndexFunc(points, func(p AnnualPoint) bool { return p.Year == base })
	if base == 0 || i < 0 || points[i].Value <= 0 {
		return nil
	}
	out := slices.Clone(points)
	for n := range out {
		out[n].Value = 100 * points[n].Value / points[i].Value
	}
	return out
}
