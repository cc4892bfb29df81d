package participation

import (
	"context"
	"fmt"
	"sort"

	"aircommons/internal/activity"
	"aircommons/internal/db"
)

// Recorded is how one gets into an activity, as the record of the network holds it: settings and quotas, and nothing about people.
type Recorded struct {
	Activity   string          `yaml:"activity" json:"activity"`
	Open       bool            `yaml:"open,omitempty" json:"open,omitempty"`
	Opens      string          `yaml:"opens,omitempty" json:"opens,omitempty"`
	Closes     string          `yaml:"closes,omitempty" json:"closes,omitempty"`
	Approve    bool            `yaml:"approve,omitempty" json:"approve,omitempty"`
	Waiting    bool            `yaml:"waiting,omitempty" json:"waiting,omitempty"`
	OfferHours int             `yaml:"offer_hours" json:"offer_hours"`
	Delegation int             `yaml:"delegation,omitempty" json:"delegation,omitempty"`
	Form       string          `yaml:"form,omitempty" json:"form,omitempty"`
	Followup   string          `yaml:"followup,omitempty" json:"followup,omitempty"`
	FollowupBy string          `yaml:"followup_by,omitempty" json:"followup_by,omitempty"`
	Note       db.Text         `yaml:"note,omitempty" json:"note,omitempty"`
	Quotas     []RecordedQuota `yaml:"quotas,omitempty" json:"quotas,omitempty"`
}

// RecordedQuota is a quota in a record.
type RecordedQuota struct {
	ID        string  `yaml:"id" json:"id"`
	Names     db.Text `yaml:"names" json:"names"`
	Seats     int     `yaml:"seats" json:"seats"`
	Role      string  `yaml:"role,omitempty" json:"role,omitempty"`
	Country   string  `yaml:"country,omitempty" json:"country,omitempty"`
	Place     string  `yaml:"place,omitempty" json:"place,omitempty"`
	Mode      string  `yaml:"mode,omitempty" json:"mode,omitempty"`
	Funded    string  `yaml:"funded,omitempty" json:"funded,omitempty"`
	EachPlace bool    `yaml:"each_place,omitempty" json:"each_place,omitempty"`
}

func (x Recorded) setup() (Registration, []Quota) {
	r := Registration{Activity: x.Activity, Open: x.Open, Opens: x.Opens, Closes: x.Closes, Approve: x.Approve, Waiting: x.Waiting, OfferHours: x.OfferHours,
		Delegation: x.Delegation, Form: x.Form, Followup: x.Followup, FollowupBy: x.FollowupBy, Note: x.Note, Version: 1}
	var qs []Quota
	for _, q := range x.Quotas {
		qs = append(qs, Quota{ID: q.ID, Activity: x.Activity, Names: q.Names, Seats: q.Seats, Role: q.Role, Country: q.Country, Place: q.Place, Mode: q.Mode,
			Funded: q.Funded, EachPlace: q.EachPlace})
	}
	return r, qs
}

// RecordedSetups lists how one gets into the activities that have registration, sorted by activity.
func RecordedSetups(ctx context.Context, tx *db.Tx) ([]Recorded, error) {
	var ids []string
	err := tx.Each(ctx, `SELECT activity_id FROM registration`, nil, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, err
	}
	sort.Strings(ids)
	var out []Recorded
	for _, id := range ids {
		r, err := Setup(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		qs, err := Quotas(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		x := Recorded{Activity: r.Activity, Open: r.Open, Opens: r.Opens, Closes: r.Closes, Approve: r.Approve, Waiting: r.Waiting, OfferHours: r.OfferHours,
			Delegation: r.Delegation, Form: r.Form, Followup: r.Followup, FollowupBy: r.FollowupBy, Note: r.Note}
		for _, q := range qs {
			x.Quotas = append(x.Quotas, RecordedQuota{q.ID, q.Names, q.Seats, q.Role, q.Country, q.Place, q.Mode, q.Funded, q.EachPlace})
		}
		out = append(out, x)
	}
	return out, nil
}

// PutRecorded stores how one gets into an activity, from a record.
func PutRecorded(ctx context.Context, tx *db.Tx, x Recorded) error {
	r, qs := x.setup()
	if err := PutSetup(ctx, tx, r); err != nil {
		return err
	}
	return PutQuotas(ctx, tx, x.Activity, qs)
}

// CheckThing asks the rules of the desk about a part of a record, within the transaction that stored it.
func CheckThing(ctx context.Context, tx *db.Tx, thing any) error {
	x, ok := thing.(Recorded)
	if !ok {
		return fmt.Errorf("participation: nothing is known of a %T", thing)
	}
	a, err := activity.One(ctx, tx, x.Activity)
	if err != nil {
		return err
	}
	r, qs := x.setup()
	return New(nil).checkSetup(ctx, tx, a, &r, qs)
}
