package staff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

// namesake is another number that ends in 0101.
func namesake(t *testing.T) handlers.Phone {
	t.Helper()
	p, err := handlers.NewPhone("+13105550101")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestConsentShowsWhoSaidWhat(t *testing.T) {
	o := newOffice(t)
	for _, c := range []handlers.Consent{
		{Out: true, Way: "text", Words: "no more | please"},
		{Way: "carrier", Words: "START"},
		{Basic: true, Way: "text", Words: "be discreet"},
	} {
		c.At = o.clock.Now()
		o.store.Put(o.patient, handlers.Effects{Consent: &c})
		o.clock.Add(time.Hour)
	}
	const heading = "PATIENT  WHEN              MAY BE TEXTED    WAY      WORDS"
	const history = `
…0101    2026-12-01 10:00  no               text     "no more | please"
…0101    2026-12-01 11:00  yes              carrier  "START"
…0101    2026-12-01 12:00  yes, discreetly  text     "be discreet"
`
	for _, text := range []string{"consent 0101", "consent 212-555-0101"} {
		if got := command(t, o, text, true); got+"\n" != heading+history {
			t.Errorf("%s:\n%s", text, got)
		}
	}
	o.store.Put(namesake(t), handlers.Effects{Texts: []handlers.Outgoing{{ID: "r"}}})
	got := command(t, o, "consent 0101", true)
	if strings.Count(got, "…0101") != 4 ||
		strings.Count(got, "yes              -        never said anything about it") != 1 {
		t.Errorf("of both numbers that end so:\n%s", got)
	}
}

func TestStaffRecordAConsent(t *testing.T) {
	o := newOffice(t)
	phone := "212-555-0101"
	for text, want := range map[string]string{
		"consent " + phone + " given":          "Say how it was given, like: consent 0101 given form",
		"consent " + phone + " x given a form": "Nobody of that name",
	} {
		if got := command(t, o, text, true); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", text, got)
		}
	}
	got := command(t, o, "consent "+phone+" given form of Dec 1", true)
	if got != "Recorded: …0101 has consented to be texted." {
		t.Error(got)
	}
	s, _ := o.store.Peek(t.Context(), o.patient)
	if c := s.Consent; !c.Given.Equal(o.clock.Now()) || c.Way != "intake" ||
		c.Words != "form of Dec 1" {
		t.Errorf("%+v", c)
	}
	o.clock.Add(time.Hour)
	got = command(t, o, "consent 0101 given again", true)
	if got != "The consent of …0101 is recorded since 2026-12-01 10:00 (intake)." {
		t.Error(got)
	}
	// What the patient said stands above what staff note.
	o.store.Put(o.patient, handlers.Effects{Consent: &handlers.Consent{Out: true}})
	o.clock.Add(time.Hour)
	got = command(t, o, "consent 0101 given by phone", true)
	if got != "…0101 has opted out: only a START from their own phone changes that." {
		t.Error(got)
	}
	if s, _ := o.store.Peek(t.Context(), o.patient); !s.Consent.Out {
		t.Error("the opt-out is gone")
	}
}

func TestWhichNumberIsMeant(t *testing.T) {
	o := newListed(t)
	o.store.Put(namesake(t), handlers.Effects{Texts: []handlers.Outgoing{{ID: "r"}}})
	for text, want := range map[string]string{
		"off 9999":  "Nothing is known of a number that ends in 9999.",
		"off":       "Say whom: a first name, or the last digits of the number.",
		"off 012":   "Say four digits at least, or a name.",
		"off Anita": "Nobody of that name has a visit, or had one lately.",
		"off 310-555-0101": "There is no such visit ahead. One that has begun isn't moved or taken off any more: say who " +
			"came, or book another.",
		"consent 9999": "Nothing is known of a number that ends in 9999.",
		"consent":      "Say whom: a first name, or the last digits of the number.",
		"why":          "Say whom: a first name, or the last digits of the number.",
	} {
		if got := command(t, o, text, true); !strings.HasPrefix(got, want+"\nUsage: `/clinic ") {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if s := o.state(t); s.Visits[0].State != handlers.Booked {
		t.Errorf("the visit is %s", s.Visits[0].State)
	}
	// Four digits may begin a whole number that is written with spaces.
	got := command(t, o, "off 2125 550101", true)
	if !strings.HasPrefix(got, "The visit of Ana …0101 ") {
		t.Error(got)
	}
	// An act that isn't about a visit asks whose number it is.
	for text, want := range map[string]string{
		"waitlist add 0101 consult": "2 numbers end in 0101. Which?",
		"say 0101 hi":               "2 numbers end in 0101. Say it again with more",
	} {
		if got := command(t, o, text, true); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// With several visits ahead staff must say which; what is over or off isn't ahead.
func TestOffOfSeveralVisits(t *testing.T) {
	o := newListed(t)
	for i, v := range []handlers.Visit{
		{Start: handlerstest.At(t, "2026-12-01 09:00"), State: handlers.Confirmed},
		{Start: handlerstest.At(t, "2026-12-02 09:00"), State: handlers.Off},
		{Start: handlerstest.At(t, "2026-12-03 09:00"), State: handlers.Declined},
		{Start: handlerstest.At(t, "2026-12-08 09:00"), State: handlers.Confirmed},
	} {
		v.ID, v.Phone, v.Type = fmt.Sprint("w", i), o.patient, "consult"
		o.store.Put(o.patient, handlers.Effects{Visits: []handlers.Visit{v}})
	}
	for _, c := range []struct{ text, want string }{
		{text: "off 0101 yes", want: "2 visits may be meant. Which?"},
		{text: "off 0101 2026-12-01 09:00 yes", want: "There is no such visit ahead. One that has begun isn't moved or taken off any more: say who " +
			"came, or book another."},
		{text: "off 0101 2026-12-03 09:00 yes", want: "There is no such visit ahead. One that has begun isn't moved or taken off any more: say who " +
			"came, or book another."},
		{text: "off 0101 12/8 9 yes", want: "The visit of …0101 on Tue Dec 8 at 9:00 AM is taken"},
		{text: "off 0101 yes", want: "The visit of Ana …0101 on Sat Dec 5 at 9:00 AM is taken"},
		{text: "off  212-555-0101 yes", want: "There is no such visit ahead. One that has begun isn't moved or taken off any more: say who " +
			"came, or book another."},
	} {
		if got := command(t, o, c.text, true); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.text, got, c.want)
		}
		o.pass(t)
	}
}

func TestFailedListsWhatStaffMustSeeTo(t *testing.T) {
	o := newOffice(t)
	about := o.failed(t, "r1", handlerstest.At(t, "2026-12-05 09:00"))
	o.clock.Add(time.Minute)
	alone := o.undelivered(t, "r2")
	want := "CODE   NUMBER  TEXT     VISIT                 FAILED                 WHY\n" +
		alone.Code() + "  …0101   confirm  -                     Tue Dec 1 at 10:01 AM  " +
		"a landline (30006)\n" +
		about.Code() + "  …0101   confirm  Sat Dec 5 at 9:00 AM  Tue Dec 1 at 10:00 AM  " +
		"a landline (30006)\n" +
		"`/clinic retry CODE` sends one again, `/clinic dismiss CODE` takes it off the list; " +
		"`all` in place of CODE means every one."
	if got := command(t, o, "failed", true); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := command(t, o, "dismiss all", true); got != "2 dismissed." {
		t.Error(got)
	}
}

// While the store is away no command that needs it gives an answer, and none changes anything.
func TestCommandsWhileTheStoreIsAway(t *testing.T) {
	for _, text := range []string{
		"today", "book 212-555-0101 2026-12-02 14:30 consult Ana", "off 0101", "off 212-555-0101",
		"waitlist", "waitlist add 0101 consult", "waitlist add 212-555-0101 consult",
		"waitlist remove 212-555-0101", "say 212-555-0101 hi", "consent 0101",
		"consent 212-555-0101", "why 0101", "why 212-555-0101", "failed", "retry all",
		"dismiss abcde",
	} {
		t.Run(text, func(t *testing.T) {
			o := newListed(t)
			away := errors.New("away")
			o.store.Fail(away)
			c := handlers.Command{ID: "C", User: "U1", FromDesk: true, Text: text}
			if out, err := o.Command(t.Context(), c); !errors.Is(err, away) {
				t.Errorf("%q, %v", out.Text(true, time.UTC), err)
			}
			o.store.Fail(nil)
			if len(o.store.Texts()) > 0 || o.state(t).Visits[0].State != handlers.Booked {
				t.Errorf("%+v, %+v", o.store.Texts(), o.state(t).Visits)
			}
		})
	}
}
