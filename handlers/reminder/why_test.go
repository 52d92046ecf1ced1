package reminder_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/gate"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/visits"
)

// table returns the answer of Why, a line per row, with a bar between cells.
func (b *books) table(t *testing.T) string {
	t.Helper()
	lines, err := b.Why(t.Context(), handlerstest.Phone(t, "0101"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		out = append(out, veil.Shown(strings.Join(l, "|"), true))
	}
	return strings.Join(out, "\n")
}

// whys are things that happen to a number, and lines that its table has afterwards.
var whys = map[string]struct {
	happens act
	at      string
	want    []string
}{
	"as it goes": {at: "2026-10-06 10:00", want: []string{
		"|||consent|yes: the number may be texted",
		"Tue Oct 20 at 2:00 PM|booked|Mon Oct 5 at 10:00 AM|planned|\n||Mon Oct 5 at 10:00 " +
			"AM|claimed|\n||Mon Oct 5 at 10:00 AM|sent|",
		"|confirm|Mon Oct 5 at 10:00 AM|planned|\n||Sat Oct 17 at 10:00 AM|is due|it will be " +
			"sent, as things stand",
		"|  unconfirmed|yes: the patient hasn't confirmed",
		"|  window|yes: 10:00 AM there",
		"|  caps|yes: 0 of 1 that day",
	}},
	"confirmed": {happens: is("v", handlers.Confirmed), at: "2026-10-06 10:00", want: []string{
		"||Sat Oct 17 at 10:00 AM|is due|it won't be sent, as things stand: the patient has " +
			"confirmed",
		"||Mon Oct 19 at 11:00 AM|is due|it will be sent",
	}},
	"confirmed, and past": {
		happens: is("v", handlers.Confirmed), at: "2026-10-18 10:00",
		want: []string{"|Sat Oct 17 at 10:00 AM|skipped|the patient has confirmed"},
	},
	"declined": {
		happens: is("v", handlers.Declined), at: "2026-10-06 10:00",
		want: []string{"won't be sent, as things stand: the patient said that they can't come"},
	},
	"opted out": {
		happens: put(handlers.Effects{Consent: &handlers.Consent{
			Out: true, Way: "text", Words: "no more",
		}}),
		at: "2026-10-06 10:00", want: []string{
			`|consent|no: the number has opted out (text: "no more")`,
			"won't be sent, as things stand: the number has opted out",
		},
	},
	"a landline": {
		happens: put(handlers.Effects{Reach: &handlers.Reach{
			NoTexts: true, Why: "a landline",
		}}),
		at: "2026-10-18 10:00", want: []string{
			"|reach|no: no text reaches it: a landline",
			"|Sat Oct 17 at 10:00 AM|skipped|no text reaches the number: a landline",
		},
	},
	"in danger": {
		happens: put(handlers.Effects{Cases: []handlers.Case{{
			ID: "c", Channel: handlers.UrgentChannel, Open: true,
		}}}),
		at: "2026-10-06 10:00", want: []string{
			"|  danger|no: it waits while the patient may be in danger",
		},
	},
	"moved": {
		happens: func(t *testing.T, b *books) {
			b.book(t, visit(t, "2026-10-27 14:00"), visits.Updated)
		},
		at: "2026-10-06 10:00", want: []string{
			"|Mon Oct 5 at 10:00 AM|void|the visit moved", "Tue Oct 27 at 2:00 PM|booked|",
		},
	},
	"undelivered": {
		happens: func(t *testing.T, b *books) {
			r := gate.Receipt{
				ID: b.carrier.Sent()[0].ID, SID: "SM1", State: "undelivered", Code: 30007,
				Why: "the carrier filtered the text", At: b.clock.Now(),
			}
			if err := b.Gate.Receipt(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		},
		at: "2026-10-06 10:00", want: []string{"|failed|the carrier filtered the text (30007)"},
	},
	"booked late": {
		happens: func(t *testing.T, b *books) {
			b.book(t, visit(t, "2026-10-06 14:00"), visits.Updated)
		},
		at: "2026-10-05 12:00", want: []string{
			"|confirm|Mon Oct 5 at 10:00 AM|skipped|its time had passed when the visit was " +
				"booked",
			"|booked|Mon Oct 5 at 10:00 AM|skipped|the text prepare of the same day says it",
		},
	},
}

func TestWhySaysItRuleByRule(t *testing.T) {
	for name, c := range whys {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
			b.Until(t, "2026-10-05 10:00")
			if c.happens != nil {
				c.happens(t, b)
			}
			b.Until(t, c.at)
			got := b.table(t)
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("lacks %q", w)
				}
			}
			if t.Failed() {
				t.Log(got)
			}
		})
	}
	b := newBooks(t, "2026-10-05 10:00")
	if got := b.table(t); !strings.Contains(got, "no text was ever planned") {
		t.Error(got)
	}
}

// If a due text waits for the pace, Why judges it as of the time when it will be sent.
func TestWhySaysThatATextWaitsForThePace(t *testing.T) {
	for name, c := range map[string]struct {
		before, at, until string
		want              []string
	}{
		"nothing holds it": {
			before: "2026-10-17 09:59", at: "2026-10-17 10:05",
			want: []string{"||Sat Oct 17 at 10:00 AM|is due|it will be sent, as things stand"},
		},
		"segments a second": {
			before: "2026-10-17 09:59", at: "2026-10-17 10:05", until: "2026-10-17 10:07",
			want: []string{
				"||Sat Oct 17 at 10:00 AM|is due|not yet: it waits for the pace, 3 segments a " +
					"second: 412 are due before it, so it leaves about Sat Oct 17 at 10:07 AM",
				"||Mon Oct 19 at 11:00 AM|is due|it will be sent",
			},
		},
		"segments of the day": {
			before: "2026-10-17 09:59", at: "2026-10-17 10:05", until: "2026-10-18 00:00",
			want: []string{
				"||Sat Oct 17 at 10:00 AM|is due|not yet: it waits for tomorrow: the 2000 " +
					"segments of a day are used, but for 200 kept for what somebody waits for",
				"|  window|no: it waits for the window: Sun Oct 18 at 9:00 AM",
			},
		},
		"tomorrow is too late": {
			before: "2026-10-20 10:59", at: "2026-10-20 11:05", until: "2026-10-21 00:00",
			want: []string{
				"||Tue Oct 20 at 11:00 AM|is due|it won't be sent, as things stand: the visit " +
					"has begun",
				"|  pace|no: it waits for tomorrow",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			b.book(t, visit(t, "2026-10-20 14:00"), visits.Imported)
			b.Until(t, c.before)
			b.clock.Set(handlerstest.At(t, c.at))
			if c.until != "" {
				b.store.Hold(handlerstest.At(t, c.until), 412)
			}
			got := b.table(t)
			for _, w := range c.want {
				if !strings.Contains(got, w) {
					t.Errorf("lacks %q:\n%s", w, got)
				}
			}
		})
	}
}

// What can't be worded is a task for staff, and they can read so beforehand.
func TestWhatCannotBeWorded(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	v := visit(t, "2026-10-20 14:00")
	v.Name = "Psyche Example" // a name that never_unasked holds is no reason
	b.book(t, v, visits.Imported)
	b.Until(t, "2026-10-06 10:00")
	if got := b.table(t); !strings.Contains(got, "|  words|yes: ") ||
		!strings.Contains(got, "it will be sent, as things stand") {
		t.Error(got)
	}
	c := b.Reminders.Base.Clinic
	c.NeverUnasked = append(slices.Clip(c.NeverUnasked), "reminder of")
	const why = "it holds a word that no unasked text may hold: reminder of"
	if got := b.table(t); !strings.Contains(got, "it won't be sent, as things stand: "+why+
		"; staff get a task to tell them") {
		t.Error(got)
	}
	b.Until(t, "2026-10-17 10:01")
	want := "A text (confirm) did not reach the patient: " + why +
		". Call them. Their visit is on Tue Oct 20 at 2:00 PM."
	if got := b.tasks(t); len(got) != 1 || got[0] != want {
		t.Errorf("the desk has %q, want %q", got, want)
	}
	sent := b.carrier.Sent()
	if len(sent) != 1 || !strings.HasPrefix(sent[0].Body, "Beacon Clinic: Hi, ") {
		t.Errorf("sent %+v", sent)
	}
}
