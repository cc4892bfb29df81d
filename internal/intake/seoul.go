package intake

import (
	"strings"

	"aircommons/air"
	"aircommons/internal/fault"
)

// seoulStations are the stations of the Seoul network by which its files are known: the districts, and those at roads and
// on hills that have kept their names. Names that other cities have too do not settle it alone.
var seoulStations = loadSeoul()

func loadSeoul() map[string]bool {
	table := map[string]bool{}
	for _, n := range strings.Fields("강남구 강동구 강북구 관악구 광진구 구로구 금천구 노원구 도봉구 동대문구 동작구 마포구 서대문구 서초구 성동구 성북구 송파구 양천구 영등포구 용산구 은평구 종로구 중랑구 " +
		"강남대로 강변북로 공항대로 도산대로 동작대로 신촌로 영등포로 정릉로 종로 천호대로 청계천로 한강대로 홍릉로 화랑로 시흥대로 관악산 궁동 남산 북한산 세곡 행주 " +
		"gangnamgu gangdonggu gangbukgu gwanakgu gwangjingu gurogu geumcheongu nowongu dobonggu dongdaemungu dongjakgu mapogu seodaemungu seochogu seongdonggu seongbukgu songpagu yangcheongu " +
		"yeongdeungpogu yongsangu eunpyeonggu jongnogu jungnanggu jungranggu") {
		table[n] = true
	}
	for _, n := range strings.Fields("중구 강서구 junggu gangseogu") {
		table[n] = false
	}
	return table
}

// seoul knows a file of daily means by station: dates without an hour, a column with stations of Seoul, pollutants in
// columns, in any order and with Korean or English headings.
func (pr *proposal) seoul() bool {
	if pr.m.Station.Column == "" || len(pr.m.Columns) == 0 || len(pr.m.Date.Columns) != 1 || pr.m.Date.Hour != "" || pr.m.Zone != "" {
		return false
	}
	station, ok := pr.g.find(pr.m.Station.Column)
	date, ok2 := pr.g.find(pr.m.Date.Columns[0])
	if !ok || !ok2 {
		return false
	}
	seen := map[string]bool{}
	own, shared := 0, 0
	for _, row := range pr.g.sample(200) {
		if station >= len(row) || date >= len(row) {
			continue
		}
		if s, ok := readStamp([]byte(row[date]), orderYMD); ok && s.timed {
			return false
		}
		name := strings.ToLower(squeeze.Replace(row[station]))
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		if alone, known := seoulStations[name]; alone {
			own++
		} else if known {
			shared++
		}
	}
	return own > 0 && (own+shared)*5 >= len(seen)*3
}

// readSeoul reads daily means by station (data.seoul.go.kr, OA-2218): Korean time, gases in ppm, particles in µg/m³.
func readSeoul(r *reader) error {
	pr, ok := r.seen.table()
	if !ok || len(pr.m.Columns) == 0 {
		return fault.New(fault.Invalid, "intake.layout.none", "File", r.path)
	}
	pr.m.Zone, pr.m.Step = "+09:00", "day"
	rule := known{fault.Say("intake.how.layout"), true}
	bare := map[string]bool{}
	for i, c := range pr.m.Columns {
		p, _ := air.ByCode(c.Parameter)
		if info, _ := p.Info(); c.Unit == "" && !p.Weather() {
			bare[c.Column] = true
			pr.m.Columns[i].Unit = air.MicrogramPerM3.String()
			if info.Kind == "gas" {
				pr.m.Columns[i].Unit = air.PPM.String()
			}
		}
	}
	p, err := newPlan(r.path, pr.g, pr.m, r.opt, fault.Say("intake.how.header"))
	if err != nil {
		return err
	}
	korea := p.zone.standard
	p.standard = &korea
	p.how["zone"], p.how["standard"] = rule, rule
	for i, u := range p.units {
		if bare[u.column] && u.known.how.Key == "intake.how.header" {
			p.units[i].known = rule
		}
	}
	r.city, r.country = "Seoul", "KR"
	r.head("seoul-daily", fault.Say("intake.how.seoul"))
	p.survey(r)
	if err := r.readTable(p); err != nil {
		return err
	}
	r.unreadFact(pr)
	return nil
}
