package intake

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"aircommons/internal/fault"
)

// encodings are those a mapping may name. Latin-1 is read as itself, in which every byte is a character; what Windows
// writes between 80 and 9F is found by the name windows-1252.
var encodings = map[string]encoding.Encoding{
	"utf-8":        unicode.UTF8,
	"utf-16le":     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"iso-8859-1":   charmap.ISO8859_1,
	"windows-1252": charmap.Windows1252,
	"windows-1251": charmap.Windows1251,
	"cp949":        korean.EUCKR, // of x/text: the whole of code page 949, as the web defines euc-kr
	"gb18030":      simplifiedchinese.GB18030,
	"big5":         traditionalchinese.Big5,
	"shift_jis":    japanese.ShiftJIS,
	"euc-jp":       japanese.EUCJP,
}

// encodingNames brings other spellings to those of encodings.
var encodingNames = map[string]string{
	"utf8": "utf-8", "utf-8-sig": "utf-8", "ascii": "utf-8", "us-ascii": "utf-8", "utf16": "utf-16le", "utf-16": "utf-16le", "utf16le": "utf-16le", "utf16be": "utf-16be",
	"latin1": "iso-8859-1", "latin-1": "iso-8859-1", "iso8859-1": "iso-8859-1", "cp1252": "windows-1252", "cp1251": "windows-1251", "win1251": "windows-1251",
	"euc-kr": "cp949", "euckr": "cp949", "uhc": "cp949", "ms949": "cp949", "ks_c_5601-1987": "cp949",
	"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "euc-cn": "gb18030", "cp950": "big5", "big-5": "big5", "big5-hkscs": "big5",
	"sjis": "shift_jis", "shift-jis": "shift_jis", "cp932": "shift_jis", "ms932": "shift_jis", "windows-31j": "shift_jis", "eucjp": "euc-jp",
}

// encodingName finds an encoding by any of its usual names.
func encodingName(name string) (string, bool) {
	n := strings.ToLower(strings.TrimSpace(name))
	if other, ok := encodingNames[n]; ok {
		n = other
	}
	_, ok := encodings[n]
	return n, ok
}

// decoded is a text in UTF-8 and how its encoding was told.
type decoded struct {
	text []byte
	name string
	how  fault.Message
	sure bool
}

// decode brings the bytes of a file to UTF-8. declared is an encoding that somebody named, or empty. part says that data
// is only the beginning of the file, so that its last character may be cut.
func decode(path string, data []byte, declared string, part bool) (decoded, error) {
	for _, bom := range []struct{ mark, name string }{{"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"}} {
		if bytes.HasPrefix(data, []byte(bom.mark)) {
			return transcode(path, data[len(bom.mark):], bom.name, fault.Say("intake.how.bom"), true, part)
		}
	}
	if declared != "" {
		name, ok := encodingName(declared)
		if !ok {
			return decoded{}, fault.New(fault.Invalid, "intake.encoding.unknown", "Name", declared)
		}
		return transcode(path, data, name, fault.Say("intake.how.declared"), true, part)
	}
	head := data[:min(len(data), 64<<10)]
	if bytes.IndexByte(head, 0) >= 0 {
		if name := wide(head); name != "" {
			return transcode(path, data, name, fault.Say("intake.how.zeros"), true, part)
		}
		return decoded{}, fault.New(fault.Invalid, "intake.file.binary", "File", path)
	}
	if !printable(head) {
		return decoded{}, fault.New(fault.Invalid, "intake.file.binary", "File", path)
	}
	if part {
		data = cutRune(data)
	}
	if utf8.Valid(data) {
		how := "intake.how.utf8"
		if ascii(data) {
			how = "intake.how.ascii"
		}
		return decoded{data, "utf-8", fault.Say(how), true}, nil
	}
	bad, line, good := damage(data)
	if good > 4*bad || begun(data, line) {
		return decoded{}, undecodable(path, "UTF-8", data, line)
	}
	name, how, sure := guess(data, line)
	return transcode(path, data, name, how, sure, part)
}

// transcode reads data in one encoding and refuses bytes that are not in it, by the line they stand on.
func transcode(path string, data []byte, name string, how fault.Message, sure, part bool) (decoded, error) {
	if name == "utf-8" {
		if part {
			data = cutRune(data)
		}
		if !utf8.Valid(data) {
			_, line, _ := damage(data)
			return decoded{}, undecodable(path, "UTF-8", data, line)
		}
		return decoded{data, name, how, sure}, nil
	}
	if strings.HasPrefix(name, "utf-16") && len(data)%2 == 1 && part {
		data = data[:len(data)-1]
	}
	out, err := encodings[name].NewDecoder().Bytes(data)
	if err != nil {
		return decoded{}, fault.Wrap(fault.Invalid, err, "intake.encoding.wrong", "File", path, "Line", 1, "Bytes", "", "Name", strings.ToUpper(name))
	}
	if i := bytes.Index(out, []byte("\uFFFD")); i >= 0 && !(part && i >= len(out)-4) {
		line := 1 + bytes.Count(out[:i], []byte{'\n'})
		return decoded{}, undecodable(path, strings.ToUpper(name), data, line)
	}
	return decoded{out, name, how, sure}, nil
}

func undecodable(path, name string, data []byte, line int) error {
	return fault.New(fault.Invalid, "intake.encoding.wrong", "File", path, "Line", line, "Name", name)
}

// cutRune takes a last character away that is not complete.
func cutRune(data []byte) []byte {
	for i := 1; i <= 3 && i <= len(data); i++ {
		if c := data[len(data)-i]; c >= 0xc0 {
			if !utf8.FullRune(data[len(data)-i:]) {
				return data[:len(data)-i]
			}
			break
		}
	}
	return data
}

func ascii(data []byte) bool {
	for _, c := range data {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// printable reports whether head can be text: control characters other than the usual ones are rare in it.
func printable(head []byte) bool {
	control := 0
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1a && c != 0x1b {
			control++
		}
	}
	return control*200 <= len(head)
}

// wide tells UTF-16 without a mark: text of a monitoring file is mostly ASCII, so every other byte is zero.
func wide(head []byte) string {
	var zero [2]int
	for i, c := range head {
		if c == 0 {
			zero[i%2]++
		}
	}
	half := len(head) / 2
	switch {
	case half > 0 && zero[1]*10 > half*5 && zero[0]*50 < half:
		return "utf-16le"
	case half > 0 && zero[0]*10 > half*5 && zero[1]*50 < half:
		return "utf-16be"
	}
	return ""
}

// damage counts bytes that are not UTF-8, the line of the first, and the complete characters beyond ASCII.
func damage(data []byte) (bad, line, good int) {
	lines := 1
	for i := 0; i < len(data); {
		c := data[i]
		if c < 0x80 {
			if c == '\n' {
				lines++
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			if bad == 0 {
				line = lines
			}
			bad++
		} else {
			good++
		}
		i += n
	}
	return bad, line, good
}

// begun reports whether the lines before the first byte that is not UTF-8 hold enough characters of UTF-8 not to be taken for
// another encoding: a file pasted together from two, whose names would be read wrongly in either.
func begun(data []byte, line int) bool {
	long, short := 0, 0
	for range line - 1 {
		i := bytes.IndexByte(data, '\n')
		for _, r := range string(data[:i+1]) {
			switch n := utf8.RuneLen(r); {
			case n > 2:
				long++
			case n == 2:
				short++
			}
		}
		if long >= 2 || short >= 6 {
			return true
		}
		data = data[i+1:]
	}
	return false
}

// words that monitoring files of a language hold; one of them read in the right encoding settles it.
var words = []struct {
	encoding string
	words    []string
}{
	{"cp949", []string{"측정", "미세먼지", "오존", "질소", "농도", "지역", "서울", "풍속", "기온", "일시", "날짜", "㎍", "㎥", "μg/m", "℃"}},
	{"gb18030", []string{"日期", "时间", "站点", "监测", "城市", "风速", "风向", "温度", "浓度", "数据", "小时", "北京", "μg/m", "℃"}},
	{"big5", []string{"日期", "測站", "測項", "時間", "監測", "風速", "風向", "溫度", "濃度", "縣市", "數據", "μg/m", "℃"}},
	{"shift_jis", []string{"測定", "日付", "日時", "時刻", "年月日", "風速", "風向", "気温", "濃度", "測定局", "都道府県", "μg/m", "℃"}},
	{"euc-jp", []string{"測定", "日付", "日時", "時刻", "年月日", "風速", "風向", "気温", "濃度", "測定局", "都道府県"}},
	{"windows-1251", []string{"Дата", "дата", "Огноо", "огноо", "Цаг", "цаг", "Станц", "станц", "Агаар", "агаар", "Время", "мкг"}},
}

// guess tells the encoding of a text that is not UTF-8. line is where the first byte beyond it stands.
func guess(data []byte, line int) (name string, how fault.Message, sure bool) {
	head := data[:min(len(data), 64<<10)]
	if i := bytes.LastIndexByte(head, '\n'); i > 0 && len(head) < len(data) {
		head = head[:i]
	}
	best, score := "", 0
	for _, w := range words {
		out, err := encodings[w.encoding].NewDecoder().Bytes(head)
		if err != nil || bytes.Contains(out, []byte("\uFFFD")) {
			continue
		}
		for _, word := range w.words {
			if bytes.Contains(out, []byte(word)) {
				return w.encoding, fault.Say("intake.how.word", "Word", word), true
			}
		}
		if s := likeness(w.encoding, string(out)); s > score {
			best, score = w.encoding, s
		}
	}
	if lonely(head) {
		where := head
		if ascii(head) { // the first byte beyond ASCII comes later
			where = data
		}
		for _, c := range where {
			if c >= 0x80 {
				return "iso-8859-1", fault.Say("intake.how.single", "Byte", fmt.Sprintf("%02X", c), "Line", line), true
			}
		}
	}
	if best == "" {
		return "windows-1252", fault.Say("intake.how.fallback"), false
	}
	return best, fault.Say("intake.how.likeness"), false
}

// lonely reports whether bytes beyond ASCII stand alone or in pairs among ASCII, as µ, ³, ° and é do in Latin-1.
// Text of an eastern encoding comes in longer runs.
func lonely(head []byte) bool {
	long, runs := 0, 0
	for i := 0; i < len(head); {
		if head[i] < 0x80 {
			i++
			continue
		}
		j := i
		for j < len(head) && head[j] >= 0x80 {
			j++
		}
		runs++
		if j-i > 2 {
			long++
		}
		i = j
	}
	return long*10 <= runs
}

// likeness is the percentage of letters of a text that belong to the script of an encoding and are common in it.
func likeness(name, text string) int {
	letters, common := 0, 0
	for _, r := range text {
		if r < 0x80 {
			continue
		}
		letters++
		switch name {
		case "cp949":
			if r >= 0xAC00 && r <= 0xD7A3 {
				common++
			}
		case "shift_jis", "euc-jp":
			if r >= 0x3040 && r <= 0x30FF {
				common += 2
			} else if r >= 0x4E00 && r <= 0x9FFF {
				common++
			}
		case "windows-1251":
			if (r >= 'а' && r <= 'я') || r == 'ё' {
				common++
			}
		default:
			if r >= 0x4E00 && r <= 0x9FFF {
				common++
			}
		}
	}
	if letters == 0 {
		return 0
	}
	return 100 * min(common, letters) / letters
}
