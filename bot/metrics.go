package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// meter counts what the operator watches, and shows it as Prometheus text.
type meter struct{ set *metrics.Set }

// newMeter returns a meter whose gauges read the store when they are shown. They are -1 while the
// store doesn't answer.
func newMeter(store interface {
	OpenCases(ctx context.Context) (int64, error)
	Waiting(ctx context.Context) (int64, error)
	FailedTexts(ctx context.Context) (int64, error)
	Away() (now bool, times int64)
},
) *meter {
	m := &meter{metrics.NewSet()}
	gauge := func(name string, read func(context.Context) (int64, error)) {
		m.set.NewGauge(name, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			n, err := read(ctx)
			if err != nil {
				return -1 // Redis is away
			}
			return float64(n)
		})
	}
	gauge("beacon_desk_waiting", store.OpenCases)
	gauge("beacon_texts_waiting", store.Waiting)
	gauge("beacon_texts_failed", store.FailedTexts)
	m.set.NewGauge("beacon_redis_away", func() float64 {
		if now, _ := store.Away(); now {
			return 1
		}
		return 0
	})
	m.set.NewGauge("beacon_redis_away_total", func() float64 {
		_, times := store.Away()
		return float64(times)
	})
	return m
}

// Answered implements patient.Meter.
func (m *meter) Answered(kind string, took time.Duration) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_answers_total{kind=%q}", kind)).Inc()
	m.set.GetOrCreateHistogram("beacon_answer_seconds").Update(took.Seconds())
}

// lateAfter is when a text counts as late.
const lateAfter = 5 * time.Minute

// Sent implements gate.Meter.
func (m *meter) Sent(kind, outcome string, late time.Duration) {
	m.set.GetOrCreateCounter(
		fmt.Sprintf("beacon_sends_total{kind=%q,outcome=%q}", kind, outcome),
	).Inc()
	if outcome == "sent" {
		m.set.GetOrCreateHistogram("beacon_send_delay_seconds").Update(max(0, late.Seconds()))
	}
	if late > lateAfter {
		m.set.GetOrCreateCounter("beacon_texts_late_total").Inc()
	}
}

// Posted implements desk.Meter.
func (m *meter) Posted(outcome string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_posts_total{outcome=%q}", outcome)).Inc()
}

// Taken implements staff.Meter.
func (m *meter) Taken(kind string, after time.Duration) {
	m.set.GetOrCreateHistogram(
		fmt.Sprintf("beacon_taken_seconds{kind=%q}", kind),
	).Update(after.Seconds())
}

// Odd counts a text whose sender is no patient's number: one of our own, or none that can be read.
func (m *meter) Odd(sender string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_texts_odd_total{sender=%q}", sender)).Inc()
}

// Panicked implements the Meter of each room.
func (m *meter) Panicked(what string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_panics_total{what=%q}", what)).Inc()
}

// up says whether a check finds that what it is about can be used.
func (m *meter) up(check string, is bool) {
	value := 0.0
	if is {
		value = 1
	}
	m.set.GetOrCreateGauge(fmt.Sprintf("beacon_up{check=%q}", check), nil).Set(value)
}

func (m *meter) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w) // memory, goroutines, descriptors
}

// Fetched counts a text that was fetched, by what came of it.
func (m *meter) Fetched(outcome string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_texts_fetched_total{outcome=%q}", outcome)).Inc()
}
