package day

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"aircommons/internal/account"
	activitydesk "aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/network"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/letter"
	"aircommons/internal/web/ui"
)

// Sizes of badges. Texts: "day.badge.size.<word>".
const (
	eight  = "8"      // to a sheet of A4, 2 by 4
	ten    = "10"     // 2 by 5
	single = "single" // a page each, 105 by 74 mm (A7 lying)
)

var badgeSizes = []string{eight, ten, single}

// BadgeSheet is a whole document: badges on paper have no menu.
type BadgeSheet struct {
	Lang, Title string
	Style       template.CSS // whole: with its style inside, for a file
	StylePath   string
	Size        string
	Pages       [][]badge
	Print       string // address of the script that offers to print
}

type badge struct {
	Name, NameIn, NameStep string
	Other, OtherIn         string
	OtherStep              string
	From, FromStep         string
	Role, RoleIn, RoleWord string // pattern beside the word: not by colour alone
	Group                  string
	Speaks                 string
	Activity, ActivityIn   string
	QR                     template.HTML
	Code                   string
}

// step is by how much a text is set smaller so that it fits: "" for as it is, then s1 to s4. A letter of Chinese, Japanese or Korean is as
// wide as two of Latin. room is how many letters fit at full size on one line.
func step(s string, room int) string {
	wide, word, longest := 0, 0, 0
	for _, r := range s {
		n := 1
		if r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xff60 || r >= 0x20000) {
			n = 2
		}
		wide += n
		if r == ' ' || r == '-' || n == 2 {
			word = 0
		} else {
			word++
			longest = max(longest, word)
		}
	}
	// Two lines are allowed, and the longest word stands on one.
	need := max(wide/2, longest)
	if wide <= room {
		need = min(need, room)
	}
	for i, f := range []int{100, 125, 160, 210} {
		if need*100 <= room*f {
			return []string{"", "s1", "s2", "s3"}[i]
		}
	}
	return "s4"
}

// Sheet makes the badges of an activity in a language. whole: with the style inside.
func Sheet(w *catalog.Words, net *network.Snapshot, a activitydesk.Activity, size, lang string, bs []desk.Badge, whole bool) ([]byte, error) {
	if !slices.Contains(badgeSizes, size) {
		size = eight
	}
	s := BadgeSheet{Lang: lang, Title: w.T("day.badges"), Size: size}
	if whole {
		style, err := staticFiles.ReadFile("static/badge.css")
		if err != nil {
			return nil, err
		}
		s.Style = template.CSS(style)
	}
	per := map[string]int{eight: 8, ten: 10, single: 1}[size]
	for i, b := range bs {
		x, err := badgeOf(w, net, a, lang, b)
		if err != nil {
			return nil, err
		}
		if i%per == 0 {
			s.Pages = append(s.Pages, nil)
		}
		s.Pages[len(s.Pages)-1] = append(s.Pages[len(s.Pages)-1], x)
	}
	return s.write()
}

func (s BadgeSheet) write() ([]byte, error) {
	var b bytes.Buffer
	err := badgeSheet.Execute(&b, s)
	return b.Bytes(), err
}

func badgeOf(w *catalog.Words, net *network.Snapshot, a activitydesk.Activity, lang string, b desk.Badge) (badge, error) {
	x := badge{Role: b.Role, RoleWord: w.T("participation.role." + b.Role), Group: b.Group, Code: desk.ShownBadge(b.Code)}
	x.Name, x.NameIn = badgeName(b.Who, lang)
	x.Other, x.OtherIn = b.Who.Original()
	if x.Other == x.Name {
		x.Other, x.OtherIn = "", ""
	}
	if x.OtherIn == "" && x.Other != "" {
		x.OtherIn = scriptLang(x.Other, b.Who.Language)
	}
	if x.NameIn == "" {
		x.NameIn = scriptLang(x.Name, b.Who.Language)
	}
	x.Activity, x.ActivityIn = a.Names.In(lang)
	var from []string
	if b.Organisation != "" {
		from = append(from, b.Organisation)
	}
	if b.Place != "" {
		from = append(from, net.PlaceName(b.Place, lang))
	}
	x.From = strings.Join(from, " · ")
	x.NameStep, x.OtherStep, x.FromStep = step(x.Name, 16), step(x.Other, 20), step(x.From, 34)
	var speaks []string
	for _, tag := range b.Who.Languages {
		name := strings.ToUpper(tag)
		if l, err := language.Parse(tag); err == nil {
			if own := display.Self.Name(l); own != "" {
				name = own
			}
		}
		speaks = append(speaks, name)
	}
	x.Speaks = strings.Join(speaks, " · ")
	var err error
	x.QR, err = letter.QR(b.Code, x.Code)
	return x, err
}

// badgeName is the name that somebody wants on the badge, else the one that is shown.
func badgeName(p account.Person, lang string) (string, string) {
	for _, n := range p.Names {
		if n.Use == "badge" {
			return n.Text, n.Lang
		}
	}
	return p.NameFor("display", lang)
}

// scriptLang is the language a text is set in where nobody said: Han is set as the person's own language writes it.
func scriptLang(s, own string) string {
	switch account.Script(s) {
	case "Hang":
		return "ko"
	case "Jpan":
		return "ja"
	case "Cyrl":
		return "mn"
	case "Hani":
		if own == "ja" || own == "ko" {
			return own
		}
		return "zh"
	}
	return ""
}

type badgesPage struct {
	ui.Page
	A     activitydesk.Activity
	Rows  []person
	Count int
}

// badges chooses what is printed.
func (h handlers) badges(w http.ResponseWriter, r *ui.Request) error {
	roll, err := h.run(r)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &badgesPage{A: roll.Activity}
	p.Page = ui.Page{Title: r.Words.T("day.badges"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, roll.Activity, r.Words.T("day.badges"))}
	for _, x := range roll.Rows {
		if x.State.Holds() {
			p.Rows = append(p.Rows, h.person(r, net, x))
		}
	}
	p.Count = len(p.Rows)
	f := ui.StoredForm(r)
	var langs []ui.Option
	for _, l := range catalog.Languages {
		langs = append(langs, ui.Option{Value: l.Tag, Label: l.Name, Lang: l.Tag})
	}
	f.Radio("size", "day.badge.size", eight, f.Options("day.badge.size", badgeSizes))
	f.Select("lang", "day.badge.lang", r.Lang, langs)
	p.Form = f
	return h.Show(w, r, pages, "badges.html", p)
}

// sheet is the badges on paper: all, or those that are named. Their codes are made when they are first printed.
func (h handlers) sheet(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	var only []string
	if s := r.Value("one"); s != "" {
		only = []string{s}
	}
	a, err := h.Activity.Activity(r.Context(), r.By, id)
	if err != nil {
		return err
	}
	bs, err := h.Participation.Badges(r.Context(), r.By, id, only...)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	lang := r.Value("lang")
	if !catalog.Known(lang) {
		lang = r.Lang
	}
	size := r.Value("size")
	if len(only) > 0 && size == "" {
		size = single
	}
	body, err := Sheet(h.Catalog.Lang(lang), net, a, size, lang, bs, false)
	if err != nil {
		return err
	}
	body = bytes.Replace(body, []byte("STYLE-PATH"), []byte(r.Asset("badge.css")), 1)
	return write(w, "text/html; charset=utf-8", body)
}

// renew gives a lost badge another code.
func (h handlers) renew(w http.ResponseWriter, r *ui.Request) error {
	if err := h.Participation.RenewBadge(r.Context(), r.By, r.Value("one")); err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+r.PathValue("id")+"/badges", r.Words.T("day.badge.renewed"))
}
