package participation

import (
	"context"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// headings are words by which a column is known, without spaces and signs, in the languages of the site.
var headings = map[string]string{
	"name": "name", "fullname": "name", "participant": "name", "participantname": "name", "成名": "name", "姓名": "name", "名字": "name", "이름": "name", "성명": "name", "氏名": "name", "名前": "name", "お名前": "name", "нэр": "name", "овогнэр": "name", "фио": "name",
	"firstname": "given", "givenname": "given", "first": "given", "forename": "given", "名": "given", "lastname": "family", "surname": "family", "familyname": "family", "姓": "family", "성": "family", "овог": "family",
	"originalname": "original", "nativename": "original", "localname": "original", "originalscript": "original", "original": "original", "中文名": "original", "한글이름": "original", "한글성명": "original", "漢字氏名": "original",
	"email": "email", "mail": "email", "emailaddress": "email", "邮箱": "email", "电子邮箱": "email", "电子邮件": "email", "이메일": "email", "메일": "email", "메일주소": "email", "メール": "email", "メールアドレス": "email", "имэйл": "email", "имэйлхаяг": "email", "цахимшуудан": "email",
	"city": "city", "cityname": "city", "municipality": "city", "城市": "city", "도시": "city", "都市": "city", "хот": "city", "country": "country", "nation": "country", "nationality": "country", "国家": "country", "국가": "country", "국적": "country", "国": "country", "国籍": "country", "улс": "country",
	"organisation": "organisation", "organization": "organisation", "affiliation": "organisation", "institution": "organisation", "company": "organisation", "agency": "organisation", "单位": "organisation", "机构": "organisation", "소속": "organisation", "기관": "organisation", "소속기관": "organisation", "所属": "organisation", "所属機関": "organisation", "байгууллага": "organisation",
	"role": "role", "type": "role", "身份": "role", "역할": "role", "役割": "role", "үүрэг": "role", "mode": "mode", "attendance": "mode", "参加形式": "mode", "참가형태": "mode", "参加形態": "mode", "оролцоххэлбэр": "mode",
	"funded": "funded", "travelsupport": "funded", "language": "language", "语言": "language", "언어": "language", "言語": "language", "хэл": "language",
}

func bare(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimPrefix(s, "\ufeff")) {
		if r > 0x7f || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if r != '\u00a0' && r != '\u3000' && r != '（' && r != '）' && r != '：' {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// guessColumns tells what the columns of a list hold, by their headings and, where those say nothing, by what stands in them.
func guessColumns(head []string, rows [][]string) []string {
	out := make([]string, len(head))
	used := map[string]bool{}
	for i, h := range head {
		if f := headings[bare(h)]; f != "" && !used[f] {
			out[i], used[f] = f, true
		}
	}
	if !used["email"] {
		for i := range head {
			n, ok := 0, 0
			for _, r := range rows[:min(len(rows), 50)] {
				if i < len(r) && r[i] != "" {
					if n++; account.CleanEmail(r[i]) != "" {
						ok++
					}
				}
			}
			if out[i] == "" && n > 0 && ok*2 > n {
				out[i] = "email"
				break
			}
		}
	}
	return out
}

// look reads one row as a request.
func (im Import) look(ctx context.Context, tx *db.Tx, k *Desk, n int, cities map[string]string, by actor.Actor) Looked {
	x := Looked{N: n, Line: im.Lines[n]}
	get := map[string]string{}
	for i, f := range im.Columns {
		if f != "" && i < len(im.Rows[n]) && get[f] == "" {
			get[f] = im.Rows[n][i]
		}
	}
	q := Request{Activity: im.Activity, Name: get["name"], Email: get["email"], Organisation: get["organisation"], Role: wordOf("participation.role", get["role"], Roles), Mode: wordOf("participation.mode", get["mode"], Modes)}
	x.Other = get["original"]
	tidyName(&x.Other)
	if q.Name == "" {
		q.Name = strings.TrimSpace(get["given"] + " " + get["family"])
	}
	if q.Name == "" {
		q.Name = x.Other
	}
	wrong := func(key string, pairs ...any) { x.Faults = append(x.Faults, fault.Say(key, pairs...)) }
	if s := get["role"]; s != "" && q.Role == "" {
		wrong("participation.import.role", "Value", s)
	}
	if s := get["mode"]; s != "" && q.Mode == "" {
		wrong("participation.import.mode", "Value", s)
	}
	if s := get["country"]; s != "" {
		if q.Country = countryOf(s); q.Country == "" {
			wrong("participation.import.country", "Value", s)
		}
	}
	if s := get["city"]; s != "" {
		if q.Place = cities[bare(s)]; q.Place == "" && q.Organisation == "" {
			q.Organisation = s // a city outside the network stands as it is written
		}
	}
	switch strings.ToLower(get["funded"]) {
	case "yes", "y", "true", "1", "x", "예", "是", "はい", "тийм":
		q.Funded = true
	}
	if q.Lang = get["language"]; !catalog.Known(q.Lang) {
		q.Lang = map[string]string{"KR": "ko", "CN": "zh", "JP": "ja", "MN": "mn"}[q.Country]
	}
	var e *fault.Error
	if err := k.checkRequest(ctx, tx, actor.CommandLine, activity.Activity{ID: im.Activity}, Registration{}, &q); asFault(err, &e) {
		for _, f := range e.Fields {
			x.Faults = append(x.Faults, f.Message)
		}
	}
	if q.Lang == "" {
		q.Lang = map[string]string{"KR": "ko", "CN": "zh", "JP": "ja", "MN": "mn"}[q.Country]
	}
	x.Want = q
	return x
}

// wordOf finds a word of a closed list by the word itself or by its text in any language.
func wordOf(list, s string, words []string) string {
	if s == "" {
		return ""
	}
	c, err := texts()
	if err != nil {
		return ""
	}
	for _, w := range words {
		if bare(s) == bare(w) {
			return w
		}
		for _, l := range catalog.Languages {
			if bare(s) == bare(c.Lang(l.Tag).T(list+"."+w)) {
				return w
			}
		}
	}
	return ""
}

// countryOf finds a country by its code or by its name in a language of the site.
func countryOf(s string) string {
	if code := strings.ToUpper(strings.TrimSpace(s)); len(code) == 2 || len(code) == 3 {
		if r, err := language.ParseRegion(code); err == nil && r.IsCountry() {
			return r.String()
		}
	}
	return countries()[bare(s)]
}

var countries = lazy(func() map[string]string {
	out := map[string]string{"southkorea": "KR", "korea": "KR", "republicofkorea": "KR", "rok": "KR", "대한민국": "KR", "한국": "KR", "韩国": "KR", "prchina": "CN", "peoplesrepublicofchina": "CN", "mainlandchina": "CN", "中国": "CN", "중국": "CN",
		"usa": "US", "unitedstatesofamerica": "US", "uk": "GB", "монгол": "MN", "монголулс": "MN", "russia": "RU", "vietnam": "VN", "laos": "LA", "hongkong": "HK", "taiwan": "TW"}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !r.IsCountry() || r.Canonicalize() != r {
				continue
			}
			for _, l := range catalog.Languages {
				if names := display.Regions(language.MustParse(l.Tag)); names != nil {
					if name := bare(names.Name(r)); name != "" && out[name] == "" {
						out[name] = r.String()
					}
				}
			}
		}
	}
	return out
})
