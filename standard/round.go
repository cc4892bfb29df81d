package standard

import (
	"math"
	"strconv"
)

// Mode is how a value between two figures of the last place is rounded.
type Mode int

const (
	HalfUp   Mode = iota // 0.5 goes up (away from zero): EU, US, Korea, UK, Taiwan
	HalfEven             // 60.5 becomes 60, 61.5 becomes 62: GB/T 8170, China
	Truncate             // what is behind the last place is cut off: ozone of the US NAAQS
)

// Round rounds half away from zero to a number of decimals, on the decimal form of the value and not on its binary one:
// 2.675 becomes 2.68. Negative digits round before the point: −1 to tens.
func Round(v float64, digits int) float64 { return RoundBy(v, digits, HalfUp) }

// RoundBy is Round in any mode.
func RoundBy(v float64, digits int, mode Mode) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	// The shortest decimal form, as digits d0.d1d2… times a power of ten.
	var buf [32]byte
	s := strconv.AppendFloat(buf[:0], math.Abs(v), 'e', -1, 64)
	var d [20]byte
	n, exponent := 0, 0
	for i, c := range s {
		if c >= '0' && c <= '9' {
			d[n] = c - '0'
			n++
		} else if c == 'e' {
			exponent, _ = strconv.Atoi(string(s[i+1:]))
			break
		}
	}
	keep := exponent + 1 + digits // figures that stay
	if keep >= n {
		return v
	}
	if keep < 0 {
		return math.Copysign(0, v)
	}
	up := false
	switch mode {
	case HalfUp:
		up = d[keep] >= 5
	case HalfEven:
		more := false
		for _, c := range d[keep+1 : n] {
			more = more || c != 0
		}
		odd := keep > 0 && d[keep-1]%2 == 1
		up = d[keep] > 5 || d[keep] == 5 && (more || odd)
	}
	if up {
		i := keep - 1
		for ; i >= 0 && d[i] == 9; i-- {
			d[i] = 0
		}
		if i >= 0 {
			d[i]++
		} else {
			copy(d[1:], d[:keep])
			d[0] = 1
			keep, exponent = keep+1, exponent+1
		}
	}
	if keep == 0 {
		return math.Copysign(0, v)
	}
	out := make([]byte, 0, 32)
	for i := range keep {
		out = append(out, '0'+d[i])
	}
	out = append(out, 'e')
	out = strconv.AppendInt(out, int64(exponent-keep+1), 10)
	r, _ := strconv.ParseFloat(string(out), 64)
	return math.Copysign(r, v)
}
