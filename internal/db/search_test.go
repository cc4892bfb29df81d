package db_test

import (
	"context"
	"testing"

	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
)

func TestSearch(t *testing.T) { dbtest.Each(t, nil, testSearch) }

func testSearch(t *testing.T, d *db.DB) {
	ctx := context.Background()
	err := d.Write(ctx, func(tx *db.Tx) error {
		put := func(key string, title, body db.Text) {
			if err := tx.IndexText(ctx, "thing", key, title, body, "/things/"+key); err != nil {
				t.Fatal(err)
			}
		}
		put("seoul", db.Text{"en": "Seoul", "ko": "서울특별시", "zh": "首尔", "ja": "ソウル", "mn": "Сөүл"}, nil)
		put("beijing", db.Text{"en": "Beijing", "ko": "베이징", "zh": "北京"}, nil)
		put("xian", db.Text{"en": "Xi'an", "zh": "西安"}, nil)
		put("ub", db.Text{"en": "Ulaanbaatar", "mn": "Улаанбаатар"}, db.Text{"en": "PM₂.₅ in winter"})
		put("forum", db.Text{"en": "Seoul Intl. Forum on Air Quality"}, db.Text{"en": "Metropolitan CLEAN air actions, Île-de-France"})
		put("gone", db.Text{"en": "clean air, withdrawn"}, nil)
		return tx.Unindex(ctx, "thing", "gone")
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ query, lang, first, title string }{
		{"서울", "en", "seoul", "Seoul"},
		{"서울", "ko", "seoul", "서울특별시"},
		{"서", "ko", "seoul", "서울특별시"},
		{"北京", "en", "beijing", "Beijing"},
		{"北京", "zh", "beijing", "北京"},
		{"京北", "zh", "", ""},
		{"улаанбаатар", "mn", "ub", "Улаанбаатар"},
		{"УЛААН", "en", "ub", "Ulaanbaatar"},
		{"clean air", "en", "forum", "Seoul Intl. Forum on Air Quality"},
		{"Clean Ai", "ko", "forum", "Seoul Intl. Forum on Air Quality"},
		{"cle air", "en", "", ""},
		{"seoul", "ko", "seoul", "서울특별시"},
		{"pm2.5", "en", "ub", "Ulaanbaatar"},
		{"pm25", "en", "ub", "Ulaanbaatar"},
		{"ile-de", "en", "forum", "Seoul Intl. Forum on Air Quality"},
		{"xian", "en", "xian", "Xi'an"},
		{"ソウル", "ja", "seoul", "ソウル"},
		{"ｿｳﾙ", "ja", "seoul", "ソウル"},
		{"%", "en", "", ""},
		{"withdrawn", "en", "", ""},
		{"", "en", "", ""},
	} {
		var hits []db.Hit
		if err := d.Read(ctx, func(tx *db.Tx) (err error) {
			hits, err = tx.Search(ctx, c.query, c.lang, 10)
			return err
		}); err != nil {
			t.Fatalf("%q: %v", c.query, err)
		}
		if c.first == "" {
			if len(hits) != 0 {
				t.Errorf("%q finds %+v", c.query, hits)
			}
			continue
		}
		if len(hits) == 0 || hits[0].Key != c.first || hits[0].Title != c.title {
			t.Errorf("%q in %s finds %+v, not %s", c.query, c.lang, hits, c.first)
		}
	}
}

func TestMark(t *testing.T) {
	for _, c := range []struct{ text, query, want string }{
		{"Metropolitan Clean Air Actions", "clean AIR", "Metropolitan [Clean] [Air] Actions"},
		{"Unclean", "clean", "Unclean"},
		{"서울특별시", "특별", "서울[특별]시"},
		{"Île-de-France", "ile", "[Île]-de-France"},
	} {
		got := ""
		for _, p := range db.Mark(c.text, c.query) {
			if p.Hit {
				got += "[" + p.Text + "]"
			} else {
				got += p.Text
			}
		}
		if got != c.want {
			t.Errorf("%q in %q: %s", c.query, c.text, got)
		}
	}
}
