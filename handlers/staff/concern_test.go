package staff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

func TestWhoReadsAConcern(t *testing.T) {
	for _, c := range []struct {
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
		{"read", kinds.Concern, false, desk.ActionRead, false, kinds.Concern, "U2", false, "card u; note u U2 has read this.", "", false},
		{"read, after they talked", kinds.Concern, true, desk.ActionRead, false, kinds.Concern, "U2", false, "card u; note u U2 has read this.", "", false},
		{"danger", kinds.Concern, false, desk.ActionDanger, true, kinds.Crisis, "", false, "note u U2 says that this is danger.; card u", "channel", true},
		{"danger, after they talked", kinds.Concern, true, desk.ActionDanger, true, kinds.Crisis, "", true, "note u U2 says that this is danger.; card u", "channel", true},
		{"read, on the old card of an alarm", kinds.Crisis, false, desk.ActionRead, true, kinds.Crisis, "", false, "", "", false},
		{"danger, on the old card of an alarm", kinds.Crisis, false, desk.ActionDanger, true, kinds.Crisis, "", false, "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{{ID: "u", Channel: handlers.UrgentChannel, Phone: o.patient, Kind: c.kind, Open: true, At: o.clock.Now()}}})
			o.store.Thread("u", "T-u")
			if c.replied {
				if err := o.Reply(t.Context(), handlers.ThreadReply{ID: "M1", Thread: "T-u", User: "U1", Text: "how are you?"}); err != nil {
					t.Fatal(err)
				}
			}
			before := o.posts()
			o.clock.Add(time.Minute)
			for range 2 { // Slack tells it again
				if err := o.Press(t.Context(), handlers.Press{ID: "P1", Thread: "T-u", Action: c.action, User: "U2"}); err != nil {
					t.Fatal(err)
				}
			}
			k, _, _ := o.store.Case(t.Context(), "u")
			if k.Open != c.open || k.Kind != c.after || k.TakenBy != c.takenBy || o.state(t).Conversation.Person(o.clock.Now()) != c.person {
				t.Errorf("%+v, person %v", k, o.state(t).Conversation)
			}
			if got := strings.TrimPrefix(strings.TrimPrefix(o.posts(), before), "; "); got != c.posts {
				t.Errorf("posts %q, want %q", got, c.posts)
			}
			ping, pages := "", false
			for _, p := range o.store.Queue() {
				ping += p.Ping
				pages = pages || p.Do == desk.PostPage && p.Case == "u"
			}
			if ping != c.ping || pages != c.pages || c.pages && (o.state(t).Urgent() == nil || !k.Began().Equal(o.clock.Now())) {
				t.Errorf("pings %q, pages %v; %+v", ping, pages, k)
			}
		})
	}
}
