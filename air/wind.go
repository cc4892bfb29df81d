package air

import (
	"math"
	"strings"
)

// points holds the sixteen points clockwise from north, 22.5 degrees apart.
var points = [16]string{"N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"}

// Compass reads one of the sixteen points ("NNE", in any case) as degrees clockwise from north, north being 0.
// It reports false for anything else, calm ("CALM") and variable winds ("CV", "VRB") included: they have no direction.
func Compass(text string) (float64, bool) {
	t := strings.ToUpper(strings.TrimSpace(text))
	for i, c := range points {
		if c == t {
			return float64(i) * 22.5, true
		}
	}
	return 0, false
}

// CompassPoint is the point nearest to a direction in degrees; a direction half way between two belongs to the one
// clockwise. It is empty for a value that is not a number.
func CompassPoint(degrees float64) string {
	if math.IsNaN(degrees) || math.IsInf(degrees, 0) {
		return ""
	}
	turn := math.Mod(math.Mod(degrees, 360)+360, 360)
	return points[int(math.Floor(turn/22.5+0.5))%16]
}

// WindMean is the vector mean of a wind: the direction it comes from in degrees [0, 360), the speed of the mean vector in
// the unit of speed (never above the scalar mean), and the number of pairs used. The slices run in parallel, NaN is
// missing; a pair missing either is left out. Without speeds (nil) unit vectors are used, and the returned speed is the
// steadiness, 0 to 1. Calm hours (speed 0) count in the speed and add nothing to the direction. Where the vectors cancel,
// or nothing is there, the direction is NaN.
//
// openair: atan2(mean(ws sin wd), mean(ws cos wd)), Carslaw and Ropkins 2012.
func WindMean(direction, speed []float64) (degrees, meanSpeed float64, n int) {
	var u, v, scale float64
	for i, d := range direction {
		w := 1.0
		if speed != nil {
			w = speed[i]
		}
		if math.IsNaN(d) || math.IsNaN(w) {
			continue
		}
		s, c := sincosDegrees(d)
		u += w * s
		v += w * c
		scale += math.Abs(w)
		n++
	}
	if n == 0 {
		return math.NaN(), math.NaN(), 0
	}
	length := math.Hypot(u, v)
	meanSpeed = length / float64(n)
	// What is left of opposite vectors after rounding is noise and has no direction.
	if length <= 1e-12*scale {
		return math.NaN(), meanSpeed, n
	}
	degrees = math.Atan2(u, v) * 180 / math.Pi
	if degrees < 0 {
		degrees += 360
	}
	if degrees >= 360 {
		degrees = 0
	}
	return degrees, meanSpeed, n
}

// MeanDirection is the direction of WindMean in degrees, false where there is none.
func MeanDirection(direction, speed []float64) (float64, bool) {
	d, _, _ := WindMean(direction, speed)
	return d, !math.IsNaN(d)
}

// sincosDegrees is exact at the quarter turns, which the plain functions of radians are not.
func sincosDegrees(d float64) (sin, cos float64) {
	d = math.Mod(d, 360)
	if d < 0 {
		d += 360
	}
	switch d {
	case 0:
		return 0, 1
	case 90:
		return 1, 0
	case 180:
		return 0, -1
	case 270:
		return -1, 0
	}
	return math.Sincos(d * math.Pi / 180)
}
