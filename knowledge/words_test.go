package knowledge_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

func TestSegments(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct {
		text string
		n    int
		gsm  bool
	}{
		{text: "", n: 1, gsm: true},
		{text: x(160), n: 1, gsm: true},
		{text: x(161), n: 2, gsm: true},
		{text: x(306), n: 2, gsm: true},
		{text: x(307), n: 3, gsm: true},
		{text: x(158) + "€", n: 1, gsm: true}, // of the extension table: two
		{text: x(159) + "€", n: 2, gsm: true},
		{text: "^{}\\[~]|€", n: 1, gsm: true},
		{text: strings.Repeat("[", 80), n: 1, gsm: true},
		{text: strings.Repeat("[", 81), n: 2, gsm: true},
		{text: "@£$¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà¡ΔΦΓΛΩΠΨΣΘΞ_\n\r", n: 1, gsm: true},
		{text: "á", n: 1, gsm: false}, // Spanish has letters that GSM-7 lacks
		{text: "“", n: 1, gsm: false},
		{text: "—", n: 1, gsm: false},
		{text: strings.Repeat("í", 70), n: 1, gsm: false},
		{text: strings.Repeat("í", 71), n: 2, gsm: false},
		{text: strings.Repeat("í", 134), n: 2, gsm: false},
		{text: strings.Repeat("í", 135), n: 3, gsm: false},
		{text: strings.Repeat("👍", 35), n: 1, gsm: false}, // a surrogate pair
		{text: strings.Repeat("👍", 36), n: 2, gsm: false},
		{text: x(69) + "í", n: 1, gsm: false}, // one letter turns all of it
		{text: x(70) + "í", n: 2, gsm: false},
	} {
		if n, gsm := knowledge.Segments(c.text); n != c.n || gsm != c.gsm {
			t.Errorf("%.20q… of %d: %d %v, want %d %v", c.text, len([]rune(c.text)), n, gsm, c.n,
				c.gsm)
		}
	}
	if n := knowledge.Length("a€ñ{"); n != 6 {
		t.Errorf("length %d, want 6", n)
	}
}

func TestTimesAndNumbers(t *testing.T) {
	at := time.Date(2026, 12, 2, 14, 5, 0, 0, time.UTC)
	var c knowledge.Clock
	for _, c := range []struct{ got, want string }{
		{got: c.When(at, "en"), want: "Wed Dec 2 at 2:05 PM"},
		{got: c.When(at, "es"), want: "mié 2 dic a las 2:05 PM"},
		{got: c.When(at, "fr"), want: "Wed Dec 2 at 2:05 PM"},
		{got: c.Whens([]time.Time{at, at}, "en"), want: "Wed Dec 2 at 2:05 PM"},
		{got: c.Days([]time.Time{at, at}, "en"), want: "Wed Dec 2 at 2:05 PM"},
		{got: knowledge.PhoneText("+12125550100"), want: "212-555-0100"},
		{got: knowledge.PhoneText("+34911234567"), want: "+34911234567"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
		if _, gsm := knowledge.Segments(c.want); !gsm && !strings.Contains(c.want, "mié") {
			t.Errorf("%q isn't GSM-7", c.want)
		}
	}
}

// A visit in person is told by the clinic's clock, one by video by the patient's. The zone is named
// where the two clocks differ at that moment, and the year is told of a day that is far off.
func TestClockOfAVisit(t *testing.T) {
	c := base(t, small).Clinic // in New York
	away := false
	c.VisitTypes["video"] = settings.VisitType{InPerson: &away}
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for _, x := range []struct{ start, kind, zone, lang, want string }{
		{
			start: "2026-12-01T15:00:00-05:00", kind: "consult", lang: "en",
			want: "Tue Dec 1 at 3:00 PM",
		},
		{
			start: "2026-12-01T15:00:00-05:00", kind: "consult", zone: "America/Detroit", lang: "en",
			want: "Tue Dec 1 at 3:00 PM",
		},
		{
			start: "2026-12-01T15:00:00-05:00", kind: "consult", zone: "America/Los_Angeles",
			lang: "en", want: "Tue Dec 1 at 3:00 PM New York time",
		},
		{
			start: "2026-12-01T15:00:00-05:00", kind: "consult", zone: "America/Los_Angeles",
			lang: "es", want: "mar 1 dic a las 3:00 PM hora de Nueva York",
		},
		{
			start: "2026-12-01T15:00:00-05:00", kind: "video", zone: "America/Los_Angeles",
			lang: "en", want: "Tue Dec 1 at 12:00 PM Los Angeles time",
		},
		{
			start: "2026-12-01T15:00:00-05:00", kind: "video", lang: "en",
			want: "Tue Dec 1 at 3:00 PM",
		},
		{ // without summer time, as New York in winter
			start: "2026-12-01T15:00:00-05:00", kind: "consult", zone: "America/Jamaica",
			lang: "en", want: "Tue Dec 1 at 3:00 PM",
		},
		{
			start: "2027-04-06T15:00:00-04:00", kind: "consult", zone: "America/Jamaica",
			lang: "en", want: "Tue Apr 6 at 3:00 PM New York time",
		},
		{
			start: "2027-05-28T15:00:00-04:00", kind: "consult", lang: "en",
			want: "Fri May 28 at 3:00 PM",
		},
		{
			start: "2027-06-01T15:00:00-04:00", kind: "consult", lang: "en",
			want: "Tue Jun 1, 2027 at 3:00 PM",
		},
		{
			start: "2027-12-01T15:00:00-05:00", kind: "consult", lang: "es",
			want: "mié 1 dic 2027 a las 3:00 PM",
		},
		{
			start: "2026-05-01T15:00:00-04:00", kind: "consult", lang: "en",
			want: "Fri May 1, 2026 at 3:00 PM",
		},
	} {
		start, err := time.Parse(time.RFC3339, x.start)
		if err != nil {
			t.Fatal(err)
		}
		clock := knowledge.VisitClock(c, x.kind, x.zone, now)
		if got := clock.When(start.UTC(), x.lang); got != x.want {
			t.Errorf("%s %s %s: %q, want %q", x.start, x.kind, x.zone, got, x.want)
		}
	}
}

// Spanish says one o'clock in the singular, whatever a sentence has before the time.
func TestOneOClockInSpanish(t *testing.T) {
	b, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"1:30 PM": "es hoy a la 1:30 PM", "11:00 AM": "es hoy a las 11:00 AM",
		"12:15 PM": "es hoy a las 12:15 PM",
	} {
		got, err := b.Reply(replies.RemindPrefix+"nudge", "es", knowledge.Fill{
			"first": "", "time": at,
		})
		if err != nil || !strings.Contains(got, want) {
			t.Errorf("%q, %v: want %q", got, err, want)
		}
	}
}

// Every day and month name fits GSM-7: a date stands in most texts.
func TestDatesAreGSM7(t *testing.T) {
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for d := range 366 {
		for _, l := range language.All() {
			if s := (knowledge.Clock{}).When(at.AddDate(0, 0, d), l); !gsm7(s) {
				t.Errorf("%q", s)
			}
		}
	}
}

func gsm7(s string) bool { _, ok := knowledge.Segments(s); return ok }

// Old hotline numbers live on for years. They stand in clinic.yaml alone, as what must never be
// said.
func TestNoOldHotlineAnywhere(t *testing.T) {
	old := base(t, small).Clinic.Lines.Old
	if len(old) == 0 {
		t.Fatal("clinic.yaml names none")
	}
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", "node_modules", ".cache", "vendor":
				return fs.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() > 4<<20 ||
			path == filepath.Join("..", "knowledge", "clinic.yaml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		text := strings.ToUpper(strings.NewReplacer("-", "", " ", "", ".", "", "(", "", ")",
			"").Replace(string(data)))
		for _, o := range old {
			if strings.Contains(text, strings.ToUpper(strings.ReplaceAll(o, "-", ""))) {
				t.Errorf("%s holds %s", path, o)
			}
		}
		return nil
	})
	if err != nil || seen < 50 {
		t.Errorf("%d files: %v", seen, err)
	}
}
