package call

import (
	"context"

	"aircommons/internal/db"
)

// PutTranslated writes a call of which only texts were translated.
func PutTranslated(ctx context.Context, tx *db.Tx, c Call) error {
	tidy(&c)
	if err := check(ctx, tx, &c); err != nil {
		return err
	}
	return Put(ctx, tx, c)
}

// Texts are all texts of a call.
func (c *Call) Texts(each func(field string, t *db.Text)) {
	each("names", &c.Names)
	each("text", &c.Text)
	for i := range c.Criteria {
		each("criterion."+c.Criteria[i].ID+".names", &c.Criteria[i].Names)
		each("criterion."+c.Criteria[i].ID+".hints", &c.Criteria[i].Hints)
	}
}
