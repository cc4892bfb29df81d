"""Counts and sums of real exports, derived without Aircommons: python3 derive.py FOLDER > expected.txt

FOLDER is what AIRCOMMONS_TESTDATA names. Standard library only. One line for each file and parameter:
file, parameter, number of values, their sum with all digits, first and last start of the interval in UTC.
Hours are taken as the readers state them: StateAir, UCI and openair mark the start, OpenAQ the end.
"""
import csv, datetime as dt, glob, gzip, io, math, os, re, sys, zipfile

root = sys.argv[1]


def text(name, encoding):
    data = open(os.path.join(root, name), "rb").read()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode(encoding)


def put(name, parameter, rows):
    if rows:
        rows.sort()
        stamp = lambda t: t.strftime("%Y-%m-%dT%H:%M")
        print(name.replace(" ", "_"), parameter, len(rows), repr(math.fsum(v for _, v in rows)), stamp(rows[0][0]), stamp(rows[-1][0]))


hour = dt.timedelta(hours=1)

for path in sorted(glob.glob(os.path.join(root, "us-embassy-stateair", "*.gz"))):
    name = os.path.relpath(path, root)
    t = text(name, "latin-1")
    rows, seen = [], set()
    for r in csv.DictReader(io.StringIO(t[t.index("Site,Parameter"):])):
        if r["Value"] != "-999":
            rows.append((dt.datetime(*(int(r[k]) for k in ("Year", "Month", "Day", "Hour"))), float(r["Value"])))
    # 03:00 twice and 02:00 absent: the first is 02:00.
    for i in range(1, len(rows)):
        if rows[i][0] == rows[i - 1][0]:
            rows[i - 1] = (rows[i - 1][0] - hour, rows[i - 1][1])
    put(name, "pm25", [(t - 8 * hour, v) for t, v in rows])

uci = {"PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2", "CO": "co", "O3": "o3", "TEMP": "temp", "PRES": "pres", "DEWP": "dewp", "RAIN": "rain", "WSPM": "ws"}
for path in sorted(glob.glob(os.path.join(root, "beijing-multisite", "*.gz"))):
    name = os.path.relpath(path, root)
    table = list(csv.DictReader(io.StringIO(text(name, "utf-8"))))
    for column, parameter in uci.items():
        put(name, parameter, [(dt.datetime(int(r["year"]), int(r["month"]), int(r["day"]), int(r["hour"])) - 8 * hour, float(r[column])) for r in table if r[column] != "NA"])

seoul = ["no2", "o3", "co", "so2", "pm10", "pm25"]  # the order of the columns; the fifth of 2016 is headed carbon dioxide
for year in (2018, 2019, 2020):
    name = f"seoul/seoul-daily-by-station-{year}.csv.gz"
    table = list(csv.reader(io.StringIO(text(name, "cp949"))))[1:]
    for i, parameter in enumerate(seoul):
        put(name, parameter, [(dt.datetime.strptime(r[0], "%Y%m%d") - 9 * hour, float(r[2 + i])) for r in table if r[2 + i] != ""])
name = "seoul/seoul-daily-by-station-2016.xlsx"
with zipfile.ZipFile(os.path.join(root, name)) as z:
    sheet = z.read("xl/worksheets/sheet1.xml").decode()
cells = [dict(re.findall(r'<c r="([A-Z])\d+"[^>]*><v>([^<]*)</v>', row)) for row in re.findall(r"<row .*?</row>", sheet)][1:]
for i, parameter in enumerate(seoul):
    put(name, parameter, [(dt.datetime.strptime(c["A"], "%Y%m%d") - 9 * hour, float(c["CDEFGH"[i]])) for c in cells if "CDEFGH"[i] in c])

name = "openaq/openaq_explorer_ulaanbaatar_pre2019.csv.gz"
put(name, "pm25", [(dt.datetime.strptime(r["datetimeUtc"], "%Y-%m-%dT%H:%M:%SZ") - hour, float(r["value"])) for r in csv.DictReader(io.StringIO(text(name, "utf-8"))) if float(r["value"]) != -999])
name = "openaq/pandas-air_quality_no2_long.csv.gz"
put(name, "no2", [(dt.datetime.strptime(r["date.utc"], "%Y-%m-%d %H:%M:%S+00:00") - hour, float(r["value"])) for r in csv.DictReader(io.StringIO(text(name, "utf-8"))) if r["unit"]])

name = "london/mydata.csv.gz"
table = list(csv.DictReader(io.StringIO(text(name, "utf-8"))))
for column in ("ws", "wd", "nox", "no2", "o3", "pm10", "so2", "co", "pm25"):
    put(name, column, [(dt.datetime.strptime(r["date"], "%Y-%m-%d %H:%M:%S"), float(r[column])) for r in table if r[column] != "NA"])
