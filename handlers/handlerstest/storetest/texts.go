package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// A claimed row is what was planned, with a token.
func rowComesBackWhole(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		want := Row(t, "r1")
		want.Case, want.Mark, want.Body = "c", "m", "hello"
		Plan(t, r, "1", nil, want)
		got := Claim(t, r, now, "r1")[0].Outgoing
		if got.Token == "" {
			t.Error("no token")
		}
		got.Token, want.State = "", handlers.Planned
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if o := Stored(t, r, "none"); o.ID != "" {
			t.Errorf("no such row: %+v", o)
		}
	})
}

// An id is planned once, so that a visit that is imported again isn't reminded of again.
func planIsIdempotent(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		later := Row(t, "r1")
		later.Due, later.Body = now.Add(time.Hour), "another"
		Plan(t, r, "2", nil, later)
		o := Claim(t, r, now, "r1")[0]
		if o.Body != "" {
			t.Error("the second plan changed the row")
		}
		Begin(t, r, &o, uncapped)
		Settle(t, r, o, handlers.Sent)
		Plan(t, r, "3", nil, Row(t, "r1"))
		Claim(t, r, now.AddDate(0, 0, 1), "")
		if n, err := r.Waiting(t.Context()); n != 0 || err != nil {
			t.Errorf("%d wait, %v", n, err)
		}
	})
}

// A row is voided only while its send hasn't begun: after that the text may have left.
func void(t *testing.T, on each) {
	for name, c := range map[string]struct {
		before func(t *testing.T, r Store)
		state  string
	}{
		"planned": {state: handlers.Void, before: func(*testing.T, Store) {}},
		"only claimed": {
			state:  handlers.Void,
			before: func(t *testing.T, r Store) { Claim(t, r, now, "r1") },
		},
		"begun": {state: handlers.Planned, before: func(t *testing.T, r Store) {
			o := Claim(t, r, now, "r1")[0]
			Begin(t, r, &o, uncapped)
		}},
		"sent": {state: handlers.Sent, before: func(t *testing.T, r Store) {
			o := Claim(t, r, now, "r1")[0]
			Begin(t, r, &o, uncapped)
			Settle(t, r, o, handlers.Sent)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				Plan(t, r, "1", nil, Row(t, "r1"))
				c.before(t, r)
				Plan(t, r, "2", []string{"r1", "none"})
				if got := Stored(t, r, "r1").State; got != c.state {
					t.Errorf("state %q, want %q", got, c.state)
				}
			})
		})
	}
}

// A void takes the claim of a worker that has the row in hand but hasn't begun.
func voidStopsWhoeverClaimed(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		o := Claim(t, r, now, "r1")[0]
		Plan(t, r, "2", []string{"r1"})
		if b := Begin(t, r, &o, uncapped); b != gate.Lost {
			t.Errorf("a void row may be sent: %v", b)
		}
		// The visit moves back: the row lives anew, and the old claim still holds nothing.
		Plan(t, r, "3", nil, Row(t, "r1"))
		if Begin(t, r, &o, uncapped) != gate.Lost || Settle(t, r, o, handlers.Sent) {
			t.Error("a claim from before the void holds")
		}
		Claim(t, r, now, "r1")
	})
}

// A visit that moves voids its rows and plans them anew, under the same ids.
func voidAndPlanInOneEvent(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "old"), Row(t, "same"))
		next := Row(t, "same")
		next.Due = now.Add(time.Hour)
		Plan(t, r, "2", []string{"old", "same"}, next, Row(t, "new"))
		Claim(t, r, now, "new")
		Claim(t, r, now.Add(time.Hour), "new same")
	})
}

// A claim lasts for a lease, which Begin renews. Whoever holds it longer can neither begin nor
// settle.
func claimIsForALease(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		early := Row(t, "early")
		early.Due = now.Add(time.Millisecond)
		Plan(t, r, "1", nil, Row(t, "r1"), early)
		first := Claim(t, r, now, "r1")[0] // never early, to the millisecond
		Claim(t, r, now.Add(Lease-time.Millisecond), "early")
		second := Claim(t, r, now.Add(Lease), "r1")[0]
		if Begin(t, r, &first, uncapped) != gate.Lost || Settle(t, r, first, handlers.Sent) {
			t.Error("who lost the claim may go on")
		}
		if b := Begin(t, r, &second, gate.Caps{Now: now.Add(Lease)}); b != gate.Ready {
			t.Errorf("who has it may not: %v", b)
		}
		// Begin renewed the lease.
		Claim(t, r, now.Add(2*Lease-time.Millisecond), "early")
		third := Claim(t, r, now.Add(2*Lease), "r1")[0]
		if third.Tries != 1 || !third.First.Equal(now.Add(Lease)) {
			t.Errorf("tries %d first %v: nobody would know to look it up", third.Tries, third.First)
		}
		if Settle(t, r, second, handlers.Sent) {
			t.Error("settled with a claim that ran out")
		}
		if !Settle(t, r, third, handlers.Sent) || Settle(t, r, third, handlers.Sent) {
			t.Error("settled twice, or not once")
		}
	})
}

// A claim takes those that are due longest.
func claimTakesAtMost(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		var rows []handlers.Outgoing
		for i := range 10 {
			o := Row(t, fmt.Sprint("r", i))
			o.Due = now.Add(-time.Duration(i) * time.Second)
			rows = append(rows, o)
		}
		Plan(t, r, "1", nil, rows...)
		got, err := r.Claim(t.Context(), now, 3, unpaced, Lease)
		if err != nil || len(got) != 3 || got[0].ID != "r9" || got[2].ID != "r7" {
			t.Errorf("%v %v: want the three that are due longest", got, err)
		}
	})
}

// A row that is to be tried again keeps what was begun: its tries, its first time and its words.
func settleToBeTriedAgain(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		o := Claim(t, r, now, "r1")[0]
		o.Body = "as it leaves"
		Begin(t, r, &o, uncapped)
		o.Due, o.Errors = now.Add(time.Minute), 1
		if !Settle(t, r, o, handlers.Planned) {
			t.Fatal("lost")
		}
		if next, err := r.Next(t.Context(), unpaced); !next.Equal(o.Due) || err != nil {
			t.Errorf("next %v %v", next, err)
		}
		Claim(t, r, now.Add(time.Minute-time.Millisecond), "")
		again := Claim(t, r, now.Add(time.Minute), "r1")[0]
		if again.Tries != 1 || again.Errors != 1 || again.Body != "as it leaves" ||
			!again.First.Equal(now) {
			t.Errorf("%+v: want what was begun", again)
		}
		Begin(t, r, &again, uncapped)
		again.SID = "SM1"
		Settle(t, r, again, handlers.Sent)
		if got := Stored(t, r, "r1"); got.State != handlers.Sent || got.SID != "SM1" ||
			got.Body != "" ||
			got.Tries != 2 {
			t.Errorf("%+v: want it sent, and the words not kept", got)
		}
		if next, _ := r.Next(t.Context(), unpaced); !next.IsZero() {
			t.Errorf("something waits till %v", next)
		}
	})
}

// The workers know how many rows wait, and when the next one falls due.
func nextAndWaiting(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		if next, err := r.Next(t.Context(), unpaced); !next.IsZero() || err != nil {
			t.Fatal(next, err)
		}
		soon, late := Row(t, "soon"), Row(t, "late")
		soon.Due, late.Due = now.Add(time.Hour), now.Add(2*time.Hour)
		Plan(t, r, "1", nil, late, soon)
		next, err := r.Next(t.Context(), unpaced)
		n, err2 := r.Waiting(t.Context())
		if !next.Equal(soon.Due) || n != 2 || err != nil || err2 != nil {
			t.Errorf("next %v, %d wait, %v %v", next, n, err, err2)
		}
		Plan(t, r, "2", []string{"soon"})
		if next, _ := r.Next(t.Context(), unpaced); !next.Equal(late.Due) {
			t.Errorf("next %v: a void row is waited for", next)
		}
	})
}

// A send begins only from the state that it was decided from: an opt-out that came since the claim,
// or a first text that is no longer the first.
func aSendDecidedFromAnOldState(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		first, later := Row(t, "r1"), Row(t, "r2")
		Plan(t, r, "1", nil, first, later)
		rows := Claim(t, r, now, "r1 r2")
		Turn(t, r, "stop", p, handlers.Effects{Consent: &handlers.Consent{Out: true, At: now}})
		if b := Begin(t, r, &rows[0], uncapped); b != gate.Stale {
			t.Errorf("after an opt-out: %v", b)
		}
		if s := Peek(t, r, p); s.Texted || Stored(t, r, "r1").Tries != 0 {
			t.Error("what is stale left a trace")
		}
		rows[0].Known, rows[1].Known = Peek(t, r, p), Peek(t, r, p)
		if b := Begin(t, r, &rows[0], uncapped); b != gate.Ready {
			t.Errorf("decided anew: %v", b)
		}
		if b := Begin(t, r, &rows[1], uncapped); b != gate.Stale {
			t.Errorf("another was the first text to the number since: %v", b)
		}
	})
}

// How often a row has panicked is kept while it is put off: it is given up after a few times.
func panicsAreKept(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		o := Claim(t, r, now, "r1")[0]
		o.Panics++
		Settle(t, r, o, handlers.Planned)
		if o = Claim(t, r, now, "r1")[0]; o.Panics != 1 {
			t.Errorf("%d panics, want 1", o.Panics)
		}
	})
}

// Alarms are claimed first, then what somebody waits for, then what nobody asked for, whenever each
// fell due.
func classesInOrder(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		due, asked, alarm := Row(t, "due"), Row(t, "asked"), Row(t, "alarm")
		due.Due, asked.Due = now.Add(-2*time.Hour), now.Add(-time.Hour)
		asked.Unasked, alarm.Unasked, alarm.Alarm = false, false, true
		Plan(t, r, "1", nil, due, asked, alarm)
		rows := Claim(t, r, now, "alarm asked due")
		if rows[0].Known.Version != "" || rows[1].Known.Version == "" ||
			rows[2].Known.Version == "" {
			t.Error("want the state of the number with all but the alarm")
		}
	})
}

// Rows are read by their ids, in that order, with all that they say; one that isn't there is left
// out.
func rowsByTheirIDs(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		one, other := Row(t, "one"), Row(t, "other")
		one.Broadcast = &handlers.Broadcast{
			From: Now(), To: Now().Add(time.Hour), Say: "s", Own: map[string]string{"en": "Hi"},
		}
		Turn(t, r, "plan", one.To, handlers.Effects{Texts: []handlers.Outgoing{one}})
		Turn(t, r, "plan other", other.To, handlers.Effects{Texts: []handlers.Outgoing{other}})
		got, err := r.RowsOf(t.Context(), []string{"other", "none", "one"})
		if err != nil || len(got) != 2 || got[0].ID != "other" || got[1].ID != "one" {
			t.Fatal(got, err)
		}
		b := got[1].Broadcast
		if b == nil || !b.From.Equal(Now()) || b.Own["en"] != "Hi" || got[0].Broadcast != nil {
			t.Errorf("%+v", b)
		}
		if none, err := r.RowsOf(t.Context(), nil); err != nil || len(none) > 0 {
			t.Error(none, err)
		}
	})
}
