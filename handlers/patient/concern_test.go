package patient_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// worry is a text that the rules of concern name, and that asks nothing.
const worry = "im worried about my husband"

// line is what the answer to a concern holds besides.
const line = "call or text 988"

func TestAConcernIsAnsweredAndRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		visit      bool
		also, says string
	}{
		{name: "a person", text: worry, says: "a person will answer"},
		{name: "a person, in Spanish", text: "me preocupa mi hija", says: "988, de dia o de noche"},
		{
			name: "a visit is given up", text: "i cant make it tomorrow. " + worry, visit: true,
			also: kinds.Decline, says: "A person will write",
		},
		{
			name: "a nurse", text: "my son wont get out of bed", also: kinds.Clinical,
			says: "A nurse needs to see this",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			if c.visit {
				f.visits(24)
			}
			r := f.text(t, c.text)
			want, also := kinds.Concern, c.also
			if also == kinds.Clinical { // a nurse sees it first
				want, also = also, want
			}
			if r.Kind != want || strings.Join(r.Also, " ") != also {
				t.Fatalf("%+v", r)
			}
			has(t, "words", strings.Join(r.Bodies, " "), "988", c.says)
			has(t, "desk", f.told(), "urgent concern May be more than it seems: please read.")
			s := f.state(t)
			if s.Urgent() != nil || s.Concern() == nil || s.Concern().Text != c.text {
				t.Errorf("cases %+v", s.Cases)
			}
			for _, p := range f.store.Queue() {
				if p.Ping != "" || p.Do == desk.PostPage && strings.Contains(p.Case, "concern") {
					t.Errorf("it pings: %+v", p)
				}
			}
		})
	}
}

// Nothing is locked: what they write next is answered, and a visit is confirmed.
func TestAConcernLocksNothing(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.text(t, worry)
	f.clock.Add(time.Minute)
	r := f.text(t, "C")
	if r.Kind != kinds.Confirm || len(r.Bodies) != 1 || strings.Contains(r.Bodies[0], "988") {
		t.Errorf("%+v", r)
	}
	f.offer("reviewed")
	if r := f.text(t, "1"); r.Kind != kinds.Answer || r.Bodies[0] != "Green." {
		t.Errorf("%+v", r)
	}
	if v := f.state(t).Visits[0]; v.State != handlers.Confirmed {
		t.Errorf("the visit is %s", v.State)
	}
}

// urgent returns the urgent cards of the patient, as "kind +more".
func (f *front) urgent(t *testing.T) string {
	t.Helper()
	var out []string
	for _, c := range f.state(t).Cases {
		if c.Channel == handlers.UrgentChannel {
			out = append(out, fmt.Sprintf("%s +%d", c.Kind, c.More))
		}
	}
	return strings.Join(out, "; ")
}

func TestOneUrgentCardANumber(t *testing.T) {
	for _, c := range []struct {
		name, first, then, cards, told string
	}{
		{
			name: "a second concern joins the first", first: worry, then: "not doing well lately",
			cards: "concern +0", told: "note patient not doing well lately",
		},
		{
			name: "an alarm takes over a concern", first: worry, then: "i want to die",
			cards: "crisis +1",
			told:  "note bot May be in danger. Reach them now.| note patient i want to die",
		},
		{
			name: "a concern joins an alarm", first: "i want to die", then: worry,
			cards: "crisis +0", told: "note patient " + worry,
		},
		{
			name: "a concern to a nurse joins an alarm", first: "i want to die",
			then: "my son wont get out of bed", cards: "crisis +1",
			told: "note bot May be more than it seems",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.text(t, c.first)
			page := f.state(t).Cases[0].Page
			f.clock.Add(5 * time.Minute)
			f.text(t, c.then)
			if got := f.urgent(t); got != c.cards {
				t.Errorf("cards %q, want %q", got, c.cards)
			}
			has(t, "desk", f.told(), strings.Split(c.told, "| ")...)
			s := f.state(t)
			switch k := s.Urgent(); {
			case k == nil && !s.Concern().Page.Equal(page):
				t.Errorf("the time to read it was %v, is %v", page, s.Concern().Page)
			case k == nil || c.first != worry:
			case k.Title != "May be in danger. Reach them now.",
				!k.Began().Equal(f.clock.Now()), k.TakenBy != "":
				t.Errorf("%+v", k)
			}
		})
	}
}

func TestAConcernIsRefusedWhileTheStoreIsAway(t *testing.T) {
	f := newFront(t, openHours)
	f.store.Fail(errors.New("away"))
	r, err := f.Receive(t.Context(), handlers.Text{ID: "SM1", From: f.from, Body: worry})
	if err == nil || len(f.desk.Cases()) != 0 {
		t.Errorf("%+v: it must come again", r)
	}
}

// Who reads a concern may write in its thread: what the patient writes back comes there.
func TestAConcernThatAPersonTalksIn(t *testing.T) {
	f := newFront(t, openHours)
	f.text(t, worry)
	k := *f.state(t).Concern()
	k.TakenBy = "U1"
	f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{k}})
	f.personTalks(time.Hour)
	f.clock.Add(time.Minute)
	f.text(t, "he is asleep")
	has(t, "desk", f.told(), "note patient he is asleep")
	got := f.told()
	if n := len(f.state(t).Cases); n != 2 || strings.Contains(got, "Writes on") {
		// Only the question's case and the concern's are open.
		t.Errorf("the desk was told %q", got)
	}
	// The line goes out beside them: they may be away from the desk.
	r := f.text(t, "not doing well lately")
	if len(r.Bodies) != 1 || !strings.Contains(r.Bodies[0], line) {
		t.Errorf("%+v", r)
	}
}

// While an alarm stands the first text is answered, a burst once, and danger always.
func TestAnsweredOnceAnAlarmStands(t *testing.T) {
	const being, been = "is being told", "has been told"
	f := newFront(t, openHours)
	f.text(t, "i want to die")
	id := f.state(t).Cases[0].ID
	for _, c := range []struct {
		name  string
		after time.Duration
		first func()
		text  string
		says  string // "": nothing
	}{
		{name: "the first text", after: time.Second, text: "how much is it anyway", says: being},
		{name: "a burst", after: time.Second, text: "hello"},
		{
			name: "danger again", after: time.Second, text: "i want to die",
			says: "I'm sorry it hurts",
		},
		{
			name: "once the card is shown", after: 10 * time.Minute,
			first: func() { f.store.Thread(id, "T1") }, text: "are you there", says: been,
		},
		{name: "a burst again", after: 9 * time.Second, text: "hello"},
		{name: "minutes later", after: 9 * time.Minute, text: "hello?", says: been},
		{name: "later", after: time.Minute, text: "HELP", says: been},
		{
			name: "a person has just written", after: 10 * time.Minute,
			first: func() {
				talk := f.state(t).Conversation
				talk.Stood, talk.Taken = f.clock.Now(), f.clock.Now().Add(time.Minute)
				f.store.Put(f.from, handlers.Effects{Conversation: &talk})
			},
			text: "ok",
		},
		{
			name: "in Spanish", after: 10 * time.Minute, text: "quiero hablar con una persona",
			says: "ya avisamos",
		},
	} {
		f.clock.Add(c.after)
		if c.first != nil {
			c.first()
		}
		before := f.told()
		r := f.text(t, c.text)
		got := strings.Join(r.Bodies, " ")
		if (got == "") != (c.says == "") {
			t.Errorf("%s: %q", c.name, got)
		}
		if c.says != "" {
			has(t, c.name, got, c.says, "988", "911")
		}
		has(t, c.name, strings.TrimPrefix(f.told(), before), "note patient "+c.text)
	}
}

// The first text after another alarm is answered again.
func TestAnsweredOnceAnotherAlarmStands(t *testing.T) {
	const being = "is being told"
	f := newFront(t, openHours)
	f.text(t, "i want to die")
	f.clock.Add(time.Second)
	f.text(t, "how much is it anyway")
	cleared := *f.state(t).Urgent()
	cleared.Open = false
	f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{cleared}})
	f.clock.Add(time.Second)
	f.text(t, "i want to die")
	r := f.text(t, "are you there")
	if len(r.Bodies) != 1 || !strings.Contains(r.Bodies[0], being) {
		t.Errorf("%+v", r)
	}
}

func TestWordsThatFitWhoWrites(t *testing.T) {
	for _, c := range []struct{ text, kind, words, title string }{
		{
			text: "i want to die", kind: kinds.Crisis, words: "I'm sorry it hurts this much",
			title: "May be in danger. ",
		},
		{
			text: "my husband says he'll kill himself", kind: kinds.Crisis,
			words: "with them or for them", title: "Writes of somebody",
		},
		{
			text: "mi hijo dice que se quiere matar", kind: kinds.Crisis,
			words: "con esa persona o por ella", title: "Writes of somebody",
		},
		{
			text: "i took all my pills i want to die", kind: kinds.Crisis,
			words: "Call 911 now, for yourself or for them", title: "at this moment",
		},
		{
			text: "my wife took the whole bottle of ambien", kind: kinds.Crisis,
			words: "Call 911 now, for yourself or for them", title: "told to call 911",
		},
		{
			text: "my sister overdosed on tylenol", kind: kinds.Crisis,
			words: "Call 911 now, for yourself or for them", title: "told to call 911",
		},
		{
			text: "mi esposo se tomo todas las pastillas", kind: kinds.Crisis,
			words: "Llame ya al 911", title: "at this moment",
		},
		{
			text: "chest pain cant breathe", kind: kinds.Emergency, words: "Don't drive yourself",
			title: "Medical emergency",
		},
	} {
		t.Run(c.text, func(t *testing.T) {
			f := newFront(t, openHours)
			r := f.text(t, c.text)
			if r.Kind != c.kind || len(r.Bodies) != 1 {
				t.Fatalf("%+v", r)
			}
			has(t, "words", r.Bodies[0], c.words, "911", "212-555-0111", "utomat")
			has(t, "desk", f.told(), c.title)
			if n := knowledge.Length(r.Bodies[0]); n > 320 {
				t.Errorf("%d characters", n)
			}
		})
	}
}

// An opt-out beside a concern is recorded, and the card says CALL. The line with 988 is the last
// text that the patient gets.
func TestAConcernBesideConsent(t *testing.T) {
	f := newFront(t, openHours)
	r := f.text(t, "stop texting me. "+worry)
	out, also := f.state(t).Consent.Out, strings.Join(r.Also, " ")
	if r.Kind != kinds.Concern || also != kinds.OptOut || len(r.Bodies) != 1 || !out {
		t.Errorf("%+v, consent %+v", r, f.state(t).Consent)
	}
	if k := f.state(t).Concern(); k == nil || !k.OptOut {
		t.Errorf("the card doesn't say CALL: %+v", k)
	}
	if r := f.text(t, worry); len(r.Bodies) != 0 || r.Kind != kinds.Concern {
		t.Errorf("to who has opted out: %+v", r)
	}
}
