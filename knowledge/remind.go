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
	Starts   []time.Time // of visits on one day, soonest first
	Clock    Clock       // by which they are said
	Prepare  []settings.LeaveOff
	RideHome bool // somebody must take the patient home
	AskRide  bool // and it isn't known who
	First    bool // the first text that the number gets: it says how to opt out
	Basic    bool // as discreet as can be
	Confirm  bool // of a discreet one: it asks for C
	Moved    bool // of one at booking: the visit was at another time before
	Ahead    bool // it leaves before the day of the visits
}

// wording is one way to word a reminder: what it says of the ride home, and whether it has the name
// and the opt-out line. What isn't here every wording says.
type wording struct {
	ride       string // a name of replies/, "" for nothing
	name, stop bool
}

// wordings returns the ways to word a reminder, the fullest first. The name is dropped first, then
// the long question about the ride home, then the question, which staff then ask, then the ride
// home. The first text to a number always says how to opt out; the wordings without that are there
// to be refused by Load, with what to shorten.
func (r Reminder) wordings() (out []wording) {
	rides := []string{""}
	if r.RideHome {
		rides = []string{replies.Ride, ""}
	}
	if r.RideHome && r.AskRide {
		rides = []string{replies.AskRide, replies.AskRideShort, replies.Ride, ""}
	}
	for _, stop := range []bool{true, false} {
		for _, ride := range rides {
			for _, name := range []bool{true, false} {
				if r.First || !stop {
					out = append(out, wording{ride, name, stop})
				}
			}
		}
	}
	return out
}

// Remind words a reminder within one segment, with as much as fits, and says whether it asks about
// the ride home. If nothing fits it returns the shortest wording; Load refuses such a base before
// it could be sent.
func (b *Base) Remind(r Reminder, lang string) (body string, asks bool, err error) {
	// The first that fits is the fullest.
	for _, w := range r.wordings() {
		if body, err = b.remind(r, w, lang); err != nil {
			return "", false, err
		}
		if n, _ := Segments(body); n == 1 {
			return body, w.ride == replies.AskRide || w.ride == replies.AskRideShort, nil
		}
	}
	return body, false, nil
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
		first = b.Greet(r.Name)
	}
	body, err := b.Reply(name, lang,
		Fill{
			"first": first, "when": r.Clock.Whens(r.Starts, lang),
			"time":    r.Clock.Times(r.Starts, lang),
			"prepare": strings.Join(parts, " "),
		})
	if err != nil || !w.stop {
		return strings.TrimSpace(body), err
	}
	stop, err := b.Reply(replies.StopLine, lang, nil)
	return strings.TrimSpace(body) + " " + stop, err
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
// full and discreet. September 30 at 12:30 is among the longest dates there are.
func longestReminders(c *settings.Clinic) (out []Reminder) {
	at := time.Date(2026, 9, 30, 12, 30, 0, 0, time.UTC)
	for _, step := range c.Reminders.Plan {
		for _, name := range c.Types() {
			t := c.VisitTypes[name]
			r := Reminder{Kind: step.Kind, Name: longestName}
			others := []bool{false} // moved, or ahead
			if step.When == "booking" || step.Kind == kinds.Nudge {
				others = []bool{false, true}
			}
			if step.Kind == kinds.Prepare {
				r.Prepare, r.RideHome, r.AskRide = t.Prepare.LeaveOffs(at, at.AddDate(-1, 0, 0)),
					t.RideHome, t.RideHome
				// All rules at the time that is longest to write, on the day of the visit.
				for i := range r.Prepare {
					r.Prepare[i].At = at
				}
			}
			for _, starts := range [][]time.Time{{at}, {at, at.Add(15 * time.Minute)}} {
				for _, first := range []bool{false, true} {
					for _, basic := range []bool{false, true} {
						for _, other := range others {
							r.Starts, r.First, r.Basic, r.Ahead = starts, first, basic, other
							r.Moved = other && step.When == "booking"
							r.Confirm = step.Only == settings.Unconfirmed || r.Moved
							out = append(out, r)
						}
					}
				}
			}
		}
	}
	return out
}

// longestName is a long first name to check sentences with. A longer one still fits, because the
// name is what is dropped first.
const longestName = "Maximiliano Example"

// unfitIn says what is wrong with a reminder in a language; "" if nothing is.
func (b *Base) unfitIn(r Reminder, lang string) string {
	body, asks, err := b.Remind(r, lang)
	if err != nil {
		return err.Error()
	}
	n, gsm := Segments(body)
	stop, err := b.Reply(replies.StopLine, lang, nil)
	switch {
	case err != nil:
		return err.Error()
	case !gsm:
		return "not GSM-7 with the longest values: write it without " + odd(body)
	case n != 1:
		return fmt.Sprintf("%d characters with the longest values and the preparation, "+
			"160 at most: shorten it: %q", Length(body), body)
	case r.First && !strings.HasSuffix(body, stop):
		return fmt.Sprintf("no room for %q in a number's first text: shorten it", stop)
	case r.AskRide && !r.First && !r.Basic && len(r.Starts) == 1 && !asks:
		return "no room for the question about the ride home: shorten it"
	}
	if w := b.Clinic.Indiscreet(body); w != "" {
		return fmt.Sprintf("an unasked text must not hold %q", w)
	}
	return ""
}
