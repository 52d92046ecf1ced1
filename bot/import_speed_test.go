package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
)

// BenchmarkImport imports files of new visits, two a patient, into a real redis-server, sealed as
// live, and reports how many rows it takes in a second. An operation is a file.
func BenchmarkImport(b *testing.B) {
	const rows = 2000
	for _, fsync := range []string{"everysec", "always"} {
		b.Run(fsync, func(b *testing.B) {
			server := redistest.Start(b, fsync)
			keys, err := redis.ParseKeys(redistest.Key)
			if err != nil {
				b.Fatal(err)
			}
			base, err := readKnowledge("")
			if err != nil {
				b.Fatal(err)
			}
			store, err := redis.Open(redis.Config{
				URL: server.URL(), Keys: keys, Keep: keep(base), Now: time.Now,
			})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = store.Close() })
			a := wire(base, store, true, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
			var took time.Duration
			n := 0
			for b.Loop() {
				file := manyVisits(n, rows, time.Now())
				n += rows
				began := time.Now()
				out, err := a.importFile(b.Context(), importing{File: []byte(file)}, func(int, int) {})
				took += time.Since(began)
				if err != nil || out.Imported != rows {
					b.Fatalf("%+v: %v", out, err)
				}
			}
			b.ReportMetric(float64(n)/took.Seconds(), "rows/s")
		})
	}
}

// manyVisits is a file of visits from a number on, in the weeks after now, at 10 in the morning on
// weekdays.
func manyVisits(from, rows int, now time.Time) string {
	var out strings.Builder
	out.WriteString("id,name,phone,start,type,zone,lang\n")
	for i := from; i < from+rows; i++ {
		day := now.AddDate(0, 0, 7+i%2*7)
		for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			day = day.AddDate(0, 0, 1)
		}
		fmt.Fprintf(&out, "v%d,Ana Example,+1212%07d,%s 10:00,consult,,en\n",
			i, 2000000+i/2, day.Format(time.DateOnly))
	}
	return out.String()
}
