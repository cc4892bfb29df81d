package air_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"aircommons/air"
)

// Worked numbers of the tables of reference states: NO2 100 ppb, O3 120 µg/m³, SO2 75 ppb, CO 9 ppm, and the factors
// between states.
func TestWorkedNumbers(t *testing.T) {
	for _, c := range []struct {
		value    float64
		p        air.Parameter
		from, to air.Unit
		at       air.State
		want     float64
		slack    float64 // half of the last printed place
	}{
		{100, air.NO2, air.PPB, air.MicrogramPerM3, air.At20C, 191.3, .05}, {100, air.NO2, air.PPB, air.MicrogramPerM3, air.At25C, 188.0, .05},
		{100, air.NO2, air.PPB, air.MicrogramPerM3, air.At0C, 205.3, .05}, {120, air.O3, air.MicrogramPerM3, air.PPB, air.At20C, 60.1, .05},
		{70, air.O3, air.PPB, air.MicrogramPerM3, air.At25C, 137.3, .05}, {70, air.O3, air.PPB, air.MicrogramPerM3, air.At20C, 139.7, .05},
		{160, air.O3, air.MicrogramPerM3, air.PPB, air.At25C, 81.6, .05}, {75, air.SO2, air.PPB, air.MicrogramPerM3, air.At25C, 196.4, .05},
		{9, air.CO, air.PPM, air.MilligramPerM3, air.At25C, 10.30, .006}, {4, air.CO, air.MilligramPerM3, air.PPM, air.At25C, 3.49, .006},
		{30, air.NO2, air.PPB, air.MicrogramPerM3, air.At25C, 56.4, .05}, {30, air.NO2, air.PPB, air.MicrogramPerM3, air.At20C, 57.4, .05},
		{0.03, air.NO2, air.PPM, air.MicrogramPerM3, air.At25C, 56.4, .05},
		{50, air.Temperature, air.Fahrenheit, air.Celsius, air.State{}, 10, 1e-9}, {36, air.WindSpeed, air.KilometrePerHour, air.MetrePerSecond, air.State{}, 10, 1e-9},
		{1.5, air.CO, air.MilligramPerM3, air.MicrogramPerM3, air.State{}, 1500, 0}, {350, air.SO2, air.MicrogramPerM3, air.MilligramPerM3, air.State{}, .35, 0},
		{1.9, air.CH4, air.PPMC, air.PPM, air.State{}, 1.9, 0},
	} {
		got, err := air.Convert(c.value, c.p, c.from, c.to, c.at)
		if err != nil || math.Abs(got-c.want) > c.slack {
			t.Errorf("%v %s of %s in %s: %v (%v), want %v", c.value, c.from, c.p, c.to, got, err, c.want)
		}
	}
	// China's change of 1 September 2018 (0 °C to 25 °C), and EU to US.
	if f := air.Restate(1, air.At0C, air.At25C); math.Abs(f-.9161) > 5e-5 {
		t.Errorf("0 to 25 °C: %v, want 0.9161", f)
	}
	if f := air.Restate(1, air.At20C, air.At25C); math.Abs(f-.9832) > 5e-5 {
		t.Errorf("20 to 25 °C: %v, want 0.9832", f)
	}
	// Ulaanbaatar in winter, −20 °C and 87 kPa, to 25 °C and one atmosphere: 253.15/298.15 · 101.325/87.
	if f := air.Restate(1, air.State{TemperatureC: -20, PressureHPa: 870}, air.At25C); math.Abs(f-.9889) > 5e-5 {
		t.Errorf("winter: %v, want 0.9889", f)
	}
	for want, s := range map[float64]air.State{22.414: air.At0C, 24.055: air.At20C, 24.465: air.At25C, 24.061: {TemperatureC: 20, PressureHPa: 1013}} {
		if v := s.MolarVolume(); math.Abs(v-want) > 6e-4 {
			t.Errorf("molar volume at %v: %v, want %v", s, v, want)
		}
	}
}

func TestConvertRefuses(t *testing.T) {
	for _, c := range []struct {
		p        air.Parameter
		from, to air.Unit
		at       air.State
	}{
		{air.PM25, air.PPB, air.MicrogramPerM3, air.At20C}, {air.NO2, air.Celsius, air.PPB, air.At20C}, {air.NO2, air.PPB, air.NoUnit, air.At20C},
		{air.NO2, air.PPB, air.MicrogramPerM3, air.State{TemperatureC: -300, PressureHPa: 1000}}, {air.NO2, air.PPB, air.MicrogramPerM3, air.State{}},
		{air.Ox, air.PPB, air.MicrogramPerM3, air.At20C}, {air.Parameter(250), air.PPB, air.MicrogramPerM3, air.At20C}, {air.Temperature, air.MetrePerSecond, air.Celsius, air.At20C},
	} {
		if v, err := air.Convert(1, c.p, c.from, c.to, c.at); !errors.Is(err, air.ErrUnits) || !math.IsNaN(v) {
			t.Errorf("%s from %s to %s: %v %v", c.p, c.from, c.to, v, err)
		}
	}
}

func TestConvertComesBack(t *testing.T) {
	gases := []air.Parameter{air.NO2, air.NO, air.O3, air.SO2, air.CO, air.NH3, air.Benzene}
	units := []air.Unit{air.MicrogramPerM3, air.MilligramPerM3, air.NanogramPerM3, air.PPB, air.PPM, air.PPT}
	rapid.Check(t, func(t *rapid.T) {
		p, a, b := rapid.SampledFrom(gases).Draw(t, "gas"), rapid.SampledFrom(units).Draw(t, "from"), rapid.SampledFrom(units).Draw(t, "to")
		at := air.State{TemperatureC: rapid.Float64Range(-40, 45).Draw(t, "temperature"), PressureHPa: rapid.Float64Range(600, 1080).Draw(t, "pressure")}
		v := rapid.Float64Range(0, 1000).Draw(t, "v")
		x, err := air.Convert(v, p, a, b, at)
		if err != nil {
			t.Fatal(err)
		}
		back, err := air.Convert(x, p, b, a, at)
		if err != nil || math.Abs(back-v) > 1e-12*math.Max(1, v) {
			t.Fatalf("%v %s became %v %s and came back as %v (%v)", v, a, x, b, back, err)
		}
	})
}

func TestStateFor(t *testing.T) {
	beijing := time.FixedZone("", 8*3600)
	for _, c := range []struct {
		country string
		at      time.Time
		want    air.State
		known   bool
	}{
		{"CN", time.Date(2018, 8, 31, 23, 59, 59, 0, beijing), air.At0C, true}, {"CN", time.Date(2018, 9, 1, 0, 0, 0, 0, beijing), air.At25C, true},
		{"FR", time.Now(), air.At20C, true}, {"GB", time.Time{}, air.At20C, true}, {"US", time.Time{}, air.At25C, true}, {"KR", time.Time{}, air.At25C, false}, {"MN", time.Time{}, air.At25C, false},
	} {
		if s, known := air.StateFor(c.country, c.at); s != c.want || known != c.known {
			t.Errorf("%s: %v %v", c.country, s, known)
		}
	}
}

// Every parameter has a code of its own, a name in five languages, a main unit that it can be shown in, and a source.
func TestParameters(t *testing.T) {
	all := air.All()
	if len(all) < 46 {
		t.Errorf("%d parameters", len(all))
	}
	for _, i := range all {
		if p, ok := air.ByCode(i.Code); !ok || p != i.Parameter {
			t.Errorf("code %s finds %v", i.Code, p)
		}
		if i.Parameter.String() != i.Code || i.Parameter.Weather() != (i.Kind == "weather") {
			t.Errorf("%+v", i)
		}
		for _, l := range []string{"en", "ko", "zh", "ja", "mn"} {
			if strings.TrimSpace(i.Name[l]) == "" {
				t.Errorf("%s has no name in %s", i.Code, l)
			}
		}
		if i.Parameter.MainUnit() == air.NoUnit || i.Source == "" {
			t.Errorf("%s has no main unit or no source", i.Code)
		}
		if i.Kind == "particle" {
			if _, err := air.Convert(1, i.Parameter, air.PPB, air.MicrogramPerM3, air.At20C); err == nil {
				t.Errorf("the particle %s has a mixing ratio", i.Code)
			}
		}
	}
	for p, mass := range map[air.Parameter]float64{air.NO2: 46.0055, air.NO: 30.006, air.O3: 47.998, air.SO2: 64.064, air.CO: 28.010, air.NH3: 17.031, air.Benzene: 78.112} {
		if i, _ := p.Info(); math.Abs(i.MolarMass-mass) > 2e-3 {
			t.Errorf("%s: %v g/mol, want %v", p, i.MolarMass, mass)
		}
	}
	if p := air.Parameter(199); p.String() != "parameter-199" || p.MainUnit() != air.NoUnit || p.Code() != "" {
		t.Error("an unknown parameter has a name or a unit")
	}
}

func TestUnitsReadWhatTheyWrite(t *testing.T) {
	for u := air.Unit(1); u < 40; u++ {
		if u.String() == "" {
			continue
		}
		for _, text := range []string{u.String(), u.Pretty(), " " + strings.ToUpper(u.String()) + " "} {
			if got, ok := air.ParseUnit(text); !ok || got != u {
				t.Errorf("%q is read as %v %v", text, got, ok)
			}
		}
	}
}

func FuzzParseUnit(f *testing.F) {
	for _, s := range []string{"µg/m³", "㎍/㎥", "ug/m3 LC", "ppb", "", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if u, ok := air.ParseUnit(s); ok && u.String() == "" {
			t.Errorf("%q is a unit without a name", s)
		}
	})
}

func TestWind(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name             string
		direction, speed []float64
		degrees, mean    float64
		n                int
	}{
		// atan2(mean(ws sin wd), mean(ws cos wd)), the direction the wind comes from; worked by hand.
		{"across north", []float64{350, 10}, []float64{2, 2}, 0, 2 * math.Cos(10*math.Pi/180), 2},
		{"east and south", []float64{90, 180}, []float64{3, 3}, 135, 3 / math.Sqrt2, 2},
		{"the stronger counts more", []float64{90, 180}, []float64{3, 1}, 90 + math.Atan2(1, 3)*180/math.Pi, math.Sqrt(10) / 2, 2},
		{"calm counts in the speed only", []float64{90, 0}, []float64{4, 0}, 90, 2, 2},
		{"a missing pair is left out", []float64{90, nan, 180}, []float64{3, 3, nan}, 90, 3, 1},
		{"opposite", []float64{0, 180}, []float64{2, 2}, nan, 0, 2},
		{"unit vectors", []float64{80, 100}, nil, 90, math.Cos(10 * math.Pi / 180), 2},
		{"nothing", nil, nil, nan, nan, 0},
		{"north is 0", []float64{360, 360}, []float64{1, 1}, 0, 1, 2},
	} {
		d, v, n := air.WindMean(c.direction, c.speed)
		turn := math.Abs(d - c.degrees)
		if math.IsNaN(d) != math.IsNaN(c.degrees) || !math.IsNaN(d) && math.Min(turn, 360-turn) > 1e-9 || math.IsNaN(v) != math.IsNaN(c.mean) || math.Abs(v-c.mean) > 1e-9 || n != c.n {
			t.Errorf("%s: %v %v %d, want %v %v %d", c.name, d, v, n, c.degrees, c.mean, c.n)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		d := rapid.SliceOfN(rapid.Float64Range(0, 360), n, n).Draw(t, "d")
		w := rapid.SliceOfN(rapid.Float64Range(0, 30), n, n).Draw(t, "w")
		degrees, mean, _ := air.WindMean(d, w)
		scalar := 0.0
		for _, v := range w {
			scalar += v / float64(n)
		}
		if mean > scalar+1e-9 || !math.IsNaN(degrees) && (degrees < 0 || degrees >= 360) {
			t.Fatalf("%v° %v, scalar mean %v", degrees, mean, scalar)
		}
	})
}

func TestCompass(t *testing.T) {
	for text, want := range map[string]float64{"N": 0, "nne": 22.5, " E ": 90, "SSW": 202.5, "NNW": 337.5} {
		if d, ok := air.Compass(text); !ok || d != want {
			t.Errorf("%q: %v %v", text, d, ok)
		}
	}
	for _, text := range []string{"CALM", "CV", "VRB", "", "NX", "无"} {
		if _, ok := air.Compass(text); ok {
			t.Errorf("%q has a direction", text)
		}
	}
	for d, want := range map[float64]string{0: "N", 360: "N", 11.24: "N", 11.25: "NNE", 90: "E", 348.75: "N", 348.7: "NNW", -90: "W", 720: "N"} {
		if got := air.CompassPoint(d); got != want {
			t.Errorf("%v° is %s, want %s", d, got, want)
		}
	}
	if air.CompassPoint(math.NaN()) != "" {
		t.Error("no direction has a point")
	}
}

func TestMerge(t *testing.T) {
	gen := rapid.Custom(func(t *rapid.T) air.Series {
		s := air.Series{Parameter: air.PM25, Unit: air.MicrogramPerM3, Step: 3600}
		flags := rapid.Bool().Draw(t, "flags")
		at := int64(0)
		for range rapid.IntRange(0, 20).Draw(t, "n") {
			at += 3600 * int64(rapid.IntRange(1, 3).Draw(t, "d"))
			s.Time = append(s.Time, at)
			s.Value = append(s.Value, rapid.Float64Range(0, 100).Draw(t, "v"))
			if flags {
				s.Flag = append(s.Flag, air.Flag(rapid.IntRange(0, 3).Draw(t, "f")))
			}
		}
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		m := air.Merge(a, b)
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		want := map[int64]float64{}
		for i := range a.Time {
			want[a.Time[i]] = a.Value[i]
		}
		for i := range b.Time {
			want[b.Time[i]] = b.Value[i] // where both have a value, that of b stands
		}
		if m.Len() != len(want) {
			t.Fatalf("%d values of %d", m.Len(), len(want))
		}
		for i := range m.Time {
			if want[m.Time[i]] != m.Value[i] {
				t.Fatalf("at %d: %v, want %v", m.Time[i], m.Value[i], want[m.Time[i]])
			}
		}
	})
}

func TestSeriesCheck(t *testing.T) {
	good := air.Series{Step: 3600, Time: []int64{0, 3600}, Value: []float64{1, 2}}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, s := range map[string]air.Series{
		"unequal": {Step: 3600, Time: []int64{0}, Value: []float64{1, 2}}, "flags": {Step: 3600, Time: []int64{0}, Value: []float64{1}, Flag: []air.Flag{0, 0}},
		"twice": {Step: 3600, Time: []int64{0, 0}, Value: []float64{1, 2}}, "backwards": {Step: 3600, Time: []int64{3600, 0}, Value: []float64{1, 2}}, "no step": {Time: []int64{0}, Value: []float64{1}},
	} {
		if s.Check() == nil {
			t.Errorf("%s passes", name)
		}
	}
	if !air.Valid.OK() || air.Source.OK() || air.Hand.OK() || air.Future.OK() || !air.Repeated.OK() || (air.Repeated | air.Source).OK() {
		t.Error("flags")
	}
}
