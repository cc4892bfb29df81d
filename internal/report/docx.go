package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"aircommons/internal/catalog"
)

// Docx writes a laid-out report as an Office Open XML document (ECMA-376): headings, lists, tables and pictures, in fonts of each
// script. photo opens the file of a picture; nil leaves pictures out. site is put before addresses of the site.
func Docx(w *catalog.Words, s Sheet, at time.Time, site string, photo func(Photo) (io.ReadCloser, error)) ([]byte, error) {
	d := &docx{w: w, site: strings.TrimSuffix(site, "/")}
	d.para("Title", "", []Run{{Text: s.Title}}, "")
	if s.Subtitle != "" {
		d.para("Subtitle", "", []Run{{Text: s.Subtitle}}, "")
	}
	for _, n := range s.Notes {
		d.para("Note", "", []Run{{Text: n}}, "")
	}
	for _, b := range s.Blocks {
		if err := d.block(b, photo); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	add := func(name string, content []byte) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
		if err == nil {
			_, err = f.Write(content)
		}
		return err
	}
	lang := map[string]string{"en": "en-GB", "ko": "ko-KR", "zh": "zh-CN", "ja": "ja-JP", "mn": "mn-MN"}[w.Tag()]
	parts := []struct{ name, content string }{
		{"[Content_Types].xml", xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="jpg" ContentType="image/jpeg"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`},
		{"_rels/.rels", xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"docProps/core.xml", xml.Header + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>` + esc(s.Title) + `</dc:title><dc:language>` + lang + `</dc:language><dcterms:created xsi:type="dcterms:W3CDTF">` + at.UTC().Format(time.RFC3339) + `</dcterms:created></cp:coreProperties>`},
		{"word/styles.xml", xml.Header + styles(w.Tag(), lang)},
		{"word/numbering.xml", xml.Header + numbering(d.lists)},
		{"word/document.xml", xml.Header + `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>` + d.body.String() +
			`<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1247" w:bottom="1247" w:left="1247" w:header="624" w:footer="624" w:gutter="0"/></w:sectPr></w:body></w:document>`},
		{"word/_rels/document.xml.rels", xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rs" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rn" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/numbering" Target="numbering.xml"/>` + d.rels.String() + `</Relationships>`},
	}
	for _, p := range parts {
		if err := add(p.name, []byte(p.content)); err != nil {
			return nil, err
		}
	}
	for i, b := range d.images {
		if err := add(fmt.Sprintf("word/media/image%d.jpg", i+1), b); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

type docx struct {
	w      *catalog.Words
	site   string
	body   strings.Builder
	rels   strings.Builder
	links  int
	images [][]byte
	lists  []bool // of numbered lists that began; the first, unused, is the one of bullets
	inList bool
}

// esc writes text for XML; characters that XML cannot hold are left out.
func esc(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || r < 0x20 && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}

// tags of languages as documents name them.
func langOf(tag string) string {
	if tag == "" {
		return ""
	}
	if full := map[string]string{"en": "en-GB", "ko": "ko-KR", "zh": "zh-CN", "ja": "ja-JP", "mn": "mn-MN"}[tag]; full != "" {
		tag = full
	}
	return `<w:lang w:val="` + esc(tag) + `" w:eastAsia="` + esc(tag) + `"/>`
}

func (d *docx) para(style, props string, runs []Run, lang string) {
	d.body.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + style + `"/>` + props + `</w:pPr>`)
	for _, r := range runs {
		d.run(r, lang)
	}
	d.body.WriteString(`</w:p>`)
}

func (d *docx) run(r Run, lang string) {
	look := ""
	if r.Href != "" {
		look += `<w:rStyle w:val="Hyperlink"/>`
	}
	if r.Code {
		look += `<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas"/>`
	}
	if r.Bold {
		look += `<w:b/>`
	}
	if r.Italic {
		look += `<w:i/>`
	}
	look += langOf(lang)
	if r.Href != "" {
		d.links++
		id := "l" + strconv.Itoa(d.links)
		to := r.Href
		if strings.HasPrefix(to, "/") {
			to = d.site + "/" + d.w.Tag() + to
		}
		fmt.Fprintf(&d.rels, `<Relationship Id="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" Target="%s" TargetMode="External"/>`, id, esc(to))
		fmt.Fprintf(&d.body, `<w:hyperlink r:id="%s">`, id)
		defer d.body.WriteString(`</w:hyperlink>`)
	}
	for i, line := range strings.Split(r.Text, "\n") {
		d.body.WriteString(`<w:r>`)
		if look != "" {
			d.body.WriteString(`<w:rPr>` + look + `</w:rPr>`)
		}
		if i > 0 {
			d.body.WriteString(`<w:br/>`)
		}
		d.body.WriteString(`<w:t xml:space="preserve">` + esc(line) + `</w:t></w:r>`)
	}
}

func (d *docx) block(b Block, photo func(Photo) (io.ReadCloser, error)) error {
	if b.Kind != "item" {
		d.inList = false
	}
	switch b.Kind {
	case "heading":
		d.para("Heading"+strconv.Itoa(max(1, b.Level-1)), "", b.Runs, b.Lang)
	case "item":
		list := 1
		if b.Number > 0 {
			if !d.inList || b.Number == 1 && b.Level == 0 {
				d.lists = append(d.lists, true)
			}
			list = len(d.lists) + 1
		}
		d.inList = b.Number > 0
		d.para("ListParagraph", fmt.Sprintf(`<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, min(b.Level, 8), list), b.Runs, b.Lang)
	case "note":
		d.para("Note", "", b.Runs, b.Lang)
	case "table":
		d.table(b.Head, b.Rows, -1, b.Lang)
	case "bars":
		d.para("Heading3", "", []Run{{Text: b.Bars.Title}}, b.Lang)
		d.para("Note", `<w:keepNext/>`, []Run{{Text: b.Bars.Unit}}, "")
		var rows [][]string
		for i, n := range b.Bars.Names {
			rows = append(rows, []string{n, d.w.Int(b.Bars.Counts[i])})
		}
		d.table([]string{b.Bars.Axis, d.w.T("report.people")}, rows, 1, b.Lang)
		if b.Bars.Note != "" {
			d.para("Note", "", []Run{{Text: b.Bars.Note}}, "")
		}
	case "image":
		return d.image(*b.Photo, photo)
	default:
		d.para("Normal", "", b.Runs, b.Lang)
	}
	return nil
}

// width of the text, in twentieths of a point and in English metric units.
const (
	textTwips = 9412
	textEMU   = textTwips * 635
)

func (d *docx) table(head []string, rows [][]string, number int, lang string) {
	n := len(head)
	if n == 0 {
		return
	}
	widths := make([]int, n)
	for i := range widths {
		widths[i] = textTwips / n
	}
	if n == 2 && number == 1 {
		widths[0], widths[1] = textTwips*4/5, textTwips/5
	} else if n == 2 && head[0] == d.w.T("report.time") {
		widths[0], widths[1] = textTwips/5, textTwips*4/5
	}
	d.body.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="` + strconv.Itoa(textTwips) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		fmt.Fprintf(&d.body, `<w:gridCol w:w="%d"/>`, w)
	}
	d.body.WriteString(`</w:tblGrid>`)
	row := func(cells []string, first bool) {
		d.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if first {
			d.body.WriteString(`<w:tblHeader/>`)
		}
		d.body.WriteString(`</w:trPr>`)
		for i := range n {
			text := ""
			if i < len(cells) {
				text = cells[i]
			}
			align := ""
			if i == number {
				align = `<w:jc w:val="right"/>`
			}
			fmt.Fprintf(&d.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, widths[i])
			d.para("Cell", align, []Run{{Text: text, Bold: first}}, lang)
			d.body.WriteString(`</w:tc>`)
		}
		d.body.WriteString(`</w:tr>`)
	}
	row(head, true)
	for _, r := range rows {
		row(r, false)
	}
	d.body.WriteString(`</w:tbl>`)
	d.para("Gap", "", nil, "")
}

func (d *docx) image(p Photo, open func(Photo) (io.ReadCloser, error)) error {
	if open == nil {
		return nil
	}
	f, err := open(p)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(f, MaxPhoto))
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	d.images = append(d.images, b)
	n := len(d.images)
	w, h := textEMU, 0
	if p.Width > 0 {
		h = w * p.Height / p.Width
	}
	if most := textEMU * 6 / 5; h > most {
		w, h = w*most/h, most
	}
	caption, in := p.Captions.In(d.w.Tag())
	fmt.Fprintf(&d.rels, `<Relationship Id="i%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/image%d.jpg"/>`, n, n)
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:pStyle w:val="Normal"/><w:keepNext/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="image%d" descr="%s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="image%d.jpg"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="i%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
		w, h, n, n, esc(caption), n, n, n, w, h)
	if in == d.w.Tag() {
		in = ""
	}
	d.para("Caption", "", []Run{{Text: caption + " "}, {Text: d.w.T("report.photo.by", "Credit", p.By(d.w)), Italic: true}}, in)
	return nil
}

// styles of a document: fonts that Office and LibreOffice have for the script, or put another in place of.
func styles(tag, lang string) string {
	east := map[string]string{"ko": "Malgun Gothic", "zh": "Microsoft YaHei", "ja": "Yu Gothic"}[tag]
	if east == "" {
		east = "Malgun Gothic"
	}
	var b strings.Builder
	b.WriteString(`<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:eastAsia="` + east + `"/><w:sz w:val="21"/><w:szCs w:val="21"/><w:lang w:val="` + lang + `" w:eastAsia="` + lang + `"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>`)
	b.WriteString(`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>`)
	style := func(id, name, props, look string) {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s</w:rPr></w:style>`, id, name, props, look)
	}
	style("Title", "Title", `<w:spacing w:after="120"/>`, `<w:b/><w:sz w:val="40"/>`)
	style("Subtitle", "Subtitle", `<w:spacing w:after="120"/>`, `<w:sz w:val="26"/>`)
	for i, size := range []string{"30", "25", "22", "21", "21"} {
		n := strconv.Itoa(i + 1)
		style("Heading"+n, "heading "+n, `<w:keepNext/><w:spacing w:before="280" w:after="100"/><w:outlineLvl w:val="`+strconv.Itoa(i)+`"/>`, `<w:b/><w:sz w:val="`+size+`"/>`)
	}
	style("Note", "Note", `<w:spacing w:after="100"/>`, `<w:color w:val="4A5568"/><w:sz w:val="18"/>`)
	style("Caption", "caption", ``, `<w:sz w:val="18"/>`)
	style("Cell", "Cell", `<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>`, `<w:sz w:val="20"/>`)
	style("Gap", "Gap", `<w:spacing w:after="0" w:line="160" w:lineRule="exact"/>`, `<w:sz w:val="8"/>`)
	style("ListParagraph", "List Paragraph", `<w:spacing w:after="60"/>`, ``)
	b.WriteString(`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:rPr><w:color w:val="1F5FA8"/><w:u w:val="single"/></w:rPr></w:style>`)
	b.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style><w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders><w:top w:val="single" w:sz="6" w:color="8A94A3"/><w:bottom w:val="single" w:sz="6" w:color="8A94A3"/><w:insideH w:val="single" w:sz="4" w:color="CBD2DB"/></w:tblBorders></w:tblPr></w:style></w:styles>`)
	return b.String()
}

// numbering of lists: bullets, and one run of numbers for each numbered list.
func numbering(lists []bool) string {
	var b strings.Builder
	b.WriteString(`<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">`)
	for id, kind := range []string{"bullet", "decimal"} {
		fmt.Fprintf(&b, `<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="multilevel"/>`, id)
		for level := range 9 {
			text := "•"
			if kind == "decimal" {
				text = "%" + strconv.Itoa(level+1) + "."
			}
			fmt.Fprintf(&b, `<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/><w:pPr><w:ind w:left="%d" w:hanging="340"/></w:pPr></w:lvl>`, level, kind, text, 340*(level+1))
		}
		b.WriteString(`</w:abstractNum>`)
	}
	b.WriteString(`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>`)
	for i := range lists {
		fmt.Fprintf(&b, `<w:num w:numId="%d"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`, i+2)
	}
	b.WriteString(`</w:numbering>`)
	return b.String()
}
