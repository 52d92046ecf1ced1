package redis_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/redis/redistest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// Keys for tests, as BEACON_KEYS has them.
const (
	keyA = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	keyB = "b:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA="
)

func keys(t testing.TB, s string) []redis.Key {
	t.Helper()
	out, err := redis.ParseKeys(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestParseKeys(t *testing.T) {
	for _, c := range []struct {
		keys string
		ids  string
		err  string
	}{
		{keys: "", ids: ""},
		{keys: "  ", ids: ""},
		{keys: keyA, ids: "a"},
		{keys: keyB + ", " + keyA, ids: "b a"},
		{keys: strings.TrimRight(keyA, "="), ids: "a"},
		{keys: "2026-11.x_y" + keyA[1:], ids: "2026-11.x_y"},
		{keys: keyA + ",", err: "key 2: want id:base64"},
		{keys: keyA[2:], err: "key 1: want id:base64"},
		{keys: ":" + keyA[2:], err: "key 1: want id:base64"},
		{keys: "a b" + keyA[1:], err: "key 1: want id:base64"},
		{keys: keyA + "," + keyA, err: `key "a": there are two`},
		{keys: "a:c2hvcnQ=", err: `key "a": want 32 bytes`},
		{keys: keyA + keyA[2:], err: `key "a": want 32 bytes`},
		{keys: "a:not base64 at all, not at all not", err: `key "a": want 32 bytes`},
	} {
		got, err := redis.ParseKeys(c.keys)
		var ids []string
		for _, k := range got {
			ids = append(ids, k.ID)
		}
		if all := strings.Join(ids, " "); all != c.ids {
			t.Errorf("%q: %q, want %q", c.keys, all, c.ids)
		}
		if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.HasPrefix(err.Error(), c.err)) {
			t.Errorf("%q: %v, want %q", c.keys, err, c.err)
		}
		if err != nil && strings.Contains(err.Error(), "AAECAw") {
			t.Errorf("%v: it shows a secret", err)
		}
	}
}

// marked is what is known of a patient, every value with a mark that is looked for.
func marked(p handlers.Phone) handlers.Effects {
	o := handlers.Outgoing{
		ID: "row", To: p, Kind: "staff", Body: "MARK body", Due: now,
	}
	return handlers.Effects{
		Reply:        handlers.Reply{Kind: "answer", Bodies: []string{"MARK reply"}, Note: "MARK note"},
		Conversation: &handlers.Conversation{Said: []string{"MARK said"}, Burst: []string{"MARK burst"}},
		Consent:      &handlers.Consent{Out: true, At: now, Words: "MARK consent"},
		Reach:        &handlers.Reach{NoTexts: true, Why: "MARK reach"},
		Visits: []handlers.Visit{{
			ID: "v1", Name: "MARK Name", Phone: p, Start: now.Add(time.Hour), Type: "MARK type",
		}},
		Cases: []handlers.Case{{
			ID: "c1", Phone: p, Channel: handlers.DeskChannel, Open: true, At: now,
			Title: "MARK title", Text: "MARK text",
		}},
		Posts: []handlers.Post{{ID: "p1", Case: "c1", Do: "card", Text: "MARK post", Due: now}},
		Said: []handlers.Said{
			{ID: "t1", At: now, From: handlers.FromPatient, Text: "MARK line"},
		},
		Drafts: []handlers.Draft{{ID: "m1", Phone: p, Case: "c1", Text: "MARK draft"}},
		WriteBacks: []handlers.WriteBack{
			{ID: "v1", Phone: p, Feed: "ehr", External: "MARK external", Due: now.Add(time.Hour)},
		},
		Texts: []handlers.Outgoing{o},
		Slots: []handlers.Slot{{
			ID: "s1", Start: now.Add(time.Hour), From: p, At: now, Next: now, State: handlers.SlotOpen,
			Offers: []handlers.Offer{{To: p, Name: "MARK offer", At: now, State: handlers.OfferOpen}},
		}},
		Wishes:    []handlers.Wish{{Phone: p, Name: "MARK wish", Type: "consult", At: now}},
		Questions: []handlers.Question{{ID: "q1", Ask: "MARK ask", Said: "MARK answer", At: now}},
	}
}

// fillMarked has a store hold marked values in every place that can hold one.
func fillMarked(t *testing.T, r *redis.Redis, p handlers.Phone) {
	t.Helper()
	effects := marked(p)
	effects.Once = true
	storetest.Turn(t, r, "event", p, effects)
	_, err := r.ClaimFeed(t.Context(), "main", "by", now, time.Second)
	for _, err := range []error{
		err, save(t, r, "MARK wording"),
		r.StoreFeed(t.Context(), handlers.Feed{Name: "main", Why: "it answers 404"}, "by"),
		r.Link(t.Context(), handlers.Link{
			Feed: "main", Code: "MARK code", Phone: p, Name: "MARK link", At: now,
		}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range storetest.Claim(t, r, now, "row") { // its body is kept as words
		storetest.Begin(t, r, &c, uncapped)
		c.SID = "SM1"
		storetest.Settle(t, r, c, handlers.Sent)
	}
	o := storetest.Row(t, "waits")
	o.To, o.Body = p, "MARK waits"
	storetest.Turn(t, r, "event 2", p, handlers.Effects{Texts: []handlers.Outgoing{o}})
}

// leaks are the lines of a server that show a mark or a number.
func leaks(t *testing.T, c *goredis.Client, p handlers.Phone) (out []string) {
	t.Helper()
	for _, key := range stored(t, c) {
		all := content(t, c, key)
		for _, secret := range []string{"MARK", p.E164(), p.E164()[1:], "555-0101", ":0101"} {
			if strings.Contains(all, secret) {
				out = append(out, all)
			}
		}
	}
	return out
}

// Of a sealed store nothing but ids, times and states is readable; of one in clear the marks are
// found, so the look for them works.
func TestSealedStoreShowsNothing(t *testing.T) {
	for name, url := range map[string]string{
		"miniredis": "redis://" + miniredis.RunT(t).Addr(), "redis-server": realURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			p := storetest.Phone(t, "0101")
			fillMarked(t, openClear(t, redis.Config{URL: url, Clinic: "clear"}), p)
			if n := len(leaks(t, raw(t, url), p)); n < 15 {
				t.Fatalf("%d places show a mark in clear, want all", n)
			}
			if err := raw(t, url).FlushDB(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			r := open(t, url)
			fillMarked(t, r, p)
			err := r.SetOwnPhone(t.Context(), handlers.OwnPhone{User: "U1", Phone: p, Code: "MARK"})
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range leaks(t, raw(t, url), p) {
				t.Errorf("it shows\n%s", l)
			}
			seesAll(t, r, p)
		})
	}
}

// seesAll has a store read what fillMarked stored.
func seesAll(t *testing.T, r *redis.Redis, p handlers.Phone) {
	t.Helper()
	s := storetest.Peek(t, r, p)
	if s.Consent.Words != "MARK consent" || s.Reach.Why != "MARK reach" ||
		len(s.Visits) != 1 || s.Visits[0].Name != "MARK Name" ||
		len(s.Cases) != 1 || s.Cases[0].Text != "MARK text" ||
		len(s.Offers) != 1 || s.Offers[0].Offers[0].Name != "MARK offer" ||
		len(s.Conversation.Said) != 1 || s.Conversation.Said[0] != "MARK said" {
		t.Errorf("it reads %+v", s)
	}
	ctx := t.Context()
	records, err1 := r.Records(ctx, p)
	if len(records) != 2 || records[1].Body != "MARK waits" && records[0].Body != "MARK waits" {
		t.Errorf("it reads the texts %+v", records)
	}
	consents, err2 := r.Consents(ctx, p)
	numbers, err3 := r.Numbers(ctx, "0101")
	wishes, err4 := r.Wishes(ctx)
	proposals, err5 := r.Proposals(ctx)
	questions, err7 := r.Questions(ctx, time.Time{})
	posts, err6 := r.ClaimPosts(ctx, false, now, 9, 0)
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
		t.Error(err)
	}
	if len(consents) != 1 || consents[0].Words != "MARK consent" ||
		len(numbers) != 1 || numbers[0] != p || len(wishes) != 1 || wishes[0].Name != "MARK wish" ||
		len(proposals) != 1 || proposals[0].Lesson.Asks["en"][0] != "MARK wording" ||
		len(questions) != 1 || questions[0].Ask != "MARK ask" || questions[0].Said != "MARK answer" ||
		len(posts) != 1 || posts[0].Text != "MARK post" {
		t.Errorf("it reads %v %v %v %v %v", consents, numbers, wishes, proposals, posts)
	}
}

// A rotation leaves nothing that the old key opens, nothing in clear, and all that was stored.
func TestRotate(t *testing.T) {
	_, cluster := redistest.Cluster(t)
	for i, c := range []struct{ name, url, from, to string }{
		{name: "to another key", url: realURL(t), from: keyA, to: keyB + "," + keyA},
		{name: "from clear", url: realURL(t), from: "", to: keyA},
		{
			name: "miniredis", url: "redis://" + miniredis.RunT(t).Addr(),
			from: keyA, to: keyB + "," + keyA,
		},
		{name: "Cluster", url: cluster, from: keyA, to: keyB + "," + keyA},
	} {
		t.Run(c.name, func(t *testing.T) {
			// The rows may share a server.
			p, steps, clinic := storetest.Phone(t, "0101"), 0, fmt.Sprint("clinic", i)
			with := func(k string) *redis.Redis {
				return openClear(t, redis.Config{
					URL: c.url, Clinic: clinic, Keys: keys(t, k), Patience: testPatience,
				})
			}
			fillMarked(t, with(c.from), p)
			both := with(c.to)
			seesAll(t, both, p)
			out, err := both.Rotate(t.Context(), func(done, of int) {
				if steps++; done > of {
					t.Errorf("%d of %d", done, of)
				}
			})
			if err != nil || out.Resealed < 15 || len(out.Left) > 0 || steps == 0 {
				t.Fatalf("%+v %v in %d steps", out, err, steps)
			}
			newest, _, _ := strings.Cut(c.to, ",")
			r := with(newest)
			seesAll(t, r, p)
			again, err := r.Rotate(t.Context(), func(int, int) {})
			if err != nil || again.Resealed > 0 || len(again.Left) > 0 {
				t.Errorf("again: %+v %v", again, err)
			}
		})
	}
}

// A rotation beside bots that write loses nothing that they wrote.
func TestRotateWhileRunning(t *testing.T) {
	url := realURL(t)
	config := redis.Config{URL: url, Keys: keys(t, keyA+","+keyB), Patience: testPatience}
	old := openClear(t, config)
	config.Keys = keys(t, keyB+","+keyA)
	fresh := openClear(t, config)
	phones := make([]handlers.Phone, 20)
	for i := range phones {
		phones[i] = storetest.Phone(t, fmt.Sprintf("01%02d", i))
	}
	write := func(r *redis.Redis, round int) {
		for i, p := range phones {
			storetest.Turn(t, r, fmt.Sprint("e", round, "-", i), p, handlers.Effects{
				Consent: &handlers.Consent{Words: fmt.Sprint("words ", round)},
			})
		}
	}
	write(old, 0)
	var wg sync.WaitGroup
	wg.Go(func() {
		for round := 1; round <= 19; round++ {
			write(old, round) // it runs on the old key still
		}
	})
	for range 5 {
		if _, err := fresh.Rotate(t.Context(), func(int, int) {}); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	if out, err := fresh.Rotate(t.Context(), func(int, int) {}); err != nil || len(out.Left) > 0 {
		t.Errorf("%+v %v", out, err)
	}
	last := openClear(t, redis.Config{URL: url, Keys: keys(t, keyB), Patience: testPatience})
	for _, p := range phones {
		got, err := last.Consents(t.Context(), p)
		if err != nil || len(got) != 20 || got[19].Words != "words 19" {
			t.Errorf("%d changes of consent, %v", len(got), err)
		}
		if w := storetest.Peek(t, last, p).Consent.Words; w != "words 19" {
			t.Errorf("consent %q", w)
		}
	}
}

// What was sealed with a key that is missing is told, and so is what was changed or moved.
func TestWhatCantBeOpened(t *testing.T) {
	url, p := "redis://"+miniredis.RunT(t).Addr(), storetest.Phone(t, "0101")
	r, c := open(t, url), raw(t, url)
	fillMarked(t, r, p)
	who := whoIs(t, c)
	for name, k := range map[string]string{"no key": "", "another key": keyB} {
		other := openClear(t, redis.Config{URL: url, Keys: keys(t, k)})
		if _, err := other.Peek(t.Context(), p); !errors.Is(err, redis.ErrKey) || !strings.Contains(err.Error(), `"a"`) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := other.Sealed(t.Context()); !errors.Is(err, redis.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	at := "{beacon}:consent:" + who
	was, err := c.Get(t.Context(), at).Result()
	if err != nil {
		t.Fatal(err)
	}
	for name, is := range map[string]string{
		"changed":         was[:len(was)-2] + "AA",
		"cut":             was[:len(was)-8],
		"another's":       mustGet(t, c, "{beacon}:reach:"+who),
		"not even base64": was[:20] + "!" + was[21:],
	} {
		if err := c.Set(t.Context(), at, is, 0).Err(); err != nil {
			t.Fatal(err)
		}
		if s, err := r.Peek(t.Context(), p); err == nil {
			t.Errorf("%s: it reads %+v", name, s.Consent)
		}
	}
}

func mustGet(t *testing.T, c *goredis.Client, key string) string {
	t.Helper()
	v, err := c.Get(t.Context(), key).Result()
	if err != nil {
		t.Fatal(key, err)
	}
	return v
}

// BenchmarkTurn measures a patient's turn, sealed and in clear.
func BenchmarkTurn(b *testing.B) {
	for name, k := range map[string]string{"clear": "", "sealed": keyA} {
		b.Run(name, func(b *testing.B) {
			r := openClear(b, redis.Config{
				URL: redistest.Start(b, "no").URL(), Keys: keys(b, k), Patience: testPatience,
			})
			p, i := storetest.Phone(b, "0101"), 0
			for b.Loop() {
				i++
				_, _, err := r.Turn(b.Context(), fmt.Sprint(i), p,
					func(handlers.State) (handlers.Effects, error) {
						return handlers.Effects{
							Reply:        handlers.Reply{Kind: "answer", Bodies: []string{strings.Repeat("words ", 25)}},
							Conversation: &handlers.Conversation{Said: []string{"some words"}, At: now},
						}, nil
					})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
