package air

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
