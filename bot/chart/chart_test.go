package chart_test

import (
	"bytes"
	"image/png"
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
