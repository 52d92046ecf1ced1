package staff_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
)

// undelivered stores a failed text and its card.
func (o *office) undelivered(t *testing.T, id string) handlers.Outgoing {
	return o.failed(t, id, time.Time{})
}

// failed is undelivered for a text about a visit that starts at start.
func (o *office) failed(t *testing.T, id string, start time.Time) handlers.Outgoing {
	t.Helper()
	row := handlers.Outgoing{
		ID: id, To: o.patient, Kind: "confirm", Start: start, Due: o.clock.Now(), Unasked: true,
	}
	o.store.Put(o.patient, handlers.Effects{
		Texts: []handlers.Outgoing{row},
		Cases: []handlers.Case{{
			ID: "u-" + id, Channel: handlers.DeskChannel, Phone: o.patient, Kind: "undelivered",
			Open: true, Row: id, At: o.clock.Now(),
		}},
		Reach: &handlers.Reach{NoTexts: true, Why: "a landline"},
	})
	o.store.Thread("u-"+id, "T-u-"+id)
	if _, moved, err := o.store.Advance(
		t.Context(), id, handlers.Failed, "SM1", "a landline (30006)", o.clock.Now(), time.Time{},
	); !moved || err != nil {
		t.Fatal(moved, err)
	}
	return row
}

// seenTo are what staff do about a failed text, and what becomes of it.
var seenTo = map[string]struct {
	do    func(t *testing.T, o *office, r handlers.Outgoing) string
	says  string
	state string
	left  int // on the list
	note  string
}{
	"listed": {
		do: func(t *testing.T, o *office, r handlers.Outgoing) string {
			return command(t, o, "failed", true)
		},
		says: "a landline (30006)", state: handlers.Failed, left: 1,
	},
	"retried by its code": {do: func(t *testing.T, o *office, r handlers.Outgoing) string {
		return command(t, o, "retry "+r.Code(), true)
	}, says: "1 on their way again", state: handlers.Planned, note: "had it sent again"},
	"retried, all": {
		do: func(t *testing.T, o *office, r handlers.Outgoing) string {
			return command(t, o, "retry ALL", true)
		},
		says: "1 on their way again", state: handlers.Planned, note: "had it sent again",
	},
	"dismissed": {do: func(t *testing.T, o *office, r handlers.Outgoing) string {
		return command(t, o, "dismiss "+r.Code(), true)
	}, says: "1 dismissed", state: handlers.Failed, note: "dismissed this"},
	"a code that isn't there": {
		do: func(t *testing.T, o *office, r handlers.Outgoing) string {
			return command(t, o, "retry zzzzz", true)
		},
		says: "No failed text has the code", state: handlers.Failed, left: 1,
	},
	"in another channel": {
		do: func(t *testing.T, o *office, r handlers.Outgoing) string {
			return command(t, o, "failed", false)
		},
		says: "give it in the desk's channel", state: handlers.Failed, left: 1,
	},
	"retried by button": {do: func(t *testing.T, o *office, r handlers.Outgoing) string {
		return o.pressed(t, "T-u-r1", desk.ActionRetry)
	}, state: handlers.Planned, note: "had it sent again"},
	"dismissed by button": {do: func(t *testing.T, o *office, r handlers.Outgoing) string {
		return o.pressed(t, "T-u-r1", desk.ActionDone)
	}, state: handlers.Failed, note: "dismissed this"},
}

func TestFailedTextsAreSeenTo(t *testing.T) {
	for name, c := range seenTo {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			row := o.undelivered(t, "r1")
			if got := c.do(t, o, row); !strings.Contains(got, c.says) ||
				strings.Contains(got, "2125550101") {
				t.Errorf("says %q", got)
			}
			if got := o.store.Text("r1").State; got != c.state {
				t.Errorf("state %s, want %s", got, c.state)
			}
			if all, _ := o.store.Failed(t.Context()); len(all) != c.left {
				t.Errorf("%d on the list, want %d", len(all), c.left)
			}
			if got := o.posts(); !strings.Contains(got, c.note) {
				t.Errorf("the desk reads %q", got)
			}
			s := o.state(t)
			if s.Reach.NoTexts != (c.state != handlers.Planned) {
				t.Errorf("%+v: who sends it again says that the number can be reached", s.Reach)
			}
			open := false
			for _, k := range s.Cases {
				open = open || k.Row == "r1"
			}
			if open != (c.left == 1) {
				t.Errorf("card open: %v", open)
			}
		})
	}
}

func (o *office) pressed(t *testing.T, thread, action string) string {
	t.Helper()
	if _, err := o.Press(t.Context(), handlers.Press{
		ID: "press", Thread: thread, Action: action, User: "UDANA",
	}); err != nil {
		t.Fatal(err)
	}
	return ""
}

func TestNothingFailed(t *testing.T) {
	got := command(t, newOffice(t), "failed", true)
	if !strings.Contains(got, "No text has failed") {
		t.Error(got)
	}
}

// Several numbers may end in the same four digits.
func TestWhyIsOfEveryNumberThatEndsSo(t *testing.T) {
	o := newOffice(t)
	other, err := handlers.NewPhone("+13105550101")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []handlers.Phone{o.patient, other} {
		row := handlers.Outgoing{ID: "r" + p.E164(), To: p, Kind: "confirm", Due: o.clock.Now()}
		o.store.Put(p, handlers.Effects{Texts: []handlers.Outgoing{row}})
	}
	got := command(t, o, "why 0101", true)
	if strings.Count(got, "…0101\n") != 2 || strings.Count(got, "confirm") != 2 ||
		strings.Count(got, "waitlist  ") != 2 {
		t.Error(got)
	}
	if got := command(t, o, "why 9999", true); !strings.Contains(got, "Nothing is known") {
		t.Error(got)
	}
	got = command(t, o, "why 212-555-0101", true)
	if strings.Count(got, "…0101\n") != 1 || strings.Count(got, "confirm") != 1 {
		t.Error(got)
	}
}

// A text that makes no sense any more isn't sent again, by command or by button. Staff are told
// why, and it stays listed until they dismiss it.
func TestWhatMakesNoSenseAnyMoreStaysListed(t *testing.T) {
	for name, do := range map[string]func(t *testing.T, o *office, r handlers.Outgoing) string{
		"by its code": func(t *testing.T, o *office, r handlers.Outgoing) string {
			return command(t, o, "retry "+r.Code(), true)
		},
		"all": func(t *testing.T, o *office, _ handlers.Outgoing) string {
			return command(t, o, "retry all", true)
		},
		"by button": func(t *testing.T, o *office, _ handlers.Outgoing) string {
			return o.pressed(t, "T-u-r1", desk.ActionRetry)
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			row := o.failed(t, "r1", o.clock.Now().Add(time.Hour))
			o.clock.Add(2 * time.Hour)
			got := do(t, o, row)
			if name != "by button" && (!strings.Contains(got, "not sent: the visit has begun") ||
				strings.Contains(got, "on their way") || strings.Contains(got, "2125550101")) {
				t.Errorf("says %q", got)
			}
			if told := o.posts(); !strings.Contains(told, "not sent: the visit has begun.") {
				t.Errorf("the desk reads %q", told)
			}
			if all, _ := o.store.Failed(t.Context()); len(all) != 1 ||
				all[0].State != handlers.Failed || !o.state(t).Reach.NoTexts {
				t.Errorf("%+v", all)
			}
			got = command(t, o, "dismiss "+row.Code(), true)
			if !strings.Contains(got, "1 dismissed") {
				t.Errorf("%q", got)
			}
			if all, _ := o.store.Failed(t.Context()); len(all) != 0 {
				t.Errorf("dismissed, and %+v", all)
			}
		})
	}
}

func TestOfSeveralThoseThatMakeSenseAreSent(t *testing.T) {
	o := newOffice(t)
	past := o.failed(t, "past", o.clock.Now().Add(time.Hour))
	o.failed(t, "ahead", o.clock.Now().Add(9*time.Hour))
	o.clock.Add(2 * time.Hour)
	got := command(t, o, "retry all", true)
	if !strings.Contains(got, "1 on their way again") ||
		!strings.Contains(got, past.Code()+" (confirm to …0101) not sent: the visit has begun.") {
		t.Errorf("%q", got)
	}
	if all, _ := o.store.Failed(t.Context()); len(all) != 1 || all[0].ID != "past" ||
		o.store.Text("ahead").State != handlers.Planned {
		t.Errorf("%+v", all)
	}
}
