package reminder_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// newSeries is newBooks where infusions are a series.
func newSeries(t *testing.T, now string) *books {
	t.Helper()
	b := newBooks(t, now)
	b.Reminders.Base.Clinic.VisitTypes = handlerstest.Series(t).Clinic.VisitTypes
	b.Books.Base = b.Reminders.Base
	return b
}

// infusions books infusions at 1:30 PM on some days of 2026, written as "10-19".
func (b *books) infusions(t *testing.T, days ...string) {
	t.Helper()
	for i, day := range days {
		v := infusion(t)
		v.ID, v.Start = fmt.Sprint("v", i+1), handlerstest.At(t, "2026-"+day+" 13:30")
		b.book(t, v, visits.Imported)
		b.clock.Add(time.Minute)
	}
}

// ofKind returns the bodies of a kind that were sent.
func (b *books) ofKind(kind string) (out []string) {
	for _, o := range b.carrier.Sent() {
		if o.Kind == kind {
			out = append(out, o.Body)
		}
	}
	return out
}

var twoWeeks = []string{"10-19", "10-21", "10-23", "10-26", "10-28", "10-30"}

// A series is one thing: one text tells of all its visits, and every visit gets what prepares it,
// with its place in the series where there is room.
func TestASeriesIsOneThing(t *testing.T) {
	for name, c := range map[string]struct {
		lang  string
		hours int // by which each is later than the one before
		want  string
	}{
		"at one time of day": {
			want: "Hi Ana, your 6 visits: Mon Oct 19, Wed 21, Fri 23, Mon 26, Wed 28 and Fri 30 at " +
				"1:30 PM. 100 Example St, Suite 2, New York. To change one, text us or call " +
				"212-555-0100. STOP to end.",
		},
		"at other times": {
			hours: 1, lang: "es",
			want: "Hola Ana, sus 6 visitas: lun 19 oct a las 8:30 AM; mié 21 oct a las 9:30 AM; ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newSeries(t, "2026-10-05 10:00")
			for i, day := range twoWeeks {
				v := infusion(t)
				v.ID, v.Lang = fmt.Sprint("v", i+1), c.lang
				v.Start = handlerstest.At(t, "2026-"+day+" 13:30").Add(
					time.Duration(c.hours*(i-5)) * time.Hour,
				)
				b.book(t, v, visits.Imported)
				b.clock.Add(time.Minute)
			}
			b.Until(t, "2026-11-05 00:00")
			booked := b.ofKind("booked")
			if len(booked) != 1 || !strings.Contains(booked[0], c.want) {
				t.Fatalf("told of the booking: %q, want %q", booked, c.want)
			}
			if n, gsm := knowledge.Segments(booked[0]); n > 2 || !gsm {
				t.Errorf("%d segments: %q", n, booked[0])
			}
			prepare := b.ofKind(kinds.Prepare)
			if len(prepare) != 6 {
				t.Errorf("%d were told how to prepare", len(prepare))
			}
			for _, title := range b.tasks(t) {
				if strings.Contains(title, "apart") {
					t.Errorf("the desk has %q", title)
				}
			}
			// Where there is room, a text says which visit it is.
			if said := strings.Join(b.ofKind("confirm"), ""); c.lang == "" &&
				!strings.Contains(said, "(visit 1 of 6)") {
				t.Errorf("no text says which visit it is: %q", said)
			}
		})
	}
}

// The text of a series has all its dates, also those that another text of the day tells of.
func TestASeriesThatBeginsAtOnce(t *testing.T) {
	b := newSeries(t, "2026-10-20 09:30")
	put(handlers.Effects{Consent: &handlers.Consent{Given: b.clock.Now()}})(t, b)
	b.infusions(t, "10-21", "10-23", "10-26", "10-28", "10-30", "11-02")
	b.Until(t, "2026-10-20 23:00")
	booked := b.ofKind("booked")
	const want = "your 6 visits: Wed Oct 21, Fri 23, Mon 26, Wed 28, Fri 30 and Mon Nov 2 at 1:30 PM"
	if len(booked) != 1 || !strings.Contains(booked[0], want) {
		t.Errorf("told of the booking: %q, want %q\n%s", booked, want, b.table(t))
	}
}

// The desk is told of two visits that are too far apart, once, and of a missed one.
func TestTheDeskIsToldOfAGap(t *testing.T) {
	b := newSeries(t, "2026-10-05 10:00")
	b.infusions(t, "10-19", "10-21", "10-23", "11-04", "11-06")
	b.Until(t, "2026-10-05 12:00")
	const gap = "Their visits on Fri Oct 23 at 1:30 PM and Wed Nov 4 at 1:30 PM are 12 days apart, " +
		"more than 10. Is there a visit to book?"
	if got := b.tasks(t); len(got) != 1 || got[0] != gap {
		t.Errorf("the desk has %q, want %q", got, gap)
	}
	// One is taken off: its neighbours are 14 days apart.
	v, _, _ := b.store.Visit(t.Context(), "v3")
	if _, ok, err := b.TakeOff(t.Context(), "off", v); !ok || err != nil {
		t.Fatal(ok, err)
	}
	b.Until(t, "2026-10-05 14:00")
	if got := strings.Join(b.tasks(t), "\n"); !strings.Contains(got, "Wed Oct 21 at 1:30 PM and "+
		"Wed Nov 4 at 1:30 PM are 14 days apart") {
		t.Errorf("the desk has %q", got)
	}
	b.Until(t, "2026-10-19 15:00")
	if ok, err := b.Came(t.Context(), "v1", handlers.Missed); !ok || err != nil {
		t.Fatal(ok, err)
	}
	b.Until(t, "2026-10-19 16:00")
	if got := strings.Join(b.tasks(t), "\n"); !strings.Contains(
		got, "They missed their visit on Mon Oct 19 at 1:30 PM, one of a series: the next one is on "+
			"Wed Oct 21 at 1:30 PM.",
	) {
		t.Errorf("the desk has %q", got)
	}
	if got := strings.Count(strings.Join(b.tasks(t), "\n"), "apart"); got != 2 {
		t.Errorf("told of a gap %d times", got)
	}
}
