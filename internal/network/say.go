package network

import (
	"time"

	"aircommons/internal/catalog"
)

// Say writes a period as exactly as it is known: "19 to 20 May 2016", "January 2018", "2017 to 2019", "since 2016".
func (p Period) Say(w *catalog.Words) string {
	if !p.Known() {
		return w.T("date.unknown")
	}
	first, last := p.First(), p.Last()
	one := func(t time.Time) string {
		switch p.Precision {
		case Day:
			return w.Date(t)
		case Month:
			return w.Month(t.Year(), int(t.Month()))
		}
		return w.Year(t.Year())
	}
	switch {
	case p.Open():
		return w.T("programme.period.open", "From", one(first))
	case p.From == p.To:
		return one(first)
	case p.Precision == Day:
		return w.DateRange(first, last)
	case p.Precision == Year:
		return w.T("programme.period.years", "From", first.Year(), "To", last.Year())
	}
	return w.T("programme.period.range", "From", one(first), "To", one(last))
}
