package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// Only whoever holds the claim of a row may begin or settle it: anybody else would send it twice.
func onlyTheClaimBegins(t *testing.T, on each) {
	for _, c := range []struct {
		name, id string
		claim    bool
		token    string
	}{
		{name: "there is no such row", id: "none"},
		{name: "there is none, whatever the token", id: "none", token: "t"},
		{name: "nobody has claimed it", id: "r1"},
		{name: "nobody has claimed it, whatever the token", id: "r1", token: "t"},
		{name: "another has claimed it", id: "r1", claim: true, token: "t"},
		{name: "another has claimed it, and there is no token", id: "r1", claim: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				Plan(t, r, "1", nil, Row(t, "r1"))
				if c.claim {
					Claim(t, r, now, "r1")
				}
				o := gate.Claim{Outgoing: Row(t, c.id)}
				o.Token = c.token
				if b := Begin(t, r, &o, uncapped); b != gate.Lost {
					t.Errorf("begun: %v", b)
				}
				if Settle(t, r, o, handlers.Sent) {
					t.Error("settled")
				}
				got := Stored(t, r, "r1")
				if got.State != handlers.Planned || got.Tries != 0 || log(t, r, "r1") != "planned" {
					t.Errorf("%+v: want it as it was", got)
				}
			})
		})
	}
}

// A begin that is refused leaves no trace: the row isn't taken for one that may have left, no cap
// counts it, and it is claimed again when the lease ends that it had.
func refusedBeginChangesNothing(t *testing.T, on each) {
	for _, c := range []struct {
		name string
		with string
		caps gate.Caps
		want gate.Answer
	}{
		{
			name: "capped",
			caps: gate.Caps{Now: now.Add(time.Second), Day: now, Week: now.Add(-1), PerDay: 1},
			want: gate.Capped,
		},
		{
			name: "a row that it tells as well goes its own way",
			with: "sent",
			caps: gate.Caps{Now: now.Add(time.Second)},
			want: gate.Apart,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				Plan(t, r, "1", nil, Row(t, "sent"))
				send(t, r, "sent", handlers.Sent)
				Plan(t, r, "2", nil, Row(t, "r1"))
				o := Claim(t, r, now, "r1")[0]
				o.With, o.Body = c.with, "as it would leave"
				if b := Begin(t, r, &o, c.caps); b != c.want {
					t.Fatalf("%v, want %v", b, c.want)
				}
				got := Stored(t, r, "r1")
				if got.Tries != 0 || got.Body != "" || got.With != "" || !got.First.IsZero() ||
					log(t, r, "r1") != "planned" {
					t.Errorf("%+v: want no trace", got)
				}
				if at := unaskedAt(t, r); !slices.Equal(at, []time.Time{now}) {
					t.Errorf("unasked texts at %v, want the one that was sent", at)
				}
				Claim(t, r, now.Add(Lease-time.Millisecond), "")
				Claim(t, r, now.Add(Lease), "r1")
			})
		})
	}
}

// unaskedAt is when number 0101 was sent its unasked texts.
func unaskedAt(t testing.TB, r Store) []time.Time {
	t.Helper()
	all, err := r.UnaskedAt(t.Context(), Phone(t, "0101"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		all[i] = all[i].UTC()
	}
	return all
}

// It is known when a number had its unasked texts: those that began, once each, by the last time.
func whenUnaskedTextsWere(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		if at := unaskedAt(t, r); len(at) != 0 {
			t.Errorf("before anything was sent: %v", at)
		}
		asked := Row(t, "d-asked")
		asked.Unasked = false
		Plan(t, r, "1", nil, Row(t, "a"), Row(t, "b"), Row(t, "c-waits"), asked)
		all := Claim(t, r, now, "d-asked a b c-waits")
		begin := func(o gate.Claim, after time.Duration) {
			t.Helper()
			o.Known = Peek(t, r, o.To)
			if b := Begin(t, r, &o, gate.Caps{Now: now.Add(after)}); b != gate.Ready {
				t.Fatalf("%s: %v", o.ID, b)
			}
		}
		begin(all[0], 0)
		begin(all[1], time.Second)
		begin(all[2], 2*time.Second)
		begin(all[1], 3*time.Second) // tried again
		want := []time.Time{now.Add(2 * time.Second), now.Add(3 * time.Second)}
		if at := unaskedAt(t, r); !slices.Equal(at, want) {
			t.Errorf("%v, want %v", at, want)
		}
		all[2].Tries = 0 // the carrier refused it
		Settle(t, r, all[2], handlers.Failed)
		if at := unaskedAt(t, r); !slices.Equal(at, want[1:]) {
			t.Errorf("after a refusal %v, want %v", at, want[1:])
		}
	})
}
