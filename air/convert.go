package air

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// gasConstant is R in J/(mol K), exact by the SI of 2019.
const gasConstant = 8.31446261815324

// State is the temperature and pressure to which a mass concentration refers.
type State struct {
	TemperatureC float64 // degrees Celsius
	PressureHPa  float64 // hPa
}

// The reference states of the authorities, at one atmosphere. 20 °C: Directives 2008/50/EC and 2024/2881 (293 K,
// 101.3 kPa), United Kingdom, Hong Kong. 25 °C: 40 CFR 50.3 (760 mmHg), and China from 2018-09-01. 0 °C: GB 3095-2012 before
// its amendment of 2018. 101.3 instead of 101.325 kPa changes the fourth digit only.
var (
	At0C  = State{0, 1013.25}
	At20C = State{20, 1013.25}
	At25C = State{25, 1013.25}
)

// MolarVolume is the volume of one mole of ideal gas in L/mol: R T / P.
func (s State) MolarVolume() float64 {
	return gasConstant * (s.TemperatureC + 273.15) / (s.PressureHPa / 10)
}

// Restate brings a mass concentration from one reference state to another (same amount of matter, other volume of air).
// It holds for gases, and for particles only where the source really reports at from: particles of most networks are
// at ambient conditions and must not be restated.
func Restate(value float64, from, to State) float64 {
	return value * from.MolarVolume() / to.MolarVolume()
}

// ErrUnits is wrapped by every refusal of Convert.
var ErrUnits = errors.New("air: no way between these units")

// massScale and ratioScale are the factors to µg/m³ and to ppb, as numerator and denominator, so that powers of ten
// stay exact in both directions.
var (
	massScale  = map[Unit][2]float64{MicrogramPerM3: {1, 1}, MilligramPerM3: {1000, 1}, NanogramPerM3: {1, 1000}}
	ratioScale = map[Unit][2]float64{PPB: {1, 1}, PPM: {1000, 1}, PPT: {1, 1000}}
)

// Convert brings a value of a parameter to another unit. Between mixing ratio and mass it uses the parameter's molar
// mass M and the molar volume V of the state: µg/m³ = ppb M / V. NOx is taken as NO2 (its molar mass in the table), so NOx
// in ppb is the sum of NO and NO2 in ppb. The state does not matter within masses, within ratios and for weather.
// A particle has no mixing ratio; a parameter without a molar mass cannot change between ratio and mass.
func Convert(value float64, p Parameter, from, to Unit, at State) (float64, error) {
	if from == to {
		return value, nil
	}
	switch {
	case from == Fahrenheit && to == Celsius:
		return (value - 32) * 5 / 9, nil
	case from == Celsius && to == Fahrenheit:
		return value*9/5 + 32, nil
	case from == KilometrePerHour && to == MetrePerSecond:
		return value / 3.6, nil
	case from == MetrePerSecond && to == KilometrePerHour:
		return value * 3.6, nil
	}
	if p == CH4 { // one carbon atom: ppmC is ppm
		if from == PPMC {
			from = PPM
		}
		if to == PPMC {
			to = PPM
		}
		if from == to {
			return value, nil
		}
	}
	if a, ok := massScale[from]; ok {
		if b, ok := massScale[to]; ok {
			return rescale(value, a, b), nil
		}
	}
	if a, ok := ratioScale[from]; ok {
		if b, ok := ratioScale[to]; ok {
			return rescale(value, a, b), nil
		}
	}
	mass, err := gasMass(p)
	if err != nil {
		return math.NaN(), fmt.Errorf("%w: %s from %s to %s: %s", ErrUnits, p, from, to, err)
	}
	ratio, fromRatio := ratioScale[from]
	weight, toMass := massScale[to]
	if !fromRatio {
		ratio, weight = ratioScale[to], massScale[from]
		toMass = weight[0] != 0
	}
	if ratio[0] == 0 || !toMass {
		return math.NaN(), fmt.Errorf("%w: %s from %q to %q", ErrUnits, p, from, to)
	}
	if !(at.PressureHPa > 0) || !(at.TemperatureC > -273.15) {
		return math.NaN(), fmt.Errorf("%w: %s from %s to %s needs a temperature and a pressure", ErrUnits, p, from, to)
	}
	v := at.MolarVolume()
	if fromRatio {
		return rescale(value, ratio, [2]float64{1, 1}) * mass / v * weight[1] / weight[0], nil
	}
	return rescale(value, weight, [2]float64{1, 1}) * v / mass * ratio[1] / ratio[0], nil
}

func rescale(v float64, a, b [2]float64) float64 { return v * (a[0] * b[1]) / (a[1] * b[0]) }

func gasMass(p Parameter) (float64, error) {
	i, ok := p.Info()
	switch {
	case !ok:
		return 0, errors.New("unknown parameter")
	case i.Kind != "gas":
		return 0, errors.New("not a gas")
	case i.MolarMass <= 0:
		return 0, errors.New("no molar mass")
	}
	return i.MolarMass, nil
}

// chinaChange is 2018-09-01 00:00 Beijing time, from when Chinese gases are reported at 25 °C.
// (GB 3095-2012, amendment 1, notice of 2018-08-13.)
const chinaChange = 1535731200

// StateFor is the reference state of gases in the country (two letters, "EU" or "US-CA") at a moment. It reports false
// where no document was found that states one (Korea, Japan and Taiwan report mixing ratios, Mongolia and Macao print
// none): then it is 25 °C and one atmosphere, the state the WHO used outside Europe, and whoever shows the result should
// say that it was assumed. India, Singapore, Thailand, Vietnam and the Philippines are from memory of their standards.
func StateFor(country string, at time.Time) (State, bool) {
	switch country {
	case "CN":
		if at.Unix() < chinaChange {
			return At0C, true
		}
		return At25C, true
	case "HK", "GB", "GB-ENG", "EU", "NO", "IS", "LI", "CH":
		return At20C, true
	case "US", "US-CA", "IN", "SG", "TH", "VN", "PH":
		return At25C, true
	}
	if InEU(country) {
		return At20C, true
	}
	return At25C, false
}

// InEU reports whether a country (ISO 3166-1, two letters) is a member of the European Union of 2020 and later.
func InEU(country string) bool {
	switch country {
	case "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL",
		"PL", "PT", "RO", "SK", "SI", "ES", "SE":
		return true
	}
	return false
}

// MainUnit is the unit in which p is shown and compared where nobody asks for another, NoUnit for an unknown parameter.
// What has no molar mass of its own (oxidants, hydrocarbons) keeps its mixing ratio.
func (p Parameter) MainUnit() Unit {
	switch p {
	case CO, SPM:
		return MilligramPerM3
	case UFP:
		return PerCM3
	case BaP, Hg, As, Cd, Ni, Cr6:
		return NanogramPerM3
	case Ox, CO2, CH4:
		return PPM
	case NMHC, THC:
		return PPMC
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
	if _, ok := p.Info(); !ok {
		return NoUnit
	}
	return MicrogramPerM3
}
