package air

import "strconv"

// Parameter names a measured quantity: a pollutant or a weather variable. The number is what stores keep,
// so it never changes its meaning; new ones are added at the end of their block.
type Parameter uint8

// Pollutants take the numbers 1 to 199, weather variables the numbers from 200. Codes, names, molar masses
// and their sources stand in parameters.csv.
const (
	PM25             Parameter = 1
	PM10             Parameter = 2
	PM1              Parameter = 3
	UFP              Parameter = 4
	TSP              Parameter = 5
	SPM              Parameter = 6
	BC               Parameter = 7
	EC               Parameter = 8
	OC               Parameter = 9
	O3               Parameter = 10
	Ox               Parameter = 11
	NO2              Parameter = 12
	NO               Parameter = 13
	NOx              Parameter = 14
	SO2              Parameter = 15
	CO               Parameter = 16
	Pb               Parameter = 17
	Benzene          Parameter = 18
	Toluene          Parameter = 19
	Formaldehyde     Parameter = 20
	BaP              Parameter = 21
	NH3              Parameter = 22
	CH4              Parameter = 23
	NMHC             Parameter = 24
	THC              Parameter = 25
	HFC              Parameter = 26
	CO2              Parameter = 27
	H2S              Parameter = 28
	SO4              Parameter = 29
	Hg               Parameter = 30
	As               Parameter = 31
	Cd               Parameter = 32
	Ni               Parameter = 33
	Cr6              Parameter = 34
	Fluoride         Parameter = 35
	Trichloroethene  Parameter = 36
	Tetrachloroethen Parameter = 37
	Dichloromethane  Parameter = 38
	VinylChloride    Parameter = 39

	WindSpeed     Parameter = 200
	WindDirection Parameter = 201
	Temperature   Parameter = 202
	DewPoint      Parameter = 203
	Pressure      Parameter = 204
	Humidity      Parameter = 205
	Rain          Parameter = 206
)

// Weather reports whether p is a weather variable and not a pollutant.
func (p Parameter) Weather() bool { return p >= 200 }

// String gives the code ("pm25"), or the number where the parameter is unknown.
func (p Parameter) String() string {
	if c := p.Code(); c != "" {
		return c
	}
	return "parameter-" + strconv.Itoa(int(p))
}
