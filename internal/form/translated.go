package form

import (
	"context"

	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// PutTranslated writes a form of which only texts were translated. Where people are asked what is written here, they are
// asked with the translation from now on; otherwise it waits for the next edition like everything else.
func PutTranslated(ctx context.Context, tx *db.Tx, f Form) error {
	old, err := Written(ctx, tx, f.ID)
	if err != nil {
		return err
	}
	var faults fault.Form
	checkTexts(&faults, "names", f.Names, mostName)
	for _, p := range f.Pages {
		checkTexts(&faults, "page."+p.ID+".names", p.Names, mostName)
		checkTexts(&faults, "page."+p.ID+".text", p.Text, mostText)
		for _, q := range p.Questions {
			checkTexts(&faults, "question."+q.ID+".labels", q.Labels, mostText)
			checkTexts(&faults, "question."+q.ID+".hints", q.Hints, mostText)
			for _, o := range q.Options {
				checkTexts(&faults, "option."+q.ID+"."+o.Value, o.Labels, mostName)
			}
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if old.State == Published {
		asked, err := AsOf(ctx, tx, f.ID, old.Edition)
		if err != nil {
			return err
		}
		if same(asked.body(), old.body()) {
			return PutPublished(ctx, tx, f)
		}
	}
	return Put(ctx, tx, f)
}

// Texts are all texts of a form by a field that stays the same while the form is edited.
func (f *Form) Texts(each func(field string, t *db.Text)) {
	each("names", &f.Names)
	for i := range f.Pages {
		p := &f.Pages[i]
		each("page."+p.ID+".names", &p.Names)
		each("page."+p.ID+".text", &p.Text)
		for j := range p.Questions {
			q := &p.Questions[j]
			each("question."+q.ID+".labels", &q.Labels)
			each("question."+q.ID+".hints", &q.Hints)
			for n := range q.Options {
				each("option."+q.ID+"."+q.Options[n].Value, &q.Options[n].Labels)
			}
		}
	}
}
