package report

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestProtect(t *testing.T) {
	for _, x := range []struct {
		name string
		in   []Cell
		want []Cell
	}{
		{"nothing is small", []Cell{{"a", 5}, {"b", 9}}, []Cell{{"b", 9}, {"a", 5}}},
		{"a single small one would be the total less the others: the smallest joins it", []Cell{{"a", 20}, {"b", 7}, {"c", 2}}, []Cell{{"a", 20}, {Others, 9}}},
		{"two small ones that are five together", []Cell{{"a", 20}, {"b", 3}, {"c", 2}}, []Cell{{"a", 20}, {Others, 5}}},
		{"two small ones that are fewer: the smallest joins them", []Cell{{"a", 20}, {"b", 6}, {"c", 2}, {"d", 1}}, []Cell{{"a", 20}, {Others, 9}}},
		{"all are merged", []Cell{{"a", 8}, {"b", 1}}, []Cell{{Others, 9}}},
		{"fewer than five in all", []Cell{{"a", 3}, {"b", 1}}, nil},
		{"empty cells are none", []Cell{{"a", 8}, {"b", 0}}, []Cell{{"a", 8}}},
	} {
		if got := Protect(x.in); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}

// Whatever the counts are: the total stays, nothing under five is told, and what is merged is at least two groups.
func TestProtectAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var in []Cell
		groups := 0
		for i, n := range rapid.SliceOfN(rapid.IntRange(0, 30), 0, 12).Draw(t, "counts") {
			in = append(in, Cell{string(rune('a' + i)), n})
			if n > 0 {
				groups++
			}
		}
		out := Protect(in)
		if total := sum(in); total >= Least && sum(out) != total || total < Least && total > 0 && out != nil {
			t.Fatalf("%v became %v", in, out)
		}
		for _, c := range out {
			if c.Count < Least || c.Key == Others && groups-len(out)+1 < 2 {
				t.Fatalf("%v became %v", in, out)
			}
		}
	})
}

// A country with 12 people, 10 of a city that is told: the other two would be found, so the city is merged too.
func TestNested(t *testing.T) {
	parts := map[string][]Cell{"MN": {{"ulaanbaatar", 10}, {"darkhan", 2}}, "CN": {{"beijing", 8}, {"guiyang", 3}, {"xian", 4}}, "KR": {{"seoul", 9}}}
	countries := []Cell{{"CN", 15}, {"MN", 12}, {"KR", 9}}
	var cities []Cell
	for _, list := range parts {
		cities = append(cities, list...)
	}
	got := nested(countries, Protect(cities), parts)
	want := []Cell{{"seoul", 9}, {"beijing", 8}, {Others, 19}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestMarkdown(t *testing.T) {
	blocks := Markdown("# One\n\nA **b** [c](https://example.org) [d](javascript:alert(1)) <b>e</b> ![f](https://example.org/x.png)\n\n1. x\n2. y\n   - z\n\n| h | i |\n|---|---|\n| 1 | 2 |", "", 3)
	var kinds, text []string
	for _, b := range blocks {
		kinds = append(kinds, b.Kind)
		for _, r := range b.Runs {
			text = append(text, r.Text)
			if strings.Contains(r.Href, "javascript") || strings.Contains(r.Text, "<") {
				t.Errorf("%+v", r)
			}
		}
	}
	if got := strings.Join(kinds, " "); got != "heading para item item item table" {
		t.Errorf("kinds %s", got)
	}
	if blocks[0].Level != 3 || blocks[3].Number != 2 || blocks[4].Level != 1 || !strings.Contains(strings.Join(text, ""), "f") {
		t.Errorf("%+v", blocks)
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n\n- b\n  1. c\n\n`d` **e** [f](g)\n\n|h|\n|-|\n|i|")
	f.Add("<script>alert(1)</script>\n\n[a](javascript:b)")
	f.Fuzz(func(t *testing.T, s string) {
		for _, b := range Markdown(s, "", 3) {
			for _, r := range b.Runs {
				if lower := strings.ToLower(r.Href); strings.HasPrefix(lower, "javascript:") || strings.HasPrefix(lower, "data:") {
					t.Errorf("%q leads to %q", s, r.Href)
				}
			}
		}
	})
}

func TestRemake(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for x := range 20 { // the left half is red
		for y := range 20 {
			img.SetRGBA(x, y, color.RGBA{250, 0, 0, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	// Orientation 6: the camera was turned, its first row is the right side; EXIF 2.32, 4.6.4.
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	tagged := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	tagged = append(tagged, b.Bytes()[2:]...)
	out, w, h, err := Remake(tagged)
	if err != nil || w != 20 || h != 40 {
		t.Fatalf("%d × %d, %v", w, h, err)
	}
	if bytes.Contains(out, []byte("Exif")) {
		t.Error("the camera's words are kept")
	}
	back, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if r, _, _, _ := back.At(10, 5).RGBA(); r < 0xC000 {
		t.Error("the left half is not above")
	}
}

func FuzzRemake(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\x08\x00"))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if o := orientation(b); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
		if len(b) < 1<<16 {
			_, _, _, _ = Remake(b)
		}
	})
}
