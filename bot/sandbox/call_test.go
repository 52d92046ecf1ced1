package sandbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
)

// lines takes what becomes of calls.
type lines struct {
	patient handlers.Phone
	did     []string
}

func (l *lines) CallKey(
	_ context.Context, row, _, keys string,
) (string, handlers.Phone, error) {
	l.did = append(l.did, row+" keys "+keys)
	if keys != "1" {
		return "Not these.", handlers.Phone{}, nil
	}
	return "", l.patient, nil
}

func (l *lines) CallEnded(_ context.Context, c handlers.CallEnd) (string, error) {
	l.did = append(l.did, fmt.Sprint(c.Row, " ended ", c.Patient, " ", c.State, " ", c.For))
	if c.Patient && !c.Answered() {
		return "Nobody there.", nil
	}
	return "", nil
}

// A call rings on the page's phone until somebody picks up or doesn't. On a key that connects, the
// patient's phone rings.
func TestCallsRing(t *testing.T) {
	for _, c := range []struct {
		name  string
		keys  []string // at the nurse's phone, then at the patient's
		did   string
		heard string // on the nurse's phone after the call
	}{
		{name: "nobody picks up", keys: []string{""}, did: "r ended false no-answer 0s"},
		{
			name: "another key", keys: []string{"2"}, heard: "Not these.",
			did: "r keys 2; r ended false completed 0s",
		},
		{
			name: "they talk", keys: []string{"1", "1"},
			did: "r keys 1; r ended true completed 1m0s",
		},
		{
			name: "the patient isn't there", keys: []string{"1", ""}, heard: "Nobody there.",
			did: "r keys 1; r ended true no-answer 0s",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			nurse, _ := phone("+12125550113")
			patient, _ := phone("+12125550101")
			l := &lines{patient: patient}
			r := newRig(t, func(sc *sandbox.Config) { sc.Calls = l })
			_, err := r.Call(t.Context(), handlers.Outgoing{
				ID: "r", To: nurse, Body: "Press 1.", Voice: true, User: "sam",
			})
			if err != nil {
				t.Fatal(err)
			}
			for i, keys := range c.keys {
				on := []string{"%2B12125550113", "%2B12125550101"}[i]
				_, before := r.call(t, "/sandbox/messages?phone="+on, "")
				if !strings.Contains(before, `"status":"ringing","why":"","rings":true`) {
					t.Errorf("%s doesn't ring: %s", on, before)
				}
				r.call(t, "/sandbox/key", `{"phone":"+`+on[3:]+`","keys":"`+keys+`"}`)
				_, after := r.call(t, "/sandbox/messages?phone="+on, "")
				if strings.Contains(after, `"rings":true`) {
					t.Errorf("%s goes on ringing: %s", on, after)
				}
			}
			if got := strings.Join(l.did, "; "); got != c.did {
				t.Errorf("handed over %q", got)
			}
			_, all := r.call(t, "/sandbox/messages?phone=%2B12125550113", "")
			if !strings.Contains(all, c.heard) {
				t.Errorf("heard %s", all)
			}
			r.want(t, "/sandbox/key", `{"phone":"+12125550113","keys":"1"}`, 400,
				`{"error":"no call rings on this phone"}`)
		})
	}
}
