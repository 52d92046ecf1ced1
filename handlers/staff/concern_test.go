package staff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// concerns are presses of a concern's buttons.
var concerns = []struct {
	name    string
	kind    string // of the case when the button is pressed
	replied bool   // somebody wrote in its thread before
	action  string
	open    bool
	after   string // the kind of the case then
	takenBy string
	person  bool
	posts   string
	ping    string
	pages   bool
}{
	{
		name: "read", kind: kinds.Concern, action: desk.ActionRead, after: kinds.Concern,
		takenBy: "U2", posts: "card u; note u U2 has read this.",
	},
	{
		name: "read, after they talked", kind: kinds.Concern, replied: true,
		action: desk.ActionRead, after: kinds.Concern, takenBy: "U2",
		posts: "card u; note u U2 has read this.",
	},
	{
		name: "danger", kind: kinds.Concern, action: desk.ActionDanger, open: true,
		after: kinds.Crisis, posts: "note u U2 says that this is danger.; card u",
		ping: "channel", pages: true,
	},
	{
		name: "danger, after they talked", kind: kinds.Concern, replied: true,
		action: desk.ActionDanger, open: true, after: kinds.Crisis, person: true,
		posts: "note u U2 says that this is danger.; card u", ping: "channel", pages: true,
	},
	{
		name: "read, on the old card of an alarm", kind: kinds.Crisis, action: desk.ActionRead,
		open: true, after: kinds.Crisis,
	},
	{
		name: "danger, on the old card of an alarm", kind: kinds.Crisis,
		action: desk.ActionDanger, open: true, after: kinds.Crisis,
	},
}

func TestWhoReadsAConcern(t *testing.T) {
	for _, c := range concerns {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{{
				ID: "u", Channel: handlers.UrgentChannel, Phone: o.patient, Kind: c.kind,
				Open: true, At: o.clock.Now(),
			}}})
			o.store.Thread("u", "T-u")
			if c.replied {
				if err := o.Reply(t.Context(), handlers.ThreadReply{
					ID: "M1", Thread: "T-u", User: "U1", Text: "how are you?",
				}); err != nil {
					t.Fatal(err)
				}
			}
			before := o.posts()
			o.clock.Add(time.Minute)
			for range 2 { // Slack tells it again
				if _, err := o.Press(t.Context(), handlers.Press{
					ID: "P1", Thread: "T-u", Action: c.action, User: "U2",
				}); err != nil {
					t.Fatal(err)
				}
			}
			k, _, _ := o.store.Case(t.Context(), "u")
			if k.Open != c.open || k.Kind != c.after || k.TakenBy != c.takenBy ||
				o.state(t).Conversation.Person(o.clock.Now()) != c.person {
				t.Errorf("%+v, person %v", k, o.state(t).Conversation)
			}
			got := strings.TrimPrefix(strings.TrimPrefix(o.posts(), before), "; ")
			if got != c.posts {
				t.Errorf("posts %q, want %q", got, c.posts)
			}
			ping, pages := "", false
			for _, p := range o.store.Queue() {
				ping += p.Ping
				pages = pages || p.Do == desk.PostPage && p.Case == "u"
			}
			if ping != c.ping || pages != c.pages ||
				c.pages && (o.state(t).Urgent() == nil || !k.Began().Equal(o.clock.Now())) {
				t.Errorf("pings %q, pages %v; %+v", ping, pages, k)
			}
		})
	}
}
