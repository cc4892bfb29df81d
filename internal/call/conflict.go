package call

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"aircommons/internal/account"
	"aircommons/internal/db"
	"aircommons/internal/fault"
)

// Conflicts that are found without anybody saying so; their texts are "call.conflict.<word>".
var Conflicts = []string{"author", "organisation", "city", "mail"}

// found is the conflict of interest between a reviewer and a submission that nobody needs to declare, "" for none.
func found(reviewer account.Person, s Submission, authors []account.Person, names func(organisation string) db.Text) string {
	if reviewer.ID == s.Person || reviewer.ID == s.Nominee {
		return "author"
	}
	orgs, cities := map[string]bool{}, map[string]bool{}
	add := func(set map[string]bool, v string) {
		if v = plain(v); v != "" {
			set[v] = true
		}
	}
	belongs := func(orgs, cities map[string]bool, p account.Person) {
		add(cities, p.City)
		for _, a := range p.Affiliations {
			add(orgs, a.Organisation)
			add(orgs, a.Name)
			if a.To == "" {
				add(cities, a.Place)
			}
			if names != nil && a.Organisation != "" {
				for _, n := range names(a.Organisation) {
					add(orgs, n)
				}
			}
		}
	}
	belongs(orgs, cities, reviewer)
	theirs, from := map[string]bool{}, map[string]bool{}
	add(theirs, s.Organisation)
	add(from, s.Place)
	for _, p := range authors {
		belongs(theirs, from, p)
	}
	for o := range theirs {
		if orgs[o] {
			return "organisation"
		}
	}
	for c := range from {
		if cities[c] {
			return "city"
		}
	}
	for _, p := range authors {
		if d := domain(p.Email); d != "" && d == domain(reviewer.Email) {
			return "mail"
		}
	}
	return ""
}

// plain is a name as it is compared: without case, spaces and signs.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t.,'’-–()", r) {
			return -1
		}
		return r
	}, strings.ToLower(norm.NFKC.String(strings.TrimSpace(s))))
}

// Domains under which anybody has an address: they say nothing of an employer.
var openDomains = []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "yahoo.co.jp", "icloud.com", "naver.com",
	"daum.net", "hanmail.net", "kakao.com", "qq.com", "163.com", "126.com", "sina.com", "foxmail.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de"}

func domain(mail string) string {
	_, d, _ := strings.Cut(strings.ToLower(mail), "@")
	if slices.Contains(openDomains, d) {
		return ""
	}
	return d
}

// conflict finds the conflict of interest of a reviewer with a submission.
func conflict(ctx context.Context, tx *db.Tx, reviewer account.Person, s Submission) (string, error) {
	var authors []account.Person
	for _, id := range []string{s.Person, s.Nominee} {
		if id == "" {
			continue
		}
		p, err := person(ctx, tx, id)
		if err != nil {
			return "", err
		}
		authors = append(authors, p)
	}
	var failed error
	why := found(reviewer, s, authors, func(id string) (t db.Text) {
		if err := tx.One(ctx, `SELECT names FROM organisation WHERE id = $1`, []any{id}, &t); err != nil && fault.CodeOf(err) != fault.NotFound {
			failed = err
		}
		return t
	})
	return why, failed
}
