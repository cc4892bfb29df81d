package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	accountdesk "aircommons/internal/account"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	participationdesk "aircommons/internal/participation"
)

// call asks the API. The answer is checked against what the description of the API says of it.
func (h *house) call(spec *described, method, path, token, key, body string) (int, map[string]any) {
	h.t.Helper()
	r, err := http.NewRequest(method, h.url+"/api/v1"+path, strings.NewReader(body))
	must(h.t, err)
	r.Header.Set("Accept-Language", "en")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	resp, err := http.DefaultClient.Do(r)
	must(h.t, err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	must(h.t, err)
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		h.t.Fatalf("%s %s: %v in %s", method, path, err, data)
	}
	spec.check(h.t, method, path, resp, out)
	return resp.StatusCode, out
}

// described is the description of the API.
type described struct {
	Paths      map[string]map[string]any `yaml:"paths"`
	Components struct {
		Schemas   map[string]map[string]any `yaml:"schemas"`
		Responses map[string]map[string]any `yaml:"responses"`
	} `yaml:"components"`
}

func (h *house) described() *described {
	h.t.Helper()
	resp, err := http.Get(h.url + "/api/openapi.yaml")
	must(h.t, err)
	defer resp.Body.Close()
	var d described
	must(h.t, yaml.NewDecoder(resp.Body).Decode(&d))
	return &d
}

func (d *described) check(t testing.TB, method, path string, resp *http.Response, body map[string]any) {
	t.Helper()
	for pattern, ops := range d.Paths {
		if !matches(pattern, "/api/v1"+strings.SplitN(path, "?", 2)[0]) {
			continue
		}
		op, _ := ops[strings.ToLower(method)].(map[string]any)
		if op == nil {
			continue
		}
		answers := op["responses"].(map[string]any)
		answer, _ := answers[fmt.Sprint(resp.StatusCode)].(map[string]any)
		if answer == nil {
			t.Errorf("%s %s: status %d is not described", method, path, resp.StatusCode)
			return
		}
		if ref, _ := answer["$ref"].(string); ref != "" {
			answer = d.Components.Responses[ref[strings.LastIndex(ref, "/")+1:]]
		}
		kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
		content, _ := answer["content"].(map[string]any)[kind].(map[string]any)
		if content == nil {
			t.Errorf("%s %s: %s is not described", method, path, kind)
			return
		}
		d.fits(t, method+" "+path, content["schema"].(map[string]any), body)
		return
	}
	t.Errorf("%s %s is not described", method, path)
}

func matches(pattern, path string) bool {
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && !strings.HasPrefix(a[i], "{") {
			return false
		}
	}
	return true
}

// fits checks a value against a schema: required and known fields, kinds, closed lists.
func (d *described) fits(t testing.TB, at string, schema map[string]any, v any) {
	t.Helper()
	if ref, _ := schema["$ref"].(string); ref != "" {
		schema = d.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]]
	}
	if list, ok := schema["enum"].([]any); ok {
		found := false
		for _, x := range list {
			found = found || x == v
		}
		if !found {
			t.Errorf("%s: %v is not in the list", at, v)
		}
	}
	switch schema["type"] {
	case "object":
		m, ok := v.(map[string]any)
		if !ok {
			t.Errorf("%s: %v is no object", at, v)
			return
		}
		required, _ := schema["required"].([]any)
		for _, name := range required {
			if _, there := m[name.(string)]; !there {
				t.Errorf("%s lacks %s", at, name)
			}
		}
		properties, _ := schema["properties"].(map[string]any)
		for name, x := range m {
			if properties == nil {
				continue
			}
			p, known := properties[name].(map[string]any)
			if !known {
				t.Errorf("%s: %s is not described", at, name)
				continue
			}
			d.fits(t, at+"."+name, p, x)
		}
	case "array":
		list, ok := v.([]any)
		if !ok {
			t.Errorf("%s: %v is no list", at, v)
		}
		for _, x := range list {
			d.fits(t, at+"[]", schema["items"].(map[string]any), x)
		}
	case "string":
		if _, ok := v.(string); !ok {
			t.Errorf("%s: %v is no text", at, v)
		}
	case "integer":
		if f, ok := v.(float64); !ok || f != float64(int(f)) {
			t.Errorf("%s: %v is no whole number", at, v)
		}
	case "boolean":
		if _, ok := v.(bool); !ok {
			t.Errorf("%s: %v is no yes or no", at, v)
		}
	}
}

func TestAPI(t *testing.T) {
	h, _ := opened(t, participationdesk.Registration{Waiting: true}, participationdesk.Quota{Names: db.Text{"en": "All"}, Seats: 1})
	spec := h.described()
	// Every call of the site is described, and everything described is there.
	for _, r := range h.routes() {
		if strings.HasPrefix(r.Pattern, "/api/v1/") && spec.Paths[r.Pattern][strings.ToLower(r.Method)] == nil {
			t.Error(r, "is not described")
		}
	}
	token := func(reads bool, g ...actor.Grant) string {
		_, secret, err := h.account.AddToken(context.Background(), actor.CommandLine, accountdesk.Token{Name: "t", Kind: accountdesk.APIToken, Reads: reads, Grants: g, Expires: h.clock().Add(time.Hour)})
		must(t, err)
		return secret
	}
	runs := token(false, actor.Grant{Role: actor.ProgrammeOfficer, Subject: actor.OfActivity, Key: "forum-2027"})
	other := token(false, actor.Grant{Role: actor.ProgrammeOfficer, Subject: actor.OfActivity, Key: "seoul-forum-2019"})
	reads := token(true, actor.Grant{Role: actor.ProgrammeOfficer, Subject: actor.OfActivity, Key: "forum-2027"})
	const list = "/activities/forum-2027/registrations"
	want := func(what string, got, status int, body map[string]any, has string) map[string]any {
		t.Helper()
		b, _ := json.Marshal(body)
		if not, found := strings.CutPrefix(has, "!"); got != status || found == strings.Contains(string(b), not) {
			t.Errorf("%s: %d %s, want %d with %q", what, got, b, status, has)
		}
		return body
	}
	ask := func(what string, status int, has, method, path, token, key, body string) map[string]any {
		t.Helper()
		got, answer := h.call(spec, method, path, token, key, body)
		return want(what, got, status, answer, has)
	}
	ask("nothing", 422, `"field":"email"`, "POST", list, "", "", `{}`)
	ask("no json", 422, "error.json", "POST", list, "", "", `name=x`)
	ask("a field nobody knows", 422, "error.json", "POST", list, "", "", `{"name":"A","email":"a@example.org","seat":1}`)
	first := ask("first", 201, `"confirmed"`, "POST", list, "", "k1", `{"name":"A","email":"a@example.org","city":"seoul","visibility":"everybody"}`)
	again := ask("the same", 201, `"confirmed"`, "POST", list, "", "k1", `{"name":"A","email":"a@example.org","city":"seoul","visibility":"everybody"}`)
	if first["id"] != again["id"] {
		t.Error(first, again)
	}
	ask("other content", 409, "participation.key.used", "POST", list, "", "k1", `{"name":"B","email":"b@example.org"}`)
	ask("another key, the same person", 202, "!confirmed", "POST", list, "", "k2", `{"name":"A","email":"a@example.org"}`)
	second := ask("second", 201, `"turn":1`, "POST", list, "", "k3", `{"name":"B","email":"b@example.org"}`)
	if n := h.count(`SELECT COUNT(*) FROM participation`); n != 2 {
		t.Error(n)
	}
	ask("nobody reads the list", 401, "!example.org", "GET", list, "", "", "")
	ask("another's token", 403, "!example.org", "GET", list, other, "", "")
	ask("no token of ours", 401, "!example.org", "GET", list, "act_nothing", "", "")
	ask("list", 200, `"total":2`, "GET", list, runs, "", "")
	ask("filter", 200, `"total":1`, "GET", list+"?state=waiting", reads, "", "")
	ask("public", 200, `"name":"A"`, "GET", "/activities/forum-2027/participants", "", "", "")
	ask("public, not who waits", 200, `!"B"`, "GET", "/activities/forum-2027/participants", "", "", "")
	id := second["id"].(string)
	ask("one", 200, "b@example.org", "GET", "/registrations/"+id, reads, "", "")
	ask("one, unknown", 401, "!b@example.org", "GET", "/registrations/"+id, "", "", "")
	ask("a token that reads", 403, "account.token.reads", "POST", "/registrations/"+id+"/state", reads, "", `{"state":"rejected"}`)
	ask("beyond the seats", 422, "participation.full", "POST", "/registrations/"+id+"/state", runs, "", `{"state":"confirmed"}`)
	ask("an old version", 409, "error.conflict", "POST", "/registrations/"+id+"/state", runs, "", `{"state":"rejected","version":7}`)
	ask("rejected", 200, `"rejected"`, "POST", "/registrations/"+id+"/state", runs, "", `{"state":"rejected","reason":"late"}`)
	ask("no activity", 404, "error.notfound", "POST", "/activities/nothing/registrations", "", "", `{"name":"A","email":"a@example.org"}`)
}

// Two hundred clients at once for five seats leave five, through the site itself; each sends twice, as people press twice.
func TestNeverOversoldByTheSite(t *testing.T) {
	h, _ := opened(t, participationdesk.Registration{Waiting: true}, participationdesk.Quota{Names: db.Text{"en": "All"}, Seats: 5})
	spread := h.storm(200, 2)
	if n := h.count(`SELECT COUNT(*) FROM participation WHERE state = 'confirmed'`); n != 5 {
		t.Error(n, "seats")
	}
	if n := h.count(`SELECT COUNT(*) FROM participation WHERE state = 'waiting'`); n != 195 {
		t.Error(n, "wait")
	}
	if n := h.count(`SELECT COUNT(*) FROM mail`); n != 200 {
		t.Error(n, "letters")
	}
	t.Log("slowest of a hundred", spread[len(spread)*99/100])
}

// storm registers n people at once, each sending a number of times, and gives how long each answer took, the shortest first.
func (h *house) storm(n, times int) []time.Duration {
	h.t.Helper()
	var mu sync.Mutex
	var took []time.Duration
	var wg sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 50, MaxConnsPerHost: 50}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for i := range n {
		for range times {
			wg.Go(func() {
				body := fmt.Sprintf("key=%032x&name=Person+%d&email=p%d%%40example.org&mode=onsite&visible=nobody&place=seoul", i+1, i, i)
				began := time.Now()
				resp, err := client.Post(h.url+"/en/activities/forum-2027/register", "application/x-www-form-urlencoded", strings.NewReader(body))
				if err != nil {
					h.t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
				if resp.StatusCode != http.StatusSeeOther || !strings.Contains(resp.Header.Get("Location"), "/seats/") {
					h.t.Error(i, resp.StatusCode, resp.Header.Get("Location"))
				}
			})
		}
	}
	wg.Wait()
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	return took
}
