package air

import "strings"

// Unit is a unit of measurement. The number is what stores keep.
type Unit uint8

const (
	NoUnit           Unit = 0
	MicrogramPerM3   Unit = 1
	MilligramPerM3   Unit = 2
	NanogramPerM3    Unit = 3
	PPB              Unit = 4
	PPM              Unit = 5
	PPT              Unit = 6
	PerCM3           Unit = 7
	PPMC             Unit = 8
	MetrePerSecond   Unit = 20
	Degree           Unit = 21
	Celsius          Unit = 22
	Fahrenheit       Unit = 23
	Hectopascal      Unit = 24
	Percent          Unit = 25
	Millimetre       Unit = 26
	KilometrePerHour Unit = 27
)

var unitNames = map[Unit][2]string{
	MicrogramPerM3:   {"ug/m3", "µg/m³"},
	MilligramPerM3:   {"mg/m3", "mg/m³"},
	NanogramPerM3:    {"ng/m3", "ng/m³"},
	PPB:              {"ppb", "ppb"},
	PPM:              {"ppm", "ppm"},
	PPT:              {"ppt", "ppt"},
	PerCM3:           {"1/cm3", "1/cm³"},
	PPMC:             {"ppmC", "ppmC"},
	MetrePerSecond:   {"m/s", "m/s"},
	Degree:           {"deg", "°"},
	Celsius:          {"degC", "°C"},
	Fahrenheit:       {"degF", "°F"},
	Hectopascal:      {"hPa", "hPa"},
	Percent:          {"%", "%"},
	Millimetre:       {"mm", "mm"},
	KilometrePerHour: {"km/h", "km/h"},
}

// String is the plain spelling of files and commands ("ug/m3"), empty for NoUnit and unknown units.
func (u Unit) String() string { return unitNames[u][0] }

// Pretty is the spelling for people ("µg/m³", with U+00B5), empty for NoUnit and unknown units.
func (u Unit) Pretty() string { return unitNames[u][1] }

// unitSigns brings the signs of the wild to plain letters before the table is asked. Both micro signs, the squared
// signs of Korean and Chinese files, raised digits, and UTF-8 that was once read as Latin-1 ("mg/mÂ³", "Âµg").
var unitSigns = strings.NewReplacer(
	"Â", "", "Î¼", "u", "µ", "u", "μ", "u", "㎍", "ug", "㎎", "mg", "㎥", "m3", "㎤", "cm3", "㎜", "mm", "㎧", "m/s", "㎪", "kpa",
	"³", "3", "⁻", "-", "¹", "1", "℃", "degc", "℉", "degf", "°", "deg", "º", "deg", "％", "%", "／", "/", "−", "-",
	" ", "", "\u00a0", "", "\u202f", "", "\ufeff", "", "_", "", "·", "", "⋅", "", "^", "", "**", "", "(", "", ")", "", "[", "", "]", "",
	"<sup>", "", "</sup>", "", ".", "",
)

// unitSpellings holds the spellings after unitSigns and lower case.
var unitSpellings = map[string]Unit{
	"ug/m3": MicrogramPerM3, "ugm-3": MicrogramPerM3, "ugm3": MicrogramPerM3, "ug/m-3": MicrogramPerM3, "mcg/m3": MicrogramPerM3, "mcgm-3": MicrogramPerM3,
	"ug/nm3": MicrogramPerM3, "ug/ncm": MicrogramPerM3, "ug/cum": MicrogramPerM3, "ug/cubicmeter": MicrogramPerM3, "ug/cubicmetre": MicrogramPerM3,
	"microgram/m3": MicrogramPerM3, "micrograms/m3": MicrogramPerM3, "microgramsperm3": MicrogramPerM3,
	"microgramspercubicmeter": MicrogramPerM3, "microgramspercubicmetre": MicrogramPerM3, "micrograms/cubicmeter": MicrogramPerM3, "micrograms/cubicmetre": MicrogramPerM3,
	"微克/立方米": MicrogramPerM3, "微克每立方米": MicrogramPerM3, "微克/m3": MicrogramPerM3, "мкг/м3": MicrogramPerM3,
	// StateAir's files print the unit of their PM2.5 as "µg/mg³"; the values are µg/m³.
	"ug/mg3": MicrogramPerM3,

	"mg/m3": MilligramPerM3, "mgm-3": MilligramPerM3, "mg/m-3": MilligramPerM3, "mg/nm3": MilligramPerM3, "mg/cubicmeter": MilligramPerM3,
	"milligrams/m3": MilligramPerM3, "milligrams/cubicmeter": MilligramPerM3, "milligrams/cubicmetre": MilligramPerM3, "milligramspercubicmeter": MilligramPerM3,
	"毫克/立方米": MilligramPerM3, "毫克每立方米": MilligramPerM3, "мг/м3": MilligramPerM3,

	"ng/m3": NanogramPerM3, "ngm-3": NanogramPerM3, "ng/nm3": NanogramPerM3, "nanograms/m3": NanogramPerM3, "nanograms/cubicmeter": NanogramPerM3, "nanogramspercubicmeter": NanogramPerM3,
	"纳克/立方米": NanogramPerM3,

	"ppb": PPB, "ppbv": PPB, "nmol/mol": PPB, "partsperbillion": PPB, "nmolmol-1": PPB,
	"ppm": PPM, "ppmv": PPM, "umol/mol": PPM, "partspermillion": PPM, "umolmol-1": PPM,
	"ppt": PPT, "pptv": PPT, "pmol/mol": PPT, "partspertrillion": PPT,
	"ppmc": PPMC, "partspermillioncarbon": PPMC,

	"1/cm3": PerCM3, "cm-3": PerCM3, "#/cm3": PerCM3, "/cm3": PerCM3, "particles/cm3": PerCM3, "particle/cm3": PerCM3, "count/cm3": PerCM3, "p/cm3": PerCM3,
	"pt/cm3": PerCM3, "particlescm-3": PerCM3, "particlespercubiccentimeter": PerCM3, "particles/cubiccentimeter": PerCM3,

	"m/s": MetrePerSecond, "ms-1": MetrePerSecond, "m/sec": MetrePerSecond, "mps": MetrePerSecond, "meters/second": MetrePerSecond, "metres/second": MetrePerSecond, "meterspersecond": MetrePerSecond,
	"km/h": KilometrePerHour, "kmh": KilometrePerHour, "kmh-1": KilometrePerHour, "km/hr": KilometrePerHour, "kph": KilometrePerHour, "kmph": KilometrePerHour,
	"deg": Degree, "degree": Degree, "degrees": Degree, "degreescompass": Degree, "degtrue": Degree,
	"degc": Celsius, "c": Celsius, "celsius": Celsius, "degreec": Celsius, "degreesc": Celsius, "degreecelsius": Celsius, "degreescelsius": Celsius, "degreescentigrade": Celsius,
	"degf": Fahrenheit, "f": Fahrenheit, "fahrenheit": Fahrenheit, "degreef": Fahrenheit, "degreesf": Fahrenheit, "degreefahrenheit": Fahrenheit, "degreesfahrenheit": Fahrenheit,
	"hpa": Hectopascal, "mbar": Hectopascal, "mb": Hectopascal, "millibar": Hectopascal, "millibars": Hectopascal,
	"%": Percent, "percent": Percent, "pct": Percent, "%rh": Percent, "percentrelativehumidity": Percent,
	"mm": Millimetre, "millimeter": Millimetre, "millimetre": Millimetre, "millimeters": Millimetre, "millimetres": Millimetre,
}

// ParseUnit reads a unit as monitoring files spell it: either micro sign, raised digits, Korean and Chinese square
// signs, "ug m-3", "ug/m3 LC" (US EPA, local conditions). It reports false for a text it does not know; it never guesses
// from the values. The state of reference named in a unit (SC, N) is not kept: see State.
func ParseUnit(text string) (Unit, bool) {
	t := strings.ToLower(unitSigns.Replace(strings.TrimSpace(text)))
	if u, ok := unitSpellings[t]; ok {
		return u, true
	}
	for _, tail := range []string{"lc", "sc", "stp", "@25c", "25c"} {
		if cut, ok := strings.CutSuffix(t, tail); ok && (strings.HasSuffix(cut, "m3") || strings.HasSuffix(cut, "meter")) {
			u, ok := unitSpellings[cut]
			return u, ok
		}
	}
	return NoUnit, false
}
