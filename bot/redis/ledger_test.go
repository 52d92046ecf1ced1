package redis_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/gate"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
)

// log is a row's history: "planned, claimed, sent: why".
func log(t testing.TB, r *redis.Redis, id string) string {
	t.Helper()
	all, err := r.Records(t.Context(), phone(t, "0101"))
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.ID != id {
			continue
		}
		var out []string
		for _, m := range one.History {
			if !m.At.Equal(now) {
				t.Errorf("%s %s at %v", id, m.State, m.At)
			}
			out = append(out, strings.TrimSuffix(m.State+": "+m.Why, ": "))
		}
		return strings.Join(out, ", ")
	}
	return ""
}

func failed(t testing.TB, r *redis.Redis) string {
	t.Helper()
	all, err := r.Failed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, one := range all {
		out = append(out, one.ID)
	}
	return strings.Join(out, " ")
}

func advance(t testing.TB, r *redis.Redis, id, state, sid string, again time.Time) bool {
	t.Helper()
	_, moved, err := r.Advance(t.Context(), id, state, sid, "why", now, again)
	if err != nil {
		t.Fatal(err)
	}
	return moved
}

func TestHistory(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(t *testing.T, r *redis.Redis)
		want    string
	}{
		"sent and delivered": {func(t *testing.T, r *redis.Redis) {
			send(t, r, "r1", handlers.Sent)
			advance(t, r, "r1", handlers.Delivered, "SM1", time.Time{})
			advance(t, r, "r1", handlers.Sent, "SM1", time.Time{})
		}, "planned, claimed, sent, delivered: why"},
		"its receipt first": {func(t *testing.T, r *redis.Redis) {
			o := claim(t, r, now, "r1")[0]
			begin(t, r, &o, uncapped)
			advance(t, r, "r1", handlers.Delivered, "SM1", time.Time{})
			settle(t, r, o, handlers.Sent)
		}, "planned, claimed, delivered: why"},
		"decided against": {func(t *testing.T, r *redis.Redis) {
			o := claim(t, r, now, "r1")[0]
			o.Why = "the patient\n has\tconfirmed"
			settle(t, r, o, handlers.Skipped)
		}, "planned, skipped: the patient has confirmed"},
		"put off, then moved": {func(t *testing.T, r *redis.Redis) {
			o := claim(t, r, now, "r1")[0]
			o.Why, o.Due = "busy", now.Add(time.Hour)
			settle(t, r, o, handlers.Planned)
			turn(t, r, "2", phone(t, "0101"), handlers.Effects{Void: handlers.Voids("the visit moved", "r1")})
		}, "planned, planned: busy, void: the visit moved"},
		"void and planned anew": {func(t *testing.T, r *redis.Redis) {
			turn(t, r, "2", phone(t, "0101"), handlers.Effects{Void: handlers.Voids("changed", "r1"), Texts: []handlers.Outgoing{row(t, "r1")}})
		}, "planned, void: changed, planned"},
		"failed, and seen to": {func(t *testing.T, r *redis.Redis) {
			send(t, r, "r1", handlers.Failed)
			o := state(t, r, "r1")
			turn(t, r, "2", o.To, handlers.Effects{Dismiss: []handlers.Outgoing{o}, By: "UDANA"})
			turn(t, r, "3", o.To, handlers.Effects{Dismiss: []handlers.Outgoing{o}, By: "UDANA"})
		}, "planned, claimed, failed, dismissed: UDANA"},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, r *redis.Redis) {
				plan(t, r, "1", nil, row(t, "r1"))
				c.happens(t, r)
				if got := log(t, r, "r1"); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

// send carries a row to an end.
func send(t testing.TB, r *redis.Redis, id, end string) {
	t.Helper()
	o := claim(t, r, now, id)[0]
	begin(t, r, &o, uncapped)
	if end == handlers.Sent {
		o.SID = "SM1"
	} else {
		o.Tries = 0
	}
	settle(t, r, o, end)
}

func TestHistoryOfALongLifeIsBounded(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		plan(t, r, "1", nil, row(t, "r1"))
		for range 200 {
			o := claim(t, r, now, "r1")[0]
			o.Why, o.Due = "the carrier is busy", now
			settle(t, r, o, handlers.Planned)
		}
		if got := log(t, r, "r1"); strings.Count(got, "busy") < 20 || len(got) > 4000 {
			t.Errorf("%d characters: %s", len(got), got)
		}
	})
}

// What is left out when it is planned stands in the ledger and never leaves; when the booking changes it may yet be planned.
func TestLeftOut(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		o := row(t, "r1")
		o.State, o.Why = handlers.Skipped, "its time had passed"
		plan(t, r, "1", nil, o)
		claim(t, r, now.AddDate(0, 0, 1), "")
		if got := log(t, r, "r1"); got != "skipped: its time had passed" {
			t.Error(got)
		}
		turn(t, r, "2", o.To, handlers.Effects{Void: handlers.Voids("changed", "r1"), Texts: []handlers.Outgoing{row(t, "r1")}})
		claim(t, r, now, "r1")
	})
}

func TestFailedAreListedRetriedAndDismissed(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		staff := row(t, "staff")
		staff.Unasked, staff.Body = false, "hello"
		plan(t, r, "1", nil, row(t, "r1"))
		send(t, r, "r1", handlers.Failed)
		plan(t, r, "2", nil, staff)
		send(t, r, "staff", handlers.Sent)
		if state(t, r, "staff").Body != "" {
			t.Error("the words stand in the row of a text that was sent")
		}
		advance(t, r, "staff", handlers.Failed, "SM1", time.Time{})
		if got := failed(t, r); got != "staff r1" {
			t.Fatalf("failed: %s", got)
		}
		if n, err := r.FailedTexts(t.Context()); n != 2 || err != nil {
			t.Error(n, err)
		}
		o := state(t, r, "r1")
		turn(t, r, "3", o.To, handlers.Effects{Dismiss: []handlers.Outgoing{o}, By: "UDANA"})
		turn(t, r, "4", o.To, handlers.Effects{Retry: []handlers.Outgoing{staff}, By: "UDANA"})
		turn(t, r, "5", o.To, handlers.Effects{Retry: []handlers.Outgoing{staff}, By: "UDANA"}) // pressed by two at once
		if got := failed(t, r); got != "" {
			t.Errorf("failed: %s", got)
		}
		again := claim(t, r, now, "staff")[0]
		if again.Body != "hello" || again.Tries != 0 || again.Round != 1 || !again.First.IsZero() || again.Event("x") == staff.Event("x") {
			t.Errorf("%+v", again)
		}
		// The first text's receipts are repeated: they say nothing of the second.
		if advance(t, r, "staff", handlers.Failed, "SM1", time.Time{}) || advance(t, r, "staff", handlers.Delivered, "SM1", time.Time{}) {
			t.Error("a receipt of the first text moved the second")
		}
		begin(t, r, &again, uncapped)
		again.SID = "SM2"
		settle(t, r, again, handlers.Sent)
		if !advance(t, r, "staff", handlers.Delivered, "SM2", time.Time{}) {
			t.Error("its own receipt didn't")
		}
	})
}

// A text that may still arrive waits again, in the same step that its receipt is taken in.
func TestReceiptPutsBack(t *testing.T) {
	for name, receipt := range map[string]func(t *testing.T, r *redis.Redis){
		"once it is settled": func(t *testing.T, r *redis.Redis) {
			send(t, r, "r1", handlers.Sent)
			advance(t, r, "r1", handlers.Failed, "SM1", now.Add(time.Hour))
		},
		"before our own record": func(t *testing.T, r *redis.Redis) {
			o := claim(t, r, now, "r1")[0]
			begin(t, r, &o, uncapped)
			advance(t, r, "r1", handlers.Failed, "SM1", now.Add(time.Hour))
			o.SID = "SM1"
			if settle(t, r, o, handlers.Sent) {
				t.Error("the first text's record is taken for the second's")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, r *redis.Redis) {
				plan(t, r, "1", nil, row(t, "r1"))
				receipt(t, r)
				if peek(t, r, phone(t, "0101")).Texted || failed(t, r) != "" {
					t.Error("it counts as one that the number had, or as given up")
				}
				claim(t, r, now.Add(time.Hour-time.Millisecond), "")
				o := claim(t, r, now.Add(time.Hour), "r1")[0]
				if o.Errors != 1 || o.Tries != 0 || o.SID != "" || o.State != handlers.Planned {
					t.Errorf("%+v", o)
				}
				if advance(t, r, "r1", handlers.Failed, "SM1", now.Add(2*time.Hour)) {
					t.Error("the same receipt put it back twice")
				}
			})
		})
	}
}

// One text tells two rows: the other waits for what becomes of it.
func TestOneTextTellsTwoRows(t *testing.T) {
	both := func(t *testing.T, r *redis.Redis) gate.Claim {
		late := row(t, "r2")
		late.Due = now.Add(time.Hour)
		plan(t, r, "1", nil, row(t, "r1"), late)
		o := claim(t, r, now, "r1")[0]
		o.With = "r2"
		if b := begin(t, r, &o, uncapped); b != gate.Ready {
			t.Fatal(b)
		}
		claim(t, r, now.Add(2*time.Hour), "r1") // the lease is over; the other row is out of the queue
		o.Token = state(t, r, "r1").Token
		return o
	}
	on(t, func(t *testing.T, r *redis.Redis) {
		o := both(t, r)
		settle(t, r, o, handlers.Sent)
		if got := log(t, r, "r2"); !strings.HasSuffix(got, "skipped: told with the other visit of the day") {
			t.Error(got)
		}
	})
	on(t, func(t *testing.T, r *redis.Redis) {
		o := both(t, r)
		o.Tries = 0
		settle(t, r, o, handlers.Failed)
		claim(t, r, now.Add(time.Hour-1), "")
		claim(t, r, now.Add(time.Hour), "r2") // when it was due itself
	})
	on(t, func(t *testing.T, r *redis.Redis) {
		o := both(t, r) // it was given up without knowing what became of it
		settle(t, r, o, handlers.Failed)
		claim(t, r, now.Add(2*time.Hour), "")
		if got := state(t, r, "r2").State; got != handlers.Skipped {
			t.Error(got)
		}
	})
	on(t, func(t *testing.T, r *redis.Redis) {
		o := both(t, r) // its outcome is unknown: nobody may tell the other one now
		o.Due = now.Add(time.Minute)
		settle(t, r, o, handlers.Planned)
		claim(t, r, now.Add(2*time.Hour), "r1")
	})
	on(t, func(t *testing.T, r *redis.Redis) {
		o := both(t, r) // the other visit moved while the text was on its way: it was told all the same
		turn(t, r, "2", o.To, handlers.Effects{Void: handlers.Voids("the visit moved", "r2")})
		settle(t, r, o, handlers.Sent)
		if got := state(t, r, "r2"); got.State != handlers.Skipped || !strings.Contains(got.Why, "told") {
			t.Error(got)
		}
	})
	on(t, func(t *testing.T, r *redis.Redis) {
		o := both(t, r) // it didn't arrive: the second try tells both again
		settle(t, r, o, handlers.Sent)
		advance(t, r, "r1", handlers.Failed, "SM1", now)
		o = claim(t, r, now, "r1")[0]
		o.With = "r2"
		if b := begin(t, r, &o, uncapped); b != gate.Ready {
			t.Error(b)
		}
	})
}

func TestARowThatGoesItsOwnWay(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		plan(t, r, "1", nil, row(t, "r1"))
		send(t, r, "r1", handlers.Sent)
		plan(t, r, "2", nil, row(t, "r2"), row(t, "r3"))
		rows := claim(t, r, now, "r2 r3")
		o := rows[0]
		o.With, o.Tries = "r1\nnone\nr3", 1
		b, err := r.Begin(t.Context(), o.Outgoing, o.Known, uncapped, unpaced, lease)
		if err != nil || b.Answer != gate.Apart || b.With != "r3" {
			t.Fatalf("%+v %v", b, err)
		}
		o.With = "r3"
		if b, err = r.Begin(t.Context(), o.Outgoing, o.Known, uncapped, unpaced, lease); err != nil || b.Answer != gate.Ready {
			t.Fatalf("%+v %v", b, err)
		}
		if got := begin(t, r, &rows[1], uncapped); got != gate.Lost {
			t.Errorf("who had claimed the other row may send it: %v", got)
		}
	})
}

// A row that waits again says why: what it comes to in the end may be told with it.
func TestWhyARowWaitsAgain(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		plan(t, r, "1", nil, row(t, "r1"))
		o := claim(t, r, now, "r1")[0]
		o.Why = "busy"
		settle(t, r, o, handlers.Planned)
		o = claim(t, r, now, "r1")[0]
		if o.Why != "busy" {
			t.Errorf("%q", o.Why)
		}
		o.Why = ""
		settle(t, r, o, handlers.Sent)
		if o, err := r.Row(t.Context(), "r1"); err != nil || o.Why != "" {
			t.Errorf("sent: %q %v", o.Why, err)
		}
	})
}
