package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// log returns the history of a row of number 0101, as "planned, claimed, sent: why". Every step
// must have happened now.
func log(t testing.TB, r Store, id string) string {
	t.Helper()
	all, err := r.Records(t.Context(), Phone(t, "0101"))
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

// failed returns the ids of the failed rows, a space between.
func failed(t testing.TB, r Store) string {
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

// advance moves a row on by a receipt of now; false if it moved nothing.
func advance(t testing.TB, r Store, id, state, sid string, again time.Time) bool {
	t.Helper()
	_, moved, err := r.Advance(t.Context(), id, state, sid, "why", now, again)
	if err != nil {
		t.Fatal(err)
	}
	return moved
}

// A row's history tells staff each step, and why.
func histories(t *testing.T, on each) {
	for name, c := range map[string]struct {
		happens func(t *testing.T, r Store)
		want    string
	}{
		"sent and delivered": {happens: func(t *testing.T, r Store) {
			send(t, r, "r1", handlers.Sent)
			advance(t, r, "r1", handlers.Delivered, "SM1", time.Time{})
			advance(t, r, "r1", handlers.Sent, "SM1", time.Time{})
		}, want: "planned, claimed, sent, delivered: why"},
		"its receipt first": {happens: func(t *testing.T, r Store) {
			o := Claim(t, r, now, "r1")[0]
			Begin(t, r, &o, uncapped)
			advance(t, r, "r1", handlers.Delivered, "SM1", time.Time{})
			Settle(t, r, o, handlers.Sent)
		}, want: "planned, claimed, delivered: why"},
		"decided against": {happens: func(t *testing.T, r Store) {
			o := Claim(t, r, now, "r1")[0]
			o.Why = "the patient\n has\tconfirmed"
			Settle(t, r, o, handlers.Skipped)
		}, want: "planned, skipped: the patient has confirmed"},
		"put off, then moved": {happens: func(t *testing.T, r Store) {
			o := Claim(t, r, now, "r1")[0]
			o.Why, o.Due = "busy", now.Add(time.Hour)
			Settle(t, r, o, handlers.Planned)
			void := handlers.Voids("the visit moved", "r1")
			Turn(t, r, "2", Phone(t, "0101"), handlers.Effects{Void: void})
		}, want: "planned, planned: busy, void: the visit moved"},
		"void and planned anew": {happens: func(t *testing.T, r Store) {
			Turn(t, r, "2", Phone(t, "0101"), handlers.Effects{
				Void: handlers.Voids("changed", "r1"), Texts: []handlers.Outgoing{Row(t, "r1")},
			})
		}, want: "planned, void: changed, planned"},
		"failed, and seen to": {happens: func(t *testing.T, r Store) {
			send(t, r, "r1", handlers.Failed)
			o := Stored(t, r, "r1")
			Turn(t, r, "2", o.To, handlers.Effects{Dismiss: []handlers.Outgoing{o}, By: "UDANA"})
			Turn(t, r, "3", o.To, handlers.Effects{Dismiss: []handlers.Outgoing{o}, By: "UDANA"})
		}, want: "planned, claimed, failed, dismissed: UDANA"},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				Plan(t, r, "1", nil, Row(t, "r1"))
				c.happens(t, r)
				if got := log(t, r, "r1"); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

// send claims, begins and settles a row: as Sent with the SID SM1, or as one that never left.
func send(t testing.TB, r Store, id, end string) {
	t.Helper()
	o := Claim(t, r, now, id)[0]
	Begin(t, r, &o, uncapped)
	if end == handlers.Sent {
		o.SID = "SM1"
	} else {
		o.Tries = 0
	}
	Settle(t, r, o, end)
}

// A row that is put off for days doesn't grow without bound; the latest steps are kept.
func historyOfALongLifeIsBounded(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		for range 200 {
			o := Claim(t, r, now, "r1")[0]
			o.Why, o.Due = "the carrier is busy", now
			Settle(t, r, o, handlers.Planned)
		}
		if got := log(t, r, "r1"); strings.Count(got, "busy") < 20 || len(got) > 4000 {
			t.Errorf("%d characters: %s", len(got), got)
		}
	})
}

// A row that is left out when it is planned is in the ledger, with the reason, and never leaves. If
// the booking changes, it can still be planned.
func leftOut(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		o := Row(t, "r1")
		o.State, o.Why = handlers.Skipped, "its time had passed"
		Plan(t, r, "1", nil, o)
		Claim(t, r, now.AddDate(0, 0, 1), "")
		if got := log(t, r, "r1"); got != "skipped: its time had passed" {
			t.Error(got)
		}
		Turn(t, r, "2", o.To, handlers.Effects{
			Void:  handlers.Voids("changed", "r1"),
			Texts: []handlers.Outgoing{Row(t, "r1")},
		})
		Claim(t, r, now, "r1")
	})
}

// Failed rows are listed, newest first, until staff send them again or dismiss them.
func failedAreListedRetriedAndDismissed(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		staff := Row(t, "staff")
		staff.Unasked, staff.Body = false, "hello"
		Plan(t, r, "1", nil, Row(t, "r1"))
		send(t, r, "r1", handlers.Failed)
		Plan(t, r, "2", nil, staff)
		send(t, r, "staff", handlers.Sent)
		if Stored(t, r, "staff").Body != "" {
			t.Error("the row of a text that was sent still holds its words")
		}
		advance(t, r, "staff", handlers.Failed, "SM1", time.Time{})
		if got := failed(t, r); got != "staff r1" {
			t.Fatalf("failed: %s", got)
		}
		if n, err := r.FailedTexts(t.Context()); n != 2 || err != nil {
			t.Error(n, err)
		}
		o := Stored(t, r, "r1")
		Turn(t, r, "3", o.To, handlers.Effects{Dismiss: []handlers.Outgoing{o}, By: "UDANA"})
		Turn(t, r, "4", o.To, handlers.Effects{Retry: []handlers.Outgoing{staff}, By: "UDANA"})
		// Two have pressed the button at once.
		Turn(t, r, "5", o.To, handlers.Effects{Retry: []handlers.Outgoing{staff}, By: "UDANA"})
		if got := failed(t, r); got != "" {
			t.Errorf("failed: %s", got)
		}
		again := Claim(t, r, now, "staff")[0]
		if again.Body != "hello" || again.Tries != 0 || again.Round != 1 || !again.First.IsZero() ||
			again.Event("x") == staff.Event("x") {
			t.Errorf("%+v", again)
		}
		// The first text's receipts are repeated: they say nothing of the second.
		if advance(t, r, "staff", handlers.Failed, "SM1", time.Time{}) ||
			advance(t, r, "staff", handlers.Delivered, "SM1", time.Time{}) {
			t.Error("a receipt of the first text moved the second")
		}
		Begin(t, r, &again, uncapped)
		again.SID = "SM2"
		Settle(t, r, again, handlers.Sent)
		if !advance(t, r, "staff", handlers.Delivered, "SM2", time.Time{}) {
			t.Error("its own receipt didn't")
		}
	})
}

// A text that wasn't delivered but may yet be waits again, in the same step that its receipt is
// stored in.
func receiptPutsBack(t *testing.T, on each) {
	for name, receipt := range map[string]func(t *testing.T, r Store){
		"once it is settled": func(t *testing.T, r Store) {
			send(t, r, "r1", handlers.Sent)
			advance(t, r, "r1", handlers.Failed, "SM1", now.Add(time.Hour))
		},
		"before our own record": func(t *testing.T, r Store) {
			o := Claim(t, r, now, "r1")[0]
			Begin(t, r, &o, uncapped)
			advance(t, r, "r1", handlers.Failed, "SM1", now.Add(time.Hour))
			o.SID = "SM1"
			if Settle(t, r, o, handlers.Sent) {
				t.Error("the first text's record is taken for the second's")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				Plan(t, r, "1", nil, Row(t, "r1"))
				receipt(t, r)
				if Peek(t, r, Phone(t, "0101")).Texted || failed(t, r) != "" {
					t.Error("it counts as one that the number had, or as given up")
				}
				Claim(t, r, now.Add(time.Hour-time.Millisecond), "")
				o := Claim(t, r, now.Add(time.Hour), "r1")[0]
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

// One text can tell two rows. The other row is out of its queue until it is known whether the text
// left.
func oneTextTellsTwoRows(t *testing.T, on each) {
	for _, c := range []struct {
		name string
		// happens to r1, which has begun and tells r2, due an hour later, as well.
		happens func(t *testing.T, r Store, o gate.Claim)
		want    string // the end of the other row's history
	}{
		{
			name:    "sent",
			happens: func(t *testing.T, r Store, o gate.Claim) { Settle(t, r, o, handlers.Sent) },
			want:    "skipped: told in the text of another visit",
		},
		{
			name: "it never left",
			happens: func(t *testing.T, r Store, o gate.Claim) {
				o.Tries = 0
				Settle(t, r, o, handlers.Failed)
				Claim(t, r, now.Add(time.Hour-1), "")
				Claim(t, r, now.Add(time.Hour), "r2") // when it was due itself
			},
			want: "planned: not told with the other visit after all",
		},
		{
			name: "given up, and nobody knows what became of it",
			happens: func(t *testing.T, r Store, o gate.Claim) {
				Settle(t, r, o, handlers.Failed)
				Claim(t, r, now.Add(2*time.Hour), "")
			},
			want: "skipped: told in the text of another visit",
		},
		{
			name: "its outcome is unknown: nobody may tell the other one now",
			happens: func(t *testing.T, r Store, o gate.Claim) {
				o.Due = now.Add(time.Minute)
				Settle(t, r, o, handlers.Planned)
				Claim(t, r, now.Add(2*time.Hour), "r1")
			},
			want: "claimed: by the text that tells of another visit too",
		},
		{
			name: "the other visit moved meanwhile: it was told all the same",
			happens: func(t *testing.T, r Store, o gate.Claim) {
				Turn(t, r, "2", o.To, handlers.Effects{Void: handlers.Voids("it moved", "r2")})
				Settle(t, r, o, handlers.Sent)
			},
			want: "skipped: told in the text of another visit",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				c.happens(t, r, beginBoth(t, r))
				if got := log(t, r, "r2"); !strings.HasSuffix(got, c.want) {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

// A text that told two rows and wasn't delivered tells both again.
func oneTextTellsTwoRowsAgain(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		o := beginBoth(t, r)
		Settle(t, r, o, handlers.Sent)
		advance(t, r, "r1", handlers.Failed, "SM1", now)
		o = Claim(t, r, now, "r1")[0]
		o.With = "r2"
		if b := Begin(t, r, &o, uncapped); b != gate.Ready {
			t.Error(b)
		}
	})
}

// beginBoth begins r1, which tells r2, due an hour later, as well. The lease of r1 ends and it is
// claimed again; that claim is returned.
func beginBoth(t *testing.T, r Store) gate.Claim {
	late := Row(t, "r2")
	late.Due = now.Add(time.Hour)
	Plan(t, r, "1", nil, Row(t, "r1"), late)
	o := Claim(t, r, now, "r1")[0]
	o.With = "r2"
	if b := Begin(t, r, &o, uncapped); b != gate.Ready {
		t.Fatal(b)
	}
	o.Token = Claim(t, r, now.Add(2*time.Hour), "r1")[0].Token // the other is out of the queue
	return o
}

// A row that was sent, or isn't there, can't be told by another's text any more; Begin says which
// rows still can. A row that is told as well is no longer its claim's to send.
func aRowThatGoesItsOwnWay(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		send(t, r, "r1", handlers.Sent)
		Plan(t, r, "2", nil, Row(t, "r2"), Row(t, "r3"))
		rows := Claim(t, r, now, "r2 r3")
		o := rows[0]
		o.With, o.Tries = "r1\nnone\nr3", 1
		b, err := r.Begin(t.Context(), o.Outgoing, o.Known, uncapped, unpaced, Lease)
		if err != nil || b.Answer != gate.Apart || b.With != "r3" {
			t.Fatalf("%+v %v", b, err)
		}
		o.With = "r3"
		b, err = r.Begin(t.Context(), o.Outgoing, o.Known, uncapped, unpaced, Lease)
		if err != nil || b.Answer != gate.Ready {
			t.Fatalf("%+v %v", b, err)
		}
		if got := Begin(t, r, &rows[1], uncapped); got != gate.Lost {
			t.Errorf("who had claimed the other row may send it: %v", got)
		}
	})
}

// A row that waits again says why, so that its end can be explained by it.
func whyARowWaitsAgain(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		o := Claim(t, r, now, "r1")[0]
		o.Why = "busy"
		Settle(t, r, o, handlers.Planned)
		o = Claim(t, r, now, "r1")[0]
		if o.Why != "busy" {
			t.Errorf("%q", o.Why)
		}
		o.Why = ""
		Settle(t, r, o, handlers.Sent)
		if o, err := r.Row(t.Context(), "r1"); err != nil || o.Why != "" {
			t.Errorf("sent: %q %v", o.Why, err)
		}
	})
}
