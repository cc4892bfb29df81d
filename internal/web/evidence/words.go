package evidence

import (
	"html/template"
	"math"
	"strings"
	"time"
	"unicode"

	"aircommons/air"
	"aircommons/chart"
	"aircommons/internal/catalog"
	"aircommons/standard"
	"aircommons/stats"
)

// short is the sign of a pollutant, as charts and sentences write it.
func short(p air.Parameter, lang string) string {
	switch p {
	case air.PM25:
		return "PM2.5"
	case air.PM10:
		return "PM10"
	}
	if i, ok := p.Info(); ok && i.Formula != "" && len(i.Formula) < 6 {
		return i.Formula
	}
	return parameterName(p, lang)
}

// rich is the sign with lowered digits.
func rich(p air.Parameter, lang string) template.HTML { return chart.Rich(short(p, lang)) }

// digits are the decimals that values of a pollutant are written with.
func digits(p air.Parameter, u air.Unit) int {
	if u == air.MilligramPerM3 || u == air.PPM {
		return 2
	}
	return 1
}

// neat writes a value with at most one decimal, none where it is large.
func neat(w *catalog.Words, v float64, d int) string {
	if math.Abs(v) >= 100 {
		d = 0
	}
	return strings.TrimSuffix(w.Number(v, d), ".0")
}

// plain writes a limit with the decimals it is printed with.
func plain(w *catalog.Words, v float64) string { return w.Decimal(math.Round(v*1000) / 1000) }

func values(vs []stats.Value) []float64 {
	out := make([]float64, len(vs))
	for i, v := range vs {
		out[i] = float64(v)
	}
	return out
}

// key is the colour key of a scale.
func key(w *catalog.Words, s standard.Scale) []chart.KeyClass {
	var out []chart.KeyClass
	for _, c := range s.Ranges() {
		k := chart.KeyClass{Class: c.Class, Name: w.T("evidence.class." + c.Name), Range: plain(w, c.Over) + "–" + plain(w, c.To)}
		switch {
		case math.IsInf(c.Over, 0):
			k.Range = w.T("air.key.to", "To", plain(w, c.To))
		case math.IsInf(c.To, 0):
			k.Range = w.T("air.key.over", "From", plain(w, c.Over))
		}
		out = append(out, k)
	}
	return out
}

// offset writes an offset of local standard time: UTC+08:00.
func offset(seconds int) string {
	sign := "+"
	if seconds < 0 {
		sign, seconds = "−", -seconds
	}
	return "UTC" + sign + time.Unix(int64(seconds), 0).UTC().Format("15:04")
}

// cut shortens a source for a label.
func cut(s string, n int) string {
	for _, sep := range []string{", ", "; ", " ("} {
		if i := strings.Index(s, sep); i > 8 {
			s = s[:i]
		}
	}
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// english is "en" for what a source says in Latin letters on a page in another language, so that it is read aloud as what
// it is, and "" for everything else.
func english(s, lang string) string {
	latin := false
	for _, c := range s {
		if unicode.Is(unicode.Latin, c) {
			latin = true
		} else if unicode.IsLetter(c) && c != 'µ' && c != 'μ' {
			return ""
		}
	}
	if !latin || lang == "en" {
		return ""
	}
	return "en"
}

// marked is the attribute that says so, behind a blank.
func marked(s, lang string) string {
	if in := english(s, lang); in != "" {
		return ` lang="` + in + `"`
	}
	return ""
}
