package web

import (
	"regexp"
	"strings"
	"testing"

	"aircommons/internal/actor"
)

// TestCheck: the oddities that section 7 of the facts of the network names stand under their rules, in every language,
// with the things they are about.
func TestCheck(t *testing.T) {
	h := newHouse(t, true)
	kim := h.enter("Kim", actor.Secretariat, "")
	kim.want(kim.get("/en/office"), 200, `href="/en/office/check"`)
	p := kim.want(kim.get("/en/office/check"), 200, `id="repeated-dates"`, `id="spans-weekend"`, `id="same-dates-two-cities"`, `id="gap-in-annual"`, `id="several-in-a-year"`,
		`id="contradicted-by-second-source"`, `id="offered-not-in-hand"`, `href="/en/activities/seoul-forum-2019"`, `href="/en/office/activities/seoul-forum-2019"`,
		`href="/en/programme/seoul-forum"`, `href="/en/library/`, "more often a date was copied", "Ask the office that offered it", "!record.")
	// Each address leads to a page.
	for _, m := range regexp.MustCompile(`<li>[^<]*: <a href="(/[^"]+)"|, <a href="(/[^"]+)"`).FindAllStringSubmatch(p.text, -1) {
		kim.want(kim.get(m[1]+m[2]), 200)
	}
	for lang, text := range map[string]string{"ko": "두 번째 출처와 어긋남", "zh": "与第二来源矛盾", "ja": "第二の出典と食い違う", "mn": "Хоёр дахь эх сурвалжтай зөрчилдсөн"} {
		p := kim.want(kim.get("/"+lang+"/office/check"), 200, text, "!record.", "!Ask the office", `lang="`+lang)
		if n := strings.Count(p.text, `<section class="row"`); n < 8 {
			t.Errorf("%s: %d sections", lang, n)
		}
	}
	city := h.enter("Bat", actor.CityOfficer, "ulaanbaatar")
	city.want(city.get("/en/office/check"), 403)
	h.browser().want(h.browser().get("/en/office/check"), 403, `name="email"`)

	empty := newHouse(t, false)
	lee := empty.enter("Lee", actor.Secretariat, "")
	lee.want(lee.get("/en/office/check"), 200, "Nothing found", "!<ul class=\"acts\">")
}
