package main_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

const (
	soakEvery  = 10 * time.Millisecond // between two texts: 100/s
	soakHands  = 32                    // texts in flight at most
	soakPeople = 20_000                // numbers: at 100/s none has more than 20 answers in an hour
)

// soakText is the text of a turn. One in a hundred is danger, from the few numbers whose turn
// that is: their alarms stay open.
func soakText(n int) string {
	if n%100 == 0 {
		return "i dont want to be alive anymore"
	}
	texts := []string{
		"how much does a session cost", "thanks", "do you take insurance", "agent",
		"donde estan ubicados", "HELP", "can i eat before my visit", "no gracias",
	}
	return texts[n%len(texts)]
}

// soakLeast is how long a soak must last for its growth to mean something.
const soakLeast = 5 * time.Minute

// TestSoak has patients send 100 texts a second to the built program for as long as BEACON_SOAK
// says ("10m", "1h"; without it 3 s), and shows each minute how much memory, how many goroutines
// and descriptors the program holds. A long one fails if they grow: if the median of the last third
// is far above that of the first. The catch-up reads the last 15 minutes of Twilio's list every
// five, so in a soak that is shorter than half an hour the memory still grows with what that list
// holds.
func TestSoak(t *testing.T) {
	long, err := time.ParseDuration(cmp.Or(os.Getenv("BEACON_SOAK"), "3s"))
	if err != nil {
		t.Fatal("BEACON_SOAK: want how long, such as 10m:", err)
	}
	metrics := "127.0.0.1:" + redistest.FreePort(t)
	p := startBehind(t, twiliotest.Config{}, clinic(t), func(*program) []string {
		return []string{"METRICS_ADDR=" + metrics}
	})
	if p.usage(metrics).rss == 0 {
		t.Skip("there is no /proc on this machine")
	}
	ctx, stop := context.WithTimeout(t.Context(), long)
	defer stop()
	var wg sync.WaitGroup
	wg.Go(func() { p.soak(ctx) })
	var seen []usage
	step := min(time.Minute, long/12) // a short one, too, has enough to compare
	for tick := time.NewTicker(step); ctx.Err() == nil; {
		select {
		case <-tick.C:
			seen = append(seen, p.usage(metrics))
		case <-ctx.Done():
			tick.Stop()
		}
	}
	wg.Wait()
	t.Log("\n" + usages(seen, step))
	if long < soakLeast {
		return // what a start takes is no growth
	}
	third := len(seen) / 3
	for _, w := range []struct {
		what        string
		of          func(usage) int
		most, share int // what may come on top, and in percent
	}{
		{"memory in MB", func(u usage) int { return u.rss }, 32, 20},
		{"goroutines", func(u usage) int { return u.goroutines }, soakHands, 20},
		{"descriptors", func(u usage) int { return u.descriptors }, soakHands, 20},
	} {
		first, last := middle(seen[:third], w.of), middle(seen[len(seen)-third:], w.of)
		if last > first+w.most+first*w.share/100 {
			t.Errorf("%s: grew from %d to %d", w.what, first, last)
		}
	}
}

// soak sends texts until the context ends. A busy machine may have one refused now and then, which
// Twilio sends again: one in a thousand at most.
func (p *program) soak(ctx context.Context) {
	due := make(chan int)
	var refused atomic.Int64
	var wg sync.WaitGroup
	for range soakHands {
		wg.Go(func() {
			for n := range due {
				form := url.Values{
					"From": {fmt.Sprintf("+1%03d555%04d", 201+n%soakPeople/10_000, n%10_000)},
					"Body": {soakText(n)},
				}
				a, err := p.twilio.PostText(p.t.Context(), p.url+"/twilio/text", form)
				if err != nil || a.Status != http.StatusOK {
					refused.Add(1)
				}
			}
		})
	}
	sent := 0
	defer func() {
		close(due)
		wg.Wait()
		if n := refused.Load(); 1000*n > int64(sent) {
			p.t.Errorf("%d of %d texts were refused", n, sent)
		}
	}()
	tick := time.NewTicker(soakEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-tick.C:
			due <- n
			sent++
		case <-ctx.Done():
			return
		}
	}
}

// usage is what the program holds at a moment, and how much it has done.
type usage struct{ rss, heap, goroutines, descriptors, texts int }

// usage reads /proc and the program's own figures. Memory is in MB.
func (p *program) usage(metrics string) (u usage) {
	p.t.Helper()
	proc := fmt.Sprintf("/proc/%d", p.cmd.Process.Pid)
	fds, _ := filepath.Glob(proc + "/fd/*")
	u.descriptors = len(fds)
	status, _ := os.ReadFile(proc + "/status")
	_, rss, _ := strings.Cut(string(status), "VmRSS:")
	if f := strings.Fields(rss); len(f) > 0 {
		u.rss, _ = strconv.Atoi(f[0])
		u.rss >>= 10
	}
	resp, err := http.Get("http://" + metrics + "/metrics")
	if err != nil {
		p.t.Error(err)
		return u
	}
	defer resp.Body.Close()
	var all bytes.Buffer
	_, _ = all.ReadFrom(resp.Body)
	for line := range strings.Lines(all.String()) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		v, _ := strconv.ParseFloat(value, 64)
		switch {
		case name == "go_goroutines":
			u.goroutines = int(v)
		case name == "go_memstats_heap_inuse_bytes":
			u.heap = int(v) >> 20
		case strings.HasPrefix(name, "beacon_answers_total{"):
			u.texts += int(v)
		}
	}
	return u
}

// usages shows what was seen, a row each time.
func usages(seen []usage, step time.Duration) string {
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "after\ttexts\tmemory MB\theap MB\tgoroutines\tdescriptors\t")
	for i, u := range seen {
		fmt.Fprintf(w, "%v\t%d\t%d\t%d\t%d\t%d\t\n", time.Duration(i+1)*step, u.texts, u.rss,
			u.heap, u.goroutines, u.descriptors)
	}
	_ = w.Flush()
	return out.String()
}

// middle is the median of a figure.
func middle(seen []usage, of func(usage) int) int {
	var all []int
	for _, u := range seen {
		all = append(all, of(u))
	}
	slices.Sort(all)
	if len(all) == 0 {
		return 0
	}
	return all[len(all)/2]
}
