package redis_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/alicebob/miniredis/v2"

	"github.com/beacon-clinic/beacon/bot/redis"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest/storetest"
)

// What is known of a number is all of it: every mark that was stored is found.
func TestKnown(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		p := storetest.Phone(t, "0101")
		fillMarked(t, r, p)
		ownPhone(t, r, "U1", p)
		k, err := r.Known(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		all, err := json.Marshal(k)
		if err != nil {
			t.Fatal(err)
		}
		for _, mark := range []string{
			"body", "reply", "note", "said", "burst", "consent", "reach", "Name", "type", "title",
			"text", "post", "offer", "wish", "waits", "external", "ask", "answer",
			"line", "draft",
		} {
			if !strings.Contains(string(all), "MARK "+mark) {
				t.Errorf("%q isn't in what is known:\n%s", "MARK "+mark, all)
			}
		}
		want := []string{
			"1 visits", "2 texts to them", "1 replies to them", "2 lines of conversation",
			"1 notes of staff that weren't sent", "1 cases at the desk",
			"1 changes of consent", "1 places on the waitlist",
			"1 freed times that they gave up or were offered", "1 questions that they asked",
			"1 names or codes that feeds have for them", "1 members of staff who call from it",
		}
		if got := k.Count(); !slices.Equal(got, want) || k.Nothing() {
			t.Errorf("%q, want %q", got, want)
		}
		none, err := r.Known(t.Context(), storetest.Phone(t, "0103"))
		if err != nil || !none.Nothing() {
			t.Errorf("%+v %v", none, err)
		}
	})
}

// ownPhone stores that a phone is a member of staff's.
func ownPhone(t *testing.T, r *redis.Redis, user string, p handlers.Phone) {
	t.Helper()
	if err := r.SetOwnPhone(t.Context(), handlers.OwnPhone{User: user, Phone: p}); err != nil {
		t.Fatal(err)
	}
}

// After an erasure a dump shows nothing of the number but that it opted out, and everything of
// everybody else.
func TestErase(t *testing.T) {
	for name, url := range map[string]string{
		"miniredis": "redis://" + miniredis.RunT(t).Addr(), "redis-server": realURL(t),
	} {
		t.Run(name, func(t *testing.T) {
			r, c := openClear(t, redis.Config{URL: url}), raw(t, url)
			p, other := storetest.Phone(t, "0101"), storetest.Phone(t, "0199")
			fillMarked(t, r, p)
			ownPhone(t, r, "U1", p)
			ownPhone(t, r, "U2", other)
			own, err := r.Keys(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			who := whose(own)
			shared := handlers.Slot{
				ID: "s2", Start: now, From: other, At: now, Next: now, State: handlers.SlotOpen,
				Offers: []handlers.Offer{
					{To: p, Name: "MARK", At: now}, {To: other, Name: "Theirs", At: now},
				},
			}
			storetest.Turn(t, r, "other", other, handlers.Effects{
				Consent: &handlers.Consent{At: now},
				Visits:  []handlers.Visit{{ID: "v2", Name: "Theirs", Phone: other, Start: now}},
				Slots:   []handlers.Slot{shared},
			})
			n, err := r.Erase(t.Context(), p)
			if err != nil || n < 15 {
				t.Fatal(n, err)
			}
			for _, key := range stored(t, c) {
				all := content(t, c, key)
				taught := key == "{beacon}:proposals"
				if strings.Contains(all, "MARK") && !taught || strings.Contains(all, p.E164()) {
					t.Errorf("left:\n%s", all)
				}
				if strings.Contains(all, who) && key != "{beacon}:turn:"+who &&
					key != "{beacon}:out:"+who {
					t.Errorf("left:\n%s", all)
				}
			}
			s := storetest.Peek(t, r, p)
			if want := (handlers.Consent{Out: true, At: s.Consent.At}); s.Consent != want ||
				len(s.Visits)+len(s.Cases)+len(s.Offers) > 0 {
				t.Errorf("of the number: %+v", s)
			}
			theirs := storetest.Peek(t, r, other)
			if len(theirs.Visits) != 1 || len(theirs.Offers) != 1 ||
				theirs.Offers[0].Offers[0].Name != "Theirs" {
				t.Errorf("of another number: %+v", theirs)
			}
			mine, err := r.OwnPhone(t.Context(), "U1")
			if err != nil || !mine.Phone.IsZero() {
				t.Errorf("of staff: %+v %v", mine, err)
			}
			if o, err := r.OwnPhone(t.Context(), "U2"); err != nil || o.Phone != other {
				t.Errorf("of other staff: %+v %v", o, err)
			}
			storetest.Claim(t, r, now, "") // its rows are gone from the queues
			if _, again, err := r.Turn(t.Context(), "event", p, nil); !again || err != nil {
				t.Error("a text that was handled is handled anew", err)
			}
			if n, err := r.Erase(t.Context(), p); n != 0 || err != nil {
				t.Errorf("again: %d %v", n, err)
			}
		})
	}
}

// Nobody is forgotten while an alarm of theirs is open.
func TestEraseKeepsWhoIsInDanger(t *testing.T) {
	on(t, func(t *testing.T, r *redis.Redis) {
		p := storetest.Phone(t, "0101")
		alarm := handlers.Case{
			ID: "c1", Phone: p, Channel: handlers.UrgentChannel, Kind: "crisis", Open: true, At: now,
		}
		storetest.Turn(t, r, "1", p, handlers.Effects{Cases: []handlers.Case{alarm}})
		if n, err := r.Erase(t.Context(), p); !errors.Is(err, redis.ErrAlarm) || n != 0 {
			t.Fatal(n, err)
		}
		if len(storetest.Peek(t, r, p).Cases) != 1 {
			t.Error("the alarm is gone")
		}
		alarm.Open = false
		storetest.Turn(t, r, "2", p, handlers.Effects{Cases: []handlers.Case{alarm}})
		if _, err := r.Erase(t.Context(), p); err != nil {
			t.Error(err)
		}
	})
}
