package patient_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/patient"
	"github.com/beacon-clinic/beacon/knowledge"
)

// faq is a base whose entries are each of a kind. What text finds which is the matcher's; here they are picked by number.
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
}

// openHours is a Tuesday on which the clinic is open.
const openHours = "2026-12-01 10:00"

func newFront(t *testing.T, now string) *front {
	t.Helper()
	b, err := base()
	if err != nil {
		t.Fatal(err)
	}
	f := &front{clock: handlerstest.NewClock(t, now), desk: &handlerstest.Desk{}, from: handlerstest.Phone(t, "0101")}
	f.store = handlerstest.NewStore(f.clock.Now)
	gate := &handlers.Texter{Clinic: b.Clinic, Store: f.store, Now: f.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet()}
	f.Handler = &patient.Handler{Base: b, Store: f.store, Gate: gate, Desk: f.desk, Now: f.clock.Now, Meter: handlerstest.Meter{}, Log: handlerstest.Quiet()}
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

// visits books visits that begin so many hours from now, with the states given: "v1", "v2" …
func (f *front) visits(hours ...float64) {
	for i, h := range hours {
		f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{{
			ID: fmt.Sprint("v", i+1), Name: "Ana Example", Phone: f.from, Type: "consult", State: handlers.Booked,
			Start: f.clock.Now().Add(time.Duration(h * float64(time.Hour))),
		}}})
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

// desktop is what the desk was told, in order: "desk handoff Title" for a card, "note from text" for a note.
func (f *front) told() string {
	var out []string
	for _, p := range f.store.Queue() {
		switch p.Do {
		case handlers.PostCard:
			c, _, _ := f.store.Case(context.Background(), p.Case)
			out = append(out, c.Channel+" "+c.Kind+" "+c.Title)
		default:
			out = append(out, "note "+p.From+" "+p.Text)
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

func TestDanger(t *testing.T) {
	for _, c := range []struct{ text, kind, words, title string }{
		{"i want to die", knowledge.Crisis, "988", "May be in danger"},
		{"me quiero morir", knowledge.Crisis, "oprima 2", "May be in danger"},
		{"988", knowledge.Crisis, "988", "May be in danger"},
		{"chest pain cant breathe", knowledge.Emergency, "Call 911 now", "Medical emergency"},
	} {
		t.Run(c.text, func(t *testing.T) {
			f := newFront(t, "2026-12-05 03:00") // Saturday night
			r := f.text(t, c.text)
			if r.Kind != c.kind || len(r.Bodies) != 1 {
				t.Fatalf("%+v", r)
			}
			has(t, "words", r.Bodies[0], c.words, "212-555-0111", "utomat")
			has(t, "desk", f.told(), "urgent "+c.kind+" "+c.title)
			if open := f.state(t).Cases; len(open) != 1 || open[0].Text != c.text || !open[0].Open {
				t.Errorf("%+v", open)
			}
			// Again: the words again, and the same thread.
			if r := f.text(t, c.text); len(r.Bodies) != 1 || len(f.state(t).Cases) != 1 {
				t.Errorf("again: %+v, %d cases", r, len(f.state(t).Cases))
			}
		})
	}
}

func TestDangerActsOnNothingElse(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	r := f.text(t, "yes but i feel like dying")
	if r.Kind != knowledge.Crisis || f.state(t).Visits[0].State != handlers.Booked {
		t.Errorf("%+v, the visit is %s", r, f.state(t).Visits[0].State)
	}
	has(t, "desk", f.told(), "confirm", "not acted on")
	// But who wants no texts gets none: the card says so.
	r = f.text(t, "I want to die. stop texting me")
	s := f.state(t)
	if len(r.Bodies) != 1 || !s.Consent.Out || !s.Cases[0].OptOut {
		t.Errorf("%+v, consent %+v, card %+v", r, s.Consent, s.Cases[0])
	}
	if r := f.text(t, "i want to die"); len(r.Bodies) != 0 || r.Kind != knowledge.Crisis {
		t.Errorf("to who opted out: %+v", r)
	}
}

func TestDangerWhileTheStoreIsAway(t *testing.T) {
	for name, page := range map[string]error{"the desk is there": nil, "the desk is away too": errors.New("away")} {
		t.Run(name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.store.Fail(errors.New("away"))
			f.desk.OnPost = func(string) error { return page }
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // the store took all the time there was
			r, err := f.Receive(ctx, handlers.Text{ID: "SM1", From: f.from, Body: "i want to die", At: f.clock.Now()})
			if err != nil || r.Kind != knowledge.Crisis || len(r.Bodies) != 1 {
				t.Fatalf("%+v %v", r, err)
			}
			has(t, "words", r.Bodies[0], "988", "911")
			if cards := f.desk.Cases(); page == nil && (len(cards) != 1 || cards[0].Channel != handlers.UrgentChannel || cards[0].Phone != f.from) {
				t.Errorf("cards %+v", cards)
			}
			if _, err := f.Receive(t.Context(), handlers.Text{ID: "SM2", From: f.from, Body: "what are your hours"}); err == nil {
				t.Error("another text was taken although nothing could be stored: it must come again")
			}
		})
	}
}

// patient pages with a context that is still good.
func TestPageHasTimeOfItsOwn(t *testing.T) {
	f := newFront(t, openHours)
	f.store.Fail(errors.New("away"))
	d := &timed{}
	f.Desk = d
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Receive(ctx, handlers.Text{ID: "SM1", From: f.from, Body: "i want to die"}); err != nil {
		t.Fatal(err)
	}
	if d.err != nil || d.left <= 0 || d.left > 10*time.Second {
		t.Errorf("the page had %v, %v", d.left, d.err)
	}
}

// timed is a desk that looks how long it is given.
type timed struct {
	handlers.Desk
	left time.Duration
	err  error
}

func (d *timed) Card(ctx context.Context, _ handlers.Case, _ bool) (string, error) {
	d.err = ctx.Err()
	if end, ok := ctx.Deadline(); ok {
		d.left = time.Until(end)
	}
	return "T", nil
}

func TestConsent(t *testing.T) {
	for _, c := range []struct {
		name    string
		text    handlers.Text
		visit   bool
		was     bool // opted out before
		kind    string
		says    string // a part; "" is silence
		out     bool
		entries int // of the ledger, more than before
		told    string
	}{
		{"the bare keyword: the carrier answers", handlers.Text{Body: "STOP"}, false, false, knowledge.Stop, "", true, 1, ""},
		{"in words", handlers.Text{Body: "stop texting me please"}, false, false, knowledge.OptOut, "won't get any more texts", true, 1, ""},
		{"in Spanish", handlers.Text{Body: "no mas mensajes"}, false, false, knowledge.OptOut, "Ya no recibira", true, 1, ""},
		{"in words that the carrier answered", handlers.Text{Body: "stop texting me please", OptOut: "STOP"}, false, false, knowledge.Stop, "", true, 1, ""},
		{"in a word that only the carrier knows", handlers.Text{Body: "basta ya fin", OptOut: "STOP"}, false, false, knowledge.Stop, "", true, 1, ""},
		{"again", handlers.Text{Body: "stop texting me please"}, false, true, knowledge.OptOut, "", true, 0, ""},
		{"CANCEL with a visit", handlers.Text{Body: "CANCEL"}, true, false, knowledge.Stop, "", true, 1, "may have meant the visit. Call them."},
		{"End. with a visit", handlers.Text{Body: "End."}, true, false, knowledge.Stop, "", true, 1, "may have meant the visit. Call them."},
		{"CANCEL without one", handlers.Text{Body: "CANCEL"}, false, false, knowledge.Stop, "", true, 1, ""},
		{"STOP with a visit is plain", handlers.Text{Body: "STOP"}, true, false, knowledge.Stop, "", true, 1, ""},
		{"START", handlers.Text{Body: "START"}, false, true, knowledge.Start, "get our texts again", false, 1, ""},
		{"START that the carrier answered", handlers.Text{Body: "UNSTOP", OptOut: "START"}, false, true, knowledge.Start, "", false, 1, ""},
		{"a word that opts in only at the carrier", handlers.Text{Body: "YES", OptOut: "START"}, true, true, knowledge.Start, "", false, 1, ""},
		{"a bare yes from who never opted out", handlers.Text{Body: "yes"}, false, false, knowledge.Courtesy, "", false, 0, ""},
		{"a question of who opted out gets nothing", handlers.Text{Body: "HELP"}, false, true, knowledge.Help, "", true, 0, ""},
		{"HELP", handlers.Text{Body: "HELP"}, false, false, knowledge.Help, "988", false, 0, ""},
		{"HELP that the carrier answered", handlers.Text{Body: "HELP", OptOut: "HELP"}, false, false, knowledge.Help, "", false, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			if c.was {
				f.store.Put(f.from, handlers.Effects{Consent: &handlers.Consent{Out: true}})
			}
			if c.visit {
				f.visits(24)
			}
			before := len(f.store.Consents(f.from))
			r := f.send(t, c.text)
			says := strings.Join(r.Bodies, "|")
			if r.Kind != c.kind || (says == "") != (c.says == "") || !strings.Contains(says, c.says) {
				t.Errorf("%s %q, want %s %q", r.Kind, says, c.kind, c.says)
			}
			all := f.store.Consents(f.from)
			if f.state(t).Consent.Out != c.out || len(all)-before != c.entries {
				t.Errorf("consent %+v", all)
			}
			if c.entries > 0 && (all[before].Words != c.text.Body || all[before].At.IsZero()) {
				t.Errorf("the ledger says %+v: want the words and the time", all[before])
			}
			if !strings.HasSuffix(f.told(), c.told) || (f.told() == "") != (c.told == "") {
				t.Errorf("the desk was told %q", f.told())
			}
			if c.visit && f.state(t).Visits[0].State != handlers.Booked {
				t.Errorf("the visit is %s", f.state(t).Visits[0].State)
			}
		})
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

func TestHandOff(t *testing.T) {
	for _, c := range []struct {
		name, now string
		texts     []string
		want      []string // a part of each reply
	}{
		{"open", openHours, []string{"can i talk to a person"}, []string{"usually within 60 minutes"}},
		{"again while it waits", openHours, []string{"can i talk to a person", "i want a human"}, []string{"within 60 minutes", "passed that on too"}},
		{"shut", "2026-12-04 22:00", []string{"can i talk to a person"}, []string{"once we open: Mon Dec 7 at 9:00 AM"}},
		{"on a holiday", "2026-12-25 11:00", []string{"quiero hablar con una persona"}, []string{"cuando abramos: lun 28 dic a las 9:00 AM"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, c.now)
			for i, body := range c.texts {
				r := f.text(t, body)
				if r.Kind != knowledge.Handoff || len(r.Bodies) != 1 {
					t.Fatalf("%q: %+v", body, r)
				}
				has(t, body, r.Bodies[0], c.want[i])
				if strings.Contains(r.Bodies[0], "{{") {
					t.Errorf("half filled: %q", r.Bodies[0])
				}
			}
			if n := len(f.state(t).Cases); n != 1 {
				t.Errorf("%d cases", n)
			}
		})
	}
}

func TestHoursAreSaidOnceAConversation(t *testing.T) {
	f := newFront(t, "2026-12-04 22:00")
	f.text(t, "can i talk to a person")
	for _, c := range f.state(t).Cases { // staff close it at once
		c.Open = false
		f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{c}})
	}
	if r := f.text(t, "i want a human"); strings.Contains(r.Bodies[0], "Our hours") {
		t.Errorf("the hours again: %q", r.Bodies[0])
	}
}

func TestEntries(t *testing.T) {
	for _, c := range []struct {
		name, entry string
		live, visit bool
		kind, says  string
		note, told  bool
	}{
		{"reviewed", "reviewed", true, false, knowledge.Answer, "Green.", false, false},
		{"unread, in the sandbox", "unread", false, false, knowledge.Answer, "Blue.", true, false},
		{"unread, live", "unread", true, false, knowledge.Handoff, "a person will answer", true, true},
		{"overdue, live", "overdue", true, false, knowledge.Handoff, "a person will answer", true, true},
		{"looked up", "visit_when", true, true, knowledge.Answer, "You come Wed Dec 2 at 10:00 AM.", false, false},
		{"looked up, but there is none", "visit_when", true, false, knowledge.Handoff, "can't find a visit", false, true},
		{"holding", "holding", true, false, knowledge.Answer, "Keep taking them. A person will get back to you usually within 60 minutes.", false, true},
		{"can't be filled", "broken", true, false, knowledge.Handoff, "a person will answer", false, true},
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
	if r := f.send(t, handlers.Text{Media: 1}); r.Kind != knowledge.Handoff || !strings.Contains(r.Bodies[0], "can't see pictures") {
		t.Errorf("a picture: %+v", r)
	}
	has(t, "desk", f.told(), "Sent a picture.")
	g := newFront(t, openHours)
	for _, body := range []string{"", "  ", "thanks", "👍"} {
		if r := g.text(t, body); r.Kind != knowledge.Courtesy || len(r.Bodies) != 0 {
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
	if err != nil || r.Kind != knowledge.Crisis || r.Also == nil {
		t.Errorf("%+v %v", r, err)
	}
	if f.told() != "" || len(f.desk.Lines()) != 0 {
		t.Error("somebody was told")
	}
}

func TestClinical(t *testing.T) {
	f := newFront(t, openHours)
	r := f.text(t, "ive had a headache since the session, is it normal to feel dizzy")
	if r.Kind != knowledge.Clinical {
		t.Skipf("the screen takes it for %s", r.Kind)
	}
	has(t, "words", r.Bodies[0], "A nurse needs to see this", "within 60 minutes", "911")
	has(t, "desk", f.told(), "desk clinical For a nurse, today.")
}
