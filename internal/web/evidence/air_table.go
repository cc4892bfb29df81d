package evidence

import (
	"html/template"
	"strings"

	"aircommons/internal/web/ui"
)

// pointTable is the rows of all annual means. They are the longest table of the page; a template would take longer for
// them than for all the rest.
func pointTable(rows []pointRow, lang string) template.HTML {
	var b strings.Builder
	b.Grow(300 * len(rows))
	for _, r := range rows {
		b.WriteString(`<tr><th scope="row" class="n">`)
		template.HTMLEscape(&b, []byte(r.Year))
		b.WriteString(`</th><td class="n">`)
		template.HTMLEscape(&b, []byte(r.Value))
		b.WriteString(`</td><td>`)
		b.WriteString(string(ui.Tongue(r.What, lang)))
		b.WriteString(`</td><td>`)
		if strings.HasPrefix(r.URL, "https://") || strings.HasPrefix(r.URL, "http://") {
			b.WriteString(`<a href="`)
			template.HTMLEscape(&b, []byte(r.URL))
			b.WriteString(`"` + marked(r.Source, lang) + `>`)
			template.HTMLEscape(&b, []byte(r.Source))
			b.WriteString(`</a>`)
		} else {
			b.WriteString(`<span` + marked(r.Source, lang) + `>`)
			template.HTMLEscape(&b, []byte(r.Source))
			b.WriteString(`</span>`)
		}
		if r.Note != "" {
			b.WriteString(`<br><span class="note"` + marked(r.Note, lang) + `>`)
			template.HTMLEscape(&b, []byte(r.Note))
			b.WriteString(`</span>`)
		}
		b.WriteString("</td></tr>\n")
	}
	return template.HTML(b.String())
}
