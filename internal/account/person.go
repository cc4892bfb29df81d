package account

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Person is somebody the network knows. Whoever registers for something becomes one; nobody needs an account first.
type Person struct {
	ID           string        `json:"id"`
	Name         string        `json:"name"` // as it is shown where there is no better one in Names
	Email        string        `json:"email"`
	Shared       bool          `json:"shared,omitempty"` // others are reached at the same address, an officer said so
	Role         actor.Role    `json:"role"`
	City         string        `json:"city,omitempty"` // the place a city officer belongs to
	Language     string        `json:"language"`       // in which letters are written
	Names        []Name        `json:"names,omitempty"`
	Languages    []string      `json:"languages,omitempty"` // that the person speaks, as tags
	Affiliations []Affiliation `json:"affiliations,omitempty"`
	Gender       string        `json:"gender,omitempty"`      // "", "female", "male", "other"; the person's choice
	GenderWords  string        `json:"genderWords,omitempty"` // in own words; never part of a figure
	Visibility   Visibility    `json:"visibility,omitempty"`
	Created      time.Time     `json:"-"`
	Seen         time.Time     `json:"-"` // last sign-in; zero before the first
	Erased       time.Time     `json:"-"` // when all that was known was erased; zero if it was not
	Withdrawn    bool          `json:"withdrawn,omitempty"`
	Version      int64         `json:"version"`
}

// Name is one way to write somebody's name.
type Name struct {
	Text   string `json:"text"`             // the whole, as it is written
	Script string `json:"script,omitempty"` // "Latn", "Hang", "Hani", "Jpan", "Cyrl", …; found from the text when not said
	Lang   string `json:"lang,omitempty"`   // tag of the language it is written in
	Use    string `json:"use,omitempty"`    // one of Uses
	Given  string `json:"given,omitempty"`
	Family string `json:"family,omitempty"`
	Order  string `json:"order,omitempty"` // one of Orders
}

// Uses of a name. Their texts are "name.use.<word>".
var Uses = []string{"display", "passport", "badge"}

// Orders of the parts of a name; "" does not say. A name may also be of one part only, or have no family name.
var Orders = []string{"", "given-family", "family-given", "single"}

// Genders that figures count. Their texts are "gender.<word>"; "" is no answer.
var Genders = []string{"", "female", "male", "other"}

// Affiliation is where somebody works or belongs, for as long as it lasts. Days are "2027-05", "2027-05-19" or "2027".
type Affiliation struct {
	Organisation string  `json:"organisation,omitempty"` // id of an organisation, or else
	Name         string  `json:"name,omitempty"`         // its name as the person writes it
	Place        string  `json:"place,omitempty"`        // id of the city
	Title        db.Text `json:"title,omitempty"`        // what the person is there, by language
	From         string  `json:"from,omitempty"`
	To           string  `json:"to,omitempty"` // "" for still
}

const (
	mostName         = 200 // letters of a name
	mostNames        = 12
	mostLanguages    = 12
	mostAffiliations = 20
)

// Actor is the person as desks know it, without grants, which are of a moment: see Desk.Actor.
func (p Person) Actor() actor.Actor {
	return actor.Actor{ID: p.ID, Name: p.Name, Role: p.Role, City: p.City, Email: p.Email}
}

// IsErased reports whether nothing is known of the person any more but that there was one.
func (p Person) IsErased() bool { return !p.Erased.IsZero() }

// NameFor is the name for a use that suits a reader of lang best: of that use and language, of that use, displayed in that
// language; else the name itself. in is the language of what is returned, "" when nobody said.
func (p Person) NameFor(use, lang string) (text, in string) {
	find := func(ok func(Name) bool) bool {
		for _, n := range p.Names {
			if ok(n) {
				text, in = n.Text, n.Lang
				return true
			}
		}
		return false
	}
	if use != "" && use != "display" {
		if find(func(n Name) bool { return n.Use == use && lang != "" && n.Lang == lang }) || find(func(n Name) bool { return n.Use == use }) {
			return text, in
		}
	}
	shown := func(n Name) bool { return n.Use == "" || n.Use == "display" }
	if lang != "" && find(func(n Name) bool { return shown(n) && n.Lang == lang }) {
		return text, in
	}
	return p.Name, p.langOf(p.Name)
}

func (p Person) langOf(text string) string {
	for _, n := range p.Names {
		if n.Text == text {
			return n.Lang
		}
	}
	return ""
}

// Passport is the name as it stands in the passport, and "" when the person has not said it.
func (p Person) Passport() string {
	for _, n := range p.Names {
		if n.Use == "passport" {
			return n.Text
		}
	}
	return ""
}

// Original is the name in another script than Latin, the first of those shown; "" when there is none.
func (p Person) Original() (text, lang string) {
	for _, n := range p.Names {
		if n.Use != "passport" && n.Script != "" && n.Script != "Latn" {
			return n.Text, n.Lang
		}
	}
	if s := Script(p.Name); s != "" && s != "Latn" {
		return p.Name, ""
	}
	return "", ""
}

// Strings are the texts by which the person could be known: names, address, own words. Erasing looks for what is left of
// them.
func (p Person) Strings() []string {
	out := []string{p.Name, p.Email, p.GenderWords}
	for _, n := range p.Names {
		out = append(out, n.Text, n.Given, n.Family)
	}
	for _, a := range p.Affiliations {
		out = append(out, a.Name)
	}
	var kept []string
	for _, s := range out {
		if s != "" && !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// At lists the affiliations that hold on a day, "2027-05-19".
func (p Person) At(day string) []Affiliation {
	var out []Affiliation
	for _, a := range p.Affiliations {
		if (a.From == "" || a.From <= day) && (a.To == "" || day <= a.To || strings.HasPrefix(day, a.To)) {
			out = append(out, a)
		}
	}
	return out
}

// scripts that names of the region are written in, and others that are common. Han stands before the syllables of Japanese,
// which say more.
var scripts = []struct {
	code  string
	table *unicode.RangeTable
}{
	{"Jpan", unicode.Hiragana}, {"Jpan", unicode.Katakana}, {"Hang", unicode.Hangul}, {"Hani", unicode.Han}, {"Mong", unicode.Mongolian}, {"Cyrl", unicode.Cyrillic},
	{"Arab", unicode.Arabic}, {"Hebr", unicode.Hebrew}, {"Thai", unicode.Thai}, {"Deva", unicode.Devanagari}, {"Grek", unicode.Greek}, {"Latn", unicode.Latin},
}

// Script is the ISO 15924 code of the script a name is written in, "" for none that is known.
func Script(s string) string {
	for _, sc := range scripts {
		if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(sc.table, r) }) {
			return sc.code
		}
	}
	return ""
}

// CleanName is a name as the desk keeps it: one line, one space between words, without control characters and without
// the marks that turn the direction of the text around it. Letters stay as they were typed, composed.
func CleanName(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d': // joiners, which some scripts are spelt with
			return r
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Cs, r):
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// nameFault is the key of what is wrong with a clean name, "" for nothing. Any letter of any script will do.
func nameFault(s string) (key string, pairs []any) {
	if !strings.ContainsFunc(s, unicode.IsLetter) {
		return "account.name.missing", nil
	}
	if utf8.RuneCountInString(s) > mostName || len(s) > mostName*8 {
		return "form.toolong", []any{"Max", mostName}
	}
	return "", nil
}

// cleanNames puts names in order and tells what is wrong with them, at fields "names.0" and so on. Empty ones are left out.
func cleanNames(names []Name, f *fault.Form) []Name {
	var out []Name
	for _, n := range names {
		n.Text, n.Given, n.Family = CleanName(n.Text), CleanName(n.Given), CleanName(n.Family)
		if n.Text == "" && n.Given+n.Family != "" {
			if n.Text = strings.TrimSpace(n.Given + " " + n.Family); n.Order == "family-given" {
				n.Text = strings.TrimSpace(n.Family + " " + n.Given)
			}
		}
		if n.Text == "" {
			continue
		}
		field := "names." + strconv.Itoa(len(out))
		if key, pairs := nameFault(n.Text); key != "" {
			f.Add(field, key, pairs...)
			n.Text = cutTo(n.Text, mostName)
		}
		n.Given, n.Family = cutTo(n.Given, mostName), cutTo(n.Family, mostName)
		if n.Script == "" {
			n.Script = Script(n.Text)
		}
		if !slices.Contains(Uses, n.Use) {
			n.Use = "display"
		}
		if !slices.Contains(Orders, n.Order) {
			n.Order = ""
		}
		if len(n.Lang) > 35 || len(n.Script) > 4 {
			n.Lang, n.Script = "", Script(n.Text)
		}
		out = append(out, n)
	}
	if len(out) > mostNames {
		f.Add("names", "account.names.many", "Max", mostNames)
		out = out[:mostNames]
	}
	return out
}

func cutTo(s string, letters int) string {
	if r := []rune(s); len(r) > letters {
		return string(r[:letters])
	}
	return s
}

// cleanPerson puts what a person says about themselves in order; the address, role and city are not looked at.
func cleanPerson(p *Person, f *fault.Form) {
	p.Name = CleanName(p.Name)
	if p.Name == "" { // whoever gives names only is shown by the first of them
		for _, n := range p.Names {
			if n.Use != "passport" && CleanName(n.Text) != "" {
				p.Name = CleanName(n.Text)
				break
			}
		}
	}
	if key, pairs := nameFault(p.Name); key != "" {
		f.Add("name", key, pairs...)
		p.Name = cutTo(p.Name, mostName)
	}
	p.Names = cleanNames(p.Names, f)
	var languages []string
	for _, l := range p.Languages {
		if l = strings.TrimSpace(l); l != "" && len(l) <= 35 && !slices.Contains(languages, l) && len(languages) < mostLanguages {
			languages = append(languages, l)
		}
	}
	p.Languages = languages
	var where []Affiliation
	for _, a := range p.Affiliations {
		a.Name = CleanName(a.Name)
		for l, t := range a.Title {
			if t = CleanName(t); t == "" {
				delete(a.Title, l)
			} else {
				a.Title[l] = cutTo(t, mostName)
			}
		}
		if a.Organisation == "" && a.Name == "" && a.Place == "" && len(a.Title) == 0 {
			continue
		}
		field := "affiliations." + strconv.Itoa(len(where))
		a.Name = cutTo(a.Name, mostName)
		if !dayOK(a.From) || !dayOK(a.To) || (a.To != "" && a.From > a.To && !strings.HasPrefix(a.From, a.To)) {
			f.Add(field, "account.affiliation.days")
		}
		where = append(where, a)
	}
	if len(where) > mostAffiliations {
		f.Add("affiliations", "account.affiliations.many", "Max", mostAffiliations)
		where = where[:mostAffiliations]
	}
	p.Affiliations = where
	if !slices.Contains(Genders, p.Gender) {
		p.Gender = ""
	}
	p.GenderWords = cutTo(CleanName(p.GenderWords), 60)
	if !slices.Contains(Visibilities, p.Visibility) {
		p.Visibility = Nobody
	}
	if !catalog.Known(p.Language) {
		p.Language = "en"
	}
}

// dayOK accepts a year, a month or a day, or nothing.
func dayOK(s string) bool {
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if len(s) == len(layout) {
			_, err := time.Parse(layout, s)
			return err == nil
		}
	}
	return s == ""
}

// same reports whether two people are kept alike.
func same(a, b Person) bool {
	x, e := json.Marshal(a)
	y, f := json.Marshal(b)
	return e == nil && f == nil && string(x) == string(y)
}
