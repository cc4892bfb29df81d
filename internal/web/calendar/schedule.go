package calendar

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/network"
)

// Schedule is an agenda as conference programs read it (schedule.xml and schedule.json of c3voc), in one language.
type Schedule struct {
	W        *catalog.Words
	Site     string // address of the site, without a slash at the end
	Activity activity.Activity
	Number   int64 // of the release; 0 for none
	Shape    activity.Shape
	Who      func(activity.Speaker) string
	Version  string // of the program
}

type xmlSchedule struct {
	XMLName   xml.Name     `xml:"schedule"`
	Generator xmlGenerator `xml:"generator"`
	URL       string       `xml:"url"`
	Version   string       `xml:"version"`
	Conf      xmlConf      `xml:"conference"`
	Days      []xmlDay     `xml:"day"`
}

type xmlGenerator struct {
	Name    string `xml:"name,attr"`
	Version string `xml:"version,attr"`
}

type xmlConf struct {
	Title   string `xml:"title"`
	Acronym string `xml:"acronym"`
	Start   string `xml:"start"`
	End     string `xml:"end"`
	Days    int    `xml:"days"`
	Slot    string `xml:"timeslot_duration"`
	Base    string `xml:"base_url"`
	Zone    string `xml:"time_zone_name"`
}

type xmlDay struct {
	Index int       `xml:"index,attr"`
	Date  string    `xml:"date,attr"`
	Start string    `xml:"start,attr"`
	End   string    `xml:"end,attr"`
	Rooms []xmlRoom `xml:"room"`
}

type xmlRoom struct {
	Name   string     `xml:"name,attr"`
	GUID   string     `xml:"guid,attr"`
	Events []xmlEvent `xml:"event"`
}

type xmlEvent struct {
	ID          uint32      `xml:"id,attr"`
	GUID        string      `xml:"guid,attr"`
	Room        string      `xml:"room"`
	Title       string      `xml:"title"`
	Subtitle    string      `xml:"subtitle"`
	Type        string      `xml:"type"`
	Date        string      `xml:"date"`
	Start       string      `xml:"start"`
	Duration    string      `xml:"duration"`
	Abstract    string      `xml:"abstract"`
	Slug        string      `xml:"slug"`
	Track       string      `xml:"track"`
	Persons     []xmlPerson `xml:"persons>person"`
	Language    string      `xml:"language"`
	Description string      `xml:"description"`
	URL         string      `xml:"url"`
	end         time.Time
}

type xmlPerson struct {
	ID   uint32 `xml:"id,attr"`
	GUID string `xml:"guid,attr"`
	Name string `xml:",chardata"`
}

var space = uuid.MustParse("6ba7b811-9dad-11d1-80b4-00c04fd430c8") // of addresses, RFC 9562

// guid is the same for ever for the same thing of the same activity.
func guid(parts ...string) string {
	return uuid.NewSHA1(space, []byte("aircommons:"+strings.Join(parts, "/"))).String()
}

// numbers gives positive numbers that stay the same from release to release and differ within one.
type numbers map[uint32]bool

func (n numbers) of(parts ...string) uint32 {
	x := crc32.ChecksumIEEE([]byte(strings.Join(parts, "/"))) & 0x7fffffff
	for x == 0 || n[x] {
		x++
	}
	n[x] = true
	return x
}

func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
}

func (s Schedule) text(t db.Text) string { x, _ := t.In(s.W.Tag()); return clean(x) }

// acronym is letters and digits of the activity's id, four at least.
func (s Schedule) acronym() string {
	x := strings.ReplaceAll(s.Activity.ID, "-", "")
	for len(x) < 4 {
		x += "x"
	}
	return x
}

// days lays the sessions out by day and room. Sessions without a time, and those that are not held, are not part of it.
func (s Schedule) days() []xmlDay {
	zone := activity.Zone(s.Activity.Zone)
	if zone == nil {
		zone = time.UTC
	}
	items := append([]activity.Item(nil), s.Shape.Items...)
	activity.ByStart(items)
	ids, people := numbers{}, map[string]xmlPerson{}
	var out []xmlDay
	for _, i := range items {
		from, to := i.Moments(activity.Zone(s.Activity.Zone))
		if from.IsZero() || i.Cancelled {
			continue
		}
		if to.IsZero() {
			to = from.Add(30 * time.Minute)
		}
		room := i.Venue
		if r, ok := s.Shape.Room(i.Room); ok {
			room = s.text(r.Names)
		}
		if room = clean(room); room == "" {
			room = s.W.T("agenda.elsewhere")
		}
		name := s.text(i.Names)
		length := int(to.Sub(from) / time.Minute)
		e := xmlEvent{ID: ids.of(i.ID), GUID: guid(s.Activity.ID, "session", i.ID), Room: room, Title: name, Type: i.Kind, Date: from.Format(time.RFC3339), Start: from.Format("15:04"),
			Duration: fmt.Sprintf("%02d:%02d", length/60, length%60), Slug: s.acronym() + "-" + padded(i.ID), Description: "", URL: s.Site + "/" + s.W.Tag() + "/activities/" + s.Activity.ID + "/agenda/" + i.ID, end: to}
		e.Abstract = s.text(i.Text)
		if t, ok := s.Shape.Track(i.Track); ok {
			e.Track = s.text(t.Names)
		}
		e.Language = strings.Join(i.Spoken(), ",")
		var talks []string
		for _, t := range i.Talks {
			talks = append(talks, s.text(t.Names))
		}
		e.Description = strings.Join(talks, "\n")
		for _, w := range i.People() {
			if w.Role == "interpreter" {
				continue
			}
			p, there := people[w.Key()]
			if !there {
				p = xmlPerson{ID: ids.of("person", w.Key()), GUID: guid(s.Activity.ID, "person", w.Key()), Name: clean(s.Who(w))}
				people[w.Key()] = p
			}
			e.Persons = append(e.Persons, p)
		}
		date := from.In(zone).Format("2006-01-02")
		if n := len(out); n == 0 || out[n-1].Date != date {
			out = append(out, xmlDay{Index: n + 1, Date: date, Start: e.Date})
		}
		d := &out[len(out)-1]
		if end := to.Format(time.RFC3339); d.End == "" || to.After(parsed(d.End)) {
			d.End = end
		}
		at := -1
		for n := range d.Rooms {
			if d.Rooms[n].Name == room {
				at = n
			}
		}
		if at < 0 {
			at = len(d.Rooms)
			d.Rooms = append(d.Rooms, xmlRoom{Name: room, GUID: guid(s.Activity.ID, "room", room)})
		}
		d.Rooms[at].Events = append(d.Rooms[at].Events, e)
	}
	return out
}

func parsed(s string) time.Time { t, _ := time.Parse(time.RFC3339, s); return t } // written by us

func padded(id string) string {
	for len(id) < 4 {
		id += "-x"
	}
	return id
}

func (s Schedule) bounds(days []xmlDay) (from, to string) {
	p := s.Activity.Period
	if p.Precision == network.Day && !p.Open() {
		return p.First().Format("2006-01-02"), p.Last().Format("2006-01-02")
	}
	if len(days) > 0 {
		return days[0].Date, days[len(days)-1].Date
	}
	return "", ""
}

func (s Schedule) version() string {
	if s.Number == 0 {
		return "1"
	}
	return fmt.Sprint(s.Number)
}

// XML writes schedule.xml.
func (s Schedule) XML(w io.Writer) error {
	days := s.days()
	from, to := s.bounds(days)
	if from == "" { // the format wants days
		from, to = "1970-01-01", "1970-01-01"
	}
	at := s.Site + "/" + s.W.Tag() + "/activities/" + s.Activity.ID + "/agenda"
	zone := s.Activity.Zone
	if zone == "" {
		zone = "UTC"
	}
	x := xmlSchedule{Generator: xmlGenerator{"Aircommons", or(s.Version, "0")}, URL: at, Version: s.version(), Days: days,
		Conf: xmlConf{Title: s.text(s.Activity.Names), Acronym: s.acronym(), Start: from, End: to, Days: len(days), Slot: "00:05", Base: at, Zone: zone}}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", " ")
	if err := e.Encode(x); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// JSON writes schedule.json.
func (s Schedule) JSON(w io.Writer) error {
	days := s.days()
	from, to := s.bounds(days)
	at := s.Site + "/" + s.W.Tag() + "/activities/" + s.Activity.ID + "/agenda"
	type object = map[string]any
	var rooms []object
	seen := map[string]bool{}
	list := []object{}
	for _, d := range days {
		in := object{}
		for _, r := range d.Rooms {
			if !seen[r.Name] {
				seen[r.Name] = true
				rooms = append(rooms, object{"name": r.Name, "guid": r.GUID})
			}
			events := []object{}
			for _, e := range r.Events {
				persons := []object{}
				for _, p := range e.Persons {
					persons = append(persons, object{"id": p.ID, "guid": p.GUID, "public_name": p.Name})
				}
				events = append(events, object{"guid": e.GUID, "id": e.ID, "date": e.Date, "start": e.Start, "end": e.end.Format(time.RFC3339), "duration": e.Duration, "room": e.Room,
					"slug": strings.TrimRight(e.Slug, "-_"), "url": e.URL, "title": e.Title, "subtitle": "", "track": e.Track, "type": e.Type, "language": e.Language, "abstract": e.Abstract,
					"description": e.Description, "persons": persons, "links": []object{}})
			}
			in[r.Name] = events
		}
		list = append(list, object{"index": d.Index, "date": d.Date, "day_start": d.Start, "day_end": d.End, "rooms": in})
	}
	conf := object{"title": s.text(s.Activity.Names), "acronym": s.acronym(), "start": from, "end": to, "daysCount": len(days), "timeslot_duration": "00:05", "days": list, "url": at}
	if s.Activity.Zone != "" {
		conf["time_zone_name"] = s.Activity.Zone
	}
	if rooms != nil {
		conf["rooms"] = rooms
	}
	b, err := json.MarshalIndent(object{"generator": object{"name": "Aircommons", "version": or(s.Version, "0")}, "schedule": object{"version": s.version(), "base_url": at, "conference": conf}}, "", " ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
