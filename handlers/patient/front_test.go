package patient_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
)

// faq has one entry of each kind. Which text finds which entry is tested with the matcher; here
// most are picked by number.
const faq = `
- id: reviewed
  asks: {en: [is the roof green]}
  answer: {en: "Green.", es: "Verde."}
  reviewed: 2026-01-01
  review_by: 2027-12-31
- id: overdue
  asks: {en: [is the door red]}
  answer: {en: "Red."}
  reviewed: 2025-01-01
  review_by: 2026-01-01
- {id: unread, asks: {en: [is the wall blue]}, answer: {en: "Blue."}}
- id: visit_when
  class: D
  asks: {en: [when do i come]}
  answer: {en: "You come {{visit.when}}.", es: "Viene {{visit.when}}."}
  reviewed: 2026-01-01
  review_by: 2027-12-31
- id: holding
  class: H
  asks: {en: [can i take my pills]}
  answer: {en: "Keep taking them."}
  reviewed: 2026-01-01
  review_by: 2027-12-31
- id: broken
  asks: {en: [what is broken]}
  answer: {en: "{{no.such.fact}}"}
  reviewed: 2026-01-01
  review_by: 2027-12-31
`

var base = sync.OnceValues(func() (*knowledge.Base, error) {
	return knowledge.Load(handlerstest.FAQ(faq))
})

// shipped is the base with its own entries and the model that was learnt from them.
var shipped = sync.OnceValues(func() (*knowledge.Base, error) { return knowledge.Load(nil) })

// front is a handler with all that it needs around it, and a patient who texts.
type front struct {
	*patient.Handler
	clock *handlerstest.Clock
	store *handlerstest.Store
	desk  *handlerstest.Desk
	from  handlers.Phone
	count int

	carrier *handlerstest.Carrier
	poster  *desk.Poster
}

// settle waits until people have been told of who is in danger.
func (f *front) settle() {
	f.Wait()
	f.poster.Wait()
}

// openHours is a Tuesday on which the clinic is open.
const openHours = "2026-12-01 10:00"

func newFront(t *testing.T, now string) *front {
	t.Helper()
	return newFrontOf(t, now, base)
}

func newFrontOf(t *testing.T, now string, load func() (*knowledge.Base, error)) *front {
	t.Helper()
	b, err := load()
	if err != nil {
		t.Fatal(err)
	}
	f := &front{
		carrier: &handlerstest.Carrier{}, clock: handlerstest.NewClock(t, now),
		desk: &handlerstest.Desk{}, from: handlerstest.Phone(t, "0101"),
	}
	f.store = handlerstest.NewStore(f.clock.Now)
	gate := &gate.Texter{
		Clinic: b.Clinic, Store: f.store, Now: f.clock.Now, Meter: handlerstest.Meter{},
		Log: handlerstest.Quiet(), Carrier: f.carrier, Place: handlerstest.PlaceOf,
	}
	f.poster = &desk.Poster{
		Base: b, Store: f.store, Posts: f.store, Board: f.desk, Ring: gate,
		Now: f.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	f.Handler = &patient.Handler{
		Base: b, Store: f.store, Gate: gate, Poster: f.poster,
		Visits: &visits.Books{Base: b, Now: f.clock.Now}, History: f.store, Refusals: f.store, Now: f.clock.Now,
		Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	return f
}

// text texts as the patient.
func (f *front) text(t *testing.T, body string) handlers.Reply {
	t.Helper()
	return f.send(t, handlers.Text{Body: body})
}

// send has the patient send a text, and waits until what comes of it is stored.
func (f *front) send(t *testing.T, x handlers.Text) handlers.Reply {
	t.Helper()
	f.count++
	x.ID, x.From, x.At = fmt.Sprint("SM", f.count), f.from, f.clock.Now()
	r, err := f.Receive(t.Context(), x)
	if err != nil {
		t.Fatalf("%q: %v", x.Body, err)
	}
	f.Wait()
	return r
}

// visits books visits that begin so many hours from now: "v1", "v2" …. Those that the plan has
// asked about by now were asked about.
func (f *front) visits(hours ...float64) {
	for i, h := range hours {
		v := handlers.Visit{
			ID: fmt.Sprint("v", i+1), Name: "Ana Example", Phone: f.from, Type: "consult",
			Start: f.clock.Now().Add(time.Duration(h * float64(time.Hour))),
			State: handlers.Booked,
		}
		f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}})
		if f.Base.Clinic.Asked("consult", v.Start, "", f.clock.Now()) {
			f.reminded(v, "confirm")
		}
	}
}

// reminded has a reminder of a visit leave now.
func (f *front) reminded(v handlers.Visit, kind string) {
	f.left(handlers.Outgoing{Kind: kind, Visit: v.ID, Start: v.Start})
}

// left has a text leave now.
func (f *front) left(o handlers.Outgoing) {
	f.count++
	o.ID, o.To, o.Due = fmt.Sprint("row", f.count), f.from, f.clock.Now()
	f.store.Put(f.from, handlers.Effects{Texts: []handlers.Outgoing{o}})
	_, moved, err := f.store.Advance(
		context.Background(), o.ID, handlers.Sent, "SM", "", f.clock.Now(), time.Time{},
	)
	if !moved || err != nil {
		panic(fmt.Sprint(moved, err))
	}
}

// offer makes the next number a choice of these.
func (f *front) offer(choices ...string) {
	f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{
		Choices: choices, At: f.clock.Now(),
	}})
}

// personTalks has staff write to the patient now, so that the bot is silent for so long.
func (f *front) personTalks(d time.Duration) {
	f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{
		Taken: f.clock.Now().Add(d), By: "U1", At: f.clock.Now(),
	}})
}

func (f *front) state(t *testing.T) handlers.State {
	t.Helper()
	s, err := f.store.Peek(t.Context(), f.from)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told returns what the desk was told, in order: "desk handoff Title" for a card, "note from text"
// for a note.
func (f *front) told() string {
	var out []string
	for _, p := range f.store.Queue() {
		switch p.Do {
		case desk.PostCard:
			c, _, _ := f.store.Case(context.Background(), p.Case)
			out = append(out, c.Channel+" "+c.Kind+" "+veil.Shown(c.Title, true))
		case desk.PostPage, desk.PostWait: // nothing is shown before it is due
		default:
			out = append(out, "note "+p.From+" "+veil.Shown(p.Text, true))
		}
	}
	return strings.Join(out, "; ")
}

func has(t *testing.T, what, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("%s: %q doesn't hold %q", what, got, p)
		}
	}
}

// states returns the states of the visits, in order: "booked confirmed".
func (f *front) states(t *testing.T) string {
	t.Helper()
	var out []string
	for _, v := range f.state(t).Visits {
		out = append(out, v.State)
	}
	return strings.Join(out, " ")
}

// caught fetches a text that was written some time ago, and returns what came of it.
func (f *front) caught(t *testing.T, ago time.Duration, x handlers.Text) string {
	t.Helper()
	f.count++
	if x.ID == "" {
		x.ID = fmt.Sprint("SM", f.count)
	}
	x.From, x.At = f.from, f.clock.Now().Add(-ago).Truncate(time.Second)
	what, err := f.CatchUp(t.Context(), x, false)
	if err != nil {
		t.Fatalf("%q: %v", x.Body, err)
	}
	return what
}

// reminded returns a front whose patient was asked an hour ago whether they come to visits that
// begin so many hours after that.
func reminded(t *testing.T, hours ...float64) *front {
	t.Helper()
	f := newFront(t, openHours)
	f.visits(hours...)
	f.clock.Add(time.Hour)
	return f
}

// replies returns the replies that wait in the ledger, as texts of their own.
func (f *front) replies() (out []string) {
	for _, o := range f.store.Texts() {
		if o.Kind == gate.KindReply {
			out = append(out, o.Body)
		}
	}
	return out
}

// since has the patient write again, by webhook, before the text is fetched.
func (f *front) since(body string) {
	f.count++
	id := fmt.Sprint("SMsince", f.count)
	_, _ = f.Receive(context.Background(), handlers.Text{ID: id, From: f.from, Body: body})
}

// open returns how many cases wait for a person.
func (f *front) open(t *testing.T) int {
	t.Helper()
	return len(f.state(t).Cases)
}
