package intake

import "unicode/utf8"

func validUTF8(b []byte) bool { return utf8.Valid(b) }

// latin reads text that is not UTF-8 as ISO-8859-1, in which every byte is the character of its number.
func latin(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}
