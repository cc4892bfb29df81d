package air_test

import (
	"fmt"
	"time"

	"aircommons/air"
)

func ExampleConvert() {
	v, err := air.Convert(100, air.NO2, air.PPB, air.MicrogramPerM3, air.At20C)
	fmt.Printf("%.1f %s %v\n", v, air.MicrogramPerM3.Pretty(), err)
	_, err = air.Convert(100, air.PM25, air.PPB, air.MicrogramPerM3, air.At20C)
	fmt.Println(err)
	// Output:
	// 191.3 µg/m³ <nil>
	// air: no way between these units: pm25 from ppb to ug/m3: not a gas
}

func ExampleStateFor() {
	for _, year := range []int{2017, 2019} {
		s, _ := air.StateFor("CN", time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
		fmt.Println(year, s.TemperatureC, "°C")
	}
	// Output:
	// 2017 0 °C
	// 2019 25 °C
}

func ExampleWindMean() {
	degrees, speed, n := air.WindMean([]float64{350, 10}, []float64{2, 2})
	fmt.Printf("%.0f° %.2f m/s of %d hours\n", degrees, speed, n)
	// Output: 0° 1.97 m/s of 2 hours
}
