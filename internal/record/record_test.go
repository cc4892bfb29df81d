package record

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

var officer = actor.Actor{ID: "p1", Name: "Officer", Role: actor.Secretariat}

func now() time.Time { return time.Date(2027, 1, 4, 9, 0, 0, 123456789, time.UTC) }

func open(t testing.TB) (*Desk, *db.DB) {
	t.Helper()
	d, err := db.Open(context.Background(), filepath.Join(t.TempDir(), "x.db"), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return New(d), d
}

// small is a document with one thing of each kind.
const small = `aircommons: 1
places:
  - id: seoul
    names: {en: Seoul, ko: 서울}
    kind: city
    country: KR
    parent: korea
    zone: Asia/Seoul
  - id: korea
    names: {en: Republic of Korea}
    kind: country
    country: KR
organisations:
  - id: smg
    names: {en: Seoul Metropolitan Government}
    kind: city-government
    place: seoul
  - id: eacac
    names: {en: EACAC}
    kind: city-network
topics:
  - id: waste
    scheme: sector
    labels: {en: Waste}
memberships:
  - id: eacac-seoul
    place: seoul
    network: eacac
    kind: member
    period: 2016/..
programmes:
  - id: forum
    kind: forum
    names: {en: "Forum: yes"}
    every: year
    roles:
      - organisation: smg
        role: organiser
    state: published
activities:
  - id: workshop-2016
    parent: forum-2016
    kind: workshop
    names: {en: Workshop}
    state: draft
  - id: forum-2016
    programme: forum
    kind: forum
    names: {en: Forum 2016}
    label: 2016 Forum
    period: 2016-05-19/2016-05-20
    printed: 19▸20 MAY
    place: seoul
    topics: [waste]
    participants:
      - part: pilot
        unnamed: 3
        names: {en: Pilot cities}
    items:
      - kind: talk
        names: {en: Opening}
    state: published
documents:
  - id: report
    kind: report
    names: {en: Report}
    issued: 2018-01
    relation: report-of
    subject: activity
    key: forum-2016
    offered: true
    state: published
statements:
  - id: s1
    subject: activity
    key: forum-2016
    field: period
    printed: 19 May
    parsed: 2016-05-19
    source: a page
    rank: 1
`

func export(t *testing.T, k *Desk) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := k.Export(context.Background(), officer, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestExportImportExport(t *testing.T) {
	ctx := context.Background()
	a, d := open(t)
	n, err := a.Import(ctx, officer, strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"places": 2, "organisations": 2, "topics": 1, "memberships": 1, "programmes": 1, "activities": 2, "documents": 1, "statements": 1}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Error(diff)
	}
	first := export(t, a)
	if !bytes.Equal(first, export(t, a)) {
		t.Error("two exports of one network differ")
	}
	b, _ := open(t)
	if _, err := b.Import(ctx, officer, bytes.NewReader(first)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(first), string(export(t, b))); diff != "" {
		t.Error(diff)
	}
	// A text that looks like another kind of value stays a text.
	for _, line := range []string{"en: 'Forum: yes'", `label: 2016 Forum`, `issued: 2018-01`, "entered_by: Officer", "entered_at: 2027-01-04T09:00:00.123Z"} {
		if !bytes.Contains(first, []byte(line)) {
			t.Errorf("no %q in\n%s", line, first)
		}
	}
	// What the search finds, and who did it, is there as after any other change.
	err = d.Read(ctx, func(tx *db.Tx) error {
		hits, err := tx.Search(ctx, "서울", "ko", 0)
		if err != nil || len(hits) == 0 {
			t.Errorf("search after an import: %v %v", hits, err)
		}
		h, err := tx.History(ctx, "activity", "forum-2016")
		if len(h) != 1 || h[0].Action != "import" || h[0].ByName != "Officer" {
			t.Errorf("history after an import: %+v", h)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImportNeedsAnEmptyNetwork(t *testing.T) {
	ctx := context.Background()
	k, _ := open(t)
	if _, err := k.Import(ctx, officer, strings.NewReader(small)); err != nil {
		t.Fatal(err)
	}
	before := export(t, k)
	_, err := k.Import(ctx, officer, strings.NewReader(small))
	if fault.CodeOf(err) != fault.Conflict {
		t.Errorf("second import: %v", err)
	}
	if !bytes.Equal(before, export(t, k)) {
		t.Error("a refused import changed the network")
	}
	for _, by := range []actor.Actor{{}, {ID: "c", Role: actor.CityOfficer, City: "seoul"}} {
		_, err := k.Import(ctx, by, strings.NewReader(small))
		_, err2 := k.Check(ctx, by)
		for _, err := range []error{err, err2, k.Export(ctx, by, &bytes.Buffer{})} {
			if fault.CodeOf(err) != fault.Denied {
				t.Errorf("by %q: %v", by.Role, err)
			}
		}
	}
}

// problemsOf says an error in English, one problem to a line.
func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	var e *fault.Error
	if err == nil || !errors.As(err, &e) || e.Code == fault.Internal {
		t.Fatalf("not a clear refusal: %v", err)
	}
	c, cerr := catalog.Load()
	if cerr != nil {
		t.Fatal(cerr)
	}
	w := c.Lang("en")
	if !w.Has(e.Message.Key) || strings.ContainsAny(w.Say(e.Message), "\n{") {
		t.Errorf("not said in one line: %q", w.Say(e.Message))
	}
	var out []string
	for _, f := range e.Fields {
		if !w.Has(f.Message.Key) {
			t.Errorf("no text %q", f.Message.Key)
		}
		out = append(out, f.Name+": "+w.Say(f.Message))
	}
	return out
}

func TestImportRefusesWithTheLine(t *testing.T) {
	ctx := context.Background()
	k, _ := open(t)
	replace := func(old, new string) string {
		if !strings.Contains(small, old) {
			t.Fatalf("no %q", old)
		}
		return strings.Replace(small, old, new, 1)
	}
	for _, c := range []struct{ name, doc, at, want string }{
		{"empty", "", "", "line 0: The document is empty"},
		{"blank", "\n# nothing\n", "", "line 0: The document is empty"},
		{"a table", "a,b,c\n1,2,3\n", "", "line 0: This is not a network document"},
		{"another YAML", "name: x\nversion: 3\n", "", "line 0: This is not a network document"},
		{"binary", "\x00\x01\x02", "", "line 0: This is not YAML"},
		{"cut off", small[:len(small)/2] + "\n  \"", "", "line "},
		{"newer", "aircommons: 2\n", "aircommons: 2", "line @: The document has format 2, this program reads up to 1"},
		{"no number", "aircommons: one\n", "one", "line @: The format must be a whole number, not “one”"},
		{"two documents", small + "---\naircommons: 1\n", "", "line "},
		{"unknown section", small + "rooms: []\n", "rooms", "line @: “rooms” is not known here"},
		{"unknown key", replace("    country: KR\n", "    country: KR\n    mayor: Kim\n"), "mayor", "line @: “mayor” is not known here; known are id, names, kind"},
		{"key twice", replace("    country: KR\n", "    country: KR\n    kind: city\n"), "", "line 7: “kind” stands here twice"},
		{"no id", replace("  - id: waste\n    scheme", "  - scheme"), "- scheme", "line @: An item of “topics” has no id"},
		{"id twice", replace("  - id: eacac\n", "  - id: smg\n"), "", "line 18: The id “smg” is taken by line 14"},
		{"no list", "aircommons: 1\nplaces: 5\n", "places: 5", "line @: “places” must be a list"},
		{"no item", "aircommons: 1\nplaces: [5]\n", "places: [5]", "line @: Each item of “places” must have lines"},
		{"number", replace("unnamed: 3", "unnamed: many"), "unnamed: many", "line @: “many” cannot be read as unnamed"},
		{"period", replace("2016-05-19/2016-05-20", "2016-05-20/2016-05-19"), "2016-05-20/2016-05-19", "line @: "},
		{"date that does not exist", replace("2016-05-19/2016-05-20", "2016-02-30"), "2016-02-30", "line @: "},
		{"word", replace("kind: city\n", "kind: town\n"), "town", "line @: “town” is not one of city, region, country"},
		{"state", replace("state: draft", "state: hidden"), "hidden", "line @: “hidden” is not one of draft, published, withdrawn"},
		{"no state", replace("    state: draft\n", ""), "- id: workshop-2016", "line @: “” is not one of draft, published, withdrawn"},
		{"place", replace("parent: korea", "parent: corea"), "corea", "line @: There is no place “corea” in the document"},
		{"network", replace("network: eacac", "network: eacca"), "eacca", "line @: There is no organisation “eacca” in the document"},
		{"topic", replace("topics: [waste]", "topics: [air]"), "[air]", "line @: There is no topic “air”; choose one of the list"},
		{"role", replace("role: organiser", "role: boss"), "boss", "line @: Choose what the organisation does"},
		{"language", replace("{en: Workshop}", "{en: Workshop, fr: Atelier}"), "Atelier", "line @: The site has no language “fr”"},
		{"subject", replace("key: forum-2016\n    offered", "key: forum-2017\n    offered"), "subject: activity\n    key: forum-2017", "line @: There is no “forum-2017”"},
		{"anchors", "aircommons: 1\nplaces: &a\n  - *a\n", "&a", "line @: Anchors and aliases"},
		{"laughter", "aircommons: 1\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n", "a: &a", "line @: Anchors and aliases"},
		{"deep", "aircommons: 1\nplaces: " + strings.Repeat("[", 50) + strings.Repeat("]", 50) + "\n", "[[", "line @: The document is nested too deeply"},
		{"circle", replace("    parent: forum-2016\n", "    parent: workshop-2016\n"), "parent: workshop-2016", "line @: “workshop-2016” lies within itself"},
		{"circle of places", replace("parent: korea", "parent: seoul"), "parent: seoul", "line @: “seoul” lies within itself"},
	} {
		_, err := k.Import(ctx, officer, strings.NewReader(c.doc))
		got := problemsOf(t, err)
		if i := strings.Index(c.doc, c.at); i >= 0 {
			c.want = strings.Replace(c.want, "@", strconv.Itoa(1+strings.Count(c.doc[:i], "\n")), 1)
		}
		found := false
		for _, p := range got {
			found = found || strings.HasPrefix(p, c.want)
		}
		if !found {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if string(export(t, k)) != "aircommons: 1\n" {
			t.Errorf("%s: something of a refused document was stored", c.name)
		}
	}
}

func TestImportIsBounded(t *testing.T) {
	k, _ := open(t)
	_, err := k.Import(context.Background(), officer, bytes.NewReader(make([]byte, MaxDocument+2)))
	if got := problemsOf(t, err); len(got) != 1 || got[0] != "line 0: The document is larger than 32 MB; split it or check that it is the right file" {
		t.Errorf("%q", got)
	}
	_, err = k.Import(context.Background(), officer, &broken{})
	problemsOf(t, err)
}

type broken struct{}

func (*broken) Read([]byte) (int, error) { return 0, os.ErrPermission }

func TestCheckFile(t *testing.T) {
	ctx := context.Background()
	found, err := CheckFile(ctx, strings.NewReader(strings.Replace(small, "role: organiser", "role: boss", 1)), now)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		got = append(got, f.Rule+" "+f.Where)
	}
	want := []string{"gap-in-annual programme/forum", "contradicted-by-second-source activity/forum-2016", "offered-not-in-hand document/report", "refused programme/forum"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if last := found[len(found)-1]; last.Line != 38 {
		t.Errorf("line %d", last.Line)
	}
	if _, err := CheckFile(ctx, strings.NewReader("x"), now); err == nil {
		t.Error("a file of another kind has no findings")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("aircommons: 1\nplaces:\n  - {id: x, names: {en: [1]}, lat: .nan, population: 1e400}\n"))
	f.Add([]byte("aircommons: 1\nactivities:\n  - id: a\n    period: !!binary aGVsbG8=\n    items: [{}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(bytes.NewReader(data))
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		var p problems
		r.references(&p)
		r.Lint(now())
		// What could be read can be written and read again to the same bytes.
		var one, two bytes.Buffer
		if err := r.Write(&one); err != nil {
			t.Fatal(err)
		}
		again, err := Read(bytes.NewReader(one.Bytes()))
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, one.Bytes())
		}
		if err := again.Write(&two); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Fatalf("%s\n---\n%s", one.Bytes(), two.Bytes())
		}
	})
}
