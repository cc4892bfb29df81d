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

// appendSVG writes the wide drawing with its words around it.
func (f *Frame) appendSVG(b []byte) []byte {
	const margin = 24.0
	width, _ := f.Chart.size().widths()
	q := pen{l: f.Language, id: f.ID, w: width, alone: true}
	f.Chart.draw(&q)

	// Head: finding, unit line, key. Foot: source.
	head := pen{l: f.Language, alone: true, w: width}
	y := 0.0
	block := func(p *pen, s, attributes string, size, high float64) {
		if s == "" {
			return
		}
		for _, line := range wrap(s, width/1.04, size) {
			y += high
			p.str("<text")
			p.attr("x", 0)
			p.attr("y", y)
			p.str(attributes)
			p.str(">")
			p.rich(line)
			p.str("</text>")
		}
	}
	block(&head, f.Finding, ` font-size="20" fill="`+ink+`"`, 20, 26)
	y += 2
	block(&head, f.Unit, ` font-size="14" fill="`+ink2+`"`, 14, 20)
	if len(f.Key) > 0 {
		y += 16
		w := width / float64(len(f.Key))
		for i, k := range f.Key {
			x := float64(i) * w
			head.rect(hazeClass[min(max(k.Class, 0), 7)], x, y, w, 12)
			head.text("b", x, y+27, k.Range)
			head.text("", x, y+43, k.Name)
		}
		y += 46
	}
	y += 20
	top := y
	y += q.h + 10
	foot := pen{l: f.Language, alone: true, w: width}
	block(&foot, f.Source, ` font-size="12" fill="`+ink3+`"`, 12, 17)
	total := y + 8

	p := pen{b: b}
	p.str(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	p.str(`<svg xmlns="http://www.w3.org/2000/svg"`)
	p.attr("width", width+2*margin)
	p.attr("height", total+2*margin)
	p.str(` viewBox="`)
	p.num(-margin)
	p.str(" ")
	p.num(-margin)
	p.str(" ")
	p.num(width + 2*margin)
	p.str(" ")
	p.num(total + 2*margin)
	p.str(`" role="img" aria-labelledby="title desc" font-size="13" font-family="`)
	p.str(fonts(f.Language.Tag()))
	p.str(`" xml:lang="`)
	p.b = appendEscaped(p.b, f.Language.Tag())
	p.str(`"><title id="title">`)
	p.b = appendEscaped(p.b, f.Finding)
	p.str(`</title><desc id="desc">`)
	p.b = appendEscaped(p.b, f.Label)
	p.str(`</desc>`)
	p.str(`<rect`)
	p.attr("x", -margin)
	p.attr("y", -margin)
	p.attr("width", width+2*margin)
	p.attr("height", total+2*margin)
	p.str(` fill="` + paper + `"/>`)
	p.b = append(p.b, head.b...)
	p.str(`<g transform="translate(0 `)
	p.num(top)
	p.str(`)">`)
	p.b = append(p.b, q.b...)
	p.str(`</g>`)
	p.b = append(p.b, foot.b...)
	p.str("</svg>\n")
	return p.b
}

// fonts are the faces of the style sheet for a language.
func fonts(tag string) string {
	const latin = "Segoe UI, Roboto, Noto Sans, Liberation Sans, Arial"
	switch tag {
	case "ko":
		return "Apple SD Gothic Neo, Malgun Gothic, Noto Sans KR, Noto Sans CJK KR, sans-serif"
	case "zh":
		return "PingFang SC, Microsoft YaHei, Noto Sans SC, Noto Sans CJK SC, sans-serif"
	case "ja":
		return "Hiragino Sans, Yu Gothic UI, Meiryo, Noto Sans JP, Noto Sans CJK JP, sans-serif"
	}
	return latin + ", sans-serif"
}
