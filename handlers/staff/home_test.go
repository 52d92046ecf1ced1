package staff_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	answers "github.com/beacon-clinic/beacon/handlers/answer"
	"github.com/beacon-clinic/beacon/handlers/figures"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// counted fakes staff.Figures: of each day the same, but of those before it was a tenth.
type counted map[string]int

func (c counted) Figures(_ context.Context, days []string) (out []figures.Day, _ error) {
	for i, date := range days {
		d := figures.Day{Date: date, Of: map[string]int{}}
		for name, n := range c {
			if d.Of[name] = n; i < len(days)-1 {
				d.Of[name] = n / 10
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// newHome is an office that shows figures, none counted.
func newHome(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	o.Figures = counted{}
	o.Draw = func(values []int) ([]byte, error) { return []byte(fmt.Sprint(values)), nil }
	return o
}

// saysAll is an answer with all words.
func saysAll(a answers.Answer) string { return a.Text(true, time.UTC) }

// gives gives a line at the desk and returns its answer.
func (o *office) gives(t *testing.T, text string) answers.Answer {
	t.Helper()
	out, err := o.Command(t.Context(), handlers.Command{
		ID: fmt.Sprint("line", len(o.store.Acts())), User: "U1", FromDesk: true, Text: text,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// presses presses a button of an answer, by what it says, and returns what that is answered.
func (o *office) presses(t *testing.T, on answers.Answer, button string) answers.Answer {
	t.Helper()
	for _, p := range on.Parts {
		for _, b := range p.Buttons {
			if b.Text != button {
				continue
			}
			out, err := o.Press(t.Context(), handlers.Press{
				ID: fmt.Sprint("on", len(o.store.Acts())), User: "U1", FromDesk: true, Action: b.Do,
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
	}
	t.Fatalf("no button %q: %+v", button, on)
	return on
}

// home is what Home shows.
func (o *office) home(t *testing.T) answers.Answer {
	t.Helper()
	a, err := o.Home(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// booked books a visit of a number on the office's day, or another one.
func (o *office) booked(t *testing.T, last4, at string, change func(*handlers.Visit)) {
	t.Helper()
	v := handlers.Visit{
		ID: "v" + last4 + at, Name: "Ana Doe", Phone: handlerstest.Phone(t, last4),
		Start: handlerstest.At(t, at), Type: "consult", State: handlers.Confirmed,
	}
	if change != nil {
		change(&v)
	}
	o.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
}

// Home is the day: what waits, who comes and how each stands, what is next.
func TestHomeIsTheDay(t *testing.T) {
	o := newHome(t)
	o.booked(t, "0101", "2026-12-01 11:00", func(v *handlers.Visit) { v.Late, v.LateBy = v.Start, 15 })
	o.booked(t, "0102", "2026-12-01 09:00", func(v *handlers.Visit) { v.State = handlers.Missed })
	o.booked(t, "0103", "2026-12-03 09:00", nil)
	alarm := handlerstest.Phone(t, "0104")
	o.store.Put(alarm, handlers.Effects{Cases: []handlers.Case{{
		ID: "a", Channel: handlers.UrgentChannel, Phone: alarm, Kind: "crisis", Open: true,
		At: o.clock.Now(), Title: "Writes " + veil.Veiled("secret words", "something") + ".",
	}}})
	text := saysAll(o.home(t))
	for _, want := range []string{
		"Tue Dec 1", "2 things wait for you", "…0104: ALARM: Writes something.", "2 visits today",
		"*11:00 AM* Ana …0101, consult: confirmed, late by 15 min",
		"*9:00 AM* Ana …0102, consult: no-show", "Thu Dec 3: 1 visit, 1 confirmed",
		"Figures", "Texts that the bot answered", "Time to a person, for half of them",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q isn't in\n%s", want, text)
		}
	}
	if strings.Index(text, "…0104: ALARM") > strings.Index(text, "…0101: ") {
		t.Error("the alarm isn't first")
	}
	if strings.Contains(text, "secret") {
		t.Error("a patient's words are on Home")
	}
}

// Whole names, types and words are veiled on Home as everywhere; a clinic can keep to initials.
func TestHomeVeils(t *testing.T) {
	o := newHome(t)
	o.booked(t, "0101", "2026-12-01 11:00", nil)
	text := o.home(t).Text(false, time.UTC)
	if !strings.Contains(text, "Ana …0101") || strings.Contains(text, "Doe") ||
		strings.Contains(text, "consult") {
		t.Error(text)
	}
	o.Base.Clinic.Desk.Names = settings.NamesInitials
	text = o.home(t).Text(false, time.UTC)
	if !strings.Contains(text, "A. D. …0101") || strings.Contains(text, "Ana") {
		t.Error(text)
	}
}

// A day of 60 visits and 200 cases stays within what Slack shows.
func TestHomeStaysWithinSlacksLimits(t *testing.T) {
	o := newHome(t)
	o.Figures = counted{
		figures.Answered: 40, figures.HandedOver: 20, figures.Visits: 60,
		figures.Confirmed: 30, figures.Missed: 10, "person:5": 10,
	}
	for i := range 60 {
		o.booked(t, fmt.Sprintf("%04d", 1000+i), "2026-12-01 11:00", nil)
	}
	for i := range 200 {
		o.store.Put(o.patient, handlers.Effects{Cases: []handlers.Case{{
			ID: fmt.Sprint("many", i), Channel: handlers.DeskChannel, Phone: o.patient, Open: true,
			At: o.clock.Now(), Title: strings.Repeat("long ", 100),
		}}})
	}
	a := o.home(t)
	blocks := 0
	for i, p := range a.Parts {
		// A single button stands at the side of the paragraph before it.
		if len(p.Buttons) != 1 || i == 0 || a.Parts[i-1].Text == "" {
			blocks++
		}
		if len(p.Text) > 3000 {
			t.Errorf("a text of %d", len(p.Text))
		}
	}
	if blocks > 100 {
		t.Errorf("%d blocks", blocks)
	}
	if text := saysAll(a); !strings.Contains(text, "and 20 more") ||
		!strings.Contains(text, "and 191 more") {
		t.Error(text)
	}
}

// Each figure that there is has a picture whose words say all that it shows.
func TestFiguresHavePictures(t *testing.T) {
	o := newHome(t)
	o.Figures = counted{
		figures.Answered: 40, figures.Visits: 20, figures.Confirmed: 10, "person:7": 3,
	}
	rows, pictures := map[string]string{}, map[string]*answers.Picture{}
	for _, p := range o.home(t).Parts {
		if p.Picture != nil {
			pictures[p.Picture.Name] = p.Picture
		}
		for _, row := range append([][]string{{""}}, tabled(p)...) {
			rows[row[0]] = strings.Join(row[1:], " · ")
		}
	}
	for label, want := range map[string]string{
		"Figure":                             "Today · Yesterday · 7 days · 30 days",
		"Texts that the bot answered":        "40 · 4 · 64 · 156",
		"Time to a person, for half of them": "7 min · – · 7 min · 7 min",
		"– confirmed":                        "10 (50 %) · 1 (50 %) · 16 (50 %) · 39 (50 %)",
		"– no-shows":                         "0 · 0 · 0 · 0",
		"Alarms":                             "0 · 0 · 0 · 0",
	} {
		if rows[label] != want {
			t.Errorf("%s: %q, want %q", label, rows[label], want)
		}
	}
	if _, there := rows["– ended by a person"]; there {
		t.Error("parts of nothing are shown")
	}
	p := pictures["answered"]
	if p == nil || !strings.HasSuffix(p.Alt, ": 4; 4; 4; 4; 4; 4; 4; 4; 4; 4; 4; 4; 4; 40") ||
		string(p.PNG) != "[4 4 4 4 4 4 4 4 4 4 4 4 4 40]" {
		t.Errorf("%+v", p)
	}
	if pictures["missed"] != nil || len(pictures) != 3 {
		t.Errorf("pictures of nothing: %v", pictures)
	}
}

// tabled are the rows of a part that is a table, its heading first.
func tabled(p answers.Part) [][]string {
	if p.Table == nil {
		return nil
	}
	return append([][]string{p.Table.Head}, p.Table.Rows...)
}

// From Home a visit is opened, and all is done about it that there is to do.
func TestOpenAVisit(t *testing.T) {
	for _, c := range []struct {
		name   string
		at     string
		state  string
		labels string
	}{
		{
			name: "ahead", at: "2026-12-01 11:00", state: handlers.Confirmed,
			labels: "Arrived|Late|Move|Take it off|Call|Text them|Texts, and why",
		},
		{
			name: "begun", at: "2026-12-01 09:00", state: handlers.Confirmed,
			labels: "Arrived|No-show|Call|Text them|Texts, and why",
		},
		{
			name: "arrived", at: "2026-12-01 09:00", state: handlers.Arrived,
			labels: "No-show|Call|Text them|Texts, and why",
		},
		{
			name: "off", at: "2026-12-01 11:00", state: handlers.Off,
			labels: "Call|Text them|Texts, and why",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newHome(t)
			o.booked(t, "0101", c.at, func(v *handlers.Visit) { v.State = c.state })
			open := o.presses(t, o.home(t), "Open")
			if got := labels(open); got != c.labels {
				t.Errorf("%q, want %q", got, c.labels)
			}
			if !strings.Contains(saysAll(open), "Ana …0101") {
				t.Error(saysAll(open))
			}
		})
	}
}

// One press on the open visit says that the patient has come.
func TestArrivedFromHome(t *testing.T) {
	o := newHome(t)
	o.booked(t, "0101", "2026-12-01 11:00", nil)
	o.presses(t, o.presses(t, o.home(t), "Open"), "Arrived")
	if v := o.state(t).Visits[0]; v.State != handlers.Arrived {
		t.Error(v.State)
	}
}

// Words for a patient are written in a form.
func TestTextFromHome(t *testing.T) {
	o := newHome(t)
	o.booked(t, "0101", "2026-12-01 11:00", nil)
	form := o.presses(t, o.presses(t, o.home(t), "Open"), "Text them").Form
	if form == nil || strings.Contains(form.Do, "0101") {
		t.Fatalf("%+v", form)
	}
	submit := func(text string) (answers.Answer, map[string]string) {
		out, wrong, err := o.Submit(t.Context(), handlers.Submission{
			ID: "S" + text, User: "U1", FromDesk: true, Do: form.Do,
			Values: map[string]string{"text": text},
		})
		if err != nil {
			t.Fatal(err)
		}
		return out, wrong
	}
	if _, wrong := submit(""); wrong["text"] == "" {
		t.Error("an empty text is sent")
	}
	submit("See you soon")
	if texts := o.store.Texts(); len(texts) != 1 || texts[0].Body != "See you soon" {
		t.Errorf("%+v", texts)
	}
}
