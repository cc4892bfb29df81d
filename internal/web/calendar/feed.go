package calendar

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"time"
)

// Feed is what is new, in one language.
type Feed struct {
	ID, Title, Home, Self, Lang, By string
	Updated                         time.Time
	Items                           []Post
}

// Post is one thing of a feed.
type Post struct {
	ID, URL, Title, Text, Lang string
	Published, Updated         time.Time
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  atomName    `xml:"author"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomName struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	Lang      string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Link      atomLink `xml:"link"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Summary   string   `xml:"summary"`
}

// Atom writes the feed as RFC 4287 has it.
func (f Feed) Atom(w io.Writer) error {
	a := atomFeed{Lang: f.Lang, ID: f.ID, Title: clean(f.Title), Updated: f.Updated.UTC().Format(time.RFC3339), Author: atomName{clean(f.By)},
		Links: []atomLink{{"self", "application/atom+xml", f.Self}, {"alternate", "text/html", f.Home}}}
	for _, p := range f.Items {
		lang := p.Lang
		if lang == f.Lang {
			lang = ""
		}
		a.Entries = append(a.Entries, atomEntry{Lang: lang, ID: p.ID, Title: clean(p.Title), Link: atomLink{"alternate", "text/html", p.URL},
			Published: p.Published.UTC().Format(time.RFC3339), Updated: p.Updated.UTC().Format(time.RFC3339), Summary: clean(p.Text)})
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(a); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// JSON writes the feed as JSON Feed 1.1.
func (f Feed) JSON(w io.Writer) error {
	type object = map[string]any
	items := []object{}
	for _, p := range f.Items {
		items = append(items, object{"id": p.ID, "url": p.URL, "title": p.Title, "content_text": p.Text, "language": p.Lang,
			"date_published": p.Published.UTC().Format(time.RFC3339), "date_modified": p.Updated.UTC().Format(time.RFC3339)})
	}
	b, err := json.MarshalIndent(object{"version": "https://jsonfeed.org/version/1.1", "title": f.Title, "home_page_url": f.Home, "feed_url": f.Self, "language": f.Lang,
		"authors": []object{{"name": f.By}}, "items": items}, "", " ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
