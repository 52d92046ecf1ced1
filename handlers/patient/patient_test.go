package patient_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

func TestSameTextTwice(t *testing.T) {
	f := newFront(t, openHours)
	x := handlers.Text{ID: "SM1", From: f.from, Body: "can i talk to a person"}
	first, err := f.Receive(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	posts := len(f.store.Queue())
	again, err := f.Receive(t.Context(), x)
	n := len(f.store.Queue())
	if err != nil || !slices.Equal(again.Bodies, first.Bodies) || n != posts {
		t.Errorf("%+v, first %+v, %d posts, first %d: %v", again, first, n, posts, err)
	}
}

func TestPersonHasTheConversation(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	f.text(t, "can i talk to a person")
	f.personTalks(4 * time.Hour)
	for _, body := range []string{
		"thanks for getting back", "what are your hours", "HELP", "hello",
	} {
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
	f.personTalks(time.Hour)
	f.text(t, "ok and where do i park")
	has(t, "desk", f.told(), "desk handoff Writes on")
}

func TestWhoAsksForAPersonGetsOne(t *testing.T) {
	for _, c := range []struct{ name, now, text, want string }{
		{
			name: "open", now: openHours, text: "can i talk to a person",
			want: "usually within 60 minutes",
		},
		{
			name: "shut", now: "2026-12-04 22:00", text: "can i talk to a person",
			want: "when we open Mon Dec 7 at 9:00 AM",
		},
		{
			name: "on a holiday", now: "2026-12-25 11:00", text: "quiero hablar con una persona",
			want: "cuando abramos: lun 28 dic a las 9:00 AM",
		},
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
	has(t, "open", f.ask(t), "a person will answer you here, usually within 60 minutes. "+
		"We're open Mon-Thu 9-6, Fri 9-5.")
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
		{name: "reviewed", entry: "reviewed", live: true, kind: kinds.Answer, says: "Green."},
		{
			name: "unread, in the sandbox", entry: "unread", kind: kinds.Answer, says: "Blue.",
			note: true,
		},
		{
			name: "unread, live", entry: "unread", live: true, kind: kinds.Handoff,
			says: "a person will answer", note: true, told: true,
		},
		{
			name: "overdue, live", entry: "overdue", live: true, kind: kinds.Handoff,
			says: "a person will answer", note: true, told: true,
		},
		{
			name: "looked up", entry: "visit_when", live: true, visit: true, kind: kinds.Answer,
			says: "You come Wed Dec 2 at 10:00 AM.",
		},
		{
			name: "looked up, but there is none", entry: "visit_when", live: true,
			kind: kinds.Handoff, says: "can't find a visit", told: true,
		},
		{
			name: "holding", entry: "holding", live: true, kind: kinds.Answer,
			says: "Keep taking them. You'll hear from us usually within 60 minutes.", told: true,
		},
		{
			name: "can't be filled", entry: "broken", live: true, kind: kinds.Handoff,
			says: "a person will answer", told: true,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.Live = c.live
			if c.visit {
				f.visits(24)
			}
			f.offer("reviewed", c.entry)
			r := f.text(t, "2")
			if r.Kind != c.kind || len(r.Bodies) != 1 || r.Entry != c.entry ||
				(r.Note != "") != c.note {
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
		{
			name: "as the text", text: "quiero hablar con una persona", talk: "en", visit: "en",
			want: "es",
		},
		{
			name: "as the text, other than the visit's", text: "can i talk to a person", talk: "es",
			visit: "es", want: "en",
		},
		{name: "too short: as the conversation", text: "C", talk: "es", visit: "en", want: "es"},
		{name: "too short: as the visit", text: "C", visit: "es", want: "es"},
		{name: "nothing known", text: "C", want: "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			f.visits(24)
			v := f.state(t).Visits[0]
			v.Lang = c.visit
			f.store.Put(f.from, handlers.Effects{
				Visits: []handlers.Visit{v}, Conversation: &handlers.Conversation{Lang: c.talk},
			})
			if r := f.text(t, c.text); r.Lang != c.want || f.state(t).Conversation.Lang != c.want {
				t.Errorf("%+v, want %s", r, c.want)
			}
		})
	}
}

func TestPictureAndSilence(t *testing.T) {
	f := newFront(t, openHours)
	r := f.send(t, handlers.Text{Media: 1})
	if r.Kind != kinds.Handoff || !strings.Contains(r.Bodies[0], "can't see pictures") {
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
