package main

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

const (
	texters    = 16  // clients that text at once
	roundTexts = 800 // texts of a round, through each server
)

// doorTexts are the texts of the benchmark by what becomes of them, and the kind that each must
// have in the answer. A round takes them in turn. All but the last are read by their words alone.
var doorTexts = []struct {
	name, kind string
	bodies     []string
}{
	{"lexical", kinds.Answer, []string{
		"how much does a session cost", "do you take insurance", "where do i park",
		"where are you located", "how long does a session take", "can i eat before my visit",
		"cuanto cuesta una sesion", "can someone come with me",
	}},
	{"crisis", kinds.Crisis, []string{
		"i want to die", "i dont want to be alive anymore", "im going to kill myself tonight",
		"me quiero morir",
	}},
	{"keyword", kinds.Help, []string{"HELP", "help", "Help.", "AYUDA"}},
	{"handoff", kinds.Handoff, []string{
		"agent", "front desk", "talk to a person", "quiero hablar con una persona",
		"persona",
	}},
	// Most of what this takes is the encoder's: 3 to 4 ms a text.
	{"meaning", kinds.Answer, []string{"can i drive home", "what are your hours"}},
}

// BenchmarkTexts posts signed texts to Beacon's webhook and to a bare server, which checks the same
// signature and makes one round trip to the same redis-server, and reports what share of the bare
// server's throughput Beacon has. An operation is a round of roundTexts through each, one after the
// other, so that whatever else the machine does hits both alike; run it with -benchtime=20x. Half
// of a round's texts come from new numbers and half from those that were new in the round before.
// Words are sealed and numbers hashed as live. The loops that send and post don't run.
func BenchmarkTexts(b *testing.B) {
	for _, fsync := range []string{"everysec", "always"} {
		for _, s := range doorTexts {
			b.Run(fsync+"/"+s.name, func(b *testing.B) {
				d := newDoor(b, fsync)
				d.understands(b, s.kind, s.bodies)
				d.round(b, s.bodies) // connections, scripts, numbers to return
				d.whole, d.bare = side{url: d.whole.url}, side{url: d.bare.url}
				for b.Loop() {
					d.round(b, s.bodies)
				}
				d.report(b)
			})
		}
	}
}

// door is Beacon's webhook within this process, on a redis-server, and a bare server beside it.
type door struct {
	app         *app
	redis       *redistest.Server
	client      *http.Client
	whole, bare side
	rounds      int
}

// side is one of the two servers and how it did.
type side struct {
	url    string
	took   []time.Duration // of each text
	perSec []float64       // texts a second, by round
	used   []float64       // µs of the processors a text, of clients, server and Redis, by round
}

const (
	doorURL  = "https://bot.example.com" // what Twilio calls, which is part of its signature
	doorPath = "/twilio/text"
)

func newDoor(b testing.TB, fsync string) *door {
	b.Helper()
	r := redistest.Start(b, fsync)
	words, err := os.ReadFile("../knowledge/clinic.yaml")
	if err != nil {
		b.Fatal(err)
	}
	own := strings.NewReplacer(
		"placeholder: true\n", "", "answer_unreviewed: false", "answer_unreviewed: true",
	).Replace(string(words))
	base, err := knowledge.Load(fstest.MapFS{"clinic.yaml": {Data: []byte(own)}})
	if err != nil {
		b.Fatal(err)
	}
	// The budget is checked and counted as live, but there is more of it.
	base.Clinic.Replies = settings.Replies{Quota: plenty, Strangers: plenty}
	keys, err := redis.ParseKeys(redistest.Key)
	if err != nil {
		b.Fatal(err)
	}
	store, err := redis.Open(redis.Config{
		URL: r.URL(), Keys: keys, Keep: keep(base), Now: time.Now, Skew: time.Second,
		Patience: time.Minute,
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	d := &door{
		app: wire(base, store, true, time.Now, log), redis: r,
		client: &http.Client{
			Transport: &http.Transport{MaxIdleConnsPerHost: texters, DisableCompression: true},
		},
	}
	err = d.app.connectTwilio(&Config{
		TwilioAccountSID: twiliotest.AccountSID, TwilioAuthToken: twiliotest.AuthToken,
		TwilioFrom: twiliotest.From, PublicURL: doorURL,
	}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range []struct {
		of *side
		h  http.Handler
	}{{&d.whole, d.app.routes()}, {&d.bare, newBare(b, r.URL())}} {
		server := httptest.NewServer(s.h)
		b.Cleanup(server.Close)
		s.of.url = server.URL
	}
	b.Cleanup(d.client.CloseIdleConnections)
	return d
}

// understands fails if a text isn't what the benchmark takes it for.
func (d *door) understands(b testing.TB, kind string, bodies []string) {
	b.Helper()
	for _, body := range bodies {
		r, err := d.app.patient.Ask(handlers.State{}, body)
		if err != nil || r.Kind != kind {
			b.Errorf("%q: %s %v, want %s", body, r.Kind, err, kind)
		}
	}
}

// signedText is a webhook request as Twilio makes it.
type signedText struct{ form, signature string }

// prepare makes the texts of a round before its time counts.
func (d *door) prepare(bodies []string) []signedText {
	out := make([]signedText, roundTexts)
	for i := range out {
		// The second half of the numbers are those of the first half of the round before.
		n := (d.rounds+1)*roundTexts/2 + i%(roundTexts/2)
		if i >= roundTexts/2 {
			n -= roundTexts / 2
		}
		form := url.Values{
			"From": {fmt.Sprintf("+1%03d555%04d", 201+n/10_000, n%10_000)},
			"Body": {bodies[(i+d.rounds)%len(bodies)]}, "To": {twiliotest.From},
			"MessageSid": {fmt.Sprintf("SM%032x", d.rounds*roundTexts+i)}, "NumMedia": {"0"},
			"AccountSid": {twiliotest.AccountSID}, "NumSegments": {"1"},
			"SmsStatus": {"received"}, "ApiVersion": {"2010-04-01"},
			"FromCity": {"NEW YORK"}, "FromState": {"NY"}, "FromZip": {"10001"},
			"FromCountry": {"US"}, "ToCity": {"NEW YORK"}, "ToState": {"NY"}, "ToZip": {"10001"},
			"ToCountry": {"US"},
		}
		form["SmsMessageSid"], form["SmsSid"] = form["MessageSid"], form["MessageSid"]
		out[i] = signedText{
			form.Encode(), twiliotest.Sign(twiliotest.AuthToken, doorURL+doorPath, form),
		}
	}
	return out
}

// round has the same texts go through both servers, in the other order each time.
func (d *door) round(b *testing.B, bodies []string) {
	b.Helper()
	b.StopTimer()
	texts := d.prepare(bodies)
	b.StartTimer()
	sides := []*side{&d.whole, &d.bare}
	if d.rounds++; d.rounds%2 == 0 {
		slices.Reverse(sides)
	}
	for _, s := range sides {
		before := processor(d.redis)
		d.post(b, s, texts)
		d.app.patient.Wait() // what is still being stored of texts that were answered
		used := processor(d.redis) - before
		s.used = append(s.used, float64(used.Microseconds())/float64(len(texts)))
	}
}

// post has the clients send texts to one server.
func (d *door) post(b *testing.B, s *side, texts []signedText) {
	next := make(chan signedText, len(texts))
	for _, t := range texts {
		next <- t
	}
	close(next)
	took := make([][]time.Duration, texters)
	var wg sync.WaitGroup
	began := time.Now()
	for c := range texters {
		wg.Go(func() {
			for t := range next {
				at := time.Now()
				if err := d.one(s.url, t); err != nil {
					b.Error(err)
					return
				}
				took[c] = append(took[c], time.Since(at))
			}
		})
	}
	wg.Wait()
	s.perSec = append(s.perSec, float64(len(texts))/time.Since(began).Seconds())
	s.took = append(s.took, slices.Concat(took...)...)
}

// one posts a text and reads the answer.
func (d *door) one(to string, t signedText) error {
	r, err := http.NewRequest(http.MethodPost, to+doorPath, strings.NewReader(t.form))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("X-Twilio-Signature", t.signature)
	resp, err := d.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if answer, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK ||
		!strings.Contains(string(answer), "<Message>") {
		return fmt.Errorf("status %d, %q, %v", resp.StatusCode, answer, err)
	}
	return nil
}

// report gives the medians of the rounds, and the latency of all texts. What share the processor
// time comes to is the share of throughput on a machine that does nothing else.
func (d *door) report(b *testing.B) {
	share, cost := make([]float64, len(d.whole.perSec)), make([]float64, len(d.whole.perSec))
	for i := range share {
		share[i] = 100 * d.whole.perSec[i] / d.bare.perSec[i]
		cost[i] = 100 * d.bare.used[i] / d.whole.used[i]
	}
	b.ReportMetric(median(d.whole.perSec), "texts/s")
	b.ReportMetric(median(d.bare.perSec), "bare/s")
	b.ReportMetric(median(share), "%-of-bare")
	b.ReportMetric(median(d.whole.used), "cpu-us")
	b.ReportMetric(median(d.bare.used), "bare-cpu-us")
	b.ReportMetric(median(cost), "%-of-bare-cpu")
	whole, bare := d.whole.quantiles(), d.bare.quantiles()
	b.ReportMetric(whole.p50, "p50-ms")
	b.ReportMetric(whole.p99, "p99-ms")
	b.ReportMetric(bare.p99, "bare-p99-ms")
	b.ReportMetric(whole.p99/bare.p99, "x-bare-p99")
}

// latency is in ms.
type latency struct{ p50, p99 float64 }

func (s side) quantiles() latency {
	slices.Sort(s.took)
	at := func(share int) float64 {
		return float64(s.took[len(s.took)*share/100].Microseconds()) / 1000
	}
	return latency{at(50), at(99)}
}

func median[T cmp.Ordered](of []T) T { return slices.Sorted(slices.Values(of))[len(of)/2] }

// newBare is the least that answers a text for good: it checks Twilio's signature, stores the text
// under its id in one round trip, and answers. It shares no line with Beacon.
func newBare(b testing.TB, redisURL string) http.Handler {
	b.Helper()
	o, err := goredis.ParseURL(redisURL)
	if err != nil {
		b.Fatal(err)
	}
	db := goredis.NewClient(o)
	b.Cleanup(func() { _ = db.Close() })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			http.Error(w, "no form", http.StatusBadRequest)
			return
		}
		mac := hmac.New(sha1.New, []byte(twiliotest.AuthToken))
		_, _ = io.WriteString(mac, doorURL+r.RequestURI)
		for _, k := range slices.Sorted(maps.Keys(r.PostForm)) {
			_, _ = io.WriteString(mac, k+r.PostForm.Get(k))
		}
		sum := base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if !hmac.Equal([]byte(sum), []byte(r.Header.Get("X-Twilio-Signature"))) {
			http.Error(w, "unsigned", http.StatusForbidden)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), 10*time.Second)
		defer cancel()
		key, text := "bare:"+r.PostForm.Get("MessageSid"), r.PostForm.Get("Body")
		if err := db.Set(ctx, key, text, 72*time.Hour).Err(); err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>
<Response><Message>We have your text and will answer within the hour.</Message></Response>`)
	})
}
