package patient

import (
	"log/slog"
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
	live bool // entries that await the clinic's review go to a person
	swap waitlist.Swap
	log  *slog.Logger

	now   time.Time
	text  handlers.Text
	in    intent.Intent
	talk  handlers.Conversation // as the reply leaves it
	waits string                // the case in which a person is to see the text; "" if none is
	e     handlers.Effects
	err   error
}

// build returns a builder whose reply has no bodies yet.
func (h *Handler) build(now time.Time, text handlers.Text, in intent.Intent) *builder {
	b := &builder{
		base: h.Base, live: h.Live, swap: h.Visits.Swap, log: h.Log,
		now: now, text: text, in: in, talk: in.Talk,
	}
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

// say adds a sentence of replies/ to the reply.
func (b *builder) say(name string, own knowledge.Fill) {
	s, err := b.base.Reply(name, b.in.Lang, own)
	if err != nil {
		b.err = err
		return
	}
	b.e.Reply.Bodies = append(b.e.Reply.Bodies, s)
}

// mostJoined is the most characters that two bodies may have to leave as one text: two segments.
const mostJoined = 320

// join makes the last two bodies one text where that stays within two segments.
func (b *builder) join() {
	s := b.e.Reply.Bodies
	n := len(s)
	if n > 1 && knowledge.Length(s[n-2])+1+knowledge.Length(s[n-1]) <= mostJoined {
		b.e.Reply.Bodies = append(s[:n-2:n-2], s[n-2]+" "+s[n-1])
	}
}

// by returns the sentence that says by when a person answers.
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

// times returns the values of the placeholders in the sentences that hand over to a person.
func (b *builder) times() knowledge.Fill {
	c := b.base.Clinic
	return knowledge.Fill{
		"minutes": num(c.Desk.ReplyMinutes),
		"opens":   knowledge.When(c.Opens(b.now), b.in.Lang),
	}
}

// when returns a visit's time where the patient is, in the patient's language.
func (b *builder) when(v handlers.Visit) string {
	return knowledge.When(v.Start.In(b.base.Clinic.Zoned(v.Zone)), b.in.Lang)
}

// whens returns the times of visits on one day, where the patient is, in the patient's language.
func (b *builder) whens(visits []handlers.Visit) string {
	return knowledge.Whens(starts(visits, b.base.Clinic.Zoned(visits[0].Zone)), b.in.Lang)
}

// staffWhen returns the visits' times where the clinic is, in the desk's language.
func (b *builder) staffWhen(visits ...handlers.Visit) string {
	return knowledge.Whens(starts(visits, b.base.Clinic.Location()), "en")
}

func starts(visits []handlers.Visit, zone *time.Location) (out []time.Time) {
	for _, v := range visits {
		out = append(out, v.Start.In(zone))
	}
	return out
}

func num(n int) string { return strconv.Itoa(n) }
