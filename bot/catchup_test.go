package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
)

// Nothing is lost by an outage of an hour: what was refused and what nobody took comes
// afterwards, once and in order, and staff are told.
func TestNothingIsLostByAnHour(t *testing.T) {
	const numbers, each = 60, 20
	a := newAway(t, twiliotest.Config{ListLag: 5 * time.Second})
	a.look()
	if got := a.post(someone(0), "how much does it cost"); len(got.Bodies) != 1 {
		t.Fatalf("before, it is answered %+v", got)
	}
	a.clock.Add(time.Minute)
	a.gone()
	for i := range each {
		for n := range numbers {
			body := fmt.Sprintf("did you find my umbrella, tag %d-%d.", n, i)
			switch {
			case n%10 > 0:
				a.unheard(fmt.Sprintf("SMunheard%dx%d", n, i), someone(n), body)
			default:
				if got := a.post(someone(n), body); got.Status != http.StatusServiceUnavailable {
					t.Fatalf("refused with %d", got.Status)
				}
			}
		}
		a.clock.Add(3 * time.Minute)
	}
	if a.catchUp.Look(t.Context()) == nil {
		t.Error("it doesn't say that Redis is away")
	}
	a.post(someone(0), "did you find my scarf, tag last.")
	a.back()
	a.pass(3 * time.Minute)
	for n := range numbers {
		for i := range each {
			if tag := fmt.Sprintf("tag %d-%d.", n, i); a.told(tag) != 1 {
				t.Fatalf("%s is told %d times", tag, a.told(tag))
			}
		}
	}
	if n := a.told("tag last."); n != 1 {
		t.Errorf("the last one is told %d times: ", n)
	}
	a.inOrder(numbers)
	text, cards := a.line()
	if want := "1201 texts that patients wrote between"; !strings.HasPrefix(text, want) ||
		cards != 1 || !strings.Contains(text, "waiting for you") {
		t.Errorf("%d lines, the last %q, want %q", cards, text, want)
	}
	lists := a.twilio.Lists()
	a.pass(time.Hour)
	if n := (a.twilio.Lists() - lists) / 2; n < 10 || n > 20 { // two pages each
		t.Errorf("%d looks in an hour, want one in five minutes", n)
	}
	if again, _ := a.line(); again != text {
		t.Errorf("told anew %q", again)
	}
	var metrics strings.Builder
	a.meter.set.WritePrometheus(&metrics)
	if !strings.Contains(metrics.String(), `beacon_texts_fetched_total{outcome="person"} 1201`) {
		t.Error(metrics.String())
	}
	for _, secret := range []string{"umbrella", "5551"} {
		if strings.Contains(a.out.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// inOrder checks that each number's texts were told in the order in which they were written.
func (a *away) inOrder(numbers int) {
	a.t.Helper()
	at := map[string][]int{}
	note := func(s string) {
		var n, i int
		if _, after, ok := strings.Cut(s, ", tag "); ok {
			if _, err := fmt.Sscanf(after, "%d-%d.", &n, &i); err == nil {
				at[fmt.Sprint(n)] = append(at[fmt.Sprint(n)], i)
			}
		}
	}
	cards := map[string]bool{}
	for _, c := range a.desk.Cases() {
		if !cards[c.ID] {
			note(c.Text)
		}
		cards[c.ID] = true
	}
	for _, l := range a.desk.Lines() {
		note(l)
	}
	for n := range numbers {
		if got := at[fmt.Sprint(n)]; !slices.IsSorted(got) || len(got) == 0 {
			a.t.Fatalf("%d came as %v", n, got)
		}
	}
}

// A short outage: what is fresh is answered, by a text; an alarm was answered during it, and is
// neither said nor paged again.
func TestAfterAShortOutage(t *testing.T) {
	a := newAway(t, twiliotest.Config{ListLag: 5 * time.Second})
	a.look()
	a.gone()
	alarm := a.post(someone(1), "i want to die")
	if alarm.Status != http.StatusOK || len(alarm.Bodies) != 1 {
		t.Fatalf("an alarm is answered %+v", alarm)
	}
	a.post(someone(2), "how much does it cost")
	a.post(someone(3), "STOP")
	a.unheard("SMunheard", someone(4), "i want to die")
	a.clock.Add(40 * time.Second)
	a.back()
	a.pass(5 * time.Minute)
	if got := a.to(someone(1)); len(got) != 0 {
		t.Errorf("the alarm is answered again: %q", got)
	}
	if got := a.to(someone(2)); len(got) != 1 || !strings.Contains(got[0], "$450") {
		t.Errorf("the question is answered %q", got)
	}
	if got := a.to(someone(4)); len(got) != 1 || !strings.Contains(got[0], "988") {
		t.Errorf("the alarm that nobody heard is answered %q", got)
	}
	cards := map[string]int{}
	for _, c := range a.desk.Cases() {
		if c.Channel == handlers.UrgentChannel {
			cards[c.Phone.E164()+" "+c.ID]++
		}
	}
	if len(cards) != 2 {
		t.Errorf("urgent cards %v, want one of each alarm", cards)
	}
	three, err := handlers.NewPhone(someone(3))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := a.store.Peek(t.Context(), three); err != nil || !s.Consent.Out {
		t.Errorf("consent %+v, %v", s.Consent, err)
	}
	text, _ := a.line()
	for _, want := range []string{
		"3 texts", "1 read as danger", "1 answered by the bot", "1 that need no answer",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the line says %q, want %q in it", text, want)
		}
	}
}

// A process that was killed knows nothing of the alarm that it answered; the carrier does.
func TestAnAlarmAnsweredByAProcessThatDied(t *testing.T) {
	a := newAway(t, twiliotest.Config{})
	a.look()
	a.gone()
	a.post(someone(1), "i want to die")
	base, _ := shipped()
	a.start(base)
	a.clock.Add(time.Minute)
	a.back()
	a.pass(time.Minute)
	if got := a.to(someone(1)); len(got) != 0 {
		t.Errorf("it is answered again: %q", got)
	}
	one, _ := handlers.NewPhone(someone(1))
	if s, err := a.store.Peek(t.Context(), one); err != nil || s.Urgent() == nil {
		t.Errorf("nobody is paged: %+v, %v", s.Cases, err)
	}
	sid := a.twilio.Incoming()[0].SID
	got := strings.Join(a.desk.Lines(), "; ")
	// The desk looks for it first.
	if !strings.HasPrefix(got, "card text:"+sid+"; card text:"+sid+" again") {
		t.Errorf("shown %s", got)
	}
}

// What Redis forgot: nothing is known of how far the list was read, nor of what was handled. A
// day is read again, and nothing that the carrier shows an answer to is answered again.
func TestRedisComesBackEmpty(t *testing.T) {
	a := newAway(t, twiliotest.Config{})
	a.unheard("SMold", someone(5), "written two days ago, tag old.")
	a.clock.Add(30 * time.Hour)
	a.look()
	a.unheard("SMhours", someone(6), "written hours ago, tag hours.")
	a.clock.Add(20 * time.Hour)
	a.look() // it is five minutes since the last
	a.post(someone(7), "how much does it cost")
	a.clock.Add(time.Minute)
	a.redis.FlushAll()
	a.gone()
	a.post(someone(8), "how much does it cost")
	if a.catchUp.Look(t.Context()) == nil {
		t.Fatal("Redis is there")
	}
	a.clock.Add(time.Minute)
	a.back()
	a.pass(time.Minute)
	if got := a.to(someone(7)); len(got) != 0 {
		t.Errorf("what was answered is answered again: %q", got)
	}
	if got := a.to(someone(8)); len(got) != 1 {
		t.Errorf("what was refused is answered %q", got)
	}
	// Before Redis forgot, and after.
	for id, want := range map[string]int{"SMold": 0, "SMhours": 2} {
		n := 0
		for _, l := range a.desk.Lines() {
			if l == "card text:"+id {
				n++
			}
		}
		if n != want {
			t.Errorf("%s is told %d times, want %d", id, n, want)
		}
	}
}
