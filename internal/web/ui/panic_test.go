package ui

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestPanicOfASignedInReader: the page keeps language and sign-in, tells a reference, and the log holds who it was with
// the same reference.
func TestPanicOfASignedInReader(t *testing.T) {
	var log bytes.Buffer
	broken := false
	ts := newTestSite(t, func(c *Config) {
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
		brand := c.Brand
		c.Brand = func(ctx context.Context) Brand {
			if broken {
				panic("no brand")
			}
			return brand(ctx)
		}
	})
	session := ts.ask("POST", "/en/enter", url.Values{"who": {"kim"}}.Encode()).Result().Cookies()[0].String()
	w := ts.ask("GET", "/ko/rivers/panic", "", "Cookie", session)
	body := w.Body.String()
	if w.Code != http.StatusInternalServerError || !strings.Contains(body, `<html lang="ko"`) || !strings.Contains(body, `class="admin"`) || !strings.Contains(body, "Kim Seo-yeon") {
		t.Errorf("status %d, page\n%s", w.Code, body)
	}
	if strings.Contains(body, "disco") {
		t.Error("the page tells what panicked")
	}
	ref := regexp.MustCompile(`\b[0-9a-f]{8}\b`).FindString(body)
	for _, want := range []string{"by=kim", "reference=" + ref, "path=/ko/rivers/panic", "disco", "goroutine"} {
		if ref == "" || !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log.String())
		}
	}
	if w := ts.ask("GET", "/ko/rivers/han", "", "Cookie", session); w.Code != 200 {
		t.Error("the site is gone after a panic", w.Code)
	}

	// Where the frame of the page itself panics, plain words are left.
	broken = true
	log.Reset()
	w = ts.ask("GET", "/ja/rivers/han", "")
	ref = regexp.MustCompile(`\b[0-9a-f]{8}\b`).FindString(w.Body.String())
	if w.Code != 500 || ref == "" || !strings.Contains(log.String(), "reference="+ref) || strings.Contains(w.Body.String(), "brand") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s\n%s", w.Code, w.Body, log.String())
	}
}
