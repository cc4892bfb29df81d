package chart

import (
	_ "embed"
	"encoding/binary"
	"math"
	"slices"
	"sync"
)

// landFile is the land of the world, made by scripts/land.go from the public-domain shape of Natural Earth
// (naturalearthdata.com, land 1:50 million, through the npm package world-atlas 2.0.2), simplified to a twentieth of a degree.
//
//go:embed land.bin
var landFile []byte

// world is the land read once.
var world = sync.OnceValue(func() []Ring { return readLand(landFile) })

// readLand reads rings: a count of points, then differences of longitude and latitude in hundredths of a degree.
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
				ring = append(ring, float32(at[i])/100)
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
	high           float64 // of the map in px
}

// worldHalf is half the width of the inhabited world in the plane.
const worldHalf = 2.72

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
		q.lon, q.lat = 10, 0 // so that the far east of Asia stays whole
	}
	q.sin, q.cos = math.Sincos(q.lat * math.Pi / 180)
	x0, x1, y0, y1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for i := range places {
		if s := &places[i]; s.placed() {
			x, y := q.plane(turn(s.Lon-q.lon), s.Lat)
			x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
		}
	}
	if q.world { // the inhabited world at least, so that two of these maps look alike
		x0, x1 = -worldHalf, worldHalf
		_, a := q.plane(0, -52)
		_, b := q.plane(0, 72)
		y0, y1 = min(y0-.05, a), max(y1+.05, b)
		q.scale = w / (x1 - x0)
		h = math.Round(q.scale * (y1 - y0))
	} else {
		const least = .22 // of the earth's radius: some 1400 km, so that a single place has a coast to be known by
		q.scale = min((w-90)/max(x1-x0, least), (h-96)/max(y1-y0, least))
	}
	q.x0, q.y0 = w/2-q.scale*(x0+x1)/2, h/2+q.scale*(y0+y1)/2
	q.high = h
	q.see(w, h)
	return q, true
}

// see finds what part of the earth can be in the rectangle.
func (q *projection) see(w, h float64) {
	q.lonSpan, q.north, q.south = 180, 84, -60 // Antarctica is not in the file
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

// land writes the land in the rectangle with whole relative coordinates.
func (q *projection) land(p *pen, rings []Ring, w, h float64) {
	const points = 8 << 10 // of the largest ring, twice
	ring, line, spare := make([]float64, 0, points), make([]float64, 0, points), make([]float64, 0, points)
	keep := make([]bool, 0, points/2)
	for _, r := range rings {
		if len(r) < 6 {
			continue
		}
		// Longitudes from the centre, without jumps where a shape crosses the 180th.
		south, north := 90.0, -90.0
		x := turn(float64(r[0]) - q.lon)
		west, east := x, x
		ring = ring[:0]
		for i := 0; i+1 < len(r); i += 2 {
			if i > 0 {
				d := float64(r[i] - r[i-2])
				if d > 180 || d < -180 {
					d = turn(d)
				}
				x += d
			}
			y := float64(r[i+1])
			ring = append(ring, x, y)
			south, north, west, east = min(south, y), max(north, y), min(west, x), max(east, x)
		}
		if south > q.north || north < q.south || !finite(x) {
			continue
		}
		for _, shift := range [3]float64{-360, 0, 360} {
			if east+shift < -q.lonSpan || west+shift > q.lonSpan {
				continue
			}
			line = line[:0]
			for i := 0; i+1 < len(ring); i += 2 {
				line = append(line, ring[i]+shift, ring[i+1])
			}
			line, spare = clip(line, spare, -q.lonSpan, q.lonSpan, q.south, q.north)
			spare = q.bend(spare[:0], line)
			line, spare = clip(spare, line, -3, w+3, -3, h+3)
			keep = outline(p, line, keep)
		}
	}
}

// bend projects a ring; long edges are cut into pieces, since a straight line in degrees is a curve on the map.
func (q *projection) bend(out, line []float64) []float64 {
	const piece = 4 // degrees
	n := len(line)
	for i := 0; i+1 < n; i += 2 {
		j := (i + 2) % n
		dx, dy := line[j]-line[i], line[j+1]-line[i+1]
		pieces := 1 + int(max(math.Abs(dx), math.Abs(dy))/piece)
		for k := range min(pieces, 100) {
			t := float64(k) / float64(pieces)
			x, y := q.plane(line[i]+t*dx, line[i+1]+t*dy)
			out = append(out, q.x0+q.scale*x, q.y0-q.scale*y)
		}
	}
	return out
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

// outline writes a ring with whole numbers, without the points that a px can do without. keep is reused.
func outline(p *pen, line []float64, keep []bool) []bool {
	n := len(line) / 2
	if n < 3 {
		return keep
	}
	far, best := 0, 0.0
	for i := 1; i < n; i++ {
		if d := math.Hypot(line[2*i]-line[0], line[2*i+1]-line[1]); d > best {
			far, best = i, d
		}
	}
	if best < 1.5 { // smaller than a dot on the page
		return keep
	}
	keep = slices.Grow(keep[:0], n)[:n]
	clear(keep)
	keep[0], keep[far] = true, true
	needed(line, keep, 0, far)
	needed(line, keep, far, n-1)
	keep[n-1] = true
	var x, y int
	first := true
	for i := range n {
		if !keep[i] {
			continue
		}
		nx, ny := int(math.Round(line[2*i])), int(math.Round(line[2*i+1]))
		switch {
		case first:
			p.b = append(p.b, 'M')
			p.int(nx)
			p.b = append(p.b, ' ')
			p.int(ny)
		case nx == x && ny == y:
			continue
		default:
			p.b = append(p.b, 'l')
			p.int(nx - x)
			if ny >= y {
				p.b = append(p.b, ' ')
			}
			p.int(ny - y)
		}
		x, y, first = nx, ny, false
	}
	p.b = append(p.b, 'z')
	return keep
}

// needed marks the points between two others without which the line would move by more than six tenths of a px
// (Douglas and Peucker).
func needed(line []float64, keep []bool, a, b int) {
	for b-a > 1 {
		ax, ay := line[2*a], line[2*a+1]
		dx, dy := line[2*b]-ax, line[2*b+1]-ay
		l := dx*dx + dy*dy
		far, best := -1, .6*.6
		for i := a + 1; i < b; i++ {
			px, py := line[2*i]-ax, line[2*i+1]-ay
			t := 0.0
			if l > 0 {
				t = min(max((px*dx+py*dy)/l, 0), 1)
			}
			if d := (px-t*dx)*(px-t*dx) + (py-t*dy)*(py-t*dy); d > best {
				far, best = i, d
			}
		}
		if far < 0 {
			return
		}
		keep[far] = true
		needed(line, keep, a, far)
		a = far
	}
}
