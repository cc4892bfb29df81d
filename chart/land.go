package chart

import (
	_ "embed"
	"encoding/binary"
	"math"
	"sync"
)

// landFile is the land of the world, made by scripts/land.go from the public-domain shape of Natural Earth
// (naturalearthdata.com, land 1:50 million, through the npm package world-atlas 2.0.2), simplified to a tenth of a degree.
//
//go:embed land.bin
var landFile []byte

// world is the land read once.
var world = sync.OnceValue(func() []Ring { return readLand(landFile) })

// readLand reads rings: a count of points, then differences of longitude and latitude in fiftieths of a degree.
// What is cut off is left out.
func readLand(b []byte) []Ring {
	var out []Ring
	for len(b) > 0 {
		n, k := binary.Uvarint(b)
		if k <= 0 || n > uint64(len(b)) {
			return out
		}
		b = b[k:]
		ring := make(Ring, 0, 2*n)
		var at [2]int64
		for range n {
			for i := range at {
				d, k := binary.Varint(b)
				if k <= 0 {
					return out
				}
				b = b[k:]
				at[i] += d
				ring = append(ring, float32(at[i])/50)
			}
		}
		out = append(out, ring)
	}
	return out
}

// projection brings degrees onto the plane: equal areas around a centre for a region (Lambert's azimuthal), Equal Earth
// for the world (Šavrič, Patterson and Jenny, International Journal of Geographical Information Science 33, 2019).
type projection struct {
	lon, lat       float64 // centre, degrees
	sin, cos       float64 // of the centre's latitude
	world          bool
	scale, x0, y0  float64 // px = x0 + scale·x, y0 − scale·y
	lonSpan, north float64 // what can be seen: degrees east and west of the centre, most northern latitude
	south          float64
}

// plane projects onto a sphere of radius 1; relative is the longitude from the centre.
func (q *projection) plane(relative, lat float64) (x, y float64) {
	l, f := relative*math.Pi/180, lat*math.Pi/180
	if q.world {
		const a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
		t := math.Asin(math.Sqrt(3) / 2 * math.Sin(f))
		t2 := t * t
		t6 := t2 * t2 * t2
		x = 2 * math.Sqrt(3) * l * math.Cos(t) / (3 * (9*a4*t6*t2 + 7*a3*t6 + 3*a2*t2 + a1))
		return x, t * (a4*t6*t2 + a3*t6 + a2*t2 + a1)
	}
	sf, cf := math.Sincos(f)
	sl, cl := math.Sincos(l)
	k := 1 + q.sin*sf + q.cos*cf*cl
	if k < 1e-9 {
		k = 1e-9
	}
	k = math.Sqrt(2 / k)
	return k * cf * sl, k * (q.cos*sf - q.sin*cf*cl)
}

func (q *projection) px(lon, lat float64) (x, y float64) {
	x, y = q.plane(turn(lon-q.lon), lat)
	return q.x0 + q.scale*x, q.y0 - q.scale*y
}

// turn brings a difference of longitudes to −180 … 180.
func turn(d float64) float64 { return math.Mod(math.Mod(d+180, 360)+360, 360) - 180 }

// fit chooses centre and scale so that all places lie in a rectangle with a margin for their names.
func fit(places []Spot, w, h float64) (q projection, ok bool) {
	var x, y, z float64
	south, north := 90.0, -90.0
	for i := range places {
		if s := &places[i]; s.placed() {
			f, l := s.Lat*math.Pi/180, s.Lon*math.Pi/180
			x, y, z = x+math.Cos(f)*math.Cos(l), y+math.Cos(f)*math.Sin(l), z+math.Sin(f)
			south, north = min(south, s.Lat), max(north, s.Lat)
			ok = true
		}
	}
	if !ok {
		return q, false
	}
	q.lon = math.Atan2(y, x) * 180 / math.Pi
	west, east := 0.0, 0.0
	for i := range places {
		if s := &places[i]; s.placed() {
			d := turn(s.Lon - q.lon)
			west, east = min(west, d), max(east, d)
		}
	}
	q.lon, q.lat = turn(q.lon+(west+east)/2), (south+north)/2
	if q.world = east-west > 100 || north-south > 80; q.world {
		q.lon, q.lat = 0, 0
	}
	q.sin, q.cos = math.Sincos(q.lat * math.Pi / 180)
	x0, x1, y0, y1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for i := range places {
		if s := &places[i]; s.placed() {
			x, y := q.plane(turn(s.Lon-q.lon), s.Lat)
			x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
		}
	}
	if q.world { // always the inhabited world, so that two of these maps look alike
		x0, x1 = -2.62, 2.62
		_, y0 = q.plane(0, -52)
		_, y1 = q.plane(0, 72)
		q.scale = min(w/(x1-x0), h/(y1-y0))
	} else {
		const least = .12 // of the earth's radius: some 800 km, so that a single place has a coast to be known by
		q.scale = min((w-110)/max(x1-x0, least), (h-100)/max(y1-y0, least))
	}
	q.x0, q.y0 = w/2-q.scale*(x0+x1)/2, h/2+q.scale*(y0+y1)/2
	q.see(w, h)
	return q, true
}

// see finds what part of the earth can be in the rectangle.
func (q *projection) see(w, h float64) {
	q.lonSpan, q.north, q.south = 180, 84, -60
	if q.world {
		return
	}
	far := 0.0 // from the centre of the projection to the corner furthest from it
	for _, c := range [4][2]float64{{0, 0}, {w, 0}, {0, h}, {w, h}} {
		far = max(far, math.Hypot(c[0]-q.x0, c[1]-q.y0)/q.scale)
	}
	angle := 2 * math.Asin(min(1, far/2))
	q.north, q.south = min(84, q.lat+angle*180/math.Pi), max(-84, q.lat-angle*180/math.Pi)
	if most := math.Abs(q.lat)*math.Pi/180 + angle; most < 1.45 {
		q.lonSpan = math.Asin(math.Sin(angle)/q.cos) * 180 / math.Pi
	}
	q.lonSpan = min(q.lonSpan, 150)
}

func (s *Spot) placed() bool {
	return finite(s.Lat) && finite(s.Lon) && math.Abs(s.Lat) <= 90 && math.Abs(s.Lon) <= 360
}

// land writes the land in the rectangle with whole relative coordinates, points closer than a px left out.
func (q *projection) land(p *pen, rings []Ring, w, h float64) {
	var line, spare []float64
	for _, ring := range rings {
		if len(ring) < 6 {
			continue
		}
		south, north := float32(90), float32(-90)
		west, east := ring[0], ring[0]
		for i := 0; i+1 < len(ring); i += 2 {
			south, north = min(south, ring[i+1]), max(north, ring[i+1])
			west, east = min(west, ring[i]), max(east, ring[i])
		}
		if float64(south) > q.north || float64(north) < q.south {
			continue
		}
		for _, shift := range [3]float64{-360, 0, 360} {
			if float64(east)-q.lon+shift < -q.lonSpan || float64(west)-q.lon+shift > q.lonSpan {
				continue
			}
			line = line[:0]
			for i := 0; i+1 < len(ring); i += 2 {
				line = append(line, float64(ring[i])-q.lon+shift, float64(ring[i+1]))
			}
			line, spare = clip(line, spare, -q.lonSpan, q.lonSpan, q.south, q.north)
			for i := 0; i+1 < len(line); i += 2 {
				x, y := q.plane(line[i], line[i+1])
				line[i], line[i+1] = q.x0+q.scale*x, q.y0-q.scale*y
			}
			line, spare = clip(line, spare, -3, w+3, -3, h+3)
			outline(p, line)
		}
	}
}

// clip cuts a ring to a rectangle, side by side (Sutherland and Hodgman). Both slices are reused.
func clip(line, spare []float64, x0, x1, y0, y1 float64) ([]float64, []float64) {
	for side := range 4 {
		axis, limit, sign := side%2, x0, 1.0
		switch side {
		case 1:
			limit = y0
		case 2:
			limit, sign = x1, -1
		case 3:
			limit, sign = y1, -1
		}
		spare = spare[:0]
		n := len(line)
		for i := 0; i+1 < n; i += 2 {
			j := (i + n - 2) % n
			a, b := sign*(line[j+axis]-limit), sign*(line[i+axis]-limit)
			if (a >= 0) != (b >= 0) {
				t := a / (a - b)
				spare = append(spare, line[j]+t*(line[i]-line[j]), line[j+1]+t*(line[i+1]-line[j+1]))
			}
			if b >= 0 {
				spare = append(spare, line[i], line[i+1])
			}
		}
		line, spare = spare, line
	}
	return line, spare
}

// outline writes a ring with whole numbers.
func outline(p *pen, line []float64) {
	const closest = 1.2
	mark := len(p.b)
	var x, y int
	n := 0
	for i := 0; i+1 < len(line); i += 2 {
		if n > 0 && math.Hypot(line[i]-float64(x), line[i+1]-float64(y)) < closest {
			continue
		}
		nx, ny := int(math.Round(line[i])), int(math.Round(line[i+1]))
		if n == 0 {
			p.b = append(p.b, 'M')
			p.int(nx)
			p.b = append(p.b, ' ')
			p.int(ny)
		} else {
			p.b = append(p.b, 'l')
			p.int(nx - x)
			if ny >= y {
				p.b = append(p.b, ' ')
			}
			p.int(ny - y)
		}
		x, y = nx, ny
		n++
	}
	if n < 3 {
		p.b = p.b[:mark]
		return
	}
	p.b = append(p.b, 'z')
}
