package air

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
)

//go:embed parameters.csv
var parametersCSV string

// Info is what the table knows of a parameter.
type Info struct {
	Parameter  Parameter
	Code       string // "pm25"
	Kind       string // "particle", "gas" or "weather"
	Name       map[string]string
	Formula    string
	MolarMass  float64 // g/mol, 0 where it has none
	Units      string  // usual units, as printed
	OpenAQ     string
	SLCP       string
	Note       string
	Source     string
	Confidence string // "verified-2", "one-source" or "from-memory"
}

var parameters, byCode = loadParameters()

func loadParameters() ([256]*Info, map[string]Parameter) {
	var all [256]*Info
	codes := map[string]Parameter{}
	rows, err := csv.NewReader(strings.NewReader(parametersCSV)).ReadAll()
	if err != nil {
		panic("air: parameters.csv: " + err.Error())
	}
	for _, r := range rows[1:] {
		n, err := strconv.Atoi(r[0])
		if err != nil {
			panic("air: parameters.csv: " + err.Error())
		}
		mass, _ := strconv.ParseFloat(r[9], 64)
		all[n] = &Info{
			Parameter: Parameter(n), Code: r[1], Kind: r[2],
			Name:    map[string]string{"en": r[3], "ko": r[4], "zh": r[5], "ja": r[6], "mn": r[7]},
			Formula: r[8], MolarMass: mass, Units: r[10], OpenAQ: r[11], SLCP: r[13], Note: r[14], Source: r[15], Confidence: r[16],
		}
		codes[r[1]] = Parameter(n)
	}
	return all, codes
}

// Info returns what the table knows of p, and false where p is not in it.
func (p Parameter) Info() (Info, bool) {
	if parameters[p] == nil {
		return Info{}, false
	}
	return *parameters[p], true
}

// Code is the short name used in files, commands and addresses ("pm25"), empty for an unknown parameter.
func (p Parameter) Code() string {
	if parameters[p] == nil {
		return ""
	}
	return parameters[p].Code
}

// ByCode finds a parameter by its code.
func ByCode(code string) (Parameter, bool) {
	p, ok := byCode[code]
	return p, ok
}

// All lists every parameter in the order of the table.
func All() []Info {
	var out []Info
	for _, p := range parameters {
		if p != nil {
			out = append(out, *p)
		}
	}
	return out
}
