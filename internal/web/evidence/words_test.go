package evidence

import "testing"

func TestEnglish(t *testing.T) {
	for _, x := range []struct{ text, lang, want string }{
		{"WHO Ambient Air Quality Database v9 (2022), city sheet", "ko", "en"},
		{"published in mg/m³, 12 µg/m³", "mn", "en"},
		{"WHO Ambient Air Quality Database v9 (2022), city sheet", "en", ""},
		{"가져온 측정소 자료로 계산(uci-beijing)", "ko", ""},
		{"測定局1局から算出 (StateAir)", "ja", ""},
		{"Beijing-ийн станцын дундаж", "mn", ""},
		{"35 / 2016", "zh", ""},
		{"", "zh", ""},
	} {
		if got := english(x.text, x.lang); got != x.want {
			t.Errorf("english(%q, %q) is %q, want %q", x.text, x.lang, got, x.want)
		}
	}
}
