package standard

import (
	"math"
	"strings"

	"aircommons/air"
)

// Outcome of a comparison.
type Outcome int

const (
	NoVerdict Outcome = iota // shown beside the limit and not judged; Reason says why
	Met
	Missed
)

func (o Outcome) String() string { return [...]string{"no verdict", "met", "missed"}[o] }

// Reasons of a comparison without a verdict.
const (
	NoValue       = "value"   // there is nothing to compare
	MemoryOnly    = "memory"  // the limit is known from memory
	TooFewHours   = "capture" // the value stands on too little of its period
	NotYetDecided = "decided" // the limit is decided and its date is not known
)

// Verdict is the comparison of a value with a limit.
type Verdict struct {
	Outcome Outcome
	Reason  string  // of NoVerdict
	Rounded float64 // the value as it was compared, in the unit of the limit
	Excess  float64 // Rounded minus the limit, negative where it is met with room
	Needed  float64 // capture in percent that the rule asks for
}

// Judge compares a value with a limit. The value is in the limit's unit, and for gases at its reference state; capture is
// in percent of the period, NaN where the source does not say (a published mean is judged as published). A value that is
// rounded as the authority rounds and then greater than the limit has missed it; where the document says "not to be
// equalled", an equal one has too. A limit from memory never gives a verdict.
func Judge(value, capture float64, l Limit) Verdict {
	v := Verdict{Rounded: math.NaN(), Excess: math.NaN(), Needed: l.NeededCapture()}
	if math.IsNaN(value) || math.IsInf(value, 0) {
		v.Reason = NoValue
		return v
	}
	digits, mode := l.Rounding()
	v.Rounded = RoundBy(value, digits, mode)
	v.Excess = Round(v.Rounded-l.Value, max(digits, l.Digits, 0))
	switch {
	case l.Confidence == FromMemory:
		v.Reason = MemoryOnly
	case strings.Contains(l.Class, "decided"):
		v.Reason = NotYetDecided
	case capture < v.Needed: // false for NaN
		v.Reason = TooFewHours
	case v.Rounded > l.Value || v.Rounded == l.Value && strings.Contains(l.Statistic, "equalled"):
		v.Outcome = Missed
	default:
		v.Outcome = Met
	}
	return v
}

// Exceeds reports whether a value, rounded as the authority rounds, is above the limit (or, where the document says so,
// equal to it).
func (l Limit) Exceeds(value float64) bool {
	digits, mode := l.Rounding()
	r := RoundBy(value, digits, mode)
	return r > l.Value || r == l.Value && strings.Contains(l.Statistic, "equalled")
}

// hj663 is the first day of HJ 663-2026, with which yearly values of China are kept to one decimal.
var hj663, _ = day("2026-03-01")

// Rounding is how an authority rounds a value before it compares it with this limit: decimals in the limit's unit,
// negative before the point, and the mode. Where no rule is known it is the precision of the printed limit, half up
// (2008/50/EC: "rounded to the same number of decimals as the limit").
//
// China: GB/T 8170, half to even; days in whole µg/m³, CO in 0.1 mg/m³; years in 0.1 µg/m³ from HJ 663-2026 on. Korea:
// gases in 0.001 ppm, years in 0.0001, CO in 0.1 ppm, particles in whole µg/m³. Japan: gases in 0.001 ppm, CO in 0.1 ppm,
// PM2.5 in 0.1. US, appendices of 40 CFR 50: PM10 in tens, ozone cut after 0.001 ppm.
func (l Limit) Rounding() (digits int, mode Mode) {
	year := l.Averaging == Annual
	ppm := l.Unit == air.PPM
	switch l.Country {
	case "CN":
		switch {
		case l.Parameter == air.CO && l.Unit == air.MilligramPerM3:
			return max(1, l.Digits), HalfEven
		case year && !l.From.Before(hj663) && l.Unit == air.MicrogramPerM3:
			return max(1, l.Digits), HalfEven
		}
		return l.Digits, HalfEven
	case "KR":
		switch {
		case ppm && l.Parameter == air.CO:
			return max(1, l.Digits), HalfUp
		case ppm && year:
			return max(4, l.Digits), HalfUp
		case ppm:
			return max(3, l.Digits), HalfUp
		}
	case "JP":
		switch {
		case ppm && l.Parameter == air.CO, l.Parameter == air.PM25:
			return max(1, l.Digits), HalfUp
		case ppm, l.Parameter == air.SPM:
			return max(3, l.Digits), HalfUp
		}
	case "US":
		switch l.Parameter {
		case air.PM10:
			return -1, HalfUp
		case air.O3:
			return l.Digits, Truncate
		}
	}
	return l.Digits, HalfUp
}

// NeededCapture is the share of a period in percent below which an authority gives no value. Years: EU 85 (2024/2881 Annex
// V; 2008/50/EC says 90 without the time of calibration, which comes to the same), China 324 days, Japan 6000 hours, all
// others 75. Days: China and Japan 20 of 24 hours, all others 18. Shorter means: 75.
func (l Limit) NeededCapture() float64 {
	switch l.Averaging {
	case Annual:
		switch l.Country {
		case "EU":
			return 85
		case "CN":
			return 100 * 324. / 366
		case "JP":
			return 100 * 6000. / 8784
		}
	case Daily:
		if l.Country == "CN" || l.Country == "JP" {
			return 100 * 20. / 24
		}
	}
	return 75
}
