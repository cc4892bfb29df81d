// Package letter is the desk of numbered letters and certificates: text in one or two languages, a number, and a code with
// which a stranger can verify that a letter was issued and still holds.
//
// A letter keeps its texts as they were on the day it was issued. Data of the passport are kept apart and go thirty days
// after the activity; the letter stays, and can still be verified.
package letter

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"aircommons/internal/actor"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Subject is how the journal names a letter.
const Subject = "letter"

// Kind is what a letter is. Texts: "letter.kind.<word>"; "letter.<word>.title" and ".text" are what it says.
type Kind string

const (
	Visa        Kind = "visa"        // invitation, for the embassy
	Superior    Kind = "superior"    // invitation, to the person's superior
	Certificate Kind = "certificate" // of attendance
	Nomination  Kind = "nomination"  // confirms that a city has named the person
)

// Kinds in the order in which they are shown.
var Kinds = []Kind{Visa, Superior, Nomination, Certificate}

// State is whether a letter holds.
type State string

const (
	Issued    State = "issued"
	Cancelled State = "cancelled"
)

// Names of private values. Texts: "letter.private.<word>".
const (
	Passport    = "passport"
	Nationality = "nationality"
	Born        = "born"
)

// Privates in the order in which they stand in a letter.
var Privates = []string{Passport, Nationality, Born}

// Issuer is an organisation in the letterhead.
type Issuer struct {
	Names db.Text `json:"names"`
	Role  string  `json:"role"` // as the activity has it: "organiser", "host", "co-host"
}

// Signer is who signs.
type Signer struct {
	Names  db.Text `json:"names,omitempty"`
	Titles db.Text `json:"titles,omitempty"` // "Secretary General"
	Place  db.Text `json:"place,omitempty"`  // where it is signed
}

// Letter is a letter that was issued, or is to be.
type Letter struct {
	ID     string
	Key    string // the same key is one letter, however often it is issued: "visa:<participation>"
	Number string // "SF-2027-0012"
	Code   string // 12 letters and digits

	Kind     Kind
	About    string // "activity"
	AboutKey string
	Person   string

	Name         string // exactly as in the passport
	Original     string // in the original script; empty where it is the same
	OriginalLang string
	Langs        []string // one language, or two side by side
	Titles       db.Text  // by language of Langs; empty ones are those of the catalogs
	Texts        db.Text  // paragraphs, with places: "{{.Activity}}"
	Values       map[string]db.Text
	Private      map[string]string // data of the passport
	Issuers      []Issuer
	Signer       Signer
	Ends         time.Time // of the activity; zero: data of the passport go thirty days after issue

	State     State
	Issued    time.Time
	IssuedBy  string // name
	Cancelled time.Time
	Reason    string // why it was cancelled
	Erased    time.Time
	Version   int64
}

// Desk holds the use cases.
type Desk struct {
	db *db.DB

	Programme func(ctx context.Context, tx *db.Tx, activity string) (string, error) // of an activity; nil: none is known
}

// New makes the desk on an open store.
func New(d *db.DB) *Desk { return &Desk{db: d} }

// texts are those of the catalogs that a letter begins with.
var texts = sync.OnceValues(catalog.Load)

// Standard are the title and the text of a kind in a language, with places.
func Standard(kind Kind, lang string) (title, text string, err error) {
	c, err := texts()
	if err != nil {
		return "", "", err
	}
	w := c.Lang(lang)
	title, _ = w.Raw("letter." + string(kind) + ".title")
	text, _ = w.Raw("letter." + string(kind) + ".text")
	return title, strings.TrimSpace(text), nil
}

// Places are what the texts of a letter may name. Name, Number and Date are always there.
var Places = []string{"Name", "Number", "Date", "Activity", "Dates", "Place", "Organisation", "Role", "City", "Hours", "Addressee", "Network"}

const (
	longestName = 200
	longestText = 8000
)

// tidyName takes out what cannot stand in a passport: control characters, and marks that turn the direction of a line.
func tidyName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u200e' || r == '\u200f' || (r >= '\u202a' && r <= '\u202e') || (r >= '\u2066' && r <= '\u2069') || r == '\ufeff' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

var place = regexp.MustCompile(`\{\{\s*\.?([\pL][\pL\pN_]*)\s*\}\}`)

// tidy makes a letter whole, and says what is wrong in it.
func tidy(l *Letter) error {
	var f fault.Form
	if !slices.Contains(Kinds, l.Kind) {
		f.Add("kind", "letter.form.kind")
		return f.Err()
	}
	l.Name, l.Original = tidyName(l.Name), tidyName(l.Original)
	if l.Original == l.Name {
		l.Original = ""
	}
	if l.Name == "" {
		l.Name, l.Original = l.Original, ""
	}
	if l.Name == "" {
		f.Add("name", "letter.form.name")
	}
	if utf8.RuneCountInString(l.Name) > longestName || utf8.RuneCountInString(l.Original) > longestName {
		f.Add("name", "letter.form.name.long", "Most", longestName)
	}
	if len(l.Langs) == 0 {
		l.Langs = []string{"en"}
	}
	if len(l.Langs) > 2 || slices.ContainsFunc(l.Langs, func(s string) bool { return !catalog.Known(s) }) || (len(l.Langs) == 2 && l.Langs[0] == l.Langs[1]) {
		f.Add("langs", "letter.form.langs")
		return f.Err()
	}
	titles, words := db.Text{}, db.Text{}
	for _, lang := range l.Langs {
		title, text, err := Standard(l.Kind, lang)
		if err != nil {
			return err
		}
		if s := strings.TrimSpace(l.Titles[lang]); s != "" {
			title = s
		}
		if s := strings.TrimSpace(strings.ReplaceAll(l.Texts[lang], "\r\n", "\n")); s != "" {
			text = s
		}
		if utf8.RuneCountInString(title) > longestName || utf8.RuneCountInString(text) > longestText {
			f.Add("texts", "letter.form.long", "Most", longestText)
		}
		var missing []string
		for _, m := range place.FindAllStringSubmatch(title+"\n"+text, -1) {
			v, _ := l.Values[m[1]].In(lang)
			if v == "" && !slices.Contains([]string{"Name", "Number", "Date"}, m[1]) && !slices.Contains(missing, m[1]) {
				missing = append(missing, m[1])
			}
		}
		if len(missing) > 0 {
			f.Add("texts", "letter.form.missing", "Names", strings.Join(missing, ", "))
		}
		titles[lang], words[lang] = title, text
	}
	l.Titles, l.Texts = titles, words
	private := map[string]string{}
	for _, name := range Privates {
		if v := tidyName(l.Private[name]); v != "" {
			if utf8.RuneCountInString(v) > longestName {
				f.Add(name, "letter.form.name.long", "Most", longestName)
			}
			private[name] = v
		}
	}
	l.Private = private
	return f.Err()
}

// alphabet has no letters and digits that look alike on paper.
const alphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// newCode is 12 letters and digits: 59 bits.
func newCode(random io.Reader) (string, error) {
	out := make([]byte, 0, 12)
	b := make([]byte, 1)
	for len(out) < 12 {
		if _, err := io.ReadFull(random, b); err != nil {
			return "", err
		}
		if int(b[0]) < 256/len(alphabet)*len(alphabet) { // each equally likely
			out = append(out, alphabet[int(b[0])%len(alphabet)])
		}
	}
	return string(out), nil
}

// TidyCode is a code as it is kept, from what somebody typed: "abcd-efgh-jkmn". Empty when it cannot be one.
func TidyCode(s string) string {
	if len(s) > 40 {
		return ""
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(s) {
		switch {
		case r == ' ' || r == '-' || r == '\u2010' || r == '\u2011' || r == '\u2013':
		case strings.ContainsRune(alphabet, r):
			b.WriteRune(r)
		default:
			return ""
		}
	}
	if b.Len() != 12 {
		return ""
	}
	return b.String()
}

// ShownCode is a code as it is printed, in groups of four.
func ShownCode(code string) string {
	if len(code) != 12 {
		return code
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:]
}

var yearForm = regexp.MustCompile(`^(19|20)\d\d$`)

// seriesOf is what the numbers of an activity begin with: the first letters of its id and the year in it.
func seriesOf(key string, now time.Time) string {
	year, first := strconv.Itoa(now.Year()), ""
	for _, part := range strings.Split(key, "-") {
		switch {
		case part == "":
		case yearForm.MatchString(part):
			year = part
		default:
			first += strings.ToUpper(part[:1])
		}
	}
	if first == "" {
		first = "L"
	}
	return first[:min(len(first), 4)] + "-" + year
}

// Issue gives a letter its number and code and keeps it, in the transaction of a desk above, which has asked for rights.
// A key that was used before issues nothing and returns the letter that is there.
func Issue(ctx context.Context, tx *db.Tx, by actor.Actor, l Letter) (Letter, error) {
	l.ID = uuid.Must(uuid.NewV7()).String()
	if l.Key == "" {
		l.Key = l.ID
	}
	if there, err := letters(ctx, tx, `WHERE dedupe = $1`, l.Key); err != nil || len(there) > 0 {
		if err != nil {
			return Letter{}, err
		}
		return there[0], nil
	}
	if err := tidy(&l); err != nil {
		return Letter{}, err
	}
	series, serial, err := number(ctx, tx, l)
	if err != nil {
		return Letter{}, err
	}
	if l.Code, err = newCode(rand.Reader); err != nil {
		return Letter{}, err
	}
	l.Number = numbered(series, serial)
	l.State, l.Issued, l.IssuedBy, l.Version = Issued, tx.Now, by.Name, 1
	values, private, issuers, signer, err := packed(l)
	if err != nil {
		return Letter{}, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO letter (id, dedupe, series, serial, code, kind, about, about_key, person, name, original, original_lang, langs, titles, texts,
		vals, private, issuers, signer, ends_at, state, issued_at, issued_by, cancelled_at, reason, erased_at, version)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,NULL,'',NULL,1)`,
		l.ID, l.Key, series, serial, l.Code, string(l.Kind), l.About, l.AboutKey, l.Person, l.Name, l.Original, l.OriginalLang, db.List(l.Langs), l.Titles, l.Texts,
		values, private, issuers, signer, null(l.Ends), string(l.State), l.Issued, l.IssuedBy)
	if err != nil {
		return Letter{}, err
	}
	return l, tx.Record(ctx, by, Subject, l.ID, "issue", nil, map[string]string{"number": l.Number, "kind": string(l.Kind)})
}

func numbered(series string, serial int64) string {
	n := strconv.FormatInt(serial, 10)
	return series + "-" + strings.Repeat("0", max(0, 4-len(n))) + n
}

// number is the next of the activity. Two activities never share a series.
func number(ctx context.Context, tx *db.Tx, l Letter) (series string, serial int64, err error) {
	err = tx.One(ctx, `SELECT series, MAX(serial) FROM letter WHERE about = $1 AND about_key = $2 GROUP BY series ORDER BY 2 DESC LIMIT 1`, []any{l.About, l.AboutKey}, &series, &serial)
	if err == nil {
		return series, serial + 1, nil
	} else if fault.CodeOf(err) != fault.NotFound {
		return "", 0, err
	}
	base := seriesOf(l.AboutKey, tx.Now)
	series, err = db.FreeSlug(base, func(s string) (bool, error) {
		var n int
		err := tx.One(ctx, `SELECT COUNT(*) FROM letter WHERE series = $1`, []any{s}, &n)
		return n > 0, err
	})
	return series, 1, err
}

func packed(l Letter) (values, private, issuers, signer string, err error) {
	for _, x := range []struct {
		v    any
		into *string
	}{{l.Values, &values}, {l.Private, &private}, {l.Issuers, &issuers}, {l.Signer, &signer}} {
		b, err := json.Marshal(x.v)
		if err != nil {
			return "", "", "", "", err
		}
		*x.into = string(b)
	}
	return values, private, issuers, signer, nil
}

func null(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func letters(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Letter, err error) {
	err = tx.Each(ctx, `SELECT id, dedupe, series, serial, code, kind, about, about_key, person, name, original, original_lang, langs, titles, texts,
		vals, private, issuers, signer, ends_at, state, issued_at, issued_by, cancelled_at, reason, erased_at, version FROM letter `+where, args,
		func(scan func(...any) error) error {
			var l Letter
			var series, values, private, issuers, signer string
			var serial int64
			var langs db.List
			var ends, cancelled, erased *time.Time
			if err := scan(&l.ID, &l.Key, &series, &serial, &l.Code, &l.Kind, &l.About, &l.AboutKey, &l.Person, &l.Name, &l.Original, &l.OriginalLang, &langs, &l.Titles, &l.Texts,
				&values, &private, &issuers, &signer, &ends, &l.State, &l.Issued, &l.IssuedBy, &cancelled, &l.Reason, &erased, &l.Version); err != nil {
				return err
			}
			l.Number, l.Langs, l.Issued = numbered(series, serial), langs, l.Issued.UTC()
			for _, t := range []struct {
				from *time.Time
				into *time.Time
			}{{ends, &l.Ends}, {cancelled, &l.Cancelled}, {erased, &l.Erased}} {
				if t.from != nil {
					*t.into = t.from.UTC()
				}
			}
			for _, x := range []struct {
				s    string
				into any
			}{{values, &l.Values}, {private, &l.Private}, {issuers, &l.Issuers}, {signer, &l.Signer}} {
				if err := json.Unmarshal([]byte(x.s), x.into); err != nil {
					return err
				}
			}
			out = append(out, l)
			return nil
		})
	return out, err
}

// ByKey is the letter that was issued under a key, nil when there is none, within a transaction; rights are the caller's.
func ByKey(ctx context.Context, tx *db.Tx, key string) (*Letter, error) {
	there, err := letters(ctx, tx, `WHERE dedupe = $1`, key)
	if err != nil || len(there) == 0 {
		return nil, err
	}
	return &there[0], nil
}

// Once is a word by which a form that is sent twice is known.
func Once() (string, error) { return newCode(rand.Reader) }
