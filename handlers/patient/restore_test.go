package patient_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// refusing is a store that fails turns by their ids, and notes which were asked for.
type refusing struct {
	*handlerstest.Store
	fail  map[string]error
	asked []string
}

func (r *refusing) Turn(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	r.asked = append(r.asked, id)
	if err := r.fail[id]; err != nil {
		return handlers.Reply{}, false, err
	}
	return r.Store.Turn(ctx, id, p, decide)
}

func (r *refusing) TurnWithRecords(
	ctx context.Context, id string, p handlers.Phone,
	decide func(handlers.State, []handlers.Record) (handlers.Effects, error),
) (handlers.Reply, bool, error) {
	return r.Turn(ctx, id, p, func(s handlers.State) (handlers.Effects, error) {
		return decide(s, nil)
	})
}

// What the store didn't take is stored in the order in which it came. One text that fails keeps no
// other from it, but while the store is away the others aren't tried.
func TestRestoreInOrder(t *testing.T) {
	odd := errors.New("odd")
	for _, c := range []struct {
		name   string
		first  error    // of the second of three texts, at the first try
		asked  []string // in two tries
		is     error    // what the first try returns
		stored int      // after the first try
	}{
		{name: "all", asked: []string{"SM0", "SM1", "SM2"}, stored: 3},
		{
			name: "one fails", first: odd, is: odd, stored: 2,
			asked: []string{"SM0", "SM1", "SM2", "SM1"},
		},
		{
			name: "the store is away again", first: handlers.ErrAway, is: handlers.ErrAway,
			stored: 1, asked: []string{"SM0", "SM1", "SM1", "SM2"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := away(t, nil)
			for i := range 3 {
				_, err := f.Receive(t.Context(), handlers.Text{
					ID: fmt.Sprint("SM", i), From: handlerstest.Phone(t, fmt.Sprint("010", i)),
					Body: "i want to die", At: f.clock.Now(),
				})
				if err != nil {
					t.Fatal(err)
				}
				f.settle()
			}
			f.store.Fail(nil)
			store := &refusing{Store: f.store, fail: map[string]error{"SM1": c.first}}
			f.Store, f.History = store, store
			if err := f.Restore(t.Context()); !errors.Is(err, c.is) {
				t.Errorf("%v, want %v", err, c.is)
			}
			if n := f.alarms(t); n != c.stored {
				t.Errorf("%d stored at first, want %d", n, c.stored)
			}
			store.fail = nil
			for range 2 { // the second time nothing is left to do
				if err := f.Restore(t.Context()); err != nil {
					t.Error(err)
				}
			}
			if !slices.Equal(store.asked, c.asked) || f.alarms(t) != 3 {
				t.Errorf("asked for %q, %d stored; want %q", store.asked, f.alarms(t), c.asked)
			}
		})
	}
}

// alarms is how many alarms the store has that nobody has taken.
func (f *front) alarms(t *testing.T) int {
	t.Helper()
	all, err := f.store.Untaken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// A call that ends leaves what it hasn't stored for the next one.
func TestRestoreThatIsCancelled(t *testing.T) {
	f := away(t, nil)
	f.send(t, handlers.Text{Body: "i want to die"})
	f.settle()
	f.store.Fail(nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.Restore(ctx); err != nil || f.alarms(t) != 0 {
		t.Errorf("%v, %d stored", err, f.alarms(t))
	}
	if err := f.Restore(t.Context()); err != nil || f.alarms(t) != 1 {
		t.Errorf("%v, %d stored", err, f.alarms(t))
	}
}

// A fetched text that can't be stored is fetched again, and then handled as if for the first time.
func TestCatchUpThatCantBeStored(t *testing.T) {
	f := newFront(t, openHours)
	store := &refusing{Store: f.store, fail: map[string]error{"SMa": handlers.ErrAway}}
	f.Store, f.History = store, store
	roof := handlers.Text{
		ID: "SMa", From: f.from, Body: "is the roof green", At: f.clock.Now().Add(-time.Minute),
	}
	if what, err := f.CatchUp(t.Context(), roof, false); !errors.Is(err, handlers.ErrAway) ||
		what != "" || len(f.replies()) != 0 {
		t.Errorf("it is %q, %v, answered %q", what, err, f.replies())
	}
	store.fail = nil
	if what, err := f.CatchUp(t.Context(), roof, false); err != nil ||
		what != desk.CaughtAnswered || len(f.replies()) != 1 {
		t.Errorf("then it is %q, %v, answered %q", what, err, f.replies())
	}
}

// While the store is away the words may fail to leave for a patient whose text of danger was
// fetched. People are told all the same, and the words leave once the text is stored.
func TestDangerFromTheListThatTheCarrierRefuses(t *testing.T) {
	f := away(t, nil)
	f.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", errors.New("away too") }
	text := handlers.Text{
		ID: "SM9", From: f.from, Body: "i want to die", At: f.clock.Now().Add(-time.Minute),
	}
	f.TellWithoutStore(t.Context(), text)
	f.settle()
	if got := strings.Join(f.desk.Lines(), "; "); got != "card text:SM9 again" {
		t.Errorf("the desk: %q", got)
	}
	f.store.Fail(nil)
	if what, err := f.CatchUp(t.Context(), text, false); err != nil || what != desk.CaughtDanger {
		t.Errorf("it is %q, %v", what, err)
	}
	if got := f.replies(); len(got) != 1 || !strings.Contains(got[0], "988") {
		t.Errorf("what waits to leave: %q", got)
	}
}
