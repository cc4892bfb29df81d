package evidence_test

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/actor"
)

// reader keeps cookies and follows redirects.
type reader struct {
	t      *testing.T
	url    string
	client *http.Client
}

// enter serves the site and signs a new person in.
func enter(t *testing.T, h http.Handler, people *account.Desk, name string, role actor.Role, city string) reader {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "air.example.org"
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	jar, err := cookiejar.New(nil)
	must(t, err)
	b := reader{t, s.URL, &http.Client{Jar: jar}}
	_, path, err := people.AddUser(context.Background(), actor.CommandLine, account.Person{Name: name, Email: strings.ToLower(name) + "@air.example", Role: role, City: city})
	must(t, err)
	if code, text := b.post(path); code != 200 || !strings.Contains(text, "You are signed in as "+name) {
		t.Fatal(code, text)
	}
	return b
}

func (b reader) do(r *http.Request) (int, string) {
	b.t.Helper()
	r.Header.Set("Accept-Language", "en")
	resp, err := b.client.Do(r)
	must(b.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(b.t, err)
	return resp.StatusCode, html.UnescapeString(string(text))
}

func (b reader) get(path string) (int, string) {
	b.t.Helper()
	r, err := http.NewRequest("GET", b.url+path, nil)
	must(b.t, err)
	return b.do(r)
}

func (b reader) post(path string, fields ...string) (int, string) {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	r, err := http.NewRequest("POST", b.url+path, strings.NewReader(form.Encode()))
	must(b.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func (b reader) want(code int, text string, status int, texts ...string) {
	b.t.Helper()
	if code != status {
		b.t.Errorf("status %d, want %d", code, status)
	}
	for _, s := range texts {
		if not, found := strings.CutPrefix(s, "!"); found == strings.Contains(text, not) {
			_, body, _ := strings.Cut(text, "<main")
			b.t.Errorf("%q is wrong in\n%s", s, body)
		}
	}
}

// made is a small file of hours of one day in 2016.
func made(t *testing.T) string {
	t.Helper()
	var s strings.Builder
	s.WriteString("\"No\",\"year\",\"month\",\"day\",\"hour\",\"PM2.5\",\"PM10\",\"SO2\",\"NO2\",\"CO\",\"O3\",\"TEMP\",\"PRES\",\"DEWP\",\"RAIN\",\"wd\",\"WSPM\",\"station\"\n")
	for i := range 48 {
		at := time.Date(2016, 5, 1, i, 0, 0, 0, time.UTC)
		s.WriteString("1,2016,5," + at.Format("2") + "," + at.Format("15") + ",12,30,NA,NA,NA,NA,8.5,NA,NA,NA,NNW,2.4,\"Made\"\n")
	}
	path := filepath.Join(t.TempDir(), "made.csv")
	must(t, os.WriteFile(path, []byte(s.String()), 0o600))
	return path
}

func TestStations(t *testing.T) {
	h, k, people := site(t, made(t))
	code, text, _ := get(t, h, "/en/evidence/stations/1")
	if code != 200 || !strings.Contains(text, "Made") || !strings.Contains(text, "UTC+08:00") || !strings.Contains(text, "NNW") && !strings.Contains(text, "Wind") {
		t.Fatal(code, text)
	}
	if code, _, _ := get(t, h, "/en/evidence/stations/2"); code != 404 {
		t.Error(code)
	}
	if code, _, _ := get(t, h, "/en/evidence/stations/1/edit"); code != 403 {
		t.Error("a form is shown to everybody", code)
	}
	own, other := enter(t, h, people, "Li", actor.CityOfficer, "beijing"), enter(t, h, people, "Kim", actor.CityOfficer, "seoul")
	code, text = other.get("/en/evidence/stations/1/edit")
	other.want(code, text, 403)
	code, text = other.post("/en/evidence/stations/1/edit", "name", "X", "site_type", "urban", "offset", "+08:00", "version", "1")
	other.want(code, text, 403)
	code, text = own.post("/en/evidence/stations/1/edit", "name", "", "site_type", "urban", "offset", "+8:07", "lat", "39,9", "version", "1")
	own.want(code, text, 422, "Give the station a name.", "The offset lies between", "Error:")
	code, text = own.post("/en/evidence/stations/1/edit", "name", "Made station", "site_type", "urban", "offset", "+08:00", "lat", "39.9", "lon", "116.4", "note", "roof", "version", "1")
	own.want(code, text, 200, "The station is saved.", "Made station", "Urban", "39.9° N, 116.4° E", "roof")
	code, text = own.post("/en/evidence/stations/1/edit", "name", "Another", "site_type", "urban", "offset", "+08:00", "version", "1")
	own.want(code, text, 409, "Made station", "Another")
	code, text = own.get("/en/evidence/stations/1/history")
	own.want(code, text, 200, "Li", "changed", ">Not stated<", ">Urban<")
	st, err := k.Station(context.Background(), 1)
	if err != nil || st.Name != "Made station" || st.Version != 2 {
		t.Error(st, err)
	}
	code, text, _ = get(t, h, "/en/cities/beijing/air")
	if code != 200 || !strings.Contains(text, "Made station") {
		t.Error("the city's page does not know the new name")
	}
}

func TestPublishedMeans(t *testing.T) {
	h, _, people := site(t)
	code, text, _ := get(t, h, "/en/evidence/published?place=seoul&pollutant=pm25")
	if code != 200 || !strings.Contains(text, "Seoul Metropolitan Government") || strings.Contains(text, "/edit") {
		t.Fatal(code, text)
	}
	if code, _, _ := get(t, h, "/en/evidence/published/new"); code != 403 {
		t.Error(code)
	}
	kim := enter(t, h, people, "Kim", actor.CityOfficer, "seoul")
	fields := []string{"place", "seoul", "parameter", "pm25", "year", "2025", "period_kind", "calendar", "value", "17.5", "unit", "µg/m³", "scope", "city", "source", "made for a test", "version", "0"}
	code, text = kim.post("/en/evidence/published/new", append([]string{"place", "beijing"}, fields[2:]...)...)
	kim.want(code, text, 403)
	code, text = kim.post("/en/evidence/published/new", "place", "seoul", "parameter", "pm25", "year", "x", "period_kind", "calendar", "value", "", "unit", "°C", "scope", "city", "source", "", "version", "0")
	kim.want(code, text, 422, "Give a year from 1900", "Give the value as a number")
	code, text = kim.post("/en/evidence/published/new", fields...)
	kim.want(code, text, 200, "The published mean is saved.", "17.5 µg/m³", "/evidence/published/seoul-pm25-2025/edit")
	code, text = kim.get("/en/cities/seoul/air")
	kim.want(code, text, 200, "In 2025 the air of Seoul held 17.5 µg/m³")
	code, text = kim.post("/en/evidence/published/seoul-pm25-2025/withdraw?version=1")
	kim.want(code, text, 200, "is withdrawn", "Withdrawn")
	code, text = kim.get("/en/cities/seoul/air")
	kim.want(code, text, 200, "!In 2025")
	code, text = kim.get("/en/evidence/published/seoul-pm25-2025/history")
	kim.want(code, text, 200, "created", "withdrawn")
}
