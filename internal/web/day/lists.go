package day

import (
	"net/http"
	"slices"
	"sort"
	"strings"
	"unicode"

	desk "aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

// listOrders are how a list on paper is divided. Texts: "day.list.by.<word>".
var listOrders = []string{"letter", "city", "group"}

type paperPart struct {
	Head string
	Rows []person
}

type listsPage struct {
	ui.Page
	R      desk.Roll
	Parts  []paperPart
	Boxes  []string // heads of the columns of boxes
	Orders []countLink
	Empty  []int // lines for those who are on no list
	Made   string
}

type countLink struct {
	Path, Text string
	Here       bool
}

func (h handlers) lists(w http.ResponseWriter, r *ui.Request) error {
	roll, err := h.run(r)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	by := r.URL.Query().Get("by")
	if !slices.Contains(listOrders, by) {
		by = listOrders[0]
	}
	p := &listsPage{R: roll, Empty: make([]int, 8), Made: r.Words.T("day.list.made", "Time", r.Words.DateTime(h.Now().UTC()))}
	p.Page = ui.Page{Title: r.Words.T("day.lists"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, roll.Activity, r.Words.T("day.lists"))}
	for _, o := range listOrders {
		if o == "group" && len(roll.Groups) == 0 {
			continue
		}
		p.Orders = append(p.Orders, countLink{"/office/activities/" + roll.Activity.ID + "/lists?by=" + o, r.Words.T("day.list.by." + o), o == by})
	}
	for _, s := range roll.Sessions {
		if s.Day != "" && len(p.Boxes) < 5 {
			p.Boxes = append(p.Boxes, sessionName(r, s))
		}
	}
	if len(p.Boxes) == 0 {
		p.Boxes = []string{r.Words.T("day.here")}
	}
	parts := map[string][]person{}
	for _, x := range roll.Rows {
		row := h.person(r, net, x)
		head := initial(row.Name)
		switch by {
		case "city":
			if head = r.Words.T("day.nocity"); x.Place != "" {
				head = net.PlaceName(x.Place, r.Lang)
			}
		case "group":
			if head = x.Group; head == "" {
				head = r.Words.T("day.group.none")
			}
		}
		parts[head] = append(parts[head], row)
	}
	for _, head := range sortedKeys(parts) {
		p.Parts = append(p.Parts, paperPart{head, parts[head]})
	}
	return h.Show(w, r, pages, "lists.html", p)
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// initials are the first consonants of the syllables of Hangul, in their order in Unicode.
const initials = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"

// initial is the heading under which a name is looked for: its first letter, of Hangul the first consonant, and one for all of Han.
func initial(name string) string {
	for _, r := range strings.ToUpper(name) {
		switch {
		case r >= 0xac00 && r <= 0xd7a3:
			return string([]rune(initials)[(r-0xac00)/588]) // 21 vowels by 28 endings
		case unicode.Is(unicode.Han, r):
			return "漢"
		case unicode.IsLetter(r):
			return string(r)
		}
	}
	return "–"
}
