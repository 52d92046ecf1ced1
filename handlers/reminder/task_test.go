package reminder_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/visits"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// infusion is a visit at 2:00 PM on Tue Oct 20: nothing solid from 8:00 AM, nothing clear from 12:00 PM. Its text goes out on Oct 19 at 11:00.
func infusion(t *testing.T) handlers.Visit {
	v := visit(t, "2026-10-20 14:00")
	v.Type = "iv_infusion"
	return v
}

// tasks are the titles of the open cases of …0101, and the notes in their threads.
func (b *books) tasks(t *testing.T) (out []string) {
	t.Helper()
	for _, c := range b.store.Open(handlerstest.Phone(t, "0101")) {
		out = append(out, c.Title)
	}
	for _, p := range b.store.Queue() {
		if p.Do == desk.PostNote {
			out = append(out, "note: "+p.Text)
		}
	}
	return out
}

const (
	tooLate = "Their visit on Tue Oct 20 at 2:00 PM was booked too late for the text that says how to prepare."
	tellAll = ` Tell them: "No food after 8:00 AM. Clear liquids until 12:00 PM. An adult takes you home." Ask who drives them home.`
)

func TestAVisitThatIsBookedTooLateForItsPreparation(t *testing.T) {
	for _, c := range []struct {
		name, now string
		change    func(v *handlers.Visit)
		want      string // "" is none
	}{
		{"long before", "2026-10-05 10:00", nil, ""},
		{"a moment before the text", "2026-10-19 10:59", nil, ""},
		{"as the text leaves", "2026-10-19 11:00", nil, ""},
		{"a moment after", "2026-10-19 11:01", nil, tooLate + tellAll},
		{"the evening before", "2026-10-19 22:00", nil, tooLate + tellAll},
		{"after the first rule", "2026-10-20 08:00", nil, tooLate + ` Tell them: "Clear liquids until 12:00 PM. An adult takes you home." Ask who drives them home.` +
			` It is too late for "No food after 8:00 AM.": ask what they have had; a nurse decides whether the visit can stand.`},
		{"after all of them", "2026-10-20 13:00", nil, tooLate + ` Tell them: "An adult takes you home." Ask who drives them home.` +
			` It is too late for "No food after 8:00 AM. Clear liquids until 12:00 PM.": ask what they have had; a nurse decides whether the visit can stand.`},
		{"another type", "2026-10-19 18:00", func(v *handlers.Visit) { v.Type = "spravato" }, tooLate +
			` Tell them: "No food after 12:00 PM. Clear liquids until 1:30 PM. No nose spray after 1:00 PM. An adult takes you home." Ask who drives them home.`},
		{"a type without rules", "2026-10-19 18:00", func(v *handlers.Visit) { v.Type = "consult" }, ""},
		{"it has begun", "2026-10-20 14:00", nil, ""},
		{"it has been", "2026-10-21 10:00", nil, ""},
		{"in Spanish", "2026-10-19 18:00", func(v *handlers.Visit) { v.Lang = "es" }, tooLate + strings.Replace(tellAll, ` Ask`,
			` (es: "Comida hasta 8:00 AM. Liquidos claros hasta 12:00 PM. Un adulto le lleva.") Ask`, 1)},
		{
			"where it is another time", "2026-10-19 18:00", func(v *handlers.Visit) { v.Zone = "America/Chicago" },
			`Their visit on Tue Oct 20 at 2:00 PM (where they are, and so in what follows: Tue Oct 20 at 1:00 PM) was booked too late for the text that says how to prepare.` +
				` Tell them: "No food after 7:00 AM. Clear liquids until 11:00 AM. An adult takes you home." Ask who drives them home.`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBooks(t, c.now)
			v := infusion(t)
			if c.change != nil {
				c.change(&v)
			}
			b.book(t, v, visits.Imported)
			b.book(t, v, visits.Unchanged)
			b.until(t, c.now)
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

func TestThePreparationThatIsLeftToStaff(t *testing.T) {
	p := handlerstest.Phone(t, "0101")
	moved := strings.Replace(tooLate, "booked", "moved", 1) + tellAll
	rebook := func(change func(v *handlers.Visit)) func(*testing.T, *books) {
		return func(t *testing.T, b *books) {
			v := infusion(t)
			change(&v)
			b.book(t, v, visits.Updated)
		}
	}
	put := func(e handlers.Effects) func(*testing.T, *books) {
		return func(_ *testing.T, b *books) { b.store.Put(p, e) }
	}
	for name, c := range map[string]struct {
		first, at string // the visit's start when it is first booked, on Oct 5; when something happens
		happens   func(*testing.T, *books)
		then      func(*testing.T, *books) // right after, before anything is carried
		want      []string
	}{
		"moved nearer":                  {"2026-10-27 14:00", "2026-10-19 18:00", rebook(func(*handlers.Visit) {}), nil, []string{moved}},
		"moved away in the same moment": {"2026-10-27 14:00", "2026-10-19 18:00", rebook(func(*handlers.Visit) {}), rebook(func(v *handlers.Visit) { v.Start = v.Start.AddDate(0, 0, 14) }), nil},
		"off in the same moment": {"2026-10-27 14:00", "2026-10-19 18:00", rebook(func(*handlers.Visit) {}), func(t *testing.T, b *books) {
			v, _, _ := b.store.Visit(t.Context(), "v")
			v.State = handlers.Declined
			b.store.Put(v.Phone, handlers.Effects{Visits: []handlers.Visit{v}})
		}, nil},
		"of another type since the text": {"2026-10-20 14:00", "2026-10-19 18:00", rebook(func(v *handlers.Visit) { v.Type, v.Name = "spravato", "Bea Example" }), nil, []string{
			tooLate + ` Tell them: "No food after 12:00 PM. Clear liquids until 1:30 PM. No nose spray after 1:00 PM. An adult takes you home." Ask who drives them home.`,
		}},
		"of another name since the text": {"2026-10-20 14:00", "2026-10-19 18:00", rebook(func(v *handlers.Visit) { v.Name, v.Lang = "Bea Example", "es" }), nil, nil},
		"the number's thread is open": {
			"2026-10-27 14:00", "2026-10-19 18:00", rebook(func(*handlers.Visit) {}),
			put(handlers.Effects{Cases: []handlers.Case{{ID: "c", Channel: handlers.DeskChannel, Kind: "handoff", Title: "Asks.", Phone: p, Open: true}}}),
			[]string{"Asks.", "note: " + moved},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			v := infusion(t)
			v.Start = handlerstest.At(t, c.first)
			b.book(t, v, visits.Imported)
			b.until(t, c.at)
			for _, k := range b.store.Open(p) { // nobody said who drives: that is another task
				k.Open = false
				b.store.Put(p, handlers.Effects{Cases: []handlers.Case{k}})
			}
			c.happens(t, b)
			if c.then != nil {
				c.then(t, b)
			}
			b.until(t, c.at)
			if got := b.tasks(t); !slices.Equal(got, c.want) {
				t.Errorf("the desk has %q, want %q", got, c.want)
			}
		})
	}
}

// A second change tells nobody a second time, and neither does a clinic that has switched the text off.
func TestThePreparationIsLeftToStaffOnce(t *testing.T) {
	b := newBooks(t, "2026-10-19 18:00")
	v := infusion(t)
	b.book(t, v, visits.Imported)
	b.until(t, "2026-10-19 18:00")
	for _, change := range []struct{ at, kind, name string }{{"2026-10-19 18:05", "spravato", "Bea Example"}, {"2026-10-19 18:10", "iv_infusion", "Ana Example"}} {
		b.until(t, change.at)
		v.Type, v.Name = change.kind, change.name
		b.book(t, v, visits.Updated)
		b.until(t, change.at)
	}
	if got := b.tasks(t); !slices.Equal(got, []string{tooLate + tellAll}) {
		t.Errorf("the desk has %q", got)
	}
	if got := b.table(t); !strings.Contains(got, "|unprepared|Mon Oct 19 at 6:00 PM|planned|\n||Mon Oct 19 at 6:00 PM|skipped|the desk has a task: how to prepare is to be said") {
		t.Error(got)
	}

	off := newBooks(t, "2026-10-19 18:00")
	words := handlerstest.Words(t)
	off.Books.Base, off.Reminders.Base = words, words
	words.Clinic.Reminders.Plan = slices.DeleteFunc(words.Clinic.Reminders.Plan, func(s settings.Step) bool { return s.Kind == kinds.Prepare })
	off.book(t, v, visits.Imported)
	off.until(t, "2026-10-19 18:00")
	if got := off.tasks(t); len(got) > 0 {
		t.Errorf("switched off, and the desk has %q", got)
	}
}

// Who gets discreet texts only isn't told by the text how to prepare, so staff are to call: once a visit, at the time of that text.
func TestThePreparationThatADiscreetTextDoesntSay(t *testing.T) {
	p := handlerstest.Phone(t, "0101")
	discreetly := func(yes bool) func(*testing.T, *books) {
		return func(_ *testing.T, b *books) {
			b.store.Put(p, handlers.Effects{Consent: &handlers.Consent{Basic: yes}})
		}
	}
	is := func(state string) func(*testing.T, *books) {
		return func(t *testing.T, b *books) {
			v, _, _ := b.store.Visit(t.Context(), "v")
			v.State = state
			b.store.Put(p, handlers.Effects{Visits: []handlers.Visit{v}})
		}
	}
	rebook := func(change func(v *handlers.Visit)) func(*testing.T, *books) {
		return func(t *testing.T, b *books) {
			v := infusion(t)
			change(&v)
			b.book(t, v, visits.Updated)
		}
	}
	const askRide = "Nobody has said who drives them home on Tue Oct 20 at 2:00 PM. They were asked by text and didn't answer. Ask them."
	const onDay = "They get discreet texts only: call them about their visit on Tue Oct 20 at 2:00 PM."
	for name, c := range map[string]struct {
		first   func(v *handlers.Visit)
		at      string // when something happens
		happens func(*testing.T, *books)
		until   string
		want    []string
	}{
		"an hour after the text":     {nil, "2026-10-05 10:00", discreetly(true), "2026-10-19 12:00", []string{onDay + tellAll}},
		"once, and one call for all": {nil, "2026-10-05 10:00", discreetly(true), "2026-10-20 13:00", []string{onDay + tellAll}},
		"a moment before":            {nil, "2026-10-05 10:00", discreetly(true), "2026-10-19 11:59", nil},
		"in full":                    {nil, "2026-10-05 10:00", discreetly(false), "2026-10-19 12:30", []string{askRide}},
		"switched before the text":   {nil, "2026-10-19 10:59", discreetly(true), "2026-10-19 12:30", []string{onDay + tellAll}},
		"switched after the text":    {nil, "2026-10-19 11:01", discreetly(true), "2026-10-19 12:30", []string{askRide}},
		"they don't come":            {nil, "2026-10-05 10:00", func(t *testing.T, b *books) { discreetly(true)(t, b); is(handlers.Declined)(t, b) }, "2026-10-20 13:00", nil},
		"nothing to prepare":         {func(v *handlers.Visit) { v.Type = "consult" }, "2026-10-05 10:00", discreetly(true), "2026-10-20 13:00", nil},
		"in Spanish, where it is another time": {func(v *handlers.Visit) { v.Lang, v.Zone = "es", "America/Chicago" }, "2026-10-05 10:00", discreetly(true), "2026-10-19 13:00", []string{
			`They get discreet texts only: call them about their visit on Tue Oct 20 at 2:00 PM (where they are, and so in what follows: Tue Oct 20 at 1:00 PM).` +
				` Tell them: "No food after 7:00 AM. Clear liquids until 11:00 AM. An adult takes you home."` +
				` (es: "Comida hasta 7:00 AM. Liquidos claros hasta 11:00 AM. Un adulto le lleva.") Ask who drives them home.`,
		}},
		"moved nearer": {func(v *handlers.Visit) { v.Start = v.Start.AddDate(0, 0, 7) }, "2026-10-06 10:00", func(t *testing.T, b *books) {
			discreetly(true)(t, b)
			rebook(func(*handlers.Visit) {})(t, b)
		}, "2026-10-27 00:00", []string{onDay + tellAll}},
		"of a type to prepare for since": {func(v *handlers.Visit) { v.Type = "consult" }, "2026-10-06 10:00", func(t *testing.T, b *books) {
			discreetly(true)(t, b)
			rebook(func(*handlers.Visit) {})(t, b)
		}, "2026-10-20 13:00", []string{onDay + tellAll}},
		"of a type with nothing to prepare since": {nil, "2026-10-06 10:00", func(t *testing.T, b *books) {
			discreetly(true)(t, b)
			rebook(func(v *handlers.Visit) { v.Type = "consult" })(t, b)
		}, "2026-10-20 13:00", nil},
		"booked too late for the text": {func(v *handlers.Visit) { v.Start = v.Start.AddDate(0, 0, 7) }, "2026-10-19 18:00", func(t *testing.T, b *books) {
			discreetly(true)(t, b)
			rebook(func(*handlers.Visit) {})(t, b)
		}, "2026-10-20 13:00", []string{strings.Replace(tooLate, "booked", "moved", 1) + tellAll}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBooks(t, "2026-10-05 10:00")
			v := infusion(t)
			if c.first != nil {
				c.first(&v)
			}
			b.book(t, v, visits.Imported)
			b.until(t, c.at)
			c.happens(t, b)
			b.until(t, c.until)
			if got := b.tasks(t); !slices.Equal(got, c.want) {
				t.Errorf("the desk has %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhyTellsOfADiscreetText(t *testing.T) {
	b := newBooks(t, "2026-10-05 10:00")
	b.book(t, infusion(t), visits.Imported)
	b.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Consent: &handlers.Consent{Basic: true}})
	for _, c := range []struct{ at, want string }{
		{"2026-10-06 10:00", "|||consent|yes: the number may be texted, discreetly: without the name and how to prepare"},
		{"2026-10-06 10:01", "|ready|Mon Oct 5 at 10:00 AM|planned|\n||Mon Oct 19 at 12:00 PM|is due|then staff get a task, if nobody has told the patient how to prepare by then, or has said who drives them home"},
		{"2026-10-20 10:00", "||Mon Oct 19 at 12:00 PM|skipped|the desk has a task: how to prepare is to be said"},
	} {
		b.until(t, c.at)
		if got := b.table(t); !strings.Contains(got, c.want) {
			t.Errorf("at %s lacks %q:\n%s", c.at, c.want, got)
		}
	}
}

func TestTwoVisitsOfADayThatCameTooLate(t *testing.T) {
	b := newBooks(t, "2026-10-19 18:00")
	b.store.Put(handlerstest.Phone(t, "0101"), handlers.Effects{Consent: &handlers.Consent{Out: true}})
	b.two(t, "spravato", "2026-10-20 09:00", "2026-10-20 14:00")
	b.until(t, "2026-10-19 18:00")
	got := b.tasks(t) // either may come first
	if all := strings.Join(got, "\n"); len(got) != 2 || !strings.Contains(all, "Tue Oct 20 at 9:00 AM") || !strings.Contains(all, "Tue Oct 20 at 2:00 PM") || !strings.HasPrefix(got[1], "note: ") {
		t.Errorf("the desk has %q", got)
	}
	if open := b.store.Open(handlerstest.Phone(t, "0101")); !open[0].OptOut {
		t.Error("the card doesn't say that they must be called")
	}
}
