package chart

import "html/template"

// TableHTML is the table of all values as an element. A table has hundreds of cells, and a page several tables: written
// here it costs a tenth of what a template takes.
func (f *Frame) TableHTML() template.HTML { return f.Table().HTML(f.Caption) }

// HTML is the table as an element, with its caption if there is one.
func (t Table) HTML(caption string) template.HTML {
	return template.HTML(t.AppendHTML(make([]byte, 0, 64*(len(t.Rows)+2)*max(1, len(t.Head))), caption))
}

// AppendHTML adds HTML to b.
func (t Table) AppendHTML(b []byte, caption string) []byte {
	b = append(b, "<table>"...)
	if caption != "" {
		b = append(b, "<caption>"...)
		b = appendEscaped(b, caption)
		b = append(b, "</caption>"...)
	}
	b = append(b, "<thead><tr>"...)
	for _, h := range t.Head {
		if h.Number {
			b = append(b, `<th scope="col" class="n">`...)
		} else {
			b = append(b, `<th scope="col">`...)
		}
		b = appendEscaped(b, h.Text)
		b = append(b, "</th>"...)
	}
	b = append(b, "</tr></thead><tbody>"...)
	for _, row := range t.Rows {
		b = append(b, "<tr>"...)
		for i, c := range row {
			switch {
			case i == 0:
				b = append(b, `<th scope="row">`...)
				b = appendEscaped(b, c)
				b = append(b, "</th>"...)
				continue
			case i < len(t.Head) && t.Head[i].Number:
				b = append(b, `<td class="n">`...)
			default:
				b = append(b, "<td>"...)
			}
			b = appendEscaped(b, c)
			b = append(b, "</td>"...)
		}
		b = append(b, "</tr>\n"...)
	}
	return append(b, "</tbody></table>"...)
}
