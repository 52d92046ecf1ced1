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
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// faq is a base whose entries are each of a kind. What text finds which is the matcher's; here they
// are picked by number.
const faq = `
- {id: reviewed, asks: {en: [is the roof green]}, answer: {en: "Green.", es: "Verde."}, reviewed: 2026-01-01, review_by: 2027-12-31}
- {id: overdue, asks: {en: [is the door red]}, answer: {en: "Red."}, reviewed: 2025-01-01, review_by: 2026-01-01}
- {id: unread, asks: {en: [is the wall blue]}, answer: {en: "Blue."}}
- {id: visit_when, class: D, asks: {en: [when do i come]}, answer: {en: "You come {{visit.when}}.", es: "Viene {{visit.when}}."}, reviewed: 2026-01-01, review_by: 2027-12-31}
- {id: holding, class: H, asks: {en: [can i take my pills]}, answer: {en: "Keep taking them."}, reviewed: 2026-01-01, review_by: 2027-12-31}
- {id: broken, asks: {en: [what is broken]}, answer: {en: "{{no.such.fact}}"}, reviewed: 2026-01-01, review_by: 2027-12-31}
`

var base = sync.OnceValues(func() (*knowledge.Base, error) { return knowledge.Load(handlerstest.FAQ(faq)) })

// front is the handler with all around it, and a patient who texts.
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
	b, err := base()
	if err != nil {
		t.Fatal(err)
	}
	f := &front{carrier: &handlerstest.Carrier{}, clock: handlerstest.NewClock(t, now), desk: &handlerstest.Desk{}, from: handlerstest.Phone(t, "0101")}
	f.store = handlerstest.NewStore(f.clock.Now)
	gate := &gate.Texter{Clinic: b.Clinic, Store: f.store, Now: f.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(), Carrier: f.carrier}
	f.poster = &desk.Poster{
		Base: b, Store: f.store, Posts: f.store, Board: f.desk, Ring: gate,
		Now: f.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	f.Handler = &patient.Handler{
		Base: b, Store: f.store, Gate: gate, Poster: f.poster, Visits: &visits.Books{Base: b, Now: f.clock.Now}, History: f.store, Now: f.clock.Now,
		Meter: handlerstest.Meter{}, Log: handlerstest.Quiet(),
	}
	return f
}

// text texts as the patient.
func (f *front) text(t *testing.T, body string) handlers.Reply {
	t.Helper()
	return f.send(t, handlers.Text{Body: body})
}

func (f *front) send(t *testing.T, x handlers.Text) handlers.Reply {
	t.Helper()
	f.count++
	x.ID, x.From, x.At = fmt.Sprint("SM", f.count), f.from, f.clock.Now()
	r, err := f.Receive(t.Context(), x)
	if err != nil {
		t.Fatalf("%q: %v", x.Body, err)
	}
	return r
}

// visits books visits that begin so many hours from now: "v1", "v2" …. Those that the plan has
// asked about by now were asked about.
func (f *front) visits(hours ...float64) {
	for i, h := range hours {
		v := handlers.Visit{
			ID: fmt.Sprint("v", i+1), Name: "Ana Example", Phone: f.from, Type: "consult", State: handlers.Booked,
			Start: f.clock.Now().Add(time.Duration(h * float64(time.Hour))),
		}
		f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}})
		if f.Base.Clinic.Asked(v.Start, "", f.clock.Now()) {
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
	if _, moved, err := f.store.Advance(context.Background(), o.ID, handlers.Sent, "SM", "", f.clock.Now(), time.Time{}); !moved || err != nil {
		panic(fmt.Sprint(moved, err))
	}
}

// offer makes the next number a choice of these.
func (f *front) offer(choices ...string) {
	f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{Choices: choices, At: f.clock.Now()}})
}

func (f *front) state(t *testing.T) handlers.State {
	t.Helper()
	s, err := f.store.Peek(t.Context(), f.from)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// told is what the desk was told, in order: "desk handoff Title" for a card, "note from text" for a
// note.
func (f *front) told() string {
	var out []string
	for _, p := range f.store.Queue() {
		switch p.Do {
		case desk.PostCard:
			c, _, _ := f.store.Case(context.Background(), p.Case)
			out = append(out, c.Channel+" "+c.Kind+" "+handlers.Shown(c.Title, true))
		default:
			out = append(out, "note "+p.From+" "+handlers.Shown(p.Text, true))
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

func TestSameTextTwice(t *testing.T) {
	f := newFront(t, openHours)
	x := handlers.Text{ID: "SM1", From: f.from, Body: "can i talk to a person"}
	first, err := f.Receive(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	posts := len(f.store.Queue())
	again, err := f.Receive(t.Context(), x)
	if err != nil || strings.Join(again.Bodies, "|") != strings.Join(first.Bodies, "|") || len(f.store.Queue()) != posts {
		t.Errorf("%+v, first %+v, %d posts, first %d: %v", again, first, len(f.store.Queue()), posts, err)
	}
}

func TestPersonHasTheConversation(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.text(t, "can i talk to a person")
	f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{Taken: f.clock.Now().Add(4 * time.Hour), By: "U1"}})
	for _, body := range []string{"thanks for getting back", "what are your hours", "HELP", "hello"} {
		before := f.told()
		if r := f.text(t, body); len(r.Bodies) != 0 {
			t.Errorf("%q: the bot says %q", body, r.Bodies)
		}
		if got := strings.TrimPrefix(f.told(), before); got != "; note patient "+body {
			t.Errorf("%q: the desk was told %q", body, got)
		}
	}
	// A confirmation counts, in silence.
	if r := f.text(t, "C"); len(r.Bodies) != 0 || f.state(t).Visits[0].State != handlers.Confirmed {
		t.Errorf("%+v, the visit is %s", r, f.state(t).Visits[0].State)
	}
	// Danger and consent go their way.
	if r := f.text(t, "i want to die"); len(r.Bodies) != 1 {
		t.Errorf("danger: %+v", r)
	}
	if f.text(t, "STOP"); !f.state(t).Consent.Out {
		t.Error("STOP was left to the person")
	}
	f.text(t, "START")
	cleared := *f.state(t).Urgent()
	cleared.Open = false
	f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{cleared}})
	// Four hours after the last word the bot answers again.
	f.clock.Add(4 * time.Hour)
	if r := f.text(t, "HELP"); len(r.Bodies) != 1 {
		t.Errorf("after four hours: %+v", r)
	}
}

func TestPersonWithoutAThread(t *testing.T) {
	f := newFront(t, openHours)
	f.store.Put(f.from, handlers.Effects{Conversation: &handlers.Conversation{Taken: f.clock.Now().Add(time.Hour), By: "U1"}})
	f.text(t, "ok and where do i park")
	has(t, "desk", f.told(), "desk handoff Writes on")
}

func TestWhoAsksForAPersonGetsOne(t *testing.T) {
	for _, c := range []struct{ name, now, text, want string }{
		{"open", openHours, "can i talk to a person", "usually within 60 minutes"},
		{"shut", "2026-12-04 22:00", "can i talk to a person", "when we open Mon Dec 7 at 9:00 AM"},
		{"on a holiday", "2026-12-25 11:00", "quiero hablar con una persona", "cuando abramos: lun 28 dic a las 9:00 AM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, c.now)
			for range 2 { // asked again, promised again
				r := f.text(t, c.text)
				if r.Kind != kinds.Handoff || len(r.Bodies) != 1 {
					t.Fatalf("%+v", r)
				}
				has(t, c.text, r.Bodies[0], c.want)
			}
			if n := len(f.state(t).Cases); n != 1 {
				t.Errorf("%d cases", n)
			}
		})
	}
}

// ask asks what goes to a person: live, an entry that nobody has read.
func (f *front) ask(t *testing.T) string {
	t.Helper()
	f.Live = true
	f.clock.Add(time.Minute)
	talk := f.state(t).Conversation
	talk.Choices = []string{"unread"}
	f.store.Put(f.from, handlers.Effects{Conversation: &talk})
	r := f.text(t, "1")
	if r.Kind != kinds.Handoff || len(r.Bodies) != 1 || strings.Contains(r.Bodies[0], "{{") {
		t.Fatalf("%+v", r)
	}
	return r.Bodies[0]
}

func TestHandOff(t *testing.T) {
	f := newFront(t, openHours)
	has(t, "open", f.ask(t), "a person will answer you here, usually within 60 minutes. We're open Mon-Thu 9-6, Fri 9-5.")
	has(t, "again while it waits", f.ask(t), "passed that on too")
	if n := len(f.state(t).Cases); n != 1 {
		t.Errorf("%d cases", n)
	}
	g := newFront(t, "2026-12-04 22:00")
	has(t, "shut", g.ask(t), "once we open: Mon Dec 7 at 9:00 AM")
	for _, c := range g.state(t).Cases { // staff close it at once
		c.Open = false
		g.store.Put(g.from, handlers.Effects{Cases: []handlers.Case{c}})
	}
	if again := g.ask(t); strings.Contains(again, "Our hours") {
		t.Errorf("the hours again in one conversation: %q", again)
	}
}

func TestEntries(t *testing.T) {
	for _, c := range []struct {
		name, entry string
		live, visit bool
		kind, says  string
		note, told  bool
	}{
		{"reviewed", "reviewed", true, false, kinds.Answer, "Green.", false, false},
		{"unread, in the sandbox", "unread", false, false, kinds.Answer, "Blue.", true, false},
		{"unread, live", "unread", true, false, kinds.Handoff, "a person will answer", true, true},
		{"overdue, live", "overdue", true, false, kinds.Handoff, "a person will answer", true, true},
		{"looked up", "visit_when", true, true, kinds.Answer, "You come Wed Dec 2 at 10:00 AM.", false, false},
		{"looked up, but there is none", "visit_when", true, false, kinds.Handoff, "can't find a visit", false, true},
		{"holding", "holding", true, false, kinds.Answer, "Keep taking them. You'll hear from us usually within 60 minutes.", false, true},
		{"can't be filled", "broken", true, false, kinds.Handoff, "a person will answer", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.Live = c.live
			if c.visit {
				f.visits(24)
			}
			f.offer("reviewed", c.entry)
			r := f.text(t, "2")
			if r.Kind != c.kind || len(r.Bodies) != 1 || r.Entry != c.entry || (r.Note != "") != c.note {
				t.Fatalf("%+v", r)
			}
			has(t, "reply", r.Bodies[0], c.says)
			if (f.told() != "") != c.told {
				t.Errorf("the desk was told %q", f.told())
			}
			if left := f.state(t).Conversation.Choices; len(left) != 0 {
				t.Errorf("choices stay: %v", left)
			}
		})
	}
}

func TestLanguageOfTheReply(t *testing.T) {
	for _, c := range []struct {
		name, text, talk, visit, want string
	}{
		{"as the text", "quiero hablar con una persona", "en", "en", "es"},
		{"as the text, other than the visit's", "can i talk to a person", "es", "es", "en"},
		{"too short: as the conversation", "C", "es", "en", "es"},
		{"too short: as the visit", "C", "", "es", "es"},
		{"nothing known", "C", "", "", "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(24)
			v := f.state(t).Visits[0]
			v.Lang = c.visit
			f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}, Conversation: &handlers.Conversation{Lang: c.talk}})
			if r := f.text(t, c.text); r.Lang != c.want || f.state(t).Conversation.Lang != c.want {
				t.Errorf("%+v, want %s", r, c.want)
			}
		})
	}
}

func TestPictureAndSilence(t *testing.T) {
	f := newFront(t, openHours)
	if r := f.send(t, handlers.Text{Media: 1}); r.Kind != kinds.Handoff || !strings.Contains(r.Bodies[0], "can't see pictures") {
		t.Errorf("a picture: %+v", r)
	}
	has(t, "desk", f.told(), "Sent a picture.")
	g := newFront(t, openHours)
	for _, body := range []string{"", "  ", "thanks", "👍"} {
		if r := g.text(t, body); r.Kind != kinds.Courtesy || len(r.Bodies) != 0 {
			t.Errorf("%q: %+v", body, r)
		}
	}
	if g.told() != "" {
		t.Errorf("the desk was told %q", g.told())
	}
}

func TestAskStoresNothing(t *testing.T) {
	f := newFront(t, openHours)
	r, err := f.Ask(handlers.State{}, "i want to die")
	if err != nil || r.Kind != kinds.Crisis || r.Also == nil {
		t.Errorf("%+v %v", r, err)
	}
	if f.told() != "" || len(f.desk.Lines()) != 0 {
		t.Error("somebody was told")
	}
}

func TestClinical(t *testing.T) {
	f := newFront(t, openHours)
	r := f.text(t, "i forgot and took my xanax this morning, my infusion is at 2")
	if r.Kind != kinds.Clinical {
		t.Fatalf("the screen takes it for %s", r.Kind)
	}
	has(t, "words", r.Bodies[0], "A nurse needs to see this", "within 60 minutes", "911")
	has(t, "desk", f.told(), "desk clinical For a nurse, by Tue Dec 1 at 11:00 AM.")
}
