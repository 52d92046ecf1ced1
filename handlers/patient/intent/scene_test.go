package intent_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
)

const faq = `
- {id: roof, asks: {en: [is the roof green]}, answer: {en: "Green."}}
- {id: door, asks: {en: [is the door red]}, answer: {en: "Red."}}
`

var base = sync.OnceValues(func() (*knowledge.Base, error) {
	return knowledge.Load(handlerstest.FAQ(faq))
})

// scene is a text and all that it is read from: Tuesday, December 1, at 10 in the morning.
type scene struct {
	intent.Input
	t *testing.T
}

func newScene(t *testing.T, text string) *scene {
	t.Helper()
	b, err := base()
	if err != nil {
		t.Fatal(err)
	}
	now := handlerstest.At(t, "2026-12-01 10:00")
	from := handlerstest.Phone(t, "0101")
	return &scene{t: t, Input: intent.Input{
		Base: b, Now: now, Words: b.Read(text, nil), State: handlers.State{Phone: from},
		Text: handlers.Text{ID: "SM1", From: from, Body: text, At: now},
	}}
}

// visit books the next visit, so many hours from now: v1, v2 …
func (s *scene) visit(hours float64) *handlers.Visit {
	s.State.Visits = append(s.State.Visits, handlers.Visit{
		ID: "v" + string(rune('1'+len(s.State.Visits))), Phone: s.State.Phone, Type: "consult",
		Start: s.in(hours), State: handlers.Booked,
	})
	return &s.State.Visits[len(s.State.Visits)-1]
}

// asked has a reminder ask about a visit, an hour ago.
func (s *scene) asked(v *handlers.Visit) {
	s.Rows = append(s.Rows, handlers.Record{
		Outgoing: handlers.Outgoing{
			ID: v.ID + ":confirm", Kind: "confirm", Visit: v.ID, Start: v.Start,
		},
		History: []handlers.Moved{{State: handlers.Sent, At: s.in(-1)}},
	})
}

// offer offers the next slot, in two days, since half an hour, until so many hours from now: s1,
// s2 …
func (s *scene) offer(state string, hours float64) {
	s.State.Offers = append(s.State.Offers, handlers.Slot{
		ID: "s" + string(rune('1'+len(s.State.Offers))), Type: "consult", Start: s.in(48),
		State: handlers.SlotOpen, Offers: []handlers.Offer{{
			To: s.State.Phone, At: s.in(-.5), Until: s.in(hours), State: state, Lang: "es",
		}},
	})
}

func (s *scene) choices(choices ...string) {
	s.State.Conversation.Choices, s.State.Conversation.At = choices, s.in(-.1)
}

func (s *scene) open(channel, kind string) {
	s.State.Cases = append(s.State.Cases, handlers.Case{
		ID: kind, Channel: channel, Kind: kind, Open: true, At: s.in(-1),
	})
}

// fetched has the text come from the carrier's list, written so many hours ago.
func (s *scene) fetched(ago float64) { s.Text.Fetched, s.Text.At = true, s.in(-ago) }

func (s *scene) in(hours float64) time.Time {
	return s.Now.Add(time.Duration(hours * float64(time.Hour)))
}

func ids(i intent.Intent) string {
	var out []string
	for _, v := range i.Visits {
		out = append(out, v.ID)
	}
	for _, v := range i.RideHome.Visits {
		out = append(out, v.ID)
	}
	for _, s := range i.Slots {
		out = append(out, s.ID)
	}
	return strings.Join(out, " ")
}

func talksWithAPerson(s *scene) { s.State.Conversation.Taken = s.in(1) }
