package evidence

import (
	"sync"

	desk "aircommons/internal/evidence"
)

// drawn are the figures of a city's page as it is first opened, in one language. They follow from the figures of the
// desk alone, which are replaced as a whole when anything is stored, so they are kept with them: drawing a year of days
// takes longer than all the rest of the page. Pages are not kept, and neither are the figures of years, stations and
// hours that a reader chose.
type drawn struct {
	annual, calendar, months, profile *figure
	explorer                          *explorer
}

type drawnKey struct {
	air  *desk.CityAir
	lang string
}

// kept is what was drawn, for the latest figures of at most mostDrawn cities and languages, about 50 kB each.
type kept struct {
	mu   sync.Mutex
	sets map[drawnKey]*drawn
}

const mostDrawn = 400

// figures draws what the page shows.
func (v *cityView) figures(opened bool) (*drawn, error) {
	at := drawnKey{v.c, v.r.Lang}
	if opened {
		v.h.kept.mu.Lock()
		d := v.h.kept.sets[at]
		v.h.kept.mu.Unlock()
		if d != nil {
			return d, nil
		}
	}
	d := &drawn{annual: v.annual()}
	if v.c.Detail != nil {
		d.calendar, d.months, d.profile = v.calendar(), v.months(), v.profile()
	}
	var err error
	if d.explorer, err = v.explorer(); err != nil || !opened {
		return d, err
	}
	for _, f := range []*figure{d.annual, d.calendar, d.months, d.profile} {
		f.keep()
	}
	if d.explorer != nil {
		d.explorer.Figure.keep()
	}
	v.h.kept.mu.Lock()
	defer v.h.kept.mu.Unlock()
	if len(v.h.kept.sets) >= mostDrawn {
		clear(v.h.kept.sets) // most are of figures that were replaced
	}
	v.h.kept.sets[at] = d
	return d, nil
}

// keep draws a figure once for all its readers.
func (f *figure) keep() {
	if f != nil {
		f.html = f.HTML()
	}
}
