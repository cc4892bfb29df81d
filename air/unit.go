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
	NoUnit: {"", ""}, MicrogramPerM3: {"ug/m3", "µg/m³"}, MilligramPerM3: {"mg/m3", "mg/m³"}, NanogramPerM3: {"ng/m3", "ng/m³"},
	PPB: {"ppb", "ppb"}, PPM: {"ppm", "ppm"}, PPT: {"ppt", "ppt"}, PerCM3: {"1/cm3", "1/cm³"}, PPMC: {"ppmC", "ppmC"},
	MetrePerSecond: {"m/s", "m/s"}, Degree: {"deg", "°"}, Celsius: {"degC", "°C"}, Fahrenheit: {"degF", "°F"},
	Hectopascal: {"hPa", "hPa"}, Percent: {"%", "%"}, Millimetre: {"mm", "mm"}, KilometrePerHour: {"km/h", "km/h"},
}

// String is the unit as files and commands write it ("ug/m3").
func (u Unit) String() string { return unitNames[u][0] }

// Pretty is the unit as people read it ("µg/m³").
func (u Unit) Pretty() string { return unitNames[u][1] }

// spellings are the ways in which exports write units, after lower case and with the signs of plainUnit.
var spellings = map[string]Unit{
	"ug/m3": MicrogramPerM3, "ug/m3lc": MicrogramPerM3, "mcg/m3": MicrogramPerM3, "ugm-3": MicrogramPerM3, "microgramspercubicmeter": MicrogramPerM3,
	"ug/mg3": MicrogramPerM3, // a misprint of the US embassy files of 2008 and 2012
	"mg/m3":  MilligramPerM3, "mgm-3": MilligramPerM3, "ng/m3": NanogramPerM3,
	"ppb": PPB, "ppbv": PPB, "partsperbillion": PPB, "ppm": PPM, "ppmv": PPM, "partspermillion": PPM, "ppt": PPT, "pptv": PPT,
	"particles/cm3": PerCM3, "#/cm3": PerCM3, "1/cm3": PerCM3, "cm-3": PerCM3, "ppmc": PPMC,
	"m/s": MetrePerSecond, "ms-1": MetrePerSecond, "m.s-1": MetrePerSecond, "km/h": KilometrePerHour, "kmh": KilometrePerHour,
	"deg": Degree, "degree": Degree, "degrees": Degree, "°": Degree, "degc": Celsius, "°c": Celsius, "c": Celsius, "celsius": Celsius,
	"degf": Fahrenheit, "°f": Fahrenheit, "f": Fahrenheit, "hpa": Hectopascal, "mbar": Hectopascal, "mb": Hectopascal,
	"%": Percent, "percent": Percent, "mm": Millimetre,
}

var plainUnit = strings.NewReplacer("µ", "u", "μ", "u", "㎍", "ug", "㎎", "mg", "㎥", "m3", "³", "3", "^", "", " ", "", "\u00a0", "", "℃", "°c", "_", "", "**", "")

// ParseUnit reads a unit in any of the spellings that exports use, and reports false for an unknown one.
func ParseUnit(text string) (Unit, bool) {
	u, ok := spellings[strings.ToLower(plainUnit.Replace(strings.TrimSpace(text)))]
	return u, ok
}
