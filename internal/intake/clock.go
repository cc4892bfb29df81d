package intake

import (
	"time"
	_ "time/tzdata" // zones on a machine that has none
)

// clock turns civil time of a zone into UTC. It remembers the last quarter of an hour: clocks change on none shorter.
type clock struct {
	loc           *time.Location
	asked         bool
	wall          int64
	first, second int64
	n             int
}

// utc gives the moments at which the clocks of the zone show wall: none in the hour that spring leaves out, two in the
// hour that autumn repeats, the earlier first.
func (c *clock) utc(wall int64) (first, second int64, n int) {
	quarter := wall - ((wall%900)+900)%900
	if !c.asked || quarter != c.wall {
		c.asked, c.wall = true, quarter
		c.first, c.second, c.n = moments(c.loc, quarter)
	}
	d := wall - quarter
	return c.first + d, c.second + d, c.n
}

func moments(loc *time.Location, wall int64) (first, second int64, n int) {
	_, before := time.Unix(wall-36*3600, 0).In(loc).Zone()
	_, after := time.Unix(wall+36*3600, 0).In(loc).Zone()
	for _, offset := range []int{max(before, after), min(before, after)} {
		t := wall - int64(offset)
		if _, o := time.Unix(t, 0).In(loc).Zone(); o != offset {
			continue
		}
		switch {
		case n == 0:
			first, n = t, 1
		case t != first:
			second, n = t, 2
		}
	}
	return first, second, n
}

// civilDate is the date of a day number since 1970-01-01.
func civilDate(day int64) (y, m, d int) {
	t := time.Unix(day*86400, 0).UTC()
	return t.Year(), int(t.Month()), t.Day()
}
