package db

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// Text is one text in several languages, by language tag. It is kept as JSON in a TEXT column.
type Text map[string]string

// In returns the text in lang, else in English, else in the first language of the fixed order that has one, together
// with the language it is in.
func (t Text) In(lang string) (text, in string) {
	if s := t[lang]; s != "" {
		return s, lang
	}
	for _, l := range []string{"en", "ko", "zh", "ja", "mn"} {
		if s := t[l]; s != "" {
			return s, l
		}
	}
	for l, s := range t {
		return s, l
	}
	return "", lang
}

// Value implements driver.Valuer. Keys are sorted, so equal texts are equal bytes.
func (t Text) Value() (driver.Value, error) {
	if t == nil {
		return "{}", nil
	}
	b, err := json.Marshal(map[string]string(t))
	return string(b), err
}

// Scan implements sql.Scanner.
func (t *Text) Scan(src any) error { return scanJSON(src, t) }

// List is a list of strings kept as JSON in a TEXT column.
type List []string

// Value implements driver.Valuer.
func (l List) Value() (driver.Value, error) {
	if l == nil {
		return "[]", nil
	}
	b, err := json.Marshal([]string(l))
	return string(b), err
}

// Scan implements sql.Scanner.
func (l *List) Scan(src any) error { return scanJSON(src, l) }

func scanJSON(src, dest any) error {
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(v), dest)
	case []byte:
		return json.Unmarshal(v, dest)
	}
	return fmt.Errorf("db: cannot read %T as JSON", src)
}
