package when_test

import (
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers/staff/when"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/settings"
	"pgregory.net/rapid"
)

// clinic is open from 9 to 6, on Thursday from 7 to 8, and on Friday till 5.
func clinic(t testing.TB) *settings.Clinic {
	t.Helper()
	c, err := settings.Parse([]byte(`name: Test
phone: '+12125550100'
urgent_phone: '+12125550111'
zone: America/New_York
lines: {crisis: '988', emergency: '911'}
hours: {mon: '9:00-18:00', tue: '9:00-18:00', wed: '9:00-18:00', thu: '7:00-20:00', fri: '9:00-17:00'}
holidays: [2026-12-25]
`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// reader reads on Tuesday December 1, 2026, at 10.
func reader(t testing.TB) when.Reader {
	t.Helper()
	c := clinic(t)
	return when.Reader{Clinic: c, Now: time.Date(2026, 12, 1, 10, 0, 0, 0, c.Location())}
}

// shown is what was read, in short: "12-04 09:00|12-11 09:00 why; rest".
func shown(m when.Meant, layout string) string {
	var at []string
	for _, t := range m.At {
		at = append(at, t.Format(layout))
	}
	out := strings.Join(at, "|")
	if m.Why != "" {
		out += " " + m.Why
	}
	if m.Rest != "" {
		out += "; " + m.Rest
	}
	return out
}

func TestMoments(t *testing.T) {
	r := reader(t)
	for _, c := range []struct{ name, text, want string }{
		{"a weekday and an hour", "fri 9", "2026-12-04 09:00"},
		{"what follows", "fri 9 consult Ana Ruiz", "2026-12-04 09:00; consult Ana Ruiz"},
		{"a name that begins like half", "fri 9 ana", "2026-12-04 09:00; ana"},
		{"afternoon by the hours", "fri 2", "2026-12-04 14:00"},
		{"written afternoon", "tomorrow 2pm", "2026-12-02 14:00"},
		{"the time first", "2pm tomorrow", "2026-12-02 14:00"},
		{"on a day", "at 2 on Friday", "2026-12-04 14:00"},
		{"as Excel writes it", "12/4/2026 2:00pm", "2026-12-04 14:00"},
		{"with a space", "12/4 2:00 PM", "2026-12-04 14:00"},
		{"two digits of the year", "12/4/26 14:00", "2026-12-04 14:00"},
		{"as programs do", "2026-12-04 09:00", "2026-12-04 09:00"},
		{"with its zone", "2026-12-04T09:00:00-05:00", "2026-12-04 09:00"},
		{"as the bot says it", "Fri Dec 4 at 9:00 AM", "2026-12-04 09:00"},
		{"with the year", "Sat Dec 4, 2027 at 9:00 AM", "2027-12-04 09:00"},
		{"day and month", "4 dec 9.30", "2026-12-04 09:30"},
		{"ordinal", "December 4th, 9am", "2026-12-04 09:00"},
		{"number alone", "the 4th 9a", "2026-12-04 09:00"},
		{"number of next month", "the 1st at 11", "2026-12-01 11:00"},
		{"glued", "230pm fri", "2026-12-04 14:30"},
		{"four digits", "fri 1430", "2026-12-04 14:30"},
		{"noon", "wed noon", "2026-12-02 12:00"},
		{"half past twelve", "wed 12:30", "2026-12-02 12:30"},
		{"midnight and a half", "wed 12:30am", "2026-12-02 00:30"},
		{"before opening", "wed 8", "2026-12-02 08:00"},
		{"at closing", "fri 5", "2026-12-04 17:00"},
		{"a closed day", "sat 9", "2026-12-05 09:00"},
		{"in days", "in 3 days 9", "2026-12-04 09:00"},
		{"in a week", "in a week at 9am", "2026-12-08 09:00"},
		{"from now", "in 45 min", "2026-12-01 10:45"},
		{"half an hour", "in half an hour", "2026-12-01 10:30"},
		{"today", "3pm", "2026-12-01 15:00"},
		{"this one", "this thu 9am", "2026-12-03 09:00"},
		{
			"open morning and evening", "thu 7:30",
			"2026-12-03 07:30|2026-12-03 19:30 That can be read in two ways.",
		},
		{"on that day", "tue 2pm", "2026-12-01 14:00|2026-12-08 14:00 That can be read in two ways."},
		{"on that day, passed", "tue 9am", "2026-12-08 09:00"},
		{"next", "next fri 9", "2026-12-04 09:00|2026-12-11 09:00 " +
			"\"Next\" can be the coming one, or the one of next week."},
		{"next, of next week", "next mon 9", "2026-12-07 09:00"},
		{"passed today", "today 9am", "2026-12-02 09:00 Tue Dec 1 at 9:00 AM has passed."},
		{"passed", "2026-11-30 10:00", "2026-12-02 10:00 Mon Nov 30 at 10:00 AM has passed."},
		{"a day that has passed", "11/28 9", "2027-11-28 09:00 Sat Nov 28 has passed. " +
			"If you mean next year, say so."},
		{"another day of the week", "thu dec 4 9am", "2026-12-03 09:00|2026-12-04 09:00 " +
			"Dec 4 is a Friday, not a Thursday."},
		{"day first", "25/12 9", "2026-12-25 09:00"},
		{"either order", "6/12 9", "2026-12-06 09:00|2027-06-12 09:00 " +
			"That can be month and day, or day and month."},
		{"no such day", "2/30 9am", " There is no such day: check month and day."},
		{"no such day in a year", "2026-11-31 9am", " There is no such day: check month and day."},
		{"skipped", "3/14/2027 2:30am", "2027-03-14 03:30 2:30 AM doesn't exist on Sun Mar 14: " +
			"the clocks go forward over it."},
		{"repeated", "11/7/2027 1:30am", "2027-11-07 01:30|2027-11-07 01:30 1:30 AM comes twice " +
			"on Sun Nov 7: the clocks go back."},
		{"no time", "fri", " Say the time too, like 2 PM."},
		{"no time but words", "fri consult", " Say the time too, like 2 PM.; consult"},
	} {
		m, ok := r.Moment(c.text)
		if got := shown(m, "2006-01-02 15:04"); !ok || got != c.want {
			t.Errorf("%s: %q is %q, %v, want %q", c.name, c.text, got, ok, c.want)
		}
	}
}

// Ten nurses write it in as many ways.
func TestMomentsAsNursesWriteThem(t *testing.T) {
	r := reader(t)
	for want, texts := range map[string][]string{
		"2026-12-01 15:00": {"this afternoon 3", "hoy a las 3", "3 in the afternoon", "three pm"},
		"2026-12-02 14:00": {
			"tmrw 2", "tomorow 2pm", "tommorow at 2", "2morrow 2", "mañana 2pm", "manana a las 2",
			"tomorrow @2", "tomorrow afternoon 2", "two pm tomorrow", "mañana 2 de la tarde",
		},
		"2026-12-02 12:00": {"tomorrow midday", "mañana mediodía", "noon tomorrow"},
		"2026-12-03 15:00": {
			"day after tomorrow 3", "day after tmrw 3pm", "pasado mañana 3", "jueves a las 3",
		},
		"2026-12-04 09:00": {
			"fri morning 9", "9 in the morning fri", "viernes 9", "el viernes a las 9", "fri@9",
			"4 de diciembre 9am", "20261204 9", "2026.12.04 9", "fri nine", "este viernes 9",
		},
		"2026-12-04 14:30": {
			"fri 230", "fri 2-30", "fri 2 30", "fri half past 2", "fri 14h30", "12-4 2:30p",
			"Fri the 4th at 2.30", "friday two thirty", "12-4-26 1430",
		},
		"2026-12-04 14:15": {"fri quarter past 2", "friday two fifteen"},
		"2026-12-04 14:45": {"fri quarter to 3", "fri two forty-five"},
		"2026-12-08 09:30": {
			"next week tuesday 9:30", "tues next week 9:30", "tuesday of next week 930",
			"a week from today 9.30", "in one week 9:30", "next tues 9:30",
		},
		"2026-12-18 09:00": {"two weeks from friday 9", "2 weeks after fri 9am"},
		"2026-12-15 09:00": {"in two weeks 9", "2 weeks from now 9", "in 14 days at 9"},
		"2026-12-01 11:30": {"in 1.5 hours"},
	} {
		for _, text := range texts {
			if m, ok := r.Moment(text); !ok || shown(m, "2006-01-02 15:04") != want {
				t.Errorf("%q is %q, want %q", text, shown(m, "2006-01-02 15:04"), want)
			}
		}
	}
	// What can't be read is left, or asked: nothing is guessed.
	for _, text := range []string{
		"fri 9-10", "fri half 2", "fri 9ish", "fri around 9", "fri evening 9am", "friday week 9",
		"fri midnight", "next week 9", "in a month 9", "asap", "eod fri", "fri 2 3", "1 month 9",
	} {
		if m, ok := r.Moment(text); ok && m.Sure() && m.Rest == "" {
			t.Errorf("%q is %q", text, shown(m, "2006-01-02 15:04"))
		}
	}
}

func TestNoMoment(t *testing.T) {
	for _, text := range []string{
		"", "ana", "Sunny", "Monroe 9", "may", "mark 4", "99", "25:00", "13pm", "1/2/3/4",
		"yesterday 9am!", "212-555-0101", "friday's",
	} {
		if m, ok := reader(t).Moment(text); ok {
			t.Errorf("%q is %q", text, shown(m, time.DateTime))
		}
	}
}

// A visit that moves keeps what isn't said.
func TestElse(t *testing.T) {
	r := reader(t)
	r.Else = time.Date(2026, 12, 4, 14, 30, 0, 0, r.Now.Location())
	for text, want := range map[string]string{
		"mon":       "12-07 14:30",
		"10":        "12-04 10:00",
		"mon 10":    "12-07 10:00",
		"12/8 8:30": "12-08 08:30", "same time mon": "12-07 14:30", "mon same time": "12-07 14:30",
		"next week": "12-11 14:30", "next week same time": "12-11 14:30",
	} {
		if m, ok := r.Moment(text); !ok || shown(m, "01-02 15:04") != want {
			t.Errorf("%q is %q, want %q", text, shown(m, "01-02 15:04"), want)
		}
	}
}

// What has passed is meant where somebody notes who came.
func TestBack(t *testing.T) {
	r := reader(t)
	r.Back = true
	for text, want := range map[string]string{
		"yesterday 9": "11-30 09:00", "last fri 9": "11-27 09:00", "ayer 14:00": "11-30 14:00",
		"11/28 9am": "11-28 09:00", "today 9": "12-01 09:00",
	} {
		if m, ok := r.Moment(text); !ok || shown(m, "01-02 15:04") != want {
			t.Errorf("%q is %q, want %q", text, shown(m, "01-02 15:04"), want)
		}
	}
}

func TestDays(t *testing.T) {
	for text, want := range map[string]string{
		"today": "12-01", "yesterday": "11-30", "tomorrow": "12-02", "tue": "12-01",
		"last fri": "11-27", "last tue": "11-24", "fri": "12-04", "2026-12-04": "12-04",
		"11/28": "11-28", "12/4": "12-04", "Nov 28": "11-28", "fri ana": "12-04; ana",
		"the day after tomorrow": "12-03",
	} {
		if m, ok := reader(t).Day(text); !ok || shown(m, "01-02") != want {
			t.Errorf("%q is %q, want %q", text, shown(m, "01-02"), want)
		}
	}
	for _, text := range []string{"", "ana", "9", "9am", "0101"} {
		if m, ok := reader(t).Day(text); ok {
			t.Errorf("%q is %q", text, shown(m, "01-02"))
		}
	}
}

// Whatever way a moment is written in, it is read as that moment or as one to choose from; and what
// is said back, read again, is the same.
func TestWhatIsWrittenIsRead(t *testing.T) {
	c := clinic(t)
	layouts := []string{
		"2006-01-02 15:04", "1/2/2006 3:04pm", "1/2/06 3:04 PM", "Jan 2 2006 3:04 PM",
		"2 January 2006 at 15:04", "Mon Jan 2, 2006 at 3:04 PM", "3:04pm 1/2/2006",
		"Monday January 2, 2006, 3:04 PM", time.RFC3339, "2006-01-02 1504",
	}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, c.Location()).
			Add(time.Duration(rapid.IntRange(0, 600*24*60).Draw(t, "now")) * time.Minute)
		at := now.Add(time.Duration(rapid.IntRange(1, 300*24*60).Draw(t, "ahead")) * time.Minute)
		text := at.Format(rapid.SampledFrom(layouts).Draw(t, "layout"))
		r := when.Reader{Clinic: c, Now: now}
		m, ok := r.Moment(text + " Ana")
		if !ok || m.Rest != "Ana" {
			t.Fatalf("%q: %v, %q is left", text, ok, m.Rest)
		}
		found := false
		for _, one := range m.At {
			found = found || one.Equal(at)
			said := knowledge.DeskClock(c, now).When(one, "en")
			again, ok := r.Moment(said)
			if !ok || len(again.At) == 0 || !again.At[0].Equal(one) && len(again.At) < 2 {
				t.Fatalf("%q at %s is read as %q", said, now, shown(again, time.RFC3339))
			}
		}
		if !found || len(m.At) > 1 && m.Why == "" {
			t.Fatalf("%q at %s: %q, want %s", text, now, shown(m, time.RFC3339), at)
		}
	})
}

// Nothing that is typed makes it panic, and no moment that it reads has passed.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{"fri 9", "12/4 2:00 PM", "in 3 days", "next tue noon", "\xff 9", "0/0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := reader(t)
		m, _ := r.Moment(s)
		for _, at := range m.At {
			if !at.After(r.Now) && !strings.Contains(s, "in") {
				t.Errorf("%q is %s", s, at)
			}
		}
		r.Day(s)
	})
}
