package web

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	accountdesk "aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/web/ui"
)

// Who may do something, from few to many. A route's entry in access names one.
const (
	everybody = "everybody" // also who is not signed in
	signed    = "signed"    // signed in, or a token
	persons   = "persons"   // signed in, and no token
	officers  = "officers"  // administrators and the secretariat, also by a token
	keepers   = "keepers"   // officers, in person: not by a token
	leaders   = "leaders"   // who runs the activity, in person: not by a token
	runners   = "runners"   // officers and who runs the activity
	helpers   = "helpers"   // runners, and people and devices at the door of the activity
	cities    = "cities"    // officers and the city officer of Seoul
	focals    = "focals"    // officers and the focal point of Seoul
)

// The people and machines of the test, and which of the groups above each belongs to.
var roles = []struct {
	name   string
	groups string
}{
	{"anonymous", "everybody"},
	{"visitor", "everybody signed persons"},
	{"city", "everybody signed persons cities"},
	{"focal", "everybody signed persons focals"},
	{"speaker", "everybody signed persons"},
	{"reviewer", "everybody signed persons"},
	{"checkin", "everybody signed persons helpers"},
	{"programme", "everybody signed persons runners leaders helpers"},
	{"secretariat", "everybody signed persons officers keepers leaders runners helpers cities focals"},
	{"administrator", "everybody signed persons officers keepers leaders runners helpers cities focals"},
	{"device", "everybody signed helpers"},
	{"reading", "everybody signed"}, // a token of the secretariat that only reads
	{"api", "everybody signed officers runners helpers cities focals"},
}

// TestAccess walks every address of the site, as the site itself lists them, with every role. An address that is not in the
// table of access_table_test.go fails, and so does an entry of the table that the site does not have.
func TestAccess(t *testing.T) {
	if testing.Short() {
		t.Skip("short: the addresses are not walked")
	}
	h := newHouse(t, true)
	ids := h.things()
	as := map[string]*walker{}
	for _, r := range roles {
		as[r.name] = h.walker(r.name, ids)
	}
	seen := map[string]bool{}
	var unknown []string
	for _, route := range h.routes() {
		name := route.String()
		seen[name] = true
		want, ok := access[name]
		if !ok {
			unknown = append(unknown, name)
		}
		path := h.fill(route, ids)
		var observed, unrefused []string
		for _, r := range roles {
			status := as[r.name].ask(route.Method, path, answers[name])
			allowed := status != http.StatusUnauthorized && status != http.StatusForbidden && status != http.StatusNotFound
			if status >= 500 {
				t.Errorf("%s as %s: status %d", name, r.name, status)
			}
			if status != http.StatusUnauthorized && status != http.StatusForbidden {
				unrefused = append(unrefused, r.name)
			}
			if allowed {
				observed = append(observed, r.name)
			}
			may := strings.Contains(" "+r.groups+" ", " "+want+" ")
			if r.name == "reading" {
				may = route.Method == http.MethodGet && want != persons && want != keepers && want != leaders
			}
			refused := status == http.StatusUnauthorized || status == http.StatusForbidden
			switch {
			case ok && may && refused:
				t.Errorf("%s as %s: refused with %d, should be let in (%s)", name, r.name, status, path)
			case ok && !may && allowed:
				t.Errorf("%s as %s: let in with %d, should be refused (%s)", name, r.name, status, path)
			}
		}
		if os.Getenv("AIRCOMMONS_ACCESS") != "" {
			t.Logf("ACCESS\t%s\t%s\t%s\t%s", name, path, strings.Join(observed, " "), strings.Join(unrefused, " "))
		}
	}
	sort.Strings(unknown)
	for _, name := range unknown {
		t.Errorf("%q is in no row of the table of access: say who may", name)
	}
	for name := range access {
		if !seen[name] {
			t.Errorf("the table of access has %q, the site has not", name)
		}
	}
}

// answers are sent where a form without any is refused before anything else.
var answers = map[string]url.Values{
	"POST /office/calls/{id}":      {"do": {"publish"}},
	"POST /office/translate/apply": {"rows": {`[{"Subject":"programme","Key":"seoul-forum","Field":"names","Text":"x"}]`}, "into": {"mn"}},
}

// things are ids of what there is, by table, with somebody made for the test.
func (h *house) things() map[string]string {
	ctx := context.Background()
	ids := map[string]string{}
	must(h.t, h.db.Write(ctx, func(tx *db.Tx) error {
		p, err := accountdesk.Ensure(ctx, tx, actor.System, accountdesk.Person{Name: "Somebody Else", Email: "else@air.example", Language: "en"})
		if err != nil {
			return err
		}
		ids["person"] = p.ID
		for _, table := range []string{"organisation", "membership", "topic", "statement", "document", "station", "form", "call", "submission", "mail", "letter", "participation"} {
			var id string
			if err := tx.QueryRowContext(ctx, `SELECT id FROM `+table+` ORDER BY id LIMIT 1`).Scan(&id); err == nil {
				ids[table] = id
			}
		}
		var a, programme string
		err = tx.One(ctx, `SELECT id, programme_id FROM activity WHERE programme_id IS NOT NULL AND state = 'published' ORDER BY id LIMIT 1`, nil, &a, &programme)
		ids["activity"], ids["programme"], ids["place"] = a, programme, "seoul"
		return err
	}))
	return ids
}

// firsts are the kinds of things by the first parts of an address.
var firsts = []struct{ prefix, kind string }{
	{"/office/people/", "person"}, {"/activities/", "activity"}, {"/office/activities/", "activity"}, {"/programme/", "programme"}, {"/office/programmes/", "programme"},
	{"/cities/", "place"}, {"/office/places/", "place"}, {"/organisations/", "organisation"}, {"/office/organisations/", "organisation"}, {"/office/memberships/", "membership"},
	{"/topics/", "topic"}, {"/office/topics/", "topic"}, {"/office/statements/", "statement"}, {"/library/", "document"}, {"/office/documents/", "document"},
	{"/evidence/stations/", "station"}, {"/office/forms/", "form"}, {"/calls/", "call"}, {"/office/calls/", "call"}, {"/office/mail/", "mail"}, {"/letters/", "letter"},
	{"/office/participations/", "participation"}, {"/door/", "activity"}, {"/checkin/", "activity"}, {"/api/v1/activities/", "activity"}, {"/api/v1/registrations/", "participation"},
}

var place = regexp.MustCompile(`\{[a-z]+(\.\.\.)?\}`)

// fill puts something into the places of an address.
func (h *house) fill(r ui.Route, ids map[string]string) string {
	path := strings.TrimSuffix(r.Pattern, "{$}")
	path = strings.NewReplacer("{subject}", "activity", "{key}", ids["activity"], "{activity}", ids["activity"]).Replace(path)
	for _, f := range firsts {
		if strings.HasPrefix(path, f.prefix+"{") {
			if id := ids[f.kind]; id != "" {
				path = strings.Replace(path, "{id}", url.PathEscape(id), 1)
			}
		}
	}
	path = place.ReplaceAllString(path, "x")
	if !r.Raw {
		path = "/en" + path
	}
	return path
}

// walker asks as somebody.
type walker struct {
	*house
	name   string
	person string // signed in as; "" for tokens and nobody
	token  string
	client *http.Client
}

func (h *house) walker(name string, ids map[string]string) *walker {
	ctx := context.Background()
	w := &walker{house: h, name: name}
	add := func(role actor.Role, city string, grants ...actor.Grant) string {
		p, _, err := h.account.AddUser(ctx, actor.CommandLine, accountdesk.Person{Name: name, Email: name + "@air.example", Role: role, City: city, Language: "en"})
		must(h.t, err)
		for _, g := range grants {
			must(h.t, h.account.Grant(ctx, actor.CommandLine, p.ID, g, time.Time{}))
		}
		return p.ID
	}
	token := func(kind string, reads bool, g actor.Grant) string {
		_, secret, err := h.account.AddToken(ctx, actor.CommandLine, accountdesk.Token{Name: name, Kind: kind, Reads: reads, Grants: []actor.Grant{g}, Expires: h.clock().Add(accountdesk.MostTokenTime)})
		must(h.t, err)
		return secret
	}
	of := func(role actor.Role, subject, key string) actor.Grant {
		return actor.Grant{Role: role, Subject: subject, Key: key}
	}
	switch name {
	case "visitor":
		w.person = add(actor.Visitor, "")
	case "city":
		w.person = add(actor.CityOfficer, "seoul")
	case "focal":
		w.person = add(actor.Visitor, "", of(actor.FocalPoint, actor.OfPlace, "seoul"))
	case "speaker":
		w.person = add(actor.Visitor, "", of(actor.Speaker, actor.OfActivity, ids["activity"]))
	case "reviewer":
		w.person = add(actor.Visitor, "", of(actor.Reviewer, actor.OfActivity, ids["activity"]))
	case "checkin":
		w.person = add(actor.Visitor, "", of(actor.CheckIn, actor.OfActivity, ids["activity"]))
	case "programme":
		w.person = add(actor.Visitor, "", of(actor.ProgrammeOfficer, actor.OfProgramme, ids["programme"]), of(actor.ProgrammeOfficer, actor.OfActivity, ids["activity"]))
	case "secretariat":
		w.person = add(actor.Secretariat, "")
	case "administrator":
		w.person = add(actor.Administrator, "")
	case "device":
		w.token = token(accountdesk.DeviceToken, false, of(actor.CheckIn, actor.OfActivity, ids["activity"]))
	case "reading":
		w.token = token(accountdesk.APIToken, true, of(actor.Secretariat, actor.OfNetwork, ""))
	case "api":
		w.token = token(accountdesk.APIToken, false, of(actor.Secretariat, actor.OfNetwork, ""))
	}
	return w
}

// enter begins a new session.
func (w *walker) enter() {
	b := w.browser()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	w.client = b.client
	if w.person == "" {
		return
	}
	p, err := w.account.Person(context.Background(), actor.CommandLine, w.person)
	must(w.t, err)
	_, path, err := w.account.AddUser(context.Background(), actor.CommandLine, accountdesk.Person{Name: p.Name, Email: p.Email, Role: p.Role, City: p.City})
	must(w.t, err)
	answer, err := w.client.PostForm(w.url+path, nil)
	must(w.t, err)
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		w.t.Fatalf("%s does not get in: %d", w.name, answer.StatusCode)
	}
}

// ask gives the status of an address. What ends or changes the session is followed by a new one.
func (w *walker) ask(method, path string, fields url.Values) int {
	if w.client == nil {
		w.enter()
	}
	w.pass(10 * time.Second) // so that nobody is too fast
	r, err := http.NewRequest(method, w.url+path, nil)
	must(w.t, err)
	if method == http.MethodPost {
		r, err = http.NewRequest(method, w.url+path, strings.NewReader(fields.Encode()))
		must(w.t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if w.token != "" {
		r.Header.Set("Authorization", "Bearer "+w.token)
	}
	answer, err := w.client.Do(r)
	must(w.t, err)
	answer.Body.Close()
	if method == http.MethodPost && (strings.Contains(path, "/sign") || strings.HasSuffix(path, "/everywhere") || strings.HasSuffix(path, "/look") || strings.HasSuffix(path, "/erase")) {
		w.client = nil
	}
	return answer.StatusCode
}
