package redis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/gate"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
)

const lease = 20 * time.Second

func row(t testing.TB, id string) handlers.Outgoing {
	return handlers.Outgoing{ID: id, To: phone(t, "0101"), Kind: "confirm", Visit: "v1", Start: now.Add(48 * time.Hour), Zone: "America/Chicago", Due: now, Unasked: true}
}

// plan puts rows in, and voids others, as one event.
func plan(t testing.TB, r *redis.Redis, event string, void []string, rows ...handlers.Outgoing) {
	t.Helper()
	turn(t, r, event, phone(t, "0101"), handlers.Effects{Texts: rows, Void: handlers.Voids("", void...)})
}

// claim takes what is due and checks whose turn it is.
func claim(t testing.TB, r *redis.Redis, at time.Time, want string) []gate.Claim {
	t.Helper()
	rows, err := r.Claim(t.Context(), at, 100, unpaced, lease)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, o := range rows {
		ids = append(ids, o.ID)
	}
	if got := strings.Join(ids, " "); got != want {
		t.Fatalf("claimed %q, want %q", got, want)
	}
	return rows
}

func begin(t testing.TB, r *redis.Redis, o *gate.Claim, c gate.Caps) gate.Answer {
	t.Helper()
	o.Tries++
	if o.First.IsZero() {
		o.First = c.Now
	}
	b, err := r.Begin(t.Context(), o.Outgoing, o.Known, c, unpaced, lease)
	if err != nil {
		t.Fatal(err)
	}
	return b.Answer
}

func settle(t testing.TB, r *redis.Redis, o gate.Claim, state string) bool {
	t.Helper()
	o.State, o.At = state, now
	ok, err := r.Settle(t.Context(), o.Outgoing)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func state(t testing.TB, r *redis.Redis, id string) handlers.Outgoing {
	t.Helper()
	o, err := r.Row(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

var (
	uncapped = gate.Caps{Now: now}
	unpaced  gate.Pace
)

func TestRowComesBackWhole(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		want := row(t, "r1")
		want.Case, want.Mark, want.Body = "c", "m", "hello"
		plan(t, r, "1", nil, want)
		got := claim(t, r, now, "r1")[0].Outgoing
		if got.Token == "" {
			t.Error("no token")
		}
		got.Token, want.State = "", handlers.Planned
		if got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if o := state(t, r, "none"); o.ID != "" {
			t.Errorf("no such row: %+v", o)
		}
	})
}

func TestPlanIsIdempotent(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		plan(t, r, "1", nil, row(t, "r1"))
		later := row(t, "r1")
		later.Due, later.Body = now.Add(time.Hour), "another"
		plan(t, r, "2", nil, later)
		o := claim(t, r, now, "r1")[0]
		if o.Body != "" {
			t.Error("the second plan changed the row")
		}
		begin(t, r, &o, uncapped)
		settle(t, r, o, handlers.Sent)
		plan(t, r, "3", nil, row(t, "r1"))
		claim(t, r, now.AddDate(0, 0, 1), "")
		if n, err := r.Waiting(t.Context()); n != 0 || err != nil {
			t.Errorf("%d wait, %v", n, err)
		}
	})
}

func TestVoid(t *testing.T) {
	for name, c := range map[string]struct {
		before func(t *testing.T, r *redis.Redis)
		state  string
	}{
		"planned":      {func(*testing.T, *redis.Redis) {}, handlers.Void},
		"only claimed": {func(t *testing.T, r *redis.Redis) { claim(t, r, now, "r1") }, handlers.Void},
		"begun": {func(t *testing.T, r *redis.Redis) {
			o := claim(t, r, now, "r1")[0]
			begin(t, r, &o, uncapped)
		}, handlers.Planned},
		"sent": {func(t *testing.T, r *redis.Redis) {
			o := claim(t, r, now, "r1")[0]
			begin(t, r, &o, uncapped)
			settle(t, r, o, handlers.Sent)
		}, handlers.Sent},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, r *redis.Redis) {
				plan(t, r, "1", nil, row(t, "r1"))
				c.before(t, r)
				plan(t, r, "2", []string{"r1", "none"})
				if got := state(t, r, "r1").State; got != c.state {
					t.Errorf("state %q, want %q", got, c.state)
				}
			})
		})
	}
}

func TestVoidStopsWhoeverClaimed(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		plan(t, r, "1", nil, row(t, "r1"))
		o := claim(t, r, now, "r1")[0]
		plan(t, r, "2", []string{"r1"})
		if b := begin(t, r, &o, uncapped); b != gate.Lost {
			t.Errorf("a void row may be sent: %v", b)
		}
		// The visit moves back: the row lives anew, and the old claim still holds nothing.
		plan(t, r, "3", nil, row(t, "r1"))
		if begin(t, r, &o, uncapped) != gate.Lost || settle(t, r, o, handlers.Sent) {
			t.Error("a claim from before the void holds")
		}
		claim(t, r, now, "r1")
	})
}

func TestVoidAndPlanInOneEvent(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		plan(t, r, "1", nil, row(t, "old"), row(t, "same"))
		next := row(t, "same")
		next.Due = now.Add(time.Hour)
		plan(t, r, "2", []string{"old", "same"}, next, row(t, "new"))
		claim(t, r, now, "new")
		claim(t, r, now.Add(time.Hour), "new same")
	})
}

func TestClaimIsForALease(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		early := row(t, "early")
		early.Due = now.Add(time.Millisecond)
		plan(t, r, "1", nil, row(t, "r1"), early)
		first := claim(t, r, now, "r1")[0] // never early, to the millisecond
		claim(t, r, now.Add(lease-time.Millisecond), "early")
		second := claim(t, r, now.Add(lease), "r1")[0]
		if begin(t, r, &first, uncapped) != gate.Lost || settle(t, r, first, handlers.Sent) {
			t.Error("who lost the claim may go on")
		}
		if b := begin(t, r, &second, gate.Caps{Now: now.Add(lease)}); b != gate.Ready {
			t.Errorf("who has it may not: %v", b)
		}
		// Begin renewed the lease.
		claim(t, r, now.Add(2*lease-time.Millisecond), "early")
		third := claim(t, r, now.Add(2*lease), "r1")[0]
		if third.Tries != 1 || !third.First.Equal(now.Add(lease)) {
			t.Errorf("tries %d first %v: nobody would know to look it up", third.Tries, third.First)
		}
		if settle(t, r, second, handlers.Sent) {
			t.Error("settled with a claim that ran out")
		}
		if !settle(t, r, third, handlers.Sent) || settle(t, r, third, handlers.Sent) {
			t.Error("settled twice, or not once")
		}
	})
}

func TestClaimTakesAtMost(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		var rows []handlers.Outgoing
		for i := range 10 {
			o := row(t, fmt.Sprint("r", i))
			o.Due = now.Add(-time.Duration(i) * time.Second)
			rows = append(rows, o)
		}
		plan(t, r, "1", nil, rows...)
		got, err := r.Claim(t.Context(), now, 3, unpaced, lease)
		if err != nil || len(got) != 3 || got[0].ID != "r9" || got[2].ID != "r7" {
			t.Errorf("%v %v: want the three that are due longest", got, err)
		}
	})
}

func TestSettleToBeTriedAgain(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		plan(t, r, "1", nil, row(t, "r1"))
		o := claim(t, r, now, "r1")[0]
		o.Body = "as it leaves"
		begin(t, r, &o, uncapped)
		o.Due, o.Errors = now.Add(time.Minute), 1
		if !settle(t, r, o, handlers.Planned) {
			t.Fatal("lost")
		}
		if next, err := r.Next(t.Context(), unpaced); !next.Equal(o.Due) || err != nil {
			t.Errorf("next %v %v", next, err)
		}
		claim(t, r, now.Add(time.Minute-time.Millisecond), "")
		again := claim(t, r, now.Add(time.Minute), "r1")[0]
		if again.Tries != 1 || again.Errors != 1 || again.Body != "as it leaves" || !again.First.Equal(now) {
			t.Errorf("%+v: want what was begun", again)
		}
		begin(t, r, &again, uncapped)
		again.SID = "SM1"
		settle(t, r, again, handlers.Sent)
		if got := state(t, r, "r1"); got.State != handlers.Sent || got.SID != "SM1" || got.Body != "" || got.Tries != 2 {
			t.Errorf("%+v: want it sent, and the words not kept", got)
		}
		if next, _ := r.Next(t.Context(), unpaced); !next.IsZero() {
			t.Errorf("something waits till %v", next)
		}
	})
}

func TestNextAndWaiting(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		if next, err := r.Next(t.Context(), unpaced); !next.IsZero() || err != nil {
			t.Fatal(next, err)
		}
		soon, late := row(t, "soon"), row(t, "late")
		soon.Due, late.Due = now.Add(time.Hour), now.Add(2*time.Hour)
		plan(t, r, "1", nil, late, soon)
		next, err := r.Next(t.Context(), unpaced)
		n, err2 := r.Waiting(t.Context())
		if !next.Equal(soon.Due) || n != 2 || err != nil || err2 != nil {
			t.Errorf("next %v, %d wait, %v %v", next, n, err, err2)
		}
		plan(t, r, "2", []string{"soon"})
		if next, _ := r.Next(t.Context(), unpaced); !next.Equal(late.Due) {
			t.Errorf("next %v: a void row is waited for", next)
		}
	})
}

// A send begins only from the state that it was decided from: an opt-out that came since the claim, or a first text that is no longer the first.
func TestASendDecidedFromAnOldState(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		p := phone(t, "0101")
		first, later := row(t, "r1"), row(t, "r2")
		plan(t, r, "1", nil, first, later)
		rows := claim(t, r, now, "r1 r2")
		turn(t, r, "stop", p, handlers.Effects{Consent: &handlers.Consent{Out: true, At: now}})
		if b := begin(t, r, &rows[0], uncapped); b != gate.Stale {
			t.Errorf("after an opt-out: %v", b)
		}
		if s := peek(t, r, p); s.Texted || state(t, r, "r1").Tries != 0 {
			t.Error("what is stale left a trace")
		}
		rows[0].Known, rows[1].Known = peek(t, r, p), peek(t, r, p)
		if b := begin(t, r, &rows[0], uncapped); b != gate.Ready {
			t.Errorf("decided anew: %v", b)
		}
		if b := begin(t, r, &rows[1], uncapped); b != gate.Stale {
			t.Errorf("another was the first text to the number since: %v", b)
		}
	})
}

// How often a row has panicked is kept while it is put off: it is given up after a few times.
func TestPanicsAreKept(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		plan(t, r, "1", nil, row(t, "r1"))
		o := claim(t, r, now, "r1")[0]
		o.Panics++
		settle(t, r, o, handlers.Planned)
		if o = claim(t, r, now, "r1")[0]; o.Panics != 1 {
			t.Errorf("%d panics, want 1", o.Panics)
		}
	})
}
