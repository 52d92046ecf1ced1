package settings_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// shipped is the clinic.yaml that is shipped.
func shipped(t testing.TB) *settings.Clinic {
	t.Helper()
	data, err := os.ReadFile("../clinic.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := settings.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// least is a clinic.yaml of what it can't do without, five lines; extra lines follow.
func least(extra string) string {
	return `name: Test
phone: '+12125550100'
urgent_phone: '+12125550111'
zone: America/New_York
lines: {crisis: '988', emergency: '911'}
` + extra
}

func parse(t testing.TB, text string) *settings.Clinic {
	t.Helper()
	c, err := settings.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// at is a local time of the clinic.
func at(t testing.TB, c *settings.Clinic, local string) time.Time {
	t.Helper()
	out, err := time.ParseInLocation("2006-01-02 15:04", local, c.Location())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDefaults(t *testing.T) {
	c := parse(t, least(""))
	if c.Placeholder {
		t.Error("a clinic's own file is a placeholder without saying so")
	}
	if c.Desk.PersonHours != 4 || c.Desk.ReplyMinutes != 60 || c.Waitlist.AtOnce != 1 {
		t.Errorf("%+v %+v", c.Desk, c.Waitlist)
	}
	if want := (settings.Span{From: 9 * 60, To: 20 * 60}); c.Reminders.Window != want {
		t.Errorf("window %+v, want %+v", c.Reminders.Window, want)
	}
	if at := c.Opens(time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)); !at.IsZero() {
		t.Errorf("a clinic without hours opens %v", at)
	}
}

func TestOpens(t *testing.T) {
	c := shipped(t)
	for _, k := range []struct{ at, opens string }{
		{at: "2026-12-01 10:00", opens: "2026-12-01 10:00"}, // open
		{at: "2026-12-01 09:00", opens: "2026-12-01 09:00"},
		{at: "2026-12-01 08:59", opens: "2026-12-01 09:00"},
		{at: "2026-12-01 18:00", opens: "2026-12-02 09:00"},
		{at: "2026-12-04 17:00", opens: "2026-12-07 09:00"}, // over a weekend
		{at: "2026-12-05 12:00", opens: "2026-12-07 09:00"},
		{at: "2026-11-25 19:00", opens: "2026-11-27 09:00"}, // over a holiday
		{at: "2026-11-26 11:00", opens: "2026-11-27 09:00"},
		{at: "2026-12-24 20:00", opens: "2026-12-28 09:00"}, // a holiday and a weekend
		{at: "2026-12-31 18:00", opens: "2027-01-04 09:00"},
		{at: "2027-03-13 12:00", opens: "2027-03-15 09:00"}, // the clocks go forward in between
	} {
		now := at(t, c, k.at).UTC()
		if got := c.Opens(now).Format("2006-01-02 15:04"); got != k.opens {
			t.Errorf("%s: opens %s, want %s", k.at, got, k.opens)
		}
		if open := c.Open(now); open != (k.at == k.opens) {
			t.Errorf("%s: open %v", k.at, open)
		}
	}
}

func TestAVisitFitsWhileTheClinicIsOpen(t *testing.T) {
	c := shipped(t)
	for _, k := range []struct {
		at, kind string
		fits     bool
	}{
		{at: "2026-12-01 09:00", kind: "iv_infusion", fits: true},
		{at: "2026-12-01 08:59", kind: "iv_infusion", fits: false},
		{at: "2026-12-01 16:00", kind: "iv_infusion", fits: true}, // two hours, closing at six
		{at: "2026-12-01 16:01", kind: "iv_infusion", fits: false},
		{at: "2026-12-04 16:10", kind: "integration", fits: true}, // fifty minutes, closing at five
		{at: "2026-12-04 16:15", kind: "integration", fits: false},
		{at: "2026-11-26 10:00", kind: "consult", fits: false}, // a holiday
		{at: "2026-12-05 10:00", kind: "consult", fits: false}, // a Saturday
		{at: "2026-12-01 17:59", kind: "none such", fits: true},
	} {
		if got := c.Fits(at(t, c, k.at).UTC(), k.kind); got != k.fits {
			t.Errorf("%s at %s: fits %v", k.kind, k.at, got)
		}
	}
}

// The shipped plan asks three days before at 10:00 and three hours before; its window is
// 9:00-20:00.
func TestAskedHeedsWindowAndHolidays(t *testing.T) {
	c := shipped(t)
	for _, k := range []struct {
		name, start, zone, now string
		want                   bool
	}{
		{name: "before", start: "2026-12-10 14:00", now: "2026-12-07 09:59", want: false},
		{name: "as it is due", start: "2026-12-10 14:00", now: "2026-12-07 10:00", want: true},
		{
			name:  "a holiday moves it to the day before",
			start: "2026-12-28 14:00", now: "2026-12-24 10:00", want: true,
		},
		{name: "and not earlier", start: "2026-12-28 14:00", now: "2026-12-24 09:59", want: false},
		{
			name:  "in the patient's own zone",
			start: "2026-12-10 14:00", zone: "America/Los_Angeles", now: "2026-12-07 12:59",
			want: false,
		},
	} {
		if got := c.Asked("consult", at(t, c, k.start), k.zone, at(t, c, k.now)); got != k.want {
			t.Errorf("%s: asked %v", k.name, got)
		}
	}
	// That of a Monday is asked about on Thursday: on Friday they are told how to prepare.
	monday, thursday := at(t, c, "2026-12-14 14:00"), at(t, c, "2026-12-10 10:00")
	if c.Asked("consult", monday, "", thursday) || !c.Asked("iv_infusion", monday, "", thursday) {
		t.Error("a consult on Monday is asked about on Friday, an infusion on Thursday")
	}
}

// A plan that asks three hours before alone.
func TestAskedWaitsForTheWindow(t *testing.T) {
	c := parse(t, least("reminders: {plan: [{kind: nudge, hours_before: 3, only: unconfirmed}]}\n"))
	for _, k := range []struct {
		name, start, now string
		want             bool
	}{
		{
			name: "before the window", start: "2026-12-10 12:00", now: "2026-12-10 08:59",
			want: false,
		},
		{name: "as it opens", start: "2026-12-10 12:00", now: "2026-12-10 09:00", want: true},
		{
			name:  "too shortly before the visit to be sent",
			start: "2026-12-10 11:30", now: "2026-12-10 09:10", want: false,
		},
	} {
		if got := c.Asked("consult", at(t, c, k.start), "", at(t, c, k.now)); got != k.want {
			t.Errorf("%s: asked %v", k.name, got)
		}
	}
}

func TestHoursText(t *testing.T) {
	for _, c := range []struct{ hours, en, es string }{
		{
			hours: "{mon: '9:00-18:00', tue: '9:00-18:00', wed: '9:00-18:00', " +
				"thu: '9:00-18:00', fri: '9:00-17:00'}",
			en: "Mon-Thu 9-6, Fri 9-5", es: "lun-jue 9-6, vie 9-5",
		},
		{
			hours: "{mon: '8:30-12:00', wed: '8:30-12:00', sun: '0:00-24:00'}",
			en:    "Mon 8:30-12, Wed 8:30-12, Sun 12-12",
			es:    "lun 8:30-12, mié 8:30-12, dom 12-12",
		},
		{
			hours: "{sat: '9:00-13:00', sun: '9:00-13:00'}",
			en:    "Sat-Sun 9-1", es: "sab-dom 9-1",
		},
		{hours: "{}", en: "", es: ""},
	} {
		k := parse(t, least("hours: "+c.hours+"\n"))
		if en, es := k.HoursText("en"), k.HoursText("es"); en != c.en || es != c.es {
			t.Errorf("%s: %q %q, want %q %q", c.hours, en, es, c.en, c.es)
		}
	}
}

func TestIndiscreet(t *testing.T) {
	c := parse(t, least("never_unasked: [Ketamin, depresi]\n"))
	for text, want := range map[string]bool{
		"See you at ten.": false, "KETAMINE": true, "ketamina": true, "la depresión": true,
		"": false,
	} {
		if got := c.Indiscreet(text) != ""; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Texts begin with the clinic's name, another one, or none.
func TestFrom(t *testing.T) {
	c := parse(t, least(""))
	for yaml, want := range map[string]string{
		"": c.Name, "texts: {from: Front Desk}\n": "Front Desk", "texts: {from: \"\"}\n": "",
	} {
		if got := parse(t, least(yaml)).From(); got != want || want == "" && yaml == "" {
			t.Errorf("%q: %q, want %q", yaml, got, want)
		}
	}
}

// A visit in person has the clinic's zone, whatever the patient's; any other the patient's.
func TestSaidZone(t *testing.T) {
	c := parse(t, least("zone_name: {en: Here, es: Aqui}\n"+
		"visit_types: {call: {in_person: false}, visit: {in_person: true}}\n"))
	for kind, want := range map[string]string{
		"call": "America/Los_Angeles", "visit": c.Zone, "none such": c.Zone,
	} {
		if got := c.SaidZone(kind, "America/Los_Angeles").String(); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	there := c.SaidZone("call", "America/Argentina/Buenos_Aires")
	if here, far := c.Place(c.Location()), c.Place(there); here.In("es") != "Aqui" ||
		far.In("en") != "Buenos Aires" {
		t.Errorf("%v %v", here, far)
	}
}

func TestZonedFallsBackToTheClinics(t *testing.T) {
	c := parse(t, least(""))
	for name, want := range map[string]string{
		"": "America/New_York", "Pacific/Honolulu": "Pacific/Honolulu",
		"Mars/Olympus": "America/New_York",
	} {
		for range 2 { // the second time from the cache
			if got := c.Zoned(name).String(); got != want {
				t.Errorf("%q: %s, want %s", name, got, want)
			}
		}
	}
}

func BenchmarkZoned(b *testing.B) {
	c := shipped(b)
	b.ReportAllocs()
	for b.Loop() {
		c.Zoned("America/Chicago")
	}
}

func TestWaitlist(t *testing.T) {
	for yaml, want := range map[string]string{
		"":                                 "",
		"waitlist: {on: true}":             "",
		"waitlist: {offer_minutes: 1}":     "waitlist: want at_once of 1 or more",
		"waitlist: {at_once: -1}":          "waitlist: want at_once of 1 or more",
		"waitlist: {notice_hours: -3}":     "waitlist: want at_once of 1 or more",
		"waitlist: {at_once: 2, once: no}": "field once not found",
	} {
		_, err := settings.Parse([]byte(least(yaml + "\n")))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", yaml, err, want)
		}
	}
}
