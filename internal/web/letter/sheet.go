package letter

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strings"

	"rsc.io/qr"

	"aircommons/internal/catalog"
	desk "aircommons/internal/letter"
)

//go:embed sheet/sheet.html
var sheetText string

//go:embed sheet/sheet.css
var sheetStyle string

// sheet is a whole document without the frame of the site: paper has no menu.
var sheet = template.Must(template.New("sheet").Parse(sheetText))

type sheetPage struct {
	Lang      string
	Title     string
	Style     template.CSS // empty: the sheet is loaded from the site
	StylePath string
	Kind      string
	Issuers   []issuer
	Columns   []column
	Facts     []fact
	Number    []fact
	Signer    []fact
	Code      string
	QR        template.HTML
	Verify    []string // sentences, one per language
	Cancelled []string
	Certified bool
	Two       bool
	Signature string
	Date      string
}

type issuer struct{ Name, Lang, Role string }

type column struct {
	desk.Column
	Whom string
}

type fact struct {
	Label, Value, Lang string
}

// QR draws a QR code (level M) of a text as SVG, with the quiet zone of four modules that ISO/IEC 18004 asks for. label
// says what it leads to.
func QR(text, label string) (template.HTML, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	size := code.Size + 8
	fmt.Fprintf(&b, `<svg class="qr" viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges"><rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="`,
		size, size, template.HTMLEscapeString(label), size, size)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			if !code.Black(x, y) {
				continue
			}
			n := 1
			for x+n < code.Size && code.Black(x+n, y) {
				n++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+4, y+4, n, n)
			x += n
		}
	}
	b.WriteString(`"/></svg>`)
	return template.HTML(b.String()), nil
}

// both says a text in the languages of a letter: "Number / 번호".
func both(words []*catalog.Words, key string) string {
	var out []string
	for _, w := range words {
		if s := w.T(key); len(out) == 0 || out[0] != s {
			out = append(out, s)
		}
	}
	return strings.Join(out, " / ")
}

// sheetOf makes the sheet of a letter. whole: with its style inside, for a file.
func (h handlers) sheetOf(l desk.Letter, whole bool) ([]byte, error) {
	var words []*catalog.Words
	for _, lang := range l.Langs {
		words = append(words, h.Catalog.Lang(lang))
	}
	first := words[0]
	address := h.Absolute("/verify/" + l.Code)
	p := sheetPage{Lang: l.Langs[0], Kind: string(l.Kind), Code: desk.ShownCode(l.Code), Certified: l.Kind == desk.Certificate, Two: len(words) == 2,
		StylePath: "/letters/sheet.css", Title: l.Titles[l.Langs[0]] + " " + l.Number, Signature: both(words, "letter.signature")}
	if whole {
		p.Style = template.CSS(sheetStyle)
	}
	for _, w := range words {
		c := l.In(w)
		p.Columns = append(p.Columns, column{c, l.NameIn(w.Tag())})
		p.Verify = append(p.Verify, w.T("letter.verify.at", "Link", h.Absolute("/verify")))
		if l.State == desk.Cancelled {
			p.Cancelled = append(p.Cancelled, w.T("letter.cancelled.on", "Date", w.Date(l.Cancelled)))
		}
	}
	for _, o := range l.Issuers {
		name, in := o.Names.In(first.Tag())
		role := o.Role
		if key := "activity.role." + o.Role; first.Has(key) {
			role = both(words, key)
		}
		p.Issuers = append(p.Issuers, issuer{name, in, role})
		if len(words) == 2 {
			if other, _ := o.Names.In(words[1].Tag()); other != name {
				p.Issuers[len(p.Issuers)-1].Name += " · " + other
			}
		}
	}
	add := func(key, value, lang string) {
		if value != "" {
			p.Facts = append(p.Facts, fact{both(words, key), value, lang})
		}
	}
	add("letter.name", l.Name, latin(l.Name))
	add("letter.original", l.Original, l.OriginalLang)
	for _, name := range desk.Privates {
		v := l.Private[name]
		if v == "" && l.Kind == desk.Visa && !l.Erased.IsZero() {
			v = both(words, "letter.erased")
		}
		add("letter.private."+name, v, latin(v))
	}
	for _, x := range [][2]string{{"Organisation", "letter.organisation"}, {"City", "letter.city"}, {"Hours", "letter.hours"}} {
		v, in := l.Values[x[0]].In(first.Tag())
		add(x[1], v, in)
	}
	p.Number = []fact{{both(words, "letter.number"), l.Number, ""}, {both(words, "letter.date"), date(words, l), ""}}
	for _, w := range words {
		name, in := l.Signer.Names.In(w.Tag())
		title, _ := l.Signer.Titles.In(w.Tag())
		if name != "" && (len(p.Signer) == 0 || p.Signer[0].Value != name || p.Signer[0].Label != title) {
			p.Signer = append(p.Signer, fact{title, name, in})
		}
	}
	var err error
	if p.QR, err = QR(address, address); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := sheet.Execute(&b, p); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// latin is English for what is written in Latin letters, so that it is set in a Latin face within a Chinese letter.
func latin(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r > 0x24f }) {
		return ""
	}
	return "en"
}

func date(words []*catalog.Words, l desk.Letter) string {
	out := words[0].Date(l.Issued)
	if len(words) == 2 {
		if s := words[1].Date(l.Issued); s != out {
			out += " / " + s
		}
	}
	return out
}
