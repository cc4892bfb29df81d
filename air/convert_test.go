package air_test

import (
	"math"
	"testing"

	"aircommons/air"
)

// Expected factors are ug/m3 per ppb as printed to four digits in the table of reference states (ideal gas,
// 101.325 kPa): M / Vm with Vm 22.414, 24.055 and 24.465 L/mol.
func TestConvertFactors(t *testing.T) {
	for _, c := range []struct {
		p            air.Parameter
		c0, c20, c25 float64
	}{
		{air.NO2, 2.0525, 1.9125, 1.8804}, {air.NO, 1.3387, 1.2474, 1.2265}, {air.O3, 2.1414, 1.9953, 1.9619},
		{air.SO2, 2.8582, 2.6632, 2.6186}, {air.CO, 1.2497, 1.1644, 1.1449}, {air.NH3, 0.7598, 0.7080, 0.6961},
		{air.Benzene, 3.4850, 3.2472, 3.1928},
	} {
		for _, s := range []struct {
			at   air.State
			want float64
		}{{air.At0C, c.c0}, {air.At20C, c.c20}, {air.At25C, c.c25}} {
			got, err := air.Convert(1, c.p, air.PPB, air.MicrogramPerM3, s.at)
			if err != nil || math.Abs(got-s.want) > 6e-5 {
				t.Errorf("%s at %v: got %.5f, want %.4f (%v)", c.p, s.at, got, s.want, err)
			}
			back, err := air.Convert(got, c.p, air.MicrogramPerM3, air.PPB, s.at)
			if err != nil || math.Abs(back-1) > 1e-12 {
				t.Errorf("%s does not come back: %v %v", c.p, back, err)
			}
		}
	}
	if _, err := air.Convert(1, air.PM25, air.PPB, air.MicrogramPerM3, air.At20C); err == nil {
		t.Error("particles were converted from a mixing ratio")
	}
	if v, _ := air.Convert(0.5, air.CO, air.PPM, air.PPB, air.At20C); v != 500 {
		t.Errorf("0.5 ppm = %v ppb", v)
	}
}

func TestParseUnit(t *testing.T) {
	for text, want := range map[string]air.Unit{
		"µg/m³": air.MicrogramPerM3, "μg/m³": air.MicrogramPerM3, "ug/m3": air.MicrogramPerM3, "㎍/㎥": air.MicrogramPerM3,
		"µg/mg³": air.MicrogramPerM3, "ug/m3 LC": air.MicrogramPerM3, "mcg/m3": air.MicrogramPerM3, "mg/m³": air.MilligramPerM3,
		"ppm": air.PPM, "PPB": air.PPB, "particles/cm³": air.PerCM3, "°C": air.Celsius, "%": air.Percent, "m/s": air.MetrePerSecond,
	} {
		if got, ok := air.ParseUnit(text); !ok || got != want {
			t.Errorf("%q: got %v %v", text, got, ok)
		}
	}
	if _, ok := air.ParseUnit("furlong"); ok {
		t.Error("an unknown unit was read")
	}
}

func TestMeanDirection(t *testing.T) {
	// Two equal winds from 350 and 10 degrees come from north, not from 180.
	if d, ok := air.MeanDirection([]float64{350, 10}, nil); !ok || math.Min(d, 360-d) > 1e-9 {
		t.Errorf("got %v %v", d, ok)
	}
	if _, ok := air.MeanDirection([]float64{0, 180}, nil); ok {
		t.Error("opposite winds have a mean direction")
	}
}
