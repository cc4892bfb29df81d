package evidence

import (
	"html/template"
	"strconv"
	"strings"
	"sync"

	"aircommons/internal/web/ui"
)

// The parts of a city's page that repeat are written here: five figures, their keys, the ladder, the lists to choose from.
// A template takes some microseconds for each value, and this page has hundreds; it is the page that is asked for most.

func esc(b *strings.Builder, s string) { b.WriteString(template.HTMLEscapeString(s)) }

// figures are written into buffers that are used again: a drawing is ten kilobytes.
var figures = sync.Pool{New: func() any { b := make([]byte, 0, 32<<10); return &b }}

// HTML is the whole figure: finding, key, drawing, source, downloads and table.
func (f *figure) HTML() template.HTML {
	if f.html != "" {
		return f.html
	}
	kept := figures.Get().(*[]byte)
	defer figures.Put(kept)
	b := (*kept)[:0]
	put := func(parts ...string) {
		for _, s := range parts {
			b = append(b, s...)
		}
	}
	id := template.HTMLEscapeString(f.ID)
	put(`<figure class="chart" id="`, id, `"><figcaption><h3 class="finding" id="`, id, `-f">`, string(f.FindingHTML()), `</h3>`)
	if u := f.UnitHTML(); u != "" {
		put(`<p class="unit">`, string(u), `</p>`)
	}
	put("</figcaption>\n")
	if len(f.Key) > 0 {
		put(`<ul class="key">`)
		for _, k := range f.Key {
			put(`<li class="k`, strconv.Itoa(k.Class), `"><b>`, template.HTMLEscapeString(k.Range), `</b>`, template.HTMLEscapeString(k.Name), `</li>`)
		}
		put("</ul>\n")
	}
	b = f.AppendDrawing(b)
	put("\n", `<div class="figfoot"><p>`, string(f.SourceHTML()))
	if f.Note != "" {
		put(" ", string(ui.Tongue(f.Note, f.words.Tag())))
	}
	put(`</p><ul>`)
	for _, d := range [2][2]string{{f.SVGPath, "part.svg"}, {f.CSVPath, "part.csv"}} {
		put(`<li><a href="`, template.HTMLEscapeString(d[0]), `" download aria-describedby="`, id, `-f">`, template.HTMLEscapeString(f.words.T(d[1])), `</a></li>`)
	}
	put("</ul></div>\n<details><summary>", template.HTMLEscapeString(f.words.T("part.table")),
		`</summary><div class="scroll" tabindex="0" role="region" aria-labelledby="`, id, `-f">`)
	b = f.Table().AppendHTML(b, f.Caption)
	put(`</div></details></figure>`)
	*kept = b
	return template.HTML(b)
}

func chip(b *strings.Builder, text, tone string) {
	b.WriteString(`<span class="chip`)
	if tone != "" {
		b.WriteString(" " + tone)
	}
	b.WriteString(`">`)
	esc(b, text)
	b.WriteString(`</span>`)
}

// ladderHTML writes the rungs; the drawing of each is 40 units wide.
func ladderHTML(rungs []rung, lang string) template.HTML {
	if len(rungs) == 0 {
		return ""
	}
	var b strings.Builder
	b.Grow(500 * len(rungs))
	b.WriteString(`<ol class="ladder">`)
	for _, r := range rungs {
		b.WriteString(`<li`)
		if r.You {
			b.WriteString(` class="you"`)
		}
		b.WriteString(`><span class="n">`)
		esc(&b, r.Name)
		if r.Small != "" {
			b.WriteString(`<small>`)
			b.WriteString(string(ui.Tongue(r.Small, lang)))
			b.WriteString(`</small>`)
		}
		class := "barq"
		if r.Class > 0 {
			class = "k" + strconv.Itoa(r.Class)
		}
		b.WriteString(`</span><svg class="b" viewBox="0 0 40 10" preserveAspectRatio="none" aria-hidden="true"><rect width="` + r.Width + `" height="10" class="` + class + `"/>`)
		if r.Here != "" {
			b.WriteString(`<path d="M` + r.Here + ` -16V26"/>`)
		}
		b.WriteString(`</svg><span class="v">`)
		esc(&b, r.Value)
		b.WriteString(`</span><span class="s">`)
		chip(&b, r.Chip, r.Tone)
		b.WriteString("</span></li>\n")
	}
	b.WriteString(`</ol>`)
	return template.HTML(b.String())
}

// tilesHTML writes the figures beside the answer.
func tilesHTML(tiles []tile) template.HTML {
	if len(tiles) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<dl class="tiles">`)
	for _, t := range tiles {
		b.WriteString(`<div class="tile"><dt>` + string(t.Label) + `</dt><dd><span class="v">`)
		esc(&b, t.Value)
		b.WriteString(` <small>`)
		esc(&b, t.Unit)
		b.WriteString(`</small></span>`)
		chip(&b, t.Chip, t.Tone)
		b.WriteString(`<span class="note">`)
		esc(&b, t.Note)
		b.WriteString("</span></dd></div>\n")
	}
	b.WriteString(`</dl>`)
	return template.HTML(b.String())
}

// optionsHTML writes what a list offers.
func optionsHTML(options []ui.Option) template.HTML {
	var b strings.Builder
	for _, o := range options {
		b.WriteString(`<option value="`)
		esc(&b, o.Value)
		if o.Chosen {
			b.WriteString(`" selected>`)
		} else {
			b.WriteString(`">`)
		}
		esc(&b, o.Label)
		b.WriteString(`</option>`)
	}
	return template.HTML(b.String())
}

// stationTable writes the rows of the table of stations. base is the address of their pages.
func stationTable(rows []stationRow, base string) template.HTML {
	var b strings.Builder
	b.Grow(260 * len(rows))
	for _, r := range rows {
		b.WriteString(`<tr><th scope="row"><a href="` + base + strconv.Itoa(int(r.ID)) + `">`)
		esc(&b, r.Name)
		b.WriteString(`</a></th><td>`)
		esc(&b, r.Site)
		for _, c := range [3]string{r.Years, r.Latest, r.Capture} {
			b.WriteString(`</td><td class="n">`)
			esc(&b, c)
		}
		b.WriteString("</td></tr>\n")
	}
	return template.HTML(b.String())
}
