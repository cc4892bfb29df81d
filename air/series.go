// Package air holds what every part of the house says about measured air: parameters and their codes, units and
// their conversion, a Series of values in time, local standard time and quality flags.
//
// Times are Unix seconds in UTC and name the start of the averaging interval. Days, months and years of statistics
// are those of a fixed offset of local standard time, without summer time.
package air

import "errors"

// Flag says what is known about one value. Zero is valid. Each check owns one bit, so a value keeps every reason.
type Flag uint8

const (
	Valid      Flag = 0
	OutOfRange Flag = 1 << 0 // beyond what the instrument or the air can give
	Negative   Flag = 1 << 1 // further below zero than noise explains
	Repeated   Flag = 1 << 2 // the same reading over more hours than chance explains
	Future     Flag = 1 << 3 // dated after the moment of the import
	Source     Flag = 1 << 4 // the source itself marks the value as not valid
	Hand       Flag = 1 << 7 // set by a person
)

// Doubts are the marks that our own checks of the values set. They ask somebody to look; they take nothing away: an
// extreme hour is as often the worst of the year as a fault, and only who knows the instrument can tell.
const Doubts = OutOfRange | Negative | Repeated

// OK reports whether the value may enter statistics: neither its source nor a person calls it invalid, and its time can
// be true. A doubt alone does not keep it out.
func (f Flag) OK() bool { return f&^Doubts == Valid }

// Series is one parameter at one place in time. Time, Value and Flag run in parallel; Flag may be nil when every
// value is valid. A missing value is absent: it has no entry.
type Series struct {
	Parameter Parameter
	Unit      Unit
	Step      int64 // seconds of the averaging interval: 3600 for hours, 86400 for days
	Offset    int   // local standard time, seconds east of UTC
	Time      []int64
	Value     []float64
	Flag      []Flag
}

// Len is the number of values, valid or not.
func (s *Series) Len() int { return len(s.Time) }

// FlagAt is the flag of value i, Valid where no flags are kept.
func (s *Series) FlagAt(i int) Flag {
	if s.Flag == nil {
		return Valid
	}
	return s.Flag[i]
}

// Check reports what breaks the promises of a Series: unequal lengths, times out of order or twice, a step that is
// not positive.
func (s *Series) Check() error {
	if len(s.Time) != len(s.Value) || (s.Flag != nil && len(s.Flag) != len(s.Time)) {
		return errors.New("air: times, values and flags differ in number")
	}
	if s.Step <= 0 {
		return errors.New("air: the step of a series is not positive")
	}
	for i := 1; i < len(s.Time); i++ {
		if s.Time[i] <= s.Time[i-1] {
			return errors.New("air: times are not in order, or one stands twice")
		}
	}
	return nil
}

// Merge joins two series of one parameter, unit, step and offset. Where both have a value, that of b stands.
func Merge(a, b Series) Series {
	out := a
	n := len(a.Time) + len(b.Time)
	out.Time, out.Value, out.Flag = make([]int64, 0, n), make([]float64, 0, n), nil
	if a.Flag != nil || b.Flag != nil {
		out.Flag = make([]Flag, 0, n)
	}
	take := func(s *Series, i int) {
		out.Time = append(out.Time, s.Time[i])
		out.Value = append(out.Value, s.Value[i])
		if out.Flag != nil {
			out.Flag = append(out.Flag, s.FlagAt(i))
		}
	}
	i, j := 0, 0
	for i < len(a.Time) || j < len(b.Time) {
		switch {
		case j == len(b.Time) || (i < len(a.Time) && a.Time[i] < b.Time[j]):
			take(&a, i)
			i++
		case i == len(a.Time) || b.Time[j] < a.Time[i]:
			take(&b, j)
			j++
		default:
			take(&b, j)
			i++
			j++
		}
	}
	return out
}
