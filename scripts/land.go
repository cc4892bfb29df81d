//go:build ignore

// Land makes chart/land.bin, the land of the world as the maps draw it, from the public-domain shape of Natural Earth
// (naturalearthdata.com, 1:50 million) in the TopoJSON of the npm package world-atlas 2.0.2:
//
//	npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
//	go run scripts/land.go package/land-50m.json chart/land.bin
//
// Lines are simplified (Douglas and Peucker) to a twentieth of a degree, tiny islands and Antarctica are left out. The file is
// a series of rings: the number of points, then longitude and latitude in hundredths of a degree, each as the
// difference from the point before, as signed varints.
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
)

const (
	tolerance = 0.05 // degrees
	smallest  = 0.02 // square degrees; what is less is no dot on a map
	perDegree = 100
)

type point [2]float64

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go run scripts/land.go land-50m.json land.bin")
		os.Exit(2)
	}
	data, err := os.ReadFile(os.Args[1])
	check(err)
	var topo struct {
		Transform struct{ Scale, Translate point }
		Arcs      [][]point
		Objects   struct {
			Land struct {
				Geometries []struct {
					Arcs [][][]int // a MultiPolygon
				}
			}
		}
	}
	check(json.Unmarshal(data, &topo))
	arcs := make([][]point, len(topo.Arcs))
	for i, a := range topo.Arcs {
		var at point
		for _, d := range a {
			at[0] += d[0]
			at[1] += d[1]
			arcs[i] = append(arcs[i], point{at[0]*topo.Transform.Scale[0] + topo.Transform.Translate[0],
				at[1]*topo.Transform.Scale[1] + topo.Transform.Translate[1]})
		}
	}
	var out []byte
	rings, points := 0, 0
	for _, g := range topo.Objects.Land.Geometries {
		for _, polygon := range g.Arcs {
			for _, ring := range polygon {
				line := simplify(join(ring, arcs))
				if len(line) < 4 || line[0][1] < -60 || math.Abs(area(line)) < smallest {
					continue
				}
				line = line[:len(line)-1] // the first point again
				rings++
				points += len(line)
				out = binary.AppendUvarint(out, uint64(len(line)))
				var x, y int64
				for _, p := range line {
					nx, ny := int64(math.Round(p[0]*perDegree)), int64(math.Round(p[1]*perDegree))
					out = binary.AppendVarint(out, nx-x)
					out = binary.AppendVarint(out, ny-y)
					x, y = nx, ny
				}
			}
		}
	}
	check(os.WriteFile(os.Args[2], out, 0o644))
	fmt.Printf("%d rings, %d points, %d bytes\n", rings, points, len(out))
}

// join puts the arcs of a ring together; a negative number is an arc backwards.
func join(ring []int, arcs [][]point) []point {
	var out []point
	for _, n := range ring {
		arc := arcs[max(n, ^n)]
		for i := range arc {
			p := arc[i]
			if n < 0 {
				p = arc[len(arc)-1-i]
			}
			if i == 0 && len(out) > 0 {
				continue
			}
			out = append(out, p)
		}
	}
	return out
}

// simplify keeps what is further than the tolerance from the line between its neighbours that are kept. A ring is cut at
// the point furthest from its first.
func simplify(ring []point) []point {
	far, best := 0, 0.0
	for i, p := range ring {
		if d := math.Hypot(p[0]-ring[0][0], p[1]-ring[0][1]); d > best {
			far, best = i, d
		}
	}
	if far == 0 {
		return nil
	}
	return append(reduce(ring[:far+1]), reduce(ring[far:])[1:]...)
}

func reduce(line []point) []point {
	a, b := line[0], line[len(line)-1]
	squeeze := math.Cos(a[1] * math.Pi / 180) // a degree of longitude is shorter
	far, best := 0, tolerance
	for i := 1; i < len(line)-1; i++ {
		if d := distance(line[i], a, b, squeeze); d > best {
			far, best = i, d
		}
	}
	if far == 0 {
		return []point{a, b}
	}
	return append(reduce(line[:far+1]), reduce(line[far:])[1:]...)
}

func distance(p, a, b point, squeeze float64) float64 {
	px, py := (p[0]-a[0])*squeeze, p[1]-a[1]
	dx, dy := (b[0]-a[0])*squeeze, b[1]-a[1]
	l := dx*dx + dy*dy
	if l == 0 {
		return math.Hypot(px, py)
	}
	t := min(max((px*dx+py*dy)/l, 0), 1)
	return math.Hypot(px-t*dx, py-t*dy)
}

func area(ring []point) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		sum += ring[i-1][0]*ring[i][1] - ring[i][0]*ring[i-1][1]
	}
	return sum / 2
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
