package knowledge

import (
	"fmt"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/language"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/settings"
)

// Reminder is what a reminder is worded from, when it is sent: a visit that was moved meanwhile is
// told as it stands.
type Reminder struct {
	Kind     string
	Name     string      // of the patient, whole
	Called   string      // where several share the phone: what is never left out; else ""
	Starts   []time.Time // of visits on one day, or of a series (Days), soonest first
	Clock    Clock       // by which they are said
	Prepare  []settings.LeaveOff
	RideHome bool // somebody must take the patient home
	AskRide  bool // and it isn't known who
	First    bool // the first text that the number gets: it says how to opt out
	Basic    bool // as discreet as can be
	Confirm  bool // of a discreet one: it asks for C
	Moved    bool // of one at booking: the visit was at another time before
	Ahead    bool // it leaves before the day of the visits
	InPerson bool // they come to the clinic
	Nth, Of  int  // the visit's place in its series, and how many that has; 0 if it is in none
	Days     bool // the visits are on several days: a series
}

// wording is one way to word a reminder: what it says of the ride home, and whether it has the
// visit's place in its series and the patient's name. What isn't here every wording says.
type wording struct {
	ride      string // a name of replies/, "" for nothing
	nth, name bool
}

// wordings returns the ways to word a reminder, the fullest first. The place in the series is dropped
// first, then the name, then the long question about the ride home for the short one.
func (r Reminder) wordings() (out []wording) {
	rides := []string{""}
	switch {
	case r.RideHome && r.AskRide:
		rides = []string{replies.AskRide, replies.AskRideShort}
	case r.RideHome:
		rides = []string{replies.Ride}
	}
	for _, ride := range rides {
		if r.Of > 0 && !r.Basic {
			out = append(out, wording{ride: ride, nth: true, name: true})
		}
		for _, name := range []bool{true, false} {
			if name || r.Called == "" {
				out = append(out, wording{ride: ride, name: name})
			}
		}
	}
	return out
}

// MostUnasked is the most SMS segments of a text that nobody asked for: 306 characters. One is
// aimed at, the second is for what may not be left out: who writes, a number to call, the question
// about the ride home. source: 47 CFR 64.1200(a)(9)(iv), "concise, generally … 160 characters or
// less"; Twilio advises 320 at most.
const (
	MostUnasked = 2
	mostUnasked = 306 // in characters of GSM-7
)

// Remind words a reminder in one segment if that can be without leaving out what matters, else in
// up to MostUnasked, with as much as fits, and says whether it asks about the ride home. If nothing
// fits it returns the shortest wording; Load refuses a base whose own sentences don't fit.
func (b *Base) Remind(r Reminder, lang string) (body string, asks bool, err error) {
	if r.Days {
		body, err = b.remindDays(r, lang)
		return body, false, err
	}
	ways := r.wordings()
	bodies := make([]string, len(ways))
	for i, w := range ways {
		if bodies[i], err = b.remind(r, w, lang); err != nil {
			return "", false, err
		}
	}
	i := Fitting(bodies)
	return bodies[i], ways[i].ride == replies.AskRide || ways[i].ride == replies.AskRideShort, nil
}

// Fitting returns which of the ways to say something is sent, of those that go from the fullest to
// the shortest: the first that is one segment, else the first of MostUnasked, else the last.
func Fitting(ways []string) int {
	for most := 1; most <= MostUnasked; most++ {
		for i, s := range ways {
			if n, _ := Segments(s); n <= most {
				return i
			}
		}
	}
	return len(ways) - 1
}

// Opening begins every text that nobody asked for with who writes: "Beacon Clinic: ". It is "" for
// a discreet text, and for a clinic that names nobody (texts.from).
func (b *Base) Opening(basic bool) string {
	from := plainLetters.Replace(b.Clinic.From())
	if basic || from == "" {
		return ""
	}
	return from + ": "
}

// remind words a reminder in one way. A discreet one has a sentence of its own, whatever its kind.
func (b *Base) remind(r Reminder, w wording, lang string) (string, error) {
	name := replies.RemindPrefix + r.Kind
	if r.Kind == kinds.Nudge && r.Ahead {
		name = replies.NudgeAhead
	}
	// A discreet one says nothing of what the visit is, nor how many there are.
	switch {
	case r.Basic && r.Confirm:
		name = replies.RemindPrefix + "basic_ask"
	case r.Basic:
		name = replies.RemindPrefix + "basic"
	case len(r.Starts) > 1:
		name += visitsSuffix
	case r.Moved:
		name = replies.RemindPrefix + "moved"
	}
	var parts []string
	for _, p := range r.Prepare {
		s, err := b.LeaveOff(p, r.Starts, r.Clock, lang)
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	if w.ride != "" {
		s, err := b.Reply(w.ride, lang, nil)
		if err != nil {
			return "", err
		}
		parts = append(parts, s)
	}
	first := ""
	if w.name {
		first = b.greet(r)
	}
	when := r.Clock.Whens(r.Starts, lang)
	if w.nth {
		s, err := b.Nth(r.Nth, r.Of, lang)
		if err != nil {
			return "", err
		}
		when += " (" + s + ")"
	}
	return b.opened(r, name, lang, Fill{
		"first": first, "when": when,
		"time": r.Clock.Times(r.Starts, lang), "prepare": strings.Join(parts, " "),
		"place": b.place(r, lang),
	})
}

// opened returns a sentence of a reminder, with who writes before it, and behind the first one of a
// number how to opt out.
func (b *Base) opened(r Reminder, name, lang string, own Fill) (string, error) {
	body, err := b.Reply(name, lang, own)
	if err != nil {
		return "", err
	}
	return b.Opened(body, lang, r.Basic, r.First)
}

// Opened returns a text that nobody asked for with who writes before it, unless it is to be
// discreet, and how to opt out behind it, if it is the first one that its number gets.
func (b *Base) Opened(body, lang string, basic, first bool) (string, error) {
	// A placeholder that is empty leaves two spaces.
	body = b.Opening(basic) + strings.ReplaceAll(strings.TrimSpace(body), "  ", " ")
	if !first {
		return body, nil
	}
	stop, err := b.Reply(replies.StopLine, lang, nil)
	return body + " " + stop, err
}

// place says where the visit is, as a sentence with a space before: the fact address. It is "" if
// they don't come in person, and where the clinic states no address.
func (b *Base) place(r Reminder, lang string) string {
	if address := b.facts["address"].In(lang); r.InPerson && address != "" {
		return " " + strings.TrimSuffix(address, ".") + "."
	}
	return ""
}

// LeaveOff words what must be left off before visits of one day, and from when by a clock.
func (b *Base) LeaveOff(
	l settings.LeaveOff, starts []time.Time, clock Clock, lang string,
) (string, error) {
	return b.Reply(l.Rule, lang, Fill{"at": fromWhen(l, starts, clock, lang)})
}

// fromWhen words from when a rule holds, with the day if that isn't the day of the visits: "6:10
// PM", "Wed 6:10 PM". A patient who must stop eating the evening before would otherwise read it as
// the visit's own evening.
func fromWhen(l settings.LeaveOff, starts []time.Time, clock Clock, lang string) string {
	at := clock.Time(l.At, lang)
	for _, s := range starts {
		if clock.SameDay(s, l.At) {
			return at
		}
	}
	return clock.Day(l.At, lang) + " " + at
}

// unfit returns the reminders that can't be sent as they are worded: each with the longest values,
// in each language. A fault is told once for all visit types that have it.
func (b *Base) unfit() (faults []error) {
	seen := map[string]bool{}
	for _, r := range longestReminders(b.Clinic) {
		for _, lang := range language.All() {
			if what := b.unfitIn(r, lang); what != "" && !seen[r.Kind+lang+what] {
				seen[r.Kind+lang+what] = true
				at := b.replies[replies.RemindPrefix+r.Kind]
				faults = append(faults,
					fmt.Errorf("%s: line %d: %s%s: %s: %s", at.file, at.line, replies.RemindPrefix,
						r.Kind, lang, what))
			}
		}
	}
	return faults
}

// longestReminders returns the reminders of the clinic's plan with the longest real values: every
// kind and visit type, for one visit and for two on a day, as the first text and as a later one, in
// full and discreet. September 30 at 12:30 is among the longest dates there are, and longer still
// with the year and with the name of the zone.
func longestReminders(c *settings.Clinic) (out []Reminder) {
	for _, kind := range []string{kinds.CheckIn, kinds.Missed, kinds.Recall} {
		out = append(out, Reminder{
			Kind: kind, Name: longestName, Starts: []time.Time{longestDay}, First: true,
			Clock: longestClock(c, ""),
		})
	}
	for _, step := range c.Reminders.Plan {
		for _, name := range c.Types() {
			t := c.VisitTypes[name]
			r := Reminder{
				Kind: step.Kind, Name: longestName, InPerson: c.InPerson(name),
				Clock: longestClock(c, name),
			}
			others := []bool{false} // moved, or ahead
			if step.When == "booking" || step.Kind == kinds.Nudge {
				others = []bool{false, true}
			}
			if step.When != "booking" {
				r.Clock.Now = longestDay // it is near, and told without its year
			}
			if step.Kind == kinds.Prepare {
				r.Prepare = t.Prepare.LeaveOffs(longestDay, longestDay.AddDate(-1, 0, 0))
				r.RideHome, r.AskRide = t.RideHome, t.RideHome
				// All rules at the time that is longest to write, on the day of the visit.
				for i := range r.Prepare {
					r.Prepare[i].At = longestDay
				}
			}
			r.Starts = []time.Time{longestDay}
			out = append(out, r.forms(step, others)...)
			r.Starts = append(r.Starts, longestDay.Add(15*time.Minute))
			out = append(out, r.forms(step, others)...)
			if t.Series != nil && step.When == "booking" {
				out = append(out, r.series().forms(step, []bool{false})...)
			}
		}
	}
	return out
}

// forms returns a reminder as the first text and as a later one, in full and discreet; others are
// whether it is of a visit that moved, or leaves before the day.
func (r Reminder) forms(step settings.Step, others []bool) (out []Reminder) {
	for _, first := range []bool{false, true} {
		for _, basic := range []bool{false, true} {
			for _, other := range others {
				r.First, r.Basic, r.Ahead = first, basic, other
				r.Moved = other && step.When == "booking"
				r.Confirm = step.Only == settings.Unconfirmed || r.Moved
				out = append(out, r)
			}
		}
	}
	return out
}

// longestDay is a day and time that is among the longest to write.
var longestDay = time.Date(2026, 9, 30, 12, 30, 0, 0, time.UTC)

// longestClock says longestDay with all that can be said of it. kind is the visit's type.
func longestClock(c *settings.Clinic, kind string) Clock {
	place := c.Place(c.Location())
	if !c.InPerson(kind) {
		place = language.Words{"en": "Los Angeles", "es": "Los Angeles"}
	}
	return Clock{
		Zone: time.UTC, Reader: time.FixedZone("", 3600), Place: place,
		Now: longestDay.AddDate(-1, 0, 0),
	}
}

// longestName is a long first name to check sentences with. A longer one still fits, because the
// name is what is dropped first.
const longestName = "Bartholomew-Nathanael Example"

// unfitIn says what is wrong with a reminder in a language; "" if nothing is.
func (b *Base) unfitIn(r Reminder, lang string) string {
	body, _, err := b.Remind(r, lang)
	if err != nil {
		return err.Error()
	}
	n, gsm := Segments(body)
	switch {
	case !gsm:
		return "the text would cost double with the longest values: " + cheaper(body)
	case n > MostUnasked:
		return fmt.Sprintf("%d characters with the longest values and the preparation, "+
			"%d at most: shorten it: %q", Length(body), mostUnasked, body)
	}
	if w := b.Clinic.Indiscreet(body); w != "" {
		return fmt.Sprintf("an unasked text must not hold %q", w)
	}
	return ""
}
