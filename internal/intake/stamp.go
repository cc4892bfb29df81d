package intake

import (
	"bytes"
	"math"
	"unicode"
	"unicode/utf8"

	"aircommons/internal/fault"
)

// stamp is a date with its time as written, before any zone is applied.
type stamp struct {
	wall    int64 // seconds since 1970-01-01 00:00 of the same clock
	timed   bool  // a time of day is written
	zoned   bool  // an offset is written, or the number counts from UTC
	offset  int   // that offset, seconds east of UTC
	last24  bool  // the time is 24:00
	century bool  // the year has four digits
}

// daysIn is the number of days of a month.
func daysIn(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// dayNumber is the days since 1970-01-01 of a date of the Gregorian calendar, false where there is no such date.
func dayNumber(y, m, d int) (int64, bool) {
	if y < 1900 || y > 2200 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, false
	}
	// Years from March, so that the leap day is the last.
	if m <= 2 {
		y--
		m += 12
	}
	return int64(365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + d - 719469), true
}

// token is a run of digits or letters of a stamp.
type token struct {
	n      int  // value of digits
	length int  // how many
	before byte // the sign before it
}

// readStamp reads a stamp in one of the orders. Separators do not matter; times may be 13:00, 1:00 PM, 오후 1:00, 1300
// behind a date, 24:00; months may be English names; "Z" and +09:00 behind a time are offsets.
func readStamp(b []byte, order string) (stamp, bool) {
	b = bytes.TrimSpace(b)
	switch order {
	case orderUnix, orderUnixMS, orderExcel:
		return readCount(b, order)
	}
	var tokens [8]token
	n := 0
	month, monthAt := 0, -1 // an English name, and how many numbers came before it
	var s stamp
	noon := 0 // 1 morning, 2 afternoon
	before := byte(0)
	for i := 0; i < len(b); {
		c := b[i]
		switch {
		case c >= '0' && c <= '9':
			j, v := i, 0
			for j < len(b) && b[j] >= '0' && b[j] <= '9' {
				if j-i >= 17 {
					return s, false
				}
				v = v*10 + int(b[j]-'0')
				j++
			}
			if n == len(tokens) {
				return s, false
			}
			tokens[n] = token{v, j - i, before}
			n++
			before = 0
			i = j
			// An offset stands behind the time: the last number was written with a colon or a T, or a plus follows.
			k := i
			if k < len(b) && b[k] == ' ' {
				k++
			}
			timed := tokens[n-1].before == ':' || tokens[n-1].before == 'T' || (tokens[n-1].before == '.' && n >= 6)
			dated := n >= 4 || (n >= 2 && tokens[0].length >= 8)
			if k < len(b) && dated && timed && (b[k] == '+' || b[k] == '-') {
				if offset, ok := parseOffset(string(b[k:])); ok {
					s.zoned, s.offset = true, offset
					i = len(b)
				}
			}
		case c < utf8.RuneSelf && (c|0x20 < 'a' || c|0x20 > 'z'):
			if c == '\'' || c == '"' || c == '?' || c == '%' || c == '=' {
				return s, false
			}
			before = c
			i++
		default:
			j := i
			for j < len(b) {
				r, size := utf8.DecodeRune(b[j:])
				if !unicode.IsLetter(r) {
					break
				}
				j += size
			}
			if j == i {
				_, size := utf8.DecodeRune(b[i:])
				i += size
				continue
			}
			switch kind, v := word(b[i:j]); kind {
			case 'm':
				if month != 0 {
					return s, false
				}
				month, monthAt = v, n
			case 'n':
				noon = v
			case 'z':
				if n < 2 {
					return s, false
				}
				s.zoned, s.offset = true, 0
				if offset, ok := parseOffset(string(bytes.TrimSpace(b[i:]))); ok {
					s.offset = offset
					j = len(b)
				}
			case 't':
				before = 'T'
			case ' ':
			default:
				return s, false
			}
			i = j
		}
	}
	var y, m, d, at int
	switch {
	case n > 0 && month != 0:
		// 31 Jan 2016, Jan 31, 2016, 2016 Jan 31
		if n < 2 {
			return s, false
		}
		m, at = month, 2
		a, c := tokens[0], tokens[1]
		if a.length == 4 && monthAt > 0 {
			y, d = a.n, c.n
			s.century = true
		} else {
			d, y = a.n, fullYear(c)
			s.century = c.length == 4
		}
	case n > 0 && tokens[0].length >= 8:
		// 20160131, 2016013113, 201601311300, 20160131130000
		v := tokens[0].n
		s.century = true
		switch tokens[0].length {
		case 8:
			y, m, d, at = v/10000, v/100%100, v%100, 1
			if order == orderDMY || order == orderMDY {
				if v/10000 < 1900 || v/10000 > 2200 || v/100%100 > 12 {
					y, m, d = v%10000, v/10000%100, v/1000000
					if order == orderMDY {
						m, d = d, m
					}
				}
			}
			if n == 2 && tokens[1].length == 4 && tokens[1].before != 0 {
				tokens[1], tokens[2] = token{tokens[1].n / 100, 2, ' '}, token{tokens[1].n % 100, 2, ':'}
				n = 3
			} else if n == 2 && tokens[1].length == 6 {
				v := tokens[1].n
				tokens[1], tokens[2], tokens[3] = token{v / 10000, 2, ' '}, token{v / 100 % 100, 2, ':'}, token{v % 100, 2, ':'}
				n = 4
			}
		case 10, 12, 14:
			if n != 1 {
				return s, false
			}
			length := tokens[0].length
			hms := [3]int{}
			for k := (length - 8) / 2; k > 0; k-- {
				hms[k-1] = v % 100
				v /= 100
			}
			y, m, d, at = v/10000, v/100%100, v%100, 1
			n = 1 + (length-8)/2
			for k := range (length - 8) / 2 {
				tokens[1+k] = token{hms[k], 2, ':'}
			}
		default:
			return s, false
		}
	case n >= 3:
		a, c, e := tokens[0], tokens[1], tokens[2]
		at = 3
		switch order {
		case orderDMY:
			d, m, y = a.n, c.n, fullYear(e)
			s.century = e.length == 4
		case orderMDY:
			m, d, y = a.n, c.n, fullYear(e)
			s.century = e.length == 4
		default:
			y, m, d = fullYear(a), c.n, e.n
			s.century = a.length == 4
		}
		if (order == orderDMY || order == orderMDY) && a.length == 4 && a.n >= 1900 {
			y, m, d = a.n, c.n, e.n // year first is never mistaken
			s.century = true
		}
		if n == 4 && tokens[3].length == 4 && tokens[3].before != '.' {
			tokens[3], tokens[4] = token{tokens[3].n / 100, 2, ' '}, token{tokens[3].n % 100, 2, ':'}
			n = 5
		}
	default:
		return s, false
	}
	day, ok := dayNumber(y, m, d)
	if !ok {
		return s, false
	}
	hms := [3]int{}
	for k := 0; at+k < n; k++ {
		if k >= 3 {
			if k == 3 && tokens[at+k].before == '.' || tokens[at+k].before == ',' {
				continue // fractions of a second
			}
			return s, false
		}
		hms[k] = tokens[at+k].n
		s.timed = true
	}
	if noon > 0 {
		if hms[0] > 12 && noon == 1 || hms[0] == 0 && noon == 2 || !s.timed {
			return s, false
		}
		if hms[0] < 12 && noon == 2 {
			hms[0] += 12
		} else if hms[0] == 12 && noon == 1 {
			hms[0] = 0
		}
	}
	if hms[0] > 24 || hms[1] > 59 || hms[2] > 60 || (hms[0] == 24 && (hms[1] > 0 || hms[2] > 0)) {
		return s, false
	}
	s.last24 = hms[0] == 24
	s.wall = day*86400 + int64(hms[0])*3600 + int64(hms[1])*60 + int64(hms[2])
	return s, true
}

// fullYear is the year of two digits too: 69 is 2069 and 70 is 1970, as POSIX has it.
func fullYear(t token) int {
	if t.length > 2 {
		return t.n
	}
	if t.n < 70 {
		return 2000 + t.n
	}
	return 1900 + t.n
}

// word tells what letters in a stamp are: 'm' a month, 'n' before or after noon, 'z' UTC, 't' between date and time,
// ' ' a letter that may be there, 0 none of these.
func word(b []byte) (kind byte, v int) {
	switch string(b) {
	case "T", "t":
		return 't', 0
	case "Z", "z", "UTC", "GMT", "utc", "gmt":
		return 'z', 0
	case "AM", "am", "a", "A", "오전", "上午", "午前":
		return 'n', 1
	case "PM", "pm", "p", "P", "오후", "下午", "午後":
		return 'n', 2
	case "년", "월", "일", "시", "분", "초", "年", "月", "日", "时", "時", "分", "秒", "点", "點", "он", "оны", "сарын", "сар", "өдөр", "h", "H":
		return ' ', 0
	}
	if len(b) >= 3 {
		low := string(bytes.ToLower(b))
		for i, m := range [12]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"} {
			if low == m || low == m[:3] || (low == "sept" && i == 8) {
				return 'm', i + 1
			}
		}
		for _, d := range [7]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
			if low == d || low == d[:3] {
				return ' ', 0
			}
		}
	}
	return 0, 0
}

// readCount reads seconds or milliseconds of UTC, or the day number of a workbook.
func readCount(b []byte, order string) (stamp, bool) {
	v, ok := number(b)
	if !ok {
		return stamp{}, false
	}
	switch order {
	case orderExcel:
		t, ok := serial(v)
		return stamp{wall: t, timed: t%86400 != 0, century: true}, ok && v < 110000
	case orderUnixMS:
		v /= 1000
	}
	v = math.Floor(v)
	// 1900 to 2200, as everywhere.
	if v < -2208988800 || v > 7258118400 {
		return stamp{}, false
	}
	return stamp{wall: int64(v), timed: true, zoned: true, century: true}, true
}

// readHour reads an hour of 0 to 24, or a time of day (13:00, 1 PM, 1300) as seconds.
func readHour(b []byte) (seconds int64, ok bool) {
	b = bytes.TrimSpace(b)
	if h, ok := integer(b); ok {
		switch {
		case h <= 24:
			return int64(h) * 3600, true
		case len(b) == 4 && h <= 2400 && h%100 < 60:
			return int64(h/100)*3600 + int64(h%100)*60, true
		}
		return 0, false
	}
	if v, ok := number(b); ok && v == math.Trunc(v) && v >= 0 && v <= 24 {
		return int64(v) * 3600, true
	}
	var buf [48]byte
	if len(b) == 0 || len(b) > 24 {
		return 0, false
	}
	s, ok := readStamp(append(append(buf[:0], "2000-01-01 "...), b...), orderYMD)
	if !ok || !s.timed || s.zoned {
		return 0, false
	}
	return s.wall - 946684800, true
}

// stampFault is the message for a stamp that cannot be read.
func stampFault(text string) fault.Message { return fault.Say("intake.stamp", "Text", clip(text, 60)) }
