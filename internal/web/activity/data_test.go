package activity

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// dataOf is the schema.org data of a page.
func dataOf(t *testing.T, body string) map[string]any {
	t.Helper()
	m := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the page has no data")
	}
	var out map[string]any
	if err := json.Unmarshal([]byte(m[1]), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// allData is the data of a page that describes several things.
func allData(t *testing.T, body string) (out []map[string]any) {
	t.Helper()
	m := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the page has no data")
	}
	if err := json.Unmarshal([]byte(m[1]), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// exact is a date of ISO 8601 as exact as it is known: a day, a month or a year.
var exact = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)

// wantEvent checks the properties that search engines require or recommend for an event
// (https://schema.org/Event, https://developers.google.com/search/docs/appearance/structured-data/event).
func wantEvent(t *testing.T, name string, e map[string]any) {
	t.Helper()
	for _, key := range []string{"name", "url", "startDate", "location", "organizer", "eventStatus", "eventAttendanceMode"} {
		if e[key] == nil {
			t.Errorf("%s lacks %s", name, key)
		}
	}
	for _, key := range []string{"startDate", "endDate"} {
		if s, ok := e[key].(string); ok && !exact.MatchString(s) {
			t.Errorf("%s: %s is %q", name, key, s)
		}
	}
	if p, ok := e["location"].(map[string]any); ok && p["@type"] == "Place" {
		if a, _ := p["address"].(map[string]any); a["@type"] != "PostalAddress" || a["addressCountry"] == nil {
			t.Errorf("%s: address %v", name, p["address"])
		}
	}
	for _, key := range []string{"eventStatus", "eventAttendanceMode"} {
		if s, _ := e[key].(string); !strings.HasPrefix(s, "https://schema.org/") {
			t.Errorf("%s: %s is %q", name, key, s)
		}
	}
}

func TestDataForSearchEngines(t *testing.T) {
	s := newSite(t, true, nil)
	reader := s.as(t, "")
	e := dataOf(t, reader.get("/en/activities/seoul-forum-2019").Body.String())
	wantEvent(t, "Seoul forum of 2019", e)
	if e["@context"] != "https://schema.org" || e["@type"] != "Event" || e["startDate"] != "2019-09-22" || e["endDate"] != "2019-09-23" {
		t.Errorf("%v", e)
	}
	series := dataOf(t, reader.get("/ko/programme/seoul-forum").Body.String())
	if series["@type"] != "EventSeries" || series["startDate"] != "2016-05-19" || series["organizer"] == nil {
		t.Errorf("%v", series)
	}
	parts, _ := series["subEvent"].([]any)
	if len(parts) != 4 { // section 3.1 of the facts has four editions
		t.Errorf("%d editions", len(parts))
	}
	for _, p := range parts {
		wantEvent(t, "an edition", p.(map[string]any))
	}
	training := allData(t, reader.get("/en/programme/iclei-shrdc-training").Body.String())
	if len(training) != 2 || training[0]["@type"] != "EventSeries" || training[1]["@type"] != "Course" {
		t.Fatalf("%v", training)
	}
	// What a course needs: https://developers.google.com/search/docs/appearance/structured-data/course-info
	for _, key := range []string{"name", "description", "provider", "hasCourseInstance"} {
		if training[1][key] == nil {
			t.Errorf("the course lacks %s", key)
		}
	}
	for _, run := range training[1]["hasCourseInstance"].([]any) {
		if i := run.(map[string]any); i["courseMode"] == nil || i["courseSchedule"] == nil {
			t.Errorf("%v", i)
		}
	}
	project := dataOf(t, reader.get("/en/activities/green-lung").Body.String())
	if project["eventStatus"] != nil || project["@type"] != "Project" {
		t.Errorf("%v", project)
	}
}
