package patient

import (
	"slices"
	"strings"
	"time"

	"github.com/beacon-clinic/beacon/handlers"
	"github.com/beacon-clinic/beacon/handlers/desk"
	"github.com/beacon-clinic/beacon/handlers/veil"
	"github.com/beacon-clinic/beacon/knowledge/kinds"
)

// transcribe adds a text and what it was answered with to the number's transcript, and shows the
// answer at the desk: on the card that the text opens, or else in the thread of the number's open
// conversation, which thereby has both sides of it. It comes last, when the answer is settled, and
// is part of the same turn, so that it costs no round trip.
func (b *builder) transcribe(s handlers.State) {
	r := b.e.Reply
	if s.Phone.IsZero() || b.e.Refused != nil && s.Stranger() { // a flood isn't worth keeping
		return
	}
	b.e.Said = []handlers.Said{{
		ID: b.text.ID, At: b.wrote(), From: handlers.FromPatient, Kind: r.Kind, Text: b.text.Body,
	}}
	if len(r.Bodies) == 0 {
		return
	}
	words := strings.Join(r.Bodies, "\n")
	if !b.text.Fetched { // such an answer leaves by the ledger, which adds it
		b.e.Said = append(b.e.Said, handlers.Said{
			ID: b.text.ID, At: b.wrote().Add(time.Millisecond), From: handlers.FromBot,
			Kind: r.Kind, Text: words,
		})
		if r.Kind == kinds.Answer { // else it is only the nearest
			b.e.Said[1].Entry = r.Entry
		}
	}
	b.show(s, veil.Veiled(words, b.answeredWith(r)))
}

// answeredWith names an answer where its words aren't shown: the entry by its name, what has none by
// its kind.
func (b *builder) answeredWith(r handlers.Reply) string {
	if e := b.base.Entry(r.Entry); r.Kind == kinds.Answer && e != nil && e.Name != "" {
		return "answered: " + e.Name
	}
	return "answered (" + strings.ReplaceAll(r.Kind, "_", " ") + "); the words aren't shown here"
}

// show shows an answer at the desk. An open alarm's thread is left to the alarm: each line there
// would hold up other cards of the urgent channel.
func (b *builder) show(s handlers.State, answer string) {
	for i, c := range b.e.Cases {
		if c.Source == b.text.ID && !wasOpen(s, c.ID) {
			b.e.Cases[i].Said = answer
			return
		}
	}
	talk := s.Talk()
	if talk == nil {
		return
	}
	id := talk.ID
	if !slices.ContainsFunc(b.e.Posts, func(p handlers.Post) bool {
		return p.Case == id && p.Words
	}) {
		b.line(id, handlers.Post{From: handlers.FromPatient, Text: b.text.Body, Words: true}, 2)
	}
	b.line(id, handlers.Post{From: handlers.FromBot, Text: answer}, 3)
}

// line adds a line to a thread, some ms later: after what the text brought there already, and the
// answer after the question.
func (b *builder) line(id string, p handlers.Post, ms time.Duration) {
	p.ID, p.Case, p.Do = "text:"+b.text.ID+":said:"+p.From, id, desk.PostNote
	p.Due, p.Again = b.now.Add(ms*time.Millisecond), b.text.Answered
	b.e.Posts = append(b.e.Posts, p)
}

// wasOpen reports whether a case was open before.
func wasOpen(s handlers.State, id string) bool {
	return slices.ContainsFunc(s.Cases, func(c handlers.Case) bool { return c.ID == id })
}
