package evidence

import (
	"math"
	"strconv"
	"strings"
	"time"

	"aircommons/chart"
	desk "aircommons/internal/evidence"
	"aircommons/standard"
)

// lede says the answer in sentences.
func (v *cityView) lede() (out []sentence, sources []sourceRow) {
	w, a := v.w, v.c.Answer
	say := func(key string, pairs ...any) {
		out = append(out, sentence{Text: chart.Rich(w.T(key, pairs...))})
	}
	if a.Value.Year == 0 {
		say("air.lede.none", "City", v.name, "Pollutant", sign(w, a.Parameter))
		if a.Why != nil && a.Why.Key != "evidence.why.novalue" {
			out = append(out, sentence{Text: chart.Rich(w.Say(*a.Why))})
		}
		return out, nil
	}
	unit := a.Unit.Pretty()
	pairs := []any{"City", v.name, "Pollutant", sign(w, a.Parameter), "Value", shown(w, a.Value.Value), "Unit", unit, "Year", strconv.Itoa(a.Value.Year)}
	switch {
	case a.Peak:
		say("air.lede.peak", pairs...)
	case a.Line.PeriodKind == "fiscal":
		say("air.lede.fiscal", pairs...)
	case a.Line.Measured && a.Line.Embassy:
		say("air.lede.embassy", pairs...)
	case a.Line.Measured:
		out = append(out, sentence{Text: chart.Rich(w.N("air.lede.measured", a.Value.Stations, pairs...))})
	default:
		say("air.lede.value", pairs...)
	}
	if a.Value.Source != "" {
		sources = append(sources, sourceRow{1, a.Value.Source, a.Value.URL})
		out[0].Source = 1
	}
	if f := a.First; f != nil && f.Value > 0 {
		change := 100 * (float64(a.Value.Value)/float64(f.Value) - 1)
		key := "air.lede.less"
		switch {
		case math.Abs(change) < 1:
			key = "air.lede.same"
		case change > 0:
			key = "air.lede.more"
		}
		say(key, "Percent", w.Percent(math.Abs(change), 0), "First", strconv.Itoa(f.Year), "Was", shown(w, f.Value), "Unit", unit)
		if f.Source != "" && f.Source != a.Value.Source {
			sources = append(sources, sourceRow{len(sources) + 1, f.Source, f.URL})
			out[len(out)-1].Source = len(sources)
		}
	}
	v.verdicts(a, say)
	return out, sources
}

// verdicts says how the value stands to the limits.
func (v *cityView) verdicts(a desk.Answer, say func(string, ...any)) {
	w := v.w
	limit := func(j *desk.Judgement) string { return w.Decimal(j.Limit.Value) + " " + j.Limit.Unit.Pretty() }
	then, now := a.Then, a.Now
	if then != nil && then.Verdict == desk.Unsaid {
		then = nil
	}
	if now != nil && now.Verdict == desk.Unsaid {
		now = nil
	}
	differ := then != nil && now != nil && (then.Limit.Value != now.Limit.Value || then.Limit.Unit != now.Limit.Unit)
	switch {
	case differ:
		say("air.lede."+string(then.Verdict)+"."+string(now.Verdict), "Then", limit(then), "Now", limit(now))
	case now != nil:
		say("air.lede.now."+string(now.Verdict), "Now", limit(now))
	case then != nil:
		say("air.lede.then."+string(then.Verdict), "Then", limit(then))
	}
	if g := a.Guideline; g != nil {
		switch {
		case g.Verdict == desk.Met:
			say("air.lede.who.met", "Limit", limit(g))
		case g.Verdict == desk.Missed && g.Ratio >= 1.95:
			say("air.lede.who.times", "Limit", limit(g), "Times", nice(w, standard.Round(g.Ratio, 1)))
		case g.Verdict == desk.Missed:
			say("air.lede.who.over", "Limit", limit(g), "Percent", w.Percent(100*(g.Ratio-1), 0))
		}
	}
}

// tiles are the figures beside the answer: the pollutant of the page, the others that have a value, the days.
func (v *cityView) tiles() []tile {
	var out []tile
	for _, a := range append([]desk.Answer{v.c.Answer}, v.c.Others...) {
		if a.Value.Year > 0 && len(out) < 3 {
			out = append(out, v.tile(a))
		}
	}
	a := v.c.Answer
	if d := a.Days; d != nil {
		t := tile{Label: chart.Rich(v.w.T("air.tile.days", "Limit", nice(v.w, d.Value), "Year", strconv.Itoa(a.DaysYear))), Value: v.w.Int(d.Above),
			Unit: v.w.T("air.tile.of", "Days", v.w.Int(d.Valid)), Note: v.w.N("air.tile.capture", a.DaysStations, "Capture", pct(v.w, a.DaysShare))}
		t.Chip, t.Tone = v.share(d)
		out = append(out, t)
	}
	return out
}

// share says how many of the days are above: "one day in three".
func (v *cityView) share(d *desk.DayCount) (text, tone string) {
	if d.Above == 0 {
		return v.w.T("air.share.none"), "ok"
	}
	n := int(math.Round(float64(d.Valid) / float64(d.Above)))
	if n < 2 {
		return v.w.T("air.share.most"), "stop"
	}
	return v.w.T("air.share.in", "Days", v.w.Int(n)), "stop"
}

func (v *cityView) tile(a desk.Answer) tile {
	w := v.w
	key := "air.tile.label"
	if a.Peak {
		key = "air.tile.peak"
	} else if a.Line.PeriodKind == "fiscal" {
		key = "air.tile.fiscal"
	}
	t := tile{Label: chart.Rich(w.T(key, "Pollutant", sign(w, a.Parameter), "Year", strconv.Itoa(a.Value.Year))), Value: shown(w, a.Value.Value), Unit: a.Unit.Pretty()}
	switch g, n := a.Guideline, a.Now; {
	case n != nil && n.Verdict == desk.Missed:
		t.Chip, t.Tone = w.T("air.chip.national.missed", "Limit", w.Decimal(n.Limit.Value)), "stop"
	case g != nil && g.Verdict == desk.Missed:
		t.Chip, t.Tone = w.T("air.chip.who.missed", "Limit", w.Decimal(g.Limit.Value)), "stop"
	case g != nil && g.Verdict == desk.Met:
		t.Chip, t.Tone = w.T("air.chip.who.met", "Limit", w.Decimal(g.Limit.Value)), "ok"
	case n != nil && n.Verdict == desk.Met:
		t.Chip, t.Tone = w.T("air.chip.national.met", "Limit", w.Decimal(n.Limit.Value)), "ok"
	default:
		t.Chip = w.T("evidence.verdict.unsaid")
	}
	switch {
	case math.IsNaN(a.Value.Capture) && a.Line.Measured:
		t.Note = w.N("air.tile.stations", a.Value.Stations)
	case math.IsNaN(a.Value.Capture):
		t.Note = w.T("air.tile.nocapture")
	default:
		t.Note = w.N("air.tile.capture", a.Value.Stations, "Capture", pct(w, a.Value.Capture))
	}
	return t
}

// ladder writes the rungs; a bar of 40 is as long as the highest of limits and value.
func (v *cityView) ladder() []rung {
	c, w := v.c, v.w
	top := 0.0
	for _, r := range c.Ladder {
		top = max(top, r.Value)
	}
	top *= 1.05
	at := func(x float64) string { return strconv.FormatFloat(math.Round(40000*x/top)/1000, 'f', -1, 64) }
	here := ""
	if c.Answer.Value.Year > 0 {
		here = at(float64(c.Answer.Value.Value))
	}
	var out []rung
	for _, r := range c.Ladder {
		x := rung{Width: at(r.Value), Here: here, Class: c.AnnualScale.Class(r.Value), Value: nice(w, r.Value)}
		if c.Answer.Peak {
			x.Class = 0
		}
		if r.Here {
			x.You, x.Small, x.Chip = true, v.what(c.Answer), w.T("air.ladder.here")
			x.Name = w.T("air.ladder.you", "City", v.name, "Year", strconv.Itoa(c.Answer.Value.Year))
			out = append(out, x)
			continue
		}
		names := make([]string, 0, len(r.Classes))
		counted := false // the national limit of today is among them and may be judged by
		for i, class := range r.Classes {
			name, memory := v.rungName(class, r.Limits[i]), r.Limits[i].Confidence == standard.FromMemory
			if memory && len(r.Classes) > 1 { // beside one that is judged
				name = w.T("air.rung.memory", "Name", name)
			}
			counted = counted || class == "now" && !memory
			names = append(names, name)
		}
		x.Name, x.Small = names[0], strings.Join(names[1:], "; ")
		if len(names) == 1 {
			x.Small = v.rungDate(r.Classes[0], r.Limits[0])
		}
		switch r.Verdict {
		case desk.Met:
			x.Chip, x.Tone = w.T("evidence.verdict.met"), "ok"
		case desk.Missed:
			x.Chip, x.Tone = w.T("evidence.verdict.missed"), "stop"
			if counted {
				x.Chip = w.T("air.ladder.by", "Excess", nice(w, r.Excess))
			}
		default:
			x.Chip, x.Tone = w.T("evidence.verdict.unsaid"), "notice"
			if r.Why != nil && r.Why.Key == "evidence.why.memory" {
				x.Chip = w.T("air.ladder.memory")
			}
		}
		out = append(out, x)
	}
	return out
}

// what says what the value is of: "City mean, as published", "3 stations".
func (v *cityView) what(a desk.Answer) string {
	switch {
	case a.Line.Measured && a.Line.Embassy:
		return v.w.T("evidence.site.embassy")
	case a.Line.Measured:
		return v.w.N("air.tile.stations", a.Value.Stations)
	case a.Line.Place != "" && a.Line.Place != v.c.Place.ID:
		return v.net.PlaceName(a.Line.Place, v.r.Lang)
	case a.Line.Area != "":
		return a.Line.Area
	}
	return v.w.T("air.scope." + a.Line.Scope)
}

func (v *cityView) rungName(class string, l standard.Limit) string {
	switch class {
	case "AQG":
		return v.w.T("air.rung.AQG")
	case "IT1", "IT2", "IT3", "IT4":
		return v.w.T("air.rung.IT", "Number", class[2:])
	case "then":
		return v.w.T("air.rung.then", "From", v.date(l.From), "To", v.date(l.To))
	case "now":
		return v.w.T("air.rung.now")
	}
	return v.w.T("air.rung.next", "From", v.date(l.From))
}

func (v *cityView) rungDate(class string, l standard.Limit) string {
	switch class {
	case "AQG":
		return "2021"
	case "now":
		if !l.From.IsZero() {
			return v.w.T("air.rung.since", "From", v.date(l.From))
		}
	case "then", "next":
		return l.Document
	}
	return ""
}

// date writes a day of the table, a year where it begins with one, and dots where it is open.
func (v *cityView) date(t time.Time) string {
	switch {
	case t.IsZero():
		return "…"
	case t.Month() == 1 && t.Day() == 1:
		return v.w.Year(t.Year())
	}
	return v.w.Date(t)
}
