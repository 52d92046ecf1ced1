package gate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// longest is Twilio's limit on the length of a text, in characters. source:
// twilio.com/docs/api/errors/21617
const longest = 1600

// Reply returns the answer to a text without the bodies that may not be sent. Empty bodies and
// those longer than a text can be are left out. A number that the clinic doesn't text gets none, nor
// does one that has opted out, but for the answer to its wish to opt in again. Either gets the fixed
// words if somebody may be in danger, which the law allows (emergency purposes; source: 47 CFR
// 64.1200(a)(1)).
func (t *Texter) Reply(s handlers.State, r handlers.Reply) handlers.Reply {
	optsIn := r.Kind == kinds.Start ||
		r.Kind == kinds.Concern && slices.Contains(r.Also, kinds.Start)
	danger := r.Kind == kinds.Crisis || r.Kind == kinds.Emergency
	if !danger && (s.Consent.Out && !optsIn || t.Untexted(s.Phone) != "") {
		r.Bodies = nil
		return r
	}
	var out []string
	for _, b := range r.Bodies {
		if b = strings.TrimSpace(b); b != "" && knowledge.Length(b) <= longest {
			out = append(out, b)
		}
	}
	r.Bodies = out
	return r
}

// decide applies the gate's rules to a row that is about to be sent, and has an unasked one worded.
// It asks no store, so that it may be called again when the number's state has changed.
func (t *Texter) decide(s handlers.State, o handlers.Outgoing, now time.Time) handlers.Composed {
	on, untexted := channel(s, o, now), t.Untexted(o.To)
	switch {
	case untexted != "" && !o.Danger:
		return handlers.Composed{Skip: "the clinic doesn't text " + untexted}
	case o.Rings() && o.Stale(now):
		return handlers.Composed{Skip: "it couldn't be rung in time", Late: true}
	case o.Rings():
		// Who has their own phone rung has just asked for it. What they said about texts, or how
		// those fare, is another matter.
		return handlers.Composed{Body: o.Body}
	case s.Consent.Out:
		return handlers.Composed{Skip: "the number has opted out"}
	case s.Reach.NoTexts && on == "":
		return handlers.Composed{Skip: "no text reaches the number: " + s.Reach.Why}
	case o.Stale(now):
		return handlers.Composed{Skip: "it comes too late for an automatic answer", Late: true}
	}
	c := handlers.Composed{Body: o.Body, Channel: on}
	if o.Unasked {
		if c = t.Wording.Compose(s, o, now); c.Skip != "" || !c.Wait.IsZero() {
			return c
		}
		if why := t.Unfit(c.Body); why != "" {
			return handlers.Composed{Skip: why, Unworded: true}
		}
	}
	if strings.TrimSpace(c.Body) == "" || knowledge.Length(c.Body) > longest {
		return handlers.Composed{Skip: "it is empty or longer than a text can be"}
	}
	return c
}

// Unfit returns why words may not be sent to who didn't ask for them; "" if they may. Such words are
// the clinic's own, and somebody must mend them: until then staff call.
func (t *Texter) Unfit(body string) string {
	if strings.TrimSpace(body) == "" {
		return "it is empty"
	}
	if word := t.Clinic.Indiscreet(body); word != "" {
		return "it holds a word that no unasked text may hold: " + word
	}
	if n, gsm := knowledge.Segments(body); n > knowledge.MostUnasked || !gsm {
		return fmt.Sprintf("it doesn't fit %d SMS segments", knowledge.MostUnasked)
	}
	return ""
}

// channel returns the one that a row leaves on: its own, if the patient still writes there and it
// is the row's first try; else "" for SMS, which reaches them whatever is wrong with the other.
func channel(s handlers.State, o handlers.Outgoing, now time.Time) string {
	if o.Errors > 0 || o.Channel != s.Conversation.On(now) {
		return ""
	}
	return o.Channel
}

// Bars returns why an unasked text, or an answer of the bot's, would not be sent if staff retried
// it now; "" if it may be sent before its visit. Whether texts reach the number isn't checked:
// whoever retries vouches for that. For a staff message it is always "", since its thread shows
// what becomes of it.
func (t *Texter) Bars(s handlers.State, o handlers.Outgoing) string {
	if !o.Unasked && !o.Stale(t.Now()) {
		return ""
	}
	s.Reach = handlers.Reach{}
	c := t.decide(s, o, t.Now())
	if c.Skip == "" && !c.Wait.IsZero() && !inTime(o, c.Wait) {
		return "the visit begins before it may leave"
	}
	return c.Skip
}

// Caps returns the caps for a row that would be sent now to a number of state s: those of the
// health-care exemption unless its consent is recorded. A sequel has none: it ends an exchange that
// counted already, and the patient waits for it.
func (t *Texter) Caps(s handlers.State, o handlers.Outgoing, now time.Time) Caps {
	l := now.In(t.Clinic.Zoned(o.Zone))
	if o.Sequel {
		return Caps{Now: now}
	}
	caps := Caps{
		Now: now, Share: o.Share,
		Day:  time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, l.Location()),
		Week: weekBefore(l),
	}
	if !o.Share.Above {
		caps.PerDay, caps.PerWeek = t.Clinic.Reminders.Caps(!s.Consent.Given.IsZero())
	}
	return caps
}

// Week is the time over which the weekly cap counts.
const Week = 7 * 24 * time.Hour

// weekBefore returns the moment a week before t, by hours or by the calendar of its zone, whichever
// is earlier: where the clocks change, the cap holds by either count.
func weekBefore(t time.Time) time.Time {
	hours, days := t.Add(-Week), t.AddDate(0, 0, -7)
	if days.Before(hours) {
		return days
	}
	return hours
}

// KeptLate is by how much later than planned a text may leave for which room is kept: texts of one
// moment leave one after the other, as the pace lets them.
const KeptLate = 30 * time.Minute

// stale is how long after its first try an asked text may still be sent: what staff wrote may no
// longer be true after that.
const stale = 4 * time.Hour

// late returns why a row that is sent at that time would come too late, to follow another reason;
// "" if it wouldn't.
func late(o handlers.Outgoing, at time.Time) string {
	switch {
	case !inTime(o, at):
		return "; the visit comes before the next try"
	case !o.Unasked && !o.Alarm && at.Sub(o.First) > stale:
		return "; what it says is too old for another try"
	}
	return ""
}

// inTime reports whether a row that is sent at that time comes before its visit, if it has one.
func inTime(o handlers.Outgoing, at time.Time) bool {
	return o.Start.IsZero() || o.After || at.Before(o.Start)
}
