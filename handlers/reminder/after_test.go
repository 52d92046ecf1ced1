package reminder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// newAfter is newSeries where all that comes after a visit is on.
func newAfter(t *testing.T, now string) *books {
	t.Helper()
	b := newSeries(t, now)
	a := &b.Reminders.Base.Clinic.After
	a.CheckIn.On, a.Missed.On, a.Recall.On = true, true, true
	return b
}

func TestNothingIsSentAfterAVisitUnlessTheClinicWantsIt(t *testing.T) {
	b := newSeries(t, "2026-10-05 10:00")
	b.infusions(t, "10-19", "10-21")
	b.Until(t, "2026-10-19 16:00")
	if ok, err := b.Came(t.Context(), "v1", handlers.Missed); !ok || err != nil {
		t.Fatal(ok, err)
	}
	b.Until(t, "2027-01-01 00:00")
	for _, o := range b.carrier.Sent() {
		if o.After {
			t.Errorf("%s was sent: %q", o.Kind, o.Body)
		}
	}
}

func TestWhatIsSentAfterAVisit(t *testing.T) {
	given := put(handlers.Effects{Consent: &handlers.Consent{Given: handlerstest.At(t, "2026-10-01 10:00")}})
	came := func(id, state string) act {
		return func(t *testing.T, b *books) {
			if ok, err := b.Came(t.Context(), id, state); !ok || err != nil {
				t.Fatal(ok, err)
			}
		}
	}
	for name, c := range map[string]struct {
		consent act
		at      string // when it happens
		happens act
		want    string // what is sent from then on of what comes after a visit
	}{
		"who came": {
			at: "2026-10-21 15:00", happens: came("v2", handlers.Arrived),
			want: "check_in 10-22 11:00, recall 11-11 11:00",
		},
		"nobody has said": {
			at: "2026-10-21 15:00", want: "check_in 10-22 11:00, recall 11-11 11:00",
		},
		"without recorded consent": {
			consent: put(handlers.Effects{Consent: &handlers.Consent{}}),
			at:      "2026-10-21 15:00", want: "check_in 10-22 11:00",
		},
		"who didn't come": {
			at: "2026-10-21 15:00", happens: came("v2", handlers.Missed),
			want: "missed 10-22 10:00", // by then the week of unanswered texts has room
		},
		"who didn't come, but did": {
			at: "2026-10-21 15:00", happens: func(t *testing.T, b *books) {
				came("v2", handlers.Missed)(t, b)
				came("v2", handlers.Arrived)(t, b)
			},
			want: "check_in 10-22 11:00, recall 11-11 11:00",
		},
		"who couldn't come": {at: "2026-10-20 15:00", happens: is("v2", handlers.Declined)},
		"a series that goes on": {
			at: "2026-10-23 15:00", happens: func(t *testing.T, b *books) {
				v := infusion(t)
				v.ID, v.Start = "v3", handlerstest.At(t, "2027-01-20 14:00")
				b.book(t, v, visits.Imported)
			},
		},
		"who is discreet": {
			consent: put(handlers.Effects{Consent: &handlers.Consent{
				Basic: true, Given: handlerstest.At(t, "2026-10-01 10:00"),
			}}),
			at: "2026-10-21 15:00", happens: came("v2", handlers.Arrived),
		},
		"who waits for a nurse": {
			at: "2026-10-22 09:30", happens: put(handlers.Effects{Cases: []handlers.Case{{
				ID: "sick", Channel: handlers.DeskChannel, Kind: kinds.Clinical, Open: true,
				At: handlerstest.At(t, "2026-10-22 09:30"),
			}}}),
			want: "recall 11-11 11:00",
		},
		"whom a person talks with": {
			at: "2026-10-22 09:30", happens: put(handlers.Effects{Conversation: &handlers.Conversation{
				Taken: handlerstest.At(t, "2026-10-22 13:30"),
			}}),
			want: "recall 11-11 11:00",
		},
		"who may be in danger": {
			at: "2026-10-21 15:00", happens: put(handlers.Effects{Cases: []handlers.Case{{
				ID: "danger", Channel: handlers.UrgentChannel, Open: true,
			}}}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newAfter(t, "2026-10-05 10:00")
			if c.consent == nil {
				c.consent = given
			}
			c.consent(t, b)
			b.infusions(t, "10-19", "10-21")
			b.Until(t, c.at)
			before := len(b.carrier.Sent())
			if c.happens != nil {
				c.happens(t, b)
			}
			b.Until(t, "2026-12-20 00:00")
			var got []string
			for _, o := range b.carrier.Sent()[before:] {
				if o.After {
					at := o.First.In(handlerstest.At(t, c.at).Location())
					got = append(got, o.Kind+" "+at.Format("01-02 15:04"))
				}
				if o.Kind == kinds.Missed && !strings.Contains(
					o.Body, "we missed you on Wed Oct 21 at 1:30 PM",
				) {
					t.Error(o.Body)
				}
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("sent %q, want %q\n%s", s, c.want, b.table(t))
			}
		})
	}
}

// Who writes back to a check-in finds somebody there: after a Friday's visit it leaves on Monday.
func TestACheckInWaitsForAnOpenDay(t *testing.T) {
	b := newAfter(t, "2026-10-05 10:00")
	put(handlers.Effects{Consent: &handlers.Consent{Given: b.clock.Now()}})(t, b)
	b.infusions(t, "10-23")
	b.Until(t, "2026-10-30 00:00")
	var got []string
	for _, o := range b.carrier.Sent() {
		if o.Kind == kinds.CheckIn {
			got = append(got, o.First.In(b.Reminders.Base.Clinic.Location()).Format("01-02 15:04"))
		}
	}
	if len(got) != 1 || got[0] != "10-26 11:00" {
		t.Errorf("asked how they are at %q", got)
	}
}

// Who is asked how they are, of two with one first name and one phone, is plain to who reads it.
func TestACheckInSaysWhom(t *testing.T) {
	b := newAfter(t, "2026-10-05 10:00")
	put(handlers.Effects{Consent: &handlers.Consent{Given: b.clock.Now()}})(t, b)
	for i, name := range []string{"Ana Ruiz", "Ana Soto"} {
		v := infusion(t)
		v.ID, v.Name = name, name
		v.Start = handlerstest.At(t, "2026-10-20 10:00").Add(time.Duration(i) * time.Hour)
		b.book(t, v, visits.Imported)
	}
	b.Until(t, "2026-10-22 00:00")
	got := strings.Join(b.ofKind(kinds.CheckIn), "\n")
	if !strings.Contains(got, "Hi Ana R., we hope") || !strings.Contains(got, "Hi Ana S., we hope") {
		t.Errorf("asked how they are: %q\n%s", got, b.table(t))
	}
	if why := b.table(t); !strings.Contains(why, "Tue Oct 20 at 11:00 AM (Ana S.)") {
		t.Errorf("why doesn't say whose: %s", why)
	}
}
