package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// meter counts what the operator watches, and serves it as Prometheus text at /metrics. Its labels
// are kinds, outcomes and names of checks: few values each, and never a number or a word of a
// patient's. Counters are this process' own and start at 0 with it; gauges that read the store show
// the same in every process, so they aren't to be summed.
type meter struct{ set *metrics.Set }

// newMeter returns a meter whose gauges read the store when they are shown, a second at most each.
// They are -1 while the store doesn't answer: 0 would look like an empty queue.
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
	gauge("beacon_texts_waiting", store.Waiting) // planned ones too, for weeks ahead
	gauge("beacon_texts_failed", store.FailedTexts)
	// 1 while commands fail at once because Redis has stopped answering.
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

// Answered implements patient.Meter. kind is what the text was taken for.
func (m *meter) Answered(kind string, took time.Duration) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_answers_total{kind=%q}", kind)).Inc()
	m.set.GetOrCreateHistogram("beacon_answer_seconds").Update(took.Seconds())
}

// Replied implements patient.Meter.
func (m *meter) Replied(segments int) {
	m.set.GetOrCreateCounter("beacon_replies_total").Inc()
	m.set.GetOrCreateCounter("beacon_reply_segments_total").Add(segments)
}

// Unanswered implements patient.Meter.
func (m *meter) Unanswered(why string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_replies_refused_total{why=%q}", why)).Inc()
}

// Replayed implements patient.Meter.
func (m *meter) Replayed() { m.set.GetOrCreateCounter("beacon_texts_replayed_total").Inc() }

// lateAfter is when a text counts as late. The pace and a carrier that is busy for a moment stay
// below it, so the counter rises only if something holds texts up.
const lateAfter = 5 * time.Minute

// Sent implements gate.Meter. late is how long after it was due a text was sent; 0 for every other
// outcome.
func (m *meter) Sent(kind, outcome string, late time.Duration) {
	m.set.GetOrCreateCounter(
		fmt.Sprintf("beacon_sends_total{kind=%q,outcome=%q}", kind, outcome),
	).Inc()
	if outcome == "sent" {
		// Where clocks differ the delay can be negative, which the histogram would leave out.
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

// Taken implements act.Meter: how long a case of a kind waited until somebody took it.
func (m *meter) Taken(kind string, after time.Duration) {
	m.set.GetOrCreateHistogram(
		fmt.Sprintf("beacon_taken_seconds{kind=%q}", kind),
	).Update(after.Seconds())
}

// Odd implements twilio.Meter. It counts a text whose sender is no patient's number: "own" is one
// of the clinic's, "unreadable" is no number at all.
func (m *meter) Odd(sender string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_texts_odd_total{sender=%q}", sender)).Inc()
}

// Refused counts a request that a door didn't let in, by what was wrong with it.
func (m *meter) Refused(door, because string) {
	m.set.GetOrCreateCounter(
		fmt.Sprintf("beacon_requests_refused_total{door=%q,because=%q}", door, because),
	).Inc()
}

// Closed counts a connection that was closed for the sake of others.
func (m *meter) Closed(because string) {
	m.set.GetOrCreateCounter(
		fmt.Sprintf("beacon_connections_closed_total{because=%q}", because),
	).Inc()
}

// Panicked implements the Meter of each room. Any panic is a bug, so an alert on the first one is
// right.
func (m *meter) Panicked(what string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_panics_total{what=%q}", what)).Inc()
}

// up sets beacon_up of a check: 1 while what it is about can be used, with a warning too, and 0
// while it can't.
func (m *meter) up(check string, is bool) {
	value := 0.0
	if is {
		value = 1
	}
	m.set.GetOrCreateGauge(fmt.Sprintf("beacon_up{check=%q}", check), nil).Set(value)
}

// ServeHTTP serves /metrics.
func (m *meter) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w) // memory, goroutines, descriptors
}

// Fetched counts a text that was fetched from Twilio's list, by what came of it (desk.CaughtDanger
// …), or "failed" for a try that will be made again.
func (m *meter) Fetched(outcome string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("beacon_texts_fetched_total{outcome=%q}", outcome)).Inc()
}
