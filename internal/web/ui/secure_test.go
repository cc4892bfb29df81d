package ui

import (
	"net/url"
	"strings"
	"testing"
)

// TestCookiesOverHTTPS: by https, cookies are for https only and the session's is bound to the host; who says that it was
// https is believed only when proxies are known to stand in front.
func TestCookiesOverHTTPS(t *testing.T) {
	for _, x := range []struct {
		name, url string
		proxies   int
		proto     string
		secure    bool
	}{
		{"address by https", "https://air.example.org", 0, "", true},
		{"plain", "http://air.example.org", 0, "", false},
		{"plain, somebody claims", "http://air.example.org", 0, "https", false},
		{"a proxy says https", "http://air.example.org", 1, "https", true},
		{"a proxy says http", "http://air.example.org", 1, "http", false},
		{"a reader claims, the proxy adds http", "http://air.example.org", 1, "https, http", false},
		{"two proxies, https outside", "http://air.example.org", 2, "https, http", true},
		{"a proxy says nothing", "http://air.example.org", 1, "", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			ts := newTestSite(t, func(c *Config) { c.URL, c.Proxies = x.url, x.proxies })
			var headers []string
			if x.proto != "" {
				headers = []string{"X-Forwarded-Proto", x.proto}
			}
			w := ts.ask("POST", "/en/enter", url.Values{"who": {"kim"}}.Encode(), headers...)
			cookies := w.Result().Cookies()
			if len(cookies) != 1 {
				t.Fatal(cookies, w.Code)
			}
			c := cookies[0]
			if host := strings.HasPrefix(c.Name, "__Host-"); host != x.secure || c.Secure != x.secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || strings.Contains(c.Raw, "Domain") {
				t.Error(c.Raw)
			}
			if got := w.Header().Get("Strict-Transport-Security") != ""; got != x.secure {
				t.Error("Strict-Transport-Security:", got)
			}
			w = ts.ask("GET", "/en/rivers/han", "", append(headers, "Cookie", c.Name+"="+c.Value)...)
			if !strings.Contains(w.Body.String(), "Kim Seo-yeon") {
				t.Error("the session is not found again")
			}
			w = ts.ask("POST", "/en/theme", "theme=dark", headers...)
			if got := w.Result().Cookies()[0].Secure; got != x.secure {
				t.Error("theme", got)
			}
		})
	}
}
