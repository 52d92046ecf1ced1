package desk_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// Each case has the buttons for what can be done with it now, and no other.
func TestActions(t *testing.T) {
	const urgent, ordinary = handlers.UrgentChannel, handlers.DeskChannel
	p, asked := handlerstest.Phone(t, "0101"), time.Unix(1, 0)
	for name, c := range map[string]struct {
		c    handlers.Case
		want string
	}{
		"closed":   {},
		"nobody's": {c: handlers.Case{Open: true}, want: "take done snooze"},
		"taken":    {c: handlers.Case{Open: true, TakenBy: "U1"}, want: "hand_back done snooze"},
		"a task":   {c: handlers.Case{Open: true, Matter: "ride:v"}, want: "take done snooze"},
		"a task, taken": {
			c: handlers.Case{Open: true, Matter: "ride:v", TakenBy: "U1"}, want: "done snooze",
		},
		"asked for an earlier time": {
			c: handlers.Case{Open: true, Wish: true}, want: "take waitlist done snooze",
		},
		"the same, taken": {
			c:    handlers.Case{Open: true, Wish: true, TakenBy: "U1"},
			want: "hand_back waitlist done snooze",
		},
		"an alarm": {c: handlers.Case{Open: true, Channel: urgent}, want: "take"},
		"an alarm, taken": {
			c: handlers.Case{Open: true, Channel: urgent, TakenBy: "U1"}, want: "clear",
		},
		"an alarm, cleared": {c: handlers.Case{Channel: urgent, TakenBy: "U1"}},
		"a concern": {
			c: handlers.Case{Open: true, Channel: urgent, Kind: kinds.Concern}, want: "read danger",
		},
		"a text that failed": {
			c: handlers.Case{Open: true, Channel: ordinary, Row: "r"}, want: "retry done",
		},
		"a slot":       {c: handlers.Case{Open: true, Kind: kinds.Slot}, want: "stop"},
		"a taken slot": {c: handlers.Case{Open: true, Kind: kinds.SlotTaken}, want: "done"},
		"a slot over":  {c: handlers.Case{Open: true, Kind: kinds.SlotOver}, want: "done"},
		"an outage":    {c: handlers.Case{Open: true, Kind: kinds.Outage}, want: "done"},
		"a patient's": {
			c: handlers.Case{Open: true, Phone: p, Text: "hi"}, want: "take done snooze call number words",
		},
		"a patient's alarm": {
			c: handlers.Case{Open: true, Phone: p, Channel: urgent}, want: "call take number",
		},
		"a patient's, closed": {c: handlers.Case{Phone: p, Text: "hi"}},
		"answered, closed": {
			c:    handlers.Case{Channel: ordinary, Kind: kinds.Handoff, TakenBy: "U1", Since: asked},
			want: "propose",
		},
		"answered, handed back": {
			c: handlers.Case{Channel: ordinary, Kind: kinds.Handoff}, want: "propose",
		},
		"closed without an answer": {
			c: handlers.Case{Channel: ordinary, Kind: kinds.Handoff, Since: asked},
		},
		"a proposal":          {c: handlers.Case{Open: true, Kind: kinds.Proposal}, want: "review"},
		"a proposal, settled": {c: handlers.Case{Kind: kinds.Proposal}, want: "review"},
	} {
		var ids []string
		for _, a := range desk.Actions(c.c) {
			ids = append(ids, a.ID)
			if a.Text == "" {
				t.Errorf("%s: %s has no words", name, a.ID)
			}
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A matter that pages joins an open case: it pings, and the case pages at the sooner of the two
// times. A case that pages already isn't put off by it.
func TestAMatterThatPagesJoins(t *testing.T) {
	p := handlerstest.Phone(t, "0101")
	now := handlerstest.At(t, "2026-12-01 10:00")
	soon, later := now.Add(time.Hour), now.Add(2*time.Hour)
	for _, c := range []struct {
		name   string
		pages  time.Time // when the open case does; zero is never
		sooner bool
	}{
		{name: "the case doesn't page", sooner: true},
		{name: "the case pages later", pages: later, sooner: true},
		{name: "the case pages at the same time", pages: soon},
		{name: "the case pages sooner", pages: now.Add(time.Minute)},
	} {
		t.Run(c.name, func(t *testing.T) {
			open := handlers.Case{
				ID: "old", Channel: handlers.DeskChannel, Kind: kinds.Handoff, Open: true,
				Page: c.pages, Phone: p, Since: now.Add(-time.Minute),
			}
			s := handlers.State{Phone: p, Cases: []handlers.Case{open}}
			got := desk.OpenCase(s, handlers.Case{
				ID: "new", Channel: handlers.DeskChannel, Kind: kinds.Clinical, Open: true,
				Title: "For a nurse.", Text: "Can I eat?", At: now, Page: soon,
			})
			posts := []handlers.Post{
				{
					ID: "new:bot", Case: "old", Do: desk.PostNote, From: "bot",
					Text: "For a nurse.", Ping: "here", Due: now,
				},
				{
					ID: "new:patient", Case: "old", Do: desk.PostNote, From: "patient",
					Text: "Can I eat?", Words: true, Due: now,
				},
			}
			open.More = 1
			open.Joined = []handlers.Request{{Title: "For a nurse.", At: now}}
			if c.sooner {
				open.Page, open.Kind = soon, kinds.Clinical
				posts = append(posts, handlers.Post{
					ID: "new:page", Case: "old", Do: desk.PostPage, Due: soon,
				})
			}
			posts = append(posts, handlers.Post{
				ID: "new:card", Case: "old", Do: desk.PostCard, Due: now.Add(time.Millisecond),
			})
			want := handlers.Effects{Cases: []handlers.Case{open}, Posts: posts}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%+v\nwant %+v", got, want)
			}
		})
	}
}

// The line that tells of an outage's fetched texts counts each once, from the first to the last
// of them, in whatever order they were fetched.
func TestCaughtCounts(t *testing.T) {
	at := handlerstest.At(t, "2026-12-01 10:00")
	var c desk.Caught
	for i, what := range []string{
		desk.CaughtAnswered, desk.CaughtDanger, desk.CaughtPerson, desk.CaughtDone, "else",
		desk.CaughtAnswered,
	} {
		c.Add(what, at.Add([]time.Duration{3, 1, 5, 2, 4, 3}[i]*time.Minute))
	}
	want := desk.Caught{
		Since: at.Add(time.Minute), Until: at.Add(5 * time.Minute),
		Danger: 1, Answered: 2, Person: 1, Done: 2,
	}
	if c != want || c.Fetched() != 6 {
		t.Errorf("%+v, want %+v", c, want)
	}
}
