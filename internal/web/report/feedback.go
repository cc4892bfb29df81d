package report

import (
	"net/http"
	"strconv"

	"aircommons/chart"
	activitydesk "aircommons/internal/activity"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/network"
	desk "aircommons/internal/report"
	"aircommons/internal/web/ui"
)

type askPage struct {
	ui.Page
	Q     desk.Question
	Until string
}

// ask shows the questions to who holds a link. Nothing is answered by following it.
func (h handlers) ask(w http.ResponseWriter, r *ui.Request) error { return h.showAsk(w, r, nil, nil) }

func (h handlers) showAsk(w http.ResponseWriter, r *ui.Request, a form.Answers, refused error) error {
	q, err := h.Report.Asking(r.Context(), r.PathValue("link"))
	if err != nil {
		if fault.CodeOf(err) == fault.NotFound {
			return fault.New(fault.NotFound, "report.feedback.nolink")
		}
		return err
	}
	p := &askPage{Q: q}
	p.Page = ui.Page{Title: r.Words.T("report.feedback.of", "Activity", nameOf(r, q.Activity)), Nav: "programme", NoIndex: true}
	if !q.Until.IsZero() {
		zone := activitydesk.Zone(q.Activity.Zone)
		if zone == nil {
			zone = q.Until.Location()
		}
		p.Until = r.Words.Date(q.Until.In(zone)) + ", " + activitydesk.Clocks{Place: zone}.Pair(r.Words, q.Until)
	}
	if !q.Used && !q.Over {
		if p.Form, err = h.asker().Fields(r, q.Form, "", a, refused); err != nil {
			return err
		}
	}
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is the right to answer
	return h.Show(w, r, pages, "ask.html", p)
}

func (h handlers) given(w http.ResponseWriter, r *ui.Request) error {
	q, err := h.Report.Asking(r.Context(), r.PathValue("link"))
	if err != nil {
		return err
	}
	a, err := h.asker().Read(r, q.Form, "")
	if err == nil {
		err = h.Report.Give(r.Context(), r.PathValue("link"), a)
	}
	if fault.CodeOf(err) == fault.Conflict { // used, or over: the page says so
		return h.showAsk(w, r, nil, nil)
	}
	if ui.Again(err) {
		return h.showAsk(w, r, a, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/feedback/thanks", "")
}

type plainPage struct{ ui.Page }

func (h handlers) thanks(w http.ResponseWriter, r *ui.Request) error {
	p := &plainPage{ui.Page{Title: r.Words.T("report.feedback.thanks"), Nav: "programme", NoIndex: true}}
	return h.Show(w, r, pages, "thanks.html", p)
}

// resultView is the answers to one question as they are shown.
type resultView struct {
	desk.Result
	Frame *chart.Frame
	Mean  string
	Said  string
}

func valueText(r *ui.Request, net *network.Snapshot, q form.Question, key string) string {
	return desk.AnswerText(r.Words, func(id string) string { return net.PlaceName(id, r.Lang) }, q, key)
}

// answered says what the answers to a question come to: their mean, or the most frequent one.
func answered(r *ui.Request, net *network.Snapshot, x desk.Result) string {
	if x.Question.Kind == "scale" && x.Mean != nil {
		return r.Words.T("report.feedback.mean", "Value", r.Words.Number(*x.Mean, 1), "Of", x.Question.Steps())
	}
	most := x.Cells[0]
	for _, c := range x.Cells {
		if c.Count > most.Count && c.Key != desk.Others {
			most = c
		}
	}
	return r.Words.T("report.finding", "Name", valueText(r, net, x.Question, most.Key), "Count", most.Count, "Total", x.Answered)
}

func resultViews(r *ui.Request, net *network.Snapshot, f desk.Feedback) (out []resultView) {
	for i, x := range f.Questions {
		v := resultView{Result: x, Said: r.Words.N("report.feedback.answered", x.Answered)}
		if x.Few {
			v.Said = r.Words.T("report.few")
		}
		label, _ := x.Question.Labels.In(r.Lang)
		if x.Mean != nil {
			v.Mean = r.Words.T("report.feedback.mean", "Value", r.Words.Number(*x.Mean, 1), "Of", x.Question.Steps())
			if x.Question.Kind != "scale" {
				v.Mean = r.Words.T("report.feedback.average", "Value", r.Words.Number(*x.Mean, 1))
			}
		}
		if len(x.Cells) > 0 {
			bars := &chart.Bars{Size: chart.Body, Axis: r.Words.T("report.answer"), Value: r.Words.T("report.people"), Ordered: true}
			for _, c := range x.Cells {
				bars.Bars = append(bars.Bars, chart.Bar{Name: valueText(r, net, x.Question, c.Key), Value: float64(c.Count)})
			}
			v.Frame = &chart.Frame{ID: "q-" + strconv.Itoa(i+1), Finding: answered(r, net, x), Unit: v.Said, Label: label, Language: r.Words, Chart: bars, Caption: label}
		}
		out = append(out, v)
	}
	return out
}

type feedbackPage struct {
	ui.Page
	O       desk.Overview
	F       desk.Feedback
	Results []resultView
	Telling string
	Zone    string
}

func (h handlers) feedback(w http.ResponseWriter, r *ui.Request) error {
	return h.showFeedback(w, r, nil)
}

func (h handlers) showFeedback(w http.ResponseWriter, r *ui.Request, refused error) error {
	o, err := h.Report.FeedbackOf(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &feedbackPage{O: o, Zone: o.Activity.Zone}
	p.Page = ui.Page{Title: r.Words.T("report.act.feedback"), Nav: "programme", NoIndex: true, Crumbs: crumbs(r, o.Activity, r.Words.T("report.act.feedback")), Actions: officeActions(r, o.Activity, "feedback")}
	if z := activitydesk.Zone(o.Activity.Zone); z != nil {
		p.Zone = activitydesk.ZoneName(r.Words, z)
	}
	if o.Wrong != nil {
		p.Telling = r.Words.Error(o.Wrong)
	}
	if p.F, err = h.Report.Results(r.Context(), r.By, o.Activity.ID); err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	p.Results = resultViews(r, net, p.F)
	p.Form = ui.NewForm(r, refused)
	p.Form.Text("until", "report.feedback.until", o.Round.Until).Kind("datetime-local")
	p.Form.Keep("version", o.Round.Version)
	return h.Show(w, r, pages, "feedback.html", p)
}

func (h handlers) feedbackDone(w http.ResponseWriter, r *ui.Request) error {
	id := r.PathValue("id")
	if r.Value("do") == "form" {
		made, err := h.Report.UsualForm(r.Context(), r.By, id)
		if err != nil {
			return err
		}
		return h.Redirect(w, r, "/office/forms/"+made, r.Words.T("report.feedback.made"))
	}
	n, err := h.Report.Ask(r.Context(), r.By, desk.Round{Activity: id, Until: r.Value("until"), Version: r.Version()})
	if ui.Again(err) {
		return h.showFeedback(w, r, err)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, "/office/activities/"+id+"/feedback", r.Words.N("report.feedback.asked", n))
}

// feedbackFile is the results as a table: what is counted, and texts, which stand in an order of their own for each question.
func (h handlers) feedbackFile(w http.ResponseWriter, r *ui.Request) error {
	if r.PathValue("file") != "results.csv" {
		return fault.New(fault.NotFound, "error.notfound")
	}
	f, err := h.Report.Results(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	net, err := h.Network.Snapshot(r.Context())
	if err != nil {
		return err
	}
	t := chart.Table{Head: []chart.Column{{Text: "question"}, {Text: "answer"}, {Text: "people", Number: true}}}
	for _, x := range f.Questions {
		label, _ := x.Question.Labels.In(r.Lang)
		for _, c := range x.Cells {
			t.Rows = append(t.Rows, []string{label, valueText(r, net, x.Question, c.Key), strconv.Itoa(c.Count)})
		}
		if x.Mean != nil {
			t.Rows = append(t.Rows, []string{label, r.Words.T("report.mean"), strconv.FormatFloat(*x.Mean, 'f', 2, 64)})
		}
		for _, s := range x.Texts {
			t.Rows = append(t.Rows, []string{label, s, ""})
		}
	}
	return send(w, "text/csv; charset=utf-8; header=present", f.Activity+"-feedback.csv", t.CSV())
}
