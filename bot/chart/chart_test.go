package chart_test

import (
	"bytes"
	"encoding/xml"
	"image/png"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/chart"
)

func TestBars(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []int
	}{
		{name: "two weeks", values: []int{3, 8, 0, 0, 12, 9, 7, 11, 2, 0, 15, 9, 8, 14}},
		{name: "nothing happened", values: make([]int, 14)},
		{name: "one day", values: []int{5}},
		{name: "no day"},
		{name: "a flood", values: []int{1, 1_000_000}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := chart.Bars(c.values)
			if err != nil {
				t.Fatal(err)
			}
			b, err := chart.Bars(c.values)
			if err != nil || !bytes.Equal(a, b) {
				t.Error("the same values give other bytes:", err)
			}
			is, err := png.DecodeConfig(bytes.NewReader(a))
			if err != nil || is.Width != 560 || is.Height != 96 || len(a) > 10<<10 {
				t.Errorf("%d bytes, %d × %d: %v", len(a), is.Width, is.Height, err)
			}
		})
	}
}

// A picture in lines is an SVG of its own words, unlike on a dark page, and the same for the same.
func TestDays(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []int
		top    string // of the axis
	}{
		{name: "few", values: []int{1, 0, 2}, top: ">2<"},
		{name: "some", values: []int{3, 8, 0, 15}, top: ">16<"},
		{name: "nothing", values: []int{0, 0}, top: ">2<"},
		{name: "one day", values: []int{5}, top: ">6<"},
		{name: "many", values: []int{1, 1234}, top: ">1400<"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := chart.Picture{Title: "Texts & <more>", Words: "Dec 1: 3.", Values: c.values}
			for range c.values {
				p.Days = append(p.Days, "Dec 1")
			}
			light, err := chart.Days(p, false)
			if err != nil {
				t.Fatal(err)
			}
			again, err1 := chart.Days(p, false)
			dark, err2 := chart.Days(p, true)
			if err1 != nil || err2 != nil || !bytes.Equal(light, again) || bytes.Equal(light, dark) {
				t.Errorf("%v %v", err1, err2)
			}
			var is struct {
				XMLName xml.Name `xml:"svg"`
				Title   string   `xml:"title"`
				Desc    string   `xml:"desc"`
			}
			if err := xml.Unmarshal(light, &is); err != nil || is.Title != p.Title || is.Desc != p.Words {
				t.Errorf("%+v %v", is, err)
			}
			if !strings.Contains(string(light), c.top) || len(light) > 8<<10 {
				t.Errorf("%d bytes, no axis up to %s: %s", len(light), c.top, light)
			}
		})
	}
}
