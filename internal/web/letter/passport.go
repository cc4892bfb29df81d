package letter

import (
	"context"
	"strings"

	"aircommons/internal/db"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	desk "aircommons/internal/letter"
	"aircommons/internal/participation"
)

// passport finds the data of the passport among what somebody answered: questions of that class, told apart by their kind
// and by the words of their id and English label. name is the name as in the passport, if it was asked.
func passport(ctx context.Context, tx *db.Tx, id string) (private map[string]string, name string, err error) {
	private = map[string]string{}
	answers, err := form.AnswersOf(ctx, tx, participation.Subject, id)
	if err != nil {
		return nil, "", err
	}
	for _, a := range answers {
		f, err := form.One(ctx, tx, a.Form)
		if fault.CodeOf(err) == fault.NotFound || !a.Sent {
			continue
		} else if err != nil {
			return nil, "", err
		}
		for _, page := range f.Pages {
			for _, q := range page.Questions {
				v := strings.TrimSpace(strings.Join(a.Answers[q.ID], " "))
				if q.Class != "passport" || v == "" {
					continue
				}
				switch words := strings.ToLower(q.ID + " " + q.Labels["en"]); {
				case strings.Contains(words, "expir") || strings.Contains(words, "issue") || strings.Contains(words, "valid"):
					// not in the letter
				case q.Kind == "country" || strings.Contains(words, "national") || strings.Contains(words, "citizen"):
					private[desk.Nationality] = v
				case strings.Contains(words, "birth") || strings.Contains(words, "born"):
					private[desk.Born] = v
				case strings.Contains(words, "name"):
					name = v
				case q.Kind == "line" && (strings.Contains(words, "number") || strings.Contains(words, "passport")):
					private[desk.Passport] = v
				}
			}
		}
	}
	return private, name, nil
}
