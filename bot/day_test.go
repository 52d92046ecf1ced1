package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/bot/sandbox"
	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
)

// timed is a sandbox at a set time with its ten patients, whose booking texts have left.
func timed(t *testing.T, start string) *pageClient {
	t.Helper()
	base, err := knowledge.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	zone := base.Clinic.Location()
	at, err := time.ParseInLocation("2006-01-02 15:04", start, zone)
	if err != nil {
		t.Fatal(err)
	}
	a, err := openEmpty(base, slog.New(slog.DiscardHandler), at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.page.Close(); _ = a.store.Close() })
	p := &pageClient{a.sandbox}
	if err := p.post("/sandbox/import", sandbox.Patients(at, zone, base.Clinic.Fits), nil); err != nil {
		t.Fatal(err)
	}
	p.turn(t, "1h")
	return p
}

func (p *pageClient) turn(t *testing.T, by string) {
	t.Helper()
	if err := p.post("/sandbox/clock", map[string]string{"advance": by}, nil); err != nil {
		t.Fatal(err)
	}
}

// line returns the texts of a time line by their ids.
func (p *pageClient) line(t *testing.T, query string) (sandbox.Day, map[string]sandbox.DayText) {
	t.Helper()
	var day sandbox.Day
	if err := p.get("/sandbox/day?"+query, &day); err != nil {
		t.Fatal(err)
	}
	out := map[string]sandbox.DayText{}
	for _, v := range day.Visits {
		for i, one := range v.Texts {
			out[one.ID] = one
			if len(one.Why) == 0 || i > 0 && one.At.Before(v.Texts[i-1].At) {
				t.Errorf("%s: no reason, or out of order: %+v", v.Name, one)
			}
		}
	}
	return day, out
}

// What the time line says will leave does, in those words and at that time; what it says is left out
// is. So it is over the end of summer time.
func TestDayForetellsWhatLeaves(t *testing.T) {
	for _, c := range []struct{ name, start string }{
		{name: "a week in winter", start: "2026-12-01 10:00"},
		{name: "the end of summer time", start: "2026-10-29 18:30"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := timed(t, c.start)
			query := "days=14&from=" + c.start[:10]
			day, foretold := p.line(t, query)
			if len(day.Visits) != 10 || len(day.Days) != 14 || len(foretold) < 40 {
				t.Fatalf("%d visits, %d days, %d texts", len(day.Visits), len(day.Days), len(foretold))
			}
			p.turn(t, "120h")
			var now struct{ Now time.Time }
			if err := p.post("/sandbox/clock", map[string]string{"advance": "0s"}, &now); err != nil {
				t.Fatal(err)
			}
			_, came := p.line(t, query)
			became := map[string]string{
				handlers.Planned: handlers.Delivered, sandbox.DayDropped: handlers.Skipped,
				sandbox.DayCheck: sandbox.DayChecked,
			}
			seen := map[string]int{}
			for id, was := range foretold {
				is := came[id]
				want := became[was.State]
				if want == "" || !was.At.Before(now.Now.Add(-time.Minute)) {
					continue
				}
				seen[was.State]++
				if is.State != want || is.Body != was.Body || is.At.Sub(was.At).Abs() > time.Minute {
					t.Errorf("%s was foretold\n%+v, and came\n%+v", id, was, is)
				}
			}
			if seen[handlers.Planned] < 8 || seen[sandbox.DayCheck] == 0 {
				t.Errorf("too little was foretold: %v", seen)
			}
		})
	}
}

// The time line says what holds a text back or drops it, shows one number alone, and refuses what is
// no day.
func TestDay(t *testing.T) {
	p := timed(t, "2026-12-01 10:00")
	say := func(from, body string) {
		t.Helper()
		if err := p.post("/sandbox/text", map[string]string{"from": from, "body": body}, nil); err != nil {
			t.Fatal(err)
		}
	}
	say("+12125550105", "STOP")
	say("+12125550106", "i want to kill myself")
	for _, c := range []struct{ name, phone, state, why string }{
		{name: "opted out", phone: "0105", state: sandbox.DayDropped, why: "the number has opted out"},
		{name: "in danger", phone: "0106", state: sandbox.DayHeld, why: "may be in danger"},
	} {
		t.Run(c.name, func(t *testing.T) {
			day, texts := p.line(t, "days=1&phone=%2B1212555"+c.phone)
			if len(day.Visits) != 1 || len(texts) < 4 {
				t.Fatalf("%+v", day)
			}
			n := 0
			for _, one := range texts {
				if one.State == c.state && strings.Contains(strings.Join(one.Why, " "), c.why) {
					n++
				}
			}
			if n == 0 {
				t.Errorf("none is %s for %q: %+v", c.state, c.why, texts)
			}
		})
	}
	day, _ := p.line(t, "days=1&from=2027-03-14") // the night in which an hour is left out
	if n := len(day.Hours); n != 8 || day.Hours[7].Format("15:04") != "21:00" ||
		day.Until.Sub(day.From) != 23*time.Hour {
		t.Errorf("%v to %v: %v", day.From, day.Until, day.Hours)
	}
	for _, query := range []string{"from=soon", "days=0", "days=32", "days=x", "phone=1"} {
		if err := p.get("/sandbox/day?"+query, nil); err == nil {
			t.Errorf("%s is taken", query)
		}
	}
}
