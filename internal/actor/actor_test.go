package actor

import "testing"

func TestGrants(t *testing.T) {
	grants := func(g ...Grant) Actor { return Actor{ID: "p", Role: Visitor, Grants: g} }
	forum := grants(Grant{ProgrammeOfficer, OfProgramme, "forum"})
	edition := grants(Grant{ProgrammeOfficer, OfActivity, "forum-2027"})
	focal := grants(Grant{FocalPoint, OfPlace, "seoul"})
	helper := grants(Grant{CheckIn, OfActivity, "forum-2027"})
	reviewer := grants(Grant{Reviewer, OfProgramme, "forum"})
	secretariat := Actor{ID: "s", Role: Secretariat}
	for i, c := range []struct{ got, want bool }{
		{Actor{}.Runs("", ""), false},
		{grants(Grant{ProgrammeOfficer, OfProgramme, ""}).Runs("", "x"), false}, // an empty key is never a thing
		{forum.Runs("forum", "forum-2027"), true},
		{forum.Runs("forum", ""), true},
		{forum.Runs("training", "t-1"), false},
		{edition.Runs("forum", "forum-2027"), true},
		{edition.Runs("forum", "forum-2026"), false},
		{edition.Runs("forum", ""), false},
		{secretariat.Runs("forum", ""), true},
		{secretariat.Speaks("seoul"), true},
		{focal.Speaks("seoul"), true},
		{focal.Speaks("busan"), false},
		{focal.Runs("forum", "forum-2027"), false},
		{helper.ChecksIn("forum", "forum-2027"), true},
		{helper.ChecksIn("forum", "forum-2026"), false},
		{helper.Runs("forum", "forum-2027"), false},
		{edition.ChecksIn("forum", "forum-2027"), true},
		{reviewer.Reviews("forum", "forum-2027"), true},
		{secretariat.Reviews("forum", "forum-2027"), false},
		{Actor{ID: "c", Role: CityOfficer, City: "seoul"}.Speaks("seoul"), false},
		{Actor{ID: "token:1", Device: true}.NeedPerson() == nil, false},
	} {
		if c.got != c.want {
			t.Errorf("case %d: %v", i+1, c.got)
		}
	}
}
