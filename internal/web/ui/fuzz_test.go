package ui

import (
	"net/url"
	"strings"
	"testing"
)

// Whatever an address asks to go on to, the reader stays on the site.
func FuzzLocalPath(f *testing.F) {
	for _, s := range []string{"/cities?a=b", "//evil.example", `/\evil.example`, "/\t/evil.example", "https://evil.example", "/%2f/evil.example", "javascript:x", "/..//evil.example"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://air.example.org/en/signin")
	f.Fuzz(func(t *testing.T, s string) {
		path := LocalPath(s)
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
			t.Fatalf("%q: %q", s, path)
		}
		u, err := base.Parse("/en" + path) // as a redirect writes it
		if err != nil || u.Host != base.Host || u.Scheme != base.Scheme {
			t.Fatalf("%q leads to %v, %v", s, u, err)
		}
	})
}
