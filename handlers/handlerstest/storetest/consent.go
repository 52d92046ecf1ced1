package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
)

// However often a number changes its consent, its history is bounded and the last change stands.
func consentHistoryIsBounded(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		for i := range 151 { // the last one is an opt-out
			c := handlers.Consent{Out: i%2 == 0, At: now.Add(time.Duration(i) * time.Hour)}
			Turn(t, r, fmt.Sprint(i), p, handlers.Effects{Consent: &c})
		}
		all, err := r.Consents(t.Context(), p)
		if err != nil || len(all) != 20 {
			t.Fatalf("%d are kept, %v; want the last 20", len(all), err)
		}
		if first, last := all[0], all[19]; !first.At.Equal(now.Add(131*time.Hour)) || !last.Out {
			t.Errorf("the first of %v, the last %+v", first.At, last)
		}
		if !Peek(t, r, p).Consent.Out {
			t.Error("the opt-out is lost")
		}
	})
}

// Staff find a number by the last four digits that they are shown.
func numbersByLastDigits(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		for _, last4 := range []string{"0101", "0102"} {
			Turn(t, r, last4, Phone(t, last4), handlers.Effects{})
		}
		for last4, want := range map[string]int{"0101": 1, "0103": 0} {
			got, err := r.Numbers(t.Context(), last4)
			if err != nil || len(got) != want || want == 1 && got[0] != Phone(t, last4) {
				t.Errorf("%s: %v %v, want %d", last4, got, err, want)
			}
		}
	})
}

// Consent is what the number said last, whatever else is written since.
func consentAsItStands(t *testing.T, on each) {
	on(t, func(t *testing.T, r Store) {
		p := Phone(t, "0101")
		for i, c := range []handlers.Consent{
			{Out: true, At: now, Way: "text", Words: "no más"},
			{At: now.Add(time.Hour), Way: "text", Words: "START"},
			{Out: true, At: now.Add(2 * time.Hour), Way: "carrier", Words: "21610"},
		} {
			Turn(t, r, fmt.Sprint(i), p, handlers.Effects{Consent: &c})
			if got := Peek(t, r, p).Consent; got != c {
				t.Errorf("%+v, want %+v", got, c)
			}
		}
		Turn(t, r, "other", p, handlers.Effects{Conversation: &handlers.Conversation{}})
		if !Peek(t, r, p).Consent.Out {
			t.Error("another event forgot the consent")
		}
	})
}
