package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// door is a Texter with fakes around it and one patient, at ten in the morning of Dec 1.
type door struct {
	*gate.Texter
	clock   *handlerstest.Clock
	store   *handlerstest.Store
	carrier *handlerstest.Carrier
	to      handlers.Phone
	say     handlerstest.Wording
	words   string // of every reminder
	share   handlers.Share
	instead string // what staff are to say
	wait    time.Time
	why     string // of wait
}

func newDoor(t *testing.T) *door {
	t.Helper()
	b := handlerstest.Words(t)
	g := &door{
		clock: handlerstest.NewClock(t, "2026-12-01 10:00"), carrier: &handlerstest.Carrier{},
		to: handlerstest.Phone(t, "0101"), words: "See you soon.",
	}
	g.store = handlerstest.NewStore(g.clock.Now)
	g.Texter = &gate.Texter{
		Clinic: b.Clinic, Store: g.store, Ledger: g.store, Receipts: g.store, Wording: &g.say,
		Carrier: g.carrier, Now: g.clock.Now, Meter: handlerstest.Meter{},
		Place: handlerstest.PlaceOf, Log: handlerstest.Quiet(),
	}
	g.say = handlerstest.Wording{
		OnCompose: func(handlers.State, handlers.Outgoing, time.Time) handlers.Composed {
			if !g.wait.IsZero() {
				return handlers.Composed{Wait: g.wait, Why: g.why}
			}
			return handlers.Composed{Body: g.words, Share: g.share}
		},
		OnInstead: func(handlers.State, handlers.Outgoing, time.Time) (string, []handlers.Visit) {
			return g.instead, nil
		},
	}
	return g
}

// plan puts rows into the ledger, due now.
func (g *door) plan(rows ...handlers.Outgoing) {
	for i := range rows {
		if rows[i].To.IsZero() {
			rows[i].To = g.to
		}
		if rows[i].Due.IsZero() {
			rows[i].Due = g.clock.Now()
		}
	}
	g.store.Put(g.to, handlers.Effects{Texts: rows})
}

func (g *door) deliver(t *testing.T) int {
	t.Helper()
	n, err := g.Deliver(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func staffText(id, body string) handlers.Outgoing {
	return handlers.Outgoing{ID: id, Kind: "staff", Body: body, Case: "case", Mark: id}
}

func reminder(id string) handlers.Outgoing {
	return handlers.Outgoing{ID: id, Kind: "confirm", Visit: "v", Unasked: true}
}

// answer is a row that answers a patient's text. It becomes stale so long after the door's clock
// begins.
func answer(t *testing.T, until time.Duration) handlers.Outgoing {
	t.Helper()
	return handlers.Outgoing{
		ID: "reply", Kind: gate.KindReply, Body: "We open at nine.",
		Until: handlerstest.At(t, "2026-12-01 10:00").Add(until),
	}
}

// asked adds to an answer the case of its question: a person is dealing with it.
func asked(o handlers.Outgoing) handlers.Outgoing {
	o.Case = "text:SM1"
	return o
}

// marks returns what the desk is told of staff messages: "S1 sent".
func (g *door) marks() string {
	var out []string
	for _, p := range g.store.Queue() {
		if p.Do == desk.PostMark {
			out = append(out, p.Mark+" "+p.State)
		}
	}
	return strings.Join(out, ", ")
}
