package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
)

// A receipt may come before the worker settles the row. What the carrier said stands, if it is
// further.
func settleAfterAReceipt(t *testing.T, on each) {
	for _, c := range []struct{ receipt, settled, want string }{
		{receipt: handlers.Sent, settled: handlers.Sent, want: handlers.Sent},
		{receipt: handlers.Delivered, settled: handlers.Sent, want: handlers.Delivered},
		{receipt: handlers.Failed, settled: handlers.Sent, want: handlers.Failed},
		{receipt: handlers.Delivered, settled: handlers.Failed, want: handlers.Delivered},
		{receipt: handlers.Delivered, settled: handlers.Planned, want: handlers.Delivered},
		{receipt: handlers.Sent, settled: handlers.Planned, want: handlers.Sent},
		{receipt: handlers.Sent, settled: handlers.Failed, want: handlers.Failed},
	} {
		t.Run(c.receipt+" then settled "+c.settled, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				Plan(t, r, "1", nil, Row(t, "r1"))
				o := Claim(t, r, now, "r1")[0]
				Begin(t, r, &o, uncapped)
				if !advance(t, r, "r1", c.receipt, "SM1", time.Time{}) {
					t.Fatal("the receipt moved nothing")
				}
				if !Settle(t, r, o, c.settled) {
					t.Fatal("the claim was lost to a receipt")
				}
				if got := Stored(t, r, "r1"); got.State != c.want || got.SID != "SM1" {
					t.Errorf("%q %q, want %q", got.State, got.SID, c.want)
				}
			})
		})
	}
}

// A receipt between two tries says that the carrier has the text, so it isn't sent again.
func beginAfterAReceipt(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		o := Claim(t, r, now, "r1")[0]
		Begin(t, r, &o, uncapped)
		o.Due = now
		Settle(t, r, o, handlers.Planned)
		again := Claim(t, r, now, "r1")[0]
		if !advance(t, r, "r1", handlers.Sent, "SM1", time.Time{}) {
			t.Fatal("the receipt moved nothing")
		}
		if b := Begin(t, r, &again, uncapped); b != gate.Lost {
			t.Errorf("begun: %v", b)
		}
		late := Claim(t, r, now.Add(Lease), "r1")[0]
		if late.State != handlers.Sent || late.SID != "SM1" {
			t.Errorf("%+v: whoever claims it next can't know that it was sent", late)
		}
	})
}

// Receipts come in any order and repeat. The state only moves forward, and an end stays.
func advances(t *testing.T, on each) {
	for _, c := range []struct{ receipts, want string }{
		{receipts: "sent delivered", want: "sent+ delivered+"},
		{receipts: "delivered sent", want: "delivered+ delivered"},
		{receipts: "sent sent", want: "sent+ sent"},
		{receipts: "failed delivered", want: "failed+ failed"},
		{receipts: "delivered failed delivered", want: "delivered+ delivered delivered"},
		{receipts: "sent failed sent", want: "sent+ failed+ failed"},
		{receipts: "nonsense sent", want: "planned sent+"},
	} {
		t.Run(c.receipts, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				Plan(t, r, "1", nil, Row(t, "r1"))
				o := Claim(t, r, now, "r1")[0]
				Begin(t, r, &o, uncapped)
				var got []string
				for _, s := range strings.Fields(c.receipts) {
					o, moved, err := r.Advance(t.Context(), "r1", s, "SM1", "", now, time.Time{})
					if err != nil {
						t.Fatal(err)
					}
					got = append(got, o.State+map[bool]string{true: "+"}[moved])
				}
				if s := strings.Join(got, " "); s != c.want {
					t.Errorf("%s, want %s", s, c.want)
				}
			})
		})
	}
	on(t, func(t *testing.T, r Store) {
		o, moved, err := r.Advance(t.Context(), "none", handlers.Sent, "SM1", "", now, time.Time{})
		if o.ID != "" || moved || err != nil {
			t.Errorf("an unknown id: %+v %v %v", o, moved, err)
		}
		if got := Stored(t, r, "none"); got.State != "" {
			t.Error("a receipt made a row")
		}
	})
}
