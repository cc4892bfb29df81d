package catalog

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"aircommons/internal/fault"
)

// Signs that a number is written with.
const (
	minus  = "−"      // U+2212, as wide as a figure
	hard   = "\u00a0" // space that does not break
	enDash = "–"
)

// style is what differs between languages beyond texts: it is grammar, so it stands in code and is tested there.
type style struct {
	percent                string // between number and sign
	months, monthsShort    []string
	weekdays, weekdaysAbbr []string // from Sunday
}

var cjkMonths = func(unit string) []string {
	names := make([]string, 12)
	for i := range names {
		names[i] = strconv.Itoa(i+1) + unit
	}
	return names
}

var styles = map[string]style{
	"en": {hard,
		strings.Fields("January February March April May June July August September October November December"),
		strings.Fields("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
		strings.Fields("Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
		strings.Fields("Sun Mon Tue Wed Thu Fri Sat")},
	"ko": {"", cjkMonths("월"), cjkMonths("월"),
		strings.Fields("일요일 월요일 화요일 수요일 목요일 금요일 토요일"), strings.Fields("일 월 화 수 목 금 토")},
	"zh": {"", cjkMonths("月"), cjkMonths("月"),
		strings.Fields("星期日 星期一 星期二 星期三 星期四 星期五 星期六"), strings.Fields("周日 周一 周二 周三 周四 周五 周六")},
	"ja": {"", cjkMonths("月"), cjkMonths("月"),
		strings.Fields("日曜日 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日"), strings.Fields("日 月 火 水 木 金 土")},
	"mn": {"",
		mongolianMonths("сар"), mongolianMonths("сар"),
		strings.Fields("Ням Даваа Мягмар Лхагва Пүрэв Баасан Бямба"), strings.Fields("Ня Да Мя Лх Пү Ба Бя")},
}

// mongolianMonths are "1-р сар" to "12-р сар".
func mongolianMonths(word string) []string {
	names := make([]string, 12)
	for i := range names {
		names[i] = strconv.Itoa(i+1) + "-р " + word
	}
	return names
}

// Day writes a calendar day: 19 May 2027; 2027년 5월 19일; 2027年5月19日; 2027 оны 5-р сарын 19.
func (w *Words) Day(year, month, day int) string {
	y, d := strconv.Itoa(year), strconv.Itoa(day)
	if month < 1 || month > 12 {
		return y
	}
	switch w.tag {
	case "ko":
		return y + "년" + hard + strconv.Itoa(month) + "월" + hard + d + "일"
	case "zh", "ja":
		return y + "年" + strconv.Itoa(month) + "月" + d + "日"
	case "mn":
		return y + " оны " + strconv.Itoa(month) + "-р сарын" + hard + d
	}
	return d + hard + w.style.months[month-1] + hard + y
}

// Date writes the day of t.
func (w *Words) Date(t time.Time) string { return w.Day(t.Year(), int(t.Month()), t.Day()) }

// DayMonth writes a day without its year.
func (w *Words) DayMonth(month, day int) string {
	if month < 1 || month > 12 {
		return strconv.Itoa(day)
	}
	m, d := strconv.Itoa(month), strconv.Itoa(day)
	switch w.tag {
	case "ko":
		return m + "월" + hard + d + "일"
	case "zh", "ja":
		return m + "月" + d + "日"
	case "mn":
		return m + "-р сарын" + hard + d
	}
	return d + hard + w.style.months[month-1]
}

// Month writes a month of a year.
func (w *Words) Month(year, month int) string {
	if month < 1 || month > 12 {
		return strconv.Itoa(year)
	}
	y, m := strconv.Itoa(year), strconv.Itoa(month)
	switch w.tag {
	case "ko":
		return y + "년" + hard + m + "월"
	case "zh", "ja":
		return y + "年" + m + "月"
	case "mn":
		return y + " оны " + m + "-р" + hard + "сар"
	}
	return w.style.months[month-1] + hard + y
}

// Year writes a year as it stands alone in a sentence: 2016; 2016년; 2016年; 2016 он.
func (w *Words) Year(year int) string {
	y := strconv.Itoa(year)
	switch w.tag {
	case "ko":
		return y + "년"
	case "zh", "ja":
		return y + "年"
	case "mn":
		return y + hard + "он"
	}
	return y
}

// DateRange writes the days from one to another, shortly where month or year agree.
func (w *Words) DateRange(from, to time.Time) string {
	if to.IsZero() || sameDay(from, to) {
		return w.Date(from)
	}
	sameYear := from.Year() == to.Year()
	sameMonth := sameYear && from.Month() == to.Month()
	d := strconv.Itoa(to.Day())
	switch w.tag {
	case "ko":
		if sameMonth {
			return w.Date(from) + "~" + d + "일"
		} else if sameYear {
			return w.Date(from) + "~" + w.DayMonth(int(to.Month()), to.Day())
		}
		return w.Date(from) + " ~ " + w.Date(to)
	case "zh", "ja":
		dash := "至"
		if w.tag == "ja" {
			dash = "～"
		}
		if sameMonth {
			return w.Date(from) + dash + d + "日"
		} else if sameYear {
			return w.Date(from) + dash + w.DayMonth(int(to.Month()), to.Day())
		}
		return w.Date(from) + dash + w.Date(to)
	case "mn":
		if sameMonth {
			return w.Date(from) + enDash + d
		} else if sameYear {
			return w.Date(from) + " " + enDash + " " + w.DayMonth(int(to.Month()), to.Day())
		}
		return w.Date(from) + " " + enDash + " " + w.Date(to)
	}
	switch {
	case sameMonth:
		return strconv.Itoa(from.Day()) + " to " + w.Date(to)
	case sameYear:
		return w.DayMonth(int(from.Month()), from.Day()) + " to " + w.Date(to)
	}
	return w.Date(from) + " to " + w.Date(to)
}

func sameDay(a, b time.Time) bool { return a.Year() == b.Year() && a.YearDay() == b.YearDay() }

// Clock writes the time of the day in 24 hours. Say the place beside it.
func (w *Words) Clock(t time.Time) string { return t.Format("15:04") }

// DateTime writes day and time of t in its own zone. Say the place beside it.
func (w *Words) DateTime(t time.Time) string {
	if w.tag == "en" {
		return w.Date(t) + ", " + w.Clock(t)
	}
	return w.Date(t) + " " + w.Clock(t)
}

// MonthName is the name of a month, 1 to 12.
func (w *Words) MonthName(month int) string { return pick(w.style.months, month-1) }

// MonthShort is the short name of a month, 1 to 12, for axes and narrow columns.
func (w *Words) MonthShort(month int) string { return pick(w.style.monthsShort, month-1) }

// Weekday is the name of a day of the week.
func (w *Words) Weekday(d time.Weekday) string { return pick(w.style.weekdays, int(d)) }

// WeekdayShort is its short name.
func (w *Words) WeekdayShort(d time.Weekday) string { return pick(w.style.weekdaysAbbr, int(d)) }

func pick(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return ""
	}
	return names[i]
}

// Number writes v with a fixed count of decimals, grouped by thousands, rounded half away from zero on the value's
// shortest decimal form, as a reader would round the printed figure. A value that is not a number is a dash.
func (w *Words) Number(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return enDash
	}
	return group(round(v, decimals))
}

// Decimal writes v with as many decimals as it has.
func (w *Words) Decimal(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return enDash
	}
	return group(strconv.FormatFloat(v, 'f', -1, 64))
}

// Int writes an amount, grouped by thousands.
func (w *Words) Int(n int) string { return group(strconv.Itoa(n)) }

// Percent writes a share that is given in per cent already.
func (w *Words) Percent(v float64, decimals int) string {
	n := w.Number(v, decimals)
	if n == enDash {
		return n
	}
	return n + w.style.percent + "%"
}

// Bytes writes the size of a file.
func (w *Words) Bytes(n int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB"}
	v, i := float64(n), 0
	for v >= 1000 && i < len(units)-1 {
		v, i = v/1000, i+1
	}
	decimals := 0
	if i > 0 && v < 10 {
		decimals = 1
	}
	return w.Number(v, decimals) + hard + units[i]
}

// round writes v with n decimals.
func round(v float64, n int) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	point := strings.IndexByte(s, '.')
	have := 0
	if point >= 0 {
		have = len(s) - point - 1
	}
	if have <= n {
		if n > 0 && point < 0 {
			s += "."
		}
		return s + strings.Repeat("0", n-have)
	}
	up := s[point+1+n] >= '5'
	digits := []byte(s[:point+1+n])
	if n == 0 {
		digits = digits[:point]
	}
	for i := len(digits) - 1; up && i >= 0; i-- {
		switch {
		case digits[i] == '9':
			digits[i] = '0'
		case digits[i] >= '0' && digits[i] < '9':
			digits[i]++
			up = false
		}
	}
	out := string(digits)
	if up {
		if strings.HasPrefix(out, "-") {
			out = "-1" + out[1:]
		} else {
			out = "1" + out
		}
	}
	if strings.Trim(out, "-0.") == "" {
		out = strings.TrimPrefix(out, "-") // no minus zero
	}
	return out
}

// group sets commas between thousands and a true minus before the figure.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = minus, s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	if frac != "" {
		frac = "." + frac
	}
	if len(whole) <= 3 {
		return sign + whole + frac
	}
	var b strings.Builder
	b.WriteString(sign)
	for i, c := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(c)
	}
	b.WriteString(frac)
	return b.String()
}

func asFault(err error) (*fault.Error, bool) {
	var e *fault.Error
	ok := errors.As(err, &e)
	return e, ok
}
