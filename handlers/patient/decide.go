package patient

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/knowledge/language"

	"github.com/beacon-clinic/beacon/knowledge/kinds"
	"github.com/beacon-clinic/beacon/knowledge/replies"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// turn is one text being decided: what is known, what the screen says, and the effects as they gather.
type turn struct {
	h       *Handler
	now     time.Time
	text    handlers.Text
	state   handlers.State
	rows    []handlers.Record // where they may give the text its meaning: the number's texts
	read    knowledge.Reading
	verdict screen.Verdict // of read, from a patient in that state
	lang    string
	talk    handlers.Conversation
	late    bool   // it is fetched, and the bot gives it no answer any more
	waits   string // the case in which a person is to see it; "" if none is
	e       handlers.Effects
	err     error
}

// decide is the one way a text goes. It reads the state and gathers effects; it changes nothing itself.
func (h *Handler) decide(s handlers.State, text handlers.Text, read knowledge.Reading, rows []handlers.Record) *turn {
	t := &turn{h: h, now: h.Now(), text: text, state: s, rows: rows, talk: s.Conversation}
	t.read = h.Base.Again(read, text.Body, t.sent())
	if t.read.Silent() { // nothing of it is the patient's: nothing is said, nothing changes
		t.e.Reply = handlers.Reply{Kind: kinds.Machine, Lang: language.Spoken(t.talk.Lang), Confidence: 1}
		return t
	}
	if text.Sender != "" {
		t.stranger()
		return t
	}
	if t.echo(t.same()) {
		return t
	}
	t.together()
	ahead, offer := t.ahead(), len(t.offers()) > 0
	t.verdict = t.read.In(screen.Context{Visit: len(ahead) > 0 || offer, Offer: offer || t.missed() != nil})
	if len(ahead) == 0 && !offer && len(t.near()) > 0 { // a visit that has begun can't be confirmed any more, but one can be late for it
		if v := t.read.In(screen.Context{Visit: true}); v.Kind == kinds.Late {
			t.verdict = v
		}
	}
	t.rideSaid()
	t.carrierSaid()
	if small(t.verdict.Kind) && len(t.talk.Burst) > 1 && s.Urgent() == nil {
		// A sentence may be cut in two: what it says whole counts.
		whole := h.Base.Read(t.whole(), nil)
		if danger(whole.Verdict) {
			t.verdict = whole.Verdict
		}
		t.verdict.Concern = t.verdict.Concern || whole.Concern && s.Concern() == nil // else it has been told
	}
	t.language()
	t.late = t.isLate()
	t.talk.At = t.wrote()
	t.e.Reply = handlers.Reply{Kind: t.verdict.Kind, Also: t.verdict.Also, Rule: t.verdict.Rule, Lang: t.lang, Confidence: 1}
	if t.state.Reach.NoTexts { // a landline doesn't text
		t.e.Reach = &handlers.Reach{At: t.now}
	}
	t.also()
	t.verdict.Resource = t.verdict.Resource && !t.verdict.Concern // its own line is enough
	if t.late || t.text.Fetched && danger(t.verdict) {
		t.fetchedLate()
	} else {
		t.route()
	}
	t.concern()
	if t.late && !danger(t.verdict) {
		t.e.Reply.Bodies = nil
	}
	t.limit()
	t.talk.Said = slices.Concat(t.e.Reply.Bodies, t.talk.Said)
	t.talk.Said = t.talk.Said[:min(len(t.talk.Said), mostSaid)]
	if !t.overtaken() { // what was said since is what the next text follows
		t.e.Conversation = &t.talk
	}
	return t
}

// mostSaid is how many replies are remembered, to know them when they come back.
const mostSaid = 4

// carrierSaid takes the carrier's word: what it has opted out or in is so here too, in whatever words it was asked.
func (t *turn) carrierSaid() {
	switch {
	case danger(t.verdict):
		if t.text.OptOut == "STOP" {
			t.verdict.Also = append(t.verdict.Also, kinds.Stop)
		}
	case t.text.OptOut == "STOP":
		t.verdict.Kind = kinds.Stop
	case t.text.OptOut == "START" && t.state.Consent.Out:
		t.verdict.Kind = kinds.Start
	}
}

// route goes to the first room that the text is for.
func (t *turn) route() {
	kind := t.verdict.Kind
	switch {
	case danger(t.verdict):
		t.danger()
	case kind == kinds.OptOut || kind == kinds.Stop:
		t.optOut()
	case kind == kinds.Start:
		t.optIn()
	case kind == kinds.Basic || kind == kinds.Detail:
		t.discretion(kind == kinds.Basic)
	case kind == kinds.Clinical:
		t.clinical()
	case t.state.Urgent() != nil:
		t.paused()
	case t.state.Consent.Out && kind != kinds.Courtesy && kind != kinds.Greeting && kind != kinds.Help:
		t.unreachable()
	case t.talk.Person(t.now):
		t.toPerson()
	case kind == kinds.Help:
		if t.text.OptOut == "" { // else the carrier has answered
			t.say(replies.Help, nil)
		}
	case t.pick(), t.offered(), t.ride(false), t.regrets():
	case kind == kinds.Confirm, kind == kinds.Decline, kind == kinds.Reschedule, kind == kinds.Late:
		t.aboutVisit(kind)
		t.besides()
	case t.verdict.Asks != "":
		t.askBack(t.verdict.Asks)
	case kind == "" && t.verdict.Bare == screen.No:
		t.nothingAsked()
	case kind == kinds.Person:
		t.person()
	case t.read.Body == "" && t.text.Media > 0:
		t.picture()
	case kind == kinds.Greeting && strings.Contains(t.read.Body, "?") && t.stillOwed():
	case kind == kinds.Greeting:
		t.courtesy()
		t.say(replies.Hello, nil)
	case kind == kinds.Courtesy && t.verdict.Asks != "" && t.open():
		t.askBack(t.verdict.Asks)
	case kind == kinds.Courtesy || t.read.Body == "":
		t.courtesy()
	case kind == kinds.Repeat && t.repeat(), kind == kinds.Lost && t.lost(), kind == kinds.Waiting && t.stillOwed():
	case kind == kinds.Chat && !t.waiting(): // else it may belong to what they wait for
		t.chat()
	case kind == kinds.Glad:
		t.glad()
	case kind == kinds.Angry:
		t.angry()
	default:
		t.question()
	}
}

func danger(v screen.Verdict) bool {
	return v.Kind == kinds.Crisis || v.Kind == kinds.Emergency
}

// small says whether a text on its own says nothing that must be acted on.
func small(kind string) bool {
	return kind == "" || kind == kinds.Courtesy || kind == kinds.Greeting || kind == kinds.Chat
}

// also does what holds whatever else the text says: an opt-out within a crisis is kept.
func (t *turn) also() {
	for _, k := range t.verdict.Also {
		if k == kinds.OptOut || k == kinds.Stop {
			t.e.Consent = &handlers.Consent{Out: true, At: t.now, Way: "text", Words: t.text.Body, Basic: t.state.Consent.Basic}
		}
	}
}

// language is that of the text; a text too short to tell goes by the conversation, then the visit, then English.
func (t *turn) language() {
	t.lang = t.verdict.Lang
	if t.lang == "" {
		t.lang = t.talk.Lang
	}
	for _, v := range t.state.Visits {
		if t.lang == "" {
			t.lang = v.Lang
		}
	}
	t.lang = language.Spoken(t.lang)
	t.talk.Lang = t.lang
}

// ahead are the visits that stand and haven't begun.
func (t *turn) ahead() []handlers.Visit {
	var out []handlers.Visit
	for _, v := range t.state.Visits {
		if v.Open(t.now) {
			out = append(out, v)
		}
	}
	return out
}

// openings is the entry of who asks for something earlier.
const openings = "openings"

// say adds a sentence of replies/ to the reply.
func (t *turn) say(name string, own knowledge.Fill) {
	s, err := t.h.Base.Reply(name, t.lang, own)
	if err != nil {
		t.err = err
		return
	}
	t.e.Reply.Bodies = append(t.e.Reply.Bodies, s)
}

// by says by when a person answers.
func (t *turn) by() string {
	c := t.h.Base.Clinic
	name := replies.ByOpen
	if !c.Open(t.now) {
		name = replies.ByShut
	}
	s, err := t.h.Base.Reply(name, t.lang, t.times())
	if err != nil {
		t.err = err
	}
	return s
}

// times are the placeholders of handing over.
func (t *turn) times() knowledge.Fill {
	c := t.h.Base.Clinic
	return knowledge.Fill{"minutes": num(c.Desk.ReplyMinutes), "opens": knowledge.When(c.Opens(t.now), t.lang)}
}

// tell brings the text to the desk: on a card of its own, or in the thread that is open.
func (t *turn) tell(channel, kind, title string, open bool) {
	t.toDesk(channel, kind, title, open, time.Time{})
}

// page is tell for what must not be left: it pages when nobody has it by then.
func (t *turn) page(channel, kind, title string, by time.Time) {
	t.toDesk(channel, kind, title, true, by)
}

func (t *turn) toDesk(channel, kind, title string, open bool, page time.Time) {
	id := "text:" + t.text.ID
	if kind == kinds.Concern { // beside the case of the ordinary answer
		id = "concern:" + t.text.ID
	}
	if t.dated() {
		title = strings.TrimSpace(title + " " + t.written())
		open = open || t.verdict.Besides // what they ask besides is a person's
	}
	c := handlers.Case{ID: id, Channel: channel, Kind: kind, Title: title, Text: t.text.Body, Source: t.text.ID, At: t.now, Open: open, Page: page}
	c.Sender = t.text.Sender
	c.Wish = t.h.Base.Clinic.Waitlist.On && channel == handlers.DeskChannel && (kind == kinds.Reschedule || t.e.Reply.Entry == openings)
	s := t.state
	s.Phone = t.text.From
	if t.e.Consent != nil {
		s.Consent = *t.e.Consent
	}
	e := desk.OpenCase(s, c)
	if open && len(e.Posts) > 0 {
		t.waits = e.Posts[0].Case
	}
	if t.dated() {
		e = t.mark(e, c)
	}
	for i := range e.Posts { // the card may have gone with the answer of which nothing is on record
		e.Posts[i].Again = t.text.Answered
	}
	t.e.Add(e)
}
