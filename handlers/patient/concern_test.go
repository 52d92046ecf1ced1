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

// worry is a text that the rules of concern name, and that no question is.
const worry = "im worried about my husband"

// line is what the answer to a concern holds besides.
const line = "call or text 988"

func TestAConcernIsAnsweredAndRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		visit      bool
		also, says string
	}{
		{"a person", worry, false, "", "a person will answer"},
		{"a person, in Spanish", "me preocupa mi hija", false, "", "988, de dia o de noche"},
		{"a visit is given up", "i cant make it tomorrow. " + worry, true, kinds.Decline, "A person will write"},
		{"a nurse", "my son wont get out of bed", false, kinds.Clinical, "A nurse needs to see this"},
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
	if r := f.text(t, "C"); r.Kind != kinds.Confirm || len(r.Bodies) != 1 || strings.Contains(r.Bodies[0], "988") {
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

// urgent are the urgent cards of the patient, as "kind +more".
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
		{"a second concern joins the first", worry, "not doing well lately", "concern +0", "note patient not doing well lately"},
		{"an alarm takes over a concern", worry, "i want to die", "crisis +1", "note bot May be in danger. Reach them now.| note patient i want to die"},
		{"a concern joins an alarm", "i want to die", worry, "crisis +0", "note patient " + worry},
		{"a concern to a nurse joins an alarm", "i want to die", "my son wont get out of bed", "crisis +1", "note bot May be more than it seems"},
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
			case k != nil && c.first == worry && (k.Title != "May be in danger. Reach them now." || !k.Began().Equal(f.clock.Now()) || k.TakenBy != ""):
				t.Errorf("%+v", k)
			}
		})
	}
}

func TestAConcernIsRefusedWhileTheStoreIsAway(t *testing.T) {
	f := newFront(t, openHours)
	f.store.Fail(errors.New("away"))
	if r, err := f.Receive(t.Context(), handlers.Text{ID: "SM1", From: f.from, Body: worry}); err == nil || len(f.desk.Cases()) != 0 {
		t.Errorf("%+v: it must come again", r)
	}
}

// Who reads a concern may write in its thread: what the patient writes back comes there.
func TestAConcernThatAPersonTalksIn(t *testing.T) {
	f := newFront(t, openHours)
	f.text(t, worry)
	k := *f.state(t).Concern()
	k.TakenBy = "U1"
	f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{k}, Conversation: &handlers.Conversation{Taken: f.clock.Now().Add(time.Hour), By: "U1"}})
	f.clock.Add(time.Minute)
	f.text(t, "he is asleep")
	has(t, "desk", f.told(), "note patient he is asleep")
	if got := f.told(); strings.Contains(got, "Writes on") || len(f.state(t).Cases) != 2 { // the question's and the concern's
		t.Errorf("the desk was told %q", got)
	}
	// The line goes out beside them: they may be away from the desk.
	if r := f.text(t, "not doing well lately"); len(r.Bodies) != 1 || !strings.Contains(r.Bodies[0], line) {
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
		{"the first text", time.Second, nil, "how much is it anyway", being},
		{"a burst", time.Second, nil, "hello", ""},
		{"danger again", time.Second, nil, "i want to die", "I'm sorry it hurts"},
		{"once the card is shown", 10 * time.Minute, func() { f.store.Thread(id, "T1") }, "are you there", been},
		{"a burst again", 9 * time.Second, nil, "hello", ""},
		{"minutes later", 9 * time.Minute, nil, "hello?", been},
		{"later", time.Minute, nil, "HELP", been},
		{"a person has just written", 10 * time.Minute, func() {
			talk := f.state(t).Conversation
			talk.Stood, talk.Taken = f.clock.Now(), f.clock.Now().Add(time.Minute)
			f.store.Put(f.from, handlers.Effects{Conversation: &talk})
		}, "ok", ""},
		{"in Spanish", 10 * time.Minute, nil, "quiero hablar con una persona", "ya avisamos"},
	} {
		f.clock.Add(c.after)
		if c.first != nil {
			c.first()
		}
		before := f.told()
		r := f.text(t, c.text)
		if got := strings.Join(r.Bodies, " "); (got == "") != (c.says == "") || !strings.Contains(got, c.says) || got != "" && (!strings.Contains(got, "988") || !strings.Contains(got, "911")) {
			t.Errorf("%s: %q", c.name, got)
		}
		has(t, c.name, strings.TrimPrefix(f.told(), before), "note patient "+c.text)
	}
	// Another alarm is another first text.
	cleared := *f.state(t).Urgent()
	cleared.Open = false
	f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{cleared}})
	f.clock.Add(time.Second)
	f.text(t, "i want to die")
	if r := f.text(t, "are you there"); len(r.Bodies) != 1 || !strings.Contains(r.Bodies[0], being) {
		t.Errorf("%+v", r)
	}
}

func TestWordsThatFitWhoWrites(t *testing.T) {
	for _, c := range []struct{ text, kind, words, title string }{
		{"i want to die", kinds.Crisis, "I'm sorry it hurts this much", "May be in danger. "},
		{"my husband says he'll kill himself", kinds.Crisis, "with them or for them", "Writes of somebody"},
		{"mi hijo dice que se quiere matar", kinds.Crisis, "con esa persona o por ella", "Writes of somebody"},
		{"i took all my pills i want to die", kinds.Crisis, "Call 911 now, for yourself or for them", "at this moment"},
		{"my wife took the whole bottle of ambien", kinds.Crisis, "Call 911 now, for yourself or for them", "told to call 911"},
		{"my sister overdosed on tylenol", kinds.Crisis, "Call 911 now, for yourself or for them", "told to call 911"},
		{"mi esposo se tomo todas las pastillas", kinds.Crisis, "Llame ya al 911", "at this moment"},
		{"chest pain cant breathe", kinds.Emergency, "Don't drive yourself", "Medical emergency"},
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

// Who has opted out and texts START is let in again, whatever else the text says; who opts out
// keeps the last word but for the line.
func TestAConcernBesideConsent(t *testing.T) {
	f := newFront(t, openHours)
	r := f.text(t, "stop texting me. "+worry)
	if r.Kind != kinds.Concern || len(r.Bodies) != 1 || !f.state(t).Consent.Out || strings.Join(r.Also, " ") != kinds.OptOut {
		t.Errorf("%+v, consent %+v", r, f.state(t).Consent)
	}
	if k := f.state(t).Concern(); k == nil || !k.OptOut {
		t.Errorf("the card doesn't say CALL: %+v", k)
	}
	if r := f.text(t, worry); len(r.Bodies) != 0 || r.Kind != kinds.Concern {
		t.Errorf("to who has opted out: %+v", r)
	}
}
