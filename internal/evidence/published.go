package evidence

import (
	"context"
	"math"
	"slices"
	"sort"
	"strings"

	"aircommons/air"
	"aircommons/internal/actor"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// The closed lists of words of a published mean. Each has a text "evidence.<list>.<word>" in the catalogs.
var (
	PeriodKinds = []string{"calendar", "fiscal"}
	Scopes      = []string{"city", "region", "county", "national", "station"}
)

// PublishedMean is an annual mean as somebody published it. Several sources may give different values of one year.
type PublishedMean struct {
	ID         string  `yaml:"id" json:"id"`
	Place      string  `yaml:"place" json:"place"`
	Year       int     `yaml:"year" json:"year"`
	PeriodKind string  `yaml:"period_kind" json:"period_kind"` // "calendar", or "fiscal" for April to March of the year it begins in
	Parameter  string  `yaml:"parameter" json:"parameter"`     // code
	Value      float64 `yaml:"value" json:"value"`
	Unit       string  `yaml:"unit" json:"unit"`
	Scope      string  `yaml:"scope" json:"scope"`                     // what the mean is of: city, region, county, national, station
	Area       string  `yaml:"area,omitempty" json:"area,omitempty"`   // name of the county or station, as printed
	Definition string  `yaml:"definition,omitempty" json:"definition"` // as far as stated
	Source     string  `yaml:"source" json:"source"`
	URL        string  `yaml:"url,omitempty" json:"url,omitempty"`
	Note       string  `yaml:"note,omitempty" json:"note,omitempty"`
	Confidence string  `yaml:"confidence,omitempty" json:"confidence,omitempty"`
	Withdrawn  bool    `yaml:"withdrawn,omitempty" json:"withdrawn,omitempty"`
	Version    int64   `yaml:"-" json:"version"`
}

const publishedColumns = `id, place, year, period_kind, parameter, value, unit, scope, area, definition, source, url, note, confidence, withdrawn, version`

// PublishedMeans lists all published means, by id, withdrawn ones too.
func PublishedMeans(ctx context.Context, tx *db.Tx) ([]PublishedMean, error) {
	return publishedMeans(ctx, tx, "")
}

func publishedMeans(ctx context.Context, tx *db.Tx, where string, args ...any) ([]PublishedMean, error) {
	var out []PublishedMean
	err := tx.Each(ctx, `SELECT `+publishedColumns+` FROM published_mean `+where, args, func(scan func(...any) error) error {
		var p PublishedMean
		err := scan(&p.ID, &p.Place, &p.Year, &p.PeriodKind, &p.Parameter, &p.Value, &p.Unit, &p.Scope, &p.Area, &p.Definition, &p.Source, &p.URL, &p.Note, &p.Confidence, &p.Withdrawn, &p.Version)
		out = append(out, p)
		return err
	})
	sortBy(out, func(p PublishedMean) string { return p.ID })
	return out, err
}

// PutPublishedMean writes a published mean, new or over what is there, without asking for rights or recording.
func PutPublishedMean(ctx context.Context, tx *db.Tx, p PublishedMean) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO published_mean (`+publishedColumns+`)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,1)
		ON CONFLICT (id) DO UPDATE SET place=excluded.place, year=excluded.year, period_kind=excluded.period_kind, parameter=excluded.parameter,
		value=excluded.value, unit=excluded.unit, scope=excluded.scope, area=excluded.area, definition=excluded.definition,
		source=excluded.source, url=excluded.url, note=excluded.note, confidence=excluded.confidence, withdrawn=excluded.withdrawn, version=published_mean.version+1`,
		p.ID, p.Place, p.Year, p.PeriodKind, p.Parameter, p.Value, p.Unit, p.Scope, p.Area, p.Definition, p.Source, p.URL, p.Note, p.Confidence, p.Withdrawn)
	return err
}

func onePublished(ctx context.Context, tx *db.Tx, id string) (PublishedMean, error) {
	all, err := publishedMeans(ctx, tx, `WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = notFound()
	}
	if err != nil {
		return PublishedMean{}, err
	}
	return all[0], nil
}

// Published lists the published means of a place (of all places when it is empty), by pollutant and year; withdrawn
// ones for those who keep the place.
func (k *Desk) Published(ctx context.Context, by actor.Actor, place string) (out []PublishedMean, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		all, err := PublishedMeans(ctx, tx)
		for _, p := range all {
			if (place == "" || p.Place == place) && (!p.Withdrawn || by.KeepsCity(p.Place)) {
				out = append(out, p)
			}
		}
		return err
	})
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.Place != b.Place {
			return a.Place < b.Place
		}
		if a.Parameter != b.Parameter {
			p, _ := air.ByCode(a.Parameter)
			q, _ := air.ByCode(b.Parameter)
			return rank(p) < rank(q)
		}
		return a.Year > b.Year
	})
	return out, err
}

// PublishedMean reads one published mean.
func (k *Desk) PublishedMean(ctx context.Context, by actor.Actor, id string) (p PublishedMean, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if p, err = onePublished(ctx, tx, id); err == nil && p.Withdrawn && !by.KeepsCity(p.Place) {
			err = notFound()
		}
		return err
	})
	if err != nil {
		return PublishedMean{}, err
	}
	return p, nil
}

func (p *PublishedMean) tidy() {
	for _, s := range []*string{&p.ID, &p.Place, &p.Parameter, &p.Unit, &p.Scope, &p.PeriodKind, &p.Area, &p.Definition, &p.Source, &p.URL, &p.Note, &p.Confidence} {
		*s = strings.TrimSpace(*s)
	}
	if u, ok := air.ParseUnit(p.Unit); ok {
		p.Unit = u.String()
	}
}

func (p PublishedMean) check(ctx context.Context, tx *db.Tx) error {
	var f fault.Form
	var n int
	if err := tx.One(ctx, `SELECT COUNT(*) FROM place WHERE id = $1`, []any{p.Place}, &n); err != nil {
		return err
	}
	if n == 0 {
		f.Add("place", "evidence.place.unknown", "Place", p.Place)
	}
	code, ok := air.ByCode(p.Parameter)
	if !ok || code.Weather() {
		f.Add("parameter", "evidence.published.parameter")
	}
	if u, ok := air.ParseUnit(p.Unit); !ok {
		f.Add("unit", "evidence.published.unit")
	} else if code != 0 {
		if _, err := air.Convert(1, code, u, code.MainUnit(), air.At25C); err != nil {
			f.Add("unit", "evidence.published.unit")
		}
	}
	if math.IsNaN(p.Value) || p.Value < 0 || p.Value > 1e6 {
		f.Add("value", "evidence.published.value")
	}
	if last := tx.Now.Year(); p.Year < 1900 || p.Year > last {
		f.Add("year", "evidence.published.year", "From", 1900, "To", last)
	}
	if !slices.Contains(PeriodKinds, p.PeriodKind) {
		f.Add("period_kind", "evidence.published.kind")
	}
	if !slices.Contains(Scopes, p.Scope) {
		f.Add("scope", "evidence.published.scope")
	}
	if p.Source == "" {
		f.Add("source", "evidence.published.source")
	}
	if p.URL != "" && !strings.HasPrefix(p.URL, "https://") && !strings.HasPrefix(p.URL, "http://") {
		f.Add("url", "evidence.published.url")
	}
	for _, t := range []struct {
		field, text string
		most        int
	}{{"area", p.Area, 200}, {"definition", p.Definition, 1000}, {"source", p.Source, 1000}, {"url", p.URL, 1000}, {"note", p.Note, 2000}} {
		if n := len([]rune(t.text)); n > t.most {
			f.Add(t.field, "evidence.text.long", "Length", n, "Most", t.most)
		}
	}
	return f.Err()
}

// CreatePublished stores a new published mean. An empty id is made of place, pollutant and year.
func (k *Desk) CreatePublished(ctx context.Context, by actor.Actor, p PublishedMean) (PublishedMean, error) {
	p.tidy()
	if err := by.NeedCity(p.Place); err != nil {
		return p, err
	}
	given := p.ID
	err := k.db.Write(ctx, func(tx *db.Tx) error {
		if err := p.check(ctx, tx); err != nil {
			return err
		}
		p.ID, p.Withdrawn, p.Version = given, false, 1
		base := p.ID
		if base == "" {
			base = strings.Join([]string{p.Place, p.Parameter, itoa(p.Year)}, "-")
			p.ID = base
		}
		for n := 2; ; n++ {
			_, err := onePublished(ctx, tx, p.ID)
			if fault.CodeOf(err) == fault.NotFound {
				break
			}
			if err != nil {
				return err
			}
			if given != "" {
				var f fault.Form
				f.Add("id", "evidence.published.taken", "ID", given)
				return f.Err()
			}
			p.ID = base + "-" + itoa(n)
		}
		if err := PutPublishedMean(ctx, tx, p); err != nil {
			return err
		}
		return tx.Record(ctx, by, "published", p.ID, "create", nil, p)
	})
	return p, err
}

// UpdatePublished stores a published mean over the version it was made from.
func (k *Desk) UpdatePublished(ctx context.Context, by actor.Actor, p PublishedMean) error {
	p.tidy()
	return k.changePublished(ctx, by, p.ID, p.Version, "update", func(tx *db.Tx, old PublishedMean) (PublishedMean, error) {
		if err := by.NeedCity(p.Place); err != nil {
			return p, err
		}
		p.Withdrawn = old.Withdrawn
		return p, p.check(ctx, tx)
	})
}

// WithdrawPublished takes a published mean out of every page, or brings it back.
func (k *Desk) WithdrawPublished(ctx context.Context, by actor.Actor, id string, version int64, hide bool) error {
	action := "restore"
	if hide {
		action = "withdraw"
	}
	return k.changePublished(ctx, by, id, version, action, func(_ *db.Tx, p PublishedMean) (PublishedMean, error) {
		p.Withdrawn = hide
		return p, nil
	})
}

func (k *Desk) changePublished(ctx context.Context, by actor.Actor, id string, version int64, action string, f func(*db.Tx, PublishedMean) (PublishedMean, error)) error {
	return k.db.Write(ctx, func(tx *db.Tx) error {
		old, err := onePublished(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := by.NeedCity(old.Place); err != nil {
			return err
		}
		if old.Version != version {
			return fault.New(fault.Conflict, "error.conflict")
		}
		p, err := f(tx, old)
		if err != nil {
			return err
		}
		if p.Version = old.Version; p == old {
			return nil
		}
		if err := PutPublishedMean(ctx, tx, p); err != nil {
			return err
		}
		p.Version++
		return tx.Record(ctx, by, "published", id, action, old, p)
	})
}

// placeOfThing tells whose a station, an import or a published mean is, for rights to its history.
func placeOfThing(ctx context.Context, tx *db.Tx, subject, key string) (string, error) {
	switch subject {
	case "published":
		p, err := onePublished(ctx, tx, key)
		return p.Place, err
	case "import":
		i, err := imports(ctx, tx, `WHERE id = $1`, key)
		if err == nil && len(i) == 0 {
			err = notFound()
		}
		if err != nil {
			return "", err
		}
		return i[0].Place, nil
	case "station":
		s, err := stations(ctx, tx, `WHERE id = $1`, atoi(key))
		if err == nil && len(s) == 0 {
			err = notFound()
		}
		if err != nil {
			return "", err
		}
		return s[0].Place, nil
	}
	return "", notFound()
}

// History lists what was done to a station, an import, a published mean or a mapping ("station", "import", "published",
// "mapping"), the latest first, for those who keep its city.
func (k *Desk) History(ctx context.Context, by actor.Actor, subject, key string) (out []db.Change, err error) {
	err = k.db.Read(ctx, func(tx *db.Tx) error {
		if subject == "mapping" {
			if err := by.NeedOfficer(); err != nil {
				return err
			}
		} else {
			place, err := placeOfThing(ctx, tx, subject, key)
			if err != nil {
				return err
			}
			if err := by.NeedCity(place); err != nil {
				return err
			}
		}
		out, err = tx.History(ctx, subject, key)
		return err
	})
	return out, err
}
