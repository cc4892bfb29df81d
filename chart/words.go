package chart

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func year(y int) string { return strconv.Itoa(y) }

// two writes an hour with two digits.
func two(n int) string {
	if n >= 0 && n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// dayLabel is a day of a month with the month's short name: "14 Dec".
func dayLabel(l Language, month, day int) string {
	s := l.DayMonth(month, day)
	if long, short := l.MonthName(month), l.MonthShort(month); long != short && long != "" {
		return strings.Replace(s, long, short, 1)
	}
	return s
}

// initial is a month for narrow places: the first letter of its name, or its number where the language counts months.
func initial(l Language, month int) string {
	if r, n := utf8.DecodeRuneInString(l.MonthShort(month)); n > 0 && (r < '0' || r > '9') {
		return string(r)
	}
	return strconv.Itoa(month)
}
