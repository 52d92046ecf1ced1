package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// act is an act of staff on a number.
func act(t *testing.T, id string, due time.Time) handlers.Pending {
	t.Helper()
	return handlers.Pending{
		ID: id, User: "U1", Thread: "T1", Phone: Phone(t, "0101"), Act: "off {}", Due: due,
	}
}

// pend stores an act of staff with an event.
func pend(t *testing.T, r Store, event string, p handlers.Pending) {
	t.Helper()
	Turn(t, r, event, p.Phone, handlers.Effects{Pending: []handlers.Pending{p}})
}

// claimActs claims what is due, and returns it with the ids in one word each.
func claimActs(t *testing.T, r Store, at time.Time) (all []handlers.Pending, ids string) {
	t.Helper()
	all, err := r.ClaimPending(t.Context(), at, 9, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range all {
		out = append(out, p.ID)
	}
	return all, strings.Join(out, " ")
}

// An act of staff waits for their word, then for its minute. It is claimed for a lease, so that
// another bot does it if the first dies.
func pendingActs(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		asked := act(t, "a", time.Time{})
		pend(t, r, "1", asked)
		if next, err := r.NextPending(t.Context()); !next.IsZero() || err != nil {
			t.Errorf("nothing is to be done: %v %v", next, err)
		}
		if _, ids := claimActs(t, r, now.Add(time.Hour)); ids != "" {
			t.Errorf("%s is done without a word", ids)
		}
		got, ok, err := r.Pending(t.Context(), "a")
		if err != nil || !ok || got != asked {
			t.Errorf("%+v %v %v, want %+v", got, ok, err, asked)
		}
		pend(t, r, "2", act(t, "a", now.Add(time.Minute)))
		if next, err := r.NextPending(t.Context()); !next.Equal(now.Add(time.Minute)) || err != nil {
			t.Errorf("%v %v", next, err)
		}
		if _, ids := claimActs(t, r, now.Add(59*time.Second)); ids != "" {
			t.Errorf("%s is done too soon", ids)
		}
		first, ids := claimActs(t, r, now.Add(time.Minute))
		if ids != "a" || first[0].Phone != asked.Phone || first[0].Act != asked.Act {
			t.Fatalf("%q %+v", ids, first)
		}
		if _, ids := claimActs(t, r, now.Add(90*time.Second)); ids != "" {
			t.Errorf("%s is claimed twice", ids)
		}
		second, ids := claimActs(t, r, now.Add(2*time.Minute)) // the first bot is gone
		if ids != "a" || second[0].Tries != 1 {
			t.Fatalf("%q %+v", ids, second)
		}
		settle := func(p handlers.Pending, again time.Time) {
			t.Helper()
			if err := r.SettlePending(t.Context(), p, again); err != nil {
				t.Fatal(err)
			}
		}
		settle(first[0], time.Time{}) // is worth nothing any more
		settle(second[0], now.Add(5*time.Minute))
		third, ids := claimActs(t, r, now.Add(5*time.Minute))
		if ids != "a" || third[0].Tries != 2 {
			t.Fatalf("%q %+v", ids, third)
		}
		settle(third[0], time.Time{})
		if _, ok, err := r.Pending(t.Context(), "a"); ok || err != nil {
			t.Errorf("it is done, and still there: %v", err)
		}
		if _, ids := claimActs(t, r, now.Add(time.Hour)); ids != "" {
			t.Errorf("%s is done twice", ids)
		}
	})
}

// What is taken back isn't done, and a repeat of that is told the same. What is being done, or is
// done, can't be taken back.
func actsTakenBack(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		back := func(id, want string) {
			t.Helper()
			if got, err := r.TakeBack(t.Context(), id); got != want || err != nil {
				t.Errorf("%s: %q %v, want %q", id, got, err, want)
			}
		}
		pend(t, r, "1", act(t, "a", now.Add(time.Minute)))
		pend(t, r, "2", act(t, "b", now.Add(time.Minute)))
		pend(t, r, "3", act(t, "c", time.Time{}))
		back("a", handlers.TakenBack)
		back("a", handlers.TakenBack)
		back("c", handlers.TakenBack)
		pend(t, r, "4", act(t, "c", now.Add(time.Minute))) // said at the same moment
		all, ids := claimActs(t, r, now.Add(time.Minute))
		if ids != "b" {
			t.Fatalf("%q is done, want b alone", ids)
		}
		if _, ok, err := r.Pending(t.Context(), "a"); ok || err != nil {
			t.Errorf("a is still there: %v", err)
		}
		back("b", handlers.TooLate)
		if err := r.SettlePending(t.Context(), all[0], time.Time{}); err != nil {
			t.Fatal(err)
		}
		back("b", handlers.TooLate)
		back("never", handlers.TooLate)
	})
}

// A number that had a turn is found by what it is called in a button, which tells nothing of it.
func numbersByRef(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		Turn(t, r, "1", p, handlers.Effects{})
		ref, err := r.Ref(t.Context(), p)
		if err != nil || ref == "" || strings.Contains(ref, "0101") {
			t.Fatalf("%q %v", ref, err)
		}
		if got, ok, err := r.ByRef(t.Context(), ref); got != p || !ok || err != nil {
			t.Errorf("%v %v %v", got, ok, err)
		}
		other, err := r.Ref(t.Context(), Phone(t, "0102"))
		if err != nil || other == ref {
			t.Errorf("%q %v", other, err)
		}
		for _, unknown := range []string{other, "", "x"} {
			if got, ok, err := r.ByRef(t.Context(), unknown); ok || err != nil {
				t.Errorf("%q is %v, %v", unknown, got, err)
			}
		}
	})
}
