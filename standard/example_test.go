package standard_test

import (
	"fmt"
	"time"

	"aircommons/air"
	"aircommons/standard"
)

func ExampleNational() {
	for _, year := range []int{2020, 2027, 2031} {
		l, _ := standard.National("CN", air.PM25, standard.Annual, time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC))
		fmt.Println(year, l.Value, l.Unit, l.Document)
	}
	// Output:
	// 2020 35 ug/m3 GB 3095-2012 with 2018 amendment
	// 2027 30 ug/m3 GB 3095-2026
	// 2031 25 ug/m3 GB 3095-2026
}

func ExampleJudge() {
	l, _ := standard.National("FR", air.NO2, standard.Annual, time.Date(2019, 7, 1, 0, 0, 0, 0, time.UTC))
	for _, v := range []float64{40.4, 40.5} {
		j := standard.Judge(v, 92, l)
		fmt.Println(v, "is compared as", j.Rounded, "with", l.Value, "and has", j.Outcome, "it")
	}
	fmt.Println(standard.Judge(40.5, 60, l).Outcome, "with 60 % of the hours")
	// Output:
	// 40.4 is compared as 40 with 40 and has met it
	// 40.5 is compared as 41 with 40 and has missed it
	// no verdict with 60 % of the hours
}

func ExampleClasses() {
	s := standard.Classes(air.NO2, air.MicrogramPerM3, standard.Annual)
	for _, r := range s.Ranges() {
		fmt.Println(r.Class, r.Name, r.To)
	}
	// Output:
	// 1 AQG 10
	// 3 IT3 20
	// 4 IT2 30
	// 5 IT1 40
	// 6 above 60
	// 7 far +Inf
}
