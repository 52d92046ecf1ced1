package storetest

import (
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// Staff can send a text again, or take it off their list, only if it failed. A second press, or one
// on an old card, must not send the patient the same text twice.
func onlyAFailedTextIsSentAgain(t *testing.T, on each) {
	for _, c := range []struct {
		name    string
		happens func(t *testing.T, r Store)
		resent  bool   // by Retry
		want    string // the state without that
	}{
		{name: "planned", happens: func(*testing.T, Store) {}, want: handlers.Planned},
		{name: "its send has begun", happens: func(t *testing.T, r Store) {
			o := Claim(t, r, now, "r1")[0]
			Begin(t, r, &o, uncapped)
		}, want: handlers.Planned},
		{name: "sent", happens: func(t *testing.T, r Store) {
			send(t, r, "r1", handlers.Sent)
		}, want: handlers.Sent},
		{name: "delivered", happens: func(t *testing.T, r Store) {
			send(t, r, "r1", handlers.Sent)
			advance(t, r, "r1", handlers.Delivered, "SM1", time.Time{})
		}, want: handlers.Delivered},
		{name: "decided against", happens: func(t *testing.T, r Store) {
			Settle(t, r, Claim(t, r, now, "r1")[0], handlers.Skipped)
		}, want: handlers.Skipped},
		{name: "void", happens: func(t *testing.T, r Store) {
			Plan(t, r, "void", []string{"r1"})
		}, want: handlers.Void},
		{name: "refused by the carrier", happens: func(t *testing.T, r Store) {
			send(t, r, "r1", handlers.Failed)
		}, want: handlers.Failed, resent: true},
		{name: "not delivered", happens: func(t *testing.T, r Store) {
			send(t, r, "r1", handlers.Sent)
			advance(t, r, "r1", handlers.Failed, "SM1", time.Time{})
		}, want: handlers.Failed, resent: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				Plan(t, r, "1", nil, Row(t, "r1"))
				c.happens(t, r)
				before, o := log(t, r, "r1"), Row(t, "r1")
				e := handlers.Effects{Dismiss: []handlers.Outgoing{o}, By: "UDANA"}
				Turn(t, r, "dismiss", o.To, e)
				want := before
				if c.resent {
					want += ", dismissed: UDANA"
				}
				if got := Stored(t, r, "r1").State; got != c.want || log(t, r, "r1") != want {
					t.Errorf("dismissed: %s, %s; want %s", got, log(t, r, "r1"), want)
				}
				e = handlers.Effects{Retry: []handlers.Outgoing{o}, By: "UDANA"}
				Turn(t, r, "resend", o.To, e)
				if c.resent {
					want += ", planned: sent again by UDANA"
					Claim(t, r, now, "r1")
				}
				if got := log(t, r, "r1"); got != want {
					t.Errorf("sent again: %s\nwant %s", got, want)
				}
			})
		})
	}
}

// What staff send again has the words that it left with, and its first text counts no longer.
func resendKeepsItsWords(t *testing.T, on each) {
	for _, c := range []struct {
		name string
		end  func(t *testing.T, r Store)
	}{
		{name: "the carrier refused it", end: func(t *testing.T, r Store) {
			o := Claim(t, r, now, "r1")[0]
			o.Body = "as it left"
			Begin(t, r, &o, uncapped)
			o.Tries = 0
			Settle(t, r, o, handlers.Failed)
		}},
		{name: "it wasn't delivered", end: func(t *testing.T, r Store) {
			o := Claim(t, r, now, "r1")[0]
			o.Body, o.SID = "as it left", "SM1"
			Begin(t, r, &o, uncapped)
			Settle(t, r, o, handlers.Sent)
			advance(t, r, "r1", handlers.Failed, "SM1", time.Time{})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			on(t, func(t *testing.T, r Store) {
				asked := Row(t, "r1")
				asked.Unasked, asked.Body = false, "as it was planned"
				Plan(t, r, "1", nil, asked)
				c.end(t, r)
				if got := Stored(t, r, "r1").Body; got != "" {
					t.Errorf("the row of a text that ended holds the words %q", got)
				}
				Turn(t, r, "resend", asked.To, handlers.Effects{Retry: []handlers.Outgoing{asked}})
				if o := Claim(t, r, now, "r1")[0]; o.Body != "as it left" || o.Errors != 0 {
					t.Errorf("%q after %d errors", o.Body, o.Errors)
				}
			})
		})
	}
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		send(t, r, "r1", handlers.Sent)
		advance(t, r, "r1", handlers.Failed, "SM1", time.Time{})
		o := Row(t, "r1")
		Turn(t, r, "resend", o.To, handlers.Effects{Retry: []handlers.Outgoing{o}})
		if at := unaskedAt(t, r); len(at) != 0 || Peek(t, r, o.To).Texted {
			t.Errorf("the text that failed counts still, at %v", at)
		}
	})
}

// What a rule decided against when it was due isn't planned again when its visit is written again:
// the patient would be reminded of what the rule held back.
func decidedAgainstIsFinal(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		Plan(t, r, "1", nil, Row(t, "r1"))
		o := Claim(t, r, now, "r1")[0]
		o.Why = "the patient has confirmed"
		Settle(t, r, o, handlers.Skipped)
		Plan(t, r, "2", []string{"r1"}, Row(t, "r1"))
		Claim(t, r, now.AddDate(0, 0, 1), "")
		if got := log(t, r, "r1"); got != "planned, skipped: the patient has confirmed" {
			t.Error(got)
		}
	})
}

// A text that told two visits failed, waits to be tried again, and is voided: its own visit moved.
// The other visit's reminder waits on its own again, when it was due, and isn't lost.
func voidFreesTheOtherRow(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		beginBoth(t, r)
		advance(t, r, "r1", handlers.Failed, "SM1", now.Add(3*time.Hour)) // before we settled it
		Plan(t, r, "moved", []string{"r1"})
		if got := Stored(t, r, "r2").State; got != handlers.Planned {
			t.Errorf("the other row is %s", got)
		}
		Claim(t, r, now.Add(time.Hour-time.Millisecond), "")
		Claim(t, r, now.Add(4*time.Hour), "r2")
	})
}
