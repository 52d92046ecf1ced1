package window_test

import (
	"testing"

	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/window"
)

// The shipped clinic's window is open on working days from nine to eight; Christmas is a holiday.
func TestNextAndBefore(t *testing.T) {
	c := handlerstest.Words(t).Clinic
	for _, x := range []struct{ name, at, next, before string }{
		{
			name: "open", at: "2026-12-01 10:00",
			next: "2026-12-01 10:00", before: "2026-12-01 10:00",
		},
		{
			name: "too early", at: "2026-12-01 06:00",
			next: "2026-12-01 09:00", before: "2026-12-01 09:00",
		},
		{
			name: "too late", at: "2026-12-01 23:00",
			next: "2026-12-02 09:00", before: "2026-12-02 09:00",
		},
		{
			name: "a holiday", at: "2026-12-25 10:00",
			next: "2026-12-26 09:00", before: "2026-12-24 10:00",
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			at := handlerstest.At(t, x.at)
			got := window.Next(c, at, at.Location())
			if want := handlerstest.At(t, x.next); !got.Equal(want) {
				t.Errorf("next is %v, want %v", got, want)
			}
			got = window.Before(c, at, at.Location())
			if want := handlerstest.At(t, x.before); !got.Equal(want) {
				t.Errorf("before is %v, want %v", got, want)
			}
		})
	}
}
