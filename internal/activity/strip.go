package activity

import (
	"context"
	"sort"

	"aircommons/internal/actor"
	"aircommons/internal/network"
)

// EditionField is the field of a statement on a programme that tells of an edition which the first source does not list.
const EditionField = "edition"

// Strip is all editions of a programme on one line of years.
type Strip struct {
	Editions []StripEdition // by time
	Years    []StripYear    // every year from the first edition to the last, those without one too
	Undated  []StripEdition // without a date from any source
}

// StripEdition is one edition with all dates that sources give it.
type StripEdition struct {
	Activity Activity // without an id for an edition that only a second source tells of
	Year     int
	Period   network.Period
	Printed  string
	Sources  []network.Claim // what is said of its date, the first source first; may be empty
	Rivals   []network.Claim // those of them that contradict the date
}

// Dates are the date of the edition and those that contradict it, as far as they are known.
func (e StripEdition) Dates() []network.Period {
	out := []network.Period{e.Period}
	for _, r := range e.Rivals {
		if p, err := network.ParsePeriod(r.Parsed); err == nil && p.Known() {
			out = append(out, p)
		}
	}
	return out
}

// Contested reports whether sources give the edition dates that cannot both be true.
func (e StripEdition) Contested() bool { return len(e.Rivals) > 0 }

// Second reports whether only a second source tells of the edition.
func (e StripEdition) Second() bool { return e.Activity.ID == "" }

// Lent reports whether the edition has its date from a second source alone.
func (e StripEdition) Lent() bool {
	return !e.Second() && !e.Activity.Period.Known() && e.Period.Known()
}

// StripYear is a year with the places of its editions in Strip.Editions.
type StripYear struct {
	Year     int
	Editions []int
}

// Gap reports whether the year has no edition.
func (y StripYear) Gap() bool { return len(y.Editions) == 0 }

// Double reports whether the year has more than one edition.
func (y StripYear) Double() bool { return len(y.Editions) > 1 }

// Gaps are the years between the first and the last edition that have none.
func (s Strip) Gaps() (years []int) {
	for _, y := range s.Years {
		if y.Gap() {
			years = append(years, y.Year)
		}
	}
	return years
}

// Doubles are the years with more than one edition.
func (s Strip) Doubles() (years []int) {
	for _, y := range s.Years {
		if y.Double() {
			years = append(years, y.Year)
		}
	}
	return years
}

// First and Last are the years the strip covers, 0 when it has no dated edition.
func (s Strip) First() int {
	if len(s.Years) == 0 {
		return 0
	}
	return s.Years[0].Year
}

// Last is the year of the last edition.
func (s Strip) Last() int {
	if len(s.Years) == 0 {
		return 0
	}
	return s.Years[len(s.Years)-1].Year
}

// MakeStrip lays editions on one line. facts gives what sources say of an activity; ofProgramme is what they say of the
// programme, where an edition that the first source does not list stands under EditionField.
func MakeStrip(editions []Activity, facts func(id string) []network.Fact, ofProgramme []network.Fact) Strip {
	var s Strip
	add := func(e StripEdition) {
		if e.Year == 0 {
			s.Undated = append(s.Undated, e)
			return
		}
		s.Editions = append(s.Editions, e)
	}
	for _, a := range editions {
		e := StripEdition{Activity: a, Year: a.Period.Year(), Period: a.Period, Printed: a.Printed}
		for _, f := range facts(a.ID) {
			if f.Field != network.PeriodField {
				continue
			}
			f = f.Against(a.Period.String(), a.Printed)
			e.Sources = f.Claims
			for _, c := range f.Claims {
				if network.Contradict(f.Field, a.Period.String(), a.Printed, c.Parsed, c.Printed) {
					e.Rivals = append(e.Rivals, c)
				}
				if p, err := network.ParsePeriod(c.Parsed); err == nil && e.Year == 0 && p.Known() {
					e.Year, e.Period, e.Printed = p.Year(), p, c.Printed // the activity has no date of its own
				}
			}
		}
		add(e)
	}
	for _, f := range ofProgramme {
		if f.Field != EditionField {
			continue
		}
		for _, c := range f.Claims {
			if p, err := network.ParsePeriod(c.Parsed); err == nil {
				add(StripEdition{Year: p.Year(), Period: p, Printed: c.Printed, Sources: []network.Claim{c}})
			}
		}
	}
	sort.SliceStable(s.Editions, func(i, j int) bool { return s.Editions[i].Period.Before(s.Editions[j].Period) })
	if len(s.Editions) == 0 {
		return s
	}
	first, last := s.Editions[0].Year, s.Editions[0].Year
	for _, e := range s.Editions {
		first, last = min(first, e.Year), max(last, e.Year)
	}
	for y := first; y <= last; y++ {
		year := StripYear{Year: y}
		for i, e := range s.Editions {
			if e.Year == y {
				year.Editions = append(year.Editions, i)
			}
		}
		s.Years = append(s.Years, year)
	}
	return s
}

// Strip lays the editions of a programme that the actor may see on one line.
func (k *Desk) Strip(ctx context.Context, by actor.Actor, programme string) (Strip, error) {
	if _, err := k.Programme(ctx, by, programme); err != nil {
		return Strip{}, err
	}
	s, err := k.read(ctx)
	if err != nil {
		return Strip{}, err
	}
	editions, err := k.Editions(ctx, by, programme)
	if err != nil {
		return Strip{}, err
	}
	return MakeStrip(editions, func(id string) []network.Fact { return s.facts[[2]string{"activity", id}] },
		s.facts[[2]string{"programme", programme}]), nil
}
