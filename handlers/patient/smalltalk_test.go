package patient_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// owed is the title of a case that waits for a person's answer.
const owed = "Asks what the bot has no sure answer to."

// talkRow is what a patient texts who neither asks nor changes anything.
type talkRow struct {
	name  string
	texts []string
	kind  string // of the last reply
	says  string // the beginning of its only body; "" is silence
	told  string // all that the desk was told
	open  int    // cases that wait
}

// check sends the texts and looks at the last reply, at all that the desk was told, and at whether
// a person has to do something.
func (c talkRow) check(t *testing.T) {
	f := newFront(t, openHours)
	var r handlers.Reply
	for _, body := range c.texts {
		f.clock.Add(time.Minute)
		r = f.text(t, body)
	}
	says := strings.Join(r.Bodies, "|")
	if r.Kind != c.kind || (says == "") != (c.says == "") || len(r.Bodies) > 1 ||
		!strings.HasPrefix(says, c.says) {
		t.Errorf("%s %q, want %s %q", r.Kind, says, c.kind, c.says)
	}
	if got, open := f.told(), f.open(t); got != c.told || open != c.open {
		t.Errorf("the desk is told %q, %d cases; want %q, %d", got, open, c.told, c.open)
	}
}

func TestSmallTalk(t *testing.T) {
	for _, c := range []talkRow{
		{
			name: "a greeting", texts: []string{"hello"}, kind: kinds.Courtesy,
			says: "Hi, this is the automated desk of Beacon Clinic.",
		},
		{
			name: "a greeting that asks", texts: []string{"hello?"}, kind: kinds.Handoff,
			says: "A person will get back to you usually within 60 minutes.",
			told: "desk handoff Asks for a person.", open: 1,
		},
		{
			name: "is anyone there, while a person is owed", kind: kinds.Handoff,
			texts: []string{"did you find my umbrella", "anyone there"},
			says:  "Your message is with our team, and a person will answer you here",
			told: "desk handoff " + owed + "; note patient anyone there; note bot Your message is with " +
				"our team, and a person will answer you here usually within 60 minutes. " +
				"If it can't wait, call 212-555-0100.",
			open: 1,
		},
		{
			name: "is anyone there, and nobody is owed", texts: []string{"anyone there"},
			kind: kinds.Handoff, says: "A person will get back to you",
			told: "desk handoff Asks for a person.", open: 1,
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestTheLastAnswerAgain(t *testing.T) {
	for _, c := range []talkRow{
		{
			name: "the last answer again", texts: []string{"is the roof green", "repeat that"},
			kind: kinds.Answer, says: "Green.",
		},
		{
			name: "again, and nothing was answered", texts: []string{"repeat that"},
			kind: kinds.Handoff, says: "I don't have a sure answer", told: "desk handoff " + owed,
			open: 1,
		},
		{
			name: "who doesn't understand us", texts: []string{"huh"}, kind: kinds.Handoff,
			says: "Sorry that wasn't clear. A person will explain it to you here",
			told: "desk handoff Doesn't understand what the bot wrote.", open: 1,
		},
		{
			name: "who doesn't understand an answer", texts: []string{"is the roof green", "huh"},
			kind: kinds.Handoff, says: "Sorry that wasn't clear.",
			told: "desk handoff Doesn't understand the answer about reviewed.", open: 1,
		},
	} {
		t.Run(c.name, c.check)
	}
}

func TestGladAndAngry(t *testing.T) {
	for _, c := range []talkRow{
		{
			name: "who is better", texts: []string{"this treatment saved my life"},
			kind: kinds.Courtesy, says: "Thank you for telling us.",
			told: "desk courtesy Writes that they are better, or grateful.",
		},
		{
			name: "who is better, and has lost somebody", kind: kinds.Courtesy,
			texts: []string{"i lost my dad. this treatment saved my life"},
			says: "Thank you for telling us. We're glad to hear it, and we'll pass it on. " +
				"If it's ever about you: call or text 988, day or night.",
			told: "desk courtesy Writes that they are better, or grateful.",
		},
		{
			name: "a complaint", texts: []string{"this is unacceptable"}, kind: kinds.Handoff,
			says: "I'm sorry about that. A person will read this",
			told: "desk handoff Complains.", open: 1,
		},
		{
			name: "what asks nothing", texts: []string{"just got home from the beach"},
			kind: kinds.Courtesy, told: "desk courtesy Writes, and asks nothing.",
		},
	} {
		t.Run(c.name, c.check)
	}
}

// An answer is sent again only as long as it may be sent, and is a follow-up only for a while.
func TestTheLastAnswerIsForgotten(t *testing.T) {
	for _, c := range []struct {
		name  string
		entry string
		after time.Duration
		live  bool // from then on
		kind  string
	}{
		{name: "at once", entry: "reviewed", after: time.Minute, kind: kinds.Answer},
		{
			name: "a quarter of an hour", entry: "reviewed", after: 15 * time.Minute,
			kind: kinds.Answer,
		},
		{
			name: "later", entry: "reviewed", after: 15*time.Minute + time.Second,
			kind: kinds.Handoff,
		},
		{
			name: "its review is missing, in the sandbox", entry: "unread", after: time.Minute,
			kind: kinds.Answer,
		},
		{
			name: "its review is missing, live", entry: "unread", after: time.Minute, live: true,
			kind: kinds.Handoff,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.offer(c.entry)
			if r := f.text(t, "1"); r.Entry != c.entry || r.Kind != kinds.Answer {
				t.Fatalf("%+v", r)
			}
			f.clock.Add(c.after)
			f.Live = c.live
			if r := f.text(t, "repeat that"); r.Kind != c.kind {
				t.Errorf("%+v, want %s", r, c.kind)
			}
		})
	}
}

// BASIC and DETAIL change how much reminders say, and nothing else of the consent.
func TestHowMuchRemindersSay(t *testing.T) {
	for _, c := range []struct {
		name  string
		texts []string
		says  string // the beginning of the last reply; "" is silence
		basic bool
		out   bool
	}{
		{
			name: "less", texts: []string{"BASIC"}, says: "Done. Reminders will say only",
			basic: true,
		},
		{name: "and more again", texts: []string{"BASIC", "DETAIL"}, says: "Done. You'll get full"},
		{name: "kept by an opt-out", texts: []string{"BASIC", "STOP"}, basic: true, out: true},
		{
			name: "kept by an opt-in", texts: []string{"BASIC", "STOP", "START"}, basic: true,
			says: "You'll get our texts again.",
		},
		{
			name: "kept by an opt-out beside danger", basic: true, out: true,
			texts: []string{"BASIC", "I want to die. stop texting me"}, says: "I'm sorry it hurts",
		},
		{
			name: "who opted out gets no more texts", texts: []string{"STOP", "BASIC"}, basic: true,
			out: true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			var r handlers.Reply
			for _, body := range c.texts {
				f.clock.Add(time.Minute)
				r = f.text(t, body)
			}
			says := strings.Join(r.Bodies, "|")
			if (says == "") != (c.says == "") || !strings.HasPrefix(says, c.says) {
				t.Errorf("says %q, want %q", says, c.says)
			}
			got, last := f.state(t).Consent, c.texts[len(c.texts)-1]
			if got.Basic != c.basic || got.Out != c.out || got.Words != last ||
				!got.At.Equal(f.clock.Now()) {
				t.Errorf("consent %+v", got)
			}
		})
	}
}
