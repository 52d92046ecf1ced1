package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/handlerstest"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// A card says who its patient is, which visit is meant, whether they may be texted, and in which
// language they write; without patients' words, neither the whole name nor what they come
// for.
func TestFacts(t *testing.T) {
	clock := handlerstest.NewClock(t, "2026-12-01 10:00")
	base := handlerstest.Words(t)
	visit := func(in time.Duration, name, state string) handlers.Visit {
		return handlers.Visit{
			Name: name, Start: clock.Now().Add(in), Type: "consult", State: state,
		}
	}
	const day = 24 * time.Hour
	for _, test := range []struct {
		name  string
		state handlers.State
		want  string // shown with words
		bare  string // and without
	}{
		{
			name: "nobody whom we know",
			want: "Texts: may be texted, no consent on record; Language: English",
			bare: "Texts: may be texted, no consent on record; Language: English",
		},
		{
			name: "a visit ahead",
			state: handlers.State{
				Consent:      handlers.Consent{Given: clock.Now()},
				Conversation: handlers.Conversation{Lang: "es"},
				Past:         []handlers.Visit{visit(-9*day, "Ana Marta Diaz", handlers.Arrived)},
				Visits:       []handlers.Visit{visit(2*day, "Ana Marta Diaz", handlers.Confirmed)},
			},
			want: "Patient: Ana Marta Diaz; Visit: Thu Dec 3 at 10:00 AM, consultation: " +
				"confirmed; Texts: may be texted, consent on record; Language: Spanish",
			bare: "Patient: Ana D.; Visit: Thu Dec 3 at 10:00 AM: confirmed; " +
				"Texts: may be texted, consent on record; Language: Spanish",
		},
		{
			name: "two on one phone, the next one's visit first",
			state: handlers.State{
				Consent: handlers.Consent{Out: true},
				Past:    []handlers.Visit{visit(-day, "Bo", handlers.Missed)},
				Visits:  []handlers.Visit{visit(day, "Diaz, Ana", handlers.Booked)},
			},
			want: "Patient: Diaz, Ana or Bo; Visit: Wed Dec 2 at 10:00 AM, consultation: " +
				"not asked yet; Texts: opted out: call; Language: English",
			bare: "Patient: Ana D. or Bo; Visit: Wed Dec 2 at 10:00 AM: not asked yet; " +
				"Texts: opted out: call; Language: English",
		},
		{
			name: "only a past visit",
			state: handlers.State{
				Consent: handlers.Consent{Basic: true},
				Past:    []handlers.Visit{visit(-day, "Bo", handlers.Booked)},
			},
			want: "Patient: Bo; Visit: Mon Nov 30 at 10:00 AM, consultation: it isn't known " +
				"whether they came; Texts: may be texted, as discreetly as can be; Language: English",
			bare: "Patient: Bo; Visit: Mon Nov 30 at 10:00 AM: it isn't known whether they came; " +
				"Texts: may be texted, as discreetly as can be; Language: English",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var all []string
			for _, f := range desk.Facts(base, test.state, clock.Now()) {
				all = append(all, f.Name+": "+f.Text)
			}
			got := strings.Join(all, "; ")
			if with := veil.Shown(got, true); with != test.want {
				t.Errorf("with words\n%s\nwant\n%s", with, test.want)
			}
			if bare := veil.Shown(got, false); bare != test.bare {
				t.Errorf("without\n%s\nwant\n%s", bare, test.bare)
			}
		})
	}
}

// What is known of a patient is read as the card is drawn. A store that doesn't answer holds no
// card back.
func TestFactsOfACard(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want string
	}{
		{name: "known", want: "Ana"},
		{name: "the store is away", err: errors.New("away")},
	} {
		d := newRoom(t)
		d.Facts = func(context.Context, handlers.Case) ([]handlers.Fact, error) {
			return []handlers.Fact{{Name: "Patient", Text: "Ana"}}, test.err
		}
		d.open()
		d.put("p1", desk.PostCard, 0)
		if err := d.Deliver(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range d.shown.Cases() {
			for _, f := range c.Facts {
				got += f.Text
			}
		}
		if len(d.shown.Cases()) != 1 || got != test.want {
			t.Errorf("%s: %d cards, %q", test.name, len(d.shown.Cases()), got)
		}
	}
}

// A card says what is asked, and of whom: whoever reads it first in danger, a clinician of what is
// clinical.
func TestAsked(t *testing.T) {
	phone := handlerstest.Phone(t, "0101")
	for _, test := range []struct {
		c    handlers.Case
		want string
	}{
		{c: handlers.Case{Kind: kinds.Crisis, Channel: handlers.UrgentChannel}, want: "Whoever"},
		{c: handlers.Case{Kind: kinds.Clinical}, want: "Clinicians: answer in this thread"},
		{c: handlers.Case{Kind: kinds.Handoff}, want: "Front desk: answer in this thread"},
		{c: handlers.Case{Kind: kinds.Handoff, OptOut: true}, want: "Front desk: call them"},
		{c: handlers.Case{Kind: kinds.Late}, want: "Front desk: say whether"},
		{c: handlers.Case{Kind: "a kind of next year"}, want: ": "},
	} {
		test.c.Phone, test.c.Open = phone, true
		who, what := desk.Asked(test.c)
		if got := who + ": " + what; !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %q, want %q", test.c.Kind, got, test.want)
		}
		test.c.Open = false
		if who, what := desk.Asked(test.c); who+what != "" {
			t.Errorf("%s is over: %s %s", test.c.Kind, who, what)
		}
	}
}
