package network

import (
	"net/http"
	"slices"

	"aircommons/internal/activity"
	"aircommons/internal/catalog"
	desk "aircommons/internal/network"
	"aircommons/internal/web/ui"
)

type topicsPage struct {
	ui.Page
	Schemes []schemeOf
}

type schemeOf struct {
	Key, Name     string
	Plain, Groups []term // without and with narrower terms
}

// term is a topic in the list of all, with how much is filed under it and below it.
type term struct {
	Link
	Count string
	Below []term
}

func (h handlers) topics(w http.ResponseWriter, r *ui.Request) error {
	v, err := h.view(r)
	if err != nil {
		return err
	}
	of, err := h.filed(r)
	if err != nil {
		return err
	}
	p := &topicsPage{}
	for _, s := range desk.Schemes {
		tree := v.net.TopicTree(s)
		if len(tree) == 0 {
			continue
		}
		one := schemeOf{Key: s, Name: v.word("network.scheme", s)}
		for _, t := range v.terms(tree, of) {
			if len(t.Below) == 0 {
				one.Plain = append(one.Plain, t)
			} else {
				one.Groups = append(one.Groups, t)
			}
		}
		p.Schemes = append(p.Schemes, one)
	}
	p.Title, p.Description = r.Words.T("network.page.topics"), r.Words.T("network.page.topics.description")
	p.Crumbs = []ui.Crumb{{Text: p.Title}}
	if r.By.Officer() {
		p.Actions = []ui.Action{{Text: r.Words.T("network.page.newtopic"), Path: "/office/topics/new"},
			{Text: r.Words.T("network.office.topics"), Path: "/office/topics"}}
	}
	return h.Show(w, r, pages, "topics.html", p)
}

// filed are the activities that stand under each topic, counting those of a programme's editions whose programme is
// filed there.
func (h handlers) filed(r *ui.Request) (map[string]map[string]bool, error) {
	as, err := h.Activity.Activities(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	ps, err := h.Activity.Programmes(r.Context(), r.By)
	if err != nil {
		return nil, err
	}
	topics := map[string][]string{}
	for _, p := range ps {
		topics[p.ID] = p.Topics
	}
	of := map[string]map[string]bool{}
	for _, a := range as {
		for _, t := range append(slices.Clone(a.Topics), topics[a.Programme]...) {
			if of[t] == nil {
				of[t] = map[string]bool{}
			}
			of[t][a.ID] = true
		}
	}
	return of, nil
}

func (v view) terms(tree []desk.Branch[desk.Topic], of map[string]map[string]bool) []term {
	var out []term
	for _, b := range tree {
		t := term{Link: v.topic(b.Item), Below: v.terms(b.Below, of)}
		all := map[string]bool{}
		for _, id := range v.net.TopicAndNarrower(b.Item.ID) {
			for a := range of[id] {
				all[a] = true
			}
		}
		if len(all) > 0 {
			t.Count = v.w.N("network.page.count.activities", len(all))
		}
		out = append(out, t)
	}
	sortBy(v.r.Lang, out, func(t term) string { return t.Text })
	return out
}

type topicPage struct {
	ui.Page
	Topic                     desk.Topic
	Scheme                    string
	Others                    []Link // labels in other languages
	Note, NoteLang            string
	Broader, Narrower, Beside []Link
	Programmes                []does
	Activities                []does
	Documents                 []documentRow
	Facts                     []factRow
}

func (h handlers) topic(w http.ResponseWriter, r *ui.Request) error {
	ctx := r.Context()
	t, err := h.Network.Topic(ctx, r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	v, err := h.view(r)
	if err != nil {
		return err
	}
	p := &topicPage{Topic: t, Scheme: v.word("network.scheme", t.Scheme)}
	p.Note, p.NoteLang = v.text(t.Note)
	label, in := t.Labels.In(r.Lang)
	for _, l := range catalog.Languages {
		if s := t.Labels[l.Tag]; s != "" && l.Tag != in {
			p.Others = append(p.Others, Link{Text: s, Lang: l.Tag})
		}
	}
	for _, b := range v.net.Broader(t.ID) {
		if !b.Withdrawn {
			p.Broader = append(p.Broader, v.topic(b))
		}
	}
	slices.Reverse(p.Broader)
	p.Narrower = v.topicLinks(v.net.Narrower(t.ID), "")
	if t.Broader != "" {
		p.Beside = v.topicLinks(v.net.Narrower(t.Broader), t.ID)
	}
	ps, as, err := h.Activity.OfTopic(ctx, r.By, v.net.TopicAndNarrower(t.ID))
	if err != nil {
		return err
	}
	for _, x := range ps {
		p.Programmes = append(p.Programmes, v.does(activity.Involvement{Programme: x}))
	}
	for _, a := range as {
		p.Activities = append(p.Activities, v.does(activity.Involvement{Activity: a}))
	}
	slices.Reverse(p.Activities) // the latest first
	docs, err := h.Library.Of(ctx, r.By, desk.TopicSubject, t.ID)
	if err != nil {
		return err
	}
	p.Documents = v.documents(docs)
	p.Facts = v.facts(v.net.Facts(desk.TopicSubject, t.ID))

	p.Title = label
	if p.Description = p.Note; p.Description == "" {
		p.Description = r.Words.T("network.page.topics.description")
	}
	p.Crumbs = []ui.Crumb{{Text: r.Words.T("network.page.topics"), Path: "/topics"}, {Text: p.Scheme, Path: "/topics#" + t.Scheme}}
	for _, b := range p.Broader {
		p.Crumbs = append(p.Crumbs, ui.Crumb{Text: b.Text, Path: b.Path})
	}
	p.Crumbs = append(p.Crumbs, ui.Crumb{Text: label})
	p.NoIndex = t.Withdrawn
	p.JSONLD = schemaTerm{"https://schema.org", "DefinedTerm", label, p.Note, t.ID, h.Absolute(r.To("/topics"))}
	if r.By.Officer() {
		office := "/office/topics/" + t.ID
		p.Actions = []ui.Action{{Text: r.Words.T("part.edit"), Path: office}, {Text: r.Words.T("part.history"), Path: office + "/history"},
			{Text: r.Words.T("network.page.newtopic"), Path: "/office/topics/new?scheme=" + t.Scheme + "&broader=" + t.ID}}
	}
	return h.Show(w, r, pages, "topic.html", p)
}

type schemaTerm struct {
	Context string `json:"@context"`
	Type    string `json:"@type"`
	Name    string `json:"name"`
	About   string `json:"description,omitempty"`
	Code    string `json:"termCode"`
	Set     string `json:"inDefinedTermSet"`
}

// topicLinks lists topics by label, all but one.
func (v view) topicLinks(topics []desk.Topic, but string) []Link {
	var out []Link
	for _, t := range topics {
		if t.ID != but {
			out = append(out, v.topic(t))
		}
	}
	sortBy(v.r.Lang, out, func(l Link) string { return l.Text })
	return out
}
