package calendar

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/network"
)

// forum is an agenda with what the formats find hard: letters of five scripts, marks of XML, a person twice, a session without a
// time and one that is not held.
func forum(t testing.TB, lang string) Schedule {
	t.Helper()
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := network.ParsePeriod("2027-05-19/2027-05-20")
	if err != nil {
		t.Fatal(err)
	}
	kim := []activity.Speaker{{Name: "김민지 <Kim> & Co", Organisation: "Seoul"}}
	return Schedule{W: texts.Lang(lang), Site: "https://air.example.org", Number: 3, Version: "1.2",
		Activity: activity.Activity{ID: "seoul-forum-2027", Names: db.Text{"en": "Forum", "mn": "Сөүлийн форум"}, Zone: "Asia/Seoul", Period: p},
		Who:      func(s activity.Speaker) string { return s.Name },
		Shape: activity.Shape{Rooms: []activity.Room{{ID: "a", Names: db.Text{"en": "Hall A", "mn": "Их танхим"}}}, Tracks: []activity.Track{{ID: "x", Names: db.Text{"en": "Heating"}}}, Items: []activity.Item{
			{ID: "opening", Kind: "session", Names: db.Text{"en": "Opening\x01", "zh": "开幕"}, Starts: "2027-05-19T09:00", Ends: "2027-05-19T10:30", Room: "a", Track: "x", Languages: db.List{"ko", "en"}, Speakers: kim},
			{ID: "ab", Kind: "talk", Names: db.Text{"en": "A < B"}, Starts: "2027-05-20T23:30", Ends: "2027-05-21T00:30", Text: db.Text{"en": "]]>"}, Talks: []activity.Talk{{ID: "t", Names: db.Text{"en": "T"}, Speakers: kim}}},
			{ID: "none", Kind: "talk", Names: db.Text{"en": "Without a time"}},
			{ID: "off", Kind: "talk", Names: db.Text{"en": "Not held"}, Starts: "2027-05-19T11:00", Cancelled: true, Links: []activity.Access{{For: "online", URL: "https://meet.example.org/secret"}}},
		}}}
}

// schema finds a file of the folder of schemas, which is not a part of the program.
func schema(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("AIRCOMMONS_SCHEMAS")
	if dir == "" {
		t.Skip("AIRCOMMONS_SCHEMAS is not set: not checked against " + name)
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

func tool(t *testing.T, name, deb string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is missing (Debian: %s)", name, deb)
	}
	return path
}

func kept(t *testing.T, name string, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestScheduleXML(t *testing.T) {
	for _, l := range catalog.Languages {
		var b bytes.Buffer
		if err := forum(t, l.Tag).XML(&b); err != nil {
			t.Fatal(err)
		}
		var x xmlSchedule
		if err := xml.Unmarshal(b.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		if len(x.Days) != 2 || x.Days[0].Rooms[0].Events[0].Date != "2027-05-19T09:00:00+09:00" || x.Days[0].Rooms[0].Events[0].Duration != "01:30" || x.Version != "3" {
			t.Errorf("%s: %+v", l.Tag, x)
		}
		if s := b.String(); strings.Contains(s, "secret") || strings.Contains(s, "Not held") {
			t.Errorf("%s: what is not for everybody is in it", l.Tag)
		}
		if a, b := x.Days[0].Rooms[0].Events[0].Persons[0], x.Days[1].Rooms[0].Events[0].Persons[0]; a.ID != b.ID || a.GUID != b.GUID {
			t.Errorf("%s: one person is two", l.Tag)
		}
	}
}

func TestScheduleAgainstSchema(t *testing.T) {
	xsd, lint := schema(t, "schedule/schedule.xml.xsd"), tool(t, "xmllint", "libxml2-utils")
	for _, l := range catalog.Languages {
		path := kept(t, "schedule.xml", forum(t, l.Tag).XML)
		if out, err := exec.Command(lint, "--nonet", "--noout", "--schema", xsd, path).CombinedOutput(); err != nil {
			t.Errorf("%s: %s", l.Tag, out)
		}
	}
}

func TestScheduleJSON(t *testing.T) {
	var b bytes.Buffer
	if err := forum(t, "en").JSON(&b); err != nil {
		t.Fatal(err)
	}
	var x struct {
		Schedule struct {
			Conference struct {
				Acronym string
				Days    []struct {
					Rooms map[string][]struct{ Start, Slug, Title string }
				}
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &x); err != nil {
		t.Fatal(err)
	}
	e := x.Schedule.Conference.Days[0].Rooms["Hall A"][0]
	if e.Start != "09:00" || e.Title != "Opening" || e.Slug != "seoulforum2027-opening" {
		t.Errorf("%+v", e)
	}
	if strings.Contains(b.String(), "secret") {
		t.Error("what is not for everybody is in it")
	}
}

func news() Feed {
	at := time.Date(2027, 5, 1, 12, 0, 0, 0, time.UTC)
	return Feed{ID: "https://air.example.org/mn/feed.atom", Title: "Мэдээ & <шинэ>", Home: "https://air.example.org/mn/programme", Self: "https://air.example.org/mn/feed.atom", Lang: "mn", By: "EACAC", Updated: at,
		Items: []Post{{ID: guidURN("a"), URL: "https://air.example.org/mn/activities/a", Title: "개회\x02", Text: "x", Lang: "ko", Published: at, Updated: at}}}
}

func TestAtomAgainstSchema(t *testing.T) {
	rnc, jing := schema(t, "feeds/atom.rnc"), tool(t, "jing", "jing")
	for _, f := range []Feed{news(), {ID: "https://x.example", Title: "Empty", Home: "https://x.example", Self: "https://x.example/f", Lang: "en", By: "X", Updated: time.Unix(0, 0)}} {
		if out, err := exec.Command(jing, "-c", rnc, kept(t, "feed.atom", f.Atom)).CombinedOutput(); err != nil {
			t.Errorf("%s", out)
		}
	}
}

func TestFeedJSON(t *testing.T) {
	var b bytes.Buffer
	if err := news().JSON(&b); err != nil {
		t.Fatal(err)
	}
	var x struct {
		Version, Title, Language string
		Items                    []struct{ ID, URL, Title, DatePublished string }
	}
	if err := json.Unmarshal(b.Bytes(), &x); err != nil {
		t.Fatal(err)
	}
	if x.Version != "https://jsonfeed.org/version/1.1" || len(x.Items) != 1 || x.Items[0].ID != guidURN("a") || x.Language != "mn" {
		t.Errorf("%+v", x)
	}
}

// A number is given once in an agenda, whatever the ids are.
func FuzzSchedule(f *testing.F) {
	f.Add("opening", "Opening <&>", "2027-05-19T09:00", "2027-05-19T10:00")
	f.Add("", "\x00\xff", "2027-05-19T25:00", "x")
	f.Fuzz(func(t *testing.T, id, name, starts, ends string) {
		s := forum(t, "en")
		s.Shape.Items = append(s.Shape.Items, activity.Item{ID: id, Kind: "session", Names: db.Text{"en": name}, Starts: starts, Ends: ends, Room: "a", Speakers: []activity.Speaker{{Name: name}}})
		var b bytes.Buffer
		if err := s.XML(&b); err != nil {
			t.Fatal(err)
		}
		if err := xml.Unmarshal(b.Bytes(), new(xmlSchedule)); err != nil {
			t.Fatalf("%v in %q", err, b.String())
		}
		b.Reset()
		if err := s.JSON(&b); err != nil || !json.Valid(b.Bytes()) {
			t.Fatal(err)
		}
	})
}
