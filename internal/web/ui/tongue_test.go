package ui

import "testing"

func TestTongue(t *testing.T) {
	for _, x := range []struct{ text, lang, want string }{
		{"Seoul Metropolitan Government", "ko", `<span lang="en">Seoul Metropolitan Government</span>`},
		{"Seoul & Beijing", "en", "Seoul &amp; Beijing"},
		{"来源：WHO Ambient Air Quality Database v9 (2022), city sheet。", "zh", `来源：<span lang="en">WHO Ambient Air Quality Database v9 (2022), city sheet</span>。`},
		{"解读为Climate & Clean Air Coalition", "zh", `解读为<span lang="en">Climate &amp; Clean Air Coalition</span>`},
		{"Хот: Beijing Shi, дундаж; ambient stations", "mn", `Хот: <span lang="en">Beijing Shi</span>, дундаж; <span lang="en">ambient stations</span>`},
		{"ICLEI X SHRDC 培训项目", "zh", "ICLEI X SHRDC 培训项目"},
		{"PM2.5 35 µg/m³, WHO AQG 2021: 5; GB 3095-2012: 35", "ja", "PM2.5 35 µg/m³, WHO AQG 2021: 5; GB 3095-2012: 35"},
		{"本站运行于 Aircommons。", "zh", "本站运行于 Aircommons。"},
		{"서울 <b>", "ko", "서울 &lt;b&gt;"},
		{"NYC Health Department’s table (row “Citywide”)이다", "ko", `<span lang="en">NYC Health Department’s table (row “Citywide”)</span>이다`},
		{"", "ko", ""},
	} {
		if got := string(Tongue(x.text, x.lang)); got != x.want {
			t.Errorf("%q in %s:\n%s\nwant\n%s", x.text, x.lang, got, x.want)
		}
	}
}

func FuzzTongue(f *testing.F) {
	f.Add("来源：WHO Ambient (a, b)。")
	f.Fuzz(func(t *testing.T, s string) {
		for at := 0; ; {
			from, to := foreignRun(s[at:])
			if from < 0 {
				return
			}
			if to <= from {
				t.Fatalf("no step in %q", s)
			}
			at += to
		}
	})
}
