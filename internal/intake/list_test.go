package intake

import (
	"reflect"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"aircommons/internal/fault"
)

func TestReadList(t *testing.T) {
	want := [][]string{{"氏名", "メール"}, {"佐藤, 花子", "sato@example.org"}}
	const text = "氏名\tメール\r\n\r\n\"佐藤, 花子\"\tsato@example.org\t\r\n"
	sjis, err := japanese.ShiftJIS.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"utf-8": text, "mark": "\ufeff" + text, "shift_jis": sjis, "utf-16": wide} {
		l, err := ReadList("list.txt", []byte(data), "", map[string]string{"shift_jis": "Shift-JIS"}[name])
		if err != nil || !reflect.DeepEqual(l.Rows, want) || !reflect.DeepEqual(l.Lines, []int{1, 3}) {
			t.Errorf("%s: %v %v %v", name, l.Rows, l.Lines, err)
		}
	}
	// Of so few characters the encoding cannot be told for sure; a real list is longer.
	if l, err := ReadList("list.txt", []byte(sjis), "", ""); err != nil || len(l.Rows) != 2 {
		t.Error(l, err)
	}
	if _, err := ReadList("list.txt", []byte(sjis), "", "klingon"); fault.CodeOf(err) != fault.Invalid {
		t.Error(err)
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("姓名;邮箱;单位\n王芳;wang@example.org;北京市生态环境局\n李伟;li@example.org;上海市环境监测中心\n")
	if err != nil {
		t.Fatal(err)
	}
	if l, err := ReadList("x.csv", []byte(gb), "", ""); err != nil || len(l.Rows) != 3 || l.Rows[1][0] != "王芳" || l.Encoding != "gb18030" {
		t.Error(l, err)
	}
	for name, data := range map[string]string{"empty": "", "lines": "\n\n\n", "binary": "\x00\x01\x02\xff\xfe\x00", "zip": "PK\x03\x04nonsense"} {
		if _, err := ReadList("x", []byte(data), "", ""); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzList(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a;b\n\"x\"\"y\";2", "\xff\xfea\x00", "PK\x03\x04", "\x1f\x8b\x08", "\"", "a\tb\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ReadList("x.csv", data, "", "")
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Error(err)
			}
			return
		}
		for _, r := range l.Rows {
			if len(r) != len(l.Rows[0]) {
				t.Fatal("rows are not alike")
			}
		}
	})
}
