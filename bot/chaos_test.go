package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
)

// chaos is what a run goes through.
type chaos struct {
	name       string
	reminders  int
	botKills   int // of the bots with -9, each at a random post
	redisKills int // of redis-server with -9, the same
	fsync      string
	cluster    bool
}

// TestChaos sends reminders from two bots that are killed, on a Redis that is killed, through a
// Twilio that delays, fails, accepts without an answer, limits the rate and posts receipts twice in
// any order. Every reminder is sent once. BEACON_CHAOS makes it long.
func TestChaos(t *testing.T) {
	runs := []chaos{{name: "always", reminders: 300, botKills: 4, redisKills: 1, fsync: "always"}}
	if long() {
		n := number("BEACON_CHAOS_REMINDERS", 5000)
		runs = []chaos{
			{name: "everysec", reminders: n, botKills: 20, redisKills: 3, fsync: "everysec"},
			{name: "always", reminders: n, botKills: 20, redisKills: 3, fsync: "always"},
			{name: "cluster", reminders: n, botKills: 20, fsync: "everysec", cluster: true},
		}
	} else {
		t.Parallel()
	}
	for _, c := range runs {
		t.Run(c.name, func(t *testing.T) { c.run(t) })
	}
}

// long says whether the long forms are asked for.
func long() bool { return os.Getenv("BEACON_CHAOS") != "" }

// number is a variable of the environment, which sets the size of a long form.
func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// patients' fates at the carrier: of every so many, one is refused and one doesn't get it.
const (
	unable    = 97  // not able to get texts: 21614, failed
	unreached = 89  // a landline: taken, 30006 in the receipt
	first     = 200 // the first patient's number; 0100 to 0112 are the clinic's own
)

func (c chaos) run(t *testing.T) {
	seed := uint64(number("BEACON_CHAOS_SEED", int(time.Now().UnixNano()%1e9)))
	t.Logf("seed %d: BEACON_CHAOS_SEED=%d repeats it", seed, seed)
	r := &ruin{chaos: c, rnd: rand.New(rand.NewPCG(seed, 1))}
	var address string
	if c.cluster {
		r.redis, address = redistest.Cluster(t)
	} else {
		r.redis = redistest.Start(t, c.fsync)
		address = r.redis.URL()
	}
	f := launch(t, 2, address, noon(t), twiliotest.Config{
		Delay: 40 * time.Millisecond, Jitter: 30 * time.Millisecond, Rate: 120, Fault: r.fault,
		Receipts: &twiliotest.Receipts{
			Late: 50 * time.Millisecond, Repeat: 1, Shuffle: true, Seed: seed, Workers: 8,
		},
	}, 20*time.Minute)
	for i := range c.reminders {
		if i%unable == 0 {
			f.twilio.Rule(to(i), 21614)
		} else if i%unreached == 0 {
			f.twilio.Rule(to(i), 30006)
		}
	}
	began := time.Now()
	f.redis = r.redis
	r.begin(f)
	visits := c.visits(began)
	stop := progress(t, func() string {
		return fmt.Sprintf(
			"%s: %d of %d sent, %d kills of bots, %d of redis, %d unknown", c.name,
			f.twilio.Count("", ""), c.reminders, r.bots.Load(), r.servers.Load(),
			f.log.said(saidUnknown),
		)
	})
	_, forgotten := f.book(visits)
	forgotten += r.settle(f, visits)
	stop()
	f.twilio.Drain()
	c.report(t, f, r, forgotten, time.Since(began))
}

// to is a patient's number, all fictional.
func to(i int) string { return fmt.Sprintf("+1212555%04d", first+i) }

// noon is a clinic where it is about noon now, so that no reminder of today falls on another day,
// and which tells of a booking and reminds three hours before.
func noon(t testing.TB, changes ...string) string { return few(t, midday(t, changes...)) }

// midday is noon with all of the clinic's words.
func midday(t testing.TB, changes ...string) string { return middayOf(t, "..", changes...) }

// middayOf is midday from another tree of the source.
func middayOf(t testing.TB, tree string, changes ...string) string {
	zone, ahead := "Etc/UTC", 12-time.Now().UTC().Hour()
	if ahead > 0 {
		zone = fmt.Sprintf("Etc/GMT-%d", ahead) // its name has the sign turned
	} else if ahead < 0 {
		zone = fmt.Sprintf("Etc/GMT+%d", -ahead)
	}
	return clinicOf(t, tree, slices.Concat(changes, []string{
		"zone: America/New_York", "zone: " + zone,
		`    - { kind: confirm, days_before: 3, at: "10:00", only: unconfirmed }` + "\n", "",
		`    - { kind: prepare, days_before: 1, at: "11:00" }` + "\n", "",
	})...)
}

// few has a clinic's words answer one question and understand a few answers only: a bot that is
// started, or killed, is soon there.
func few(t testing.TB, dir string) string {
	t.Helper()
	for name, words := range map[string]string{
		"faq": "[{id: hours, asks: {en: [hours]}, answer: {en: We are open.}}]",
		"screen": "classes: {crisis: {exact: ['988']}, confirm: {exact: [c]}, decline: {exact: " +
			"[sorry i cant make it]}}",
	} {
		folder := filepath.Join(dir, name)
		if err := errors.Join(
			os.Mkdir(folder, 0o700),
			os.WriteFile(filepath.Join(folder, "few.yaml"), []byte(words), 0o600),
		); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// visits are half of them in two days, which are told of at once, and half in a little more than
// three hours, which are reminded of when all are imported.
func (c chaos) visits(now time.Time) string {
	var csv strings.Builder
	csv.WriteString("id,name,phone,start,type\n")
	soon := now.Add(
		3*time.Hour + 12*time.Second + time.Duration(c.reminders)*5*time.Millisecond,
	).UTC().Format(time.RFC3339)
	later := now.Add(50 * time.Hour).UTC().Format(time.RFC3339)
	for i := range c.reminders {
		at := soon
		if i%2 == 0 {
			at = later
		}
		fmt.Fprintf(&csv, "v%d,Pat Example,%s,%s,consult\n", i, to(i), at)
	}
	return csv.String()
}

// report prints the table, and fails if a reminder was not sent once.
func (c chaos) report(t *testing.T, f *fleet, r *ruin, forgotten int, took time.Duration) {
	texts, failed := map[string]int{}, 0
	for _, m := range f.twilio.Messages() {
		texts[m.To]++
	}
	var once, twice, none []string
	for i := range c.reminders {
		switch n := texts[to(i)]; {
		case n == 1:
			once = append(once, to(i))
		case n > 1:
			twice = append(twice, to(i))
		case i%unable == 0 && failedFor(f, i, "can't get texts"):
			failed++
		default:
			none = append(none, to(i))
		}
	}
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, row := range []struct {
		what string
		n    any
	}{
		{what: "reminders", n: c.reminders},
		{what: "sent once", n: len(once)},
		{what: "sent twice", n: len(twice)},
		{what: "lost", n: len(none)},
		{what: "failed, with a reason", n: failed},
		{what: "outcomes unknown to the bot", n: f.log.said(saidUnknown)},
		{what: "look-ups at the carrier", n: f.log.said(saidFound) + f.log.said(saidNone)},
		{what: "  it was there: settled by look-up", n: f.log.said(saidFound)},
		{what: "  it wasn't: sent", n: f.log.said(saidNone)},
		{what: "posts that reached the carrier", n: f.twilio.Posts()},
		{what: "  made to fail", n: r.failed.Load()},
		{what: "  refused for the rate", n: f.twilio.Limited()},
		{what: "bots killed", n: r.bots.Load()},
		{what: "redis killed", n: r.servers.Load()},
		{what: "visits Redis forgot, imported again", n: forgotten},
		{what: "duration", n: took.Round(time.Second)},
	} {
		fmt.Fprintf(w, "%s\t%v\n", row.what, row.n)
	}
	_ = w.Flush()
	say(t, "chaos, "+c.name+"\n"+b.String())
	if len(twice)+len(none) > 0 {
		t.Errorf("twice: %v, lost: %v", some(twice), some(none))
	}
	if int(r.bots.Load()) != c.botKills || int(r.servers.Load()) != c.redisKills {
		t.Error("not all was killed: the test shows nothing")
	}
	// Of a few unknown outcomes the receipts may settle all before anybody looks them up.
	if f.log.said(saidUnknown) == 0 || long() && f.log.said(saidFound) == 0 {
		t.Error("no outcome was unknown, or none settled by look-up: the test shows nothing")
	}
}

// failedFor says whether the ledger holds a row of a visit that failed for that reason, or was left
// out for it: Redis may have forgotten the first, not what was learnt of the number.
func failedFor(f *fleet, visit int, why string) bool {
	out, _ := f.redis.CLI("EVAL", "for _, k in ipairs(redis.call('KEYS', "+
		"'{beacon}:text:visit:'..ARGV[1]..':*')) do "+
		"local f = redis.call('HMGET', k, 'state', 'why') if f[1] == 'failed' or f[1] == "+
		"'skipped' and string.find(f[2], ARGV[2], 1, true) then return f[2] end end return ''",
		"1", "{beacon}:texts:due", fmt.Sprintf(
			"v%d", visit,
		), why)
	return strings.Contains(out, why)
}

func some(list []string) []string { return list[:min(10, len(list))] }

// say prints at once in the long forms, which somebody watches.
func say(t testing.TB, text string) {
	if long() {
		fmt.Fprintln(os.Stderr, text)
		return
	}
	t.Log(text)
}

// progress shows every few seconds of a long form how far it is; stop ends that.
func progress(t testing.TB, what func() string) (stop func()) {
	var to io.Writer = os.Stderr
	if !long() {
		to = io.Discard
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	began := time.Now()
	wg.Go(func() {
		tick := time.NewTicker(2 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.Context().Done():
				return
			case <-tick.C:
				fmt.Fprintf(to, "%5.0fs %s\n", time.Since(began).Seconds(), what())
			}
		}
	})
	return sync.OnceFunc(func() { close(done); wg.Wait() })
}
