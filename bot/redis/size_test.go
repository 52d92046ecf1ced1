package redis_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// BenchmarkClaim measures a claim of one row out of a ledger that holds more and more, each with
// its visit: the time of a claim and the memory of Redis. BEACON_VISITS is how many at the end,
// 10,000 if it isn't set.
func BenchmarkClaim(b *testing.B) {
	most := 10_000
	if n, err := strconv.Atoi(os.Getenv("BEACON_VISITS")); err == nil {
		most = n
	}
	server := redistest.Start(b, "no")
	r := open(b, server.URL())
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "visits\tclaim, median\tp99\tredis")
	var first, last time.Duration
	have := 0
	for size := 1000; size <= most; size *= 10 {
		fillVisits(b, r, have, size)
		have = size
		median, p99 := timeClaims(b, r, size)
		fmt.Fprintf(w, "%d\t%v\t%v\t%s\n", size, median, p99, strings.TrimSpace(server.Memory()))
		if first == 0 {
			first = median
		}
		last = median
	}
	_ = w.Flush()
	b.Log("\n" + out.String())
	b.ReportMetric(float64(last)/float64(first), "last/first")
	for i := 0; b.Loop(); i++ {
		claimOne(b, r, fmt.Sprint("loop-", i))
	}
}

// fillVisits books the visits from one number up to size, each of a phone of its own and with a
// reminder in the months to come.
func fillVisits(b *testing.B, r *redis.Redis, from, size int) {
	var wg sync.WaitGroup
	for hand := range 16 {
		wg.Go(func() {
			for i := from + hand; i < size; i += 16 {
				p, err := handlers.NewPhone(fmt.Sprintf("+1%03d555%04d", 200+i/10000, i%10000))
				if err != nil {
					b.Error(err)
					return
				}
				id := fmt.Sprint("v", i)
				start := now.Add(time.Duration(i+10_000) * time.Minute)
				v := handlers.Visit{
					ID:    id,
					Name:  "Pat Example",
					Phone: p,
					Start: start,
					Type:  "consult",
					State: handlers.Booked,
				}
				o := handlers.Outgoing{
					ID:      "visit:" + id,
					To:      p,
					Kind:    "confirm",
					Visit:   id,
					Start:   start,
					Due:     start.AddDate(0, 0, -3),
					Unasked: true,
				}
				_, _, err = r.Turn(context.Background(), "fill:"+id, p,
					func(handlers.State) (handlers.Effects, error) {
						return handlers.Effects{
							Visits: []handlers.Visit{v},
							Texts:  []handlers.Outgoing{o},
						}, nil
					})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// timeClaims measures a thousand claims, each of a row that is planned just before.
func timeClaims(b *testing.B, r *redis.Redis, size int) (median, p99 time.Duration) {
	const times = 1000
	all := make([]time.Duration, times)
	for i := range all {
		all[i] = claimOne(b, r, fmt.Sprint("due-", size, "-", i))
	}
	slices.Sort(all)
	return all[times/2], all[times*99/100]
}

// claimOne plans a row, claims it and settles it, and returns how long the claim took.
func claimOne(b *testing.B, r *redis.Redis, id string) time.Duration {
	o := storetest.Row(b, id)
	storetest.Turn(b, r, "claim "+id, o.To, handlers.Effects{Texts: []handlers.Outgoing{o}})
	began := time.Now()
	rows, err := r.Claim(context.Background(), now, 64, unpaced, lease)
	took := time.Since(began)
	if err != nil || len(rows) != 1 {
		b.Fatal(len(rows), err)
	}
	storetest.Settle(b, r, rows[0], handlers.Skipped)
	return took
}
