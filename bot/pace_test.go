package main_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// BenchmarkPaced sends what two bots have waiting at a pace of 20 segments a second, and reports
// what of it reached Twilio in the worst second and what share of the pace was used. More than the
// pace in any second is a fault.
func BenchmarkPaced(b *testing.B) {
	const rate, n = 20, 1200
	server := redistest.Start(b, "everysec")
	words := noon(b, "segments_per_second: 3 ", fmt.Sprintf("segments_per_second: %d ", rate))
	f := launch(
		b, 2, server.URL(), words, twiliotest.Config{Delay: 40 * time.Millisecond}, 20*time.Minute,
	)
	f.redis = server
	for b.Loop() {
		stop := progress(
			b,
			func() string { return fmt.Sprintf("paced: %d of %d sent", f.twilio.Count("", ""), n) },
		)
		var csv strings.Builder
		csv.WriteString("id,name,phone,start,type\n")
		start := time.Now().Add(50 * time.Hour).UTC().Format(time.RFC3339)
		for i := range n {
			fmt.Fprintf(&csv, "v%d,Pat Example,%s,%s,consult\n", i, to(i), start)
		}
		f.book(csv.String())
		f.bots[0].await("all to be sent", func() bool { return f.twilio.Count("", "") == n })
		stop()
		var at []time.Time
		for _, m := range f.twilio.Messages() {
			at = append(at, m.Created)
		}
		slices.SortFunc(at, time.Time.Compare)
		most, from := 0, 0
		for i := range at {
			for at[i].Sub(at[from]) >= time.Second {
				from++
			}
			most = max(most, i-from+1)
		}
		used := 100 * float64(n-1) / at[n-1].Sub(at[0]).Seconds() / rate
		say(
			b,
			fmt.Sprintf(
				"pace of %d/s, two bots, %d texts: at most %d reached Twilio in any second, "+
					"%.1f %% of the pace used",
				rate, n, most, used,
			),
		)
		b.ReportMetric(float64(most), "most-in-a-second")
		b.ReportMetric(used, "%-of-pace")
		if most > rate {
			b.Errorf("%d in a second", most)
		}
	}
}
