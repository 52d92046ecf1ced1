package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// While a rolling change may last, every bot answers; then those that are left on the old words
// answer danger only. What they refuse those on the new ones fetch, once. A rollback turns it
// round, and where nobody is left on the current words, the others serve on.
func TestRollingChangeOfWords(t *testing.T) {
	s := newStreet(t)
	start := func(id string, of string) {
		t.Helper()
		words := oldWords
		if of == newAnswer {
			words = newWords
		}
		if fatal := s.start(id, words); len(fatal) > 0 {
			t.Fatal(id, fatal)
		}
		s.pass(0)
	}
	start("old-1", oldAnswer)
	start("old-2", oldAnswer)
	s.pass(time.Hour)
	if state, what := s.bots["old-1"].says(checkWords); state != "ok" {
		t.Errorf("alike: %s", what)
	}
	s.asks("alike", map[string]string{"old-1": oldAnswer, "old-2": oldAnswer})

	start("new", newAnswer)
	during := map[string]string{"old-1": oldAnswer, "old-2": oldAnswer, "new": newAnswer}
	s.asks("just begun", during)
	own, current := s.bots["old-1"].words, s.bots["new"].words
	s.bots["old-1"].warns(t, "just begun", checkWords, "warning", own, current,
		"2026-12-01T16:00:00Z", "serves on until 2026-12-01T16:15:00Z", "KNOWLEDGE_DIR", "as new)")
	s.bots["new"].warns(t, "just begun", checkWords, "warning", own, current, "old-1", "old-2")
	s.pass(redis.ChangeTime - time.Second)
	s.asks("it may last", during)

	s.pass(time.Second)
	over := map[string]string{"new": newAnswer}
	s.asks("it is over", over)
	s.bots["old-2"].warns(t, "it is over", checkWords, "fault", own, current, "answers danger only",
		"left to new", "restart it")

	start("old-3", oldAnswer) // a rollback
	s.pass(redis.ChangeTime)
	s.asks("rolled back", map[string]string{
		"old-1": oldAnswer, "old-2": oldAnswer, "old-3": oldAnswer,
	})

	start("newest", newAnswer)
	s.dies("new")
	s.pass(redis.ChangeTime)
	s.asks("changed again", map[string]string{"newest": newAnswer})
	s.dies("newest")
	s.pass(botLease)
	s.asks("nobody is left", map[string]string{
		"old-1": oldAnswer, "old-2": oldAnswer, "old-3": oldAnswer,
	})
	s.bots["old-1"].warns(t, "nobody is left", checkWords, "warning", current, "serves on")
}

// A bot that is left on old words sends nothing but alarms, offers no slot, and fetches nothing. A
// bot on the current ones does all that. The old one answers who writes on in an open alarm.
func TestOldWordsLeaveTheWorkToOthers(t *testing.T) {
	s := newStreet(t)
	if fatal := s.start("old", oldWords); len(fatal) > 0 {
		t.Fatal(fatal)
	}
	s.pass(time.Minute)
	if err := s.bots["old"].catchUp.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	if fatal := s.start("new", newWords); len(fatal) > 0 {
		t.Fatal(fatal)
	}
	s.pass(redis.ChangeTime)
	from, endangered := s.stranger(), s.stranger()
	a := s.text("old", from, "does the zqlabel hurt")
	if a.Status != http.StatusServiceUnavailable {
		t.Fatalf("an ordinary text: %d %q", a.Status, a.Bodies)
	}
	s.text("new", endangered, "i want to kill myself tonight")
	if a := s.text("old", endangered, "please hurry"); a.Status != http.StatusOK {
		t.Errorf("who writes on in an alarm gets %d", a.Status)
	}
	ctx, p := t.Context(), handlerstest.Phone(t, "0199")
	rows := []handlers.Outgoing{
		{ID: "asked", To: p, Kind: "reply", Body: "as you asked", Due: s.clock.Now()},
	}
	decide := func(handlers.State) (handlers.Effects, error) {
		return handlers.Effects{Texts: rows}, nil
	}
	if _, _, err := s.bots["old"].store.Turn(ctx, "asked", p, decide); err != nil {
		t.Fatal(err)
	}
	s.pass(catchYoung)
	for _, id := range []string{"old", "new"} {
		h := s.bots[id]
		err := h.catchUp.Look(ctx)
		s.pass(catchSoon)
		err = errors.Join(err, h.catchUp.Look(ctx))
		slots := h.ordinary(h.waitlist.Deliver)(ctx)
		sent, err2 := h.texter.Deliver(ctx)
		had := s.twilio.Count(from, newAnswer) + s.twilio.Count(from, oldAnswer)
		switch {
		case id == "old" && (!errors.Is(err, redis.ErrWords) || !errors.Is(slots, redis.ErrWords)):
			t.Errorf("%s fetches %v, offers %v", id, err, slots)
		case id == "new" && (err != nil || slots != nil):
			t.Errorf("%s fetches %v, offers %v", id, err, slots)
		case id == "old" && (sent != 0 || had != 0), id == "new" && (sent != 2 || had != 1):
			t.Errorf("%s has sent %d, and who was refused has %d answers", id, sent, had)
		}
		if err2 != nil {
			t.Error(id, err2)
		}
	}

	// Should the others be gone, it fetches soon what it refused last.
	old, last := s.bots["old"], s.stranger()
	s.text("old", last, "does the zqlabel hurt")
	s.dies("new")
	s.pass(botLease)
	for _, later := range []time.Duration{0, 10 * time.Second} {
		s.pass(later)
		_, err := old.texter.Deliver(ctx)
		if err = errors.Join(err, old.catchUp.Look(ctx)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := old.texter.Deliver(ctx); err != nil || s.twilio.Count(last, oldAnswer) != 1 {
		t.Errorf("%v; who was refused last has %d answers", err, s.twilio.Count(last, oldAnswer))
	}
}

// A bot of an earlier layout does nothing but answer danger and tell of it from the moment in which
// a later one starts, and isn't ready while one lives. It doesn't start, and a doctor says why.
func TestLaterLayoutUnderABotThatServes(t *testing.T) {
	s := newStreet(t)
	if fatal := s.start("old", oldWords); len(fatal) > 0 {
		t.Fatal(fatal)
	}
	s.pass(0)
	old := s.bots["old"]
	s.asks("before", map[string]string{"old": oldAnswer})
	if _, err := s.redis.CLI("SET", "{beacon}:layout", "99"); err != nil {
		t.Fatal(err)
	}
	if _, err := old.texter.Deliver(t.Context()); !errors.Is(err, redis.ErrLater) {
		t.Errorf("the next claim: %v", err)
	}
	// The later one, as far as others see it; its lease outlasts the test.
	_, err := s.redis.CLI("ZADD", "{beacon}:bots", "9999999999999",
		"later\t99\t9999999999998\twords\tv9")
	if err != nil {
		t.Fatal(err)
	}
	s.pass(0)
	s.asks("a later one lives", map[string]string{})
	old.warns(t, "a later one lives", checkLayout, "fault", "later version", "layout 99",
		"build of old", "later runs v9")
	if n := strings.Count(old.log.String(), "check: "+checkLayout); n != 1 {
		t.Errorf("it is logged %d times", n)
	}
	if fatal := s.start("late", oldWords); len(fatal) != 1 || fatal[0].Name != checkLayout ||
		!strings.Contains(refusal(fatal).Error(), "start the newest version") {
		t.Errorf("a start: %v", fatal)
	}
	if _, err := s.redis.CLI("DEL", "{beacon}:bots"); err != nil {
		t.Fatal(err)
	}
	s.pass(0)
	if code, mode := old.ready(); code != http.StatusOK || mode != modeDanger {
		t.Errorf("nobody else lives: %d %q, want that danger finds it", code, mode)
	}
	s.danger("nobody else lives", "old")
}
