package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"aircommons/air"
)

// role is what a column is for.
type role uint8

const (
	noRole role = iota
	roleDate
	roleTime // time of day beside a date
	roleYear
	roleMonth
	roleDay
	roleHour
	roleStation
	roleStationName
	roleCity
	roleCountry
	roleLat
	roleLon
	roleParameter // name of what was measured
	roleValue
	roleUnit
	roleFlag
	roleIndex // number of the row
	roleMeasured
)

// heading is a heading, understood as far as it goes.
type heading struct {
	text  string // as in the file, trimmed
	role  role
	param air.Parameter
	unit  air.Unit // NoUnit where the heading states none
	zone  *int     // offset in seconds that the heading states for a date: "Time (UTC+8)"
	lst   bool     // the heading says local standard time
}

// roles by squashed heading, in the languages of the network. A name that stands for a date and for a time of day
// ("time", "시간") is a date here; the cells tell.
var roleNames = loadRoles()

func loadRoles() map[string]role {
	table := map[string]role{}
	for r, names := range map[role]string{
		roleDate: "date date&time datetime recordtime zeit zeitpunkt timestamp timestamps time dateandtime datetimeutc datetimelocal dateutc datelocal utc local datetimelst sampledate sampletime samplingdate measurementtime measurementdate measuredat " +
			"observed observedat observationtime periodstart periodend begin start starttime endtime startdate timestamputc utctime localtime measdate datehour day " +
			"측정일시 측정일자 측정일 msrdt msrdtde 측정시간 측정시각 일시 일자 날짜 날짜시간 년월일 시간 시각 기준일시 관측일시 " +
			"日期 时间 時間 日期时间 日期時間 监测时间 監測時間 监测日期 監測日期 数据时间 采样时间 发布时间 測定日時 測定日 測定年月日 日時 年月日 年月日時 観測日時 時刻 " +
			"огноо огнооцаг хугацаа цаг өдөр дата датавремя время datum fecha",
		roleTime:        "timeofday clock hhmm uhrzeit heure hora 시분 时刻 時分",
		roleYear:        "year yr yyyy 년 연도 년도 年 年份 он жил",
		roleMonth:       "month mon mm 월 月 月份 сар",
		roleDay:         "dayofmonth dd dom 일 日",
		roleHour:        "hour hr hh hourofday hours utchour hourutc gmthour 시 时 時 小时 小時",
		roleStation:     "station stationid stationcode stationno site siteid sitecode code location locationid sensor sensorid sensorsid monitor monitorid device deviceid 측정소 측정소코드 측정소명 측정소번호 msrstenm msrstncode 지점 지점번호 站点 站点编号 站点代码 站点名称 监测点 监测点编码 測站 測站代碼 站號 測定局 測定局コード 局番 станц харуул станцынкод",
		roleStationName: "stationname sitename locationname monitorname devicename name 지점명 站名 监测点名称 測站名稱 測定局名 局名 станцыннэр",
		roleCity:        "city cityname town 도시 시도 지역 城市 城市名称 縣市 市 市区町村名 都市 хот",
		roleCountry:     "country countrycode countryiso iso 국가 国家 國家 国 улс",
		roleLat:         "lat latitude 위도 纬度 緯度 өргөрөг",
		roleLon:         "lon lng long longitude 경도 经度 經度 経度 уртраг",
		roleParameter:   "parameter pollutant param species variable item itemname component indicator parametername 항목 측정항목 项目 监测项目 測項 測定項目 項目 污染物 үзүүлэлт",
		roleValue:       "value concentration conc measurement result reading average mean 값 측정값 농도 数值 浓度 值 監測值 濃度 値 測定値 утга",
		roleUnit:        "unit units unitofmeasure uom 단위 单位 單位 単位 нэгж",
		roleFlag:        "qc qcname qcflag qccode qa qaflag flag flags status validity valid quality qualityflag 상태 측정기상태 标记 状态 狀態 フラグ",
		roleIndex:       "index id rowid row rowno 번호 순번 序号 編號 番号 дд",
	} {
		for _, n := range strings.Fields(names) {
			table[n] = r
		}
	}
	return table
}

// aliases are names of parameters beyond the codes and names of the table, squashed.
var aliases = loadAliases()

func loadAliases() map[string]air.Parameter {
	table := map[string]air.Parameter{}
	add := func(p air.Parameter, names string) {
		for _, n := range strings.Fields(names) {
			table[n] = p
		}
	}
	for _, i := range air.All() {
		add(i.Parameter, i.Code)
		if f := squash(i.Formula); f != "" && table[f] == 0 && len(f) > 1 {
			table[f] = i.Parameter
		}
		for _, name := range i.Name {
			table[squash(name)] = i.Parameter
			// "아황산가스(이산화황)": either of the two.
			if out, in, ok := strings.Cut(name, "("); ok {
				for _, n := range []string{out, strings.TrimSuffix(in, ")")} {
					if s := squash(n); len(s) > 2 && table[s] == 0 {
						table[s] = i.Parameter
					}
				}
			}
		}
	}
	add(air.PM25, "pm25 pmfine pm25lc finepm fineparticles pm2d5 초미세먼지 细颗粒物 細顆粒物 細懸浮微粒 微小粒子状物質 pm25atm pm25alt")
	add(air.PM10, "pm10 미세먼지 可吸入颗粒物 可吸入顆粒物 懸浮微粒 pm10lc coarseparticles")
	add(air.PM1, "pm1 극미세먼지")
	add(air.O3, "o3 ozone 오존 臭氧 オゾン озон")
	add(air.Ox, "ox oxidant oxidants photochemicaloxidant 光化学オキシダント")
	add(air.NO2, "no2 nitrogendioxide 이산화질소 二氧化氮 二酸化窒素")
	add(air.NO, "no nitricoxide nitrogenmonoxide nitrogenoxide 일산화질소 一氧化氮 一酸化窒素")
	add(air.NOx, "nox nitrogenoxides 질소산화물 氮氧化物 窒素酸化物")
	add(air.SO2, "so2 sulfurdioxide sulphurdioxide 아황산가스 이산화황 二氧化硫 二酸化硫黄 二酸化いおう")
	add(air.CO, "co carbonmonoxide 일산화탄소 一氧化碳 一酸化炭素")
	add(air.CO2, "co2 carbondioxide 이산화탄소 二氧化碳 二酸化炭素")
	add(air.NH3, "nh3 ammonia")
	add(air.BC, "bc blackcarbon ebc")
	add(air.Benzene, "benzene c6h6")
	add(air.WindSpeed, "ws wspm windspeed windspd windvelocity wspd wspeed 풍속 风速 風速")
	add(air.WindDirection, "wd winddirection winddir wdir cbwd 풍향 风向 風向")
	add(air.Temperature, "temp temperature airtemp airtemperature ambtemp ambienttemperature tmp tair t2m ta 기온 온도 气温 氣溫 温度 溫度 気温 temperatur температур")
	add(air.DewPoint, "dewp dewpoint dewpointtemperature td 이슬점 露点 露點")
	add(air.Pressure, "pres pressure airpressure atmosphericpressure barometricpressure press baro stationpressure 기압 气压 氣壓 気圧 даралт")
	add(air.Humidity, "rh humidity relativehumidity humi hum relhum 습도 상대습도 湿度 濕度 相对湿度 相對濕度 чийгшил")
	add(air.Rain, "rain precipitation precip rainfall prcp 강수량 降水 降水量 降雨 雨量")
	return table
}

// unsure are codes that are also words or abbreviations of other things ("No." is a number, "as" a word, "cd" a code):
// a column is taken for them only where its cells are measurements.
var unsure = map[string]bool{"no": true, "as": true, "ni": true, "cd": true, "pb": true, "ec": true, "oc": true, "bc": true, "hg": true, "ta": true, "td": true, "hum": true, "press": true}

// tails are words that say how a value was made without changing what it is. "24h" and "8h" are not among them: a
// running mean is not an hourly value.
var tails = []string{"concentration", "conc", "value", "mean", "average", "avg", "hourly", "1hour", "1hr", "1h", "농도", "평균", "浓度", "濃度", "均值", "平均", "小时", "値", "值"}

// cutTail takes one of the tails off.
func cutTail(s string) string {
	for _, t := range tails {
		if cut, ok := strings.CutSuffix(s, t); ok && cut != "" {
			return cut
		}
	}
	return s
}

// isPM1 reports whether a name in lower case is that of PM1 with a decimal, which must not become PM10.
func isPM1(s string) bool {
	s, ok := strings.CutPrefix(s, "pm")
	if !ok {
		return false
	}
	s = strings.TrimLeft(s, " _-")
	for _, p := range []string{"1.0", "1_0"} {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest == "" || rest[0] < '0' || rest[0] > '9'
		}
	}
	return false
}

var squeeze = strings.NewReplacer(" ", "", "_", "", "-", "", ".", "", ",", "", "/", "", "(", "", ")", "", "[", "", "]", "", "'", "", "\"", "", ":", "", "#", "", "·", "", "\u00a0", "", "\ufeff", "")

// squash brings a heading to the form of the tables above: compatibility forms undone (ＰＭ２．５, PM₂.₅), lower case, no
// blanks and signs.
func squash(s string) string {
	s = strings.TrimSpace(s)
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			s = norm.NFKC.String(s)
			break
		}
	}
	s = strings.ToLower(s)
	if isPM1(s) {
		return "pm1"
	}
	return squeeze.Replace(s)
}

// parameterOf finds a parameter by a text of any spelling.
func parameterOf(text string) (air.Parameter, bool) {
	s := squash(text)
	if p, ok := aliases[s]; ok {
		return p, true
	}
	for range 3 {
		t := cutTail(s)
		if t == s {
			break
		}
		if p, ok := aliases[t]; ok {
			return p, true
		}
		s = t
	}
	return 0, false
}

var brackets = regexp.MustCompile(`[(\[（【{]([^()\[\]（）【】{}]*)[)\]）】}]`)

// zoneNames are abbreviations that mean one offset in monitoring files of the region. CST is not among them: it is China
// to some and the middle of America to others.
var zoneNames = map[string]int{"utc": 0, "gmt": 0, "z": 0, "kst": 9 * 3600, "jst": 9 * 3600, "hkt": 8 * 3600, "sgt": 8 * 3600, "ulat": 8 * 3600, "cet": 3600, "ict": 7 * 3600, "bjt": 8 * 3600, "北京时间": 8 * 3600}

// parseHeading understands a heading such as "PM2.5 (µg/m³)", "no2_ppb", "측정일시", "Date (LST)".
func parseHeading(text string) heading {
	h := heading{text: strings.TrimSpace(strings.Trim(text, "\ufeff"))}
	base := h.text
	var inside []string
	if strings.ContainsAny(base, "([（【{") {
		for _, m := range brackets.FindAllStringSubmatch(base, 8) {
			inside = append(inside, m[1])
		}
		base = strings.TrimSpace(brackets.ReplaceAllString(base, " "))
	}
	for _, in := range inside {
		if u, ok := air.ParseUnit(in); ok && h.unit == air.NoUnit && in != "" {
			h.unit = u
		}
		h.note(in)
	}
	if p, ok := parameterOf(base); ok {
		return h.measured(p)
	}
	if r, ok := roleNames[squash(base)]; ok {
		h.role = r
		if s := squash(base); (r == roleDate || r == roleHour) && (strings.Contains(s, "utc") || strings.Contains(s, "gmt")) && h.zone == nil {
			h.zone = new(int)
		}
		return h
	}
	if p, ok := parameterOf(h.text); ok {
		return h.measured(p)
	}
	for _, in := range inside {
		if p, ok := parameterOf(in); ok {
			return h.measured(p)
		}
	}
	if len(base) > 80 {
		return h // a sentence
	}
	// The unit stands behind a blank, a comma or an underline.
	for i, c := range base {
		if c != ' ' && c != '_' && c != ',' && c != '-' && c != '/' && c != ';' || i == 0 {
			continue
		}
		head, tail := base[:i], strings.Trim(base[i+1:], " ,_-;/")
		u, isUnit := air.ParseUnit(tail)
		if isUnit {
			if p, ok := parameterOf(head); ok {
				h.unit = u
				return h.measured(p)
			}
		}
		if r, ok := roleNames[squash(head)]; ok && r == roleDate && h.note(tail) {
			h.role = r
			return h
		}
	}
	if r, ok := roleNames[squash(h.text)]; ok {
		h.role = r
	}
	return h
}

// note takes up what a part of a heading says of the zone.
func (h *heading) note(part string) bool {
	t := strings.ToLower(strings.TrimSpace(part))
	if t == "lst" || t == "local standard time" {
		h.lst = true
		return true
	}
	if offset, ok := zoneNames[t]; ok {
		h.zone = &offset
		return true
	}
	if offset, ok := parseOffset(t); ok {
		h.zone = &offset
		return true
	}
	return false
}

func (h heading) measured(p air.Parameter) heading {
	h.role, h.param = roleMeasured, p
	return h
}

// doubtful reports whether the heading may mean something else than its parameter.
func (h heading) doubtful() bool { return h.role == roleMeasured && unsure[squash(h.text)] }
