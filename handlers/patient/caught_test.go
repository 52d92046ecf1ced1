package patient_test

import (
	"context"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// One line at the desk for an outage, which changes as more texts are fetched.
func TestTellCaught(t *testing.T) {
	at := func(s string) time.Time { return handlerstest.At(t, s) }
	for _, c := range []struct {
		name string
		n    desk.Caught
		want string
	}{
		{
			name: "one",
			n: desk.Caught{
				Since: at("2026-12-01 09:31"), Until: at("2026-12-01 09:31"), Person: 1,
			},
			want: "1 text that a patient wrote on Tue Dec 1 at 9:31 AM, while the bot was away, " +
				"reached it late: 1 waiting for you, on their own cards.",
		},
		{
			name: "many",
			n: desk.Caught{
				Since: at("2026-12-01 09:31"), Until: at("2026-12-01 09:33"),
				Danger: 2, Answered: 540, Person: 260, Done: 4,
			},
			want: "806 texts that patients wrote between Tue Dec 1 at 9:31 AM and 9:33 AM, " +
				"while the bot was away, reached it late: " +
				"2 read as danger: see the urgent channel; 540 answered by the bot; " +
				"260 waiting for you, on their own cards; 4 that need no answer.",
		},
		{
			name: "over midnight",
			n: desk.Caught{
				Since: at("2026-11-30 23:50"), Until: at("2026-12-01 00:20"), Answered: 2,
			},
			want: "2 texts that patients wrote between Mon Nov 30 at 11:50 PM " +
				"and Tue Dec 1 at 12:20 AM, while the bot was away, reached it late: " +
				"2 answered by the bot.",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFront(t, openHours)
			count := func(context.Context) (desk.Caught, error) { return c.n, nil }
			if err := f.TellCaught(t.Context(), count); err != nil {
				t.Fatal(err)
			}
			if got := f.told(); got != "desk away "+c.want {
				t.Errorf("told %q", got)
			}
			c.n.Done++
			f.clock.Add(time.Second)
			if err := f.TellCaught(t.Context(), count); err != nil {
				t.Fatal(err)
			}
			cards := map[string]bool{}
			for _, p := range f.store.Queue() {
				cards[p.Case] = true
			}
			if len(cards) != 1 {
				t.Errorf("cards %v, want one", cards)
			}
		})
	}
}
