package reminder_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

// two books visits of one number, "v1", "v2" and so on, at these starts.
func (b *books) two(t *testing.T, kind string, starts ...string) {
	t.Helper()
	for i, s := range starts {
		v := visit(t, s)
		v.ID, v.Type = "v"+string(rune('1'+i)), kind
		b.book(t, v, visits.Imported)
	}
}

// outcomes returns states without the visits, sorted: of two rows that are due together either may
// be the one that is sent.
func (b *books) outcomes(t *testing.T, kind string) string {
	t.Helper()
	all := strings.Split(b.states(t, kind), ", v")
	for i := range all {
		_, all[i], _ = strings.Cut(all[i], " ")
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// states returns the states of the rows of a kind, by visit: "v1 sent, v2 skipped: why".
func (b *books) states(t *testing.T, kind string) string {
	t.Helper()
	all, err := b.store.Records(t.Context(), handlerstest.Phone(t, "0101"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range all {
		if r.Kind == kind && r.State != handlers.Void {
			out = append(out, strings.TrimSuffix(r.Visit+" "+r.State+": "+r.Why, ": "))
		}
	}
	return strings.Join(out, ", ")
}

func TestOneTextTellsOfBothVisitsOfADay(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.two(t, "spravato", "2026-10-20 14:00", "2026-10-20 16:30")
	got := b.Until(t, "2026-10-21 00:00")
	const want = "booked 10-05 10:00, confirm 10-17 10:00, prepare 10-19 11:00, nudge 10-20 11:00"
	if got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	for _, o := range b.carrier.Sent() {
		if !strings.Contains(o.Body, "2:00 PM and 4:30 PM") {
			t.Errorf("%s: %q", o.Kind, o.Body)
		}
	}
	for _, kind := range []string{"booked", "confirm", "prepare", "nudge"} {
		const want = "sent, skipped: told in the text of another visit"
		if got := b.outcomes(t, kind); got != want {
			t.Errorf("%s: %s", kind, got)
		}
	}
	if !strings.Contains(b.table(t), "skipped|told in the text of another visit") {
		t.Error(b.table(t))
	}
}

// twoVisits are visits of one number, and what becomes of the texts that ask to confirm them.
var twoVisits = map[string]struct {
	starts  []string
	at      string // when it happens
	happens act
	body    string // of the confirmation asked on the 17th
	states  string // of its rows
}{
	"one is confirmed": {
		starts: []string{"2026-10-20 14:00", "2026-10-20 16:30"}, at: "2026-10-06 10:00",
		happens: is("v1", handlers.Confirmed), body: "visit on Tue Oct 20 at 4:30 PM",
		states: "sent, skipped: the patient has confirmed",
	},
	"one is declined": {
		starts: []string{"2026-10-20 14:00", "2026-10-20 16:30"}, at: "2026-10-06 10:00",
		happens: is("v2", handlers.Declined), body: "visit on Tue Oct 20 at 2:00 PM",
		states: "sent, skipped: the patient said that they can't come",
	},
	"one moves away": {
		starts: []string{"2026-10-20 14:00", "2026-10-20 16:30"}, at: "2026-10-06 10:00",
		happens: move("v1", "2026-10-28 10:00"), body: "visit on Tue Oct 20 at 4:30 PM",
		states: "planned, sent",
	},
	"one moves onto the day": {
		starts: []string{"2026-10-20 14:00", "2026-10-28 16:30"}, at: "2026-10-07 10:00",
		happens: move("v2", "2026-10-20 15:00"),
		body:    "visits on Tue Oct 20 at 2:00 PM and 3:00 PM",
		states:  "sent, skipped: told in the text of another visit",
	},
	"three": {
		starts: []string{"2026-10-20 09:00", "2026-10-20 14:00", "2026-10-20 16:30"},
		at:     "2026-10-06 10:00", body: "9:00 AM, 2:00 PM and 4:30 PM",
		states: "sent, skipped: told in the text of another visit, skipped: told in the " +
			"text of another visit",
	},
	"at one time, which is said once": {
		starts: []string{"2026-10-20 14:00", "2026-10-20 14:00"}, at: "2026-10-06 10:00",
		body:   "visit on Tue Oct 20 at 2:00 PM. ",
		states: "sent, skipped: told in the text of another visit",
	},
	"they are on different days": {
		starts: []string{"2026-10-20 14:00", "2026-10-28 16:30"}, at: "2026-10-08 10:00",
		body: "visit on Tue Oct 20 at 2:00 PM", states: "planned, sent",
	},
}

func TestTwoVisitsOfADay(t *testing.T) {
	for name, c := range twoVisits {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			b.two(t, "consult", c.starts...)
			b.Until(t, c.at)
			if c.happens != nil {
				c.happens(t, b)
			}
			b.Until(t, "2026-10-17 12:00")
			var bodies []string
			for _, o := range b.carrier.Sent() {
				if o.Kind == "confirm" {
					bodies = append(bodies, o.Body)
				}
			}
			if len(bodies) != 1 || !strings.Contains(bodies[0], c.body) {
				t.Errorf("%d: %q", len(bodies), bodies)
			}
			if got := b.outcomes(t, "confirm"); got != c.states {
				t.Errorf("%s", got)
			}
		})
	}
}

// If the text that was to tell of both visits fails, the other visit's own reminder is sent.
func TestTheOtherVisitIsTold(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.two(t, "consult", "2026-10-20 14:00", "2026-10-20 16:30")
	b.Until(t, "2026-10-06 10:00")
	var first sync.Once
	b.carrier.OnSend = func(handlers.Outgoing) (sid string, err error) {
		refused := false
		first.Do(func() { refused = true })
		if refused {
			return "", &handlers.Refusal{Code: 30007, Why: "filtered"}
		}
		return "", nil
	}
	b.Until(t, "2026-10-17 12:00")
	if got := b.outcomes(t, "confirm"); got != "failed: filtered (30007), sent" {
		t.Error(got)
	}
	// An unknown outcome holds both rows until it is known.
	b = newBooks(t, "2026-10-05 10:00")
	b.two(t, "consult", "2026-10-20 14:00", "2026-10-20 16:30")
	b.Until(t, "2026-10-06 10:00")
	b.carrier.OnSend = func(handlers.Outgoing) (string, error) { return "", errors.New("time-out") }
	b.carrier.OnFind = func(handlers.Outgoing) (string, error) { return "SM9", nil }
	b.Until(t, "2026-10-17 12:00")
	if got := b.outcomes(t, "confirm"); got != "sent, skipped: told in the text of another "+
		"visit" {
		t.Error(got)
	}
}

// A text for two visits gives the earlier time of each rule, which is right for both.
func TestPreparationOfTwoVisits(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.two(t, "spravato", "2026-10-20 09:00", "2026-10-20 14:00")
	b.Until(t, "2026-10-19 12:00")
	last := b.carrier.Sent()[len(b.carrier.Sent())-1]
	if want := "9:00 AM and 2:00 PM. No food after 7:00 AM. Clear liquids until 8:30 AM. No nose " +
		"spray after 8:00 AM. Who is driving you home? 1 arranged, 2 need help. Tel. " +
		"212-555-0100"; !strings.HasSuffix(last.Body, want) {
		t.Errorf("%q", last.Body)
	}
	for _, id := range []string{"v1", "v2"} {
		if v, _, _ := b.store.Visit(t.Context(), id); v.Asked.IsZero() {
			t.Errorf("%s: the question isn't open", id)
		}
	}
}

// ride returns an act by which the patient says how they get home.
func ride(how string) act {
	return change("v1", func(v *handlers.Visit) { v.Ride = how })
}

// rides are what patients said of the ride home, and what the desk is told.
var rides = map[string]struct {
	kind    string
	happens act
	cases   int
	why     string
	title   string
}{
	"no answer by noon": {
		kind: "iv_infusion", cases: 1, why: "v1 skipped: the desk has a task",
		title: "Tue Oct 20 at 2:00 PM. They were asked by text and didn't answer. Ask them.",
	},
	"arranged": {
		kind: "iv_infusion", happens: ride(handlers.RideArranged),
		why: "v1 skipped: the patient said that the ride home is arranged",
	},
	"needs help": {
		kind: "iv_infusion", happens: ride(handlers.RideHelp), why: "the desk was told then",
	},
	"no ride is needed": {kind: "consult"},
	"declined": {
		kind:    "iv_infusion",
		happens: is("v1", handlers.Declined),
		why:     "the patient doesn't come then",
	},
	"moved": {
		kind:    "iv_infusion",
		happens: move("v1", "2026-10-28 14:00"),
		why:     "v1 planned",
	},
}

func TestNobodyHasSaidWhoDrives(t *testing.T) {
	for name, c := range rides {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			b.two(t, c.kind, "2026-10-20 14:00")
			b.Until(t, "2026-10-06 10:00")
			if c.happens != nil {
				c.happens(t, b)
			}
			b.Until(t, "2026-10-19 11:59")
			if n := len(b.store.Open(handlerstest.Phone(t, "0101"))); n != 0 {
				t.Errorf("%d cases before noon", n)
			}
			b.Until(t, "2026-10-19 13:00")
			open := b.store.Open(handlerstest.Phone(t, "0101"))
			if len(open) != c.cases ||
				c.cases > 0 &&
					(!strings.Contains(open[0].Title, c.title) || open[0].Kind != "ride") {
				t.Errorf("%+v", open)
			}
			if got := b.states(t, "ready"); !strings.Contains(got, c.why) ||
				(got == "") != (c.why == "") {
				t.Errorf("%s", got)
			}
			for _, o := range b.carrier.Sent() {
				if o.Task {
					t.Error("the task was texted")
				}
			}
		})
	}
}
