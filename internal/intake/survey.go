package intake

import (
	"bytes"
	"slices"

	"aircommons/internal/fault"
)

// survey reads a table once before it is read for good, to tell what only the whole column shows: whether the day or
// the month comes first, and whether fractions are behind a point or a comma. It is left out where the first lines
// settle both.
func (p *plan) survey(r *reader) {
	needOrder := p.order == "" && len(p.stamp) > 0
	if needOrder && p.plainOrder() {
		needOrder = false
	}
	needDecimal := p.m.Decimal == "" && (p.g.comma != ',' || bytes.IndexByte(p.g.data[p.g.body:], '"') >= 0)
	if !needDecimal && p.m.Decimal == "" {
		p.how["decimal"] = known{fault.Say("intake.how.delimiter"), true}
	}
	if !needOrder && !needDecimal {
		return
	}
	columns := p.valueColumns()
	points, commas := make([]int, len(columns)), make([]int, len(columns))
	var first, second, years, lines int
	var early [][]byte // the first different stamps, for their distances
	buf := make([]byte, 0, 64)
	t := p.g.rows()
	for t.row() {
		lines++
		if lines > r.opt.Limits.rows() {
			break
		}
		if needOrder {
			if text, ok := p.dates(t.cells, buf); ok {
				a, b, n := leading(text)
				switch {
				case n < 2:
				case n == 4:
					years++
				case a > 12 && b <= 12:
					first++
				case b > 12 && a <= 12:
					second++
				}
				if n == 2 && len(early) < 400 && (len(early) == 0 || !bytes.Equal(early[len(early)-1], text)) {
					early = append(early, bytes.Clone(text))
				}
			}
		}
		if needDecimal {
			for k, i := range columns {
				if i >= len(t.cells) {
					continue
				}
				c := trimCell(t.cells[i])
				if bytes.IndexByte(c, '.') >= 0 {
					if _, ok := numberIn(c, '.'); ok {
						points[k]++
					}
				} else if bytes.IndexByte(c, ',') >= 0 {
					if _, ok := numberIn(c, ','); ok {
						commas[k]++
					}
				}
			}
		}
	}
	if needDecimal {
		p.settleDecimals(r, columns, points, commas)
	}
	if needOrder {
		p.settleOrder(r, first, second, years, early)
	}
}

// valueColumns are the columns whose cells are values.
func (p *plan) valueColumns() []int {
	var out []int
	for _, v := range p.values {
		out = append(out, v.index)
	}
	if p.long != nil {
		if len(p.long.hours) > 0 {
			out = append(out, p.long.hours...)
		} else {
			out = append(out, p.long.value)
		}
	}
	return out
}

// plainOrder settles the order where the first stamps begin with a year or are one number.
func (p *plan) plainOrder() bool {
	rows := p.g.sample(50)
	seen, year, unix, ms, excel := 0, 0, 0, 0, 0
	for _, row := range rows {
		cells := make([][]byte, len(row))
		for i, c := range row {
			cells[i] = []byte(c)
		}
		text, ok := p.dates(cells, nil)
		text = bytes.TrimSpace(text)
		if !ok || len(text) == 0 {
			continue
		}
		seen++
		if s, ok := readStamp(text, orderYMD); ok && s.century {
			year++
			continue
		}
		v, ok := number(text)
		switch {
		case !ok:
		case v > 1e8 && v < 7.3e9:
			unix++
		case v > 1e11 && v < 7.3e12:
			ms++
		case v > 20000 && v < 80000:
			excel++
		}
	}
	told := func(order, key string, sure bool) bool {
		p.order = order
		p.how["stamps"] = known{fault.Say(key), sure}
		return true
	}
	switch {
	case seen == 0:
		return false
	case year*10 >= seen*8:
		return told(orderYMD, "intake.how.year", true)
	case unix*10 >= seen*9:
		return told(orderUnix, "intake.how.seconds", false)
	case ms*10 >= seen*9:
		return told(orderUnixMS, "intake.how.seconds", false)
	case excel*10 >= seen*9:
		return told(orderExcel, "intake.how.serial", false)
	}
	return false
}

// leading gives the first two numbers of a stamp. n is 4 where the first has four digits, else how many there are.
func leading(b []byte) (a, c, n int) {
	i := 0
	read := func() (v, length int) {
		for i < len(b) && (b[i] < '0' || b[i] > '9') {
			i++
		}
		for i < len(b) && b[i] >= '0' && b[i] <= '9' && length < 5 {
			v = v*10 + int(b[i]-'0')
			length++
			i++
		}
		return v, length
	}
	a, length := read()
	if length == 0 {
		return 0, 0, 0
	}
	if length >= 4 {
		return a, 0, 4
	}
	if c, length = read(); length == 0 {
		return a, 0, 1
	}
	return a, c, 2
}

// settleOrder decides between day first and month first. Where no number is above 12, the order in which the lines
// follow each other most evenly is taken, and asked about.
func (p *plan) settleOrder(r *reader, first, second, years int, early [][]byte) {
	told := func(order, key string, sure bool) {
		p.order = order
		p.how["stamps"] = known{fault.Say(key), sure}
	}
	switch {
	case first > 0 && second == 0:
		told(orderDMY, "intake.how.above12.first", true)
		return
	case second > 0 && first == 0:
		told(orderMDY, "intake.how.above12.second", true)
		return
	case first > 0 && second > 0:
		// Both: the file mixes. What does not fit the more frequent one is rejected line by line.
		if first >= second {
			told(orderDMY, "intake.how.more", false)
		} else {
			told(orderMDY, "intake.how.more", false)
		}
		r.Warnings = append(r.Warnings, fault.Say("intake.dates.mixed"))
		return
	}
	best, share, other := "", 0.0, 0.0
	for _, order := range []string{orderYMD, orderDMY, orderMDY} {
		s := evenness(early, order)
		switch {
		case s > share:
			best, share, other = order, s, share
		case s > other:
			other = s
		}
	}
	switch {
	case best == "":
		p.order = orderYMD
	case share > 0.9 && other < 0.7 && len(early) >= 24:
		told(best, "intake.how.even", true)
	default:
		told(best, "intake.how.even", false)
		if best != orderYMD {
			r.ask(Ask{Property: "dates", Question: fault.Say("intake.ask.dates", "Text", clip(string(early[0]), 60)), Assumed: best, Must: true, Choices: []Choice{
				{orderDMY, fault.Say("intake.order.dmy")}, {orderMDY, fault.Say("intake.order.mdy")}}})
		}
	}
}

// evenness is the share of neighbouring stamps whose distance is the most frequent one, 0 where they cannot be read.
// Steps backwards count against an order.
func evenness(stamps [][]byte, order string) float64 {
	var steps []int64
	last := int64(0)
	for i, b := range stamps {
		s, ok := readStamp(b, order)
		if !ok {
			return 0
		}
		if i > 0 {
			steps = append(steps, s.wall-last)
		}
		last = s.wall
	}
	if len(steps) == 0 {
		return 0.1
	}
	slices.Sort(steps)
	best, run := 0, 0
	for i, s := range steps {
		if i > 0 && s == steps[i-1] {
			run++
		} else {
			run = 1
		}
		if s > 0 {
			best = max(best, run)
		}
	}
	return max(float64(best)/float64(len(steps)), 0.1)
}

// settleDecimals decides column by column. A column that has both writings is not guessed: its fractions are rejected
// unless nine in ten agree.
func (p *plan) settleDecimals(r *reader, columns, points, commas []int) {
	decimals := map[int]byte{}
	byPoint, byComma := false, false
	for k, i := range columns {
		a, b := points[k], commas[k]
		d := byte('.')
		switch {
		case b == 0:
			byPoint = byPoint || a > 0
		case a == 0 || b >= 9*a:
			d, byComma = ',', true
		case a >= 9*b:
			byPoint = true
		default:
			d = 0
			name := p.g.columns[i].text
			r.Warnings = append(r.Warnings, fault.Say("intake.decimal.mixed", "Column", name, "Points", a, "Commas", b))
			r.ask(Ask{Property: "decimal", Column: name, Question: fault.Say("intake.ask.decimal", "Column", name), Must: true, Choices: []Choice{
				{".", fault.Say("intake.decimal.point")}, {",", fault.Say("intake.decimal.comma")}}})
		}
		decimals[i] = d
	}
	for i := range p.values {
		p.values[i].decimal = decimals[p.values[i].index]
	}
	if p.long != nil {
		p.long.decimal = decimals[columns[len(columns)-1]]
		for _, i := range columns {
			if decimals[i] != '.' {
				p.long.decimal = decimals[i]
			}
		}
	}
	if byComma && !byPoint {
		p.m.Decimal = ","
	}
	if byPoint && !byComma {
		p.m.Decimal = "."
	}
	p.how["decimal"] = known{fault.Say("intake.how.cells"), true}
}
