package day

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"aircommons/internal/fault"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

// doorSize is how many people one page at the door shows.
const doorSize = 100

type doorRow struct {
	person
	Nonce string
	Time  string // of the first mark
	Where string // which device marked
}

type doorPage struct {
	ui.Page
	R        desk.Roll
	Rows     []doorRow
	Found    int
	Items    []ui.Option
	Item     string
	Search   string
	Show     string
	Shows    []ui.Option
	Here     string // address of the form
	Earlier  string
	Later    string
	Runs     bool
	Sentence string
}

func (h handlers) door(w http.ResponseWriter, r *ui.Request) error {
	q := r.URL.Query()
	item, search, show := q.Get("item"), strings.TrimSpace(q.Get("q")), q.Get("show")
	roll, err := h.Participation.Roll(r.Context(), r.By, r.PathValue("id"), item)
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p := &doorPage{R: roll, Item: item, Search: search, Show: show, Runs: desk.Runs(r.By, roll.Activity)}
	p.Page = ui.Page{Title: r.Words.T("day.door"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, roll.Activity, r.Words.T("day.door"))}
	p.Items = items(r, roll)
	p.Sentence = r.Words.T("day.count", "Present", r.Words.Int(roll.Present), "Expected", r.Words.Int(roll.Expected+roll.Online))
	for _, s := range []string{"", "missing", "present"} {
		key := "day.show.all"
		if s != "" {
			key = "day.show." + s
		}
		p.Shows = append(p.Shows, ui.Option{Value: s, Label: r.Words.T(key), Chosen: s == show})
	}
	var chosen []desk.Here
	for _, x := range roll.Rows {
		if show == "missing" && x.Present || show == "present" && !x.Present {
			continue
		}
		if search != "" && !sounds(search, append(x.Who.Strings(), x.Organisation, net.PlaceName(x.Place, r.Lang))...) && (x.Code == "" || desk.TidyBadge(search) != x.Code) {
			continue
		}
		chosen = append(chosen, x)
	}
	p.Found = len(chosen)
	start, _ := strconv.Atoi(q.Get("from")) // a broken one is the beginning
	start = max(0, min(start, len(chosen)))
	end := min(len(chosen), start+doorSize)
	for _, x := range chosen[start:end] {
		row := doorRow{person: h.person(r, net, x)}
		if row.Nonce, err = nonce(); err != nil {
			return err
		}
		if len(x.Marks) > 0 {
			row.Time, row.Where = clock(roll.Activity, x.Marks[0].At), x.Marks[0].Device
		}
		p.Rows = append(p.Rows, row)
	}
	p.Here = doorPath(roll.Activity.ID, item, search, show, 0)
	if start > 0 {
		p.Earlier = doorPath(roll.Activity.ID, item, search, show, max(0, start-doorSize))
	}
	if end < len(chosen) {
		p.Later = doorPath(roll.Activity.ID, item, search, show, end)
	}
	return h.Show(w, r, pages, "door.html", p)
}

func doorPath(id, item, search, show string, from int) string {
	v := url.Values{}
	for _, x := range [][2]string{{"item", item}, {"q", search}, {"show", show}} {
		if x[1] != "" {
			v.Set(x[0], x[1])
		}
	}
	if from > 0 {
		v.Set("from", strconv.Itoa(from))
	}
	if len(v) == 0 {
		return "/door/" + id
	}
	return "/door/" + id + "?" + v.Encode()
}

// items are what presence is taken for.
func items(r *ui.Request, roll desk.Roll) []ui.Option {
	out := []ui.Option{{Label: r.Words.T("day.whole"), Chosen: roll.Item == ""}}
	for _, s := range roll.Sessions {
		out = append(out, ui.Option{Value: s.Key, Label: sessionName(r, s), Chosen: roll.Item == s.Key})
	}
	return out
}

// sounds reports whether all words of a search stand in the texts, whatever their case and width.
func sounds(search string, texts ...string) bool {
	fold := func(s string) string { return cases.Fold().String(norm.NFKC.String(s)) }
	all := fold(strings.Join(texts, "\n"))
	for w := range strings.FieldsSeq(fold(search)) {
		if !strings.Contains(all, w) {
			return false
		}
	}
	return true
}

func (h handlers) marked(w http.ResponseWriter, r *ui.Request) error {
	id, item, who, word := r.PathValue("id"), r.Value("item"), r.Value("participation"), r.Value("nonce")
	back := doorPath(id, item, r.Value("q"), r.Value("show"), 0)
	if r.Value("do") == "undo" {
		if err := h.Participation.Unmark(r.Context(), r.By, id, item, who, word); err != nil {
			return err
		}
		return h.Redirect(w, r, back, r.Words.T("day.undone"))
	}
	m := desk.Mark{Nonce: word, Participation: who, Item: item}
	if who == "" {
		m.Code = r.Value("code")
	}
	out, err := h.Participation.MarkOne(r.Context(), r.By, id, m)
	if err != nil {
		return err
	}
	if out.Outcome == desk.Refused {
		return fault.New(fault.Invalid, "error.form")
	}
	return h.Redirect(w, r, back, r.Words.T("day.outcome."+out.Outcome))
}
