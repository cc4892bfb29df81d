package standard

import (
	"strconv"

	"math"
)

// Round gives v with a number of decimals, half away from zero, judged on the shortest decimal form of v: 35.45 is
// 35.5 with one decimal although its double lies below. Values are compared with limits as they would be printed.
func Round(v float64, digits int) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', -1, 64)
	point := len(s)
	for i := range s {
		if s[i] == '.' {
			point = i
		}
	}
	if len(s)-point-1 <= digits {
		return v
	}
	cut := s[:point+1+digits]
	out, _ := strconv.ParseFloat(cut, 64)
	if s[point+1+digits] >= '5' {
		// One unit of the last place, added in decimals: parse what is printed.
		out, _ = strconv.ParseFloat(strconv.FormatFloat(out+math.Pow10(-digits), 'f', digits, 64), 64)
	}
	return math.Copysign(out, v)
}
