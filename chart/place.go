package chart

import "math"

// box is a rectangle taken by something drawn.
type box struct{ x0, y0, x1, y1 float64 }

func (a box) hits(b box) bool { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 }

// anchors of a label.
const (
	begin = iota
	middle
	end
)

// around gives the box of n lines of text of a width, whose first base line starts at x, y.
func around(x, y, w float64, anchor, n int) box {
	switch anchor {
	case middle:
		x -= w / 2
	case end:
		x -= w
	}
	return box{x - 2, y - 11, x + w + 2, y + 4 + 16*float64(n-1)}
}

// placer finds room for labels. Labels never cover each other; they keep off dots and lines where they can.
type placer struct {
	area   box   // labels stay inside
	labels []box // taken for good
	dots   []box
	lines  []box // a line piece by piece: from x0, y0 to x1, y1 in this order
}

// cost of a place: negative if it cannot be taken.
func (p *placer) cost(b box) float64 {
	if b.x0 < p.area.x0 || b.x1 > p.area.x1 || b.y0 < p.area.y0 || b.y1 > p.area.y1 {
		return -1
	}
	for i := range p.labels {
		if p.labels[i].hits(b) {
			return -1
		}
	}
	sum := 0.0
	for i := range p.dots {
		if p.dots[i].hits(b) {
			sum += 3
		}
	}
	for i := range p.lines {
		if crosses(p.lines[i], b) {
			sum++
		}
	}
	return sum
}

// crosses reports whether a line piece meets a box.
func crosses(l, b box) bool {
	if max(l.x0, l.x1) < b.x0 || min(l.x0, l.x1) > b.x1 || max(l.y0, l.y1) < b.y0 || min(l.y0, l.y1) > b.y1 {
		return false
	}
	// The corners of the box lie on both sides of the line, or the piece ends inside.
	side := func(x, y float64) bool { return (l.x1-l.x0)*(y-l.y0)-(l.y1-l.y0)*(x-l.x0) > 0 }
	s := side(b.x0, b.y0)
	return side(b.x1, b.y0) != s || side(b.x0, b.y1) != s || side(b.x1, b.y1) != s
}

// spot is a place for a label.
type spot struct {
	x, y   float64
	anchor int
}

// choose takes the cheapest place of a label of n lines and a width, the earlier of equal ones; false where none is free.
// worst is the highest cost that is still worth it.
func (p *placer) choose(w float64, n int, worst float64, places ...spot) (spot, bool) {
	best, at := math.Inf(1), -1
	for i, s := range places {
		c := p.cost(around(s.x, s.y, w, s.anchor, n))
		if c >= 0 && c < best && c <= worst {
			best, at = c, i
			if c == 0 {
				break
			}
		}
	}
	if at < 0 {
		return spot{}, false
	}
	p.labels = append(p.labels, around(places[at].x, places[at].y, w, places[at].anchor, n))
	return places[at], true
}

// beside are the places around a dot for a label of n lines: above, right above, right, below and so on.
func beside(x, y, r float64, n int) [10]spot {
	up := y - r - 8 - 16*float64(n-1)
	down := y + r + 14
	level := y + 4.5 - 8*float64(n-1)
	return [10]spot{
		{x, up, middle}, {x + r, up, begin}, {x, down, middle}, {x - r, up, end}, {x + r, down, begin}, {x - r, down, end},
		{x + r + 6, level, begin}, {x - r - 6, level, end},
		{x, up - 10, middle}, {x, down + 10, middle},
	}
}

// stack moves labels along a side so that none covers another, as little as it can: y is the wanted middle of each, h its
// height. Both run in the order of y. Results lie between lo and hi where there is room.
func stack(y, h []float64, lo, hi float64) {
	for i := range y {
		least := lo + h[i]/2
		if i > 0 {
			least = y[i-1] + (h[i-1]+h[i])/2
		}
		y[i] = max(y[i], least)
	}
	for i := len(y) - 1; i >= 0; i-- {
		most := hi - h[i]/2
		if i < len(y)-1 {
			most = y[i+1] - (h[i+1]+h[i])/2
		}
		y[i] = min(y[i], most)
	}
}

// suffixOf adds the classes of an anchor.
func suffixOf(class string, anchor int) string {
	suffix := [...]string{begin: "", middle: " m", end: " e"}[anchor]
	if class == "" && suffix != "" {
		return suffix[1:]
	}
	return class + suffix
}
