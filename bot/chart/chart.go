// Package chart draws pictures of figures: a bar for each day, the last one in a colour of its own.
// Small ones ([Bars]) hold no words, for a place that shows these beside them; larger ones ([Days])
// name their days and say in words what they show.
package chart

import (
	"slices"

	"github.com/go-analyze/charts"
)

// The size of a picture, in pixels: twice that of its place on the page, for sharp screens.
const (
	width  = 560
	height = 96
)

// Bars draws values as bars, in their order, as a PNG. The same values give the same bytes.
func Bars(values []int) ([]byte, error) {
	none := charts.Ptr(false)
	o := charts.NewBarChartOptionWithData(stacked(values))
	o.StackSeries = charts.Ptr(true)
	o.Theme = charts.MakeTheme(charts.ThemeOption{
		BackgroundColor: charts.ColorTransparent,
		// They are seen on a light page and on a dark one, also by who can't tell red from green.
		SeriesColors: []charts.Color{
			charts.ColorFromHex("#9AA5B1"), charts.ColorFromHex("#1F6FEB"),
		},
	})
	o.Padding = charts.NewBoxEqual(0)
	o.Legend = charts.LegendOption{Show: none}
	o.Title = charts.TitleOption{Show: none}
	o.CategoryAxis = charts.CategoryAxisOption{Show: none, Labels: make([]string, len(values))}
	most := float64(slices.Max(append([]int{1}, values...))) // without any there is no full bar
	o.ValueAxis = []charts.ValueAxisOption{
		{Show: none, Min: charts.Ptr(0.0), Max: charts.Ptr(most), SplitLineShow: none},
	}
	p := charts.NewPainter(charts.PainterOptions{
		OutputFormat: charts.ChartOutputPNG, Width: width, Height: height,
	})
	if err := p.BarChart(o); err != nil {
		return nil, err
	}
	return p.Bytes()
}

// stacked parts values into those of the earlier days and that of the last one, so that each can have
// a colour.
func stacked(values []int) [][]float64 {
	earlier, latest := make([]float64, len(values)), make([]float64, len(values))
	for i, v := range values {
		if i == len(values)-1 {
			latest[i] = float64(v)
		} else {
			earlier[i] = float64(v)
		}
	}
	return [][]float64{earlier, latest}
}
