package patient_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// lives are the states in which a number may write.
var lives = []struct {
	name string
	now  string
	set  func(t *testing.T, f *front)
}{
	{name: "nobody knows them", now: openHours, set: func(*testing.T, *front) {}},
	{name: "a visit tomorrow", now: openHours, set: func(_ *testing.T, f *front) { f.visits(24) }},
	{name: "two visits", now: openHours, set: func(_ *testing.T, f *front) { f.visits(24, 240) }},
	{name: "a visit today", now: openHours, set: func(_ *testing.T, f *front) { f.visits(2) }},
	{name: "at night", now: "2026-12-05 23:00", set: func(_ *testing.T, f *front) { f.visits(60) }},
	{
		name: "a person talks with them", now: openHours, set: func(_ *testing.T, f *front) {
			f.visits(24)
			f.personTalks(time.Hour)
		},
	},
	{
		name: "an open question", now: openHours, set: func(t *testing.T, f *front) {
			f.text(t, "can somebody call me please")
			f.clock.Add(10 * time.Minute)
		},
	},
	{
		name: "only a task is open", now: openHours, set: func(_ *testing.T, f *front) {
			f.visits(24)
			f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{{
				ID: "task", Channel: handlers.DeskChannel, Kind: "ride", Phone: f.from, Open: true,
				Matter: "ride:v1", Visit: "v1",
			}}})
		},
	},
	{
		name: "the question is closed again", now: openHours, set: func(t *testing.T, f *front) {
			f.visits(24)
			f.text(t, "can somebody call me please")
			for _, c := range f.state(t).Cases {
				c.Open = false
				f.store.Put(f.from, handlers.Effects{Cases: []handlers.Case{c}})
			}
			f.clock.Add(time.Minute)
		},
	},
	{
		name: "a family", now: openHours, set: func(_ *testing.T, f *front) {
			f.visits(24)
			v := handlers.Visit{
				ID: "w", Name: "Luis Example", Phone: f.from, Type: "iv_infusion",
				Start: f.clock.Now().Add(26 * time.Hour), State: handlers.Booked,
			}
			f.store.Put(f.from, handlers.Effects{Visits: []handlers.Visit{v}})
		},
	},
	{
		name: "asked back", now: openHours, set: func(t *testing.T, f *front) {
			f.visits(24)
			f.text(t, "i dont think i can do tomorrow")
		},
	},
	{
		name: "an alarm is open", now: openHours, set: func(t *testing.T, f *front) {
			f.text(t, "i want to die")
			f.clock.Add(20 * time.Minute)
		},
	},
}

// texts are what patients write: the list that a clinician signs, a wording of each entry in each
// language, and answers to what the bot asks.
func texts(t *testing.T, b *knowledge.Base) (out []string) {
	t.Helper()
	decided, faults := knowledge.ReadDecisions(nil)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for d := range decided.Each {
		out = append(out, d.Text)
	}
	for _, e := range b.Entries {
		for _, l := range language.All() {
			if len(e.Asks[l]) > 0 {
				out = append(out, e.Asks[l][0])
			}
		}
	}
	return out
}

// Whenever the words promise a person, staff have a card: whatever is written, in whatever state,
// and again within the hour. It goes by the words that leave, not by what their file says of them.
func TestWhoeverIsPromisedAPersonHasACard(t *testing.T) {
	b, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	var unbound []string // sentences that only seem to promise
	for _, name := range b.Replies() {
		for _, l := range language.All() {
			if s, err := b.Reply(name, l, nil); err == nil && !b.Promises(name) {
				unbound = append(unbound, s)
			}
		}
	}
	for _, e := range b.Entries {
		for _, l := range language.All() {
			if s, err := b.Answer(e.ID, l, nil); err == nil && !e.Promising() {
				unbound = append(unbound, s)
			}
		}
	}
	always := []string{
		"C", "1", "2", "no", "yes", "STOP", "HELP", "hello", "anybody there?", "running 15 min late",
		"how do i move my visit", "i need another day", "i cant come", "need a ride home", "thanks",
		"can i eat before", "what", "this is terrible service", "cancel", "quiero cambiar mi cita",
	}
	promised := 0
	for i, life := range lives {
		t.Run(life.name, func(t *testing.T) {
			all := slices.Clone(always)
			for j, text := range texts(t, b) {
				if j%len(lives) == i { // each in one state: all in every one would take minutes
					all = append(all, text)
				}
			}
			for _, text := range all {
				f := newFrontOf(t, life.now, shipped)
				life.set(t, f)
				for range 2 { // the same again, half an hour later
					before := f.told()
					said := strings.Join(f.text(t, text).Bodies, "\n")
					for _, s := range unbound {
						said = strings.ReplaceAll(said, s, "")
					}
					if !knowledge.Promising(said) {
						continue
					}
					promised++
					if f.open(t) == 0 || f.told() == before {
						t.Errorf("%q: %q, and no card tells staff", text, said)
					}
					f.clock.Add(30 * time.Minute)
				}
			}
		})
	}
	if promised < 200 {
		t.Errorf("only %d replies promised anything: does the test still see them?", promised)
	}
}

// A promise that no action has kept is kept all the same: here by an entry's words, whose class says
// nothing of a person.
func TestAPromiseInAnEntrysWords(t *testing.T) {
	load := func() (*knowledge.Base, error) {
		return knowledge.Load(handlerstest.FAQ(`
- id: forms
  asks: {en: [can you fill in a form for me]}
  answer: {en: "Sure. A person will get back to you about it.", es: "Claro."}
  reviewed: 2026-01-01
  review_by: 2027-12-31
`))
	}
	f := newFrontOf(t, openHours, load)
	r := f.text(t, "can you fill in a form for me")
	has(t, "the reply", strings.Join(r.Bodies, " "), "get back to you")
	has(t, "the desk", f.told(), "desk handoff Was told that a person gets back to them.")
	if r, err := f.Base.Reply(replies.Hello, "en", nil); err != nil || !knowledge.Promising(r) ||
		f.Base.Promises(replies.Hello) {
		t.Errorf("a sentence that says it isn't bound is: %q %v", r, err)
	}
}
