package patient

import (
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/handlers/waitlist"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/replies"
)

// builder gathers the reply to a text and its effects. What the text means stands in the intent,
// which no action changes.
type builder struct {
	base *knowledge.Base
	live bool          // entries that await the clinic's review go to a person
	swap waitlist.Swap // books the visit that a patient takes
	log  *slog.Logger

	now   time.Time // read once, so that all of one text's effects agree
	text  handlers.Text
	in    intent.Intent
	talk  handlers.Conversation // as the reply leaves it
	waits string                // the case in which a person is to see the text; "" if none is
	told  []handlers.Case       // what the text brings to the desk: see withEarlier
	e     handlers.Effects

	resourced bool // the reply has the line of resource
	promised  bool // the reply promises a person: see keepPromise
	// err is the last error of wording the reply or booking a visit. Nothing is written if it is
	// set, and the text comes again.
	err error
}

// build returns a builder whose reply has no bodies yet.
func (h *Handler) build(now time.Time, text handlers.Text, in intent.Intent) *builder {
	b := &builder{
		base: h.Base, live: h.Live, swap: h.Visits.Swap, log: h.Log,
		now: now, text: text, in: in, talk: in.Talk,
	}
	b.e.Once = true
	// Confidence is that of an entry; where none is named, nothing is in doubt.
	b.e.Reply = handlers.Reply{
		Kind: in.Kind, Also: in.Said.Also, Rule: in.Said.Rule, Lang: in.Lang, Confidence: 1,
	}
	return b
}

// wrote returns when the text was written: for one that came by webhook, now.
func (b *builder) wrote() time.Time {
	if b.text.Fetched {
		return b.text.At
	}
	return b.now
}

// opened returns the alarms that the text opens; none if it joins one that is open.
func (b *builder) opened() (out []handlers.Case) {
	for _, c := range b.e.Cases {
		if c.Untaken() && c.Source == b.text.ID {
			out = append(out, c)
		}
	}
	return out
}

// say adds a sentence of replies/ to the reply, in its language, as a body of its own. own fills
// the sentence's placeholders. The error of one that can't be filled goes into b.err: a patient
// never reads a half-filled sentence.
func (b *builder) say(name string, own knowledge.Fill) {
	s, err := b.base.Reply(name, b.in.Lang, own)
	if err != nil {
		b.err = err
		return
	}
	b.e.Reply.Bodies = append(b.e.Reply.Bodies, s)
	b.promised = b.promised || b.base.Promises(name)
}

// hasSaid makes the reply one that has left already, whatever else would have been said.
func (b *builder) hasSaid(r handlers.Reply) {
	said := b.talk.Said[min(len(b.e.Reply.Bodies), len(b.talk.Said)):]
	b.talk.Said = slices.Concat(r.Bodies, said)
	b.talk.Said = b.talk.Said[:min(len(b.talk.Said), mostSaid)]
	b.e.Reply = r
}

// resource adds the line with the crisis line to a text that suicide is the topic of, once. It
// reports whether it did.
func (b *builder) resource(in intent.Intent) bool {
	if !in.Said.Resource || b.resourced {
		return false
	}
	b.resourced = true
	b.say(replies.Resource, nil)
	return true
}

// mostJoined is the most segments of a text that is made of two bodies.
const mostJoined = 2

// join makes the last two bodies one text where that stays within mostJoined.
func (b *builder) join() {
	s := b.e.Reply.Bodies
	n := len(s)
	if n < 2 {
		return
	}
	one := s[n-2] + " " + s[n-1]
	if segments, _ := knowledge.Segments(one); segments <= mostJoined {
		b.e.Reply.Bodies = append(s[:n-2:n-2], one)
	}
}

// by returns the words that say by when a person answers: the value of {{by}} in other sentences.
func (b *builder) by() string {
	name := replies.ByOpen
	if !b.base.Clinic.Open(b.now) {
		name = replies.ByShut
	}
	s, err := b.base.Reply(name, b.in.Lang, b.times())
	if err != nil {
		b.err = err
	}
	return s
}

// times returns the values of the placeholders in the sentences that hand over to a person: in how
// many minutes one answers while the clinic is open, and when it opens next.
func (b *builder) times() knowledge.Fill {
	c, zone := b.base.Clinic, ""
	if len(b.in.State.Visits) > 0 {
		zone = b.in.State.Visits[0].Zone
	}
	return knowledge.Fill{
		"minutes": num(c.Desk.ReplyMinutes),
		"opens":   knowledge.ClinicClock(c, zone, b.now).When(c.Opens(b.now), b.in.Lang),
	}
}

// clock returns the clock by which the patient is told the times of a visit.
func (b *builder) clock(v handlers.Visit) knowledge.Clock {
	return knowledge.VisitClock(b.base.Clinic, v.Type, v.Zone, b.now)
}

// when returns a visit's time, in the language of the reply, and whose it is if several share the
// phone.
func (b *builder) when(v handlers.Visit) string { return b.whose(v.Name, b.plainWhen(v)) }

// plainWhen is when without whose.
func (b *builder) plainWhen(v handlers.Visit) string { return b.clock(v).When(v.Start, b.in.Lang) }

// whens returns the times of visits on one day, in the language of the reply. All are said by the
// clock of the first.
func (b *builder) whens(visits []handlers.Visit) string {
	if len(b.in.Patients) > 1 {
		var parts []string
		for _, v := range visits {
			parts = append(parts, b.when(v))
		}
		return b.list(parts, b.in.Lang)
	}
	return b.clock(visits[0]).Whens(starts(visits), b.in.Lang)
}

// staffWhen returns the visits' times where the clinic is, in the desk's language.
func (b *builder) staffWhen(visits ...handlers.Visit) string {
	clock := knowledge.DeskClock(b.base.Clinic, b.now)
	if len(b.in.Patients) > 1 {
		var parts []string
		for _, v := range visits {
			parts = append(parts, b.in.State.Whose(b.base, v.Name, clock.When(v.Start, "en")))
		}
		return b.list(parts, "en")
	}
	return clock.Whens(starts(visits), "en")
}

// starts returns when visits begin.
func starts(visits []handlers.Visit) (out []time.Time) {
	for _, v := range visits {
		out = append(out, v.Start)
	}
	return out
}

func num(n int) string { return strconv.Itoa(n) }
