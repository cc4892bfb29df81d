package letter_test

import (
	"testing"

	"aircommons/internal/letter"
)

// A code is read as it was printed, whatever stands around it; nothing else is one.
func FuzzTidyCode(f *testing.F) {
	for _, s := range []string{"ABCD-EFGH-JKMN", "abcd efgh jkmn", "", "0000-0000-0000", "ＡＢＣＤ", "ABCD‑EFGH‑JKMN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code := letter.TidyCode(s)
		if code != "" && (len(code) != 12 || letter.TidyCode(letter.ShownCode(code)) != code) {
			t.Errorf("%q: %q", s, code)
		}
		letter.Short(s)
	})
}
