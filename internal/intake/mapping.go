package intake

// Words of a Mapping.
const (
	orderYMD    = "ymd"     // year, month, day: 2016-01-31, 20160131, 2016年1月31日
	orderDMY    = "dmy"     // day, month, year: 31/1/2016, 31.01.16, 31 Jan 2016
	orderMDY    = "mdy"     // month, day, year: 1/31/2016
	orderUnix   = "unix"    // seconds since 1970-01-01 UTC
	orderUnixMS = "unix-ms" // milliseconds
	orderExcel  = "excel"   // days since 1899-12-30, as workbooks count them

	hourStart = "start"
	hourEnd   = "end"
)

// Mapping describes a table that no layout knows. It is written as YAML, or filled in by a form.
//
// A column is named by its heading, in any case; "#3" is the third column, also in a file without headings.
type Mapping struct {
	// Name is what people call it.
	Name string `yaml:"name,omitempty" json:"name,omitempty"`
	// Signature is made from the headings (Signature) when the mapping is saved. A file with the same headings is read by
	// the mapping without being told.
	Signature string `yaml:"signature,omitempty" json:"signature,omitempty"`
	// Encoding is "utf-8", "utf-16le", "utf-16be", "iso-8859-1", "windows-1252", "windows-1251", "cp949", "gb18030",
	// "big5", "shift_jis" or "euc-jp". Empty: recognised.
	Encoding string `yaml:"encoding,omitempty" json:"encoding,omitempty"`
	// Delimiter is "," ";" "|" "tab" or "blank" (any run of blanks and tabs). Empty: recognised.
	Delimiter string `yaml:"delimiter,omitempty" json:"delimiter,omitempty"`
	// Decimal is "." or ",". Empty: recognised column by column.
	Decimal string `yaml:"decimal,omitempty" json:"decimal,omitempty"`
	// Sheet is the name of the sheet of a workbook. Empty: the first that is not empty.
	Sheet string `yaml:"sheet,omitempty" json:"sheet,omitempty"`
	// Header is the line of the headings, 1 is the first line of the file. 0 stands for 1. Lines before it are not read.
	Header int `yaml:"header,omitempty" json:"header,omitempty"`
	// NoHeader says that the file has no headings. Lines before Header are still not read; the line itself is data.
	NoHeader bool `yaml:"no_header,omitempty" json:"no_header,omitempty"`
	// Skip is how many lines after the headings hold no data, such as a line of units.
	Skip int `yaml:"skip,omitempty" json:"skip,omitempty"`

	// Date says where the stamp stands and how it is written.
	Date DateRule `yaml:"date" json:"date"`
	// Zone is the time of the stamps: "UTC", a fixed offset ("+08:00"), or a zone whose clocks change in summer
	// ("Europe/Paris"). Stamps that state an offset themselves do not need it.
	Zone string `yaml:"zone,omitempty" json:"zone,omitempty"`
	// Standard is the local standard time of the stations ("+08:00"), where it is not that of Zone. Days and years of
	// statistics are counted in it.
	Standard string `yaml:"standard,omitempty" json:"standard,omitempty"`
	// Hour says whether a stamp marks the "start" or the "end" of its interval. Empty: assumed to be the start. Days are
	// named by their date in either case.
	Hour string `yaml:"hour,omitempty" json:"hour,omitempty"`
	// Step is the interval of a value: "hour", "day", or minutes that divide the hour such as "10m", of which hourly means are
	// made. Empty: the most frequent difference.
	Step string `yaml:"step,omitempty" json:"step,omitempty"`

	// Columns lists the columns with values of a wide table.
	Columns []ColumnRule `yaml:"columns,omitempty" json:"columns,omitempty"`
	// Long describes a long table: one value a line, with the name of what was measured beside it. Either Columns or Long.
	Long *LongRule `yaml:"long,omitempty" json:"long,omitempty"`
	// Station says where the station stands.
	Station StationRule `yaml:"station,omitempty" json:"station,omitempty"`

	// Missing lists the texts and codes of a missing value ("NA", "-999"); numbers are compared as numbers. An empty cell
	// is always missing. Not given: the usual ones (DefaultMissing).
	Missing []string `yaml:"missing,omitempty" json:"missing,omitempty"`
	// Marks lists signs that hang on an invalid value ("12.3#", "4*"): the value is kept with a flag.
	Marks []string `yaml:"marks,omitempty" json:"marks,omitempty"`
	// Flag names a column that says whether the values of a line are valid.
	Flag *FlagRule `yaml:"flag,omitempty" json:"flag,omitempty"`
}

// DateRule says where the date and time of a line stand.
type DateRule struct {
	// Columns hold the stamp, joined by a blank: [date] or [date, time].
	Columns []string `yaml:"columns,omitempty" json:"columns,omitempty"`
	// Order is "ymd", "dmy", "mdy", "unix", "unix-ms" or "excel". Separators do not matter; months may be English names.
	// Empty: recognised, and asked for where days and months cannot be told apart.
	Order string `yaml:"order,omitempty" json:"order,omitempty"`
	// Year, Month and Day are columns of their own, in place of Columns.
	Year  string `yaml:"year,omitempty" json:"year,omitempty"`
	Month string `yaml:"month,omitempty" json:"month,omitempty"`
	Day   string `yaml:"day,omitempty" json:"day,omitempty"`
	// Hour is a column with the hour, 0 to 24, beside any of the above.
	Hour string `yaml:"hour,omitempty" json:"hour,omitempty"`
}

// ColumnRule is one column with values.
type ColumnRule struct {
	Column    string `yaml:"column" json:"column"`                           // its heading
	Parameter string `yaml:"parameter" json:"parameter"`                     // code of the table of parameters: pm25
	Unit      string `yaml:"unit,omitempty" json:"unit,omitempty"`           // ug/m3, ppb, …; empty: asked for
	UnitFrom  string `yaml:"unit_from,omitempty" json:"unit_from,omitempty"` // a column that holds the unit, in place of Unit
	Station   string `yaml:"station,omitempty" json:"station,omitempty"`     // where each column is a station of its own
	Flag      string `yaml:"flag,omitempty" json:"flag,omitempty"`           // a column with the flag of this column alone, read by Mapping.Flag
}

// LongRule describes a long table.
type LongRule struct {
	Parameter string `yaml:"parameter" json:"parameter"`             // column with the name of what was measured
	Value     string `yaml:"value,omitempty" json:"value,omitempty"` // column with the value; empty with Hours
	Unit      string `yaml:"unit,omitempty" json:"unit,omitempty"`   // column with the unit; empty where there is none
	// Names gives the parameter code of a text of the parameter column, or "-" to leave such lines out. Codes and usual
	// names need no entry. The name "*" with "-" leaves out every text that is not known.
	Names map[string]string `yaml:"names,omitempty" json:"names,omitempty"`
	// Units gives the unit of a parameter code, where no column says it.
	Units map[string]string `yaml:"units,omitempty" json:"units,omitempty"`
	// Hours is for lines that hold a day: one column for each hour.
	Hours *HoursRule `yaml:"hours,omitempty" json:"hours,omitempty"`
}

// HoursRule describes the columns of a line that holds a day.
type HoursRule struct {
	First string `yaml:"first" json:"first"`                     // column of the first hour
	Count int    `yaml:"count,omitempty" json:"count,omitempty"` // how many columns follow each other, the first included; 0 stands for 24
	From  int    `yaml:"from,omitempty" json:"from,omitempty"`   // hour that the first column is stamped with: 0 or 1
}

// StationRule says where the station stands. Without Column the whole file is one station.
type StationRule struct {
	Column  string   `yaml:"column,omitempty" json:"column,omitempty"`   // column with the code of the station
	Name    string   `yaml:"name,omitempty" json:"name,omitempty"`       // column with its name
	City    string   `yaml:"city,omitempty" json:"city,omitempty"`       // column with its city
	Country string   `yaml:"country,omitempty" json:"country,omitempty"` // column with its country, two letters
	Lat     string   `yaml:"lat,omitempty" json:"lat,omitempty"`         // column with its latitude in degrees
	Lon     string   `yaml:"lon,omitempty" json:"lon,omitempty"`         // column with its longitude in degrees
	Fixed   string   `yaml:"fixed,omitempty" json:"fixed,omitempty"`     // code of the one station of the file, in place of Column
	Only    []string `yaml:"only,omitempty" json:"only,omitempty"`       // codes to be read; empty: all
}

// FlagRule says what the flag column means. A text that is in neither list flags the value: kept, out of statistics.
type FlagRule struct {
	Column  string   `yaml:"column,omitempty" json:"column,omitempty"`   // column for all values of the line; empty where each ColumnRule has its own
	Valid   []string `yaml:"valid" json:"valid"`                         // texts of a valid value; "" is an empty cell
	Missing []string `yaml:"missing,omitempty" json:"missing,omitempty"` // texts that make the value missing
}

// DefaultMissing are the texts and codes taken as missing where a mapping lists none. 0 and −1 are not among them:
// they are values.
var DefaultMissing = []string{"NA", "N/A", "NaN", "null", "none", "nil", "-", "--", "---", "----", "–", "—", "-999", "-9999", "-99999", "ND", "NoData", "#N/A"}
