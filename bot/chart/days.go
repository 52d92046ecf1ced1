package chart

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"

	"github.com/go-analyze/charts"
)

// Picture is a figure of some days, with what it says in words.
type Picture struct {
	Title, Words string
	Values       []int    // a day each, the last one in a colour of its own
	Days         []string // what to call each of them; as many
}

// The size of a picture that is drawn in lines, in pixels; a page shows it at any size.
const (
	linesWidth  = 340
	linesHeight = 120
)

// Days draws a picture as bars above the names of their days, as an SVG: for a dark page, or a light
// one. It has the words within it. The same picture gives the same bytes.
func Days(p Picture, dark bool) ([]byte, error) {
	earlier, latest := "#7a8a86", "#0b655b"
	ink, line := "#52605c", "#d5dcd9"
	if dark {
		earlier, latest, ink, line = "#70807b", "#63cbb9", "#a3b2ad", "#2d3937"
	}
	o := charts.NewBarChartOptionWithData(stacked(p.Values))
	none := charts.Ptr(false)
	o.StackSeries = charts.Ptr(true)
	o.Theme = charts.MakeTheme(charts.ThemeOption{
		IsDarkMode: dark, BackgroundColor: charts.ColorTransparent,
		TextColor: charts.ColorFromHex(ink), AxisStrokeColor: charts.ColorFromHex(line),
		AxisSplitLineColor: charts.ColorFromHex(line),
		SeriesColors:       []charts.Color{charts.ColorFromHex(earlier), charts.ColorFromHex(latest)},
	})
	o.Padding = charts.NewBox(4, 8, 8, 0)
	o.Legend = charts.LegendOption{Show: none}
	o.Title = charts.TitleOption{Show: none}
	font := charts.FontStyle{FontSize: 11, FontColor: charts.ColorFromHex(ink)}
	o.CategoryAxis = charts.CategoryAxisOption{Labels: p.Days, LabelCount: 4, LabelFontStyle: font}
	o.ValueAxis = []charts.ValueAxisOption{{
		Min: charts.Ptr(0.0), Max: charts.Ptr(top(p.Values)), LabelCount: 3, LabelFontStyle: font,
		ValueFormatter: func(v float64) string { return strconv.Itoa(int(math.Round(v))) },
	}}
	painter := charts.NewPainter(charts.PainterOptions{
		OutputFormat: charts.ChartOutputSVG, Width: linesWidth, Height: linesHeight,
	})
	if err := painter.BarChart(o); err != nil {
		return nil, err
	}
	svg, err := painter.Bytes()
	if err != nil {
		return nil, err
	}
	words := fmt.Sprintf("><title>%s</title><desc>%s</desc>", html.EscapeString(p.Title),
		html.EscapeString(p.Words))
	return bytes.Replace(svg, []byte(">"), []byte(words), 1), nil
}

// top returns the end of an axis for some values: an even number that isn't below any of them, and
// that people count by.
func top(values []int) float64 {
	most := float64(slices.Max(append([]int{2}, values...)))
	step := max(2, math.Pow(10, math.Floor(math.Log10(most)))/5)
	return math.Ceil(most/step) * step
}
