package activity

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"aircommons/internal/catalog"
	"aircommons/internal/db"
)

func icsOf(t testing.TB, lang string, es ...Entry) string {
	t.Helper()
	texts, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	return string(ICS(texts.Lang(lang), Sheet{Name: "Forum, 2027", Site: "https://air.example.org", Self: "https://air.example.org/x.ics", Place: func(string) string { return "Seoul" }}, es))
}

// opening is at 09:00 in Seoul on 19 May 2027: 00:00 in UTC, 02:00 in Paris, where summer time holds.
func opening() Entry {
	at := time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC)
	return Entry{UID: UID("forum", "opening"), Activity: "forum", Item: "opening", Sequence: 2, Created: at, Changed: at,
		Told: Told{Names: db.Text{"en": "Opening; a, b", "ko": strings.Repeat("개회식 ", 30)}, From: "2027-05-19T09:00", To: "2027-05-19T10:30", Zone: "Asia/Seoul", Place: "seoul", Venue: "COEX"}}
}

func days() Entry {
	e := opening()
	e.UID, e.Item, e.From, e.To, e.Cancelled = UID("forum", ""), "", "2027-05-19", "2027-05-20", true
	return e
}

func checkLines(t *testing.T, s string) {
	t.Helper()
	if !strings.HasSuffix(s, "END:VCALENDAR\r\n") {
		t.Error("no end")
	}
	for _, line := range strings.Split(strings.TrimSuffix(s, "\r\n"), "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d octets: %q", len(line), line)
		}
	}
}

func TestICS(t *testing.T) {
	for _, l := range catalog.Languages {
		s := icsOf(t, l.Tag, opening(), days())
		checkLines(t, s)
		for _, line := range []string{"DTSTART:20270519T000000Z\r\n", "DTEND:20270519T013000Z\r\n", "SEQUENCE:2\r\n", "DTSTART;VALUE=DATE:20270519\r\n", "DTEND;VALUE=DATE:20270521\r\n", // the day after the last
			"STATUS:CANCELLED\r\n", "STATUS:CONFIRMED\r\n", "UID:forum.opening@sessions.aircommons\r\n", `LOCATION:COEX\, Seoul`} {
			if !strings.Contains(s, line) {
				t.Errorf("%s: no %q in\n%s", l.Tag, line, s)
			}
		}
	}
	if s := icsOf(t, "en", opening()); !strings.Contains(s, `SUMMARY;LANGUAGE=en:Opening\; a\, b`) {
		t.Error(s)
	}
}

// readers are programs that read the file and print of the first session: start in UTC, in Paris, summary, sequence.
func TestICSIsReadByOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.ics")
	if err := os.WriteFile(path, []byte(icsOf(t, "ko", opening())), 0o600); err != nil {
		t.Fatal(err)
	}
	want := "2027-05-19T00:00 2027-05-19T02:00 2 " + strings.TrimSpace(strings.Repeat("개회식 ", 30))
	t.Run("python3-icalendar", func(t *testing.T) {
		run(t, want, "/usr/bin/python3", "-c", `
import sys
try:
    import icalendar, zoneinfo
except ImportError:
    print("missing"); sys.exit()
e = icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read()).walk("VEVENT")[0]
at, f = e["DTSTART"].dt, "%Y-%m-%dT%H:%M"
print(at.strftime(f), at.astimezone(zoneinfo.ZoneInfo("Europe/Paris")).strftime(f), e["SEQUENCE"], str(e["SUMMARY"]).strip())`, path)
	})
	t.Run("libical", func(t *testing.T) {
		run(t, want, "/usr/bin/python3", "-c", `
import sys
try:
    import gi
    gi.require_version("ICalGLib", "3.0")
    from gi.repository import ICalGLib
except (ImportError, ValueError):
    print("missing"); sys.exit()
c = ICalGLib.Component.new_from_string(open(sys.argv[1], encoding="utf-8", newline="").read())
e = c.get_first_component(ICalGLib.ComponentKind.VEVENT_COMPONENT)
at = e.get_dtstart()
paris = at.convert_to_zone(ICalGLib.Timezone.get_builtin_timezone("Europe/Paris"))
show = lambda t: "%04d-%02d-%02dT%02d:%02d" % (t.get_year(), t.get_month(), t.get_day(), t.get_hour(), t.get_minute())
print(show(at), show(paris), e.get_sequence(), e.get_summary().strip())`, path)
	})
	t.Run("ical.js", func(t *testing.T) {
		node, err := exec.LookPath("node")
		if err != nil {
			t.Skip("node is missing")
		}
		run(t, want, node, "-e", `
let ICAL
try { ICAL = require(process.cwd() + "/../../node_modules/ical.js"); ICAL = ICAL.default || ICAL } catch (e) { console.log("missing"); process.exit() }
const c = new ICAL.Component(ICAL.parse(require("fs").readFileSync(process.argv[1], "utf8"))), e = new ICAL.Event(c.getFirstSubcomponent("vevent"))
const at = e.startDate.toJSDate(), paris = new Intl.DateTimeFormat("sv", { timeZone: "Europe/Paris", dateStyle: "short", timeStyle: "short" }).format(at).replace(" ", "T")
console.log(at.toISOString().slice(0, 16), paris, e.sequence, e.summary.trim())`, path)
	})
}

func run(t *testing.T, want, program string, args ...string) {
	t.Helper()
	if _, err := os.Stat(program); err != nil {
		t.Skipf("%s is missing", program)
	}
	out, err := exec.Command(program, args...).Output()
	got := strings.TrimSpace(string(out))
	if got == "missing" {
		t.Skip("the library is missing (Debian: python3-icalendar, python3-gi with gir1.2-ical-3.0; npm: ical.js)")
	}
	if err != nil || got != want {
		t.Errorf("%q, %v; not %q", got, err, want)
	}
}

func FuzzICS(f *testing.F) {
	f.Add("Opening", "2027-05-19T09:00", "2027-05-19T10:00", "Hall", "x")
	f.Add("A\r\nATTACH:x", "2027-05-19", "", "\x00\xff;,\\", "개회식개회식개회식개회식개회식개회식개회식")
	f.Fuzz(func(t *testing.T, name, from, to, venue, uid string) {
		e := opening()
		e.UID, e.Names, e.From, e.To, e.Venue = uid, db.Text{"en": name}, from, to, venue
		s := icsOf(t, "en", e)
		checkLines(t, s)
		for _, line := range strings.Split(s, "\r\n") {
			if strings.HasPrefix(line, "ATTACH") {
				t.Errorf("a text became a property: %q", line)
			}
		}
	})
}
