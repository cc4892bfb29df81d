package report

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
)

// Run is a piece of text in one look.
type Run struct {
	Text         string
	Bold, Italic bool
	Code         bool
	Href         string // http, https, mailto or an address of the site; empty for no link
}

// Block is a part of a laid-out report, for a page or a document.
type Block struct {
	Kind    string // heading, para, item, table, image, bars, note
	Level   int    // of a heading, 1 to 6; of an item, its depth from 0
	Number  int    // of an item of a numbered list, 0 for others
	Lang    string // where it is not the reader's
	Runs    []Run
	Head    []string
	Rows    [][]string
	Numbers bool // the last column of a table holds numbers
	Photo   *Photo
	Bars    *Bars
	ID      string // of a heading of a section
}

// Bars are counts that a page draws and a document lists.
type Bars struct {
	ID, Title, Unit, Note string
	Axis                  string
	Names                 []string
	Counts                []int
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough))

// Markdown lays out a text of CommonMark with tables. HTML in it is not taken, pictures are told by their text, and headings
// begin at level.
func Markdown(source, lang string, level int) (out []Block) {
	src := []byte(source)
	doc := markdown.Parser().Parse(text.NewReader(src))
	b := &blocks{src: src, lang: lang, level: level}
	b.children(doc, 0)
	return b.out
}

type blocks struct {
	src   []byte
	lang  string
	level int
	out   []Block
}

func (b *blocks) add(x Block) {
	x.Lang = b.lang
	b.out = append(b.out, x)
}

func (b *blocks) children(n ast.Node, depth int) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			b.add(Block{Kind: "heading", Level: min(b.level+c.Level-1, 6), Runs: b.runs(c, Run{})})
		case *ast.Paragraph, *ast.TextBlock:
			b.add(Block{Kind: "para", Runs: b.runs(c, Run{})})
		case *ast.List:
			number := 0
			if c.IsOrdered() {
				number = max(c.Start, 1)
			}
			b.list(c, depth, number)
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			var s strings.Builder
			for i := range c.Lines().Len() {
				line := c.Lines().At(i)
				s.Write(line.Value(b.src))
			}
			b.add(Block{Kind: "para", Runs: []Run{{Text: strings.TrimRight(s.String(), "\n"), Code: true}}})
		case *tables.Table:
			b.table(c)
		case *ast.HTMLBlock, *ast.ThematicBreak:
		default:
			b.children(c, depth)
		}
	}
}

func (b *blocks) list(l *ast.List, depth, number int) {
	for c := l.FirstChild(); c != nil; c = c.NextSibling() {
		first := true
		for p := c.FirstChild(); p != nil; p = p.NextSibling() {
			if inner, ok := p.(*ast.List); ok && depth < 8 {
				n := 0
				if inner.IsOrdered() {
					n = max(inner.Start, 1)
				}
				b.list(inner, depth+1, n)
				continue
			}
			kind := Block{Kind: "item", Level: depth, Runs: b.runs(p, Run{})}
			if first {
				kind.Number = number
			} else {
				kind.Kind = "para"
			}
			first = false
			if len(kind.Runs) > 0 {
				b.add(kind)
			}
		}
		if number > 0 {
			number++
		}
	}
}

func (b *blocks) table(t *tables.Table) {
	x := Block{Kind: "table"}
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		var row []string
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			var s strings.Builder
			for _, run := range b.runs(c, Run{}) {
				s.WriteString(run.Text)
			}
			row = append(row, s.String())
		}
		if _, ok := r.(*tables.TableHeader); ok {
			x.Head = row
		} else {
			x.Rows = append(x.Rows, row)
		}
	}
	b.add(x)
}

// runs are the pieces within a node, in the look of like.
func (b *blocks) runs(n ast.Node, like Run) (out []Run) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		x := like
		switch c := c.(type) {
		case *ast.Text:
			x.Text = string(c.Value(b.src))
			if c.SoftLineBreak() {
				x.Text += " "
			} else if c.HardLineBreak() {
				x.Text += "\n"
			}
			out = append(out, x)
		case *ast.String:
			x.Text = string(c.Value)
			out = append(out, x)
		case *ast.CodeSpan:
			x.Code = true
			out = append(out, b.runs(c, x)...)
		case *ast.Emphasis:
			if c.Level > 1 {
				x.Bold = true
			} else {
				x.Italic = true
			}
			out = append(out, b.runs(c, x)...)
		case *ast.Link:
			x.Href = safe(string(c.Destination))
			out = append(out, b.runs(c, x)...)
		case *ast.AutoLink:
			x.Text, x.Href = string(c.Label(b.src)), safe(string(c.URL(b.src)))
			out = append(out, x)
		case *ast.RawHTML:
		default: // what is struck out, and pictures by their text
			out = append(out, b.runs(c, x)...)
		}
	}
	return out
}

// safe is an address that a report may lead to, else empty.
func safe(href string) string {
	lower := strings.ToLower(strings.TrimSpace(href))
	if strings.HasPrefix(lower, "https://") || strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "mailto:") || strings.HasPrefix(lower, "/") && !strings.HasPrefix(lower, "//") {
		return strings.TrimSpace(href)
	}
	return ""
}
