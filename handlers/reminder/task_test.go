package reminder_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// infusion is a visit at 2:00 PM on Tue Oct 20: nothing solid from 8:00 AM, nothing clear from
// 12:00 PM. Its text goes out on Oct 19 at 11:00.
func infusion(t *testing.T) handlers.Visit {
	v := visit(t, "2026-10-20 14:00")
	v.Type = "iv_infusion"
	return v
}

// tasks returns the titles of the open cases of …0101, and the notes in their threads, but for what
// the patient was texted meanwhile.
func (b *books) tasks(t *testing.T) (out []string) {
	t.Helper()
	for _, c := range b.store.Open(handlerstest.Phone(t, "0101")) {
		out = append(out, veil.Shown(c.Title, true))
	}
	for _, p := range b.store.Queue() {
		if p.Do == desk.PostNote && !strings.HasPrefix(p.ID, "shown:") {
			out = append(out, "note: "+veil.Shown(p.Text, true))
		}
	}
	return out
}

const (
	tooLate = "Their visit on Tue Oct 20 at 2:00 PM was booked too late for the text that says " +
		"how to prepare."
	tellAll = ` Tell them: "No food after 8:00 AM. Clear liquids until 12:00 PM. An adult takes ` +
		`you home." Ask who drives them home.`
)

// bookedLate are bookings of infusion, and the task for staff that each makes.
var bookedLate = []struct {
	name, now string
	change    func(v *handlers.Visit)
	want      string // "" is none
}{
	{name: "long before", now: "2026-10-05 10:00"},
	{name: "a moment before the text", now: "2026-10-19 10:59"},
	{name: "as the text leaves", now: "2026-10-19 11:00"},
	{name: "a moment after", now: "2026-10-19 11:01", want: tooLate + tellAll},
	{name: "the evening before", now: "2026-10-19 22:00", want: tooLate + tellAll},
	{
		name: "after the first rule", now: "2026-10-20 08:00",
		want: tooLate +
			` Tell them: "Clear liquids until 12:00 PM. An adult takes you home." Ask who ` +
			`drives them home.` +
			` It is too late for "No food after 8:00 AM.": ask what they have had; a nurse ` +
			`decides whether the visit can stand.`,
	},
	{
		name: "after all of them", now: "2026-10-20 13:00",
		want: tooLate + ` Tell them: "An adult takes you home." Ask who drives them home.` +
			` It is too late for "No food after 8:00 AM. Clear liquids until 12:00 PM.": ask ` +
			`what they have had; a nurse decides whether the visit can stand.`,
	},
	{
		name: "another type", now: "2026-10-19 18:00",
		change: func(v *handlers.Visit) { v.Type = "spravato" },
		want: tooLate +
			` Tell them: "No food after 12:00 PM. Clear liquids until 1:30 PM. No nose spray ` +
			`after 1:00 PM. An adult takes you home." Ask who drives them home.`,
	},
	{
		name: "a type without rules", now: "2026-10-19 18:00",
		change: func(v *handlers.Visit) { v.Type = "consult" },
	},
	{name: "it has begun", now: "2026-10-20 14:00"},
	{name: "it has been", now: "2026-10-21 10:00"},
	{
		name: "in Spanish", now: "2026-10-19 18:00",
		change: func(v *handlers.Visit) { v.Lang = "es" },
		want: tooLate + strings.Replace(tellAll, ` Ask`,
			` (es: "Comida hasta 8:00 AM. Liquidos claros hasta 12:00 PM. Un adulto le `+
				`lleva.") Ask`, 1),
	},
	{
		name: "where it is another time", now: "2026-10-19 18:00",
		change: func(v *handlers.Visit) { v.Zone = "America/Chicago" },
		want: tooLate + strings.NewReplacer(
			"8:00 AM", "8:00 AM New York time", "12:00 PM", "12:00 PM New York time",
		).Replace(tellAll),
	},
}

func TestAVisitThatIsBookedTooLateForItsPreparation(t *testing.T) {
	for _, c := range bookedLate {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t, c.now)
			v := infusion(t)
			if c.change != nil {
				c.change(&v)
			}
			b.book(t, v, visits.Imported)
			b.book(t, v, visits.Unchanged)
			b.Until(t, c.now)
			if got := strings.Join(b.tasks(t), "\n"); got != c.want {
				t.Errorf("the desk has %q, want %q", got, c.want)
			}
			for _, o := range b.carrier.Sent() {
				if o.Kind == kinds.Unprepared || o.Kind == kinds.Prepare && c.want != "" {
					t.Errorf("%s was texted", o.Kind)
				}
			}
		})
	}
}

// moved is the task for a visit that has moved too late for the text.
var moved = strings.Replace(tooLate, "booked", "moved", 1) + tellAll

// leftToStaff are changes of infusion, and the tasks for staff that each makes.
var leftToStaff = map[string]struct {
	first   string // the visit's start when it is first booked, on Oct 5
	at      string // when something happens
	happens act
	then    act // right after, before anything is carried
	want    []string
}{
	"moved nearer": {
		first: "2026-10-27 14:00", at: "2026-10-19 18:00",
		happens: rebook(func(*handlers.Visit) {}), want: []string{moved},
	},
	"moved away in the same moment": {
		first: "2026-10-27 14:00", at: "2026-10-19 18:00",
		happens: rebook(func(*handlers.Visit) {}),
		then:    rebook(func(v *handlers.Visit) { v.Start = v.Start.AddDate(0, 0, 14) }),
	},
	"off in the same moment": {
		first: "2026-10-27 14:00", at: "2026-10-19 18:00",
		happens: rebook(func(*handlers.Visit) {}),
		then:    is("v", handlers.Declined),
	},
	"of another type since the text": {
		first: "2026-10-20 14:00", at: "2026-10-19 18:00",
		happens: rebook(func(v *handlers.Visit) { v.Type, v.Name = "spravato", "Bea Example" }),
		want: []string{
			tooLate +
				` Tell them: "No food after 12:00 PM. Clear liquids until 1:30 PM. No nose ` +
				`spray after 1:00 PM. An adult takes you home." Ask who drives them home.`,
		},
	},
	"of another name since the text": {
		first: "2026-10-20 14:00", at: "2026-10-19 18:00",
		happens: rebook(func(v *handlers.Visit) { v.Name, v.Lang = "Bea Example", "es" }),
	},
	"another card of the number is open": {
		first: "2026-10-27 14:00", at: "2026-10-19 18:00",
		happens: rebook(func(*handlers.Visit) {}),
		then: put(handlers.Effects{Cases: []handlers.Case{{
			ID: "c", Channel: handlers.DeskChannel, Kind: "handoff", Title: "Asks.", Open: true,
		}}}),
		want: []string{"Asks.", moved},
	},
}

func TestThePreparationThatIsLeftToStaff(t *testing.T) {
	p := handlerstest.Phone(t, "0101")
	for name, c := range leftToStaff {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			v := infusion(t)
			v.Start = handlerstest.At(t, c.first)
			b.book(t, v, visits.Imported)
			b.Until(t, c.at)
			for _, k := range b.store.Open(p) { // nobody said who drives: that is another task
				k.Open = false
				b.store.Put(p, handlers.Effects{Cases: []handlers.Case{k}})
			}
			c.happens(t, b)
			if c.then != nil {
				c.then(t, b)
			}
			b.Until(t, c.at)
			if got := b.tasks(t); !slices.Equal(got, c.want) {
				t.Errorf("the desk has %q, want %q", got, c.want)
			}
		})
	}
}

// A second change of a visit makes no second task, and a clinic without that text gets none.
func TestThePreparationIsLeftToStaffOnce(t *testing.T) {
	b := newBooks(t, "2026-10-19 18:00")
	v := infusion(t)
	b.book(t, v, visits.Imported)
	b.Until(t, "2026-10-19 18:00")
	for _, c := range []struct{ at, kind, name string }{
		{at: "2026-10-19 18:05", kind: "spravato", name: "Bea Example"},
		{at: "2026-10-19 18:10", kind: "iv_infusion", name: "Ana Example"},
	} {
		b.Until(t, c.at)
		v.Type, v.Name = c.kind, c.name
		b.book(t, v, visits.Updated)
		b.Until(t, c.at)
	}
	if got := b.tasks(t); !slices.Equal(got, []string{tooLate + tellAll}) {
		t.Errorf("the desk has %q", got)
	}
	got := b.table(t)
	const want = "|unprepared|Mon Oct 19 at 6:00 PM|planned|\n" +
		"||Mon Oct 19 at 6:00 PM|skipped|the desk has a task: how to prepare is to be said"
	if !strings.Contains(got, want) {
		t.Error(got)
	}

	off := newBooks(t, "2026-10-19 18:00")
	words := handlerstest.Words(t)
	off.Books.Base, off.Reminders.Base = words, words
	words.Clinic.Reminders.Plan = slices.DeleteFunc(
		words.Clinic.Reminders.Plan, func(s settings.Step) bool { return s.Kind == kinds.Prepare },
	)
	off.book(t, v, visits.Imported)
	off.Until(t, "2026-10-19 18:00")
	if got := off.tasks(t); len(got) > 0 {
		t.Errorf("switched off, and the desk has %q", got)
	}
}

// discreetly returns an act that limits …0101 to discreet texts, or lifts that.
func discreetly(yes bool) act {
	return put(handlers.Effects{Consent: &handlers.Consent{Basic: yes}})
}

// both returns an act that does one, then the other.
func both(one, other act) act {
	return func(t *testing.T, b *books) {
		one(t, b)
		other(t, b)
	}
}

const (
	askRide = "Nobody has said who drives them home on Tue Oct 20 at 2:00 PM. They were asked by " +
		"text and didn't answer. Ask them."
	onDay = "They get discreet texts only: call them about their visit on Tue Oct 20 at 2:00 PM."
)

// discreet are changes of infusion or its number, and the tasks that the desk has at until.
var discreet = map[string]struct {
	first   func(v *handlers.Visit)
	at      string // when something happens
	happens act
	until   string
	want    []string
}{
	"an hour after the text": {
		at: "2026-10-05 10:00", happens: discreetly(true), until: "2026-10-19 12:00",
		want: []string{onDay + tellAll},
	},
	"once, and one call for all": {
		at: "2026-10-05 10:00", happens: discreetly(true), until: "2026-10-20 13:00",
		want: []string{onDay + tellAll},
	},
	"a moment before": {
		at: "2026-10-05 10:00", happens: discreetly(true), until: "2026-10-19 11:59",
	},
	"in full": {
		at: "2026-10-05 10:00", happens: discreetly(false), until: "2026-10-19 12:30",
		want: []string{askRide},
	},
	"switched before the text": {
		at: "2026-10-19 10:59", happens: discreetly(true), until: "2026-10-19 12:30",
		want: []string{onDay + tellAll},
	},
	"switched after the text": {
		at: "2026-10-19 11:01", happens: discreetly(true), until: "2026-10-19 12:30",
		want: []string{askRide},
	},
	"they don't come": {
		at:      "2026-10-05 10:00",
		happens: both(discreetly(true), is("v", handlers.Declined)),
		until:   "2026-10-20 13:00",
	},
	"nothing to prepare": {
		first: func(v *handlers.Visit) { v.Type = "consult" }, at: "2026-10-05 10:00",
		happens: discreetly(true), until: "2026-10-20 13:00",
	},
	"in Spanish, where it is another time": {
		first: func(v *handlers.Visit) { v.Lang, v.Zone = "es", "America/Chicago" },
		at:    "2026-10-05 10:00", happens: discreetly(true), until: "2026-10-19 13:00",
		want: []string{
			onDay + ` Tell them: "No food after 8:00 AM New York time. Clear liquids until ` +
				`12:00 PM New York time. An adult takes you home." (es: "Comida hasta 8:00 AM ` +
				`hora de Nueva York. Liquidos claros hasta 12:00 PM hora de Nueva York. Un ` +
				`adulto le lleva.") Ask who drives them home.`,
		},
	},
	"moved nearer": {
		first:   func(v *handlers.Visit) { v.Start = v.Start.AddDate(0, 0, 7) },
		at:      "2026-10-06 10:00",
		happens: both(discreetly(true), rebook(func(*handlers.Visit) {})),
		until:   "2026-10-27 00:00", want: []string{onDay + tellAll},
	},
	"of a type to prepare for since": {
		first: func(v *handlers.Visit) { v.Type = "consult" }, at: "2026-10-06 10:00",
		happens: both(discreetly(true), rebook(func(*handlers.Visit) {})),
		until:   "2026-10-20 13:00", want: []string{onDay + tellAll},
	},
	"of a type with nothing to prepare since": {
		at:      "2026-10-06 10:00",
		happens: both(discreetly(true), rebook(func(v *handlers.Visit) { v.Type = "consult" })),
		until:   "2026-10-20 13:00",
	},
	"booked too late for the text": {
		first:   func(v *handlers.Visit) { v.Start = v.Start.AddDate(0, 0, 7) },
		at:      "2026-10-19 18:00",
		happens: both(discreetly(true), rebook(func(*handlers.Visit) {})),
		until:   "2026-10-20 13:00",
		want:    []string{moved},
	},
}

// A discreet text doesn't say how to prepare, so staff are to call: once per visit, when that text
// is due.
func TestThePreparationThatADiscreetTextDoesntSay(t *testing.T) {
	for name, c := range discreet {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			v := infusion(t)
			if c.first != nil {
				c.first(&v)
			}
			b.book(t, v, visits.Imported)
			b.Until(t, c.at)
			c.happens(t, b)
			b.Until(t, c.until)
			if got := b.tasks(t); !slices.Equal(got, c.want) {
				t.Errorf("the desk has %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhyTellsOfADiscreetText(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, infusion(t), visits.Imported)
	b.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Consent: &handlers.Consent{
		Basic: true,
	}})
	for _, c := range []struct{ at, want string }{
		{
			"2026-10-06 10:00",
			"|||consent|yes: the number may be texted, discreetly: without the name and how to " +
				"prepare",
		},
		{
			"2026-10-06 10:01",
			"|ready|Mon Oct 5 at 10:00 AM|planned|\n" +
				"||Mon Oct 19 at 12:00 PM|is due|then staff get a task, if nobody has told the " +
				"patient how to prepare by then, or has said who drives them home",
		},
		{
			"2026-10-20 10:00",
			"||Mon Oct 19 at 12:00 PM|skipped|the desk has a task: how to prepare is to be said",
		},
	} {
		b.Until(t, c.at)
		if got := b.table(t); !strings.Contains(got, c.want) {
			t.Errorf("at %s lacks %q:\n%s", c.at, c.want, got)
		}
	}
}

func TestTwoVisitsOfADayThatCameTooLate(t *testing.T) {
	b := newBooks(t, "2026-10-19 18:00")
	b.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Consent: &handlers.Consent{
		Out: true,
	}})
	b.two(t, "spravato", "2026-10-20 09:00", "2026-10-20 14:00")
	b.Until(t, "2026-10-19 18:00")
	got := b.tasks(t) // either may come first
	if all := strings.Join(got, "\n"); len(got) != 2 ||
		!strings.Contains(all, "Tue Oct 20 at 9:00 AM") ||
		!strings.Contains(all, "Tue Oct 20 at 2:00 PM") || strings.Contains(all, "note: ") {
		t.Errorf("the desk has %q", got)
	}
	if open := b.store.Open(handlerstest.Phone(t, "0101")); !open[0].OptOut {
		t.Error("the card doesn't say that they must be called")
	}
}
