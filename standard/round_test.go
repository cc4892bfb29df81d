package standard_test

import (
	"math"
	"math/big"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"aircommons/standard"
)

func TestRound(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		mode   standard.Mode
		want   float64
	}{
		// Decimals and not doubles decide: 2.675 and 0.285 lie below in binary.
		{2.675, 2, standard.HalfUp, 2.68}, {0.285, 2, standard.HalfUp, 0.29}, {1.005, 2, standard.HalfUp, 1.01},
		// GB/T 8170: 60.5 becomes 60, 61.5 becomes 62.
		{60.5, 0, standard.HalfEven, 60}, {61.5, 0, standard.HalfEven, 62}, {60.51, 0, standard.HalfEven, 61}, {0.5, 0, standard.HalfEven, 0}, {1.5, 0, standard.HalfEven, 2},
		{60.5, 0, standard.HalfUp, 61}, {60.4999, 0, standard.HalfUp, 60},
		{0.0709, 3, standard.Truncate, 0.070}, {0.0719999, 3, standard.Truncate, 0.071},
		{154.9, -1, standard.HalfUp, 150}, {155, -1, standard.HalfUp, 160}, {4.9, -1, standard.HalfUp, 0}, {5, -1, standard.HalfUp, 10},
		{99.96, 1, standard.HalfUp, 100}, {999.5, 0, standard.HalfUp, 1000}, {9.5, 0, standard.HalfEven, 10},
		{-2.5, 0, standard.HalfUp, -3}, {-2.5, 0, standard.HalfEven, -2}, {0, 2, standard.HalfUp, 0}, {12, 3, standard.HalfUp, 12},
		{35.000000000000004, 0, standard.HalfUp, 35}, {1e300, 2, standard.HalfUp, 1e300}, {1e-300, 2, standard.HalfUp, 0},
	} {
		if got := standard.RoundBy(c.v, c.digits, c.mode); got != c.want {
			t.Errorf("%v to %d digits in mode %d: %v, want %v", c.v, c.digits, c.mode, got, c.want)
		}
	}
	if !math.IsNaN(standard.Round(math.NaN(), 1)) || !math.IsInf(standard.Round(math.Inf(1), 1), 1) {
		t.Error("what is no number was rounded")
	}
}

// Against exact fractions of the value's shortest decimal form.
func TestRoundExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.OneOf(rapid.Float64Range(0, 1000), rapid.Custom(func(t *rapid.T) float64 {
			return float64(rapid.IntRange(0, 100000).Draw(t, "n")) / 1000
		})).Draw(t, "v")
		digits := rapid.IntRange(-1, 4).Draw(t, "digits")
		mode := standard.Mode(rapid.IntRange(0, 2).Draw(t, "mode"))
		x, _ := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
		scale := new(big.Rat).SetInt64(1)
		for range max(digits, 0) {
			scale.Mul(scale, big.NewRat(10, 1))
		}
		if digits < 0 {
			scale.SetFrac64(1, 10)
		}
		x.Mul(x, scale)
		whole := new(big.Int).Div(x.Num(), x.Denom())
		rest := new(big.Rat).Sub(x, new(big.Rat).SetInt(whole))
		half := rest.Cmp(big.NewRat(1, 2))
		if mode == standard.HalfUp && half >= 0 || mode == standard.HalfEven && (half > 0 || half == 0 && whole.Bit(0) == 1) {
			whole.Add(whole, big.NewInt(1))
		}
		want, _ := new(big.Rat).Quo(new(big.Rat).SetInt(whole), scale).Float64()
		if got := standard.RoundBy(v, digits, mode); got != want {
			t.Fatalf("%v to %d digits in mode %d: %v, want %v", v, digits, mode, got, want)
		}
	})
}
