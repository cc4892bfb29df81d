package form

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

func en(s string) db.Text { return db.Text{"en": s} }

// visa is a form with a condition on the same page, one across pages, and one that hangs on another.
func visa() Form {
	yes := []string{"yes"}
	return Form{ID: "visa", Purpose: "registration", Names: en("Visa"), Pages: []Page{
		{ID: "you", Names: en("You"), Questions: []Question{
			{ID: "name", Kind: "line", Labels: en("Name"), Required: true, Max: 5},
			{ID: "abroad", Kind: "yesno", Labels: en("From abroad?"), Required: true},
			{ID: "country", Kind: "country", Labels: en("Country"), Required: true, When: &When{Question: "abroad", Is: yes}},
		}},
		{ID: "visa", Names: en("Visa"), Questions: []Question{
			{ID: "letter", Kind: "yesno", Labels: en("Letter?"), Required: true, When: &When{Question: "abroad", Is: yes}},
			{ID: "passport", Kind: "line", Labels: en("Passport"), Required: true, Class: "passport", When: &When{Question: "letter", Is: yes}},
		}},
		{ID: "end", Names: en("End"), Questions: []Question{
			{ID: "days", Kind: "many", Labels: en("Days"), Max: 2, Options: []Option{{"1", en("One")}, {"2", en("Two")}, {"3", en("Three")}}},
		}},
	}}
}

func TestAsked(t *testing.T) {
	for _, c := range []struct {
		name  string
		a     Answers
		asked string
		steps string
	}{
		{"nothing yet", nil, "name abroad days", "you end"},
		{"from here", Answers{"abroad": {"no"}}, "name abroad days", "you end"},
		{"from abroad", Answers{"abroad": {"yes"}}, "name abroad country letter days", "you visa end"},
		{"with a letter", Answers{"abroad": {"yes"}, "letter": {"yes"}}, "name abroad country letter passport days", "you visa end"},
		{"changed her mind", Answers{"abroad": {"no"}, "letter": {"yes"}, "passport": {"M1"}}, "name abroad days", "you end"},
	} {
		var asked, steps []string
		for _, q := range visa().Asked(c.a) {
			asked = append(asked, q.ID)
		}
		for _, p := range visa().Steps(c.a) {
			steps = append(steps, p.ID)
		}
		if got := strings.Join(asked, " "); got != c.asked {
			t.Errorf("%s: asked %q, want %q", c.name, got, c.asked)
		}
		if got := strings.Join(steps, " "); got != c.steps {
			t.Errorf("%s: steps %q, want %q", c.name, got, c.steps)
		}
	}
	f := visa()
	if got := f.Next("you", Answers{"abroad": {"no"}}); got != "end" {
		t.Errorf("after the first page: %q", got)
	}
	if got := f.Next("end", nil); got != "" {
		t.Errorf("after the last page: %q", got)
	}
	kept := f.Keep(Answers{"abroad": {"no"}, "passport": {"M1"}, "other": {"x"}})
	if want := (Answers{"abroad": {"no"}}); !reflect.DeepEqual(kept, want) {
		t.Errorf("kept %v, want %v", kept, want)
	}
}

func TestCheck(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	for _, c := range []struct {
		q     Question
		v     []string
		fault string
	}{
		{Question{Kind: "line", Required: true}, []string{"  "}, "form.missing.text"},
		{Question{Kind: "line"}, nil, ""},
		{Question{Kind: "line", Max: 3}, []string{"몽골인"}, ""},
		{Question{Kind: "line", Max: 3}, []string{"four"}, "form.answer.long"},
		{Question{Kind: "line"}, []string{"a", "b"}, "form.answer.one"},
		{Question{Kind: "line"}, []string{"a\x00b"}, "form.answer.letters"},
		{Question{Kind: "text"}, []string{strings.Repeat("x", 10001)}, "form.answer.long"},
		{Question{Kind: "choice", Options: []Option{{"a", nil}}}, []string{"a"}, ""},
		{Question{Kind: "choice", Options: []Option{{"a", nil}}}, []string{"b"}, "form.answer.option"},
		{Question{Kind: "many", Max: 1, Options: []Option{{"a", nil}, {"b", nil}}}, []string{"a", "b"}, "form.answer.many"},
		{Question{Kind: "many", Required: true}, nil, "form.missing.many"},
		{Question{Kind: "yesno"}, []string{"maybe"}, "form.answer.option"},
		{Question{Kind: "number"}, []string{"12.5"}, ""},
		{Question{Kind: "number"}, []string{"NaN"}, "form.answer.number"},
		{Question{Kind: "number"}, []string{"a dozen"}, "form.answer.number"},
		{Question{Kind: "number", Max: 10}, []string{"11"}, "form.answer.large"},
		{Question{Kind: "date"}, []string{"2028-02-29"}, ""},
		{Question{Kind: "date"}, []string{"2027-02-29"}, "form.answer.date"},
		{Question{Kind: "mail"}, []string{"a@example.org"}, ""},
		{Question{Kind: "mail"}, []string{"a@b@c"}, "form.answer.mail"},
		{Question{Kind: "phone"}, []string{"+82 2 6912 3456"}, ""},
		{Question{Kind: "phone"}, []string{"call me"}, "form.answer.phone"},
		{Question{Kind: "country"}, []string{"MN"}, ""},
		{Question{Kind: "country"}, []string{"XX"}, "form.answer.option"},
		{Question{Kind: "city"}, []string{"other"}, "form.answer.city"},
		{Question{Kind: "city"}, []string{"other", "Darkhan"}, ""},
		{Question{Kind: "scale", Max: 7}, []string{"7"}, ""},
		{Question{Kind: "scale"}, []string{"6"}, "form.answer.option"},
		{Question{Kind: "file"}, []string{sum + " plan.pdf"}, ""},
		{Question{Kind: "file"}, []string{"../x plan.pdf"}, "form.answer.file"},
		{Question{Kind: "statement", Required: true}, nil, ""},
	} {
		c.q.ID = "x"
		f := Form{Pages: []Page{{ID: "p", Questions: []Question{c.q}}}}
		err := f.Check("", Answers{"x": c.v})
		got := ""
		var e *fault.Error
		if errors.As(err, &e) {
			if e.Fields[0].Name != "q.x" {
				t.Errorf("%s: the fault stands at %s", c.q.Kind, e.Fields[0].Name)
			}
			got = e.Fields[0].Message.Key
		}
		if got != c.fault {
			t.Errorf("%s %q: %q, want %q", c.q.Kind, c.v, got, c.fault)
		}
	}
}

// Conditions that go round in a circle, or forward, ask nothing and do not hang.
func FuzzCheck(f *testing.F) {
	f.Add("name", "yes", "line")
	f.Add("abroad", "yes", "country")
	f.Add("letter", strings.Repeat("ab", 32)+" x.pdf", "file")
	f.Fuzz(func(t *testing.T, question, value, kind string) {
		form := visa()
		form.Pages[1].Questions = append(form.Pages[1].Questions, Question{ID: "z", Kind: kind, When: &When{Question: question, Is: []string{value}}},
			Question{ID: "y", Kind: kind, When: &When{Question: "y"}})
		a := Answers{question: {value}, "abroad": {"yes"}, "z": {value, value}}
		err := form.Check("", a)
		if err != nil && fault.CodeOf(err) != fault.Invalid {
			t.Fatalf("%v", err)
		}
		for q := range form.Keep(a) {
			if _, _, ok := form.Question(q); !ok {
				t.Fatalf("an answer to %q was kept, which nobody asked", q)
			}
		}
	})
}
