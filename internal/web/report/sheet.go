package report

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"io"
	"strings"

	"aircommons/chart"
	"aircommons/internal/catalog"
	desk "aircommons/internal/report"
)

// node is a block as a page shows it: items that follow each other are a list.
type node struct {
	desk.Block
	Frame     *chart.Frame
	Items     []node       // of a list, or lists within an item
	Start     int          // of a numbered list, 0 for bullets
	Source    template.URL // of a picture
	Caption   string
	CaptionIn string
	Credit    string
	Drawing   template.HTML // of a page that stands alone
}

// nodes lays blocks out for a page. photo gives the address of a picture.
func nodes(w *catalog.Words, blocks []desk.Block, photo func(desk.Photo) template.URL) (out []node) {
	for i := 0; i < len(blocks); {
		b := blocks[i]
		if b.Kind == "item" {
			n := i
			for n < len(blocks) && blocks[n].Kind == "item" {
				n++
			}
			out = append(out, lists(blocks[i:n])...)
			i = n
			continue
		}
		x := node{Block: b}
		switch b.Kind {
		case "bars":
			x.Frame = frameOf(w, b.Bars)
		case "image":
			x.Source = photo(*b.Photo)
			x.Caption, x.CaptionIn = b.Photo.Captions.In(w.Tag())
			if x.CaptionIn == w.Tag() {
				x.CaptionIn = ""
			}
			x.Credit = w.T("report.photo.by", "Credit", b.Photo.By(w))
		}
		out = append(out, x)
		i++
	}
	return out
}

// lists nests items by their level.
func lists(items []desk.Block) (out []node) {
	for i := 0; i < len(items); {
		level := items[i].Level
		l := node{Block: desk.Block{Kind: "list", Lang: items[i].Lang}, Start: items[i].Number}
		for i < len(items) && items[i].Level >= level && (items[i].Level > level || (items[i].Number > 0) == (l.Start > 0)) {
			if items[i].Level > level && len(l.Items) > 0 {
				n := i
				for n < len(items) && items[n].Level > level {
					n++
				}
				last := &l.Items[len(l.Items)-1]
				last.Items = append(last.Items, lists(items[i:n])...)
				i = n
				continue
			}
			l.Items = append(l.Items, node{Block: items[i]})
			i++
		}
		out = append(out, l)
	}
	return out
}

func frameOf(w *catalog.Words, b *desk.Bars) *chart.Frame {
	c := &chart.Bars{Size: chart.Body, Axis: b.Axis, Value: w.T("report.people"), Ordered: true}
	var told []string
	for i, n := range b.Names {
		c.Bars = append(c.Bars, chart.Bar{Name: n, Value: float64(b.Counts[i])})
		told = append(told, n+" "+w.Int(b.Counts[i]))
	}
	return &chart.Frame{ID: b.ID, Finding: b.Title, Unit: b.Unit, Source: b.Note, Label: b.Title + ": " + strings.Join(told, w.T("form.list")), Caption: b.Title, Language: w, Chart: c}
}

type alone struct {
	Lang  string
	Sheet desk.Sheet
	Nodes []node
	Style template.CSS
}

// Standalone is a report as a page that needs nothing from elsewhere: to be printed, kept and sent.
func Standalone(w *catalog.Words, r desk.Report, c desk.Content, site string, photo func(desk.Photo) (io.ReadCloser, error)) ([]byte, error) {
	s := desk.Lay(w, r, c)
	var failed error
	list := nodes(w, s.Blocks, func(p desk.Photo) template.URL {
		f, err := photo(p)
		if err != nil {
			failed = err
			return ""
		}
		defer f.Close()
		b, err := io.ReadAll(io.LimitReader(f, desk.MaxPhoto))
		if err != nil {
			failed = err
		}
		return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(b))
	})
	if failed != nil {
		return nil, failed
	}
	for i := range list {
		if f := list[i].Frame; f != nil {
			list[i].Drawing = template.HTML(f.SVG())
		}
	}
	site = strings.TrimSuffix(site, "/")
	t, err := template.New("").Funcs(template.FuncMap{"at": func(href string) string {
		if strings.HasPrefix(href, "/") {
			return site + "/" + w.Tag() + href
		}
		return href
	}}).ParseFS(files, "alone.tmpl")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.ExecuteTemplate(&b, "alone.tmpl", alone{w.Tag(), s, list, aloneStyle})
	return b.Bytes(), err
}

// aloneStyle sets paper: A4, black on white, fonts that are there for each script.
const aloneStyle template.CSS = `@page{size:A4;margin:20mm}body{font:11pt/1.5 "Noto Sans","Noto Sans CJK KR","Malgun Gothic","Microsoft YaHei","Yu Gothic",Arial,sans-serif;color:#14181f;max-width:170mm;margin:0 auto;padding:8mm 0}
h1{font-size:22pt;line-height:1.2;margin:0 0 3mm}h2{font-size:15pt;margin:9mm 0 2mm;break-after:avoid}h3,h4,h5,h6{font-size:12pt;margin:6mm 0 2mm;break-after:avoid}.sub{font-size:13pt}.note{color:#4a5568;font-size:9.5pt}
table{border-collapse:collapse;width:100%;margin:3mm 0}th,td{text-align:left;vertical-align:top;padding:1.2mm 2mm;border-bottom:.3mm solid #cbd2db}th{border-bottom-color:#4a5568}tr{break-inside:avoid}
figure{margin:5mm 0;break-inside:avoid}figure img,figure svg{max-width:100%;height:auto}figcaption{font-size:9.5pt}a{color:#1f5fa8}code{font-family:Consolas,monospace}`
