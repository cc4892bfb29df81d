package chart

import "sync"

// bodies are kept between drawings: the height of a drawing is known only when it is drawn, so it is drawn beside the page.
var bodies = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// appendDrawing writes what is read as one picture.
func (f *Frame) appendDrawing(b []byte) []byte {
	large, small := f.Chart.size().widths()
	b = append(b, `<div role="img" aria-label="`...)
	b = appendEscaped(b, f.Label)
	b = append(b, `">`...)
	body := bodies.Get().(*[]byte)
	p := pen{b: (*body)[:0], l: f.Language, id: f.ID}
	f.Chart.shared(&p)
	if len(p.b) > 0 {
		b = append(b, `<svg class="vh" aria-hidden="true">`...)
		b = append(b, p.b...)
		b = append(b, `</svg>`...)
	}
	for _, small := range [2]struct {
		is    bool
		open  string
		width float64
	}{{false, `<svg class="l" viewBox="0 0 `, large}, {true, `<svg class="s" viewBox="0 0 `, small}} {
		q := pen{b: p.b[:0], l: f.Language, id: f.ID, small: small.is, w: small.width}
		f.Chart.draw(&q)
		b = append(b, small.open...)
		b = appendNum(b, q.w)
		b = append(b, ' ')
		b = appendNum(b, q.h)
		b = append(b, '"', '>')
		b = append(b, q.b...)
		b = append(b, `</svg>`...)
		p.b = q.b
	}
	*body = p.b
	bodies.Put(body)
	return append(b, "</div>"...)
}
