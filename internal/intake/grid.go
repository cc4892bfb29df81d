package intake

import (
	"bytes"
	"strconv"
	"strings"
)

// delimiters that are recognised, the likeliest first, by their names in a Mapping.
var delimiters = []struct {
	name string
	sign byte
}{{",", ','}, {";", ';'}, {"tab", '\t'}, {"|", '|'}, {"blank", 0}}

func delimiterSign(name string) (byte, bool) {
	for _, d := range delimiters {
		if d.name == name {
			return d.sign, true
		}
	}
	if name == "\t" {
		return '\t', true
	}
	return 0, false
}

func delimiterName(sign byte) string {
	for _, d := range delimiters {
		if d.sign == sign {
			return d.name
		}
	}
	return ","
}

// grid is a table opened at its headings.
type grid struct {
	data    []byte
	comma   byte
	header  int       // line of the headings; 0 where there are none
	columns []heading // "#1", "#2", … where there are none
	body    int       // where the first line of data begins
	line    int       // its number
	cell    int       // most bytes of a cell
}

// rows begins to read the data.
func (g *grid) rows() *table {
	t := newTable(g.data[g.body:], g.comma, g.cell)
	t.next = g.line
	return t
}

// sample is the first n lines with data, cells copied as texts.
func (g *grid) sample(n int) [][]string {
	var out [][]string
	t := g.rows()
	for len(out) < n && t.row() {
		if t.empty() {
			continue
		}
		row := make([]string, len(t.cells))
		for i, c := range t.cells {
			row[i] = string(bytes.TrimSpace(c))
		}
		out = append(out, row)
	}
	return out
}

// names are the headings as texts.
func (g *grid) names() []string {
	out := make([]string, len(g.columns))
	for i, c := range g.columns {
		out[i] = c.text
	}
	return out
}

// find gives the column of a name: "#3", the heading as it stands, in other case, or in other spelling.
func (g *grid) find(name string) (int, bool) {
	name = strings.TrimSpace(name)
	if n, ok := strings.CutPrefix(name, "#"); ok {
		if i, err := strconv.Atoi(n); err == nil {
			return i - 1, i >= 1 && i <= len(g.columns)
		}
	}
	for i, c := range g.columns {
		if c.text == name {
			return i, true
		}
	}
	for i, c := range g.columns {
		if strings.EqualFold(c.text, name) {
			return i, true
		}
	}
	if s := squash(name); s != "" {
		for i, c := range g.columns {
			if squash(c.text) == s {
				return i, true
			}
		}
	}
	return 0, false
}

// openGrid opens a table at a known line and delimiter.
func openGrid(data []byte, comma byte, header int, none bool, skip, cell int) (*grid, bool) {
	g := &grid{data: data, comma: comma, cell: cell}
	header = max(header, 1)
	t := newTable(data, comma, cell)
	// Lines before the headings are no rows: a quote in them must not swallow what follows.
	for t.next < header {
		i := bytes.IndexByte(data[t.pos:], '\n')
		if i < 0 {
			return nil, false
		}
		t.pos += i + 1
		t.next++
	}
	start, line := t.pos, t.next
	if !t.row() {
		return nil, false
	}
	for i, c := range t.cells {
		if none {
			g.columns = append(g.columns, heading{text: "#" + strconv.Itoa(i+1)})
			continue
		}
		if i >= 1000 { // nobody names so many: the rest is known by its text alone
			g.columns = append(g.columns, heading{text: clip(string(bytes.TrimSpace(c)), 200)})
			continue
		}
		g.columns = append(g.columns, parseHeading(clip(string(c), 200)))
	}
	if none {
		g.body, g.line = start, line
	} else {
		g.header, g.body, g.line = line, t.pos, t.next
		// Headings end where their last text is: trailing delimiters are no columns.
		for n := len(g.columns); n > 1 && g.columns[n-1].text == ""; n-- {
			g.columns = g.columns[:n-1]
		}
	}
	for range skip {
		g.skipLine()
	}
	return g, true
}

// skipLine leaves the first line of data out.
func (g *grid) skipLine() {
	i := bytes.IndexByte(g.data[g.body:], '\n')
	if i < 0 {
		g.body = len(g.data)
		return
	}
	g.body += i + 1
	g.line++
}

// candidate is a possible reading of the beginning of a table.
type candidate struct {
	comma  byte
	header int // line, 0 for none
	width  int
	score  int
}

// candidates proposes delimiters and lines of headings from the first lines, the likeliest first. It prefers a line
// whose cells are understood as headings and whose number of cells is that of the lines below it.
func candidates(data []byte, cell int) []candidate {
	var out []candidate
	known := map[string]role{} // headings are many and understood slowly
	head := data[:min(len(data), 256<<10)]
	for _, d := range delimiters {
		t := newTable(head, d.sign, cell)
		type look struct {
			line, width, known, dates, numbers, texts int
		}
		var lines []look
		for len(lines) < 40 && t.row() {
			if t.empty() {
				continue
			}
			l := look{line: t.line, width: len(t.cells)}
			for l.width > 1 && len(bytes.TrimSpace(t.cells[l.width-1])) == 0 {
				l.width--
			}
			for _, c := range t.cells[:min(l.width, 400)] {
				text := string(bytes.TrimSpace(c))
				if text == "" {
					continue
				}
				_, num := numberIn([]byte(text), '.')
				_, comma := numberIn([]byte(text), ',')
				_, date := readStamp([]byte(text), orderYMD)
				switch {
				case num || comma || date:
					l.numbers++
				case len(text) <= 200:
					r, met := known[text]
					if !met && len(known) < 3000 {
						r = parseHeading(text).role
						known[text] = r
					}
					switch r {
					case noRole:
						l.texts++
					case roleDate, roleTime, roleYear:
						l.dates++
						l.known++
					default:
						l.known++
					}
				}
			}
			lines = append(lines, l)
		}
		if len(lines) == 0 {
			continue
		}
		widths := map[int]int{}
		for _, l := range lines {
			widths[l.width]++
		}
		mode, most := 0, 0
		for w, n := range widths {
			if n > most || (n == most && w > mode) {
				mode, most = w, n
			}
		}
		if mode < 2 {
			continue
		}
		for i, l := range lines[:min(len(lines), 31)] {
			if l.width < 2 || l.numbers > l.width/2 {
				continue
			}
			// How many of the lines below have no more cells than the headings.
			fits, below := 0, 0
			for _, m := range lines[i+1:] {
				below++
				if m.width <= l.width && m.width*2 >= l.width && m.numbers > 0 {
					fits++
				}
			}
			if below > 0 && fits*2 < below {
				continue
			}
			score := 20*min(l.known, 10) + 30*min(l.dates, 1) + min(l.width, 20) - i
			if below > 0 {
				score += 40 * fits / below
			}
			if d.sign == 0 {
				score -= 60
			}
			out = append(out, candidate{d.sign, l.line, l.width, score})
		}
		// No headings: the lines look alike from the first on.
		if lines[0].numbers*2 >= lines[0].width && most*10 >= len(lines)*8 {
			score := 10 + min(mode, 20)
			if d.sign == 0 {
				score -= 15
			}
			out = append(out, candidate{d.sign, 0, mode, score})
		}
	}
	// Insertion keeps the order of delimiters among equals.
	for i := 1; i < len(out); i++ {
		for j := i; j > 0 && out[j].score > out[j-1].score; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}
