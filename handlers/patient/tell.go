package patient

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/patient/intent"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// openings is the entry that answers whoever asks for an earlier time. Its id stands in faq/.
const openings = "openings"

// tell brings the text to the desk: on a card of its own, or in the thread that is open. title says
// in the desk's language what the patient wants, or did; open says that a person must act on it.
func (b *builder) tell(kind, title string, open bool) {
	b.bring(handlers.Case{
		Channel: handlers.DeskChannel, Kind: kind, Title: title, Open: open,
	})
}

// tellUrgent brings the text to the urgent channel, where a thread is open.
func (b *builder) tellUrgent(kind string) {
	b.bring(handlers.Case{Channel: handlers.UrgentChannel, Kind: kind, Open: true})
}

// page brings to a channel a text that must not be left alone: it pages if nobody has it by then.
func (b *builder) page(channel, kind, title string, by time.Time) {
	b.bring(handlers.Case{Channel: channel, Kind: kind, Title: title, Open: true, Page: by})
}

// bring opens a case of the text, or adds the text to the open case of its channel and matter. A
// text that says two things of one matter has one case that tells of both.
func (b *builder) bring(c handlers.Case) {
	switch {
	case c.Matter != "":
		c.ID = c.Matter + ":" + b.text.ID
	case c.Kind == kinds.Concern: // beside the case of the ordinary answer
		c.ID = "concern:" + b.text.ID
	default:
		c.ID = "text:" + b.text.ID
	}
	c.Text, c.Source, c.Sender, c.At = b.asked(), b.text.ID, b.text.Sender, b.now
	// Who asks for another time may be put on the waitlist by a button on the card.
	c.Wish = b.base.Clinic.Waitlist.On && c.Channel == handlers.DeskChannel && c.Matter == "" &&
		(c.Kind == kinds.Reschedule || b.e.Reply.Entry == openings)
	c = b.withEarlier(c)
	if b.in.Dated {
		c.Title = strings.TrimSpace(c.Title + " " + b.written())
		c.Open = c.Open || b.in.Said.Besides // what they ask besides is a person's
	}
	// What was read of a sender that is no number has no phone, and the text may opt out itself.
	s := b.in.State
	s.Phone = b.text.From
	if b.e.Consent != nil {
		s.Consent = *b.e.Consent
	}
	e := desk.OpenCase(s, c)
	if c.Open && len(e.Posts) > 0 {
		b.waits = e.Posts[0].Case
	}
	if b.in.Dated {
		e = b.date(e, c)
	}
	for i := range e.Posts { // if the answer's record was lost, the card may be posted already
		e.Posts[i].Again = b.text.Answered
	}
	b.e.Add(e)
}

// asked returns the text as staff must read it: a number or a yes that picks a choice says what the
// patient wants only beside the text for which it was offered.
func (b *builder) asked() string {
	was := b.in.State.Conversation
	picks := len(was.Choices) > 0 && len(b.in.Talk.Choices) == 0 &&
		b.now.Sub(was.At) <= intent.ChoicesStand
	if was.Before == "" || !picks {
		return b.text.Body
	}
	return was.Before + "\n" + b.text.Body
}

// mostBefore bounds what is kept of what was written before, in bytes: who is asked back again and
// again is read by what they wrote last.
const mostBefore = 500

// remember keeps the text for which choices are open, as long as they are.
func (b *builder) remember() {
	switch was := b.in.State.Conversation; {
	case len(b.talk.Choices) == 0:
		b.talk.Before = ""
	case !slices.Equal(was.Choices, b.talk.Choices) || was.Before == "":
		if b.talk.Before = b.asked(); len(b.talk.Before) > mostBefore {
			b.talk.Before = b.text.Body
		}
	}
}

// withEarlier merges c with what the same text brought to the desk before under the same id, and
// takes those effects back: written twice, the later would hide the earlier from staff. The kind is
// that of the matter which waits for a person; of two, the one that says more than handoff.
func (b *builder) withEarlier(c handlers.Case) handlers.Case {
	same := func(old handlers.Case) bool { return old.ID == c.ID }
	i := slices.IndexFunc(b.told, same)
	if i < 0 {
		b.told = append(b.told, c)
		return c
	}
	old, in := b.told[i], ""
	b.e.Posts = slices.DeleteFunc(b.e.Posts, func(p handlers.Post) bool {
		own := strings.HasPrefix(p.ID, c.ID+":")
		if own {
			in = p.Case
		}
		return own
	})
	b.e.Cases = slices.DeleteFunc(b.e.Cases, func(k handlers.Case) bool { return k.ID == in })
	if old.Open && c.Kind == kinds.Handoff || !c.Open {
		c.Kind = old.Kind
	}
	c.Title = strings.TrimSpace(old.Title + " " + c.Title)
	c.Open, c.Wish = c.Open || old.Open, c.Wish || old.Wish
	if c.Visit != old.Visit || c.Until.IsZero() || old.Until.IsZero() {
		c.Visit, c.Until = "", time.Time{} // it lasts as long as either
	}
	if c.Page.IsZero() {
		c.Page = old.Page
	}
	b.told[i] = c
	return c
}

// date adds to what the desk is told of a text when it was written. The title of c says so already;
// where the text only joins a thread its title isn't shown, so the line becomes a note.
func (b *builder) date(e handlers.Effects, c handlers.Case) handlers.Effects {
	shown := slices.ContainsFunc(e.Posts, func(p handlers.Post) bool {
		return p.Case == c.ID || p.Do == desk.PostNote && p.Text == c.Title
	})
	if !shown && len(e.Posts) > 0 {
		e.Posts = append(e.Posts, handlers.Post{
			ID: c.ID + ":bot", Case: e.Posts[0].Case, Do: desk.PostNote, From: "bot",
			Text: b.written(), Due: c.At,
		})
	}
	return e
}

// written says when a text was written, in the clinic's zone, and what became of it since.
func (b *builder) written() string {
	when := "Written " + knowledge.DeskClock(b.base.Clinic, b.now).When(b.text.At, "en")
	switch v := b.in.Said; {
	case b.text.Answered:
		return when + ". The bot's record of it is lost; the carrier shows that they had a reply."
	case intent.InDanger(v):
		return when + ", while the bot was away."
	case v.Besides && v.Kind != "":
		return when + ", while the bot was away; what it asks besides wasn't answered."
	}
	return when + ", while the bot was away; they had no answer."
}
