package record

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"aircommons/internal/activity"
	"aircommons/internal/actor"
	"aircommons/internal/call"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/db/dbtest"
	"aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/network"
	"aircommons/internal/participation"
)

// The numbers and dates below are those of the facts of the example network: its page "What we do", sections 1 to 6, what
// that page contradicts or leaves open, section 7, and other pages, section 8.

func example(t *testing.T) *Record {
	t.Helper()
	r, err := Example("eacac")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestExampleTotals(t *testing.T) {
	r := example(t)
	n := map[string]int{"organisations": len(r.Organisations)}
	for _, p := range r.Programmes {
		n["recurring "+p.Kind]++
		n["recurring"]++
	}
	for _, a := range r.Activities {
		if a.Programme == "" {
			n["projects and studies"]++
			continue
		}
		n["editions of "+a.Programme]++
		if a.Period.Precision == network.Day && a.Printed != "" && a.Label != "" {
			n["dated editions"]++
		}
	}
	for _, d := range r.Documents {
		if d.Offered {
			n["offered"]++
			n["offered "+d.Kind]++
		}
	}
	topics := map[string]bool{}
	for _, p := range r.Programmes {
		if p.ID == "training-workshop" || p.ID == "iclei-shrdc-training" {
			for _, t := range p.Topics {
				topics[t] = true
			}
		}
	}
	n["topics across workshop and training"] = len(topics)
	for _, s := range r.Topics {
		if s.Scheme == "subject" {
			n["subjects"]++
		}
	}
	for _, m := range r.Memberships {
		if m.Rank == 0 && m.Place != "" {
			n["cities by name"]++
		}
	}
	for _, a := range r.Activities {
		for _, p := range a.Participants {
			if p.Unnamed > 0 {
				n["unnamed "+a.ID+" "+p.Part] += int(p.Unnamed)
			}
		}
	}
	want := map[string]int{
		"organisations": 12,
		"recurring":     5, "recurring forum": 2, "recurring workshop": 1, "recurring training": 1, "recurring studytour": 1,
		"dated editions": 14, "editions of seoul-forum": 4, "editions of beijing-forum": 2, "editions of training-workshop": 2,
		"editions of iclei-shrdc-training": 5, "editions of city-peer-learning": 1,
		"projects and studies": 3,
		"offered":              6, "offered report": 4, "offered summary": 1, "offered publication": 1,
		"topics across workshop and training": 5, "subjects": 5,
		"cities by name":                   3,
		"unnamed study-tour-2017 visiting": 6, "unnamed slcp-cities pilot": 3,
	}
	if diff := cmp.Diff(want, n); diff != "" {
		t.Error(diff)
	}
}

func TestExampleDatesAsPrinted(t *testing.T) {
	got := map[string][3]string{}
	for _, a := range example(t).Activities {
		if a.Programme != "" {
			got[a.ID] = [3]string{a.Label, a.Printed, a.Period.String()}
			if p, err := network.ReadPrinted(a.Printed, a.Period.Year()); err != nil || p != a.Period {
				t.Errorf("%s: %s is not %s", a.ID, a.Printed, a.Period)
			}
		}
	}
	want := map[string][3]string{
		"seoul-forum-2019":       {"2019 Forum Report", "22▸23 SEP", "2019-09-22/2019-09-23"},
		"seoul-forum-2018":       {"2018 Forum Report", "4▸5 SEP", "2018-09-04/2018-09-05"},
		"seoul-forum-2017":       {"2017 Forum Report", "1▸2 JUN", "2017-06-01/2017-06-02"},
		"seoul-forum-2016":       {"2016 Forum Report", "19▸20 MAY", "2016-05-19/2016-05-20"},
		"beijing-forum-2019":     {"2019 Forum", "22▸23 SEP", "2019-09-22/2019-09-23"},
		"beijing-forum-2018":     {"2018 Forum", "4▸5 SEP", "2018-09-04/2018-09-05"},
		"training-workshop-2017": {"2017 EACAC Workshop", "31 MAY", "2017-05-31"},
		"training-workshop-2016": {"2016 EACAC Workshop", "20 MAY", "2016-05-20"},
		"training-2019-ii":       {"2019 Training II", "1▸8 SEP", "2019-09-01/2019-09-08"},
		"training-2019-i":        {"2019 Training I", "19▸23 MAY", "2019-05-19/2019-05-23"},
		"training-2018":          {"2018 Training", "24▸28 NOV", "2018-11-24/2018-11-28"},
		"training-2017":          {"2017 Training", "24▸28 NOV", "2017-11-24/2017-11-28"},
		"training-2016":          {"2016 Training", "24▸28 NOV", "2016-11-24/2016-11-28"},
		"study-tour-2017":        {"2017 Study Tour to Japan", "11▸15 SEP", "2017-09-11/2017-09-15"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Every text of the example is there in all five languages.
func TestExampleSpeaksFiveLanguages(t *testing.T) {
	r := example(t)
	whole := func(what string, texts ...map[string]string) {
		for _, x := range texts {
			for _, l := range network.Languages {
				if len(x) > 0 && x[l] == "" {
					t.Errorf("%s has no %s", what, l)
				}
			}
		}
	}
	for _, p := range r.Places {
		whole(p.ID, p.Names)
	}
	for _, o := range r.Organisations {
		whole(o.ID, o.Summary) // names are as printed
	}
	for _, x := range r.Topics {
		whole(x.ID, x.Labels)
	}
	for _, p := range r.Programmes {
		whole(p.ID, p.Names, p.Summary, p.Purposes, p.Audience)
		if p.Printed != p.Names["en"] {
			t.Errorf("%s is printed %q", p.ID, p.Printed)
		}
	}
	for _, a := range r.Activities {
		whole(a.ID, a.Names, a.Aims, a.Notes)
		for _, i := range a.Items {
			whole(a.ID+" item", i.Names)
		}
		for _, p := range a.Participants {
			whole(a.ID+" participant", p.Names)
		}
	}
	for _, d := range r.Documents {
		whole(d.ID, d.Names, d.Summary)
	}
	for _, s := range r.Statements {
		whole(s.ID, s.Note)
	}
}

func TestLoadExample(t *testing.T) { dbtest.Each(t, now, testLoadExample) }

func testLoadExample(t *testing.T, d *db.DB) {
	ctx := context.Background()
	k := New(d)
	loaded, err := k.LoadExample(ctx, "eacac")
	if err != nil || !loaded {
		t.Fatalf("%v %v", loaded, err)
	}
	revision := d.Revision()
	if loaded, err := k.LoadExample(ctx, "eacac"); err != nil || loaded || d.Revision() != revision {
		t.Errorf("the second time: %v %v", loaded, err)
	}
	first := export(t, k)
	other, _ := open(t)
	if _, err := other.Import(ctx, officer, bytes.NewReader(first)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, export(t, other)) {
		t.Error("export, import into an empty folder, export: not the same bytes")
	}
	if _, err := other.LoadExample(ctx, "eacac"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("into a folder with another network: %v", err)
	}
	if _, err := k.LoadExample(ctx, "atlantis"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an unknown example: %v", err)
	}
	all, err := activity.New(d).Activities(ctx, officer)
	if err != nil || len(all) != 17+5 { // and the drafts of the next editions
		t.Errorf("%d activities: %v", len(all), err)
	}
	all, err = activity.New(d).Activities(ctx, actor.Actor{})
	if err != nil || len(all) != 17 {
		t.Errorf("the public sees %d activities: %v", len(all), err)
	}
}

func TestCheckFindsTheOddities(t *testing.T) {
	ctx := context.Background()
	k, _ := open(t)
	if _, err := k.LoadExample(ctx, "eacac"); err != nil {
		t.Fatal(err)
	}
	found, err := k.Check(ctx, officer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	said := map[string]string{}
	for _, f := range found {
		got[f.Rule] = append(got[f.Rule], f.Where)
		for _, l := range catalog.Languages {
			text := c.Lang(l.Tag).Say(f.Message)
			if strings.ContainsAny(text, "{}") || text == f.Message.Key || !c.Lang(l.Tag).Has("record.rule."+f.Rule) {
				t.Errorf("%s in %s: %q", f.Rule, l.Tag, text)
			}
			if l.Tag == "en" {
				said[f.Rule+" "+f.Where] = text
			}
		}
		if !slices.Contains(Rules, f.Rule) {
			t.Errorf("no rule %s", f.Rule)
		}
	}
	want := map[string][]string{
		// 1: three runs on the same dates, each over a weekend (and the run from Sunday to Sunday of 5).
		"repeated-dates": {"programme/iclei-shrdc-training"},
		"spans-weekend":  {"activity/training-2016", "activity/training-2017", "activity/training-2018", "activity/training-2019-ii"},
		// 2: two forums on the same dates in two cities, twice.
		"same-dates-two-cities": {"activity/beijing-forum-2018, activity/seoul-forum-2018", "activity/beijing-forum-2019, activity/seoul-forum-2019"},
		// 3: 22 September 2019 is a Sunday.
		"falls-on-weekend": {"activity/beijing-forum-2019", "activity/seoul-forum-2019"},
		// 4: the workshops within and just before the forum.
		"overlaps-or-adjoins": {"activity/seoul-forum-2016, activity/training-workshop-2016", "activity/training-workshop-2017, activity/seoul-forum-2017"},
		// 5: the two runs of 2019.
		"starts-on-sunday": {"activity/training-2019-i", "activity/training-2019-ii"},
		// 6: said to be annual.
		"gap-in-annual":     {"programme/beijing-forum", "programme/beijing-forum", "programme/iclei-shrdc-training", "programme/seoul-forum"},
		"several-in-a-year": {"programme/iclei-shrdc-training"},
		// Section 8.
		"contradicted-by-second-source": {"activity/beijing-forum-2018", "activity/beijing-forum-2019", "activity/seoul-forum-2019",
			"activity/training-2016", "activity/training-2017"},
		"only-second-source": {"programme/beijing-forum"},
		"offered-not-in-hand": {"document/asian-cities-clean-air-action-plans", "document/green-lung-summary", "document/seoul-forum-2016-report",
			"document/seoul-forum-2017-report", "document/seoul-forum-2018-report", "document/seoul-forum-2019-report"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for where, want := range map[string]string{
		"repeated-dates programme/iclei-shrdc-training":                                "ICLEI X SHRDC Training Program: 2016 Training, 2017 Training, 2018 Training carry the same dates, 24▸28 NOV",
		"spans-weekend activity/training-2016":                                         "2016 Training, 24▸28 NOV, spans a weekend, from a Thursday to a Monday",
		"spans-weekend activity/training-2017":                                         "2017 Training, 24▸28 NOV, spans a weekend, from a Friday to a Tuesday",
		"spans-weekend activity/training-2018":                                         "2018 Training, 24▸28 NOV, spans a weekend, from a Saturday to a Wednesday",
		"same-dates-two-cities activity/beijing-forum-2018, activity/seoul-forum-2018": "2018 Forum in Beijing and 2018 Forum Report in Seoul carry the same dates in 2018, 4▸5 SEP; EACAC has a role in both",
		"falls-on-weekend activity/seoul-forum-2019":                                   "2019 Forum Report, 22▸23 SEP, falls on Sunday to Monday",
		"overlaps-or-adjoins activity/training-workshop-2017, activity/seoul-forum-2017": "2017 EACAC Workshop, 31 MAY, ends the day before 2017 Forum Report, 1▸2 JUN, begins in 2017; " +
			"the record does not say that they belong together",
		"starts-on-sunday activity/training-2019-ii": "2019 Training II, 1▸8 SEP, starts on a Sunday and ends on a Sunday",
	} {
		if said[where] != want {
			t.Errorf("%s: %q, want %q", where, said[where], want)
		}
	}
	// The same rules on the exported document, and nothing in it that an import would refuse.
	onFile, err := CheckFile(ctx, bytes.NewReader(export(t, k)), now)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range onFile {
		if f.Line == 0 {
			t.Errorf("%s %s has no line", f.Rule, f.Where)
		}
		onFile[i].Line = 0
	}
	if diff := cmp.Diff(found, onFile); diff != "" {
		t.Error(diff)
	}
}

// The published annual means stand as they were published: 390 figures were collected, of which 24 are of London, which
// is no place of the network, two name no statistic (ozone and carbon monoxide of Beijing 2021) and one is implausible
// (PM2.5 of Shanghai 2012, 17.79 between 54.41 and 57.28).
func TestExamplePublishedMeans(t *testing.T) {
	r := example(t)
	if n := len(r.Published); n != 390-24-2-1 {
		t.Errorf("%d published means", n)
	}
	by := map[string]evidence.PublishedMean{}
	for _, p := range r.Published {
		by[p.ID] = p
		if p.Source == "" || p.Definition == "" {
			t.Errorf("%s has no source or definition", p.ID)
		}
		if p.Place == "shanghai" && p.Year == 2012 && p.Parameter == "pm25" {
			t.Error("the implausible value of Shanghai was taken")
		}
		if fiscal := p.PeriodKind == "fiscal"; fiscal != strings.HasPrefix(p.ID, "tokyo-pm25-20") || fiscal != strings.Contains(p.Definition, "fiscal year") {
			if !strings.HasSuffix(p.ID, "-who") {
				t.Errorf("%s: %s", p.ID, p.PeriodKind)
			}
		}
		if county := p.Scope == "county"; county != strings.HasSuffix(p.Area, " County") || county && p.Place != "california" {
			t.Errorf("%s: scope %s of %q in %s", p.ID, p.Scope, p.Area, p.Place)
		}
	}
	// Two sources of one city and year both stand: the bureau's value and the one the WHO database takes from the embassy.
	for id, want := range map[string]float64{"beijing-pm25-2013-bmeeb": 89.5, "beijing-pm25-2013-who": 101.56, "beijing-no2-2000-yearbook": 0.071} {
		if by[id].Value != want {
			t.Errorf("%s is %v", id, by[id].Value)
		}
	}
	if u := by["beijing-no2-2000-yearbook"].Unit; u != "mg/m3" {
		t.Errorf("a unit was converted: %s", u)
	}
}

// Where the pages of section 8 contradict the seed, the statement is marked; where they agree, it is not.
func TestExampleStatements(t *testing.T) {
	ctx := context.Background()
	k, d := open(t)
	if _, err := k.LoadExample(ctx, "eacac"); err != nil {
		t.Fatal(err)
	}
	desk := activity.New(d)
	contested := map[string]bool{}
	for _, p := range example(t).Programmes {
		s, err := desk.Strip(ctx, officer, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range s.Editions {
			if e.Second() {
				if e.Period.String() != "2017-06-08/2017-06-09" || p.ID != "beijing-forum" {
					t.Errorf("only a second source tells of %s %s", p.ID, e.Period)
				}
				continue
			}
			contested[e.Activity.ID] = e.Contested()
			if len(e.Sources) == 0 || e.Sources[0].Rank != 0 || e.Sources[0].Printed != e.Printed {
				t.Errorf("%s: the first source is not the first: %+v", e.Activity.ID, e.Sources)
			}
		}
	}
	for id, is := range contested {
		want := slices.Contains([]string{"seoul-forum-2019", "beijing-forum-2018", "beijing-forum-2019", "training-2016", "training-2017"}, id)
		if is != want {
			t.Errorf("%s contested: %v", id, is)
		}
	}
}

// The next edition of each programme stands as a draft, with all that its life begins with, and without a date.
func TestExampleNextEditions(t *testing.T) {
	ctx := context.Background()
	k, d := open(t)
	if _, err := k.LoadExample(ctx, "eacac"); err != nil {
		t.Fatal(err)
	}
	var r *Record
	err := d.Read(ctx, func(tx *db.Tx) (err error) {
		r, err = load(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	purposes := map[string][]string{}
	for _, f := range r.Forms {
		if f.State != form.Published {
			t.Errorf("%s is %s", f.ID, f.State)
		}
		purposes[f.Key] = append(purposes[f.Key], f.Purpose)
		texts := []db.Text{f.Names}
		for _, p := range f.Pages {
			texts = append(texts, p.Names, p.Text)
			for _, q := range p.Questions {
				texts = append(texts, q.Labels, q.Hints)
				for _, o := range q.Options {
					texts = append(texts, o.Labels)
				}
			}
		}
		for _, x := range texts {
			if len(x) != 0 && len(x) != len(network.Languages) {
				t.Errorf("%s: not in every language: %v", f.ID, x)
			}
		}
	}
	drafts := 0
	for _, p := range r.Programmes {
		i := slices.IndexFunc(r.Activities, func(a activity.Activity) bool { return a.ID == p.ID+"-next" })
		if i < 0 {
			t.Errorf("%s has no next edition", p.ID)
			continue
		}
		drafts++
		want := p.Next()
		want.ID, want.Version, want.Period = p.ID+"-next", r.Activities[i].Version, network.Period{Precision: network.Unknown}
		if diff := cmp.Diff(want, r.Activities[i], cmpopts.EquateEmpty()); diff != "" || r.Activities[i].State != activity.Draft || r.Activities[i].Period.Known() {
			t.Errorf("%s: %s", p.ID, diff)
		}
		asks := "nomination"
		if p.Kind == "forum" {
			asks = "call"
		}
		for _, x := range []string{"registration", "followup", "feedback", asks} {
			if !slices.Contains(purposes[want.ID], x) {
				t.Errorf("%s has no form of %s", want.ID, x)
			}
		}
		if !slices.ContainsFunc(r.Registrations, func(x participation.Recorded) bool {
			return x.Activity == want.ID && !x.Open && x.Opens == "" && x.Closes == "" && len(x.Quotas) > 0
		}) || !slices.ContainsFunc(r.Calls, func(c call.Call) bool { return c.Key == want.ID && c.State == call.Draft && c.Closes == "" }) {
			t.Errorf("%s has no registration or no call", want.ID)
		}
	}
	if drafts != 5 || len(r.Registrations) != 5 || len(r.Calls) != 5 || len(r.Forms) != 20 {
		t.Errorf("%d drafts, %d registrations, %d calls, %d forms", drafts, len(r.Registrations), len(r.Calls), len(r.Forms))
	}
}
