package db

import (
	"strconv"
	"strings"
)

// Slug makes an id of a name: small Latin letters, digits and hyphens, 60 at most. Empty when the name has none of them.
func Slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '\'' || r == '’':
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	s := b.String()
	return strings.Trim(s[:min(len(s), 60)], "-")
}

// IsSlug reports whether an id can stand in an address: "new" is the address of a form.
func IsSlug(id string) bool {
	if id == "" || len(id) > 80 || strings.Trim(id, "-") != id || id == "new" {
		return false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

// FreeSlug is the first of base, base-2, base-3 … that is not taken.
func FreeSlug(base string, taken func(id string) (bool, error)) (string, error) {
	for n, id := 2, base; ; n++ {
		if has, err := taken(id); err != nil || !has {
			return id, err
		}
		id = base + "-" + strconv.Itoa(n)
	}
}
