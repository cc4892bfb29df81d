// Package stats computes statistics of air quality from plain values and series: quantiles by named type, data capture
// against the calendar, running means, and the tables of a day, a month, a season and a year.
//
// Days, months and years are those of a series' local standard time. Definitions follow Directive 2008/50/EC, the
// guidance of the US EPA and the source code of openair where named.
package stats

import (
	"encoding/json"
	"math"
	"slices"
)

// Value is a number that may be absent. Absent is NaN in memory and null in JSON.
type Value float64

// None is the absent Value.
var None = Value(math.NaN())

// OK reports whether there is a value.
func (v Value) OK() bool { return !math.IsNaN(float64(v)) }

// MarshalJSON writes null for an absent value and every digit of a present one.
func (v Value) MarshalJSON() ([]byte, error) {
	if !v.OK() || math.IsInf(float64(v), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(v))
}

// UnmarshalJSON reads null as an absent value.
func (v *Value) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*v = None
		return nil
	}
	return json.Unmarshal(b, (*float64)(v))
}

// QuantileType says how a quantile is read from sorted values.
type QuantileType int

const (
	// Type7 interpolates at h = (n-1)p + 1 (Hyndman and Fan 1996, type 7; the default of R, numpy and pandas).
	Type7 QuantileType = 7
	// NearestRank takes the k-th smallest with k = round(p n), at least 1 (Decision 97/101/EC).
	NearestRank QuantileType = 1
)

// Quantile is the p-quantile, 0 <= p <= 1, of values sorted in ascending order. It is None for no values.
func Quantile(sorted []float64, p float64, typ QuantileType) Value {
	n := len(sorted)
	if n == 0 || p < 0 || p > 1 || math.IsNaN(p) {
		return None
	}
	if typ == NearestRank {
		k := int(math.Floor(p*float64(n) + 0.5))
		return Value(sorted[min(max(k, 1), n)-1])
	}
	h := float64(n-1) * p
	i := int(h)
	if i+1 >= n {
		return Value(sorted[n-1])
	}
	return Value(sorted[i] + (h-float64(i))*(sorted[i+1]-sorted[i]))
}

// Median is the middle of values in any order; the values are not changed.
func Median(values []float64) Value {
	s := slices.Clone(values)
	slices.Sort(s)
	return Quantile(s, 0.5, Type7)
}

// Sum adds with Neumaier's compensation, so that the error does not grow with the number of values
// (A. Neumaier, Zeitschrift für Angewandte Mathematik und Mechanik 54, 1974).
func Sum(values []float64) float64 {
	var s, c float64
	for _, v := range values {
		t := s + v
		if math.Abs(s) >= math.Abs(v) {
			c += (s - t) + v
		} else {
			c += (v - t) + s
		}
		s = t
	}
	return s + c
}

// Mean is the arithmetic mean, None for no values.
func Mean(values []float64) Value {
	if len(values) == 0 {
		return None
	}
	return Value(Sum(values) / float64(len(values)))
}
