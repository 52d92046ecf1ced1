package staff_test

import (
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
)

func TestWhoCame(t *testing.T) {
	for _, c := range []struct{ text, says, state string }{
		{"arrived jose", "José …0103 is here for Tue Dec 1 at 9:30 AM.", handlers.Arrived},
		{"arrived 0103", "José …0103 is here", handlers.Arrived},
		{"noshow díaz", "José …0103 didn't come Tue Dec 1 at 9:30 AM.", handlers.Missed},
		{
			"no-show jose", "There is no command \"no-show\". Did you mean `/clinic noshow WHO`?",
			handlers.Booked,
		},
		{"late jose", "José …0103 comes late to Tue Dec 1 at 9:30 AM: the", handlers.Booked},
		{
			"late jose 20 min", "José …0103 comes late to Tue Dec 1 at 9:30 AM, by 20 minutes:",
			handlers.Booked,
		},
		{"arrived ana", "They have no such visit today, nor", handlers.Booked},
	} {
		t.Run(c.text, func(t *testing.T) {
			o := books(t)
			if got := shown(o.typed(t, c.text)); !strings.HasPrefix(got, c.says) {
				t.Errorf("%q, want %q", got, c.says)
			}
			if v := o.visit(t, "v4"); v.State != c.state {
				t.Errorf("%s, want %s", v.State, c.state)
			}
		})
	}
	o := books(t)
	missed := o.typed(t, "noshow jose")
	o.press(t, missed, "They came after all")
	if got := o.visit(t, "v4").State; got != handlers.Arrived {
		t.Errorf("%s, though they came after all", got)
	}
	o = books(t)
	o.typed(t, "late jose")
	if got := shown(o.typed(t, "today")); !strings.Contains(got, "late, it isn't known whether they came") {
		t.Error(got)
	}
	o.clock.Set(handlerstest.At(t, "2026-12-04 09:00"))
	if got := shown(o.typed(t, "noshow ana")); !strings.Contains(got, "hasn't begun") {
		t.Error(got)
	}
}

func TestTheDayThatIsMeant(t *testing.T) {
	for text, want := range map[string]string{
		"today":            "Tue Dec 1: 1 visit",
		"today 2026-12-04": "Fri Dec 4: 2 visits",
		"today fri":        "Fri Dec 4: 2 visits",
		"find fri":         "Fri Dec 4: 2 visits",
		"today tomorrow":   "Wed Dec 2: no visits.",
		"today yesterday":  "Mon Nov 30: no visits.",
		"today someday":    "I can't read that day.",
		"today 2/30":       "There is no such day",
		"today next fri":   "\"Next\" can be the coming one, or the one of next week. Do you mean:",
	} {
		if got := shown(books(t).typed(t, text)); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestFind(t *testing.T) {
	for text, want := range map[string]string{
		"find an": "PATIENT    VISIT                  STATE\n" +
			"Ana …0101  Fri Dec 4 at 10:00 AM  not asked yet",
		"find JOSE": "PATIENT     VISIT                 STATE\n" +
			"José …0103  Tue Dec 1 at 9:30 AM  it isn't known whether they came",
		"find ruiz":   "PATIENT    VISIT",
		"find ruiz a": "PATIENT    VISIT",
		"find ben ode": "PATIENT       VISIT                 STATE\n" +
			"Ben …0102     Fri Dec 4 at 2:00 PM  not asked yet\nBenita …0102  Mon",
		"find 550102": "PATIENT       VISIT",
		"find 9999":   "Nothing is known of a number that ends in 9999.",
		"find 01":     "Say four digits at least, or a name.",
		"find":        "Say a first name, the last digits of a number, or a day.",
		"find o'":     "PATIENT       VISIT",
	} {
		if got := shown(books(t).typed(t, text)); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	o := books(t)
	for _, press := range []string{"Texts, and why", "May they be texted?", "Take a visit off"} {
		if got := shown(o.press(t, o.typed(t, "find ana"), press)); !strings.Contains(got, "…0101") {
			t.Errorf("%s: %q", press, got)
		}
	}
}

func TestWhatSpeaksAgainstABooking(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"a Saturday", "book 0101 sat 9 consult", "The clinic is closed on Sat Dec 5."},
		{"a holiday", "book 0101 12/25 9 consult", "The clinic is closed on Fri Dec 25, a holiday."},
		{"too early", "book 0101 tue 8am consult", "Tue Dec 8"},
		{"too late", "book 0101 fri 5 consult", "The clinic closes at 5:00 PM on Fri Dec 4."},
		{"ends too late", "book ana 12/4 4:30pm", "The visit would end at 5:30 PM, and the clinic closes"},
		{"that day", "book 0101 12/4 2 consult", "They already have a visit on Fri Dec 4 at 10:00 AM."},
		{"that week", "book 0101 wed 2 consult", "They already have a visit on Fri Dec 4 at 10:00 AM."},
		{"another's", "book 0101 12/7 9 consult", "Another patient has a visit at that time."},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := books(t)
			asks := o.typed(t, c.text)
			if !strings.Contains(shown(asks), c.says) && !strings.Contains(labels(asks), c.says) {
				t.Fatalf("%q %q, want %q", shown(asks), labels(asks), c.says)
			}
			if s := o.state(t); len(s.Visits) != 1 {
				t.Fatalf("booked unasked: %+v", s.Visits)
			}
			if c.name == "too early" { // today's Tuesday, or the next?
				return
			}
			if got := shown(o.press(t, asks, "Book it")); !strings.HasPrefix(got, "Booked: Ana …0101") {
				t.Errorf("%q", got)
			}
			if s := o.state(t); len(s.Visits) != 2 {
				t.Errorf("%+v", s.Visits)
			}
		})
	}
}

func TestHowABookingIsTyped(t *testing.T) {
	for _, c := range []struct{ text, press, says string }{
		{
			text: "book 212-555-0109 12/16/2026 2:00pm consult Eva Lee",
			says: "Booked: Eva …0109, Wed Dec 16 at 2:00 PM, consult.",
		},
		{text: "book 212-555-0109 tomorrow 2pm consult es Eva", says: "Booked: Eva …0109, Wed Dec 2"},
		{text: "book ana 12/16 2", says: "Booked: Ana …0101, Wed Dec 16 at 2:00 PM, consult. They also " +
			"have a visit on Fri Dec 4 at 10:00 AM."},
		{
			text: "book 0101 12/16 2 iv infusion",
			says: "Booked: Ana …0101, Wed Dec 16 at 2:00 PM, iv_infusion.",
		},
		{text: "book 0101 tue 2pm", press: "Tue Dec 8 at 2:00 PM", says: "They already have a visit"},
		{text: "book 212-555-0109 fri 9 consult", says: "Say the name too: nothing is known of …0109."},
		{text: "book 0102 12/16 2 consult", says: "…0102 is the number of 2 patients: say the name too."},
		{text: "book 0102 12/16 2 consult ben", says: "Booked: Ben …0102, Wed Dec 16"},
		{text: "book 0101 12/16 2 dance", says: `There is no visit type "dance".`},
		{text: "book 0101 12/5 9 consult yes", says: "Booked: Ana …0101, Sat Dec 5 at 9:00 AM"},
	} {
		o := books(t)
		out := o.typed(t, c.text)
		if c.press != "" {
			out = o.press(t, out, c.press)
		}
		if got := shown(out); !strings.HasPrefix(got, c.says) {
			t.Errorf("%s: %q, want %q", c.text, got, c.says)
		}
	}
}

func TestNearMisses(t *testing.T) {
	for _, c := range []struct{ text, meant, press string }{
		{"tody", "/clinic today [DAY]", "/clinic today"},
		{"TODYA fri", "/clinic today [DAY]", "/clinic today"},
		{"bok ana fri 9", "/clinic book WHO WHEN", ""},
		{"cancel ana", "/clinic off WHO [WHEN]", "/clinic off"},
		{"reschedule ana mon 9", "/clinic move WHO", "/clinic move"},
		{"wy ana", "/clinic why WHO", "/clinic why"},
		{"stat", "/clinic status", "/clinic status"},
		{"text ana hello", "/clinic say WHO TEXT", ""},
		{"fnd ana", "/clinic find NAME", "/clinic find"},
	} {
		o := books(t)
		out := o.typed(t, c.text)
		if got := shown(out); !strings.Contains(got, "Did you mean `"+c.meant) {
			t.Errorf("%s: %q", c.text, got)
		}
		if labels(out) != c.press {
			t.Errorf("%s: buttons %q, want %q", c.text, labels(out), c.press)
		}
		if c.press != "" {
			o.press(t, out, c.press)
		}
	}
	if got := shown(books(t).typed(t, "dance")); !strings.Contains(got, "/clinic help") {
		t.Error(got)
	}
}
