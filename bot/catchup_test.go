package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/bot/twilio"
	"github.com/beacon-clinic/beacon/bot/twilio/twiliotest"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
)

// shipped are the shipped words, answering what awaits review.
var shipped = sync.OnceValues(func() (*knowledge.Base, error) {
	b, err := knowledge.Load(nil)
	if err == nil {
		b.Clinic.AnswerUnreviewed = true
	}
	return b, err
})

// away is the program within the process, on a Redis that can be away and a clock that is turned.
type away struct {
	*app
	t      *testing.T
	clock  *handlerstest.Clock
	redis  *miniredis.Miniredis
	twilio *twiliotest.Fake
	desk   *handlerstest.Desk
	out    *loggedLines
	url    string
}

func newAway(t *testing.T, c twiliotest.Config) *away {
	t.Helper()
	base, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	a := &away{t: t, clock: handlerstest.NewClock(t, "2026-12-01 10:00"), redis: miniredis.RunT(t), desk: &handlerstest.Desk{}, out: &loggedLines{}}
	c.Now = a.clock.Now
	a.twilio = twiliotest.Start(t, c)
	var door http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { door.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	a.url = server.URL
	a.start(base)
	door = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.app.routes().ServeHTTP(w, r) })
	return a
}

// now is what the clock shows; a call takes a millisecond.
func (a *away) now() time.Time {
	a.clock.Add(time.Millisecond)
	return a.clock.Now()
}

// start starts the program, anew the second time: it has forgotten what it had in memory.
func (a *away) start(base *knowledge.Base) {
	a.t.Helper()
	store, err := redis.Open(redis.Config{
		URL: "redis://" + a.redis.Addr(), Now: a.now, Patience: time.Minute, // it never hangs, but a busy machine does
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = store.Close() })
	log := slog.New(slog.NewTextHandler(a.out, nil))
	p := wire(base, store, true, a.now, log)
	p.catchUp = newCatchUp(p)
	p.twilio, err = twilio.New(twilio.Config{
		AccountSID: twiliotest.AccountSID, AuthToken: twiliotest.AuthToken, From: twiliotest.From, BaseURL: a.twilio.URL(),
		PublicURL: a.url, Patient: p.catchUp, Receipts: p.texter, OnCall: p.staff, Now: a.now, Log: log,
	})
	if err != nil {
		a.t.Fatal(err)
	}
	p.catchUp.list = p.twilio
	p.reach(p.twilio, a.desk)
	a.app = p
}

// gone has Redis answer everything with an error, until it is back.
func (a *away) gone() { a.redis.SetError("ERR away") }
func (a *away) back() { a.redis.SetError("") }

// post is a patient who texts; it returns what the webhook was answered with.
func (a *away) post(from, body string) twiliotest.Answer {
	a.t.Helper()
	got, err := a.twilio.PostText(a.t.Context(), a.url+"/twilio/text", url.Values{"From": {from}, "Body": {body}})
	if err != nil {
		a.t.Fatal(err)
	}
	return got
}

// unheard is a text whose webhook nobody took.
func (a *away) unheard(sid, from, body string) {
	a.twilio.Add(twiliotest.Message{
		SID: sid, From: from, To: twiliotest.From, Body: body, Direction: twiliotest.Inbound, Status: "received",
		Created: a.clock.Now(), Sent: a.clock.Now(),
	})
}

// look has the loop look, and carries what falls due.
func (a *away) look() {
	a.t.Helper()
	if err := a.catchUp.Look(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
	if _, err := a.texter.Deliver(a.t.Context()); err != nil {
		a.t.Fatal(err)
	}
	if err := errors.Join(a.poster.Alarms(a.t.Context()), a.poster.Deliver(a.t.Context())); err != nil {
		a.t.Fatal(err)
	}
}

// pass lets some minutes go by, the loop looking as it does.
func (a *away) pass(d time.Duration) {
	a.t.Helper()
	for end := a.clock.Now().Add(d); a.clock.Now().Before(end); {
		a.clock.Add(10 * time.Second)
		a.look()
	}
}

// told counts the cards and notes at the desk that say something.
func (a *away) told(says string) int {
	cards, notes := map[string]bool{}, 0
	for _, c := range a.desk.Cases() {
		if strings.Contains(c.Text+" "+c.Title, says) {
			cards[c.ID] = true
		}
	}
	for _, l := range a.desk.Lines() {
		if strings.HasPrefix(l, "note ") && strings.Contains(l, says) {
			notes++
		}
	}
	return len(cards) + notes
}

// line is the last that the desk was told of an outage, and on how many cards it was.
func (a *away) line() (text string, cards int) {
	seen := map[string]bool{}
	for _, c := range a.desk.Cases() {
		if c.Kind == kinds.Away {
			text = c.Title
			seen[c.ID] = true
		}
	}
	return text, len(seen)
}

// to is what a number got, by webhook and by text, one a line.
func (a *away) to(number string) (out []string) {
	for _, m := range a.twilio.Messages() {
		if m.To == number {
			out = append(out, m.Body)
		}
	}
	return out
}

func someone(i int) string { return fmt.Sprintf("+1212555%04d", 1000+i) }

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
	if want := "1201 texts that patients wrote between"; !strings.HasPrefix(text, want) || cards != 1 || !strings.Contains(text, "waiting for you") {
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
	for _, want := range []string{"3 texts", "1 read as danger", "1 answered by the bot", "1 that need no answer"} {
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
	if !strings.HasPrefix(got, "card text:"+sid+"; card text:"+sid+" again") { // the desk looks for it first
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
	for id, want := range map[string]int{"SMold": 0, "SMhours": 2} { // before Redis forgot, and after
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

// Twilio asks us to slow down, or is away itself: it is tried again, and nothing is lost.
func TestTheListFails(t *testing.T) {
	fails := true
	a := newAway(t, twiliotest.Config{ListFault: func(int, url.Values) twiliotest.Fault {
		if fails {
			return twiliotest.Fault{Status: http.StatusBadGateway}
		}
		return twiliotest.Fault{}
	}})
	a.unheard("SM1", someone(1), "did you find my umbrella, tag one.")
	a.look() // it waits a little before it reads
	a.clock.Add(time.Minute)
	if a.catchUp.Look(t.Context()) == nil {
		t.Fatal("it was read")
	}
	if n := a.twilio.Lists(); a.catchUp.Look(t.Context()) != nil || a.twilio.Lists() != n {
		t.Error("it is tried again at once")
	}
	fails = false
	a.pass(time.Minute)
	if a.told("tag one.") != 1 {
		t.Errorf("told %d times", a.told("tag one."))
	}
}

// A text that we refused and that the list never shows is told to a person: somebody wrote.
func TestARefusedTextThatTheListNeverShows(t *testing.T) {
	a := newAway(t, twiliotest.Config{ListLag: 24 * time.Hour})
	a.look()
	a.gone()
	a.post(someone(1), "did you find my umbrella")
	a.clock.Add(time.Minute)
	a.back()
	a.pass(20 * time.Minute)
	if n := len(a.desk.Cases()); n != 0 {
		t.Fatalf("%d cards after 20 minutes", n)
	}
	a.pass(20 * time.Minute)
	if a.told("whose words the carrier doesn't show") != 1 {
		t.Errorf("told %+v", a.desk.Cases())
	}
}

// The bot's own list of what it refused doesn't grow for ever, and what Twilio brings again isn't
// on it.
func TestRefusedTextsAreForgotten(t *testing.T) {
	a := newAway(t, twiliotest.Config{})
	a.gone()
	form := url.Values{"From": {someone(1)}, "Body": {"how much does it cost"}, "MessageSid": {"SM1"}}
	for _, want := range []int{http.StatusServiceUnavailable, http.StatusOK} {
		got, err := a.twilio.PostText(t.Context(), a.url+"/twilio/text", form)
		if err != nil || got.Status != want {
			t.Fatalf("%+v, %v", got, err)
		}
		a.back()
	}
	if n := len(a.catchUp.refused); n != 0 {
		t.Errorf("%d are on it", n)
	}
	a.pass(time.Minute)
	if got := a.to(someone(1)); len(got) != 0 {
		t.Errorf("answered again: %q", got)
	}
}

// The list shows a text minutes late, when it has been read past it: the overlap finds it.
func TestTheListIsLate(t *testing.T) {
	a := newAway(t, twiliotest.Config{ListLag: 10 * time.Minute})
	a.pass(time.Minute)
	a.unheard("SM1", someone(1), "did you find my umbrella, tag one.")
	a.pass(9 * time.Minute)
	if n := a.told("tag one."); n != 0 {
		t.Fatalf("told %d times before it is listed", n)
	}
	a.pass(10 * time.Minute)
	if n := a.told("tag one."); n != 1 {
		t.Errorf("told %d times, want once", n)
	}
}

// Several processes read the list, each by itself: a text is handled once, and the outage has one
// line.
func TestSeveralProcessesCatchUp(t *testing.T) {
	const numbers = 20
	a := newAway(t, twiliotest.Config{})
	base, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	processes := []*app{a.app}
	for range 2 {
		a.start(base)
		processes = append(processes, a.app)
	}
	for n := range numbers {
		for i := range 3 {
			body := fmt.Sprintf("did you find my umbrella, tag %d-%d.", n, i)
			a.unheard(fmt.Sprintf("SM%dx%d", n, i), someone(n), body)
			a.clock.Add(time.Second)
		}
	}
	a.clock.Add(time.Hour)
	for _, p := range processes {
		if err := p.catchUp.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	a.clock.Add(catchGrace)
	var wg sync.WaitGroup
	for _, p := range processes {
		wg.Go(func() {
			if err := p.catchUp.Look(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	a.look()
	for n := range numbers {
		for i := range 3 {
			if tag := fmt.Sprintf("tag %d-%d.", n, i); a.told(tag) != 1 {
				t.Errorf("%s is told %d times", tag, a.told(tag))
			}
		}
	}
	a.inOrder(numbers)
	if text, cards := a.line(); cards != 1 || !strings.HasPrefix(text, "60 texts") {
		t.Errorf("%d lines, the last %q", cards, text)
	}
}

// When Redis is back every process first stores what it has answered without it: the list is read
// a little later.
func TestTheListWaitsForWhatWasAnsweredWithoutRedis(t *testing.T) {
	a := newAway(t, twiliotest.Config{})
	a.pass(time.Minute)
	a.gone()
	if a.catchUp.Look(t.Context()) == nil {
		t.Fatal("Redis is there")
	}
	a.clock.Add(10 * time.Minute) // the next look at the list has long been due
	a.back()
	lists := a.twilio.Lists()
	a.look()
	if n := a.twilio.Lists() - lists; n != 0 {
		t.Errorf("%d looks at once", n)
	}
	a.clock.Add(catchGrace)
	a.look()
	if n := a.twilio.Lists() - lists; n != 1 {
		t.Errorf("%d looks after that, want one", n)
	}
}
