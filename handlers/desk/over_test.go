package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// matters are the open cases of a number: one of each kind, all about the visit "v".
func matters() []handlers.Case {
	one := func(id, matter, kind string) handlers.Case {
		return handlers.Case{
			ID: id, Channel: handlers.DeskChannel, Matter: matter, Kind: kind, Open: true, Visit: "v",
		}
	}
	alarm := one("alarm", "", kinds.Crisis)
	alarm.Channel = handlers.UrgentChannel
	other := one("other", "ride:w", kinds.Ride)
	other.Visit = "w"
	return []handlers.Case{
		one("talk", "", kinds.Reschedule), one("ride", "ride:v", kinds.Ride),
		one("prepare", "prepare:v", kinds.Unprepared), alarm, other,
	}
}

// What comes to the desk joins the open card of its own matter alone.
func TestEachMatterHasACard(t *testing.T) {
	now := handlerstest.At(t, "2026-12-01 10:00")
	person := handlers.Conversation{Case: "ride", Taken: now.Add(time.Hour)}
	for _, c := range []struct {
		name   string
		matter string
		lacks  string // the open case that isn't there
		talk   handlers.Conversation
		in     string
	}{
		{name: "a question in the conversation", in: "talk"},
		{name: "a task that is open", matter: "ride:v", in: "ride"},
		{name: "a task of another visit", matter: "ride:x", in: "new"},
		{name: "the first question", lacks: "talk", in: "new"},
		{
			name: "an answer to who wrote to them in a task's thread", lacks: "talk",
			talk: person, in: "ride",
		},
		{
			name: "one long after that", lacks: "talk", in: "new",
			talk: handlers.Conversation{Case: "ride", Taken: now.Add(-time.Minute)},
		},
		{name: "a task, while they talk in another's thread", matter: "prepare:x", talk: person, in: "new"},
		{name: "the conversation comes first", talk: person, in: "talk"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := handlers.State{Conversation: c.talk, Cases: slices.DeleteFunc(
				matters(), func(k handlers.Case) bool { return k.ID == c.lacks },
			)}
			e := desk.OpenCase(s, handlers.Case{
				ID: "new", Channel: handlers.DeskChannel, Matter: c.matter, Kind: "other",
				Title: "Asks.", At: now, Open: true,
			})
			if len(e.Cases) != 1 || e.Cases[0].ID != c.in {
				t.Fatalf("%+v, want it in %q", e.Cases, c.in)
			}
			if k := e.Cases[0]; c.in != "new" &&
				(len(k.Joined) != 1 || k.Joined[0].Title != "Asks." || k.More != 1) {
				t.Errorf("its card doesn't show what joined: %+v", k)
			}
		})
	}
}

// What joins a case that ends with a visit, and is about no visit, doesn't end with it.
func TestACaseLastsAsLongAsWhatJoinsIt(t *testing.T) {
	now := handlerstest.At(t, "2026-12-01 10:00")
	late := handlers.Case{
		ID: "late", Channel: handlers.DeskChannel, Kind: kinds.Late, Title: "Late.", Open: true,
		At: now, Visit: "v", Until: now.Add(time.Hour),
	}
	question := handlers.Case{
		ID: "q", Channel: handlers.DeskChannel, Kind: kinds.Handoff, Title: "Asks.", Open: true, At: now,
	}
	for _, c := range []struct {
		name  string
		first handlers.Case
		then  handlers.Case
		until time.Time
		visit string
	}{
		{name: "late, then a question", first: late, then: question},
		{name: "a question, then late", first: question, then: late},
		{name: "late twice", first: late, then: late, until: late.Until, visit: "v"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.then.Title += " Again."
			c.then.Text = ""
			e := desk.OpenCase(handlers.State{Cases: []handlers.Case{c.first}}, c.then)
			if got := e.Cases[0]; !got.Until.Equal(c.until) || got.Visit != c.visit {
				t.Errorf("until %v, visit %q", got.Until, got.Visit)
			}
		})
	}
}

// With its visit a task is over, whatever ended the visit, but nothing of danger is.
func TestCasesEndWithTheirVisit(t *testing.T) {
	now := handlerstest.At(t, "2026-12-01 10:00")
	for _, c := range []struct {
		name string
		end  desk.End
		talk handlers.Conversation
		want string // the cases that are closed
	}{
		{name: "it moved", want: "talk ride prepare"},
		{name: "it is off", end: desk.End{Gone: true}, want: "ride prepare"},
		{name: "they are there", end: desk.End{Came: true}, want: "talk prepare"},
		{name: "they can't come", end: desk.End{Gone: true, Tasks: true}, want: "ride prepare"},
		{
			name: "a person talks with them", want: "ride prepare",
			talk: handlers.Conversation{Taken: now.Add(time.Hour)},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.end.Visit, c.end.Why, c.end.At = "v", "the visit moved", now
			e := desk.Over(handlers.State{Cases: matters(), Conversation: c.talk}, c.end)
			var got []string
			for _, k := range e.Cases {
				if k.Open {
					t.Errorf("%s is open", k.ID)
				}
				got = append(got, k.ID)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("closed %q, want %q", got, c.want)
			}
			notes := 0
			for _, p := range e.Posts {
				if p.Do == desk.PostNote && p.Text == "Closed: the visit moved." && p.Ping == "" {
					notes++
				}
			}
			if notes != len(got) {
				t.Errorf("%d notes say why", notes)
			}
		})
	}
}
