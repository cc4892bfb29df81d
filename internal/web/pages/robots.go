package pages

import (
	"encoding/xml"
	"io"
	"net/http"
	"strings"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/web/ui"
)

// robots keeps search engines out of the office, and tells them where everything else is.
func (h handlers) robots(w http.ResponseWriter, r *ui.Request) error {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, l := range catalog.Languages {
		for _, path := range []string{"/office", "/signin", "/signout", "/me", "/search?", "/evidence/import"} {
			b.WriteString("Disallow: /" + l.Tag + path + "\n")
		}
	}
	b.WriteString("\nSitemap: " + h.Absolute("/sitemap.xml") + "\n")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := io.WriteString(w, b.String())
	return err
}

// fixed are the pages that are there whatever the network holds.
var fixed = []string{"/", "/programme", "/cities", "/evidence", "/compare", "/library", "/organisations", "/topics", "/about", "/methods", "/accessibility", "/contact"}

type urlset struct {
	XMLName xml.Name  `xml:"urlset"`
	NS      string    `xml:"xmlns,attr"`
	XHTML   string    `xml:"xmlns:xhtml,attr"`
	URLs    []siteURL `xml:"url"`
}

type siteURL struct {
	Loc   string     `xml:"loc"`
	Links []siteLink `xml:"xhtml:link"`
}

type siteLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// mostURLs is what a sitemap may hold, https://www.sitemaps.org/protocol.html.
const mostURLs = 50000

func (h handlers) sitemap(w http.ResponseWriter, r *ui.Request) error {
	paths := append([]string{}, fixed...)
	err := h.DB.Read(r.Context(), func(tx *db.Tx) error {
		more, err := tx.Pages(r.Context())
		paths = append(paths, more...)
		return err
	})
	if err != nil {
		return err
	}
	set := urlset{NS: "http://www.sitemaps.org/schemas/sitemap/0.9", XHTML: "http://www.w3.org/1999/xhtml"}
	for _, path := range paths {
		var links []siteLink
		for _, l := range catalog.Languages {
			links = append(links, siteLink{"alternate", l.Tag, h.Absolute("/" + l.Tag + path)})
		}
		for _, l := range links {
			if len(set.URLs) < mostURLs {
				set.URLs = append(set.URLs, siteURL{l.Href, links})
			}
		}
	}
	out, err := xml.Marshal(set)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	_, err = w.Write(append([]byte(xml.Header), out...))
	return err
}

// health answers whether the store can be read.
func (h handlers) health(w http.ResponseWriter, r *ui.Request) error {
	err := h.DB.Read(r.Context(), func(tx *db.Tx) error {
		var one int
		return tx.One(r.Context(), `SELECT 1`, nil, &one)
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err = io.WriteString(w, "ok\n")
	return err
}
