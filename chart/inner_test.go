package chart

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNice(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   axis
	}{
		{0, 89.5, axis{0, 100, 20, 5, 0}},
		{0, 490, axis{0, 500, 100, 5, 0}}, // as the explorer of the design
		{0, 66, axis{0, 75, 25, 3, 0}},
		{0, 1.3, axis{0, 1.5, .5, 3, 1}},
		{0, 0.12, axis{0, .125, .025, 5, 3}},
		{0, 0, axis{0, 1, .2, 5, 1}},
		{-4, 30, axis{-10, 30, 10, 4, 0}}, // small negatives are legitimate and shown
		{20, 60, axis{0, 60, 20, 3, 0}},   // concentrations start at zero
	} {
		got := nice(c.lo, c.hi)
		if got.n != c.want.n || got.digits != c.want.digits || math.Abs(got.lo-c.want.lo) > 1e-9 || math.Abs(got.hi-c.want.hi) > 1e-9 || math.Abs(got.step-c.want.step) > 1e-9 {
			t.Errorf("nice(%v, %v) = %+v, want %+v", c.lo, c.hi, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		lo, hi := rapid.Float64Range(-1e9, 1e9).Draw(t, "lo"), rapid.Float64Range(-1e9, 1e9).Draw(t, "hi")
		a := nice(lo, hi)
		if a.n < 3 || a.n > 5 {
			t.Fatalf("%d steps", a.n)
		}
		slack := a.step / 1e6
		if a.lo > min(lo, 0)+slack || a.hi < hi-slack || a.lo > 0 {
			t.Fatalf("%+v does not hold %v to %v", a, lo, hi)
		}
	})
}

func TestStackKeepsLabelsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "n")
		y, h := make([]float64, n), make([]float64, n)
		total := 0.0
		for i := range y {
			h[i] = rapid.Float64Range(10, 40).Draw(t, "h")
			total += h[i]
			y[i] = rapid.Float64Range(0, 400).Draw(t, "y")
			if i > 0 {
				y[i] = max(y[i], y[i-1])
			}
		}
		stack(y, h, 0, 400)
		for i := range y {
			if y[i]-h[i]/2 < -1e-9 || y[i]+h[i]/2 > 400+1e-9 {
				t.Fatalf("label %d leaves the side: %v of %v", i, y[i], h[i])
			}
			if i > 0 && y[i]-h[i]/2 < y[i-1]+h[i-1]/2-1e-9 {
				t.Fatalf("labels %d and %d cover each other", i-1, i)
			}
		}
	})
}

func TestPlacerNeverCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := placer{area: box{0, 0, 300, 200}}
		for range 12 {
			x, y := rapid.Float64Range(0, 300).Draw(t, "x"), rapid.Float64Range(0, 200).Draw(t, "y")
			places := beside(x, y, 4.5, 1)
			p.choose(rapid.Float64Range(5, 120).Draw(t, "w"), 1, 100, places[:]...)
		}
		for i := range p.labels {
			for j := range i {
				if p.labels[i].hits(p.labels[j]) {
					t.Fatalf("%v covers %v", p.labels[i], p.labels[j])
				}
			}
		}
	})
}

func TestCrosses(t *testing.T) {
	b := box{10, 10, 20, 20}
	for _, c := range []struct {
		line box
		want bool
	}{
		{box{0, 15, 30, 15}, true}, {box{15, 0, 15, 30}, true}, {box{0, 0, 30, 30}, true}, {box{12, 12, 14, 18}, true},
		{box{0, 0, 30, 5}, false}, {box{0, 15, 9, 15}, false}, {box{0, 18, 18, 36}, false}, {box{21, 0, 21, 30}, false},
	} {
		if got := crosses(c.line, b); got != c.want {
			t.Errorf("%v: %v", c.line, got)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit float64
		want  []string
	}{
		{"35, then 30 from 1 Mar 2026", 100, []string{"35, then 30", "from 1 Mar", "2026"}},
		{"2014: none\nin hand", 400, []string{"2014: none", "in hand"}},
		{"大气污染防治行动计划", 70, []string{"大气污染防", "治行动计划"}},
		{"限值，2026年起", 40, []string{"限值，", "2026", "年起"}}, // no line begins with a comma
		{"대기오염방지행동계획", 60, []string{"대기오염방지행동계획"}},       // Korean words stay whole
		{"one", 5, []string{"one"}},
		{"", 50, []string{""}},
	} {
		if got := wrap(c.text, c.limit, 13); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%q in %v: %q, want %q", c.text, c.limit, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab 限值，대 ж0"))).Draw(t, "text")
		lines := wrap(text, rapid.Float64Range(5, 200).Draw(t, "limit"), 13)
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if squeeze(strings.Join(lines, "")) != squeeze(text) {
			t.Fatalf("%q became %q", text, lines)
		}
	})
}

func TestWidth(t *testing.T) {
	// Han and Hangul are one em wide; the Latin figures of the faces named lie at 0.54 to 0.58 em.
	if w := width("北京"); w != 26 {
		t.Errorf("two characters of 13 px are %v wide", w)
	}
	if w := width("2024"); w < 28 || w > 31 {
		t.Errorf("2024 is %v wide", w)
	}
	if width("iii") >= width("mmm") || width("шшш") <= width("иии")-1 {
		t.Error("narrow letters are as wide as broad ones")
	}
}

func TestYearOf(t *testing.T) {
	at := func(y int, m time.Month, d int) float64 { return yearOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)) }
	for _, c := range []struct{ got, want float64 }{
		{at(2026, 1, 1), 2026}, {at(2026, 3, 1), 2026 + 59./365}, {at(2024, 3, 1), 2024 + 60./366}, {at(2024, 12, 31), 2024 + 365./366},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}

func TestLand(t *testing.T) {
	rings := world()
	if len(rings) < 100 {
		t.Fatalf("%d rings", len(rings))
	}
	// Which places lie on land: even and odd rule over all rings (continents, lakes as holes).
	on := func(lat, lon float32) bool {
		in := false
		for _, r := range rings {
			for i, j := 0, len(r)-2; i < len(r); j, i = i, i+2 {
				if (r[i+1] > lat) != (r[j+1] > lat) && lon < (r[j]-r[i])*(lat-r[i+1])/(r[j+1]-r[i+1])+r[i] {
					in = !in
				}
			}
		}
		return in
	}
	for name, p := range map[string][2]float32{"Ulaanbaatar": {47.9, 106.9}, "Chengdu": {30.7, 104.1}, "Paris": {48.9, 2.4}, "Alice Springs": {-23.7, 133.9}, "Daejeon": {36.4, 127.4}} {
		if !on(p[0], p[1]) {
			t.Errorf("%s is not on land", name)
		}
	}
	for name, p := range map[string][2]float32{"Yellow Sea": {35.5, 123.5}, "East of Japan": {36, 145}, "Atlantic": {40, -40}} {
		if on(p[0], p[1]) {
			t.Errorf("%s is land", name)
		}
	}
	if len(landFile) > 60<<10 {
		t.Errorf("the land has %d bytes", len(landFile))
	}
}

func FuzzReadLand(f *testing.F) {
	f.Add(landFile[:200])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, r := range readLand(b) {
			if len(r)%2 != 0 {
				t.Fatal("half a point")
			}
		}
	})
}

func TestProjection(t *testing.T) {
	q, ok := fit([]Spot{{Lat: 39.9, Lon: 116.4}, {Lat: 35.68, Lon: 139.69}, {Lat: 22.5, Lon: 114.1}, {Lat: 47.9, Lon: 106.9}}, 400, 400)
	if !ok || q.world {
		t.Fatal("no regional map")
	}
	// Equal areas: a square degree at 25 and at 45 north takes room in the ratio of their cosines.
	area := func(lat float64) float64 {
		const d = .01
		ax, ay := q.px(120, lat)
		bx, by := q.px(120+d, lat)
		cx, cy := q.px(120, lat+d)
		return math.Abs((bx-ax)*(cy-ay) - (cx-ax)*(by-ay))
	}
	if r := area(45) / area(25); math.Abs(r-math.Cos(45*math.Pi/180)/math.Cos(25*math.Pi/180)) > 1e-3 {
		t.Errorf("areas are in the ratio %v", r)
	}
	// Across the 180th meridian.
	q, _ = fit([]Spot{{Lat: -18, Lon: 178}, {Lat: -14, Lon: -171}}, 400, 400)
	if q.world || math.Abs(math.Abs(q.lon)-176.5) > .5 && math.Abs(q.lon+176.5) > .5 {
		t.Errorf("centre at %v", q.lon)
	}
	if q, _ = fit([]Spot{{Lat: 34, Lon: -118}, {Lat: 48.9, Lon: 2.4}, {Lat: 35.7, Lon: 139.7}}, 1072, 520); !q.world {
		t.Error("three continents are no world")
	}
}
