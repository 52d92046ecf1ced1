package staff_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// What the on-call phone hears.
const (
	yours = "Thank you. The case is yours. Open the urgent channel now."
	late  = "Thank you. Somebody has the case already."
)

// alarm opens an alarm of the number that ends in last4, with the id "u" and the thread "T-u"
// before these digits.
func (o *office) alarm(t *testing.T, last4 string) {
	t.Helper()
	p := handlerstest.Phone(t, last4)
	o.store.Put(p, handlers.Effects{Cases: []handlers.Case{{
		ID: "u" + last4, Channel: handlers.UrgentChannel, Phone: p, Kind: kinds.Crisis, Open: true,
		At: o.clock.Now(),
	}}})
	o.store.Thread("u"+last4, "T-u"+last4)
}

// takers returns who has taken the alarms of these numbers.
func (o *office) takers(t *testing.T, last4 ...string) (out []string) {
	t.Helper()
	for _, d := range last4 {
		c, ok, err := o.store.Case(t.Context(), "u"+d)
		if err != nil || !ok {
			t.Fatal(d, ok, err)
		}
		out = append(out, c.TakenBy)
	}
	return out
}

func TestTheOnCallPhoneTakesAlarms(t *testing.T) {
	for name, c := range map[string]struct {
		taken  string // what a member of staff does first, by button
		caseID string
		digits string
		says   string
		first  string // who has the alarm of …0101 then
		second string // and that of …0102
	}{
		"one":               {caseID: "u0101", digits: "1", says: yours, first: "on call"},
		"all":               {digits: "1", says: yours, first: "on call", second: "on call"},
		"another key":       {caseID: "u0101", digits: "2"},
		"no key":            {caseID: "u0101"},
		"two keys":          {digits: "11"},
		"a case that isn't": {caseID: "u0199", digits: "1"},
		"somebody was quicker": {
			taken: desk.ActionTake, caseID: "u0101", digits: "1", says: late, first: "U2",
		},
		"all that is left": {
			taken: desk.ActionTake, digits: "1", says: yours, first: "U2", second: "on call",
		},
		"it is over": {taken: desk.ActionClear, caseID: "u0101", digits: "1", says: late},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.alarm(t, "0101")
			o.alarm(t, "0102")
			if c.taken != "" {
				press := handlers.Press{ID: "P", Thread: "T-u0101", Action: c.taken, User: "U2"}
				if _, err := o.Press(t.Context(), press); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // the carrier asks again if it had no answer: the same is said
				says, err := o.OnCall(t.Context(), "CA1", c.caseID, c.digits)
				if err != nil || says != c.says {
					t.Errorf("says %q, %v, want %q", says, err, c.says)
				}
			}
			got := o.takers(t, "0101", "0102")
			if got[0] != c.first || got[1] != c.second {
				t.Errorf("the alarms are %q's, want %q and %q", got, c.first, c.second)
			}
		})
	}
}

// Nobody is told that an alarm is theirs while that couldn't be stored, and it is theirs once it
// can.
func TestTheOnCallPhoneWhileTheStoreIsAway(t *testing.T) {
	for name, id := range map[string]string{"one": "u0101", "all": ""} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.alarm(t, "0101")
			away := errors.New("away")
			o.store.Fail(away)
			says, err := o.OnCall(t.Context(), "CA1", id, "1")
			if !errors.Is(err, away) || says != "" {
				t.Errorf("%q, %v", says, err)
			}
			o.store.Fail(nil)
			says, err = o.OnCall(t.Context(), "CA1", id, "1")
			if err != nil || says != yours {
				t.Errorf("%q, %v", says, err)
			}
			if got := o.takers(t, "0101"); got[0] != "on call" {
				t.Errorf("the alarm is %q's", got)
			}
		})
	}
}

// An alarm is one person's; only clearing it lets answers and reminders go on.
func TestAnAlarmIsTakenOnceAndCleared(t *testing.T) {
	o := newOffice(t)
	o.alarm(t, "0101")
	for i, c := range []struct {
		action, user string
		takenBy      string
		open         bool
		person       bool // somebody has the conversation
		note         string
	}{
		{
			action: desk.ActionTake, user: "U1", takenBy: "U1", open: true, person: true,
			note: "note u0101 U1 has this, 7 minutes after it came.",
		},
		{action: desk.ActionTake, user: "U2", takenBy: "U1", open: true, person: true},
		{action: desk.ActionRead, user: "U2", takenBy: "U1", open: true, person: true},
		{
			action: desk.ActionClear, user: "U2", takenBy: "U1",
			note: "note u0101 U2 cleared this: answers and reminders go on.",
		},
		{action: desk.ActionClear, user: "U1", takenBy: "U1"},
	} {
		o.clock.Add(7 * time.Minute)
		before := len(o.store.Queue())
		press := handlers.Press{
			ID: "P" + string(rune('0'+i)), Thread: "T-u0101", Action: c.action, User: c.user,
		}
		if _, err := o.Press(t.Context(), press); err != nil {
			t.Fatal(err)
		}
		k, _, _ := o.store.Case(t.Context(), "u0101")
		s := o.state(t)
		if k.TakenBy != c.takenBy || k.Open != c.open || (s.Urgent() != nil) != c.open ||
			s.Conversation.Person(o.clock.Now()) != c.person {
			t.Errorf("press %d: %+v, %+v", i, k, s.Conversation)
		}
		note := ""
		for _, p := range o.store.Queue()[before:] {
			if p.Do == desk.PostNote {
				note = "note " + p.Case + " " + p.From + " " + p.Text
			}
		}
		if note != c.note {
			t.Errorf("press %d: %q, want %q", i, note, c.note)
		}
	}
}

// A repeated key is the same key: it takes no alarm that came since, of which the call didn't tell.
func TestARepeatedKeyTakesNoLaterAlarm(t *testing.T) {
	o := newOffice(t)
	o.alarm(t, "0101")
	press := func(call string) {
		t.Helper()
		if says, err := o.OnCall(t.Context(), call, "", "1"); err != nil || says != yours {
			t.Errorf("%q, %v", says, err)
		}
	}
	press("CA1")
	o.alarm(t, "0102")
	press("CA1")
	if got := o.takers(t, "0101", "0102"); got[0] != "on call" || got[1] != "" {
		t.Errorf("the alarms are %q's", got)
	}
	press("CA2")
	if got := o.takers(t, "0102"); got[0] != "on call" {
		t.Errorf("the alarm is %q's", got)
	}
}

// Of several who press at once, in Slack and on the phone, one has the alarm, and the others are
// told so.
func TestAnAlarmThatManyTakeAtOnce(t *testing.T) {
	o := newOffice(t)
	o.alarm(t, "0101")
	const many = 8
	var wg sync.WaitGroup
	heard := make([]string, many)
	for i := range many {
		wg.Go(func() {
			press := handlers.Press{
				ID: fmt.Sprint("P", i), Thread: "T-u0101", Action: desk.ActionTake,
				User: fmt.Sprint("U", i),
			}
			if _, err := o.Press(t.Context(), press); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			says, err := o.OnCall(t.Context(), fmt.Sprint("CA", i), "u0101", "1")
			if err != nil {
				t.Error(err)
			}
			heard[i] = says
		})
	}
	wg.Wait()
	taker := o.takers(t, "0101")[0]
	mine := 0
	for _, says := range heard {
		if says == yours {
			mine++
		}
	}
	want := "card u0101; note u0101 " + taker + " has this, 0 minutes after it came."
	if got := o.posts(); got != want || (mine == 1) != (taker == "on call") || mine > 1 {
		t.Errorf("%q, want %q; %d calls were told that it is theirs", got, want, mine)
	}
}
