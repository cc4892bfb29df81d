package air

import (
	"fmt"
	"math"
)

// State is the temperature and pressure to which a volume of gas refers.
type State struct {
	TemperatureC float64
	PressureHPa  float64
}

// Reference states of authorities: EU and UK 20 °C; US, and China since 2018-09-01, 25 °C; China before, 0 °C.
var (
	At0C  = State{0, 1013.25}
	At20C = State{20, 1013.25}
	At25C = State{25, 1013.25}
)

// gasConstant in J/(mol K), exact since the SI of 2019.
const gasConstant = 8.31446261815324

// MolarVolume is the volume of one mole of an ideal gas in litres.
func (s State) MolarVolume() float64 {
	return gasConstant * (s.TemperatureC + 273.15) / (s.PressureHPa / 10)
}

// mass, ratio and other give each unit's family and its size in the family's base (ug/m3, ppb).
func family(u Unit) (kind byte, size float64) {
	switch u {
	case MicrogramPerM3:
		return 'm', 1
	case MilligramPerM3:
		return 'm', 1e3
	case NanogramPerM3:
		return 'm', 1e-3
	case PPB:
		return 'r', 1
	case PPM:
		return 'r', 1e3
	case PPT:
		return 'r', 1e-3
	}
	return 0, 0
}

// Convert changes a value of p between units. Mass and mixing ratio of a gas are related by
// ug/m3 = ppb * M / Vm with the molar volume of the state; particles have no mixing ratio. NOx is taken as NO2.
// It fails where the units are of different things or p has no molar mass.
func Convert(v float64, p Parameter, from, to Unit, at State) (float64, error) {
	if from == to {
		return v, nil
	}
	switch {
	case from == Fahrenheit && to == Celsius:
		return (v - 32) / 1.8, nil
	case from == KilometrePerHour && to == MetrePerSecond:
		return v / 3.6, nil
	}
	fk, fs := family(from)
	tk, ts := family(to)
	if fk == 0 || tk == 0 {
		return math.NaN(), fmt.Errorf("air: no conversion of %s from %q to %q", p, from, to)
	}
	base := v * fs
	if fk != tk {
		info, ok := p.Info()
		if !ok || info.Kind != "gas" || info.MolarMass == 0 {
			return math.NaN(), fmt.Errorf("air: %s has no molar mass to convert %q to %q", p, from, to)
		}
		f := info.MolarMass / at.MolarVolume()
		if fk == 'r' {
			base *= f
		} else {
			base /= f
		}
	}
	return base / ts, nil
}

// MainUnit is the unit in which pages show p.
func (p Parameter) MainUnit() Unit {
	switch p {
	case CO, SPM:
		return MilligramPerM3
	case CH4, NMHC, THC, CO2, Ox:
		return PPM
	case BaP, Hg, As, Cd, Ni, Cr6:
		return NanogramPerM3
	case UFP:
		return PerCM3
	case HFC:
		return PPT
	case WindSpeed:
		return MetrePerSecond
	case WindDirection:
		return Degree
	case Temperature, DewPoint:
		return Celsius
	case Pressure:
		return Hectopascal
	case Humidity:
		return Percent
	case Rain:
		return Millimetre
	}
	return MicrogramPerM3
}

var compass = map[string]float64{"N": 0, "NNE": 22.5, "NE": 45, "ENE": 67.5, "E": 90, "ESE": 112.5, "SE": 135, "SSE": 157.5,
	"S": 180, "SSW": 202.5, "SW": 225, "WSW": 247.5, "W": 270, "WNW": 292.5, "NW": 315, "NNW": 337.5}

// Compass reads one of the 16 points of the compass as degrees from north.
func Compass(text string) (float64, bool) {
	d, ok := compass[text]
	return d, ok
}

// MeanDirection is the mean of directions in degrees, weighted by speed where speeds are given, by the mean of the
// components the wind comes from. It is false when the components cancel or nothing is given.
func MeanDirection(direction, speed []float64) (float64, bool) {
	var u, v float64
	n := 0
	for i, d := range direction {
		w := 1.0
		if speed != nil {
			w = speed[i]
		}
		if math.IsNaN(d) || math.IsNaN(w) || w == 0 {
			continue
		}
		s, c := math.Sincos(d * math.Pi / 180)
		u += w * s
		v += w * c
		n++
	}
	if n == 0 || math.Hypot(u, v) < 1e-9*float64(n) {
		return math.NaN(), false
	}
	d := math.Atan2(u, v) * 180 / math.Pi
	if d < 0 {
		d += 360
	}
	return d, true
}
