package main

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A shutdown waits for all its parts at the same time, and for none longer than it has: what isn't
// over is named, danger first.
func TestPartsOfAShutdown(t *testing.T) {
	const limit = 8 * time.Second
	for _, c := range []struct {
		name           string
		danger, others time.Duration // how long they take
		want           time.Duration
		left           string
	}{
		{name: "at once"},
		{
			name: "each in its time", danger: 6 * time.Second, others: 7 * time.Second,
			want: 7 * time.Second,
		},
		{
			name: "sends hang", danger: time.Second, others: 12 * time.Second,
			want: limit, left: "sends",
		},
		{
			name: "all hangs", danger: time.Minute, others: time.Minute,
			want: limit, left: "danger sends",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				a := &app{log: slog.New(slog.NewTextHandler(&log, nil))}
				wait := func(d time.Duration) func() { return func() { <-time.After(d) } }
				began := time.Now()
				a.within(limit, []part{{"danger", wait(c.danger)}, {"sends", wait(c.others)}})
				if took := time.Since(began); took != c.want {
					t.Errorf("it waits %v, want %v", took, c.want)
				}
				var left []string
				for line := range strings.Lines(log.String()) {
					_, with, _ := strings.Cut(strings.TrimSpace(line), "with=")
					left = append(left, with)
				}
				if got := strings.Join(left, " "); got != c.left {
					t.Errorf("left behind: %q, want %q", got, c.left)
				}
				<-time.After(time.Minute) // what was left behind ends
			})
		})
	}
}
