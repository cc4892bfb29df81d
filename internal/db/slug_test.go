package db_test

import (
	"strings"
	"testing"

	"aircommons/internal/db"
)

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"Seoul Forum 2019": "seoul-forum-2019", "  — Xi’an, Shaanxi! ": "xian-shaanxi", "서울": "", "서울 Seoul": "seoul", "new": "new",
		strings.Repeat("a", 59) + " b": strings.Repeat("a", 59), strings.Repeat("b", 70): strings.Repeat("b", 60),
	} {
		if got := db.Slug(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	for id, want := range map[string]bool{"seoul-2": true, "": false, "new": false, "-a": false, "a-": false, "A": false, "a b": false, strings.Repeat("a", 81): false} {
		if db.IsSlug(id) != want {
			t.Errorf("%q is an id: %v", id, !want)
		}
	}
	held := map[string]bool{"a": true, "a-2": true}
	if id, err := db.FreeSlug("a", func(id string) (bool, error) { return held[id], nil }); id != "a-3" || err != nil {
		t.Error(id, err)
	}
}
