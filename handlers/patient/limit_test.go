package patient_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// After twenty replies in an hour the bot is silent towards a machine whose words differ each time.
// What it writes is still acted on, the desk is told once, and danger is answered.
func TestTwentyRepliesAnHour(t *testing.T) {
	f := newFront(t, openHours)
	f.visits(24)
	for i := range 25 {
		f.clock.Add(time.Minute)
		r := f.text(t, fmt.Sprintf("is the roof green, asks number %c", 'a'+i))
		if r.Kind != kinds.Answer || (len(r.Bodies) == 1) != (i < 20) {
			t.Errorf("text %d: %+v", i+1, r)
		}
	}
	if n := strings.Count(f.told(), "the bot has gone silent"); n != 1 {
		t.Errorf("the desk was told %d times: %q", n, f.told())
	}
	if r := f.text(t, "C"); len(r.Bodies) != 0 || f.states(t) != handlers.Confirmed {
		t.Errorf("%q, the visit is %s", r.Bodies, f.states(t))
	}
	if r := f.text(t, "i want to die"); r.Kind != kinds.Crisis || len(r.Bodies) != 1 {
		t.Errorf("danger: %+v", r)
	}
	// Who writes on under the alarm is told that the clinic knows.
	f.clock.Add(time.Minute)
	if r := f.text(t, "are you there"); len(r.Bodies) != 1 {
		t.Errorf("after it: %+v", r)
	}
}

// The hour counts from the first reply in it.
func TestRepliesOfTheNextHour(t *testing.T) {
	f := newFront(t, openHours)
	for i, c := range []struct {
		texts  int
		apart  time.Duration
		silent int
	}{
		{texts: 21, apart: time.Minute, silent: 1},
		{texts: 1, apart: 40 * time.Minute, silent: 1}, // an hour after the first, to the second
		{texts: 21, apart: time.Second, silent: 1},
	} {
		silent := 0
		for k := range c.texts {
			f.clock.Add(c.apart)
			r := f.text(t, fmt.Sprintf("is the roof green %c%c", 'a'+i, 'a'+k))
			if len(r.Bodies) == 0 {
				silent++
			}
		}
		if silent != c.silent {
			t.Errorf("round %d: %d of %d weren't answered, want %d", i+1, silent, c.texts, c.silent)
		}
	}
}
